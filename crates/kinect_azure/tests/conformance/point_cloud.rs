//! x-y tables and point clouds.

use k4a_judge::{Judge, judge};
use kinect_azure::calibration::{Camera, XyTable};
use kinect_azure::transform::{point_cloud_f32, point_cloud_i16};
use kinect_azure::{ColorResolution, DepthMode};

use crate::data::{self, RealCalibration};

/// The vendor's point cloud in the geometry of one camera, the other being off.
pub fn vendor_cloud(
    judge: &'static Judge,
    real: &RealCalibration,
    depth_mode: DepthMode,
    resolution: ColorResolution,
    depth: &[u16],
) -> Vec<[i16; 3]> {
    let calibration = data::vendor_calibration(judge, real, depth_mode, resolution);
    let of_color = depth_mode == DepthMode::Off;
    let (width, height) = if of_color {
        resolution.size()
    } else {
        depth_mode.size()
    };
    let transformation = judge.transformation(&calibration).unwrap();
    let depth = judge.depth_image(width, height, depth).unwrap();
    let points = judge.point_cloud_image(width, height).unwrap();
    transformation
        .point_cloud(&depth, i32::from(of_color), &points)
        .unwrap();
    points
        .bytes()
        .chunks_exact(6)
        .map(|b| [0, 2, 4].map(|i| i16::from_ne_bytes([b[i], b[i + 1]])))
        .collect()
}

pub fn our_cloud(camera: &Camera, depth: &[u16]) -> Vec<[i16; 3]> {
    let mut points = vec![[0; 3]; depth.len()];
    point_cloud_i16(&XyTable::new(camera), depth, &mut points).unwrap();
    points
}

/// The number of points that differ, and the largest difference.
pub fn difference(ours: &[[i16; 3]], theirs: &[[i16; 3]]) -> (usize, i32) {
    assert_eq!(ours.len(), theirs.len());
    let of = |a: &[i16; 3], b: &[i16; 3]| {
        (0..3)
            .map(|i| (i32::from(a[i]) - i32::from(b[i])).abs())
            .max()
            .unwrap()
    };
    let all: Vec<i32> = ours.iter().zip(theirs).map(|(a, b)| of(a, b)).collect();
    (
        all.iter().filter(|&&d| d > 0).count(),
        all.into_iter().max().unwrap(),
    )
}

#[test]
fn the_sample_recordings_cloud_is_the_vendors() {
    let (Some(judge), Some(real)) = (judge(), data::sample_calibration()) else {
        return;
    };
    let Some(depth) = data::sample_depth(judge) else {
        return;
    };
    let mode = DepthMode::NfovUnbinned;
    let camera = real
        .raw
        .calibration(mode, ColorResolution::Off)
        .unwrap()
        .depth_camera
        .unwrap();
    let ours = our_cloud(&camera, &depth);
    let theirs = vendor_cloud(judge, &real, mode, ColorResolution::Off, &depth);
    let (differ, worst) = difference(&ours, &theirs);
    println!(
        "{differ} of {} points differ, by {worst} mm at most",
        ours.len()
    );
    assert_eq!((differ, worst), (0, 0));

    let at = |column: usize, row: usize| ours[row * 640 + column];
    assert_eq!(at(320, 288), [-49, -235, 1939]);
    assert_eq!(at(100, 100), [-421, -450, 763]);
    assert_eq!(at(50, 300), [-430, -74, 680]);

    // The same in metres and world axes.
    let mut metres = vec![[0.0; 3]; depth.len()];
    point_cloud_f32(&XyTable::new(&camera), &depth, &mut metres).unwrap();
    for (point, mm) in metres.iter().zip(&ours) {
        let [x, y, z] = mm.map(|v| f32::from(v) * 0.001);
        for (a, b) in point.iter().zip([x, -y, -z]) {
            assert!((a - b).abs() <= 0.000501, "{point:?} {mm:?}");
        }
    }
}

#[test]
fn depth_cameras_of_all_sensors_and_modes_give_the_vendors_cloud() {
    let (Some(judge), Some(calibrations)) = (judge(), data::calibrations()) else {
        return;
    };
    for real in &calibrations {
        for mode in DepthMode::ALL {
            if !mode.has_depth() {
                continue;
            }
            let calibration = real.raw.calibration(mode, ColorResolution::Off).unwrap();
            let camera = calibration.depth_camera.unwrap();
            let pixels = (camera.width * camera.height) as usize;
            let mut random = data::Random(7);
            // A constant shows the table itself; noise over all of u16 shows rounding, saturation and the sign of z.
            let noise = (0..pixels).map(|_| random.below(65536) as u16).collect();
            for depth in [vec![1000; pixels], noise] {
                let ours = our_cloud(&camera, &depth);
                let theirs = vendor_cloud(judge, real, mode, ColorResolution::Off, &depth);
                let (differ, worst) = difference(&ours, &theirs);
                println!(
                    "{} {mode}: {differ} of {pixels} differ, by {worst}",
                    real.name
                );
                assert_eq!((differ, worst), (0, 0), "{} {mode}", real.name);
            }
        }
    }
}

#[test]
fn colour_cameras_give_the_vendors_cloud_where_the_vendor_gives_one() {
    let (Some(judge), Some(calibrations)) = (judge(), data::calibrations()) else {
        return;
    };
    for real in &calibrations {
        // The vendor's library needs seconds for large tables, so they are compared only for the sensor with most
        // rejected pixels.
        let sizes: &[ColorResolution] = if real.name == "001514394512" {
            &[ColorResolution::R1536p, ColorResolution::R2160p]
        } else {
            &[ColorResolution::R720p]
        };
        for &resolution in sizes {
            let calibration = real.raw.calibration(DepthMode::Off, resolution).unwrap();
            let camera = calibration.color_camera.unwrap();
            let pixels = (camera.width * camera.height) as usize;
            let depth = vec![2000; pixels];
            let ours = our_cloud(&camera, &depth);
            let theirs = vendor_cloud(judge, real, DepthMode::Off, resolution, &depth);
            let (mut differ, mut vendor_gave_up) = (0, 0);
            for (ours, theirs) in ours.iter().zip(&theirs) {
                if theirs[2] == 0 && ours[2] != 0 {
                    vendor_gave_up += 1;
                    continue;
                }
                let by = (0..3)
                    .map(|i| (i32::from(ours[i]) - i32::from(theirs[i])).abs())
                    .max();
                differ += usize::from(by != Some(0));
            }
            println!(
                "{} {resolution}: {differ} of {pixels} differ, the vendor gave up on {vendor_gave_up}",
                real.name
            );
            assert_eq!(differ, 0, "{} {resolution}", real.name);
            assert!(vendor_gave_up * 20 <= pixels, "{vendor_gave_up}");
        }
    }
}

#[test]
fn every_pixel_of_a_table_is_what_the_camera_says_for_that_pixel() {
    let Some(calibrations) = data::calibrations() else {
        return;
    };
    for real in &calibrations {
        let depth = DepthMode::ALL.map(|mode| (mode, ColorResolution::Off));
        let color = ColorResolution::ALL.map(|resolution| (DepthMode::Off, resolution));
        for (mode, resolution) in depth.into_iter().chain(color) {
            let calibration = real.raw.calibration(mode, resolution).unwrap();
            let camera = calibration
                .depth_camera
                .or(calibration.color_camera)
                .unwrap();
            let table = XyTable::new(&camera);
            // All pixels of the smaller images, a part of the larger ones.
            let step = if camera.width <= 1280 { 1 } else { 29 };
            for index in (0..table.rays().len()).step_by(step) {
                let (column, row) = (index as u32 % camera.width, index as u32 / camera.width);
                let pixel = [column as f32, row as f32];
                let [x, y] = table.rays()[index];
                let at = format!("{} {mode} {resolution} {pixel:?}", real.name);
                match camera.unproject(pixel) {
                    Some([a, b]) => {
                        assert_eq!([x, y], [a, b], "{at}");
                    }
                    None => assert!(x.is_nan() && y == 0.0, "{at}: {x} {y}"),
                }
            }
        }
    }
}

#[test]
fn every_pixel_is_looked_through() {
    let Some(real) = data::sample_calibration() else {
        return;
    };
    let valid = |mode, resolution| {
        let calibration = real.raw.calibration(mode, resolution).unwrap();
        let camera = calibration.depth_camera.or(calibration.color_camera);
        XyTable::new(&camera.unwrap()).valid_pixels()
    };
    let off = ColorResolution::Off;
    assert_eq!(valid(DepthMode::NfovUnbinned, off), 640 * 576);
    assert_eq!(valid(DepthMode::Nfov2x2Binned, off), 320 * 288);
    assert_eq!(valid(DepthMode::Wfov2x2Binned, off), 205_249);
    assert_eq!(valid(DepthMode::WfovUnbinned, off), 820_951);
    // The vendor's library rejects 3.1 % of these pixels.
    let all = valid(DepthMode::Off, ColorResolution::R3072p);
    assert_eq!(all, 4096 * 3072);
}
