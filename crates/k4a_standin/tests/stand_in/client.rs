//! A client of the C interface: function pointers with small wrappers, so that tests are readable.

use std::ptr::{null, null_mut};

use k4a::abi::{self, DeviceConfiguration, Handle, ImuSample, K4a};
use k4a_standin::StandIn;
use libloading::Library;

pub(crate) const SUCCEEDED: i32 = 0;
pub(crate) const FAILED: i32 = 1;
pub(crate) const TIMEOUT: i32 = 2;

/// The loaded library of a client.
pub(crate) struct Client {
    library: Library,
}

// SAFETY of all calls in tests: the signatures are those of the interface's table. Arguments are valid, or are
// intentionally invalid in a way that the stand-in accepts.
macro_rules! call {
    ($client:expr, $name:ident($($argument:expr),* $(,)?)) => {{
        let function = $client.find(concat!("k4a_", stringify!($name)), |table| table.$name);
        // SAFETY: see above.
        #[allow(unused_unsafe, reason = "some callers are unsafe already")]
        unsafe { function($($argument),*) }
    }};
    ($client:expr, optional $name:ident($($argument:expr),* $(,)?)) => {{
        let function = $client
            .find(concat!("k4a_", stringify!($name)), |table| table.$name.unwrap());
        // SAFETY: see above.
        unsafe { function($($argument),*) }
    }};
}
pub(crate) use call;

impl Client {
    pub(crate) fn of(stand_in: &StandIn) -> Self {
        // SAFETY: the stand-in's initialisers set a flag.
        let library = unsafe { Library::new(stand_in.path()) }.unwrap();
        Self { library }
    }

    /// A function with the type that the interface's table gives.
    pub(crate) fn find<F: Copy>(&self, name: &str, _: fn(&K4a) -> F) -> F {
        // SAFETY: the type is the interface's.
        *unsafe { self.library.get::<F>(name) }.unwrap()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        // SAFETY: nothing is called.
        unsafe { self.library.get::<unsafe extern "C" fn()>(name) }.is_ok()
    }

    pub(crate) fn count(&self) -> u32 {
        call!(self, device_get_installed_count())
    }

    pub(crate) fn open(&self, index: u32) -> Result<Device<'_>, i32> {
        let mut handle = null_mut();
        let code = call!(self, device_open(index, &raw mut handle));
        if code == SUCCEEDED {
            assert!(!handle.is_null());
            Ok(Device {
                client: self,
                handle,
            })
        } else {
            assert!(handle.is_null());
            Err(code)
        }
    }
}

/// An open device; closed when dropped.
pub(crate) struct Device<'c> {
    pub(crate) client: &'c Client,
    pub(crate) handle: Handle,
}

// SAFETY: the interface allows waiting and stopping from different threads.
unsafe impl Send for Device<'_> {}
// SAFETY: as above.
unsafe impl Sync for Device<'_> {}

/// 720p MJPG and NFOV unbinned at 30 fps.
pub(crate) const USUAL: DeviceConfiguration = DeviceConfiguration {
    color_format: 0,
    color_resolution: 1,
    depth_mode: 2,
    camera_fps: 2,
    synchronized_images_only: false,
    depth_delay_off_color_usec: 0,
    wired_sync_mode: 0,
    subordinate_delay_off_master_usec: 0,
    disable_streaming_indicator: false,
};

/// Depth alone, 320×288 at 30 fps.
pub(crate) const SMALL: DeviceConfiguration = DeviceConfiguration {
    color_resolution: 0,
    depth_mode: 1,
    ..USUAL
};

impl<'c> Device<'c> {
    pub(crate) fn start(&self, configuration: DeviceConfiguration) -> i32 {
        call!(
            self.client,
            device_start_cameras(self.handle, &raw const configuration)
        )
    }

    pub(crate) fn started(self, configuration: DeviceConfiguration) -> Self {
        assert_eq!(self.start(configuration), SUCCEEDED);
        self
    }

    pub(crate) fn stop(&self) {
        call!(self.client, device_stop_cameras(self.handle));
    }

    /// The result code, and the capture if there is one.
    pub(crate) fn wait(&self, timeout_ms: i32) -> (i32, Option<Capture<'c>>) {
        let mut handle = null_mut();
        let code = call!(
            self.client,
            device_get_capture(self.handle, &raw mut handle, timeout_ms)
        );
        assert!(code == SUCCEEDED || handle.is_null());
        // The capture is created only if it is used, because dropping it would release the handle.
        let capture = (!handle.is_null()).then(|| Capture {
            client: self.client,
            handle,
        });
        (code, capture)
    }

    /// The next capture; panics if none comes.
    pub(crate) fn capture(&self) -> Capture<'c> {
        let (code, capture) = self.wait(5000);
        assert_eq!(code, SUCCEEDED);
        capture.unwrap()
    }

    pub(crate) fn start_imu(&self) -> i32 {
        call!(self.client, device_start_imu(self.handle))
    }

    pub(crate) fn imu(&self, timeout_ms: i32) -> (i32, ImuSample) {
        let mut sample = ImuSample::default();
        let code = call!(
            self.client,
            device_get_imu_sample(self.handle, &raw mut sample, timeout_ms)
        );
        (code, sample)
    }

    /// The bytes of the serial number, with the NUL at the end.
    pub(crate) fn serial(&self) -> Result<Vec<u8>, i32> {
        self.text(|buffer, size| {
            call!(
                self.client,
                device_get_serialnum(self.handle, buffer.cast(), size)
            )
        })
    }

    pub(crate) fn raw_calibration(&self) -> Result<Vec<u8>, i32> {
        self.text(|buffer, size| {
            call!(
                self.client,
                device_get_raw_calibration(self.handle, buffer, size)
            )
        })
    }

    fn text(&self, get: impl Fn(*mut u8, *mut usize) -> i32) -> Result<Vec<u8>, i32> {
        let mut size = 0;
        match get(null_mut(), &raw mut size) {
            2 => {}
            code => return Err(code),
        }
        let mut bytes = vec![0xAA; size];
        match get(bytes.as_mut_ptr(), &raw mut size) {
            SUCCEEDED => bytes.truncate(size),
            code => return Err(code),
        }
        Ok(bytes)
    }

    pub(crate) fn calibration(&self, depth: i32, color: i32) -> Result<abi::Calibration, i32> {
        let mut calibration = abi::Calibration::default();
        let code = call!(
            self.client,
            device_get_calibration(self.handle, depth, color, &raw mut calibration)
        );
        (code == SUCCEEDED).then_some(calibration).ok_or(code)
    }

    pub(crate) fn version(&self) -> Result<abi::HardwareVersion, i32> {
        let mut version = abi::HardwareVersion::default();
        let code = call!(
            self.client,
            device_get_version(self.handle, &raw mut version)
        );
        (code == SUCCEEDED).then_some(version).ok_or(code)
    }

    pub(crate) fn jacks(&self) -> Result<(bool, bool), i32> {
        let (mut sync_in, mut sync_out) = (true, true);
        let code = call!(
            self.client,
            device_get_sync_jack(self.handle, &raw mut sync_in, &raw mut sync_out)
        );
        (code == SUCCEEDED)
            .then_some((sync_in, sync_out))
            .ok_or(code)
    }

    pub(crate) fn set(&self, command: i32, mode: i32, value: i32) -> i32 {
        call!(
            self.client,
            device_set_color_control(self.handle, command, mode, value)
        )
    }

    pub(crate) fn get(&self, command: i32) -> Result<(i32, i32), i32> {
        let (mut mode, mut value) = (-1, -1);
        let code = call!(
            self.client,
            device_get_color_control(self.handle, command, &raw mut mode, &raw mut value)
        );
        (code == SUCCEEDED).then_some((mode, value)).ok_or(code)
    }

    /// Automatic, smallest, largest, step, default, default mode.
    pub(crate) fn capabilities(
        &self,
        command: i32,
    ) -> Result<(bool, i32, i32, i32, i32, i32), i32> {
        let (mut auto, mut n) = (false, [0; 5]);
        let [min, max, step, default, mode] = n.each_mut().map(|n| &raw mut *n);
        let code = call!(
            self.client,
            device_get_color_control_capabilities(
                self.handle,
                command,
                &raw mut auto,
                min,
                max,
                step,
                default,
                mode
            )
        );
        (code == SUCCEEDED)
            .then_some((auto, n[0], n[1], n[2], n[3], n[4]))
            .ok_or(code)
    }
}

impl Drop for Device<'_> {
    fn drop(&mut self) {
        call!(self.client, device_close(self.handle));
    }
}

/// A capture; released when dropped.
pub(crate) struct Capture<'c> {
    pub(crate) client: &'c Client,
    pub(crate) handle: Handle,
}

// SAFETY: captures are counted atomically.
unsafe impl Send for Capture<'_> {}

impl<'c> Capture<'c> {
    fn image(&self, handle: Handle) -> Option<Image<'c>> {
        (!handle.is_null()).then(|| Image {
            client: self.client,
            handle,
        })
    }

    pub(crate) fn color(&self) -> Option<Image<'c>> {
        self.image(call!(self.client, capture_get_color_image(self.handle)))
    }

    pub(crate) fn depth(&self) -> Option<Image<'c>> {
        self.image(call!(self.client, capture_get_depth_image(self.handle)))
    }

    pub(crate) fn ir(&self) -> Option<Image<'c>> {
        self.image(call!(self.client, capture_get_ir_image(self.handle)))
    }

    pub(crate) fn temperature(&self) -> f32 {
        call!(self.client, capture_get_temperature_c(self.handle))
    }
}

impl Drop for Capture<'_> {
    fn drop(&mut self) {
        call!(self.client, capture_release(self.handle));
    }
}

/// An image; released when dropped.
pub(crate) struct Image<'c> {
    pub(crate) client: &'c Client,
    pub(crate) handle: Handle,
}

impl Image<'_> {
    pub(crate) fn bytes(&self) -> &[u8] {
        let start = call!(self.client, image_get_buffer(self.handle));
        let size = call!(self.client, image_get_size(self.handle));
        assert!(!start.is_null());
        // SAFETY: the image lives as long as this, and nobody writes to images of captures.
        unsafe { std::slice::from_raw_parts(start, size) }
    }

    pub(crate) fn u16s(&self) -> Vec<u16> {
        let pairs = self.bytes().as_chunks::<2>().0;
        pairs.iter().map(|b| u16::from_ne_bytes(*b)).collect()
    }

    /// Format, width, height, stride.
    pub(crate) fn layout(&self) -> (i32, i32, i32, i32) {
        (
            call!(self.client, image_get_format(self.handle)),
            call!(self.client, image_get_width_pixels(self.handle)),
            call!(self.client, image_get_height_pixels(self.handle)),
            call!(self.client, image_get_stride_bytes(self.handle)),
        )
    }

    pub(crate) fn usec(&self) -> u64 {
        call!(self.client, image_get_device_timestamp_usec(self.handle))
    }

    pub(crate) fn system_nsec(&self) -> u64 {
        call!(self.client, image_get_system_timestamp_nsec(self.handle))
    }

    /// Exposure time, white balance, ISO speed.
    pub(crate) fn settings(&self) -> (u64, u32, u32) {
        (
            call!(self.client, image_get_exposure_usec(self.handle)),
            call!(self.client, image_get_white_balance(self.handle)),
            call!(self.client, image_get_iso_speed(self.handle)),
        )
    }
}

impl Drop for Image<'_> {
    fn drop(&mut self) {
        call!(self.client, image_release(self.handle));
    }
}

/// A null pointer, for calls that must accept it.
pub(crate) fn nothing<T>() -> *const T {
    null()
}
