//! The blocks of one cluster, listed frame by frame without reading the frames' content.
//!
//! A block carries one frame or several ("laced") frames. The sizes of laced frames precede them: all equal, as sums
//! of bytes (Xiph), or as differences (EBML).

use super::ebml::{Header, Window, id, vint};
use super::error::RecordingError;
use super::time::to_ns;

/// Bytes read at once while walking from header to header.
pub(super) const WINDOW: usize = 1024;

/// The most frames that are read from one cluster; recorders close theirs after 32 ms, converters after 5 s.
const MOST_FRAMES: usize = 1 << 18;

/// One frame of one track: the only frame of a block, or one of its laced frames.
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

/// A stretch without readable data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    /// Where it begins.
    pub(super) offset: u64,
    /// The kind of damage.
    pub(super) problem: &'static str,
}

/// A cluster's frames.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    pub(super) offset: u64,
    pub(super) time_ns: i64,
    /// Largest time of a block, the duration of block groups included.
    pub(super) last_ns: Option<i64>,
    pub(super) next: Option<u64>,
    pub(super) frames: Vec<Frame>,
    pub(super) used: u64,
}

/// The facts about a track that are needed to read its blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockTrack {
    /// The track number that the blocks carry.
    pub(super) number: u64,
    /// Time from frame to frame, for blocks that do not have their own duration.
    pub(super) frame_duration_ns: i64,
}

/// Reads the blocks of clusters.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    pub(super) window: &'a mut Window,
    /// In the order of the file's tracks.
    pub(super) tracks: &'a [BlockTrack],
    /// Nanoseconds per unit of time.
    pub(super) scale: i64,
}

impl Blocks<'_> {
    /// Reads one child of a cluster; returns the damage in it, if any.
    pub(super) fn read_child(
        &mut self,
        cluster: &mut Cluster,
        element: &Header,
        end: u64,
    ) -> Result<Option<Damage>, RecordingError> {
        match element.id {
            id::TIMESTAMP => {
                let units = self.window.uint(element.data, end)?;
                let time = self.units(units);
                // The time is normally the first child; blocks in front of it are relative to it, too.
                let shift = time.saturating_sub(cluster.time_ns);
                for frame in &mut cluster.frames {
                    frame.time_ns = frame.time_ns.saturating_add(shift);
                }
                cluster.last_ns = cluster.last_ns.map(|last| last.saturating_add(shift));
                cluster.time_ns = time;
            }
            id::SIMPLE_BLOCK => return self.read_block(cluster, element.data, end, None),
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
                    return self.read_block(cluster, data, end, duration);
                }
            }
            _ => {}
        }
        Ok(None)
    }

    /// Reads the frames of a block: track number, relative time, flags, then one frame or several laced ones.
    fn read_block(
        &mut self,
        cluster: &mut Cluster,
        data: u64,
        end: u64,
        duration_ns: Option<i64>,
    ) -> Result<Option<Damage>, RecordingError> {
        let damaged = |problem| {
            Ok(Some(Damage {
                offset: data,
                problem,
            }))
        };
        let room = end.saturating_sub(data).min(WINDOW as u64) as usize;
        let head = self.window.bytes(data, room.min(12))?;
        let Some((number, length)) = vint(head) else {
            return damaged("a block has no track number");
        };
        let Some(&[high, low, flags]) = head.get(length..length + 3) else {
            return damaged("a block is too short");
        };
        let relative = i64::from(i16::from_be_bytes([high, low]));
        let time_ns = cluster.time_ns.saturating_add(to_ns(relative, self.scale));
        // A block group lasts until the nanosecond before its end.
        let last = duration_ns
            .filter(|duration| *duration > 0)
            .map_or(time_ns, |d| time_ns.saturating_add(d - 1));
        cluster.last_ns = Some(cluster.last_ns.map_or(last, |known| known.max(last)));
        let Some(track) = self.tracks.iter().position(|t| t.number == number) else {
            return Ok(None);
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
                    return damaged("the sizes of a block's frames do not add up");
                }
            }
        }
        Ok(None)
    }

    /// Reads laced frames; `false` if their sizes do not add up.
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

    fn units(&self, units: u64) -> i64 {
        to_ns(i64::try_from(units).unwrap_or(i64::MAX), self.scale)
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
    /// Adds a frame of the next `size` bytes. Empty frames are left out.
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
