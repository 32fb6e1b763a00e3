//! The picture of a capture that a model looks at.

use kinect_azure::calibration::CameraKind;
use kinect_azure::decode::ColorDecoder;
use kinect_azure::transform::{Occlusion, Transformation};
use kinect_azure::{Calibration, Capture, Image};

use super::picture::Picture;
use crate::tracker::TrackerError;

/// The images that pictures are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SightKind {
    Infrared,
    Color,
    /// Infrared, or colour if a capture has no infrared image.
    InfraredOrColor,
    /// Colour in the depth camera's view, with infrared as the fourth channel.
    Together,
}

/// Makes pictures of captures.
pub(super) struct Sight {
    kind: SightKind,
    /// Whether colour images that are too dark are left out.
    skips_dark: bool,
    decoder: ColorDecoder,
    picture: Picture,
    /// For [`SightKind::Together`]: colour, and colour in the depth camera's view. `None` if there is no colour camera.
    aligner: Option<Transformation>,
    color: Picture,
    aligned: Vec<[u8; 4]>,
}

impl Sight {
    pub(super) fn new(kind: SightKind, skips_dark: bool, calibration: &Calibration) -> Self {
        let aligner = match kind {
            SightKind::Together => Transformation::new(calibration).ok(),
            _ => None,
        };
        Self {
            kind,
            skips_dark,
            decoder: ColorDecoder::new(),
            picture: Picture::default(),
            aligner,
            color: Picture::default(),
            aligned: Vec::new(),
        }
    }

    pub(super) fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Makes the picture of a capture, and returns the camera in whose pixels it is; `None` if the capture lacks the image,
    /// or if it is left out.
    pub(super) fn look(&mut self, capture: &Capture) -> Result<Option<CameraKind>, TrackerError> {
        let infrared = capture.ir.as_deref();
        let color = capture.color.as_deref();
        match (self.kind, infrared, color) {
            (SightKind::Infrared | SightKind::InfraredOrColor, Some(ir), _) => {
                set_infrared(&mut self.picture, ir)?;
                Ok(Some(CameraKind::Depth))
            }
            (SightKind::Together, Some(ir), color) => {
                set_infrared(&mut self.picture, ir)?;
                self.add_color(color, capture.depth.as_deref())?;
                Ok(Some(CameraKind::Depth))
            }
            (SightKind::Color | SightKind::InfraredOrColor, _, Some(color)) => {
                set_color(&mut self.picture, &mut self.decoder, color)?;
                let is_left_out = self.skips_dark && self.picture.is_dark();
                Ok((!is_left_out).then_some(CameraKind::Color))
            }
            _ => Ok(None),
        }
    }

    /// Adds colour in the depth camera's view to a picture of infrared. Without a colour image, with one that is too dark, and
    /// where a pixel has no depth, infrared stands for the colours.
    fn add_color(
        &mut self,
        color: Option<&Image>,
        depth: Option<&Image>,
    ) -> Result<(), TrackerError> {
        self.aligned.clear();
        if let (Some(color), Some(depth), Some(aligner)) = (color, depth, &mut self.aligner) {
            set_color(&mut self.color, &mut self.decoder, color)?;
            if !self.color.is_dark() {
                let [width, height] = aligner.depth_size();
                self.aligned.resize(width * height, [0; 4]);
                let (pixels, _) = self.color.pixels().as_chunks();
                let depth = depth.u16_pixels();
                aligner
                    .color_to_depth(depth, pixels, &mut self.aligned, Occlusion::Hide)
                    .map_err(|why| TrackerError::bad_capture(why.to_string()))?;
            }
        }
        self.picture.add_color(&self.aligned);
        Ok(())
    }
}

fn set_infrared(picture: &mut Picture, ir: &Image) -> Result<(), TrackerError> {
    if picture.set_infrared(ir) {
        return Ok(());
    }
    Err(TrackerError::bad_capture(format!(
        "the infrared image of {} × {} pixels holds {} bytes",
        ir.width,
        ir.height,
        ir.size()
    )))
}

fn set_color(
    picture: &mut Picture,
    decoder: &mut ColorDecoder,
    color: &Image,
) -> Result<(), TrackerError> {
    let memory = picture.bgra_memory(color.width, color.height);
    decoder.decode(color, memory).map_err(|error| {
        TrackerError::bad_capture(format!("the colour image cannot be decoded: {error}"))
    })
}
