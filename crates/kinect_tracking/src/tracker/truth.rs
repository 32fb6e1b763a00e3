//! The tracker of simulated sensors, which returns their ground truth.

use std::sync::Arc;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::pool::Pool;
use kinect_azure::{Body, Calibration, Capture, JointConfidence, JointPose};

use super::body_tracker::{BodyTracker, TrackerError};
use crate::random::Random;

/// The errors that a truth tracker adds to ground truth.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct TruthNoise {
    /// Standard deviation of each coordinate of each joint, in mm.
    pub position_mm: f32,
    /// Share of joints that are not found in a frame, 0 to 1: they are at the origin with confidence "none".
    pub lost_joints: f32,
    /// Share of bodies that get a new id in a frame, 0 to 1. A body keeps the new id until the next change.
    pub new_ids: f32,
    /// The same seed gives the same noise.
    pub seed: u64,
}

impl TruthNoise {
    /// No noise.
    pub const NONE: Self = Self {
        position_mm: 0.0,
        lost_joints: 0.0,
        new_ids: 0.0,
        seed: 1,
    };

    fn changes_anything(&self) -> bool {
        self.position_mm > 0.0 || self.lost_joints > 0.0 || self.new_ids > 0.0
    }
}

impl Default for TruthNoise {
    fn default() -> Self {
        Self::NONE
    }
}

/// Returns the [ground truth](Capture::ground_truth) of simulated captures as a tracker's result.
///
/// Ground truth lists everybody in the room; a tracker finds only the people whom the depth camera sees. Bodies with
/// fewer than [`least_seen_joints`](Self::least_seen_joints) seen joints are therefore left out. If nothing has to be
/// changed, the simulation's own frame is returned without a copy; otherwise frames come from a pool.
#[derive(Debug)]
pub struct TruthTracker {
    /// Bodies with fewer joints of medium confidence are not found; 0 finds everybody in the room.
    pub least_seen_joints: usize,
    /// Whether the source is known to deliver bodies: then a capture without bodies is one that was not tracked, not an
    /// error.
    source_has_bodies: bool,
    noise: TruthNoise,
    random: Random,
    /// Ids of the simulation, with the ids that replace them.
    renamed: Vec<(u32, u32)>,
    next_id: u32,
    frames: Pool<BodyFrame>,
    maps: Pool<Vec<u8>>,
}

impl Default for TruthTracker {
    fn default() -> Self {
        Self::new(TruthNoise::NONE)
    }
}

/// The first id that noise gives, far from the ids of a simulation.
const FIRST_NEW_ID: u32 = 1_000_000;

impl TruthTracker {
    /// Makes a tracker that adds this noise.
    pub fn new(noise: TruthNoise) -> Self {
        Self {
            least_seen_joints: 4,
            source_has_bodies: false,
            random: Random::new(noise.seed),
            noise,
            renamed: Vec::new(),
            next_id: FIRST_NEW_ID,
            frames: Pool::new(),
            maps: Pool::new(),
        }
    }

    /// The tracker of a source whose captures come with bodies, perhaps not all of them: a recorded capture that was not
    /// tracked gives no frame, instead of an error.
    pub(crate) const fn for_source_with_bodies(mut self) -> Self {
        self.source_has_bodies = true;
        self
    }

    /// The tracker's result for a ground truth: noise is added, and unseen bodies are left out.
    pub fn observe(&mut self, truth: &Arc<BodyFrame>) -> Arc<BodyFrame> {
        let least = self.least_seen_joints;
        let everybody = truth.bodies.iter().all(|body| is_found(body, least));
        if everybody && !self.noise.changes_anything() {
            return Arc::clone(truth);
        }
        let Self {
            noise,
            random,
            renamed,
            next_id,
            frames,
            maps,
            ..
        } = self;
        renamed.retain(|(id, _)| truth.bodies.iter().any(|body| body.id == *id));
        let filled = frames.fill(BodyFrame::default, |frame| {
            frame.device_timestamp_usec = truth.device_timestamp_usec;
            frame.bodies.clear();
            // The map has the bodies' indices in the frame, which change when a body is left out.
            let mut places = [BodyIndexImage::BACKGROUND; 256];
            for (place, body) in truth.bodies.iter().enumerate() {
                if !is_found(body, least) {
                    continue;
                }
                if let Some(entry) = places.get_mut(place) {
                    *entry = frame.bodies.len() as u8;
                }
                let mut body = body.clone();
                disturb(&mut body, noise, random);
                body.id = renamed_id(body.id, noise, random, renamed, next_id);
                frame.bodies.push(body);
            }
            places[usize::from(BodyIndexImage::BACKGROUND)] = BodyIndexImage::BACKGROUND;
            frame.index_map = if everybody {
                truth.index_map.clone()
            } else {
                truth
                    .index_map
                    .as_ref()
                    .and_then(|map| renumbered(map, &places, maps))
            };
            Ok::<_, core::convert::Infallible>(())
        });
        match filled {
            Ok(frame) => frame,
            Err(never) => match never {},
        }
    }
}

impl BodyTracker for TruthTracker {
    fn name(&self) -> &str {
        "ground truth of the simulation"
    }

    fn track(
        &mut self,
        capture: &Capture,
        _: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        match &capture.ground_truth {
            Some(truth) => Ok(Some(self.observe(truth))),
            None if self.source_has_bodies => Ok(None),
            None => Err(TrackerError::unusable(
                "the capture has no ground truth: only captures of simulated sensors and of recordings with a body \
                 track do; choose another body tracker for this sensor",
            )),
        }
    }
}

/// A body index map with other numbers.
fn renumbered(
    map: &BodyIndexImage,
    places: &[u8; 256],
    maps: &mut Pool<Vec<u8>>,
) -> Option<BodyIndexImage> {
    let filled = maps.fill(Vec::new, |pixels| {
        pixels.clear();
        pixels.extend(map.pixels().iter().map(|&old| places[usize::from(old)]));
        Ok::<_, core::convert::Infallible>(())
    });
    let pixels = match filled {
        Ok(pixels) => pixels,
        Err(never) => match never {},
    };
    let (width, height) = (map.width(), map.height());
    // As many pixels as before, so the size fits.
    BodyIndexImage::shared(width, height, map.device_timestamp_usec(), pixels).ok()
}

fn is_found(body: &Body, least: usize) -> bool {
    let seen = |pose: &&JointPose| pose.confidence >= JointConfidence::Medium;
    body.joints.iter().filter(seen).count() >= least
}

fn disturb(body: &mut Body, noise: &TruthNoise, random: &mut Random) {
    for pose in &mut body.joints {
        if noise.lost_joints > 0.0 && random.unit() < noise.lost_joints {
            *pose = JointPose::default();
        } else if noise.position_mm > 0.0 {
            for value in &mut pose.position {
                *value += random.normal() * noise.position_mm;
            }
        }
    }
}

fn renamed_id(
    id: u32,
    noise: &TruthNoise,
    random: &mut Random,
    renamed: &mut Vec<(u32, u32)>,
    next_id: &mut u32,
) -> u32 {
    let changes = noise.new_ids > 0.0 && random.unit() < noise.new_ids;
    if changes {
        let new = *next_id;
        *next_id = next_id.wrapping_add(1).max(FIRST_NEW_ID);
        match renamed.iter_mut().find(|(old, _)| *old == id) {
            Some(entry) => entry.1 = new,
            None => renamed.push((id, new)),
        }
    }
    renamed
        .iter()
        .find(|(old, _)| *old == id)
        .map_or(id, |(_, new)| *new)
}
