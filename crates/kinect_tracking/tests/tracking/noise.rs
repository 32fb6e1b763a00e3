//! Noise for tests, the same on every machine.

use glam::Vec3;
use kinect_azure::Body;

/// Random numbers.
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub(crate) fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f32::consts::TAU * self.unit()).cos()
    }

    /// A body whose joints have a normally distributed error in mm and in degrees about each axis.
    pub(crate) fn disturbed(&mut self, body: &Body, mm: f32, degrees: f32) -> Body {
        let mut body = body.clone();
        for pose in &mut body.joints {
            for value in &mut pose.position {
                *value += self.normal() * mm;
            }
            if degrees > 0.0 {
                let [w, x, y, z] = pose.orientation;
                let about = Vec3::new(self.normal(), self.normal(), self.normal());
                let error = glam::Quat::from_scaled_axis(about * degrees.to_radians());
                let q = error * glam::Quat::from_xyzw(x, y, z, w).normalize();
                pose.orientation = [q.w, q.x, q.y, q.z];
            }
        }
        body
    }
}
