//! The cursors of hands: a disc in the player's colour, smaller while the hand is closed, and a ring of dots that fills during a dwell.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::skeletons::player_color;
use kinect_app_support::style;

/// The drawn cursor of a pointer.
#[derive(Component)]
pub(crate) struct Drawn {
    pointer: Entity,
}

/// A dot of the ring, by its number.
#[derive(Component)]
pub(crate) struct Dot(usize);

const DOTS: usize = 16;
/// Radii of the ring and of the disc of an open and a closed hand, in pixels.
const RING: f32 = 34.0;
const OPEN: f32 = 22.0;
const CLOSED: f32 = 13.0;
const DOT: f32 = 5.0;

/// A cursor for each pointer of a hand.
pub(crate) fn spawn(
    mut commands: Commands,
    pointers: Query<(Entity, &HandPointer), Added<HandPointer>>,
    players: Query<&Player>,
) {
    for (pointer, hand) in &pointers {
        let color = players.get(hand.player).map_or(style::TEXT, player_color);
        commands
            .spawn((
                Drawn { pointer },
                Node {
                    position_type: PositionType::Absolute,
                    border: UiRect::all(px(3)),
                    border_radius: BorderRadius::MAX,
                    ..default()
                },
                BackgroundColor(color.with_alpha(0.45)),
                BorderColor::all(color),
                GlobalZIndex(10),
                // A cursor is not in its own way.
                Pickable::IGNORE,
            ))
            .with_children(|ring| {
                for number in 0..DOTS {
                    ring.spawn((
                        Dot(number),
                        Node {
                            position_type: PositionType::Absolute,
                            width: px(2.0 * DOT),
                            height: px(2.0 * DOT),
                            border_radius: BorderRadius::MAX,
                            ..default()
                        },
                        BackgroundColor(Color::WHITE),
                        Visibility::Hidden,
                        Pickable::IGNORE,
                    ));
                }
            });
    }
}

/// Moves the cursors to their pointers.
pub(crate) fn follow(
    mut commands: Commands,
    mut drawn: Query<(Entity, &Drawn, &mut Node, &mut BackgroundColor, &Children), Without<Dot>>,
    mut dots: Query<(&Dot, &mut Node, &mut Visibility)>,
    pointers: Query<(&HandPointer, &bevy::picking::pointer::PointerLocation)>,
    ui: Res<UiScale>,
) {
    for (entity, cursor, mut node, mut color, children) in &mut drawn {
        let pointer = pointers.get(cursor.pointer).ok();
        let Some((hand, location)) = pointer.filter(|pointer| !pointer.0.leaves) else {
            commands.entity(entity).despawn();
            continue;
        };
        let Some(location) = location.location() else {
            continue;
        };
        let is_closed = hand.cursor.pressed.is_some();
        let radius = if is_closed { CLOSED } else { OPEN };
        color.0.set_alpha(if is_closed { 1.0 } else { 0.45 });
        let at = location.position / ui.0;
        node.left = px(at.x - radius);
        node.top = px(at.y - radius);
        node.width = px(2.0 * radius);
        node.height = px(2.0 * radius);
        // A complete dwell has no ring until the cursor moves.
        let share = hand.cursor.dwell;
        let lit = if share < 1.0 {
            (share * DOTS as f32).ceil() as usize
        } else {
            0
        };
        for &child in children {
            let Ok((dot, mut node, mut visibility)) = dots.get_mut(child) else {
                continue;
            };
            let angle = core::f32::consts::TAU * dot.0 as f32 / DOTS as f32;
            // Clockwise from above, from the inner edge of the border.
            let place = Vec2::new(angle.sin(), -angle.cos()) * RING + radius - 3.0 - DOT;
            node.left = px(place.x);
            node.top = px(place.y);
            *visibility = if dot.0 < lit && !is_closed {
                Visibility::Inherited
            } else {
                Visibility::Hidden
            };
        }
    }
}
