//! Copies of points to the CPU on request.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::gpu_readback::{Readback, ReadbackComplete};
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};

use super::{POINT_BYTES, PointCloudBuffer};

/// The longest wait for a copy. The GPU needs a few frames; a GPU that was lost never answers.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks for a copy of the points of a [`PointCloud`](super::PointCloud) or a [`SurfaceMesh`](super::SurfaceMesh): the copy arrives
/// a few frames later as [`PointsReady`].
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// fn measure(mut commands: Commands, cloud: Single<Entity, With<PointCloud>>) {
///     commands.trigger(RequestPoints { cloud: *cloud });
/// }
///
/// fn take(ready: On<PointsReady>) {
///     if let Ok(points) = &ready.points {
///         let nearest = points.iter().map(|point| -point.position.z).reduce(f32::min);
///         info!("the nearest point is {nearest:?} m away");
///     }
/// }
/// ```
#[derive(EntityEvent, Reflect, Clone, Copy, Debug)]
pub struct RequestPoints {
    /// The entity with the cloud.
    #[event_target]
    pub cloud: Entity,
}

/// The answer to [`RequestPoints`]: the copy, or an error. There is no answer if the cloud is despawned meanwhile.
#[derive(EntityEvent, Clone, Debug)]
pub struct PointsReady {
    /// The entity with the cloud.
    #[event_target]
    pub cloud: Entity,
    /// The points, or why they could not be copied.
    pub points: Result<Arc<Points>, PointsError>,
}

/// Points on the CPU: those of a [`PointCloudBuffer`] at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// Points in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width × height` entries, row by row as in the depth image; an entry with alpha 0 is no point.
    pub grid: Vec<Point>,
}

/// A point of a cloud.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Metres in the sensor's space: x right, y up, −z forward.
    pub position: Vec3,
    /// Red, green, blue (sRGB-encoded) and alpha; alpha 0 = no point here.
    pub color: [u8; 4],
}

impl Points {
    /// The points (entries with alpha above 0), row by row.
    pub fn iter(&self) -> impl Iterator<Item = &Point> + Clone {
        self.grid.iter().filter(|point| point.color[3] != 0)
    }

    /// Parses the bytes of a point buffer.
    fn parse(width: u32, height: u32, bytes: &[u8]) -> Self {
        let grid = bytes
            .as_chunks::<POINT_BYTES>()
            .0
            .iter()
            .map(|bytes| {
                let (numbers, _) = bytes.as_chunks::<4>();
                let number = |at: usize| numbers.get(at).copied().unwrap_or_default();
                Point {
                    position: Vec3::from([0, 1, 2].map(|at| f32::from_le_bytes(number(at)))),
                    color: number(3),
                }
            })
            .collect();
        Self {
            width,
            height,
            grid,
        }
    }
}

/// Why points were not copied or saved.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PointsError {
    /// The app has no renderer, so no point cloud is computed.
    NoRenderer,
    /// The entity has no points: it is not a point cloud, or no depth was measured yet.
    NoPoints,
    /// The cloud was despawned, or its component removed, before its points were copied.
    CloudGone,
    /// The GPU did not deliver the points within ten seconds.
    NoAnswer,
    /// A file could not be written.
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: Arc<std::io::Error>,
    },
}

impl core::fmt::Display for PointsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoRenderer => write!(
                f,
                "this app has no renderer, so no point cloud is computed: add Bevy's RenderPlugin before \
                 KinectAzurePlugin, or compute points from the SensorFrame with \
                 kinect_azure::transform::point_cloud_f32"
            ),
            Self::NoPoints => write!(
                f,
                "there are no points yet: request points from an entity with a PointCloud or a SurfaceMesh after its \
                 sensor has started to stream depth"
            ),
            Self::CloudGone => write!(
                f,
                "the point cloud was removed before its points were copied: keep it until PointsReady or PointsSaved arrives"
            ),
            Self::NoAnswer => write!(
                f,
                "the GPU did not deliver the points: it may have been lost; request them again"
            ),
            Self::File { path, error } => write!(
                f,
                "the points could not be written to {}: {error}. Check that the folder exists, that you may write to \
                 it, and that the disk has room",
                path.display()
            ),
        }
    }
}

impl core::error::Error for PointsError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::File { error, .. } => Some(error.as_ref()),
            _ => None,
        }
    }
}

pub(super) fn build(app: &mut App) {
    app.register_type::<RequestPoints>()
        .init_resource::<HasRenderer>()
        .add_observer(request)
        .add_systems(PreUpdate, (age, deliver).chain());
    let has_renderer = app.get_sub_app(RenderApp).is_some();
    app.insert_resource(HasRenderer(has_renderer));
}

/// Whether the app renders.
#[derive(Resource, Default)]
pub(super) struct HasRenderer(bool);

/// A copy in progress, on an entity of its own.
#[derive(Component)]
pub(super) struct Copying {
    pub(super) cloud: Entity,
    width: u32,
    height: u32,
    since: Instant,
    was_extracted: bool,
}

/// The result of a copy; the observer on the copy's entity takes it.
#[derive(EntityEvent)]
pub(super) struct Copied {
    #[event_target]
    pub(super) job: Entity,
    pub(super) cloud: Entity,
    pub(super) size: (u32, u32),
    pub(super) bytes: Result<Vec<u8>, PointsError>,
}

impl Copied {
    /// Parses the points, which takes a while: call this in a task.
    pub(super) fn points(size: (u32, u32), bytes: &[u8]) -> Points {
        Points::parse(size.0, size.1, bytes)
    }
}

/// Begins a copy: [`Copied`] is triggered on the returned entity.
pub(super) fn begin(
    commands: &mut Commands,
    cloud: Entity,
    buffer: Option<&PointCloudBuffer>,
    has_renderer: &HasRenderer,
) -> Result<Entity, PointsError> {
    if !has_renderer.0 {
        return Err(PointsError::NoRenderer);
    }
    let buffer = buffer
        .filter(|buffer| buffer.is_filled())
        .ok_or(PointsError::NoPoints)?;
    let copying = Copying {
        cloud,
        width: buffer.width,
        height: buffer.height,
        since: Instant::now(),
        was_extracted: false,
    };
    let job = commands
        .spawn((copying, Readback::buffer(buffer.buffer.clone())))
        .observe(take_bytes)
        .id();
    Ok(job)
}

/// Receives the bytes that the GPU has copied.
fn take_bytes(
    mut done: On<ReadbackComplete>,
    mut commands: Commands,
    jobs: Query<&Copying>,
    clouds: Query<(), With<PointCloudBuffer>>,
) {
    let job = done.entity;
    let Ok(copying) = jobs.get(job) else {
        return;
    };
    let (cloud, size) = (copying.cloud, (copying.width, copying.height));
    let bytes = if clouds.contains(cloud) {
        Ok(core::mem::take(&mut done.data))
    } else {
        Err(PointsError::CloudGone)
    };
    commands.entity(job).remove::<(Copying, Readback)>();
    commands.trigger(Copied {
        job,
        cloud,
        size,
        bytes,
    });
}

/// Ends each request after one copy, or after [`PATIENCE`].
fn age(
    mut commands: Commands,
    mut jobs: Query<(Entity, &mut Copying)>,
    clouds: Query<(), With<PointCloudBuffer>>,
) {
    for (job, mut copying) in &mut jobs {
        // Bevy copies the buffer in every frame while the request exists: the first copy is enough.
        if copying.was_extracted {
            commands.entity(job).remove::<Readback>();
        }
        copying.was_extracted = true;
        let error = if !clouds.contains(copying.cloud) {
            PointsError::CloudGone
        } else if copying.since.elapsed() > PATIENCE {
            PointsError::NoAnswer
        } else {
            continue;
        };
        commands.entity(job).remove::<(Copying, Readback)>();
        commands.trigger(Copied {
            job,
            cloud: copying.cloud,
            size: (copying.width, copying.height),
            bytes: Err(error),
        });
    }
}

fn request(
    request: On<RequestPoints>,
    mut commands: Commands,
    buffers: Query<&PointCloudBuffer>,
    has_renderer: Res<HasRenderer>,
) {
    let cloud = request.cloud;
    match begin(&mut commands, cloud, buffers.get(cloud).ok(), &has_renderer) {
        Ok(job) => {
            commands.entity(job).observe(parse);
        }
        Err(error) => commands.trigger(PointsReady {
            cloud,
            points: Err(error),
        }),
    }
}

/// The task that parses points.
#[derive(Component)]
struct Parsing {
    cloud: Entity,
    points: Task<Points>,
}

fn parse(mut copied: On<Copied>, mut commands: Commands) {
    let (job, cloud, size) = (copied.job, copied.cloud, copied.size);
    match core::mem::replace(&mut copied.bytes, Ok(Vec::new())) {
        Ok(bytes) => {
            let points =
                AsyncComputeTaskPool::get().spawn(async move { Copied::points(size, &bytes) });
            commands.entity(job).insert(Parsing { cloud, points });
        }
        Err(error) => {
            commands.entity(job).despawn();
            commands.trigger(PointsReady {
                cloud,
                points: Err(error),
            });
        }
    }
}

fn deliver(
    mut commands: Commands,
    mut jobs: Query<(Entity, &mut Parsing)>,
    clouds: Query<(), With<PointCloudBuffer>>,
) {
    for (job, mut parsing) in &mut jobs {
        let Some(points) = block_on(poll_once(&mut parsing.points)) else {
            continue;
        };
        let points = if clouds.contains(parsing.cloud) {
            Ok(Arc::new(points))
        } else {
            Err(PointsError::CloudGone)
        };
        commands.entity(job).despawn();
        commands.trigger(PointsReady {
            cloud: parsing.cloud,
            points,
        });
    }
}
