//! A stage for avatars: an app that loads models from memory, and players whose poses a test writes.

use std::path::Path;
use std::time::Duration;

use bevy::asset::io::memory::{Dir, MemoryAssetReader};
use bevy::asset::io::{AssetSourceBuilder, AssetSourceId};
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::settings::WgpuSettings;
use bevy::time::TimeUpdateStrategy;
use bevy_kinect_azure::kinect_azure::units;
use bevy_kinect_azure::kinect_simulation::{
    MotionKind, Scenario, SimulatedPeople, SimulationSettings,
};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::windowless;
use serde_json::{Value, json};

use crate::support::update_until;

/// The model of the repository.
pub(crate) const MANNEQUIN: &[u8] = include_bytes!("../../../assets/mannequin.glb");

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) sensor: Entity,
    files: Dir,
}

impl Stage {
    /// A stage with a sensor at that place; updates are a thirtieth of a second apart. Nothing is drawn.
    pub(crate) fn new(sensor: Transform) -> Self {
        let files = Dir::default();
        let root = files.clone();
        let mut app = App::new();
        app.register_asset_source(
            AssetSourceId::Default,
            AssetSourceBuilder::new(move || Box::new(MemoryAssetReader { root: root.clone() })),
        )
        .add_plugins(
            windowless::plugins()
                .set(RenderPlugin {
                    render_creation: WgpuSettings {
                        backends: None,
                        ..default()
                    }
                    .into(),
                    ..default()
                })
                .disable::<PipelinedRenderingPlugin>()
                .disable::<LogPlugin>(),
        )
        .add_plugins(KinectAzurePlugin)
        .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_micros(
            33_333,
        )));
        app.finish();
        app.cleanup();
        let sensor = app.world_mut().spawn((sensor, Visibility::default())).id();
        Self { app, sensor, files }
    }

    /// A file that apps can load.
    pub(crate) fn write(&self, name: &str, bytes: Vec<u8>) {
        self.files.insert_asset(Path::new(name), bytes);
    }

    /// Spawns an avatar with the model of a file, and waits until it is ready or known to be unusable.
    pub(crate) fn avatar(&mut self, name: &str, avatar: Avatar, place: Transform) -> Entity {
        let model = self
            .app
            .world()
            .resource::<AssetServer>()
            .load(GltfAssetLabel::Scene(0).from_asset(name.to_owned()));
        let avatar = self
            .app
            .world_mut()
            .spawn((WorldAssetRoot(model), avatar, place))
            .id();
        self.wait_for(avatar);
        avatar
    }

    pub(crate) fn wait_for(&mut self, avatar: Entity) {
        update_until(&mut self.app, "an avatar's model", |world| {
            let state = world.get::<AvatarState>(avatar).unwrap();
            state.is_ready() || state.problem.is_some()
        });
    }

    pub(crate) fn state(&self, avatar: Entity) -> &AvatarState {
        self.app.world().get(avatar).unwrap()
    }

    /// A player of the sensor.
    pub(crate) fn player(&mut self, slot: usize, body: &Body) -> Entity {
        let sensor = self.sensor;
        let player = Player {
            slot: Some(slot),
            id: slot as u32 + 1,
            ..default()
        };
        let world = self.app.world_mut();
        world.spawn((player, skeleton(body), ChildOf(sensor))).id()
    }

    pub(crate) fn pose(&mut self, player: Entity, body: &Body) {
        *self.app.world_mut().get_mut::<Skeleton>(player).unwrap() = skeleton(body);
    }

    pub(crate) fn update(&mut self, times: usize) {
        for _ in 0..times {
            self.app.update();
            self.assert_finite();
        }
    }

    /// No `Transform` may have a number that is not finite.
    fn assert_finite(&mut self) {
        let world = self.app.world_mut();
        let mut places = world.query::<(Option<&Name>, &Transform, &GlobalTransform)>();
        for (name, place, global) in places.iter(world) {
            assert!(place.is_finite(), "{name:?}: {place:?}");
            assert!(global.affine().is_finite(), "{name:?}: {global:?}");
        }
    }

    /// Where a bone is in the world.
    pub(crate) fn at(&self, avatar: Entity, bone: HumanBone) -> Vec3 {
        let bone = self.state(avatar).bone(bone).unwrap();
        self.global(bone).translation()
    }

    pub(crate) fn global(&self, entity: Entity) -> GlobalTransform {
        *self.app.world().get::<GlobalTransform>(entity).unwrap()
    }

    /// The local poses of all bones that were matched.
    pub(crate) fn locals(&self, avatar: Entity) -> Vec<Transform> {
        self.state(avatar)
            .bones
            .iter()
            .map(|(_, bone)| *self.app.world().get::<Transform>(*bone).unwrap())
            .collect()
    }

    /// The largest angle in degrees between bones of the avatar and segments of the person, whose directions `turn` turns into
    /// the avatar's world.
    pub(crate) fn error(&self, avatar: Entity, body: &Body, turn: Quat) -> f32 {
        let sensor = self.global(self.sensor);
        let joint = |joint: Joint| {
            sensor.transform_point(units::to_world(body.joint(joint).position).into())
        };
        SEGMENTS
            .into_iter()
            .flat_map(|(a, b, from, to)| {
                [
                    (a, b, from, to),
                    (a.mirrored(), b.mirrored(), from.mirrored(), to.mirrored()),
                ]
            })
            .map(|(a, b, from, to)| {
                let is = self.at(avatar, b) - self.at(avatar, a);
                let should = turn * (joint(to) - joint(from));
                is.angle_between(should).to_degrees()
            })
            .fold(0.0, f32::max)
    }
}

/// Bones whose direction is the person's segment, on the left side.
const SEGMENTS: [(HumanBone, HumanBone, Joint, Joint); 4] = [
    (
        HumanBone::LeftUpperArm,
        HumanBone::LeftLowerArm,
        Joint::ShoulderLeft,
        Joint::ElbowLeft,
    ),
    (
        HumanBone::LeftLowerArm,
        HumanBone::LeftHand,
        Joint::ElbowLeft,
        Joint::WristLeft,
    ),
    (
        HumanBone::LeftUpperLeg,
        HumanBone::LeftLowerLeg,
        Joint::HipLeft,
        Joint::KneeLeft,
    ),
    (
        HumanBone::LeftLowerLeg,
        HumanBone::LeftFoot,
        Joint::KneeLeft,
        Joint::AnkleLeft,
    ),
];

/// Settings without anything that moves bones away from the person's directions.
pub(crate) fn plain() -> RetargetSettings {
    RetargetSettings {
        plant_feet: false,
        blend_seconds: 0.0,
        ..default()
    }
}

/// A simulated person who does one motion, 30 times a second.
pub(crate) fn simulated(motion: MotionKind, frames: u32) -> Vec<Body> {
    let mut people = SimulatedPeople::new(&SimulationSettings {
        scenario: Scenario::Single(motion),
        people: 1,
        seed: 5,
        ..default()
    })
    .unwrap();
    (0..frames)
        .filter_map(|n| people.advance_to(f64::from(n) / 30.0).into_iter().next())
        .collect()
}

/// Where simulated sensors stand.
pub(crate) fn mount() -> Transform {
    Transform::from_xyz(0.0, 1.3, 0.0).with_rotation(Quat::from_rotation_x(-10.0_f32.to_radians()))
}

fn skeleton(body: &Body) -> Skeleton {
    let mut skeleton = Skeleton::default();
    for joint in Joint::ALL {
        let pose = body.joint(joint);
        let [w, x, y, z] = units::orientation_to_world(pose.orientation);
        skeleton.joints[joint.index()] = TrackedJoint {
            position: units::to_world(pose.position).into(),
            rotation: Quat::from_xyzw(x, y, z, w),
            confidence: pose.confidence,
            ..default()
        };
    }
    skeleton
}

/// The mannequin's file with changes to its JSON.
pub(crate) fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let length = |at: usize| u32::from_le_bytes(MANNEQUIN[at..at + 4].try_into().unwrap()) as usize;
    let text = &MANNEQUIN[20..20 + length(12)];
    let binary = &MANNEQUIN[20 + length(12)..];
    let mut file: Value = serde_json::from_slice(text).unwrap();
    change(&mut file);
    let mut text = file.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    let mut bytes = b"glTF\x02\0\0\0".to_vec();
    bytes.extend((12 + 8 + text.len() as u32 + binary.len() as u32).to_le_bytes());
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(b"JSON");
    bytes.extend(text);
    bytes.extend(binary);
    bytes
}

/// The number of a node.
pub(crate) fn node(file: &Value, name: &str) -> usize {
    let nodes = file["nodes"].as_array().unwrap();
    nodes.iter().position(|node| node["name"] == name).unwrap()
}

/// Gives all nodes names that tell nothing.
pub(crate) fn without_names(file: &mut Value) {
    for (number, node) in file["nodes"].as_array_mut().unwrap().iter_mut().enumerate() {
        node["name"] = format!("n{number}").into();
    }
}

/// The VRM 1.0 table of the mannequin.
pub(crate) fn vrm_1(file: &Value) -> Value {
    let bones: serde_json::Map<String, Value> = table(file)
        .map(|(bone, node)| (bone.name().to_owned(), json!({"node": node})))
        .collect();
    json!({"VRMC_vrm": {"specVersion": "1.0", "humanoid": {"humanBones": bones}}})
}

/// The VRM 0.x table of the mannequin.
pub(crate) fn vrm_0(file: &Value) -> Value {
    let bones: Vec<Value> = table(file)
        .map(|(bone, node)| json!({"bone": bone.name(), "node": node}))
        .collect();
    json!({"VRM": {"humanoid": {"humanBones": bones}}})
}

fn table(file: &Value) -> impl Iterator<Item = (HumanBone, usize)> {
    let nodes = file["nodes"].as_array().unwrap();
    HumanBone::ALL.into_iter().filter_map(move |bone| {
        let name = nodes.iter().position(|node| {
            node["name"]
                .as_str()
                .unwrap()
                .eq_ignore_ascii_case(bone.name())
        });
        Some((bone, name?))
    })
}
