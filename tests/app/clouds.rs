//! Point clouds and surfaces: what is kept, its colours, its triangles, and its way to the CPU and into files.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::calibration::{Sensor, XyTable};
use bevy_kinect_azure::kinect_azure::image::Pixels;
use bevy_kinect_azure::kinect_azure::simulation::SimulationSettings;
use bevy_kinect_azure::kinect_azure::transform::point_cloud_f32;
use bevy_kinect_azure::kinect_azure::{
    Calibration, CaptureSource, DepthMode, FrameRate, ImageFormat, ImagePool, ImuSample,
    NextCapture, SensorInfo, SourceError,
};
use bevy_kinect_azure::point_cloud::{DISCONTINUITY, PLAYER_COLORS};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 288;

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

fn sensor_with(depth: fn(u32, u32) -> u16) -> KinectSensor {
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
fn depth_with_flying_pixels(x: u32, y: u32) -> u16 {
    let beside = (x == 109 || x == 200) && (90..210).contains(&y);
    let below = y == 210 && (110..200).contains(&x);
    if beside || below {
        1400
    } else {
        test_depth(x, y)
    }
}

/// Where each depth pixel is, and all of them.
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
fn wait_for_points(app: &mut App, cloud: Entity) {
    update_until(app, "points", |world| {
        world
            .get::<PointCloudBuffer>(cloud)
            .is_some_and(PointCloudBuffer::is_filled)
    });
    for _ in 0..4 {
        update(app);
    }
}

struct Seen {
    position: Vec3,
    color: [u8; 4],
}

fn points_of(app: &mut App, cloud: Entity) -> Vec<Seen> {
    wait_for_points(app, cloud);
    read_points(app, cloud)
        .chunks_exact(16)
        .map(|bytes| Seen {
            position: Vec3::from_slice(&floats(&bytes[..12])),
            color: bytes[12..].try_into().unwrap(),
        })
        .collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

/// Compares a cloud with what is kept of the depth pixels, which says so of each by its place in the image, its depth in
/// mm and its position.
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
    // What is no number does not clip.
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
    // The neighbours that count are those of the whole image.
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
        .insert(BodyIndexMap(Some(Arc::new(map))));
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
    // Nobody has looked for people: all of it is background.
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
    // A map of another mode's size is none.
    let map = BodyIndexImage::new(2, 2, 33_333, vec![0; 4]).unwrap();
    app.world_mut()
        .entity_mut(sensor)
        .insert(BodyIndexMap(Some(Arc::new(map))));
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

#[test]
fn what_the_box_hides_from_the_colour_camera_is_not_painted_with_the_box() {
    const UNSEEN: [u8; 4] = [255, 0, 255, 255];
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let spawn = |app: &mut App, hidden| {
        let cloud = PointCloud {
            color: PointColor::Camera {
                unseen: Color::srgb_u8(255, 0, 255),
                hidden,
            },
            ..default()
        };
        spawn_child(app, sensor, cloud)
    };
    let bleeding = spawn(&mut app, HiddenColor::Bleed);
    let hiding = spawn(&mut app, HiddenColor::Hide);
    let bleeding = points_of(&mut app, bleeding);
    let hiding = points_of(&mut app, hiding);

    // Where the colour camera sees each depth pixel.
    let calibration = calibration();
    let table = XyTable::new(calibration.depth_camera.as_ref().unwrap());
    let lens = calibration.color_camera.unwrap();
    let to_color = calibration
        .extrinsics(Sensor::Depth, Sensor::Color)
        .unwrap();
    let seen_at = |x: u32, y: u32| -> Option<(i32, i32)> {
        let z = f32::from(test_depth(x, y));
        let [a, b] = table.rays()[(y * WIDTH + x) as usize];
        let point = to_color.transform_point([a * z, b * z, z]);
        let [u, v] = lens.project(point)?;
        Some(((u + 0.5).floor() as i32, (v + 0.5).floor() as i32))
    };
    let is_box = |x: u32, y: u32| (900..1200).contains(&test_depth(x, y));
    // The colour pixels of the box: its depth pixels are less than five colour pixels apart.
    let mut mask = vec![false; 1280 * 720];
    let pixels = || (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    for (u, v) in pixels()
        .filter(|&(x, y)| is_box(x, y))
        .filter_map(|(x, y)| seen_at(x, y))
    {
        for (u, v) in (-2..=2).flat_map(|dv| (-2..=2).map(move |du| (u + du, v + dv))) {
            if (0..1280).contains(&u) && (0..720).contains(&v) {
                mask[(v * 1280 + u) as usize] = true;
            }
        }
    }
    let around = |(u, v): (i32, i32), reach: i32| {
        let mask = &mask;
        (-reach..=reach)
            .flat_map(move |dv| (-reach..=reach).map(move |du| (u + du, v + dv)))
            .map(move |(u, v)| {
                (0..1280).contains(&u) && (0..720).contains(&v) && mask[(v * 1280 + u) as usize]
            })
    };
    let (mut hidden, mut certain) = (0, 0);
    for ((x, y), (bleeding, hiding)) in pixels().zip(bleeding.iter().zip(&hiding)) {
        assert_eq!(bleeding.position, hiding.position);
        let place = seen_at(x, y);
        if hiding.color == bleeding.color {
            // The wall deep behind the box is never painted.
            if let Some(place) = place.filter(|_| test_depth(x, y) != 0 && !is_box(x, y))
                && bleeding.color != UNSEEN
            {
                assert!(
                    !around(place, 6).all(|is_box| is_box),
                    "the wall at {x}, {y} has the box's colour"
                );
            }
            continue;
        }
        assert_eq!(hiding.color, UNSEEN, "at {x}, {y}");
        assert!(!is_box(x, y), "the box hides nothing of itself");
        hidden += 1;
        let place = place.unwrap();
        assert!(
            around(place, 1).any(|is_box| is_box),
            "nothing hides the wall at {x}, {y}"
        );
        certain += usize::from(around(place, 6).all(|is_box| is_box));
    }
    assert!(
        hidden > 300 && certain > 50,
        "{hidden} hidden, {certain} deep"
    );
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
    app.world_mut().get_mut::<BodyTime>(sensor).unwrap().0 = Some(u64::MAX);
    check_kept(&mut app, sensor, test_depth, 1, |_, _, _, _| true);
}

/// The triangles of a surface as numbers of vertices, each beginning with its smallest, sorted.
fn triangles_of(app: &mut App, surface: Entity) -> Vec<[u32; 3]> {
    let buffers = app.world().get::<SurfaceBuffers>(surface).unwrap().clone();
    let draw = numbers(&read_buffer(app, &buffers.draw));
    assert_eq!(draw[1..], [1, 0, 0, 0]);
    let indices = numbers(&read_buffer(app, &buffers.indices));
    let (triangles, rest) = indices.split_at(draw[0] as usize);
    assert!(rest.iter().all(|&index| index == 0), "zeros after the end");
    let mut triangles: Vec<[u32; 3]> = triangles
        .as_chunks()
        .0
        .iter()
        .map(|&[a, b, c]| match a.min(b).min(c) {
            first if first == a => [a, b, c],
            first if first == b => [b, c, a],
            _ => [c, a, b],
        })
        .collect();
    triangles.sort_unstable();
    triangles
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|b| u32::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

/// The triangles between points in a grid, by the documented rule.
fn expected_triangles(points: &[Seen], width: usize, cut: f32) -> Vec<[u32; 3]> {
    let exists = |i: usize| points[i].color[3] != 0;
    let z = |i: usize| -points[i].position.z;
    let mut triangles = Vec::new();
    let height = points.len() / width;
    for (x, y) in (0..height - 1).flat_map(|y| (0..width - 1).map(move |x| (x, y))) {
        let tl = y * width + x;
        let (tr, bl, br) = (tl + 1, tl + width, tl + width + 1);
        let missing: Vec<usize> = [tl, tr, bl, br]
            .into_iter()
            .filter(|&i| !exists(i))
            .collect();
        let candidates = match missing.as_slice() {
            [] if (z(tr) - z(bl)).abs() < (z(tl) - z(br)).abs() => {
                vec![[tl, bl, tr], [tr, bl, br]]
            }
            [] => vec![[tl, bl, br], [tl, br, tr]],
            [one] if *one == tl => vec![[tr, bl, br]],
            [one] if *one == tr => vec![[tl, bl, br]],
            [one] if *one == bl => vec![[tl, br, tr]],
            [_] => vec![[tl, bl, tr]],
            _ => vec![],
        };
        for triangle in candidates {
            let depths = triangle.map(z);
            let near = depths.into_iter().fold(f32::INFINITY, f32::min);
            let far = depths.into_iter().fold(0.0, f32::max);
            if far - near <= cut * near {
                let [a, b, c] = triangle.map(|i| i as u32);
                let first = a.min(b).min(c);
                triangles.push(if first == a {
                    [a, b, c]
                } else if first == b {
                    [b, c, a]
                } else {
                    [c, a, b]
                });
            }
        }
    }
    triangles.sort_unstable();
    triangles
}

fn spawn_surface(app: &mut App, sensor: KinectSensor, surface: SurfaceMesh) -> Entity {
    let entity = app.world_mut().spawn((sensor, surface)).id();
    wait_for_points(app, entity);
    entity
}

#[test]
fn surfaces_join_neighbours_and_are_cut_where_depth_jumps() {
    let mut app = rendering_app();
    let surface = spawn_surface(
        &mut app,
        sensor_with(depth_with_flying_pixels),
        SurfaceMesh::default(),
    );
    let points = points_of(&mut app, surface);
    let triangles = triangles_of(&mut app, surface);
    assert_eq!(
        triangles,
        expected_triangles(&points, WIDTH as usize, DISCONTINUITY)
    );
    // Nearly two triangles for each pixel that has depth.
    let existing = points.iter().filter(|p| p.color[3] != 0).count();
    assert!(
        triangles.len() > existing * 2 * 95 / 100 && triangles.len() < existing * 2,
        "{} triangles of {existing} points",
        triangles.len()
    );
    for triangle in &triangles {
        let [a, b, c] = triangle.map(|i| points[i as usize].position);
        let is_box = [a, b, c].map(|p| -p.z < 1.2);
        assert!(
            is_box == [true; 3] || is_box == [false; 3],
            "a triangle joins box and wall"
        );
        let front = (b - a).cross(c - a);
        assert!(front.dot(-a) > 0.0, "front faces look at the sensor");
    }

    // Not cut at all: box and wall are joined.
    app.world_mut().get_mut::<SurfaceMesh>(surface).unwrap().cut = f32::INFINITY;
    for _ in 0..3 {
        update(&mut app);
    }
    let joined = triangles_of(&mut app, surface);
    assert_eq!(
        joined,
        expected_triangles(&points, WIDTH as usize, f32::INFINITY)
    );
    assert!(joined.len() > triangles.len());

    // Fewer points are farther apart, and cut at larger steps.
    let mut settings = app.world_mut().get_mut::<SurfaceMesh>(surface).unwrap();
    settings.cut = DISCONTINUITY;
    settings.filter.density = 3;
    update(&mut app);
    let points = points_of(&mut app, surface);
    let triangles = triangles_of(&mut app, surface);
    assert_eq!(
        triangles,
        expected_triangles(&points, WIDTH.div_ceil(3) as usize, 3.0 * DISCONTINUITY)
    );
}

#[test]
fn vertices_of_surfaces_have_the_points_their_normals_and_their_colours() {
    let mut app = rendering_app();
    let surface = spawn_surface(&mut app, test_sensor(), SurfaceMesh::default());
    let points = points_of(&mut app, surface);
    let buffers = app.world().get::<SurfaceBuffers>(surface).unwrap().clone();
    let bytes = read_buffer(&mut app, &buffers.vertices);
    assert_eq!(bytes.len(), points.len() * 32);
    let width = WIDTH as usize;
    let mut differently = 0;
    for (i, (vertex, point)) in bytes.chunks_exact(32).zip(&points).enumerate() {
        let (x, y) = (i % width, i / width);
        let position = Vec3::from_slice(&floats(&vertex[..12]));
        let normal = Vec3::from_slice(&floats(&vertex[12..24]));
        if point.color[3] == 0 {
            assert!(vertex.iter().all(|&byte| byte == 0));
            continue;
        }
        assert_eq!(position, point.position);
        assert!((normal.length() - 1.0).abs() < 1.0e-4, "{normal}");
        assert!(normal.dot(-position) > 0.0, "{normal} at {position}");
        let neighbor = |x: Option<usize>, y: Option<usize>| -> Vec3 {
            let (Some(x), Some(y)) = (x, y) else {
                return position;
            };
            if x >= width || y >= HEIGHT as usize {
                return position;
            }
            let other = &points[y * width + x];
            let (near, far) = (
                (-position.z).min(-other.position.z),
                (-position.z).max(-other.position.z),
            );
            if other.color[3] == 0 || far - near > DISCONTINUITY * near {
                return position;
            }
            other.position
        };
        let across = neighbor(Some(x + 1), Some(y)) - neighbor(x.checked_sub(1), Some(y));
        let up = neighbor(Some(x), y.checked_sub(1)) - neighbor(Some(x), Some(y + 1));
        let expected = across
            .cross(up)
            .try_normalize()
            .unwrap_or(-position.normalize());
        differently += usize::from(normal.distance(expected) > 2.0e-3);
        let color: Vec<u16> = vertex[24..]
            .chunks_exact(2)
            .map(|b| u16::from_le_bytes(b.try_into().unwrap()))
            .collect();
        assert_eq!(color[3], u16::MAX);
        let linear = Color::srgb_u8(point.color[0], point.color[1], point.color[2]).to_linear();
        for (value, expected) in color.iter().zip([linear.red, linear.green, linear.blue]) {
            assert!(
                (f32::from(*value) / 65535.0 - expected).abs() < 1.0e-4,
                "{color:?} for {linear:?}"
            );
        }
    }
    assert_eq!(differently, 0, "normals");
}

/// What a camera sees.
fn picture(app: &mut App, name: &str, (width, height): (u32, u32), camera: Transform) -> Vec<u8> {
    let image = render_target(app, width, height);
    let camera = app
        .world_mut()
        .spawn((
            Camera3d::default(),
            Camera {
                clear_color: ClearColorConfig::Custom(Color::BLACK),
                ..default()
            },
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
    keep_picture(name, width, height, &rgba);
    app.world_mut().despawn(camera);
    rgba
}

fn lit(rgba: &[u8]) -> usize {
    rgba.chunks_exact(4)
        .filter(|p| p[..3].iter().any(|&c| c > 0))
        .count()
}

#[test]
fn surfaces_are_drawn_by_any_material() {
    let mut app = rendering_app();
    let surface = spawn_surface(
        &mut app,
        test_sensor(),
        SurfaceMesh {
            color: PointColor::Flat(Color::srgb_u8(0, 200, 0)),
            ..default()
        },
    );
    let side = (300, 300);
    let from_front = Transform::IDENTITY;
    let unlit = picture(&mut app, "surface-flat.png", side, from_front);
    let green = unlit
        .chunks_exact(4)
        .filter(|p| p[0] == 0 && p[1].abs_diff(200) <= 1 && p[2] == 0)
        .count();
    assert!(green > 80_000, "{green} of 90000 pixels are the surface");

    // Under a light, its normals say how bright it is.
    app.world_mut()
        .get_mut::<SurfaceMesh>(surface)
        .unwrap()
        .shading = SurfaceShading::Lit;
    app.world_mut().spawn((
        DirectionalLight {
            illuminance: 5_000.0,
            ..default()
        },
        Transform::default().looking_at(Vec3::new(-0.5, -0.7, -1.0), Vec3::Y),
    ));
    let shaded = picture(&mut app, "surface-lit.png", side, from_front);
    let greens: std::collections::BTreeSet<u8> = shaded
        .chunks_exact(4)
        .map(|p| p[1])
        .filter(|&g| g > 0)
        .collect();
    assert!(greens.len() > 3, "shades {greens:?}");

    // A material of the app's own, which a change of the settings leaves alone.
    let red = app
        .world_mut()
        .resource_mut::<Assets<StandardMaterial>>()
        .add(StandardMaterial {
            base_color: Color::srgb(1.0, 0.0, 0.0),
            unlit: true,
            cull_mode: None,
            ..default()
        });
    app.world_mut()
        .get_mut::<SurfaceMesh>(surface)
        .unwrap()
        .color = PointColor::Flat(Color::WHITE);
    app.world_mut()
        .get_mut::<SurfaceMesh>(surface)
        .unwrap()
        .shading = SurfaceShading::Custom;
    app.world_mut()
        .entity_mut(surface)
        .insert(MeshMaterial3d(red.clone()));
    let own = picture(&mut app, "surface-own-material.png", side, from_front);
    let reds = own
        .chunks_exact(4)
        .filter(|p| p[..3] == [255, 0, 0])
        .count();
    assert!(reds > 80_000, "{reds} of 90000 pixels");
    assert_eq!(
        app.world()
            .get::<MeshMaterial3d<StandardMaterial>>(surface)
            .unwrap()
            .0,
        red
    );

    app.world_mut().entity_mut(surface).remove::<SurfaceMesh>();
    update(&mut app);
    assert!(app.world().get::<SurfaceBuffers>(surface).is_none());
    assert!(app.world().get::<Mesh3d>(surface).is_none());
    let nothing = picture(&mut app, "surface-gone.png", side, from_front);
    assert_eq!(lit(&nothing), 0);
}

#[test]
fn clouds_become_surfaces_and_back() {
    let mut app = rendering_app();
    let entity = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    wait_for_points(&mut app, entity);
    for _ in 0..3 {
        app.world_mut()
            .entity_mut(entity)
            .remove::<PointCloud>()
            .insert(SurfaceMesh::default());
        wait_for_points(&mut app, entity);
        assert!(!triangles_of(&mut app, entity).is_empty());
        let rgba = picture(
            &mut app,
            "became-a-surface.png",
            (200, 200),
            Transform::IDENTITY,
        );
        assert!(lit(&rgba) > 30_000);
        app.world_mut()
            .entity_mut(entity)
            .remove::<SurfaceMesh>()
            .insert(PointCloud::default());
        wait_for_points(&mut app, entity);
        assert!(app.world().get::<SurfaceBuffers>(entity).is_none());
        let rgba = picture(
            &mut app,
            "became-a-cloud.png",
            (200, 200),
            Transform::IDENTITY,
        );
        assert!(lit(&rgba) > 30_000);
    }
}

/// The answers to requests, in order.
#[derive(Resource, Default)]
struct Answers(Vec<PointsReady>);

fn keep_answers(app: &mut App) {
    app.init_resource::<Answers>();
    app.add_observer(|ready: On<PointsReady>, mut answers: ResMut<Answers>| {
        answers.0.push(ready.event().clone());
    });
}

fn answer(app: &mut App) -> Result<Arc<Points>, PointsError> {
    update_until(app, "an answer", |world| {
        !world.resource::<Answers>().0.is_empty()
    });
    app.world_mut().resource_mut::<Answers>().0.remove(0).points
}

fn next_saved(app: &mut App) -> PointsSaved {
    let mut saved = None;
    update_until(app, "saving", |world| {
        saved = world.resource_mut::<Messages<PointsSaved>>().drain().next();
        saved.is_some()
    });
    saved.unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("clouds");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

#[test]
fn points_are_copied_to_the_cpu_when_asked_for() {
    let mut app = rendering_app();
    keep_answers(&mut app);
    let hidden = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default(), Visibility::Hidden))
        .id();
    let seen = points_of(&mut app, hidden);
    app.world_mut().trigger(RequestPoints { cloud: hidden });
    let points = answer(&mut app).unwrap();
    assert_eq!((points.width, points.height), (WIDTH, HEIGHT));
    for (point, seen) in points.grid.iter().zip(&seen) {
        assert_eq!(point.position, seen.position);
        assert_eq!(point.color, seen.color);
    }
    let existing = seen.iter().filter(|p| p.color[3] != 0).count();
    assert_eq!(points.iter().count(), existing);
    // Once asked, once answered; nothing is left behind.
    for _ in 0..10 {
        update(&mut app);
    }
    assert!(app.world().resource::<Answers>().0.is_empty());
    let before = app.world().entities().count_spawned();
    app.world_mut().trigger(RequestPoints { cloud: hidden });
    answer(&mut app).unwrap();
    for _ in 0..3 {
        update(&mut app);
    }
    assert_eq!(app.world().entities().count_spawned(), before);
}

#[test]
fn points_are_saved_as_ply() {
    let mut app = rendering_app();
    let surface = spawn_surface(
        &mut app,
        test_sensor(),
        SurfaceMesh {
            filter: PointFilter {
                density: 2,
                ..default()
            },
            ..default()
        },
    );
    let points = points_of(&mut app, surface);
    let path = scratch("points.ply");
    std::fs::write(&path, "what was there before").unwrap();
    app.world_mut().trigger(SavePoints {
        cloud: surface,
        path: path.clone(),
    });
    let saved = next_saved(&mut app);
    let existing: Vec<&Seen> = points.iter().filter(|p| p.color[3] != 0).collect();
    assert_eq!(saved.result.unwrap(), existing.len());
    assert_eq!((saved.cloud, &saved.path), (surface, &path));

    let file = std::fs::read(&path).unwrap();
    let end = b"end_header\n";
    let header_end = file.windows(end.len()).position(|w| w == end).unwrap() + end.len();
    let header = std::str::from_utf8(&file[..header_end]).unwrap();
    assert!(header.starts_with("ply\nformat binary_little_endian 1.0\n"));
    assert!(header.contains(&format!("element vertex {}\n", existing.len())));
    let properties: Vec<&str> = header
        .lines()
        .filter_map(|line| line.strip_prefix("property "))
        .collect();
    assert_eq!(
        properties,
        [
            "float x",
            "float y",
            "float z",
            "uchar red",
            "uchar green",
            "uchar blue"
        ]
    );
    let data = &file[header_end..];
    assert_eq!(data.len(), existing.len() * 15);
    for (bytes, point) in data.chunks_exact(15).zip(&existing) {
        assert_eq!(Vec3::from_slice(&floats(&bytes[..12])), point.position);
        assert_eq!(bytes[12..], point.color[..3]);
    }
}

#[test]
fn what_cannot_be_saved_or_copied_says_why() {
    let mut app = rendering_app();
    keep_answers(&mut app);
    let sensor = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    wait_for_points(&mut app, sensor);
    let save = |app: &mut App, cloud: Entity, path: PathBuf| {
        app.world_mut().trigger(SavePoints { cloud, path });
    };

    let path = scratch("no-such-folder").join("points.ply");
    save(&mut app, sensor, path.clone());
    let error = next_saved(&mut app).result.unwrap_err();
    assert!(matches!(error, PointsError::File { .. }));
    let text = error.to_string();
    assert!(
        text.contains(path.to_str().unwrap()) && text.contains("folder exists"),
        "{text}"
    );
    // A folder has the file's name: nothing is left of the attempt.
    let folder = scratch("a-folder.ply");
    std::fs::create_dir_all(&folder).unwrap();
    save(&mut app, sensor, folder.clone());
    assert!(next_saved(&mut app).result.is_err());
    assert!(!scratch("a-folder.ply.part").exists());
    if std::path::Path::new("/dev/full").exists() {
        // A disk without room, behind the unfinished file's name.
        let full = scratch("full.ply");
        let part = scratch("full.ply.part");
        let _ = std::fs::remove_file(&part);
        #[cfg(unix)]
        std::os::unix::fs::symlink("/dev/full", &part).unwrap();
        save(&mut app, sensor, full.clone());
        let error = next_saved(&mut app).result.unwrap_err();
        assert!(error.to_string().contains("room"), "{error}");
        assert!(!full.exists() && !part.exists());
    }

    // No cloud.
    let nothing = app.world_mut().spawn_empty().id();
    app.world_mut().trigger(RequestPoints { cloud: nothing });
    assert!(matches!(answer(&mut app), Err(PointsError::NoPoints)));
    save(&mut app, nothing, scratch("nothing.ply"));
    let saved = next_saved(&mut app);
    assert!(matches!(saved.result, Err(PointsError::NoPoints)));

    // The cloud goes while it is copied.
    app.world_mut().trigger(RequestPoints { cloud: sensor });
    save(&mut app, sensor, scratch("gone.ply"));
    app.world_mut().despawn(sensor);
    let saved = next_saved(&mut app);
    assert!(matches!(saved.result, Err(PointsError::CloudGone)));
    assert!(!scratch("gone.ply").exists());
    for _ in 0..10 {
        update(&mut app);
    }

    // No renderer.
    let mut app = headless_app();
    keep_answers(&mut app);
    let sensor = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    update(&mut app);
    app.world_mut().trigger(RequestPoints { cloud: sensor });
    assert!(matches!(answer(&mut app), Err(PointsError::NoRenderer)));
    save(&mut app, sensor, scratch("headless.ply"));
    let saved = next_saved(&mut app);
    assert!(matches!(saved.result, Err(PointsError::NoRenderer)));
}

#[test]
fn a_million_points_and_their_surface() {
    let mut app = rendering_app();
    let settings = SimulationSettings {
        depth_mode: DepthMode::WfovUnbinned,
        frame_rate: FrameRate::Fps15,
        ..default()
    };
    let sensor = app
        .world_mut()
        .spawn((
            KinectSensor::new(SensorSource::Simulation(settings)),
            PointCloud::default(),
        ))
        .id();
    wait_for_points(&mut app, sensor);
    let buffer = app.world().get::<PointCloudBuffer>(sensor).unwrap();
    assert_eq!((buffer.width, buffer.height), (1024, 1024));
    let view = Transform::from_xyz(1.2, 0.8, 0.5).looking_at(Vec3::new(0.0, 0.0, -2.0), Vec3::Y);
    let rgba = picture(&mut app, "wfov-cloud.png", (800, 600), view);
    assert!(lit(&rgba) > 100_000, "{}", lit(&rgba));
    app.world_mut()
        .entity_mut(sensor)
        .remove::<PointCloud>()
        .insert(SurfaceMesh::default());
    wait_for_points(&mut app, sensor);
    let rgba = picture(&mut app, "wfov-surface.png", (800, 600), view);
    assert!(lit(&rgba) > 100_000, "{}", lit(&rgba));
}

/// The same moment as a cloud, without and with hidden colours, and as a surface.
fn gallery(app: &mut App, sensor: Entity, name: &str, views: &[(&str, Transform)]) {
    let bleeding = PointColor::Camera {
        unseen: Color::srgb(0.25, 0.25, 0.25),
        hidden: HiddenColor::Bleed,
    };
    let surface = |shading, color| SurfaceMesh {
        shading,
        color,
        ..default()
    };
    let clean = PointFilter {
        flying_pixels: Some(DISCONTINUITY),
        ..default()
    };
    let size = (900, 700);
    for (view, camera) in views {
        let shoot = |app: &mut App, kind: &str| {
            wait_for_points(app, sensor);
            let rgba = picture(app, &format!("{name}-{kind}-{view}.png"), size, *camera);
            assert!(lit(&rgba) > 50_000, "{kind} from {view}");
        };
        let mut entity = app.world_mut().entity_mut(sensor);
        entity.remove::<SurfaceMesh>().insert(PointCloud::default());
        shoot(app, "cloud");
        app.world_mut()
            .get_mut::<PointCloud>(sensor)
            .unwrap()
            .filter = clean;
        shoot(app, "clean");
        let mut cloud = app.world_mut().get_mut::<PointCloud>(sensor).unwrap();
        cloud.color = bleeding;
        cloud.filter.density = 3;
        shoot(app, "bleeding-every-third");
        let mut entity = app.world_mut().entity_mut(sensor);
        entity
            .remove::<PointCloud>()
            .insert(surface(SurfaceShading::Unlit, PointColor::default()));
        shoot(app, "surface");
        *app.world_mut().get_mut::<SurfaceMesh>(sensor).unwrap() = surface(
            SurfaceShading::Lit,
            PointColor::Flat(Color::srgb(0.8, 0.75, 0.7)),
        );
        shoot(app, "lit");
    }
}

#[test]
#[ignore = "minutes on a software driver; for people to look at"]
fn pictures_of_the_recording_and_the_simulation() {
    let mut app = rendering_app();
    app.world_mut().spawn((
        DirectionalLight {
            illuminance: 5_000.0,
            ..default()
        },
        Transform::default().looking_at(Vec3::new(-0.5, -0.7, -1.0), Vec3::Y),
    ));
    let looking = |x, y, z, at: f32| {
        Transform::from_xyz(x, y, z).looking_at(Vec3::new(0.0, 0.0, -at), Vec3::Y)
    };
    if let Some(path) = recording("mug-720p-nfov.mkv") {
        let sensor = app.world_mut().spawn(KinectSensor::recording(path)).id();
        let views = [
            ("front", looking(0.05, 0.02, 0.1, 1.5)),
            ("aside", looking(0.35, 0.2, 0.0, 0.8)),
        ];
        gallery(&mut app, sensor, "mug", &views);
        app.world_mut().despawn(sensor);
    }
    let sensor = app.world_mut().spawn(KinectSensor::simulated()).id();
    gallery(
        &mut app,
        sensor,
        "simulation",
        &[("aside", looking(1.5, 0.6, -0.3, 2.2))],
    );
}
