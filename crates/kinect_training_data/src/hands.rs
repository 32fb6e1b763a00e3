//! What the network of hands sees of simulated people, with the truth.

use std::path::Path;

use kinect_azure::body::HandState;
use kinect_azure::calibration::Camera;
use kinect_azure::{Body, Capture, DepthMode, FrameRate, Joint, JointConfidence};
use kinect_simulation::{MotionKind, Scenario, SimulationSettings};
use kinect_tracking::gestures::Side;
use kinect_tracking::hands::{HandView, ReaderSettings};

use crate::arrays::write;
use crate::error::Error;
use crate::options::Hands;
use crate::random::Random;
use crate::shards::{self, Written};

/// How far the joints of a tracker are from the truth's, in mm.
const OFF_MM: (f32, f32) = (10.0, 60.0);
/// Views of hands that show something: also of those that touch the body or a thing.
const SHOWN: ReaderSettings = ReaderSettings {
    largest_pixel_mm: 8.3,
    fewest_pixels: 50.0,
    most_hidden: 0.2,
    most_touching: 0.75,
    most_covered: 0.9,
};
/// Examples of each hand in a capture.
const TIMES: usize = 3;

/// The views of one shard.
#[derive(Debug, Default)]
struct Views {
    /// Thousandths.
    planes: Vec<i16>,
    about: Vec<f32>,
    /// 0 open, 1 neither, 2 closed.
    labels: Vec<u8>,
}

/// Makes the shards that are not there yet.
pub(crate) fn hands(options: &Hands) -> Result<(), Error> {
    let write = |views: &Views, folder: &Path| {
        write(folder, "planes.i16", &views.planes)?;
        write(folder, "about.f32", &views.about)?;
        write(folder, "labels.u8", &views.labels)?;
        let count = views.labels.len();
        Ok(Written {
            words: format!("{count} hands"),
            count,
            unit: "hands",
        })
    };
    let simulate = |shard| simulate(options, shard);
    shards::make(
        &options.out,
        "hands",
        0..options.shards,
        options.threads,
        simulate,
        write,
    )
}

/// Most shards show random poses, some visitors with relaxed hands, some people who grip.
fn settings(options: &Hands, shard: u64) -> (SimulationSettings, i32) {
    let random = &mut Random::new(options.seed ^ 0x4A5D, shard);
    let mut settings = SimulationSettings::random_poses(random.next());
    settings.variety.hands = true;
    // Hands that are hidden teach nothing.
    settings.people = settings.people.max(5);
    settings.variety.things *= 0.4;
    if random.unit() < 0.4 {
        settings.depth_mode = DepthMode::NfovUnbinned;
    }
    match random.unit() {
        share if share < 0.75 => (settings, 1),
        share => {
            settings.scenario = if share < 0.87 {
                Scenario::Exhibit
            } else {
                Scenario::Single(MotionKind::Grip)
            };
            settings.frame_rate = FrameRate::Fps5;
            settings.variety.room = false;
            (settings, 3)
        }
    }
}

fn simulate(options: &Hands, shard: u64) -> Result<Views, Error> {
    let (settings, step) = settings(options, shard);
    let mut views = Views::default();
    let random = &mut Random::new(options.seed ^ 0x3F1C, shard);
    shards::draw(&settings, options.captures, step, |capture, camera| {
        views.add(capture, camera, random);
    })?;
    Ok(views)
}

impl Views {
    fn add(&mut self, capture: &Capture, camera: &Camera, random: &mut Random) {
        let (Some(depth), Some(truth)) = (&capture.depth, &capture.ground_truth) else {
            return;
        };
        for (body, states) in truth.bodies.iter().zip(&truth.hands) {
            for (side, state) in Side::BOTH.into_iter().zip(states) {
                let hand = side.joint(Joint::HandLeft);
                if body.joint(hand).confidence < JointConfidence::Medium {
                    continue;
                }
                for _ in 0..TIMES {
                    let body = off(body, random);
                    let pixels = depth.u16_pixels();
                    if let Ok(view) = HandView::of(&body, side, camera, pixels, &SHOWN) {
                        let thousandths = view.planes.iter().map(|v| (v * 1000.0) as i16);
                        self.planes.extend(thousandths);
                        self.about.extend(view.about);
                        self.labels.push(match state {
                            HandState::Open => 0,
                            HandState::Unknown => 1,
                            HandState::Closed => 2,
                        });
                    }
                }
            }
        }
    }
}

/// A body as a tracker finds it: each joint is some centimetres off.
fn off(body: &Body, random: &mut Random) -> Body {
    let mut body = body.clone();
    for joint in &mut body.joints {
        let way = [random.normal(), random.normal(), random.normal()];
        let length = way.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-3);
        let far = random.range(OFF_MM.0, OFF_MM.1);
        for (value, way) in joint.position.iter_mut().zip(way) {
            *value += way / length * far;
        }
    }
    body
}
