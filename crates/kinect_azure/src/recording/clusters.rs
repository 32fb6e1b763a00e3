//! Clusters: finding them, and listing the frames within.
//!
//! Only headers are read here. A handful of clusters is kept as lists of frames; nothing grows while a recording plays.
//! Known places in the file are *anchors* (from the Cues, or from one walk through the headers of a file without
//! any); from an anchor the file is walked cluster by cluster. Where the chain of sizes breaks, the next cluster is
//! searched for byte by byte.

use std::collections::VecDeque;
use std::sync::Arc;

use super::RecordingError;
use super::ebml::{Header, Parsed, Window, id, vint};
use super::storage::Storage;

/// Bytes read at once while walking from header to header.
const WINDOW: usize = 1024;

/// Bytes read at once while searching for a cluster in damaged data.
const SCAN: usize = 64 * 1024;

/// Clusters whose frame lists are kept: a few around the images and a few around the inertial samples.
const CACHED: usize = 16;

/// More frames than that are not taken from one cluster; recorders close theirs after 32 ms, converters after 5 s.
const MOST_FRAMES: usize = 1 << 18;

/// Frame lists longer than that are not kept for the next cluster.
const USUAL_FRAMES: usize = 1 << 14;

/// More anchors than that are thinned out.
const MOST_ANCHORS: usize = 1 << 16;

/// After that many places the rest of a file's damage is passed over in silence.
const MOST_REPORTS: usize = 256;

/// An anchor is added each time that many clusters were walked over in vain.
const ANCHOR_STRIDE: usize = 64;

/// Matroska's block times are cluster time ± this many units.
const RELATIVE: i64 = 1 << 15;

/// One frame of one track: what a block carries, or one of several that it carries ("laced").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Time since file time 0.
    pub(super) time_ns: i64,
    /// Where its bytes begin.
    pub(super) offset: u64,
    /// How many bytes it has.
    pub(super) size: u32,
    /// Index of its track.
    pub(super) track: u16,
}

/// A place between frames: before the frame `index` of the cluster at `cluster`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Where the cluster begins.
    pub(super) cluster: u64,
    /// Index into its frames.
    pub(super) index: usize,
}

/// A stretch without readable data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    /// Where it begins.
    pub(super) offset: u64,
    /// What was found there.
    pub(super) problem: &'static str,
}

/// What searching for a track's next or previous frame gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The frame and the place before it.
    Frame(Place, Frame),
    /// None as far as the search went; it goes on at this place.
    NotYet(Place),
    /// None; this place is the end (or the beginning) of the recording.
    None(Place),
}

/// How far to search.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// Not beyond the cluster that begins here.
    pub(super) cluster: Option<u64>,
    /// Not into clusters whose frames are all later (searching backwards: earlier) than this.
    pub(super) time_ns: Option<i64>,
}

/// A cluster's frames.
#[derive(Debug, Default)]
struct Cluster {
    offset: u64,
    time_ns: i64,
    /// Largest time of a block, the duration of block groups included.
    last_ns: Option<i64>,
    next: Option<u64>,
    frames: Vec<Frame>,
    used: u64,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    offset: u64,
    time_ns: i64,
}

/// What a track's blocks need to be understood.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockTrack {
    /// The number in the block.
    pub(super) number: u64,
    /// Time from frame to frame within a block without a duration of its own.
    pub(super) frame_duration_ns: i64,
}

/// The clusters of a file.
#[derive(Debug)]
pub(super) struct Clusters {
    window: Window,
    /// Where the Segment says it ends.
    segment_end: Option<u64>,
    /// Nanoseconds per unit of time.
    scale: i64,
    tracks: Arc<[BlockTrack]>,
    first: Option<u64>,
    anchors: Vec<Anchor>,
    cache: Vec<Cluster>,
    clock: u64,
    /// Positions of consecutive clusters, the last asked for by `previous` among them.
    chain: Vec<u64>,
    damages: VecDeque<Damage>,
    /// Where the damage lies that has been reported.
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

    /// A second reader of the same file with places of its own.
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

    /// Damage found since the last call, each once.
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

    /// The time that the frames of the cluster at `offset` count from.
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

    /// The last frame of a track before a place. The place given with it is the one before that frame.
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
    fn last(&mut self) -> Result<Option<u64>, RecordingError> {
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

    /// Time of the last block, of the last cluster that has any.
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

    /// Walks through all clusters and makes anchors of them; for files without Cues. `other` gets the Segment's other
    /// children behind the first cluster.
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
                // The Cues lie: there is no cluster, or a later one.
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

    /// The first cluster at or behind `offset`, stepping over the Segment's other children. Where there is neither,
    /// the bytes from `rescan` on are searched for a cluster.
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
            // What follows a finished Segment is not the recording's business.
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
        // An empty slot must not look like the cluster at 0 if reading fails.
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
                        self.read_child(cluster, &element, child_end)?;
                        child = child_end;
                        continue;
                    }
                    // Cut off in the middle of a block: nothing of use can follow.
                    Some(_) if end == len => return Ok(()),
                    _ => "an element is larger than its cluster",
                },
                Parsed::End if end == len => return Ok(()),
                Parsed::End | Parsed::Invalid => "there is no element within a cluster",
            };
            // The cluster's own size is trusted first, then the search.
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

    /// Takes one child of a cluster.
    fn read_child(
        &mut self,
        cluster: &mut Cluster,
        element: &Header,
        end: u64,
    ) -> Result<(), RecordingError> {
        match element.id {
            id::TIMESTAMP => {
                let units = self.window.uint(element.data, end)?;
                let time = self.units(units);
                // Normally the first child; blocks in front of it are relative to it all the same.
                let shift = time.saturating_sub(cluster.time_ns);
                for frame in &mut cluster.frames {
                    frame.time_ns = frame.time_ns.saturating_add(shift);
                }
                cluster.last_ns = cluster.last_ns.map(|last| last.saturating_add(shift));
                cluster.time_ns = time;
            }
            id::SIMPLE_BLOCK => self.read_block(cluster, element.data, end, None)?,
            id::BLOCK_GROUP => {
                let (mut block, mut duration) = (None, None);
                let mut child = element.data;
                while let Some(part) = self.window.child(child, end)? {
                    match part.id {
                        id::BLOCK => block = Some((part.data, part.end)),
                        id::BLOCK_DURATION => {
                            duration = Some(self.window.uint(part.data, part.end)?);
                        }
                        _ => {}
                    }
                    child = part.end;
                }
                if let Some((data, end)) = block {
                    let duration = duration.map(|units| self.units(units));
                    self.read_block(cluster, data, end, duration)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes the frames of a block: track number, relative time, flags, then one frame or several laced ones.
    fn read_block(
        &mut self,
        cluster: &mut Cluster,
        data: u64,
        end: u64,
        duration_ns: Option<i64>,
    ) -> Result<(), RecordingError> {
        let room = end.saturating_sub(data).min(WINDOW as u64) as usize;
        let head = self.window.bytes(data, room.min(12))?;
        let Some((number, length)) = vint(head) else {
            self.damaged(data, "a block has no track number");
            return Ok(());
        };
        let Some(&[high, low, flags]) = head.get(length..length + 3) else {
            self.damaged(data, "a block is too short");
            return Ok(());
        };
        let relative = i64::from(i16::from_be_bytes([high, low]));
        let time_ns = cluster.time_ns.saturating_add(to_ns(relative, self.scale));
        // A block group lasts until the nanosecond before its end.
        let last = duration_ns
            .filter(|duration| *duration > 0)
            .map_or(time_ns, |d| time_ns.saturating_add(d - 1));
        cluster.last_ns = Some(cluster.last_ns.map_or(last, |known| known.max(last)));
        let Some(track) = self.tracks.iter().position(|t| t.number == number) else {
            return Ok(());
        };
        let payload = data + length as u64 + 3;
        let mut lace = Lace {
            track: track as u16,
            time_ns,
            step: Step { ns: 0, per: 1 },
            index: 0,
            offset: payload,
            end,
        };
        match flags >> 1 & 3 {
            0 => lace.push(cluster, end - payload),
            kind => {
                let step = self.tracks.get(track).map_or(0, |t| t.frame_duration_ns);
                if !self.read_lace(cluster, &mut lace, kind, duration_ns, step)? {
                    self.damaged(data, "the sizes of a block's frames do not add up");
                }
            }
        }
        Ok(())
    }

    /// Takes laced frames; false if their sizes make no sense.
    fn read_lace(
        &mut self,
        cluster: &mut Cluster,
        lace: &mut Lace,
        kind: u8,
        duration_ns: Option<i64>,
        step: i64,
    ) -> Result<bool, RecordingError> {
        const FIXED: u8 = 2;
        const XIPH: u8 = 1;
        let Some(last) = self.byte(lace.offset, lace.end)? else {
            return Ok(false);
        };
        let count = u64::from(last) + 1;
        // A block's duration is shared by its frames; the last begins the nanosecond before its end.
        let step = match duration_ns {
            Some(duration) if duration > 0 && count > 1 => Step {
                ns: duration - 1,
                per: count as i64 - 1,
            },
            _ => Step { ns: step, per: 1 },
        };
        lace.step = step;
        lace.offset += 1;
        if kind == FIXED {
            let total = lace.end - lace.offset;
            if !total.is_multiple_of(count) {
                return Ok(false);
            }
            for _ in 0..count {
                lace.push(cluster, total / count);
            }
            return Ok(true);
        }
        // The sizes of all but the last frame come first: walk over them to find where the frames begin.
        let sizes = lace.offset;
        let mut at = sizes;
        let mut size = 0u64;
        let mut total = 0u64;
        for index in 0..u64::from(last) {
            let Some((next, after)) = self.lace_size(at, lace.end, kind == XIPH, index, size)?
            else {
                return Ok(false);
            };
            size = next;
            at = after;
            total = total.saturating_add(size);
        }
        if at.saturating_add(total) > lace.end {
            return Ok(false);
        }
        lace.offset = at;
        let rest = lace.end - at - total;
        let (mut at, mut size) = (sizes, 0);
        for index in 0..u64::from(last) {
            let Some((next, after)) = self.lace_size(at, lace.end, kind == XIPH, index, size)?
            else {
                return Ok(false);
            };
            size = next;
            at = after;
            lace.push(cluster, size);
        }
        lace.push(cluster, rest);
        Ok(true)
    }

    /// One size of Xiph lacing (a sum of bytes up to one below 255) or EBML lacing (the first whole, then signed
    /// differences), with the place behind it.
    fn lace_size(
        &mut self,
        at: u64,
        end: u64,
        xiph: bool,
        index: u64,
        previous: u64,
    ) -> Result<Option<(u64, u64)>, RecordingError> {
        if xiph {
            let (mut size, mut at) = (0u64, at);
            loop {
                let Some(byte) = self.byte(at, end)? else {
                    return Ok(None);
                };
                size += u64::from(byte);
                at += 1;
                if byte < 255 {
                    return Ok(Some((size, at)));
                }
            }
        }
        let room = end.saturating_sub(at).min(8) as usize;
        let Some((value, length)) = vint(self.window.bytes(at, room)?) else {
            return Ok(None);
        };
        let size = if index == 0 {
            value
        } else {
            let bias = (1i64 << (7 * length - 1)) - 1;
            let Some(size) = previous.checked_add_signed(value as i64 - bias) else {
                return Ok(None);
            };
            size
        };
        Ok(Some((size, at + length as u64)))
    }

    fn byte(&mut self, at: u64, end: u64) -> Result<Option<u8>, RecordingError> {
        if at >= end {
            return Ok(None);
        }
        Ok(self.window.bytes(at, 1)?.first().copied())
    }
}

/// Time from frame to frame within a block, as a fraction.
#[derive(Clone, Copy)]
struct Step {
    ns: i64,
    per: i64,
}

/// The frames of one block while they are taken.
struct Lace {
    track: u16,
    time_ns: i64,
    step: Step,
    index: i64,
    offset: u64,
    end: u64,
}

impl Lace {
    /// Takes the next `size` bytes as a frame. Empty frames carry nothing and are left out.
    fn push(&mut self, cluster: &mut Cluster, size: u64) {
        if size > 0 && cluster.frames.len() < MOST_FRAMES {
            let passed = self.step.ns.saturating_mul(self.index) / self.step.per;
            cluster.frames.push(Frame {
                time_ns: self.time_ns.saturating_add(passed),
                offset: self.offset,
                size: u32::try_from(size).unwrap_or(u32::MAX),
                track: self.track,
            });
        }
        self.offset += size;
        self.index += 1;
    }
}

fn to_ns(units: i64, scale: i64) -> i64 {
    units.saturating_mul(scale)
}
