//! The scenes of shards.

use std::path::PathBuf;

use clap::ValueEnum;
use kinect_azure::FrameRate;
use kinect_simulation::{Scenario, SimulationSettings};

use crate::random::Random;

/// The kind of scene that a shard shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Seven of ten shards show random poses, two visitors of an exhibition, one an empty room or people moved by clips
    Mixed,
    /// Random poses
    Poses,
    /// Visitors of an exhibition, with their scripted motions
    Exhibit,
    /// People moved by clips
    Clips,
    /// Empty rooms
    Empty,
}

impl Kind {
    /// The number that the examples' files have for it.
    pub(crate) const fn number(self) -> f32 {
        match self {
            Self::Mixed | Self::Poses => 0.0,
            Self::Exhibit => 1.0,
            Self::Clips => 2.0,
            Self::Empty => 3.0,
        }
    }
}

impl Kind {
    /// The simulated time between two examples, in captures: people who move look alike in the next capture.
    pub(crate) const fn step(self) -> i32 {
        match self {
            Self::Exhibit => 5,
            Self::Clips => 3,
            Self::Mixed | Self::Poses | Self::Empty => 1,
        }
    }
}

/// The scene of the shard with a number: its kind, and the simulation's settings.
pub(crate) fn scene(
    kind: Kind,
    clips: &[PathBuf],
    seed: u64,
    shard: u64,
) -> (Kind, SimulationSettings) {
    let random = &mut Random::new(seed, shard);
    let mut settings = SimulationSettings::random_poses(random.next());
    let kind = match kind {
        Kind::Mixed => match random.unit() {
            share if share < 0.70 => Kind::Poses,
            share if share < 0.90 => Kind::Exhibit,
            share if share < 0.97 && !clips.is_empty() => Kind::Clips,
            share if share < 0.97 => Kind::Exhibit,
            _ => Kind::Empty,
        },
        Kind::Clips if clips.is_empty() => Kind::Exhibit,
        kind => kind,
    };
    match kind {
        Kind::Mixed | Kind::Poses => {}
        Kind::Exhibit => {
            settings.scenario = Scenario::Exhibit;
            settings.frame_rate = FrameRate::Fps5;
            // Visitors need a floor to walk on.
            settings.variety.room = false;
        }
        Kind::Clips => {
            let clip = random.next() as usize % clips.len();
            settings.scenario = Scenario::Clip(clips[clip].clone());
            settings.people = settings.people.min(3);
            settings.frame_rate = FrameRate::Fps15;
            settings.variety.room = false;
        }
        // Clutter without people.
        Kind::Empty => settings.people = 0,
    }
    (kind, settings)
}
