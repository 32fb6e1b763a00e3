//! `cargo xtask bench`: all benchmarks, compared with the vendor's libraries if they are available.

use crate::crates::packages;
use crate::options::Options;
use crate::steps::Steps;
use crate::system;
use crate::vendor;
use crate::workspace::{Workspace, cargo};

/// Brings the vendor's libraries and runs every benchmark; `args` go to each of them.
pub(crate) fn run(options: &Options, args: &[String]) -> Result<(), String> {
    let workspace = Workspace::find()?;
    if !options.no_setup && vendor::is_wanted(&workspace) {
        system::provide(&system::pip(), options.install)?;
    }
    let libraries = match vendor::provide(&workspace) {
        Ok(folder) => Some(folder),
        Err(vendor::Missing::NotHere(why) | vendor::Missing::Failed(why)) => {
            println!("no vendor libraries to compare with: {why}");
            None
        }
    };
    let mut steps = Steps::default();
    let mut result = Ok(());
    for package in packages(&workspace.root)? {
        for bench in &package.benches {
            let mut command = cargo();
            command
                .current_dir(&workspace.root)
                .args(["bench", "--package", &package.name, "--bench", bench, "--"])
                .args(args)
                .env("KINECT_TEST_DATA", workspace.test_data());
            if let Some(folder) = &libraries {
                command.env("KINECT_VENDOR_LIBS", folder);
            }
            result = result.and(steps.run(
                &format!("{}: {bench}", package.name),
                &mut command,
                "Its own message is above.",
            ));
        }
    }
    steps.print_summary();
    result
}
