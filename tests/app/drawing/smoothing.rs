//! Smoothed depth against what a simulated sensor would have measured without noise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::{
    Calibration, Capture, CaptureSource, ColorResolution, DepthMode, ImuSample, NextCapture,
    SensorInfo, SourceError,
};
use bevy_kinect_azure::kinect_simulation::{
    MotionKind, Noise, Scenario, SimulatedSensor, SimulationSettings,
};
use bevy_kinect_azure::point_cloud::DISCONTINUITY;
use bevy_kinect_azure::prelude::*;

use super::clouds::*;
use super::surfaces::{picture, spawn_surface};
use crate::support::*;

const WIDTH: usize = 640;
const HEIGHT: usize = 576;

/// Captures of a simulated sensor with noise, and the depth that it would have measured without.
struct Scene {
    info: SensorInfo,
    calibration: Calibration,
    noisy: Vec<Capture>,
    clean: Vec<Capture>,
}

/// Both have the sensor's fixed errors, which no filter can remove.
fn scene(scenario: Scenario, people: u32, first: u64, count: usize) -> Arc<Scene> {
    let captures = |noise: Noise| {
        let mut sensor = SimulatedSensor::new(&SimulationSettings {
            scenario: scenario.clone(),
            people,
            depth_mode: DepthMode::NfovUnbinned,
            color_resolution: ColorResolution::Off,
            noise: Noise {
                dropped_captures: 0.0,
                ..noise
            },
            ..default()
        })
        .unwrap()
        .as_fast_as_possible();
        if first > 0 {
            sensor.playback().unwrap().seek(first).unwrap();
        }
        let captures: Vec<Capture> = (0..count)
            .map(|_| match sensor.next_capture(Duration::ZERO).unwrap() {
                NextCapture::Capture(capture) => capture,
                other => panic!("{other:?}"),
            })
            .collect();
        (sensor, captures)
    };
    let (sensor, noisy) = captures(Noise::default());
    let (_, clean) = captures(Noise {
        depth: false,
        flying_pixels: false,
        drop_out: false,
        ..default()
    });
    Arc::new(Scene {
        info: sensor.info().clone(),
        calibration: sensor.calibration().unwrap().clone(),
        noisy,
        clean,
    })
}

/// Plays captures of a scene, as many as are allowed.
struct Player {
    scene: Arc<Scene>,
    is_clean: bool,
    allowed: Arc<AtomicU64>,
    delivered: u64,
}

impl CaptureSource for Player {
    fn info(&self) -> &SensorInfo {
        &self.scene.info
    }

    fn calibration(&self) -> Option<&Calibration> {
        Some(&self.scene.calibration)
    }

    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        if self.delivered >= self.allowed.load(Ordering::Relaxed) {
            std::thread::sleep(timeout.min(Duration::from_millis(1)));
            return Ok(NextCapture::Timeout);
        }
        let captures = match self.is_clean {
            true => &self.scene.clean,
            false => &self.scene.noisy,
        };
        let capture = captures[self.delivered as usize].clone();
        self.delivered += 1;
        Ok(NextCapture::Capture(capture))
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(None)
    }
}

/// An app that shows a scene, one capture after the other.
struct Show {
    app: App,
    surface: Entity,
    allowed: Arc<AtomicU64>,
}

impl Show {
    fn new(scene: &Arc<Scene>, is_clean: bool, surface: SurfaceMesh) -> Self {
        let mut app = rendering_app();
        let allowed = Arc::new(AtomicU64::new(1));
        let (scene, until) = (Arc::clone(scene), Arc::clone(&allowed));
        let sensor = KinectSensor::new(SensorSource::custom(move || {
            Ok(Player {
                scene: Arc::clone(&scene),
                is_clean,
                allowed: Arc::clone(&until),
                delivered: 0,
            })
        }));
        let surface = spawn_surface(&mut app, sensor, surface);
        Self {
            app,
            surface,
            allowed,
        }
    }

    /// Shows the capture of that number, from 0.
    fn go_to(&mut self, number: usize) {
        for next in self.allowed.load(Ordering::Relaxed)..=number as u64 {
            self.allowed.store(next + 1, Ordering::Relaxed);
            let surface = self.surface;
            update_until(&mut self.app, "a capture", |world| {
                frame_of(world, surface).sequence == next + 1
            });
            update(&mut self.app);
        }
    }

    /// Depth in mm, 0 = no point.
    fn depth(&mut self) -> Vec<f32> {
        points_of(&mut self.app, self.surface)
            .iter()
            .map(|point| -point.position.z * 1000.0)
            .collect()
    }

    /// Keeps a picture of the lit surface, from beside the sensor.
    fn keep_picture(&mut self, name: &str) {
        let light = DirectionalLight {
            illuminance: 4_000.0,
            ..default()
        };
        let from = Transform::from_xyz(-1.5, 1.6, 0.6).looking_at(Vec3::ZERO, Vec3::Y);
        self.app.world_mut().spawn((light, from));
        let mut surface = self.app.world_mut().get_mut::<SurfaceMesh>(self.surface);
        if let Some(surface) = &mut surface {
            surface.shading = SurfaceShading::Lit;
            surface.filter.flying_pixels = Some(DISCONTINUITY);
        }
        let camera = Transform::from_xyz(0.5, 0.2, 0.2).looking_at(Vec3::NEG_Z * 2.5, Vec3::Y);
        picture(&mut self.app, name, (900, 700), camera);
    }

    /// How long an update takes that computes the surface anew, without a new capture: the median of ten.
    fn time_of_update(&mut self) -> Duration {
        let mut times: Vec<Duration> = (0..10)
            .map(|turn| {
                let mut surface = self.app.world_mut().get_mut::<SurfaceMesh>(self.surface);
                if let Some(surface) = &mut surface {
                    surface.filter.min_depth = 0.001 * turn as f32;
                    surface.smoothing.noise_floor = 0.0015 + 1e-7 * turn as f32;
                }
                let began = Instant::now();
                update(&mut self.app);
                began.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[times.len() / 2]
    }

    fn normals(&mut self) -> Vec<Vec3> {
        let buffers = self.app.world().get::<SurfaceBuffers>(self.surface);
        let vertices = buffers.unwrap().vertices.clone();
        read_buffer(&mut self.app, &vertices)
            .chunks_exact(32)
            .map(|vertex| Vec3::from_slice(&floats(&vertex[12..24])))
            .collect()
    }
}

/// A surface of every pixel, flying ones too.
fn every_pixel(smoothing: DepthSmoothing, normal_radius: u32) -> SurfaceMesh {
    SurfaceMesh {
        color: PointColor::Flat(Color::WHITE),
        filter: PointFilter::default(),
        smoothing,
        normal_radius,
        ..default()
    }
}

fn depth_of(capture: &Capture) -> Vec<f32> {
    let image = capture.depth.as_ref().unwrap();
    image.u16_pixels().iter().map(|&z| f32::from(z)).collect()
}

/// The standard deviation of the simulated sensor's depth, in mm.
fn sigma(z: f32) -> f32 {
    1.5 + 1e-6 * z * z
}

fn rms(errors: impl Iterator<Item = f32>) -> (f32, usize) {
    let (mut sum, mut count) = (0.0, 0);
    for error in errors {
        sum += f64::from(error) * f64::from(error);
        count += 1;
    }
    ((sum / count.max(1) as f64).sqrt() as f32, count)
}

/// Whether a pixel and all within two pixels of it are on one surface that does not bend by more than the noise.
fn is_flat(clean: &[f32], i: usize) -> bool {
    let (x, y) = (i % WIDTH, i / WIDTH);
    if !(2..WIDTH - 2).contains(&x) || !(2..HEIGHT - 2).contains(&y) || clean[i] == 0.0 {
        return false;
    }
    [(1, 0), (2, 0), (0, 1), (0, 2), (1, 1)]
        .into_iter()
        .all(|(dx, dy)| {
            let (a, b) = (clean[i - dy * WIDTH - dx], clean[i + dy * WIDTH + dx]);
            a > 0.0 && b > 0.0 && (a + b - 2.0 * clean[i]).abs() < 20.0
        })
}

/// Whether a pixel is beside a step of more than 10 cm and was measured on the right side of the step.
fn is_beside_a_step(clean: &[f32], noisy: &[f32], i: usize) -> bool {
    let (x, y) = (i % WIDTH, i / WIDTH);
    if !(1..WIDTH - 1).contains(&x) || !(1..HEIGHT - 1).contains(&y) {
        return false;
    }
    let is_right = |i: usize| noisy[i] > 0.0 && (noisy[i] - clean[i]).abs() < 4.0 * sigma(clean[i]);
    is_right(i)
        && [i - 1, i + 1, i - WIDTH, i + WIDTH]
            .into_iter()
            .any(|other| clean[other] > 0.0 && (clean[other] - clean[i]).abs() > 100.0)
}

/// The median and the 90th part in a hundred of angles between normals, in degrees.
fn angles(normals: &[Vec3], truth: &[Vec3], wanted: impl Fn(usize) -> bool) -> (f32, f32) {
    let mut angles: Vec<f32> = (0..normals.len())
        .filter(|&i| wanted(i) && normals[i] != Vec3::ZERO && truth[i] != Vec3::ZERO)
        .map(|i| normals[i].angle_between(truth[i]).to_degrees())
        .collect();
    angles.sort_unstable_by(f32::total_cmp);
    (angles[angles.len() / 2], angles[angles.len() * 9 / 10])
}

#[test]
fn smoothed_surfaces_are_nearer_to_the_truth_and_keep_their_edges() {
    let scene = scene(Scenario::Empty, 0, 0, 20);
    let last = scene.noisy.len() - 1;
    let (noisy, clean) = (depth_of(&scene.noisy[last]), depth_of(&scene.clean[last]));
    let mut truth = Show::new(&scene, true, every_pixel(DepthSmoothing::OFF, 2));
    truth.go_to(last);
    let true_normals = truth.normals();
    drop(truth);
    let mut raw = Show::new(&scene, false, every_pixel(DepthSmoothing::OFF, 0));
    raw.go_to(last);
    let is_as_measured =
        |depth: &[f32]| depth.iter().zip(&noisy).all(|(a, b)| (a - b).abs() < 0.01);
    assert!(is_as_measured(&raw.depth()), "without smoothing");
    let raw_normals = raw.normals();
    println!("an update without smoothing: {:.1?}", raw.time_of_update());
    raw.keep_picture("smoothing-still-raw.png");
    drop(raw);

    let flat: Vec<usize> = (0..clean.len())
        .filter(|&i| is_flat(&clean, i) && noisy[i] > 0.0)
        .collect();
    let steps: Vec<usize> = (0..clean.len())
        .filter(|&i| is_beside_a_step(&clean, &noisy, i))
        .collect();
    let is_in_flat = |i: usize| is_flat(&clean, i);
    let (before, pixels) = rms(flat.iter().map(|&i| noisy[i] - clean[i]));
    let (step_before, step_pixels) = rms(steps.iter().map(|&i| noisy[i] - clean[i]));
    let angles_before = angles(&raw_normals, &true_normals, is_in_flat);
    println!(
        "as measured: depth {before:.2} mm of {pixels} pixels, beside steps {step_before:.2} mm of {step_pixels}; normals \
         {angles_before:.1?} degrees"
    );
    let missing = |depth: &[f32]| {
        let missing = (0..clean.len()).filter(|&i| clean[i] > 0.0 && depth[i] == 0.0);
        missing.count()
    };

    let smoothings = [
        ("one image", 1, 0.3, 0.15),
        ("sixteen images", 16, 0.2, 0.1),
    ];
    for (name, images, depth_bound, angle_bound) in smoothings {
        let smoothing = DepthSmoothing {
            images,
            ..default()
        };
        let mut show = Show::new(&scene, false, every_pixel(smoothing, 5));
        show.go_to(last);
        let depth = show.depth();
        let (after, _) = rms(flat.iter().map(|&i| depth[i] - clean[i]));
        let (step_after, _) = rms(steps.iter().map(|&i| depth[i] - clean[i]));
        let blurred = steps
            .iter()
            .filter(|&&i| (depth[i] - clean[i]).abs() > 30.0 + 4.0 * sigma(clean[i]))
            .count();
        let angles_after = angles(&show.normals(), &true_normals, is_in_flat);
        println!(
            "{name}: depth {after:.2} mm, beside steps {step_after:.2} mm, {blurred} blurred; normals {angles_after:.1?} degrees; \
             missing pixels {} → {}",
            missing(&noisy),
            missing(&depth)
        );
        assert!(after < depth_bound * before, "{name}: {after} mm");
        assert!(
            angles_after.0 < angle_bound * angles_before.0
                && angles_after.1 < angle_bound * angles_before.1,
            "{name}: {angles_after:?}"
        );
        assert!(
            step_after <= step_before && blurred * 200 < steps.len(),
            "{name}: {step_after} mm, {blurred} of {} blurred",
            steps.len()
        );
        assert!(missing(&depth) < missing(&noisy));
        println!("an update with smoothing: {:.1?}", show.time_of_update());
        show.keep_picture(&format!("smoothing-still-{images}.png"));
    }
}

#[test]
fn people_who_move_leave_no_ghosts() {
    let scene = scene(Scenario::Single(MotionKind::Wave), 2, 2_000_000, 30);
    let mut show = Show::new(&scene, false, every_pixel(DepthSmoothing::default(), 5));
    let (mut moving_before, mut moving_after) = (Vec::new(), Vec::new());
    let (mut ghosts, mut own_ghosts) = (0, 0);
    for number in 1..scene.noisy.len() {
        show.go_to(number);
        if number < 8 {
            continue;
        }
        let depth = show.depth();
        let noisy = depth_of(&scene.noisy[number]);
        let clean = depth_of(&scene.clean[number]);
        let former = depth_of(&scene.clean[number - 1]);
        for i in 0..clean.len() {
            let noise = sigma(clean[i]);
            let has_moved = (clean[i] - former[i]).abs() > 6.0 * noise;
            let is_right = (noisy[i] - clean[i]).abs() < 4.0 * noise;
            if clean[i] == 0.0 || former[i] == 0.0 || !has_moved {
                continue;
            }
            if is_right {
                moving_before.push(noisy[i] - clean[i]);
                moving_after.push(depth[i] - clean[i]);
            }
            // A ghost is a former depth at a place that is empty now.
            let shows_former = |z: f32| {
                z > 0.0 && (z - former[i]).abs() < 3.0 * noise && (z - clean[i]).abs() > 3.0 * noise
            };
            ghosts += usize::from(shows_former(depth[i]));
            own_ghosts += usize::from(shows_former(noisy[i]));
        }
    }
    show.keep_picture("smoothing-moving.png");
    let (before, pixels) = rms(moving_before.iter().copied());
    let (after, _) = rms(moving_after.iter().copied());
    println!(
        "{pixels} pixels that moved: {before:.2} mm as measured, {after:.2} mm smoothed; {own_ghosts} show what was there before \
         as measured, {ghosts} smoothed"
    );
    assert!(pixels > 1000);
    assert!(after < before, "{after} mm, {before} mm as measured");
    assert!(ghosts * 100 < pixels + 100 * own_ghosts, "{ghosts} ghosts");
}

#[test]
fn another_source_begins_with_its_own_depth() {
    let near: fn(u32, u32) -> u16 = |_, _| 1500;
    // The change is smaller than the noise: without a new start, both depths would be averaged.
    let far: fn(u32, u32) -> u16 = |_, _| 1503;
    let mut app = rendering_app();
    let surface = spawn_surface(
        &mut app,
        sensor_with(near),
        every_pixel(DepthSmoothing::default(), 0),
    );
    update_until(&mut app, "captures", |world| {
        frame_of(world, surface).sequence > 20
    });
    *app.world_mut().get_mut::<KinectSensor>(surface).unwrap() = sensor_with(far);
    update_until(&mut app, "another source", |world| {
        let frame = &world.get::<SensorFrame>(surface).unwrap().0;
        frame
            .as_ref()
            .is_some_and(|frame| frame.capture.depth.as_ref().unwrap().u16_pixels()[0] == 1503)
    });
    for point in points_of(&mut app, surface) {
        let off = -point.position.z * 1000.0 - 1503.0;
        assert!(off.abs() < 0.01, "{off} mm off");
    }
}

#[test]
fn clouds_are_smoothed_where_that_is_asked_for_and_settings_change_at_once() {
    let speckled: fn(u32, u32) -> u16 = |x, y| match (x * 7 + y * 13) % 11 {
        0 => 0,
        n => (2000 + n * 2) as u16,
    };
    let mut app = rendering_app();
    let cloud = PointCloud {
        color: PointColor::Flat(Color::WHITE),
        ..default()
    };
    let entity = app
        .world_mut()
        .spawn((sensor_with(speckled), cloud.clone()))
        .id();
    let depth = |app: &mut App| -> Vec<f32> {
        points_of(app, entity)
            .iter()
            .map(|point| -point.position.z * 1000.0)
            .collect()
    };
    let measured = |i: usize| f32::from(speckled((i % 320) as u32, (i / 320) as u32));
    let raw = depth(&mut app);
    assert!((0..raw.len()).all(|i| (raw[i] - measured(i)).abs() < 0.001));

    let with = |smoothing| PointCloud {
        smoothing,
        ..cloud.clone()
    };
    // If only holes are closed, measured depths do not change.
    *app.world_mut().get_mut::<PointCloud>(entity).unwrap() = with(DepthSmoothing {
        holes: 2,
        ..DepthSmoothing::OFF
    });
    let filled = depth(&mut app);
    let mut closed = 0;
    for (i, &depth) in filled.iter().enumerate() {
        if measured(i) > 0.0 {
            assert!((depth - measured(i)).abs() < 0.001);
        } else if depth > 0.0 {
            closed += 1;
            assert!((depth - 2012.0).abs() < 12.0, "{depth}");
        }
    }
    assert!(closed > filled.len() / 12, "{closed} holes were closed");

    // If only neighbours are averaged, holes stay.
    *app.world_mut().get_mut::<PointCloud>(entity).unwrap() = with(DepthSmoothing {
        radius: 4,
        ..DepthSmoothing::OFF
    });
    let smooth = depth(&mut app);
    let inside = |i: &usize| (10..310).contains(&(i % 320)) && (10..278).contains(&(i / 320));
    let (before, _) = rms((0..raw.len())
        .filter(inside)
        .filter(|&i| raw[i] > 0.0)
        .map(|i| raw[i] - 2012.0));
    let (after, _) = rms((0..raw.len())
        .filter(inside)
        .filter(|&i| raw[i] > 0.0)
        .map(|i| smooth[i] - 2012.0));
    assert!(after < 0.3 * before, "{before} mm become {after} mm");
    assert!((0..raw.len()).all(|i| (raw[i] == 0.0) == (smooth[i] == 0.0)));

    *app.world_mut().get_mut::<PointCloud>(entity).unwrap() = cloud;
    assert!(depth(&mut app) == raw, "without smoothing");
}
