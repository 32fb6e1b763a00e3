//! Counts the captures, images and samples in a recording.

use super::clusters::Clusters;
use super::error::RecordingError;
use super::grouping::{Cursor, Direction};
use super::info::{Counts, TrackKind};
use super::reader::Recording;

impl Recording {
    /// Counts the captures, images, samples and custom blocks by reading every header and no image. `progress` is
    /// called repeatedly with the share that is done, 0 to 1. The reading position does not change.
    ///
    /// # Errors
    /// When the file cannot be read any more. Damaged stretches are skipped.
    pub fn count(&self, mut progress: impl FnMut(f32)) -> Result<Counts, RecordingError> {
        let mut counts = Counts::default();
        let mut frames = vec![0u64; self.tracks.len()];
        let Some(start) = self.clusters.start() else {
            return Ok(self.counts(0, &frames));
        };
        let mut clusters = self.clusters.fork();
        let mut cursors = [Cursor::at(start); 3];
        let mut counted = None;
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
            counts.captures += u64::from(group.is_some());
            count_frames(
                &mut clusters,
                &mut counted,
                start.cluster,
                horizon,
                &mut frames,
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
        Ok(self.counts(counts.captures, &frames))
    }

    fn counts(&self, captures: u64, frames: &[u64]) -> Counts {
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

/// Counts the frames of the clusters that were not counted yet: those before `horizon`, or all.
fn count_frames(
    clusters: &mut Clusters,
    counted: &mut Option<u64>,
    first: u64,
    horizon: Option<u64>,
    counts: &mut [u64],
) -> Result<(), RecordingError> {
    let mut next = match *counted {
        None => Some(first),
        Some(last) => clusters.next(last)?,
    };
    while let Some(cluster) = next.filter(|cluster| horizon.is_none_or(|end| *cluster < end)) {
        for frame in clusters.frames(cluster)? {
            if let Some(count) = counts.get_mut(usize::from(frame.track)) {
                *count += 1;
            }
        }
        *counted = Some(cluster);
        next = clusters.next(cluster)?;
    }
    Ok(())
}
