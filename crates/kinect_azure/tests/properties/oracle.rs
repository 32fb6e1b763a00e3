//! A simple and slow implementation of the vendor's rules for images between the cameras, with which the fast code is
//! compared. The order of operations is that of the depth engine.

use kinect_azure::Calibration;
use kinect_azure::calibration::{LensModel, Sensor, XyTable};
use kinect_azure::transform::{Interpolation, Occlusion};

#[derive(Clone, Copy, Debug, Default)]
struct Vertex {
    u: f32,
    v: f32,
    z: f32,
    value: u32,
    valid: bool,
}

/// Transforms depth, and an image with it, to the colour camera's view.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    pub depth: Vec<u16>,
    pub custom: Vec<u16>,
}

fn vertices(calibration: &Calibration, depth: &[u16], custom: &[u16]) -> Vec<Vertex> {
    let table = XyTable::new(calibration.depth_camera.as_ref().unwrap());
    let camera = calibration.color_camera.as_ref().unwrap();
    let to_color = calibration
        .extrinsics(Sensor::Depth, Sensor::Color)
        .unwrap();
    let i = camera.intrinsics;
    let vertex = |index: usize| {
        let [x, y] = table.rays()[index];
        if depth[index] == 0 || x.is_nan() {
            return Vertex::default();
        }
        let d = f32::from(depth[index]);
        let (x, y) = (x * d, y * d);
        let [x, y, z] = [0, 1, 2].map(|axis| {
            let row = &to_color.rotation[3 * axis..];
            row[2] * d + row[1] * y + row[0] * x + to_color.translation[axis]
        });
        let (a, b) = (x * (1.0 / z) - i.codx, y * (1.0 / z) - i.cody);
        let r = a * a + b * b;
        if z <= 0.0 || r > camera.metric_radius * camera.metric_radius {
            return Vertex::default();
        }
        let (r2, r3) = (r * r, r * r * r);
        let mut denominator = 1.0 + i.k4 * r + i.k5 * r2 + i.k6 * r3;
        if denominator == 0.0 {
            denominator = 1.0;
        }
        let d = (1.0 + i.k1 * r + i.k2 * r2 + i.k3 * r3) * (1.0 / denominator);
        let s = match i.model {
            LensModel::BrownConrady => 2.0,
            LensModel::Rational6Kt => 1.0,
        };
        let xd = a * d + (r + 2.0 * (a * a)) * i.p2 + s * (a * b) * i.p1;
        let yd = b * d + (r + 2.0 * (b * b)) * i.p1 + s * (a * b) * i.p2;
        Vertex {
            u: (xd + i.codx) * i.fx + i.cx,
            v: (yd + i.cody) * i.fy + i.cy,
            z,
            value: u32::from(custom[index]),
            valid: true,
        }
    };
    (0..depth.len()).map(vertex).collect()
}

pub fn depth_to_color(
    calibration: &Calibration,
    depth: &[u16],
    custom: &[u16],
    interpolation: Interpolation,
    invalid: u16,
) -> Drawn {
    let camera = calibration.color_camera.as_ref().unwrap();
    let (width, height) = (camera.width as i32, camera.height as i32);
    let pixels = (width * height) as usize;
    let mut drawn = Drawn {
        depth: vec![0; pixels],
        custom: vec![invalid; pixels],
    };
    let columns = calibration.depth_camera.as_ref().unwrap().width as usize;
    let rows = depth.len() / columns;
    let vertices = vertices(calibration, depth, custom);
    for row in 0..rows - 1 {
        for column in 0..columns - 1 {
            let at = |right: usize, down: usize| vertices[(row + down) * columns + column + right];
            let (mut tl, mut tr, mut br, mut bl) = (at(0, 0), at(1, 0), at(1, 1), at(0, 1));
            let invalid = [tl, tr, br, bl].iter().filter(|v| !v.valid).count();
            if invalid > 1 {
                continue;
            }
            // The middle of two vertices. Its value is interpolated by the linear rule, or is the given value for the
            // nearest rule.
            let middle = |a: Vertex, b: Vertex, nearest: u32| Vertex {
                u: (a.u + b.u) / 2.0,
                v: (a.v + b.v) / 2.0,
                z: (a.z + b.z) / 2.0,
                value: match interpolation {
                    Interpolation::Linear => (a.value + b.value) / 2,
                    Interpolation::Nearest => nearest,
                },
                valid: true,
            };
            if !tl.valid {
                tl = middle(tr, bl, br.value);
            } else if !tr.valid {
                tr = br;
                br = middle(br, bl, bl.value);
            } else if !br.valid {
                br = middle(tr, bl, tl.value);
            } else if !bl.valid {
                bl = br;
                br = middle(tr, br, tr.value);
            }
            let all = [tl, tr, br, bl];
            let least = |part: fn(&Vertex) -> f32| all.iter().map(part).fold(f32::MAX, f32::min);
            let most = |part: fn(&Vertex) -> f32| all.iter().map(part).fold(f32::MIN, f32::max);
            let (near, far) = (least(|v| v.z), most(|v| v.z));
            if far - near > 0.046_934_42 * near {
                continue;
            }
            for y in
                (least(|v| v.v).ceil() as i32).max(0)..(most(|v| v.v).ceil() as i32).min(height)
            {
                for x in
                    (least(|v| v.u).ceil() as i32).max(0)..(most(|v| v.u).ceil() as i32).min(width)
                {
                    let cross = |a: Vertex, b: Vertex| {
                        (b.u - a.u) * (y as f32 - a.v) - (b.v - a.v) * (x as f32 - a.u)
                    };
                    let s = cross(tl, br);
                    let third = if s >= 0.0 { bl } else { tr };
                    let (mut w_br, mut w_tl, mut w_third) = (cross(third, tl), cross(br, third), s);
                    if s < 0.0 {
                        (w_br, w_tl, w_third) = (-w_br, -w_tl, -w_third);
                    }
                    if w_br < 0.0 || w_tl <= 0.0 {
                        continue;
                    }
                    let scale = 1.0 / (w_br + w_third + w_tl);
                    let z = (w_br * br.z + w_third * third.z + w_tl * tl.z) * scale;
                    let d = z.round_ties_even() as u16;
                    let pixel = (y * width + x) as usize;
                    let stored = drawn.depth[pixel];
                    if d == 0 || (stored != 0 && d >= stored) {
                        continue;
                    }
                    drawn.depth[pixel] = d;
                    drawn.custom[pixel] = match interpolation {
                        Interpolation::Linear => {
                            let sum_of = w_br * br.value as f32
                                + w_third * third.value as f32
                                + w_tl * tl.value as f32;
                            (sum_of * scale).round_ties_even() as u16
                        }
                        Interpolation::Nearest if w_br > w_third => {
                            (if w_br > w_tl { br } else { tl }).value as u16
                        }
                        Interpolation::Nearest => {
                            (if w_third > w_tl { third } else { tl }).value as u16
                        }
                    };
                }
            }
        }
    }
    drawn
}

pub fn color_to_depth(
    calibration: &Calibration,
    depth: &[u16],
    color: &[[u8; 4]],
    occlusion: Occlusion,
) -> Vec<[u8; 4]> {
    let camera = calibration.color_camera.as_ref().unwrap();
    let (width, height) = (camera.width as i32, camera.height as i32);
    let custom = vec![0; depth.len()];
    let aligned = depth_to_color(calibration, depth, &custom, Interpolation::Nearest, 0).depth;
    let color_of = |vertex: Vertex| {
        let (i, j) = (vertex.u.floor(), vertex.v.floor());
        let inside = i >= 0.0 && j >= 0.0 && i + 1.0 < width as f32 && j + 1.0 < height as f32;
        if !vertex.valid || !inside {
            return [0; 4];
        }
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)]
            .map(|(right, down)| ((j as i32 + down) * width + i as i32 + right) as usize);
        if occlusion == Occlusion::Hide {
            for pixel in four {
                let nearer = f32::from(aligned[pixel]);
                if nearer != 0.0 && vertex.z - nearer > 0.046_934_42 * nearer {
                    return [0; 4];
                }
            }
        }
        let (right, down) = (vertex.u - i, vertex.v - j);
        let mixed = [0, 1, 2, 3].map(|channel| {
            let [a, b, c, d] = four.map(|pixel| f32::from(color[pixel][channel]));
            let (above, below) = (a + (b - a) * right, c + (d - c) * right);
            (above + (below - above) * down + 0.5) as u8
        });
        if mixed == [0; 4] { [1, 0, 0, 0] } else { mixed }
    };
    vertices(calibration, depth, &custom)
        .into_iter()
        .map(color_of)
        .collect()
}
