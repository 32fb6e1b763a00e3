//! The end of a file: the index, the length and the duration, also after an error.

use std::io;

use super::elements::{master, uint};
use super::error::WriteError;
use super::head;
use super::recording_writer::RecordingWriter;
use crate::recording::ebml::id;

impl RecordingWriter {
    pub(super) fn complete(&mut self) -> Result<(), WriteError> {
        if self.finished {
            return Ok(());
        }
        self.finished = true;
        while !self.stopped && !self.waiting.is_empty() {
            // An error stops the recording, but the file is still finished with the data written so far.
            if let Err(error) = self.write_cluster() {
                let _ = self.salvage();
                return Err(error);
            }
        }
        if self.stopped {
            self.salvage().map_err(|source| self.io(source))?;
            return Err(WriteError::Stopped(self.path.clone()));
        }
        self.start(0)
            .and_then(|()| self.try_complete())
            .map_err(|source| {
                let _ = self.salvage();
                self.io(source)
            })
    }

    /// Finishes the file after an error. If the disk has no room for the index, the last second of the recording is
    /// cut to make room.
    fn salvage(&mut self) -> io::Result<()> {
        let before = self.position;
        let Err(error) = self.cut().and_then(|()| self.try_complete()) else {
            return Ok(());
        };
        if self.cues.len() < 2 {
            return Err(error);
        }
        if let (Some(cue), Some(started)) = (self.cues.pop(), &mut self.started) {
            self.position = before.min(started.segment + cue.position);
            started.end_usec = cue.before_usec;
        }
        self.cut().and_then(|()| self.try_complete())
    }

    /// Cuts the file back to its last full cluster: removes the bytes of a failed write, including buffered ones.
    fn cut(&mut self) -> io::Result<()> {
        self.stopped = true;
        if self.started.is_none() {
            self.position = 0;
        }
        self.file.cut(self.position)
    }

    /// Writes the index and fills in the head's fields that were unknown at the start.
    fn try_complete(&mut self) -> io::Result<()> {
        let Some(started) = &self.started else {
            return Ok(());
        };
        self.file.seek(self.position)?;
        let mut end = self.position;
        let mut out = Vec::new();
        if !self.cues.is_empty() {
            master(&mut out, id::CUES, |out| {
                for cue in &self.cues {
                    master(out, id::CUE_POINT, |out| {
                        uint(out, id::CUE_TIME, cue.time);
                        master(out, id::CUE_TRACK_POSITIONS, |out| {
                            uint(out, id::CUE_TRACK, cue.track as u64 + 1);
                            uint(out, id::CUE_CLUSTER_POSITION, cue.position);
                        });
                    });
                }
            });
            self.file.write_all(&out)?;
            // The index must be in the file before the head refers to it.
            self.file.flush()?;
            end += out.len() as u64;
            let mut entry = Vec::new();
            head::seek_entry(&mut entry, id::CUES, self.position - started.segment);
            self.file.seek(started.cues_entry)?;
            self.file.write_all(&entry)?;
        }
        out.clear();
        head::duration(&mut out, started.end_usec - started.start_usec);
        self.file.seek(started.duration)?;
        self.file.write_all(&out)?;
        self.file.seek(started.segment_size)?;
        let size = (end - started.segment) | 1 << 56;
        self.file.write_all(&size.to_be_bytes())?;
        self.file.flush()?;
        self.position = end;
        Ok(())
    }
}
