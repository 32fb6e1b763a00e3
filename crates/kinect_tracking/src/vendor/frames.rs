//! Frames of the vendor's tracker as body frames.

use std::sync::Arc;

use kinect_azure::body::{Body, BodyFrame, BodyIndexImage, SharedBytes};
use kinect_azure::pool::Pool;
use kinect_azure::{JointConfidence, JointPose};

use crate::tracker::TrackerError;

/// A frame with more bodies is broken: a body index map has no more indices than this.
const MOST_BODIES: u32 = BodyIndexImage::BACKGROUND as u32;

/// Squared lengths of quaternions that count as unit quaternions.
const UNIT: std::ops::RangeInclusive<f32> = 0.9..=1.1;

/// Reads the frames of one tracker.
#[derive(Debug)]
pub(super) struct Frames {
    /// Width and height of depth images, in pixels.
    size: (u32, u32),
    frames: Pool<BodyFrame>,
    /// Maps whose rows have padding in the library.
    maps: Pool<Vec<u8>>,
    /// Problems of frames that are used nevertheless, one sentence each.
    notes: Vec<String>,
}

/// The problem of a body index map; the frame is used without the map.
#[derive(Debug)]
struct BadMap(String);

impl Frames {
    pub(super) fn new(size: (u32, u32)) -> Self {
        Self {
            size,
            frames: Pool::new(),
            maps: Pool::new(),
            notes: Vec::new(),
        }
    }

    /// The problems of frames that were used nevertheless, each reported once.
    pub(super) fn take_notes(&mut self) -> impl Iterator<Item = String> + use<'_> {
        self.notes.drain(..)
    }

    /// Reads a frame. Joints with invalid numbers count as not found; a map that cannot be used is left out.
    pub(super) fn read(&mut self, found: &k4a::BodyFrame) -> Result<Arc<BodyFrame>, TrackerError> {
        let Self {
            size,
            frames,
            maps,
            notes,
        } = self;
        frames.fill(BodyFrame::default, |frame| {
            // A map that nobody holds any more goes back to the library first.
            frame.index_map = None;
            frame.device_timestamp_usec = found.device_timestamp_usec();
            read_bodies(found, &mut frame.bodies, notes)?;
            frame.index_map = index_map(found, *size, frame.device_timestamp_usec, maps)
                .inspect_err(|BadMap(what)| {
                    notes.push(format!(
                        "the vendor's body tracker gives a body index map that cannot be used: {what}; frames come \
                         without it"
                    ));
                })
                .ok();
            Ok(())
        })
    }
}

fn read_bodies(
    found: &k4a::BodyFrame,
    bodies: &mut Vec<Body>,
    notes: &mut Vec<String>,
) -> Result<(), TrackerError> {
    bodies.clear();
    let count = found.body_count();
    if count > MOST_BODIES {
        return Err(TrackerError::bad_capture(format!(
            "the vendor's body tracker gave a frame of {count} bodies, more than a frame can have; the frame is left out"
        )));
    }
    for index in 0..count {
        let body = found.body(index).map_err(|error| {
            TrackerError::bad_capture(format!(
                "the vendor's body tracker gave a frame whose body {index} of {count} cannot be read ({error}); the \
                 frame is left out"
            ))
        })?;
        let mut is_whole = true;
        let joints = body.joints.map(|joint| {
            pose(&joint).unwrap_or_else(|| {
                is_whole = false;
                JointPose::default()
            })
        });
        if !is_whole {
            notes.push(
                "the vendor's body tracker gives joints with invalid numbers; they count as not found".into(),
            );
        }
        bodies.push(Body {
            id: body.id,
            joints,
        });
    }
    Ok(())
}

/// A joint; `None` if one of its numbers is invalid.
fn pose(joint: &k4a::Joint) -> Option<JointPose> {
    let length_squared: f32 = joint.orientation.iter().map(|value| value * value).sum();
    let is_good =
        joint.position.iter().all(|value| value.is_finite()) && UNIT.contains(&length_squared);
    is_good.then_some(JointPose {
        position: joint.position,
        orientation: joint.orientation,
        confidence: match joint.confidence {
            k4a::JointConfidence::None => JointConfidence::None,
            k4a::JointConfidence::Low => JointConfidence::Low,
            k4a::JointConfidence::Medium => JointConfidence::Medium,
            k4a::JointConfidence::High => JointConfidence::High,
        },
    })
}

/// The memory of a map without padding, held for as long as the map is used.
struct MapMemory {
    image: k4a::Image,
    size: usize,
}

impl AsRef<[u8]> for MapMemory {
    fn as_ref(&self) -> &[u8] {
        let bytes = self.image.bytes();
        bytes.get(..self.size).unwrap_or(bytes)
    }
}

fn index_map(
    found: &k4a::BodyFrame,
    (width, height): (u32, u32),
    usec: u64,
    maps: &mut Pool<Vec<u8>>,
) -> Result<BodyIndexImage, BadMap> {
    let image = found
        .body_index_map()
        .map_err(|error| BadMap(error.to_string()))?;
    if image.format() != k4a::ImageFormat::Custom8
        || (image.width(), image.height()) != (width, height)
    {
        return Err(BadMap(format!(
            "it has {} × {} pixels of {:?} where depth images have {width} × {height}",
            image.width(),
            image.height(),
            image.format(),
        )));
    }
    let (row, stride) = (width as usize, image.stride());
    let pixels: SharedBytes = if stride == row {
        Arc::new(MapMemory {
            size: row * height as usize,
            image,
        })
    } else {
        let filled = maps.fill(Vec::new, |pixels| {
            pixels.clear();
            let rows = image.bytes().chunks(stride).take(height as usize);
            pixels.extend(rows.flat_map(|bytes| bytes.iter().take(row)));
            Ok::<_, core::convert::Infallible>(())
        });
        match filled {
            Ok(pixels) => pixels,
            Err(never) => match never {},
        }
    };
    BodyIndexImage::shared(width, height, usec, pixels).map_err(|error| BadMap(error.to_string()))
}
