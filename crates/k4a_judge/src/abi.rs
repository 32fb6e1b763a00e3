//! The C interface: structures and functions as `libk4a` and `libk4arecord` 1.4 have them (64-bit Linux).

use std::ffi::{c_char, c_int, c_void};

/// A handle of any kind.
pub type Handle = *mut c_void;

/// `k4a_calibration_extrinsics_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extrinsics {
    /// Row by row.
    pub rotation: [f32; 9],
    /// In millimetres.
    pub translation: [f32; 3],
}

/// `k4a_calibration_camera_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Camera {
    /// From the depth camera to this one.
    pub extrinsics: Extrinsics,
    /// 3 = Rational 6KT, 4 = Brown–Conrady.
    pub model: i32,
    /// Parameters used, normally 14.
    pub parameter_count: u32,
    /// cx, cy, fx, fy, k1 to k6, codx, cody, p2, p1, and one that is never filled.
    pub parameters: [f32; 15],
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// Where the lens model ends.
    pub metric_radius: f32,
}

/// `k4a_calibration_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
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

/// `k4a_imu_sample_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ImuSample {
    /// °C; NaN in recordings.
    pub temperature: f32,
    /// m/s².
    pub acc: [f32; 3],
    /// µs on the device clock.
    pub acc_timestamp_usec: u64,
    /// rad/s.
    pub gyro: [f32; 3],
    /// µs on the device clock.
    pub gyro_timestamp_usec: u64,
}

/// `k4a_record_configuration_t` (Microsoft's).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RecordConfiguration {
    /// `k4a_image_format_t`.
    pub color_format: i32,
    /// `k4a_color_resolution_t`.
    pub color_resolution: i32,
    /// `k4a_depth_mode_t`.
    pub depth_mode: i32,
    /// `k4a_fps_t`: 0 = 5, 1 = 15, 2 = 30.
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
    /// µs; wraps after 71.6 minutes.
    pub start_timestamp_offset_usec: u32,
}

/// `k4a_device_configuration_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceConfiguration {
    /// `k4a_image_format_t`.
    pub color_format: i32,
    /// `k4a_color_resolution_t`.
    pub color_resolution: i32,
    /// `k4a_depth_mode_t`.
    pub depth_mode: i32,
    /// `k4a_fps_t`: 0 = 5, 1 = 15, 2 = 30.
    pub camera_fps: i32,
    /// Drop captures that lack an image.
    pub synchronized_images_only: bool,
    /// µs.
    pub depth_delay_off_color_usec: i32,
    /// `k4a_wired_sync_mode_t`.
    pub wired_sync_mode: i32,
    /// µs.
    pub subordinate_delay_off_master_usec: u32,
    /// Keep the light off.
    pub disable_streaming_indicator: bool,
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

// Sizes of the C structures.
const _: () = {
    assert!(size_of::<Extrinsics>() == 48);
    assert!(size_of::<Camera>() == 128);
    assert!(size_of::<Calibration>() == 1032);
    assert!(size_of::<ImuSample>() == 48);
    assert!(size_of::<RecordConfiguration>() == 36);
    assert!(size_of::<DeviceConfiguration>() == 36);
    assert!(size_of::<VideoSettings>() == 24);
};

/// The libraries the functions come from.
pub(crate) struct Libraries {
    pub(crate) k4a: &'static libloading::Library,
    pub(crate) k4arecord: &'static libloading::Library,
}

macro_rules! functions {
    ($($library:ident { $($name:ident: fn($($argument:ty),*) $(-> $result:ty)?;)* })*) => {
        /// The functions used, named without their `k4a_`.
        #[derive(Clone, Copy)]
        #[allow(missing_docs)]
        pub(crate) struct Functions {
            $($(pub(crate) $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*)*
        }

        impl Functions {
            pub(crate) fn load(libraries: &Libraries) -> Result<Self, String> {
                Ok(Self {
                    $($($name: {
                        // SAFETY: the signature is that of the library's header; the library is never unloaded.
                        unsafe {
                            *libraries
                                .$library
                                .get(concat!("k4a_", stringify!($name), "\0").as_bytes())
                                .map_err(|error| error.to_string())?
                        }
                    },)*)*
                })
            }
        }
    };
}

type Float2 = [f32; 2];
type Float3 = [f32; 3];

functions! {
    k4a {
        calibration_get_from_raw: fn(*const c_char, usize, i32, i32, *mut Calibration) -> i32;
        calibration_3d_to_3d: fn(*const Calibration, *const Float3, i32, i32, *mut Float3) -> i32;
        calibration_2d_to_3d: fn(*const Calibration, *const Float2, f32, i32, i32, *mut Float3, *mut c_int) -> i32;
        calibration_3d_to_2d: fn(*const Calibration, *const Float3, i32, i32, *mut Float2, *mut c_int) -> i32;
        calibration_2d_to_2d: fn(*const Calibration, *const Float2, f32, i32, i32, *mut Float2, *mut c_int) -> i32;
        calibration_color_2d_to_depth_2d: fn(*const Calibration, *const Float2, Handle, *mut Float2, *mut c_int) -> i32;
        transformation_create: fn(*const Calibration) -> Handle;
        transformation_destroy: fn(Handle);
        transformation_depth_image_to_point_cloud: fn(Handle, Handle, i32, Handle) -> i32;
        image_create: fn(i32, c_int, c_int, c_int, *mut Handle) -> i32;
        image_create_from_buffer: fn(
            i32, c_int, c_int, c_int, *mut u8, usize,
            Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>, *mut c_void, *mut Handle
        ) -> i32;
        image_get_buffer: fn(Handle) -> *mut u8;
        image_get_size: fn(Handle) -> usize;
        image_get_format: fn(Handle) -> i32;
        image_get_width_pixels: fn(Handle) -> c_int;
        image_get_height_pixels: fn(Handle) -> c_int;
        image_get_stride_bytes: fn(Handle) -> c_int;
        image_get_device_timestamp_usec: fn(Handle) -> u64;
        image_get_system_timestamp_nsec: fn(Handle) -> u64;
        image_set_device_timestamp_usec: fn(Handle, u64);
        image_release: fn(Handle);
        capture_create: fn(*mut Handle) -> i32;
        capture_release: fn(Handle);
        capture_get_color_image: fn(Handle) -> Handle;
        capture_get_depth_image: fn(Handle) -> Handle;
        capture_get_ir_image: fn(Handle) -> Handle;
        capture_set_color_image: fn(Handle, Handle);
        capture_set_depth_image: fn(Handle, Handle);
        capture_set_ir_image: fn(Handle, Handle);
    }
    k4arecord {
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
        playback_data_block_get_device_timestamp_usec: fn(Handle) -> u64;
        playback_data_block_get_buffer_size: fn(Handle) -> usize;
        playback_data_block_get_buffer: fn(Handle) -> *mut u8;
        playback_data_block_release: fn(Handle);
        playback_seek_timestamp: fn(Handle, i64, i32) -> i32;
        playback_get_recording_length_usec: fn(Handle) -> u64;
        record_create: fn(*const c_char, Handle, DeviceConfiguration, *mut Handle) -> i32;
        record_add_tag: fn(Handle, *const c_char, *const c_char) -> i32;
        record_add_imu_track: fn(Handle) -> i32;
        record_add_attachment: fn(Handle, *const c_char, *const u8, usize) -> i32;
        record_add_custom_video_track: fn(
            Handle, *const c_char, *const c_char, *const u8, usize, *const VideoSettings
        ) -> i32;
        record_add_custom_subtitle_track: fn(
            Handle, *const c_char, *const c_char, *const u8, usize, *const SubtitleSettings
        ) -> i32;
        record_write_header: fn(Handle) -> i32;
        record_write_capture: fn(Handle, Handle) -> i32;
        record_write_imu_sample: fn(Handle, ImuSample) -> i32;
        record_write_custom_track_data: fn(Handle, *const c_char, u64, *const u8, usize) -> i32;
        record_flush: fn(Handle) -> i32;
        record_close: fn(Handle);
    }
}
