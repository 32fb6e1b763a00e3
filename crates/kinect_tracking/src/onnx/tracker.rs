//! The body tracker: people of one picture or of two, lifted to bodies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kinect_azure::body::BodyFrame;
use kinect_azure::{Calibration, Capture};

use super::both::combine;
use super::eye::{Eye, Models};
use super::models;
use super::runtime::Engine;
use super::settings::{OnnxSettings, PictureSource};
use super::sight::{Sight, SightKind};
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
    /// One for each picture that models look at.
    eyes: Vec<Eye>,
    lifter: Lifter,
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
        let open = |notes: &mut Vec<String>| Models::open(&engine, &path, settings, stop, notes);
        let models = open(&mut notes)?;
        let mut name = models.name();
        let kinds = sights(settings.network.picture, &models, calibration, &mut notes)?;
        let mut models = Some(models);
        let mut eyes = Vec::with_capacity(kinds.len());
        for &kind in kinds {
            let models = match models.take() {
                Some(models) => models,
                // The first one's notes hold for the second, too.
                None => open(&mut Vec::new())?,
            };
            let sight = Sight::new(kind, kinds.len() > 1, calibration);
            eyes.push(Eye::new(sight, models, settings.turn));
        }
        if kinds.len() > 1 {
            name.push_str(", on infrared and colour");
        }
        notes.dedup();
        Ok(Self {
            name,
            notes,
            eyes,
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
        let mut found: Option<Vec<Person2d>> = None;
        for eye in &mut self.eyes {
            let Some(people) = eye.find(capture, calibration, &mut self.lifter)? else {
                continue;
            };
            found = Some(match found {
                Some(others) => combine(others, people),
                None => people,
            });
        }
        Ok(found)
    }
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

/// The pictures that the models look at, one after the other.
fn sights(
    source: PictureSource,
    models: &Models,
    calibration: &Calibration,
    notes: &mut Vec<String>,
) -> Result<&'static [SightKind], TrackerError> {
    let has_color = calibration.color_camera.is_some();
    if models.take_both() {
        if matches!(source, PictureSource::Infrared | PictureSource::Color) {
            return Err(TrackerError::unusable(format!(
                "the model {} takes infrared and colour together, but the picture is set to one of them; set it to Auto or Both",
                models.name()
            )));
        }
        if !has_color {
            notes.push(
                "the colour camera is off: the model, which takes infrared and colour, sees infrared in place of the colours"
                    .to_owned(),
            );
        }
        return Ok(&[SightKind::Together]);
    }
    Ok(match source {
        PictureSource::Auto => &[SightKind::InfraredOrColor],
        PictureSource::Infrared => &[SightKind::Infrared],
        PictureSource::Color => &[SightKind::Color],
        PictureSource::Both if has_color => &[SightKind::Infrared, SightKind::Color],
        PictureSource::Both => {
            notes.push("the colour camera is off: the model looks at infrared alone".to_owned());
            &[SightKind::Infrared]
        }
    })
}
