//! What people wear: parts on the bones of avatars.

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::NoFrustumCulling;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::prelude::*;
use clap::ValueEnum;

/// How many players are dressed.
const PLAYERS: usize = 6;

/// What people wear.
#[derive(Resource, ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dress {
    /// A crown, wings, shoulder pieces and bracelets.
    #[default]
    Costume,
    /// The whole mannequin.
    Mannequin,
    /// Nothing: the colour image alone.
    Nothing,
}

impl Dress {
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Costume => Self::Mannequin,
            Self::Mannequin => Self::Nothing,
            Self::Nothing => Self::Costume,
        }
    }
}

/// A part of a costume.
#[derive(Component)]
pub(crate) struct Part;

/// The mesh of a mannequin.
#[derive(Component)]
pub(crate) struct Skin;

/// A wing, with its side: 1 for the left one.
#[derive(Component)]
pub(crate) struct Wing(f32);

/// The meshes of parts and the material of metal.
#[derive(Resource)]
pub(crate) struct Parts {
    band: Handle<Mesh>,
    point: Handle<Mesh>,
    jewel: Handle<Mesh>,
    pad: Handle<Mesh>,
    bracelet: Handle<Mesh>,
    wing: Handle<Mesh>,
    gold: Handle<StandardMaterial>,
}

pub(crate) fn make_parts(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    commands.insert_resource(Parts {
        band: meshes.add(Torus::new(0.088, 0.102)),
        point: meshes.add(Cone::new(0.02, 0.075)),
        jewel: meshes.add(Sphere::new(0.014)),
        pad: meshes.add(Sphere::new(0.085)),
        bracelet: meshes.add(Cylinder::new(0.05, 0.13)),
        wing: meshes.add(wing()),
        gold: materials.add(StandardMaterial {
            base_color: Color::srgb(0.95, 0.72, 0.28),
            metallic: 0.3,
            perceptual_roughness: 0.35,
            ..default()
        }),
    });
}

/// A wing in the plane z = 0 that grows from the origin towards +x: feathers around two lobes, bright at the root.
fn wing() -> Mesh {
    const FEATHERS: usize = 72;
    let mut places = vec![[0.0, 0.0, 0.0]];
    let mut colors = vec![[1.0, 1.0, 1.0, 0.95]];
    for n in 0..=FEATHERS {
        let share = n as f32 / FEATHERS as f32;
        // From the upper edge round to the lower one.
        let angle = 1.15 - 2.35 * share;
        let lobes = 0.62 + 0.26 * (share * 5.2).cos() - 0.12 * share;
        let feather = 1.0 - 0.07 * (n % 6) as f32 / 5.0;
        let radius = lobes * feather;
        places.push([radius * angle.cos(), radius * angle.sin(), -0.08 * radius]);
        colors.push([1.0, 1.0, 1.0, 0.22]);
    }
    let indices = (1..=FEATHERS as u32).flat_map(|n| [0, n + 1, n]).collect();
    let normals = vec![[0.0, 0.0, 1.0]; places.len()];
    Mesh::new(
        PrimitiveTopology::TriangleList,
        RenderAssetUsages::RENDER_WORLD,
    )
    .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, places)
    .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
    .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, colors)
    .with_inserted_indices(Indices::U32(indices))
}

pub(crate) fn spawn(mut commands: Commands, assets: Res<AssetServer>) {
    let model = assets.load(GltfAssetLabel::Scene(0).from_asset("mannequin.glb"));
    for slot in 0..PLAYERS {
        let avatar = Avatar {
            life_size: true,
            ..Avatar::slot(slot).with_settings(RetargetSettings {
                mirror: true,
                // Parts lie where the person is seen, not where a foot stood.
                plant_feet: false,
                reach_hands: true,
                ..default()
            })
        };
        commands.spawn((WorldAssetRoot(model.clone()), avatar, Visibility::Hidden));
    }
}

/// Dresses an avatar whose model is there.
pub(crate) fn put_on(
    ready: On<AvatarReady>,
    mut commands: Commands,
    parts: Res<Parts>,
    avatars: Query<(&Avatar, &AvatarState)>,
    children: Query<&Children>,
    skins: Query<&MeshMaterial3d<StandardMaterial>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let Ok((avatar, state)) = avatars.get(ready.avatar) else {
        return;
    };
    let slot = match avatar.player {
        AvatarPlayer::Slot(slot) => slot,
        _ => 0,
    };
    let [r, g, b] = PLAYER_COLORS[slot % PLAYER_COLORS.len()];
    let color = Color::srgb_u8(r, g, b);
    for part in children.iter_descendants(ready.avatar) {
        if let Some(material) = skins.get(part).ok().and_then(|skin| materials.get(&skin.0)) {
            let painted = StandardMaterial {
                base_color: color,
                ..material.clone()
            };
            let painted = materials.add(painted);
            commands
                .entity(part)
                .insert((Skin, MeshMaterial3d(painted), NoFrustumCulling));
        }
    }
    let enamel = materials.add(StandardMaterial {
        base_color: color,
        perceptual_roughness: 0.4,
        ..default()
    });
    let light = materials.add(StandardMaterial {
        base_color: color.lighter(0.12),
        unlit: true,
        alpha_mode: AlphaMode::Add,
        cull_mode: None,
        ..default()
    });
    let mut put =
        |bone: HumanBone, mesh: &Handle<Mesh>, material: &Handle<StandardMaterial>, place| {
            let bone = state.bone(bone)?;
            let part = (
                Part,
                Mesh3d(mesh.clone()),
                MeshMaterial3d(material.clone()),
                place,
                ChildOf(bone),
            );
            Some(commands.spawn(part).id())
        };
    // The mannequin's bones have the model's axes at rest: x to the left, y up, z forward.
    let brow = Vec3::new(0.0, 0.155, 0.015);
    put(
        HumanBone::Head,
        &parts.band,
        &parts.gold,
        Transform::from_translation(brow),
    );
    for n in 0..8 {
        let angle = n as f32 / 8.0 * core::f32::consts::TAU;
        let around = Vec3::new(angle.sin(), 0.0, angle.cos()) * 0.095;
        let point = Transform::from_translation(brow + around + Vec3::Y * 0.04);
        put(HumanBone::Head, &parts.point, &parts.gold, point);
        let jewel = Transform::from_translation(brow + around * 1.06);
        put(HumanBone::Head, &parts.jewel, &enamel, jewel);
    }
    let mut wings = Vec::new();
    for (side, arm, lower) in [
        (1.0, HumanBone::LeftUpperArm, HumanBone::LeftLowerArm),
        (-1.0, HumanBone::RightUpperArm, HumanBone::RightLowerArm),
    ] {
        let pad = Transform::from_xyz(0.02 * side, 0.02, 0.0).with_scale(Vec3::new(1.1, 0.75, 1.0));
        put(arm, &parts.pad, &parts.gold, pad);
        let along = Quat::from_rotation_z(core::f32::consts::FRAC_PI_2);
        let bracelet = Transform::from_xyz(0.16 * side, 0.0, 0.0).with_rotation(along);
        put(lower, &parts.bracelet, &enamel, bracelet);
        let back = Transform::from_xyz(0.05 * side, 0.12, -0.13);
        wings.extend(put(HumanBone::Chest, &parts.wing, &light, back).zip(Some(side)));
    }
    for (wing, side) in wings {
        commands.entity(wing).insert(Wing(side));
    }
}

/// Shows what was chosen.
pub(crate) fn dress(
    dress: Res<Dress>,
    mut parts: Query<(&mut Visibility, Has<Skin>), Or<(With<Part>, With<Skin>)>>,
) {
    for (mut visibility, is_skin) in &mut parts {
        let is_seen = match *dress {
            Dress::Costume => !is_skin,
            Dress::Mannequin => is_skin,
            Dress::Nothing => false,
        };
        visibility.set_if_neq(if is_seen {
            Visibility::Inherited
        } else {
            Visibility::Hidden
        });
    }
}

/// Lets the wings beat slowly.
pub(crate) fn flap(time: Res<Time>, mut wings: Query<(&Wing, &mut Transform)>) {
    let open = 0.35 + 0.25 * (time.elapsed_secs() * 2.2).sin();
    for (&Wing(side), mut wing) in &mut wings {
        let turn = if side > 0.0 {
            0.0
        } else {
            core::f32::consts::PI
        };
        wing.rotation = Quat::from_rotation_y(turn + open * side);
    }
}

pub(crate) fn appear(bound: On<AvatarBound>, mut seen: Query<&mut Visibility>) {
    if let Ok(mut seen) = seen.get_mut(bound.avatar) {
        *seen = Visibility::Inherited;
    }
}

pub(crate) fn vanish(freed: On<AvatarFreed>, mut seen: Query<&mut Visibility>) {
    if let Ok(mut seen) = seen.get_mut(freed.avatar) {
        *seen = Visibility::Hidden;
    }
}
