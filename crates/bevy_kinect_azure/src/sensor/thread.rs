//! The capture thread: one per sensor entity, from the opening of its source to its end.
//!
//! Commands come in and events go out over bounded channels; frames go through a slot that holds only the newest. The thread ends
//! when it is told to, or when the app's ends of its channels are dropped, after at most one wait ([`WAIT`]) for the source.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, SendTimeoutError, Sender, TryRecvError, bounded};
use kinect_azure::calibration::XyTable;
use kinect_azure::{
    Capture, CaptureSource, ImuSample, NextCapture, PlaybackControl, Recovery, SourceError,
};

use super::frame::{Frame, FramePool, FrameSlot};
use super::handle::{Command, Counters, Event, ThreadHandle};
use super::listener::{Calls, CaptureListeners};
use super::log::thread_name;
use super::opener::{OpenSource, ThreadSource};
use super::part::Place;
use super::prepare::{Preparation, image_error};
use super::state::SensorState;
use super::stream::SensorStream;

/// The longest wait for a capture before the thread looks for commands again.
const WAIT: Duration = Duration::from_millis(10);
/// Waits between attempts to open a lost source: doubled from the first to the last.
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(8);
/// The most inertial samples that wait for the app: 2.5 s of a 1.6 kHz sensor.
const IMU_CAPACITY: usize = 4096;

/// Starts a capture thread, which waits for the end of the one `before` it: two threads must not hold one source. Its
/// [`JoinHandle`] goes to `reaper` when it is told to stop.
pub(super) fn start(
    name: &str,
    source: ThreadSource,
    playback: Command,
    listeners: &CaptureListeners,
    before: Option<JoinHandle<()>>,
    reaper: Sender<JoinHandle<()>>,
) -> std::io::Result<ThreadHandle> {
    let (command_sender, commands) = bounded(64);
    let (events, event_receiver) = bounded(64);
    let (imu, imu_receiver) = bounded(IMU_CAPACITY);
    let frames = Arc::new(FrameSlot::default());
    let counters = Arc::new(Counters::default());
    let stop = Arc::new(AtomicBool::new(false));
    let thread = CaptureThread {
        commands,
        events,
        imu,
        imu_oldest: imu_receiver.clone(),
        frames: Arc::clone(&frames),
        counters: Arc::clone(&counters),
        stop: Arc::clone(&stop),
        playback,
        listeners: Calls::new(listeners),
        state: SensorState::Disabled,
        pool: FramePool::default(),
        preparation: Preparation::default(),
        settling: 0,
        sequence: 0,
        first_sequence: 1,
        bad_in_a_row: 0,
        is_returning: false,
        is_held: false,
        part_loops: 0,
        warnings: Vec::new(),
    };
    let thread = std::thread::Builder::new()
        // A thread's name must not contain a zero byte, but a path from the app may.
        .name(name.replace('\0', "?"))
        .spawn(move || {
            if let Some(before) = before
                && before.join().is_err()
            {
                bevy::log::error!("the sensor's last capture thread panicked; please report this");
            }
            thread.run(source);
        })?;
    Ok(ThreadHandle {
        commands: command_sender,
        events: event_receiver,
        imu: imu_receiver,
        frames,
        counters,
        stop,
        thread: Some(thread),
        reaper,
    })
}

struct CaptureThread {
    commands: Receiver<Command>,
    events: Sender<Event>,
    imu: Sender<ImuSample>,
    /// A second receiver of the sample channel: a full channel loses its oldest samples to make room for new ones.
    imu_oldest: Receiver<ImuSample>,
    frames: Arc<FrameSlot>,
    counters: Arc<Counters>,
    stop: Arc<AtomicBool>,
    /// The playback settings, applied again after the source was reopened.
    playback: Command,
    /// The capture listeners, which get every capture and sample.
    listeners: Calls,
    state: SensorState,
    pool: FramePool,
    preparation: Preparation,
    /// Captures left until the state becomes `Streaming`.
    settling: u32,
    sequence: u64,
    /// Number of the first frame since the source was opened, got other settings or was sought: images of earlier frames belong to
    /// other modes or to another place of the recording.
    first_sequence: u64,
    bad_in_a_row: u32,
    /// The source was sought to the beginning of the part that plays: the next capture is published wherever it is, so that a part
    /// without captures does not seek for ever.
    is_returning: bool,
    /// The source was paused at the end of the part that plays, until the next command.
    is_held: bool,
    /// Times the part began again.
    part_loops: u64,
    /// The source's warnings, each logged once however often the source is opened.
    warnings: Vec<String>,
}

/// Why the thread stopped delivering captures.
enum Left {
    Stopped,
    Lost(SourceError),
    Failed(SourceError),
}

/// Whether to continue or to leave the stream.
type Flow = Result<(), Left>;

impl CaptureThread {
    fn run(mut self, mut source: ThreadSource) {
        let mut attempt = 0;
        loop {
            self.enter(SensorState::Opening);
            self.take_settings(&mut source);
            let left = match source.open(&self.stop) {
                Ok(mut open) => {
                    let delivered = self.sequence;
                    self.listeners.refresh();
                    open.source().set_stored(self.listeners.prefer_jpegs());
                    self.listeners.opened(open.source());
                    let Err(left) = self.stream(&mut open, attempt > 0);
                    self.listeners.closed();
                    // Only a delivered capture resets the retries: a source that opens and fails again must not be reopened in a
                    // tight loop.
                    if self.sequence > delivered {
                        attempt = 0;
                    }
                    left
                }
                Err(_) if self.stopped() => Left::Stopped,
                // A source that was lost once is retried for ever, with any error, because it may come back.
                Err(error) if attempt > 0 => Left::Lost(error),
                Err(error) => match error.recovery() {
                    Recovery::Retry => Left::Lost(error),
                    Recovery::GiveUp | Recovery::NextCapture => Left::Failed(error),
                },
            };
            match left {
                Left::Stopped => return,
                Left::Failed(SourceError { kind, reason }) => {
                    self.counters.failed.store(true, Ordering::Release);
                    self.enter(SensorState::Failed { kind, reason });
                    return;
                }
                Left::Lost(SourceError { kind, reason }) => {
                    if attempt == 0 {
                        self.enter(SensorState::Lost {
                            kind,
                            reason: reason.clone(),
                        });
                    }
                    attempt += 1;
                    self.enter(SensorState::Retrying {
                        kind,
                        reason,
                        attempt,
                    });
                    let wait = FIRST_RETRY * 2_u32.saturating_pow(attempt - 1);
                    if self.sleep(wait.min(LAST_RETRY), &source) {
                        return;
                    }
                }
            }
        }
    }

    /// Stores the settings that were sent to a live sensor while it was closed.
    fn take_settings(&mut self, source: &mut ThreadSource) {
        let ThreadSource::Live(live) = source else {
            return;
        };
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Configure(settings) => live.keep_settings(*settings),
                Command::SetColorControls(controls) => live.keep_controls(*controls),
                Command::SetPlayback { .. } => self.playback = command,
                // A closed source has no playback position, and a live sensor never has one.
                Command::Seek(_) | Command::Step(_) => {}
            }
        }
    }

    /// Delivers captures until the source is closed.
    fn stream(&mut self, open: &mut OpenSource, mut is_back: bool) -> Result<Infallible, Left> {
        self.play(open.source(), &self.playback.clone())?;
        self.announce(open.source())?;
        self.first_sequence = self.sequence + 1;
        self.settling = open.source().settling_captures();
        self.enter_streaming();
        self.bad_in_a_row = 0;
        (self.is_returning, self.is_held) = (false, false);
        loop {
            if self.stopped() {
                return Err(Left::Stopped);
            }
            match self.commands.try_recv() {
                Ok(command) => {
                    self.obey(command, open)?;
                    continue;
                }
                Err(TryRecvError::Disconnected) => return Err(Left::Stopped),
                Err(TryRecvError::Empty) => {}
            }
            let source = open.source();
            source.set_wanted(self.frames.is_wanted() || !self.listeners.is_empty());
            let mut frame = self.pool.take();
            let next = source.next_capture(WAIT);
            self.listeners.refresh();
            let has_other_format = source.set_stored(self.listeners.prefer_jpegs());
            if !has_other_format {
                self.listeners.open(source);
            }
            match next {
                Ok(NextCapture::Capture(capture)) => {
                    if core::mem::take(&mut is_back) {
                        self.counters.reconnects.fetch_add(1, Ordering::Relaxed);
                    }
                    if self.keeps_to_part(open.source())? {
                        self.publish(&mut frame, capture);
                    }
                }
                Ok(NextCapture::Timeout) => {}
                Ok(NextCapture::End) => {
                    if self.state == SensorState::Ended {
                        // On the second `End` all inertial samples have been passed on.
                        self.listeners.ended();
                    }
                    self.enter(SensorState::Ended);
                    std::thread::sleep(WAIT);
                }
                Err(error) => self.survive(error)?,
            }
            self.pool.give(frame);
            self.tell_news(open);
            self.take_samples(open.source())?;
            if has_other_format {
                // Listeners that were added together with the change of the format get their first capture in the new
                // format.
                self.listeners.opened(open.source());
                self.announce(open.source())?;
            }
            if let Some(playback) = open.source().playback() {
                self.counters
                    .position_usec
                    .store(playback.position_usec(), Ordering::Relaxed);
                self.counters
                    .loops
                    .store(playback.loops() + self.part_loops, Ordering::Relaxed);
            }
        }
    }

    /// Carries out a command of the app while the source is open.
    fn obey(&mut self, command: Command, open: &mut OpenSource) -> Flow {
        match (command, open) {
            (Command::Configure(settings), OpenSource::Live(device)) => {
                if let Err(error) = device.configure(*settings) {
                    self.survive(error)?;
                }
                self.listeners.opened(device.source());
                self.announce(device.source())?;
                self.first_sequence = self.sequence + 1;
                self.settling = device.source().settling_captures();
                Ok(())
            }
            (Command::SetColorControls(controls), OpenSource::Live(device)) => {
                device.set_controls(*controls);
                let settling = device.source().settling_captures().min(8);
                self.settling = self.settling.max(settling);
                Ok(())
            }
            // Only live sensors have these settings.
            (Command::Configure(_) | Command::SetColorControls(_), _) => Ok(()),
            (command, open) => {
                if matches!(command, Command::SetPlayback { .. }) {
                    self.playback = command.clone();
                } else {
                    self.first_sequence = self.sequence + 1;
                }
                self.play(open.source(), &command)?;
                if core::mem::take(&mut self.is_held) {
                    self.play(open.source(), &self.playback.clone())?;
                }
                Ok(())
            }
        }
    }

    /// Whether the capture that a source has just delivered belongs to the part that plays. If not, playback goes to the beginning of
    /// the part, or ends.
    fn keeps_to_part(&mut self, source: &mut dyn CaptureSource) -> Result<bool, Left> {
        let Command::SetPlayback {
            paused: false,
            looping,
            part,
            ..
        } = self.playback
        else {
            return Ok(true);
        };
        let Some(playback) = source.playback() else {
            return Ok(true);
        };
        let place = part.place(playback.position_usec(), playback.duration_usec());
        if core::mem::take(&mut self.is_returning) || place == Place::Inside {
            return Ok(true);
        }
        if place == Place::After && !looping {
            playback.set_paused(true);
            self.is_held = true;
            self.listeners.ended();
            self.enter(SensorState::Ended);
            return Ok(false);
        }
        self.part_loops += u64::from(place == Place::After);
        self.is_returning = true;
        self.first_sequence = self.sequence + 1;
        if let Err(error) = playback.seek(part.from_usec) {
            self.survive(error)?;
        }
        Ok(false)
    }

    /// Carries out a playback command, if the source supports playback.
    fn play(&mut self, source: &mut dyn CaptureSource, command: &Command) -> Flow {
        match source.playback().map(|playback| apply(playback, command)) {
            Some(Err(error)) => self.survive(error),
            _ => Ok(()),
        }
    }

    /// Sends the app the open source's modes, calibration and warnings.
    fn announce(&mut self, source: &mut dyn CaptureSource) -> Flow {
        while let Some(warning) = source.take_warning() {
            if !self.warnings.contains(&warning) {
                bevy::log::warn!("{}: {warning}", thread_name());
                self.warnings.push(warning);
            }
        }
        let opened = Event::Opened(Box::new(describe(source, self.warnings.clone())));
        self.events.send(opened).map_err(|_| Left::Stopped)
    }

    /// Passes a capture to the listeners and, as a prepared frame, to the app.
    fn publish(&mut self, frame: &mut Arc<Frame>, capture: Capture) {
        self.bad_in_a_row = 0;
        self.listeners.capture(&capture);
        self.sequence += 1;
        // The pool gives frames without other owners, so this always succeeds.
        if let Some(frame) = Arc::get_mut(frame) {
            frame.renew(capture, self.sequence);
            self.preparation.prepare(frame, &self.counters);
            self.take_over_untaken(frame);
        }
        self.frames.publish(Arc::clone(frame));
        self.enter_streaming();
        self.settling = self.settling.saturating_sub(1);
    }

    /// If the app has not taken the last frame, the new frame takes over the images that it lacks: a sensor may deliver the images
    /// of its cameras one by one.
    fn take_over_untaken(&mut self, frame: &mut Frame) {
        let Some(mut untaken) = self.frames.withdraw() else {
            return;
        };
        self.pool.release(&untaken);
        let belongs = untaken.sequence >= self.first_sequence;
        let is_lost = match Arc::get_mut(&mut untaken) {
            Some(untaken) if belongs && !frame.is_before(untaken) => frame.take_over(untaken),
            _ => true,
        };
        if is_lost {
            self.frames.count_dropped();
        }
        self.pool.give(untaken);
    }

    /// Reports changes of a live sensor's status and controls. If the channel is full, retries after the next capture.
    fn tell_news(&self, open: &mut OpenSource) {
        let OpenSource::Live(device) = open else {
            return;
        };
        let bad_images = device.new_bad_images();
        if bad_images > 0 {
            self.counters
                .image_errors
                .fetch_add(bad_images, Ordering::Relaxed);
        }
        if let Some(news) = device.news()
            && self.events.try_send(Event::Device(news)).is_ok()
        {
            device.was_told();
        }
    }

    /// Passes new inertial samples to the listeners and to the app.
    fn take_samples(&mut self, source: &mut dyn CaptureSource) -> Flow {
        loop {
            match source.next_imu_sample() {
                Ok(Some(sample)) => self.publish_sample(sample),
                Ok(None) => return Ok(()),
                Err(error) => return self.survive(error),
            }
        }
    }

    fn publish_sample(&mut self, sample: ImuSample) {
        self.listeners.sample(&sample);
        let mut sample = sample;
        while let Err(full) = self.imu.try_send(sample) {
            sample = full.into_inner();
            if self.imu_oldest.try_recv().is_ok() {
                self.counters.imu_dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Stops streaming after a fatal error; only counts any other error.
    fn survive(&mut self, error: SourceError) -> Flow {
        match error.recovery() {
            Recovery::Retry => Err(Left::Lost(error)),
            Recovery::GiveUp => Err(Left::Failed(error)),
            Recovery::NextCapture => {
                image_error(&self.counters, "capture", &error);
                self.bad_in_a_row += 1;
                // A source that fails on every call must not keep a core busy.
                std::thread::sleep(Duration::from_millis(u64::from(self.bad_in_a_row.min(10))));
                Ok(())
            }
        }
    }

    fn enter_streaming(&mut self) {
        self.enter(if self.settling > 0 {
            SensorState::Stabilising
        } else {
            SensorState::Streaming
        });
    }

    fn enter(&mut self, state: SensorState) {
        if self.state != state {
            self.state = state.clone();
            // A full channel means that the app stands still: wait for it, unless it is gone.
            let mut event = Event::State(state);
            while !self.stopped() {
                match self.events.send_timeout(event, WAIT) {
                    Ok(()) | Err(SendTimeoutError::Disconnected(_)) => return,
                    Err(SendTimeoutError::Timeout(back)) => event = back,
                }
            }
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sleeps in small steps; returns `true` when the thread was told to stop meanwhile.
    fn sleep(&self, time: Duration, source: &ThreadSource) -> bool {
        let end = Instant::now() + time;
        // Other settings may let a live sensor open at once: end the wait when they arrive.
        let is_live = matches!(source, ThreadSource::Live(_));
        while Instant::now() < end && (!is_live || self.commands.is_empty()) {
            if self.stopped() {
                return true;
            }
            std::thread::sleep(WAIT);
        }
        self.stopped()
    }
}

fn describe(source: &mut dyn CaptureSource, warnings: Vec<String>) -> SensorStream {
    let calibration = source.calibration().cloned().map(Arc::new);
    // Takes some 10 ms for the narrow field of view; on this thread, before the first frame, the app does not wait for it.
    let xy_table = calibration
        .as_ref()
        .and_then(|c| c.depth_camera.as_ref())
        .map(|camera| Arc::new(XyTable::new(camera)));
    if calibration.is_none() {
        bevy::log::warn!(
            "{}: no usable calibration: images are shown, but no points can be computed. For a recording, `kinect \
             info` says what is wrong with the calibration",
            thread_name(),
        );
    }
    SensorStream {
        info: source.info().clone(),
        calibration,
        xy_table,
        duration: source
            .playback()
            .and_then(|playback| playback.duration_usec())
            .map(Duration::from_micros),
        warnings,
    }
}

fn apply(playback: &mut dyn PlaybackControl, command: &Command) -> Result<(), SourceError> {
    match *command {
        Command::SetPlayback {
            paused,
            speed,
            looping,
            keep_every_capture,
            part: _,
        } => {
            playback.set_paused(paused);
            playback.set_speed(speed);
            playback.set_looping(looping);
            playback.set_keep_every_capture(keep_every_capture);
            Ok(())
        }
        Command::Seek(position) => playback.seek(position),
        Command::Step(captures) => playback.step(captures),
        Command::Configure(_) | Command::SetColorControls(_) => Ok(()),
    }
}
