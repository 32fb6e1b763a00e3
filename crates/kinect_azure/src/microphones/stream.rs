//! An open array: a thread that holds the device, and the handle through which the app takes blocks.
//!
//! Only that thread calls the audio system, so a driver that is slow, hangs or panics does not hold up the app. A
//! stream ends when the thread gets a message: after the app has dropped its handle, or after an error.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use cpal::ErrorKind;
use cpal::traits::{DeviceTrait, StreamTrait};

use super::array::MICROPHONES;
use super::block::{Assembler, AudioBlock, BlockFormat};
use super::device::{MicrophoneDevice, MicrophoneMatch, choose};
use super::error::MicrophoneError;
use super::host::{Inputs, Plan, explain, plan};
use super::queue::{AudioCounters, AudioReceiver, BlockQueue};
use super::settings::MicrophoneSettings;
use super::timeline::{Timeline, now_and_age};

/// How long the audio system may take to list its inputs or to open one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The microphone arrays of all connected sensors, in the system's order. This takes up to some tenths of a second, or
/// 10 s if the audio system hangs.
pub fn list() -> Result<Vec<MicrophoneDevice>, MicrophoneError> {
    let mut devices = list_inputs()?;
    devices.retain(|device| device.is_array);
    Ok(devices)
}

/// All audio inputs of the system, arrays or not.
pub fn list_inputs() -> Result<Vec<MicrophoneDevice>, MicrophoneError> {
    let (answer, answered) = mpsc::sync_channel(1);
    start_thread(move || {
        // The receiver is gone after the time limit.
        let _ = answer.send(Inputs::find().map(|inputs| inputs.devices));
    })?;
    wait(&answered, || true)
}

/// The device and format of an open stream.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct MicrophoneInfo {
    /// The device.
    pub device: MicrophoneDevice,
    /// How the device was matched to the selection.
    pub matched: MicrophoneMatch,
    /// Number of channels of each block.
    pub channels: u16,
    /// Frames per second, in Hz.
    pub sample_rate: u32,
    /// Number of frames of each block.
    pub block_frames: u32,
}

/// An open array. Dropping it ends the stream without waiting.
#[derive(Debug)]
pub struct MicrophoneStream {
    info: MicrophoneInfo,
    receiver: AudioReceiver,
    holder: mpsc::Sender<Stop>,
}

/// Tells the holding thread to release the device.
#[derive(Debug)]
struct Stop;

impl MicrophoneStream {
    /// Opens an array and starts its stream. This takes up to some tenths of a second, or 10 s if the audio system
    /// hangs.
    pub fn open(settings: &MicrophoneSettings) -> Result<Self, MicrophoneError> {
        Self::open_while(settings, || true)
    }

    /// Like [`open`](Self::open), but stops waiting when `wanted` returns `false`. `wanted` is called every few ms.
    pub fn open_while(
        settings: &MicrophoneSettings,
        wanted: impl Fn() -> bool,
    ) -> Result<Self, MicrophoneError> {
        let queue = Arc::new(BlockQueue::new(settings.queue_blocks()));
        let (holder, stop) = mpsc::channel();
        let (answer, answered) = mpsc::sync_channel(1);
        let thread = Holder {
            settings: settings.clone(),
            queue: Arc::clone(&queue),
            stop: holder.clone(),
        };
        start_thread(move || {
            // Declared first, so that it is dropped last on every path.
            let _release = Release(Arc::clone(&thread.queue));
            let (stream, opened) = match thread.open() {
                Ok((stream, info)) => (Some(stream), Ok(info)),
                Err(error) => (None, Err(error)),
            };
            // The caller may have stopped waiting.
            if answer.send(opened).is_ok() && stream.is_some() {
                let _ = stop.recv();
            }
            drop(stream);
        })?;
        let info = wait(&answered, wanted).inspect_err(|_| {
            // The array may have been opened just as the caller stopped waiting.
            let _ = holder.send(Stop);
        })?;
        Ok(Self {
            info,
            receiver: AudioReceiver(queue),
            holder,
        })
    }

    /// Ends the stream and waits until the device can be opened again. Returns `false` if that takes longer than
    /// `timeout`, for example because the device hangs.
    pub fn close(self, timeout: Duration) -> bool {
        let queue = Arc::clone(&self.receiver.0);
        drop(self);
        queue.wait_for_release(timeout)
    }

    /// The device and format of this stream.
    pub fn info(&self) -> &MicrophoneInfo {
        &self.info
    }

    /// Waits for the next block, at most for `timeout`; `None` if no block came in that time. After the last block of a
    /// stream that has ended, returns the error that ended it.
    pub fn next_block(
        &self,
        timeout: Duration,
    ) -> Result<Option<Arc<AudioBlock>>, MicrophoneError> {
        self.receiver.next_block(timeout)
    }

    /// A handle with which another thread can take blocks. The stream itself keeps the array open.
    pub fn receiver(&self) -> AudioReceiver {
        self.receiver.clone()
    }

    /// `Ok` while the stream runs; afterwards the error that ended it.
    pub fn check(&self) -> Result<(), MicrophoneError> {
        self.receiver.check()
    }

    /// Counts since the stream was opened.
    pub fn counters(&self) -> AudioCounters {
        self.receiver.counters()
    }
}

impl Drop for MicrophoneStream {
    fn drop(&mut self) {
        self.receiver.0.end(MicrophoneError::Lost(
            "the microphones were switched off".to_owned(),
        ));
        // If the thread has ended, there is nothing to stop.
        let _ = self.holder.send(Stop);
    }
}

/// Marks the device as released when it is dropped, even if the driver panics.
struct Release(Arc<BlockQueue>);

impl Drop for Release {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// What the holding thread needs to open the array.
struct Holder {
    settings: MicrophoneSettings,
    queue: Arc<BlockQueue>,
    stop: mpsc::Sender<Stop>,
}

impl Holder {
    fn open(&self) -> Result<(cpal::Stream, MicrophoneInfo), MicrophoneError> {
        let inputs = Inputs::find()?;
        let (device, matched) = choose(&inputs.devices, &self.settings.selection)?;
        // The direct id is tried first. The other ids convert the sound; they are used if the direct id fails.
        let mut failed = None;
        for id in core::iter::once(&device.id).chain(&device.other_ids) {
            let opened = inputs
                .device(id)
                .and_then(|input| self.open_input(&input, device));
            match opened {
                Ok((stream, format)) => {
                    let info = MicrophoneInfo {
                        device: MicrophoneDevice {
                            id: id.clone(),
                            ..device.clone()
                        },
                        matched,
                        channels: format.channels,
                        sample_rate: format.sample_rate,
                        block_frames: format.frames as u32,
                    };
                    return Ok((stream, info));
                }
                // If a device is in use, none of its other ids can open it either.
                Err(error @ (MicrophoneError::Busy(_) | MicrophoneError::Denied(_))) => {
                    return Err(error);
                }
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        Err(failed.unwrap_or_else(|| {
            MicrophoneError::Driver(format!("the system offers no way to open {device}"))
        }))
    }

    fn open_input(
        &self,
        input: &cpal::Device,
        device: &MicrophoneDevice,
    ) -> Result<(cpal::Stream, BlockFormat), MicrophoneError> {
        let explain = |error: cpal::Error| explain(&error, device);
        let ranges = input.supported_input_configs().map_err(explain)?;
        let plan =
            plan(ranges, device.is_array, self.settings.block_frames()).ok_or_else(|| {
                MicrophoneError::Unsupported(format!(
                    "{device} offers no format with plain samples"
                ))
            })?;
        let channels = plan.config.channels;
        if device.is_array && channels < MICROPHONES {
            return Err(MicrophoneError::Unsupported(format!(
                "{device} offers only {channels} of {MICROPHONES} channels. Windows: in the sound settings, its properties, \
                 Advanced, set the default format to 7 channel, 16 bit, 48000 Hz"
            )));
        }
        let format = BlockFormat {
            device_channels: channels,
            channels: channels.min(MICROPHONES),
            sample_rate: plan.config.sample_rate,
            frames: self.settings.block_frames(),
        };
        let stream = match self.build(input, device, plan, format) {
            // Some drivers report false buffer sizes: open those with the driver's own choice.
            Err(error) if error.kind() == ErrorKind::UnsupportedConfig => {
                let mut plan = plan;
                plan.config.buffer_size = cpal::BufferSize::Default;
                self.build(input, device, plan, format)
            }
            built => built,
        }
        .map_err(explain)?;
        self.queue.delivered();
        stream.play().map_err(explain)?;
        Ok((stream, format))
    }

    fn build(
        &self,
        input: &cpal::Device,
        device: &MicrophoneDevice,
        plan: Plan,
        format: BlockFormat,
    ) -> Result<cpal::Stream, cpal::Error> {
        let gap = Arc::new(AtomicBool::new(false));
        let mut assembler = Assembler::new(format, self.settings.queue_blocks());
        let mut timeline = Timeline::new(format.sample_rate);
        let hear = {
            let (queue, stop, gap) = (Arc::clone(&self.queue), self.stop.clone(), Arc::clone(&gap));
            move |data: &cpal::Data, info: &cpal::InputCallbackInfo| {
                queue.delivered();
                if gap.swap(false, Ordering::Relaxed) {
                    assembler.gap();
                    timeline.gap();
                }
                let (now, age) = now_and_age(info);
                let frames = data.len() / usize::from(format.device_channels).max(1);
                let first = timeline.first_frame(now, age, frames);
                let pushed = assembler.push(data, first, |block| queue.push(block));
                if let Err(error) = pushed {
                    queue.end(error);
                    let _ = stop.send(Stop);
                }
            }
        };
        let fail = {
            let (queue, stop, device) =
                (Arc::clone(&self.queue), self.stop.clone(), device.clone());
            move |error: cpal::Error| match error.kind() {
                ErrorKind::Xrun => {
                    queue.count_gap();
                    gap.store(true, Ordering::Relaxed);
                }
                // These reports do not affect the sound.
                ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
                // The audio system may report the other errors endlessly.
                _ => {
                    queue.end(explain(&error, &device));
                    let _ = stop.send(Stop);
                }
            }
        };
        input.build_input_stream_raw(plan.config, plan.format, hear, fail, Some(PATIENCE))
    }
}

/// Starts a thread for the audio system.
fn start_thread(run: impl FnOnce() + Send + 'static) -> Result<(), MicrophoneError> {
    let thread = std::thread::Builder::new().name("kinect mics".to_owned());
    thread.spawn(run).map_err(|error| {
        MicrophoneError::Driver(format!(
            "no thread could be started for the microphones: {error}. Close programs or raise the limit of threads"
        ))
    })?;
    Ok(())
}

/// Waits for the answer of an audio thread, while `wanted` returns `true`.
fn wait<T>(
    answer: &mpsc::Receiver<Result<T, MicrophoneError>>,
    wanted: impl Fn() -> bool,
) -> Result<T, MicrophoneError> {
    let end = Instant::now() + PATIENCE;
    loop {
        match answer.recv_timeout(Duration::from_millis(10)) {
            Ok(result) => return result,
            Err(mpsc::RecvTimeoutError::Timeout) if !wanted() => {
                return Err(MicrophoneError::Lost(
                    "the microphones were switched off before they were open".to_owned(),
                ));
            }
            Err(mpsc::RecvTimeoutError::Timeout) if Instant::now() < end => {}
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Err(MicrophoneError::Driver(format!(
                    "the audio system has not answered for {} s. Plug the sensor in again, or start the sound server anew",
                    PATIENCE.as_secs()
                )));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(MicrophoneError::Driver(
                    "the audio system's driver panicked; please report this with the lines above"
                        .to_owned(),
                ));
            }
        }
    }
}
