//! The `kinect` command: records from sensors, shows the content of recordings, and finds problems of the machine.
//!
//! [`doctor`] examines the machine, [`list`] lists the sensors, [`record`] records from one. [`info`] shows the content
//! of recordings, [`export`] writes their images, point clouds and inertial samples as files that every other program
//! reads, [`simulate`] makes recordings of a simulated sensor, [`manual`] prints completions and manual pages. [`cli`]
//! is the command line; [`options`] are shared by several commands, under the same names.
//!
//! [`files`] writes every file of every command, by one rule. [`interrupt`] is Ctrl-C. [`calibration_json`] is a calibration
//! for other programs. [`terminal`] shows how the work goes on.

mod calibration_json;
mod cli;
mod doctor;
mod export;
mod files;
mod info;
mod interrupt;
mod list;
mod manual;
mod options;
mod quiet;
mod record;
mod simulate;
mod terminal;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::{Cli, Command};
use crate::terminal::print_json_error;

fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) => return wrong_usage(&error),
    };
    if command.uses_libraries()
        && let Some(code) = quiet::start_again()
    {
        return code;
    }
    let json = command.prints_json();
    let result = match command {
        Command::Doctor(args) => doctor::run(&args),
        Command::List(args) => list::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Info(args) => info::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Completions(args) => manual::completions(&args, Cli::command()),
        Command::Man(args) => manual::man(&args, Cli::command()),
    };
    match result {
        Ok(code) => code,
        Err(message) => {
            if json {
                print_json_error(&message);
            }
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the error of the options (also as JSON, if `--json` was given), or the requested help.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.render().to_string();
        let first = text.split("\n\n").next().unwrap_or_default();
        print_json_error(first.trim_start_matches("error: "));
    }
    // Errors of printing are ignored.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
