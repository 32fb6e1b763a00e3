//! The plan itself: the sensor, the area that it sees, and the zones.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::plan::{area, outline, paint, ring};

/// The angle that the narrow depth modes see from left to right, in degrees, and their operating range in metres: the data sheet's.
const FIELD_OF_VIEW: f32 = 75.0;
const RANGE: (f32, f32) = (0.5, 3.86);

/// The fill of a zone.
#[derive(Component)]
pub(crate) struct Fill {
    zone: Entity,
    /// How bright it is, 0 to 1.
    light: f32,
}

const IDLE: Color = Color::srgba(0.55, 0.65, 0.8, 0.07);
const OCCUPIED: Color = Color::srgba(0.98, 0.72, 0.3, 0.34);
const EDGE: Color = Color::srgba(0.62, 0.7, 0.82, 0.55);

pub(crate) fn spawn(
    mut commands: Commands,
    zones: Query<(Entity, &BodyZone)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let mut lay = |commands: &mut Commands, mesh: Mesh, color: Color, height: f32| {
        let look = (
            Mesh3d(meshes.add(mesh)),
            MeshMaterial3d(materials.add(paint(color))),
            Transform::from_xyz(0.0, height, 0.0),
        );
        commands.spawn(look).id()
    };
    let share = FIELD_OF_VIEW / 360.0;
    let seen = Color::srgba(0.45, 0.62, 0.9, 0.07);
    lay(
        &mut commands,
        ring(RANGE.0, RANGE.1, share, true),
        seen,
        0.01,
    );
    let line = Color::srgba(0.6, 0.7, 0.85, 0.16);
    for metres in 1..=4 {
        let metres = metres as f32;
        lay(
            &mut commands,
            ring(metres - 0.006, metres + 0.006, share, true),
            line,
            0.02,
        );
    }
    for side in [-1.0, 1.0] {
        let edge = Vec2::from_angle(side * 0.5 * FIELD_OF_VIEW.to_radians());
        let (near, far) = (RANGE.0, 4.4);
        // From straight ahead (0, −1), turned.
        let at = |away: f32, aside: f32| Vec2::new(edge.y, -edge.x) * away + edge * aside;
        let corners = [
            at(near, -0.005),
            at(near, 0.005),
            at(far, 0.005),
            at(far, -0.005),
        ];
        lay(&mut commands, area(&corners), line, 0.02);
    }
    // The sensor, a bar of 126 mm with its two lenses ahead.
    let bar = [(-0.1, 0.06), (0.1, 0.06), (0.1, -0.04), (-0.1, -0.04)];
    let bar = bar.map(|(x, z)| Vec2::new(x, z));
    lay(
        &mut commands,
        area(&bar),
        Color::srgb(0.75, 0.8, 0.88),
        0.03,
    );

    for (zone, settings) in &zones {
        let ZoneVolume::Floor { corners, .. } = &settings.volume else {
            continue;
        };
        let fill = lay(&mut commands, area(corners), IDLE, 0.04);
        commands.entity(fill).insert(Fill { zone, light: 0.0 });
        lay(&mut commands, outline(corners, 0.02), EDGE, 0.05);
    }
}

/// Lights zones that somebody is in, in a third of a second.
pub(crate) fn light(
    mut fills: Query<(&mut Fill, &MeshMaterial3d<StandardMaterial>)>,
    zones: Query<&ZoneOccupants>,
    mut materials: ResMut<Assets<StandardMaterial>>,
    time: Res<Time>,
) {
    for (mut fill, material) in &mut fills {
        let is_occupied = zones.get(fill.zone).is_ok_and(|zone| !zone.is_empty());
        let goal = f32::from(u8::from(is_occupied));
        if fill.light == goal {
            continue;
        }
        let step = time.delta_secs() / 0.33;
        fill.light += (goal - fill.light).clamp(-step, step);
        if let Some(mut material) = materials.get_mut(&material.0) {
            material.base_color = IDLE.mix(&OCCUPIED, fill.light);
        }
    }
}
