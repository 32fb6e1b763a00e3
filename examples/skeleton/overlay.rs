//! Joints and bones on the image.

use bevy::prelude::*;
use bevy::ui::UiTransform;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::skeletons::player_color;
use kinect_azure::calibration::CameraKind;

use crate::picture::Picture;

/// A joint on the image, or the bone to its parent.
#[derive(Component)]
pub(crate) struct Mark {
    joint: Entity,
    parent: Option<Entity>,
}

/// Size of a joint and thickness of a bone, in logical pixels.
const JOINT: f32 = 6.0;
const BONE: f32 = 2.5;

/// Adds marks for the joints of new players.
pub(crate) fn add(
    mut commands: Commands,
    picture: Option<Single<Entity, With<Picture>>>,
    players: Query<&PlayerJoints, Added<PlayerJoints>>,
) {
    let Some(picture) = picture else { return };
    for joints in &players {
        for (joint, entity) in joints.iter() {
            let bone = joint.parent().map(|parent| joints.get(parent));
            for parent in [None, bone]
                .into_iter()
                .take(if bone.is_some() { 2 } else { 1 })
            {
                commands.spawn((
                    Mark {
                        joint: entity,
                        parent,
                    },
                    Node {
                        position_type: PositionType::Absolute,
                        border_radius: BorderRadius::MAX,
                        ..default()
                    },
                    BackgroundColor::DEFAULT,
                    UiTransform::default(),
                    ChildOf(*picture),
                ));
            }
        }
    }
}

/// Puts marks where the joints are in the image.
pub(crate) fn update(
    mut commands: Commands,
    picture: Option<Single<(&ComputedNode, &Picture)>>,
    mut marks: Query<(
        Entity,
        &Mark,
        &mut Node,
        &mut UiTransform,
        &mut BackgroundColor,
    )>,
    joints: Query<(&BodyJoint, &TrackedJoint, Option<&JointInImages>)>,
    players: Query<&Player>,
) {
    let Some(picture) = picture else { return };
    let (node, Picture { camera }) = *picture;
    let size = node.size() * node.inverse_scale_factor();
    let in_image = |there: &JointInImages| match camera {
        CameraKind::Color => there.color,
        CameraKind::Depth => there.depth,
    };
    for (entity, mark, mut node, mut turn, mut color) in &mut marks {
        let Ok((joint, tracked, there)) = joints.get(mark.joint) else {
            commands.entity(entity).despawn();
            continue;
        };
        let parent = mark.parent.and_then(|parent| joints.get(parent).ok());
        let is_placed = tracked.confidence != JointConfidence::None;
        let ends = (
            there.and_then(in_image).filter(|_| is_placed),
            match parent {
                Some((_, _, parent)) => parent.and_then(in_image),
                None => there.and_then(in_image),
            },
        );
        let (Some(from), Some(to)) = ends else {
            node.display = Display::None;
            continue;
        };
        let (from, to) = (from.uv * size, to.uv * size);
        let is_seen = tracked.confidence >= JointConfidence::Medium;
        let thick =
            if mark.parent.is_some() { BONE } else { JOINT } * if is_seen { 1.0 } else { 0.6 };
        let way = to - from;
        let length = if mark.parent.is_some() {
            way.length()
        } else {
            thick
        };
        let middle = from.midpoint(to);
        node.display = Display::Flex;
        node.width = px(length);
        node.height = px(thick);
        node.left = px(middle.x - length / 2.0);
        node.top = px(middle.y - thick / 2.0);
        turn.rotation = Rot2::radians(way.y.atan2(way.x));
        if let Ok(player) = players.get(joint.player) {
            color.0 = player_color(player).with_alpha(if is_seen { 1.0 } else { 0.5 });
        }
    }
}
