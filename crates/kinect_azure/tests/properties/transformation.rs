//! Compares transformed images with a simple implementation of the documented rules.

use kinect_azure::calibration::{Calibration, Extrinsics, RawCalibration, Sensor, XyTable};
use kinect_azure::transform::{Interpolation, Occlusion, TransformError, Transformation};
use kinect_azure::{ColorResolution, DepthMode};

use crate::Random;
use crate::oracle;

/// A calibration whose colour camera looks 6° higher, as the real ones do.
fn calibration(depth: DepthMode, color: ColorResolution) -> Calibration {
    let mut calibration = RawCalibration::parse(crate::calibration::json().as_bytes())
        .unwrap()
        .calibration(depth, color)
        .unwrap();
    let (sin, cos) = 6f32.to_radians().sin_cos();
    calibration.extrinsics[Sensor::Depth.index()][Sensor::Color.index()] = Some(Extrinsics {
        rotation: [1.0, 0.003, 0.0, -0.003, cos, sin, 0.0, -sin, cos],
        translation: [-32.0, -2.0, 4.0],
    });
    calibration
}

/// A scene with all cases of the rules: a slanted wall, a ball in front of it, steps, noise, single pixels and lines
/// without depth, and large holes.
fn scene(calibration: &Calibration, seed: u64) -> Vec<u16> {
    let camera = calibration.depth_camera.as_ref().unwrap();
    let (width, height) = (camera.width as usize, camera.height as usize);
    let mut random = Random(seed);
    let mut depth = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (column as f32 / width as f32, row as f32 / height as f32);
            let mut d = 1400.0 + 2500.0 * x * x + 300.0 * y;
            let (a, b) = (x - 0.4, y - 0.5);
            let ball = 0.03 - a * a - b * b;
            if ball > 0.0 {
                d = 700.0 - 900.0 * ball.sqrt();
            }
            if (0.7..0.75).contains(&x) {
                // The step is too steep for one surface.
                d = 900.0 + 120.0 * (column % 7) as f32;
            }
            if y > 0.85 {
                d = 500.0 + 4000.0 * (y - 0.85);
            }
            d += random.below(5) as f32;
            let hole = random.below(23) == 0
                || row % 61 == 0
                || (x - 0.9).abs() < 0.03 && (y - 0.3).abs() < 0.05;
            depth.push(if hole { 0 } else { d as u16 });
        }
    }
    depth
}

fn values(count: usize, seed: u64) -> Vec<u16> {
    let mut random = Random(seed);
    (0..count).map(|_| random.number() as u16).collect()
}

/// The results of a transformation for a scene.
#[derive(PartialEq)]
struct Results {
    depth: Vec<u16>,
    linear: Vec<u16>,
    nearest: Vec<u8>,
    color: Vec<[u8; 4]>,
    visible: Vec<[u8; 4]>,
}

fn results(calibration: &Calibration, depth: &[u16], color: &[[u8; 4]]) -> Results {
    let mut transformation = Transformation::new(calibration).unwrap();
    let pixels = color.len();
    let custom = values(depth.len(), 5);
    let bytes: Vec<u8> = custom.iter().map(|&v| v as u8).collect();
    // The previous content of the buffers must not matter.
    let mut results = Results {
        depth: vec![7; pixels],
        linear: vec![7; pixels],
        nearest: vec![7; pixels],
        color: vec![[7; 4]; depth.len()],
        visible: vec![[7; 4]; depth.len()],
    };
    let mut again = vec![3; pixels];
    transformation
        .depth_to_color_with(
            depth,
            &custom,
            &mut again,
            &mut results.linear,
            Interpolation::Linear,
            999,
        )
        .unwrap();
    transformation
        .depth_to_color_with(
            depth,
            &bytes,
            &mut results.depth,
            &mut results.nearest,
            Interpolation::Nearest,
            255,
        )
        .unwrap();
    assert!(again == results.depth);
    transformation.depth_to_color(depth, &mut again).unwrap();
    assert!(again == results.depth);
    for (out, occlusion) in [
        (&mut results.color, Occlusion::Ignore),
        (&mut results.visible, Occlusion::Hide),
    ] {
        transformation
            .color_to_depth(depth, color, out, occlusion)
            .unwrap();
    }
    results
}

fn picture(size: [usize; 2]) -> Vec<[u8; 4]> {
    let mut random = Random(8);
    (0..size[0] * size[1])
        // Some pixels are black and transparent; they must not be treated as missing.
        .map(|_| {
            if random.below(3) == 0 {
                [0; 4]
            } else {
                (random.number() as u32).to_ne_bytes()
            }
        })
        .collect()
}

fn check(depth_mode: DepthMode, resolution: ColorResolution) {
    let calibration = calibration(depth_mode, resolution);
    let depth = scene(&calibration, 3);
    let color = picture(Transformation::new(&calibration).unwrap().color_size());
    let what = format!("{depth_mode} {resolution}");
    let ours = results(&calibration, &depth, &color);

    let custom = values(depth.len(), 5);
    let linear = oracle::depth_to_color(&calibration, &depth, &custom, Interpolation::Linear, 999);
    let bytes: Vec<u16> = custom.iter().map(|&v| v & 0xFF).collect();
    let nearest = oracle::depth_to_color(&calibration, &depth, &bytes, Interpolation::Nearest, 255);
    let drawn = linear.depth.iter().filter(|&&d| d != 0).count();
    assert!(drawn * 4 > color.len(), "{what}: {drawn} pixels drawn");
    assert!(ours.depth == linear.depth, "{what}: depth differs");
    assert!(ours.linear == linear.custom, "{what}: linear differs");
    let bytes: Vec<u16> = ours.nearest.iter().map(|&v| u16::from(v)).collect();
    assert!(bytes == nearest.custom, "{what}: nearest differs");

    let mut counts = [0; 2];
    for ((occlusion, ours), count) in [
        (Occlusion::Ignore, &ours.color),
        (Occlusion::Hide, &ours.visible),
    ]
    .into_iter()
    .zip(&mut counts)
    {
        let expected = oracle::color_to_depth(&calibration, &depth, &color, occlusion);
        assert!(*ours == expected, "{what}: {occlusion:?} differs");
        *count = ours.iter().filter(|&&pixel| pixel != [0; 4]).count();
    }
    assert!(
        counts[1] < counts[0] && counts[1] * 2 > counts[0],
        "{what}: {counts:?} pixels with a colour"
    );
}

#[test]
fn narrow_images_are_what_the_rules_say() {
    check(DepthMode::Nfov2x2Binned, ColorResolution::R1536p);
    check(DepthMode::NfovUnbinned, ColorResolution::R720p);
}

#[test]
fn wide_images_are_what_the_rules_say() {
    check(DepthMode::Wfov2x2Binned, ColorResolution::R1080p);
    check(DepthMode::WfovUnbinned, ColorResolution::R720p);
}

#[test]
fn large_images_are_what_the_rules_say() {
    check(DepthMode::NfovUnbinned, ColorResolution::R2160p);
    check(DepthMode::Wfov2x2Binned, ColorResolution::R3072p);
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let calibration = calibration(DepthMode::NfovUnbinned, ColorResolution::R720p);
    let depth = scene(&calibration, 4);
    let color = picture([1280, 720]);
    let on = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| results(&calibration, &depth, &color))
    };
    let one = on(1);
    for threads in [2, 3, 7, 40] {
        assert!(on(threads) == one, "{threads} threads give something else");
    }
}

#[test]
fn a_transformation_does_not_allocate_once_it_is_warm() {
    let calibration = calibration(DepthMode::Nfov2x2Binned, ColorResolution::R720p);
    let depth = scene(&calibration, 4);
    let color = picture([1280, 720]);
    let mut transformation = Transformation::new(&calibration).unwrap();
    let mut aligned = vec![0; color.len()];
    let mut out = vec![[0; 4]; depth.len()];
    let mut all = || {
        transformation.depth_to_color(&depth, &mut aligned).unwrap();
        for occlusion in [Occlusion::Ignore, Occlusion::Hide] {
            transformation
                .color_to_depth(&depth, &color, &mut out, occlusion)
                .unwrap();
        }
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let count = pool.install(|| {
        all();
        k4a_judge::allocations(|| (0..5).for_each(|_| all()))
    });
    assert_eq!(count, 0);
}

#[test]
fn images_of_a_wrong_size_are_errors() {
    let mut transformation = Transformation::new(&calibration(
        DepthMode::Nfov2x2Binned,
        ColorResolution::R720p,
    ))
    .unwrap();
    assert_eq!(transformation.depth_size(), [320, 288]);
    assert_eq!(transformation.color_size(), [1280, 720]);
    let (small, large) = (320 * 288, 1280 * 720);
    for wrong in [0, 1, small - 1, small + 1, large] {
        let depth = vec![1000; wrong];
        let error = transformation.depth_to_color(&depth, &mut vec![0; large]);
        assert_eq!(error.unwrap_err().found, wrong);
        let mut run = |depth: usize, custom: usize, out: usize, out_custom: usize| {
            transformation.depth_to_color_with(
                &vec![1000; depth],
                &vec![1u8; custom],
                &mut vec![0; out],
                &mut vec![0; out_custom],
                Interpolation::Linear,
                0,
            )
        };
        assert!(run(small, small, large, large).is_ok());
        assert!(run(wrong, small, large, large).is_err());
        assert!(run(small, wrong, large, large).is_err());
        let out = if wrong == large { large + 1 } else { wrong };
        assert!(run(small, small, out, large).is_err());
        assert!(run(small, small, large, out).is_err());
        for occlusion in [Occlusion::Ignore, Occlusion::Hide] {
            let mut run = |depth: usize, color: usize, result: usize| {
                transformation.color_to_depth(
                    &vec![1000; depth],
                    &vec![[1; 4]; color],
                    &mut vec![[0; 4]; result],
                    occlusion,
                )
            };
            assert!(run(small, large, small).is_ok());
            assert!(run(wrong, large, small).is_err());
            assert!(run(small, out, small).is_err());
            assert!(run(small, large, wrong).is_err());
        }
    }
}

#[test]
fn a_camera_that_is_off_is_an_error_that_names_it() {
    let make = |change: fn(&mut Calibration)| {
        let mut calibration = calibration(DepthMode::Nfov2x2Binned, ColorResolution::R720p);
        change(&mut calibration);
        Transformation::new(&calibration).map(|_| ()).unwrap_err()
    };
    assert_eq!(
        make(|c| c.depth_camera = None),
        TransformError::NoDepthCamera
    );
    assert_eq!(
        make(|c| c.color_camera = None),
        TransformError::NoColorCamera
    );
    let error = make(|c| c.extrinsics = Default::default());
    assert_eq!(error, TransformError::NoExtrinsics);
    assert!(!error.to_string().is_empty());
}

#[test]
fn calibrations_that_make_no_sense_do_no_harm() {
    let sound = calibration(DepthMode::Nfov2x2Binned, ColorResolution::R720p);
    let depth = scene(&sound, 1);
    let extreme = [
        0.0,
        -0.0,
        -1.0,
        1e-30,
        1e9,
        1e38,
        -1e38,
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ];
    let mut random = Random(77);
    for round in 0..150 {
        let mut calibration = sound.clone();
        let mut number = || extreme[random.below(extreme.len())];
        for _ in 0..=round % 3 {
            let value = number();
            let camera = calibration.color_camera.as_mut().unwrap();
            let i = &mut camera.intrinsics;
            match round % 12 {
                0 => i.fx = value,
                1 => i.fy = value,
                2 => i.cx = value,
                3 => i.k1 = value,
                4 => i.k4 = value,
                5 => (i.k4, i.k5, i.k6) = (value, number(), number()),
                6 => i.p1 = value,
                7 => i.codx = value,
                8 => camera.metric_radius = value,
                9 => calibration.depth_camera.as_mut().unwrap().intrinsics.fx = value,
                10 => calibration.depth_camera.as_mut().unwrap().metric_radius = value,
                _ => {
                    let to_color = calibration.extrinsics[0][1].as_mut().unwrap();
                    to_color.rotation = [0; 9].map(|_| number());
                    to_color.translation = [0; 3].map(|_| number());
                }
            }
        }
        let mut transformation = Transformation::new(&calibration).unwrap();
        let mut aligned = vec![0; 1280 * 720];
        transformation.depth_to_color(&depth, &mut aligned).unwrap();
        let mut out = vec![[0; 4]; depth.len()];
        let color = vec![[1; 4]; aligned.len()];
        transformation
            .color_to_depth(&depth, &color, &mut out, Occlusion::Hide)
            .unwrap();
    }
}

#[test]
fn cameras_without_pixels_have_empty_images() {
    for [depth, color] in [
        [[0, 288], [1280, 720]],
        [[320, 1], [1280, 720]],
        [[1, 288], [1, 1]],
        [[320, 288], [0, 0]],
    ] {
        let mut calibration = calibration(DepthMode::Nfov2x2Binned, ColorResolution::R720p);
        let camera = calibration.depth_camera.as_mut().unwrap();
        [camera.width, camera.height] = depth;
        let camera = calibration.color_camera.as_mut().unwrap();
        [camera.width, camera.height] = color;
        let mut transformation = Transformation::new(&calibration).unwrap();
        let pixels = |size: [u32; 2]| (size[0] * size[1]) as usize;
        let image = vec![1000; pixels(depth)];
        let mut aligned = vec![9; pixels(color)];
        transformation.depth_to_color(&image, &mut aligned).unwrap();
        assert!(aligned.iter().all(|&d| d == 0));
        let mut out = vec![[0; 4]; pixels(depth)];
        transformation
            .color_to_depth(
                &image,
                &vec![[1; 4]; pixels(color)],
                &mut out,
                Occlusion::Hide,
            )
            .unwrap();
    }
}

#[test]
fn the_background_that_a_near_thing_hides_takes_none_of_its_colour() {
    // A card at 0.5 m in front of a wall at 2 m, each with its own colour.
    let calibration = calibration(DepthMode::NfovUnbinned, ColorResolution::R720p);
    let card =
        |[column, row]: [f32; 2]| (249.5..399.5).contains(&column) && (199.5..399.5).contains(&row);
    let depth: Vec<u16> = (0..640 * 576)
        .map(|pixel| {
            let at = [(pixel % 640) as f32, (pixel / 640) as f32];
            if card(at) { 500 } else { 2000 }
        })
        .collect();
    // The picture: where the colour camera's rays meet the card's plane, a distance of 500 mm from the depth camera.
    let camera = calibration.color_camera.unwrap();
    let depth_camera = calibration.depth_camera.unwrap();
    let to_color = calibration
        .extrinsics(Sensor::Depth, Sensor::Color)
        .unwrap();
    let [tx, ty, tz] = to_color.translation;
    let [a, b, c, d, e, f, g, h, i] = to_color.rotation;
    let back = |[x, y, z]: [f32; 3]| {
        [
            a * x + d * y + g * z,
            b * x + e * y + h * z,
            c * x + f * y + i * z,
        ]
    };
    let eye = back([-tx, -ty, -tz]);
    let color: Vec<[u8; 4]> = XyTable::new(&camera)
        .rays()
        .iter()
        .map(|&[x, y]| {
            let ray = back([x, y, 1.0]);
            let far = (500.0 - eye[2]) / ray[2];
            let point = [eye[0] + far * ray[0], eye[1] + far * ray[1], 500.0];
            if depth_camera.project(point).is_some_and(card) {
                [0, 0, 200, 255]
            } else {
                [0, 200, 0, 255]
            }
        })
        .collect();
    let mut transformation = Transformation::new(&calibration).unwrap();
    let mut of = |occlusion| {
        let mut out = vec![[0; 4]; depth.len()];
        transformation
            .color_to_depth(&depth, &color, &mut out, occlusion)
            .unwrap();
        out
    };
    let (with_ghost, without) = (of(Occlusion::Ignore), of(Occlusion::Hide));
    let red_wall = |out: &[[u8; 4]]| {
        (0..depth.len())
            .filter(|&pixel| depth[pixel] == 2000 && out[pixel][2] > 100)
            .count()
    };
    let (ghost, rest) = (red_wall(&with_ghost), red_wall(&without));
    assert!(ghost > 4000, "the ghost has {ghost} pixels");
    assert!(rest * 15 < ghost, "{rest} of {ghost} pixels are left");
    // The card itself, and the wall away from it, keep their colours.
    for (pixel, (&before, &after)) in with_ghost.iter().zip(&without).enumerate() {
        let (column, row) = (pixel % 640, pixel / 640);
        if depth[pixel] == 500 || !(200..450).contains(&column) || !(150..450).contains(&row) {
            assert_eq!(before, after, "pixel {column}, {row}");
        }
    }
}

#[test]
fn a_slanted_surface_does_not_hide_itself() {
    for mode in [
        DepthMode::Nfov2x2Binned,
        DepthMode::NfovUnbinned,
        DepthMode::Wfov2x2Binned,
    ] {
        let calibration = calibration(mode, ColorResolution::R720p);
        let camera = calibration.depth_camera.unwrap();
        let table = XyTable::new(&camera);
        // Planes through (0, 0, 1200 mm), tilted about axes all around.
        for (step, tilt) in (0..24).flat_map(|step| [30f32, 50.0, 65.0, 80.0].map(|t| (step, t))) {
            let about = (step as f32 * 15.0).to_radians();
            let slope = tilt.to_radians().tan();
            let (slope_x, slope_y) = (slope * about.cos(), slope * about.sin());
            let depth: Vec<u16> = table
                .rays()
                .iter()
                .map(|&[x, y]| {
                    // z = 1200 + slope_x X + slope_y Y with X = x z, Y = y z.
                    let z = 1200.0 / (1.0 - slope_x * x - slope_y * y);
                    if (200.0..5000.0).contains(&z) {
                        z.round() as u16
                    } else {
                        0
                    }
                })
                .collect();
            let mut transformation = Transformation::new(&calibration).unwrap();
            let color = vec![[50, 60, 70, 255]; 1280 * 720];
            let mut of = |occlusion| {
                let mut out = vec![[0; 4]; depth.len()];
                transformation
                    .color_to_depth(&depth, &color, &mut out, occlusion)
                    .unwrap();
                out
            };
            let (all, visible) = (of(Occlusion::Ignore), of(Occlusion::Hide));
            let hidden = all
                .iter()
                .zip(&visible)
                .enumerate()
                .filter(|(pixel, (a, b))| {
                    // Near the border the angle between ray and plane may be smaller than in the middle; angles of
                    // incidence up to 80° are compared.
                    let [x, y] = table.rays()[*pixel];
                    let cosine = (1.0 - slope_x * x - slope_y * y).abs()
                        / ((1.0 + slope * slope) * (1.0 + x * x + y * y)).sqrt();
                    a != b && cosine > 80f32.to_radians().cos()
                });
            assert_eq!(hidden.count(), 0, "{mode}, {tilt}° about {step}");
        }
    }
}
