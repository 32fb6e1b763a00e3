//! Recordings of the vendor's body tracker, which drive people of any size.

use glam::{Mat3, Quat, Vec2, Vec3};
use kinect_azure::body::{Joint, JointConfidence, JointPose};

use super::joints::leg_length;
use crate::person::physique::RestSkeleton;
use crate::person::pose::{BodyPose, Pose, vendor_axes};

/// One person's joints over time, as the vendor's tracker found them.
///
/// As text: a line for each frame, without a heading; `timestamp_usec`, then for each of the 32 joints in the vendor's
/// order x, y, z in mm and the orientation's w, x, y, z, all in the depth camera's axes, with commas between.
#[derive(Clone, Debug, PartialEq)]
pub struct SkeletonClip {
    /// Time in µs and joints of each frame; there are at least two, in order.
    frames: Vec<(u64, [JointPose; Joint::COUNT])>,
    /// From camera axes to a level world.
    level: Quat,
    /// Height of the floor under the camera in level axes, in m.
    floor: f32,
    leg: f32,
}

/// Why a text is not a clip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClipError {
    /// A line does not have 225 numbers.
    #[error(
        "line {line} of the clip has {found} values instead of 225: a time, and 7 for each of 32 joints"
    )]
    Width {
        /// Counted from 1.
        line: usize,
        /// Values in it.
        found: usize,
    },
    /// A value is not a finite number.
    #[error(
        "value {value} of line {line} of the clip is not a finite number: a clip must have neither a heading nor gaps"
    )]
    Number {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        value: usize,
    },
    /// Times do not rise.
    #[error("line {line} of the clip is not later than the one before it: sort the lines by time")]
    Order {
        /// Counted from 1.
        line: usize,
    },
    /// Fewer than two frames.
    #[error("the clip has fewer than two frames: nothing moves in it")]
    TooShort,
}

impl SkeletonClip {
    /// Reads a clip.
    ///
    /// # Errors
    /// Fails if the text is not a clip; see [`ClipError`].
    pub fn parse(text: &[u8]) -> Result<Self, ClipError> {
        let text = String::from_utf8_lossy(text);
        let mut frames: Vec<(u64, [JointPose; Joint::COUNT])> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            if line.trim().is_empty() {
                continue;
            }
            let values: Vec<&str> = line.split(',').map(str::trim).collect();
            if values.len() != 1 + 7 * Joint::COUNT {
                return Err(ClipError::Width {
                    line: number,
                    found: values.len(),
                });
            }
            let wrong = |value: usize| ClipError::Number {
                line: number,
                value: value + 1,
            };
            let time: u64 = values[0].parse().map_err(|_| wrong(0))?;
            if frames.last().is_some_and(|last| last.0 >= time) {
                return Err(ClipError::Order { line: number });
            }
            let mut joints = [JointPose::default(); Joint::COUNT];
            for (j, joint) in joints.iter_mut().enumerate() {
                let mut seven = [0.0_f32; 7];
                for (k, value) in seven.iter_mut().enumerate() {
                    let at = 1 + j * 7 + k;
                    *value = values[at].parse().map_err(|_| wrong(at))?;
                    if !value.is_finite() || value.abs() > 1e6 {
                        return Err(wrong(at));
                    }
                }
                let [x, y, z, qw, qx, qy, qz] = seven;
                *joint = JointPose {
                    position: [x, y, z],
                    orientation: [qw, qx, qy, qz],
                    confidence: JointConfidence::Medium,
                };
            }
            frames.push((time, joints));
        }
        if frames.len() < 2 {
            return Err(ClipError::TooShort);
        }
        Ok(Self::placed(frames))
    }

    /// Estimates the upward direction and the floor.
    fn placed(frames: Vec<(u64, [JointPose; Joint::COUNT])>) -> Self {
        let at = |joints: &[JointPose; Joint::COUNT], joint: Joint| {
            Vec3::from(joints[joint.index()].position) * 0.001
        };
        // Upright people's trunks lean by a few degrees only, on the average.
        let up: Vec3 = frames
            .iter()
            .map(|(_, joints)| at(joints, Joint::Neck) - at(joints, Joint::Pelvis))
            .sum();
        let flat = Quat::from_mat3(&Mat3::from_cols(Vec3::X, Vec3::NEG_Y, Vec3::NEG_Z));
        // Cameras are tilted, not rolled.
        let up = (flat * up) * Vec3::new(0.0, 1.0, 1.0);
        let level = Quat::from_rotation_arc(up.normalize_or(Vec3::Y), Vec3::Y) * flat;
        let mut lowest: Vec<f32> = frames
            .iter()
            .map(|(_, joints)| {
                let y = |joint: Joint| (level * at(joints, joint)).y;
                y(Joint::AnkleLeft).min(y(Joint::AnkleRight))
            })
            .collect();
        lowest.sort_by(f32::total_cmp);
        let leg: f32 = frames
            .iter()
            .map(|(_, j)| {
                at(j, Joint::HipLeft).distance(at(j, Joint::KneeLeft))
                    + at(j, Joint::KneeLeft).distance(at(j, Joint::AnkleLeft))
            })
            .sum::<f32>()
            / frames.len() as f32;
        Self {
            floor: lowest[lowest.len() / 10],
            leg: leg.max(0.1),
            frames,
            level,
        }
    }

    /// The number of frames.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether the clip has no frames. A clip that was parsed always has frames.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        let last = self.frames[self.frames.len() - 1].0;
        (last - self.frames[0].0) as f64 * 1e-6
    }

    /// The joints of a frame, in the vendor's order, and its time in µs.
    pub fn frame(&self, index: usize) -> Option<(u64, &[JointPose; Joint::COUNT])> {
        self.frames.get(index).map(|(time, joints)| (*time, joints))
    }

    /// The pose of a person who repeats the clip over and over, shifted sideways by `aside` metres.
    pub(crate) fn pose(&self, skeleton: &RestSkeleton, seconds: f64, aside: Vec2) -> BodyPose {
        let length = self.seconds().max(1e-3);
        let seconds = if seconds.is_finite() {
            seconds.max(0.0)
        } else {
            0.0
        };
        // The clip is played forwards and backwards, so there is no jump at the end.
        let phase = seconds.rem_euclid(2.0 * length);
        let within = if phase > length {
            2.0 * length - phase
        } else {
            phase
        };
        let time = self.frames[0].0 + (within * 1e6) as u64;
        let next = self
            .frames
            .partition_point(|frame| frame.0 <= time)
            .clamp(1, self.frames.len() - 1);
        let (a, b) = (&self.frames[next - 1], &self.frames[next]);
        let share = ((time.saturating_sub(a.0)) as f32 / (b.0 - a.0) as f32).clamp(0.0, 1.0);

        let world: [Quat; Joint::COUNT] = core::array::from_fn(|j| {
            let turn = |joint: &JointPose| {
                let [w, x, y, z] = joint.orientation;
                let q = Quat::from_xyzw(x, y, z, w);
                if q.length_squared() > 1e-6 {
                    q.normalize()
                } else {
                    Quat::IDENTITY
                }
            };
            let (qa, mut qb) = (turn(&a.1[j]), turn(&b.1[j]));
            if qa.dot(qb) < 0.0 {
                qb = -qb;
            }
            let axes = vendor_axes(Joint::ALL[j]);
            (self.level * qa.slerp(qb, share) * axes.inverse()).normalize()
        });
        let pelvis = Vec3::from(a.1[0].position).lerp(Vec3::from(b.1[0].position), share) * 0.001;
        let pelvis = self.level * pelvis;
        let ankle = skeleton.position[Joint::AnkleLeft.index()].y;
        let scale = leg_length(skeleton) / self.leg;
        let mut pose = Pose {
            pelvis: Vec3::new(
                pelvis.x + aside.x,
                (pelvis.y - self.floor) * scale + ankle,
                pelvis.z + aside.y,
            ),
            rotation: world,
        };
        for joint in Joint::ALL.into_iter().rev() {
            if let Some(parent) = joint.parent() {
                pose.rotation[joint.index()] =
                    world[parent.index()].inverse() * world[joint.index()];
            }
        }
        pose.apply(skeleton)
    }
}
