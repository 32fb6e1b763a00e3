//! Things that are picked up and moved. They know nothing of hands: they observe the events of pointers.

use bevy::prelude::*;

/// A thing that can be moved in the plane that faces the camera.
#[derive(Component, Default)]
pub(crate) struct Thing {
    /// How many pointers hold it.
    held: u32,
    /// How many pointers are over it.
    hovered: u32,
}

pub(crate) fn spawn(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    // The first thing is where the simulated visitor closes the hand.
    let places = [
        [0.0, 0.2],
        [-1.1, -1.15],
        [1.1, -1.15],
        [-1.7, 1.4],
        [1.7, 1.4],
    ];
    let shapes: [(Mesh, [f32; 3]); 5] = [
        (Cuboid::from_length(0.75).into(), [0.90, 0.55, 0.20]),
        (Sphere::new(0.45).into(), [0.35, 0.70, 0.90]),
        (Torus::new(0.22, 0.48).into(), [0.80, 0.40, 0.75]),
        (Cylinder::new(0.36, 0.75).into(), [0.45, 0.80, 0.45]),
        (Cone::new(0.45, 0.85).into(), [0.90, 0.80, 0.35]),
    ];
    for ((mesh, [red, green, blue]), [x, y]) in shapes.into_iter().zip(places) {
        commands
            .spawn((
                Thing::default(),
                Mesh3d(meshes.add(mesh)),
                MeshMaterial3d(materials.add(StandardMaterial {
                    base_color: Color::srgb(red, green, blue),
                    perceptual_roughness: 0.6,
                    ..default()
                })),
                Transform::from_xyz(x, y, 0.0).with_rotation(Quat::from_euler(
                    EulerRot::YXZ,
                    0.5,
                    0.35,
                    0.0,
                )),
            ))
            .observe(drag)
            .observe(
                |start: On<Pointer<DragStart>>, mut things: Query<&mut Thing>| {
                    if let Ok(mut thing) = things.get_mut(start.entity) {
                        thing.held += 1;
                    }
                },
            )
            // Also when the player leaves.
            .observe(|end: On<Pointer<DragEnd>>, mut things: Query<&mut Thing>| {
                if let Ok(mut thing) = things.get_mut(end.entity) {
                    thing.held = thing.held.saturating_sub(1);
                }
            })
            .observe(|over: On<Pointer<Over>>, mut things: Query<&mut Thing>| {
                if let Ok(mut thing) = things.get_mut(over.entity) {
                    thing.hovered += 1;
                }
            })
            .observe(|out: On<Pointer<Out>>, mut things: Query<&mut Thing>| {
                if let Ok(mut thing) = things.get_mut(out.entity) {
                    thing.hovered = thing.hovered.saturating_sub(1);
                }
            });
    }
}

/// The thing goes where the pointer goes.
fn drag(
    drag: On<Pointer<Drag>>,
    mut things: Query<&mut Transform, With<Thing>>,
    camera: Single<(&Camera, &GlobalTransform), With<Camera3d>>,
) {
    let Ok(mut place) = things.get_mut(drag.entity) else {
        return;
    };
    let (camera, view) = *camera;
    // The way on the screen at the distance of the thing.
    let Ok(at) = camera.world_to_viewport_with_depth(view, place.translation) else {
        return;
    };
    let to = at.truncate() + drag.delta;
    if let Ok(ray) = camera.viewport_to_world(view, to) {
        let plane = InfinitePlane3d::new(view.back());
        if let Some(distance) = ray.intersect_plane(place.translation, plane) {
            place.translation = ray.get_point(distance);
        }
    }
}

/// Things grow a little under a pointer, and more while they are held.
pub(crate) fn settle(mut things: Query<(&Thing, &mut Transform)>, time: Res<Time>) {
    for (thing, mut place) in &mut things {
        let size = if thing.held > 0 {
            1.25
        } else if thing.hovered > 0 {
            1.1
        } else {
            1.0
        };
        let share = 1.0 - (-8.0 * time.delta_secs()).exp();
        let now = place.scale.x + (size - place.scale.x) * share;
        place.scale = Vec3::splat(now);
        place.rotate_y(0.4 * time.delta_secs());
    }
}
