//! Counts the captures, images and samples in a recording.

use super::blocks::Frame;
use super::bodies;
use super::clusters::Clusters;
use super::compression::Unpacker;
use super::error::RecordingError;
use super::grouping::{Cursor, Direction};
use super::info::{Counts, TrackKind};
use super::reader::{LARGEST_DATA_BLOCK, Recording};

impl Recording {
    /// Counts the captures, images, samples and custom blocks by reading every header and no image. `progress` is
    /// called repeatedly with the share that is done, 0 to 1. The reading position does not change.
    ///
    /// # Errors
    /// Fails if the file cannot be read any more. Damaged stretches are skipped.
    pub fn count(&self, mut progress: impl FnMut(f32)) -> Result<Counts, RecordingError> {
        let mut captures = 0;
        let mut frames = vec![0u64; self.tracks.len()];
        let mut most_bodies = 0;
        let Some(start) = self.clusters.start() else {
            return Ok(self.counts(captures, &frames, most_bodies));
        };
        let mut unpacker = Unpacker::default();
        let mut count = |frame: &Frame| {
            if let Some(count) = frames.get_mut(usize::from(frame.track)) {
                *count += 1;
            }
            if self.body_track == Some(frame.track) {
                most_bodies = most_bodies.max(self.count_bodies(frame, &mut unpacker)?);
            }
            Ok(())
        };
        let mut clusters = self.clusters.fork();
        let mut cursors = [Cursor::at(start); 3];
        let mut visited = None;
        let length = self.storage.len().max(1) as f32;
        let mut next_report = 0u64;
        loop {
            let (group, moved) = self
                .grouping
                .step(&mut clusters, &cursors, Direction::Forward)?;
            cursors = moved;
            let horizon = match group {
                Some(_) => cursors
                    .iter()
                    .zip(&self.grouping.images)
                    .filter_map(|(cursor, image)| image.map(|_| cursor.place.cluster))
                    .min(),
                None => None,
            };
            captures += u64::from(group.is_some());
            visit_frames(
                &mut clusters,
                &mut visited,
                start.cluster,
                horizon,
                &mut count,
            )?;
            if let Some(cluster) = horizon
                && cluster >= next_report
            {
                next_report = cluster + (8 << 20);
                progress(cluster as f32 / length);
            }
            if group.is_none() {
                break;
            }
        }
        progress(1.0);
        Ok(self.counts(captures, &frames, most_bodies))
    }

    /// The number of bodies in a block of the body track; 0 if the block is damaged.
    fn count_bodies(&self, frame: &Frame, unpacker: &mut Unpacker) -> Result<u16, RecordingError> {
        let compression = self.compressions.get(usize::from(frame.track));
        let Some(compression) = compression.and_then(Option::as_ref) else {
            let mut start = [0; 2];
            if frame.size as usize >= start.len() {
                self.storage.read(frame.offset, &mut start)?;
            }
            return Ok(bodies::count(&start, frame.size as usize));
        };
        let limit = LARGEST_DATA_BLOCK as usize;
        let block = unpacker.read(&self.storage, frame, compression, limit)?;
        Ok(block.map_or(0, |block| bodies::count(block, block.len())))
    }

    fn counts(&self, captures: u64, frames: &[u64], most_bodies: u16) -> Counts {
        let of = |kind: TrackKind| {
            let index = self.tracks.iter().position(|track| track.kind == kind);
            index
                .and_then(|index| frames.get(index).copied())
                .unwrap_or(0)
        };
        Counts {
            captures,
            color_images: of(TrackKind::Color),
            depth_images: of(TrackKind::Depth),
            ir_images: of(TrackKind::Ir),
            imu_samples: of(TrackKind::Imu),
            body_frames: self
                .body_track
                .and_then(|track| frames.get(usize::from(track)).copied())
                .unwrap_or(0),
            most_bodies,
            custom_blocks: self
                .tracks
                .iter()
                .zip(frames)
                .filter(|(track, _)| track.kind == TrackKind::Custom)
                .map(|(track, count)| (track.name.clone(), *count))
                .collect(),
        }
    }
}

/// Calls `visit` with the frames of the clusters that were not visited yet: those before `horizon`, or all.
fn visit_frames(
    clusters: &mut Clusters,
    visited: &mut Option<u64>,
    first: u64,
    horizon: Option<u64>,
    visit: &mut impl FnMut(&Frame) -> Result<(), RecordingError>,
) -> Result<(), RecordingError> {
    let mut next = match *visited {
        None => Some(first),
        Some(last) => clusters.next(last)?,
    };
    while let Some(cluster) = next.filter(|cluster| horizon.is_none_or(|end| *cluster < end)) {
        for frame in clusters.frames(cluster)? {
            visit(frame)?;
        }
        *visited = Some(cluster);
        next = clusters.next(cluster)?;
    }
    Ok(())
}
