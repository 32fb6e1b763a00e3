//! Every kind of image, aligned (I2, I4, I6, I8, I10), in false colours (I22), and of people (I7, I13).

use bevy_kinect_azure::kinect_azure::DepthMode;
use bevy_kinect_azure::kinect_azure::calibration::{Sensor, XyTable};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;

use super::formats::{player, player_at, players};
use super::*;

#[test]
fn aligned_points_lie_where_depth_was_measured() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let mirrored = ImageOutput {
        mirror: true,
        ..ImageOutput::new(ImageKind::PointCloud).aligned()
    };
    let outputs = spawn(
        &mut app,
        sensor,
        &[
            ImageOutput::new(ImageKind::Depth).aligned(),
            ImageOutput::new(ImageKind::PointCloud).aligned(),
            mirrored,
        ],
    );
    wait(&mut app, sensor);
    // The rays of the colour camera are computed on another thread.
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while !picture(&mut app, outputs[1])
        .pixels
        .iter()
        .any(|p| p[3] != 0.0)
    {
        assert!(std::time::Instant::now() < end, "no points");
    }
    let depth = picture(&mut app, outputs[0]);
    let points = picture(&mut app, outputs[1]);
    assert_eq!((depth.size, points.size), (COLOR, COLOR));
    let calibration = calibration();
    let table = XyTable::new(calibration.color_camera.as_ref().unwrap());
    let back = calibration
        .extrinsics(Sensor::Color, Sensor::Depth)
        .unwrap();
    let mut count = 0;
    let expected = |x: u32, y: u32| {
        let z = depth.at(x, y)[0] * 1000.0;
        let [rx, ry] = table.rays()[(y * COLOR.x + x) as usize];
        if z == 0.0 || rx.is_nan() {
            return [0.0; 4];
        }
        let [x, y, z] = back.transform_point([rx * z, ry * z, z]);
        [x * 0.001, y * -0.001, z * -0.001, 1.0]
    };
    points.check("points", expected, |_| 1.0e-5);
    count += points.pixels.iter().filter(|point| point[3] == 1.0).count();
    assert!(count > points.pixels.len() / 4, "only {count} points");
    let mirrored = picture(&mut app, outputs[2]);
    mirrored.check("mirrored", |x, y| points.at(COLOR.x - 1 - x, y), |_| 0.0);

    // The images show the test pattern: the plane of the wall or of the box, in the depth camera's image.
    let camera = calibration.depth_camera.as_ref().unwrap();
    let mut hits = 0;
    for point in points.pixels.iter().step_by(977).filter(|p| p[3] == 1.0) {
        let at = [point[0] * 1000.0, point[1] * -1000.0, point[2] * -1000.0];
        let Some([u, v]) = camera.project(at) else {
            continue;
        };
        let (u, v) = (u.round() as u32, v.round() as u32);
        let near = (u < DEPTH.x && v < DEPTH.y).then(|| f32::from(test_depth(u, v)));
        hits += usize::from(near.is_some_and(|near| (near - at[2]).abs() < 6.0));
    }
    let of = points
        .pixels
        .iter()
        .step_by(977)
        .filter(|p| p[3] == 1.0)
        .count();
    assert!(
        hits * 10 > of * 9,
        "{hits} of {of} points are on the pattern"
    );
}

#[test]
fn aligned_images_belong_together() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let hidden = ImageOutput::new(ImageKind::Color).aligned();
    let bleeding = ImageOutput {
        hidden: HiddenColor::Bleed,
        ..hidden.clone()
    };
    let half = ImageOutput {
        resolution: OutputResolution::Half,
        format: PixelFormat::Rgba32Float,
        ..bleeding.clone()
    };
    let outputs = spawn(
        &mut app,
        sensor,
        &[
            bleeding,
            ImageOutput::new(ImageKind::Depth).aligned(),
            ImageOutput::new(ImageKind::Infrared).aligned(),
            ImageOutput::new(ImageKind::PlayerIndex).aligned(),
            hidden,
            half,
        ],
    );
    wait(&mut app, sensor);
    app.world_mut().entity_mut(sensor).insert(players());
    let [color, depth, infrared, players, hidden, half] =
        [0, 1, 2, 3, 4, 5].map(|i| picture(&mut app, outputs[i]));
    assert_eq!(
        (color.size, color.format),
        (DEPTH, TextureFormat::Bgra8UnormSrgb)
    );
    assert_eq!(
        (depth.size, infrared.size, players.size),
        (COLOR, COLOR, COLOR)
    );
    // Pixels without data are 0; all other values have been compared.
    let seen = color.pixels.iter().filter(|pixel| pixel[3] == 1.0).count();
    let unseen = color
        .pixels
        .iter()
        .filter(|pixel| **pixel == [0.0; 4])
        .count();
    assert_eq!(seen + unseen, color.pixels.len());
    assert!(seen > unseen && unseen > 100, "{seen}, {unseen}");
    let visible = hidden.pixels.iter().filter(|pixel| pixel[3] == 1.0).count();
    assert!(visible < seen && visible > seen / 2, "{visible} of {seen}");
    // At half the size, the edges of visible areas are half transparent, and not darker.
    for y in 0..half.size.y {
        for x in 0..half.size.x {
            let four =
                [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| color.at(2 * x + i, 2 * y + j));
            let alpha = four.iter().map(|p| p[3]).sum::<f32>() / 4.0;
            let pixel = half.at(x, y);
            assert!((pixel[3] - alpha).abs() < 1.0e-5);
            for (c, value) in pixel.iter().enumerate().take(3) {
                let sum: f32 = four.iter().map(|p| p[c] * p[3]).sum();
                let expected = if alpha > 0.0 { sum / 4.0 / alpha } else { 0.0 };
                assert!((value - expected).abs() < 0.001, "{pixel:?}, {four:?}");
            }
        }
    }
    // Infrared is where depth is; players stand where their stripes are.
    let pairs = infrared.pixels.iter().zip(&depth.pixels);
    assert!(pairs.clone().all(|(i, d)| (i[0] == 0.0) == (d[0] == 0.0)));
    let known: Vec<f32> = (0..DEPTH.x).map(|x| player_at(x, 0)[0]).collect();
    assert!(
        players
            .pixels
            .iter()
            .all(|p| known.iter().any(|k| (k - p[0]).abs() < 1.0e-6))
    );
    let found = players.pixels.iter().filter(|p| p[0] > 0.0).count();
    assert!(found > players.pixels.len() / 10, "{found}");
}

#[test]
fn players_in_false_colours_are_told_apart_and_nobody_is_black() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let outputs = spawn(
        &mut app,
        sensor,
        &[
            ImageOutput::new(ImageKind::PlayerIndex).false_color(),
            ImageOutput::new(ImageKind::PlayerIndex),
        ],
    );
    wait(&mut app, sensor);
    // No tracker has delivered bodies yet, so the images exist and are empty.
    let empty = picture(&mut app, outputs[1]);
    assert_eq!((empty.size, empty.format), (DEPTH, TextureFormat::R8Unorm));
    assert!(empty.pixels.iter().all(|pixel| pixel[0] == 0.0));
    assert_eq!(diagnostics(&app, outputs[1]).updates, 0);

    app.world_mut().entity_mut(sensor).insert(players());
    update(&mut app);
    assert!(diagnostics(&app, outputs[1]).updates <= 1);
    let colors = picture(&mut app, outputs[0]);
    assert_eq!(colors.format, TextureFormat::Rgba8UnormSrgb);
    assert_eq!(colors.at(10, 10), [0.0, 0.0, 0.0, 1.0]);
    let seen: Vec<_> = [45, 125, 205].map(|x| colors.at(x, 10)).into();
    for (index, a) in seen.iter().enumerate() {
        for b in &seen[..index] {
            let apart: f32 = (0..3).map(|i| (a[i] - b[i]).abs()).sum();
            assert!(apart > 0.2, "{seen:?}");
        }
    }
    picture(&mut app, outputs[1]).check("players", player_at, |_| 1.0e-6);
    // Frames go on, but the map is the same.
    assert_eq!(diagnostics(&app, outputs[1]).updates, 1);
    app.world_mut()
        .entity_mut(sensor)
        .insert(BodyIndexMap(None));
    for _ in 0..2 {
        update(&mut app);
    }
    assert!(
        picture(&mut app, outputs[1])
            .pixels
            .iter()
            .all(|p| p[0] == 0.0)
    );
    assert_eq!(player(45, 0), 0);
}

#[test]
fn the_simulations_people_are_in_the_player_index() {
    let mut app = rendering_app();
    let settings = SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        ..default()
    };
    let sensor = KinectSensor::new(SensorSource::Simulation(settings));
    let sensor = app.world_mut().spawn(sensor).id();
    let outputs = spawn(
        &mut app,
        sensor,
        &[
            ImageOutput::new(ImageKind::PlayerIndex),
            ImageOutput::new(ImageKind::PlayerIndex).aligned(),
        ],
    );
    let has_people = |world: &mut World| {
        let truth = world.get::<GroundTruth>(sensor);
        let map = truth.and_then(|truth| truth.0.index_map.as_ref());
        map.is_some_and(|map| map.pixels().iter().filter(|p| **p != 255).count() > 500)
    };
    update_until(&mut app, "people", has_people);
    // The simulation continues, so the image is compared with the ground truth of the same update.
    let seen = picture(&mut app, outputs[0]);
    let truth = app.world().get::<GroundTruth>(sensor).unwrap().0.clone();
    let map = truth.index_map.as_ref().unwrap();
    for (pixel, &body) in seen.pixels.iter().zip(map.pixels()) {
        let expected = if body == 255 { 0 } else { 25 * (body + 1) };
        assert!((pixel[0] * 255.0 - f32::from(expected)).abs() < 1.0e-3);
    }
    let aligned = picture(&mut app, outputs[1]);
    assert!(aligned.pixels.iter().filter(|p| p[0] > 0.0).count() > 500);
}

#[test]
fn images_wait_for_the_skeletons_found_in_them() {
    let mut app = rendering_app();
    let depth = |number: u64, _: u32, _: u32| 1000 + number as u16;
    let stepped = Stepped::new(&mut app, depth);
    let sensor = stepped.sensor;
    let of = |timing| ImageOutput {
        kind: ImageKind::Depth,
        timing,
        ..default()
    };
    let outputs = spawn(
        &mut app,
        sensor,
        &[of(ImageTiming::Live), of(ImageTiming::Bodies)],
    );
    update(&mut app);
    // Skeletons come two frames late.
    for number in 1..=8_u64 {
        stepped.step(&mut app);
        let late = number.saturating_sub(2) * 33_333;
        app.world_mut()
            .entity_mut(sensor)
            .insert(BodyTime::at(late));
        update(&mut app);
    }
    let live = picture(&mut app, outputs[0]);
    live.check("live", |_, _| [1.008, 0.0, 0.0, 1.0], |_| 1.0e-6);
    let delayed = picture(&mut app, outputs[1]);
    delayed.check("delayed", |_, _| [1.006, 0.0, 0.0, 1.0], |_| 1.0e-6);
    let [live, delayed] = [0, 1].map(|i| diagnostics(&app, outputs[i]));
    assert_eq!((live.updates, delayed.updates), (8, 6));
    assert!(live.last_update_frame <= delayed.last_update_frame);
}
