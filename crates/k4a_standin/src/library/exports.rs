//! The C functions, which check arguments and catch panics.
//!
//! The functions `k4a_standin_*` are the stand-in's own: they take scripts and commands, and return statistics.

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use k4a::abi::{
    AllocateCallback, Calibration, DeviceConfiguration, FreeCallback, Handle, HardwareVersion,
    ImuSample, MessageCallback, result,
};

use super::images::{self, Capture, Image};
use super::log::Level;
use super::memory::Memory;
use super::stage::with;
use super::vendor::is_orbbec;
use super::{devices, log, memory};
use crate::script::Script;
use crate::statistics::Statistics;

/// The number of calls that are running.
static INSIDE: AtomicU64 = AtomicU64::new(0);

/// The number of calls that are running.
fn inside() -> u64 {
    INSIDE.load(Ordering::Relaxed)
}

/// How often each function was called.
fn calls() -> BTreeMap<String, u64> {
    FUNCTIONS
        .iter()
        .map(|(name, calls)| ((*name).to_owned(), calls.load(Ordering::Relaxed)))
        .filter(|(_, calls)| *calls > 0)
        .collect()
}

/// The number in a handle.
pub(super) fn number(handle: Handle) -> u64 {
    handle.addr() as u64
}

/// A handle with that number; it is not the address of anything.
pub(super) fn address(number: u64) -> Handle {
    std::ptr::without_provenance_mut(number as usize)
}

/// Runs the body of a C function and catches panics.
fn guard<R>(name: &str, calls: &AtomicU64, broken: R, inside: impl FnOnce() -> R) -> R {
    calls.fetch_add(1, Ordering::Relaxed);
    INSIDE.fetch_add(1, Ordering::Relaxed);
    let answer = catch_unwind(AssertUnwindSafe(inside)).unwrap_or_else(|_| {
        log::send(
            Level::Critical,
            &format!("{name}: the stand-in panicked; this is a mistake in it"),
        );
        broken
    });
    INSIDE.fetch_sub(1, Ordering::Relaxed);
    answer
}

const fn code<T, E>(result: &Result<T, E>) -> i32 {
    match result {
        Ok(_) => result::SUCCEEDED,
        Err(_) => result::FAILED,
    }
}

/// Reports a null pointer.
fn null(function: &str, what: &str) {
    with(|world| world.misused(format!("{function}: {what} is null")));
}

/// Writes an answer where the caller wants it.
///
/// # Safety
/// The pointer is null or good for a write.
unsafe fn put<T>(function: &str, what: &str, place: *mut T, value: T) -> i32 {
    if place.is_null() {
        null(function, what);
        return result::FAILED;
    }
    // SAFETY: it is not null, and the caller guarantees that it is valid then.
    unsafe { place.write_unaligned(value) };
    result::SUCCEEDED
}

/// Writes a text or other bytes by the vendor's rule: the size is always returned; if the buffer is too small,
/// nothing is written.
///
/// # Safety
/// The size is null or good for reads and writes; the buffer is null or has room for as many bytes as the size says.
unsafe fn put_bytes(function: &str, bytes: &[u8], buffer: *mut u8, size: *mut usize) -> i32 {
    if size.is_null() {
        null(function, "the size");
        return result::FAILED;
    }
    // SAFETY: it is not null, and the caller guarantees that it is valid then.
    let room = unsafe { size.read_unaligned() };
    // SAFETY: as above.
    unsafe { size.write_unaligned(bytes.len()) };
    if buffer.is_null() || room < bytes.len() {
        return result::TOO_SMALL;
    }
    // SAFETY: the buffer has room for that many.
    unsafe { buffer.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    result::SUCCEEDED
}

macro_rules! exports {
    ($($(#[$about:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $answer:ty)? = $broken:expr; $inside:block)*) => {
        $(
            $(#[$about])*
            ///
            /// # Safety
            /// Pointers are null, or what the C interface says. Handles can be anything.
            #[unsafe(no_mangle)]
            pub(super) unsafe extern "C" fn $name($($argument: $type),*) $(-> $answer)? {
                guard(stringify!($name), &counters::$name, $broken, || $inside)
            }
        )*

        #[allow(non_upper_case_globals, reason = "named like the functions")]
        mod counters {
            use std::sync::atomic::AtomicU64;
            $(pub(super) static $name: AtomicU64 = AtomicU64::new(0);)*
        }

        static FUNCTIONS: &[(&str, &AtomicU64)] = &[$((stringify!($name), &counters::$name)),*];
    };
}

exports! {
    /// Devices that are plugged in.
    fn k4a_device_get_installed_count() -> u32 = 0; { devices::count() }

    /// Sets or clears the handler of messages.
    fn k4a_set_debug_message_handler(
        callback: Option<MessageCallback>, context: *mut c_void, least: i32,
    ) -> i32 = result::FAILED; {
        if log::set_handler(callback, context, least) { result::SUCCEEDED } else { result::FAILED }
    }

    /// Sets both functions, or neither. Orbbec's library does not support this.
    fn k4a_set_allocator(
        allocate: Option<AllocateCallback>, free: Option<FreeCallback>,
    ) -> i32 = result::FAILED; {
        match (allocate, free) {
            _ if is_orbbec() => result::FAILED,
            (Some(allocate), Some(free)) => {
                memory::set_allocator(Some((allocate, free)));
                result::SUCCEEDED
            }
            (None, None) => {
                memory::set_allocator(None);
                result::SUCCEEDED
            }
            _ => result::FAILED,
        }
    }

    /// Opens a device for this caller alone.
    fn k4a_device_open(index: u32, device: *mut Handle) -> i32 = result::FAILED; {
        if device.is_null() {
            null("k4a_device_open", "the place for the device");
            return result::FAILED;
        }
        let opened = devices::open(index);
        let handle = opened.as_ref().map_or(0, |handle| *handle);
        // SAFETY: the caller guarantees that each pointer is null or valid.
        unsafe { put("k4a_device_open", "the place for the device", device, address(handle)) };
        code(&opened)
    }

    /// Stops and closes a device.
    fn k4a_device_close(device: Handle) = (); { devices::close(number(device)) }

    /// Waits for a capture.
    fn k4a_device_get_capture(device: Handle, capture: *mut Handle, timeout_ms: i32) -> i32 = result::FAILED; {
        if capture.is_null() {
            null("k4a_device_get_capture", "the place for the capture");
            return result::FAILED;
        }
        let (code, handle) = devices::get_capture(number(device), timeout_ms);
        // SAFETY: the caller guarantees that each pointer is null or valid.
        unsafe { put("k4a_device_get_capture", "the place for the capture", capture, address(handle)) };
        code
    }

    /// Waits for an inertial sample.
    fn k4a_device_get_imu_sample(device: Handle, sample: *mut ImuSample, timeout_ms: i32) -> i32 = result::FAILED; {
        if sample.is_null() {
            null("k4a_device_get_imu_sample", "the place for the sample");
            return result::FAILED;
        }
        let (code, value) = devices::get_imu_sample(number(device), timeout_ms);
        if code == result::SUCCEEDED {
            // SAFETY: the caller guarantees that each pointer is null or valid.
            unsafe { put("k4a_device_get_imu_sample", "the place for the sample", sample, value) };
        }
        code
    }

    /// Starts the cameras.
    fn k4a_device_start_cameras(device: Handle, configuration: *const DeviceConfiguration) -> i32 = result::FAILED; {
        if configuration.is_null() {
            null("k4a_device_start_cameras", "the configuration");
            return result::FAILED;
        }
        // SAFETY: a pointer that is not null is valid, as the caller guarantees. The structure's two bools are first
        // read as bytes, because a bool with another value than 0 or 1 would be undefined behaviour.
        let valid = unsafe {
            let bytes = configuration.cast::<u8>();
            let at = |offset: usize| bytes.add(offset).read() <= 1;
            at(std::mem::offset_of!(DeviceConfiguration, synchronized_images_only))
                && at(std::mem::offset_of!(DeviceConfiguration, disable_streaming_indicator))
        };
        if !valid {
            with(|world| world.misused("k4a_device_start_cameras: a bool of the configuration is not 0 or 1".into()));
            return result::FAILED;
        }
        // SAFETY: as above.
        let configuration = unsafe { configuration.read_unaligned() };
        code(&devices::start_cameras(number(device), &configuration))
    }

    /// Stops the cameras; calls that wait for a capture return.
    fn k4a_device_stop_cameras(device: Handle) = (); { devices::stop_cameras(number(device)) }

    /// Starts the inertial sensors.
    fn k4a_device_start_imu(device: Handle) -> i32 = result::FAILED; { code(&devices::start_imu(number(device))) }

    /// Stops the inertial sensors; calls that wait for a sample return.
    fn k4a_device_stop_imu(device: Handle) = (); { devices::stop_imu(number(device)) }

    /// The serial number.
    fn k4a_device_get_serialnum(device: Handle, serial: *mut c_char, size: *mut usize) -> i32 = result::FAILED; {
        match devices::serial(number(device)) {
            // SAFETY: the caller guarantees that both pointers are valid.
            Ok(text) => unsafe { put_bytes("k4a_device_get_serialnum", &text, serial.cast(), size) },
            Err(_) => result::FAILED,
        }
    }

    /// Versions of the firmware.
    fn k4a_device_get_version(device: Handle, version: *mut HardwareVersion) -> i32 = result::FAILED; {
        match devices::version(number(device)) {
            // SAFETY: the caller guarantees that the pointer is valid.
            Ok(value) => unsafe { put("k4a_device_get_version", "the place for the versions", version, value) },
            Err(_) => result::FAILED,
        }
    }

    /// Whether cables are in the jacks.
    fn k4a_device_get_sync_jack(device: Handle, sync_in: *mut bool, sync_out: *mut bool) -> i32 = result::FAILED; {
        let Ok((cable_in, cable_out)) = devices::sync_jacks(number(device)) else {
            return result::FAILED;
        };
        // SAFETY: the caller guarantees that both pointers are valid.
        unsafe {
            put("k4a_device_get_sync_jack", "the place for sync in", sync_in, cable_in)
                | put("k4a_device_get_sync_jack", "the place for sync out", sync_out, cable_out)
        }
    }

    /// The values of a colour control.
    fn k4a_device_get_color_control_capabilities(
        device: Handle, command: i32, auto: *mut bool, min: *mut i32, max: *mut i32, step: *mut i32,
        default: *mut i32, default_mode: *mut i32,
    ) -> i32 = result::FAILED; {
        const NAME: &str = "k4a_device_get_color_control_capabilities";
        let Ok(c) = devices::control_capabilities(number(device), command) else {
            return result::FAILED;
        };
        // SAFETY: the caller guarantees that all pointers are valid.
        unsafe {
            put(NAME, "the place for automatic", auto, c.auto)
                | put(NAME, "the place for the smallest", min, c.min)
                | put(NAME, "the place for the largest", max, c.max)
                | put(NAME, "the place for the step", step, c.step)
                | put(NAME, "the place for the default", default, c.default)
                | put(NAME, "the place for the default mode", default_mode, c.default_mode)
        }
    }

    /// How a colour control is set.
    fn k4a_device_get_color_control(device: Handle, command: i32, mode: *mut i32, value: *mut i32) -> i32 = result::FAILED; {
        let Ok((is_mode, is_value)) = devices::control(number(device), command) else {
            return result::FAILED;
        };
        // SAFETY: the caller guarantees that both pointers are valid.
        unsafe {
            put("k4a_device_get_color_control", "the place for the mode", mode, is_mode)
                | put("k4a_device_get_color_control", "the place for the value", value, is_value)
        }
    }

    /// Sets a colour control.
    fn k4a_device_set_color_control(device: Handle, command: i32, mode: i32, value: i32) -> i32 = result::FAILED; {
        code(&devices::set_control(number(device), command, mode, value))
    }

    /// The factory's calibration as text.
    fn k4a_device_get_raw_calibration(device: Handle, data: *mut u8, size: *mut usize) -> i32 = result::FAILED; {
        const NAME: &str = "k4a_device_get_raw_calibration";
        let Ok(text) = devices::raw_calibration(NAME, number(device)) else {
            return result::FAILED;
        };
        if is_orbbec() && !size.is_null() {
            if data.is_null() {
                // SAFETY: the caller guarantees that each pointer is null or valid.
                unsafe { put(NAME, "the size", size, ORBBEC_CALIBRATION_SIZE) };
                return result::TOO_SMALL;
            }
            // SAFETY: as above.
            if unsafe { size.read_unaligned() } < text.len() {
                return result::FAILED;
            }
        }
        // SAFETY: the caller guarantees that both pointers are valid.
        unsafe { put_bytes(NAME, &text, data, size) }
    }

    /// The calibration for a pair of modes.
    fn k4a_device_get_calibration(
        device: Handle, depth_mode: i32, color_resolution: i32, calibration: *mut Calibration,
    ) -> i32 = result::FAILED; {
        match devices::calibration(number(device), depth_mode, color_resolution) {
            // SAFETY: the caller guarantees that the pointer is valid.
            Ok(value) => unsafe { put("k4a_device_get_calibration", "the place for the calibration", calibration, value) },
            Err(_) => result::FAILED,
        }
    }

    /// The calibration for a pair of modes from the factory's text.
    fn k4a_calibration_get_from_raw(
        raw: *const c_char, size: usize, depth_mode: i32, color_resolution: i32, calibration: *mut Calibration,
    ) -> i32 = result::FAILED; {
        const NAME: &str = "k4a_calibration_get_from_raw";
        if raw.is_null() {
            null(NAME, "the text");
            return result::FAILED;
        }
        // SAFETY: the caller guarantees that there are that many bytes.
        let text = unsafe { std::slice::from_raw_parts(raw.cast(), size) };
        match devices::calibration_from_raw(text, depth_mode, color_resolution) {
            // SAFETY: the caller guarantees that the pointer is valid.
            Ok(value) => unsafe { put(NAME, "the place for the calibration", calibration, value) },
            Err(_) => result::FAILED,
        }
    }

    /// A capture without images.
    fn k4a_capture_create(capture: *mut Handle) -> i32 = result::FAILED; {
        if capture.is_null() {
            null("k4a_capture_create", "the place for the capture");
            return result::FAILED;
        }
        let handle = with(|world| world.add_capture(Capture::new()));
        // SAFETY: the caller guarantees that each pointer is null or valid.
        unsafe { put("k4a_capture_create", "the place for the capture", capture, address(handle)) }
    }

    /// Releases a reference.
    fn k4a_capture_release(capture: Handle) = (); {
        with(|world| world.release_capture("k4a_capture_release", number(capture)));
    }

    /// Takes a reference.
    fn k4a_capture_reference(capture: Handle) = (); {
        with(|world| {
            if let Some(capture) = world.capture("k4a_capture_reference", number(capture)) {
                capture.references += 1;
            }
        });
    }

    /// The colour image, or null.
    fn k4a_capture_get_color_image(capture: Handle) -> Handle = std::ptr::null_mut(); {
        get_image("k4a_capture_get_color_image", capture, 0)
    }

    /// The depth image, or null.
    fn k4a_capture_get_depth_image(capture: Handle) -> Handle = std::ptr::null_mut(); {
        get_image("k4a_capture_get_depth_image", capture, 1)
    }

    /// The infrared image, or null.
    fn k4a_capture_get_ir_image(capture: Handle) -> Handle = std::ptr::null_mut(); {
        get_image("k4a_capture_get_ir_image", capture, 2)
    }

    /// Sets the colour image.
    fn k4a_capture_set_color_image(capture: Handle, image: Handle) = (); {
        with(|world| world.set_image("k4a_capture_set_color_image", number(capture), 0, number(image)));
    }

    /// Sets the depth image.
    fn k4a_capture_set_depth_image(capture: Handle, image: Handle) = (); {
        with(|world| world.set_image("k4a_capture_set_depth_image", number(capture), 1, number(image)));
    }

    /// Sets the infrared image.
    fn k4a_capture_set_ir_image(capture: Handle, image: Handle) = (); {
        with(|world| world.set_image("k4a_capture_set_ir_image", number(capture), 2, number(image)));
    }

    /// Temperature in °C; NaN = unknown.
    fn k4a_capture_get_temperature_c(capture: Handle) -> f32 = f32::NAN; {
        with(|world| {
            world
                .capture("k4a_capture_get_temperature_c", number(capture))
                .map_or(f32::NAN, |capture| capture.temperature)
        })
    }

    /// Sets the temperature; NaN changes nothing.
    fn k4a_capture_set_temperature_c(capture: Handle, celsius: f32) = (); {
        with(|world| {
            if let Some(capture) = world.capture("k4a_capture_set_temperature_c", number(capture))
                && !celsius.is_nan()
            {
                capture.temperature = celsius;
            }
        });
    }

    /// An image of zeros.
    fn k4a_image_create(
        format: i32, width: c_int, height: c_int, stride: c_int, image: *mut Handle,
    ) -> i32 = result::FAILED; {
        const NAME: &str = "k4a_image_create";
        if image.is_null() {
            null(NAME, "the place for the image");
            return result::FAILED;
        }
        let made = images::layout(format, width, height, stride).and_then(|(stride, size)| {
            let memory = Memory::by_allocator(size)
                .ok_or_else(|| format!("there is no memory for {size} bytes"))?;
            Ok(Image::new(Arc::new(memory), format, (width, height, stride)))
        });
        // SAFETY: the caller guarantees that each pointer is null or valid.
        unsafe { place_image(NAME, made, image) }
    }

    /// An image in the caller's memory.
    fn k4a_image_create_from_buffer(
        format: i32, width: c_int, height: c_int, stride: c_int, buffer: *mut u8, size: usize,
        free: Option<FreeCallback>, context: *mut c_void, image: *mut Handle,
    ) -> i32 = result::FAILED; {
        const NAME: &str = "k4a_image_create_from_buffer";
        let Some(start) = NonNull::new(buffer).filter(|_| !image.is_null()) else {
            null(NAME, "the buffer or the place for the image");
            return result::FAILED;
        };
        let sides = 1..=20_000;
        let made = if !sides.contains(&width) || !sides.contains(&height) || size == 0 || !(0..=8).contains(&format) {
            Err(format!("there is no image of format {format} with {width} by {height} pixels in {size} bytes"))
        } else {
            let memory = Arc::new(Memory::of_client(start, size, free, context));
            Ok(Image::new(memory, format, (width, height, stride)))
        };
        // SAFETY: the caller guarantees that each pointer is null or valid.
        unsafe { place_image(NAME, made, image) }
    }

    /// The image's memory; null for a handle that is not an image.
    fn k4a_image_get_buffer(image: Handle) -> *mut u8 = std::ptr::null_mut(); {
        of_image("k4a_image_get_buffer", image, std::ptr::null_mut(), |image| image.memory.start())
    }

    /// Bytes of the image's memory.
    fn k4a_image_get_size(image: Handle) -> usize = 0; {
        of_image("k4a_image_get_size", image, 0, |image| image.memory.size())
    }

    /// Format; CUSTOM for a handle that is not an image.
    fn k4a_image_get_format(image: Handle) -> i32 = 8; {
        of_image("k4a_image_get_format", image, 8, |image| image.format)
    }

    /// Width in pixels.
    fn k4a_image_get_width_pixels(image: Handle) -> c_int = 0; {
        of_image("k4a_image_get_width_pixels", image, 0, |image| image.width)
    }

    /// Height in pixels.
    fn k4a_image_get_height_pixels(image: Handle) -> c_int = 0; {
        of_image("k4a_image_get_height_pixels", image, 0, |image| image.height)
    }

    /// Bytes from row to row.
    fn k4a_image_get_stride_bytes(image: Handle) -> c_int = 0; {
        of_image("k4a_image_get_stride_bytes", image, 0, |image| image.stride)
    }

    /// Time on the device clock in µs.
    fn k4a_image_get_device_timestamp_usec(image: Handle) -> u64 = 0; {
        of_image("k4a_image_get_device_timestamp_usec", image, 0, |image| image.device_usec)
    }

    /// Sets the time on the device clock.
    fn k4a_image_set_device_timestamp_usec(image: Handle, usec: u64) = (); {
        of_image("k4a_image_set_device_timestamp_usec", image, (), |image| image.device_usec = usec);
    }

    /// Time on the computer's clock in ns.
    fn k4a_image_get_system_timestamp_nsec(image: Handle) -> u64 = 0; {
        of_image("k4a_image_get_system_timestamp_nsec", image, 0, |image| image.system_nsec)
    }

    /// Sets the time on the computer's clock.
    fn k4a_image_set_system_timestamp_nsec(image: Handle, nsec: u64) = (); {
        of_image("k4a_image_set_system_timestamp_nsec", image, (), |image| image.system_nsec = nsec);
    }

    /// Exposure time in µs.
    fn k4a_image_get_exposure_usec(image: Handle) -> u64 = 0; {
        of_image("k4a_image_get_exposure_usec", image, 0, |image| image.exposure_usec)
    }

    /// Sets the exposure time. Orbbec's library cannot.
    fn k4a_image_set_exposure_usec(image: Handle, usec: u64) = (); {
        of_image("k4a_image_set_exposure_usec", image, (), |image| {
            if !is_orbbec() { image.exposure_usec = usec; }
        });
    }

    /// White balance in kelvin.
    fn k4a_image_get_white_balance(image: Handle) -> u32 = 0; {
        of_image("k4a_image_get_white_balance", image, 0, |image| image.white_balance)
    }

    /// Sets the white balance. Orbbec's library cannot.
    fn k4a_image_set_white_balance(image: Handle, kelvin: u32) = (); {
        of_image("k4a_image_set_white_balance", image, (), |image| {
            if !is_orbbec() { image.white_balance = kelvin; }
        });
    }

    /// ISO speed.
    fn k4a_image_get_iso_speed(image: Handle) -> u32 = 0; {
        of_image("k4a_image_get_iso_speed", image, 0, |image| image.iso_speed)
    }

    /// Sets the ISO speed. Orbbec's library cannot.
    fn k4a_image_set_iso_speed(image: Handle, iso: u32) = (); {
        of_image("k4a_image_set_iso_speed", image, (), |image| {
            if !is_orbbec() { image.iso_speed = iso; }
        });
    }

    /// Takes a reference.
    fn k4a_image_reference(image: Handle) = (); {
        of_image("k4a_image_reference", image, (), |image| image.references += 1);
    }

    /// Releases a reference.
    fn k4a_image_release(image: Handle) = (); {
        with(|world| world.release_image("k4a_image_release", number(image)));
    }

    /// Returns null, as on a computer whose graphics card cannot run the depth engine.
    fn k4a_transformation_create(_calibration: *const Calibration) -> Handle = std::ptr::null_mut(); {
        log::send(Level::Error, "k4a_transformation_create: the depth engine finds no OpenGL 4.4");
        std::ptr::null_mut()
    }

    /// There are no transformations to destroy.
    fn k4a_transformation_destroy(transformation: Handle) = (); {
        if !transformation.is_null() {
            with(|world| world.misused("k4a_transformation_destroy: there are no transformations".into()));
        }
    }
}

/// The size of the calibration that Orbbec's library returns.
const ORBBEC_CALIBRATION_SIZE: usize = 10_240;

fn get_image(function: &str, capture: Handle, part: usize) -> Handle {
    address(with(|world| world.get_image(function, number(capture), part)).unwrap_or(0))
}

fn of_image<R>(function: &str, image: Handle, none: R, ask: impl FnOnce(&mut Image) -> R) -> R {
    with(|world| match world.image(function, number(image)) {
        Some(image) => ask(image),
        None => none,
    })
}

/// Returns a new image, or reports why it cannot be made.
///
/// # Safety
/// The place is good for a write.
unsafe fn place_image(function: &str, made: Result<Image, String>, place: *mut Handle) -> i32 {
    let made = with(|world| match made {
        Ok(image) => Ok(world.add_image(image)),
        Err(why) => Err(world.error(format!("{function}: {why}"))),
    });
    let handle = made.as_ref().map_or(0, |handle| *handle);
    // SAFETY: the caller guarantees what this function asks for.
    unsafe { put(function, "the place for the image", place, address(handle)) };
    code(&made)
}

/// The error of the last script or command that was refused.
static PROBLEM: Mutex<String> = Mutex::new(String::new());

/// Applies a text, and stores the error if it is refused.
///
/// # Safety
/// The text is null or ends with a NUL.
unsafe fn take_text(text: *const c_char, take: impl FnOnce(&str) -> Result<(), String>) -> i32 {
    let taken = catch_unwind(AssertUnwindSafe(|| {
        if text.is_null() {
            return Err("the text is null".into());
        }
        // SAFETY: it is not null, and the caller guarantees the NUL.
        let text = unsafe { CStr::from_ptr(text) };
        take(text.to_str().map_err(|error| error.to_string())?)
    }))
    .unwrap_or_else(|_| Err("the stand-in panicked; this is a mistake in it".into()));
    match taken {
        Ok(()) => result::SUCCEEDED,
        Err(problem) => {
            log::send(Level::Error, &problem);
            *PROBLEM.lock().unwrap_or_else(PoisonError::into_inner) = problem;
            result::FAILED
        }
    }
}

/// Applies a script ([`Script`]) in JSON, at any time. An invalid script changes nothing; [`k4a_standin_problem`]
/// returns the error.
///
/// # Safety
/// The text is null or ends with a NUL.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn k4a_standin_configure(script: *const c_char) -> i32 {
    // SAFETY: the caller guarantees what this function asks for.
    unsafe {
        take_text(script, |json| {
            let script = Script::parse(json)?;
            with(|world| world.configure(script));
            Ok(())
        })
    }
}

/// Executes a command: `unplug SERIAL`, `replug SERIAL`, `power-cycle SERIAL`, or `forget`, which frees the drawn
/// captures (they are drawn again when they are needed).
///
/// # Safety
/// The text is null or ends with a NUL.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn k4a_standin_command(command: *const c_char) -> i32 {
    // SAFETY: the caller guarantees what this function asks for.
    unsafe { take_text(command, |command| with(|world| world.command(command))) }
}

/// The error of the last script or command that was refused, by the rule of the vendor's texts.
///
/// # Safety
/// As for the vendor's functions that give texts.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn k4a_standin_problem(text: *mut c_char, size: *mut usize) -> i32 {
    let mut problem = PROBLEM
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
        .into_bytes();
    problem.push(0);
    // SAFETY: the caller guarantees that both pointers are valid.
    unsafe { put_bytes("k4a_standin_problem", &problem, text.cast(), size) }
}

/// The statistics ([`crate::Statistics`]) in JSON, by the rule of the vendor's texts.
///
/// # Safety
/// As for the vendor's functions that give texts.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn k4a_standin_statistics(text: *mut c_char, size: *mut usize) -> i32 {
    let json = catch_unwind(|| {
        let statistics = Statistics {
            inside: inside(),
            calls: calls(),
            ..with(|world| world.statistics())
        };
        let mut json = serde_json::to_vec(&statistics).unwrap_or_default();
        json.push(0);
        json
    });
    let Ok(json) = json else {
        return result::FAILED;
    };
    // SAFETY: the caller guarantees that both pointers are valid.
    unsafe { put_bytes("k4a_standin_statistics", &json, text.cast(), size) }
}

/// Never called: that the signatures are those of the interface is checked by compiling it.
#[allow(dead_code, reason = "see above")]
fn signatures(table: &mut k4a::abi::K4a) {
    table.device_get_installed_count = k4a_device_get_installed_count;
    table.set_debug_message_handler = k4a_set_debug_message_handler;
    table.device_open = k4a_device_open;
    table.device_close = k4a_device_close;
    table.device_get_capture = k4a_device_get_capture;
    table.device_get_imu_sample = k4a_device_get_imu_sample;
    table.device_start_cameras = k4a_device_start_cameras;
    table.device_stop_cameras = k4a_device_stop_cameras;
    table.device_start_imu = k4a_device_start_imu;
    table.device_stop_imu = k4a_device_stop_imu;
    table.device_get_serialnum = k4a_device_get_serialnum;
    table.device_get_version = k4a_device_get_version;
    table.device_get_sync_jack = k4a_device_get_sync_jack;
    table.device_get_color_control_capabilities = k4a_device_get_color_control_capabilities;
    table.device_get_color_control = k4a_device_get_color_control;
    table.device_set_color_control = k4a_device_set_color_control;
    table.device_get_raw_calibration = k4a_device_get_raw_calibration;
    table.device_get_calibration = k4a_device_get_calibration;
    table.calibration_get_from_raw = k4a_calibration_get_from_raw;
    table.capture_create = k4a_capture_create;
    table.capture_release = k4a_capture_release;
    table.capture_reference = k4a_capture_reference;
    table.capture_get_color_image = k4a_capture_get_color_image;
    table.capture_get_depth_image = k4a_capture_get_depth_image;
    table.capture_get_ir_image = k4a_capture_get_ir_image;
    table.capture_set_color_image = k4a_capture_set_color_image;
    table.capture_set_depth_image = k4a_capture_set_depth_image;
    table.capture_set_ir_image = k4a_capture_set_ir_image;
    table.capture_get_temperature_c = k4a_capture_get_temperature_c;
    table.capture_set_temperature_c = k4a_capture_set_temperature_c;
    table.image_create = k4a_image_create;
    table.image_create_from_buffer = k4a_image_create_from_buffer;
    table.image_get_buffer = k4a_image_get_buffer;
    table.image_get_size = k4a_image_get_size;
    table.image_get_format = k4a_image_get_format;
    table.image_get_width_pixels = k4a_image_get_width_pixels;
    table.image_get_height_pixels = k4a_image_get_height_pixels;
    table.image_get_stride_bytes = k4a_image_get_stride_bytes;
    table.image_get_device_timestamp_usec = k4a_image_get_device_timestamp_usec;
    table.image_set_device_timestamp_usec = k4a_image_set_device_timestamp_usec;
    table.image_get_system_timestamp_nsec = k4a_image_get_system_timestamp_nsec;
    table.image_set_system_timestamp_nsec = k4a_image_set_system_timestamp_nsec;
    table.image_get_exposure_usec = k4a_image_get_exposure_usec;
    table.image_get_white_balance = k4a_image_get_white_balance;
    table.image_set_white_balance = k4a_image_set_white_balance;
    table.image_get_iso_speed = k4a_image_get_iso_speed;
    table.image_set_iso_speed = k4a_image_set_iso_speed;
    table.image_reference = k4a_image_reference;
    table.image_release = k4a_image_release;
    table.set_allocator = Some(k4a_set_allocator);
    table.image_set_exposure_usec = Some(k4a_image_set_exposure_usec);
    table.transformation_create = Some(k4a_transformation_create);
    table.transformation_destroy = Some(k4a_transformation_destroy);
}
