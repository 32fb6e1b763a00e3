//! Live sensors on their capture threads: reopening a device, setting its cameras and controls, and reporting its status.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kinect_azure::device::{
    ColorControlReport, ColorControls, DeviceSelector, DeviceSettings, DeviceSource, DeviceStatus,
    OpenContext, SyncGroup,
};
use kinect_azure::{CaptureSource, SourceError};

/// The app's settings for a live sensor, kept while the sensor is lost and opened again.
pub(super) struct LiveSensor {
    settings: DeviceSettings,
    /// The colour controls to set; `None`: the colour camera is left as it is.
    controls: Option<ColorControls>,
    /// The serial number of the device that was opened first: a device that was chosen by its index must be the same one when it is
    /// opened again.
    serial: Option<String>,
    sync: Arc<SyncGroup>,
}

impl LiveSensor {
    pub(super) fn new(settings: DeviceSettings, sync: Arc<SyncGroup>) -> Self {
        Self {
            settings,
            controls: None,
            serial: None,
            sync,
        }
    }

    /// Stores other settings for the next time the sensor is opened.
    pub(super) fn keep_settings(&mut self, settings: DeviceSettings) {
        self.settings = settings;
    }

    /// Stores other colour controls for the next time the sensor is opened.
    pub(super) fn keep_controls(&mut self, controls: ColorControls) {
        self.controls = Some(controls);
    }

    /// Opens the sensor and sets its colour camera.
    pub(super) fn open(&mut self, stop: &Arc<AtomicBool>) -> Result<OpenDevice<'_>, SourceError> {
        let mut settings = self.settings.clone();
        if let Some(serial) = self.serial.clone() {
            settings.device = DeviceSelector::Serial(serial);
        }
        let context = OpenContext {
            sync: Some(Arc::clone(&self.sync)),
            stop: Arc::clone(stop),
        };
        let device = DeviceSource::open_in(&settings, context)?;
        let serial = &device.status().serial;
        if !serial.is_empty() {
            self.serial = Some(serial.clone());
        }
        let mut device = OpenDevice {
            device,
            live: self,
            control_sets: 0,
            bad_images: 0,
            told: None,
        };
        device.apply_controls();
        Ok(device)
    }
}

/// A live sensor that is open.
pub(super) struct OpenDevice<'a> {
    device: DeviceSource,
    live: &'a mut LiveSensor,
    /// How many times its colour controls were set.
    control_sets: u64,
    /// Dropped images that are in the app's counter already.
    bad_images: u64,
    /// The state that was last reported to the app.
    told: Option<Told>,
}

/// Counters of a device. When one of them has changed, there is news for the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    bad_images: u64,
    /// Clock jumps and missed captures.
    gaps: u64,
    warnings: usize,
    control_sets: u64,
}

/// The status and the colour controls of a live sensor, as the thread reports them.
#[derive(Clone, Debug)]
pub(crate) struct DeviceNews {
    pub(crate) status: DeviceStatus,
    /// Ranges and values of the colour controls.
    pub(crate) controls: ColorControlReport,
}

impl OpenDevice<'_> {
    pub(super) fn source(&mut self) -> &mut dyn CaptureSource {
        &mut self.device
    }

    /// Restarts the cameras with other settings.
    pub(super) fn configure(&mut self, settings: DeviceSettings) -> Result<(), SourceError> {
        let configured = self.device.configure(&settings);
        self.live.keep_settings(settings);
        self.told = None;
        configured?;
        // The frame rate limits the exposure: apply the controls again after it may have changed.
        self.apply_controls();
        Ok(())
    }

    /// Sets the colour camera.
    pub(super) fn set_controls(&mut self, controls: ColorControls) {
        self.live.keep_controls(controls);
        self.apply_controls();
    }

    fn apply_controls(&mut self) {
        if let Some(controls) = &self.live.controls {
            self.device.set_color_controls(controls);
            self.control_sets += 1;
        }
    }

    /// How many images the sensor has dropped since the last call.
    pub(super) fn new_bad_images(&mut self) -> u64 {
        let before = core::mem::replace(&mut self.bad_images, self.device.status().bad_images);
        self.bad_images.saturating_sub(before)
    }

    /// The device's news for the app, if anything has changed since the last report.
    pub(super) fn news(&self) -> Option<Box<DeviceNews>> {
        (self.told != Some(self.numbers())).then(|| {
            Box::new(DeviceNews {
                status: self.device.status().clone(),
                controls: self.device.color_control_report(),
            })
        })
    }

    /// Marks the result of [`news`](Self::news) as delivered to the app.
    pub(super) fn was_told(&mut self) {
        self.told = Some(self.numbers());
    }

    fn numbers(&self) -> Told {
        let status = self.device.status();
        Told {
            bad_images: status.bad_images,
            gaps: status.clock_jumps + status.repeated_times + status.missed_captures,
            warnings: status.warnings.len(),
            control_sets: self.control_sets,
        }
    }
}
