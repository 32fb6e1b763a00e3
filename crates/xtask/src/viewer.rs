//! `cargo xtask viewer`: the viewer example, on a system that can show it.

use crate::options::Options;
use crate::steps::show;
use crate::system;
use crate::workspace::cargo;

/// Sets the system up and runs the viewer; `args` are the viewer's own.
pub(crate) fn run(options: &Options, args: &[String]) -> Result<(), String> {
    if !options.no_setup {
        let mut needs = system::rendering();
        if std::env::var_os("DISPLAY").is_some() {
            needs.extend(system::windows());
        }
        system::provide(&needs, options.install)?;
    }
    let mut command = cargo();
    command
        .args(["run", "--release", "--example", "viewer", "--"])
        .args(args);
    if !options.no_setup {
        command.envs(system::software_vulkan());
    }
    println!("{}", show(&command));
    let status = command
        .status()
        .map_err(|e| format!("cannot start cargo: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "the viewer did not end well ({status}); its own message is above"
        ))
    }
}
