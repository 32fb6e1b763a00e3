//! `kinect export` of images in the other camera's view.

use kinect_azure::calibration::Sensor;
use kinect_azure::recording::Recording;

use crate::data::{Folder, kinect, read_png, recording};
use crate::{LEGACY, MUG, export, ply};

const ALIGNED: &str = "depth-aligned,color-aligned,ir-aligned,points-aligned";

#[test]
fn aligned_images_have_the_other_cameras_size_and_the_vendors_numbers() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("aligned");
    let run = export(&file, out.path(), &["--only", ALIGNED]);
    assert!(run.ok(), "{run:?}");
    assert!(
        run.stdout
            .contains("1 depth-aligned, 1 color-aligned, 1 ir-aligned, 1 points-aligned")
    );
    assert_eq!(
        out.names(),
        [
            "000000-color-aligned.png",
            "000000-depth-aligned.png",
            "000000-ir-aligned.png",
            "000000-points-aligned.ply",
            "captures.csv"
        ]
    );
    let picture = |name: &str| read_png(&out.path().join(format!("000000-{name}-aligned.png")));

    // The values of the vendor's library for this capture; 62 pixels are rounded differently.
    let depth = picture("depth");
    assert_eq!((depth.width, depth.height), (1280, 720));
    let there = depth.values.iter().filter(|&&v| v != 0).count();
    let sum: u64 = depth.values.iter().map(|&v| u64::from(v)).sum();
    assert_eq!(there, 527_952);
    assert!(sum.abs_diff(703_847_729) <= 62, "{sum}");
    let at = |column: usize, row: usize| depth.values[row * 1280 + column];
    assert_eq!([at(640, 360), at(300, 100), at(1000, 600)], [1930, 835, 0]);
    assert_eq!(depth.timestamp.as_deref(), Some("800222"));

    let ir = picture("ir");
    assert_eq!((ir.width, ir.height), (1280, 720));
    let dark = depth.values.iter().zip(&ir.values);
    assert_eq!(dark.filter(|&(&d, &i)| (d == 0) != (i == 0)).count(), 0);

    // Pixels are opaque where the depth camera measured a point that is in the picture, and transparent black
    // elsewhere.
    let color = picture("color");
    assert_eq!((color.width, color.height), (640, 576));
    let (pixels, rest) = color.bytes.as_chunks::<4>();
    assert!(rest.is_empty());
    let seen = pixels.iter().filter(|pixel| pixel[3] == 255).count();
    assert!(seen > 250_000 && seen < 281_945, "{seen}");
    for &[r, g, b, a] in pixels {
        assert!(a == 255 || [r, g, b, a] == [0; 4]);
    }

    let hidden = Folder::new("aligned-hidden");
    let run = export(
        &file,
        hidden.path(),
        &["--only", "color-aligned", "--hide-occluded"],
    );
    assert!(run.ok(), "{run:?}");
    let visible = read_png(&hidden.path().join("000000-color-aligned.png"));
    let (visible, _) = visible.bytes.as_chunks::<4>();
    let mut fewer = 0;
    for (&visible, &pixel) in visible.iter().zip(pixels) {
        assert!(visible == pixel || visible == [0; 4]);
        fewer += usize::from(visible != pixel);
    }
    // The mug stands before a wall.
    assert!((3000..10_000).contains(&fewer), "{fewer} pixels are hidden");
}

#[test]
fn aligned_points_lie_on_the_surface_that_the_depth_camera_measured() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("aligned-points");
    let run = export(
        &file,
        out.path(),
        &["--only", "points-aligned,color,depth", "--color-png"],
    );
    assert!(run.ok(), "{run:?}");
    let cloud = ply::read(&out.path().join("000000-points-aligned.ply"));
    assert_eq!(cloud.len(), 527_952);
    let depth = read_png(&out.path().join("000000-depth.png"));
    let picture = read_png(&out.path().join("000000-color.png"));
    let recording = Recording::open(&file).unwrap();
    let calibration = recording.calibration().unwrap();
    let camera = calibration.depth_camera.unwrap();
    let color_camera = calibration.color_camera.unwrap();
    let (mut near, mut far) = (0, 0);
    for point in cloud.iter().step_by(41) {
        // The points are converted back to the vendor's axes and millimetres.
        let [x, y, z] = point.position.map(|v| v * 1000.0);
        let (y, z) = (-y, -z);
        let [u, v] = camera.project([x, y, z]).unwrap();
        let pixel = v.round() as usize * 640 + u.round() as usize;
        let measured = f32::from(depth.values[pixel]);
        // On a steep surface, half a pixel makes a larger difference.
        if (measured - z).abs() < 15.0 {
            near += 1;
        } else {
            far += 1;
        }
        // The colour is that of the colour image's own pixel.
        let there = calibration
            .point_3d_to_3d([x, y, z], Sensor::Depth, Sensor::Color)
            .unwrap();
        let [u, v] = color_camera.project(there).unwrap().map(f32::round);
        let at = (v as usize * 1280 + u as usize) * 3;
        assert_eq!(point.color, picture.bytes[at..at + 3]);
    }
    assert!(near > 50 * far, "{near} on the surface, {far} off it");
}

#[test]
fn what_aligned_images_need_and_a_recording_lacks_is_named() {
    let out = Folder::new("aligned-missing");
    let file = out.path().join("simulated.mkv");
    std::fs::create_dir_all(out.path()).unwrap();
    let run = kinect(&[
        "simulate",
        "--out",
        file.to_str().unwrap(),
        "--color-resolution",
        "OFF",
        "--depth-mode",
        "NFOV_2X2BINNED",
        "--seconds",
        "0.2",
    ]);
    assert!(run.ok(), "{run:?}");
    for stream in ALIGNED.split(',') {
        let run = export(&file, out.path(), &["--only", stream]);
        assert_eq!(run.code, Some(1));
        assert!(
            run.stderr
                .contains("aligned images and points need colour images"),
            "{run:?}"
        );
    }
    // Without the option, no warning is printed.
    let run = export(&file, out.path(), &[]);
    assert!(run.ok(), "{run:?}");
    assert!(out.names().iter().all(|name| !name.contains("aligned")));

    let Some(legacy) = recording(LEGACY) else {
        return;
    };
    let run = export(&legacy, out.path(), &["--only", "depth-aligned"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("aligned images and points need the sensor's calibration"),
        "{run:?}"
    );
}
