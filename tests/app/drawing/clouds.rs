//! Point clouds: which pixels become points, and their colours.

use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::kinect_azure::calibration::XyTable;
use bevy_kinect_azure::kinect_azure::image::Pixels;
use bevy_kinect_azure::kinect_azure::transform::{Occlusion, Transformation, point_cloud_f32};
use bevy_kinect_azure::kinect_azure::{
    Calibration, CaptureSource, ImageFormat, ImagePool, ImuSample, NextCapture, SensorInfo,
    SourceError,
};
use bevy_kinect_azure::point_cloud::{ATTRIBUTE_POINT_CORNER, DISCONTINUITY};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

pub(crate) const WIDTH: u32 = 320;
pub(crate) const HEIGHT: u32 = 288;

/// The test sensor with another depth image.
struct WithDepth(TestSource, ImagePool, fn(u32, u32) -> u16);

impl CaptureSource for WithDepth {
    fn info(&self) -> &SensorInfo {
        self.0.info()
    }

    fn calibration(&self) -> Option<&Calibration> {
        self.0.calibration()
    }

    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        let mut next = self.0.next_capture(timeout)?;
        if let NextCapture::Capture(capture) = &mut next {
            let usec = capture.depth.as_ref().unwrap().device_timestamp_usec;
            capture.depth = Some(self.1.fill(|image| {
                (image.width, image.height) = (WIDTH, HEIGHT);
                image.stride = image.format.packed_stride(WIDTH);
                image.device_timestamp_usec = usec;
                if let Pixels::U16(pixels) = &mut image.pixels {
                    pixels.clear();
                    for y in 0..HEIGHT {
                        pixels.extend((0..WIDTH).map(|x| self.2(x, y)));
                    }
                }
                Ok::<(), SourceError>(())
            })?);
        }
        Ok(next)
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        self.0.next_imu_sample()
    }
}

pub(crate) fn sensor_with(depth: fn(u32, u32) -> u16) -> KinectSensor {
    KinectSensor::new(SensorSource::custom(move || {
        let source = TestSource::new(u64::MAX, Duration::from_millis(10));
        Ok(WithDepth(
            source,
            ImagePool::new(ImageFormat::Depth16),
            depth,
        ))
    }))
}

/// The test pattern with pixels that float between the box and the wall.
pub(crate) fn depth_with_flying_pixels(x: u32, y: u32) -> u16 {
    let beside = (x == 109 || x == 200) && (90..210).contains(&y);
    let below = y == 210 && (110..200).contains(&x);
    if beside || below {
        1400
    } else {
        test_depth(x, y)
    }
}

/// The position of each depth pixel.
fn positions(depth: fn(u32, u32) -> u16) -> Vec<Vec3> {
    let table = XyTable::new(calibration().depth_camera.as_ref().unwrap());
    let image: Vec<u16> = (0..WIDTH * HEIGHT)
        .map(|i| depth(i % WIDTH, i / WIDTH))
        .collect();
    let mut points = vec![[0.0; 3]; image.len()];
    point_cloud_f32(&table, &image, &mut points).unwrap();
    points.into_iter().map(Vec3::from).collect()
}

/// A cloud on a child of the sensor.
fn spawn_child(app: &mut App, sensor: Entity, cloud: PointCloud) -> Entity {
    app.world_mut().spawn((cloud, ChildOf(sensor))).id()
}

fn filtered(filter: PointFilter) -> PointCloud {
    PointCloud {
        color: PointColor::Flat(Color::WHITE),
        filter,
        ..default()
    }
}

/// Updates until the cloud's points are there, and a little longer.
pub(crate) fn wait_for_points(app: &mut App, cloud: Entity) {
    update_until(app, "points", |world| {
        world
            .get::<PointCloudBuffer>(cloud)
            .is_some_and(PointCloudBuffer::is_filled)
    });
    for _ in 0..4 {
        update(app);
    }
}

pub(crate) struct Seen {
    pub(crate) position: Vec3,
    pub(crate) color: [u8; 4],
}

pub(crate) fn points_of(app: &mut App, cloud: Entity) -> Vec<Seen> {
    wait_for_points(app, cloud);
    read_points(app, cloud)
        .chunks_exact(16)
        .map(|bytes| Seen {
            position: Vec3::from_slice(&floats(&bytes[..12])),
            color: bytes[12..].try_into().unwrap(),
        })
        .collect()
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

/// Compares a cloud with the depth pixels that `is_kept` keeps. It gets the pixel's position in the image, its depth in
/// mm and its point.
fn check_kept(
    app: &mut App,
    cloud: Entity,
    depth: fn(u32, u32) -> u16,
    step: u32,
    is_kept: impl Fn(u32, u32, u16, Vec3) -> bool,
) {
    let positions = positions(depth);
    let seen = points_of(app, cloud);
    let (width, height) = (WIDTH.div_ceil(step), HEIGHT.div_ceil(step));
    let buffer = app.world().get::<PointCloudBuffer>(cloud).unwrap();
    assert_eq!((buffer.width, buffer.height), (width, height));
    assert_eq!(seen.len(), (width * height) as usize);
    let (mut kept, mut left_out) = (0, 0);
    for (i, point) in seen.iter().enumerate() {
        let (x, y) = (i as u32 % width * step, i as u32 / width * step);
        let position = positions[(y * WIDTH + x) as usize];
        let z = depth(x, y);
        let expected = z != 0 && is_kept(x, y, z, position);
        assert_eq!(
            point.color[3] != 0,
            expected,
            "pixel {x}, {y} at {z} mm, {position}"
        );
        if expected {
            kept += 1;
            assert!(
                point.position.abs_diff_eq(position, 1.0e-5),
                "{} for {position}",
                point.position
            );
        } else {
            left_out += 1;
            assert_eq!(point.position, Vec3::ZERO);
        }
    }
    assert!(kept > 0, "nothing is kept");
    assert!(left_out > 0, "nothing is left out");
}

#[test]
fn density_takes_every_nth_pixel() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    for (density, step) in [(1, 1), (2, 2), (3, 3), (7, 7), (16, 16), (0, 1), (99, 16)] {
        let filter = PointFilter {
            density,
            ..default()
        };
        let cloud = spawn_child(&mut app, sensor, filtered(filter));
        check_kept(&mut app, cloud, test_depth, step, |_, _, _, _| true);
    }
}

#[test]
fn changing_the_density_gives_a_new_buffer_of_that_size() {
    let mut app = rendering_app();
    let cloud = app
        .world_mut()
        .spawn((test_sensor(), filtered(PointFilter::default())))
        .id();
    wait_for_points(&mut app, cloud);
    let before = app.world().get::<PointCloudBuffer>(cloud).unwrap().clone();
    app.world_mut()
        .get_mut::<PointCloud>(cloud)
        .unwrap()
        .filter
        .density = 4;
    update(&mut app);
    let after = app.world().get::<PointCloudBuffer>(cloud).unwrap().clone();
    assert_ne!(before.buffer, after.buffer);
    check_kept(&mut app, cloud, test_depth, 4, |_, _, _, _| true);
}

#[test]
fn depth_and_boxes_clip() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let clip = |app: &mut App, filter: PointFilter| spawn_child(app, sensor, filtered(filter));

    let cloud = clip(
        &mut app,
        PointFilter {
            min_depth: 1.05,
            max_depth: 2.2,
            ..default()
        },
    );
    check_kept(&mut app, cloud, test_depth, 1, |_, _, z, _| {
        (1050..=2200).contains(&z)
    });
    // A box that is not finite does not clip.
    let cloud = clip(
        &mut app,
        PointFilter {
            min_depth: f32::NAN,
            max_depth: f32::NAN,
            ..default()
        },
    );
    check_kept(&mut app, cloud, test_depth, 1, |_, _, _, _| true);

    let clip_box = ClipBox {
        center: Vec3::new(0.1, -0.05, -1.9),
        half_size: Vec3::new(0.9, 0.5, 0.6),
        rotation: Quat::from_euler(EulerRot::YXZ, 0.5, 0.3, -0.2),
        space: ClipSpace::Sensor,
    };
    let inside = move |position: Vec3| {
        let p = clip_box.rotation.inverse() * (position - clip_box.center);
        (p.abs() - clip_box.half_size).max_element()
    };
    let cloud = clip(
        &mut app,
        PointFilter {
            clip_box: Some(clip_box),
            ..default()
        },
    );
    let seen = points_of(&mut app, cloud);
    let (mut kept, mut all) = (0, 0);
    for (point, position) in seen.iter().zip(positions(test_depth)) {
        // Points on the box's faces may fall to either side in 32-bit floats.
        let beyond = inside(position);
        if position.z != 0.0 && beyond.abs() > 1.0e-5 {
            assert_eq!(point.color[3] != 0, beyond < 0.0, "{position}");
            kept += usize::from(beyond < 0.0);
            all += 1;
        }
    }
    assert!(kept > 1000 && all - kept > 1000, "{kept} of {all}");

    // A box in the world, where the cloud is drawn.
    let place = Transform::from_xyz(3.0, 1.0, -2.0).with_rotation(Quat::from_rotation_y(0.7));
    let in_world = ClipBox {
        center: place * clip_box.center,
        rotation: place.rotation * clip_box.rotation,
        space: ClipSpace::World,
        ..clip_box
    };
    let moved = clip(
        &mut app,
        PointFilter {
            clip_box: Some(in_world),
            ..default()
        },
    );
    app.world_mut().entity_mut(moved).insert(place);
    update(&mut app);
    let seen = points_of(&mut app, moved);
    for (point, position) in seen.iter().zip(positions(test_depth)) {
        let beyond = inside(position);
        if position.z != 0.0 && beyond.abs() > 1.0e-4 {
            assert_eq!(point.color[3] != 0, beyond < 0.0, "{position} in the world");
        }
    }

    // Boxes without an inside.
    for bad in [
        Vec3::new(1.0, 0.0, 1.0),
        Vec3::splat(-1.0),
        Vec3::splat(f32::NAN),
    ] {
        let cloud = clip(
            &mut app,
            PointFilter {
                clip_box: Some(ClipBox {
                    half_size: bad,
                    ..default()
                }),
                ..default()
            },
        );
        assert!(points_of(&mut app, cloud).iter().all(|p| p.color[3] == 0));
    }
}

/// Whether a pixel lies between two opposite neighbours on different surfaces.
fn flies(depth: fn(u32, u32) -> u16, x: u32, y: u32) -> bool {
    let at = |dx: i32, dy: i32| -> Option<f32> {
        let (x, y) = (x.checked_add_signed(dx)?, y.checked_add_signed(dy)?);
        (x < WIDTH && y < HEIGHT)
            .then(|| f32::from(depth(x, y)))
            .filter(|&z| z > 0.0)
    };
    let z = f32::from(depth(x, y));
    [(1, 0), (0, 1), (1, 1), (1, -1)].iter().any(|&(dx, dy)| {
        let (Some(a), Some(b)) = (at(dx, dy), at(-dx, -dy)) else {
            return false;
        };
        let (near, far) = (a.min(b), a.max(b));
        let gap = near * DISCONTINUITY;
        far - near > gap && z - near > gap / 4.0 && far - z > gap / 4.0
    })
}

#[test]
fn flying_pixels_are_left_out() {
    let mut app = rendering_app();
    let sensor = app
        .world_mut()
        .spawn(sensor_with(depth_with_flying_pixels))
        .id();
    let filter = PointFilter {
        flying_pixels: Some(DISCONTINUITY),
        ..default()
    };
    let cloud = spawn_child(&mut app, sensor, filtered(filter));
    let depth = depth_with_flying_pixels;
    check_kept(&mut app, cloud, depth, 1, |x, y, _, _| !flies(depth, x, y));
    let left_out = (0..HEIGHT)
        .flat_map(|y| (0..WIDTH).map(move |x| (x, y)))
        .filter(|&(x, y)| depth(x, y) != 0 && flies(depth, x, y))
        .count();
    assert!(
        (300..=400).contains(&left_out),
        "{left_out} of 330 flying pixels"
    );
    // The neighbours of a pixel are those of the full image.
    let filter = PointFilter {
        density: 3,
        ..filter
    };
    let cloud = spawn_child(&mut app, sensor, filtered(filter));
    check_kept(&mut app, cloud, depth, 3, |x, y, _, _| !flies(depth, x, y));
    for off in [None, Some(f32::NAN), Some(-1.0)] {
        let filter = PointFilter {
            flying_pixels: off,
            ..default()
        };
        let cloud = spawn_child(&mut app, sensor, filtered(filter));
        check_kept(&mut app, cloud, depth, 1, |_, _, _, _| true);
    }
}

/// Two players in front of the box, a third with a high number, and nobody else.
fn player_at(x: u32, y: u32) -> u8 {
    match (x, y) {
        (110..150, 90..210) => 0,
        (150..200, 90..210) => 2,
        (220..250, 50..100) => 40,
        _ => BodyIndexImage::BACKGROUND,
    }
}

/// Finds players, once there are images to find them in.
fn insert_players(app: &mut App, sensor: Entity) {
    update_until(app, "a frame", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    let pixels = (0..WIDTH * HEIGHT)
        .map(|i| player_at(i % WIDTH, i / WIDTH))
        .collect();
    let map = BodyIndexImage::new(WIDTH, HEIGHT, 33_333, pixels).unwrap();
    app.world_mut()
        .entity_mut(sensor)
        .insert(BodyIndexMap(Some(map)));
}

#[test]
fn players_and_background_can_be_left_out() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let spawn = |app: &mut App, players| {
        let filter = PointFilter {
            players,
            ..default()
        };
        spawn_child(app, sensor, filtered(filter))
    };
    let [all, anybody, third, background] = [
        PlayerFilter::All,
        PlayerFilter::AnyBody,
        PlayerFilter::Only(0b100),
        PlayerFilter::Background,
    ]
    .map(|players| spawn(&mut app, players));
    // Without a tracker all pixels are background.
    check_kept(&mut app, background, test_depth, 1, |_, _, _, _| true);
    assert!(points_of(&mut app, anybody).iter().all(|p| p.color[3] == 0));
    insert_players(&mut app, sensor);
    for _ in 0..3 {
        update(&mut app);
    }
    check_kept(&mut app, all, test_depth, 1, |_, _, _, _| true);
    check_kept(&mut app, anybody, test_depth, 1, |x, y, _, _| {
        player_at(x, y) != 255
    });
    check_kept(&mut app, third, test_depth, 1, |x, y, _, _| {
        player_at(x, y) == 2
    });
    check_kept(&mut app, background, test_depth, 1, |x, y, _, _| {
        player_at(x, y) == 255
    });
    // A body index map with the size of another mode is ignored.
    let map = BodyIndexImage::new(2, 2, 33_333, vec![0; 4]).unwrap();
    app.world_mut()
        .entity_mut(sensor)
        .insert(BodyIndexMap(Some(map)));
    for _ in 0..3 {
        update(&mut app);
    }
    check_kept(&mut app, background, test_depth, 1, |_, _, _, _| true);
}

/// The Turbo colour map's polynomial, sRGB.
fn turbo(x: f32) -> [u8; 3] {
    let rows = [
        [
            0.13572138,
            4.6153926,
            -42.66032258,
            132.13108234,
            -152.94239396,
            59.28637943,
        ],
        [
            0.09140261,
            2.19418839,
            4.84296658,
            -14.18503333,
            4.27729857,
            2.82956604,
        ],
        [
            0.1066733,
            12.64194608,
            -60.58204836,
            110.36276771,
            -89.90310912,
            27.34824973,
        ],
    ];
    rows.map(|row: [f64; 6]| {
        let value: f64 = row.iter().rev().fold(0.0, |sum, c| sum * f64::from(x) + c);
        (value.clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

#[test]
fn each_colour_source_gives_its_colours() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    insert_players(&mut app, sensor);
    let spawn = |app: &mut App, color| {
        let cloud = PointCloud { color, ..default() };
        spawn_child(app, sensor, cloud)
    };
    let ramp = spawn(
        &mut app,
        PointColor::DepthRamp(FalseColor::Range { min: 0.9, max: 2.7 }),
    );
    let automatic = spawn(&mut app, PointColor::DepthRamp(FalseColor::Auto));
    let infrared = spawn(&mut app, PointColor::Infrared);
    let player = spawn(
        &mut app,
        PointColor::Player {
            nobody: Color::srgb_u8(10, 20, 30),
        },
    );
    let only_players = spawn(
        &mut app,
        PointColor::Player {
            nobody: Color::NONE,
        },
    );
    let flat = spawn(&mut app, PointColor::Flat(Color::srgb_u8(1, 2, 3)));
    wait_for_points(&mut app, flat);
    let (low, high) = frame_of(app.world(), sensor).ir_range;

    let check =
        |app: &mut App, cloud, tolerance: u8, color: &dyn Fn(u32, u32) -> Option<[u8; 3]>| {
            for (i, point) in points_of(app, cloud).iter().enumerate() {
                let (x, y) = (i as u32 % WIDTH, i as u32 / WIDTH);
                let expected = color(x, y).filter(|_| test_depth(x, y) != 0);
                match expected {
                    None => assert_eq!(point.color, [0; 4], "at {x}, {y}"),
                    Some(expected) => {
                        assert_eq!(point.color[3], 255);
                        let worst = (0..3)
                            .map(|c| point.color[c].abs_diff(expected[c]))
                            .max()
                            .unwrap();
                        assert!(
                            worst <= tolerance,
                            "{:?} for {expected:?} at {x}, {y}",
                            point.color
                        );
                    }
                }
            }
        };
    let along = |min: f32, max: f32| {
        move |x: u32, y: u32| {
            let z = f32::from(test_depth(x, y)) * 0.001;
            Some(turbo(1.0 - ((z - min) / (max - min)).clamp(0.0, 1.0)))
        }
    };
    check(&mut app, ramp, 1, &along(0.9, 2.7));
    // The operating range of NFOV 2x2 binned.
    check(&mut app, automatic, 1, &along(0.5, 5.46));
    check(&mut app, infrared, 1, &|x, y| {
        let (low, high) = (
            f32::from(low).max(f32::from(high) / 1024.0),
            f32::from(high),
        );
        let value = f32::from(test_ir(x, y)).max(low);
        let grey = ((value / low).log2() / (high / low).log2()).clamp(0.0, 1.0);
        Some([(grey * 255.0).round() as u8; 3])
    });
    check(&mut app, player, 0, &|x, y| {
        Some(match player_at(x, y) {
            255 => [10, 20, 30],
            number => PLAYER_COLORS[usize::from(number) % PLAYER_COLORS.len()],
        })
    });
    check(&mut app, only_players, 0, &|x, y| {
        let number = usize::from(player_at(x, y));
        (number != 255).then(|| PLAYER_COLORS[number % PLAYER_COLORS.len()])
    });
    check(&mut app, flat, 0, &|_, _| Some([1, 2, 3]));
}

/// The colour that the CPU computes for each depth pixel of a frame; alpha is 0 if the pixel has no colour.
fn colors(frame: &Frame, calibration: &Calibration, occlusion: Occlusion) -> Vec<[u8; 4]> {
    let depth = frame.capture.depth.as_ref().unwrap().u16_pixels();
    let mut colors = vec![[0; 4]; depth.len()];
    Transformation::new(calibration)
        .unwrap()
        .color_to_depth(
            depth,
            bytemuck::cast_slice(frame.color_bgra()),
            &mut colors,
            occlusion,
        )
        .unwrap();
    colors
        .into_iter()
        .map(|[b, g, r, a]| [r, g, b, a])
        .collect()
}

/// Clouds with hidden colours and without, compared with the CPU.
fn check_hidden_colors(app: &mut App, sensor: Entity, least_hidden: usize) {
    const UNSEEN: [u8; 4] = [255, 0, 255, 255];
    let clouds = [HiddenColor::Bleed, HiddenColor::Hide].map(|hidden| {
        let color = PointColor::Camera {
            unseen: Color::srgb_u8(255, 0, 255),
            hidden,
        };
        spawn_child(app, sensor, PointCloud { color, ..default() })
    });
    let [bleeding, hiding] = clouds.map(|cloud| points_of(app, cloud));
    let frame = frame_of(app.world(), sensor);
    let stream = app.world().get::<SensorStream>(sensor).unwrap();
    let calibration = stream.calibration.clone().unwrap();
    let depth = frame.capture.depth.as_ref().unwrap().u16_pixels();
    let [all, visible] =
        [Occlusion::Ignore, Occlusion::Hide].map(|o| colors(&frame, &calibration, o));
    let (mut hidden, mut differ) = (0, 0);
    for (points, colors) in [(&bleeding, &all), (&hiding, &visible)] {
        for ((point, expected), &z) in points.iter().zip(colors).zip(depth) {
            if z == 0 {
                assert_eq!(point.color, [0; 4]);
                continue;
            }
            let expected = if expected[3] == 0 { &UNSEEN } else { expected };
            let worst = (0..3).map(|c| point.color[c].abs_diff(expected[c])).max();
            // Points on the border of two pixels may fall to either side in 32-bit floats.
            differ += usize::from(worst > Some(1));
        }
    }
    for ((all, visible), &z) in all.iter().zip(&visible).zip(depth) {
        hidden += usize::from(z != 0 && all[3] != 0 && visible[3] == 0);
    }
    assert!(hidden > least_hidden, "{hidden} are hidden");
    assert!(
        differ * 1000 < depth.len(),
        "{differ} of {} colours are not the CPU's; {hidden} are hidden",
        depth.len()
    );
}

#[test]
fn what_near_things_hide_from_the_colour_camera_is_not_painted_with_them() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    check_hidden_colors(&mut app, sensor, 300);
    if let Some(path) = recording("mug-720p-nfov.mkv") {
        let sensor = app.world_mut().spawn(KinectSensor::recording(path)).id();
        check_hidden_colors(&mut app, sensor, 3000);
    }
}

#[test]
fn a_cloud_can_be_left_to_a_material_of_the_app() {
    let mut app = rendering_app();
    let cloud = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    wait_for_points(&mut app, cloud);
    let components = |app: &App| app.world().entity(cloud).archetype().components().len();
    let drawn = components(&app);
    app.world_mut().get_mut::<PointCloud>(cloud).unwrap().shape = PointShape::Custom;
    update(&mut app);
    assert_eq!(components(&app), drawn - 1, "the plugin's material goes");
    let mesh = app.world().get::<Mesh3d>(cloud).unwrap().0.clone();
    let corners = app.world().resource::<Assets<Mesh>>().get(&mesh).unwrap();
    assert_eq!(corners.count_vertices(), (WIDTH * HEIGHT * 4) as usize);
    assert!(corners.contains_attribute(ATTRIBUTE_POINT_CORNER));
    app.world_mut().get_mut::<PointCloud>(cloud).unwrap().shape = PointShape::Disc;
    update(&mut app);
    assert_eq!(components(&app), drawn, "and comes back");
}

#[test]
fn clouds_can_show_the_moment_of_the_skeletons() {
    let mut app = rendering_app();
    let cloud = PointCloud {
        timing: ImageTiming::Bodies,
        ..filtered(PointFilter::default())
    };
    let sensor = app.world_mut().spawn((test_sensor(), cloud)).id();
    update_until(&mut app, "a frame", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    for _ in 0..5 {
        update(&mut app);
    }
    let buffer = app.world().get::<PointCloudBuffer>(sensor).unwrap();
    assert!(!buffer.is_filled(), "there are no skeletons yet");
    *app.world_mut().get_mut::<BodyTime>(sensor).unwrap() = BodyTime::at(u64::MAX);
    check_kept(&mut app, sensor, test_depth, 1, |_, _, _, _| true);
}
