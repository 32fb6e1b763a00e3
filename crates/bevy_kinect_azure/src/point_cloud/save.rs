//! Writes points to PLY files, in the background.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::{IoTaskPool, Task, block_on, poll_once};
use kinect_azure::ply;

use super::copy::{Copied, HasRenderer, begin};
use super::{PointCloudBuffer, Points, PointsError};

/// Writes the points of a [`PointCloud`](super::PointCloud) or a [`SurfaceMesh`](super::SurfaceMesh), as they are when this is
/// triggered, to a PLY file: binary, little endian, position in metres in the sensor's space (x right, y up, −z forward) and
/// colour. The result arrives as [`PointsSaved`]. An existing file is replaced once the new one is complete.
#[derive(EntityEvent, Reflect, Clone, Debug)]
pub struct SavePoints {
    /// The entity with the cloud.
    #[event_target]
    pub cloud: Entity,
    /// The file.
    pub path: PathBuf,
}

/// The result of [`SavePoints`].
#[derive(Message, Clone, Debug)]
pub struct PointsSaved {
    /// The entity with the cloud.
    pub cloud: Entity,
    /// The file.
    pub path: PathBuf,
    /// The number of points in the file, or why it was not written.
    pub result: Result<usize, PointsError>,
}

pub(super) fn build(app: &mut App) {
    app.register_type::<SavePoints>()
        .add_message::<PointsSaved>()
        .add_observer(save)
        .add_systems(PreUpdate, report);
}

/// The file that a copy is written to.
#[derive(Component)]
struct Destination(PathBuf);

/// A file that is being written.
#[derive(Component)]
struct Writing {
    cloud: Entity,
    result: Task<io::Result<usize>>,
}

fn save(
    request: On<SavePoints>,
    mut commands: Commands,
    buffers: Query<&PointCloudBuffer>,
    has_renderer: Res<HasRenderer>,
    mut saved: MessageWriter<PointsSaved>,
) {
    let SavePoints { cloud, path } = request.event();
    match begin(
        &mut commands,
        *cloud,
        buffers.get(*cloud).ok(),
        &has_renderer,
    ) {
        Ok(job) => {
            commands
                .entity(job)
                .insert(Destination(path.clone()))
                .observe(write);
        }
        Err(error) => {
            saved.write(PointsSaved {
                cloud: *cloud,
                path: path.clone(),
                result: Err(error),
            });
        }
    }
}

fn write(
    mut copied: On<Copied>,
    mut commands: Commands,
    destinations: Query<&Destination>,
    mut saved: MessageWriter<PointsSaved>,
) {
    let (job, cloud, size) = (copied.job, copied.cloud, copied.size);
    let Ok(Destination(path)) = destinations.get(job) else {
        return;
    };
    let path = path.clone();
    match core::mem::replace(&mut copied.bytes, Ok(Vec::new())) {
        Ok(bytes) => {
            let result = IoTaskPool::get()
                .spawn(async move { write_file(&path, &Copied::points(size, &bytes)) });
            commands.entity(job).insert(Writing { cloud, result });
        }
        Err(error) => {
            commands.entity(job).despawn();
            saved.write(PointsSaved {
                cloud,
                path,
                result: Err(error),
            });
        }
    }
}

fn report(
    mut commands: Commands,
    mut jobs: Query<(Entity, &mut Writing, &Destination)>,
    mut saved: MessageWriter<PointsSaved>,
) {
    for (job, mut writing, Destination(path)) in &mut jobs {
        let Some(result) = block_on(poll_once(&mut writing.result)) else {
            continue;
        };
        commands.entity(job).despawn();
        saved.write(PointsSaved {
            cloud: writing.cloud,
            path: path.clone(),
            result: result.map_err(|error| PointsError::File {
                path: path.clone(),
                error: Arc::new(error),
            }),
        });
    }
}

/// Writes a file under a temporary name, and renames it once it is complete. Returns the number of points.
fn write_file(path: &Path, points: &Points) -> io::Result<usize> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let written = File::create(&unfinished)
        .and_then(|file| write_ply(BufWriter::new(file), points))
        .and_then(|count| std::fs::rename(&unfinished, path).map(|()| count));
    if written.is_err() {
        // Removes the incomplete file. Removing fails if the file could not even be created: nothing to do then.
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}

fn write_ply(mut file: impl Write, points: &Points) -> io::Result<usize> {
    let colored = points.iter().map(|point| {
        let [red, green, blue, _] = point.color;
        (point.position.to_array(), [red, green, blue])
    });
    let count = ply::write_points(&mut file, colored)?;
    file.flush()?;
    Ok(count)
}
