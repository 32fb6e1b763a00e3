//! The component that tracks the people whom a sensor sees.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::Calibration;
use kinect_tracking::choice::{Tracker, TrackerSettings};
use kinect_tracking::filter::FilterSettings;
use kinect_tracking::players::PlayersSettings;
use kinect_tracking::rotation::EulerOrder;
use kinect_tracking::tracker::{
    BodyTracker, OpenTracker, RunnerSettings, StopSignal, TrackerError,
};

use super::bodies::TrackedBodies;
use super::state::BodyTrackingState;
use crate::presence;

/// Tracks the people whom a sensor sees, as [players](super::Player) with joints; see [the topic](super).
///
/// Put it on the sensor entity. With a [clip](BodySource::Clip), any entity will do: the clip plays in the entity's space.
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// # fn setup(mut commands: Commands) {
/// commands.spawn((
///     KinectSensor::device(),
///     BodyTracking {
///         filter: FilterPreset::Calm.into(),
///         players: PlayersSettings {
///             most_players: 2,
///             policy: SelectionPolicy::Nearest,
///             ..default()
///         },
///         ..BodyTracking::new(Tracker::Vendor)
///     },
/// ));
/// # }
/// ```
///
/// A change of any field takes effect in the next update. Only a change of `source` or `restarts` opens the tracker again; the
/// players stay meanwhile.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(BodyTrackingState, TrackedBodies, Transform, Visibility)]
#[component(on_add = expect_plugin)]
pub struct BodyTracking {
    /// Whether people are tracked. `false` closes the tracker, and all players leave.
    pub active: bool,
    /// Where bodies come from.
    pub source: BodySource,
    /// How people are followed and get slots.
    pub players: PlayersSettings,
    /// How joints are smoothed and predicted; a [`FilterPreset`](kinect_tracking::filter::FilterPreset) can be converted
    /// (`FilterPreset::Calm.into()`).
    ///
    /// With [`prediction`](FilterSettings::prediction), joints are moved on in every update, also between two body frames.
    pub filter: FilterSettings,
    /// Which entities and components joints get.
    pub joints: JointSettings,
    /// How a tracker that fails is opened again.
    pub restarts: RunnerSettings,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "BodyTracking");
}

impl Default for BodyTracking {
    /// The [automatic choice](Tracker::Auto) of a tracker, up to six players, light smoothing, joint entities.
    fn default() -> Self {
        Self {
            active: true,
            source: BodySource::default(),
            players: PlayersSettings::default(),
            filter: FilterSettings::default(),
            joints: JointSettings::default(),
            restarts: RunnerSettings::default(),
        }
    }
}

impl BodyTracking {
    /// Active, with that source: a [`Tracker`], the [settings of a tracker](TrackerSettings), or a [`BodySource`].
    ///
    /// ```
    /// use bevy_kinect_azure::prelude::*;
    ///
    /// let tracking = BodyTracking::new(Tracker::Onnx);
    /// assert!(matches!(tracking.source, BodySource::Tracker(_)));
    /// ```
    pub fn new(source: impl Into<BodySource>) -> Self {
        Self {
            source: source.into(),
            ..Self::default()
        }
    }

    /// Active, with the bodies of a clip, over and over; see [`BodySource::Clip`].
    pub fn clip(path: impl AsRef<Path>) -> Self {
        Self::new(BodySource::Clip(path.as_ref().to_owned()))
    }

    /// The same with another filter: a [`FilterPreset`](kinect_tracking::filter::FilterPreset), or settings.
    #[must_use]
    pub fn with_filter(mut self, filter: impl Into<FilterSettings>) -> Self {
        self.filter = filter.into();
        self
    }
}

/// Where bodies come from.
#[derive(Reflect, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BodySource {
    /// A tracker that looks at the sensor's captures.
    Tracker(TrackerSettings),
    /// Bodies of a file that `kinect export --only bodies` writes (JSON, or CSV with one body), over and over. On a sensor, the
    /// clip follows the times of the sensor's depth images; on any other entity, the app's time (`Time`).
    Clip(PathBuf),
    /// A tracker of the app's own.
    Custom(#[reflect(ignore)] CustomTracker),
}

impl Default for BodySource {
    fn default() -> Self {
        Self::Tracker(TrackerSettings::default())
    }
}

impl BodySource {
    /// A tracker of your own. `open` runs on the tracker's thread, with the first capture and again after each failure and
    /// each change of the calibration.
    pub fn custom<T: BodyTracker + 'static>(
        open: impl Fn(&Calibration, &StopSignal) -> Result<T, TrackerError> + Send + Sync + 'static,
    ) -> Self {
        Self::Custom(CustomTracker(Some(Arc::new(
            move |calibration: &Calibration, stop: &StopSignal| {
                open(calibration, stop).map(|tracker| Box::new(tracker) as Box<dyn BodyTracker>)
            },
        ))))
    }
}

impl From<Tracker> for BodySource {
    fn from(tracker: Tracker) -> Self {
        Self::Tracker(TrackerSettings {
            tracker,
            ..TrackerSettings::default()
        })
    }
}

impl From<TrackerSettings> for BodySource {
    fn from(settings: TrackerSettings) -> Self {
        Self::Tracker(settings)
    }
}

/// How to open a tracker of the app's own; made by [`BodySource::custom`].
#[derive(Clone, Default)]
pub struct CustomTracker(pub(super) Option<Arc<OpenTracker>>);

impl core::fmt::Debug for CustomTracker {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CustomTracker")
    }
}

impl PartialEq for CustomTracker {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Which entities and components joints get.
#[derive(Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[reflect(Default, Debug, PartialEq)]
pub struct JointSettings {
    /// Whether each joint is an entity. The player's [`Skeleton`](super::Skeleton) has all joints in any case.
    pub entities: bool,
    /// `Some`: each joint entity has a [`JointEuler`](super::JointEuler) with rotations in this order.
    pub euler: Option<EulerOrder>,
    /// `Some`: each joint entity has a [`JointInImages`](super::JointInImages), computed with these settings.
    pub in_images: Option<UvSettings>,
}

impl Default for JointSettings {
    fn default() -> Self {
        Self {
            entities: true,
            euler: None,
            in_images: None,
        }
    }
}

/// How UV coordinates in an image are counted. By default u goes from 0 at the left edge to 1 at the right one, and v from 0 at
/// the top to 1 at the bottom, as Bevy's materials count.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Default, Debug, PartialEq)]
pub struct UvSettings {
    /// Whether u goes from the right to the left, as in a mirror.
    pub mirror_u: bool,
    /// Whether v goes from the bottom to the top.
    pub flip_v: bool,
    /// Whether u ends at the image's width divided by its height instead of 1, so that one unit is equally long in both
    /// directions.
    pub keep_aspect: bool,
}
