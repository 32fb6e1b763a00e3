//! Contact sheets to look at: people in grey, avatars in colour.

use std::path::Path;

use glam::Vec3;
use kinect_avatar::{HumanBone, Person, RetargetSettings, Retargeter, match_bones};
use kinect_azure::Joint;

use crate::clips;
use crate::model::Posed;
use crate::people::{CLIPS, clip, clip_sensor};

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
