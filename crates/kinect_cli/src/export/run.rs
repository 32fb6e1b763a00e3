//! Opens the recording, exports it, and prints a summary.

use std::process::ExitCode;
use std::time::Instant;

use kinect_azure::recording::Recording;

use super::args::ExportArgs;
use super::error::ExportError;
use super::faults::Faults;
use super::numbers::{MatchBy, Numbers};
use super::plan::plan;
use super::range::Range;
use super::stream::Stream;
use super::written::Written;
use super::{bodies, calibration, captures, imu};
use crate::files::{Folder, Rule};
use crate::interrupt::{STOPPED, Stop};
use crate::terminal::{Progress, plural, print, printable};

/// Exports and prints a summary.
pub(crate) fn run(args: &ExportArgs) -> Result<ExitCode, String> {
    let range = match Range::new(args.from, args.to) {
        Ok(range) => range,
        Err(message) => {
            eprintln!("error: {message}");
            return Ok(ExitCode::from(2));
        }
    };
    if let Some(problem) = args.bodies.problem(args.exports_bodies()) {
        eprintln!("error: {problem}");
        return Ok(ExitCode::from(2));
    }
    let stop = Stop::listen()?;
    export(args, range, &stop).map_err(|e| printable(&e.to_string()))
}

fn export(args: &ExportArgs, range: Range, stop: &Stop) -> Result<ExitCode, ExportError> {
    let start = Instant::now();
    let mut recording = Recording::open(&args.file)?;
    let length = recording.info().duration_usec;
    if range.from() > length {
        return Err(ExportError::BeyondTheEnd {
            file: args.file.clone(),
            from: range.from(),
            length,
        });
    }
    let plan = plan(args, &recording)?;
    let rule = Rule::new(args.overwrite, args.inputs());
    // The tracker is opened first, so that an unusable tracker is reported before anything is written.
    let bodies = match recording.calibration() {
        Some(calibration) if plan.has(Stream::Bodies) => {
            match bodies::open(&args.bodies, &recording, calibration, stop.signal()) {
                Err(_) if stop.is_set() => return Ok(ExitCode::from(STOPPED)),
                opened => Some(opened?),
            }
        }
        _ => None,
    };
    let out = Folder::open(&args.out, rule, |name| plan.writes(name))?;
    let faults = Faults::new(Progress::new("exporting"));
    for warning in &recording.info().warnings {
        faults.progress.warn(warning);
    }

    let mut written = Written::default();
    if plan.has(Stream::Calibration) {
        written.calibration_files = calibration::export(&recording, &out)?;
    }
    if plan.captures() {
        let numbers = Numbers::new(args.match_by, &recording.info().sensor);
        let captures =
            captures::export(&mut recording, &plan, range, numbers, &out, &faults, stop)?;
        written = written + captures;
    }
    if let Some(open) = bodies {
        let numbers = Numbers::new(MatchBy::Order, &recording.info().sensor);
        let what = (range, numbers);
        let how = (&faults, stop);
        written.bodies = bodies::export(&mut recording, &args.bodies, open, what, &out, how)?;
    }
    if plan.has(Stream::Imu) {
        let fault = |fault: &str| faults.report(fault);
        written.imu_samples = imu::export(&mut recording, range, &out, fault, stop)?;
    }

    let broken = faults.count();
    drop(faults);
    let summary = format!(
        "{}{} to {} in {:.1} s\n",
        if stop.is_set() { "stopped early: " } else { "" },
        written.summary(&plan),
        out.path().display(),
        start.elapsed().as_secs_f64()
    );
    // The export does not fail if the summary cannot be printed.
    let _ = print(&printable(&summary));
    if stop.is_set() {
        return Ok(ExitCode::from(STOPPED));
    }
    if broken > 0 {
        eprintln!(
            "error: {}; everything else was exported",
            plural(broken, "broken frame")
        );
        return Ok(ExitCode::FAILURE);
    }
    if written.is_nothing() && range.is_whole() {
        return Err(ExportError::Nothing {
            file: args.file.clone(),
            warnings: recording.info().warnings.clone(),
        });
    }
    Ok(ExitCode::SUCCESS)
}
