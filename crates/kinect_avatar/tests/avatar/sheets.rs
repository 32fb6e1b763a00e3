//! Contact sheets to look at: people in grey, avatars in colour.

use std::path::Path;

use glam::Vec3;
use kinect_avatar::{HumanBone, Person, RetargetSettings, Retargeter, Rig, gltf, match_bones};
use kinect_azure::Joint;
use kinect_simulation::MotionKind;

use crate::clips;
use crate::model::Posed;
use crate::people::{CLIPS, clip, clip_sensor, simulated, simulated_sensor};

const CELL: usize = 150;

struct Sheet {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Sheet {
    fn new(columns: usize, rows: usize) -> Self {
        let (width, height) = (columns * CELL, rows * CELL);
        Self {
            width,
            height,
            pixels: vec![250; width * height * 3],
        }
    }

    fn line(&mut self, from: [f32; 2], to: [f32; 2], color: [u8; 3]) {
        let steps = (from[0] - to[0])
            .abs()
            .max((from[1] - to[1]).abs())
            .ceil()
            .max(1.0) as usize
            * 2;
        for step in 0..=steps {
            let t = step as f32 / steps as f32;
            let (x, y) = (
                from[0] + (to[0] - from[0]) * t,
                from[1] + (to[1] - from[1]) * t,
            );
            for (dx, dy) in [(0, 0), (1, 0), (0, 1)] {
                let (x, y) = (x as usize + dx, y as usize + dy);
                if x < self.width && y < self.height {
                    let at = (y * self.width + x) * 3;
                    self.pixels[at..at + 3].copy_from_slice(&color);
                }
            }
        }
    }

    fn save(&self, path: &Path) {
        let file = std::fs::File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&self.pixels)
            .unwrap();
    }
}

/// A place about a middle, seen from three quarters, in a cell.
fn look(cell: [usize; 2], v: Vec3) -> [f32; 2] {
    let turned = glam::Quat::from_rotation_y(0.5) * v;
    let scale = CELL as f32 / 2.2;
    [
        (cell[0] as f32 + 0.5) * CELL as f32 + turned.x * scale,
        (cell[1] as f32 + 0.5) * CELL as f32 - turned.y * scale,
    ]
}

#[test]
#[ignore = "draws pictures"]
fn sheets() {
    let folder = std::env::var_os("KINECT_PICTURES").expect("KINECT_PICTURES names a folder");
    for (name, rig) in clips::rigs() {
        let map = match_bones(&rig, &[]).bones;
        let mut sheet = Sheet::new(12, CLIPS.len());
        for (row, clip_name) in CLIPS.into_iter().enumerate() {
            let Some(bodies) = clip(clip_name) else {
                continue;
            };
            let mut retargeter = Retargeter::new(&rig, &map);
            let (sensor, settings) = (clip_sensor(&bodies), RetargetSettings::default());
            let mut column = 0;
            for (n, body) in bodies.iter().enumerate() {
                let Some(person) = Person::new(body, &sensor) else {
                    continue;
                };
                retargeter.update(Some(&person), &settings, 1.0 / 30.0);
                if n * 12 / bodies.len() < column || column >= 12 || n < 15 {
                    continue;
                }
                let cell = [column, row];
                column += 1;
                let middle = person.position(Joint::Pelvis);
                for joint in Joint::ALL {
                    if let Some(parent) = joint.parent() {
                        let at = |joint| look(cell, person.position(joint) - middle);
                        sheet.line(at(parent), at(joint), [190, 190, 190]);
                    }
                }
                let posed = Posed::of(&rig, &retargeter);
                let facing = if name == "quaternius" {
                    Vec3::new(-1.0, 1.0, -1.0)
                } else {
                    Vec3::ONE
                };
                let hips = posed.part(&map, HumanBone::Hips).unwrap();
                // Feet may hang elsewhere than on shanks.
                for (knee, foot) in [
                    (HumanBone::LeftLowerLeg, HumanBone::LeftFoot),
                    (HumanBone::RightLowerLeg, HumanBone::RightFoot),
                ] {
                    let at = |part| look(cell, (posed.part(&map, part).unwrap() - hips) * facing);
                    sheet.line(at(knee), at(foot), [90, 90, 90]);
                }
                for (bone, data) in rig.bones().iter().enumerate() {
                    let Some(parent) = data.parent.filter(|parent| rig.bones()[*parent].is_joint)
                    else {
                        continue;
                    };
                    let side = rig.rest_position(bone).x * facing.x;
                    let color = match side {
                        x if x > 0.02 => [30, 90, 220],
                        x if x < -0.02 => [220, 60, 40],
                        _ => [20, 130, 60],
                    };
                    let at = |bone: usize| look(cell, (posed.place(bone) - hips) * facing);
                    let skips = ["ik", "Pole", "Root", "root", "Body"]
                        .iter()
                        .any(|word| rig.bones()[parent].name.contains(word));
                    if !skips {
                        sheet.line(at(parent), at(bone), color);
                    }
                }
            }
        }
        sheet.save(&Path::new(&folder).join(format!("avatar-{name}.png")));
    }
}

/// A skinned model: corners of a glTF file's first mesh.
struct Model {
    positions: Vec<Vec3>,
    colors: Vec<Vec3>,
    joints: Vec<[usize; 4]>,
    weights: Vec<[f32; 4]>,
    corners: Vec<usize>,
}

impl Model {
    /// Reads a file whose nodes are its joints, as the mannequin's.
    fn read(file: &[u8]) -> Self {
        let json = gltf::json(file).unwrap();
        let text = u32::from_le_bytes(file[12..16].try_into().unwrap()) as usize;
        let binary = &file[28 + text..];
        let data = |accessor: &serde_json::Value| {
            let accessor = &json["accessors"][accessor.as_u64().unwrap() as usize];
            let view = &json["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
            let from = view["byteOffset"].as_u64().unwrap() as usize;
            &binary[from..from + view["byteLength"].as_u64().unwrap() as usize]
        };
        let primitive = &json["meshes"][0]["primitives"][0];
        let attribute = |name: &str| data(&primitive["attributes"][name]);
        let floats = |bytes: &[u8]| -> Vec<f32> {
            let four = bytes.chunks_exact(4);
            four.map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                .collect()
        };
        let bytes = |name: &str| -> Vec<[u8; 4]> {
            let four = attribute(name).chunks_exact(4);
            four.map(|b| b.try_into().unwrap()).collect()
        };
        Self {
            positions: floats(attribute("POSITION"))
                .chunks_exact(3)
                .map(Vec3::from_slice)
                .collect(),
            colors: bytes("COLOR_0")
                .iter()
                .map(|c| Vec3::new(c[0].into(), c[1].into(), c[2].into()))
                .collect(),
            joints: bytes("JOINTS_0")
                .iter()
                .map(|j| j.map(usize::from))
                .collect(),
            weights: bytes("WEIGHTS_0")
                .iter()
                .map(|w| w.map(|w| f32::from(w) / 255.0))
                .collect(),
            corners: data(&primitive["indices"])
                .chunks_exact(2)
                .map(|b| usize::from(u16::from_le_bytes(b.try_into().unwrap())))
                .collect(),
        }
    }

    /// Draws the model in a pose into a cell, with linear blend skinning.
    fn draw(
        &self,
        rig: &Rig,
        posed: &Posed,
        middle: Vec3,
        cell: [usize; 2],
        sheet: &mut Sheet,
        depth: &mut [f32],
    ) {
        let moves: Vec<_> = (0..rig.bones().len())
            .map(|bone| posed.frames[bone] * rig.rest_frame(bone).inverse())
            .collect();
        let places: Vec<Vec3> = (0..self.positions.len())
            .map(|n| {
                let pulled = self.joints[n].iter().zip(self.weights[n]);
                let at: Vec3 = pulled
                    .map(|(j, w)| moves[*j].transform_point3(self.positions[n]) * w)
                    .sum();
                let [x, y] = look(cell, at - middle);
                let turned = glam::Quat::from_rotation_y(0.5) * (at - middle);
                Vec3::new(x, y, turned.z)
            })
            .collect();
        let scale = CELL as f32 / 2.2;
        for corner in self.corners.chunks_exact(3) {
            let [a, b, c] = [places[corner[0]], places[corner[1]], places[corner[2]]];
            let real = |v: Vec3| Vec3::new(v.x, -v.y, v.z * scale);
            let normal = (real(b) - real(a))
                .cross(real(c) - real(a))
                .normalize_or_zero();
            let light = 0.35 + 0.65 * normal.dot(Vec3::new(0.4, 0.5, 0.77)).max(0.0);
            let color = self.colors[corner[0]] * light;
            let area = (b - a).truncate().perp_dot((c - a).truncate());
            if area.abs() < 1e-6 {
                continue;
            }
            let (low, high) = (a.min(b).min(c), a.max(b).max(c));
            for y in low.y.max(0.0) as usize..=(high.y.max(0.0) as usize).min(sheet.height - 1) {
                for x in low.x.max(0.0) as usize..=(high.x.max(0.0) as usize).min(sheet.width - 1) {
                    let p = glam::Vec2::new(x as f32, y as f32);
                    let u = (p - a.truncate()).perp_dot((c - a).truncate()) / area;
                    let v = (b - a).truncate().perp_dot(p - a.truncate()) / area;
                    let z = a.z + (b.z - a.z) * u + (c.z - a.z) * v;
                    let at = y * sheet.width + x;
                    if u >= -0.01 && v >= -0.01 && u + v <= 1.01 && z > depth[at] {
                        depth[at] = z;
                        let color = [color.x as u8, color.y as u8, color.z as u8];
                        sheet.pixels[at * 3..at * 3 + 3].copy_from_slice(&color);
                    }
                }
            }
        }
    }
}

#[test]
#[ignore = "draws pictures"]
fn sheets_of_the_mannequin() {
    let folder = std::env::var_os("KINECT_PICTURES").expect("KINECT_PICTURES names a folder");
    let file = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../assets/mannequin.glb"
    ))
    .unwrap();
    let model = Model::read(&file);
    let rig = gltf::rig(&file).unwrap();
    let map = match_bones(&rig, &[]).bones;
    let settings = RetargetSettings {
        blend_seconds: 0.0,
        ..RetargetSettings::default()
    };
    const COLUMNS: usize = 10;
    let clips = CLIPS
        .into_iter()
        .filter_map(clip)
        .map(|bodies| (clip_sensor(&bodies), bodies));
    let motions = MotionKind::ALL
        .into_iter()
        .map(|motion| (simulated_sensor(), simulated(motion, 9.0)));
    let rows: Vec<_> = clips.chain(motions).collect();
    let mut sheet = Sheet::new(COLUMNS, rows.len());
    let mut depth = vec![f32::MIN; sheet.width * sheet.height];
    for (row, (sensor, bodies)) in rows.iter().enumerate() {
        let mut retargeter = Retargeter::new(&rig, &map);
        for (n, body) in bodies.iter().enumerate() {
            let Some(person) = Person::new(body, sensor) else {
                continue;
            };
            retargeter.update(Some(&person), &settings, 1.0 / 30.0);
            if n % (bodies.len() / COLUMNS) == 0 && n * COLUMNS / bodies.len() < COLUMNS {
                let posed = Posed::of(&rig, &retargeter);
                let hips = posed.part(&map, HumanBone::Hips).unwrap();
                let middle = Vec3::new(hips.x, 0.9, hips.z);
                model.draw(
                    &rig,
                    &posed,
                    middle,
                    [n * COLUMNS / bodies.len(), row],
                    &mut sheet,
                    &mut depth,
                );
            }
        }
    }
    sheet.save(&Path::new(&folder).join("mannequin.png"));
}
