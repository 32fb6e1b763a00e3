//! Reads the recordings and prints their content.

use std::path::Path;
use std::process::ExitCode;

use kinect_azure::recording::Recording;
use serde::Serialize;
use serde_json::Value;

use super::args::InfoArgs;
use super::calibration;
use super::clocks::Clocks;
use super::report::Report;
use crate::calibration_json::{Modes, text};
use crate::terminal::{Progress, print, printable};

/// Prints the content of the recordings. If a recording cannot be read, the others are still shown.
pub(crate) fn run(args: &InfoArgs) -> Result<ExitCode, String> {
    if let [file] = args.files.as_slice() {
        let looked = look(file, args.calibration)?;
        return print(&if args.json {
            text(&looked.json)?
        } else {
            looked.text
        });
    }
    let mut clocks = Clocks::default();
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    let mut all_read = true;
    for file in &args.files {
        match look(file, args.calibration) {
            Ok(looked) => {
                clocks.add(file, &looked.recording);
                texts.push(looked.text);
                values.push(looked.json);
            }
            Err(problem) => {
                all_read = false;
                eprintln!("error: {problem}");
                values.push(Json::Problem {
                    file: file.display().to_string(),
                    error: problem,
                });
            }
        }
    }
    print(&match (args.json, args.calibration) {
        (true, true) => text(&values)?,
        (true, false) => text(&Several {
            recordings: values,
            clocks: clocks.json(),
        })?,
        (false, true) => texts.join("\n"),
        (false, false) => {
            texts.push(clocks.text());
            texts.join("\n")
        }
    })?;
    Ok(if all_read {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The result for one recording.
struct Looked {
    recording: Recording,
    text: String,
    json: Json,
}

/// The JSON of one recording.
#[derive(Serialize)]
#[serde(untagged)]
enum Json {
    Report(Box<Report>),
    Calibration(Box<Modes>),
    Problem { file: String, error: String },
}

/// The JSON of several recordings.
#[derive(Serialize)]
struct Several {
    recordings: Vec<Json>,
    clocks: Value,
}

fn look(file: &Path, calibration: bool) -> Result<Looked, String> {
    let recording = Recording::open(file).map_err(|error| printable(&error.to_string()))?;
    if calibration {
        let modes = Modes::of(&recording).ok_or_else(|| no_calibration(file, &recording))?;
        let text = calibration::text(file, &recording);
        return Ok(Looked {
            recording,
            text,
            json: Json::Calibration(Box::new(modes)),
        });
    }
    let progress = Progress::new("counting");
    let counts = recording
        .count(|share| progress.set(f64::from(share)))
        .map_err(|error| printable(&error.to_string()))?;
    drop(progress);
    let report = Report::new(file, &recording, counts);
    Ok(Looked {
        recording,
        text: report.text(),
        json: Json::Report(Box::new(report)),
    })
}

/// The reason that there is no calibration, from the recording's own warnings.
fn no_calibration(file: &Path, recording: &Recording) -> String {
    let mut problem = format!("{}: has no calibration that can be used", file.display());
    for warning in &recording.info().warnings {
        problem.push_str("; ");
        problem.push_str(warning);
    }
    printable(&problem)
}
