//! The snippets of the README and of the page about people, compiled with only the preludes, and a test that both contain exactly these
//! snippets.

#![allow(dead_code, reason = "the snippets are compiled, not called")]

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

mod first_lines {
    use super::*;

    fn main() {
        App::new()
            .add_plugins((DefaultPlugins, KinectAzurePlugin))
            .add_systems(Startup, setup)
            .run();

        fn setup(mut commands: Commands) {
            commands.spawn((KinectSensor::simulated(), PointCloud::default()));
            commands.spawn(Camera3d::default());
        }
    }
}

mod images {
    use super::*;

    fn setup(mut commands: Commands) {
        let sensor = commands.spawn(KinectSensor::recording("visitors.mkv")).id();
        commands.spawn((ImageOutput::new(ImageKind::Color), ImageOutputOf(sensor)));
        commands.spawn((
            ImageOutput::new(ImageKind::Depth).false_color(),
            ImageOutputOf(sensor),
        ));
        commands.spawn(Camera2d);
    }

    fn show(outputs: Query<&OutputImage, Added<OutputImage>>, mut commands: Commands) {
        for output in &outputs {
            commands.spawn(ImageNode::new(output.image.clone()));
        }
    }
}

mod people {
    use super::*;

    fn setup(mut commands: Commands) {
        commands
            .spawn((KinectSensor::simulated(), BodyTracking::default()))
            .observe(|entered: On<PlayerEntered>| info!("player {} has come", entered.id));
    }

    fn hands(joints: Query<(&BodyJoint, &TrackedJoint, &GlobalTransform)>) {
        for (joint, data, place) in &joints {
            if joint.joint == Joint::HandRight && data.confidence >= JointConfidence::Medium {
                info!("a right hand at {}", place.translation());
            }
        }
    }

    fn turned_sensor(mut commands: Commands) {
        commands.spawn((
            KinectSensor::device(),
            BodyTracking::new(TrackerSettings {
                tracker: Tracker::Onnx,
                model: Some("movenet-multipose.onnx".into()),
                processing_mode: ProcessingMode::Cpu,
                orientation: SensorOrientation::Clockwise90,
                ..default()
            }),
        ));
    }
}

fn live_sensor(mut commands: Commands) {
    commands.spawn((
        KinectSensor::new(SensorSource::Device(DeviceSettings {
            device: DeviceSelector::Serial("000123456789".into()),
            depth_mode: DepthMode::NfovUnbinned,
            color_resolution: ColorResolution::R1080p,
            ..default()
        })),
        SensorColorControls(ColorControls {
            exposure: Exposure::Manual(8330),
            ..default()
        }),
        Recorder {
            path: "visitors.mkv".into(),
            active: true,
            ..default()
        },
    ));
}

fn output(mut commands: Commands, sensor: Entity) {
    commands.spawn((
        ImageOutput {
            kind: ImageKind::Depth,
            aligned: true,
            resolution: OutputResolution::Half,
            mirror: true,
            passes: vec![OutputPass {
                filter: OutputFilter::HoleFill { radius: 3 },
                repeat: 1,
            }],
            ..default()
        },
        ImageOutputOf(sensor),
    ));
}

fn simulated_sensor(mut commands: Commands) {
    commands.spawn(KinectSensor::new(SensorSource::Simulation(
        SimulationSettings {
            scenario: Scenario::Single(MotionKind::Wave),
            people: 2,
            seed: 7,
            noise: Noise::default(),
            ..default()
        },
    )));
}

/// Code without comments, white space and the commas that only rustfmt wants.
fn essence(code: &str) -> String {
    let code: String = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    [")", "]", "}"].iter().fold(code, |code, bracket| {
        code.replace(&format!(",{bracket}"), bracket)
    })
}

/// The blocks of Rust in a Markdown text.
fn rust_blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match &mut block {
            None if line.starts_with("```rust") => block = Some(String::new()),
            None => {}
            Some(_) if line.starts_with("```") => blocks.extend(block.take()),
            Some(code) => {
                code.push_str(line);
                code.push('\n');
            }
        }
    }
    blocks
}

#[test]
fn every_snippet_of_the_manual_is_compiled_here() {
    let compiled = essence(include_str!("readme.rs"));
    for (name, page, least) in [
        ("README.md", include_str!("../../README.md"), 5),
        ("docs/people.md", include_str!("../../docs/people.md"), 2),
    ] {
        let snippets = rust_blocks(page);
        assert!(
            snippets.len() >= least,
            "{name}: {} snippets",
            snippets.len()
        );
        for snippet in snippets {
            assert!(
                compiled.contains(&essence(&snippet)),
                "{name} shows code that this file does not compile:\n{snippet}"
            );
        }
    }
}
