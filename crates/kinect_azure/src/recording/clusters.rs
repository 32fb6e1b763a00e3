//! Finds clusters, and the frames within them.
//!
//! Only headers are read here. A handful of clusters is kept as lists of frames; nothing grows while a recording
//! plays. Known places in the file are *anchors* (from the Cues, or from one walk through the headers of a file
//! without Cues); from an anchor the file is walked cluster by cluster. Where the chain of sizes breaks, the next
//! cluster is searched for byte by byte.

use std::collections::VecDeque;
use std::sync::Arc;

use super::blocks::{BlockTrack, Blocks, Cluster, Damage, Frame, WINDOW};
use super::ebml::{Header, Parsed, Window, id};
use super::error::RecordingError;
use super::storage::Storage;
use super::time::to_ns;

/// Bytes read at once while searching for a cluster in damaged data.
const SCAN: usize = 64 * 1024;

/// Clusters whose frame lists are kept: a few around the images and a few around the inertial samples.
const CACHED: usize = 16;

/// The memory of longer frame lists is not kept for the next cluster.
const USUAL_FRAMES: usize = 1 << 14;

/// The most anchors; with more, some are removed.
const MOST_ANCHORS: usize = 1 << 16;

/// The most places whose damage is reported; further damage of the file is skipped without a report.
const MOST_REPORTS: usize = 256;

/// An anchor is added after each walk over this many clusters that found no frame.
const ANCHOR_STRIDE: usize = 64;

/// Matroska's block times are cluster time ± this many units.
const RELATIVE: i64 = 1 << 15;

/// A place between frames: before the frame `index` of the cluster at `cluster`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Where the cluster begins.
    pub(super) cluster: u64,
    /// Index into its frames.
    pub(super) index: usize,
}

/// What searching for a track's next or previous frame gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The frame and the place before it.
    Frame(Place, Frame),
    /// No frame within the reach; the search continues at this place.
    NotYet(Place),
    /// No frame is left; this place is the end (or the beginning) of the recording.
    None(Place),
}

/// The limits of a search.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// The search does not go beyond the cluster that begins here.
    pub(super) cluster: Option<u64>,
    /// The search does not enter clusters whose frames are all later (searching backwards: earlier) than this.
    pub(super) time_ns: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    offset: u64,
    time_ns: i64,
}

/// The clusters of a file.
#[derive(Debug)]
pub(super) struct Clusters {
    window: Window,
    /// The end of the Segment by its own size.
    segment_end: Option<u64>,
    /// Nanoseconds per unit of time.
    scale: i64,
    tracks: Arc<[BlockTrack]>,
    first: Option<u64>,
    anchors: Vec<Anchor>,
    cache: Vec<Cluster>,
    clock: u64,
    /// Positions of consecutive clusters, including the last one that was passed to `previous`.
    chain: Vec<u64>,
    damages: VecDeque<Damage>,
    /// The positions of the damage that has been reported.
    reported: Vec<u64>,
}

impl Clusters {
    /// The clusters of `storage`, the first at `first`. `cues` are times in units and positions.
    pub(super) fn new(
        storage: &Arc<Storage>,
        segment_end: Option<u64>,
        scale: i64,
        tracks: Arc<[BlockTrack]>,
        first: Option<u64>,
        cues: &[(u64, u64)],
    ) -> Self {
        let mut anchors: Vec<_> = cues
            .iter()
            .map(|(time, offset)| Anchor {
                offset: *offset,
                time_ns: to_ns(i64::try_from(*time).unwrap_or(i64::MAX), scale),
            })
            .filter(|anchor| first.is_some_and(|first| anchor.offset > first))
            .collect();
        anchors.sort_by_key(|anchor| anchor.offset);
        anchors.dedup_by_key(|anchor| anchor.offset);
        Self {
            window: Window::new(Arc::clone(storage), WINDOW),
            segment_end,
            scale,
            tracks,
            first,
            anchors,
            cache: Vec::with_capacity(CACHED),
            clock: 0,
            chain: Vec::new(),
            damages: VecDeque::new(),
            reported: Vec::new(),
        }
    }

    /// Makes a second reader of the same file, which has its own reading positions.
    pub(super) fn fork(&self) -> Self {
        Self {
            window: Window::new(Arc::clone(self.window.storage()), WINDOW),
            segment_end: self.segment_end,
            scale: self.scale,
            tracks: Arc::clone(&self.tracks),
            first: self.first,
            anchors: self.anchors.clone(),
            cache: Vec::with_capacity(CACHED),
            clock: 0,
            chain: Vec::new(),
            damages: VecDeque::new(),
            reported: self.reported.clone(),
        }
    }

    /// The place before the first frame; `None` without any cluster.
    pub(super) fn start(&self) -> Option<Place> {
        self.first.map(|cluster| Place { cluster, index: 0 })
    }

    /// Damage found since the last call; each place is reported once.
    pub(super) fn take_damage(&mut self) -> Option<Damage> {
        self.damages.pop_front()
    }

    fn len(&self) -> u64 {
        self.window.storage().len()
    }

    fn damaged(&mut self, offset: u64, problem: &'static str) {
        if self.reported.len() < MOST_REPORTS && !self.reported.contains(&offset) {
            self.reported.push(offset);
            self.damages.push_back(Damage { offset, problem });
        }
    }

    /// The frames of the cluster at `offset`.
    pub(super) fn frames(&mut self, offset: u64) -> Result<&[Frame], RecordingError> {
        let slot = self.load(offset)?;
        Ok(self.cache.get(slot).map_or(&[], |cluster| &cluster.frames))
    }

    /// The cluster behind the one at `offset`.
    pub(super) fn next(&mut self, offset: u64) -> Result<Option<u64>, RecordingError> {
        let slot = self.load(offset)?;
        Ok(self.cache.get(slot).and_then(|cluster| cluster.next))
    }

    /// The time of the cluster at `offset`, to which its frames' times are relative.
    fn loaded_time(&mut self, offset: u64) -> Result<i64, RecordingError> {
        let slot = self.load(offset)?;
        Ok(self.cache.get(slot).map_or(0, |cluster| cluster.time_ns))
    }

    /// The earliest time that a frame of the cluster at `offset` can have.
    fn earliest(&mut self, offset: u64) -> Result<i64, RecordingError> {
        let time = self.loaded_time(offset)?;
        Ok(time.saturating_sub(to_ns(RELATIVE, self.scale)))
    }

    /// The latest time that a frame of the cluster at `offset` can have.
    fn latest(&mut self, offset: u64) -> Result<i64, RecordingError> {
        let time = self.loaded_time(offset)?;
        Ok(time.saturating_add(to_ns(RELATIVE, self.scale)))
    }

    /// The first frame of a track at or behind a place.
    pub(super) fn search_forward(
        &mut self,
        track: u16,
        from: Place,
        reach: Reach,
    ) -> Result<Found, RecordingError> {
        let mut place = from;
        loop {
            let frames = self.frames(place.cluster)?;
            let rest = frames.get(place.index..).unwrap_or_default();
            if let Some(skip) = rest.iter().position(|frame| frame.track == track) {
                let index = place.index + skip;
                return Ok(Found::Frame(Place { index, ..place }, rest[skip]));
            }
            let end = Place {
                index: frames.len(),
                ..place
            };
            let Some(next) = self.next(place.cluster)? else {
                return Ok(Found::None(end));
            };
            place = Place {
                cluster: next,
                index: 0,
            };
            if reach.cluster.is_some_and(|last| next > last) {
                return Ok(Found::NotYet(place));
            }
            if let Some(time) = reach.time_ns
                && self.earliest(next)? > time
            {
                return Ok(Found::NotYet(place));
            }
        }
    }

    /// The last frame of a track before a place. The returned place is before that frame.
    pub(super) fn search_backward(
        &mut self,
        track: u16,
        from: Place,
        reach: Reach,
    ) -> Result<Found, RecordingError> {
        let mut place = from;
        loop {
            let frames = self.frames(place.cluster)?;
            let before = frames.get(..place.index).unwrap_or(frames);
            if let Some(index) = before.iter().rposition(|frame| frame.track == track) {
                return Ok(Found::Frame(Place { index, ..place }, before[index]));
            }
            let start = Place { index: 0, ..place };
            let Some(previous) = self.previous(place.cluster)? else {
                return Ok(Found::None(start));
            };
            let end = Place {
                cluster: previous,
                index: self.frames(previous)?.len(),
            };
            if reach.cluster.is_some_and(|first| previous < first) {
                return Ok(Found::NotYet(end));
            }
            if let Some(time) = reach.time_ns
                && self.latest(previous)? < time
            {
                return Ok(Found::NotYet(end));
            }
            place = end;
        }
    }

    /// The last cluster, found from the last anchor.
    pub(super) fn last(&mut self) -> Result<Option<u64>, RecordingError> {
        let Some(mut offset) = self.anchor_before(u64::MAX)? else {
            return Ok(None);
        };
        while let Some(next) = self.hop(offset)? {
            offset = next;
        }
        Ok(Some(offset))
    }

    /// Where the last cluster ends, if its size is known.
    pub(super) fn end(&mut self) -> Result<Option<u64>, RecordingError> {
        let Some(last) = self.last()? else {
            return Ok(None);
        };
        Ok(self.cluster_header(last)?.and_then(|header| header.end()))
    }

    /// Time of the last block in the recording.
    pub(super) fn duration_ns(&mut self) -> Result<i64, RecordingError> {
        let mut cluster = self.last()?;
        while let Some(offset) = cluster {
            let slot = self.load(offset)?;
            if let Some(last) = self.cache.get(slot).and_then(|cluster| cluster.last_ns) {
                return Ok(last);
            }
            cluster = self.previous(offset)?;
        }
        Ok(0)
    }

    /// Walks through all clusters and makes them anchors; for files without Cues. `other` is called with the
    /// Segment's other children behind the first cluster.
    pub(super) fn walk(
        &mut self,
        mut other: impl FnMut(u64, Header) -> Result<(), RecordingError>,
    ) -> Result<(), RecordingError> {
        let mut cluster = self.first;
        let mut stride = 1usize;
        let mut count = 0usize;
        while let Some(offset) = cluster {
            if count.is_multiple_of(stride) {
                let time_ns = self.time(offset)?.unwrap_or(0);
                self.anchors.push(Anchor { offset, time_ns });
            }
            count += 1;
            if self.anchors.len() >= MOST_ANCHORS {
                let mut keep = false;
                self.anchors.retain(|_| {
                    keep = !keep;
                    keep
                });
                stride *= 2;
            }
            cluster = self.hop_with(offset, &mut other)?;
        }
        Ok(())
    }

    /// Walks from the last anchor to the end of the file, for the Segment's other children there.
    pub(super) fn walk_end(
        &mut self,
        mut other: impl FnMut(u64, Header) -> Result<(), RecordingError>,
    ) -> Result<(), RecordingError> {
        let mut cluster = self.anchor_before(u64::MAX)?;
        while let Some(offset) = cluster {
            cluster = self.hop_with(offset, &mut other)?;
        }
        Ok(())
    }

    /// The last cluster that begins at or before a time, or the first one.
    pub(super) fn locate(&mut self, time_ns: i64) -> Result<Option<u64>, RecordingError> {
        let Some(first) = self.first else {
            return Ok(None);
        };
        let mut offset = first;
        loop {
            let count = self.anchors.partition_point(|a| a.time_ns <= time_ns);
            let Some(anchor) = count.checked_sub(1).and_then(|i| self.anchors.get(i)) else {
                break;
            };
            let candidate = anchor.offset;
            match self.time(candidate)? {
                Some(time) if time <= time_ns => {
                    offset = candidate;
                    break;
                }
                // The Cues are wrong: there is no cluster at this position, or a later one.
                _ => {
                    self.anchors.remove(count - 1);
                }
            }
        }
        let mut hops = 0usize;
        while let Some(next) = self.hop(offset)? {
            let time = self.time(next)?.unwrap_or(0);
            if time > time_ns {
                break;
            }
            offset = next;
            hops += 1;
            if hops.is_multiple_of(ANCHOR_STRIDE) {
                self.add_anchor(offset, time);
            }
        }
        Ok(Some(offset))
    }

    fn add_anchor(&mut self, offset: u64, time_ns: i64) {
        let index = self.anchors.partition_point(|a| a.offset < offset);
        let known = self.anchors.get(index).is_some_and(|a| a.offset == offset);
        if !known && self.anchors.len() < MOST_ANCHORS {
            self.anchors.insert(index, Anchor { offset, time_ns });
        }
    }

    /// The last anchor before `offset` at which there is a cluster, or the first cluster.
    fn anchor_before(&mut self, offset: u64) -> Result<Option<u64>, RecordingError> {
        loop {
            let count = self.anchors.partition_point(|a| a.offset < offset);
            let Some(index) = count.checked_sub(1) else {
                return Ok(self.first.filter(|first| *first < offset));
            };
            let Some(anchor) = self.anchors.get(index).copied() else {
                return Ok(self.first);
            };
            if self.cluster_header(anchor.offset)?.is_some() {
                return Ok(Some(anchor.offset));
            }
            self.anchors.remove(index);
        }
    }

    /// The cluster before the one at `offset`.
    fn previous(&mut self, offset: u64) -> Result<Option<u64>, RecordingError> {
        let known = self.chain.partition_point(|cluster| *cluster < offset);
        if known > 0 && self.chain.get(known) == Some(&offset) {
            return Ok(self.chain.get(known - 1).copied());
        }
        let Some(mut cluster) = self.anchor_before(offset)? else {
            return Ok(None);
        };
        self.chain.clear();
        while cluster < offset {
            self.chain.push(cluster);
            match self.hop(cluster)? {
                Some(next) => cluster = next,
                None => break,
            }
        }
        let previous = self.chain.last().copied();
        self.chain.push(offset);
        Ok(previous)
    }

    /// The header at `offset`, if it is a cluster's.
    fn cluster_header(&mut self, offset: u64) -> Result<Option<Header>, RecordingError> {
        let len = self.len();
        Ok(match self.window.header(offset, len)? {
            Parsed::Element(header) if header.id == id::CLUSTER => Some(header),
            _ => None,
        })
    }

    /// Time of the cluster at `offset`, from its first children.
    fn time(&mut self, offset: u64) -> Result<Option<i64>, RecordingError> {
        let Some(header) = self.cluster_header(offset)? else {
            return Ok(None);
        };
        let end = self.limit(&header);
        let mut child = header.data;
        while let Some(element) = self.window.child(child, end)? {
            match element.id {
                id::TIMESTAMP => {
                    let units = self.window.uint(element.data, element.end)?;
                    return Ok(Some(self.units(units)));
                }
                id::CRC32 | id::VOID | id::POSITION | id::PREV_SIZE => child = element.end,
                _ => break,
            }
        }
        Ok(Some(0))
    }

    /// The cluster behind the one at `offset`, without listing frames where sizes allow it.
    fn hop(&mut self, offset: u64) -> Result<Option<u64>, RecordingError> {
        self.hop_with(offset, &mut |_, _| Ok(()))
    }

    fn hop_with(
        &mut self,
        offset: u64,
        other: &mut impl FnMut(u64, Header) -> Result<(), RecordingError>,
    ) -> Result<Option<u64>, RecordingError> {
        if let Some(header) = self.cluster_header(offset)?
            && let Some(end) = header.end().filter(|end| *end > header.data)
            && end <= self.len()
        {
            return self.follow(end, end, other);
        }
        self.next(offset)
    }

    /// Where the content of a cluster must have ended at the latest.
    fn limit(&self, header: &Header) -> u64 {
        header
            .end()
            .filter(|end| *end > header.data)
            .unwrap_or(u64::MAX)
            .min(self.len())
    }

    fn units(&self, units: u64) -> i64 {
        to_ns(i64::try_from(units).unwrap_or(i64::MAX), self.scale)
    }

    /// The first cluster at or behind `offset`, stepping over the Segment's other children. If there is no such
    /// element, the bytes from `rescan` on are searched for a cluster.
    fn follow(
        &mut self,
        mut offset: u64,
        rescan: u64,
        other: &mut impl FnMut(u64, Header) -> Result<(), RecordingError>,
    ) -> Result<Option<u64>, RecordingError> {
        let len = self.len();
        loop {
            let problem = match self.window.header(offset, len)? {
                Parsed::Element(header) if header.id == id::CLUSTER => return Ok(Some(offset)),
                Parsed::Element(header)
                    if id::is_top_level(header.id) || matches!(header.id, id::VOID | id::CRC32) =>
                {
                    match header.end() {
                        Some(end) if end <= len => {
                            other(offset, header)?;
                            offset = end;
                            continue;
                        }
                        _ => return Ok(None),
                    }
                }
                Parsed::End => return Ok(None),
                Parsed::Element(_) => "an unknown element stands between clusters",
                Parsed::Invalid => "there is no element between clusters",
            };
            // Bytes after a finished Segment do not belong to the recording.
            if self.segment_end == Some(offset) {
                return Ok(None);
            }
            let found = self.scan(rescan)?;
            if found.is_some() {
                self.damaged(offset, problem);
            }
            return Ok(found);
        }
    }

    /// Searches for a cluster byte by byte from `offset` on.
    fn scan(&mut self, offset: u64) -> Result<Option<u64>, RecordingError> {
        let pattern = id::CLUSTER.to_be_bytes();
        let storage = Arc::clone(self.window.storage());
        let mut buffer = vec![0; SCAN];
        let mut start = offset;
        while start < storage.len() {
            let count = (storage.len() - start).min(SCAN as u64) as usize;
            let chunk = &mut buffer[..count];
            storage.read(start, chunk)?;
            let mut from = 0;
            while let Some(skip) = chunk
                .get(from..)
                .and_then(|rest| rest.windows(4).position(|bytes| bytes == pattern))
            {
                let candidate = start + (from + skip) as u64;
                if self.looks_like_cluster(candidate)? {
                    return Ok(Some(candidate));
                }
                from += skip + 1;
            }
            if count < SCAN {
                break;
            }
            // The pattern may straddle two chunks.
            start += (count - 3) as u64;
        }
        Ok(None)
    }

    fn looks_like_cluster(&mut self, offset: u64) -> Result<bool, RecordingError> {
        let Some(header) = self.cluster_header(offset)? else {
            return Ok(false);
        };
        let end = self.limit(&header);
        Ok(match self.window.header(header.data, end)? {
            Parsed::Element(child) => matches!(
                child.id,
                id::TIMESTAMP | id::CRC32 | id::VOID | id::POSITION | id::PREV_SIZE
            ),
            _ => false,
        })
    }

    /// The slot of the cache that holds the cluster at `offset`.
    fn load(&mut self, offset: u64) -> Result<usize, RecordingError> {
        self.clock += 1;
        if let Some(slot) = self.cache.iter().position(|c| c.offset == offset) {
            self.cache[slot].used = self.clock;
            return Ok(slot);
        }
        let slot = if self.cache.len() < CACHED {
            self.cache.push(Cluster::default());
            self.cache.len() - 1
        } else {
            let oldest = self.cache.iter().enumerate().min_by_key(|(_, c)| c.used);
            oldest.map_or(0, |(slot, _)| slot)
        };
        let mut cluster = std::mem::take(&mut self.cache[slot]);
        if cluster.frames.capacity() > USUAL_FRAMES {
            cluster.frames = Vec::new();
        }
        cluster.frames.clear();
        // If reading fails, the slot must not pass for the cluster at 0.
        self.cache[slot].offset = u64::MAX;
        self.list(offset, &mut cluster)?;
        cluster.used = self.clock;
        self.cache[slot] = cluster;
        Ok(slot)
    }

    /// Lists the frames of the cluster at `offset`.
    fn list(&mut self, offset: u64, cluster: &mut Cluster) -> Result<(), RecordingError> {
        cluster.offset = offset;
        cluster.time_ns = 0;
        cluster.last_ns = None;
        cluster.next = None;
        let Some(header) = self.cluster_header(offset)? else {
            self.damaged(offset, "there is no cluster where one should be");
            cluster.next = self.scan(offset.saturating_add(1))?;
            return Ok(());
        };
        let len = self.len();
        let end = self.limit(&header);
        let known_end = header.end().filter(|end| *end > header.data);
        let mut child = header.data;
        while child < end {
            let problem = match self.window.header(child, end)? {
                Parsed::Element(element) if id::is_top_level(element.id) => {
                    // The end of a cluster of unknown size, or one that claims too much.
                    if known_end.is_some() {
                        self.damaged(child, "a cluster ends before its size says so");
                    }
                    cluster.next = self.follow(child, child + 1, &mut |_, _| Ok(()))?;
                    return Ok(());
                }
                Parsed::Element(element) if known_end.is_none() && element.id == id::EBML => {
                    // Another recording appended to this one.
                    return Ok(());
                }
                Parsed::Element(element) => match element.end() {
                    Some(child_end) if child_end <= end => {
                        let mut blocks = Blocks {
                            window: &mut self.window,
                            tracks: &self.tracks,
                            scale: self.scale,
                        };
                        if let Some(damage) = blocks.read_child(cluster, &element, child_end)? {
                            self.damaged(damage.offset, damage.problem);
                        }
                        child = child_end;
                        continue;
                    }
                    // The file is cut off in the middle of a block: no data follows.
                    Some(_) if end == len => return Ok(()),
                    _ => "an element is larger than its cluster",
                },
                Parsed::End if end == len => return Ok(()),
                Parsed::End | Parsed::Invalid => "there is no element within a cluster",
            };
            // Continue where the cluster ends by its own size, and search if no cluster follows there.
            let trusted = known_end.filter(|end| *end <= len);
            let next = match trusted {
                Some(end) => self.follow(end, child + 1, &mut |_, _| Ok(()))?,
                None => self.scan(child + 1)?,
            };
            if next.is_some() || trusted.is_some() {
                self.damaged(child, problem);
            }
            cluster.next = next;
            return Ok(());
        }
        if known_end.is_none_or(|end| end <= len) {
            cluster.next = self.follow(end, end, &mut |_, _| Ok(()))?;
        }
        Ok(())
    }
}
