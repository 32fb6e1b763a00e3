//! The floor under simulated sensors of every mount, in furnished rooms with people.

use std::time::{Duration, Instant};

use glam::Vec3;
use kinect_azure::calibration::XyTable;
use kinect_azure::image::Pixels;
use kinect_azure::recording::Recording;
use kinect_azure::{
    Calibration, Capture, CaptureSource, ColorResolution, DepthMode, FrameRate, Image, ImageFormat,
    NextCapture,
};
use kinect_simulation::{Mount, Noise, Scenario, SimulatedSensor, SimulationSettings, Variety};
use kinect_tracking::floor::{FloorChange, FloorFinder, FloorWatch, NoFloor, UpGuess};
use kinect_tracking::{Gravity, Ground};

use crate::noise;

/// One sensor in one room, and what a watch found in a second.
struct Case {
    settings: SimulationSettings,
    /// How much of the floor the first image shows, in m².
    visible: f32,
    /// Errors of height and tilt in mm and degrees, with the errors to expect.
    found: Option<[f32; 4]>,
    problem: String,
    took: Duration,
}

fn room(mode: DepthMode, mount: Mount, seed: u64) -> SimulationSettings {
    SimulationSettings {
        scenario: Scenario::Exhibit,
        people: 6,
        seed,
        variety: Variety {
            room: seed.is_multiple_of(2),
            ..Variety::default()
        },
        noise: Noise {
            dropped_captures: 0.0,
            ..Noise::default()
        },
        depth_mode: mode,
        color_resolution: ColorResolution::Off,
        frame_rate: FrameRate::Fps5,
        mount,
        every_capture: true,
        ..SimulationSettings::default()
    }
}

fn next(sensor: &mut SimulatedSensor) -> Capture {
    match sensor.next_capture(Duration::from_secs(10)).unwrap() {
        NextCapture::Capture(capture) => capture,
        other => panic!("no capture: {other:?}"),
    }
}

/// How much of the floor a depth image shows, in m².
fn visible_floor(capture: &Capture, calibration: &Calibration, mount: &Mount) -> f32 {
    let camera = calibration.depth_camera.unwrap();
    let rays = XyTable::new(&camera);
    let up = Vec3::from(mount.up());
    let pixel = 1.0 / (camera.intrinsics.fx * camera.intrinsics.fy);
    let depths = capture.depth.as_ref().unwrap();
    let each = depths.u16_pixels().iter().zip(rays.rays());
    each.map(|(depth, [x, y])| {
        let ray = Vec3::new(*x, *y, 1.0);
        let depth = f32::from(*depth) * 1e-3;
        let steep = up.dot(ray);
        let height = steep * depth + mount.height;
        if depth > 0.0 && height.abs() < 0.03 && steep < -0.05 {
            depth * depth * pixel / -steep
        } else {
            0.0
        }
    })
    .sum()
}

fn watch(settings: SimulationSettings, has_imu: bool) -> Case {
    let mut sensor = SimulatedSensor::new(&settings)
        .unwrap()
        .as_fast_as_possible();
    let calibration = sensor.calibration().unwrap().clone();
    let mut watch = FloorWatch::new(&calibration.depth_camera.unwrap());
    let gravity = Gravity::default();
    let mut took = Duration::ZERO;
    let mut visible = None;
    // The images of less than a second.
    for _ in 0..IMAGES {
        let capture = next(&mut sensor);
        while let Some(sample) = sensor.next_imu_sample().unwrap() {
            gravity.add(&sample, &calibration);
        }
        visible.get_or_insert_with(|| visible_floor(&capture, &calibration, &settings.mount));
        let began = Instant::now();
        let measured = gravity.mean().filter(|_| has_imu);
        watch.update(
            capture.depth.as_ref().unwrap(),
            measured,
            UpGuess::upright(),
        );
        took += began.elapsed();
    }
    let up = Vec3::from(settings.mount.up());
    let found = watch.floor().map(|floor| {
        // A rug lies on the floor, and the sensor may see nothing but the rug.
        let off = floor.ground.camera_height_mm - settings.mount.height * 1000.0;
        [
            off.max(-RUG - off).max(0.0),
            Vec3::from(floor.ground.up).angle_between(up).to_degrees(),
            floor.height_error_mm,
            floor.tilt_error_degrees,
        ]
    });
    Case {
        visible: visible.unwrap(),
        found,
        problem: watch
            .problem()
            .map(|why| format!("{why:?}"))
            .unwrap_or_default(),
        took: took / IMAGES,
        settings,
    }
}

const IMAGES: u32 = 4;
/// The thickness of the rug in rooms with furniture, in mm.
const RUG: f32 = 8.0;

/// A mount of a kind that is used: standing, hanging, on its side, tilted anyhow.
fn mount(random: &mut noise::Noise) -> Mount {
    let unit = |random: &mut noise::Noise, low: f32, high: f32| low + (high - low) * random.unit();
    let roll = [0.0, 90.0, 180.0, -90.0][(random.unit() * 4.0) as usize % 4];
    Mount {
        height: unit(random, 0.5, 3.0),
        tilt_degrees: unit(random, -30.0, 90.0),
        roll_degrees: roll + 3.0 * random.normal(),
        ..Mount::default()
    }
}

const MODES: [DepthMode; 4] = [
    DepthMode::NfovUnbinned,
    DepthMode::Nfov2x2Binned,
    DepthMode::Wfov2x2Binned,
    DepthMode::WfovUnbinned,
];

fn sorted(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values
}

fn at(values: &[f32], share: f32) -> f32 {
    let last = values.len().saturating_sub(1);
    let at = (last as f32 * share).round() as usize;
    values.get(at).copied().unwrap_or(f32::NAN)
}

/// Prints what was found, and checks it.
fn check(name: &str, cases: &[Case], tilt_limit: f32) {
    let found: Vec<(&Case, [f32; 4])> = cases
        .iter()
        .filter_map(|case| Some((case, case.found?)))
        .collect();
    let height = sorted(found.iter().map(|(_, errors)| errors[0]));
    let tilt = sorted(found.iter().map(|(_, errors)| errors[1]));
    let (seen, seen_found) = cases
        .iter()
        .filter(|case| case.visible > ENOUGH)
        .fold((0, 0), |(seen, both), case| {
            (seen + 1, both + usize::from(case.found.is_some()))
        });
    let took = cases.iter().map(|case| case.took).sum::<Duration>() / cases.len() as u32;
    println!(
        "{name}: found {} of {}, {seen_found} of {seen} that show {ENOUGH} m²; height {:.1} {:.1} {:.1} mm, tilt {:.2} {:.2} {:.2}° \
         (median, 95 %, most); {took:?} an image",
        found.len(),
        cases.len(),
        at(&height, 0.5),
        at(&height, 0.95),
        at(&height, 1.0),
        at(&tilt, 0.5),
        at(&tilt, 0.95),
        at(&tilt, 1.0),
    );
    let mut wrong = Vec::new();
    for case in cases {
        let mount = &case.settings.mount;
        let told = format!(
            "seed {}, {:.2} m, tilt {:.1}°, roll {:.1}°, {:.2} m² visible: {:.2?} {}",
            case.settings.seed,
            mount.height,
            mount.tilt_degrees,
            mount.roll_degrees,
            case.visible,
            case.found,
            case.problem
        );
        if std::env::var_os("KINECT_FLOORS").is_some() {
            println!("  {told}");
        }
        let is_right = match case.found {
            Some([height, tilt, ..]) => height <= 10.0 && tilt <= tilt_limit && case.visible > 0.1,
            None => case.visible < ENOUGH,
        };
        if !is_right {
            wrong.push(told);
        }
    }
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

/// A floor of which this much is seen, in m², must be found. Of less, it depends on how far away it is.
const ENOUGH: f32 = 2.5;

fn all_mounts(cases: u64, first_seed: u64) {
    let mut random = noise::Noise::new(first_seed);
    for mode in MODES {
        let cases: Vec<Case> = (0..cases)
            .map(|n| {
                let mount = mount(&mut random);
                watch(room(mode, mount, first_seed + n), true)
            })
            .collect();
        check(&format!("{mode:?}"), &cases, 0.3);
    }
}

#[test]
fn floors_are_found_from_all_mounts_or_it_is_told_that_too_little_is_seen() {
    all_mounts(8, 31_000);
}

#[test]
#[ignore = "takes minutes"]
fn floors_of_many_more_rooms() {
    all_mounts(60, 77_000);
}

#[test]
fn without_inertial_samples_the_floor_under_an_upright_sensor_is_found() {
    let mut random = noise::Noise::new(5);
    let cases: Vec<Case> = (0..8_u64)
        .map(|n| {
            let mount = Mount {
                height: 0.8 + 1.4 * random.unit(),
                tilt_degrees: 10.0 + 35.0 * random.unit(),
                roll_degrees: 3.0 * random.normal(),
                ..Mount::default()
            };
            watch(room(DepthMode::Nfov2x2Binned, mount, 41_000 + n), false)
        })
        .collect();
    check("without inertial samples", &cases, 0.8);
}

#[test]
fn a_sensor_that_looks_up_or_at_a_wall_has_no_floor() {
    for (height, tilt) in [(1.3, -30.0), (2.0, -30.0), (0.5, -30.0), (3.0, -10.0)] {
        let mount = Mount {
            height,
            tilt_degrees: tilt,
            ..Mount::default()
        };
        for has_imu in [true, false] {
            let case = watch(room(DepthMode::NfovUnbinned, mount, 7), has_imu);
            assert_eq!(case.found, None, "{height} m, {tilt}°: {}", case.problem);
            assert_ne!(case.problem, "");
        }
    }
}

/// A depth image of a camera that looks down by 25°, drawn by a function from points of the ray to hit heights.
fn drawn(height_mm: f32, hit: impl Fn(Vec3) -> Option<f32>) -> (Calibration, Image, [f32; 3]) {
    let (sin, cos) = 25.0_f32.to_radians().sin_cos();
    let ground = Ground {
        up: [0.0, -cos, -sin],
        camera_height_mm: height_mm,
    };
    let calibration = kinect_simulation::built_in_calibration()
        .unwrap()
        .calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
        .unwrap();
    let camera = calibration.depth_camera.unwrap();
    let rays = XyTable::new(&camera);
    let depths: Vec<u16> = rays
        .rays()
        .iter()
        .map(|[x, y]| {
            let ray = Vec3::from(ground.direction([*x, *y, 1.0]));
            hit(ray)
                .filter(|depth| *depth < 5500.0)
                .map_or(0, |depth| depth.round() as u16)
        })
        .collect();
    let mut image = Image::empty(ImageFormat::Depth16);
    (image.width, image.height, image.stride) = (camera.width, camera.height, camera.width * 2);
    image.pixels = Pixels::U16(depths);
    (calibration, image, ground.up)
}

/// Where a ray meets a level plane so far below the camera.
fn level(ray: Vec3, below: f32) -> Option<f32> {
    (ray.y < -0.01).then(|| -below / ray.y)
}

/// Where a ray meets an upright wall so far ahead.
fn wall(ray: Vec3, ahead: f32) -> Option<f32> {
    (ray.z < -0.01).then(|| -ahead / ray.z)
}

fn nearest(hits: [Option<f32>; 3]) -> Option<f32> {
    hits.into_iter().flatten().min_by(f32::total_cmp)
}

#[test]
fn tables_steps_and_walls_are_no_floors() {
    let within = |ray: Vec3, at: Option<f32>, range: core::ops::Range<f32>| {
        at.filter(|depth| range.contains(&(-ray.z * depth)))
    };
    let find = |height: f32, hit: &dyn Fn(Vec3) -> Option<f32>| {
        let (calibration, image, up) = drawn(height, hit);
        let mut finder = FloorFinder::new(&calibration.depth_camera.unwrap());
        finder.find(&image, UpGuess::measured(up))
    };
    // A table of a metre before the floor, and a podium behind it: both are larger in the image than the floor between.
    let found = find(1500.0, &|ray| {
        let table = within(ray, level(ray, 760.0), 800.0..1700.0);
        let podium = within(ray, level(ray, 1200.0), 2600.0..9000.0);
        nearest([table, podium, level(ray, 1500.0)])
    });
    let found = found.unwrap();
    assert!(
        (found.ground.camera_height_mm - 1500.0).abs() < 3.0,
        "{found:?}"
    );
    // The table hides the floor, but not the wall behind it.
    let found = find(1500.0, &|ray| {
        let table = within(ray, level(ray, 760.0), 0.0..1700.0);
        nearest([
            table,
            wall(ray, 2600.0).filter(|depth| ray.y * depth > -1400.0),
            None,
        ])
    });
    assert_eq!(found, Err(NoFloor::SomethingBelow));
    let found = find(1500.0, &|ray| wall(ray, 700.0));
    assert_eq!(found, Err(NoFloor::NoLevelSurface));
    assert_eq!(find(1500.0, &|_| None), Err(NoFloor::NoDepth));
    // A strip of floor far away.
    let found = find(2200.0, &|ray| {
        within(ray, level(ray, 2200.0), 3500.0..4600.0)
    });
    assert_eq!(found, Err(NoFloor::TooLittle));
}

#[test]
fn broken_images_and_directions_find_nothing_and_break_nothing() {
    let (calibration, mut image, up) = drawn(1500.0, |ray| level(ray, 1500.0));
    let camera = calibration.depth_camera.unwrap();
    let mut finder = FloorFinder::new(&camera);
    for up in [
        [0.0; 3],
        [f32::NAN; 3],
        [f32::INFINITY, 0.0, 0.0],
        [0.0, 1.0, 0.0],
    ] {
        for error_degrees in [f32::NAN, -1.0, 0.2, 400.0, f32::INFINITY] {
            if let Ok(found) = finder.find(&image, UpGuess { up, error_degrees }) {
                assert!(found.ground.camera_height_mm.is_finite(), "{found:?}");
                assert!(found.ground.up.iter().all(|v| v.is_finite()), "{found:?}");
            }
        }
    }
    // The mean of a carried sensor's samples may be off by some degrees.
    let off = Vec3::from(up) + Vec3::new(0.03, 0.0, 0.0);
    let guess = UpGuess {
        up: off.to_array(),
        error_degrees: 3.0,
    };
    let found = finder.find(&image, guess).unwrap();
    assert!(Vec3::from(found.ground.up).angle_between(Vec3::from(up)) < 0.002);
    image.pixels = Pixels::U16(vec![1; 1000]);
    assert_eq!(
        finder.find(&image, UpGuess::measured(up)),
        Err(NoFloor::NoDepth)
    );
    image.format = ImageFormat::Ir16;
    assert_eq!(
        finder.find(&image, UpGuess::measured(up)),
        Err(NoFloor::NoDepth)
    );
    // A camera whose lens gives no rays.
    let mut broken = camera;
    broken.intrinsics.fx = 0.0;
    broken.intrinsics.fy = f32::NAN;
    let (_, image, up) = drawn(1500.0, |ray| level(ray, 1500.0));
    assert!(
        FloorFinder::new(&broken)
            .find(&image, UpGuess::measured(up))
            .is_err()
    );
}

#[test]
fn a_watch_tells_of_floors_that_are_found_moved_and_lost_and_does_not_allocate() {
    let scene = |height: f32, usec: u64| {
        let (calibration, mut image, up) = drawn(height, |ray| level(ray, height));
        image.device_timestamp_usec = usec;
        (calibration, image, up)
    };
    let (calibration, image, up) = scene(1500.0, 0);
    let mut watch = FloorWatch::new(&calibration.depth_camera.unwrap());
    let update = |watch: &mut FloorWatch, image: &Image, up: [f32; 3]| {
        watch.update(image, Some(up), UpGuess::upright())
    };
    assert_eq!(update(&mut watch, &image, up), Some(FloorChange::Found));
    assert!(watch.floor().unwrap().confidence() > 0.5);
    let allocations = k4a_judge::allocations(|| {
        for _ in 0..20 {
            assert_eq!(update(&mut watch, &image, up), None);
        }
    });
    assert_eq!(allocations, 0, "the watch allocates");
    // Lifted by 20 cm without a turn: three images confirm it.
    let (_, lifted, _) = scene(1700.0, 100_000);
    let changes = [0; 4].map(|_| update(&mut watch, &lifted, up));
    assert_eq!(changes, [None, None, Some(FloorChange::Moved), None]);
    let height = watch.floor().unwrap().ground.camera_height_mm;
    assert!((height - 1700.0).abs() < 2.0, "{height}");
    // People cover the floor: it stays. After ten seconds it is lost.
    let covered = |usec: u64| {
        let (_, mut image, _) = drawn(1700.0, |ray| wall(ray, 800.0));
        image.device_timestamp_usec = usec;
        image
    };
    assert_eq!(update(&mut watch, &covered(5_000_000), up), None);
    assert!(watch.floor().is_some());
    assert_eq!(watch.problem(), Some(NoFloor::NoLevelSurface));
    let lost = FloorChange::Lost(NoFloor::NoLevelSurface);
    assert_eq!(update(&mut watch, &covered(12_000_000), up), Some(lost));
    assert_eq!(watch.floor(), None);
}

#[test]
fn a_sensor_that_is_turned_has_another_floor_at_once() {
    let turned = |tilt: f32| {
        let mount = Mount {
            height: 1.6,
            tilt_degrees: tilt,
            ..Mount::default()
        };
        let settings = room(DepthMode::NfovUnbinned, mount, 5);
        let mut sensor = SimulatedSensor::new(&settings)
            .unwrap()
            .as_fast_as_possible();
        let calibration = sensor.calibration().unwrap().clone();
        (next(&mut sensor).depth.unwrap(), mount.up(), calibration)
    };
    let (first, up, calibration) = turned(25.0);
    let mut watch = FloorWatch::new(&calibration.depth_camera.unwrap());
    let change = watch.update(&first, Some(up), UpGuess::upright());
    assert_eq!(change, Some(FloorChange::Found));
    let (second, up, _) = turned(40.0);
    let change = watch.update(&second, Some(up), UpGuess::upright());
    assert_eq!(change, Some(FloorChange::Moved));
    let tilt = watch.floor().unwrap().ground.tilt_degrees();
    assert!((tilt - 40.0).abs() < 0.3, "{tilt}");
    // Turned to the ceiling.
    let (third, up, _) = turned(-40.0);
    let change = watch.update(&third, Some(up), UpGuess::upright());
    assert!(matches!(change, Some(FloorChange::Lost(_))), "{change:?}");
}

#[test]
fn the_sample_recording_shows_a_plausible_surface_or_says_why_not() {
    let Some(path) = k4a_judge::real_data("recordings/mug-720p-nfov.mkv") else {
        return;
    };
    let mut recording = Recording::open(path).unwrap();
    let calibration = recording.calibration().unwrap().clone();
    let gravity = Gravity::default();
    while let Some(sample) = recording.next_imu_sample().unwrap() {
        gravity.add(&sample, &calibration);
    }
    let mut finder = FloorFinder::new(&calibration.depth_camera.unwrap());
    while let Some(capture) = recording.next_capture().unwrap() {
        let Some(depth) = capture.depth else {
            continue;
        };
        let guess = gravity.mean().map_or(UpGuess::upright(), UpGuess::measured);
        let found = finder.find(&depth, guess);
        println!(
            "sample recording: up {:?} by inertial samples: {:?} {found:?}",
            gravity.mean(),
            found.map(|found| (found.ground.tilt_degrees(), found.ground.roll_degrees())),
        );
        // The sensor stands on a desk and sees nothing but the desk: a plane under it, or a reason.
        if let Ok(found) = found {
            assert!((150.0..2500.0).contains(&found.ground.camera_height_mm));
        }
    }
}
