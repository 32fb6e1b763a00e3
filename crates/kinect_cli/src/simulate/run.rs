//! Simulates, and writes the recording.

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use kinect_azure::recording::{RecordingSettings, RecordingWriter};
use kinect_azure::{CaptureSource, NextCapture, PlaybackControl};
use kinect_simulation::SimulatedSensor;

use super::args::SimulateArgs;
use super::truth::TruthFile;
use crate::files::PartFile;
use crate::interrupt::{STOPPED, Stop};
use crate::terminal::{Progress, mebibytes, plural, print, printable};

/// Makes the recording and prints a summary.
pub(crate) fn run(args: &SimulateArgs) -> Result<ExitCode, String> {
    let started = Instant::now();
    let text = |error: &dyn std::error::Error| error.to_string();
    let out = args.recording.name().map_err(|error| text(&error))?;
    let truth_path = args
        .truth
        .clone()
        .unwrap_or_else(|| out.with_extension("truth.json"));
    let rule = args.recording.rule(args.inputs());
    rule.check_distinct(&out, &truth_path)
        .map_err(|error| format!("{error} with --truth"))?;
    // This is checked first, because building the room takes a while.
    for path in [&out, &truth_path] {
        rule.check(path).map_err(|error| text(&error))?;
    }
    let stop = Stop::listen()?;
    let settings = args.settings()?;
    let progress = Progress::new("simulating");
    progress.say("building the room".to_owned());
    let mut sensor = SimulatedSensor::new(&settings)
        .map_err(|error| text(&error))?
        .as_fast_as_possible();
    progress.say(String::new());
    let mut file = PartFile::create(&rule, out.clone()).map_err(|error| text(&error))?;
    let truth_file = PartFile::create(&rule, truth_path.clone()).map_err(|error| text(&error))?;
    let handle = file.handle().map_err(|error| text(&error))?;
    let recording_settings = RecordingSettings {
        tags: vec![("SIMULATION_SEED".to_owned(), settings.seed.to_string())],
        ..RecordingSettings::of(&sensor)
    };
    let mut recording = RecordingWriter::new(&out, Box::new(handle), recording_settings)
        .map_err(|error| text(&error))?;
    let mut truth = TruthFile::begin(truth_file, &settings.scenario.to_string(), settings.seed)
        .map_err(|error| text(&error))?;

    let end_usec = (args.seconds * 1e6) as u64;
    let mut captures = 0;
    while !stop.is_set() {
        match sensor
            .next_capture(Duration::from_secs(1))
            .map_err(|error| text(&error))?
        {
            NextCapture::Capture(capture) => {
                let usec = sensor.position_usec();
                // A period of 33 333 µs comes 10 µs short of a second.
                if captures > 0 && usec + 100 >= end_usec {
                    break;
                }
                recording
                    .write_capture(&capture)
                    .map_err(|error| text(&error))?;
                if let Some(of_capture) = &capture.ground_truth {
                    truth.write(of_capture).map_err(|error| text(&error))?;
                }
                captures += 1;
                progress.set(usec as f64 / end_usec as f64);
            }
            NextCapture::Timeout => {}
            NextCapture::End => break,
        }
        while let Some(sample) = sensor.next_imu_sample().map_err(|error| text(&error))? {
            recording
                .write_imu_sample(&sample)
                .map_err(|error| text(&error))?;
        }
    }
    if captures == 0 {
        drop(progress);
        eprintln!("stopped before the first capture: nothing was written");
        return Ok(ExitCode::from(STOPPED));
    }
    // Both files are complete before the first gets its name, so that neither exists without the other.
    recording.finish().map_err(|error| text(&error))?;
    file.flush().map_err(|error| text(&error))?;
    let truth_file = truth.end().map_err(|error| text(&error))?;
    file.finish().map_err(|error| text(&error))?;
    truth_file.finish().map_err(|error| text(&error))?;
    drop(progress);

    let size = fs::metadata(&out).map_or(0, |file| file.len());
    let stopped = if stop.is_set() { "stopped early: " } else { "" };
    let code = print(&printable(&format!(
        "{stopped}{} ({}) in {} and the truth in {}, in {:.1} s\n",
        plural(captures, "capture"),
        mebibytes(size),
        out.display(),
        truth_path.display(),
        started.elapsed().as_secs_f64()
    )))?;
    Ok(if stop.is_set() {
        ExitCode::from(STOPPED)
    } else {
        code
    })
}
