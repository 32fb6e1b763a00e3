//! The avatars: one for each slot, seen while there is a player in it.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::gltf::GltfLoaderSettings;
use bevy::prelude::*;
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;
use bevy_kinect_azure::prelude::*;

use crate::Options;
use crate::model::Model;

/// How many players have an avatar.
const PLAYERS: usize = 6;

/// What the keys have chosen, for all avatars.
#[derive(Resource, Clone, Debug, PartialEq)]
pub(crate) struct Wishes {
    pub(crate) settings: RetargetSettings,
    pub(crate) life_size: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            settings: RetargetSettings {
                mirror: true,
                ..default()
            },
            life_size: false,
        }
    }
}

impl Wishes {
    fn avatar(&self, slot: usize) -> Avatar {
        Avatar {
            settings: self.settings.clone(),
            life_size: self.life_size,
            ..Avatar::slot(slot)
        }
    }
}

pub(crate) fn spawn(
    mut commands: Commands,
    assets: Res<AssetServer>,
    model: Res<Model>,
    wishes: Res<Wishes>,
) {
    // A model's own cameras and lights do not belong on this stage.
    let scene = assets
        .load_builder()
        .with_settings(|settings: &mut GltfLoaderSettings| {
            settings.load_cameras = false;
            settings.load_lights = false;
        })
        .load(GltfAssetLabel::Scene(0).from_asset(model.path.clone()));
    for slot in 0..PLAYERS {
        commands.spawn((
            WorldAssetRoot(scene.clone()),
            wishes.avatar(slot),
            Visibility::Hidden,
        ));
    }
}

/// Opens the sensor when the models are there, so that a picture of the first captures shows them.
pub(crate) fn open_the_sensor(
    mut commands: Commands,
    options: Res<Options>,
    avatars: Query<&AvatarState>,
    mut is_open: Local<bool>,
) {
    let is_known = |state: &AvatarState| state.is_ready() || state.problem.is_some();
    if *is_open || !avatars.iter().all(is_known) {
        return;
    }
    *is_open = true;
    // The example shows no images, so the colour camera is off.
    let simulated = KinectSensor::new(SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        ..default()
    });
    options
        .people
        .spawn(&mut commands, &options.show, simulated);
}

/// Gives the mannequin of each slot its player's colour.
pub(crate) fn paint(
    ready: On<AvatarReady>,
    mut commands: Commands,
    model: Res<Model>,
    avatars: Query<&Avatar>,
    children: Query<&Children>,
    parts: Query<&MeshMaterial3d<StandardMaterial>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let Ok(&Avatar {
        player: AvatarPlayer::Slot(slot),
        ..
    }) = avatars.get(ready.avatar)
    else {
        return;
    };
    let [r, g, b] = PLAYER_COLORS[slot % PLAYER_COLORS.len()];
    for part in children.iter_descendants(ready.avatar) {
        let Ok(material) = parts.get(part) else {
            continue;
        };
        if model.is_mannequin
            && let Some(material) = materials.get(&material.0).cloned()
        {
            let painted = materials.add(StandardMaterial {
                base_color: Color::srgb_u8(r, g, b),
                ..material
            });
            commands.entity(part).insert(MeshMaterial3d(painted));
        }
        // Six models are soon drawn, and shadows of models beside the picture fall into it.
        commands.entity(part).insert(NoFrustumCulling);
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

/// Gives all avatars the chosen settings.
pub(crate) fn obey(wishes: Res<Wishes>, mut avatars: Query<(&mut Avatar, &mut Transform)>) {
    if !wishes.is_changed() {
        return;
    }
    for (mut avatar, mut place) in &mut avatars {
        if avatar.life_size && !wishes.life_size {
            place.scale = Vec3::ONE;
        }
        avatar.settings.clone_from(&wishes.settings);
        avatar.life_size = wishes.life_size;
    }
}
