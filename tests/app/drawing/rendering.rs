//! Compares rendered images with the camera model, pixel by pixel.

use std::time::Duration;

use bevy::camera::{PerspectiveProjection, Projection};
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use bevy_kinect_azure::kinect_azure::Calibration;
use bevy_kinect_azure::kinect_azure::calibration::XyTable;
use bevy_kinect_azure::kinect_azure::transform::{Occlusion, Transformation, point_cloud_f32};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

/// A sensor with one output of each kind.
fn spawn_outputs(
    app: &mut App,
    sensor: KinectSensor,
    outputs: &[ImageOutput],
) -> (Entity, Vec<Entity>) {
    let sensor = app.world_mut().spawn(sensor).id();
    let outputs = outputs
        .iter()
        .map(|output| {
            app.world_mut()
                .spawn((output.clone(), ImageOutputOf(sensor)))
                .id()
        })
        .collect();
    (sensor, outputs)
}

/// Updates until the GPU has shown a few frames.
fn wait_for_frames(app: &mut App, sensor: Entity) {
    update_until(app, "a frame", |world| {
        world
            .get::<SensorFrame>(sensor)
            .is_some_and(|f| f.0.is_some())
    });
    for _ in 0..4 {
        update(app);
    }
}

fn image_of(app: &App, output: Entity) -> (Handle<Image>, UVec2, TextureFormat) {
    let image = app.world().get::<OutputImage>(output).unwrap();
    (
        image.image.clone(),
        image.size().unwrap(),
        image.format().unwrap(),
    )
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

/// Brightness of infrared pixels as the output stores it, in 1/65535.
fn infrared_values(bytes: &[u8], format: TextureFormat) -> Vec<u16> {
    match format {
        TextureFormat::R16Unorm => bytes
            .chunks_exact(2)
            .map(|b| u16::from_le_bytes(b.try_into().unwrap()))
            .collect(),
        TextureFormat::R32Float => floats(bytes)
            .into_iter()
            .map(|v| (v * 65535.0).round() as u16)
            .collect(),
        other => panic!("infrared came as {other:?}"),
    }
}

/// The points and colours that the CPU computes from a frame.
fn expected_points(frame: &Frame, calibration: &Calibration) -> (Vec<[f32; 3]>, Vec<[u8; 4]>) {
    let table = XyTable::new(calibration.depth_camera.as_ref().unwrap());
    let depth = frame.capture.depth.as_ref().unwrap().u16_pixels();
    let mut points = vec![[0.0; 3]; depth.len()];
    point_cloud_f32(&table, depth, &mut points).unwrap();
    let mut colors = vec![[0; 4]; depth.len()];
    Transformation::new(calibration)
        .unwrap()
        .color_to_depth(
            depth,
            bytemuck::cast_slice(frame.color_bgra()),
            &mut colors,
            Occlusion::Ignore,
        )
        .unwrap();
    (points, colors)
}

#[test]
fn image_outputs_hold_exactly_what_the_sensor_delivered() {
    let mut app = rendering_app();
    let (sensor, outputs) = spawn_outputs(
        &mut app,
        test_sensor(),
        &[
            ImageOutput::new(ImageKind::Color),
            ImageOutput::new(ImageKind::Depth),
            ImageOutput::new(ImageKind::Infrared),
            ImageOutput::new(ImageKind::PointCloud),
            ImageOutput::new(ImageKind::Color),
        ],
    );
    wait_for_frames(&mut app, sensor);

    for color_output in [outputs[0], outputs[4]] {
        let (image, size, format) = image_of(&app, color_output);
        assert_eq!(
            (size, format),
            (UVec2::new(1280, 720), TextureFormat::Bgra8UnormSrgb)
        );
        let color = read_image(&mut app, image);
        for (index, pixel) in color.chunks_exact(4).enumerate() {
            let (x, y) = (index as u32 % 1280, index as u32 / 1280);
            assert_eq!(pixel, test_color(x, y), "colour at {x}, {y}");
        }
    }

    let (image, size, format) = image_of(&app, outputs[1]);
    assert_eq!(
        (size, format),
        (UVec2::new(320, 288), TextureFormat::R32Float)
    );
    for (index, metres) in floats(&read_image(&mut app, image)).into_iter().enumerate() {
        let (x, y) = (index as u32 % 320, index as u32 / 320);
        let expected = f32::from(test_depth(x, y)) * 0.001;
        assert!(
            (metres - expected).abs() < 1.0e-6,
            "depth at {x}, {y}: {metres}"
        );
    }

    let (image, _, format) = image_of(&app, outputs[2]);
    let bytes = read_image(&mut app, image);
    for (index, value) in infrared_values(&bytes, format).into_iter().enumerate() {
        let (x, y) = (index as u32 % 320, index as u32 / 320);
        assert_eq!(value, test_ir(x, y), "infrared at {x}, {y}");
    }

    let frame = frame_of(app.world(), sensor);
    let (points, _) = expected_points(&frame, &calibration());
    let (image, _, format) = image_of(&app, outputs[3]);
    assert_eq!(format, TextureFormat::Rgba32Float);
    let xyzw = floats(&read_image(&mut app, image));
    for (pixel, point) in xyzw.chunks_exact(4).zip(&points) {
        let alpha = if point[2] == 0.0 { 0.0 } else { 1.0 };
        assert_eq!(pixel[3], alpha);
        for (a, b) in pixel.iter().zip(point) {
            assert!((a - b).abs() < 1.0e-5, "{pixel:?} for {point:?}");
        }
    }
}

#[test]
fn handles_are_there_from_the_start_and_stay() {
    let mut app = rendering_app();
    let (sensor, outputs) = spawn_outputs(
        &mut app,
        test_sensor(),
        &[
            ImageOutput::new(ImageKind::Color),
            ImageOutput::new(ImageKind::Depth).false_color(),
        ],
    );
    let handles = |app: &App| -> Vec<_> {
        outputs
            .iter()
            .map(|&o| app.world().get::<OutputImage>(o).unwrap().image.clone())
            .collect()
    };
    let at_first = handles(&app);
    assert!(at_first.iter().all(|handle| *handle != Handle::default()));
    wait_for_frames(&mut app, sensor);
    assert_eq!(handles(&app), at_first);

    // After switching off and on, the image is the same.
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .active = false;
    update_until(&mut app, "switching off", |world| {
        world.get::<SensorState>(sensor) == Some(&SensorState::Disabled)
    });
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .active = true;
    update_until(&mut app, "streaming again", |world| {
        world.get::<SensorState>(sensor) == Some(&SensorState::Streaming)
    });
    assert_eq!(handles(&app), at_first);

    // Another format needs another texture: a new handle, and a message that says so.
    app.world_mut()
        .get_mut::<ImageOutput>(outputs[1])
        .unwrap()
        .false_color = None;
    update_until(&mut app, "another image", |world| {
        world.get::<OutputImage>(outputs[1]).unwrap().image != at_first[1]
    });
    let now = handles(&app);
    assert_eq!(now[0], at_first[0]);
    assert_ne!(now[1], at_first[1]);
    let changes = app.world().resource::<Messages<OutputImageChanged>>();
    let change = changes.iter_current_update_messages().next().unwrap();
    assert_eq!((change.output, &change.new), (outputs[1], &now[1]));
}

#[test]
fn false_colours_run_from_near_red_to_far_blue_and_leave_holes_black() {
    let mut app = rendering_app();
    let (sensor, outputs) = spawn_outputs(
        &mut app,
        test_sensor(),
        &[
            ImageOutput {
                kind: ImageKind::Depth,
                false_color: Some(FalseColor::Range { min: 0.9, max: 2.7 }),
                ..default()
            },
            ImageOutput::new(ImageKind::Infrared).false_color(),
        ],
    );
    wait_for_frames(&mut app, sensor);
    let (image, size, format) = image_of(&app, outputs[0]);
    assert_eq!(format, TextureFormat::Rgba8UnormSrgb);
    let rgba = read_image(&mut app, image);
    keep_picture("false-colour-depth.png", size.x, size.y, &rgba);
    let at = |x: u32, y: u32| -> [u8; 4] {
        let i = ((y * size.x + x) * 4) as usize;
        rgba[i..i + 4].try_into().unwrap()
    };
    assert_eq!(at(2, 2), [0, 0, 0, 255], "no measurement");
    let [r, _, b, _] = at(150, 95);
    assert!(r > 120 && b < 60, "the near box is red: {:?}", at(150, 95));
    let [r, _, b, _] = at(310, 150);
    assert!(b > 60 && r < 80, "the far wall is blue: {:?}", at(310, 150));

    let (image, size, _) = image_of(&app, outputs[1]);
    let rgba = read_image(&mut app, image);
    keep_picture("false-colour-infrared.png", size.x, size.y, &rgba);
    let greys: Vec<u8> = rgba.chunks_exact(4).map(|p| p[0]).collect();
    let bright = greys.iter().filter(|&&g| g > 200).count();
    let dark = greys.iter().filter(|&&g| g < 100).count();
    assert!(
        bright > greys.len() / 20 && dark > greys.len() / 20,
        "{bright} bright, {dark} dark"
    );
}

/// Colours as the vendor's library computes them, also for points that the colour camera does not see.
const BLEEDING: PointColor = PointColor::Camera {
    unseen: Color::BLACK,
    hidden: HiddenColor::Bleed,
};

/// Points in the buffer: positions as the CPU computes them, colours within one step.
fn check_buffer(app: &mut App, cloud: Entity, points: &[[f32; 3]], colors: &[[u8; 4]]) {
    let bytes = read_points(app, cloud);
    assert_eq!(bytes.len(), points.len() * 16);
    let (mut seen, mut off_by_more) = (0, 0);
    for ((point, color), bytes) in points.iter().zip(colors).zip(bytes.chunks_exact(16)) {
        let position = floats(&bytes[..12]);
        let rgba = &bytes[12..];
        if point[2] == 0.0 {
            assert_eq!(rgba[3], 0, "no point where nothing was measured");
            continue;
        }
        for (a, b) in position.iter().zip(point) {
            assert!((a - b).abs() < 1.0e-5, "{position:?} for {point:?}");
        }
        if color[3] == 0 {
            continue;
        }
        seen += 1;
        let bgra = [rgba[2], rgba[1], rgba[0], rgba[3]];
        let worst = bgra
            .iter()
            .zip(color)
            .map(|(a, b)| a.abs_diff(*b))
            .max()
            .unwrap();
        // A point on the border of two pixels may fall to either side in 32-bit floats.
        off_by_more += usize::from(worst > 1);
    }
    assert!(
        seen > points.len() / 4,
        "only {seen} points are seen by the colour camera"
    );
    assert!(
        off_by_more * 1000 < seen,
        "{off_by_more} of {seen} colours differ by more than 1"
    );
}

#[test]
fn the_point_buffer_holds_positions_and_colours_of_the_camera_model() {
    let mut app = rendering_app();
    let cloud = app
        .world_mut()
        .spawn((
            test_sensor(),
            PointCloud {
                color: BLEEDING,
                ..default()
            },
        ))
        .id();
    wait_for_frames(&mut app, cloud);
    let frame = frame_of(app.world(), cloud);
    let (points, colors) = expected_points(&frame, &calibration());
    check_buffer(&mut app, cloud, &points, &colors);
}

/// Renders a cloud from `camera` (in the world) and compares every pixel with points projected on the CPU.
fn check_picture(app: &mut App, cloud: Entity, camera: Transform, points: &[[f32; 3]], name: &str) {
    const SIDE: u32 = 400;
    let fov = 1.2_f32;
    let image = render_target(app, SIDE, SIDE);
    let camera_entity = app
        .world_mut()
        .spawn((
            Camera3d::default(),
            Camera {
                clear_color: ClearColorConfig::Custom(Color::BLACK),
                ..default()
            },
            Projection::Perspective(PerspectiveProjection {
                fov,
                aspect_ratio: 1.0,
                ..default()
            }),
            Tonemapping::None,
            Msaa::Off,
            camera,
            target(&image),
        ))
        .id();
    for _ in 0..4 {
        update(app);
    }
    let rgba = read_image(app, image);
    keep_picture(name, SIDE, SIDE, &rgba);
    app.world_mut().despawn(camera_entity);

    let buffer = read_points(app, cloud);
    let world_from_sensor = *app.world().get::<GlobalTransform>(cloud).unwrap();
    let view_from_sensor = camera.to_matrix().inverse() * world_from_sensor.to_matrix();
    let scale = SIDE as f32 / 2.0 / (fov / 2.0).tan();
    // The nearest point of each pixel; points of one pixel in size cover the pixel they lie in.
    let mut nearest = vec![(f32::INFINITY, [0_u8; 3], false); (SIDE * SIDE) as usize];
    for (index, point) in points.iter().enumerate().filter(|(_, p)| p[2] != 0.0) {
        let v = view_from_sensor.transform_point3(Vec3::from_array(*point));
        if v.z > -0.1 {
            continue;
        }
        let x = SIDE as f32 / 2.0 - v.x / v.z * scale;
        let y = SIDE as f32 / 2.0 + v.y / v.z * scale;
        if x < 0.0 || y < 0.0 || x >= SIDE as f32 || y >= SIDE as f32 {
            continue;
        }
        // The point is too close to the border of a pixel to know its pixel.
        let edge = [x, y].iter().any(|c| (c - c.round()).abs() < 0.01);
        let pixel = &mut nearest[(y as u32 * SIDE + x as u32) as usize];
        if -v.z < pixel.0 {
            let color = &buffer[index * 16 + 12..index * 16 + 15];
            *pixel = (-v.z, color.try_into().unwrap(), edge);
        }
    }
    let (mut covered, mut wrong) = (0_usize, 0_usize);
    for ((distance, color, _edge), pixel) in nearest.iter().zip(rgba.chunks_exact(4)) {
        covered += usize::from(distance.is_finite());
        let differs = pixel[..3]
            .iter()
            .zip(color)
            .any(|(a, b)| a.abs_diff(*b) > 1);
        wrong += usize::from(differs);
    }
    assert!(covered > 5000, "only {covered} pixels show points");
    // The remaining points are within rounding errors of a pixel's border.
    assert!(
        wrong * 100 <= covered,
        "{name}: {wrong} pixels of {covered} are not what the camera model says"
    );
}

#[test]
fn the_point_cloud_is_drawn_where_the_camera_model_says() {
    let mut app = rendering_app();
    let pixel_sized = PointCloud {
        size: PointSize::Pixels(1.0),
        ..default()
    };
    let cloud = app.world_mut().spawn((test_sensor(), pixel_sized)).id();
    wait_for_frames(&mut app, cloud);
    let frame = frame_of(app.world(), cloud);
    let (points, _) = expected_points(&frame, &calibration());

    check_picture(
        &mut app,
        cloud,
        Transform::IDENTITY,
        &points,
        "cloud-from-the-sensor.png",
    );
    let aside = Transform::from_xyz(0.8, 0.5, 0.2).looking_at(Vec3::new(0.0, 0.0, -2.0), Vec3::Y);
    check_picture(&mut app, cloud, aside, &points, "cloud-from-aside.png");

    // The sensor hangs on a ceiling, turned and tilted, and the cloud has the same transform.
    *app.world_mut().get_mut::<Transform>(cloud).unwrap() = Transform::from_xyz(3.0, 2.5, -1.0)
        .with_rotation(Quat::from_euler(EulerRot::YXZ, 1.0, -0.5, 0.2));
    update(&mut app);
    let placed = *app.world().get::<Transform>(cloud).unwrap();
    check_picture(
        &mut app,
        cloud,
        placed * aside,
        &points,
        "cloud-of-a-moved-sensor.png",
    );
}

#[test]
fn a_cloud_can_hang_on_a_descendant_of_its_sensor() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let cloud = app
        .world_mut()
        .spawn((
            PointCloud {
                color: PointColor::DepthRamp(FalseColor::Auto),
                ..default()
            },
            ChildOf(sensor),
        ))
        .id();
    wait_for_frames(&mut app, sensor);
    let bytes = read_points(&mut app, cloud);
    let drawn = bytes.chunks_exact(16).filter(|p| p[15] == 255).count();
    assert!(drawn > 70_000, "{drawn} points");
}

#[test]
fn the_sample_recording_is_shown_as_it_is() {
    let Some(path) = recording("mug-720p-nfov.mkv") else {
        return;
    };
    let mut app = rendering_app();
    let (sensor, outputs) = spawn_outputs(
        &mut app,
        KinectSensor::recording(path),
        &[
            ImageOutput::new(ImageKind::Color),
            ImageOutput::new(ImageKind::Depth),
            ImageOutput::new(ImageKind::Infrared),
        ],
    );
    app.world_mut().entity_mut(sensor).insert(PointCloud {
        size: PointSize::Pixels(1.0),
        color: BLEEDING,
        ..default()
    });
    wait_for_frames(&mut app, sensor);
    let frame = frame_of(app.world(), sensor);
    let stream = app.world().get::<SensorStream>(sensor).unwrap().clone();
    assert_eq!(stream.info.serial.as_deref(), Some("001514394512"));

    let (image, _, _) = image_of(&app, outputs[0]);
    assert!(
        read_image(&mut app, image) == frame.color_bgra(),
        "the colour output is the decoded image"
    );
    let depth = frame.capture.depth.as_ref().unwrap();
    // The golden sum of this capture.
    assert_eq!(
        depth
            .u16_pixels()
            .iter()
            .map(|&d| u64::from(d))
            .sum::<u64>(),
        380_924_829
    );
    let (image, _, _) = image_of(&app, outputs[1]);
    for (metres, &mm) in floats(&read_image(&mut app, image))
        .iter()
        .zip(depth.u16_pixels())
    {
        assert!((metres - f32::from(mm) * 0.001).abs() < 1.0e-6);
    }
    let (image, _, format) = image_of(&app, outputs[2]);
    let ir = infrared_values(&read_image(&mut app, image), format);
    assert_eq!(ir, frame.capture.ir.as_ref().unwrap().u16_pixels());

    let calibration = stream.calibration.unwrap();
    let (points, colors) = expected_points(&frame, &calibration);
    check_buffer(&mut app, sensor, &points, &colors);
    let camera =
        Transform::from_xyz(0.15, 0.1, -0.1).looking_at(Vec3::new(0.0, 0.0, -1.5), Vec3::Y);
    check_picture(&mut app, sensor, camera, &points, "sample-cloud.png");
}

#[test]
fn outputs_and_clouds_come_and_go_while_nothing_new_arrives() {
    let mut app = rendering_app();
    // The source ends after two captures.
    let source = SensorSource::custom(|| Ok(TestSource::new(2, Duration::from_millis(1))));
    let (sensor, outputs) = spawn_outputs(
        &mut app,
        KinectSensor::new(source),
        &[ImageOutput::new(ImageKind::Color)],
    );
    app.world_mut()
        .entity_mut(sensor)
        .insert(PointCloud::default());
    update_until(&mut app, "the end", |world| {
        world.get::<SensorState>(sensor) == Some(&SensorState::Ended)
    });
    wait_for_frames(&mut app, sensor);
    let late = app
        .world_mut()
        .spawn((ImageOutput::new(ImageKind::Color), ImageOutputOf(sensor)))
        .id();
    for _ in 0..4 {
        update(&mut app);
    }
    let (first, _, _) = image_of(&app, outputs[0]);
    let (second, _, _) = image_of(&app, late);
    let first = read_image(&mut app, first);
    assert!(first.iter().any(|&value| value > 100));
    assert!(
        first == read_image(&mut app, second),
        "a late output shows the last image"
    );

    app.world_mut().entity_mut(sensor).remove::<PointCloud>();
    update(&mut app);
    assert!(app.world().get::<PointCloudBuffer>(sensor).is_none());
    assert!(app.world().get::<Mesh3d>(sensor).is_none());
}

#[test]
fn another_source_shows_nothing_of_the_one_before() {
    let mut app = rendering_app();
    let (sensor, outputs) = spawn_outputs(
        &mut app,
        test_sensor(),
        &[
            ImageOutput::new(ImageKind::Color),
            ImageOutput::new(ImageKind::Depth),
        ],
    );
    wait_for_frames(&mut app, sensor);
    // A source that opens and never delivers.
    let silent = SensorSource::custom(|| Ok(TestSource::new(0, Duration::ZERO)));
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .source = silent;
    update_until(&mut app, "the silent source", |world| {
        world.get::<SensorState>(sensor) == Some(&SensorState::Ended)
    });
    for _ in 0..4 {
        update(&mut app);
    }
    assert!(app.world().get::<SensorFrame>(sensor).unwrap().0.is_none());
    for output in outputs {
        let (image, _, _) = image_of(&app, output);
        assert!(
            read_image(&mut app, image).iter().all(|&value| value == 0),
            "nothing of the former source is left"
        );
    }
}
