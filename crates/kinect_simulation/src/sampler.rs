//! Settings drawn at random, for training and testing body trackers.

use kinect_azure::modes::{ColorResolution, DepthMode, FrameRate};

use super::motion::Scenario;
use super::noise::{Noise, NoiseStrength};
use super::random::Random;
use super::settings::{Mount, SimulationSettings, Variety};

impl SimulationSettings {
    /// Random poses of all kinds of people in a room, seen by a sensor that is mounted anywhere a sensor may be: 0.4 to 3 m
    /// high, tilted from −20 to 90 degrees, rolled, upright or on its side, with weaker or stronger noise than a real one.
    /// Only the depth camera is on. The same seed gives the same settings.
    pub fn random_poses(seed: u64) -> Self {
        let random = &mut Random::new(seed ^ 0x5E77_1265);
        Self {
            scenario: Scenario::Poses,
            people: 2 + (random.next() % 5) as u32,
            seed,
            variety: Variety {
                people: true,
                room: true,
                things: random.range(0.3..0.9),
                hands: false,
            },
            noise: Noise {
                strength: strength(random),
                dropped_captures: 0.0,
                late_captures: 0.0,
                ..Noise::default()
            },
            depth_mode: match random.unit() {
                share if share < 0.55 => DepthMode::NfovUnbinned,
                share if share < 0.80 => DepthMode::Nfov2x2Binned,
                _ => DepthMode::Wfov2x2Binned,
            },
            color_resolution: ColorResolution::Off,
            frame_rate: FrameRate::Fps30,
            imu: false,
            mount: mount(random),
            ..Self::default()
        }
    }
}

/// Most sensors stand or hang so that they look at people; some look from anywhere.
fn mount(random: &mut Random) -> Mount {
    let die = random.unit();
    let (height, tilt_degrees) = if die < 0.75 {
        let height = random.range(0.4..3.0);
        // Towards the middle of a person 2.5 m away.
        let at_people = ((height - 0.9) / 2.5_f32).atan().to_degrees();
        (height, at_people + 9.0 * random.normal())
    } else if die < 0.90 {
        (random.range(0.4..3.0), random.range(-20.0..50.0))
    } else {
        // From the ceiling.
        (random.range(2.3..3.0), random.range(50.0..90.0))
    };
    let upright = match random.unit() {
        share if share < 0.90 => 0.0,
        share if share < 0.945 => 90.0,
        share if share < 0.99 => -90.0,
        _ => 180.0,
    };
    Mount {
        height,
        tilt_degrees: tilt_degrees.clamp(-20.0, 90.0),
        roll_degrees: upright + 5.0 * random.normal(),
        ..Mount::default()
    }
}

fn strength(random: &mut Random) -> NoiseStrength {
    // From a third to three times, in the middle as strong as a real sensor's.
    let mut factor = || 3.0_f32.powf(random.range(-1.0..1.0));
    NoiseStrength {
        scatter: factor(),
        bias: factor(),
        flying_pixels: factor().min(2.2),
        drop_out: factor(),
        multipath: factor(),
    }
}
