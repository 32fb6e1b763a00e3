//! Where a sensor's captures come from.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use bevy::prelude::*;
use kinect_azure::device::{DeviceSelector, DeviceSettings, DeviceSource, OpenContext, SyncGroup};
use kinect_azure::recording::RecordingSource;
use kinect_azure::simulation::{LockstepClock, SimulatedSensor, SimulationSettings};
use kinect_azure::{CaptureSource, SourceError};

/// Where a [`KinectSensor`](super::KinectSensor)'s captures come from.
#[derive(Reflect, Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum SensorSource {
    /// Nowhere yet: the sensor stays disabled.
    #[default]
    None,
    /// A Matroska recording by the vendor's recorder or a tool like it, played with the sensor's
    /// [`Playback`](super::Playback) component (R1, R2).
    Recording(PathBuf),
    /// A live Azure Kinect or Femto (S1 to S12), through the vendor's library, which is loaded when it is first needed. Its
    /// [`SensorDevice`](crate::device::SensorDevice) says what is known of it, and
    /// [`SensorColorControls`](crate::device::SensorColorControls) set its colour camera. A change of the settings starts
    /// only the cameras anew; a sensor that was lost comes back by its serial number.
    Device(DeviceSettings),
    /// A simulated sensor in a room with people (X1). It runs in real time, or by the app's own with
    /// [`Lockstep`](crate::simulation::Lockstep), and has [`GroundTruth`](crate::simulation::GroundTruth).
    Simulation(SimulationSettings),
    /// Anything that implements [`CaptureSource`].
    Custom(#[reflect(ignore)] CustomSource),
}

impl SensorSource {
    /// A recording at that path.
    pub fn recording(path: impl AsRef<Path>) -> Self {
        Self::Recording(path.as_ref().to_owned())
    }

    /// A source of your own. `open` runs on the sensor's capture thread, each time the source is opened. After an error whose
    /// [`recovery`](SourceError::recovery) is [`Retry`](kinect_azure::Recovery::Retry) the sensor calls it again later; any
    /// other error makes the sensor fail.
    pub fn custom<S: CaptureSource + 'static>(
        open: impl Fn() -> Result<S, SourceError> + Send + Sync + 'static,
    ) -> Self {
        Self::Custom(CustomSource(Some(Arc::new(move |_: &OpenRequest| {
            open().map(|source| Box::new(source) as Box<dyn CaptureSource>)
        }))))
    }

    /// How to open the source, a simulation by that clock, a device as a part of that synchronisation; `None` when there is
    /// none.
    pub(crate) fn opener(
        &self,
        lockstep: Option<Arc<LockstepClock>>,
        sync: &Arc<SyncGroup>,
    ) -> Option<OpenSource> {
        match self {
            Self::None => None,
            Self::Recording(path) => {
                let path = path.clone();
                Some(OpenSource(Arc::new(move |_| {
                    let source = RecordingSource::open(&path)?;
                    Ok(Box::new(source) as Box<dyn CaptureSource>)
                })))
            }
            Self::Device(_) => {
                let sync = Arc::clone(sync);
                // Where a sensor was chosen by place, the one that was found is the one that must come back.
                let known = Mutex::new(None);
                Some(OpenSource(Arc::new(move |request| {
                    let mut settings = request.device.clone().unwrap_or_default();
                    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(serial) = known.clone() {
                        settings.device = DeviceSelector::Serial(serial);
                    }
                    let context = OpenContext {
                        sync: Some(Arc::clone(&sync)),
                        stop: Arc::clone(&request.stop),
                    };
                    let source = DeviceSource::open_in(&settings, context)?;
                    let serial = &source.status().serial;
                    if !serial.is_empty() {
                        *known = Some(serial.clone());
                    }
                    Ok(Box::new(source) as Box<dyn CaptureSource>)
                })))
            }
            Self::Simulation(settings) => {
                let settings = settings.clone();
                Some(OpenSource(Arc::new(move |_| {
                    let sensor = SimulatedSensor::new(&settings)?;
                    let sensor = match &lockstep {
                        Some(clock) => sensor.in_lockstep(Arc::clone(clock)),
                        None => sensor,
                    };
                    Ok(Box::new(sensor) as Box<dyn CaptureSource>)
                })))
            }
            Self::Custom(custom) => custom.0.clone().map(OpenSource),
        }
    }

    /// The settings of a device.
    pub(crate) fn device(&self) -> Option<&DeviceSettings> {
        match self {
            Self::Device(settings) => Some(settings),
            _ => None,
        }
    }

    /// What the source is, for names of threads and lines in the log.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::None => "no source".to_owned(),
            Self::Recording(path) => path
                .file_name()
                .map_or_else(|| "recording".into(), |name| name.to_string_lossy().into()),
            Self::Device(settings) => match &settings.device {
                DeviceSelector::Serial(serial) => format!("device {serial}"),
                DeviceSelector::Index(index) => format!("device #{index}"),
                DeviceSelector::FirstFree => "device".to_owned(),
            },
            Self::Simulation(_) => "simulation".to_owned(),
            Self::Custom(_) => "custom source".to_owned(),
        }
    }
}

type Open = Arc<dyn Fn(&OpenRequest) -> Result<Box<dyn CaptureSource>, SourceError> + Send + Sync>;

/// What opening has to know at the time.
pub(crate) struct OpenRequest {
    /// Set when nobody waits for the source any more.
    pub(crate) stop: Arc<AtomicBool>,
    /// How a device shall run by now.
    pub(crate) device: Option<DeviceSettings>,
}

/// How to open a source of the app's own; made by [`SensorSource::custom`].
#[derive(Clone, Default)]
pub struct CustomSource(Option<Open>);

impl core::fmt::Debug for CustomSource {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CustomSource")
    }
}

impl PartialEq for CustomSource {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Opens a source, as often as needed.
#[derive(Clone)]
pub(crate) struct OpenSource(Open);

impl OpenSource {
    pub(crate) fn open(
        &self,
        request: &OpenRequest,
    ) -> Result<Box<dyn CaptureSource>, SourceError> {
        (self.0)(request)
    }
}
