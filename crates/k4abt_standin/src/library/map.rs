//! Body index maps: discs around the joints and along the bones of each body, nearer bodies over those behind.

use k4a::abi::Camera;
use kinect_azure::{Body, Joint};

/// The value of a pixel of nobody.
const NOBODY: u8 = 255;
/// The radius of a disc in mm.
const RADIUS: f32 = 90.0;
/// Discs between a joint and its parent.
const STEPS: u8 = 4;

/// The map of a camera, row by row, with `stride` bytes from row to row.
pub(super) fn draw(camera: &Camera, bodies: &[Body], stride: usize) -> Vec<u8> {
    let (width, height) = (camera.width.max(0) as usize, camera.height.max(0) as usize);
    let mut map = vec![NOBODY; stride * height];
    let mut order: Vec<usize> = (0..bodies.len()).collect();
    let far = |index: &usize| bodies[*index].joint(Joint::Pelvis).position[2];
    order.sort_by(|a, b| far(b).total_cmp(&far(a)));
    let [cx, cy, fx, fy] = [0, 1, 2, 3].map(|n| camera.parameters[n]);
    for index in order {
        let body = &bodies[index];
        for joint in Joint::ALL {
            let own = body.joint(joint).position;
            let parents = body.joint(joint.parent().unwrap_or(joint)).position;
            for step in 0..STEPS {
                let share = f32::from(step) / f32::from(STEPS);
                let [x, y, z] =
                    [0, 1, 2].map(|axis| own[axis] + (parents[axis] - own[axis]) * share);
                if z < 100.0 {
                    continue;
                }
                let (u, v, radius) = (cx + fx * x / z, cy + fy * y / z, fx * RADIUS / z);
                let rows =
                    (v - radius).max(0.0) as usize..((v + radius).max(0.0) as usize).min(height);
                for row in rows {
                    let half = (radius * radius - (row as f32 - v).powi(2)).max(0.0).sqrt();
                    let from = (u - half).max(0.0) as usize;
                    let to = ((u + half).max(0.0) as usize).min(width);
                    if from < to {
                        map[row * stride + from..row * stride + to].fill(index as u8);
                    }
                }
            }
        }
    }
    map
}
