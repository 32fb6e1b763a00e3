//! Writes one cluster: the oldest 32 ms of the waiting frames.

use std::io;

use super::elements::{header, size, uint};
use super::recording_writer::{CLUSTER_USEC, Cue, RecordingWriter};
use crate::recording::ebml::id;
use crate::recording::payload::IMU_SAMPLE_SIZE;

/// The least time between two entries of the index, in µs.
const CUE_USEC: u64 = 1_000_000;

/// The most frames that share a block: their number less one is a byte.
const MOST_LACED: usize = 256;

/// The most frames of each track whose memory is kept for later frames.
const SPARE: usize = 128;

impl RecordingWriter {
    /// Writes the cluster that begins with the oldest frame; writes nothing if no frame waits.
    pub(super) fn try_cluster(&mut self) -> io::Result<()> {
        let Some(first) = self.waiting.front().map(|frame| frame.time_usec) else {
            return Ok(());
        };
        self.start(first)?;
        let Some(started) = &mut self.started else {
            return Ok(());
        };
        let count = self
            .waiting
            .partition_point(|f| f.time_usec < first + CLUSTER_USEC);
        let imu = self.tracks.iter().position(|track| track.name == "IMU");
        let time = first - started.start_usec;

        // The headers of all blocks, one behind the other, and which parts of `scratch` and which frames make up each
        // block.
        self.scratch.clear();
        uint(&mut self.scratch, id::TIMESTAMP, time);
        let mut runs: Vec<(usize, core::ops::Range<usize>, usize)> = Vec::new();
        let mut index = 0;
        let mut from = 0;
        while index < count {
            let frame = &self.waiting[index];
            let relative = ((frame.time_usec - first) as i16).to_be_bytes();
            let number = frame.track as u64 + 1;
            let laced = if Some(frame.track) == imu {
                let run = self.waiting.range(index..count);
                run.take(MOST_LACED)
                    .take_while(|f| f.track == frame.track)
                    .count()
            } else {
                1
            };
            let bytes: usize = self
                .waiting
                .range(index..index + laced)
                .map(|f| f.bytes.len())
                .sum();
            let mut after = 0;
            if Some(frame.track) == imu {
                let last = self.waiting[index + laced - 1].time_usec;
                let mut tail = Vec::with_capacity(8);
                uint(&mut tail, id::BLOCK_DURATION, last - frame.time_usec + 1);
                let lacing = usize::from(laced > 1);
                let mut block = Vec::with_capacity(16);
                header(&mut block, id::BLOCK, (4 + lacing + bytes) as u64);
                header(
                    &mut self.scratch,
                    id::BLOCK_GROUP,
                    (block.len() + 4 + lacing + bytes + tail.len()) as u64,
                );
                self.scratch.extend(block);
                size(&mut self.scratch, number);
                self.scratch.extend(relative);
                // Fixed-size lacing, then how many frames there are beyond the first.
                self.scratch.push(if laced > 1 { 0x04 } else { 0 });
                if laced > 1 {
                    self.scratch.push((laced - 1) as u8);
                }
                after = tail.len();
                runs.push((from, index..index + laced, after));
                self.scratch.extend(tail);
            } else {
                header(&mut self.scratch, id::SIMPLE_BLOCK, (4 + bytes) as u64);
                size(&mut self.scratch, number);
                self.scratch.extend(relative);
                self.scratch.push(0x80);
                runs.push((from, index..index + 1, after));
            }
            from = self.scratch.len();
            index += laced;
        }
        let payload: usize = self.waiting.range(..count).map(|f| f.bytes.len()).sum();
        let total = self.scratch.len() + payload;
        let mut cluster_header = Vec::with_capacity(12);
        header(&mut cluster_header, id::CLUSTER, total as u64);
        self.file.write_all(&cluster_header)?;
        for (place, (start, frames, after)) in runs.iter().enumerate() {
            let end = runs
                .get(place + 1)
                .map_or(self.scratch.len(), |next| next.0);
            self.file.write_all(&self.scratch[*start..end - after])?;
            for frame in self.waiting.range(frames.clone()) {
                self.file.write_all(&frame.bytes)?;
            }
            self.file.write_all(&self.scratch[end - after..end])?;
        }
        self.file.flush()?;

        let has_first_track = self.waiting.range(..count).any(|f| f.track == 0);
        let since = self.cues.last().map(|cue| time - cue.time);
        let due = since.is_none_or(|since| since >= CUE_USEC);
        let overdue = since.is_some_and(|since| since >= 5 * CUE_USEC);
        if due && has_first_track || overdue {
            let frames = self.waiting.range(..count);
            let cued = frames.min_by_key(|f| f.track);
            self.cues.extend(cued.map(|frame| Cue {
                time: frame.time_usec - started.start_usec,
                track: frame.track,
                position: self.position - started.segment,
                before_usec: started.end_usec,
            }));
        }
        self.position += (cluster_header.len() + total) as u64;
        started.end_usec = self.waiting[count - 1].time_usec;
        self.written_usec = Some(started.end_usec);
        for frame in self.waiting.drain(..count) {
            if let Some(waiting) = self.waiting_of.get_mut(frame.track) {
                *waiting -= 1;
            }
            self.waiting_bytes -= frame.bytes.len();
            if let Some(spare) = self.spare.get_mut(frame.track).filter(|s| s.len() < SPARE) {
                spare.push(frame.bytes);
            }
        }
        Ok(())
    }
}

const _: () = assert!(CLUSTER_USEC < i16::MAX as u64 && IMU_SAMPLE_SIZE == 40);
