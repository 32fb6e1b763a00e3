//! Calibrations: the real library accepts them, and each scripted fault has its effect.

use k4a::abi;
use k4a_standin::{CalibrationFault, DeviceScript, Script, StandIn};
use kinect_azure::RawCalibration;

use crate::client::{Client, FAILED, SUCCEEDED, call};

fn with(fault: Option<CalibrationFault>) -> StandIn {
    StandIn::microsoft(&Script::of([DeviceScript {
        calibration: fault,
        ..DeviceScript::default()
    }]))
}

/// All of a structure but the parameters' last slot, which is never filled.
fn words(calibration: abi::Calibration) -> Vec<u32> {
    let mut c = calibration;
    c.depth_camera.parameters[14] = 0.0;
    c.color_camera.parameters[14] = 0.0;
    // SAFETY: 1032 bytes of 32-bit numbers without gaps.
    unsafe { std::mem::transmute::<abi::Calibration, [u32; 258]>(c) }.to_vec()
}

#[test]
fn the_raw_calibration_is_the_devices_and_ends_with_a_nul() {
    let stand_in = with(None);
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    let text = device.raw_calibration().unwrap();
    assert_eq!(text.last(), Some(&0));
    let raw = RawCalibration::parse(&text).unwrap();
    assert_eq!(raw.serial.as_deref(), Some("000000000001"));
    // If the buffer is too small, the library reports the needed size.
    let mut size = 10;
    let mut buffer = [0; 10];
    let code = call!(
        client,
        device_get_raw_calibration(device.handle, buffer.as_mut_ptr(), &raw mut size)
    );
    assert_eq!((code, size, buffer), (2, text.len(), [0; 10]));
}

#[test]
fn structures_are_those_of_the_text_and_the_real_library_agrees() {
    let stand_in = with(None);
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    let text = device.raw_calibration().unwrap();
    let judge = k4a_judge::judge();
    for depth in 0..6 {
        for color in 0..7 {
            let structure = device.calibration(depth, color);
            let mut from_text = abi::Calibration::default();
            let code = call!(
                client,
                calibration_get_from_raw(
                    text.as_ptr().cast(),
                    text.len(),
                    depth,
                    color,
                    &raw mut from_text
                )
            );
            let Ok(structure) = structure else {
                assert!(depth == 0 && color == 0 && code == FAILED);
                continue;
            };
            assert_eq!(code, SUCCEEDED);
            assert_eq!(structure, from_text);
            assert_eq!(
                (structure.depth_mode, structure.color_resolution),
                (depth, color)
            );
            let Some(judge) = judge else { continue };
            let real = judge.calibration_from_raw(&text, depth, color).unwrap();
            // SAFETY: both are the same C structure.
            let real = unsafe { std::mem::transmute_copy::<_, abi::Calibration>(&real) };
            let (ours, real) = (words(structure), words(real));
            // Values that involve a camera that is off have no meaning, so they are not compared.
            if depth != 0 && color != 0 {
                assert_eq!(ours, real, "{depth} {color}");
            } else {
                assert_eq!(ours[..64], real[..64], "{depth} {color}");
            }
        }
    }
    for (depth, color) in [(6, 1), (-1, 1), (1, 7), (1, -1)] {
        assert_eq!(device.calibration(depth, color), Err(FAILED));
    }
    let mut calibration = abi::Calibration::default();
    let without_nul = text.len() - 1;
    let code = call!(
        client,
        calibration_get_from_raw(
            text.as_ptr().cast(),
            without_nul,
            1,
            1,
            &raw mut calibration
        )
    );
    assert_eq!(code, FAILED);
    assert_eq!(stand_in.statistics().misuse, 0);
}

#[test]
fn calibrations_can_be_missing_or_wrong() {
    let ask = |fault| {
        let stand_in = with(Some(fault));
        let client = Client::of(&stand_in);
        let device = client.open(0).unwrap();
        (device.raw_calibration(), device.calibration(2, 1))
    };
    assert_eq!(ask(CalibrationFault::Missing), (Err(FAILED), Err(FAILED)));
    let (text, structure) = ask(CalibrationFault::Garbage);
    assert!(RawCalibration::parse(&text.unwrap()).is_err());
    assert_eq!(structure, Err(FAILED));
    let (text, structure) = ask(CalibrationFault::Unterminated);
    let text = text.unwrap();
    assert!(!text.contains(&0) && RawCalibration::parse(&text).is_ok());
    assert!(structure.is_ok());
    let (text, structure) = ask(CalibrationFault::Nonsense);
    assert!(RawCalibration::parse(&text.unwrap()).is_ok());
    let structure = structure.unwrap();
    assert_eq!(
        (structure.depth_mode, structure.depth_camera.model),
        (42, 99)
    );
    assert_eq!(structure.color_camera.width, -1);
}
