//! The component that makes an entity a sensor.

use std::path::{Path, PathBuf};

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::device::DeviceSettings;
#[cfg(feature = "simulation")]
use kinect_simulation::SimulationSettings;

use super::listener::CaptureListeners;
use super::playback::{Playback, PlaybackPosition};
use super::source::SensorSource;
use super::state::SensorState;
use super::stream::SensorFrame;
use crate::presence;

/// A live Kinect or Femto, a recording, a simulation, or another source of captures.
///
/// Once spawned, the sensor puts its state and its newest frame on the same entity as components; add
/// [`ImageOutput`](crate::ImageOutput)s and [`PointCloud`](crate::PointCloud)s to see them. The entity's `Transform` says where the
/// sensor stands: a point one metre in front of the lens is (0, 0, −1) in its space.
///
/// Changing `source`, or `active`, takes effect at once; the entity, its image handles and its settings stay.
/// Despawning it ends its capture thread without waiting for it.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(
    Transform,
    Visibility,
    Playback,
    PlaybackPosition,
    SensorState,
    SensorFrame,
    CaptureListeners
)]
#[component(on_add = expect_plugin)]
pub struct KinectSensor {
    /// Whether the sensor runs. `false` closes the source; the last images stay.
    pub active: bool,
    /// The source of the captures.
    pub source: SensorSource,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "KinectSensor");
}

impl Default for KinectSensor {
    fn default() -> Self {
        Self::new(SensorSource::default())
    }
}

impl KinectSensor {
    /// An active sensor with that source: a [`SensorSource`], the settings of a device or of a simulation, or the path of a
    /// recording.
    ///
    /// ```
    /// use bevy_kinect_azure::kinect_azure::device::DeviceSettings;
    /// use bevy_kinect_azure::prelude::*;
    ///
    /// let live = KinectSensor::new(DeviceSettings::serial("000123456789"));
    /// assert!(matches!(live.source, SensorSource::Device(_)));
    /// ```
    pub fn new(source: impl Into<SensorSource>) -> Self {
        Self {
            active: true,
            source: source.into(),
        }
    }

    /// An active sensor that plays a recording.
    pub fn recording(path: impl AsRef<Path>) -> Self {
        Self::new(SensorSource::recording(path))
    }

    /// An active live sensor with default settings: the first device that is free. For other settings use
    /// `SensorSource::Device`.
    pub fn device() -> Self {
        Self::new(DeviceSettings::default())
    }

    /// An active simulated sensor in front of the visitors of an exhibit; for other settings use
    /// `SensorSource::Simulation`. Needs the feature `simulation`, which is on by default.
    #[cfg(feature = "simulation")]
    pub fn simulated() -> Self {
        Self::new(SimulationSettings::default())
    }
}

impl From<SensorSource> for KinectSensor {
    fn from(source: SensorSource) -> Self {
        Self::new(source)
    }
}

/// A live sensor.
impl From<DeviceSettings> for KinectSensor {
    fn from(settings: DeviceSettings) -> Self {
        Self::new(settings)
    }
}

/// A simulated sensor.
#[cfg(feature = "simulation")]
impl From<SimulationSettings> for KinectSensor {
    fn from(settings: SimulationSettings) -> Self {
        Self::new(settings)
    }
}

/// The recording at that path.
impl From<PathBuf> for KinectSensor {
    fn from(path: PathBuf) -> Self {
        Self::new(path)
    }
}

/// The recording at that path.
impl From<&Path> for KinectSensor {
    fn from(path: &Path) -> Self {
        Self::new(path)
    }
}
