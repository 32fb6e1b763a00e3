#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use glam::{Quat, Vec3};
use kinect_azure::body::Joint;

use super::looks::{Bag, Bottom};
use super::pose::{BodyPose, Pose};
use super::*;
use crate::random::Random;

/// People of all kinds, for tests.
fn people() -> Vec<Person> {
    let mut people: Vec<Person> = (0..6).map(Person::random).collect();
    people.extend((0..12).map(Person::varied));
    people.push(Person {
        fingers: true,
        ..Person::default()
    });
    for height in [0.95, 2.0] {
        for girth in [0.0, 1.0] {
            let mut person = Person::random(77);
            person.physique.height = height;
            person.physique.girth = girth;
            person.looks.coat = Some([80, 80, 80]);
            person.looks.bag = Bag::Backpack;
            person.looks.bottom = Bottom::LongSkirt;
            people.push(person);
        }
    }
    people
}

fn posed(mesh: &BodyMesh, turns: &[(Joint, Vec3)]) -> BodyPose {
    let mut pose = Pose::rest(&mesh.skeleton);
    for &(joint, euler) in turns {
        pose.rotation[joint.index()] =
            Quat::from_euler(glam::EulerRot::XYZ, euler.x, euler.y, euler.z);
    }
    pose.apply(&mesh.skeleton)
}

#[test]
fn the_surface_is_closed_and_faces_outwards() {
    for (number, person) in people().iter().enumerate() {
        let mesh = BodyMesh::new(person);
        let mut edges: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut volume = 0.0;
        for &[a, b, c] in &mesh.triangles {
            assert!(a != b && b != c && c != a);
            for edge in [(a, b), (b, c), (c, a)] {
                *edges.entry(edge).or_default() += 1;
            }
            let [a, b, c] = [a, b, c].map(|v| mesh.rest[v as usize].as_dvec3());
            volume += a.dot(b.cross(c)) / 6.0;
        }
        let open = edges
            .iter()
            .filter(|&(&(a, b), &count)| edges.get(&(b, a)) != Some(&count))
            .count();
        assert_eq!(open, 0, "person {number} has open edges");
        // Litres are about kilograms, clothes and air under skirts included.
        let litres = volume * 1000.0;
        assert!(
            (8.0..400.0).contains(&litres),
            "person {number}: {litres} l"
        );
        assert!(mesh.rest.len() < 40_000, "{} vertices", mesh.rest.len());
    }
}

#[test]
fn the_same_person_has_the_same_surface() {
    let (a, b) = (
        BodyMesh::new(&Person::random(3)),
        BodyMesh::new(&Person::random(3)),
    );
    assert_eq!(a.rest, b.rest);
    assert_eq!(a.triangles, b.triangles);
}

#[test]
fn whatever_the_measures_nothing_breaks() {
    let mut random = Random::new(5);
    let mut wild = Person::default();
    wild.physique.height = f32::NAN;
    wild.physique.girth = 1e9;
    wild.physique.shoulders = -3.0;
    let mesh = BodyMesh::new(&wild);
    assert!(mesh.rest.iter().all(|p| p.is_finite()));
    let mut out = SkinnedMesh::default();
    for _ in 0..10 {
        let mut pose = Pose::rest(&mesh.skeleton);
        for rotation in &mut pose.rotation {
            *rotation = Quat::from_euler(
                glam::EulerRot::XYZ,
                random.range(-3.0..3.0),
                random.range(-3.0..3.0),
                random.range(-3.0..3.0),
            );
        }
        mesh.skin(&pose.apply(&mesh.skeleton), &Default::default(), &mut out);
        assert!(out.positions.iter().all(|p| p.is_finite()));
    }
}

#[test]
fn colours_are_albedos() {
    for person in people() {
        let mesh = BodyMesh::new(&person);
        for triangle in mesh.triangles.iter().enumerate().step_by(7) {
            let p = mesh.rest[triangle.1[0] as usize];
            let surface = mesh.surface(mesh.material[triangle.0], p);
            assert!(surface.albedo.min_element() >= 0.0 && surface.albedo.max_element() <= 1.2);
            assert!((0.02..=1.0).contains(&surface.infrared));
        }
    }
}

/// A measure of a limb's volume between two planes: the mean squared distance of its vertices from the bone.
fn thickness(
    mesh: &BodyMesh,
    skinned: &SkinnedMesh,
    pose: &BodyPose,
    joint: Joint,
    near: f32,
) -> f32 {
    let at = pose.position[joint.index()];
    let rest = mesh.rest_position(joint);
    let (sum, count) = mesh
        .rest
        .iter()
        .zip(&skinned.positions)
        .filter(|(r, _)| r.distance(rest) < near)
        .fold((0.0, 0.0), |(sum, count), (_, p)| {
            (sum + p.distance(at), count + 1.0)
        });
    sum / count
}

#[test]
fn bent_joints_keep_their_thickness() {
    let mesh = BodyMesh::new(&Person::default());
    let mut out = SkinnedMesh::default();
    let straight = posed(&mesh, &[]);
    let bent = posed(
        &mesh,
        &[
            (Joint::ElbowLeft, Vec3::new(0.0, -2.1, 0.0)),
            (Joint::KneeLeft, Vec3::new(2.1, 0.0, 0.0)),
        ],
    );
    for joint in [Joint::ElbowLeft, Joint::KneeLeft] {
        mesh.skin(&straight, &Default::default(), &mut out);
        let before = thickness(&mesh, &out, &straight, joint, 0.09);
        mesh.skin(&bent, &Default::default(), &mut out);
        let after = thickness(&mesh, &out, &bent, joint, 0.09);
        assert!(
            after > 0.8 * before,
            "{joint:?} shrinks from {before} to {after}"
        );
    }
}

/// A sheet of pictures of people, for eyes: `KINECT_PICTURES=DIR cargo test -p kinect_simulation --lib sheet -- --ignored`.
#[test]
#[ignore = "draws pictures to look at"]
fn sheet_of_people() {
    draw_people("people", Person::random);
}

/// A sheet of people of all kinds.
#[test]
#[ignore = "draws pictures to look at"]
fn sheet_of_varied_people() {
    draw_people("varied", Person::varied);
}

fn draw_people(kind: &str, person: fn(u64) -> Person) {
    let Some(folder) = std::env::var_os("KINECT_PICTURES") else {
        return;
    };
    let hanging: Vec<(Joint, Vec3)> = vec![
        (Joint::ShoulderLeft, Vec3::new(0.0, 0.0, -1.35)),
        (Joint::ShoulderRight, Vec3::new(0.0, 0.0, 1.35)),
        (Joint::ElbowLeft, Vec3::new(0.0, -0.25, 0.0)),
        (Joint::ElbowRight, Vec3::new(0.0, 0.25, 0.0)),
    ];
    let mut sitting = hanging.clone();
    sitting.extend([
        (Joint::HipLeft, Vec3::new(-1.5, 0.0, 0.0)),
        (Joint::HipRight, Vec3::new(-1.5, 0.0, 0.0)),
        (Joint::KneeLeft, Vec3::new(1.5, 0.0, 0.0)),
        (Joint::KneeRight, Vec3::new(1.5, 0.0, 0.0)),
    ]);
    let mut stride = hanging.clone();
    stride.extend([
        (Joint::HipLeft, Vec3::new(-0.5, 0.0, 0.0)),
        (Joint::HipRight, Vec3::new(0.4, 0.0, 0.0)),
        (Joint::KneeRight, Vec3::new(0.6, 0.0, 0.0)),
    ]);
    let up = vec![
        (Joint::ShoulderLeft, Vec3::new(0.0, 0.0, 1.3)),
        (Joint::ShoulderRight, Vec3::new(0.0, 0.0, -1.3)),
    ];
    let poses = [
        ("hanging", hanging),
        ("sitting", sitting),
        ("stride", stride),
        ("up", up),
    ];
    let (tile_w, tile_h) = (240, 480);
    for (name, turns) in &poses {
        let mut sheet = Sheet::new(tile_w * 10, tile_h * 2);
        for number in 0..10 {
            let start = std::time::Instant::now();
            let mesh = BodyMesh::new(&person(number as u64));
            let built = start.elapsed();
            let pose = posed(&mesh, turns);
            let mut out = SkinnedMesh::default();
            mesh.skin(&pose, &Default::default(), &mut out);
            let start = std::time::Instant::now();
            mesh.skin(&pose, &Default::default(), &mut out);
            if *name == "hanging" {
                println!(
                    "{} vertices, built in {built:?}, skinned in {:?}",
                    mesh.rest.len(),
                    start.elapsed()
                );
            }
            for (row, yaw) in [(0, 0.35), (1, 1.9)] {
                let corner = (number * tile_w, row * tile_h);
                sheet.draw(
                    &mesh,
                    &out,
                    yaw,
                    Vec3::new(0.0, 0.95, 0.0),
                    225.0,
                    corner,
                    (tile_w, tile_h),
                );
            }
        }
        sheet.save(&std::path::Path::new(&folder).join(format!("{kind}-{name}.png")));
    }
    let mut sheet = Sheet::new(400 * 5, 400 * 2);
    for number in 0..10 {
        let mesh = BodyMesh::new(&person(number as u64));
        let pose = posed(&mesh, &poses[0].1);
        let mut out = SkinnedMesh::default();
        mesh.skin(&pose, &Default::default(), &mut out);
        let center = pose.position[Joint::Head.index()] + Vec3::Y * 0.08;
        sheet.draw(
            &mesh,
            &out,
            0.3,
            center,
            900.0,
            (number % 5 * 400, number / 5 * 400),
            (400, 400),
        );
    }
    sheet.save(&std::path::Path::new(&folder).join(format!("{kind}-heads.png")));
}

/// A picture made with a plain orthographic z-buffer.
struct Sheet {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Sheet {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![200; width * height * 3],
        }
    }

    fn draw(
        &mut self,
        mesh: &BodyMesh,
        skinned: &SkinnedMesh,
        yaw: f32,
        center: Vec3,
        scale: f32,
        corner: (usize, usize),
        tile: (usize, usize),
    ) {
        let turn = Quat::from_rotation_y(yaw);
        let light = Vec3::new(-0.4, 0.6, 0.7).normalize();
        let mut depth = vec![f32::MIN; tile.0 * tile.1];
        let screen = |p: Vec3| {
            let q = turn * (p - center) * scale;
            Vec3::new(tile.0 as f32 / 2.0 + q.x, tile.1 as f32 / 2.0 - q.y, q.z)
        };
        for (t, triangle) in mesh.triangles.iter().enumerate() {
            let [a, b, c] = triangle.map(|v| screen(skinned.positions[v as usize]));
            let area = (b - a).truncate().perp_dot((c - a).truncate());
            if area >= 0.0 {
                continue;
            }
            let min = a.min(b).min(c).floor().max(Vec3::ZERO);
            let max = a.max(b).max(c);
            for y in min.y as usize..(max.y.max(0.0) as usize + 1).min(tile.1) {
                for x in min.x as usize..(max.x.max(0.0) as usize + 1).min(tile.0) {
                    let p = glam::Vec2::new(x as f32, y as f32);
                    let edge =
                        |u: Vec3, v: Vec3| (v - u).truncate().perp_dot(p - u.truncate()) / area;
                    let (wc, wa, wb) = (edge(a, b), edge(b, c), edge(c, a));
                    if wa < 0.0 || wb < 0.0 || wc < 0.0 {
                        continue;
                    }
                    let z = a.z * wa + b.z * wb + c.z * wc;
                    if z <= depth[y * tile.0 + x] {
                        continue;
                    }
                    depth[y * tile.0 + x] = z;
                    let mix = |values: &[Vec3]| {
                        let [a, b, c] = triangle.map(|v| values[v as usize]);
                        a * wa + b * wb + c * wc
                    };
                    let normal = turn * mix(&skinned.normals).normalize();
                    let surface = mesh.surface(mesh.material[t], mix(&mesh.rest));
                    let lit = 0.35 + 0.25 * normal.y + 0.75 * normal.dot(light).max(0.0);
                    let at = ((corner.1 + y) * self.width + corner.0 + x) * 3;
                    for (channel, value) in surface.albedo.to_array().iter().enumerate() {
                        let value = (value * lit).clamp(0.0, 1.0).powf(1.0 / 2.2);
                        self.pixels[at + channel] = (value * 255.0) as u8;
                    }
                }
            }
        }
    }

    fn save(&self, path: &std::path::Path) {
        let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&self.pixels)
            .unwrap();
    }
}

/// A sheet of hands that close, from four sides.
#[test]
#[ignore = "draws pictures to look at"]
fn sheet_of_hands() {
    let Some(folder) = std::env::var_os("KINECT_PICTURES") else {
        return;
    };
    let person = Person {
        fingers: true,
        ..Person::default()
    };
    let mesh = BodyMesh::new(&person);
    let pose = posed(&mesh, &[]);
    let mut shapes: Vec<HandShape> = [1.0, 0.0]
        .map(|spread| HandShape::gripping(0.0, spread))
        .to_vec();
    shapes.extend([0.3, 0.5, 0.7, 1.0].map(|grip| HandShape::gripping(grip, 0.0)));
    shapes.push(HandShape {
        curl: [0.0, 1.0, 1.0, 1.0],
        thumb: 0.8,
        spread: 0.0,
    });
    let tile = 300;
    let mut sheet = Sheet::new(tile * shapes.len(), tile * 4);
    for (column, shape) in shapes.iter().enumerate() {
        let mut pose = pose.clone();
        hand::follow(&mesh.skeleton, &[*shape; 2], &mut pose);
        let mut out = SkinnedMesh::default();
        mesh.skin(&pose, &[*shape; 2], &mut out);
        for (row, (yaw, joint)) in [
            (0.0, Joint::HandLeft),
            (0.8, Joint::HandLeft),
            (1.5, Joint::HandLeft),
            (0.4, Joint::HandRight),
        ]
        .into_iter()
        .enumerate()
        {
            let corner = (column * tile, row * tile);
            let center = pose.position[joint.index()];
            sheet.draw(&mesh, &out, yaw, center, 1100.0, corner, (tile, tile));
        }
    }
    sheet.save(&std::path::Path::new(&folder).join("hands.png"));
}
