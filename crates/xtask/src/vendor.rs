//! The vendor's own libraries, with which the tests compare this project's results: fetched from PyPI into the target
//! folder, used by the conformance tests and by nothing else, never committed, never linked.
//!
//! The package `pyk4a-bundle` carries libk4a 1.4.2, libk4arecord 1.4.2 and the depth engine for Linux on x86-64. pip
//! picks the mirror and checks the wheel's hash; the wheel is a zip archive of which only the libraries are kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::wheel::Wheel;
use crate::workspace::Workspace;

/// The wheel, with the hash PyPI lists for it; pip refuses any other.
const REQUIREMENT: &str = "pyk4a-bundle==1.5.0 \
    --hash=sha256:f99ff435cf04747828954a3a08b45622a43dcba0852a8aa3a5bfd7028cab8a7e\n";
/// The folder inside the wheel.
const LIBRARIES: &str = "pyk4a_bundle.libs";
/// Files that must be there for the libraries to be complete: the beginnings of their names.
const PARTS: [&str; 4] = ["libdepthengine.so", "libk4a-", "libk4arecord-", "libudev-"];
/// The oldest C library the wheel runs with (its platform tag is `manylinux_2_35`).
const GLIBC: (u32, u32) = (2, 35);

/// The reason that the libraries are missing.
#[derive(Debug)]
pub(crate) enum Missing {
    /// They do not exist for this system.
    NotHere(String),
    /// They could not be fetched.
    Failed(String),
}

/// Whether [`provide`] will want to fetch them.
pub(crate) fn is_wanted(workspace: &Workspace) -> bool {
    std::env::var_os("KINECT_VENDOR_LIBS").is_none()
        && platform().is_ok()
        && !is_complete(&folder(workspace))
}

/// The folder with the libraries, which are fetched if they are missing. An interruption leaves no incomplete folder.
pub(crate) fn provide(workspace: &Workspace) -> Result<PathBuf, Missing> {
    if let Some(chosen) = std::env::var_os("KINECT_VENDOR_LIBS").map(PathBuf::from) {
        // An installed SDK names its files differently from the wheel; the tests check whether they load.
        return if chosen.is_dir() {
            Ok(chosen)
        } else {
            Err(Missing::Failed(format!(
                "KINECT_VENDOR_LIBS names {}, which is no folder",
                chosen.display()
            )))
        };
    }
    platform().map_err(Missing::NotHere)?;
    let folder = folder(workspace);
    if !is_complete(&folder) {
        fetch(&folder).map_err(Missing::Failed)?;
    }
    Ok(folder)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("vendor/k4a")
}

fn is_complete(folder: &Path) -> bool {
    let names: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    PARTS
        .iter()
        .all(|part| names.iter().any(|name| name.starts_with(part)))
}

/// Whether the libraries are made for this system; if not, why.
fn platform() -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("they exist for Linux on x86-64 only".to_owned());
    }
    let version = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()
        .and_then(|output| glibc_version(&String::from_utf8_lossy(&output.stdout)));
    match version {
        Some(version) if version >= GLIBC => Ok(()),
        Some((major, minor)) => Err(format!(
            "they need glibc {}.{}, this system has {major}.{minor}",
            GLIBC.0, GLIBC.1
        )),
        None => Err("they need glibc, which this system does not seem to use".to_owned()),
    }
}

/// The numbers in `glibc 2.36`.
fn glibc_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix("glibc ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn fetch(folder: &Path) -> Result<(), String> {
    println!("fetching the vendor's libraries from PyPI (7.5 MB, once)");
    Wheel {
        requirement: REQUIREMENT,
        platform: "manylinux_2_35_x86_64",
        part: LIBRARIES,
    }
    .unpack(folder, is_complete)
}

#[cfg(test)]
mod tests {
    use super::glibc_version;

    #[test]
    fn the_c_library_tells_its_version() {
        assert_eq!(glibc_version("glibc 2.36\n"), Some((2, 36)));
        assert_eq!(glibc_version("glibc 2.39"), Some((2, 39)));
        assert_eq!(glibc_version("musl"), None);
        assert_eq!(glibc_version(""), None);
    }
}
