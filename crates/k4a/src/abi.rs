//! The C interface of `libk4a` 1.4, `libk4arecord` 1.4 and `libk4abt` 1.0 and 1.1: numbers, structures, functions.
//!
//! Structures have the layout of 64-bit systems, because libraries exist only for these; sizes and offsets are
//! asserted. C enums are 32-bit integers here, and each number from C is checked before it becomes a Rust enum. The
//! function tables ([`K4a`], [`K4aRecord`], [`K4abt`]) hold bare function pointers; `Library` is the safe way in.

use std::ffi::{c_char, c_int, c_void};

/// A handle of any kind; null = none.
pub type Handle = *mut c_void;

/// `k4a_result_t`, `k4a_buffer_result_t`, `k4a_wait_result_t`, `k4a_stream_result_t`: the codes that functions return.
pub mod result {
    /// Success.
    pub const SUCCEEDED: i32 = 0;
    /// Failure.
    pub const FAILED: i32 = 1;
    /// `k4a_buffer_result_t`: the buffer is too small.
    pub const TOO_SMALL: i32 = 2;
    /// `k4a_wait_result_t`: the timeout elapsed.
    pub const TIMEOUT: i32 = 2;
    /// `k4a_stream_result_t`: the recording is at its end.
    pub const EOF: i32 = 2;
}

/// `k4abt_frame_get_body_index_map`: a pixel that belongs to no body.
pub const BODY_INDEX_MAP_BACKGROUND: u8 = 255;
/// `K4ABT_INVALID_BODY_ID`.
pub const INVALID_BODY_ID: u32 = u32::MAX;
/// Joints of a `k4abt_skeleton_t`.
pub const JOINT_COUNT: usize = 32;

/// `k4a_float2_t`.
pub type Float2 = [f32; 2];
/// `k4a_float3_t`.
pub type Float3 = [f32; 3];

/// `k4a_device_configuration_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceConfiguration {
    /// `k4a_image_format_t`: MJPG 0, NV12 1, YUY2 2, BGRA32 3; one of them even when the colour camera is off.
    pub color_format: i32,
    /// `k4a_color_resolution_t`: off 0, 720p 1, 1080p 2, 1440p 3, 1536p 4, 2160p 5, 3072p 6.
    pub color_resolution: i32,
    /// `k4a_depth_mode_t`: off 0, NFOV 2×2 1, NFOV unbinned 2, WFOV 2×2 3, WFOV unbinned 4, passive IR 5.
    pub depth_mode: i32,
    /// `k4a_fps_t`: 0 = 5, 1 = 15, 2 = 30; Orbbec's also 3 = 25.
    pub camera_fps: i32,
    /// Drop captures that lack an image.
    pub synchronized_images_only: bool,
    /// µs; less than a frame.
    pub depth_delay_off_color_usec: i32,
    /// `k4a_wired_sync_mode_t`: standalone 0, master 1, subordinate 2.
    pub wired_sync_mode: i32,
    /// µs; 0 unless subordinate.
    pub subordinate_delay_off_master_usec: u32,
    /// Keep the light off.
    pub disable_streaming_indicator: bool,
}

/// `k4a_calibration_extrinsics_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extrinsics {
    /// Row by row.
    pub rotation: [f32; 9],
    /// In millimetres.
    pub translation: [f32; 3],
}

/// `k4a_calibration_camera_t`, with the fields of its `k4a_calibration_intrinsics_t` in its place.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Camera {
    /// From the depth camera to this one.
    pub extrinsics: Extrinsics,
    /// `k4a_calibration_model_type_t`: 3 = Rational 6KT, 4 = Brown–Conrady.
    pub model: i32,
    /// Parameters used, normally 14.
    pub parameter_count: u32,
    /// cx, cy, fx, fy, k1 to k6, codx, cody, p2, p1, and a last one that the libraries never fill in.
    pub parameters: [f32; 15],
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// The lens model is valid up to this distance from the optical axis, on the plane one unit away.
    pub metric_radius: f32,
}

/// `k4a_calibration_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calibration {
    /// All zero when off.
    pub depth_camera: Camera,
    /// All zero when off.
    pub color_camera: Camera,
    /// `[source][target]` over depth, colour, gyroscope, accelerometer.
    pub extrinsics: [[Extrinsics; 4]; 4],
    /// `k4a_depth_mode_t`.
    pub depth_mode: i32,
    /// `k4a_color_resolution_t`.
    pub color_resolution: i32,
}

/// `k4a_version_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Number of incompatible changes.
    pub major: u32,
    /// Number of additions.
    pub minor: u32,
    /// Number of corrections.
    pub iteration: u32,
}

/// `k4a_hardware_version_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardwareVersion {
    /// Colour camera's firmware; Orbbec's leave it 0.
    pub rgb: Version,
    /// Depth camera's firmware.
    pub depth: Version,
    /// Microphones' firmware; Orbbec's leave it 0.
    pub audio: Version,
    /// Depth sensor's own; Orbbec's leave it 0.
    pub depth_sensor: Version,
    /// `k4a_firmware_build_t`: release 0, debug 1.
    pub firmware_build: i32,
    /// `k4a_firmware_signature_t`: Microsoft's 0, a test's 1, none 2.
    pub firmware_signature: i32,
}

/// `k4a_imu_sample_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ImuSample {
    /// °C; NaN in recordings.
    pub temperature: f32,
    /// m/s².
    pub acc: Float3,
    /// µs on the device clock.
    pub acc_timestamp_usec: u64,
    /// rad/s.
    pub gyro: Float3,
    /// µs on the device clock.
    pub gyro_timestamp_usec: u64,
}

/// `k4a_record_configuration_t`, four bytes longer than Microsoft's: Orbbec's library writes a 64-bit offset.
///
/// Only libraries fill it in, through a pointer. Zero it before the call: Microsoft's library does not write the last
/// four bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordConfiguration {
    /// `k4a_image_format_t`.
    pub color_format: i32,
    /// `k4a_color_resolution_t`.
    pub color_resolution: i32,
    /// `k4a_depth_mode_t`.
    pub depth_mode: i32,
    /// `k4a_fps_t`.
    pub camera_fps: i32,
    /// Whether the track is there.
    pub color_track_enabled: bool,
    /// Whether the track is there.
    pub depth_track_enabled: bool,
    /// Whether the track is there.
    pub ir_track_enabled: bool,
    /// Whether the track is there.
    pub imu_track_enabled: bool,
    /// µs.
    pub depth_delay_off_color_usec: i32,
    /// `k4a_wired_sync_mode_t`.
    pub wired_sync_mode: i32,
    /// µs.
    pub subordinate_delay_off_master_usec: u32,
    /// µs, the lower 32 bits: all of it in Microsoft's library, where it wraps after 71.6 minutes.
    pub start_timestamp_offset_low: u32,
    /// µs, the upper 32 bits; zero in Microsoft's library.
    pub start_timestamp_offset_high: u32,
}

/// `k4a_record_video_settings_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VideoSettings {
    /// Pixels.
    pub width: u64,
    /// Pixels.
    pub height: u64,
    /// Frames per second.
    pub frame_rate: u64,
}

/// `k4a_record_subtitle_settings_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubtitleSettings {
    /// Whether samples are laced into groups.
    pub high_freq_data: bool,
}

/// `k4abt_tracker_configuration_t` of version 1.0, which is passed in registers on x86-64 Linux.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrackerConfiguration10 {
    /// `k4abt_sensor_orientation_t`: default 0, 90° clockwise 1, 90° counter-clockwise 2, 180° 3.
    pub sensor_orientation: i32,
    /// `k4abt_tracker_processing_mode_t`: GPU 0, CPU 1.
    pub processing_mode: i32,
    /// Which GPU.
    pub gpu_device_id: i32,
}

/// `k4abt_tracker_configuration_t` of version 1.1, which is passed in memory.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TrackerConfiguration11 {
    /// `k4abt_sensor_orientation_t`: default 0, 90° clockwise 1, 90° counter-clockwise 2, 180° 3.
    pub sensor_orientation: i32,
    /// `k4abt_tracker_processing_mode_t`: GPU 0, CPU 1, CUDA 2, TensorRT 3, DirectML 4.
    pub processing_mode: i32,
    /// Which GPU.
    pub gpu_device_id: i32,
    /// Null = the model that lies beside the library.
    pub model_path: *const c_char,
}

/// `k4abt_joint_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Joint {
    /// mm in the depth camera's axes.
    pub position: Float3,
    /// w, x, y, z.
    pub orientation: [f32; 4],
    /// `k4abt_joint_confidence_level_t`: none 0, low 1, medium 2, high 3.
    pub confidence_level: i32,
}

/// `k4abt_skeleton_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Skeleton {
    /// In the order of `k4abt_joint_id_t`.
    pub joints: [Joint; JOINT_COUNT],
}

/// `k4a_logging_message_cb_t`.
pub type MessageCallback = unsafe extern "C" fn(
    context: *mut c_void,
    level: i32,
    file: *const c_char,
    line: c_int,
    message: *const c_char,
);
/// `k4a_memory_destroy_cb_t`.
pub type FreeCallback = unsafe extern "C" fn(buffer: *mut c_void, context: *mut c_void);
/// `k4a_memory_allocate_cb_t`.
pub type AllocateCallback = unsafe extern "C" fn(size: c_int, context: *mut *mut c_void) -> *mut u8;

// Sizes and offsets of the C structures on 64-bit systems.
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<Handle>() == 8);
    assert!(size_of::<DeviceConfiguration>() == 36);
    assert!(offset_of!(DeviceConfiguration, synchronized_images_only) == 16);
    assert!(offset_of!(DeviceConfiguration, depth_delay_off_color_usec) == 20);
    assert!(offset_of!(DeviceConfiguration, wired_sync_mode) == 24);
    assert!(offset_of!(DeviceConfiguration, subordinate_delay_off_master_usec) == 28);
    assert!(offset_of!(DeviceConfiguration, disable_streaming_indicator) == 32);
    assert!(size_of::<Extrinsics>() == 48);
    assert!(size_of::<Camera>() == 128);
    assert!(offset_of!(Camera, model) == 48);
    assert!(offset_of!(Camera, parameters) == 56);
    assert!(offset_of!(Camera, width) == 116);
    assert!(offset_of!(Camera, metric_radius) == 124);
    assert!(size_of::<Calibration>() == 1032);
    assert!(offset_of!(Calibration, extrinsics) == 256);
    assert!(offset_of!(Calibration, color_camera) == 128);
    assert!(offset_of!(Calibration, depth_mode) == 1024);
    assert!(offset_of!(Calibration, color_resolution) == 1028);
    assert!(size_of::<Version>() == 12);
    assert!(size_of::<HardwareVersion>() == 56);
    assert!(offset_of!(HardwareVersion, depth) == 12);
    assert!(offset_of!(HardwareVersion, audio) == 24);
    assert!(offset_of!(HardwareVersion, depth_sensor) == 36);
    assert!(offset_of!(HardwareVersion, firmware_build) == 48);
    assert!(offset_of!(HardwareVersion, firmware_signature) == 52);
    assert!(size_of::<ImuSample>() == 48);
    assert!(offset_of!(ImuSample, acc) == 4);
    assert!(offset_of!(ImuSample, acc_timestamp_usec) == 16);
    assert!(offset_of!(ImuSample, gyro) == 24);
    assert!(offset_of!(ImuSample, gyro_timestamp_usec) == 40);
    assert!(size_of::<RecordConfiguration>() == 40);
    assert!(offset_of!(RecordConfiguration, color_track_enabled) == 16);
    assert!(offset_of!(RecordConfiguration, imu_track_enabled) == 19);
    assert!(offset_of!(RecordConfiguration, depth_delay_off_color_usec) == 20);
    assert!(offset_of!(RecordConfiguration, wired_sync_mode) == 24);
    assert!(offset_of!(RecordConfiguration, subordinate_delay_off_master_usec) == 28);
    assert!(offset_of!(RecordConfiguration, start_timestamp_offset_low) == 32);
    assert!(size_of::<VideoSettings>() == 24);
    assert!(size_of::<SubtitleSettings>() == 1);
    assert!(size_of::<TrackerConfiguration10>() == 12);
    assert!(size_of::<TrackerConfiguration11>() == 24);
    assert!(offset_of!(TrackerConfiguration11, model_path) == 16);
    assert!(size_of::<Joint>() == 32);
    assert!(offset_of!(Joint, orientation) == 12);
    assert!(offset_of!(Joint, confidence_level) == 28);
    assert!(size_of::<Skeleton>() == 1024);
};

/// Makes a table of functions that one library must have, and of those that it may have.
macro_rules! functions {
    (
        $(#[$about:meta])* $table:ident, $prefix:literal,
        required { $($name:ident: fn($($argument:ty),* $(,)?) $(-> $result:ty)?;)* }
        optional { $($maybe:ident: fn($($maybe_argument:ty),* $(,)?) $(-> $maybe_result:ty)?;)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        #[allow(missing_docs)]
        pub struct $table {
            $(pub $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            $(pub $maybe: Option<unsafe extern "C" fn($($maybe_argument),*) $(-> $maybe_result)?>,)*
        }

        impl $table {
            /// Looks the functions up; on an error, the name of the one that is missing.
            ///
            /// # Safety
            /// The library must be one whose functions have these signatures, and must stay loaded for as long as a
            /// function of the table is called.
            pub(crate) unsafe fn load(library: &libloading::Library) -> Result<Self, &'static str> {
                Ok(Self {
                    $($name: {
                        let symbol = concat!($prefix, stringify!($name));
                        // SAFETY: the caller guarantees that the functions have these signatures.
                        unsafe { library.get(symbol) }.map(|found| *found).map_err(|_| symbol)?
                    },)*
                    $($maybe: {
                        let symbol = concat!($prefix, stringify!($maybe));
                        // SAFETY: the caller guarantees that the functions have these signatures.
                        unsafe { library.get(symbol) }.map(|found| *found).ok()
                    },)*
                })
            }
        }
    };
}

functions! {
    /// The functions of `libk4a`, named without `k4a_`. Optional are Orbbec's own functions, and functions whose
    /// results this project can compute itself.
    K4a, "k4a_",
    required {
        device_get_installed_count: fn() -> u32;
        set_debug_message_handler: fn(Option<MessageCallback>, *mut c_void, i32) -> i32;
        device_open: fn(u32, *mut Handle) -> i32;
        device_close: fn(Handle);
        device_get_capture: fn(Handle, *mut Handle, i32) -> i32;
        device_get_imu_sample: fn(Handle, *mut ImuSample, i32) -> i32;
        device_start_cameras: fn(Handle, *const DeviceConfiguration) -> i32;
        device_stop_cameras: fn(Handle);
        device_start_imu: fn(Handle) -> i32;
        device_stop_imu: fn(Handle);
        device_get_serialnum: fn(Handle, *mut c_char, *mut usize) -> i32;
        device_get_version: fn(Handle, *mut HardwareVersion) -> i32;
        device_get_sync_jack: fn(Handle, *mut bool, *mut bool) -> i32;
        device_get_color_control_capabilities: fn(
            Handle, i32, *mut bool, *mut i32, *mut i32, *mut i32, *mut i32, *mut i32,
        ) -> i32;
        device_get_color_control: fn(Handle, i32, *mut i32, *mut i32) -> i32;
        device_set_color_control: fn(Handle, i32, i32, i32) -> i32;
        device_get_raw_calibration: fn(Handle, *mut u8, *mut usize) -> i32;
        device_get_calibration: fn(Handle, i32, i32, *mut Calibration) -> i32;
        calibration_get_from_raw: fn(*const c_char, usize, i32, i32, *mut Calibration) -> i32;
        capture_create: fn(*mut Handle) -> i32;
        capture_release: fn(Handle);
        capture_reference: fn(Handle);
        capture_get_color_image: fn(Handle) -> Handle;
        capture_get_depth_image: fn(Handle) -> Handle;
        capture_get_ir_image: fn(Handle) -> Handle;
        capture_set_color_image: fn(Handle, Handle);
        capture_set_depth_image: fn(Handle, Handle);
        capture_set_ir_image: fn(Handle, Handle);
        capture_get_temperature_c: fn(Handle) -> f32;
        capture_set_temperature_c: fn(Handle, f32);
        image_create: fn(i32, c_int, c_int, c_int, *mut Handle) -> i32;
        image_create_from_buffer: fn(
            i32, c_int, c_int, c_int, *mut u8, usize, Option<FreeCallback>, *mut c_void, *mut Handle,
        ) -> i32;
        image_get_buffer: fn(Handle) -> *mut u8;
        image_get_size: fn(Handle) -> usize;
        image_get_format: fn(Handle) -> i32;
        image_get_width_pixels: fn(Handle) -> c_int;
        image_get_height_pixels: fn(Handle) -> c_int;
        image_get_stride_bytes: fn(Handle) -> c_int;
        image_get_device_timestamp_usec: fn(Handle) -> u64;
        image_set_device_timestamp_usec: fn(Handle, u64);
        image_get_system_timestamp_nsec: fn(Handle) -> u64;
        image_set_system_timestamp_nsec: fn(Handle, u64);
        image_get_exposure_usec: fn(Handle) -> u64;
        image_get_white_balance: fn(Handle) -> u32;
        image_set_white_balance: fn(Handle, u32);
        image_get_iso_speed: fn(Handle) -> u32;
        image_set_iso_speed: fn(Handle, u32);
        image_reference: fn(Handle);
        image_release: fn(Handle);
    }
    optional {
        set_allocator: fn(Option<AllocateCallback>, Option<FreeCallback>) -> i32;
        image_set_exposure_usec: fn(Handle, u64);
        calibration_3d_to_3d: fn(*const Calibration, *const Float3, i32, i32, *mut Float3) -> i32;
        calibration_2d_to_3d: fn(*const Calibration, *const Float2, f32, i32, i32, *mut Float3, *mut c_int) -> i32;
        calibration_3d_to_2d: fn(*const Calibration, *const Float3, i32, i32, *mut Float2, *mut c_int) -> i32;
        calibration_2d_to_2d: fn(*const Calibration, *const Float2, f32, i32, i32, *mut Float2, *mut c_int) -> i32;
        calibration_color_2d_to_depth_2d: fn(*const Calibration, *const Float2, Handle, *mut Float2, *mut c_int) -> i32;
        transformation_create: fn(*const Calibration) -> Handle;
        transformation_destroy: fn(Handle);
        transformation_depth_image_to_color_camera: fn(Handle, Handle, Handle) -> i32;
        transformation_depth_image_to_color_camera_custom: fn(
            Handle, Handle, Handle, Handle, Handle, i32, u32,
        ) -> i32;
        transformation_color_image_to_depth_camera: fn(Handle, Handle, Handle, Handle) -> i32;
        transformation_depth_image_to_point_cloud: fn(Handle, Handle, i32, Handle) -> i32;
        set_orbbec_extensions_directory: fn(*const c_char);
        device_get_pid: fn(Handle) -> i32;
        device_get_wired_sync_mode: fn(Handle) -> i32;
        device_enable_soft_filter: fn(Handle, bool) -> i32;
        device_switch_device_clock_sync_mode: fn(Handle, i32, u32) -> i32;
        depth_engine_helper_create: fn(*mut Handle) -> i32;
        depth_engine_helper_release: fn(Handle);
    }
}

functions! {
    /// The functions of `libk4arecord`, named without `k4a_`.
    K4aRecord, "k4a_",
    required {
        record_create: fn(*const c_char, Handle, DeviceConfiguration, *mut Handle) -> i32;
        record_add_tag: fn(Handle, *const c_char, *const c_char) -> i32;
        record_add_imu_track: fn(Handle) -> i32;
        record_add_attachment: fn(Handle, *const c_char, *const u8, usize) -> i32;
        record_add_custom_video_track: fn(
            Handle, *const c_char, *const c_char, *const u8, usize, *const VideoSettings,
        ) -> i32;
        record_add_custom_subtitle_track: fn(
            Handle, *const c_char, *const c_char, *const u8, usize, *const SubtitleSettings,
        ) -> i32;
        record_write_header: fn(Handle) -> i32;
        record_write_capture: fn(Handle, Handle) -> i32;
        record_write_imu_sample: fn(Handle, ImuSample) -> i32;
        record_write_custom_track_data: fn(Handle, *const c_char, u64, *const u8, usize) -> i32;
        record_flush: fn(Handle) -> i32;
        record_close: fn(Handle);
        playback_open: fn(*const c_char, *mut Handle) -> i32;
        playback_close: fn(Handle);
        playback_get_raw_calibration: fn(Handle, *mut u8, *mut usize) -> i32;
        playback_get_calibration: fn(Handle, *mut Calibration) -> i32;
        playback_get_record_configuration: fn(Handle, *mut RecordConfiguration) -> i32;
        playback_check_track_exists: fn(Handle, *const c_char) -> bool;
        playback_track_is_builtin: fn(Handle, *const c_char) -> bool;
        playback_get_track_count: fn(Handle) -> usize;
        playback_get_track_name: fn(Handle, usize, *mut c_char, *mut usize) -> i32;
        playback_track_get_video_settings: fn(Handle, *const c_char, *mut VideoSettings) -> i32;
        playback_track_get_codec_id: fn(Handle, *const c_char, *mut c_char, *mut usize) -> i32;
        playback_track_get_codec_context: fn(Handle, *const c_char, *mut u8, *mut usize) -> i32;
        playback_get_tag: fn(Handle, *const c_char, *mut c_char, *mut usize) -> i32;
        playback_set_color_conversion: fn(Handle, i32) -> i32;
        playback_get_attachment: fn(Handle, *const c_char, *mut u8, *mut usize) -> i32;
        playback_get_next_capture: fn(Handle, *mut Handle) -> i32;
        playback_get_previous_capture: fn(Handle, *mut Handle) -> i32;
        playback_get_next_imu_sample: fn(Handle, *mut ImuSample) -> i32;
        playback_get_previous_imu_sample: fn(Handle, *mut ImuSample) -> i32;
        playback_get_next_data_block: fn(Handle, *const c_char, *mut Handle) -> i32;
        playback_get_previous_data_block: fn(Handle, *const c_char, *mut Handle) -> i32;
        playback_data_block_get_device_timestamp_usec: fn(Handle) -> u64;
        playback_data_block_get_buffer_size: fn(Handle) -> usize;
        playback_data_block_get_buffer: fn(Handle) -> *const u8;
        playback_data_block_release: fn(Handle);
        playback_seek_timestamp: fn(Handle, i64, i32) -> i32;
        playback_get_recording_length_usec: fn(Handle) -> u64;
    }
    optional {}
}

functions! {
    /// The functions of `libk4abt`, named without `k4abt_`, except `k4abt_tracker_create`, whose signature depends on the
    /// version.
    K4abt, "k4abt_",
    required {
        tracker_destroy: fn(Handle);
        tracker_shutdown: fn(Handle);
        tracker_set_temporal_smoothing: fn(Handle, f32);
        tracker_enqueue_capture: fn(Handle, Handle, i32) -> i32;
        tracker_pop_result: fn(Handle, *mut Handle, i32) -> i32;
        frame_release: fn(Handle);
        frame_get_num_bodies: fn(Handle) -> u32;
        frame_get_body_skeleton: fn(Handle, u32, *mut Skeleton) -> i32;
        frame_get_body_id: fn(Handle, u32) -> u32;
        frame_get_device_timestamp_usec: fn(Handle) -> u64;
        frame_get_body_index_map: fn(Handle) -> Handle;
        frame_get_capture: fn(Handle) -> Handle;
    }
    optional {
        frame_get_system_timestamp_nsec: fn(Handle) -> u64;
    }
}

/// `k4abt_tracker_create` of version 1.0.
pub type TrackerCreate10 =
    unsafe extern "C" fn(*const Calibration, TrackerConfiguration10, *mut Handle) -> i32;
/// `k4abt_tracker_create` of version 1.1.
pub type TrackerCreate11 =
    unsafe extern "C" fn(*const Calibration, TrackerConfiguration11, *mut Handle) -> i32;
