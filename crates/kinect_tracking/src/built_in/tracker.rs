//! The body tracker: overview, people, crops, poses, bodies.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::calibration::Camera;
use kinect_azure::pool::Pool;
use kinect_azure::{Calibration, Capture};

use super::finder::Finder;
use super::networks::Networks;
use super::people::People;
use super::poser::{Poser, Scene};
use super::settings::BuiltInSettings;
use crate::floor::{FloorFinder, Plane, UpGuess};
use crate::gravity::Gravity;
use crate::lift::index_map::{IndexMapper, Surroundings};
use crate::lift::plan::Plan;
use crate::lift::view::View;
use crate::onnx::Turn;
use crate::onnx::share_out::{share_out, workers};
use crate::tracker::{BodyTracker, StopSignal, TrackerError};

/// The body tracker that comes with this crate: it finds up to six people in depth images alone, on any processor.
///
/// People are searched for in the whole image every 0.2 s, and after somebody was lost. Each person is looked at in every capture,
/// in a crop that follows the pelvis; the crops are shared out over the cores. On one library that runs networks, the same captures
/// give the same bodies to the last bit.
///
/// A joint's confidence is [`Medium`](kinect_azure::JointConfidence::Medium) if the network says that the joint is seen,
/// [`Low`](kinect_azure::JointConfidence::Low) if it is hidden, and [`None`](kinect_azure::JointConfidence::None) outside the image.
pub struct BuiltInTracker {
    name: String,
    notes: Vec<String>,
    gravity: Gravity,
    turned_up: Option<[f32; 3]>,
    camera: Camera,
    view: View,
    plan: Plan,
    finder: Finder,
    posers: Vec<Mutex<Poser>>,
    people: People,
    floors: FloorFinder,
    mapper: IndexMapper,
    frames: Pool<BodyFrame>,
    maps: Pool<Vec<u8>>,
}

impl BuiltInTracker {
    /// Opens the networks. With tract it takes up to a second.
    ///
    /// # Errors
    /// Fails if the sensor takes no depth images, if a network cannot be used (the message names the file and what was expected),
    /// or if the signal tells it to stop.
    pub fn open(
        settings: &BuiltInSettings,
        calibration: &Calibration,
        stop: &StopSignal,
    ) -> Result<Self, TrackerError> {
        let depth = calibration.depth_camera.zip(View::new(calibration));
        let Some((camera, view)) = depth.filter(|_| calibration.depth_mode.has_depth()) else {
            return Err(TrackerError::unusable(format!(
                "the built-in body tracker needs depth images, and the depth mode {} delivers none; choose another depth mode",
                calibration.depth_mode
            )));
        };
        let turned_up = up_of(settings.turn);
        let mut networks = Networks::new(settings)?;
        let up = settings.gravity.up().or(turned_up);
        let finder = Finder::open(&mut networks, &camera, up)?;
        stop.check()?;
        let poser = Poser::open(&mut networks)?;
        let is_accelerated = poser.is_accelerated();
        let posers = workers(poser, is_accelerated, stop, |poser| {
            poser.second(&mut networks)
        })?;
        let mut notes = networks.notes;
        notes.dedup();
        Ok(Self {
            name: format!("built-in tracker with {}", finder.shown()),
            notes,
            gravity: settings.gravity.clone(),
            turned_up,
            camera,
            view,
            plan: Plan::new(),
            finder,
            posers,
            people: People::new(),
            floors: FloorFinder::new(&camera),
            mapper: IndexMapper::default(),
            frames: Pool::new(),
            maps: Pool::new(),
        })
    }

    /// What is known of the upward direction, for the floor.
    fn guess(&self) -> UpGuess {
        // The direction changes only when the sensor is turned by more than a degree.
        const STEPS: f32 = 1.0;
        let measured = self.gravity.up().map(|up| UpGuess {
            up,
            error_degrees: STEPS,
        });
        let turned = self.turned_up.map(|up| UpGuess {
            up,
            ..UpGuess::upright()
        });
        measured.or(turned).unwrap_or(UpGuess::upright())
    }

    fn frame(&mut self, depth_mm: &[u16], usec: u64) -> Result<Arc<BodyFrame>, String> {
        let up = self.gravity.up().or(self.turned_up);
        let guess = self.guess();
        self.people.begin(usec);
        let seen = if self.people.needs_search() {
            Some(self.finder.find(depth_mm, up)?)
        } else {
            None
        };
        let candidates = self.people.candidates(seen.as_deref());
        let scene = Scene {
            camera: &self.camera,
            depth_mm,
            up,
        };
        let poses = share_out(&self.posers, &candidates, |poser, candidate| {
            poser.look(&scene, candidate.around)
        })?;
        let poses = poses.into_iter().collect::<Result<Vec<_>, _>>()?;
        let present = self.people.take(&candidates, poses);
        let Self {
            view,
            plan,
            people,
            floors,
            mapper,
            frames,
            maps,
            ..
        } = self;
        let Ok(frame) = frames.fill(BodyFrame::default, |frame| {
            frame.device_timestamp_usec = usec;
            frame.bodies.clear();
            frame.bodies.extend(present.iter().map(|(number, pose)| {
                let person = people.person_mut(*number);
                person
                    .skeleton
                    .body(person.id, plan, view, depth_mm, pose, usec)
            }));
            let floor = floors.find_roughly(depth_mm, guess).ok();
            let floor = floor.map(|found| Plane::from(&found.ground));
            let image = Surroundings {
                view,
                depths: depth_mm,
                floor: floor.as_ref(),
            };
            let Ok(pixels) = maps.fill(Vec::new, |map| {
                let shows = |body: usize, point| present[body].1.shows(point);
                mapper.draw(&image, &frame.bodies, shows, map);
                Ok::<_, Infallible>(())
            });
            let (width, height) = (view.width as u32, view.height as u32);
            // As many pixels as the depth image has, so the size fits.
            frame.index_map = BodyIndexImage::shared(width, height, usec, pixels).ok();
            Ok::<_, Infallible>(())
        });
        Ok(frame)
    }
}

impl BodyTracker for BuiltInTracker {
    fn name(&self) -> &str {
        &self.name
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn track(
        &mut self,
        capture: &Capture,
        _: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let Some(depth) = capture.depth.clone() else {
            return Ok(None);
        };
        let depth_mm = self.view.depths(Some(&depth));
        if depth_mm.is_empty() {
            return Err(TrackerError::bad_capture(format!(
                "the depth image of {} × {} pixels with {} bytes is none of this sensor's: its images have {} × {} pixels",
                depth.width,
                depth.height,
                depth.size(),
                self.view.width,
                self.view.height
            )));
        }
        self.frame(depth_mm, depth.device_timestamp_usec)
            .map(Some)
            .map_err(|why| {
                TrackerError::bad_capture(format!("the built-in body tracker failed: {why}"))
            })
    }
}

/// The direction against gravity in the depth camera's axes of a sensor that is turned; `None` for one that stands upright, whose
/// images say nothing more exact.
fn up_of(turn: Turn) -> Option<[f32; 3]> {
    match turn {
        Turn::Upright => None,
        Turn::Clockwise90 => Some([-1.0, 0.0, 0.0]),
        Turn::CounterClockwise90 => Some([1.0, 0.0, 0.0]),
        Turn::Flip180 => Some([0.0, 1.0, 0.0]),
    }
}
