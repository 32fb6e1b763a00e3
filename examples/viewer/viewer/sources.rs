//! The sources that can be shown, and switching between them.

use core::time::Duration;
use std::path::PathBuf;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::SourceErrorKind;
use bevy_kinect_azure::kinect_azure::modes::{self, ColorFormat, FrameRate};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;
use bevy_kinect_azure::prelude::*;

use super::{Options, Scene};

/// One of the sources that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Simulation,
    Recording(PathBuf),
    Live(DeviceSelector),
}

/// The sources and their settings, and which of them is shown.
#[derive(Resource, Clone, Debug)]
pub(crate) struct Sources {
    pub(super) simulation: SimulationSettings,
    recordings: Vec<PathBuf>,
    /// The modes of live sensors, whichever of them is shown.
    pub(super) live: DeviceSettings,
    pub(super) shown: Shown,
}

impl Sources {
    pub(super) fn new(options: &Options) -> Self {
        let live = options.live();
        let shown = match (&options.show.file, &options.device) {
            (Some(file), _) => Shown::Recording(file.clone()),
            (None, Some(_)) => Shown::Live(live.device.clone()),
            (None, None) => Shown::Simulation,
        };
        Self {
            simulation: options.simulation(),
            recordings: options.recordings(),
            live,
            shown,
        }
    }

    /// The source that is shown, with its settings.
    pub(super) fn source(&self) -> SensorSource {
        match &self.shown {
            Shown::Simulation => SensorSource::Simulation(self.simulation.clone()),
            Shown::Recording(path) => SensorSource::recording(path),
            Shown::Live(device) => SensorSource::Device(DeviceSettings {
                device: device.clone(),
                ..self.live.clone()
            }),
        }
    }

    /// Everything that can be chosen, with its name: connected sensors, the simulation, the recordings of the command line.
    pub(super) fn all(&self, connected: &ConnectedSensors) -> Vec<(Shown, String)> {
        let mut all = vec![(
            Shown::Live(DeviceSelector::FirstFree),
            "First free live sensor".to_owned(),
        )];
        for sensor in &connected.devices {
            let (selector, name) = match &sensor.serial {
                Some(serial) => (DeviceSelector::Serial(serial.clone()), serial.clone()),
                None => (
                    DeviceSelector::Index(sensor.index),
                    format!("sensor {}", sensor.index),
                ),
            };
            all.push((
                Shown::Live(selector),
                format!("{} {name}", product(sensor.vendor)),
            ));
        }
        all.push((Shown::Simulation, self.name(&Shown::Simulation)));
        for recording in &self.recordings {
            let shown = Shown::Recording(recording.clone());
            let name = self.name(&shown);
            all.push((shown, name));
        }
        all
    }

    /// The name of a source.
    pub(super) fn name(&self, shown: &Shown) -> String {
        match shown {
            Shown::Simulation => "Simulated sensor".to_owned(),
            Shown::Recording(path) => path.file_name().map_or_else(
                || path.display().to_string(),
                |name| name.to_string_lossy().into(),
            ),
            Shown::Live(DeviceSelector::Serial(serial)) => format!("Live sensor {serial}"),
            Shown::Live(DeviceSelector::Index(index)) => format!("Live sensor {index}"),
            Shown::Live(DeviceSelector::FirstFree) => "Live sensor".to_owned(),
        }
    }

    /// Changes the modes of the source that is shown: of the simulation, or of live sensors. If the new modes
    /// contradict others, the frame rate, the colour format and the setting for pairs of images are changed to fit.
    pub(super) fn change_modes(&mut self, change: impl FnOnce(&mut DeviceSettings)) {
        match &self.shown {
            Shown::Live(_) => {
                let mut live = self.live.clone();
                change(&mut live);
                if let Some(live) = possible(live) {
                    self.live = live;
                }
            }
            Shown::Simulation => {
                let mut modes = self.modes();
                change(&mut modes);
                if let Some(modes) = possible(modes) {
                    let format = self.simulation.color_format;
                    self.simulation.depth_mode = modes.depth_mode;
                    self.simulation.color_resolution = modes.color_resolution;
                    self.simulation.color_format = format.map(|_| modes.color_format);
                    self.simulation.frame_rate = modes.frame_rate;
                }
            }
            Shown::Recording(_) => {}
        }
    }

    /// The modes of the source that is shown, as settings of a live sensor.
    pub(super) fn modes(&self) -> DeviceSettings {
        match &self.shown {
            Shown::Live(_) | Shown::Recording(_) => self.live.clone(),
            Shown::Simulation => DeviceSettings {
                depth_mode: self.simulation.depth_mode,
                color_resolution: self.simulation.color_resolution,
                color_format: self.simulation.color_format.unwrap_or(ColorFormat::Bgra32),
                frame_rate: self.simulation.frame_rate,
                ..default()
            },
        }
    }
}

/// The products of a vendor.
pub(super) fn product(vendor: DeviceVendor) -> &'static str {
    match vendor {
        DeviceVendor::Microsoft => "Azure Kinect",
        DeviceVendor::Orbbec => "Femto",
        DeviceVendor::Any => "Sensor",
    }
}

/// Settings with which a sensor can run, as near as possible to these; `None`: both cameras are off.
fn possible(mut settings: DeviceSettings) -> Option<DeviceSettings> {
    type Remedy = fn(&mut DeviceSettings);
    const REMEDIES: [Remedy; 4] = [
        |settings| settings.frame_rate = settings.frame_rate.min(FrameRate::Fps15),
        |settings| settings.color_format = ColorFormat::Mjpg,
        |settings| settings.synchronized_images_only = false,
        |settings| {
            settings.depth_delay_off_color_usec = 0;
            settings.subordinate_delay_off_master_usec = 0;
            settings.wired_sync_mode = modes::WiredSyncMode::Standalone;
        },
    ];
    if settings.check().is_ok() {
        return Some(settings);
    }
    for remedy in REMEDIES {
        let mut mended = settings.clone();
        remedy(&mut mended);
        if mended.check().is_ok() {
            return Some(mended);
        }
    }
    for remedy in REMEDIES {
        remedy(&mut settings);
    }
    settings.check().is_ok().then_some(settings)
}

/// Whether the drop-down is open.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceList {
    pub(super) is_open: bool,
}

/// Looks for connected sensors only while a live sensor is shown or the drop-down is open, because looking disturbs
/// other programs.
pub(super) fn watch(sources: Res<Sources>, list: Res<SourceList>, mut watch: ResMut<DeviceWatch>) {
    let wanted = DeviceWatch {
        enabled: list.is_open || matches!(sources.shown, Shown::Live(_)),
        vendor: sources.live.vendor,
        library: sources.live.library.clone(),
        ..default()
    };
    watch.set_if_neq(wanted);
}

/// Gives the sensor the source that is shown.
pub(super) fn apply(
    sources: Res<Sources>,
    scene: Res<Scene>,
    mut sensors: Query<(&mut KinectSensor, &mut Playback)>,
    mut windows: Query<&mut Window>,
) {
    if !sources.is_changed() {
        return;
    }
    let Ok((mut sensor, mut playback)) = sensors.get_mut(scene.sensor) else {
        return;
    };
    let source = sources.source();
    if sensor.source != source {
        // The source is of another kind: playback starts with default settings.
        if !sources.is_added()
            && core::mem::discriminant(&sensor.source) != core::mem::discriminant(&source)
        {
            *playback = Playback::default();
        }
        sensor.source = source;
    }
    for mut window in &mut windows {
        let title = format!("{} - Kinect viewer", sources.name(&sources.shown));
        if window.title != title {
            window.title = title;
        }
    }
}

/// The time after which a failed live sensor is opened again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a failed live sensor again if the user may have mended the cause meanwhile, for example by installing the
/// library.
pub(super) fn retry(
    scene: Res<Scene>,
    time: Res<Time<Real>>,
    mut sensors: Query<(&mut KinectSensor, &SensorState)>,
    mut failed_for: Local<Duration>,
) {
    let Ok((mut sensor, state)) = sensors.get_mut(scene.sensor) else {
        return;
    };
    if !sensor.active {
        sensor.active = true;
        return;
    }
    let can_be_mended = matches!(
        state,
        SensorState::Failed {
            kind: SourceErrorKind::NoLibrary
                | SourceErrorKind::UnusableLibrary
                | SourceErrorKind::NotPermitted
                | SourceErrorKind::StartRefused
                | SourceErrorKind::OpenRefused,
            ..
        }
    );
    if !can_be_mended {
        *failed_for = Duration::ZERO;
        return;
    }
    *failed_for += time.delta();
    if *failed_for > PATIENCE {
        *failed_for = Duration::ZERO;
        // The next update switches the sensor on again.
        sensor.active = false;
    }
}
