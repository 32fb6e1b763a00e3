//! Writes the mannequin of `assets/mannequin.glb`: a rigged model that apps and examples can use as an avatar.
//!
//! ```text
//! cargo run -p kinect_avatar --example mannequin -- assets/mannequin.glb
//! ```
//!
//! The surface is that of a simulated person without clothes and face; colours of corners make joints and visor darker. The
//! material's base colour multiplies them: it is the player's colour.

use std::path::PathBuf;
use std::process::ExitCode;

use glam::Vec3;
use kinect_azure::Joint;
use kinect_simulation::Mannequin;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("error: name the file to write, for example assets/mannequin.glb");
        return ExitCode::from(2);
    };
    let file = glb(&Mannequin::new());
    if let Err(error) = std::fs::write(&path, &file) {
        eprintln!("error: {}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    println!("{}: {} bytes", path.display(), file.len());
    ExitCode::SUCCESS
}

/// The bones, by the joints at their upper ends; those of the left side stand for both.
const BONES: [(Joint, &str); 14] = [
    (Joint::Pelvis, "Hips"),
    (Joint::SpineNavel, "Spine"),
    (Joint::SpineChest, "Chest"),
    (Joint::Neck, "Neck"),
    (Joint::Head, "Head"),
    (Joint::ClavicleLeft, "LeftShoulder"),
    (Joint::ShoulderLeft, "LeftUpperArm"),
    (Joint::ElbowLeft, "LeftLowerArm"),
    (Joint::WristLeft, "LeftHand"),
    (Joint::HandLeft, "LeftFingers"),
    (Joint::HipLeft, "LeftUpperLeg"),
    (Joint::KneeLeft, "LeftLowerLeg"),
    (Joint::AnkleLeft, "LeftFoot"),
    (Joint::FootLeft, "LeftToes"),
];

fn bone_name(joint: Joint) -> Option<String> {
    let find = |joint| BONES.iter().find(|(own, _)| *own == joint);
    match (find(joint), find(joint.mirrored())) {
        (Some((_, name)), _) => Some((*name).to_owned()),
        (None, Some((_, name))) => Some(name.replace("Left", "Right")),
        (None, None) => None,
    }
}

/// The joints that are bones, parents before children.
fn bones() -> Vec<(Joint, String)> {
    Joint::ALL
        .into_iter()
        .filter_map(|joint| Some((joint, bone_name(joint)?)))
        .collect()
}

const LIGHT: Vec3 = Vec3::new(0.86, 0.87, 0.88);
const DARK: Vec3 = Vec3::new(0.20, 0.22, 0.25);

/// The colour of a corner: dark at joints and at the visor.
fn color(at: Vec3, skeleton: &[[f32; 3]; Joint::COUNT]) -> [u8; 4] {
    let joint = |joint: Joint| Vec3::from(skeleton[joint.index()]);
    // Joints and the radii of the dark around them, in metres.
    const DARKER: [(Joint, f32); 5] = [
        (Joint::ElbowLeft, 0.050),
        (Joint::WristLeft, 0.034),
        (Joint::KneeLeft, 0.062),
        (Joint::AnkleLeft, 0.052),
        (Joint::ShoulderLeft, 0.060),
    ];
    let mut dark = 0.0_f32;
    for (one, radius) in DARKER {
        for side in [one, one.mirrored()] {
            let far = at.distance(joint(side)) - radius;
            dark = dark.max(1.0 - smooth(far, -0.004, 0.024));
        }
    }
    // The neck is a ring, the visor an ellipse on the front of the head.
    let neck = joint(Joint::Neck);
    let level = (at.y - neck.y - 0.035).abs();
    let near = (at - neck) * Vec3::new(1.0, 0.0, 1.0);
    if near.length() < 0.085 {
        dark = dark.max(1.0 - smooth(level, 0.012, 0.030));
    }
    let visor =
        (at - joint(Joint::Head) - Vec3::new(0.0, 0.085, 0.10)) / Vec3::new(0.075, 0.042, 0.06);
    dark = dark.max(1.0 - smooth(visor.length(), 0.85, 1.15));
    let color = LIGHT.lerp(DARK, dark) * 255.0;
    [color.x as u8, color.y as u8, color.z as u8, 255]
}

fn smooth(x: f32, from: f32, to: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The binary part of the file, and what lies where in it.
#[derive(Default)]
struct Binary {
    bytes: Vec<u8>,
    views: Vec<Value>,
    accessors: Vec<Value>,
}

impl Binary {
    /// Adds values; `kind` and `component` are glTF's names for them. Returns the accessor's number.
    fn add(
        &mut self,
        bytes: &[u8],
        count: usize,
        kind: &str,
        component: u32,
        target: Option<u32>,
    ) -> usize {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let mut view =
            json!({"buffer": 0, "byteOffset": self.bytes.len(), "byteLength": bytes.len()});
        if let Some(target) = target {
            view["target"] = target.into();
        }
        self.bytes.extend_from_slice(bytes);
        self.views.push(view);
        let view = self.views.len() - 1;
        self.accessors.push(
            json!({"bufferView": view, "componentType": component, "count": count, "type": kind}),
        );
        self.accessors.len() - 1
    }
}

const FLOAT: u32 = 5126;
const BYTE: u32 = 5121;
const SHORT: u32 = 5123;
const VERTICES: Option<u32> = Some(34962);
const INDICES: Option<u32> = Some(34963);

fn floats(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}

/// Four weights as bytes whose sum is 255.
fn bytes_of(weights: [f32; 4]) -> [u8; 4] {
    let mut bytes = weights.map(|weight| (weight * 255.0).floor() as u8);
    let rest = 255 - bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    // The first is the largest.
    bytes[0] = bytes[0].saturating_add(u8::try_from(rest).unwrap_or(0));
    bytes
}

fn glb(mannequin: &Mannequin) -> Vec<u8> {
    let bones = bones();
    let place = |joint: Joint| Vec3::from(mannequin.skeleton[joint.index()]);
    let number = |joint: Joint| bones.iter().position(|(other, _)| *other == joint);
    // A joint that is no bone moves with the one above it.
    let bone_of = |joint: u8| {
        let above =
            core::iter::successors(Some(Joint::ALL[usize::from(joint)]), |joint| joint.parent());
        above.into_iter().find_map(number).unwrap_or(0) as u8
    };

    let mut binary = Binary::default();
    let count = mannequin.positions.len();
    let (mut low, mut high) = (Vec3::MAX, Vec3::MIN);
    for at in &mannequin.positions {
        low = low.min((*at).into());
        high = high.max((*at).into());
    }
    let positions = floats(mannequin.positions.iter().flatten().copied());
    let positions = binary.add(&positions, count, "VEC3", FLOAT, VERTICES);
    binary.accessors[positions]["min"] = json!(low.to_array());
    binary.accessors[positions]["max"] = json!(high.to_array());
    let normals = floats(mannequin.normals.iter().flatten().copied());
    let normals = binary.add(&normals, count, "VEC3", FLOAT, VERTICES);
    let joints: Vec<u8> = mannequin
        .joints
        .iter()
        .flatten()
        .map(|joint| bone_of(*joint))
        .collect();
    let joints = binary.add(&joints, count, "VEC4", BYTE, VERTICES);
    let weights: Vec<u8> = mannequin
        .weights
        .iter()
        .flat_map(|weights| bytes_of(*weights))
        .collect();
    let weights = binary.add(&weights, count, "VEC4", BYTE, VERTICES);
    binary.accessors[weights]["normalized"] = true.into();
    let colors: Vec<u8> = mannequin
        .positions
        .iter()
        .flat_map(|at| color((*at).into(), &mannequin.skeleton))
        .collect();
    let colors = binary.add(&colors, count, "VEC4", BYTE, VERTICES);
    binary.accessors[colors]["normalized"] = true.into();
    let corners: Vec<u8> = mannequin
        .triangles
        .iter()
        .flatten()
        .flat_map(|corner| (*corner as u16).to_le_bytes())
        .collect();
    let corners = binary.add(
        &corners,
        mannequin.triangles.len() * 3,
        "SCALAR",
        SHORT,
        INDICES,
    );
    // Bones have no rotation at rest: the inverse of a bind pose only moves.
    let binds = bones.iter().flat_map(|(joint, _)| {
        let back = -place(*joint);
        [
            1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, back.x, back.y, back.z, 1.0,
        ]
    });
    let binds = binary.add(&floats(binds), bones.len(), "MAT4", FLOAT, None);

    // The first nodes are the bones, then come the skin and what holds both.
    let mut nodes: Vec<Value> = bones
        .iter()
        .map(|(joint, name)| {
            let above = joint.parent().map_or(Vec3::ZERO, place);
            let children: Vec<usize> = bones
                .iter()
                .enumerate()
                .filter(|(_, (other, _))| other.parent() == Some(*joint))
                .map(|(number, _)| number)
                .collect();
            let mut node = json!({"name": name, "translation": (place(*joint) - above).to_array()});
            if !children.is_empty() {
                node["children"] = json!(children);
            }
            node
        })
        .collect();
    let skin = nodes.len();
    nodes.push(json!({"name": "Body", "mesh": 0, "skin": 0}));
    nodes.push(json!({"name": "Mannequin", "children": [0, skin]}));
    let root = nodes.len() - 1;
    let file = json!({
        "asset": {"version": "2.0", "generator": "kinect_avatar", "copyright": "MIT OR Apache-2.0"},
        "scene": 0,
        "scenes": [{"name": "Mannequin", "nodes": [root]}],
        "nodes": nodes,
        "meshes": [{"name": "Body", "primitives": [{
            "attributes": {
                "POSITION": positions, "NORMAL": normals, "JOINTS_0": joints, "WEIGHTS_0": weights, "COLOR_0": colors,
            },
            "indices": corners,
            "material": 0,
        }]}],
        "skins": [{"joints": (0..bones.len()).collect::<Vec<_>>(), "inverseBindMatrices": binds, "skeleton": 0}],
        "materials": [{"name": "Body", "pbrMetallicRoughness": {
            "baseColorFactor": [1.0, 1.0, 1.0, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.55,
        }}],
        "buffers": [{"byteLength": binary.bytes.len()}],
        "bufferViews": binary.views,
        "accessors": binary.accessors,
    });
    container(file.to_string().into_bytes(), binary.bytes)
}

/// A GLB container.
fn container(mut text: Vec<u8>, mut binary: Vec<u8>) -> Vec<u8> {
    text.resize(text.len().next_multiple_of(4), b' ');
    binary.resize(binary.len().next_multiple_of(4), 0);
    let length = 12 + 8 + text.len() + 8 + binary.len();
    let mut file = Vec::with_capacity(length);
    file.extend(b"glTF");
    file.extend(2_u32.to_le_bytes());
    file.extend((length as u32).to_le_bytes());
    for (kind, chunk) in [(b"JSON", text), (b"BIN\0", binary)] {
        file.extend((chunk.len() as u32).to_le_bytes());
        file.extend(kind);
        file.extend(chunk);
    }
    file
}
