//! The switches, and their effect on the outputs.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::Scene;
use kinect_app_support::legend::Pressed;

/// The state of all switches.
#[derive(Resource, Clone, Debug, Default)]
pub(crate) struct Switches {
    pub(crate) paused: bool,
    mirror: bool,
    /// Shows the data itself instead of false colours.
    data: bool,
    bleed: bool,
    bodies: bool,
    resolution: usize,
    sampling: usize,
    filter: usize,
    fill: usize,
}

const RESOLUTIONS: [(&str, OutputResolution); 7] = [
    ("native", OutputResolution::Native),
    ("1/2", OutputResolution::Half),
    ("1/4", OutputResolution::Quarter),
    ("1/8", OutputResolution::Eighth),
    ("fit 480x480", OutputResolution::Fit(UVec2::splat(480))),
    ("limit 700x700", OutputResolution::Limit(UVec2::splat(700))),
    ("200x200", OutputResolution::Custom(UVec2::splat(200))),
];

const SAMPLINGS: [(&str, OutputScaling, OutputSampling); 4] = [
    ("mipmap", OutputScaling::Linear, OutputSampling::Mipmap),
    ("auto", OutputScaling::Auto, OutputSampling::Auto),
    ("nearest", OutputScaling::Nearest, OutputSampling::Nearest),
    ("linear", OutputScaling::Linear, OutputSampling::Linear),
];

const FILTERS: [&str; 5] = [
    "none",
    "hole filling",
    "bilateral",
    "temporal",
    "own shader",
];

const FILLS: [(&str, ImageFill); 6] = [
    ("fit best", ImageFill::FitBest),
    ("stretch", ImageFill::Stretch),
    ("fit width", ImageFill::FitWidth),
    ("fit height", ImageFill::FitHeight),
    ("fit outside", ImageFill::FitOutside),
    ("native size", ImageFill::NativeSize),
];

#[derive(Clone, Copy, Debug)]
pub(crate) enum Switch {
    Mirror,
    Colors,
    Resolution,
    Sampling,
    Filter,
    Fill,
    Hidden,
    Timing,
    Pause,
}

impl Switch {
    pub(crate) const ALL: [Self; 9] = [
        Self::Mirror,
        Self::Colors,
        Self::Resolution,
        Self::Sampling,
        Self::Filter,
        Self::Fill,
        Self::Hidden,
        Self::Timing,
        Self::Pause,
    ];

    pub(crate) fn key(self) -> KeyCode {
        match self {
            Self::Mirror => KeyCode::KeyM,
            Self::Colors => KeyCode::KeyC,
            Self::Resolution => KeyCode::KeyR,
            Self::Sampling => KeyCode::KeyS,
            Self::Filter => KeyCode::KeyP,
            Self::Fill => KeyCode::KeyF,
            Self::Hidden => KeyCode::KeyH,
            Self::Timing => KeyCode::KeyT,
            Self::Pause => KeyCode::Space,
        }
    }

    /// The letter on the key.
    pub(crate) fn cap(self) -> &'static str {
        match self {
            Self::Mirror => "M",
            Self::Colors => "C",
            Self::Resolution => "R",
            Self::Sampling => "S",
            Self::Filter => "P",
            Self::Fill => "F",
            Self::Hidden => "H",
            Self::Timing => "T",
            Self::Pause => "Space",
        }
    }

    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Mirror => "mirror",
            Self::Colors => "colours",
            Self::Resolution => "resolution",
            Self::Sampling => "sampling",
            Self::Filter => "pass",
            Self::Fill => "fill",
            Self::Hidden => "hidden",
            Self::Timing => "timing",
            Self::Pause => "time",
        }
    }

    pub(crate) fn value(self, switches: &Switches) -> &'static str {
        let either = |is: bool, yes, no| if is { yes } else { no };
        match self {
            Self::Mirror => either(switches.mirror, "mirrored", "as seen"),
            Self::Colors => either(switches.data, "data", "false colours"),
            Self::Resolution => RESOLUTIONS[switches.resolution].0,
            Self::Sampling => SAMPLINGS[switches.sampling].0,
            Self::Filter => FILTERS[switches.filter],
            Self::Fill => FILLS[switches.fill].0,
            Self::Hidden => either(switches.bleed, "bleeds", "left out"),
            Self::Timing => either(switches.bodies, "of bodies", "live"),
            Self::Pause => either(switches.paused, "paused", "runs"),
        }
    }

    fn flip(self, switches: &mut Switches) {
        let next = |index: &mut usize, of: usize| *index = (*index + 1) % of;
        let toggle = |is: &mut bool| *is = !*is;
        match self {
            Self::Mirror => toggle(&mut switches.mirror),
            Self::Colors => toggle(&mut switches.data),
            Self::Resolution => next(&mut switches.resolution, RESOLUTIONS.len()),
            Self::Sampling => next(&mut switches.sampling, SAMPLINGS.len()),
            Self::Filter => next(&mut switches.filter, FILTERS.len()),
            Self::Fill => next(&mut switches.fill, FILLS.len()),
            Self::Hidden => toggle(&mut switches.bleed),
            Self::Timing => toggle(&mut switches.bodies),
            Self::Pause => toggle(&mut switches.paused),
        }
    }
}

pub(crate) fn flip(
    mut pressed: MessageReader<Pressed>,
    mut switches: ResMut<Switches>,
    mut exit: MessageWriter<AppExit>,
) {
    for &Pressed(key) in pressed.read() {
        if key == KeyCode::Escape {
            exit.write(AppExit::Success);
        }
        for switch in Switch::ALL {
            if switch.key() == key {
                switch.flip(&mut switches);
            }
        }
    }
}

pub(crate) fn apply(
    switches: Res<Switches>,
    scene: Res<Scene>,
    assets: Res<AssetServer>,
    mut outputs: Query<&mut ImageOutput>,
    mut nodes: Query<&mut KinectImageNode>,
    mut playback: Query<&mut Playback>,
) {
    for mut output in &mut outputs {
        output.mirror = switches.mirror;
        output.false_color = (!switches.data).then(FalseColor::default);
        output.resolution = RESOLUTIONS[switches.resolution].1;
        (_, output.scaling, output.sampling) = SAMPLINGS[switches.sampling];
        output.hidden = match switches.bleed {
            true => HiddenColor::Bleed,
            false => HiddenColor::Hide,
        };
        output.timing = match switches.bodies {
            true => ImageTiming::Bodies,
            false => ImageTiming::Live,
        };
        output.passes = passes(switches.filter, &assets);
    }
    for mut node in &mut nodes {
        node.fill = FILLS[switches.fill].1;
    }
    if let Ok(mut playback) = playback.get_mut(scene.sensor) {
        playback.paused = switches.paused;
    }
}

/// Thresholds are in metres for depth and points, and from 0 to 1 for the other kinds.
fn passes(filter: usize, assets: &AssetServer) -> Vec<OutputPass> {
    let (filter, repeat) = match FILTERS.get(filter) {
        Some(&"hole filling") => (OutputFilter::HoleFill { radius: 4 }, 2),
        Some(&"bilateral") => (
            OutputFilter::Bilateral {
                radius: 4,
                threshold: 0.08,
            },
            2,
        ),
        Some(&"temporal") => (
            OutputFilter::Temporal {
                keep: 0.8,
                threshold: 0.05,
            },
            1,
        ),
        Some(&"own shader") => (
            OutputFilter::Custom {
                shader: assets.load("shaders/outlines.wgsl"),
                params: [Vec4::new(0.06, 1.0, 0.0, 0.0), Vec4::ZERO],
            },
            1,
        ),
        _ => return Vec::new(),
    };
    vec![OutputPass { filter, repeat }]
}
