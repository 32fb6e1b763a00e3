//! The looks: point clouds and surfaces with different settings, and the cameras that show them.

use bevy::camera::Viewport;
use bevy::camera::visibility::RenderLayers;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy_kinect_azure::point_cloud::DISCONTINUITY;
use bevy_kinect_azure::prelude::*;
use clap::ValueEnum;

use crate::hologram::Hologram;
use crate::{Options, Scene};
use kinect_app_support::orbit::OrbitCamera;
use kinect_app_support::{Canvas, Fit};

/// A way to draw the sensor.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Points in the colours of the colour camera.
    Camera,
    /// Points as a rainbow from near to far.
    Depth,
    /// Points in infrared light.
    Infrared,
    /// Points by player.
    Players,
    /// Points through a material of this example.
    Hologram,
    /// A surface of triangles, lit.
    Surface,
}

impl Look {
    pub(crate) const ALL: [Self; 6] = [
        Self::Camera,
        Self::Depth,
        Self::Infrared,
        Self::Players,
        Self::Hologram,
        Self::Surface,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Depth => "depth",
            Self::Infrared => "infrared",
            Self::Players => "players",
            Self::Hologram => "own material",
            Self::Surface => "surface",
        }
    }

    /// Adds the point cloud or surface of this look to an entity below the sensor.
    fn dress(self, entity: &mut EntityCommands, far: f32, raw: bool) {
        let filter = PointFilter {
            flying_pixels: Some(DISCONTINUITY),
            max_depth: far,
            ..default()
        };
        let cloud = |color| PointCloud {
            color,
            shape: PointShape::Disc,
            // Large enough to close gaps when seen from the side.
            size: PointSize::Footprint(2.2),
            filter,
            ..default()
        };
        match self {
            Self::Camera => entity.insert(cloud(PointColor::Camera {
                unseen: Color::srgb(0.16, 0.17, 0.2),
                hidden: HiddenColor::Hide,
            })),
            Self::Depth => entity.insert(cloud(PointColor::DepthRamp(FalseColor::Auto))),
            Self::Infrared => entity.insert(cloud(PointColor::Infrared)),
            Self::Players => entity.insert(cloud(PointColor::Player {
                nobody: Color::srgb(0.13, 0.14, 0.17),
            })),
            Self::Hologram => entity.insert((
                Hologram,
                PointCloud {
                    shape: PointShape::Custom,
                    ..cloud(PointColor::Flat(Color::WHITE))
                },
            )),
            // Smoothed, which is the default; as the sensor measured it, with the option `--raw`.
            Self::Surface => entity.insert(SurfaceMesh {
                color: PointColor::Flat(Color::srgb(0.82, 0.78, 0.72)),
                shading: SurfaceShading::Lit,
                filter,
                ..if raw { as_measured() } else { default() }
            }),
        };
    }
}

/// A surface of the depth that the sensor measured.
fn as_measured() -> SurfaceMesh {
    SurfaceMesh {
        smoothing: DepthSmoothing::OFF,
        normal_radius: 0,
        ..default()
    }
}

/// The selection: one look, or all beside each other.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown(pub(crate) Option<Look>);

impl Shown {
    pub(crate) fn looks(self) -> Vec<Look> {
        self.0.map_or_else(|| Look::ALL.to_vec(), |look| vec![look])
    }

    /// Columns and rows of views.
    fn grid(self) -> UVec2 {
        match self.0 {
            Some(_) => UVec2::ONE,
            None => UVec2::new(3, 2),
        }
    }
}

/// Marks the entities of the present selection.
#[derive(Component)]
pub(crate) struct Part;

/// A camera and its place in the grid.
#[derive(Component)]
pub(crate) struct View(UVec2);

/// Despawns the former selection and spawns the present one.
pub(crate) fn put_up(
    mut commands: Commands,
    shown: Res<Shown>,
    scene: Res<Scene>,
    options: Res<Options>,
    parts: Query<Entity, With<Part>>,
    canvas: Res<Canvas>,
) {
    for part in &parts {
        commands.entity(part).despawn();
    }
    let target = canvas.target();
    let looks = shown.looks();
    let layers = |index: usize| RenderLayers::layer(index + 1);
    for (index, &look) in looks.iter().enumerate() {
        let mut entity = commands.spawn((Part, ChildOf(scene.sensor), layers(index)));
        look.dress(&mut entity, options.far, options.raw);
        let columns = shown.grid().x;
        commands.spawn((
            Part,
            OrbitCamera,
            View(UVec2::new(index as u32 % columns, index as u32 / columns)),
            Camera3d::default(),
            Camera {
                order: index as isize,
                // All cameras draw into one image, which only the first may clear.
                clear_color: match index {
                    0 => ClearColorConfig::Default,
                    _ => ClearColorConfig::None,
                },
                ..default()
            },
            // Colours as they are.
            Tonemapping::None,
            layers(index),
            target.clone(),
        ));
    }
    // Only surfaces are lit: a warm light from the left, a cold one from behind the right.
    let all = (0..looks.len()).fold(RenderLayers::none(), |all, index| all | layers(index));
    for (from, color, illuminance) in [
        (
            Vec3::new(-1.5, 1.6, 0.6),
            Color::srgb(1.0, 0.9, 0.78),
            3200.0,
        ),
        (
            Vec3::new(2.5, 0.8, -1.2),
            Color::srgb(0.45, 0.65, 1.0),
            2600.0,
        ),
    ] {
        commands.spawn((
            Part,
            DirectionalLight {
                color,
                illuminance,
                ..default()
            },
            Transform::from_translation(from).looking_at(Vec3::ZERO, Vec3::Y),
            all.clone(),
        ));
    }
}

/// Space between views, in pixels of the interface.
const GAP: f32 = 2.0;

/// Gives each view its part of the picture.
pub(crate) fn fit(shown: Res<Shown>, window: Res<Fit>, mut views: Query<(&View, &mut Camera)>) {
    let bar = window.physical(crate::interface::bar_height(&window));
    let room = window.pixels.saturating_sub(UVec2::new(0, bar));
    let grid = shown.grid();
    let gap = window.physical(GAP);
    for (view, mut camera) in &mut views {
        // Computed from edge to edge, so that no pixels are left over by the division.
        let start = room * view.0 / grid;
        let mut end = room * (view.0 + 1) / grid;
        end -= UVec2::select((view.0 + 1).cmplt(grid), UVec2::splat(gap), UVec2::ZERO).min(end);
        if end.cmple(start).any() {
            continue;
        }
        let wanted = (start, end - start);
        let is_placed = camera
            .viewport
            .as_ref()
            .is_some_and(|v| (v.physical_position, v.physical_size) == wanted);
        if !is_placed {
            camera.viewport = Some(Viewport {
                physical_position: wanted.0,
                physical_size: wanted.1,
                ..default()
            });
        }
    }
}
