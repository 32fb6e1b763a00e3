//! Reads captures and lets workers write them.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};

use kinect_azure::Capture;
use kinect_azure::recording::{Recording, RecordingError};

use super::error::ExportError;
use super::faults::Faults;
use super::frame::{Frame, FrameWriter};
use super::names;
use super::numbers::Numbers;
use super::plan::Plan;
use super::range::Range;
use super::written::Written;
use crate::files::{Folder, PartFile, WriteError};
use crate::interrupt::Stop;

/// Writes the captures of a range. The first error that concerns more than one frame ends the export, however many
/// workers fail.
pub(super) fn export(
    recording: &mut Recording,
    plan: &Plan,
    range: Range,
    numbers: Numbers,
    out: &Folder,
    faults: &Faults,
    stop: &Stop,
) -> Result<Written, ExportError> {
    let workers = std::thread::available_parallelism().map_or(2, NonZero::get);
    let (sender, receiver) = mpsc::sync_channel::<Frame>(workers);
    // Only the workers hold the receiver: when the last worker has ended, sending the next frame fails instead of
    // waiting for ever.
    let frames = Arc::new(Mutex::new(receiver));
    let failed = AtomicBool::new(false);
    let mut times = captures_csv(out)?;

    let (read, written) = std::thread::scope(|scope| {
        let mut handles = Vec::new();
        for _ in 0..workers {
            let (frames, failed) = (Arc::clone(&frames), &failed);
            let thread = std::thread::Builder::new();
            let spawned =
                thread.spawn_scoped(scope, move || work(frames, plan, out, faults, failed));
            match spawned {
                Ok(handle) => handles.push(handle),
                // Fewer workers are enough.
                Err(_) if !handles.is_empty() => break,
                Err(error) => return (Err(ExportError::NoThread(error)), Ok(Written::default())),
            }
        }
        drop(frames);
        let read = read_captures(recording, range, numbers, (faults, stop), |frame| {
            csv_row(&mut times, &frame)?;
            // If sending fails, a worker's own error gives the reason.
            Ok(!failed.load(Ordering::Relaxed) && sender.send(frame).is_ok())
        });
        drop(sender);
        let mut written = Ok(Written::default());
        for handle in handles {
            // A worker that panicked is a bug of ours; the scope passes the panic on.
            if let Ok(result) = handle.join() {
                written = match (written, result) {
                    (Ok(sum), Ok(part)) => Ok(sum + part),
                    (Err(e), _) | (_, Err(e)) => Err(e),
                };
            }
        }
        (read, written)
    });
    let captures = read?;
    let mut written = written?;
    times.finish()?;
    written.captures = captures;
    Ok(written)
}

/// The loop of one worker: writes frames until no more come, or until one cannot be written.
fn work(
    frames: Arc<Mutex<Receiver<Frame>>>,
    plan: &Plan,
    out: &Folder,
    faults: &Faults,
    failed: &AtomicBool,
) -> Result<Written, ExportError> {
    let mut writer = FrameWriter::new(plan, out);
    let mut written = Written::default();
    loop {
        let next = frames.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(frame) = next else {
            return Ok(written);
        };
        if failed.load(Ordering::Relaxed) {
            return Ok(written);
        }
        if let Err(e) = writer.write(&frame, &mut written, |fault| faults.report(fault)) {
            failed.store(true, Ordering::Relaxed);
            return Err(e.into());
        }
    }
}

/// Calls `take` with every capture of the range until it returns `false`. Returns the number of captures. The recording must be
/// at its start.
pub(super) fn read_captures(
    recording: &mut Recording,
    range: Range,
    mut numbers: Numbers,
    (faults, stop): (&Faults, &Stop),
    mut take: impl FnMut(Frame) -> Result<bool, ExportError>,
) -> Result<u64, ExportError> {
    let offset = recording.info().start_offset_usec;
    let end = range.end(recording.info().duration_usec);
    let mut index = recording.skip_captures_before(range.from())?;
    let mut taken = 0;
    while !stop.is_set() {
        match recording.next_capture() {
            Ok(None) => return Ok(taken),
            Ok(Some(capture)) => {
                let time = capture_time(&capture, offset);
                let order = index;
                index += 1;
                if range.is_after(time) {
                    return Ok(taken);
                }
                faults.progress.set(range.share(time, end));
                faults.progress.say(format!("capture {order}"));
                taken += 1;
                let number = numbers.next(order, &capture);
                if let Some(warning) = numbers.take_warning() {
                    faults.progress.warn(warning);
                }
                if !take(Frame { number, capture })? {
                    return Ok(taken);
                }
            }
            Err(e) if e.is_local() => {
                // A frame that cannot be used still has its number; a damaged stretch has none.
                index += u64::from(matches!(e, RecordingError::BadFrame { .. }));
                faults.report(&e.to_string());
            }
            Err(e) => return Err(e.into()),
        }
    }
    Ok(taken)
}

/// When a capture was taken, in µs since the start of the recording.
fn capture_time(capture: &Capture, start_offset_usec: u64) -> u64 {
    capture
        .device_timestamp_usec()
        .unwrap_or(start_offset_usec)
        .saturating_sub(start_offset_usec)
}

fn captures_csv(out: &Folder) -> Result<PartFile, WriteError> {
    let mut file = out.begin(names::CAPTURES)?;
    file.write(b"capture,color_timestamp_us,depth_timestamp_us,ir_timestamp_us\n")?;
    Ok(file)
}

fn csv_row(file: &mut PartFile, frame: &Frame) -> Result<(), WriteError> {
    let capture = &frame.capture;
    let [color, depth, ir] = [&capture.color, &capture.depth, &capture.ir].map(|image| {
        image
            .as_ref()
            .map_or_else(String::new, |i| i.device_timestamp_usec.to_string())
    });
    file.write(format!("{},{color},{depth},{ir}\n", frame.number).as_bytes())
}
