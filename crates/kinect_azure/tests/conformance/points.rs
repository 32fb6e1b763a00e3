//! Points, pixels and directions.

use k4a_judge::{abi, judge};
use kinect_azure::calibration::{Calibration, CameraKind, Sensor};
use kinect_azure::{ColorResolution, DepthMode};

use crate::data::{self, Random};

fn assert_near<const N: usize>(ours: Option<[f32; N]>, expected: [f32; N], tolerance: f32) {
    let ours = ours.expect("valid");
    for (a, b) in ours.iter().zip(expected) {
        assert!((a - b).abs() <= tolerance, "{ours:?} is not {expected:?}");
    }
}

fn sample() -> Option<Calibration> {
    let real = data::sample_calibration()?;
    Some(
        real.raw
            .calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)
            .unwrap(),
    )
}

/// Calls `check` with every real sensor in a few pairs of modes that together cover all modes.
fn with_vendor(check: impl Fn(&k4a_judge::Judge, &Calibration, &abi::Calibration, &str)) {
    let (Some(judge), Some(calibrations)) = (judge(), data::calibrations()) else {
        return;
    };
    for real in &calibrations {
        for (depth, color) in [
            (DepthMode::Nfov2x2Binned, ColorResolution::R1440p),
            (DepthMode::NfovUnbinned, ColorResolution::R720p),
            (DepthMode::Wfov2x2Binned, ColorResolution::R1536p),
            (DepthMode::WfovUnbinned, ColorResolution::R2160p),
            (DepthMode::PassiveIr, ColorResolution::R3072p),
            (DepthMode::NfovUnbinned, ColorResolution::R1080p),
        ] {
            let ours = real.raw.calibration(depth, color).unwrap();
            let theirs = data::vendor_calibration(judge, real, depth, color);
            check(
                judge,
                &ours,
                &theirs,
                &format!("{} {depth} {color}", real.name),
            );
        }
    }
}

/// The vendor's enum value of a sensor; the numbers are equal.
fn vendors(sensor: usize) -> k4a::Sensor {
    k4a::Sensor::from_code(sensor as i32).unwrap()
}

const CAMERAS: [CameraKind; 2] = [CameraKind::Depth, CameraKind::Color];

#[test]
fn random_points_are_seen_where_the_vendor_sees_them() {
    with_vendor(|judge, ours, theirs, at| {
        let mut random = Random(1);
        let mut valid = 0;
        for _ in 0..4000 {
            let z = random.between(-100.0, 4000.0);
            let reach = 2.0 * z.abs().max(10.0);
            let point = [
                random.between(-reach, reach),
                random.between(-reach, reach),
                z,
            ];
            let source = Sensor::ALL[random.below(4)];
            let target = CAMERAS[random.below(2)];
            let we = ours.point_3d_to_2d(point, source, target);
            let they = judge
                .library()
                .point_3d_to_2d(
                    theirs,
                    point,
                    vendors(source.index()),
                    vendors(target as usize),
                )
                .unwrap();
            assert_eq!(we, they, "{at}: {point:?}");
            valid += usize::from(we.is_some());
        }
        assert!(valid > 500, "{at}: only {valid} points were seen");
    });
}

#[test]
fn random_pixels_look_where_the_vendor_looks() {
    with_vendor(|judge, ours, theirs, at| {
        let mut random = Random(2);
        let (mut valid, mut we_only) = (0, 0);
        for _ in 0..4000 {
            let source = CAMERAS[random.below(2)];
            let camera = ours.camera(source).unwrap();
            let pixel = [
                random.between(-0.5, camera.width as f32 - 0.5),
                random.between(-0.5, camera.height as f32 - 0.5),
            ];
            let depth = random.between(100.0, 6000.0);
            let target = Sensor::ALL[random.below(4)];
            let we = ours.point_2d_to_3d(pixel, depth, source, target);
            let they = judge
                .library()
                .point_2d_to_3d(
                    theirs,
                    pixel,
                    depth,
                    vendors(source as usize),
                    vendors(target.index()),
                )
                .unwrap();
            if they.is_none() && we.is_some() {
                we_only += 1;
                continue;
            }
            assert_eq!(we, they, "{at}: {pixel:?}");
            valid += usize::from(we.is_some());
        }
        assert!(valid > 2000, "{at}: only {valid} pixels have rays");
        // Because of f32, the vendor's library rejects valid pixels of large colour images (3.1 % at 3072P).
        assert!(
            we_only < 4000 / 10,
            "{at}: {we_only} pixels only we can look through"
        );
    });
}

#[test]
fn the_depth_camera_sees_exactly_as_far_to_the_side_as_the_vendors() {
    with_vendor(|judge, ours, theirs, at| {
        let mut random = Random(3);
        let camera = ours.depth_camera.unwrap();
        for _ in 0..2000 {
            let pixel = [
                random.between(-0.5, camera.width as f32 - 0.5),
                random.between(-0.5, camera.height as f32 - 0.5),
            ];
            let we = camera.unproject(pixel).is_some();
            let they = judge
                .library()
                .point_2d_to_3d(
                    theirs,
                    pixel,
                    1000.0,
                    k4a::Sensor::Depth,
                    k4a::Sensor::Depth,
                )
                .unwrap()
                .is_some();
            assert_eq!(we, they, "{at}: depth pixel {pixel:?}");
        }
    });
}

#[test]
fn random_pixels_meet_the_pixels_the_vendor_says() {
    with_vendor(|judge, ours, theirs, at| {
        let mut random = Random(4);
        let (mut valid, mut we_only) = (0, 0);
        for _ in 0..4000 {
            let (source, target) = (CAMERAS[random.below(2)], CAMERAS[random.below(2)]);
            let camera = ours.camera(source).unwrap();
            let pixel = [
                random.between(-0.5, camera.width as f32 - 0.5),
                random.between(-0.5, camera.height as f32 - 0.5),
            ];
            let depth = random.between(200.0, 6000.0);
            let we = ours.point_2d_to_2d(pixel, depth, source, target);
            let they = judge
                .library()
                .point_2d_to_2d(
                    theirs,
                    pixel,
                    depth,
                    vendors(source as usize),
                    vendors(target as usize),
                )
                .unwrap();
            if they.is_none() && we.is_some() {
                we_only += 1;
                continue;
            }
            assert_eq!(we, they, "{at}: {pixel:?}");
            valid += usize::from(we.is_some());
        }
        assert!(valid > 1500, "{at}: only {valid} pixels");
        assert!(
            we_only < 4000 / 10,
            "{at}: {we_only} pixels only we can look through"
        );
    });
}

#[test]
fn points_move_between_sensors_as_the_vendors_do() {
    with_vendor(|judge, ours, theirs, at| {
        let mut random = Random(5);
        for _ in 0..500 {
            let point = [0; 3].map(|_| random.between(-3000.0, 3000.0));
            let (source, target) = (Sensor::ALL[random.below(4)], Sensor::ALL[random.below(4)]);
            let we = ours.point_3d_to_3d(point, source, target).unwrap();
            let they = judge
                .library()
                .point_3d_to_3d(
                    theirs,
                    point,
                    vendors(source.index()),
                    vendors(target.index()),
                )
                .unwrap();
            assert_eq!(we, they, "{at}: {point:?}");
        }
    });
}

#[test]
fn the_known_points_of_the_sample_sensor_hold() {
    let Some(calibration) = sample() else { return };
    use CameraKind::{Color, Depth};
    let known = [
        (
            [0.0, 0.0],
            [-1025.5367, -1075.0581],
            [-1059.3379, -985.9368, 1092.2292],
            [23.5956, -207.3613],
        ),
        (
            [639.0, 575.0],
            [767.5239, 566.6605],
            [735.6614, 647.6339, 951.7623],
            [1133.6526, 801.1111],
        ),
        (
            [320.0, 288.0],
            [-25.4598, -121.1481],
            [-58.1345, -36.7136, 1010.589],
            [604.0897, 343.6088],
        ),
        (
            [100.5, 400.25],
            [-499.1344, 110.4652],
            [-531.535, 194.5777, 990.3735],
            [302.4401, 489.1527],
        ),
    ];
    for (pixel, [x, y], in_color, color_pixel) in known {
        assert_near(
            calibration.point_2d_to_3d(pixel, 1000.0, Depth, Depth),
            [x, y, 1000.0],
            2e-3,
        );
        assert_near(
            calibration.point_2d_to_3d(pixel, 1000.0, Depth, Color),
            in_color,
            2e-3,
        );
        assert_near(
            calibration.point_2d_to_2d(pixel, 1000.0, Depth, Color),
            color_pixel,
            2e-3,
        );
    }
    let point = [100.0, -50.0, 900.0];
    assert_near(
        calibration.point_3d_to_2d(point, Depth, Depth),
        [388.5539, 320.9363],
        1e-3,
    );
    assert_near(
        calibration.point_3d_to_2d(point, Color, Color),
        [707.4034, 331.7939],
        1e-3,
    );
    let edge = calibration.point_3d_to_2d([1700.0, 0.0, 1000.0], Color, Color);
    assert_near(edge, [1724.6934, 365.5668], 1e-3);
    let beyond = [1701.0, 0.0, 1000.0];
    assert_eq!(calibration.point_3d_to_2d(beyond, Color, Color), None);
    let beyond = [1800.0, 0.0, 1000.0];
    assert_eq!(calibration.point_3d_to_2d(beyond, Depth, Depth), None);
    assert_near(
        calibration.point_3d_to_3d(point, Depth, Color),
        [67.45407, 25.41101, 904.89954],
        1e-3,
    );
    assert_near(
        calibration.point_3d_to_3d(point, Color, Depth),
        [132.62909, -124.66993, 888.60663],
        1e-3,
    );
    assert_near(
        calibration.point_3d_to_3d([10.0, 20.0, 30.0], Sensor::Gyro, Sensor::Accel),
        [-41.10294, 23.46513, 31.37221],
        1e-4,
    );
}

#[test]
fn gravity_turns_with_the_sensor_and_does_not_move() {
    let Some(calibration) = sample() else { return };
    // The measurement of the accelerometer in the sample recording: the sensor looks up by 10.8 degrees.
    let up = calibration
        .direction(
            [-2.888193, -0.193805, -9.437137],
            Sensor::Accel,
            Sensor::Depth,
        )
        .unwrap();
    let length = up.iter().map(|v| v * v).sum::<f32>().sqrt();
    assert_near(Some(up.map(|v| v / length)), [0.0218, -0.9821, 0.187], 1e-3);
}

#[test]
fn a_colour_pixel_finds_the_depth_pixel_that_sees_the_same() {
    let (Some(judge), Some(real)) = (judge(), data::sample_calibration()) else {
        return;
    };
    let Some(depth) = data::sample_depth(judge) else {
        return;
    };
    let ours = sample().unwrap();
    let theirs = data::vendor_calibration(
        judge,
        &real,
        DepthMode::NfovUnbinned,
        ColorResolution::R720p,
    );
    let image = judge.depth_image(640, 576, &depth).unwrap();
    let mut random = Random(6);
    let (mut both, mut worse, mut vendor_only, mut we_only) = (0, 0, 0, 0);
    for _ in 0..2000 {
        let pixel = [random.between(0.0, 1279.0), random.between(0.0, 719.0)];
        let we = ours.color_pixel_to_depth_pixel(pixel, &depth);
        // The vendor's function fails outright for some pixels.
        let they = judge
            .library()
            .color_2d_to_depth_2d(&theirs, pixel, image.shared())
            .unwrap_or(None);
        // The distance between the colour pixel and the projection of the found depth pixel.
        let miss = |found: [f32; 2]| {
            let (column, row) = (found[0].round() as usize, found[1].round() as usize);
            let d = f32::from(depth[row.min(575) * 640 + column.min(639)]);
            let seen = ours
                .point_2d_to_2d(found, d, CameraKind::Depth, CameraKind::Color)
                .unwrap();
            (seen[0] - pixel[0]).hypot(seen[1] - pixel[1])
        };
        match (we, they) {
            (Some(we), Some(they)) => {
                both += 1;
                if miss(we) > miss(they) + 0.75 {
                    worse += 1;
                }
                assert!(miss(we) <= 10.001);
            }
            (None, None) => {}
            (Some(_), None) => we_only += 1,
            (None, Some(_)) => vendor_only += 1,
        }
    }
    println!("both {both}, worse {worse}, vendor only {vendor_only}, we only {we_only}");
    assert!(both > 1000);
    assert!(
        worse * 100 <= both,
        "{worse} of {both} are worse than the vendor's"
    );
    assert!(vendor_only <= 10, "{vendor_only}");
}
