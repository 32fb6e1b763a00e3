//! The recorder's thread: takes data from the queue, sorts it and writes it.
//!
//! Captures come some 100 ms later than inertial samples of the same time, and the writer would not wait that long
//! for them. So samples are held back until a capture of their time was written, two seconds at most.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::disk::RecordingDisk;
use super::names::Names;
use super::queue::{Item, Next, Shared};
use super::settings::LiveSettings;
use super::state::{LiveFigures, LiveState};
use crate::body::BodyFrame;
use crate::capture::{Capture, ImuSample};
use crate::modes::{ColorFormat, ColorResolution, DepthMode};
use crate::recording::bodies;
use crate::recording::elapsed::ElapsedTime;
use crate::recording::writer::{RecordingSettings, RecordingWriter, WriteError, patience_usec};
use crate::source::SensorInfo;

/// How often the periodic work is done while nothing comes.
const TICK: Duration = Duration::from_millis(100);

/// How often the thread checks whether the file still exists.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// How often the file is synchronised to the disk and the free space is read. A power cut loses no more data than
/// that, and stopping never waits for gigabytes.
const SYNC_EVERY: Duration = Duration::from_secs(5);

/// The longest that inertial samples wait for a capture, in µs.
const HOLD_USEC: u64 = 2_000_000;

/// The most inertial samples that wait for a capture, with any times.
const MOST_HELD: usize = 16_384;

/// The recorder warns when the free space lasts for fewer seconds than this.
const WARN_SECONDS: u64 = 120;

/// Why the recording ends before it was stopped.
enum End {
    /// The files are whole.
    Modes(String),
    Failed(String),
}

pub(super) struct Worker {
    shared: Arc<Shared>,
    disk: Box<dyn RecordingDisk>,
    settings: LiveSettings,
    names: Option<Names>,
    /// The settings with which the source was last opened.
    source: Option<RecordingSettings>,
    file: Option<OpenFile>,
    /// Samples that wait for a capture of their time.
    held: VecDeque<ImuSample>,
    /// The figures without the file that is open.
    figures: LiveFigures,
    warned_of_room: bool,
}

/// The file that is being written.
struct OpenFile {
    writer: RecordingWriter,
    path: PathBuf,
    keeps_bodies: bool,
    /// How far device time may go back before it counts as another run, in µs.
    patience_usec: u64,
    /// Whether anything was written into it.
    written: bool,
    /// Newest device time of a capture, in µs.
    capture_usec: Option<u64>,
    /// Device time of the last image of each camera (colour, depth, infrared), in µs.
    image_usec: [Option<u64>; 3],
    /// Recorded time, counted by the computer's clock where the sensor's does not run.
    elapsed: ElapsedTime,
    /// Whether the sensor's clock stood still or went back during this file.
    irregular: bool,
    /// Device time of the last sample, in µs.
    sample_usec: Option<u64>,
    checked: Instant,
    synced: Instant,
}

impl OpenFile {
    /// Length of the file, in µs.
    fn duration_usec(&self) -> u64 {
        let device_usec = self.writer.duration_usec();
        if !self.irregular {
            return device_usec;
        }
        let elapsed_usec = u64::try_from(self.elapsed.total().as_micros()).unwrap_or(u64::MAX);
        device_usec.max(elapsed_usec)
    }

    /// Whether data with the time `usec` belongs to another run of the source than the data of the same kind before it,
    /// whose time is `last`.
    fn is_behind(&self, usec: u64, last: Option<u64>) -> bool {
        last.is_some_and(|last| usec.saturating_add(self.patience_usec) < last)
    }
}

/// Reports that the thread ended unexpectedly, if it panics.
struct Guard(Arc<Shared>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.end(LiveState::Failed {
            reason: "the recorder's thread ended unexpectedly; record again, and please report this with the lines \
                     above"
                .to_owned(),
        });
    }
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        disk: Box<dyn RecordingDisk>,
        settings: LiveSettings,
    ) -> Self {
        Self {
            shared,
            disk,
            settings,
            names: None,
            source: None,
            file: None,
            held: VecDeque::new(),
            figures: LiveFigures::default(),
            warned_of_room: false,
        }
    }

    pub(super) fn run(mut self) {
        let guard = Guard(Arc::clone(&self.shared));
        let mut ended = self.record();
        self.shared.stop();
        if !matches!(ended, Some(End::Failed(_)))
            && let Err(end) = self.close()
        {
            ended = Some(end);
        }
        let state = match ended {
            Some(End::Failed(reason)) => {
                self.give_up();
                LiveState::Failed { reason }
            }
            modes => LiveState::Finished {
                captures: self.figures.captures,
                bytes: self.figures.bytes,
                seconds: self.figures.duration_usec as f64 * 1e-6,
                reason: modes.map(|end| match end {
                    End::Modes(reason) | End::Failed(reason) => reason,
                }),
            },
        };
        self.publish();
        guard.0.end(state);
    }

    /// Records until the recording is stopped or must end; returns why it must end.
    fn record(&mut self) -> Option<End> {
        loop {
            let done = match self.shared.next(TICK) {
                Next::Item(Item::Capture(capture)) => self.take_capture(capture),
                Next::Item(Item::Sample(sample)) => self.take_sample(sample),
                Next::Item(Item::Bodies(frame)) => self.take_bodies(&frame),
                Next::Item(Item::Opened(settings)) => self.open(*settings),
                Next::Item(Item::Closed) => self.close().map(|()| self.wait()),
                Next::Idle => {
                    self.publish();
                    Ok(())
                }
                Next::End => return None,
            };
            if let Err(end) = done.and_then(|()| self.look_after()) {
                return Some(end);
            }
        }
    }

    /// Publishes the figures, including those of the file that is open.
    fn publish(&self) {
        let mut figures = self.figures;
        if let Some(file) = &self.file {
            figures.bytes += file.writer.bytes_written();
            figures.duration_usec += file.duration_usec();
        }
        self.shared.report(&figures);
    }

    /// Notes that the source was opened (again).
    fn open(&mut self, mut settings: RecordingSettings) -> Result<(), End> {
        self.close()?;
        self.wait();
        if let Some(before) = &self.source
            && let Some(change) = change_of_modes(&before.sensor, &settings.sensor)
        {
            return Err(End::Modes(change));
        }
        settings.tags.extend_from_slice(&self.settings.tags);
        let attachments = &self.settings.attachments;
        settings.attachments.extend_from_slice(attachments);
        settings
            .check()
            .map_err(|error| End::Failed(error.to_string()))?;
        self.source = Some(settings);
        // The first file is created at once, so that a wrong path is reported at the start; further files are created
        // when there is data for them.
        if self.figures.files == 0 {
            self.begin()?;
        }
        Ok(())
    }

    /// Begins a file, unless one is open.
    fn begin(&mut self) -> Result<(), End> {
        let Some(source) = self.source.as_ref().filter(|_| self.file.is_none()) else {
            return Ok(());
        };
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs() as i64);
        let pattern = &self.settings.path;
        let names = self.names.get_or_insert_with(|| Names::new(pattern, now));
        let (path, file) = names
            .create(self.disk.as_mut(), self.settings.overwrite)
            .map_err(|(path, error)| End::Failed(explain(&path, "cannot be created", &error)))?;
        let mut settings = source.clone();
        settings.date_unix_sec.get_or_insert(now);
        let patience_usec = patience_usec(&settings.sensor);
        let keeps_bodies = settings.bodies;
        let writer = RecordingWriter::new(&path, file, settings)
            .map_err(|error| End::Failed(error.to_string()))?;
        let now = Instant::now();
        self.file = Some(OpenFile {
            writer,
            path: path.clone(),
            keeps_bodies,
            patience_usec,
            written: false,
            capture_usec: None,
            image_usec: [None; 3],
            elapsed: ElapsedTime::default(),
            irregular: false,
            sample_usec: None,
            checked: now,
            synced: now,
        });
        self.figures.files += 1;
        self.look_for_room(&path);
        self.shared.set_path(path);
        self.publish();
        self.shared.enter(LiveState::Recording);
        Ok(())
    }

    /// Enters the state without an open file.
    fn wait(&mut self) {
        self.publish();
        self.shared.enter(LiveState::Waiting);
    }

    /// Finishes the file that is open.
    fn close(&mut self) -> Result<(), End> {
        self.write_held(|_, _| true)?;
        if let Some(file) = &self.file
            && file.written
            && !self.disk.is_there(&file.path)
        {
            return Err(End::Failed(gone(&file.path)));
        }
        self.finish_file()
    }

    /// After an error: finishes the file with the data written so far, if that is possible.
    fn give_up(&mut self) {
        self.held.clear();
        // The first error is reported, not this one.
        let _ = self.finish_file();
    }

    /// Finishes the file that is open, and removes it if it is empty.
    fn finish_file(&mut self) -> Result<(), End> {
        let Some(mut file) = self.file.take() else {
            return Ok(());
        };
        let result = file.writer.finish_and_sync();
        if file.writer.holds_data() {
            self.figures.bytes += file.writer.bytes_written();
            self.figures.duration_usec += file.duration_usec();
        } else {
            self.disk.remove(&file.path);
            self.figures.files -= 1;
            if let Some(names) = &mut self.names {
                names.give_back();
            }
        }
        result.map_err(|error| End::Failed(explain_write(&file.path, error)))
    }

    fn take_capture(&mut self, capture: Capture) -> Result<(), End> {
        let Some(time) = capture.device_timestamp_usec() else {
            return Ok(());
        };
        if let Some(file) = &self.file
            && file.is_behind(time, file.capture_usec)
        {
            // Another run begins. Samples that came just before this capture belong to the new run.
            let split = self.held.iter().position(|sample| {
                file.is_behind(sample.acceleration_timestamp_usec, file.capture_usec)
            });
            let of_it = self.held.split_off(split.unwrap_or(self.held.len()));
            self.close()?;
            self.held = of_it;
        }
        self.begin()?;
        self.watch_clock(&capture, time);
        // Held samples are written before the capture: after a gap, the oldest data must be written first.
        self.write_held(|sample, _| sample.acceleration_timestamp_usec <= time)?;
        self.write_capture(capture)?;
        self.publish();
        Ok(())
    }

    /// Counts the images that come while the sensor's clock does not run, and warns of this once in each file.
    fn watch_clock(&mut self, capture: &Capture, time_usec: u64) {
        let Some(file) = &mut self.file else {
            return;
        };
        file.elapsed.capture(time_usec, Instant::now());
        let mut behind = None;
        let images = [&capture.color, &capture.depth, &capture.ir];
        for (image, last) in images.into_iter().zip(&mut file.image_usec) {
            let Some(image) = image else {
                continue;
            };
            let usec = image.device_timestamp_usec;
            if let Some(last) = last.replace(usec)
                && usec <= last
            {
                self.figures.unordered_images += 1;
                behind = behind.max(Some(last - usec));
            }
        }
        let Some(behind_usec) = behind else {
            return;
        };
        if core::mem::replace(&mut file.irregular, true) {
            return;
        }
        let what = match behind_usec {
            0 => format!("stands still at {time_usec} µs"),
            back => format!("went back by {back} µs to {time_usec} µs"),
        };
        self.figures.warnings += 1;
        self.shared.warn(format!(
            "{}: the sensor's clock {what}: all images are recorded with the times they have, and the length is \
             counted by this computer's clock; if it happens again, unplug the sensor and plug it in again",
            file.path.display()
        ));
    }

    /// Writes a capture without those of its images that are damaged or late.
    fn write_capture(&mut self, mut capture: Capture) -> Result<(), End> {
        while capture.images().next().is_some() {
            let Some(file) = &mut self.file else {
                // The capture came before any source was opened.
                self.figures.unfit_images += capture.images().count() as u64;
                return Ok(());
            };
            let track = match file.writer.write_capture(&capture) {
                Ok(()) => {
                    let people = capture.ground_truth.is_some() && file.keeps_bodies;
                    self.figures.body_frames += u64::from(people);
                    let times = capture.images().map(|image| image.device_timestamp_usec);
                    file.capture_usec = file.capture_usec.max(times.max());
                    file.written = true;
                    self.figures.captures += 1;
                    return Ok(());
                }
                Err(WriteError::Unfit { track, .. } | WriteError::OutOfOrder { track, .. }) => {
                    track
                }
                Err(error @ WriteError::OtherModes { .. }) => {
                    return Err(End::Modes(error.to_string()));
                }
                Err(error) => return Err(End::Failed(explain_write(&file.path, error))),
            };
            if track == bodies::TRACK {
                capture.ground_truth = None;
                self.figures.dropped_body_frames += 1;
                continue;
            }
            let image = match track.as_str() {
                "COLOR" => &mut capture.color,
                "DEPTH" => &mut capture.depth,
                _ => &mut capture.ir,
            };
            *image = None;
            self.figures.unfit_images += 1;
        }
        Ok(())
    }

    fn take_bodies(&mut self, frame: &BodyFrame) -> Result<(), End> {
        let Some(file) = self.file.as_mut().filter(|file| file.keeps_bodies) else {
            return Ok(());
        };
        match file.writer.write_bodies(frame) {
            Ok(()) => {
                self.figures.body_frames += 1;
                Ok(())
            }
            Err(WriteError::Unfit { .. } | WriteError::OutOfOrder { .. }) => {
                self.figures.dropped_body_frames += 1;
                Ok(())
            }
            Err(error) => Err(End::Failed(explain_write(&file.path, error))),
        }
    }

    fn take_sample(&mut self, sample: ImuSample) -> Result<(), End> {
        let Some(source) = self.source.as_ref().filter(|s| s.sensor.has_imu) else {
            return Ok(());
        };
        let time = sample.acceleration_timestamp_usec;
        let no_camera =
            source.sensor.color_format.is_none() && source.sensor.depth_mode == DepthMode::Off;
        if no_camera {
            if let Some(file) = &self.file
                && file.is_behind(time, file.sample_usec)
            {
                self.close()?;
            }
            self.begin()?;
            return self.write_sample(&sample);
        }
        self.held.push_back(sample);
        if let Some(file) = &self.file
            && let Some(newest) = file.capture_usec
        {
            // A sample of another run is held until a capture of that run comes.
            let oldest = file.sample_usec.unwrap_or(0);
            let oldest = oldest.saturating_sub(file.patience_usec);
            self.write_held(|sample, _| {
                (oldest..=newest).contains(&sample.acceleration_timestamp_usec)
            })?;
        }
        // If no capture comes, samples are not held for ever.
        let until = time.saturating_sub(HOLD_USEC);
        self.write_held(|sample, held| {
            sample.acceleration_timestamp_usec < until || held > MOST_HELD
        })
    }

    /// Writes the oldest samples that are held, as long as `due` returns `true` for the oldest sample and the number
    /// of held samples.
    fn write_held(&mut self, due: impl Fn(&ImuSample, usize) -> bool) -> Result<(), End> {
        let count = self.held.len();
        for held in (1..=count).rev() {
            let Some(sample) = self.held.pop_front_if(|sample| due(sample, held)) else {
                break;
            };
            self.write_sample(&sample)?;
        }
        Ok(())
    }

    fn write_sample(&mut self, sample: &ImuSample) -> Result<(), End> {
        let Some(file) = &mut self.file else {
            // If the source has cameras, samples alone begin no file.
            self.figures.dropped_imu_samples += 1;
            return Ok(());
        };
        match file.writer.write_imu_sample(sample) {
            Ok(()) => {
                file.sample_usec = Some(sample.acceleration_timestamp_usec);
                file.written = true;
                self.figures.imu_samples += 1;
                Ok(())
            }
            Err(WriteError::Unfit { .. } | WriteError::OutOfOrder { .. }) => {
                self.figures.dropped_imu_samples += 1;
                Ok(())
            }
            Err(error) => Err(End::Failed(explain_write(&file.path, error))),
        }
    }

    /// The periodic work.
    fn look_after(&mut self) -> Result<(), End> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let now = Instant::now();
        if now.duration_since(file.checked) >= CHECK_EVERY {
            file.checked = now;
            if !self.disk.is_there(&file.path) {
                return Err(End::Failed(gone(&file.path)));
            }
        }
        if now.duration_since(file.synced) >= SYNC_EVERY {
            let path = file.path.clone();
            file.writer
                .sync()
                .map_err(|error| End::Failed(explain_write(&path, error)))?;
            file.synced = Instant::now();
            self.look_for_room(&path);
        }
        Ok(())
    }

    /// Warns once if the disk will soon be full.
    fn look_for_room(&mut self, path: &Path) {
        self.figures.free_bytes = self.disk.free_bytes(path);
        let (Some(free), Some(source)) = (self.figures.free_bytes, &self.source) else {
            return;
        };
        let seconds = free / bytes_per_second(&source.sensor).max(1);
        if seconds >= WARN_SECONDS || core::mem::replace(&mut self.warned_of_room, true) {
            return;
        }
        self.figures.warnings += 1;
        self.shared.warn(format!(
            "{}: the disk has {} MiB left, enough for some {seconds} s of recording; free some space, or record to another \
             disk",
            path.display(),
            free >> 20
        ));
    }
}

/// The bytes that a sensor delivers in a second; JPEGs are taken as 0.3 bytes a pixel, as real ones of full scenes
/// are.
fn bytes_per_second(sensor: &SensorInfo) -> u64 {
    let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
    let color = pixels(sensor.color_resolution.size());
    let color = match sensor.color_format {
        None => 0,
        Some(ColorFormat::Mjpg) => color * 3 / 10,
        Some(ColorFormat::Nv12) => color * 3 / 2,
        Some(ColorFormat::Yuy2) => color * 2,
        Some(ColorFormat::Bgra32) => color * 4,
    };
    let cameras = 1 + u64::from(sensor.depth_mode.has_depth());
    let depth = match sensor.depth_mode {
        DepthMode::Off => 0,
        mode => pixels(mode.size()) * 2 * cameras,
    };
    (color + depth) * 1_000_000_000 / sensor.frame_rate.period_ns()
}

/// A sentence about the modes that changed, if any did.
fn change_of_modes(before: &SensorInfo, now: &SensorInfo) -> Option<String> {
    let modes = |sensor: &SensorInfo| {
        let color = match (sensor.color_resolution, sensor.color_format) {
            (ColorResolution::Off, _) | (_, None) => "no colour".to_owned(),
            (resolution, Some(format)) => format!("colour {resolution} {format}"),
        };
        let imu = if sensor.has_imu { "with" } else { "without" };
        format!(
            "{color}, depth {}, {} captures per second, {imu} inertial samples",
            sensor.depth_mode,
            sensor.frame_rate.fps()
        )
    };
    let (before, now) = (modes(before), modes(now));
    (before != now).then(|| {
        format!(
            "the modes changed from {before} to {now}: the recording ended there; start another one"
        )
    })
}

fn gone(path: &Path) -> String {
    format!(
        "{}: was deleted, moved or replaced while it was being recorded; leave recordings alone until they are finished, \
         then record again",
        path.display()
    )
}

fn explain_write(path: &Path, error: WriteError) -> String {
    match error {
        WriteError::Io { source, .. } => explain(path, "cannot be written", &source),
        other => other.to_string(),
    }
}

/// What happened, to which file, and what to do.
fn explain(path: &Path, what: &str, error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    let advice = match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded => {
            "free some space or record to another disk, then record again; the part that was recorded before can be played"
        }
        Kind::FileTooLarge => {
            "the disk's file system has a limit (4 GiB on FAT32): record to another disk, or stop and start earlier; the \
             part that was recorded before can be played"
        }
        Kind::AlreadyExists => {
            "choose another name, have names counted up with {number}, or allow it to be overwritten"
        }
        Kind::ResourceBusy => "another recording is being written to it: give each its own name",
        Kind::NotFound | Kind::NotADirectory => "its folder does not exist: create it",
        Kind::IsADirectory => "a folder has that name: choose another one",
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
            "you may not write there: choose another folder or change its access rights"
        }
        _ => "check the disk, its cable and its file system, then record again",
    };
    format!("{}: {what}: {error}; {advice}", path.display())
}
