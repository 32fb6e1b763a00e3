//! Rigs of glTF files: nodes, skins, and the humanoid table of VRM 1.0 and 0.x.

use glam::{Mat4, Quat, Vec3};
use serde_json::Value;

use crate::human::HumanBone;
use crate::rig::{Rig, RigBone};

/// A file that has no rig.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GltfError {
    /// The file is neither a GLB container nor glTF JSON.
    #[error("this is not a glTF file: {0}; export the model as .glb, .gltf or .vrm")]
    NotGltf(String),
    /// The file has no nodes.
    #[error("the glTF file has no nodes, so it has no bones")]
    NoNodes,
}

/// Reads the rig of a `.glb`, `.gltf` or `.vrm` file: one bone for each node, with the node's number.
///
/// Meshes and materials are not looked at. A VRM extension that is broken is left out; names decide then.
///
/// # Errors
/// Fails if the bytes are not glTF, or if the file has no nodes.
pub fn rig(bytes: &[u8]) -> Result<Rig, GltfError> {
    rig_of_json(&json(bytes)?)
}

/// The JSON of a `.glb`, `.gltf` or `.vrm` file.
///
/// # Errors
/// Fails if the bytes are neither a GLB container with JSON in it, nor JSON.
pub fn json(bytes: &[u8]) -> Result<Value, GltfError> {
    let text = if bytes.starts_with(b"glTF") {
        let length = bytes
            .get(12..16)
            .and_then(|b| b.try_into().ok())
            .map_or(0, u32::from_le_bytes) as usize;
        bytes
            .get(20..)
            .and_then(|rest| rest.get(..length))
            .ok_or_else(|| GltfError::NotGltf("the file ends within its JSON".into()))?
    } else {
        bytes
    };
    serde_json::from_slice(text).map_err(|error| GltfError::NotGltf(error.to_string()))
}

/// Like [`rig`], for the JSON of a file.
///
/// # Errors
/// Fails if the file has no nodes.
pub fn rig_of_json(file: &Value) -> Result<Rig, GltfError> {
    let nodes = file["nodes"].as_array().ok_or(GltfError::NoNodes)?;
    let mut bones: Vec<RigBone> = nodes
        .iter()
        .enumerate()
        .map(|(n, node)| bone(n, node))
        .collect();
    for (parent, node) in nodes.iter().enumerate() {
        for child in indices(&node["children"]) {
            if let Some(bone) = bones.get_mut(child) {
                bone.parent = Some(parent);
            }
        }
    }
    for skin in file["skins"].as_array().into_iter().flatten() {
        for joint in indices(&skin["joints"]) {
            if let Some(bone) = bones.get_mut(joint) {
                bone.is_joint = true;
            }
        }
    }
    Ok(Rig::new(bones).with_humanoid(humanoid(&file["extensions"])))
}

/// The humanoid table of a VRM file from the extensions of its glTF root (`VRMC_vrm` of VRM 1.0, `VRM` of 0.x), with numbers
/// of nodes. Entries of bones that bodies do not move, such as fingers, and entries that are broken are left out.
pub fn humanoid(extensions: &Value) -> Vec<(HumanBone, usize)> {
    let mut table = Vec::new();
    let mut add = |name: &str, node: &Value| {
        if let (Some(bone), Some(node)) = (HumanBone::from_name(name), index(node)) {
            table.push((bone, node));
        }
    };
    if let Some(bones) = extensions["VRMC_vrm"]["humanoid"]["humanBones"].as_object() {
        for (name, entry) in bones {
            add(name, &entry["node"]);
        }
    } else if let Some(bones) = extensions["VRM"]["humanoid"]["humanBones"].as_array() {
        for entry in bones {
            add(entry["bone"].as_str().unwrap_or_default(), &entry["node"]);
        }
    }
    table
}

fn bone(number: usize, node: &Value) -> RigBone {
    let name = node["name"]
        .as_str()
        .map_or_else(|| format!("node {number}"), str::to_owned);
    let mut bone = RigBone::new(name, None, Vec3::ZERO);
    bone.is_joint = false;
    if let Some(matrix) = numbers::<16>(&node["matrix"]) {
        let (scale, rotation, translation) =
            Mat4::from_cols_array(&matrix).to_scale_rotation_translation();
        (bone.scale, bone.rotation, bone.translation) = (scale, rotation, translation);
    }
    if let Some(translation) = numbers(&node["translation"]) {
        bone.translation = Vec3::from_array(translation);
    }
    if let Some(rotation) = numbers(&node["rotation"]) {
        bone.rotation = Quat::from_array(rotation);
    }
    if let Some(scale) = numbers(&node["scale"]) {
        bone.scale = Vec3::from_array(scale);
    }
    bone
}

fn index(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

fn indices(value: &Value) -> impl Iterator<Item = usize> + '_ {
    value.as_array().into_iter().flatten().filter_map(index)
}

fn numbers<const N: usize>(value: &Value) -> Option<[f32; N]> {
    let list = value.as_array().filter(|list| list.len() == N)?;
    let mut numbers = [0.0; N];
    for (number, value) in numbers.iter_mut().zip(list) {
        *number = value.as_f64()? as f32;
    }
    Some(numbers)
}
