//! Keeps Microsoft's library from writing to the standard output, which JSON goes to.
//!
//! It makes its logger while it is loaded, before anybody can ask for the messages, and that writes errors ("no devices
//! found") to the standard output unless the environment says otherwise. A program cannot safely change its own
//! environment, so the command starts itself again with the variable set.

use std::ffi::OsStr;
use std::process::{Command, ExitCode};

/// What the library reads.
const VARIABLE: &str = "K4A_ENABLE_LOG_TO_STDOUT";

/// Starts the command again with the library kept quiet; gives what that ended with. `None`: go on here, because the
/// library is quiet, somebody wants to hear it, or starting again is not possible.
pub(crate) fn start_again() -> Option<ExitCode> {
    if std::env::var_os(VARIABLE).is_some() {
        return None;
    }
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.args(arguments).env(VARIABLE, "0");
    replace(command, name.as_deref())
}

/// Becomes the other process: same number, same terminal.
#[cfg(unix)]
fn replace(mut command: Command, name: Option<&OsStr>) -> Option<ExitCode> {
    use std::os::unix::process::CommandExt;
    if let Some(name) = name {
        command.arg0(name);
    }
    // Comes back only when it fails; then the library is heard, and everything else works.
    let _ = command.exec();
    None
}

/// Waits for the other process, which gets Ctrl-C as well.
#[cfg(not(unix))]
fn replace(mut command: Command, _name: Option<&OsStr>) -> Option<ExitCode> {
    let _ = ctrlc::set_handler(|| {});
    let code = command.status().ok()?.code().unwrap_or(1);
    Some(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
