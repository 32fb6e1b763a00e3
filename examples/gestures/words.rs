//! The name of a gesture, which rises from the place of the gesture.

use bevy::prelude::*;
use bevy_kinect_azure::gestures::Direction;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::skeletons::player_color;
use kinect_app_support::style;

use crate::{View, place_of};

/// A word in the world.
#[derive(Component)]
pub(crate) struct Word {
    at: Vec3,
    seconds: f32,
}

/// How long a word is seen, in seconds, and how fast it rises, in m/s.
const LASTS: f32 = 1.8;
const RISES: f32 = 0.22;

pub(crate) fn spawn(
    mut commands: Commands,
    mut made: MessageReader<GestureMade>,
    players: Query<(&Player, &Skeleton)>,
    sensors: Query<&GlobalTransform>,
) {
    for made in made.read() {
        let (Ok((player, skeleton)), Ok(sensor)) =
            (players.get(made.player), sensors.get(made.sensor))
        else {
            continue;
        };
        let mut words = made.gesture.name().replace('-', " ");
        words.push_str(match made.direction {
            Some(Direction::Left) => " left",
            Some(Direction::Right) => " right",
            Some(Direction::Up) => " up",
            Some(Direction::Down) => " down",
            Some(Direction::Forward) => " forward",
            Some(Direction::Back) => " back",
            None => "",
        });
        commands.spawn((
            Word {
                at: place_of(made, skeleton, sensor) + Vec3::Y * 0.12,
                seconds: 0.0,
            },
            Text::new(words),
            style::text_font(26.0),
            TextColor(player_color(player).mix(&Color::WHITE, 0.45)),
            TextShadow::default(),
            Node {
                position_type: PositionType::Absolute,
                ..default()
            },
        ));
    }
}

pub(crate) fn rise(
    mut commands: Commands,
    mut words: Query<(
        Entity,
        &mut Word,
        &mut Node,
        &mut TextColor,
        &mut TextShadow,
        &ComputedNode,
    )>,
    view: Single<(&Camera, &GlobalTransform), With<View>>,
    ui: Res<UiScale>,
    time: Res<Time>,
) {
    let (camera, place) = *view;
    for (entity, mut word, mut node, mut color, mut shadow, computed) in &mut words {
        word.seconds += time.delta_secs();
        if word.seconds > LASTS {
            commands.entity(entity).despawn();
            continue;
        }
        word.at.y += RISES * time.delta_secs();
        let Ok(at) = camera.world_to_viewport(place, word.at) else {
            node.display = Display::None;
            continue;
        };
        let size = computed.size() * computed.inverse_scale_factor();
        node.display = Display::Flex;
        // Nodes are placed in pixels of the interface.
        let at = at / ui.0;
        node.left = px(at.x - 0.5 * size.x);
        node.top = px(at.y - size.y);
        let alpha = ((LASTS - word.seconds) / (0.5 * LASTS)).min(1.0);
        color.0.set_alpha(alpha);
        shadow.color.set_alpha(0.75 * alpha);
    }
}
