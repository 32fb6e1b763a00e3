//! Decides which frames belong to one capture.
//!
//! Each image track has its own cursor. The next capture takes the earliest pending frame and every other track's
//! pending frame that is less than half a period later; the frames of the others stay pending. Going backwards is the
//! mirror image with the latest frame. Times are compared with the delay between the cameras added. Right after a seek,
//! a track whose pending frame did not join may still contribute the frame before its cursor, so that a seek into the
//! middle of a capture does not split it.

use super::blocks::Frame;
use super::clusters::{Clusters, Found, Place, Reach};
use super::error::RecordingError;
use super::tracks::ImageTrack;

/// Where a track is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Before a frame, or anywhere between two.
    pub(super) place: Place,
    /// The frame at `place` was the last one delivered: the next is behind it, the previous before it. Otherwise the
    /// frame at `place` is the next.
    pub(super) on: bool,
    /// Nothing was delivered since the last seek.
    pub(super) fresh: bool,
}

impl Cursor {
    /// A cursor between two frames.
    pub(super) const fn at(place: Place) -> Self {
        Self {
            place,
            on: false,
            fresh: false,
        }
    }

    /// A cursor on a frame that is being delivered.
    pub(super) const fn on(place: Place) -> Self {
        Self {
            place,
            on: true,
            fresh: false,
        }
    }

    /// Where the search for the next frame begins.
    pub(super) const fn ahead(&self) -> Place {
        Place {
            cluster: self.place.cluster,
            index: self.place.index + self.on as usize,
        }
    }

    /// The frames before this place are the previous ones.
    pub(super) const fn behind(&self) -> Place {
        self.place
    }
}

/// The frames of a capture: colour, depth, infrared.
pub(super) type Group = [Option<Frame>; 3];

/// The direction in which captures are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// One of three tracks while a capture is put together.
#[derive(Clone, Copy, Debug)]
enum Candidate {
    /// Not found yet; the search goes on here.
    Searching(Place),
    /// The pending frame.
    Pending(Place, Frame),
    /// The track has no more frames.
    Ended(Place),
}

impl From<Found> for Candidate {
    fn from(found: Found) -> Self {
        match found {
            Found::Frame(place, frame) => Self::Pending(place, frame),
            Found::NotYet(place) => Self::Searching(place),
            Found::None(place) => Self::Ended(place),
        }
    }
}

/// The rule that groups frames into captures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grouping {
    /// Colour, depth, infrared.
    pub(super) images: [Option<ImageTrack>; 3],
    /// Time from capture to capture.
    pub(super) period_ns: i64,
}

impl Grouping {
    /// The next or previous capture, and the positions of the cursors after it. `None` at the end or beginning.
    pub(super) fn step(
        &self,
        clusters: &mut Clusters,
        cursors: &[Cursor; 3],
        direction: Direction,
    ) -> Result<(Option<Group>, [Cursor; 3]), RecordingError> {
        let forward = direction == Direction::Forward;
        let half = self.period_ns / 2;
        let mut candidates = [None; 3];
        for ((candidate, image), cursor) in candidates.iter_mut().zip(&self.images).zip(cursors) {
            *candidate = image.map(|image| {
                let start = if forward {
                    cursor.ahead()
                } else {
                    cursor.behind()
                };
                (image, Candidate::Searching(start))
            });
        }

        // Search cluster by cluster until one track has a frame, so that a track that ended long ago costs no time.
        while let Some(horizon) = self.horizon(&candidates, direction) {
            for (image, candidate) in candidates.iter_mut().flatten() {
                if let Candidate::Searching(place) = *candidate
                    && reached(place.cluster, horizon, direction)
                {
                    let reach = Reach {
                        cluster: Some(horizon),
                        time_ns: None,
                    };
                    *candidate = search(clusters, image.track, place, reach, direction)?.into();
                }
            }
            if pick(&candidates, direction).is_some() {
                break;
            }
        }
        let Some(edge) = pick(&candidates, direction) else {
            return Ok((None, self.at_edge(&candidates, cursors)));
        };

        // Then search the other tracks as far as a frame could still belong to the capture.
        for (image, candidate) in candidates.iter_mut().flatten() {
            if let Candidate::Searching(place) = *candidate {
                let far = if forward {
                    edge.saturating_add(half)
                } else {
                    edge.saturating_sub(half)
                };
                let reach = Reach {
                    cluster: None,
                    time_ns: Some(far.saturating_sub(image.delay_ns)),
                };
                *candidate = search(clusters, image.track, place, reach, direction)?.into();
            }
        }
        let edge = pick(&candidates, direction).unwrap_or(edge);

        let mut group = Group::default();
        let mut moved = *cursors;
        for (slot, candidate) in candidates.into_iter().enumerate() {
            let Some((image, candidate)) = candidate else {
                continue;
            };
            let joins = |frame: &Frame| {
                let time = frame.time_ns.saturating_add(image.delay_ns);
                time.saturating_sub(edge).saturating_abs() < half.max(1)
            };
            let cursor = cursors[slot];
            let (frame, after) = match candidate {
                Candidate::Pending(place, frame) if joins(&frame) => {
                    (Some(frame), Cursor::on(place))
                }
                candidate if cursor.fresh && forward => {
                    let filled = self.fill_in(clusters, &image, &cursor, edge)?;
                    match filled {
                        Some((place, frame)) if joins(&frame) => (Some(frame), Cursor::on(place)),
                        _ => (None, rest(candidate, forward)),
                    }
                }
                candidate => (None, rest(candidate, forward)),
            };
            group[slot] = frame;
            moved[slot] = after;
        }
        Ok((Some(group), moved))
    }

    /// The frame before a cursor that was just sought.
    fn fill_in(
        &self,
        clusters: &mut Clusters,
        image: &ImageTrack,
        cursor: &Cursor,
        edge: i64,
    ) -> Result<Option<(Place, Frame)>, RecordingError> {
        let far = edge.saturating_sub(self.period_ns / 2);
        let reach = Reach {
            cluster: None,
            time_ns: Some(far.saturating_sub(image.delay_ns)),
        };
        Ok(
            match clusters.search_backward(image.track, cursor.place, reach)? {
                Found::Frame(place, frame) => Some((place, frame)),
                Found::NotYet(_) | Found::None(_) => None,
            },
        )
    }

    /// The nearest cluster in which a search has to go on.
    fn horizon(
        &self,
        candidates: &[Option<(ImageTrack, Candidate)>; 3],
        direction: Direction,
    ) -> Option<u64> {
        let clusters = candidates.iter().flatten().filter_map(|(_, c)| match c {
            Candidate::Searching(place) => Some(place.cluster),
            Candidate::Pending(..) | Candidate::Ended(_) => None,
        });
        match direction {
            Direction::Forward => clusters.min(),
            Direction::Backward => clusters.max(),
        }
    }

    /// The cursors when no track has a frame left: all at the end (or beginning), so that reading in the other
    /// direction begins with the last frame.
    fn at_edge(
        &self,
        candidates: &[Option<(ImageTrack, Candidate)>; 3],
        cursors: &[Cursor; 3],
    ) -> [Cursor; 3] {
        let mut moved = *cursors;
        for (cursor, candidate) in moved.iter_mut().zip(candidates) {
            if let Some((_, Candidate::Ended(place))) = candidate {
                *cursor = Cursor::at(*place);
            }
        }
        moved
    }
}

/// The cursor of a track whose pending frame did not join the capture.
const fn rest(candidate: Candidate, forward: bool) -> Cursor {
    match (candidate, forward) {
        (Candidate::Searching(place) | Candidate::Ended(place), _) => Cursor::at(place),
        (Candidate::Pending(place, _), true) => Cursor::at(place),
        (Candidate::Pending(place, _), false) => Cursor::at(Place {
            cluster: place.cluster,
            index: place.index + 1,
        }),
    }
}

fn reached(cluster: u64, horizon: u64, direction: Direction) -> bool {
    match direction {
        Direction::Forward => cluster <= horizon,
        Direction::Backward => cluster >= horizon,
    }
}

fn search(
    clusters: &mut Clusters,
    track: u16,
    from: Place,
    reach: Reach,
    direction: Direction,
) -> Result<Found, RecordingError> {
    match direction {
        Direction::Forward => clusters.search_forward(track, from, reach),
        Direction::Backward => clusters.search_backward(track, from, reach),
    }
}

/// The earliest (latest) time of the pending frames.
fn pick(candidates: &[Option<(ImageTrack, Candidate)>; 3], direction: Direction) -> Option<i64> {
    let times = candidates
        .iter()
        .flatten()
        .filter_map(|(image, c)| match c {
            Candidate::Pending(_, frame) => Some(frame.time_ns.saturating_add(image.delay_ns)),
            Candidate::Searching(_) | Candidate::Ended(_) => None,
        });
    match direction {
        Direction::Forward => times.min(),
        Direction::Backward => times.max(),
    }
}
