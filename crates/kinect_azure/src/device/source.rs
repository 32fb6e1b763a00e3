//! A live sensor as a source of captures.

use std::cmp::Ordering;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use k4a::{Device, ErrorKind, Library, Vendor, Wait};

use super::claim::{self, Claim};
use super::connected;
use super::controls::{self, ColorControlReport, ColorControls, Controls, Exposure};
use super::convert::{self, Stream};
use super::settings::DeviceSettings;
use super::silence::{Silence, StreamWatch};
use super::status::DeviceStatus;
use super::sync::{Running, SyncGroup};
use crate::calibration::{Calibration, RawCalibration};
use crate::capture::{Capture, ImuSample};
use crate::image::{Image, ImageFormat};
use crate::modes::{ColorResolution, DepthMode, WiredSyncMode};
use crate::source::{
    CaptureSource, FactoryData, NextCapture, SensorInfo, SourceError, SourceErrorKind,
};

/// How much longer than the watchdog's time the first capture after a start may take.
const FIRST_CAPTURE: Duration = Duration::from_secs(10);
/// The shortest watchdog.
const SHORTEST_WATCHDOG: Duration = Duration::from_millis(500);
/// How long a subordinate waits for its master before it warns.
const WAITING_FOR_MASTER: Duration = Duration::from_secs(10);

const CLOCK_STANDS: &str = "the sensor's clock stands still: images come, but their device times are equal; \
                            everything that uses device times (recordings, synchronisation, inertial samples) is \
                            wrong until the sensor is switched off and on";
const IMU_STOPPED: &str = "the inertial samples stopped although images came: the inertial sensors were restarted; if there \
                           are still none, switch the sensor off and on";
const AUTO_EXPOSURE: &str = "wired synchronisation with automatic exposure: colour images of different sensors can get out of \
                             step; set the same manual exposure on all of them";

/// What a sensor shares with other sensors of the program while it is opened; by default nothing.
#[derive(Clone, Debug, Default)]
pub struct OpenContext {
    /// The wired synchronisation that the sensor belongs to.
    pub sync: Option<Arc<SyncGroup>>,
    /// Set this to stop a master that waits for its subordinates. A call into the vendor's library cannot be stopped.
    pub stop: Arc<AtomicBool>,
}

/// An Azure Kinect or Femto behind [`CaptureSource`]. Dropping it stops and closes the sensor, which takes up to a second.
///
/// ```no_run
/// use std::time::Duration;
/// use kinect_azure::device::{DeviceSettings, DeviceSource};
/// use kinect_azure::{CaptureSource, NextCapture};
///
/// let mut sensor = DeviceSource::open(&DeviceSettings::default())?;
/// if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(5))? {
///     println!("{:?}", capture.device_timestamp_usec());
/// }
/// # Ok::<(), kinect_azure::SourceError>(())
/// ```
#[derive(Debug)]
pub struct DeviceSource {
    settings: DeviceSettings,
    context: OpenContext,
    info: SensorInfo,
    raw_calibration: Option<Vec<u8>>,
    calibration: Option<Calibration>,
    status: DeviceStatus,
    controls: Controls,
    manual_exposure: bool,
    running: Option<Started>,
    /// Dropped before the claim, so that the sensor is closed when another source claims it.
    device: Device,
    _claim: Claim,
}

/// The state of running cameras.
#[derive(Debug)]
struct Started {
    color: Stream,
    depth: Stream,
    ir: Stream,
    /// One for colour, depth and infrared images each; `None` for images that the settings do not ask for.
    watches: [Option<StreamWatch>; 3],
    /// When the newest inertial sample came, after one has.
    newest_imu: Option<Instant>,
    since: Instant,
    /// When the newest capture came.
    newest: Option<Instant>,
    /// Its device time.
    newest_usec: Option<u64>,
    said_waiting: bool,
    _part: Option<Running>,
}

impl Started {
    fn new(settings: &DeviceSettings, part: Option<Running>) -> Self {
        let now = Instant::now();
        let depth = settings.depth_mode.size();
        let watches = [
            ("colour", settings.color_resolution != ColorResolution::Off),
            ("depth", settings.depth_mode.has_depth()),
            ("infrared", settings.depth_mode != DepthMode::Off),
        ]
        .map(|(images, wanted)| wanted.then(|| StreamWatch::new(images, now)));
        Self {
            color: Stream::new(
                ImageFormat::Color(settings.color_format),
                settings.color_resolution.size(),
            ),
            depth: Stream::new(ImageFormat::Depth16, depth),
            ir: Stream::new(ImageFormat::Ir16, depth),
            watches,
            newest_imu: None,
            since: now,
            newest: None,
            newest_usec: None,
            said_waiting: false,
            _part: part,
        }
    }
}

impl DeviceSource {
    /// Finds, opens and starts a sensor. Blocks for some seconds.
    ///
    /// # Errors
    /// Fails if no sensor can run with the settings, if a library or a permission is missing, or if the sensor is not
    /// connected or is in use. [`SourceError::recovery`] says whether a later attempt can succeed.
    pub fn open(settings: &DeviceSettings) -> Result<Self, SourceError> {
        Self::open_in(settings, OpenContext::default())
    }

    /// Like [`open`](Self::open), for a sensor of a wired synchronisation, or if waiting must be stoppable.
    ///
    /// # Errors
    /// Fails as [`open`](Self::open) does.
    pub fn open_in(settings: &DeviceSettings, context: OpenContext) -> Result<Self, SourceError> {
        settings
            .check()
            .map_err(|problem| SourceError::new(SourceErrorKind::BadSettings, problem))?;
        let library = claim::library(settings)?;
        let opened = claim::open(&library, &settings.device)?;
        let device = opened.device;
        let raw_calibration = device.raw_calibration().ok();
        let controls = Controls::of(&device);
        let version = device.version().ok();
        let mut source = Self {
            status: DeviceStatus {
                vendor: library.vendor().into(),
                library: library.path().to_owned(),
                serial: opened.serial,
                index: opened.index,
                color_firmware: version.and_then(|v| v.color).map(connected::firmware),
                depth_firmware: version.and_then(|v| v.depth).map(connected::firmware),
                ..DeviceStatus::default()
            },
            settings: settings.clone(),
            context,
            info: SensorInfo::default(),
            raw_calibration,
            calibration: None,
            controls,
            manual_exposure: false,
            running: None,
            device,
            _claim: opened.claim,
        };
        source.start()?;
        Ok(source)
    }

    /// Changes the settings of this sensor; their vendor, library and [`device`](DeviceSettings::device) are ignored. The cameras
    /// are restarted unless only the watchdog changed. The sensor stays open.
    ///
    /// # Errors
    /// Fails as [`open`](Self::open) does. After an error the cameras are stopped.
    pub fn configure(&mut self, settings: &DeviceSettings) -> Result<(), SourceError> {
        settings
            .check()
            .map_err(|problem| SourceError::new(SourceErrorKind::BadSettings, problem))?;
        let settings = DeviceSettings {
            vendor: self.settings.vendor,
            library: self.settings.library.clone(),
            device: self.settings.device.clone(),
            ..settings.clone()
        };
        let before = std::mem::replace(&mut self.settings, settings);
        let restart = DeviceSettings {
            watchdog: self.settings.watchdog,
            ..before
        } != self.settings;
        if restart || self.running.is_none() {
            self.restart()?;
        }
        Ok(())
    }

    /// Stops the cameras and starts them again with the same settings, while the sensor stays open; use it after
    /// [`CameraStopped`](SourceErrorKind::CameraStopped) if the sensor should stay open, for example while a
    /// recording is made. Takes about a second. The device clock may begin anew.
    ///
    /// # Errors
    /// Fails as [`open`](Self::open) does. After an error the cameras are stopped.
    pub fn restart(&mut self) -> Result<(), SourceError> {
        self.stop();
        self.start()
    }

    /// Sets the controls of the colour camera; only those that changed are sent. The
    /// [`color_control_report`](Self::color_control_report) has the values that the camera took.
    pub fn set_color_controls(&mut self, controls: &ColorControls) {
        self.manual_exposure = controls.enabled && matches!(controls.exposure, Exposure::Manual(_));
        if self.settings.color_resolution != ColorResolution::Off {
            self.controls
                .apply(&self.device, controls, self.settings.frame_rate);
            self.advise_exposure();
        }
    }

    /// The ranges and values of the colour camera's controls.
    pub fn color_control_report(&self) -> ColorControlReport {
        self.controls.report()
    }

    /// The sensor's serial number, firmware, warnings and counts.
    pub fn status(&self) -> &DeviceStatus {
        &self.status
    }

    /// The settings in use.
    pub fn settings(&self) -> &DeviceSettings {
        &self.settings
    }

    fn library(&self) -> &Library {
        self.device.library()
    }

    fn start(&mut self) -> Result<(), SourceError> {
        self.status.warnings.clear();
        self.check_cables()?;
        let mode = self.settings.wired_sync_mode;
        let sync = self.context.sync.clone();
        if mode == WiredSyncMode::Master
            && let Some(group) = &sync
        {
            match group.wait(&self.context.stop) {
                None => {
                    return Err(SourceError::new(
                        SourceErrorKind::Cancelled,
                        "stopped while waiting for subordinates",
                    ));
                }
                Some(0) => {}
                Some(missing) => self.status.warnings.push(format!(
                    "{missing} subordinates did not start before this master: their images will not be in step until the \
                     master is switched off and on"
                )),
            }
        }
        self.describe();
        self.device
            .start_cameras(&convert::configuration(&self.settings))
            .map_err(|error| {
                let kind = match error.kind() {
                    // The library gives the same error for a bad configuration and for a sensor that was unplugged
                    // just now.
                    ErrorKind::Failed if self.library().device_count() > 0 => {
                        SourceErrorKind::StartRefused
                    }
                    ErrorKind::InvalidArgument => SourceErrorKind::BadSettings,
                    ErrorKind::NotSupported => SourceErrorKind::NotSupported,
                    _ => SourceErrorKind::Lost,
                };
                SourceError::new(kind, error.to_string())
            })?;
        let part = match (mode, &sync) {
            (WiredSyncMode::Standalone, _) | (_, None) => None,
            (WiredSyncMode::Master, Some(group)) => Some(group.enter(true)),
            (WiredSyncMode::Subordinate, Some(group)) => {
                if group.master_runs() {
                    self.status.warnings.push(
                        "the master was running before this subordinate was started: if their images are not in step, \
                         switch the master off and on"
                            .to_owned(),
                    );
                }
                Some(group.enter(false))
            }
        };
        self.running = Some(Started::new(&self.settings, part));
        self.advise_exposure();
        if self.settings.imu
            && let Err(error) = self.device.start_imu()
        {
            self.info.has_imu = false;
            self.status
                .warnings
                .push(format!("no inertial samples: {error}"));
        }
        Ok(())
    }

    fn stop(&mut self) {
        if self.running.take().is_some() {
            if self.info.has_imu {
                self.device.stop_imu();
            }
            self.device.stop_cameras();
        }
    }

    /// Reads which sync jacks have a cable, and returns an error if the needed cable is missing. Orbbec's library
    /// does not report cables.
    fn check_cables(&mut self) -> Result<(), SourceError> {
        if self.library().vendor() == Vendor::Orbbec {
            return Ok(());
        }
        let jacks = match self.device.sync_jacks() {
            Ok(jacks) => jacks,
            Err(error) => {
                self.status
                    .warnings
                    .push(format!("the sync jacks could not be read: {error}"));
                return Ok(());
            }
        };
        self.status.sync_in_connected = Some(jacks.in_connected);
        self.status.sync_out_connected = Some(jacks.out_connected);
        let (part, jack, other) = match self.settings.wired_sync_mode {
            WiredSyncMode::Master if !jacks.out_connected => {
                ("a master", "sync-out", jacks.in_connected)
            }
            WiredSyncMode::Subordinate if !jacks.in_connected => {
                ("a subordinate", "sync-in", jacks.out_connected)
            }
            _ => return Ok(()),
        };
        let swapped = if other {
            "; a cable is in the other jack: move the cable, or exchange the roles of master and subordinate"
        } else {
            ""
        };
        Err(SourceError::new(
            SourceErrorKind::NoSyncCable,
            format!(
                "the sensor {} is set up as {part}, but no cable is in its {jack} jack: plug in a cable, or make the \
                 sensor standalone{swapped}",
                self.status.serial
            ),
        ))
    }

    /// Fills the sensor's info and calibration from the settings.
    fn describe(&mut self) {
        let settings = &self.settings;
        let color = settings.color_resolution != ColorResolution::Off;
        self.info = SensorInfo {
            name: match self.library().vendor() {
                Vendor::Microsoft => format!("Azure Kinect {}", self.status.serial),
                Vendor::Orbbec => format!("Orbbec Femto {}", self.status.serial),
            },
            serial: (!self.status.serial.is_empty()).then(|| self.status.serial.clone()),
            depth_mode: settings.depth_mode,
            color_resolution: settings.color_resolution,
            color_format: color.then_some(settings.color_format),
            frame_rate: settings.frame_rate,
            wired_sync_mode: settings.wired_sync_mode,
            subordinate_delay_off_master_usec: settings.subordinate_delay_off_master_usec,
            depth_delay_off_color_usec: settings.depth_delay_off_color_usec,
            has_imu: settings.imu,
        };
        let parsed = match &self.raw_calibration {
            None => Err("the sensor does not give its calibration".to_owned()),
            Some(text) => RawCalibration::parse(text)
                .and_then(|raw| {
                    let calibration =
                        raw.calibration(settings.depth_mode, settings.color_resolution)?;
                    Ok((calibration, raw.warnings))
                })
                .map_err(|error| error.to_string()),
        };
        self.calibration = match parsed {
            Ok((calibration, warnings)) => {
                self.status.warnings.extend(warnings);
                Some(calibration)
            }
            Err(problem) => {
                self.status.warnings.push(format!(
                    "{problem}: images are shown, but no points can be computed"
                ));
                None
            }
        };
    }

    /// Converts a capture of the library, and leaves out images of a wrong format or size. Fails if no image is left,
    /// or if one camera has stopped.
    fn accept(&mut self, theirs: &k4a::Capture) -> Result<Capture, SourceError> {
        let Some(started) = &mut self.running else {
            return Err(stopped());
        };
        let status = &mut self.status;
        let mut problem = None;
        let mut take =
            |image: k4a::Result<Option<k4a::Image>>, stream: &mut Stream| -> Option<Arc<Image>> {
                let result = match image {
                    Ok(None) => return None,
                    Ok(Some(image)) => stream.image(image),
                    Err(error) => Err(error.to_string()),
                };
                result
                    .map_err(|error| {
                        status.bad_images += 1;
                        problem = Some(error);
                    })
                    .ok()
            };
        let capture = Capture {
            color: take(theirs.color(), &mut started.color),
            depth: take(theirs.depth(), &mut started.depth),
            ir: take(theirs.ir(), &mut started.ir),
            temperature_celsius: theirs.temperature_celsius(),
            ground_truth: None,
        };
        let now = Instant::now();
        started.newest = Some(now);
        let watchdog = self.settings.watchdog.max(SHORTEST_WATCHDOG);
        let images = [&capture.color, &capture.depth, &capture.ir];
        for (watch, image) in started.watches.iter_mut().zip(images) {
            let Some(watch) = watch else {
                continue;
            };
            if image.is_some() {
                watch.came(now);
                continue;
            }
            match watch.check(now, watchdog, watchdog + FIRST_CAPTURE) {
                None => {}
                Some(Silence::Warn(warning)) => status.warn(warning),
                Some(Silence::Restart(reason)) => {
                    return Err(SourceError::new(
                        SourceErrorKind::CameraStopped,
                        format!("the sensor {}: {reason}", status.serial),
                    ));
                }
            }
        }
        let Some(usec) = capture.device_timestamp_usec() else {
            return Err(SourceError::new(
                SourceErrorKind::BadCapture,
                problem.map_or_else(
                    || "the library delivered a capture without images".to_owned(),
                    |problem| {
                        format!(
                            "the library delivered a capture whose images cannot be used: {problem}"
                        )
                    },
                ),
            ));
        };
        match started.newest_usec.map(|before| usec.cmp(&before)) {
            None => {}
            Some(Ordering::Less) => status.clock_jumps += 1,
            Some(Ordering::Equal) => {
                status.repeated_times += 1;
                status.warn(CLOCK_STANDS.to_owned());
            }
            Some(Ordering::Greater) => {
                let period = self.settings.frame_rate.period_ns() / 1000;
                let gap = usec - started.newest_usec.unwrap_or(usec);
                let frames = (gap + period / 2) / period;
                // A step of more than a minute is not a gap: the clock was set anew.
                if frames * period < 60_000_000 {
                    status.missed_captures += frames.saturating_sub(1);
                }
            }
        }
        started.newest_usec = Some(usec);
        Ok(capture)
    }

    /// Warns about automatic exposure in a wired synchronisation, according to the mode that the camera reports.
    fn advise_exposure(&mut self) {
        let automatic = self.settings.wired_sync_mode != WiredSyncMode::Standalone
            && self.settings.color_resolution != ColorResolution::Off
            && controls::exposure_is_automatic(&self.device) == Some(true);
        self.status.warnings.retain(|known| known != AUTO_EXPOSURE);
        if automatic {
            self.status.warn(AUTO_EXPOSURE.to_owned());
        }
    }

    /// Restarts the inertial sensors when no sample has come for the watchdog's time after others had; the cameras go on.
    fn watch_imu(&mut self) {
        let watchdog = self.settings.watchdog.max(SHORTEST_WATCHDOG);
        let Some(started) = &mut self.running else {
            return;
        };
        if started
            .newest_imu
            .is_none_or(|newest| newest.elapsed() <= watchdog)
        {
            return;
        }
        started.newest_imu = None;
        self.status.warn(IMU_STOPPED.to_owned());
        self.device.stop_imu();
        if let Err(error) = self.device.start_imu() {
            self.info.has_imu = false;
            self.status.warn(format!("no inertial samples: {error}"));
        }
    }

    /// Decides whether a sensor that delivered nothing now is lost.
    fn watch(&mut self) -> Result<NextCapture, SourceError> {
        let watchdog = self.settings.watchdog.max(SHORTEST_WATCHDOG);
        let subordinate = self.settings.wired_sync_mode == WiredSyncMode::Subordinate;
        let Some(started) = &mut self.running else {
            return Err(stopped());
        };
        match started.newest {
            Some(newest) if newest.elapsed() > watchdog => Err(SourceError::new(
                SourceErrorKind::Lost,
                format!(
                    "the sensor {} has not delivered for {:.1} s: check its power and USB cable",
                    self.status.serial,
                    newest.elapsed().as_secs_f32()
                ),
            )),
            None if subordinate => {
                if !started.said_waiting && started.since.elapsed() > WAITING_FOR_MASTER {
                    started.said_waiting = true;
                    self.status.warnings.push(
                        "the sensor waits for the trigger of its master: start the master, and check the cable from \
                         its sync-out to this sensor's sync-in jack"
                            .to_owned(),
                    );
                }
                Ok(NextCapture::Timeout)
            }
            None if started.since.elapsed() > watchdog + FIRST_CAPTURE => Err(SourceError::new(
                SourceErrorKind::Lost,
                format!(
                    "the sensor {} was started, but delivered nothing for {:.0} s: check its power and USB cable, and \
                     that the USB port has the bandwidth (no hub shared with another sensor)",
                    self.status.serial,
                    started.since.elapsed().as_secs_f32()
                ),
            )),
            _ => Ok(NextCapture::Timeout),
        }
    }
}

fn stopped() -> SourceError {
    SourceError::new(
        SourceErrorKind::Lost,
        "the cameras are stopped: configure the sensor again",
    )
}

/// An error of a call into the library while the sensor runs.
fn lost(error: &k4a::Error) -> SourceError {
    SourceError::new(SourceErrorKind::Lost, error.to_string())
}

impl Drop for DeviceSource {
    fn drop(&mut self) {
        self.stop();
    }
}

impl CaptureSource for DeviceSource {
    fn info(&self) -> &SensorInfo {
        &self.info
    }

    fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    fn factory_data(&self) -> FactoryData<'_> {
        FactoryData {
            calibration_json: self.raw_calibration.as_deref(),
            color_firmware: self.status.color_firmware.as_deref(),
            depth_firmware: self.status.depth_firmware.as_deref(),
        }
    }

    fn vendor_library(&self) -> Option<&Path> {
        Some(self.library().path())
    }

    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        match self.device.next_capture(timeout) {
            Ok(Wait::Ready(capture)) => self.accept(&capture).map(NextCapture::Capture),
            Ok(Wait::TimedOut) => self.watch(),
            Err(error) if error.kind() == ErrorKind::Unexpected => Err(SourceError::new(
                SourceErrorKind::BadCapture,
                error.to_string(),
            )),
            Err(error) => Err(lost(&error)),
        }
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        if !self.info.has_imu {
            return Ok(None);
        }
        match self.device.next_imu_sample(Duration::ZERO) {
            Ok(Wait::Ready(sample)) => {
                if let Some(started) = &mut self.running {
                    started.newest_imu = Some(Instant::now());
                }
                Ok(Some(convert::imu_sample(&sample)))
            }
            Ok(Wait::TimedOut) => {
                self.watch_imu();
                Ok(None)
            }
            Err(error) => Err(lost(&error)),
        }
    }

    fn settling_captures(&self) -> u32 {
        match (self.settings.color_resolution, self.manual_exposure) {
            (ColorResolution::Off, _) => 0,
            (_, true) => 8,
            (_, false) => 20,
        }
    }
}
