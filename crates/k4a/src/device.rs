//! A device that is open.
//!
//! The library allows `get_capture`, `get_imu_sample`, `stop_cameras` and `stop_imu` at the same time on different threads,
//! and promises nothing for other calls, which locks here make one at a time. So a [`Device`] can be shared: one thread can
//! wait for captures, another for inertial samples, and a third can stop both, which ends the waiting.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::abi::{self, Calibration, Handle, ImuSample, Version};
use crate::calibration;
use crate::call::{self, check, check_some, milliseconds};
use crate::capture::Capture;
use crate::codes::{
    ColorControl, ColorControlMode, ColorResolution, DepthMode, FirmwareBuild, FirmwareSignature,
    WiredSyncMode,
};
use crate::configuration::DeviceConfiguration;
use crate::error::{Error, ErrorKind, Result};
use crate::library::Library;
use crate::log;
use crate::vendor::Vendor;

/// The result of waiting for a capture or a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait<T> {
    /// The awaited value.
    Ready(T),
    /// Nothing came within the timeout. The device may still work: wait again, and give up after some seconds.
    TimedOut,
}

impl<T> Wait<T> {
    /// The awaited value; `None` if it did not come in time.
    pub fn ready(self) -> Option<T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::TimedOut => None,
        }
    }
}

/// Whether cables are in the sync jacks. Orbbec's library never reports a cable; see [`Device::wired_sync_mode`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncJacks {
    /// Whether a cable is in the sync-in jack, through which a subordinate gets its signal.
    pub in_connected: bool,
    /// Whether a cable is in the sync-out jack, through which a master sends its signal.
    pub out_connected: bool,
}

/// Firmware versions. Orbbec's devices report only `depth`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardwareVersion {
    /// Firmware of the colour camera.
    pub color: Option<Version>,
    /// Firmware of the depth camera.
    pub depth: Option<Version>,
    /// Firmware of the microphones.
    pub audio: Option<Version>,
    /// Firmware of the depth sensor.
    pub depth_sensor: Option<Version>,
    /// How the firmware was built; `None` for an unknown number.
    pub build: Option<FirmwareBuild>,
    /// The firmware's signature; `None` for an unknown number.
    pub signature: Option<FirmwareSignature>,
}

/// The values that a colour control takes, in the units of [`ColorControl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorControlCapabilities {
    /// Whether the camera can choose the value itself.
    pub supports_auto: bool,
    /// The smallest value.
    pub min: i32,
    /// The largest value.
    pub max: i32,
    /// Values are multiples of this above the smallest.
    pub step: i32,
    /// The default value.
    pub default: i32,
    /// The default mode.
    pub default_mode: ColorControlMode,
}

/// How an Orbbec device sets its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSync {
    /// Starts the clock at zero, a delay after the command or after the signal of the master.
    Reset {
        /// The delay in µs.
        delay_usec: u32,
    },
    /// Sets the clock by the host's, once or at an interval.
    WithHost {
        /// The interval in µs; 0 sets the clock once.
        interval_usec: u32,
    },
}

/// An open device. No other program or handle can open it until this is dropped, which stops the device and can take a
/// second.
///
/// All calls block until the device has answered.
#[derive(Debug)]
pub struct Device {
    open: Arc<OpenDevice>,
}

/// An open device, which is closed when its last user is dropped: its owner, or a recorder that uses it.
#[derive(Debug)]
pub(crate) struct OpenDevice {
    library: Library,
    handle: Handle,
    /// Locked while captures are received or started.
    captures: Mutex<()>,
    /// Locked while inertial samples are received or started.
    samples: Mutex<()>,
    /// Locked by all calls except those that wait for captures or samples. It is locked after the two locks above, so
    /// that stopping never waits for them.
    control: Mutex<()>,
    /// How often in a row the library reported a capture but returned none.
    empty_captures: AtomicU32,
}

// SAFETY: the library's handle is not bound to a thread.
unsafe impl Send for OpenDevice {}
// SAFETY: the locks above prevent the concurrent calls that the library does not allow.
unsafe impl Sync for OpenDevice {}

impl Drop for OpenDevice {
    fn drop(&mut self) {
        // SAFETY: the handle lives and is not used again. There is no other reference, so no call is under way.
        log::during(|| unsafe { (self.library.functions().device_close)(self.handle) });
    }
}

impl OpenDevice {
    pub(crate) fn handle(&self) -> Handle {
        self.handle
    }

    pub(crate) fn control(&self) -> MutexGuard<'_, ()> {
        lock(&self.control)
    }
}

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    // The lock guards no data that a panic could leave half written.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Larger than the size that Orbbec's library reports for every calibration.
const LEAST_CALIBRATION: usize = 64 << 10;
/// How many times in a row the library may report a capture and return none: this happens once when a device stops.
const EMPTY_CAPTURES: u32 = 10;

impl Library {
    /// Opens the device with that index (0 to [`device_count`](Self::device_count) − 1). This takes up to some seconds.
    ///
    /// # Errors
    /// Fails with [`NoDevice`](ErrorKind::NoDevice), [`InUse`](ErrorKind::InUse) or
    /// [`NotPermitted`](ErrorKind::NotPermitted), or with [`Failed`](ErrorKind::Failed) if the library does not give a
    /// reason.
    pub fn open_device(&self, index: u32) -> Result<Device> {
        const FUNCTION: &str = "k4a_device_open";
        let mut handle = null_mut();
        // SAFETY: the result points to a live handle.
        check(FUNCTION, || unsafe {
            (self.functions().device_open)(index, &raw mut handle)
        })
        .map_err(|error| self.explain_open(index, error))?;
        if handle.is_null() {
            return Err(Error::unexpected(
                FUNCTION,
                "the library returned no device",
            ));
        }
        Ok(Device {
            open: Arc::new(OpenDevice {
                library: self.clone(),
                handle,
                captures: Mutex::default(),
                samples: Mutex::default(),
                control: Mutex::default(),
                empty_captures: AtomicU32::new(0),
            }),
        })
    }

    /// The library only reports a failure; its log and the number of devices give the reason.
    fn explain_open(&self, index: u32, error: Error) -> Error {
        let said = |word: &str| {
            error
                .messages()
                .iter()
                .any(|message| message.contains(word))
        };
        let (denied, busy) = (said("LIBUSB_ERROR_ACCESS"), said("LIBUSB_ERROR_BUSY"));
        if denied {
            return error.with_kind(ErrorKind::NotPermitted).with_advice(
                "install the vendor's udev rules (99-k4a.rules, 99-obsensor-libusb.rules), and plug the device in again",
            );
        }
        if busy {
            return error
                .with_kind(ErrorKind::InUse)
                .with_advice("close the other program that uses the device");
        }
        let count = self.device_count();
        if index >= count {
            let what = match count {
                0 => "no device is connected".to_owned(),
                1 => format!("there is no device {index}: one is connected, with index 0"),
                _ => format!("there is no device {index}: {count} are connected"),
            };
            return error.with_what(ErrorKind::NoDevice, what).with_advice(
                "check the device's power and USB 3 cable, and on Linux that the vendor's udev rules are installed",
            );
        }
        error.with_advice(
            "close other programs that use the device, plug it in again, and update its firmware if the library needs \
             a newer one",
        )
    }
}

impl Device {
    /// The library that opened this device.
    pub fn library(&self) -> &Library {
        &self.open.library
    }

    pub(crate) fn shared(&self) -> &Arc<OpenDevice> {
        &self.open
    }

    fn functions(&self) -> &'static abi::K4a {
        self.open.library.functions()
    }

    fn handle(&self) -> Handle {
        self.open.handle
    }

    /// The error of a call to an open device: the device is lost, or it does not have the function.
    fn lost(error: Error) -> Error {
        if error.kind() == ErrorKind::Failed {
            error
                .with_what(ErrorKind::Lost, "the device no longer delivers".to_owned())
                .with_advice(
                    "it was unplugged or stopped, or never started; close the device and open it again",
                )
        } else {
            error
        }
    }

    /// The serial number: 12 digits of Microsoft's devices, up to 16 characters of Orbbec's.
    ///
    /// # Errors
    /// Fails if the device does not answer.
    pub fn serial_number(&self) -> Result<String> {
        let _turn = self.open.control();
        call::text("k4a_device_get_serialnum", 64, |buffer, size| {
            // SAFETY: the handle lives; the buffer is null or as large as the size says.
            unsafe { (self.functions().device_get_serialnum)(self.handle(), buffer.cast(), size) }
        })
    }

    /// Firmware versions.
    ///
    /// # Errors
    /// Fails if the device does not answer.
    pub fn version(&self) -> Result<HardwareVersion> {
        let _turn = self.open.control();
        let mut raw = abi::HardwareVersion::default();
        check("k4a_device_get_version", || {
            // SAFETY: the handle lives; the result is as large as the library expects.
            unsafe { (self.functions().device_get_version)(self.handle(), &raw mut raw) }
        })?;
        let known = |version| (version != Version::default()).then_some(version);
        Ok(HardwareVersion {
            color: known(raw.rgb),
            depth: known(raw.depth),
            audio: known(raw.audio),
            depth_sensor: known(raw.depth_sensor),
            build: FirmwareBuild::from_code(raw.firmware_build),
            signature: FirmwareSignature::from_code(raw.firmware_signature),
        })
    }

    /// The factory's calibration: JSON, without the NUL that the library puts after it.
    ///
    /// # Errors
    /// Fails if the device does not answer.
    pub fn raw_calibration(&self) -> Result<Vec<u8>> {
        let _turn = self.open.control();
        // Orbbec's library always reports 10,240 bytes, and then fails if the calibration is larger.
        call::bytes_without_nul(
            "k4a_device_get_raw_calibration",
            LEAST_CALIBRATION,
            |buffer, size| {
                // SAFETY: the handle lives; the buffer is null or as large as the size says.
                unsafe {
                    (self.functions().device_get_raw_calibration)(self.handle(), buffer, size)
                }
            },
        )
    }

    /// The calibration for a depth mode and a colour resolution. The device need not run in these modes.
    ///
    /// # Errors
    /// Fails if the device does not answer, or if both cameras are off.
    pub fn calibration(
        &self,
        depth_mode: DepthMode,
        color_resolution: ColorResolution,
    ) -> Result<Calibration> {
        let _turn = self.open.control();
        calibration::received("k4a_device_get_calibration", |calibration| {
            // SAFETY: the handle lives; the result is as large as the library expects.
            unsafe {
                (self.functions().device_get_calibration)(
                    self.handle(),
                    depth_mode.code(),
                    color_resolution.code(),
                    calibration,
                )
            }
        })
    }

    /// Whether cables are in the sync jacks.
    ///
    /// # Errors
    /// Fails if the device does not answer.
    pub fn sync_jacks(&self) -> Result<SyncJacks> {
        let _turn = self.open.control();
        // Integers, because a Rust `bool` must never hold another value than 0 or 1.
        let (mut in_connected, mut out_connected) = (0_u8, 0_u8);
        check("k4a_device_get_sync_jack", || {
            // SAFETY: the handle lives; a C bool is one byte.
            unsafe {
                (self.functions().device_get_sync_jack)(
                    self.handle(),
                    (&raw mut in_connected).cast(),
                    (&raw mut out_connected).cast(),
                )
            }
        })?;
        Ok(SyncJacks {
            in_connected: in_connected != 0,
            out_connected: out_connected != 0,
        })
    }

    /// Starts the cameras. If another thread waits in [`next_capture`](Self::next_capture), this call waits until that
    /// call has returned.
    ///
    /// # Errors
    /// Fails if the device cannot run the configuration (the library's messages name the wrong setting), if the cameras
    /// are already running, or if the depth engine does not start (it needs OpenGL 4.4, on Linux also an X server).
    pub fn start_cameras(&self, configuration: &DeviceConfiguration) -> Result<()> {
        let _no_get = lock(&self.open.captures);
        let _turn = self.open.control();
        let raw = abi::DeviceConfiguration::from(configuration);
        check("k4a_device_start_cameras", || {
            // SAFETY: the handle and the configuration live; the library copies it.
            unsafe { (self.functions().device_start_cameras)(self.handle(), &raw const raw) }
        })
        .map_err(|error| {
            error.with_advice(
                "check modes, frame rate, delays and sync cables against each other; depth also needs the depth engine and \
                 OpenGL 4.4 (on Linux with an X server: DISPLAY)",
            )
        })?;
        self.open.empty_captures.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// Stops the cameras. A [`next_capture`](Self::next_capture) that waits on another thread returns.
    pub fn stop_cameras(&self) {
        let _turn = self.open.control();
        // SAFETY: the handle lives; the library allows this while captures are waited for.
        log::during(|| unsafe { (self.functions().device_stop_cameras)(self.handle()) });
    }

    /// Starts the inertial samples. With Microsoft's library the cameras must be running. If another thread waits in
    /// [`next_imu_sample`](Self::next_imu_sample), this call waits until that call has returned.
    ///
    /// # Errors
    /// Fails if the cameras are not running, or if the inertial samples are already started.
    pub fn start_imu(&self) -> Result<()> {
        let _no_get = lock(&self.open.samples);
        let _turn = self.open.control();
        check("k4a_device_start_imu", || {
            // SAFETY: the handle lives.
            unsafe { (self.functions().device_start_imu)(self.handle()) }
        })
        .map_err(|error| error.with_advice("start the cameras first"))
    }

    /// Stops inertial samples. A [`next_imu_sample`](Self::next_imu_sample) that waits on another thread returns.
    pub fn stop_imu(&self) {
        let _turn = self.open.control();
        // SAFETY: the handle lives; the library allows this while samples are waited for.
        log::during(|| unsafe { (self.functions().device_stop_imu)(self.handle()) });
    }

    /// The next capture; with a timeout of zero, only one that is already there. The first capture after a start can
    /// take seconds.
    ///
    /// The library keeps 7 captures; when one more comes, it drops the oldest.
    ///
    /// # Errors
    /// Fails with [`Lost`](ErrorKind::Lost) if the device was unplugged or stopped. On some systems the call only times
    /// out in that case.
    pub fn next_capture(&self, timeout: Duration) -> Result<Wait<Capture>> {
        const FUNCTION: &str = "k4a_device_get_capture";
        let _no_start = lock(&self.open.captures);
        let mut handle = null_mut();
        let came = check_some(FUNCTION, || {
            // SAFETY: the handle lives; the result points to a live handle.
            unsafe {
                (self.functions().device_get_capture)(
                    self.handle(),
                    &raw mut handle,
                    milliseconds(timeout),
                )
            }
        })
        .map_err(Self::lost)?;
        if came && handle.is_null() {
            // This may happen once, while the device stops; if it happened again and again, the caller would loop for
            // ever.
            if self.open.empty_captures.fetch_add(1, Ordering::Relaxed) >= EMPTY_CAPTURES {
                return Err(Error::unexpected(
                    FUNCTION,
                    "the library keeps reporting a capture, but returns none",
                )
                .with_advice("close the device and open it again"));
            }
            return Ok(Wait::TimedOut);
        }
        if handle.is_null() {
            return Ok(Wait::TimedOut);
        }
        let capture = Capture::from_handle(&self.open.library, handle);
        self.open.empty_captures.store(0, Ordering::Relaxed);
        // A capture together with a time-out would be the library's mistake, but it must be released as well.
        Ok(if came {
            Wait::Ready(capture)
        } else {
            Wait::TimedOut
        })
    }

    /// The next inertial sample; with a timeout of zero, only one that is already there. About 1,600 samples come every
    /// second (Orbbec: 500), and the library keeps those of half a second.
    ///
    /// # Errors
    /// Fails with [`Lost`](ErrorKind::Lost) if the device was unplugged or stopped.
    pub fn next_imu_sample(&self, timeout: Duration) -> Result<Wait<ImuSample>> {
        let _no_start = lock(&self.open.samples);
        let mut sample = ImuSample::default();
        let came = check_some("k4a_device_get_imu_sample", || {
            // SAFETY: the handle lives; the result is as large as the library expects.
            unsafe {
                (self.functions().device_get_imu_sample)(
                    self.handle(),
                    &raw mut sample,
                    milliseconds(timeout),
                )
            }
        })
        .map_err(Self::lost)?;
        Ok(if came {
            Wait::Ready(sample)
        } else {
            Wait::TimedOut
        })
    }

    /// The values that a colour control takes on this device.
    ///
    /// # Errors
    /// Fails if the device does not have the control.
    pub fn color_control_capabilities(
        &self,
        control: ColorControl,
    ) -> Result<ColorControlCapabilities> {
        const FUNCTION: &str = "k4a_device_get_color_control_capabilities";
        let _turn = self.open.control();
        // An integer, because a Rust `bool` must never hold another value than 0 or 1.
        let mut auto = 0_u8;
        let (mut min, mut max, mut step, mut default, mut mode) = (0, 0, 0, 0, 0);
        check(FUNCTION, || {
            // SAFETY: the handle and the results live; a C bool is one byte.
            unsafe {
                (self.functions().device_get_color_control_capabilities)(
                    self.handle(),
                    control.code(),
                    (&raw mut auto).cast(),
                    &raw mut min,
                    &raw mut max,
                    &raw mut step,
                    &raw mut default,
                    &raw mut mode,
                )
            }
        })
        .map_err(|error| refused_control(error, control))?;
        Ok(ColorControlCapabilities {
            supports_auto: auto != 0,
            min,
            max,
            step,
            default,
            default_mode: known_mode(FUNCTION, control, mode)?,
        })
    }

    /// The mode and value of a colour control. The value has a meaning only in manual mode.
    ///
    /// # Errors
    /// Fails if the device does not have the control.
    pub fn color_control(&self, control: ColorControl) -> Result<(ColorControlMode, i32)> {
        const FUNCTION: &str = "k4a_device_get_color_control";
        let _turn = self.open.control();
        let (mut mode, mut value) = (0, 0);
        check(FUNCTION, || {
            // SAFETY: the handle and the results live.
            unsafe {
                (self.functions().device_get_color_control)(
                    self.handle(),
                    control.code(),
                    &raw mut mode,
                    &raw mut value,
                )
            }
        })
        .map_err(|error| refused_control(error, control))?;
        Ok((known_mode(FUNCTION, control, mode)?, value))
    }

    /// Sets a colour control. In automatic mode the value is ignored. The device keeps the setting until it loses
    /// power. An exposure is rounded up to the next step for the powerline frequency.
    ///
    /// # Errors
    /// Fails if the device does not have the control or the mode, or if the value is out of range or not a multiple of
    /// the step.
    pub fn set_color_control(
        &self,
        control: ColorControl,
        mode: ColorControlMode,
        value: i32,
    ) -> Result<()> {
        let _turn = self.open.control();
        check("k4a_device_set_color_control", || {
            // SAFETY: the handle lives.
            unsafe {
                (self.functions().device_set_color_control)(
                    self.handle(),
                    control.code(),
                    mode.code(),
                    value,
                )
            }
        })
        .map_err(|error| {
            refused_control(error, control).with_advice(format!(
                "the value {value} ({mode:?}) must be within the range that color_control_capabilities returns"
            ))
        })
    }

    /// Orbbec's library only: the USB product id, 0x0669 = Femto Mega, 0x066B = Femto Bolt, 0x06C0 = Femto Mega I.
    /// `None` with other libraries.
    pub fn product_id(&self) -> Option<u32> {
        let get = self.functions().device_get_pid?;
        let _turn = self.open.control();
        // SAFETY: the handle lives.
        let id = log::during(|| unsafe { get(self.handle()) });
        u32::try_from(id).ok().filter(|&id| id != 0)
    }

    /// Orbbec's library only: the synchronisation mode of the device. `None` with other libraries.
    ///
    /// # Errors
    /// Fails if the device does not answer.
    pub fn wired_sync_mode(&self) -> Result<Option<WiredSyncMode>> {
        let Some(get) = self.functions().device_get_wired_sync_mode else {
            return Ok(None);
        };
        let _turn = self.open.control();
        // SAFETY: the handle lives.
        let code = log::during(|| unsafe { get(self.handle()) });
        WiredSyncMode::from_code(code).map(Some).ok_or_else(|| {
            Error::unexpected(
                "k4a_device_get_wired_sync_mode",
                format!("the library returned the unknown number {code}"),
            )
        })
    }

    /// Orbbec's library only: whether depth is smoothed on the host.
    ///
    /// # Errors
    /// Fails if the library is not Orbbec's.
    pub fn enable_soft_filter(&self, enable: bool) -> Result<()> {
        const FUNCTION: &str = "k4a_device_enable_soft_filter";
        let library = &self.open.library;
        let set = library.needed(FUNCTION, self.functions().device_enable_soft_filter)?;
        let _turn = self.open.control();
        // SAFETY: the handle lives.
        check(FUNCTION, || unsafe { set(self.handle(), enable) })
    }

    /// Orbbec's library only: chooses how the device sets its clock. Call it for all devices of a group before any of
    /// them is started.
    ///
    /// # Errors
    /// Fails if the library is not Orbbec's.
    pub fn set_clock_sync(&self, sync: ClockSync) -> Result<()> {
        const FUNCTION: &str = "k4a_device_switch_device_clock_sync_mode";
        let library = &self.open.library;
        let set = library.needed(
            FUNCTION,
            self.functions().device_switch_device_clock_sync_mode,
        )?;
        let (mode, parameter) = match sync {
            ClockSync::Reset { delay_usec } => (0, delay_usec),
            ClockSync::WithHost { interval_usec } => (1, interval_usec),
        };
        let _turn = self.open.control();
        // SAFETY: the handle lives.
        check(FUNCTION, || unsafe { set(self.handle(), mode, parameter) })
    }

    /// The vendor of the library that opened this device.
    pub fn vendor(&self) -> Vendor {
        self.open.library.vendor()
    }
}

fn refused_control(error: Error, control: ColorControl) -> Error {
    if error.kind() == ErrorKind::Failed {
        error.with_what(
            ErrorKind::Failed,
            format!("the device refused the colour control {control:?}"),
        )
    } else {
        error
    }
}

fn known_mode(
    function: &'static str,
    control: ColorControl,
    code: i32,
) -> Result<ColorControlMode> {
    ColorControlMode::from_code(code).ok_or_else(|| {
        Error::unexpected(
            function,
            format!("the library returned the unknown mode {code} for {control:?}"),
        )
    })
}
