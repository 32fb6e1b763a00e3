//! The colour camera's controls: an app describes all of them at once, and only those that changed are sent.
//!
//! The sensor is asked for its ranges, steps and defaults once, when it is opened. A value outside its range or between two
//! steps becomes the nearest that the sensor takes, and the report says so. A sensor keeps its controls until it loses power,
//! across programs, so all of them are set after opening. The powerline frequency is set first, because the vendor's library
//! rounds the exposure by the frequency that this process set last (60 Hz until then).

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use k4a::{ColorControl, ColorControlMode, Device, Vendor};

use crate::modes::FrameRate;

/// Exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Exposure {
    /// The camera chooses it.
    #[default]
    Auto,
    /// Exposure time in µs, shorter than the frame period. Azure Kinects have fixed steps and use the next longer
    /// one.
    Manual(u32),
}

/// White balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum WhiteBalance {
    /// The camera chooses it.
    #[default]
    Auto,
    /// In kelvin, in steps of 10.
    Manual(u32),
}

/// The frequency of the power line, at which lamps flicker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum PowerlineFrequency {
    /// 50 Hz: Europe and most of Asia, Africa and Australia.
    Hz50,
    /// 60 Hz: North America, parts of South America and of Japan.
    Hz60,
}

/// Settings of the colour camera. Fields that are `None` mean the camera's own defaults, which differ from model to model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ColorControls {
    /// Whether these settings are sent to the camera; `false` leaves its controls unchanged.
    pub enabled: bool,
    /// Exposure.
    pub exposure: Exposure,
    /// White balance.
    pub white_balance: WhiteBalance,
    /// Brightness; Azure Kinect: 0 to 255, 128.
    pub brightness: Option<i32>,
    /// Contrast; Azure Kinect: 0 to 10, 5.
    pub contrast: Option<i32>,
    /// Saturation; Azure Kinect: 0 to 63, 32.
    pub saturation: Option<i32>,
    /// Sharpness; Azure Kinect: 0 to 4, 2.
    pub sharpness: Option<i32>,
    /// Gain; Azure Kinect: 0 to 255, 0 or (from colour firmware 1.6.107) 128. Only with manual exposure.
    pub gain: Option<i32>,
    /// Whether the camera brightens the image, for people in front of a bright background.
    pub backlight_compensation: Option<bool>,
    /// Powerline frequency.
    pub powerline_frequency: Option<PowerlineFrequency>,
}

impl Default for ColorControls {
    fn default() -> Self {
        Self {
            enabled: true,
            exposure: Exposure::Auto,
            white_balance: WhiteBalance::Auto,
            brightness: None,
            contrast: None,
            saturation: None,
            sharpness: None,
            gain: None,
            backlight_compensation: None,
            powerline_frequency: None,
        }
    }
}

/// One of the colour controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[allow(missing_docs, reason = "named like the fields of `ColorControls`")]
pub enum ControlKind {
    PowerlineFrequency,
    Exposure,
    WhiteBalance,
    Brightness,
    Contrast,
    Saturation,
    Sharpness,
    Gain,
    BacklightCompensation,
}

impl ControlKind {
    /// All controls, in the order in which they are sent.
    pub const ALL: [Self; 9] = [
        Self::PowerlineFrequency,
        Self::Exposure,
        Self::WhiteBalance,
        Self::Brightness,
        Self::Contrast,
        Self::Saturation,
        Self::Sharpness,
        Self::Gain,
        Self::BacklightCompensation,
    ];

    const fn command(self) -> ColorControl {
        match self {
            Self::PowerlineFrequency => ColorControl::PowerlineFrequency,
            Self::Exposure => ColorControl::ExposureTimeAbsolute,
            Self::WhiteBalance => ColorControl::Whitebalance,
            Self::Brightness => ColorControl::Brightness,
            Self::Contrast => ColorControl::Contrast,
            Self::Saturation => ColorControl::Saturation,
            Self::Sharpness => ColorControl::Sharpness,
            Self::Gain => ColorControl::Gain,
            Self::BacklightCompensation => ColorControl::BacklightCompensation,
        }
    }
}

/// The values that a control of this sensor takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct ControlRange {
    /// The smallest value.
    pub min: i32,
    /// The largest value.
    pub max: i32,
    /// Values are multiples of this above the smallest; at least 1.
    pub step: i32,
    /// The camera's default.
    pub default: i32,
    /// Whether the camera can choose the value itself.
    pub supports_auto: bool,
    /// Whether the camera chooses the value itself until one is set.
    pub auto_by_default: bool,
}

/// One control of an open sensor, and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct ControlState {
    /// The control.
    pub kind: ControlKind,
    /// The values that the control takes; `None` if the sensor does not have this control.
    pub range: Option<ControlRange>,
    /// The value in the camera, after rounding to the camera's steps; `None` if the camera chooses the value, or if
    /// no value was sent yet.
    pub value: Option<i32>,
    /// Why the control does not have the requested value, and how to mend that.
    pub problem: Option<String>,
}

/// The values and problems of each control after [`ColorControls`] were sent to the sensor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ColorControlReport {
    /// The controls in the order in which they are sent; empty until the first time that controls were sent.
    pub controls: Vec<ControlState>,
}

impl ColorControlReport {
    /// The problems of all controls.
    pub fn problems(&self) -> impl Iterator<Item = &str> {
        self.controls.iter().filter_map(|c| c.problem.as_deref())
    }

    /// The state of one control.
    pub fn get(&self, kind: ControlKind) -> Option<&ControlState> {
        self.controls.iter().find(|c| c.kind == kind)
    }
}

/// The value for a control; `None` lets the camera choose it.
type Wanted = Option<i32>;

/// The controls of a sensor, and what was last sent to it.
#[derive(Debug)]
pub(super) struct Controls {
    states: Vec<ControlState>,
    sent: Vec<Option<Wanted>>,
}

impl Controls {
    /// Asks the sensor for the ranges of its controls.
    pub(super) fn of(device: &Device) -> Self {
        let states: Vec<_> = ControlKind::ALL
            .into_iter()
            .map(|kind| {
                let (range, problem) = match device.color_control_capabilities(kind.command()) {
                    Ok(can) if can.min <= can.max => {
                        let range = ControlRange {
                            min: can.min,
                            max: can.max,
                            step: can.step.max(1),
                            default: can.default.clamp(can.min, can.max),
                            supports_auto: can.supports_auto,
                            auto_by_default: can.default_mode == ColorControlMode::Auto,
                        };
                        (Some(range), None)
                    }
                    Ok(can) => (
                        None,
                        Some(format!(
                            "{kind:?}: the device reports an empty range, from {} to {}; the control is not changed",
                            can.min, can.max
                        )),
                    ),
                    Err(error) => (
                        None,
                        Some(format!("{kind:?}: the device does not report its range: {error}")),
                    ),
                };
                ControlState {
                    kind,
                    range,
                    value: None,
                    problem,
                }
            })
            .collect();
        Self {
            sent: vec![None; states.len()],
            states,
        }
    }

    pub(super) fn report(&self) -> ColorControlReport {
        ColorControlReport {
            controls: self.states.clone(),
        }
    }

    /// Sends the controls whose values differ from those that were sent last.
    pub(super) fn apply(&mut self, device: &Device, wanted: &ColorControls, rate: FrameRate) {
        if !wanted.enabled {
            return;
        }
        let orbbec = device.library().vendor() == Vendor::Orbbec;
        let mut powerline_changed = false;
        for (state, sent) in self.states.iter_mut().zip(&mut self.sent) {
            let Some(range) = state.range else {
                continue;
            };
            let (value, problem) = choose(state.kind, wanted, &range, rate, orbbec);
            let again = powerline_changed && state.kind == ControlKind::Exposure;
            if *sent == Some(value) && !again {
                state.problem = problem;
                continue;
            }
            let (mode, number) = match value {
                None => (ColorControlMode::Auto, 0),
                Some(number) => (ColorControlMode::Manual, number),
            };
            match device.set_color_control(state.kind.command(), mode, number) {
                Ok(()) => {
                    powerline_changed |= state.kind == ControlKind::PowerlineFrequency;
                    *sent = Some(value);
                    // The camera may have rounded to the next step.
                    state.value =
                        value.map(|value| match device.color_control(state.kind.command()) {
                            Ok((ColorControlMode::Manual, taken)) => taken,
                            _ => value,
                        });
                    state.problem = problem;
                }
                Err(error) => {
                    *sent = None;
                    state.problem = Some(format!(
                        "{:?}: the device refused {}: {error}",
                        state.kind,
                        value.map_or("auto".to_owned(), |value| value.to_string())
                    ));
                }
            }
        }
    }
}

/// Whether automatic exposure is on at present; `None` if the camera does not report it.
pub(super) fn exposure_is_automatic(device: &Device) -> Option<bool> {
    let (mode, _) = device
        .color_control(ColorControl::ExposureTimeAbsolute)
        .ok()?;
    Some(mode == ColorControlMode::Auto)
}

/// Of the values that the sensor takes, the nearest to the wanted one, and a sentence for the user if the two differ.
fn choose(
    kind: ControlKind,
    wanted: &ColorControls,
    range: &ControlRange,
    rate: FrameRate,
    orbbec: bool,
) -> (Wanted, Option<String>) {
    let or_default = |value: Option<i32>| value.unwrap_or(range.default);
    let asked = match kind {
        ControlKind::PowerlineFrequency => {
            or_default(wanted.powerline_frequency.map(|f| match f {
                PowerlineFrequency::Hz50 => 1,
                PowerlineFrequency::Hz60 => 2,
            }))
        }
        ControlKind::Exposure => match wanted.exposure {
            Exposure::Auto if range.supports_auto => return (None, None),
            Exposure::Auto => range.default,
            Exposure::Manual(usec) => i32::try_from(usec).unwrap_or(i32::MAX),
        },
        ControlKind::WhiteBalance => match wanted.white_balance {
            WhiteBalance::Auto if range.supports_auto => return (None, None),
            WhiteBalance::Auto => range.default,
            WhiteBalance::Manual(kelvin) => i32::try_from(kelvin).unwrap_or(i32::MAX),
        },
        ControlKind::Brightness => or_default(wanted.brightness),
        ControlKind::Contrast => or_default(wanted.contrast),
        ControlKind::Saturation => or_default(wanted.saturation),
        ControlKind::Sharpness => or_default(wanted.sharpness),
        ControlKind::Gain => or_default(wanted.gain),
        ControlKind::BacklightCompensation => {
            or_default(wanted.backlight_compensation.map(i32::from))
        }
    };
    let (mut value, mut problem) = (asked, None);
    let mut instead = |value: &mut i32, nearest: i32, why: &str| {
        if *value != nearest {
            problem = Some(format!("{kind:?}: {asked} {why}: {nearest} is used"));
            *value = nearest;
        }
    };
    let inside = value.clamp(range.min, range.max);
    instead(
        &mut value,
        inside,
        &format!("is not from {} to {}", range.min, range.max),
    );
    if kind == ControlKind::Exposure && asked != range.default {
        let period = i32::try_from(rate.period_ns() / 1000).unwrap_or(i32::MAX);
        let fifty = wanted.powerline_frequency == Some(PowerlineFrequency::Hz50);
        let longest = if orbbec {
            period / range.step * range.step
        } else {
            EXPOSURE_STEPS[usize::from(!fifty)]
                .into_iter()
                .rev()
                .find(|&step| step <= period)
                .unwrap_or(range.min)
        };
        let shorter = value.min(longest.max(range.min));
        instead(
            &mut value,
            shorter,
            &format!("µs are more than a frame of {period} µs allows"),
        );
        if !orbbec {
            // The library takes the next longer step by itself.
            return (Some(value), problem);
        }
    }
    let steps = (value - range.min + range.step / 2) / range.step;
    let nearest = (range.min + steps * range.step).min(range.max);
    instead(
        &mut value,
        nearest,
        &format!("is between two steps of {}", range.step),
    );
    (Some(value), problem)
}

/// Exposures of Azure Kinect's colour camera in µs, at 50 and at 60 Hz (the sensor SDK's table; see its colour control
/// documentation).
const EXPOSURE_STEPS: [[i32; 13]; 2] = [
    [
        500, 1250, 2500, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 80_000, 100_000, 120_000,
        130_000,
    ],
    [
        500, 1250, 2500, 8330, 16_670, 33_330, 41_670, 50_000, 66_670, 83_330, 100_000, 116_670,
        133_330,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    const EXPOSURE: ControlRange = ControlRange {
        min: 500,
        max: 133_330,
        step: 100,
        default: 16_670,
        supports_auto: true,
        auto_by_default: true,
    };
    const KELVIN: ControlRange = ControlRange {
        min: 2500,
        max: 12_500,
        step: 10,
        default: 4500,
        supports_auto: true,
        auto_by_default: true,
    };

    fn with(change: impl FnOnce(&mut ColorControls)) -> ColorControls {
        let mut controls = ColorControls::default();
        change(&mut controls);
        controls
    }

    #[test]
    fn the_default_leaves_the_camera_to_itself() {
        let d = ColorControls::default();
        assert_eq!(
            choose(
                ControlKind::Exposure,
                &d,
                &EXPOSURE,
                FrameRate::Fps30,
                false
            ),
            (None, None)
        );
        assert_eq!(
            choose(
                ControlKind::WhiteBalance,
                &d,
                &KELVIN,
                FrameRate::Fps30,
                false
            ),
            (None, None)
        );
        let range = ControlRange {
            min: 0,
            max: 255,
            step: 1,
            default: 128,
            supports_auto: false,
            auto_by_default: false,
        };
        assert_eq!(
            choose(ControlKind::Gain, &d, &range, FrameRate::Fps30, false),
            (Some(128), None)
        );
    }

    #[test]
    fn an_exposure_is_shorter_than_a_frame() {
        let long = with(|c| c.exposure = Exposure::Manual(100_000));
        let (value, problem) = choose(
            ControlKind::Exposure,
            &long,
            &EXPOSURE,
            FrameRate::Fps30,
            false,
        );
        assert_eq!(value, Some(33_330));
        assert!(problem.is_some_and(|p| p.contains("33333")));
        let (value, problem) = choose(
            ControlKind::Exposure,
            &long,
            &EXPOSURE,
            FrameRate::Fps5,
            false,
        );
        assert_eq!((value, problem), (Some(100_000), None));
        let fifty = with(|c| {
            c.exposure = Exposure::Manual(33_000);
            c.powerline_frequency = Some(PowerlineFrequency::Hz50);
        });
        let (value, _) = choose(
            ControlKind::Exposure,
            &fifty,
            &EXPOSURE,
            FrameRate::Fps30,
            false,
        );
        assert_eq!(value, Some(30_000));
    }

    #[test]
    fn what_cannot_be_becomes_the_nearest_and_is_said() {
        let odd = with(|c| c.white_balance = WhiteBalance::Manual(4503));
        let (value, problem) = choose(
            ControlKind::WhiteBalance,
            &odd,
            &KELVIN,
            FrameRate::Fps30,
            false,
        );
        assert_eq!(value, Some(4500));
        assert!(problem.is_some_and(|p| p.contains("steps of 10")));
        let hot = with(|c| c.white_balance = WhiteBalance::Manual(u32::MAX));
        let (value, problem) = choose(
            ControlKind::WhiteBalance,
            &hot,
            &KELVIN,
            FrameRate::Fps30,
            false,
        );
        assert_eq!(value, Some(12_500));
        assert!(problem.is_some_and(|p| p.contains("2500 to 12500")));
    }
}
