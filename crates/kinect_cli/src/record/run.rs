//! Opens the sensor and records its captures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kinect_azure::device::{DeviceSource, OpenContext};
use kinect_azure::recording::{
    ElapsedTime, LiveRecorder, LiveSettings, LiveState, RecordingSettings,
};
use kinect_azure::{CaptureSource, NextCapture, Recovery, SourceErrorKind};

use super::args::RecordArgs;
use super::disk::{Beside, CarefulDisk};
use super::summary::{line, summary};
use crate::interrupt::{STOPPED, Stop};
use crate::terminal::{Progress, print};

/// Records and prints a summary.
pub(crate) fn run(args: &RecordArgs) -> Result<ExitCode, String> {
    // These are checked before the sensor is started.
    let out = args.recording.name().map_err(|error| error.to_string())?;
    let inputs = args.sensor.library.library.as_deref();
    let rule = args.recording.rule(inputs);
    rule.check(&out).map_err(|error| error.to_string())?;
    let settings = args.device();
    settings.check()?;
    let stop = Stop::listen()?;
    let progress = match args.seconds {
        Some(_) => Progress::new("recording"),
        None => Progress::endless("recording"),
    };
    progress.say("opening the sensor".to_owned());
    let context = OpenContext {
        stop: stop.flag(),
        ..OpenContext::default()
    };
    let mut sensor =
        DeviceSource::open_in(&settings, context).map_err(|error| error.to_string())?;
    if let Some(controls) = args.color_controls() {
        sensor.set_color_controls(&controls);
    }
    for warning in &sensor.status().warnings {
        progress.warn(warning);
    }
    for problem in sensor.color_control_report().problems() {
        progress.warn(problem);
    }
    let (disk, beside) = CarefulDisk::new();
    let recorder = LiveRecorder::start_on(
        Box::new(disk),
        LiveSettings {
            overwrite: args.recording.overwrite,
            ..LiveSettings::new(&out)
        },
    );
    recorder.source_opened(RecordingSettings {
        date_unix_sec: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_secs()).ok()),
        ..RecordingSettings::of(&sensor)
    });
    let ended = record(args, &mut sensor, &recorder, &stop, &progress);
    let status = sensor.status().clone();
    // The sensor stops while the file is finished.
    drop(sensor);
    progress.say("finishing the file".to_owned());
    recorder.stop();
    while !recorder.state().has_ended() {
        std::thread::sleep(Duration::from_millis(10));
    }
    // Captures left out while the file is finished count as well.
    let figures = recorder.figures();
    let path = recorder.path().unwrap_or(out);
    let state = recorder.finish();
    drop(progress);
    let path = replaced(path, &beside, &state)?;
    match (&state, ended) {
        (LiveState::Failed { reason }, _) => Err(match beside.names() {
            Some((_, new)) if new.exists() => format!(
                "{reason}; the old recording stays, and what was recorded is in {}",
                new.display()
            ),
            _ => reason.clone(),
        }),
        (LiveState::Finished { captures: 0, .. }, Ok(()))
            if !path.exists() || figures.files == 0 =>
        {
            eprintln!("stopped before the first capture: nothing was recorded");
            Ok(ExitCode::from(STOPPED))
        }
        (_, ended) => {
            print(&summary(&path, &state, figures, &status))?;
            ended.map(|()| ExitCode::SUCCESS)
        }
    }
}

/// Gives a finished new recording the name of the old one; returns the name that it has then.
fn replaced(path: PathBuf, beside: &Beside, state: &LiveState) -> Result<PathBuf, String> {
    let (LiveState::Finished { captures, .. }, Some((name, new))) = (state, beside.names()) else {
        return Ok(path);
    };
    if *captures == 0 && !new.exists() {
        return Ok(path);
    }
    match fs::rename(new, target(name)) {
        Ok(()) => Ok(path),
        Err(error) => Err(format!(
            "{} cannot be replaced: {error}; it stays, and the new recording is in {}",
            name.display(),
            new.display()
        )),
    }
}

/// The file that a name leads to: a link is kept, and its target is replaced.
fn target(name: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(name).is_ok_and(|found| found.is_symlink());
    let target = is_link.then(|| fs::canonicalize(name).ok()).flatten();
    target.unwrap_or_else(|| name.to_owned())
}

/// Records until the time is over, the user stops it, or an error occurs.
fn record(
    args: &RecordArgs,
    sensor: &mut DeviceSource,
    recorder: &LiveRecorder,
    stop: &Stop,
    progress: &Progress,
) -> Result<(), String> {
    let end = args
        .seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let mut elapsed = ElapsedTime::default();
    let mut clock_stood = false;
    let mut warnings = 0;
    // The warnings of opening are shown.
    let mut of_sensor = sensor.status().warnings.len();
    while !stop.is_set() {
        match sensor.next_capture(Duration::from_millis(100)) {
            Ok(NextCapture::Capture(capture)) => {
                if let Some(time) = capture.device_timestamp_usec() {
                    elapsed.capture(time, Instant::now());
                }
                if elapsed.clock_stands() && !core::mem::replace(&mut clock_stood, true) {
                    progress.warn(
                        "the sensor's clock stands still or goes back; meanwhile the time is counted by this \
                         computer's clock",
                    );
                }
                // A period of 33 333 µs comes 10 µs short of a second.
                let rounding = Duration::from_micros(100);
                if end.is_some_and(|end| elapsed.total() + rounding >= end) {
                    return Ok(());
                }
                recorder.push_capture(&capture);
            }
            Ok(NextCapture::Timeout) => {}
            Ok(NextCapture::End) => return Ok(()),
            // The next capture may be usable.
            Err(error) if error.recovery() == Recovery::NextCapture => {
                progress.warn(&error.reason);
            }
            // The images of the other camera are still recorded.
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
        for warning in sensor.status().warnings.iter().skip(of_sensor) {
            progress.warn(warning);
            of_sensor += 1;
        }
        if recorder.state().has_ended() {
            // The recorder's state gives the reason.
            return Ok(());
        }
        let figures = recorder.figures();
        if figures.warnings > warnings {
            warnings = figures.warnings;
            if let Some(warning) = recorder.warning() {
                progress.warn(&warning);
            }
        }
        if let Some(end) = end {
            progress.set(elapsed.total().as_secs_f64() / end.as_secs_f64());
        }
        progress.say(line(figures));
    }
    Ok(())
}
