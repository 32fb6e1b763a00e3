//! Intrinsics and extrinsics, bit by bit.

use k4a_judge::{abi, judge};
use kinect_azure::calibration::{Camera, LensModel};
use kinect_azure::{ColorResolution, DepthMode};

use crate::data;

/// Our camera in the form of the vendor's structure, as bits.
fn our_bits(camera: Option<&Camera>) -> Vec<u32> {
    let Some(camera) = camera else {
        return vec![0; 18];
    };
    let i = &camera.intrinsics;
    let model = match i.model {
        LensModel::Rational6Kt => 3,
        LensModel::BrownConrady => 4,
    };
    let parameters = [
        i.cx, i.cy, i.fx, i.fy, i.k1, i.k2, i.k3, i.k4, i.k5, i.k6, i.codx, i.cody, i.p2, i.p1,
    ];
    [model, camera.width, camera.height]
        .into_iter()
        .chain(parameters.map(f32::to_bits))
        .chain([camera.metric_radius.to_bits()])
        .collect()
}

fn vendor_bits(camera: &abi::Camera) -> Vec<u32> {
    [camera.model, camera.width, camera.height]
        .map(|value| value as u32)
        .into_iter()
        .chain(camera.parameters[..14].iter().map(|value| value.to_bits()))
        .chain([camera.metric_radius.to_bits()])
        .collect()
}

#[test]
fn every_mode_of_every_real_sensor_has_the_vendors_bits() {
    let (Some(judge), Some(calibrations)) = (judge(), data::calibrations()) else {
        return;
    };
    let mut compared = 0;
    for real in &calibrations {
        for (depth, color) in data::mode_pairs() {
            let theirs = data::vendor_calibration(judge, real, depth, color);
            let ours = real.raw.calibration(depth, color).unwrap();
            let at = format!("{} {depth} {color}", real.name);
            assert_eq!(
                our_bits(ours.depth_camera.as_ref()),
                vendor_bits(&theirs.depth_camera),
                "depth camera of {at}"
            );
            assert_eq!(
                our_bits(ours.color_camera.as_ref()),
                vendor_bits(&theirs.color_camera),
                "colour camera of {at}"
            );
            let off = [
                depth == DepthMode::Off,
                color == ColorResolution::Off,
                false,
                false,
            ];
            for source in 0..4 {
                for target in 0..4 {
                    if off[source] || off[target] {
                        // The vendor's values are 0 then; ours do not depend on modes.
                        continue;
                    }
                    let ours = ours.extrinsics[source][target].unwrap();
                    let theirs = &theirs.extrinsics[source][target];
                    let bits =
                        |r: [f32; 9], t: [f32; 3]| (r.map(f32::to_bits), t.map(f32::to_bits));
                    assert_eq!(
                        bits(ours.rotation, ours.translation),
                        bits(theirs.rotation, theirs.translation),
                        "extrinsics {source} to {target} of {at}: {ours:?} {theirs:?}"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(compared, 3 * (30 * 16 + 11 * 9));
}

#[test]
fn extrinsics_do_not_depend_on_the_modes() {
    let Some(calibrations) = data::calibrations() else {
        return;
    };
    for real in &calibrations {
        let both = real
            .raw
            .calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)
            .unwrap();
        for (depth, color) in data::mode_pairs() {
            let one = real.raw.calibration(depth, color).unwrap();
            assert_eq!(one.extrinsics, both.extrinsics);
        }
    }
}

#[test]
fn the_sample_sensor_has_the_known_intrinsics() {
    let Some(real) = data::sample_calibration() else {
        return;
    };
    let depth = [
        (
            DepthMode::Nfov2x2Binned,
            [166.14053, 174.16486, 252.30382, 252.36626],
        ),
        (
            DepthMode::NfovUnbinned,
            [332.78107, 348.82971, 504.60764, 504.73251],
        ),
        (
            DepthMode::Wfov2x2Binned,
            [262.14053, 264.16486, 252.30382, 252.36626],
        ),
        (
            DepthMode::WfovUnbinned,
            [524.78107, 528.82971, 504.60764, 504.73251],
        ),
        (
            DepthMode::PassiveIr,
            [524.78107, 528.82971, 504.60764, 504.73251],
        ),
    ];
    let color = [
        (
            ColorResolution::R720p,
            [639.30432, 365.85291, 611.79535, 611.92700],
        ),
        (
            ColorResolution::R1080p,
            [959.20654, 549.02936, 917.69299, 917.89044],
        ),
        (
            ColorResolution::R1440p,
            [1279.10864, 732.20581, 1223.5907, 1223.854],
        ),
        (
            ColorResolution::R1536p,
            [1023.18695, 777.66467, 978.87256, 979.08313],
        ),
        (
            ColorResolution::R2160p,
            [1918.91309, 1098.55872, 1835.38599, 1835.78088],
        ),
        (
            ColorResolution::R3072p,
            [2046.8739, 1555.82935, 1957.74512, 1958.16626],
        ),
    ];
    let check = |camera: Camera, expected: [f32; 4], radius: f32| {
        let i = camera.intrinsics;
        for (ours, expected) in [i.cx, i.cy, i.fx, i.fy].into_iter().zip(expected) {
            assert!((ours - expected).abs() < 1e-4, "{ours} is not {expected}");
        }
        assert_eq!(camera.metric_radius, radius);
    };
    for (mode, expected) in depth {
        let calibration = real.raw.calibration(mode, ColorResolution::Off).unwrap();
        check(calibration.depth_camera.unwrap(), expected, 1.7399998);
    }
    for (resolution, expected) in color {
        let calibration = real.raw.calibration(DepthMode::Off, resolution).unwrap();
        check(calibration.color_camera.unwrap(), expected, 1.7);
    }
    assert_eq!(real.raw.serial.as_deref(), Some("001514394512"));
    assert_eq!(real.raw.notes.as_deref(), Some("PV0_max_radius_invalid"));
}

#[test]
fn numbers_the_json_leaves_out_count_as_zero() {
    let (Some(judge), Some(real)) = (judge(), data::sample_calibration()) else {
        return;
    };
    let text = String::from_utf8(real.json.clone()).unwrap();
    let start = text.find("\"Translation\"").unwrap();
    let end = start + text[start..].find(']').unwrap();
    let with = |numbers: &str| {
        format!(
            "{}\"Translation\": [{numbers}{}",
            &text[..start],
            &text[end..]
        )
    };
    let (shorter, whole) = (with("0.25"), with("0.25, 0.0, 0.0"));
    let ours = kinect_azure::RawCalibration::parse(shorter.as_bytes())
        .unwrap()
        .calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)
        .unwrap();
    // The vendor's library accepts the shorter matrix, too, but reads the missing numbers from uninitialised memory. So
    // its result cannot be compared.
    judge
        .calibration_from_raw(shorter.as_bytes(), 2, 1)
        .expect("the vendor accepts it");
    let theirs = judge
        .calibration_from_raw(whole.as_bytes(), 2, 1)
        .expect("the vendor accepts it");
    assert_eq!(
        ours.extrinsics[0][1].unwrap().translation,
        theirs.extrinsics[0][1].translation
    );
}
