//! Frames: the bodies of one capture, with the faults of the script.

use k4a::abi::{Camera, INVALID_BODY_ID, Joint, Skeleton};
use kinect_azure::{Body, Joint as JointName};

use super::map;
use super::sensor_library::Reference;
use crate::script::{Fault, Script};

#[derive(Debug)]
pub(super) struct Frame {
    /// The handle of its tracker.
    pub(super) tracker: u64,
    capture: Reference,
    map: Option<Reference>,
    device_usec: u64,
    system_nsec: u64,
    /// Ids and skeletons.
    bodies: Vec<(u32, Skeleton)>,
    /// The number of bodies that the frame reports.
    count: u32,
    pub(super) references: u32,
}

/// Bytes of padding behind each row of a map.
const PADDING: usize = 24;

impl Frame {
    pub(super) fn new(
        (tracker, number): (u64, u64),
        capture: Reference,
        (device_usec, system_nsec): (u64, u64),
        bodies: Vec<Body>,
        camera: &Camera,
        script: &Script,
    ) -> Self {
        let has = |fault| script.has(number, fault);
        let (width, height) = (camera.width.max(0) as usize, camera.height.max(0) as usize);
        let map = if has(Fault::NoMap) {
            None
        } else if has(Fault::SmallMap) {
            let half = width / 2;
            Reference::new_map(half, height, half, device_usec, &vec![255; half * height])
        } else {
            let stride = width + if has(Fault::PaddedMap) { PADDING } else { 0 };
            let drawn = map::draw(camera, &bodies, stride);
            Reference::new_map(width, height, stride, device_usec, &drawn)
        };
        let count = bodies.len() as u32;
        let mut found: Vec<_> = bodies
            .iter()
            .map(|body| (body.id, skeleton(body)))
            .collect();
        for (place, (id, skeleton)) in found.iter_mut().enumerate() {
            if has(Fault::NewIds) {
                *id += 1000 * (1 + number as u32);
            }
            if has(Fault::NoId) && place == 0 {
                *id = INVALID_BODY_ID;
            }
            if has(Fault::NanJoints) {
                skeleton.joints[JointName::HandLeft.index()].position[1] = f32::NAN;
            }
            if has(Fault::BadConfidence) {
                skeleton.joints[JointName::Nose.index()].confidence_level = 17;
            }
        }
        Self {
            tracker,
            capture,
            map,
            device_usec,
            system_nsec,
            bodies: found,
            count: if has(Fault::CountlessBodies) {
                u32::MAX
            } else {
                count + u32::from(has(Fault::OneBodyMore))
            },
            references: 1,
        }
    }

    /// The address of the map's memory.
    pub(super) fn map_memory(&self) -> Option<u64> {
        Some(self.map.as_ref()?.memory())
    }

    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    pub(super) const fn times(&self) -> (u64, u64) {
        (self.device_usec, self.system_nsec)
    }

    pub(super) fn body(&self, index: u32) -> Option<&(u32, Skeleton)> {
        self.bodies.get(index as usize)
    }

    /// A reference to the map, which the caller must release.
    pub(super) fn give_map(&self) -> usize {
        self.map.as_ref().map_or(0, |map| map.given_away(true))
    }

    /// A reference to the capture, which the caller must release.
    pub(super) fn give_capture(&self) -> usize {
        self.capture.given_away(false)
    }
}

fn skeleton(body: &Body) -> Skeleton {
    let mut skeleton = Skeleton::default();
    for (joint, pose) in skeleton.joints.iter_mut().zip(&body.joints) {
        *joint = Joint {
            position: pose.position,
            orientation: pose.orientation,
            confidence_level: pose.confidence as i32,
        };
    }
    skeleton
}
