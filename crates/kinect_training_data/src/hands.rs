//! What the network of hands sees of simulated people, with the truth.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use kinect_azure::body::HandState;
use kinect_azure::calibration::Camera;
use kinect_azure::{
    Body, Capture, CaptureSource, DepthMode, FrameRate, Joint, JointConfidence, NextCapture,
    PlaybackControl,
};
use kinect_simulation::{MotionKind, Scenario, SimulatedSensor, SimulationSettings};
use kinect_tracking::gestures::Side;
use kinect_tracking::hands::{HandView, ReaderSettings};
use rayon::prelude::*;

use crate::arrays::write;
use crate::error::Error;
use crate::options::Hands;
use crate::random::Random;

/// How far the joints of a tracker are from the truth's, in mm.
const OFF_MM: (f32, f32) = (10.0, 60.0);
/// Views that are clearer than those that are read later, because others teach nothing.
const CLEAR: ReaderSettings = ReaderSettings {
    largest_pixel_mm: 8.3,
    fewest_pixels: 60.0,
    most_hidden: 0.06,
    most_touching: 0.12,
    most_covered: 0.45,
};
/// Examples of each hand in a capture.
const TIMES: usize = 4;

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
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| Error::File { path, error }
    };
    fs::create_dir_all(&options.out).map_err(failed(&options.out))?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.max(1))
        .build()?;
    let shards: Vec<u64> = (0..options.shards).collect();
    pool.install(|| {
        shards.par_iter().with_max_len(1).try_for_each(|&shard| {
            let folder = options.out.join(format!("hands-{shard:05}"));
            if folder.exists() {
                return Ok(());
            }
            let start = Instant::now();
            let views = simulate(options, shard)?;
            // A shard gets its name once it is complete.
            let half = options.out.join(format!("hands-{shard:05}.half"));
            if half.exists() {
                fs::remove_dir_all(&half).map_err(failed(&half))?;
            }
            fs::create_dir_all(&half).map_err(failed(&half))?;
            write(&half, "planes.i16", &views.planes)?;
            write(&half, "about.f32", &views.about)?;
            write(&half, "labels.u8", &views.labels)?;
            fs::rename(&half, &folder).map_err(failed(&folder))?;
            let count = views.labels.len();
            println!(
                "shard {shard}: {count} hands in {:.1} s",
                start.elapsed().as_secs_f64()
            );
            Ok(())
        })
    })
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
    let mut sensor = SimulatedSensor::new(&settings)?.as_fast_as_possible();
    let mut views = Views::default();
    let camera = sensor
        .calibration()
        .and_then(|calibration| calibration.depth_camera);
    let Some(camera) = camera else {
        return Ok(views);
    };
    let random = &mut Random::new(options.seed ^ 0x3F1C, shard);
    let mut captures = 0;
    while captures < options.captures {
        if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(10))? {
            views.add(&capture, &camera, random);
            captures += 1;
            sensor.step(step)?;
        }
    }
    Ok(views)
}

impl Views {
    fn add(&mut self, capture: &Capture, camera: &Camera, random: &mut Random) {
        let (Some(depth), Some(truth)) = (&capture.depth, &capture.ground_truth) else {
            return;
        };
        for (body, states) in truth.bodies.iter().zip(&truth.hands) {
            for (side, state) in Side::BOTH.into_iter().zip(states) {
                let hand = match side {
                    Side::Left => Joint::HandLeft,
                    Side::Right => Joint::HandRight,
                };
                if body.joint(hand).confidence < JointConfidence::Medium {
                    continue;
                }
                for _ in 0..TIMES {
                    let body = off(body, random);
                    let pixels = depth.u16_pixels();
                    if let Ok(view) = HandView::of(&body, side, camera, pixels, &CLEAR) {
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
