//! The modes of the sensor, its identity, and its warnings.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::modes::WiredSyncMode;
use bevy_kinect_azure::kinect_azure::{ColorFormat, ColorResolution, DepthMode, FrameRate};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style::{LABEL, NOTICE, printable};
use kinect_app_support::widgets::{Stepped, Stepper, set_shown, set_text, stepper};

use super::super::Scene;
use super::super::sources::{Shown, Sources};
use super::paragraph;

/// A mode that can be changed.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Depth,
    Color,
    Format,
    Rate,
    Pairs,
    Sync,
    People,
}

/// Serial number, firmware and other facts that the sensor reports.
#[derive(Component)]
pub(crate) struct About;

/// Its warnings.
#[derive(Component)]
pub(crate) struct Warnings;

const MODES: [(Mode, &str); 7] = [
    (Mode::Depth, "Depth"),
    (Mode::Color, "Colour"),
    (Mode::Format, "Format"),
    (Mode::Rate, "Frame rate"),
    (Mode::Pairs, "Images"),
    (Mode::Sync, "Wired sync"),
    (Mode::People, "People"),
];

pub(crate) fn spawn(page: &mut ChildSpawnerCommands) {
    for (mode, name) in MODES {
        stepper(page, name, mode);
    }
    page.spawn(Node {
        height: px(4),
        ..default()
    });
    page.spawn((About, paragraph("", LABEL)));
    page.spawn((Warnings, paragraph("", NOTICE)));
}

impl Mode {
    /// Whether the source that is shown has this mode.
    fn is_for(self, shown: &Shown) -> bool {
        match (self, shown) {
            (_, Shown::Recording(_)) => false,
            (Self::Pairs | Self::Sync, shown) => matches!(shown, Shown::Live(_)),
            (Self::People, shown) => *shown == Shown::Simulation,
            _ => true,
        }
    }

    fn value(self, sources: &Sources) -> String {
        let modes = sources.modes();
        match self {
            Self::Depth => modes.depth_mode.name().to_owned(),
            Self::Color => modes.color_resolution.name().to_owned(),
            Self::Format => modes.color_format.name().to_owned(),
            Self::Rate => format!("{} fps", modes.frame_rate.fps()),
            Self::Pairs if modes.synchronized_images_only => "only pairs".to_owned(),
            Self::Pairs => "all".to_owned(),
            Self::Sync => modes.wired_sync_mode.name().to_lowercase(),
            Self::People => sources.simulation.people.to_string(),
        }
    }

    fn step(self, sources: &mut Sources, by: i32) {
        let is_microsoft = sources.live.vendor == DeviceVendor::Microsoft;
        let is_live = matches!(sources.shown, Shown::Live(_));
        let rates: &[FrameRate] = if is_live && !is_microsoft {
            &[
                FrameRate::Fps5,
                FrameRate::Fps15,
                FrameRate::Fps25,
                FrameRate::Fps30,
            ]
        } else {
            &[FrameRate::Fps5, FrameRate::Fps15, FrameRate::Fps30]
        };
        if self == Self::People {
            let people = sources.simulation.people as i32 + by;
            sources.simulation.people = people.rem_euclid(7).unsigned_abs();
            return;
        }
        sources.change_modes(|modes| match self {
            Self::Depth => {
                let mut all = DepthMode::ALL.to_vec();
                all.push(DepthMode::Off);
                modes.depth_mode = stepped(&all, modes.depth_mode, by);
            }
            Self::Color => {
                let mut all = ColorResolution::ALL.to_vec();
                all.push(ColorResolution::Off);
                modes.color_resolution = stepped(&all, modes.color_resolution, by);
                // A format that exists at 720P only is replaced when another resolution is chosen.
                if modes.check().is_err()
                    && matches!(modes.color_format, ColorFormat::Nv12 | ColorFormat::Yuy2)
                {
                    modes.color_format = ColorFormat::Mjpg;
                }
            }
            Self::Format => {
                let is_small = modes.color_resolution == ColorResolution::R720p;
                let all: &[ColorFormat] = if is_small {
                    &[
                        ColorFormat::Mjpg,
                        ColorFormat::Nv12,
                        ColorFormat::Yuy2,
                        ColorFormat::Bgra32,
                    ]
                } else {
                    &[ColorFormat::Mjpg, ColorFormat::Bgra32]
                };
                modes.color_format = stepped(all, modes.color_format, by);
            }
            Self::Rate => {
                let possible: Vec<FrameRate> = rates
                    .iter()
                    .copied()
                    .filter(|&rate| {
                        let mut modes = modes.clone();
                        modes.frame_rate = rate;
                        modes.check().is_ok()
                    })
                    .collect();
                modes.frame_rate = stepped(&possible, modes.frame_rate, by);
            }
            Self::Pairs => modes.synchronized_images_only = !modes.synchronized_images_only,
            Self::Sync => {
                let all = [
                    WiredSyncMode::Standalone,
                    WiredSyncMode::Master,
                    WiredSyncMode::Subordinate,
                ];
                modes.wired_sync_mode = stepped(&all, modes.wired_sync_mode, by);
                if modes.wired_sync_mode != WiredSyncMode::Subordinate {
                    modes.subordinate_delay_off_master_usec = 0;
                }
            }
            Self::People => {}
        });
    }
}

/// The value `by` places after the present one; the first value follows the last one.
fn stepped<T: Copy + PartialEq>(all: &[T], present: T, by: i32) -> T {
    let at = all.iter().position(|&one| one == present).unwrap_or(0) as i32;
    let next = (at + by).rem_euclid(all.len().max(1) as i32);
    all.get(next as usize).copied().unwrap_or(present)
}

pub(crate) fn step(stepped: On<Stepped>, modes: Query<&Mode>, mut sources: ResMut<Sources>) {
    if let Ok(mode) = modes.get(stepped.widget) {
        mode.step(&mut sources, stepped.by);
    }
}

pub(crate) fn show(
    scene: Res<Scene>,
    sources: Res<Sources>,
    sensors: Query<(Option<&SensorStream>, Option<&SensorDevice>)>,
    mut modes: Query<(&Mode, &mut Stepper, &mut Node)>,
    mut about: Single<&mut Text, (With<About>, Without<Warnings>)>,
    mut warnings: Single<&mut Text, (With<Warnings>, Without<About>)>,
) {
    if sources.is_changed() {
        for (mode, mut stepper, mut node) in &mut modes {
            set_shown(&mut node, mode.is_for(&sources.shown));
            let value = mode.value(&sources);
            stepper.set_if_neq(Stepper { value });
        }
    }
    let Ok((stream, device)) = sensors.get(scene.sensor) else {
        return;
    };
    set_text(&mut about, &printable(&about_it(stream, device)));
    let lines: Vec<_> = stream
        .iter()
        .flat_map(|stream| &stream.warnings)
        .chain(device.iter().flat_map(|device| &device.warnings))
        .map(|warning| format!("! {warning}"))
        .collect();
    set_text(&mut warnings, &printable(&lines.join("\n")));
}

fn about_it(stream: Option<&SensorStream>, device: Option<&SensorDevice>) -> String {
    let mut lines = Vec::new();
    if let Some(device) = device {
        lines.push(format!("Serial      {}", device.serial));
        let firmware = [
            ("colour", &device.color_firmware),
            ("depth", &device.depth_firmware),
        ];
        for (camera, version) in firmware {
            if let Some(version) = version {
                lines.push(format!("Firmware    {version} ({camera})"));
            }
        }
        let jack = |is: Option<bool>| match is {
            Some(true) => "plugged in",
            Some(false) => "free",
            None => "unknown",
        };
        lines.push(format!("Sync in     {}", jack(device.sync_in_connected)));
        lines.push(format!("Sync out    {}", jack(device.sync_out_connected)));
        lines.push(format!("Missed      {} captures", device.missed_captures));
        lines.push(format!("Bad images  {}", device.bad_images));
        lines.push(format!("Library     {}", device.library.display()));
    } else if let Some(stream) = stream {
        let info = &stream.info;
        if let Some(serial) = &info.serial {
            lines.push(format!("Serial      {serial}"));
        }
        lines.push(format!("Depth       {}", info.depth_mode));
        let format = info.color_format.map_or("off", ColorFormat::name);
        lines.push(format!("Colour      {} {format}", info.color_resolution));
        lines.push(format!("Rate        {} fps", info.frame_rate.fps()));
        let inertial = if info.has_imu { "yes" } else { "no" };
        lines.push(format!("Inertial    {inertial}"));
    }
    lines.join("\n")
}
