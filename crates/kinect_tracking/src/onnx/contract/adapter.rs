//! The trait of all adapters.

use super::input::PictureInput;
use crate::onnx::runtime::Outputs;
use crate::onnx::settings::Contract;
use crate::onnx::view::{Align, Crop, View};
use crate::pose2d::Person2d;

/// A person that a network found, in pixels of the upright picture.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::onnx) struct Found {
    pub(in crate::onnx) person: Person2d,
    /// The crop in which the network asks to look for this person in the next picture; `None` = a crop around the
    /// joints.
    pub(in crate::onnx) next: Option<Crop>,
    /// Whether the network is so sure that this is a person that no other network needs to see the person as well.
    pub(in crate::onnx) is_sure: bool,
}

impl From<Person2d> for Found {
    fn from(person: Person2d) -> Self {
        Self {
            person,
            next: None,
            is_sure: true,
        }
    }
}

/// Makes the input of a network from a picture, and people from its outputs.
pub(in crate::onnx) trait Adapter: Send + Sync {
    fn contract(&self) -> Contract;

    fn input(&self) -> &PictureInput;

    /// Where a whole picture is placed in the input; for networks that are not top-down.
    fn align(&self) -> Align {
        Align::TopLeft
    }

    /// The crop for a person that was seen before; for networks that are top-down.
    fn crop(&self, person: &Person2d) -> Crop;

    /// The people in the outputs. The error names the tensor and says what was expected.
    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String>;
}

/// A crop with the input's shape around a person's box, enlarged by `padding`.
pub(super) fn crop_around(person: &Person2d, input: &PictureInput, padding: f32) -> Crop {
    let [width, height] = person.bounds.size();
    let [across, down] = input.size().map(|size| size as f32);
    let shape = across / down;
    let height = height.max(width / shape).max(1.0) * padding;
    Crop {
        center: person.bounds.center(),
        size: [height * shape, height],
        rotation: 0.0,
    }
}
