//! The plan itself: the sensor, the area that it sees, and the zones.

use core::f32::consts::TAU;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_kinect_azure::coloring::operating_range;
use bevy_kinect_azure::kinect_azure::DepthMode;
use bevy_kinect_azure::kinect_azure::calibration::XyTable;
use bevy_kinect_azure::prelude::*;

use crate::plan::{area, outline, paint, ring};

/// The area that the depth camera sees, as a sector around the sensor.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Seen {
    /// The angle from left to right, in radians.
    angle: f32,
    /// The shortest and the longest distance, in metres.
    range: (f32, f32),
}

impl Seen {
    /// The operating range and the angle of a mode, from the data sheet.
    fn of_mode(mode: DepthMode) -> Self {
        let degrees = match mode {
            DepthMode::Nfov2x2Binned | DepthMode::NfovUnbinned | DepthMode::Off => 75.0,
            DepthMode::Wfov2x2Binned | DepthMode::WfovUnbinned | DepthMode::PassiveIr => 120.0,
        };
        Self {
            angle: f32::to_radians(degrees),
            range: operating_range(mode),
        }
    }

    /// The range of the stream's mode, and the angle between the outermost rays of the middle row of the depth image.
    fn of(stream: &SensorStream) -> Self {
        let mut seen = Self::of_mode(stream.info.depth_mode);
        if let Some(angle) = stream.xy_table.as_deref().and_then(angle_of) {
            seen.angle = angle;
        }
        seen
    }
}

/// The angle from left to right that the middle row of an image sees, in radians.
fn angle_of(table: &XyTable) -> Option<f32> {
    let (width, height) = (table.width() as usize, table.height() as usize);
    let row = table.rays().chunks_exact(width.max(1)).nth(height / 2)?;
    let angles = row.iter().map(|ray| ray[0].atan());
    let mut angles = angles.filter(|angle| !angle.is_nan());
    let first = angles.next()?;
    Some(angles.next_back()? - first)
}

/// A part of the drawing of the area that the depth camera sees.
#[derive(Component)]
pub(crate) struct SeenPart;

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

/// Lays flat shapes on the floor.
#[derive(SystemParam)]
pub(crate) struct Painter<'w, 's> {
    commands: Commands<'w, 's>,
    meshes: ResMut<'w, Assets<Mesh>>,
    materials: ResMut<'w, Assets<StandardMaterial>>,
}

impl Painter<'_, '_> {
    fn lay(&mut self, mesh: Mesh, color: Color, height: f32) -> EntityCommands<'_> {
        self.commands.spawn((
            Mesh3d(self.meshes.add(mesh)),
            MeshMaterial3d(self.materials.add(paint(color))),
            Transform::from_xyz(0.0, height, 0.0),
        ))
    }
}

/// Draws the area that the depth camera sees, again for each camera and mode. A clip of bodies does not name its camera: the
/// plan shows the sensor's default mode for it.
pub(crate) fn draw_seen(
    mut painter: Painter,
    streams: Query<&SensorStream>,
    drawn: Query<Entity, With<SeenPart>>,
    mut last: Local<Option<Seen>>,
) {
    let seen = match streams.iter().next() {
        Some(stream) => Seen::of(stream),
        None => last.unwrap_or(Seen::of_mode(DepthMode::default())),
    };
    if *last == Some(seen) {
        return;
    }
    *last = Some(seen);
    for part in &drawn {
        painter.commands.entity(part).despawn();
    }
    let (near, far) = seen.range;
    let share = seen.angle / TAU;
    let area_color = Color::srgba(0.45, 0.62, 0.9, 0.07);
    let line = Color::srgba(0.6, 0.7, 0.85, 0.16);
    painter
        .lay(ring(near, far, share, true), area_color, 0.01)
        .insert(SeenPart);
    // A line for each metre, and one more behind the range.
    for metres in 1..=far.ceil() as u32 {
        let metres = metres as f32;
        painter
            .lay(
                ring(metres - 0.006, metres + 0.006, share, true),
                line,
                0.02,
            )
            .insert(SeenPart);
    }
    for side in [-1.0, 1.0] {
        let edge = Vec2::from_angle(side * 0.5 * seen.angle);
        let far = far.ceil() + 0.4;
        // From straight ahead (0, −1), turned.
        let at = |away: f32, aside: f32| Vec2::new(edge.y, -edge.x) * away + edge * aside;
        let corners = [
            at(near, -0.005),
            at(near, 0.005),
            at(far, 0.005),
            at(far, -0.005),
        ];
        painter.lay(area(&corners), line, 0.02).insert(SeenPart);
    }
}

/// Draws the sensor and the zones.
pub(crate) fn spawn(mut painter: Painter, zones: Query<(Entity, &BodyZone)>) {
    // The sensor, a bar of 126 mm with its two lenses ahead.
    let bar = [(-0.1, 0.06), (0.1, 0.06), (0.1, -0.04), (-0.1, -0.04)];
    let bar = bar.map(|(x, z)| Vec2::new(x, z));
    painter.lay(area(&bar), Color::srgb(0.75, 0.8, 0.88), 0.03);

    for (zone, settings) in &zones {
        let ZoneVolume::Floor { corners, .. } = &settings.volume else {
            continue;
        };
        painter
            .lay(area(corners), IDLE, 0.04)
            .insert(Fill { zone, light: 0.0 });
        painter.lay(outline(corners, 0.02), EDGE, 0.05);
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
