//! `kinect doctor`: checks whether this machine can use a sensor, and says how to mend the problems.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use kinect_azure::doctor::{DoctorSettings, Finding, Report, Status, examine};
use serde::Serialize;

use crate::options::patience;
use crate::terminal::{plural, print, printable};

/// The text after the options in `kinect doctor --help`.
pub(crate) const HELP: &str = "\
Exit code: 0 when a sensor could be used, 1 when something that is needed is missing or wrong, 2 for
wrong options.

JSON: `usable`, and `findings` with `check` (a name that stays; docs/doctor.md explains each),
`status` (found, missing, wrong, unknown, inapplicable), `needed` (whether a sensor cannot be used
without it), `what`, and `fix` (or null).";

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Prints JSON for other programs
    #[arg(long)]
    pub(crate) json: bool,
    /// Also opens every sensor for a moment; disturbs programs that use it
    #[arg(long)]
    ask_sensors: bool,
    /// How long a library may take for one sensor, in seconds
    #[arg(long, default_value = "10", value_parser = patience)]
    patience: Duration,
}

#[derive(Serialize)]
struct Json<'a> {
    usable: bool,
    #[serde(flatten)]
    report: &'a Report,
}

pub(crate) fn run(args: &DoctorArgs) -> Result<ExitCode, String> {
    let report = examine(&DoctorSettings {
        ask_sensors: args.ask_sensors,
        patience: args.patience,
        ..DoctorSettings::default()
    });
    let usable = report.is_usable();
    let text = if args.json {
        let json = Json {
            usable,
            report: &report,
        };
        serde_json::to_string_pretty(&json).map_err(|error| error.to_string())? + "\n"
    } else {
        for_people(&report)
    };
    print(&text)?;
    Ok(if usable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The word that marks a finding in the report.
fn mark(finding: &Finding) -> &'static str {
    match finding.status {
        Status::Found => "ok",
        Status::Missing if finding.needed => "MISSING",
        Status::Wrong if finding.needed => "WRONG",
        Status::Missing => "missing",
        Status::Wrong => "wrong",
        Status::Unknown => "unknown",
        _ => "-",
    }
}

fn for_people(report: &Report) -> String {
    let width = report
        .findings
        .iter()
        .map(|finding| finding.check.title().chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for finding in &report.findings {
        let (mark, title) = (mark(finding), finding.check.title());
        // Messages of libraries have several lines.
        let what = printable(&finding.what).replace('\n', "\n    ");
        text.push_str(&format!("{mark:<8} {title:<width$}  {what}\n"));
        if let Some(fix) = &finding.fix {
            text.push_str(&format!("{:<8} {:<width$}  → {}\n", "", "", printable(fix)));
        }
    }
    let in_the_way: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.is_in_the_way())
        .map(|finding| finding.check.name())
        .collect();
    text.push('\n');
    if in_the_way.is_empty() {
        text.push_str("A sensor could be used: nothing that is needed is missing or wrong.\n");
    } else {
        let count = u64::try_from(in_the_way.len()).unwrap_or(u64::MAX);
        let mut names = in_the_way;
        names.dedup();
        text.push_str(&format!(
            "No sensor can be used yet: {} in the way ({}). docs/doctor.md says more about each.\n",
            plural(count, "finding"),
            names.join(", ")
        ));
    }
    text
}
