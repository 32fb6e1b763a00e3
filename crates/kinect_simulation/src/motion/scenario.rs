//! Scenarios and motions, with their names.

use core::fmt;
use core::str::FromStr;
use std::path::PathBuf;

/// The actions of a simulation's people.
///
/// ```
/// use kinect_simulation::Scenario;
///
/// let scenario: Scenario = "cross-arms".parse()?;
/// assert_eq!(scenario.to_string(), "cross-arms");
/// # Ok::<(), kinect_simulation::UnknownScenario>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Scenario {
    /// An endless stream of visitors of an exhibit: they come, look, try out movements, and leave.
    #[default]
    Exhibit,
    /// One motion, over and over, with a pause between; several people stand side by side.
    Single(MotionKind),
    /// An empty room.
    Empty,
    /// Random poses within the range of people's joints, anywhere in the sensor's view and turned anywhere: every capture
    /// shows new poses in new places, so nobody moves. For training and testing body trackers.
    Poses,
    /// A clip of the vendor's body tracker (CSV, as read by [`SkeletonClip`](super::SkeletonClip)) drives the people.
    Clip(PathBuf),
}

/// A motion of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum MotionKind {
    /// Stands, breathes, shifts weight and looks around.
    #[default]
    Idle,
    /// Walks up to the sensor and away again.
    Walk,
    /// Waves a hand.
    Wave,
    /// Raises both arms.
    RaiseArms,
    /// Points ahead.
    Point,
    /// Reaches out for something.
    Reach,
    /// Crosses the arms.
    CrossArms,
    /// Bows.
    Bow,
    /// Squats.
    Squat,
    /// Sits down and stands up.
    Sit,
    /// Kneels on one knee.
    Kneel,
    /// Turns around once.
    Turn,
    /// Dances.
    Dance,
    /// Jumps.
    Jump,
    /// Moves an open hand in front of the shoulder, closes it, carries it aside in a fist, opens it, and pushes.
    Grip,
}

impl MotionKind {
    /// All motions.
    pub const ALL: [Self; 15] = [
        Self::Idle,
        Self::Walk,
        Self::Wave,
        Self::RaiseArms,
        Self::Point,
        Self::Reach,
        Self::CrossArms,
        Self::Bow,
        Self::Squat,
        Self::Sit,
        Self::Kneel,
        Self::Turn,
        Self::Dance,
        Self::Jump,
        Self::Grip,
    ];

    /// The motion's name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Walk => "walk",
            Self::Wave => "wave",
            Self::RaiseArms => "raise-arms",
            Self::Point => "point",
            Self::Reach => "reach",
            Self::CrossArms => "cross-arms",
            Self::Bow => "bow",
            Self::Squat => "squat",
            Self::Sit => "sit",
            Self::Kneel => "kneel",
            Self::Turn => "turn",
            Self::Dance => "dance",
            Self::Jump => "jump",
            Self::Grip => "grip",
        }
    }
}

impl Scenario {
    /// The names that [`FromStr`] knows: those of all scenarios but clips.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ["exhibit", "empty", "poses"]
            .into_iter()
            .chain(MotionKind::ALL.into_iter().map(MotionKind::name))
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhibit => f.write_str("exhibit"),
            Self::Empty => f.write_str("empty"),
            Self::Poses => f.write_str("poses"),
            Self::Single(motion) => f.write_str(motion.name()),
            Self::Clip(path) => write!(f, "clip {}", path.display()),
        }
    }
}

/// The error of a scenario name that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no scenario “{name}”; there are {}", Scenario::names().collect::<Vec<_>>().join(", "))]
pub struct UnknownScenario {
    name: String,
}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Self, UnknownScenario> {
        let lower = name.to_lowercase();
        match lower.as_str() {
            "exhibit" => Ok(Self::Exhibit),
            "empty" => Ok(Self::Empty),
            "poses" => Ok(Self::Poses),
            _ => MotionKind::ALL
                .into_iter()
                .find(|motion| motion.name() == lower)
                .map(Self::Single)
                .ok_or_else(|| UnknownScenario { name: name.into() }),
        }
    }
}
