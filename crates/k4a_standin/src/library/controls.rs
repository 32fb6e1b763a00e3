//! Colour controls: their capabilities, and the values that a device keeps until it loses power.

use std::collections::BTreeMap;

use super::vendor::is_orbbec;

/// `k4a_color_control_mode_t`.
pub(super) const AUTO: i32 = 0;
/// `k4a_color_control_mode_t`.
pub(super) const MANUAL: i32 = 1;

/// `k4a_color_control_command_t`.
pub(super) const EXPOSURE: i32 = 0;
const PRIORITY: i32 = 1;
const BRIGHTNESS: i32 = 2;
pub(super) const WHITE_BALANCE: i32 = 6;
const BACKLIGHT: i32 = 7;
const GAIN: i32 = 8;
pub(super) const POWERLINE: i32 = 9;
/// Orbbec's own.
const HDR: i32 = 10;

/// Exposure times in µs where mains hum at 50 Hz, and at 60 Hz.
const STEPS: [[i32; 13]; 2] = [
    [
        500, 1250, 2500, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 80_000, 100_000, 120_000,
        130_000,
    ],
    [
        500, 1250, 2500, 8330, 16_670, 33_330, 41_670, 50_000, 66_670, 83_330, 100_000, 116_670,
        133_330,
    ],
];

/// The result of `k4a_device_get_color_control_capabilities`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capabilities {
    pub(super) auto: bool,
    pub(super) min: i32,
    pub(super) max: i32,
    pub(super) step: i32,
    pub(super) default: i32,
    pub(super) default_mode: i32,
}

/// A control's capabilities; `None` for an unknown control. The exposure times depend on the powerline frequency that
/// was last set through this handle, not on the one that the device keeps.
pub(super) fn capabilities(
    command: i32,
    rgb_firmware: [u32; 3],
    sixty_hertz: bool,
) -> Option<Capabilities> {
    let range = |min, max, step, default| Capabilities {
        auto: false,
        min,
        max,
        step,
        default,
        default_mode: MANUAL,
    };
    let with_auto = |capabilities: Capabilities| Capabilities {
        auto: true,
        default_mode: AUTO,
        ..capabilities
    };
    Some(match command {
        // Steps of 100 are Linux's; on Windows they are 1.
        EXPOSURE if sixty_hertz => with_auto(range(500, 133_330, 100, 16_670)),
        EXPOSURE => with_auto(range(500, 130_000, 100, 20_000)),
        PRIORITY if !is_orbbec() => range(0, 0, 0, 0),
        BRIGHTNESS if is_orbbec() => range(0, 100, 1, 50),
        BRIGHTNESS => range(0, 255, 1, 128),
        3 => range(0, 10, 1, 5),
        4 => range(0, 63, 1, 32),
        5 => range(0, 4, 1, 2),
        WHITE_BALANCE => with_auto(range(2500, 12_500, 10, 4500)),
        BACKLIGHT if !is_orbbec() => range(0, 1, 1, 0),
        GAIN if rgb_firmware >= [1, 6, 107] => range(0, 255, 1, 128),
        GAIN => range(0, 255, 1, 0),
        POWERLINE => range(1, 2, 1, 2),
        HDR if is_orbbec() => range(0, 1, 1, 0),
        _ => return None,
    })
}

/// Mode and value of every control, as the device remembers them.
#[derive(Clone, Debug)]
pub(super) struct Controls(pub(super) BTreeMap<i32, (i32, i32)>);

impl Controls {
    /// After power came on.
    pub(super) fn new(rgb_firmware: [u32; 3]) -> Self {
        let all = (0..=HDR).filter_map(|command| {
            let c = capabilities(command, rgb_firmware, true)?;
            Some((command, (c.default_mode, c.default)))
        });
        Self(all.collect())
    }

    /// Mode and value of a control.
    pub(super) fn get(&self, command: i32) -> Option<(i32, i32)> {
        self.0.get(&command).copied()
    }

    /// Sets a control, or returns why it cannot be set. `sixty_hertz` is the powerline frequency that was last set
    /// through the handle.
    pub(super) fn set(
        &mut self,
        command: i32,
        mode: i32,
        value: i32,
        capabilities: Capabilities,
        sixty_hertz: &mut bool,
        streaming: bool,
    ) -> Result<(), String> {
        if mode == AUTO {
            if !capabilities.auto {
                return Err(format!("colour control {command} has no automatic mode"));
            }
            let old = self.get(command).map_or(capabilities.default, |(_, v)| v);
            self.0.insert(command, (AUTO, old));
            return Ok(());
        }
        if mode != MANUAL {
            return Err(format!("{mode} is no mode of a colour control"));
        }
        let value = match command {
            // This control no longer exists; setting it does nothing.
            PRIORITY => return Ok(()),
            EXPOSURE if is_orbbec() => {
                if !(capabilities.min..=capabilities.max).contains(&value) {
                    return Err(format!("an exposure of {value} µs is out of range"));
                }
                value / 100 * 100
            }
            EXPOSURE => {
                let steps = &STEPS[usize::from(*sixty_hertz)];
                let longer = steps.iter().find(|step| **step >= value);
                *longer.unwrap_or(&steps[steps.len() - 1])
            }
            HDR if streaming => return Err("HDR can be set while the camera is stopped".into()),
            _ => {
                let Capabilities { min, max, step, .. } = capabilities;
                if !(min..=max).contains(&value) {
                    return Err(format!(
                        "colour control {command}: {value} is not within {min} to {max}"
                    ));
                }
                if value % step.max(1) != 0 {
                    return Err(format!(
                        "colour control {command}: {value} is no multiple of {step}"
                    ));
                }
                value
            }
        };
        if command == POWERLINE {
            *sixty_hertz = value == 2;
        }
        self.0.insert(command, (MANUAL, value));
        Ok(())
    }
}
