//! Where a sensor's captures come from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::clock::LockstepClock;
use kinect_azure::device::{DeviceSelector, DeviceSettings, SyncGroup};
use kinect_azure::recording::RecordingSource;
use kinect_azure::{CaptureSource, SourceError};
#[cfg(feature = "simulation")]
use kinect_simulation::SimulationSettings;

use super::live::LiveSensor;
use super::opener::{Open, Opener, ThreadSource};
#[cfg(feature = "simulation")]
use super::simulated;

/// The source of a [`KinectSensor`](super::KinectSensor)'s captures.
#[derive(Reflect, Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum SensorSource {
    /// No source: the sensor stays disabled.
    #[default]
    None,
    /// A Matroska recording of the vendor's recorder, of this crate's, or of a compatible tool, played with the sensor's
    /// [`Playback`](super::Playback) component.
    Recording(PathBuf),
    /// A live Azure Kinect or Femto, through the vendor's library, which is loaded when it is first needed.
    /// [`SensorDevice`](crate::device::SensorDevice) has its status, and
    /// [`SensorColorControls`](crate::device::SensorColorControls) set its colour camera. A change of the settings restarts only
    /// the cameras; a lost device is found again by its serial number.
    Device(DeviceSettings),
    /// A simulated sensor in a room with people (feature `simulation`, on by default). It runs in real time, or by the app's time
    /// with [`Lockstep`](super::Lockstep), and has [`GroundTruth`](crate::ground_truth::GroundTruth).
    #[cfg(feature = "simulation")]
    Simulation(SimulationSettings),
    /// An app's own source: any type that implements [`CaptureSource`].
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
        Self::Custom(CustomSource(Some(Arc::new(move || {
            open().map(|source| Box::new(source) as Box<dyn CaptureSource>)
        }))))
    }

    /// The opener for the capture thread: a simulation runs by the app's time if `lockstep` is `true`; a device takes part in the
    /// wired synchronisation `sync`. `None` for [`SensorSource::None`].
    pub(super) fn opener(&self, lockstep: bool, sync: &Arc<SyncGroup>) -> Option<Opener> {
        let clock = (lockstep && self.follows_lockstep()).then(|| Arc::new(LockstepClock::new()));
        let source = match self {
            Self::None => return None,
            Self::Recording(path) => {
                let path = path.clone();
                ThreadSource::Other(Arc::new(move || {
                    let source = RecordingSource::open(&path)?;
                    Ok(Box::new(source) as Box<dyn CaptureSource>)
                }))
            }
            Self::Device(settings) => {
                let live = LiveSensor::new(settings.clone(), Arc::clone(sync));
                ThreadSource::Live(Box::new(live))
            }
            #[cfg(feature = "simulation")]
            Self::Simulation(settings) => {
                let open = simulated::open(settings.clone(), clock.clone());
                ThreadSource::Other(open)
            }
            Self::Custom(custom) => ThreadSource::Other(custom.0.clone()?),
        };
        Some(Opener { source, clock })
    }

    /// Whether the app's time can drive the source.
    fn follows_lockstep(&self) -> bool {
        match self {
            #[cfg(feature = "simulation")]
            Self::Simulation(_) => true,
            _ => false,
        }
    }

    /// The settings of a device.
    pub(crate) fn device(&self) -> Option<&DeviceSettings> {
        match self {
            Self::Device(settings) => Some(settings),
            _ => None,
        }
    }

    /// A short name of the source, for thread names and the log.
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
            #[cfg(feature = "simulation")]
            Self::Simulation(_) => "simulation".to_owned(),
            Self::Custom(_) => "custom source".to_owned(),
        }
    }
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

/// A live sensor.
impl From<DeviceSettings> for SensorSource {
    fn from(settings: DeviceSettings) -> Self {
        Self::Device(settings)
    }
}

/// A simulated sensor.
#[cfg(feature = "simulation")]
impl From<SimulationSettings> for SensorSource {
    fn from(settings: SimulationSettings) -> Self {
        Self::Simulation(settings)
    }
}

/// The recording at that path.
impl From<PathBuf> for SensorSource {
    fn from(path: PathBuf) -> Self {
        Self::Recording(path)
    }
}

/// The recording at that path.
impl From<&Path> for SensorSource {
    fn from(path: &Path) -> Self {
        Self::recording(path)
    }
}
