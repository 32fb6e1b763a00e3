//! One pose network: it gets a picture, and returns people.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::agreement::mirror;
use super::contract::{Adapter, Found, recognise};
use super::picture::Picture;
use super::runtime::{Engine, ModelFile, Network, Opened, cores};
use super::settings::{Contract, ModelLayout, OnnxSettings, Turn};
use super::upright::Upright;
use super::view::{Crop, View};
use crate::box2::Box2;
use crate::pose2d::Person2d;
use crate::tracker::TrackerError;

/// One pose network: it gets a picture, and returns people with joints in pixels. It does not follow people from
/// picture to picture.
///
/// ```no_run
/// use kinect_tracking::onnx::{OnnxSettings, Picture, PoseModel};
/// use kinect_tracking::tracker::TrackerError;
///
/// # fn main() -> Result<(), TrackerError> {
/// # let infrared = kinect_azure::Image::empty(kinect_azure::ImageFormat::Ir16);
/// let settings = OnnxSettings { model: Some("movenet-multipose.onnx".into()), ..Default::default() };
/// let mut model = PoseModel::open(&settings)?;
/// if let Some(picture) = Picture::infrared(&infrared) {
///     for person in model.find(&picture)? {
///         println!("somebody with a score of {}", person.score);
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct PoseModel {
    network: Network,
    adapter: Arc<dyn Adapter>,
    name: String,
    notes: Vec<String>,
    settings: OnnxSettings,
}

impl PoseModel {
    /// Opens [`OnnxSettings::model`], with as many threads as the computer has cores.
    ///
    /// # Errors
    /// Fails if no model is given, if the file is missing, too large or not an ONNX file, if the graph has no known
    /// contract, or if no library can run it; the message names the node or tensor and what was expected.
    pub fn open(settings: &OnnxSettings) -> Result<Self, TrackerError> {
        let path = settings
            .model
            .as_deref()
            .ok_or_else(|| TrackerError::unusable("no ONNX model was given"))?;
        let mut notes = Vec::new();
        let engine = Engine::choose(&settings.network, settings.processor, &mut notes)
            .map_err(TrackerError::unusable)?;
        let mut model = Self::open_on(&engine, path, &settings.network.layout, settings, cores())?;
        notes.append(&mut model.notes);
        model.notes = notes;
        Ok(model)
    }

    /// Opens a model in a library that is already chosen.
    pub(in crate::onnx) fn open_on(
        engine: &Engine,
        path: &Path,
        layout: &ModelLayout,
        settings: &OnnxSettings,
        threads: usize,
    ) -> Result<Self, TrackerError> {
        let mut notes = Vec::new();
        let file = ModelFile::read(path).map_err(TrackerError::unusable)?;
        let name = file.name();
        let (network, adapter) = load(engine, &file, layout, settings, threads, &mut notes)
            .map_err(|why| {
                TrackerError::unusable(format!(
                    "the model {} cannot be used: {why}",
                    path.display()
                ))
            })?;
        if adapter.contract() == Contract::YoloPose {
            notes.push(format!(
                "{name} is a YOLO-pose model: those of Ultralytics are under the AGPL, which asks for the source of \
                 programs that they are used in"
            ));
        }
        Ok(Self {
            network,
            adapter: adapter.into(),
            name,
            notes,
            settings: settings.clone(),
        })
    }

    /// A second instance of the model for another thread.
    pub(in crate::onnx) fn second(
        &self,
        engine: &Engine,
        path: &Path,
        layout: &ModelLayout,
    ) -> Result<Self, TrackerError> {
        match self.network.share() {
            Some(network) => Ok(Self {
                network,
                adapter: Arc::clone(&self.adapter),
                name: self.name.clone(),
                notes: Vec::new(),
                settings: self.settings.clone(),
            }),
            None => Self::open_on(engine, path, layout, &self.settings, 1),
        }
    }

    /// The contract that was recognised.
    pub fn contract(&self) -> Contract {
        self.adapter.contract()
    }

    /// The model's name and what it runs on, for display: "movenet-multipose with ONNX Runtime on CUDA".
    pub fn name(&self) -> String {
        format!("{} with {}", self.name, self.network.shown())
    }

    /// Sentences about libraries or processors that could not be used, and what runs the model instead.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether the model takes infrared and colour in one picture.
    pub(in crate::onnx) fn has_infrared(&self) -> bool {
        self.adapter.input().has_infrared()
    }

    pub(in crate::onnx) fn is_accelerated(&self) -> bool {
        self.network.is_accelerated()
    }

    /// Finds the people in a picture. A top-down model gets the whole picture as the crop of one person. Joints are in
    /// pixels of the picture.
    ///
    /// # Errors
    /// Fails if the picture has no pixels, if the network fails, or if its outputs are not as expected.
    pub fn find(&mut self, picture: &Picture) -> Result<Vec<Person2d>, TrackerError> {
        let whole = Box2 {
            min: [-0.5; 2],
            max: [picture.width as f32 - 0.5, picture.height as f32 - 0.5],
        };
        let upright = Upright::new(self.settings.turn, picture.width, picture.height);
        let found = if self.contract().is_top_down() {
            let [width, height] = upright.size();
            let person = Person2d {
                joints: [None; kinect_azure::Joint::COUNT],
                score: 1.0,
                bounds: Box2 {
                    min: whole.min,
                    max: [width - 0.5, height - 0.5],
                },
            };
            let mut crop = self.adapter.crop(&person);
            // The person fills the picture, so the crop needs no room around the person.
            let [across, down] = crop.size;
            let scale = (width / across).max(height / down);
            crop.size = [across * scale, down * scale];
            self.look(picture, upright, &crop)
        } else {
            self.search(picture, upright)
        };
        let found = found.map_err(TrackerError::bad_capture)?;
        Ok(found
            .into_iter()
            .filter(|found| found.is_sure)
            .map(|mut found| {
                upright.person_to_sensor(&mut found.person);
                found.person
            })
            .collect())
    }

    /// Finds the joints of a person whose box and joints are roughly known, both in pixels of the picture. Only
    /// top-down models use the crop of that person; other models look at the whole picture. The turn of the sensor is
    /// not used.
    ///
    /// # Errors
    /// Fails in the same cases as [`find`](Self::find).
    pub fn find_in(
        &mut self,
        picture: &Picture,
        person: &Person2d,
    ) -> Result<Vec<Person2d>, TrackerError> {
        if !self.contract().is_top_down() {
            return self.find(picture);
        }
        // Without a turn, the sensor's picture is the upright one.
        let upright = Upright::new(Turn::Upright, picture.width, picture.height);
        let crop = self.adapter.crop(person);
        let found = self
            .look(picture, upright, &crop)
            .map_err(TrackerError::bad_capture)?;
        Ok(found.into_iter().map(|found| found.person).collect())
    }

    /// The crop in which to look for a person whom this network found.
    pub(in crate::onnx) fn crop(&self, found: &Found) -> Crop {
        found
            .next
            .unwrap_or_else(|| self.adapter.crop(&found.person))
    }

    /// The crop in which to look for a person whom another network found.
    pub(in crate::onnx) fn crop_for(&self, person: &Person2d) -> Crop {
        self.adapter.crop(person)
    }

    /// The people in the whole picture, in pixels of the upright picture.
    pub(in crate::onnx) fn search(
        &mut self,
        picture: &Picture,
        upright: Upright,
    ) -> Result<Vec<Found>, String> {
        let view = View::whole(
            upright.size(),
            self.adapter.input().size(),
            self.adapter.align(),
        );
        self.run(picture, upright, &view)
    }

    /// The person in a crop of the upright picture.
    pub(in crate::onnx) fn look(
        &mut self,
        picture: &Picture,
        upright: Upright,
        crop: &Crop,
    ) -> Result<Vec<Found>, String> {
        let view = View::crop(crop, self.adapter.input().size());
        self.run(picture, upright, &view)
    }

    /// The person in a crop of the upright picture as the network sees it in a mirror, with joints in the picture itself.
    pub(in crate::onnx) fn look_in_mirror(
        &mut self,
        picture: &Picture,
        upright: Upright,
        crop: &Crop,
    ) -> Result<Vec<Found>, String> {
        let size = self.adapter.input().size();
        let view = View::crop(crop, size).mirrored(size[0]);
        let mut found = self.run(picture, upright, &view)?;
        for one in &mut found {
            mirror(&mut one.person);
        }
        Ok(found)
    }

    fn run(
        &mut self,
        picture: &Picture,
        upright: Upright,
        view: &View,
    ) -> Result<Vec<Found>, String> {
        if !picture.is_whole() {
            return Err("the picture for the network has no pixels".to_owned());
        }
        let failed = |why: String| format!("the model {} failed: {why}", self.name);
        let input = picture.sample(&view.then(&upright.to_sensor()), self.adapter.input());
        let outputs = self.network.run(input).map_err(failed)?;
        self.adapter.decode(&outputs, view).map_err(failed)
    }
}

/// Recognises a model's contract and prepares it for its input.
fn load(
    engine: &Engine,
    file: &ModelFile,
    layout: &ModelLayout,
    settings: &OnnxSettings,
    threads: usize,
    notes: &mut Vec<String>,
) -> Result<(Network, Box<dyn Adapter>), String> {
    let (processor, device) = (settings.processor, settings.device);
    let opened = Opened::new(engine, file, processor, device, threads, notes)?;
    let adapter = recognise(opened.declared(), layout)?;
    let dims = adapter.input().dims();
    let network = opened
        .fix(adapter.input().port(), dims.clone())
        .map_err(|why| format!("{why}; its input was set to {dims:?}"))?;
    Ok((network, adapter))
}

impl fmt::Debug for PoseModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoseModel")
            .field("name", &self.name())
            .field("contract", &self.contract())
            .finish_non_exhaustive()
    }
}
