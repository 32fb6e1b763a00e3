//! The controls of a live sensor's colour camera.

use clap::{Args, ValueEnum};
use kinect_azure::device::{ColorControls, Exposure, PowerlineFrequency, WhiteBalance};

/// The colour camera's controls. A control that is not given is set to the camera's own default, because a camera keeps
/// another program's setting until it loses power.
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Colour camera (controls that are not given get the camera's defaults)"
)]
pub struct ColorOptions {
    /// Exposure in microseconds, 2 to 200000; or -11 to 1 for 2^N seconds, as in k4arecorder; or auto
    #[arg(
        long,
        visible_alias = "exposure-control",
        value_name = "US",
        default_value = "auto",
        allow_negative_numbers = true,
        value_parser = exposure
    )]
    exposure: Exposure,
    /// Gain; needs a fixed exposure. Azure Kinect: 0 to 255
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    gain: Option<i32>,
    /// White balance in kelvin, in steps of 10, or auto. Azure Kinect: 2500 to 12500
    #[arg(long, value_name = "K", default_value = "auto", value_parser = white_balance)]
    white_balance: WhiteBalance,
    /// Brightness. Azure Kinect: 0 to 255
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    brightness: Option<i32>,
    /// Contrast. Azure Kinect: 0 to 10
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    contrast: Option<i32>,
    /// Saturation. Azure Kinect: 0 to 63
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    saturation: Option<i32>,
    /// Sharpness. Azure Kinect: 0 to 4
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    sharpness: Option<i32>,
    /// Backlight compensation: makes people in front of a bright background brighter
    #[arg(long, value_name = "ON|OFF")]
    backlight: Option<Switch>,
    /// Frequency of the mains in hertz, against flicker of lamps: 50 or 60
    #[arg(long, value_name = "HZ", value_parser = powerline)]
    powerline: Option<PowerlineFrequency>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl ColorOptions {
    /// All controls, those without an option at the camera's defaults.
    pub fn controls(&self) -> ColorControls {
        ColorControls {
            enabled: true,
            exposure: self.exposure,
            white_balance: self.white_balance,
            brightness: self.brightness,
            contrast: self.contrast,
            saturation: self.saturation,
            sharpness: self.sharpness,
            gain: self.gain,
            backlight_compensation: self.backlight.map(|switch| switch == Switch::On),
            powerline_frequency: self.powerline,
        }
    }
}

fn exposure(text: &str) -> Result<Exposure, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(Exposure::Auto);
    }
    match text.parse::<i32>() {
        Ok(power @ -11..=1) => Ok(Exposure::Manual((f64::exp2(power.into()) * 1e6) as u32)),
        Ok(usec @ 2..=200_000) => Ok(Exposure::Manual(usec.unsigned_abs())),
        _ => Err("microseconds from 2 to 200000, -11 to 1 for 2^N seconds, or auto".to_owned()),
    }
}

fn white_balance(text: &str) -> Result<WhiteBalance, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(WhiteBalance::Auto);
    }
    match text.parse() {
        Ok(kelvin @ 1..=100_000) => Ok(WhiteBalance::Manual(kelvin)),
        _ => Err("kelvin, like 4500, or auto".to_owned()),
    }
}

fn powerline(text: &str) -> Result<PowerlineFrequency, String> {
    match text {
        "50" => Ok(PowerlineFrequency::Hz50),
        "60" => Ok(PowerlineFrequency::Hz60),
        _ => Err("50 or 60".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Exposure, exposure};

    #[test]
    fn exposures_are_those_of_k4arecorder() {
        assert_eq!(exposure("auto"), Ok(Exposure::Auto));
        assert_eq!(exposure("8000"), Ok(Exposure::Manual(8000)));
        // An eighth of a second and two seconds.
        assert_eq!(exposure("-3"), Ok(Exposure::Manual(125_000)));
        assert_eq!(exposure("1"), Ok(Exposure::Manual(2_000_000)));
        for wrong in ["-12", "200001", "NaN", "1.5", ""] {
            assert!(exposure(wrong).is_err(), "{wrong}");
        }
    }
}
