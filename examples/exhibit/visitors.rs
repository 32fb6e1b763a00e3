//! The people in front of the sensor, for the particles: the cloud's buffer, trunks, and joints that carry particles along.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_tracking::players::Presence;
use bevy_kinect_azure::prelude::*;

use crate::colors::Palette;
use crate::figure;
use crate::flow::{BONES, Flow, Mover, PEOPLE};
use crate::stage::{Light, Stage, StageMaterial};

/// The entity with the sensor and its cloud.
#[derive(Resource)]
pub(crate) struct Visitors {
    pub(crate) sensor: Entity,
    /// People in view now.
    pub(crate) present: u32,
    /// Whether the world is a mirror; otherwise it is seen as through a window.
    pub(crate) is_mirror: bool,
}

/// Joints that carry particles along, and how far their pull reaches, in metres.
const CARRIERS: [(Joint, f32); 10] = [
    (Joint::HandLeft, 0.3),
    (Joint::HandRight, 0.3),
    (Joint::ElbowLeft, 0.2),
    (Joint::ElbowRight, 0.2),
    (Joint::Head, 0.24),
    (Joint::SpineChest, 0.32),
    (Joint::KneeLeft, 0.2),
    (Joint::KneeRight, 0.2),
    (Joint::FootLeft, 0.2),
    (Joint::FootRight, 0.2),
];
/// The share of the particles that one person gets, and that each further one gets besides.
const SHARE: f32 = 0.36;
const SHARE_OF_MORE: f32 = 0.17;
const MOST_SHARE: f32 = 0.86;
/// Faster joints are taken for mistakes of the tracker, in m/s.
const FASTEST: f32 = 6.0;

/// The cloud that the particles look for their places in. It is computed, not drawn.
pub(crate) fn cloud() -> impl Bundle {
    (
        PointCloud {
            color: PointColor::Flat(Color::WHITE),
            shape: PointShape::Custom,
            timing: ImageTiming::Bodies,
            filter: PointFilter {
                players: PlayerFilter::AnyBody,
                flying_pixels: Some(bevy_kinect_azure::point_cloud::DISCONTINUITY),
                ..default()
            },
            // The light on a surface shows its noise.
            smoothing: DepthSmoothing::default(),
            ..default()
        },
        Visibility::Hidden,
    )
}

/// Tells the particles where people are.
pub(crate) fn tell(
    mut visitors: ResMut<Visitors>,
    mut flow: ResMut<Flow>,
    palette: Res<Palette>,
    sensors: Query<(
        &GlobalTransform,
        Option<&SensorState>,
        Option<&PointCloudBuffer>,
    )>,
    players: Query<(&Player, &PlayerStatus, &Skeleton, &ChildOf)>,
) {
    let flow = &mut *flow;
    let step = &mut flow.step;
    [step.low, step.high] = palette.linear();
    (step.people, step.movers, visitors.present) = (0, 0, 0);
    let Ok((place, state, buffer)) = sensors.get(visitors.sensor) else {
        return;
    };
    let mirror = if visitors.is_mirror { -1.0 } else { 1.0 };
    let world = Mat4::from_scale(Vec3::new(mirror, 1.0, 1.0)) * place.to_matrix();
    step.world_from_sensor = world;
    // A sensor that is lost keeps its last points, which are nobody any more.
    let streams = state.is_none_or(|state| {
        state.is_streaming() || matches!(state, SensorState::Ended | SensorState::Disabled)
    });
    flow.points = buffer
        .filter(|_| streams)
        .map(|buffer| buffer.buffer.clone());
    step.grid = match buffer {
        Some(buffer) if streams && buffer.is_filled() => UVec2::new(buffer.width, buffer.height),
        _ => UVec2::ZERO,
    };
    if !streams {
        step.share = 0.0;
        return;
    }
    for (player, status, skeleton, child) in &players {
        if child.parent() != visitors.sensor || status.presence != Presence::Present {
            continue;
        }
        visitors.present += 1;
        let color = player.slot.unwrap_or(player.id as usize) % PEOPLE;
        let trunk = world.transform_point3(skeleton.joint(Joint::Pelvis).position);
        if let Some(place) = step.trunks.get_mut(step.people as usize) {
            *place = Vec4::new(trunk.x, trunk.z, color as f32, 0.0);
            let first = step.people as usize * BONES;
            let bones = figure::bones(color, |joint| {
                world.transform_point3(skeleton.joint(joint).position)
            });
            step.bones[first..first + BONES].copy_from_slice(&bones);
            step.people += 1;
        }
        for (joint, reach) in CARRIERS {
            let joint = skeleton.joint(joint);
            let is_seen = joint.confidence >= JointConfidence::Medium;
            let velocity = world.transform_vector3(joint.velocity);
            if is_seen && velocity.is_finite() && velocity.length() < FASTEST {
                step.carry(Mover {
                    position: world.transform_point3(joint.position).extend(reach),
                    velocity: velocity.extend(0.0),
                });
            }
        }
    }
    let more = visitors.present.saturating_sub(1) as f32;
    step.share = match visitors.present {
        0 => 0.0,
        _ => (SHARE + SHARE_OF_MORE * more).min(MOST_SHARE),
    };
}

/// Lights the floor around people and figures, softly on and off.
pub(crate) fn light(
    time: Res<Time>,
    flow: Res<Flow>,
    stage: Res<Stage>,
    mut materials: ResMut<Assets<StageMaterial>>,
) {
    let Some(mut material) = materials.get_mut(&stage.0) else {
        return;
    };
    let step = &flow.step;
    let mut wanted = [None::<(Vec2, f32, Vec4)>; PEOPLE];
    for figure in 0..step.figures as usize {
        // The pelvis is an end of the first bone.
        let bone = &step.bones[(PEOPLE + figure) * BONES];
        let color = bone.share.y as usize % PEOPLE;
        wanted[color] = Some((
            Vec2::new(bone.start.x, bone.start.z),
            0.6 * step.attract,
            step.low[color],
        ));
    }
    for trunk in step.trunks.iter().take(step.people as usize) {
        let color = trunk.z as usize % PEOPLE;
        wanted[color] = Some((trunk.truncate().truncate(), 1.0, step.low[color]));
    }
    let ease = 1.0 - (-time.delta_secs() * 2.2).exp();
    for (light, wanted) in material.lights.lights.iter_mut().zip(wanted) {
        let Light { place, color } = light;
        let brightness = wanted.map_or(0.0, |(_, brightness, _)| brightness);
        let eased = place.w + (brightness - place.w) * ease;
        if let Some((at, _, shade)) = wanted {
            *place = Vec4::new(at.x, 0.0, at.y, eased);
            *color = shade;
        } else {
            place.w = eased;
        }
    }
}
