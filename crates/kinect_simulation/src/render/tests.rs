#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use glam::{Vec2, Vec3};
use kinect_azure::calibration::{Calibration, CameraKind, RawCalibration};
use kinect_azure::modes::{ColorResolution, DepthMode};

use super::view::View;
use super::*;
use crate::frame::{CleanColor, CleanDepth};
use crate::person::pose::Pose;
use crate::person::{BodyMesh, Person, SkinnedMesh};
use crate::rig::{Eye, built_in_calibration};
use crate::room::Room;
use crate::room::solid::{Shape, Solid};
use crate::settings::Mount;

/// Distance from a point to a solid's surface.
fn distance_to(solid: &Solid, p: Vec3) -> f32 {
    let q = solid.to_local(p - solid.center);
    match solid.shape {
        Shape::Box => {
            let d = q.abs() - solid.half;
            let outside = d.max(Vec3::ZERO).length();
            (outside + d.max_element().min(0.0)).abs()
        }
        Shape::Cylinder => {
            let d = Vec2::new(
                Vec2::new(q.x, q.z).length() - solid.half.x,
                q.y.abs() - solid.half.y,
            );
            (d.max(Vec2::ZERO).length() + d.max_element().min(0.0)).abs()
        }
        Shape::Ball => {
            let k = (q / solid.half).length();
            let slope = (q / (solid.half * solid.half)).length();
            (k * (k - 1.0) / slope).abs()
        }
    }
}

fn distance_to_triangle(p: Vec3, [a, b, c]: [Vec3; 3]) -> f32 {
    let n = (b - a).cross(c - a).normalize_or(Vec3::Y);
    let flat = p - n * n.dot(p - a);
    let inside = [(a, b), (b, c), (c, a)]
        .iter()
        .all(|&(u, v)| (v - u).cross(flat - u).dot(n) >= 0.0);
    if inside {
        return n.dot(p - a).abs();
    }
    [(a, b), (b, c), (c, a)]
        .iter()
        .map(|&(u, v)| {
            let t = ((p - u).dot(v - u) / (v - u).length_squared().max(1e-12)).clamp(0.0, 1.0);
            p.distance(u + (v - u) * t)
        })
        .fold(f32::MAX, f32::min)
}

struct Scene {
    room: Room,
    mesh: BodyMesh,
    skinned: SkinnedMesh,
    calibration: Calibration,
    depth: CleanDepth,
    color: CleanColor,
    eye: Eye,
}

fn draw(raw: &RawCalibration, mode: DepthMode, color: ColorResolution) -> Scene {
    let calibration = raw.calibration(mode, color).unwrap();
    let room = Room::new(5, false);
    let mesh = BodyMesh::new(&Person::default());
    let mut pose = Pose::rest(&mesh.skeleton);
    pose.pelvis += Vec3::new(-0.2, 0.0, -2.1);
    let mut skinned = SkinnedMesh::default();
    mesh.skin(
        &pose.apply(&mesh.skeleton),
        &Default::default(),
        &mut skinned,
    );
    let mount = Mount::default();
    let mut renderer = Renderer::new(&room, &mount, &calibration, mode);
    let (mut depth, mut picture) = (CleanDepth::default(), CleanColor::default());
    let people = [Posed {
        mesh: &mesh,
        skinned: &skinned,
    }];
    renderer.draw(&people, &[], &mut depth, &mut picture);
    Scene {
        room,
        calibration,
        depth,
        color: picture,
        eye: Eye::depth(&mount),
        mesh,
        skinned,
    }
}

fn calibrations() -> Vec<RawCalibration> {
    let mut all = vec![built_in_calibration().unwrap()];
    if let Some(folder) = k4a_judge::real_data("calibrations") {
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        all.extend(
            paths
                .iter()
                .map(|path| RawCalibration::parse(&std::fs::read(path).unwrap()).unwrap()),
        );
    }
    all
}

#[test]
fn depth_through_the_public_camera_model_lies_on_the_surface() {
    for (number, raw) in calibrations().iter().enumerate() {
        for mode in DepthMode::ALL.into_iter().filter(|mode| mode.has_depth()) {
            // One real sensor in every mode is enough; of the others, one mode.
            if number > 1 && mode != DepthMode::NfovUnbinned {
                continue;
            }
            let scene = draw(raw, mode, ColorResolution::Off);
            let camera = scene.calibration.depth_camera.unwrap();
            let (width, height) = (scene.depth.width, scene.depth.height);
            let mut errors = Vec::new();
            for y in 2..height - 2 {
                for x in 2..width - 2 {
                    let i = y * width + x;
                    let person = scene.depth.body_index[i] == 0;
                    // People are compared with every triangle: some pixels are enough.
                    if (x * 7 + y * 13) % if person { 97 } else { 41 } != 0 {
                        continue;
                    }
                    // As it leaves the sensor: whole millimetres.
                    let mm = scene.depth.depth_mm[i].round();
                    let Some(p) = camera.unproject_at([x as f32, y as f32], mm) else {
                        continue;
                    };
                    let around = [i - 1, i + 1, i - width, i + width];
                    // Not at silhouettes.
                    if around
                        .iter()
                        .any(|&n| (scene.depth.depth_mm[n] - mm).abs() > 50.0)
                    {
                        continue;
                    }
                    let world = scene.eye.to_world * Vec3::from(p) * 0.001 + scene.eye.position;
                    let error = if person {
                        scene
                            .mesh
                            .triangles
                            .iter()
                            .map(|t| {
                                distance_to_triangle(
                                    world,
                                    t.map(|v| scene.skinned.positions[v as usize]),
                                )
                            })
                            .fold(f32::MAX, f32::min)
                    } else {
                        scene
                            .room
                            .solids
                            .iter()
                            .map(|solid| distance_to(solid, world))
                            .fold(f32::MAX, f32::min)
                    };
                    errors.push(error * 1000.0);
                }
            }
            errors.sort_by(f32::total_cmp);
            let share = |s: f64| errors[((errors.len() - 1) as f64 * s) as usize];
            assert!(errors.len() > 300, "{mode}: {} points", errors.len());
            println!(
                "{number} {mode}: median {} mm, 99 % {} mm of {}",
                share(0.5),
                share(0.99),
                errors.len()
            );
            assert!(share(0.5) < 1.0, "{mode}: median {} mm", share(0.5));
            assert!(share(0.99) < 3.0, "{mode}: 99 % {} mm", share(0.99));
        }
    }
}

#[test]
fn the_colour_of_a_point_is_the_same_through_both_cameras() {
    for raw in calibrations().iter().take(2) {
        let scene = draw(raw, DepthMode::NfovUnbinned, ColorResolution::R720p);
        let (width, height) = (scene.depth.width, scene.depth.height);
        let (mut same, mut all, mut on_person) = (0, 0, 0);
        let mut wrong_class = 0;
        for i in (0..width * height).step_by(53) {
            let mm = scene.depth.depth_mm[i];
            let pixel = [(i % width) as f32, (i / width) as f32];
            let person = scene.depth.body_index[i] == 0;
            let depth_camera = scene.calibration.depth_camera.unwrap();
            let Some(p) = depth_camera.unproject_at(pixel, mm).filter(|_| mm > 0.0) else {
                continue;
            };
            let Some([u, v]) =
                scene
                    .calibration
                    .point_3d_to_2d(p, CameraKind::Depth, CameraKind::Color)
            else {
                continue;
            };
            let (x, y) = (u.round() as i32, v.round() as i32);
            if !(2..1278).contains(&x) || !(2..718).contains(&y) {
                continue;
            }
            let at = |dx: i32, dy: i32| scene.color.bgra[((y + dy) * 1280 + x + dx) as usize];
            let world = scene.eye.to_world * Vec3::from(p) * 0.001 + scene.eye.position;
            if person {
                // People are only counted: their colours are checked by looking at pictures.
                on_person += 1;
                continue;
            }
            // The colour of the room at that point, computed without the cameras.
            let toward = world - scene.eye.position;
            let Some(hit) = scene.room.trace(scene.eye.position, toward) else {
                continue;
            };
            let surface = scene.room.surface(&hit, world);
            let [a, b] = scene.room.light(&hit, world);
            let light = surface.albedo
                * (Vec3::new(0.97, 1.0, 1.04) * a + Vec3::new(1.02, 1.0, 0.97) * b)
                + surface.albedo * scene.room.glow(&hit);
            all += 1;
            let close = |bgra: [u8; 4]| {
                // Vignetting and people's shadows darken the picture by an unknown factor: one of these must fit.
                [1.0, 0.9, 0.8, 0.65].iter().any(|dim| {
                    let want = tone::display(light * *dim);
                    (0..3).all(|c| bgra[c].abs_diff(want[c]) <= 14)
                })
            };
            // A pixel beside it may see the other side of an edge.
            if [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
                .iter()
                .any(|&(dx, dy)| close(at(dx, dy)))
            {
                same += 1;
            } else {
                wrong_class += 1;
            }
        }
        println!("{same} of {all} agree, {on_person} on the person, {wrong_class} do not");
        assert!(all > 1000 && on_person > 100);
        // The rest is hidden from the colour camera by the person.
        assert!(f64::from(same) > 0.95 * f64::from(all), "{same} of {all}");
    }
}

#[test]
fn nothing_that_is_drawn_depends_on_the_number_of_threads() {
    let raw = built_in_calibration().unwrap();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| {
            let scene = draw(&raw, DepthMode::Nfov2x2Binned, ColorResolution::R720p);
            (
                scene.depth.depth_mm,
                scene.depth.reflectance,
                scene.depth.body_index,
                scene.color.bgra,
            )
        })
    };
    let one = on(1);
    assert!(one == on(2) && one == on(3));
}

#[test]
fn whatever_people_are_made_of_drawing_goes_on() {
    let raw = built_in_calibration().unwrap();
    let calibration = raw
        .calibration(DepthMode::Wfov2x2Binned, ColorResolution::R720p)
        .unwrap();
    let room = Room::new(1, false);
    let mesh = BodyMesh::new(&Person::default());
    let mut renderer = Renderer::new(
        &room,
        &Mount::default(),
        &calibration,
        DepthMode::Wfov2x2Binned,
    );
    let (mut depth, mut color) = (CleanDepth::default(), CleanColor::default());
    for scale in [1.0, 1e-6, 40.0, f32::NAN, f32::INFINITY] {
        for shift in [
            Vec3::ZERO,
            Vec3::new(0.0, 1.2, 0.0),
            Vec3::new(0.0, 0.0, 5.0),
        ] {
            let skinned = SkinnedMesh {
                positions: mesh.rest.iter().map(|&p| p * scale + shift).collect(),
                normals: vec![Vec3::NAN; mesh.rest.len()],
            };
            let people = [Posed {
                mesh: &mesh,
                skinned: &skinned,
            }];
            renderer.draw(&people, &[], &mut depth, &mut color);
            assert!(depth.depth_mm.iter().all(|z| z.is_finite()));
        }
    }
}

#[test]
fn joints_are_seen_hidden_or_outside() {
    use kinect_azure::body::{Joint, JointConfidence};
    let raw = built_in_calibration().unwrap();
    let scene = draw(&raw, DepthMode::NfovUnbinned, ColorResolution::Off);
    let mut view = View::new(scene.calibration.depth_camera.as_ref().unwrap(), scene.eye);
    view.mask(DepthMode::NfovUnbinned);
    let mut pose = Pose::rest(&scene.mesh.skeleton);
    pose.pelvis += Vec3::new(-0.2, 0.0, -2.1);
    let seen = Some((&view, &scene.depth));
    let body = joints::body(7, 0, &pose.apply(&scene.mesh.skeleton), &scene.eye, seen);
    assert_eq!(body.id, 7);
    for joint in [
        Joint::Head,
        Joint::SpineChest,
        Joint::KneeLeft,
        Joint::ElbowRight,
        Joint::Nose,
    ] {
        assert_eq!(
            body.joint(joint).confidence,
            JointConfidence::Medium,
            "{joint:?}"
        );
    }
    // Facing the camera, the person's left is the camera's right; the pelvis's x axis points up: −y.
    assert!(body.joint(Joint::HandLeft).position[0] > body.joint(Joint::HandRight).position[0]);
    let [w, x, y, z] = body.joint(Joint::Pelvis).orientation;
    let up = glam::Quat::from_xyzw(x, y, z, w) * Vec3::X;
    assert!(up.y < -0.9, "{up}");
    // The same person counted as somebody else is hidden by the first.
    let other = joints::body(8, 1, &pose.apply(&scene.mesh.skeleton), &scene.eye, seen);
    assert_eq!(
        other.joint(Joint::SpineChest).confidence,
        JointConfidence::Low
    );
    pose.pelvis += Vec3::X * 5.0;
    let away = joints::body(9, 0, &pose.apply(&scene.mesh.skeleton), &scene.eye, seen);
    assert_eq!(away.joint(Joint::Head).confidence, JointConfidence::None);
}

#[test]
fn a_wall_is_flat() {
    let raw = built_in_calibration().unwrap();
    let calibration = raw
        .calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
        .unwrap();
    let mount = Mount {
        tilt_degrees: 0.0,
        ..Mount::default()
    };
    let mut renderer = Renderer::new(
        &Room::wall(2.0, 0.5),
        &mount,
        &calibration,
        DepthMode::NfovUnbinned,
    );
    let (mut depth, mut color) = (CleanDepth::default(), CleanColor::default());
    renderer.draw(&[], &[], &mut depth, &mut color);
    assert!(color.bgra.is_empty());
    let lit: Vec<f32> = depth
        .depth_mm
        .iter()
        .copied()
        .filter(|z| *z > 0.0)
        .collect();
    assert!(lit.len() > 250_000);
    assert!(lit.iter().all(|z| (z - 2000.0).abs() < 0.01));
}
