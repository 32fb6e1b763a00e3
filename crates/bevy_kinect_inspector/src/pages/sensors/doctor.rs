//! What the doctor finds on this computer.

use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use bevy_egui::egui::Ui;
use bevy_kinect_azure::kinect_azure::doctor::{DoctorSettings, Finding, Report, examine};

use crate::controls::{button, error, figure_in, section, switch, text, warning};
use crate::style::{GOOD, LABEL};

/// The examination of this computer, in the background.
#[derive(Default)]
pub(crate) struct Doctor {
    task: Option<Task<Report>>,
    report: Option<Report>,
    shows_all: bool,
}

impl Doctor {
    /// Shows what was found. A sensor that has a problem lets the doctor look at once.
    pub(super) fn show(&mut self, ui: &mut Ui, adapter: Option<String>, is_in_trouble: bool) {
        if let Some(task) = &mut self.task
            && let Some(report) = check_ready(task)
        {
            self.report = Some(report);
            self.task = None;
        }
        section(ui, "This computer", |ui| {
            let is_first = is_in_trouble && self.report.is_none();
            let is_asked = button(ui, "Examine this computer");
            if self.task.is_none() && (is_asked || is_first) {
                self.task = Some(start(adapter));
            }
            let Some(report) = &self.report else {
                let words = match self.task {
                    Some(_) => "The doctor is looking at libraries, USB ports and graphics.",
                    None => "The doctor finds what keeps a live sensor from working.",
                };
                text(ui, words);
                return;
            };
            if let Some(all) = switch(ui, "All findings", self.shows_all) {
                self.shows_all = all;
            }
            findings(ui, report, self.shows_all);
        });
    }
}

fn start(adapter: Option<String>) -> Task<Report> {
    let settings = DoctorSettings {
        adapter,
        // A sensor loads its own library; the doctor must not load another vendor's before it.
        load_libraries: false,
        ..DoctorSettings::default()
    };
    AsyncComputeTaskPool::get().spawn(async move { examine(&settings) })
}

fn findings(ui: &mut Ui, report: &Report, shows_all: bool) {
    let mut shown = 0;
    for finding in &report.findings {
        let title = finding.check.title();
        if finding.status.is_bad() {
            let words = in_words(finding);
            match finding.is_in_the_way() {
                true => error(ui, words),
                false if shows_all => warning(ui, words),
                false => continue,
            }
        } else if shows_all {
            figure_in(ui, title, first_line(&finding.what), LABEL);
        } else {
            continue;
        }
        shown += 1;
    }
    if shown == 0 && report.is_usable() {
        figure_in(ui, "Live sensors", "can work on this computer", GOOD);
    }
}

fn in_words(finding: &Finding) -> String {
    let what = first_line(&finding.what);
    let title = finding.check.title();
    match &finding.fix {
        Some(fix) => format!("{title}: {what}\n{fix}"),
        None => format!("{title}: {what}"),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
