//! `kinect record`: records from a sensor.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use kinect_azure::device::{
    DeviceSelector, DeviceSettings, DeviceSource, DeviceVendor, OpenContext,
};
use kinect_azure::recording::{
    LiveFigures, LiveRecorder, LiveSettings, LiveState, RecordingSettings,
};
use kinect_azure::{
    CaptureSource, ColorFormat, ColorResolution, DepthMode, FrameRate, NextCapture, Recovery,
    SourceErrorKind,
};

use crate::list::VendorName;
use crate::modes::{color_format, color_resolution, depth_mode, live_frame_rate};
use crate::terminal::{Progress, mebibytes, plural, print, printable};

/// What `--help` says behind the options.
pub(crate) const HELP: &str = "\
The file is what the vendor's recorder would have written: every program that reads k4arecorder's files plays it. Ctrl-C \
ends it whole; a second one gives up at once and leaves a file that `kinect info` and `kinect export` still read.

Exit code: 0 when the recording is whole and ended as asked for; 1 when the sensor was lost or the disk failed, what came \
before is in the file.";

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The recording to write (.mkv); {date}, {time} and {number} in its name are filled in
    #[arg(long, value_name = "FILE.mkv")]
    out: PathBuf,
    /// The sensor with this serial number; default: the first that nobody uses
    #[arg(long, conflicts_with = "index")]
    serial: Option<String>,
    /// The sensor with this number, as `kinect list` has it
    #[arg(long)]
    index: Option<u32>,
    /// The vendor's library (libk4a) or its folder, instead of looking for it
    #[arg(long, value_name = "PATH")]
    library: Option<PathBuf>,
    /// Whose sensor; default: whichever vendor's library is found first
    #[arg(long)]
    vendor: Option<VendorName>,
    /// How long, in seconds; default: until Ctrl-C
    #[arg(long, value_parser = seconds)]
    seconds: Option<f64>,
    /// Depth mode: NFOV_2X2BINNED, NFOV_UNBINNED, WFOV_2X2BINNED, WFOV_UNBINNED, PASSIVE_IR or OFF
    #[arg(long, default_value = "NFOV_UNBINNED", value_parser = depth_mode)]
    depth_mode: DepthMode,
    /// Colour resolution: 720P, 1080P, 1440P, 1536P, 2160P, 3072P or OFF
    #[arg(long, default_value = "720P", value_parser = color_resolution)]
    color: ColorResolution,
    /// Colour format: MJPG, NV12, YUY2 or BGRA
    #[arg(long, default_value = "MJPG", value_parser = color_format)]
    format: ColorFormat,
    /// Captures per second: 5, 15, 25 (Femto only) or 30
    #[arg(long, default_value = "30", value_parser = live_frame_rate)]
    fps: FrameRate,
    /// Leave the inertial samples out
    #[arg(long)]
    no_imu: bool,
    /// Only captures that have both a colour and a depth image
    #[arg(long)]
    synchronized_only: bool,
    /// Replace the file if there is one
    #[arg(long)]
    overwrite: bool,
}

impl RecordArgs {
    fn device(&self) -> DeviceSettings {
        let device = match (&self.serial, self.index) {
            (Some(serial), _) => DeviceSelector::Serial(serial.clone()),
            (None, Some(index)) => DeviceSelector::Index(index),
            (None, None) => DeviceSelector::FirstFree,
        };
        DeviceSettings {
            vendor: self.vendor.map_or(DeviceVendor::Any, Into::into),
            library: self.library.clone(),
            device,
            depth_mode: self.depth_mode,
            color_resolution: self.color,
            color_format: self.format,
            frame_rate: self.fps,
            synchronized_images_only: self.synchronized_only,
            imu: !self.no_imu,
            ..DeviceSettings::default()
        }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds @ 0.1..=604_800.0) => Ok(seconds),
        _ => Err("between 0.1 and 604800".to_owned()),
    }
}

/// Set by Ctrl-C; the second one ends the process.
fn stop_signal() -> Result<Arc<AtomicBool>, String> {
    let stop = Arc::new(AtomicBool::new(false));
    let of_handler = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if of_handler.swap(true, Ordering::Relaxed) {
            // A library that hangs must not keep people from ending the program. 130: ended by Ctrl-C, as shells say.
            std::process::exit(130);
        }
    })
    .map_err(|error| format!("Ctrl-C cannot be listened to: {error}"))?;
    Ok(stop)
}

pub(crate) fn run(args: &RecordArgs) -> Result<ExitCode, String> {
    // The sensor need not be started to find this out.
    if !args.overwrite && args.out.exists() {
        return Err(format!(
            "{} is there already: choose another --out, or --overwrite",
            args.out.display()
        ));
    }
    let settings = args.device();
    settings.check()?;
    let stop = stop_signal()?;
    let progress = match args.seconds {
        Some(_) => Progress::new("recording"),
        None => Progress::endless("recording"),
    };
    progress.say("opening the sensor".to_owned());
    let context = OpenContext {
        stop: Arc::clone(&stop),
        ..OpenContext::default()
    };
    let mut sensor =
        DeviceSource::open_in(&settings, context).map_err(|error| error.to_string())?;
    for warning in &sensor.status().warnings {
        progress.warn(warning);
    }
    let recorder = LiveRecorder::start(LiveSettings {
        overwrite: args.overwrite,
        ..LiveSettings::new(&args.out)
    });
    recorder.source_opened(RecordingSettings {
        date_unix_sec: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_secs()).ok()),
        ..RecordingSettings::of(&sensor)
    });
    let ended = record(args, &mut sensor, &recorder, &stop, &progress);
    let bad_images = sensor.status().bad_images;
    // The sensor stops while the file is finished.
    drop(sensor);
    progress.say("finishing the file".to_owned());
    let path = recorder.path().unwrap_or_else(|| args.out.clone());
    let figures = recorder.figures();
    let state = recorder.finish();
    drop(progress);
    let summary = summary(&path, &state, figures, bad_images);
    match (state, ended) {
        (LiveState::Failed { reason }, _) => Err(reason),
        (_, Err(problem)) => {
            print(&summary)?;
            Err(problem)
        }
        (_, Ok(())) => print(&summary),
    }
}

/// Records until the time is over, somebody stops it, or something fails.
fn record(
    args: &RecordArgs,
    sensor: &mut DeviceSource,
    recorder: &LiveRecorder,
    stop: &AtomicBool,
    progress: &Progress,
) -> Result<(), String> {
    let end_usec = args.seconds.map(|seconds| (seconds * 1e6) as u64);
    let (mut recorded_usec, mut last) = (0, None);
    let mut warnings = 0;
    while !stop.load(Ordering::Relaxed) {
        match sensor.next_capture(Duration::from_millis(100)) {
            Ok(NextCapture::Capture(capture)) => {
                let now = capture.device_timestamp_usec();
                if let (Some(now), Some(last)) = (now, last) {
                    recorded_usec += u64::saturating_sub(now, last);
                }
                last = now.or(last);
                // A period of 33 333 µs comes 10 µs short of a second.
                if end_usec.is_some_and(|end| recorded_usec + 100 >= end) {
                    return Ok(());
                }
                recorder.push_capture(&capture);
            }
            Ok(NextCapture::Timeout) => {}
            Ok(NextCapture::End) => return Ok(()),
            // The next may be well.
            Err(error) if error.recovery() == Recovery::NextCapture => {
                progress.warn(&error.reason);
            }
            // What the other camera takes is worth recording.
            Err(error) if error.kind == SourceErrorKind::CameraStopped => {
                progress.warn(&error.reason);
                sensor.restart().map_err(|error| error.to_string())?;
            }
            Err(error) => return Err(error.to_string()),
        }
        while let Some(sample) = sensor
            .next_imu_sample()
            .map_err(|error| error.to_string())?
        {
            recorder.push_imu_sample(&sample);
        }
        if let LiveState::Failed { reason } = recorder.state() {
            return Err(reason);
        }
        if recorder.state().has_ended() {
            return Ok(());
        }
        let figures = recorder.figures();
        if figures.warnings > warnings {
            warnings = figures.warnings;
            if let Some(warning) = recorder.warning() {
                progress.warn(&warning);
            }
        }
        if let Some(end) = end_usec {
            progress.set(recorded_usec as f64 / end as f64);
        }
        progress.say(line(figures));
    }
    Ok(())
}

/// How it goes.
fn line(figures: LiveFigures) -> String {
    let mut line = format!(
        "{}, {}",
        plural(figures.captures, "capture"),
        mebibytes(figures.bytes)
    );
    if figures.dropped_captures > 0 {
        line.push_str(&format!(
            ", {} left out: the disk is too slow",
            figures.dropped_captures
        ));
    }
    line
}

/// What is in the file.
fn summary(
    path: &std::path::Path,
    state: &LiveState,
    figures: LiveFigures,
    bad_images: u64,
) -> String {
    let mut text = String::new();
    if let LiveState::Finished {
        captures,
        bytes,
        seconds,
        reason,
    } = state
    {
        text.push_str(&format!(
            "{}: {}, {seconds:.2} s, {}\n",
            path.display(),
            plural(*captures, "capture"),
            mebibytes(*bytes)
        ));
        if let Some(reason) = reason {
            text.push_str(&format!("it ended early: {}\n", printable(reason)));
        }
    }
    if figures.files > 1 {
        text.push_str(&format!(
            "it is in {} files, because the sensor's clock began anew\n",
            figures.files
        ));
    }
    if figures.dropped_captures > 0 {
        text.push_str(&format!(
            "{} left out, because the disk was too slow\n",
            plural(figures.dropped_captures, "capture")
        ));
    }
    if bad_images > 0 {
        text.push_str(&format!(
            "{} left out, because the sensor sent them damaged\n",
            plural(bad_images, "image")
        ));
    }
    text
}
