//! The body tracker: makes pictures, runs networks, follows people and lifts their joints.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kinect_azure::body::BodyFrame;
use kinect_azure::calibration::CameraKind;
use kinect_azure::decode::ColorDecoder;
use kinect_azure::{Calibration, Capture, Image, Joint};

use super::contract::Found;
use super::model::PoseModel;
use super::models;
use super::picture::Picture;
use super::runtime::{Engine, cores};
use super::settings::{OnnxSettings, PictureSource};
use super::share_out::workers;
use super::top_down::{Pace, TopDown};
use super::upright::Upright;
use crate::lift::{LiftSettings, Lifter};
use crate::pose2d::Person2d;
use crate::tracker::{BodyTracker, StopSignal, TrackerError};

/// A body tracker that runs ONNX models.
///
/// A model that finds all people at once looks at each picture. A top-down model looks at one crop for each person; the
/// crop follows the person's joints. A second model, the detector, finds people at the start, as often as the processor
/// allows, and after a person was lost; joints that both models see are combined. Without a detector, people are found in
/// the depth image. The crops are distributed over the cores. Joints are lifted to bodies with the depth image.
pub struct OnnxTracker {
    name: String,
    notes: Vec<String>,
    settings: OnnxSettings,
    models: Models,
    picture: Picture,
    decoder: ColorDecoder,
    lifter: Lifter,
}

enum Models {
    /// One model that finds all people.
    Whole(Box<PoseModel>),
    /// A model that looks at one person, once for each thread, and a model that finds people.
    TopDown(Box<TopDown>),
}

impl OnnxTracker {
    /// Opens the model of the settings, or the best one in the [model folder](super::models), and a detector if it needs
    /// one. It takes up to some seconds.
    ///
    /// # Errors
    /// Fails if there is no model, if a model cannot be used (the message names the node or tensor and what was expected),
    /// if the depth camera is off, or if the signal tells it to stop.
    pub fn open(
        settings: &OnnxSettings,
        calibration: &Calibration,
        stop: &StopSignal,
    ) -> Result<Self, TrackerError> {
        let lifter = Lifter::new(calibration, lift_settings()).ok_or_else(|| {
            TrackerError::unusable(
                "the depth camera is off: an ONNX model finds joints in pictures, and depth says how far they are; choose \
                 a depth mode",
            )
        })?;
        let path = match &settings.model {
            Some(path) => path.clone(),
            None => in_folder(models::best, "pose model")?,
        };
        let mut notes = Vec::new();
        let engine = Engine::choose(&settings.network, settings.processor, &mut notes)
            .map_err(TrackerError::unusable)?;
        let layout = &settings.network.layout;
        let mut pose = PoseModel::open_on(&engine, &path, layout, settings, 1)?;
        let models = if pose.contract().is_top_down() {
            stop.check()?;
            let detector = match settings.network.detector.clone().or_else(|| beside(&path)) {
                Some(path) => Some(PoseModel::open_on(
                    &engine,
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
                pose.second(&engine, &path, layout)
            })?;
            let pace = match (&detector, &engine) {
                (Some(detector), _) if detector.is_accelerated() => Pace::ALWAYS,
                (Some(_), Engine::Installed(_)) => Pace::OFTEN,
                (Some(_), Engine::Embedded) => Pace::SOMETIMES,
                (None, _) => Pace::SELDOM,
            };
            Models::TopDown(Box::new(TopDown::new(poses, detector, pace)))
        } else {
            if matches!(engine, Engine::Installed(_)) && !pose.is_accelerated() {
                // The only network may use all cores.
                stop.check()?;
                pose = PoseModel::open_on(&engine, &path, layout, settings, cores())?;
            }
            notes.extend(pose.notes().iter().cloned());
            Models::Whole(Box::new(pose))
        };
        stop.check()?;
        notes.dedup();
        Ok(Self {
            name: name(&models),
            notes,
            settings: settings.clone(),
            models,
            picture: Picture::default(),
            decoder: ColorDecoder::new(),
            lifter,
        })
    }

    /// The people in a capture, with joints in pixels of the depth image; `None` if the capture lacks the image that
    /// the settings ask for.
    ///
    /// # Errors
    /// Fails if the picture cannot be decoded or a network fails.
    pub fn find(
        &mut self,
        capture: &Capture,
        calibration: &Calibration,
    ) -> Result<Option<Vec<Person2d>>, TrackerError> {
        let Some(kind) = self.take_picture(capture)? else {
            return Ok(None);
        };
        let upright = Upright::new(self.settings.turn, self.picture.width, self.picture.height);
        let usec = capture.device_timestamp_usec().unwrap_or_default();
        let found = match &mut self.models {
            Models::Whole(model) => model.search(&self.picture, upright).map(|mut found| {
                found.retain(|found| found.is_sure);
                found
            }),
            Models::TopDown(models) => {
                let from_depth = match &capture.depth {
                    Some(depth) if kind == CameraKind::Depth && models.needs_depth(usec) => {
                        from_depth(&mut self.lifter, depth, upright)
                    }
                    _ => Vec::new(),
                };
                models.find(&self.picture, upright, usec, from_depth)
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

    /// Makes the picture of a capture, and returns the camera that took it; `None` if the capture lacks the image.
    fn take_picture(&mut self, capture: &Capture) -> Result<Option<CameraKind>, TrackerError> {
        let source = self.settings.network.picture;
        if source != PictureSource::Color
            && let Some(ir) = &capture.ir
        {
            return if self.picture.set_infrared(ir) {
                Ok(Some(CameraKind::Depth))
            } else {
                Err(TrackerError::bad_capture(format!(
                    "the infrared image of {} × {} pixels holds {} bytes",
                    ir.width,
                    ir.height,
                    ir.size()
                )))
            };
        }
        let Some(color) = capture
            .color
            .as_ref()
            .filter(|_| source != PictureSource::Infrared)
        else {
            return Ok(None);
        };
        let memory = self.picture.bgra_memory(color.width, color.height);
        self.decoder.decode(color, memory).map_err(|error| {
            TrackerError::bad_capture(format!("the colour image cannot be decoded: {error}"))
        })?;
        Ok(Some(CameraKind::Color))
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

impl BodyTracker for OnnxTracker {
    fn name(&self) -> &str {
        &self.name
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn track(
        &mut self,
        capture: &Capture,
        calibration: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let Some(depth) = capture.depth.clone() else {
            return Ok(None);
        };
        let Some(people) = self.find(capture, calibration)? else {
            return Ok(None);
        };
        Ok(Some(self.lifter.lift(
            depth.device_timestamp_usec,
            Some(&depth),
            &people,
            None,
        )))
    }
}

/// Maps a person of the colour image to the depth image. A joint at whose pixel no depth was measured is moved by the
/// mean shift of the other joints. `None` if no joint can be mapped.
fn to_depth(
    mut person: Person2d,
    depth: Option<&Image>,
    calibration: &Calibration,
) -> Option<Person2d> {
    let depth = depth?.u16_pixels();
    let map = |at: [f32; 2]| calibration.color_pixel_to_depth_pixel(at, depth);
    let mapped: Vec<Option<[f32; 2]>> = person
        .joints
        .iter()
        .map(|joint| joint.and_then(|joint| map([joint.x, joint.y])))
        .collect();
    // For one person, the two images differ by a scale and a shift, to a good approximation.
    let pairs: Vec<([f32; 2], [f32; 2])> = person
        .joints
        .iter()
        .zip(&mapped)
        .filter_map(|(joint, mapped)| joint.map(|joint| [joint.x, joint.y]).zip(*mapped))
        .collect();
    let scale = depth_scale(calibration);
    let count = pairs.len() as f32;
    if pairs.is_empty() {
        return None;
    }
    let mut shift = [0.0; 2];
    for (from, to) in &pairs {
        shift[0] += (to[0] - from[0] * scale) / count;
        shift[1] += (to[1] - from[1] * scale) / count;
    }
    let nearly = |at: [f32; 2]| [at[0] * scale + shift[0], at[1] * scale + shift[1]];
    for (joint, mapped) in person.joints.iter_mut().zip(mapped) {
        if let Some(joint) = joint {
            [joint.x, joint.y] = mapped.unwrap_or_else(|| nearly([joint.x, joint.y]));
        }
    }
    person.bounds.min = nearly(person.bounds.min);
    person.bounds.max = nearly(person.bounds.max);
    Some(person)
}

/// The size of a pixel of the colour image in pixels of the depth image.
fn depth_scale(calibration: &Calibration) -> f32 {
    match (&calibration.depth_camera, &calibration.color_camera) {
        (Some(depth), Some(color)) => depth.intrinsics.fx / color.intrinsics.fx,
        _ => 1.0,
    }
}

/// Settings of lifting for networks: their joints are some pixels off, and networks that were trained on colour
/// pictures give low scores to infrared.
fn lift_settings() -> LiftSettings {
    LiftSettings {
        pixel_deviation: 3.0,
        least_score: 0.15,
        ..LiftSettings::default()
    }
}

/// A model in the model folder.
fn in_folder(best: fn(&Path) -> Option<PathBuf>, what: &str) -> Result<PathBuf, TrackerError> {
    let folder = models::folder().ok_or_else(|| {
        TrackerError::unusable(format!(
            "no {what} was given, and there is no model folder; set KINECT_MODELS to a folder with models"
        ))
    })?;
    best(&folder).ok_or_else(|| {
        TrackerError::unusable(format!(
            "no {what} was given, and {} holds none with a known name; `cargo xtask models` fills it",
            folder.display()
        ))
    })
}

/// A detector beside the model, or in the model folder.
fn beside(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().and_then(models::best_detector);
    folder.or_else(|| models::best_detector(&models::folder()?))
}

fn name(models: &Models) -> String {
    match models {
        Models::Whole(model) => model.name(),
        Models::TopDown(models) => {
            let pose = models.pose_name();
            match models.detector_name() {
                Some(detector) => format!("{pose} after {detector}"),
                None => format!("{pose} after depth"),
            }
        }
    }
}
