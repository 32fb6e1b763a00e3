//! The square around one hand that the network sees.

use glam::{Mat3, Vec3};
use kinect_azure::calibration::Camera;
use kinect_azure::{Body, Joint};

use super::reading::HandUnknown;
use super::settings::ReaderSettings;
use crate::gestures::Side;
use crate::joints::seen_place;

/// A square view of one hand, alike for every lens and mode: a pinhole picture of fixed size at the hand's distance, in which the
/// forearm comes from below and the thumb of a hand with its back to the sensor is on the right.
#[derive(Clone, Debug, PartialEq)]
pub struct HandView {
    /// Two planes of [`SIZE`](Self::SIZE)² values, row by row: the depth against the hand's middle, −1 to 1 for
    /// ±[`DEPTH_MM`](Self::DEPTH_MM), 1 where nothing was measured; then 1 where the depth is within that range, else 0.
    pub planes: Vec<f32>,
    /// How far the forearm points away from the sensor, −1 to 1, and the sensor's pixel at the hand's distance in centimetres.
    pub about: [f32; 2],
}

impl HandView {
    /// Pixels in a row and in a column.
    pub const SIZE: usize = 32;
    /// Length of the square's side in mm.
    pub const SIDE_MM: f32 = 270.0;
    /// The greatest difference of depth from the hand's middle, in mm.
    pub const DEPTH_MM: f32 = 120.0;

    /// The view of a hand in a depth image of `camera`.
    ///
    /// # Errors
    /// Says why the hand cannot be read.
    pub fn of(
        body: &Body,
        side: Side,
        camera: &Camera,
        depth_mm: &[u16],
        settings: &ReaderSettings,
    ) -> Result<Self, HandUnknown> {
        let place =
            |joint: Joint| seen_place(body, side.joint(joint)).ok_or(HandUnknown::OutOfView);
        let (elbow, hand) = (place(Joint::ElbowLeft)?, place(Joint::HandLeft)?);
        if hand.z < 100.0 {
            return Err(HandUnknown::OutOfView);
        }
        let pixel_mm = hand.z / camera.intrinsics.fx.max(1.0);
        if pixel_mm > settings.largest_pixel_mm {
            return Err(HandUnknown::TooFar);
        }
        let forearm = (hand - elbow).normalize_or_zero();
        // The joint is some centimetres off: the middle moves to what is measured around it.
        let mut square = Square::new(hand, forearm, side);
        for _ in 0..2 {
            let found = square.sample(camera, depth_mm)?;
            square = Square::new(found.middle.ok_or(HandUnknown::Hidden)?, forearm, side);
        }
        let found = square.sample(camera, depth_mm)?;
        let area = (found.inside as f32) * (STEP_MM / pixel_mm).powi(2);
        if area < settings.fewest_pixels {
            return Err(HandUnknown::Hidden);
        }
        if found.before > settings.most_hidden {
            return Err(HandUnknown::Hidden);
        }
        let covered = found.inside as f32 / (Self::SIZE * Self::SIZE) as f32;
        if found.rim > settings.most_touching || covered > settings.most_covered {
            return Err(HandUnknown::Touching);
        }
        Ok(Self {
            planes: found.planes,
            about: [square.along, pixel_mm * 0.1],
        })
    }
}

/// Millimetres a pixel.
const STEP_MM: f32 = HandView::SIDE_MM / HandView::SIZE as f32;
/// The middle of the hand is looked for that far around its last place, in mm.
const NEAR_MM: f32 = 85.0;
/// Towards the elbow, the middle is looked for that far, in mm: the forearm is none of the hand.
const BELOW_MM: f32 = 45.0;

/// A square in space that faces the camera.
struct Square {
    middle: Vec3,
    /// Right, down and away in the depth camera's axes.
    axes: Mat3,
    along: f32,
}

struct Sampled {
    planes: Vec<f32>,
    /// The mean of the points near the middle.
    middle: Option<Vec3>,
    /// Pixels whose depth is that of the hand.
    inside: usize,
    /// The share of the pixels near the middle that show something in front of the hand.
    before: f32,
    /// The share of the rim, but for the forearm's side, that shows something at the hand's depth.
    rim: f32,
}

impl Square {
    fn new(middle: Vec3, forearm: Vec3, side: Side) -> Self {
        let away = middle.normalize_or(Vec3::Z);
        let along = forearm.dot(away);
        let across = forearm - away * along;
        // A forearm that points at the camera has no direction in the picture.
        let up = if across.length() > 0.25 {
            across.normalize()
        } else {
            (Vec3::NEG_Y - away * away.dot(Vec3::NEG_Y)).normalize_or(Vec3::NEG_Y)
        };
        let right = up.cross(-away).normalize_or(Vec3::X);
        let right = match side {
            Side::Left => right,
            Side::Right => -right,
        };
        Self {
            middle,
            axes: Mat3::from_cols(right, -up, away),
            along,
        }
    }

    fn sample(&self, camera: &Camera, depth_mm: &[u16]) -> Result<Sampled, HandUnknown> {
        let size = HandView::SIZE;
        let mut planes = vec![1.0; 2 * size * size];
        let (values, mask) = planes.split_at_mut(size * size);
        let mut sum = (Vec3::ZERO, 0.0);
        let (mut inside, mut outside) = (0, 0);
        let mut center = (0, 0);
        let mut rim = (0, 0);
        for (i, (value, mask)) in values.iter_mut().zip(mask).enumerate() {
            *mask = 0.0;
            let (column, row) = (i % size, i / size);
            let off = |at: usize| (at as f32 + 0.5 - size as f32 * 0.5) * STEP_MM;
            let (x, y) = (off(column), off(row));
            let at = self.middle + self.axes.x_axis * x + self.axes.y_axis * y;
            let Some([u, v]) = camera.project(at.to_array()) else {
                outside += 1;
                continue;
            };
            let (u, v) = (u.round(), v.round());
            // Comparisons with NaN are false.
            let is_seen =
                u >= 0.0 && v >= 0.0 && u < camera.width as f32 && v < camera.height as f32;
            if !is_seen {
                outside += 1;
                continue;
            }
            let pixel = v as usize * camera.width as usize + u as usize;
            let depth = f32::from(depth_mm.get(pixel).copied().unwrap_or(0));
            let is_near = x.hypot(y) < NEAR_MM && y < BELOW_MM;
            center.1 += usize::from(is_near);
            let is_rim = column == 0 || column == size - 1 || row == 0;
            // The forearm may leave the square on its lower half.
            let is_rim = is_rim && row < size * 2 / 3;
            rim.1 += usize::from(is_rim);
            if depth == 0.0 {
                continue;
            }
            let beyond = depth - at.z;
            *value = (beyond / HandView::DEPTH_MM).clamp(-1.0, 1.0);
            if beyond.abs() < HandView::DEPTH_MM {
                *mask = 1.0;
                inside += 1;
                rim.0 += usize::from(is_rim);
                if is_near {
                    sum.0 += at * (depth / at.z.max(1.0));
                    sum.1 += 1.0;
                }
            } else if beyond < 0.0 && is_near {
                center.0 += 1;
            }
        }
        if outside * 3 > size * size {
            return Err(HandUnknown::OutOfView);
        }
        let share = |(part, all): (usize, usize)| part as f32 / all.max(1) as f32;
        Ok(Sampled {
            middle: (sum.1 > 3.0).then(|| sum.0 / sum.1),
            inside,
            before: share(center),
            rim: share(rim),
            planes,
        })
    }
}
