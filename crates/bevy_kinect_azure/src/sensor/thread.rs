//! The capture thread: one per sensor entity, from the opening of its source to its end.
//!
//! Commands come in and events go out over bounded channels; frames go through a slot that holds only the newest.
//! The thread ends when told to, or when the other ends of its channels are gone, within one wait
//! ([`WAIT`]) of the source.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use kinect_azure::calibration::XyTable;
use kinect_azure::decode::{ColorDecoder, packed_bgra};
use kinect_azure::device::{ColorControlReport, ColorControls, DeviceSettings, DeviceStatus};
use kinect_azure::{
    CaptureSource, Image, ImuSample, NextCapture, PlaybackControl, Recovery, SourceError,
};

use super::frame::{FramePool, FrameSlot, IrRange};
use super::listener::{Calls, CaptureListeners};
use super::source::{OpenRequest, OpenSource};
use super::state::SensorState;
use super::stream::SensorStream;

/// The longest wait for a capture before commands are looked at again.
const WAIT: Duration = Duration::from_millis(10);
/// Waits between attempts to open a lost source: doubled from the first to the last.
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(8);
/// Inertial samples kept for an app that does not take them: 2.5 s of a 1.6 kHz sensor.
const IMU_CAPACITY: usize = 4096;

/// What the app tells the thread.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// How to play.
    SetPlayback {
        paused: bool,
        speed: f64,
        looping: bool,
    },
    /// Go to a time since the start, in µs.
    Seek(u64),
    /// Show the next (or, negative, previous) capture.
    Step(i32),
    /// Run the device otherwise.
    Configure(Box<DeviceSettings>),
    /// Set the colour camera.
    SetColorControls(Box<ColorControls>),
}

/// What the thread tells the app.
pub(crate) enum Event {
    State(SensorState),
    /// The source is open.
    Opened(Box<SensorStream>),
    /// What is known of a device, and what became of its colour controls.
    Device(Box<(DeviceStatus, ColorControlReport)>),
}

/// Figures the thread keeps up to date without a channel.
#[derive(Default)]
pub(crate) struct Counters {
    /// Captures or images that could not be read or decoded.
    pub(crate) image_errors: AtomicU64,
    /// Inertial samples the app was too slow to take.
    pub(crate) imu_dropped: AtomicU64,
    /// Times a lost source was opened again.
    pub(crate) reconnects: AtomicU64,
    /// Duration of the last colour decoding, in µs.
    pub(crate) decode_usec: AtomicU64,
    /// Position in the recording, in µs.
    pub(crate) position_usec: AtomicU64,
    /// Times the recording began again.
    pub(crate) loops: AtomicU64,
    /// Whether the thread ended by itself because its source failed.
    pub(crate) failed: AtomicBool,
}

/// The app's end of a capture thread. Dropping it ends the thread; nobody waits for that.
pub(crate) struct ThreadHandle {
    pub(crate) commands: Sender<Command>,
    pub(crate) events: Receiver<Event>,
    pub(crate) imu: Receiver<ImuSample>,
    pub(crate) frames: Arc<FrameSlot>,
    pub(crate) counters: Arc<Counters>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
    reaper: Sender<std::thread::JoinHandle<()>>,
}

impl ThreadHandle {
    /// Tells the thread to stop and hands over the means to wait for that.
    pub(crate) fn stop(&mut self) -> Option<std::thread::JoinHandle<()>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take()
    }

    /// Whether the thread has ended, for whatever reason.
    pub(crate) fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(|t| t.is_finished())
    }

    /// Whether the thread ended without saying that it failed.
    pub(crate) fn has_died(&self) -> bool {
        self.events.is_empty()
            && self.thread.as_ref().is_some_and(|t| t.is_finished())
            && !self.counters.failed.load(Ordering::Acquire)
    }
}

impl Drop for ThreadHandle {
    fn drop(&mut self) {
        if let Some(thread) = self.stop() {
            // With the reaper gone the app is shutting down: the thread ends by itself.
            let _ = self.reaper.send(thread);
        }
    }
}

/// Starts a capture thread, which waits for the end of the one `before` it: two threads must not hold one source. Its
/// [`JoinHandle`](std::thread::JoinHandle) goes to `reaper` when it is told to stop.
pub(crate) fn start(
    name: &str,
    open: OpenSource,
    playback: Command,
    device: Option<DeviceSettings>,
    listeners: &CaptureListeners,
    before: Option<std::thread::JoinHandle<()>>,
    reaper: Sender<std::thread::JoinHandle<()>>,
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
        device,
        color_controls: None,
        told: None,
        listeners: Calls::new(listeners),
        state: SensorState::Disabled,
        pool: FramePool::default(),
        decoder: ColorDecoder::default(),
        ir_range: IrRange::default(),
        sequence: 0,
        bad_in_a_row: 0,
    };
    let thread = std::thread::Builder::new()
        // A zero byte cannot be in a thread's name, but it can be in what somebody takes for a path.
        .name(name.replace('\0', "?"))
        .spawn(move || {
            if let Some(before) = before
                && before.join().is_err()
            {
                bevy::log::error!("the sensor's last capture thread panicked; please report this");
            }
            thread.run(&open);
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
    /// A second receiver of our own samples, to make room for new ones: the oldest go first.
    imu_oldest: Receiver<ImuSample>,
    frames: Arc<FrameSlot>,
    counters: Arc<Counters>,
    stop: Arc<AtomicBool>,
    /// How to play, also after the source was opened again.
    playback: Command,
    /// How a device shall run, also after it was opened again.
    device: Option<DeviceSettings>,
    /// What its colour camera shall do; `None`: nobody said.
    color_controls: Option<ColorControls>,
    /// What the app was told of the device, in numbers that change when there is more to tell.
    told: Option<Told>,
    /// Get everything that the source delivers.
    listeners: Calls,
    state: SensorState,
    pool: FramePool,
    decoder: ColorDecoder,
    ir_range: IrRange,
    sequence: u64,
    bad_in_a_row: u32,
}

/// Bad images, clock jumps and missed captures, warnings, and how often controls were set.
type Told = (u64, u64, usize, u64);

/// Why the stream loop was left.
enum Left {
    Stopped,
    Lost(String),
    Failed(String),
}

impl CaptureThread {
    fn run(mut self, open: &OpenSource) {
        let mut attempt = 0;
        loop {
            self.enter(SensorState::Opening);
            self.take_settings();
            let request = OpenRequest {
                stop: Arc::clone(&self.stop),
                device: self.device.clone(),
            };
            let left = match open.open(&request) {
                Ok(mut source) => {
                    let delivered = self.sequence;
                    self.listeners.opened(source.as_ref());
                    let left = self.stream(source.as_mut(), attempt > 0);
                    self.listeners.closed();
                    // Only a source that delivers is back: one that opens and fails again must not be tried in a loop.
                    if self.sequence > delivered {
                        attempt = 0;
                    }
                    left
                }
                Err(_) if self.stopped() => Left::Stopped,
                // What was there once may come back, whatever the reason it cannot be opened now.
                Err(error) if attempt > 0 => Left::Lost(error.reason),
                Err(error) => match error.recovery() {
                    Recovery::Retry => Left::Lost(error.reason),
                    Recovery::GiveUp | Recovery::NextCapture => Left::Failed(error.reason),
                },
            };
            match left {
                Left::Stopped => return,
                Left::Failed(reason) => {
                    self.counters.failed.store(true, Ordering::Release);
                    self.enter(SensorState::Failed { reason });
                    return;
                }
                Left::Lost(reason) => {
                    if attempt == 0 {
                        self.enter(SensorState::Lost {
                            reason: reason.clone(),
                        });
                    }
                    attempt += 1;
                    self.enter(SensorState::Retrying { reason, attempt });
                    let wait = FIRST_RETRY * 2_u32.saturating_pow(attempt - 1);
                    if self.sleep(wait.min(LAST_RETRY)) {
                        return;
                    }
                }
            }
        }
    }

    /// Takes what was set while no source was open.
    fn take_settings(&mut self) {
        if self.device.is_none() {
            return;
        }
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Configure(settings) => self.device = Some(*settings),
                Command::SetColorControls(controls) => self.color_controls = Some(*controls),
                Command::SetPlayback { .. } => self.playback = command,
                // There is nothing to move yet, and never will be with a live sensor.
                Command::Seek(_) | Command::Step(_) => {}
            }
        }
    }

    /// Tells what is new about a device. Where the app does not listen, again next time.
    fn tell(&mut self, source: &mut dyn CaptureSource, sets: u64) {
        let Some(device) = source.device() else {
            return;
        };
        let status = device.status();
        let now = (
            status.bad_images,
            status.clock_jumps + status.missed_captures,
            status.warnings.len(),
            sets,
        );
        if self.told == Some(now) {
            return;
        }
        let before = self.told.map_or(0, |told| told.0);
        if now.0 > before {
            self.counters
                .image_errors
                .fetch_add(now.0 - before, Ordering::Relaxed);
        }
        let news = Box::new((status.clone(), device.color_control_report()));
        if self.events.try_send(Event::Device(news)).is_ok() {
            self.told = Some(now);
        }
    }

    /// Delivers captures until the source ends for good or the thread is told to stop.
    fn stream(&mut self, source: &mut dyn CaptureSource, mut is_back: bool) -> Left {
        if let Some(control) = source.playback()
            && let Err(error) = apply(control, &self.playback)
            && let Some(left) = self.leave(error)
        {
            return left;
        }
        self.told = None;
        let mut control_sets = 0;
        if let (Some(device), Some(controls)) = (source.device(), &self.color_controls) {
            device.set_color_controls(controls);
            control_sets += 1;
        }
        let opened = self.describe(source);
        if self.events.send(Event::Opened(Box::new(opened))).is_err() {
            return Left::Stopped;
        }
        let mut settling = source.settling_captures();
        self.enter(if settling > 0 {
            SensorState::Stabilising
        } else {
            SensorState::Streaming
        });
        self.bad_in_a_row = 0;
        loop {
            if self.stopped() {
                return Left::Stopped;
            }
            match self.commands.try_recv() {
                Ok(Command::Configure(settings)) => {
                    let configured = match source.device() {
                        Some(device) => device.configure(&settings),
                        None => Ok(()),
                    };
                    self.device = Some(*settings);
                    if let Err(error) = configured
                        && let Some(left) = self.leave(error)
                    {
                        return left;
                    }
                    // A change of the frame rate bounds the exposure anew.
                    if let (Some(device), Some(controls)) = (source.device(), &self.color_controls)
                    {
                        device.set_color_controls(controls);
                        control_sets += 1;
                    }
                    self.listeners.opened(source);
                    let opened = self.describe(source);
                    if self.events.send(Event::Opened(Box::new(opened))).is_err() {
                        return Left::Stopped;
                    }
                    settling = source.settling_captures();
                    self.told = None;
                    continue;
                }
                Ok(Command::SetColorControls(controls)) => {
                    if let Some(device) = source.device() {
                        device.set_color_controls(&controls);
                        settling = settling.max(source.settling_captures().min(8));
                        control_sets += 1;
                    }
                    self.color_controls = Some(*controls);
                    continue;
                }
                Ok(command) => {
                    if matches!(command, Command::SetPlayback { .. }) {
                        self.playback = command.clone();
                    }
                    if let Some(Err(error)) = source.playback().map(|p| apply(p, &command))
                        && let Some(left) = self.leave(error)
                    {
                        return left;
                    }
                    continue;
                }
                Err(TryRecvError::Disconnected) => return Left::Stopped,
                Err(TryRecvError::Empty) => {}
            }

            let mut frame = self.pool.take();
            let next = source.next_capture(WAIT);
            self.listeners.follow(source);
            match next {
                Ok(NextCapture::Capture(capture)) => {
                    self.bad_in_a_row = 0;
                    self.listeners.capture(&capture);
                    if core::mem::take(&mut is_back) {
                        self.counters.reconnects.fetch_add(1, Ordering::Relaxed);
                    }
                    self.sequence += 1;
                    // The pool hands out frames that nobody else holds.
                    if let Some(frame) = Arc::get_mut(&mut frame) {
                        frame.renew(capture, self.sequence);
                        self.prepare(frame);
                    }
                    self.frames.publish(Arc::clone(&frame));
                    self.enter(if settling > 0 {
                        SensorState::Stabilising
                    } else {
                        SensorState::Streaming
                    });
                    settling = settling.saturating_sub(1);
                }
                Ok(NextCapture::Timeout) => {}
                Ok(NextCapture::End) => {
                    if self.state == SensorState::Ended {
                        // The second time, behind the last inertial samples.
                        self.listeners.ended();
                    }
                    self.enter(SensorState::Ended);
                    std::thread::sleep(WAIT);
                }
                Err(error) => {
                    if let Some(left) = self.leave(error) {
                        return left;
                    }
                }
            }
            self.pool.give(frame);
            self.tell(source, control_sets);

            loop {
                match source.next_imu_sample() {
                    Ok(Some(sample)) => self.publish_imu(sample),
                    Ok(None) => break,
                    Err(error) => match self.leave(error) {
                        Some(left) => return left,
                        None => break,
                    },
                }
            }
            if let Some(playback) = source.playback() {
                self.counters
                    .position_usec
                    .store(playback.position_usec(), Ordering::Relaxed);
                self.counters
                    .loops
                    .store(playback.loops(), Ordering::Relaxed);
            }
        }
    }

    /// Decodes and measures what every consumer of the frame needs.
    fn prepare(&mut self, frame: &mut super::frame::Frame) {
        frame.color_size = (0, 0);
        if let Some(color) = &frame.capture.color {
            let start = Instant::now();
            // One core is enough for 1080p at 30 fps; more is shared out.
            self.decoder.parallel = color.width > 1920;
            let decoded = if packed_bgra(color).is_some() {
                frame.decoded.clear();
                Ok(())
            } else {
                self.decoder.decode(color, &mut frame.decoded)
            };
            match decoded {
                Ok(()) => frame.color_size = (color.width, color.height),
                Err(error) => self.image_error("colour image", &error),
            }
            self.counters
                .decode_usec
                .store(start.elapsed().as_micros() as u64, Ordering::Relaxed);
        }
        for image in [&mut frame.capture.depth, &mut frame.capture.ir] {
            if let Some(unsound) = image.take_if(|image| !is_sound(image)) {
                self.image_error(
                    "depth or infrared image",
                    &format_args!(
                        "{} pixels do not make {}x{}",
                        unsound.u16_pixels().len(),
                        unsound.width,
                        unsound.height
                    ),
                );
            }
        }
        if let Some(ir) = &frame.capture.ir {
            frame.ir_range = self.ir_range.update(ir.u16_pixels());
        }
    }

    fn describe(&self, source: &mut dyn CaptureSource) -> SensorStream {
        let calibration = source.calibration().cloned().map(Arc::new);
        // Some 10 ms for the narrow field of view: here, before the first frame, it holds up nobody.
        let xy_table = calibration
            .as_ref()
            .and_then(|c| c.depth_camera.as_ref())
            .map(|camera| Arc::new(XyTable::new(camera)));
        if calibration.is_none() {
            bevy::log::warn!(
                "{}: no usable calibration: images are shown, but points cannot be placed. For a recording, `kinect info` \
                 says what is wrong with it",
                thread_name(),
            );
        }
        SensorStream {
            info: source.info().clone(),
            calibration,
            xy_table,
            duration_usec: source.playback().and_then(|p| p.duration_usec()),
        }
    }

    fn publish_imu(&mut self, sample: ImuSample) {
        self.listeners.sample(&sample);
        let mut sample = sample;
        while let Err(full) = self.imu.try_send(sample) {
            sample = full.into_inner();
            if self.imu_oldest.try_recv().is_ok() {
                self.counters.imu_dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Whether an error ends the stream, and how.
    fn leave(&mut self, error: SourceError) -> Option<Left> {
        match error.recovery() {
            Recovery::Retry => Some(Left::Lost(error.reason)),
            Recovery::GiveUp => Some(Left::Failed(error.reason)),
            Recovery::NextCapture => {
                self.image_error("capture", &error);
                self.bad_in_a_row += 1;
                // A source that does nothing but fail must not spin.
                std::thread::sleep(Duration::from_millis(u64::from(self.bad_in_a_row.min(10))));
                None
            }
        }
    }

    /// Counts an error; only the first of a row is worth a line in the log.
    fn image_error(&self, what: &str, error: &dyn std::fmt::Display) {
        let before = self.counters.image_errors.fetch_add(1, Ordering::Relaxed);
        if before == 0 {
            bevy::log::warn!(
                "{}: a {what} was dropped: {error} (further ones are only counted)",
                thread_name(),
            );
        }
    }

    fn enter(&mut self, state: SensorState) {
        if self.state != state {
            self.state = state.clone();
            // A full channel means that the app stands still: wait for it, unless it is gone.
            let mut event = Event::State(state);
            while !self.stopped() {
                match self.events.send_timeout(event, WAIT) {
                    Ok(()) | Err(crossbeam_channel::SendTimeoutError::Disconnected(_)) => return,
                    Err(crossbeam_channel::SendTimeoutError::Timeout(back)) => event = back,
                }
            }
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sleeps in small steps; `true` when told to stop meanwhile.
    fn sleep(&self, time: Duration) -> bool {
        let end = Instant::now() + time;
        // Other settings may be what it takes.
        while Instant::now() < end && (self.device.is_none() || self.commands.is_empty()) {
            if self.stopped() {
                return true;
            }
            std::thread::sleep(WAIT);
        }
        self.stopped()
    }
}

/// Whether a depth or infrared image has the pixels it says it has: a source of the app's own may be wrong.
fn is_sound(image: &Image) -> bool {
    image.width > 0
        && image.height > 0
        && image.u16_pixels().len() as u64 == u64::from(image.width) * u64::from(image.height)
}

fn apply(playback: &mut dyn PlaybackControl, command: &Command) -> Result<(), SourceError> {
    match *command {
        Command::SetPlayback {
            paused,
            speed,
            looping,
        } => {
            playback.set_paused(paused);
            playback.set_speed(speed);
            playback.set_looping(looping);
            Ok(())
        }
        Command::Seek(position) => playback.seek(position),
        Command::Step(captures) => playback.step(captures),
        Command::Configure(_) | Command::SetColorControls(_) => Ok(()),
    }
}

/// The name of the capture thread that calls, for lines in the log.
pub(super) fn thread_name() -> String {
    std::thread::current().name().unwrap_or("kinect").to_owned()
}
