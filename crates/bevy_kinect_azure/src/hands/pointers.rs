//! The cursors of hands as pointers of Bevy's picking.

use bevy::asset::uuid::Uuid;
use bevy::camera::RenderTarget;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::message::Messages;
use bevy::ecs::world::DeferredWorld;
use bevy::picking::PickingSystems;
use bevy::picking::pointer::{
    Location, PointerAction, PointerButton, PointerId, PointerInput, PointerLocation,
};
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use kinect_tracking::gestures::Side;
use kinect_tracking::hands::{HandCursor, HandEventKind, PressedBy};

use super::events::HandActed;
use super::player::PlayerHands;
use super::settings::BodyHands;
use crate::body::Player;
use crate::presence;
use crate::sensor::KinectSystems;

/// Makes the cursors of hands pointers of Bevy's picking, on the entity with the [`BodyHands`]: each hand with a cursor has a
/// pointer entity with a [`HandPointer`] and a [`PointerId::Custom`], which moves over the viewport of a camera and presses
/// the primary button. Buttons of Bevy's UI, meshes and everything else that can be picked react as to a mouse.
///
/// When a hand rests or its player leaves, the pointer leaves everything it is over, drags end without a click or a drop
/// (`Pointer<DragEnd>`), and the pointer entity is despawned.
///
/// Meshes need Bevy's `MeshPickingPlugin`, with `RayCastVisibility::Any` where the camera draws into an image.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::hands"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(BodyHands)]
#[component(on_add = expect_plugin)]
pub struct HandPointers {
    /// The camera over whose viewport the pointers move. `None`, the default, is the active camera that is drawn last.
    #[entities]
    pub camera: Option<Entity>,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "HandPointers");
}

/// The pointer of a hand, on an entity of its own with Bevy's [`PointerId`] and `PointerLocation`. Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::hands"]
#[reflect(Component, FromWorld, Debug, PartialEq)]
pub struct HandPointer {
    /// The player's entity.
    pub player: Entity,
    /// Which hand of the player.
    pub side: Side,
    /// The hand's cursor.
    pub cursor: HandCursor,
    /// The hand rests or its player has left: the pointer is over nothing, and the entity is despawned in the next update.
    pub leaves: bool,
}

/// Reflection begins with a value before it writes the fields.
impl FromWorld for HandPointer {
    fn from_world(_: &mut World) -> Self {
        Self {
            player: Entity::PLACEHOLDER,
            side: Side::Left,
            cursor: HandCursor::default(),
            leaves: false,
        }
    }
}

/// A place where nothing is.
const NOWHERE: Vec2 = Vec2::splat(-1e6);

pub(super) fn plugin(app: &mut App) {
    app.register_type::<HandPointers>()
        .register_type::<HandPointer>()
        .add_systems(
            PreUpdate,
            point
                .after(super::watch::watch)
                .after(KinectSystems::Bodies)
                .before(PickingSystems::ProcessInput),
        )
        .add_systems(Last, despawn);
}

/// A hand that has a cursor.
struct Raised {
    player: Entity,
    id: u32,
    side: Side,
    cursor: HandCursor,
    location: Location,
    sensor: Entity,
}

/// Spawns, moves, presses, releases and ends pointers as the cursors of hands do.
fn point(
    mut commands: Commands,
    sensors: Query<(Entity, &HandPointers)>,
    players: Query<(Entity, &Player, &PlayerHands, &ChildOf)>,
    cameras: Query<(Entity, &Camera, &RenderTarget)>,
    primary_window: Query<Entity, With<PrimaryWindow>>,
    mut pointers: Query<(Entity, &PointerId, &mut PointerLocation, &mut HandPointer)>,
    mut acted: MessageReader<HandActed>,
    inputs: Option<ResMut<Messages<PointerInput>>>,
) {
    // Without Bevy's picking, nobody hears of pointers.
    let Some(mut inputs) = inputs else {
        acted.clear();
        return;
    };
    let dwelled: Vec<(Entity, Side)> = acted
        .read()
        .filter(|acted| acted.kind == HandEventKind::Pressed(PressedBy::Dwell))
        .map(|acted| (acted.player, acted.side))
        .collect();
    let window = primary_window.single().ok();
    let mut raised = Vec::new();
    for (player, about, hands, parent) in &players {
        let Ok((sensor, settings)) = sensors.get(parent.parent()) else {
            continue;
        };
        for side in Side::BOTH {
            if let Some(cursor) = hands.hand(side).cursor
                && let Some(location) = location(settings, &cameras, window, &cursor)
            {
                raised.push(Raised {
                    player,
                    id: about.id,
                    side,
                    cursor,
                    location,
                    sensor,
                });
            }
        }
    }
    for (entity, &id, mut place, mut pointer) in &mut pointers {
        let own = |hand: &Raised| (hand.player, hand.side) == (pointer.player, pointer.side);
        let hand = raised.iter().position(own);
        if pointer.leaves {
            // A hand that was raised again at once gets its pointer in the next update.
            if let Some(hand) = hand {
                raised.swap_remove(hand);
            }
            end(id, &place, &pointer, &mut inputs);
            commands.entity(entity).try_insert(Ended);
            continue;
        }
        let Some(hand) = hand else {
            leave(&mut place, &mut pointer);
            continue;
        };
        let hand = raised.swap_remove(hand);
        let at = place.location.as_ref();
        let at = at.map_or(hand.location.position, |location| location.position);
        let delta = hand.location.position - at;
        let mut send = |action: PointerAction| {
            inputs.write(PointerInput::new(id, hand.location.clone(), action));
        };
        if delta != Vec2::ZERO {
            send(PointerAction::Move { delta });
        }
        match (is_held(&pointer.cursor), is_held(&hand.cursor)) {
            (false, true) => send(PointerAction::Press(PointerButton::Primary)),
            (true, false) => send(PointerAction::Release(PointerButton::Primary)),
            _ => {}
        }
        if dwelled.contains(&(hand.player, hand.side)) {
            send(PointerAction::Press(PointerButton::Primary));
            send(PointerAction::Release(PointerButton::Primary));
        }
        pointer.cursor = hand.cursor;
    }
    for hand in raised {
        // A press that began before there was a pointer is not one on what happens to be under it.
        commands.spawn((
            Name::new(format!("Pointer of player {}, {:?}", hand.id, hand.side)),
            PointerId::Custom(uuid(hand.sensor, hand.id, hand.side)),
            PointerLocation::new(hand.location),
            HandPointer {
                player: hand.player,
                side: hand.side,
                cursor: hand.cursor,
                leaves: false,
            },
        ));
    }
}

fn is_held(cursor: &HandCursor) -> bool {
    cursor.pressed.is_some()
}

/// Moves a pointer off everything. Picking clicks what was under a pointer in the update before its release, so the release waits
/// for the next update.
fn leave(place: &mut PointerLocation, pointer: &mut HandPointer) {
    pointer.leaves = true;
    if let Some(location) = &mut place.location {
        location.position = NOWHERE;
    }
}

/// Releases a pointer that is over nothing: a press becomes no click and a drag no drop.
fn end(
    id: PointerId,
    place: &PointerLocation,
    pointer: &HandPointer,
    inputs: &mut Messages<PointerInput>,
) {
    let Some(location) = &place.location else {
        return;
    };
    if is_held(&pointer.cursor) {
        let release = PointerAction::Release(PointerButton::Primary);
        inputs.write(PointerInput::new(id, location.clone(), release));
    }
    inputs.write(PointerInput::new(
        id,
        location.clone(),
        PointerAction::Cancel,
    ));
}

/// A pointer that was released for the last time.
#[derive(Component)]
struct Ended;

fn despawn(mut commands: Commands, pointers: Query<Entity, With<Ended>>) {
    for entity in &pointers {
        commands.entity(entity).try_despawn();
    }
}

/// Where a cursor is on the render target of a camera.
fn location(
    settings: &HandPointers,
    cameras: &Query<(Entity, &Camera, &RenderTarget)>,
    window: Option<Entity>,
    cursor: &HandCursor,
) -> Option<Location> {
    let (_, camera, target) = match settings.camera {
        Some(camera) => cameras.get(camera).ok()?,
        None => {
            let active = cameras.iter().filter(|(_, camera, _)| camera.is_active);
            active.max_by_key(|(entity, camera, _)| (camera.order, *entity))?
        }
    };
    let viewport = camera.logical_viewport_rect()?;
    // The far edges are outside.
    let share = Vec2::from(cursor.position) * 0.9999;
    Some(Location {
        target: target.normalize(window)?,
        position: viewport.min + viewport.size() * share,
    })
}

/// An id that no other pointer has.
fn uuid(sensor: Entity, player: u32, side: Side) -> Uuid {
    let side = match side {
        Side::Left => 1,
        Side::Right => 2,
    };
    let own = u128::from(player) << 8 | side;
    Uuid::from_u128(u128::from(sensor.to_bits()) << 64 | 0x4B48 << 48 | own)
}
