//! The filter of one body: all steps in a row.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint, JointConfidence, JointPose};

use super::bones::Bones;
use super::filtered::FilteredBody;
use super::flips::Flips;
use super::holt::HoltPoint;
use super::one_euro::OneEuroPoint;
use super::prediction;
use super::rotations::Rotations;
use super::settings::{BoneKeeping, FilterSettings, PositionSmoothing};
use crate::joints::{is_placed, low_pass, rotation_vector, seconds_between, turn};

/// The filter of one joint's position.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    /// When it was last placed, in µs; `None` before the first time.
    placed_usec: Option<u64>,
    one_euro: OneEuroPoint,
    holt: HoltPoint,
}

/// Filters one body from frame to frame.
///
/// ```
/// use kinect_azure::{Body, Joint, JointConfidence, JointPose};
/// use kinect_tracking::filter::{BodyFilter, FilterSettings};
///
/// let seen = JointPose { confidence: JointConfidence::Medium, ..JointPose::default() };
/// let body = Body { id: 1, joints: [seen; Joint::COUNT] };
/// let mut filter = BodyFilter::new(FilterSettings::default());
/// filter.filter(&body, 0);
/// let filtered = filter.filter(&body, 33_333);
/// assert_eq!(filtered.velocities[0], [0.0; 3]);
/// ```
#[derive(Clone, Debug)]
pub struct BodyFilter {
    settings: FilterSettings,
    /// Whether a frame was filtered since the beginning or the last [`reset`](Self::reset).
    started: bool,
    points: [Point; Joint::COUNT],
    flips: Flips,
    bones: Bones,
    rotations: Rotations,
    output: FilteredBody,
}

impl BodyFilter {
    /// Makes a filter that has not filtered a frame yet.
    pub fn new(settings: FilterSettings) -> Self {
        Self {
            settings,
            started: false,
            points: [Point::default(); Joint::COUNT],
            flips: Flips::default(),
            bones: Bones::new(),
            rotations: Rotations::new(),
            output: FilteredBody {
                device_timestamp_usec: 0,
                body: Body {
                    id: 0,
                    joints: [JointPose::default(); Joint::COUNT],
                },
                velocities: [[0.0; 3]; Joint::COUNT],
                angular_velocities: [[0.0; 3]; Joint::COUNT],
                bone_lengths: [0.0; Joint::COUNT],
                repaired_flips: 0,
            },
        }
    }

    /// The filter's settings.
    pub const fn settings(&self) -> &FilterSettings {
        &self.settings
    }

    /// Changes the filter's settings from the next frame on. A kind of smoothing that was off starts with that frame.
    pub fn set_settings(&mut self, settings: FilterSettings) {
        let kind = core::mem::discriminant(&settings.positions);
        if kind != core::mem::discriminant(&self.settings.positions) {
            for point in &mut self.points {
                point.placed_usec = None;
            }
        }
        if settings.rotations.is_none() {
            self.rotations.forget();
        }
        self.settings = settings;
    }

    /// Forgets everything, including the bones' lengths: the next frame may show another person.
    pub fn reset(&mut self) {
        self.restart();
        self.bones.forget();
        self.output.bone_lengths = [0.0; Joint::COUNT];
        self.output.repaired_flips = 0;
        self.started = false;
    }

    /// Forgets movement, but not the bones' lengths.
    fn restart(&mut self) {
        self.points = [Point::default(); Joint::COUNT];
        self.flips = Flips::default();
        self.rotations.forget();
        self.output.velocities = [[0.0; 3]; Joint::COUNT];
        self.output.angular_velocities = [[0.0; 3]; Joint::COUNT];
    }

    /// The newest filtered body.
    pub const fn output(&self) -> &FilteredBody {
        &self.output
    }

    /// Filters the next frame of the body. A frame with the timestamp of the last frame changes nothing. If a frame is
    /// earlier than the last frame, or later by more than [`reset_after_seconds`](FilterSettings::reset_after_seconds),
    /// the filter starts anew with it.
    pub fn filter(&mut self, body: &Body, device_timestamp_usec: u64) -> &FilteredBody {
        let seconds = seconds_between(self.output.device_timestamp_usec, device_timestamp_usec);
        if self.started && seconds == 0.0 {
            return &self.output;
        }
        if !self.started || seconds < 0.0 || seconds > self.settings.reset_after_seconds {
            self.restart();
        }
        let before = self.output.body.clone();
        let moves = self.started && self.points.iter().any(|point| point.placed_usec.is_some());
        self.started = true;
        self.output.device_timestamp_usec = device_timestamp_usec;
        let mut next = body.clone();

        if let (Some(settings), true) = (&self.settings.flips, moves) {
            let expected = core::array::from_fn(|index| {
                Vec3::from(before.joints[index].position)
                    + Vec3::from(self.output.velocities[index]) * seconds
            });
            let repaired = self.flips.repair(settings, &expected, &mut next, seconds);
            self.output.repaired_flips = self.output.repaired_flips.saturating_add(repaired);
        }
        for joint in Joint::ALL {
            self.smooth_position(joint, &before, &mut next, device_timestamp_usec);
        }
        // Noise makes bones longer on the average, so lengths are learnt after smoothing.
        self.bones.learn(&next);
        if let Some(settings) = &self.settings.bones {
            self.bones.keep(settings, &mut next);
        }
        match &self.settings.rotations {
            Some(settings) => self
                .rotations
                .smooth(settings, &mut next, seconds.max(1e-4)),
            None => keep_rotations(&before, &mut next, moves),
        }
        self.output.body = next;
        if moves {
            self.measure_velocities(&before, seconds);
        }
        let bones = self.settings.bones.unwrap_or_default();
        for joint in Joint::ALL {
            self.output.bone_lengths[joint.index()] = self.bones.length(&bones, joint);
        }
        &self.output
    }

    /// Predicts the body for a device time, with the settings for prediction. Without these settings, returns the
    /// newest filtered body.
    pub fn predict(&self, device_timestamp_usec: u64) -> Body {
        let passed = seconds_between(self.output.device_timestamp_usec, device_timestamp_usec);
        let seconds = prediction::ahead(self.settings.prediction, passed);
        prediction::continued(&self.output, seconds)
    }

    /// One joint's position: smoothed if the tracker found the joint, otherwise unchanged.
    fn smooth_position(&mut self, joint: Joint, before: &Body, next: &mut Body, now_usec: u64) {
        let index = joint.index();
        let point = &mut self.points[index];
        let pose = &mut next.joints[index];
        if !is_placed(pose) {
            pose.confidence = JointConfidence::None;
            if point.placed_usec.is_some() {
                pose.position = before.joints[index].position;
            } else if !pose.position.iter().all(|v| v.is_finite()) {
                pose.position = [0.0; 3];
            }
            return;
        }
        let at = Vec3::from(pose.position);
        let unseen = point
            .placed_usec
            .map_or(f32::INFINITY, |placed| seconds_between(placed, now_usec));
        point.placed_usec = Some(now_usec);
        if !(unseen > 0.0 && unseen <= self.settings.reset_after_seconds) {
            point.one_euro.start(at);
            point.holt.start(at);
            return;
        }
        let low = pose.confidence == JointConfidence::Low;
        let smooth = match &self.settings.positions {
            PositionSmoothing::Off => at,
            PositionSmoothing::OneEuro(settings) => {
                let trust = if low {
                    settings.low_confidence_factor.clamp(0.0, 1.0)
                } else {
                    1.0
                };
                point.one_euro.next(settings, at, unseen, trust)
            }
            PositionSmoothing::Kinect(settings) => {
                // As in the SDK: inferred joints jitter more.
                let slack = if low { 2.0 } else { 1.0 };
                point.holt.next(settings, at, unseen, slack)
            }
        };
        pose.position = smooth.to_array();
    }

    fn measure_velocities(&mut self, before: &Body, seconds: f32) {
        let share = low_pass(self.settings.velocity_cutoff_hz, seconds);
        for index in 0..Joint::COUNT {
            let (old, new) = (&before.joints[index], &self.output.body.joints[index]);
            let follow = |velocity: &mut [f32; 3], measured: Vec3| {
                let old = Vec3::from(*velocity);
                *velocity = (old + (measured - old) * share).to_array();
            };
            // A joint that has just appeared has no velocity yet.
            let appears =
                old.confidence == JointConfidence::None && new.confidence != JointConfidence::None;
            if appears {
                self.output.velocities[index] = [0.0; 3];
                self.output.angular_velocities[index] = [0.0; 3];
                continue;
            }
            let moved = Vec3::from(new.position) - Vec3::from(old.position);
            follow(&mut self.output.velocities[index], moved / seconds);
            let turned = match (turn(old.orientation), turn(new.orientation)) {
                (Some(old), Some(new)) => rotation_vector(new * old.inverse()),
                _ => Vec3::ZERO,
            };
            follow(&mut self.output.angular_velocities[index], turned / seconds);
        }
    }
}

/// Replaces orientations that are not rotations by those of the frame before.
fn keep_rotations(before: &Body, next: &mut Body, known: bool) {
    for (old, new) in before.joints.iter().zip(&mut next.joints) {
        if turn(new.orientation).is_none() {
            new.orientation = if known {
                old.orientation
            } else {
                crate::joints::wxyz(Quat::IDENTITY)
            };
        }
    }
}

impl BodyFilter {
    /// The learnt length of a bone in mm as [`BoneKeeping`] would keep it; 0 while it is unknown.
    pub fn bone_length(&self, joint: Joint) -> f32 {
        let settings: BoneKeeping = self.settings.bones.unwrap_or_default();
        self.bones.length(&settings, joint)
    }
}
