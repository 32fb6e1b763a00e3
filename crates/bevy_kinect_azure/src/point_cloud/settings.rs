//! The settings of point clouds and surfaces.

use bevy::math::{Affine3A, Mat3A, Vec3A};
use bevy::prelude::*;

use crate::coloring::{FalseColor, HiddenColor};

/// The vendor's measure of a gap between surfaces, [`SAME_SURFACE`](kinect_azure::transform::SAME_SURFACE): neighbouring depth
/// pixels whose depths differ by more than this fraction of the nearer depth lie on different surfaces. sin(120°/512) / cos(85°):
/// between the pixels of a wide image of 512 pixels, a surface would have to be turned away by more than 85° for such a step.
pub const DISCONTINUITY: f32 = kinect_azure::transform::SAME_SURFACE;

/// The size of points. Values that are not finite or below 0 count as 0; points are never smaller than a pixel.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
pub enum PointSize {
    /// A multiple of the patch of surface that the point stands for: at 1, surfaces that face the sensor have no gaps, at any
    /// distance and any [`PointFilter::density`].
    Footprint(f32),
    /// Metres, seen in perspective.
    World(f32),
    /// Pixels of the view.
    Pixels(f32),
}

impl Default for PointSize {
    fn default() -> Self {
        Self::Footprint(1.6)
    }
}

/// The shape of points. Squares and discs face the viewer.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PointShape {
    /// Squares: the fastest.
    #[default]
    Square,
    /// Discs.
    Disc,
    /// Drawn by a material of the app: put any `MeshMaterial3d` on the entity. The mesh has four corners and two triangles for each
    /// point, with [`ATTRIBUTE_POINT_CORNER`](super::ATTRIBUTE_POINT_CORNER) as the only attribute; the points are in
    /// [`PointCloudBuffer`](super::PointCloudBuffer).
    Custom,
}

/// The colour of points. Points whose colour has alpha 0 are left out.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
pub enum PointColor {
    /// The colour camera, through its lens model.
    Camera {
        /// Colour of points outside the colour camera's image; alpha 0 leaves them out.
        unseen: Color,
        /// The colour of points that a nearer object hides from the colour camera.
        hidden: HiddenColor,
    },
    /// Infrared brightness as logarithmic grey, with the range stretched automatically.
    Infrared,
    /// A rainbow from near (red) to far (blue); the range is in metres.
    DepthRamp(FalseColor),
    /// One of [`PLAYER_COLORS`](crate::coloring::PLAYER_COLORS) for each player of the sensor's [`BodyIndexMap`](crate::body::BodyIndexMap).
    Player {
        /// Colour of points of the background; alpha 0 leaves them out.
        nobody: Color,
    },
    /// One colour.
    Flat(Color),
}

impl Default for PointColor {
    /// The colour camera; points that it does not see, or that are hidden from it, are grey.
    fn default() -> Self {
        Self::Camera {
            unseen: Color::srgb(0.25, 0.25, 0.25),
            hidden: HiddenColor::default(),
        }
    }
}

/// Which depth pixels become points. By default all do.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
#[reflect(Default, Debug, PartialEq)]
pub struct PointFilter {
    /// Only every n-th pixel in both directions, beginning with the first, becomes a point: 1 (all) to 16; values outside are
    /// clamped. The grid of points is smaller by the same factor.
    pub density: u32,
    /// Points nearer than this are left out: metres along the optical axis, rounded to millimetres. NaN counts as 0.
    pub min_depth: f32,
    /// Points farther than this are left out: metres along the optical axis, rounded to millimetres. NaN counts as infinite.
    pub max_depth: f32,
    /// Points outside this box are left out; `None` keeps all.
    pub clip_box: Option<ClipBox>,
    /// Leaves out flying pixels, which float between an edge and the background because they measured both. A pixel counts as
    /// flying if two opposite neighbours lie on different surfaces (their depths differ by more than this fraction of the nearer
    /// depth) and it belongs to neither (its depth differs from both by more than a quarter of that). [`DISCONTINUITY`] is a good
    /// value: a quarter of it is more than the noise. `None` keeps flying pixels. They are found in the full image, whatever the
    /// density. Values that are not finite or below 0 count as `None`.
    pub flying_pixels: Option<f32>,
    /// Leaves players or background out.
    pub players: PlayerFilter,
}

impl Default for PointFilter {
    fn default() -> Self {
        Self {
            density: 1,
            min_depth: 0.0,
            max_depth: f32::INFINITY,
            clip_box: None,
            flying_pixels: None,
            players: PlayerFilter::All,
        }
    }
}

impl PointFilter {
    /// Depth pixels from one point to the next.
    pub(crate) fn step(&self) -> u32 {
        self.density.clamp(1, 16)
    }

    /// The grid of points in a depth image of that size.
    pub(crate) fn grid(&self, width: u32, height: u32) -> UVec2 {
        UVec2::new(width.div_ceil(self.step()), height.div_ceil(self.step()))
    }
}

/// Smooths depth before points are computed from it, on the GPU: [`SurfaceMesh::smoothing`](crate::SurfaceMesh::smoothing) is on by
/// default, [`PointCloud::smoothing`](crate::PointCloud::smoothing) is [`OFF`](Self::OFF). Depth images and image outputs stay as the
/// sensor measured them.
///
/// Edges are kept: only neighbours on the same surface count, as far as surfaces can be told apart in spite of noise.
/// After a change of the sensor's source or modes, and after a seek backwards, the smoothing begins anew.
///
/// ```
/// # use bevy_kinect_azure::prelude::*;
/// // A surface without delay: every frame is smoothed on its own.
/// let surface = SurfaceMesh {
///     smoothing: DepthSmoothing {
///         images: 1,
///         ..DepthSmoothing::default()
///     },
///     ..SurfaceMesh::default()
/// };
/// ```
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
#[reflect(Default, Debug, PartialEq)]
pub struct DepthSmoothing {
    /// The number of depth images that are averaged at a pixel where nothing moves, up to 64; 0 and 1 average none. Where something
    /// moves, averaging begins anew. Default: 16, half a second at 30 images a second.
    pub images: u32,
    /// The distance of the farthest neighbours that a pixel is smoothed with, in depth pixels, up to 8; 0 switches it off.
    /// Default: 5.
    pub radius: u32,
    /// The width of the widest holes that are closed, in depth pixels, up to 8; 0 closes none. A hole is closed where the pixels on
    /// its sides, in two directions at right angles, are on one surface. Default: 3.
    pub holes: u32,
    /// Standard deviation of depth near the sensor, in metres. A change of depth counts as movement, and a difference between
    /// neighbours as an edge, if it is a few times larger than the noise. Values that are not finite or below 0 count as 0.
    /// Default: 0.0015, an Azure Kinect's.
    pub noise_floor: f32,
    /// How the standard deviation of depth grows with the square of the distance, in metres for each square metre: the noise at a
    /// distance z is `noise_floor + noise_growth · z²`. Values that are not finite or below 0 count as 0. Default: 0.001, an Azure
    /// Kinect's.
    pub noise_growth: f32,
}

impl Default for DepthSmoothing {
    fn default() -> Self {
        Self {
            images: 16,
            radius: 5,
            holes: 3,
            noise_floor: 0.0015,
            noise_growth: 0.001,
        }
    }
}

impl DepthSmoothing {
    /// No smoothing: points are where the sensor measured them.
    pub const OFF: Self = Self {
        images: 1,
        radius: 0,
        holes: 0,
        noise_floor: 0.0015,
        noise_growth: 0.001,
    };

    /// Whether any of the settings changes depth.
    pub(crate) fn is_on(&self) -> bool {
        self.images > 1 || self.radius > 0 || self.holes > 0
    }
}

/// A box, in metres. An empty box, and a box with a number that is not finite, contains no points.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
#[reflect(Default, Debug, PartialEq)]
pub struct ClipBox {
    /// Centre of the box.
    pub center: Vec3,
    /// Half the lengths of its sides.
    pub half_size: Vec3,
    /// Orientation of the box.
    pub rotation: Quat,
    /// The space of these numbers.
    pub space: ClipSpace,
}

impl Default for ClipBox {
    /// A cube of 2 m around a point 1.5 m in front of the sensor.
    fn default() -> Self {
        Self {
            center: Vec3::new(0.0, 0.0, -1.5),
            half_size: Vec3::ONE,
            rotation: Quat::IDENTITY,
            space: ClipSpace::Sensor,
        }
    }
}

impl ClipBox {
    /// The transform from points to the box: inside the box, all coordinates are from −1 to 1.
    pub(crate) fn inverse(&self, world_from_points: &Affine3A) -> Affine3A {
        let space = match self.space {
            ClipSpace::Sensor => Affine3A::IDENTITY,
            ClipSpace::World => *world_from_points,
        };
        let space_from_box =
            Affine3A::from_scale_rotation_translation(self.half_size, self.rotation, self.center);
        let inverse = space_from_box.inverse() * space;
        let is_solid = self.half_size.cmpgt(Vec3::ZERO).all() && self.rotation.is_normalized();
        if is_solid && inverse.is_finite() {
            inverse
        } else {
            Affine3A {
                matrix3: Mat3A::ZERO,
                translation: Vec3A::splat(2.0),
            }
        }
    }
}

/// The space in which a [`ClipBox`] is given.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClipSpace {
    /// The sensor: the box moves with it.
    #[default]
    Sensor,
    /// The world: the box stays in place, and clips points at the place where they are drawn.
    World,
}

/// The players whose points are kept, by the sensor's [`BodyIndexMap`](crate::body::BodyIndexMap). Without a map, or with a map of
/// another size than the depth image, every pixel is background. Trackers take a while: with
/// [`ImageTiming::Bodies`](crate::body::ImageTiming) points and players are from the same frame.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayerFilter {
    /// Everything.
    #[default]
    All,
    /// All players, without background.
    AnyBody,
    /// Some players: bit n stands for player n, so `0b101` keeps the first and the third. Players from 32 on are never
    /// kept.
    Only(u32),
    /// Background, without players.
    Background,
}

impl PlayerFilter {
    /// The players from 0 to 31 that are kept, as bits; whether players from 32 on are kept; whether background is kept.
    pub(crate) fn kept(self) -> (u32, bool, bool) {
        match self {
            Self::All => (u32::MAX, true, true),
            Self::AnyBody => (u32::MAX, true, false),
            Self::Only(players) => (players, false, false),
            Self::Background => (0, false, true),
        }
    }
}
