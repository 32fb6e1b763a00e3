//! The settings of a filter.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// The steps of a filter and their settings.
///
/// ```
/// use kinect_tracking::filter::{FilterPreset, FilterSettings, Prediction};
///
/// let settings = FilterSettings {
///     prediction: Some(Prediction { horizon_seconds: 0.1 }),
///     ..FilterSettings::from(FilterPreset::Calm)
/// };
/// assert!(settings.bones.is_some());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct FilterSettings {
    /// Repair of exchanged sides; `None` = no repair.
    pub flips: Option<FlipRepair>,
    /// Smoothing of positions.
    pub positions: PositionSmoothing,
    /// Bones of constant length; `None` = bones change their length with the measurements.
    pub bones: Option<BoneKeeping>,
    /// Smoothing of rotations; `None` = rotations are not smoothed.
    pub rotations: Option<RotationSmoothing>,
    /// Prediction to the present; with `None`, [`BodyFilter::predict`](super::BodyFilter::predict) returns the newest
    /// filtered body.
    pub prediction: Option<Prediction>,
    /// Cutoff in Hz of the low-pass filter of velocities. Lower values are steadier, but add latency. Predictions and
    /// the repair of flips use these velocities.
    pub velocity_cutoff_hz: f32,
    /// After a gap longer than this, in seconds, the filter of a joint starts anew.
    pub reset_after_seconds: f32,
}

impl Default for FilterSettings {
    fn default() -> Self {
        FilterPreset::default().into()
    }
}

/// Settings with a name. In the descriptions of the presets, the jitter is the share of a position noise of 10 mm that
/// remains at 30 frames a second, and the latency was measured on walking legs and slowly raised arms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum FilterPreset {
    /// Positions and rotations are not changed; velocities are computed.
    Raw,
    /// For things that follow the body closely, such as avatars and games: 60 % of the jitter, 10 to 40 ms late.
    #[default]
    Light,
    /// For things that should look calm: 39 % of the jitter, 30 to 110 ms late.
    Calm,
    /// For slow, heavy images: 21 % of the jitter, 140 to 440 ms late.
    Sculpture,
}

impl FilterPreset {
    /// All presets.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Light, Self::Calm, Self::Sculpture];
}

impl From<FilterPreset> for FilterSettings {
    fn from(preset: FilterPreset) -> Self {
        let raw = Self {
            flips: None,
            positions: PositionSmoothing::Off,
            bones: None,
            rotations: None,
            prediction: None,
            velocity_cutoff_hz: 5.0,
            reset_after_seconds: 0.7,
        };
        let smooth = |positions: OneEuro, rotations: RotationSmoothing| Self {
            flips: Some(FlipRepair::default()),
            positions: PositionSmoothing::OneEuro(positions),
            bones: Some(BoneKeeping::default()),
            rotations: Some(rotations),
            ..raw
        };
        match preset {
            FilterPreset::Raw => raw,
            FilterPreset::Light => smooth(OneEuro::default(), RotationSmoothing::default()),
            FilterPreset::Calm => smooth(
                OneEuro {
                    min_cutoff_hz: 0.8,
                    speed_coefficient: 2.5,
                    ..OneEuro::default()
                },
                RotationSmoothing {
                    min_cutoff_hz: 0.8,
                    speed_coefficient: 0.8,
                    ..RotationSmoothing::default()
                },
            ),
            FilterPreset::Sculpture => smooth(
                OneEuro {
                    min_cutoff_hz: 0.25,
                    speed_coefficient: 0.4,
                    ..OneEuro::default()
                },
                RotationSmoothing {
                    min_cutoff_hz: 0.25,
                    speed_coefficient: 0.15,
                    ..RotationSmoothing::default()
                },
            ),
        }
    }
}

/// How positions are smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum PositionSmoothing {
    /// Not at all.
    #[default]
    Off,
    /// A low-pass filter whose cutoff rises with the joint's speed.
    OneEuro(OneEuro),
    /// The smoothing of the Kinect for Windows SDK.
    Kinect(KinectSmoothing),
}

/// One Euro filter (Casiez, Roussel, Vogel 2012): a low-pass filter whose cutoff rises with speed, so that a resting
/// joint is steady and a moving joint does not lag. The speed is that of the joint in space, so that all three axes are
/// filtered alike.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct OneEuro {
    /// Cutoff at rest, in Hz. Lower values are steadier, but add latency. At least 0.01.
    pub min_cutoff_hz: f32,
    /// By how many Hz each metre per second raises the cutoff. Higher values reduce the latency of moving joints.
    pub speed_coefficient: f32,
    /// Cutoff of the low-pass of the speed, in Hz.
    pub speed_cutoff_hz: f32,
    /// Factor of the cutoff for joints with low confidence, 0 to 1: joints that a tracker has filled in jump more.
    pub low_confidence_factor: f32,
}

impl Default for OneEuro {
    fn default() -> Self {
        Self {
            min_cutoff_hz: 2.0,
            speed_coefficient: 7.0,
            speed_cutoff_hz: 1.0,
            low_confidence_factor: 0.5,
        }
    }
}

/// The five settings of Kinect smoothing: Holt's double exponential smoothing with a jitter radius, as in the Kinect
/// for Windows SDK. At 30 frames a second the result is that of the SDK; at other rates the smoothing over a given time
/// is the same.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct KinectSmoothing {
    /// How much of the past is kept, 0 to 1. Higher values are steadier, but add latency.
    pub smoothing: f32,
    /// How quickly the trend follows the measurements, 0 to 1. Lower values are smoother.
    pub correction: f32,
    /// How far the trend is continued into the future, in frames of 1/30 s; at least 0.
    pub prediction: f32,
    /// Movements within this radius, in mm, count as jitter and are damped. The radius is twice as large for joints
    /// with low confidence.
    pub jitter_radius_mm: f32,
    /// The result is at most this far from the measurement, in mm; twice as far for joints with low confidence.
    pub max_deviation_mm: f32,
}

impl Default for KinectSmoothing {
    /// The SDK's own defaults.
    fn default() -> Self {
        Self {
            smoothing: 0.5,
            correction: 0.5,
            prediction: 0.5,
            jitter_radius_mm: 50.0,
            max_deviation_mm: 40.0,
        }
    }
}

/// Keeps each bone at its usual length, which is learnt for each body: the running median of the lengths that were
/// seen, averaged over both sides. Joints move along their bones only; this adds no latency.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct BoneKeeping {
    /// The share of the difference to the learnt length that is removed, 0 to 1.
    pub strength: f32,
    /// The number of frames in which both ends must have been seen before a bone's length is kept; at most 64.
    pub learn_frames: u32,
}

impl Default for BoneKeeping {
    fn default() -> Self {
        Self {
            strength: 1.0,
            learn_frames: 20,
        }
    }
}

/// Smooths each joint's rotation relative to its parent: a spherical interpolation towards the new rotation, which
/// follows faster at a higher angular speed. A turn of the whole body is smoothed in the pelvis alone, so the limbs do
/// not lag behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct RotationSmoothing {
    /// Cutoff at rest, in Hz. At least 0.01.
    pub min_cutoff_hz: f32,
    /// By how many Hz each radian per second raises the cutoff.
    pub speed_coefficient: f32,
    /// Cutoff of the low-pass of the angular speed, in Hz.
    pub speed_cutoff_hz: f32,
    /// Factor of the cutoff for joints with low confidence, 0 to 1.
    pub low_confidence_factor: f32,
}

impl Default for RotationSmoothing {
    fn default() -> Self {
        Self {
            min_cutoff_hz: 2.0,
            speed_coefficient: 2.0,
            speed_cutoff_hz: 1.0,
            low_confidence_factor: 0.5,
        }
    }
}

/// Repairs frames in which a tracker exchanged left and right: of the arms, of the legs, or of the whole body, because
/// it took the person's front for the back. A frame counts as flipped if its joints are far nearer to their expected
/// positions when left and right are exchanged. This adds no latency.
///
/// Orientations are exchanged with the positions. If the whole body was flipped, the face is turned round as well, and
/// the feet keep the positions that the tracker gave them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct FlipRepair {
    /// By how many mm on average the joints must be nearer to their expected positions with exchanged sides.
    pub margin_mm: f32,
    /// A flip that lasts longer than this, in seconds, is not repaired any more: perhaps the frames before were
    /// wrong.
    pub hold_seconds: f32,
    /// After a gap longer than this, in seconds, no flip is repaired: the person may have turned round.
    pub max_gap_seconds: f32,
}

impl Default for FlipRepair {
    fn default() -> Self {
        Self {
            margin_mm: 80.0,
            hold_seconds: 1.5,
            max_gap_seconds: 0.25,
        }
    }
}

/// Continues each joint's movement from the time of the depth image to the present.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Prediction {
    /// Movement is continued for at most this long, in seconds; then the body waits there. 0 to 0.5.
    pub horizon_seconds: f32,
}

impl Prediction {
    /// The longest horizon in seconds.
    pub const LONGEST_SECONDS: f32 = 0.5;
}

impl Default for Prediction {
    fn default() -> Self {
        Self {
            horizon_seconds: 0.2,
        }
    }
}
