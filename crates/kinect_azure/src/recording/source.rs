//! Plays a recording like a sensor: in real time, with pause, speed, loop, seek and step.
//!
//! A clock ties file time to wall time from the first capture on. A capture is read as soon as the previous one was
//! taken, and delivered when the clock reaches its time; if the times in the file stand still, one frame period after
//! the previous capture. If captures are taken too slowly, some are left out so that playing stays in time; with
//! [`set_keep_every_capture`](PlaybackControl::set_keep_every_capture) the clock is set back instead.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::error::RecordingError;
use super::grouping::{Direction, Group};
use super::info::SeekTarget;
use super::reader::Recording;
use super::storage::same_file;
use crate::calibration::Calibration;
use crate::capture::{Capture, ImuSample};
use crate::clock::Clock;
use crate::source::{
    CaptureSource, FactoryData, NextCapture, PlaybackControl, SensorInfo, SourceError,
    SourceErrorKind,
};

/// How often the source checks that the file still exists.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The number of captures by which playing may lag before captures are left out or the clock is set back.
const MOST_LAG_PERIODS: u32 = 4;

/// Inertial samples more than this before the first capture after a seek are left out.
const MOST_IMU_LEAD_USEC: u64 = 1_000_000;

/// The time at which a [`RecordingSource`] delivers captures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pacing {
    /// Each at its time, as the sensor delivered it.
    #[default]
    RealTime,
    /// As soon as they are requested, for converters and tests.
    AsFastAsPossible,
}

/// A recording that plays like a sensor.
///
/// Inertial samples are delivered up to the time of the newest capture and, while the next capture is awaited, up to
/// the clock's time. Once a second the source checks that the file still exists and has the same length.
#[derive(Debug)]
pub struct RecordingSource {
    recording: Recording,
    pacing: Pacing,
    paused: bool,
    looping: bool,
    loops: u64,
    clock: Clock,
    /// The capture that was read, but is not due yet.
    pending: Option<Pending>,
    /// File time of the last capture that was read and the clock's time at which it is due.
    last_due: Option<(u64, u64)>,
    /// The clock is set back instead of leaving captures out.
    keep_every_capture: bool,
    /// Playing lagged: a capture is left out if the next one is due as well.
    behind: bool,
    /// Captures left out so far.
    left_out: u64,
    /// Whether the pending capture is delivered at once.
    immediate: bool,
    /// The last step found no capture; this is reported once.
    stepped_out: bool,
    /// Captures handed out since the recording began (again) or was sought.
    delivered: u64,
    /// The recording's reading position is behind its last capture.
    at_end: bool,
    /// All captures were delivered; the time until the end of the recording may still be waited for.
    exhausted: bool,
    /// The recording has no capture, so it cannot begin again.
    barren: bool,
    /// The end was reported.
    ended: bool,
    position_usec: u64,
    pending_imu: Option<ImuSample>,
    /// Inertial samples are handed out up to this file time.
    imu_until_usec: Option<u64>,
    last_check: Option<Instant>,
    /// How many of the recording's warnings were taken.
    warnings_taken: usize,
}

#[derive(Debug)]
struct Pending {
    capture: Capture,
    file_usec: u64,
    /// When it is due on the clock, in µs.
    due_usec: u64,
    /// It is the first after the recording began again.
    wrapped: bool,
}

impl RecordingSource {
    /// Opens a recording to be played in real time.
    ///
    /// # Errors
    /// Fails as [`Recording::open`] and [`Recording::check_playable`] do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let recording = Recording::open(path)?;
        recording.check_playable()?;
        Ok(Self::new(recording, Pacing::RealTime))
    }

    /// Plays an open recording from its current position.
    pub fn new(recording: Recording, pacing: Pacing) -> Self {
        Self {
            recording,
            pacing,
            paused: false,
            looping: false,
            loops: 0,
            clock: Clock::default(),
            pending: None,
            last_due: None,
            keep_every_capture: false,
            behind: false,
            left_out: 0,
            immediate: false,
            stepped_out: false,
            delivered: 0,
            at_end: false,
            exhausted: false,
            barren: false,
            ended: false,
            position_usec: 0,
            pending_imu: None,
            imu_until_usec: None,
            last_check: None,
            warnings_taken: 0,
        }
    }

    /// The recording that plays.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Wall time from capture to capture.
    fn period(&self) -> Duration {
        let period = self.recording.info().sensor.frame_rate.period_ns();
        Duration::from_nanos(period).div_f64(self.clock.speed.clamp(1e-3, 1e3))
    }

    /// Checks once a second that the path still names the same file and that the file has the same length.
    fn check_file(&mut self, now: Instant) -> Result<(), SourceError> {
        let recent = |last: Instant| now.saturating_duration_since(last) < CHECK_EVERY;
        if self.last_check.is_some_and(recent) {
            return Ok(());
        }
        self.last_check = Some(now);
        let storage = self.recording.storage();
        let Some(file) = storage.file() else {
            return Ok(());
        };
        let path = storage.path();
        let lost = |what: &str| {
            let message = format!(
                "{}: {what} while it was playing; put the file back and open it again",
                path.display()
            );
            Err(SourceError::new(SourceErrorKind::Lost, message))
        };
        match std::fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return lost("was deleted"),
            // Other errors do not prove that the open file is gone.
            Err(_) => {}
            Ok(metadata) => match file.metadata() {
                Ok(open) if !same_file(&metadata, &open) => {
                    return lost("was replaced by another file");
                }
                _ => {}
            },
        }
        match storage.current_len() {
            Ok(found) if found < storage.len() => Err(RecordingError::Truncated {
                path: path.to_owned(),
                expected: storage.len(),
                found,
            }
            .into()),
            _ => Ok(()),
        }
    }

    /// Reads the next capture unless one is waiting. Captures that are too late are skipped without reading their
    /// images, except the last one.
    fn fetch(&mut self, now: Instant) -> Result<(), SourceError> {
        if self.pending.is_some() || self.exhausted {
            return Ok(());
        }
        let mut next = None;
        loop {
            let Some(group) = self.recording.step_group(Direction::Forward)? else {
                self.at_end = true;
                break;
            };
            self.left_out += u64::from(next.is_some());
            let due_usec = self.schedule(Self::group_usec(&group));
            next = Some((group, due_usec));
            if !self.is_too_late(due_usec, now) {
                break;
            }
        }
        match next {
            Some((group, due_usec)) => {
                let capture = self.recording.read_capture(group)?;
                self.pend(capture, due_usec, false);
            }
            None => self.exhausted = true,
        }
        Ok(())
    }

    /// Whether a capture is left out because the next one is due by now.
    fn is_too_late(&mut self, due_usec: u64, now: Instant) -> bool {
        if self.keep_every_capture || self.immediate || self.pacing == Pacing::AsFastAsPossible {
            return false;
        }
        let Some(due) = self.clock.due(due_usec) else {
            return false;
        };
        let lag = now.saturating_duration_since(due);
        self.behind |= lag > self.most_lag();
        self.behind && lag >= self.period()
    }

    /// How far playing may lag.
    fn most_lag(&self) -> Duration {
        (self.period() * MOST_LAG_PERIODS).max(Duration::from_millis(50))
    }

    /// The time on the clock, in µs, at which the capture after the last one is due: later than the last one by the
    /// difference of their times in the file, or by a frame period if the times stand still.
    fn schedule(&mut self, file_usec: u64) -> u64 {
        // Damaged times cannot make the source wait longer than the recording lasts.
        let file_usec = file_usec.min(self.recording.info().duration_usec);
        let due_usec = self
            .last_due
            .map_or(file_usec, |(last_usec, last_due_usec)| {
                let period_usec = self.recording.info().sensor.frame_rate.period_ns() / 1000;
                let step_usec = file_usec.checked_sub(last_usec).filter(|step| *step > 0);
                last_due_usec.saturating_add(step_usec.unwrap_or(period_usec))
            });
        self.last_due = Some((file_usec, due_usec));
        due_usec
    }

    /// By how much the clock is ahead of the file's times, because those stood still for a while, in µs.
    fn clock_lead_usec(&self) -> u64 {
        let (file_usec, due_usec) = self.last_due.unwrap_or_default();
        due_usec.saturating_sub(file_usec)
    }

    /// Makes a capture pending that does not follow the last one: after a seek, a step or the end.
    fn pend_anew(&mut self, capture: Capture, wrapped: bool) {
        self.last_due = None;
        let device_usec = capture.device_timestamp_usec().unwrap_or(0);
        let due_usec = self.schedule(self.recording.file_usec(device_usec));
        self.pend(capture, due_usec, wrapped);
    }

    fn pend(&mut self, capture: Capture, due_usec: u64, wrapped: bool) {
        let device_usec = capture.device_timestamp_usec().unwrap_or(0);
        self.pending = Some(Pending {
            file_usec: self.recording.file_usec(device_usec),
            due_usec,
            capture,
            wrapped,
        });
    }

    /// Begins again from the start: the first capture follows the end as if it were the next.
    fn wrap(&mut self, end_due: Instant) -> Result<(), SourceError> {
        self.recording.seek(SeekTarget::Start(0))?;
        self.at_end = false;
        let Some(capture) = self.recording.next_capture()? else {
            self.barren = true;
            return Ok(self.recording.seek(SeekTarget::End(0))?);
        };
        self.pend_anew(capture, true);
        self.forget_imu();
        self.exhausted = false;
        self.delivered = 0;
        let due = end_due.checked_add(self.period()).unwrap_or(end_due);
        let first = self.pending.as_ref().map_or(0, |pending| pending.due_usec);
        self.clock.anchor = Some((first, due));
        self.behind = false;
        Ok(())
    }

    fn forget_imu(&mut self) {
        self.pending_imu = None;
        self.imu_until_usec = None;
    }

    /// Hands out the pending capture.
    fn deliver(&mut self, now: Instant) -> NextCapture {
        let Some(pending) = self.pending.take() else {
            return NextCapture::Timeout;
        };
        let due = self.clock.due(pending.due_usec);
        let lag = due.map(|due| now.saturating_duration_since(due));
        let set_back = |lag| self.keep_every_capture && lag > self.most_lag();
        if self.immediate || lag.is_none_or(set_back) {
            self.clock.anchor = Some((pending.due_usec, now));
        }
        if self.delivered == 0 {
            // A bad sample must not lose the capture that is ready; more serious errors are returned by the next
            // call.
            let _ = self.skip_early_imu(pending.file_usec);
        }
        if pending.wrapped {
            self.loops += 1;
        }
        self.immediate = false;
        self.ended = false;
        self.delivered += 1;
        self.position_usec = pending.file_usec;
        let latest = pending.capture.images().map(|i| i.device_timestamp_usec);
        let latest = latest.max().map(|usec| self.recording.file_usec(usec));
        self.imu_until_usec = latest;
        NextCapture::Capture(pending.capture)
    }

    /// After a seek into a gap, leaves out the inertial samples long before the first capture behind it.
    fn skip_early_imu(&mut self, file_usec: u64) -> Result<(), SourceError> {
        let Some(from) = file_usec.checked_sub(MOST_IMU_LEAD_USEC) else {
            return Ok(());
        };
        if self.peek_imu()?.is_some_and(|time| time < from) {
            self.pending_imu = None;
            self.recording.seek_imu_only(from)?;
        }
        Ok(())
    }

    /// File time of the next inertial sample.
    fn peek_imu(&mut self) -> Result<Option<u64>, SourceError> {
        if self.pending_imu.is_none() {
            self.pending_imu = self.recording.next_imu_sample()?;
        }
        let time = self.pending_imu.map(|s| s.acceleration_timestamp_usec);
        Ok(time.map(|usec| self.recording.file_usec(usec)))
    }

    /// Returns the end. From the second call on it waits first, so that a caller's loop does not spin.
    fn end(&mut self, timeout: Duration) -> NextCapture {
        if self.ended {
            std::thread::sleep(timeout);
        }
        self.ended = true;
        self.imu_until_usec = Some(u64::MAX);
        NextCapture::End
    }

    fn next_in_real_time(
        &mut self,
        now: Instant,
        timeout: Duration,
    ) -> Result<NextCapture, SourceError> {
        let (due_usec, is_end) = match &self.pending {
            Some(pending) => (pending.due_usec, false),
            None => {
                let duration = self.recording.info().duration_usec;
                (duration.saturating_add(self.clock_lead_usec()), true)
            }
        };
        if self.clock.anchor.is_none() {
            let start = if is_end { self.position_usec } else { due_usec };
            self.clock.anchor = Some((start, now));
        }
        let due = self.clock.due(due_usec).unwrap_or(now);
        let wait = due.saturating_duration_since(now);
        if wait > timeout {
            std::thread::sleep(timeout);
            return Ok(NextCapture::Timeout);
        }
        std::thread::sleep(wait);
        if !is_end {
            return Ok(self.deliver(Instant::now()));
        }
        if self.looping && !self.barren {
            self.wrap(due.max(now))?;
            if !self.barren {
                return Ok(NextCapture::Timeout);
            }
        }
        Ok(self.end(timeout))
    }

    fn next_at_once(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        let now = Instant::now();
        if self.pending.is_none() && self.looping && !self.barren {
            self.wrap(now)?;
        }
        if self.pending.is_none() {
            return Ok(self.end(timeout));
        }
        Ok(self.deliver(now))
    }

    /// File time of a capture whose images were not read.
    fn group_usec(group: &Group) -> u64 {
        let earliest = group.iter().flatten().map(|frame| frame.time_ns).min();
        u64::try_from(earliest.unwrap_or(0)).unwrap_or(0) / 1000
    }

    /// The capture `count` before the newest.
    fn find_back(&mut self, count: u32, read_ahead: bool) -> Result<Option<Group>, SourceError> {
        // Going backwards, the reader first meets captures that do not count: one that was read ahead, and behind it, or
        // at the end, the newest capture itself.
        let newest = self.position_usec;
        let mut left = count;
        let mut found = None;
        let mut to_meet = u8::from(read_ahead) + u8::from(self.at_end);
        while left > 0 {
            let Some(group) = self.recording.step_group(Direction::Backward)? else {
                break;
            };
            self.at_end = false;
            let usec = Self::group_usec(&group);
            if self.delivered > 0 && usec > newest {
                continue;
            }
            if self.delivered > 0 && usec == newest && to_meet > 0 {
                to_meet -= 1;
                continue;
            }
            found = Some(group);
            left -= 1;
        }
        if found.is_none() {
            // At the beginning, stay on the first capture.
            found = self.recording.step_group(Direction::Forward)?;
        }
        Ok(found)
    }

    /// The capture `count` after the newest.
    fn find_ahead(&mut self, count: u32) -> Result<Option<Group>, SourceError> {
        let mut found = None;
        for _ in 0..count {
            match self.recording.step_group(Direction::Forward)? {
                Some(group) => found = Some(group),
                None => {
                    self.at_end = true;
                    break;
                }
            }
        }
        Ok(found)
    }
}

impl CaptureSource for RecordingSource {
    fn info(&self) -> &SensorInfo {
        &self.recording.info().sensor
    }

    fn calibration(&self) -> Option<&Calibration> {
        self.recording.calibration()
    }

    fn factory_data(&self) -> FactoryData<'_> {
        let info = self.recording.info();
        FactoryData {
            calibration_json: self.recording.raw_calibration_json(),
            color_firmware: info.color_firmware.as_deref(),
            depth_firmware: info.depth_firmware.as_deref(),
        }
    }

    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        let now = Instant::now();
        self.check_file(now)?;
        if core::mem::take(&mut self.stepped_out) {
            return Ok(NextCapture::End);
        }
        if self.paused && !self.immediate {
            std::thread::sleep(timeout);
            return Ok(NextCapture::Timeout);
        }
        self.fetch(now)?;
        if self.immediate {
            if self.pending.is_some() {
                return Ok(self.deliver(now));
            }
            // Sought behind the last capture.
            self.immediate = false;
        }
        if self.paused {
            std::thread::sleep(timeout);
            return Ok(NextCapture::Timeout);
        }
        match self.pacing {
            Pacing::RealTime => self.next_in_real_time(now, timeout),
            Pacing::AsFastAsPossible => self.next_at_once(timeout),
        }
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        let clock = match self.pacing {
            Pacing::RealTime if !self.paused => self.clock.usec(Instant::now()),
            _ => None,
        };
        let clock = clock.map(|usec| usec.saturating_sub(self.clock_lead_usec()));
        // Between a seek and the first capture after it, the clock still has the old position.
        let until = match self.imu_until_usec {
            Some(until) => until.max(clock.unwrap_or(0)),
            None if self.exhausted => clock.unwrap_or(0),
            None => return Ok(None),
        };
        match self.peek_imu()? {
            Some(time) if time <= until => Ok(self.pending_imu.take()),
            _ => Ok(None),
        }
    }

    fn has_bodies(&self) -> bool {
        self.recording.has_bodies()
    }

    fn take_warning(&mut self) -> Option<String> {
        let warning = self.recording.info().warnings.get(self.warnings_taken)?;
        self.warnings_taken += 1;
        Some(warning.clone())
    }

    fn playback(&mut self) -> Option<&mut dyn PlaybackControl> {
        Some(self)
    }
}

impl PlaybackControl for RecordingSource {
    fn set_paused(&mut self, paused: bool) {
        if paused == self.paused {
            return;
        }
        self.paused = paused;
        self.behind = false;
        let now = Instant::now();
        if paused {
            self.clock.pause(now);
        } else {
            self.clock.resume(now);
        }
    }

    fn set_speed(&mut self, speed: f64) {
        self.clock
            .set_speed(speed, (!self.paused).then(Instant::now));
    }

    fn set_looping(&mut self, looping: bool) {
        self.looping = looping;
    }

    fn seek(&mut self, position_usec: u64) -> Result<(), SourceError> {
        self.recording.seek(SeekTarget::Start(position_usec))?;
        self.pending = None;
        self.at_end = false;
        self.exhausted = false;
        self.ended = false;
        self.delivered = 0;
        self.forget_imu();
        self.clock.anchor = None;
        self.last_due = None;
        self.behind = false;
        self.immediate = true;
        self.position_usec = position_usec.min(self.recording.info().duration_usec);
        Ok(())
    }

    fn step(&mut self, captures: i32) -> Result<(), SourceError> {
        if captures == 0 {
            return Ok(());
        }
        let count = captures.unsigned_abs();
        // A capture that was read ahead already is the next one.
        let found = if captures > 0 && self.pending.is_some() {
            self.find_ahead(count - 1)?
        } else if captures > 0 {
            self.find_ahead(count)?
        } else {
            let read_ahead = self.pending.take().is_some();
            self.find_back(count, read_ahead)?
        };
        if let Some(group) = found {
            let capture = self.recording.read_capture(group)?;
            self.pend_anew(capture, false);
        }
        self.stepped_out = captures > 0 && self.pending.is_none();
        if let Some(pending) = &self.pending {
            self.immediate = true;
            self.exhausted = false;
            let file_usec = pending.file_usec;
            if captures != 1 {
                self.forget_imu();
                self.recording.seek_imu_only(file_usec)?;
            }
        }
        Ok(())
    }

    fn set_keep_every_capture(&mut self, keep: bool) {
        self.keep_every_capture = keep;
    }

    fn captures_left_out(&self) -> u64 {
        self.left_out
    }

    fn position_usec(&self) -> u64 {
        self.position_usec
    }

    fn duration_usec(&self) -> Option<u64> {
        Some(self.recording.info().duration_usec)
    }

    fn loops(&self) -> u64 {
        self.loops
    }
}
