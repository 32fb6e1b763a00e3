//! Seeks to a time.

use super::blocks::Frame;
use super::clusters::{Clusters, Found, Place, Reach};
use super::error::RecordingError;
use super::grouping::Cursor;
use super::info::{SeekTarget, TrackKind};
use super::reader::{Places, Recording};

impl Recording {
    /// Seeks to a time. The next capture is then the first with an image at or after that time, and the previous
    /// capture is the last whose images are all before it. The same applies to inertial samples (by the time of the
    /// acceleration) and to custom tracks.
    ///
    /// # Errors
    /// Fails if the file cannot be read any more; the reading position does not change then.
    pub fn seek(&mut self, target: SeekTarget) -> Result<(), RecordingError> {
        let ns = |usec: u64| i64::try_from(usec.saturating_mul(1000)).unwrap_or(i64::MAX);
        let target_ns = match target {
            SeekTarget::Start(usec) => ns(usec),
            SeekTarget::End(usec) => self.duration_ns.saturating_add(1).saturating_sub(ns(usec)),
            SeekTarget::DeviceTime(usec) => ns(usec.saturating_sub(self.start_offset_ns / 1000)),
        };
        let Some(cluster) = self.clusters.locate(target_ns)? else {
            return Ok(());
        };
        let start = Place { cluster, index: 0 };
        let mut places = Places::at(start, self.tracks.len());
        for (cursor, image) in places.images.iter_mut().zip(self.grouping.images) {
            if let Some(image) = image {
                let place = self.seek_track(image.track, start, target_ns)?;
                *cursor = Cursor {
                    fresh: true,
                    ..Cursor::at(place)
                };
            }
        }
        if let Some(imu) = self.imu_track {
            places.imu = Cursor::at(self.seek_imu(imu, start, target_ns)?);
        }
        for (index, track) in self.tracks.iter().enumerate() {
            if track.kind == TrackKind::Custom
                && let Some(cursor) = places.data.get_mut(index)
            {
                let place = seek_frames(
                    &mut self.clusters,
                    index as u16,
                    start,
                    target_ns,
                    |_, _, frame| Ok(frame.time_ns),
                )?;
                *cursor = Cursor::at(place);
            }
        }
        self.places = Some(places);
        Ok(())
    }

    fn seek_track(
        &mut self,
        track: u16,
        start: Place,
        target_ns: i64,
    ) -> Result<Place, RecordingError> {
        seek_frames(
            &mut self.clusters,
            track,
            start,
            target_ns,
            |_, _, frame| Ok(frame.time_ns),
        )
    }

    /// Moves only the place for inertial samples, to the first one at or after a time.
    pub(super) fn seek_imu_only(&mut self, file_usec: u64) -> Result<(), RecordingError> {
        let target_ns = i64::try_from(file_usec.saturating_mul(1000)).unwrap_or(i64::MAX);
        if let Some(track) = self.imu_track
            && let Some(cluster) = self.clusters.locate(target_ns)?
        {
            let start = Place { cluster, index: 0 };
            let place = self.seek_imu(track, start, target_ns)?;
            if let Some(places) = &mut self.places {
                places.imu = Cursor::at(place);
            }
        }
        Ok(())
    }

    fn seek_imu(
        &mut self,
        track: u16,
        start: Place,
        target_ns: i64,
    ) -> Result<Place, RecordingError> {
        let Self {
            clusters,
            storage,
            imu_run,
            start_offset_ns,
            ..
        } = self;
        seek_frames(
            clusters,
            track,
            start,
            target_ns,
            |clusters, place, frame| {
                let Some(raw) = imu_run.read(storage, clusters, place, frame)? else {
                    return Ok(frame.time_ns);
                };
                let raw = raw.on_clock(frame, *start_offset_ns);
                let absolute = i64::try_from(raw.acceleration_ns).unwrap_or(i64::MAX);
                Ok(absolute.saturating_sub(i64::try_from(*start_offset_ns).unwrap_or(i64::MAX)))
            },
        )
    }
}

/// The place before a track's first frame at or after a time.
fn seek_frames(
    clusters: &mut Clusters,
    track: u16,
    start: Place,
    target_ns: i64,
    mut time: impl FnMut(&mut Clusters, Place, &Frame) -> Result<i64, RecordingError>,
) -> Result<Place, RecordingError> {
    let reach = Reach {
        cluster: None,
        time_ns: Some(target_ns),
    };
    let mut place = start;
    // Move forwards over frames that are too early …
    loop {
        match clusters.search_forward(track, place, reach)? {
            Found::Frame(at, frame) if time(clusters, at, &frame)? < target_ns => {
                place = Place {
                    index: at.index + 1,
                    ..at
                };
            }
            Found::Frame(at, _) | Found::NotYet(at) | Found::None(at) => {
                place = at;
                break;
            }
        }
    }
    // … and backwards while the previous frame is not too early.
    while let Found::Frame(at, frame) = clusters.search_backward(track, place, reach)? {
        if time(clusters, at, &frame)? < target_ns {
            break;
        }
        place = at;
    }
    Ok(place)
}
