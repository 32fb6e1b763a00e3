//! Generates rigs: a naming scheme, a rest pose, axes, twist bones, a VRM table.

use glam::{Affine3A, Mat3, Quat, Vec3};
use kinect_avatar::{HumanBone, Rig, RigBone};

use crate::schemes::{self, Scheme};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    T,
    A,
    ArmsDown,
    Sitting,
}

impl Rest {
    pub(crate) const ALL: [Self; 4] = [Self::T, Self::A, Self::ArmsDown, Self::Sitting];
}

/// How a model is oriented, and what stands above its bones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axes {
    /// Metres, y up, facing +z; all bones have the axes of the model.
    YUp,
    /// A root turns a skeleton in centimetres with z up, and bones have axes of their own.
    ZUpRoot,
    /// z up in model space, too, facing −y.
    ZUp,
    /// Faces −z, as VRM 0.x does.
    FacingBack,
    /// A root with a negative scale.
    Mirrored,
}

impl Axes {
    pub(crate) const ALL: [Self; 5] = [
        Self::YUp,
        Self::ZUpRoot,
        Self::ZUp,
        Self::FacingBack,
        Self::Mirrored,
    ];

    /// From body axes to model space.
    pub(crate) fn to_model(self) -> Mat3 {
        match self {
            Self::YUp | Self::ZUpRoot => Mat3::IDENTITY,
            Self::ZUp => Mat3::from_rotation_x(core::f32::consts::FRAC_PI_2),
            Self::FacingBack => Mat3::from_rotation_y(core::f32::consts::PI),
            Self::Mirrored => Mat3::from_diagonal(Vec3::new(-1.0, 1.0, 1.0)),
        }
    }

    /// The node above the skeleton.
    fn root(self) -> Affine3A {
        match self {
            Self::YUp => Affine3A::IDENTITY,
            Self::ZUpRoot => Affine3A::from_scale_rotation_translation(
                Vec3::splat(0.01),
                Quat::from_rotation_x(-core::f32::consts::FRAC_PI_2),
                Vec3::ZERO,
            ),
            Self::ZUp => Affine3A::IDENTITY,
            Self::FacingBack => Affine3A::from_rotation_y(0.3),
            Self::Mirrored => Affine3A::from_scale(Vec3::new(-1.0, 1.0, 1.0)),
        }
    }
}

/// A generated rig and what is true of it.
pub(crate) struct Generated {
    pub(crate) rig: Rig,
    /// Every bone's part of the body, where a test compares it.
    pub(crate) parts: Vec<Option<HumanBone>>,
    /// How each bone is turned against the T-pose at rest, in body axes.
    pub(crate) posed: Vec<Quat>,
    pub(crate) to_model: Mat3,
}

struct Row {
    name: String,
    parent: String,
    place: String,
    part: Option<HumanBone>,
    right: bool,
}

fn rows(scheme: &Scheme, twists: bool) -> Vec<Row> {
    let lines = scheme
        .bones
        .lines()
        .chain(scheme.twists.lines().filter(|_| twists));
    let mut rows = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split(';').collect();
        let part = (!cells[3].is_empty()).then(|| match cells[3] {
            // The upper end of the spine, whatever its part is called.
            "chest" => HumanBone::UpperChest,
            name => HumanBone::from_name(name).unwrap(),
        });
        let sided = line.contains('%') && cells[0].contains('%');
        for right in [false, true] {
            if right && !sided {
                continue;
            }
            let side = |text: &str| text.replace('%', scheme.sides[usize::from(right)]);
            rows.push(Row {
                name: side(cells[0]),
                parent: side(cells[1]),
                place: cells[2].to_owned(),
                part: part.map(|part| if right { part.mirrored() } else { part }),
                right,
            });
        }
    }
    rows
}

/// A place in the T-pose, in metres and body axes, and the joint of the limb that it hangs on.
fn place(name: &str) -> (Vec3, Limb) {
    use Limb::{Foot, LowerArm, LowerLeg, Trunk, UpperArm, UpperLeg};
    let v = Vec3::new;
    match name {
        "root" => (Vec3::ZERO, Trunk),
        "hips" => (v(0.0, 0.95, 0.0), Trunk),
        "spine 1" => (v(0.0, 1.05, 0.0), Trunk),
        "spine 2" => (v(0.0, 1.17, -0.01), Trunk),
        "spine 3" => (v(0.0, 1.30, -0.02), Trunk),
        "neck" => (v(0.0, 1.48, -0.01), Trunk),
        "neck 2" => (v(0.0, 1.53, 0.0), Trunk),
        "head" => (v(0.0, 1.58, 0.01), Trunk),
        "top" => (v(0.0, 1.80, 0.02), Trunk),
        "clavicle" => (v(0.03, 1.43, 0.0), Trunk),
        "between" => (v(0.12, 1.43, 0.0), Trunk),
        "upper arm" => (v(0.18, 1.43, 0.0), UpperArm),
        "upper arm 2" => (v(0.32, 1.43, 0.0), UpperArm),
        "lower arm" => (v(0.46, 1.43, 0.0), LowerArm),
        "lower arm 2" => (v(0.585, 1.43, 0.0), LowerArm),
        "wrist" => (v(0.69, 1.43, 0.0), LowerArm),
        "hand" => (v(0.71, 1.43, 0.0), LowerArm),
        "index" => (v(0.80, 1.43, 0.03), LowerArm),
        "middle" => (v(0.81, 1.43, 0.0), LowerArm),
        "thumb" => (v(0.74, 1.42, 0.04), LowerArm),
        "thigh" => (v(0.09, 0.92, 0.0), UpperLeg),
        "thigh 2" => (v(0.09, 0.71, 0.0), UpperLeg),
        "calf" => (v(0.09, 0.50, 0.0), LowerLeg),
        "calf 2" => (v(0.09, 0.30, 0.0), LowerLeg),
        "foot" => (v(0.09, 0.09, 0.0), Foot),
        "toes" => (v(0.09, 0.02, 0.14), Foot),
        "toe end" => (v(0.09, 0.02, 0.20), Foot),
        other => panic!("no place {other}"),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limb {
    Trunk,
    UpperArm,
    LowerArm,
    UpperLeg,
    LowerLeg,
    Foot,
}

/// Where a place of the left side is in a rest pose, and how its bone is turned against the T-pose.
fn posed(rest: Rest, name: &str) -> (Vec3, Quat) {
    let (at, limb) = place(name);
    let (side, bend, spread, sit) = match rest {
        Rest::T => (0.0, 0.0, 0.0, 0.0),
        Rest::A => (-0.8, -0.15, 0.12, 0.0),
        Rest::ArmsDown => (-1.45, -0.1, 0.02, 0.0),
        Rest::Sitting => (-1.2, -0.9, 0.04, -1.45),
    };
    let shoulder = place("upper arm").0;
    let elbow = place("lower arm").0;
    let hip = place("thigh").0;
    let knee = place("calf").0;
    let ankle = place("foot").0;
    let arm = Quat::from_rotation_z(side);
    // Elbows bend forwards.
    let fore = arm * Quat::from_rotation_y(bend);
    let thigh = Quat::from_rotation_x(sit) * Quat::from_rotation_z(spread);
    let shank = Quat::from_rotation_z(spread);
    let elbow_now = shoulder + arm * (elbow - shoulder);
    let knee_now = hip + thigh * (knee - hip);
    let ankle_now = knee_now + shank * (ankle - knee);
    match limb {
        Limb::Trunk => (at, Quat::IDENTITY),
        Limb::UpperArm => (shoulder + arm * (at - shoulder), arm),
        Limb::LowerArm => (elbow_now + fore * (at - elbow), fore),
        Limb::UpperLeg => (hip + thigh * (at - hip), thigh),
        Limb::LowerLeg => (knee_now + shank * (at - knee), shank),
        Limb::Foot => (ankle_now + (at - ankle), Quat::IDENTITY),
    }
}

/// Rigs of every scheme, rest pose and kind of axes, with and without twist bones, that can be told apart; each with its name.
pub(crate) fn everything() -> impl Iterator<Item = (String, Generated)> {
    let rests = schemes::ALL
        .iter()
        .flat_map(|scheme| Rest::ALL.map(|rest| (scheme, rest)));
    let axes = rests.flat_map(|(scheme, rest)| Axes::ALL.map(|axes| (scheme, rest, axes)));
    axes.filter(|&(scheme, rest, axes)| {
        // Without words, left and right are told by toes, which the mirror exchanges; sitting, by nothing that tells feet from
        // hands.
        scheme.name != "no words" || (axes != Axes::Mirrored && rest != Rest::Sitting)
    })
    .flat_map(|(scheme, rest, axes)| {
        [false, true].map(|twists| {
            let name = format!("{} {rest:?} {axes:?} {twists}", scheme.name);
            (name, generate(scheme, rest, axes, twists))
        })
    })
}

pub(crate) fn generate(scheme: &Scheme, rest: Rest, axes: Axes, twists: bool) -> Generated {
    let rows = rows(scheme, twists);
    let to_model = axes.to_model();
    let root = axes.root();
    let mirror = Vec3::new(-1.0, 1.0, 1.0);
    let mut bones = vec![RigBone::new("Armature", None, root.translation.into())];
    bones[0].is_joint = false;
    let (scale, rotation, translation) = root.to_scale_rotation_translation();
    (bones[0].scale, bones[0].rotation, bones[0].translation) = (scale, rotation, translation);
    let mut frames = vec![root];
    let mut parts = vec![None];
    let mut turned = vec![Quat::IDENTITY];
    for (n, row) in rows.iter().enumerate() {
        let (at, turn) = posed(rest, &row.place);
        let (at, turn) = if row.right {
            (
                at * mirror,
                Quat::from_xyzw(turn.x, -turn.y, -turn.z, turn.w),
            )
        } else {
            (at, turn)
        };
        let parent = rows[..n]
            .iter()
            .position(|other| other.name == row.parent)
            .map_or(0, |p| p + 1);
        // Rigs with a root of their own give every bone axes of its own.
        let own = match axes {
            Axes::YUp => Quat::IDENTITY,
            _ => Quat::from_euler(
                glam::EulerRot::XYZ,
                n as f32 * 1.3,
                n as f32 * 0.7,
                n as f32 * 2.1,
            ),
        };
        let above = frames[parent];
        let model = to_model * at;
        let mut bone = RigBone::new(
            &row.name,
            Some(parent),
            above.inverse().transform_point3(model),
        );
        let (_, above_turn, _) = above.to_scale_rotation_translation();
        bone.rotation = if axes == Axes::Mirrored || axes == Axes::YUp {
            own
        } else {
            above_turn.inverse() * own
        };
        frames.push(
            above
                * Affine3A::from_scale_rotation_translation(
                    bone.scale,
                    bone.rotation,
                    bone.translation,
                ),
        );
        bones.push(bone);
        parts.push(row.part);
        turned.push(turn);
    }
    Generated {
        rig: Rig::new(bones),
        parts,
        posed: turned,
        to_model,
    }
}
