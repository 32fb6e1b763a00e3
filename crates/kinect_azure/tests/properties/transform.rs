//! Point clouds and their colours.

use k4a_judge::allocations;
use kinect_azure::calibration::{Calibration, CameraKind, RawCalibration, XyTable};
use kinect_azure::transform::{Occlusion, Transformation, point_cloud_f32, point_cloud_i16};
use kinect_azure::{ColorResolution, DepthMode, units};

use crate::Random;

fn calibration(mode: DepthMode) -> Calibration {
    RawCalibration::parse(crate::calibration::json().as_bytes())
        .unwrap()
        .calibration(mode, ColorResolution::R720p)
        .unwrap()
}

fn noise(pixels: usize) -> Vec<u16> {
    let mut random = Random(31);
    // A third of the pixels has no depth; the others have random depths.
    (0..pixels)
        .map(|_| {
            if random.below(3) == 0 {
                0
            } else {
                random.number() as u16
            }
        })
        .collect()
}

#[test]
fn clouds_are_what_the_rays_say_pixel_by_pixel() {
    for mode in [DepthMode::NfovUnbinned, DepthMode::Wfov2x2Binned] {
        let table = XyTable::new(&calibration(mode).depth_camera.unwrap());
        let depth = noise(table.rays().len());
        let mut whole = vec![[1; 3]; depth.len()];
        let mut metres = vec![[1.0; 3]; depth.len()];
        point_cloud_i16(&table, &depth, &mut whole).unwrap();
        point_cloud_f32(&table, &depth, &mut metres).unwrap();
        for (index, (&[x, y], &depth)) in table.rays().iter().zip(&depth).enumerate() {
            let d = f32::from(depth);
            let (mm, m) = if x.is_nan() {
                ([0; 3], [0.0; 3])
            } else {
                let [a, b] = [x, y].map(|v| (v * d).round_ties_even() as i16);
                // Adding 0 makes +0 of −0.
                let metres = units::to_world([x * d, y * d, d]).map(|v| v + 0.0);
                ([a, b, depth as i16], metres)
            };
            assert_eq!(whole[index], mm, "{mode} pixel {index}");
            assert_eq!(
                metres[index].map(f32::to_bits),
                m.map(f32::to_bits),
                "{mode} pixel {index}"
            );
        }
    }
}

#[test]
fn a_point_straight_ahead_lies_on_the_negative_z_axis() {
    let calibration = calibration(DepthMode::NfovUnbinned);
    let table = XyTable::new(&calibration.depth_camera.unwrap());
    let mut metres = vec![[1.0; 3]; table.rays().len()];
    point_cloud_f32(&table, &vec![1000; metres.len()], &mut metres).unwrap();
    // The centre of this lens is pixel (319.5, 331.5) of 640×576.
    let [x, y, z] = metres[331 * 640 + 319];
    assert!(
        x.abs() < 0.002 && y.abs() < 0.002 && z == -1.0,
        "{x} {y} {z}"
    );
    // A point that is lower in the image is lower in space.
    assert!(metres[500 * 640 + 319][1] < y - 0.2);
}

#[test]
fn sizes_that_do_not_fit_are_errors() {
    let table = XyTable::new(&calibration(DepthMode::Nfov2x2Binned).depth_camera.unwrap());
    let pixels = table.rays().len();
    assert!(point_cloud_i16(&table, &vec![0; pixels - 1], &mut vec![[0; 3]; pixels]).is_err());
    assert!(point_cloud_f32(&table, &vec![0; pixels], &mut vec![[0.0; 3]; pixels + 1]).is_err());
}

#[test]
fn points_get_the_colour_that_the_colour_camera_sees_there() {
    let calibration = calibration(DepthMode::Nfov2x2Binned);
    let table = XyTable::new(&calibration.depth_camera.unwrap());
    // A colour image whose colours encode their positions.
    let color: Vec<[u8; 4]> = (0..1280 * 720)
        .map(|index| [(index % 1280 / 5) as u8, (index / 1280 / 3) as u8, 7, 255])
        .collect();
    let mut depth = noise(table.rays().len());
    for depth in &mut depth {
        *depth %= 5000;
    }
    let mut colors = vec![[9; 4]; depth.len()];
    Transformation::new(&calibration)
        .unwrap()
        .color_to_depth(&depth, &color, &mut colors, Occlusion::Ignore)
        .unwrap();
    let mut seen = 0;
    for (index, (&depth, &[b, g, r, a])) in depth.iter().zip(&colors).enumerate() {
        let pixel = [(index % 320) as f32, (index / 320) as f32];
        let at = calibration
            .point_2d_to_2d(
                pixel,
                f32::from(depth),
                CameraKind::Depth,
                CameraKind::Color,
            )
            .filter(|&[u, v]| u >= 0.0 && v >= 0.0 && u < 1279.0 && v < 719.0);
        match at {
            None => assert_eq!([b, g, r, a], [0; 4], "pixel {index}"),
            Some([u, v]) => {
                seen += 1;
                assert_eq!((r, a), (7, 255));
                assert!((f32::from(b) - u / 5.0).abs() < 1.6, "{b} at column {u}");
                assert!((f32::from(g) - v / 3.0).abs() < 1.6, "{g} at row {v}");
            }
        }
    }
    assert!(seen > 10_000, "{seen}");
}

#[test]
fn clouds_do_not_allocate() {
    let table = XyTable::new(&calibration(DepthMode::Nfov2x2Binned).depth_camera.unwrap());
    let depth = noise(table.rays().len());
    let mut whole = vec![[0; 3]; depth.len()];
    let mut metres = vec![[0.0; 3]; depth.len()];
    let count = allocations(|| {
        point_cloud_i16(&table, &depth, &mut whole).unwrap();
        point_cloud_f32(&table, &depth, &mut metres).unwrap();
    });
    assert_eq!(count, 0);
}
