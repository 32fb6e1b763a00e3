//! Models that look at one kind of picture.

use std::path::{Path, PathBuf};

use kinect_azure::calibration::CameraKind;
use kinect_azure::{Calibration, Capture, Image, Joint};

use super::contract::Found;
use super::model::PoseModel;
use super::models;
use super::runtime::{Engine, cores};
use super::settings::{OnnxSettings, Turn};
use super::share_out::workers;
use super::sight::Sight;
use super::to_depth::to_depth;
use super::top_down::{Pace, TopDown};
use super::upright::Upright;
use crate::lift::Lifter;
use crate::pose2d::Person2d;
use crate::tracker::{StopSignal, TrackerError};

/// Finds people in the pictures of one kind.
pub(super) struct Eye {
    sight: Sight,
    models: Models,
    turn: Turn,
}

impl Eye {
    pub(super) fn new(sight: Sight, models: Models, turn: Turn) -> Self {
        Self {
            sight,
            models,
            turn,
        }
    }

    /// The people in a capture, with joints in pixels of the depth image; `None` if the capture lacks the image. `lifter`
    /// finds people in the depth image where no model does.
    pub(super) fn find(
        &mut self,
        capture: &Capture,
        calibration: &Calibration,
        lifter: &mut Lifter,
    ) -> Result<Option<Vec<Person2d>>, TrackerError> {
        let Some(kind) = self.sight.look(capture)? else {
            return Ok(None);
        };
        let picture = self.sight.picture();
        let upright = Upright::new(self.turn, picture.width, picture.height);
        let usec = capture.device_timestamp_usec().unwrap_or_default();
        let found = match &mut self.models {
            Models::Whole(model) => model.search(picture, upright).map(|mut found| {
                found.retain(|found| found.is_sure);
                found
            }),
            Models::TopDown(models) => {
                let from_depth = match &capture.depth {
                    Some(depth) if kind == CameraKind::Depth && models.needs_depth(usec) => {
                        from_depth(lifter, depth, upright)
                    }
                    _ => Vec::new(),
                };
                models.find(picture, upright, usec, from_depth)
            }
        }
        .map_err(TrackerError::bad_capture)?;
        let mut people: Vec<Person2d> = found.into_iter().map(|found| found.person).collect();
        for person in &mut people {
            upright.person_to_sensor(person);
        }
        if kind == CameraKind::Color {
            people = people
                .into_iter()
                .filter_map(|person| to_depth(person, capture.depth.as_deref(), calibration))
                .collect();
        }
        Ok(Some(people))
    }
}

/// What may be people in a depth image, in pixels of the upright picture.
fn from_depth(lifter: &mut Lifter, depth: &Image, upright: Upright) -> Vec<Found> {
    let boxes = lifter.find_people(depth, None);
    boxes
        .iter()
        .map(|bounds| {
            Found::from(Person2d {
                joints: [None; Joint::COUNT],
                score: 0.5,
                bounds: upright.turned(*bounds),
            })
        })
        .collect()
}

/// The models that find people and joints in a picture.
pub(super) enum Models {
    /// One model that finds all people.
    Whole(Box<PoseModel>),
    /// A model that looks at one person, once for each thread, and a model that finds people.
    TopDown(Box<TopDown>),
}

impl Models {
    /// Opens the model of a file, and a detector if it needs one.
    ///
    /// # Errors
    /// Fails if a model cannot be used, or if the signal tells it to stop.
    pub(super) fn open(
        engine: &Engine,
        path: &Path,
        settings: &OnnxSettings,
        stop: &StopSignal,
        notes: &mut Vec<String>,
    ) -> Result<Self, TrackerError> {
        let layout = &settings.network.layout;
        let mut pose = PoseModel::open_on(engine, path, layout, settings, 1)?;
        stop.check()?;
        if pose.contract().is_top_down() {
            let detector = match settings.network.detector.clone().or_else(|| beside(path)) {
                Some(path) => Some(PoseModel::open_on(
                    engine,
                    &path,
                    &Default::default(),
                    settings,
                    1,
                )?),
                None => None,
            };
            if let Some(detector) = &detector
                && detector.contract().is_top_down()
            {
                return Err(TrackerError::unusable(format!(
                    "the detector {} is a model of {}, which looks at one person; choose one that finds people, such as \
                     MoveNet MultiPose",
                    detector.name(),
                    detector.contract().name()
                )));
            }
            notes.extend(pose.notes().iter().cloned());
            match &detector {
                Some(detector) => notes.extend(detector.notes().iter().cloned()),
                None => notes.push(
                    "there is no model that finds people (`cargo xtask models` gets one); people are looked for in the \
                     depth image, where furniture hides some"
                        .to_owned(),
                ),
            }
            let is_accelerated = pose.is_accelerated();
            let poses = workers(pose, is_accelerated, stop, |pose| {
                pose.second(engine, path, layout)
            })?;
            let pace = match (&detector, engine) {
                (Some(detector), _) if detector.is_accelerated() => Pace::ALWAYS,
                (Some(_), Engine::Installed(_)) => Pace::OFTEN,
                (Some(_), Engine::Embedded) => Pace::SOMETIMES,
                (None, _) => Pace::SELDOM,
            };
            Ok(Self::TopDown(Box::new(TopDown::new(poses, detector, pace))))
        } else {
            if matches!(engine, Engine::Installed(_)) && !pose.is_accelerated() {
                // The only network may use all cores.
                pose = PoseModel::open_on(engine, path, layout, settings, cores())?;
            }
            notes.extend(pose.notes().iter().cloned());
            Ok(Self::Whole(Box::new(pose)))
        }
    }

    /// Whether a model takes infrared and colour in one picture.
    pub(super) fn take_both(&self) -> bool {
        match self {
            Self::Whole(model) => model.has_infrared(),
            Self::TopDown(models) => models.has_infrared(),
        }
    }

    /// The names of the models and of what they run on.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Whole(model) => model.name(),
            Self::TopDown(models) => {
                let pose = models.pose_name();
                match models.detector_name() {
                    Some(detector) => format!("{pose} after {detector}"),
                    None => format!("{pose} after depth"),
                }
            }
        }
    }
}

/// A detector beside the model, or in the model folder.
fn beside(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().and_then(models::best_detector);
    folder.or_else(|| models::best_detector(&models::folder()?))
}
