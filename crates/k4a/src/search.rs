//! The places where a vendor's library is looked for, in this order:
//!
//! 1. The environment variables `KINECT_K4A_LIBRARY` (of either vendor) and `KINECT_ORBBEC_K4A_LIBRARY` (Orbbec's), a file or a
//!    folder. When Orbbec's is wanted, its own variable comes first.
//! 2. Beside the program, and in `lib` beside it.
//! 3. Where the vendors' installers put it.
//! 4. The folders of the system and `/opt`.
//! 5. Any library that the system's loader finds by its name.
//!
//! `libk4arecord` and `libk4abt` are searched for beside `libk4a` first; their variables are `KINECT_K4ARECORD_LIBRARY`
//! and `KINECT_K4ABT_LIBRARY`. The vendor of a file is found by reading it, not by loading it, because a library that
//! was loaded keeps others of its name from being loaded.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::vendor::Vendor;

/// Environment variable that names the file or folder of either vendor's `libk4a`.
pub const LIBRARY_VARIABLE: &str = "KINECT_K4A_LIBRARY";
/// Environment variable that names the file or folder of Orbbec's `libk4a`.
pub const ORBBEC_LIBRARY_VARIABLE: &str = "KINECT_ORBBEC_K4A_LIBRARY";
/// Environment variable that names the file or folder of `libk4arecord`.
pub const RECORD_LIBRARY_VARIABLE: &str = "KINECT_K4ARECORD_LIBRARY";
/// Environment variable that names the file or folder of `libk4abt`.
pub const TRACKER_LIBRARY_VARIABLE: &str = "KINECT_K4ABT_LIBRARY";

/// Why a library is looked for in a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The caller named it.
    Named,
    /// This environment variable names it.
    Variable(&'static str),
    /// The place is beside the `libk4a` in use.
    BesideLibrary,
    /// The place is beside the program.
    BesideProgram,
    /// A vendor's installer puts it there.
    VendorFolder,
    /// A folder of the system.
    SystemFolder,
    /// The system's loader is asked for it by name.
    Loader,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named => f.write_str("named by the program"),
            Self::Variable(name) => write!(f, "named by {name}"),
            Self::BesideLibrary => f.write_str("beside libk4a"),
            Self::BesideProgram => f.write_str("beside the program"),
            Self::VendorFolder => f.write_str("the vendor's folder"),
            Self::SystemFolder => f.write_str("the system's folder"),
            Self::Loader => f.write_str("by name, in the folders of the system's loader"),
        }
    }
}

/// A place where a library was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The file; for [`Origin::Loader`] only its name.
    pub path: PathBuf,
    /// Why the library is looked for there.
    pub origin: Origin,
    /// Whether the file exists. Always `false` for [`Origin::Loader`], because only loading shows whether the file
    /// exists.
    pub exists: bool,
    /// The vendor of the library in that file; `None` if there is no file, or if the file is not a `libk4a`.
    pub vendor: Option<Vendor>,
}

/// The places in which [`Library::load`](crate::Library::load) (or, with a vendor, `load_vendor`) searches, in this
/// order, and whether each file exists. No library is loaded.
pub fn search(vendor: Option<Vendor>) -> Vec<Candidate> {
    Surroundings::of_this_process().candidates(Part::K4a, vendor, None)
}

/// One of the three libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    K4a,
    Record,
    Tracker,
}

impl Part {
    /// The name without the prefixes and suffixes of the operating systems.
    pub(crate) const fn stem(self) -> &'static str {
        match self {
            Self::K4a => "k4a",
            Self::Record => "k4arecord",
            Self::Tracker => "k4abt",
        }
    }

    /// Names under which the system's loader finds the library; the first is also used for a missing file.
    const fn names(self, os: Os) -> &'static [&'static str] {
        match (os, self) {
            (Os::Windows, Self::K4a) => &["k4a.dll"],
            (Os::Windows, Self::Record) => &["k4arecord.dll"],
            (Os::Windows, Self::Tracker) => &["k4abt.dll"],
            (Os::Unix, Self::K4a) => &["libk4a.so.1.4", "libk4a.so"],
            (Os::Unix, Self::Record) => &["libk4arecord.so.1.4", "libk4arecord.so"],
            (Os::Unix, Self::Tracker) => &["libk4abt.so.1.1", "libk4abt.so.1.0", "libk4abt.so"],
        }
    }

    /// Whether a file's name is that of this library: `libk4a.so`, `libk4a.so.1.4`, `libk4a-f64cb9eb.so.1.4.2` (as packed
    /// for Python), `k4a.dll`, `k4a-f64cb9eb.dll`.
    fn is_named(self, os: Os, file_name: &str) -> bool {
        match os {
            Os::Unix => file_name
                .strip_prefix("lib")
                .and_then(|name| name.strip_prefix(self.stem()))
                .is_some_and(|rest| {
                    let hashed = rest.starts_with('-') && rest.contains(".so");
                    let version = rest.strip_prefix(".so");
                    let plain = version.is_some_and(|version| {
                        version.chars().all(|c| c == '.' || c.is_ascii_digit())
                    });
                    plain || (hashed && !rest.ends_with(".debug"))
                }),
            Os::Windows => {
                let name = file_name.to_ascii_lowercase();
                name.strip_suffix(".dll")
                    .and_then(|name| name.strip_prefix(self.stem()))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            }
        }
    }

    fn variables(self, vendor: Option<Vendor>) -> &'static [&'static str] {
        match (self, vendor) {
            (Self::K4a, None) => &[LIBRARY_VARIABLE, ORBBEC_LIBRARY_VARIABLE],
            (Self::K4a, Some(Vendor::Microsoft)) => &[LIBRARY_VARIABLE],
            (Self::K4a, Some(Vendor::Orbbec)) => &[ORBBEC_LIBRARY_VARIABLE, LIBRARY_VARIABLE],
            (Self::Record, _) => &[RECORD_LIBRARY_VARIABLE],
            (Self::Tracker, _) => &[TRACKER_LIBRARY_VARIABLE],
        }
    }

    /// What to install.
    pub(crate) fn advice(self, vendor: Option<Vendor>) -> String {
        let variable = self.variables(vendor)[0];
        let what = match (self, vendor) {
            (Self::K4a, Some(Vendor::Orbbec)) => {
                "install Orbbec's K4A wrapper (OrbbecSDK-K4A-Wrapper)"
            }
            (Self::K4a, Some(Vendor::Microsoft)) => {
                "install the Azure Kinect Sensor SDK 1.4 (package libk4a1.4 on Linux)"
            }
            (Self::K4a, None) => {
                "install the Azure Kinect Sensor SDK 1.4 (package libk4a1.4 on Linux), or Orbbec's K4A wrapper \
                 (OrbbecSDK-K4A-Wrapper) for a Femto"
            }
            (Self::Record, _) => {
                "libk4arecord comes with the sensor SDK and must lie beside the libk4a in use"
            }
            (Self::Tracker, _) => {
                "install the Azure Kinect Body Tracking SDK 1.1 (package libk4abt1.1 on Linux)"
            }
        };
        format!("{what}, or set {variable} to the file or its folder")
    }
}

/// The operating systems with different file names and folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Os {
    Unix,
    Windows,
}

/// Looks up a variable of the environment.
type Variable = Box<dyn Fn(&str) -> Option<OsString>>;

/// The environment that the search depends on.
pub(crate) struct Surroundings {
    pub(crate) os: Os,
    pub(crate) variable: Variable,
    /// The folder the program lies in.
    pub(crate) program: Option<PathBuf>,
    /// `C:\Program Files` and similar folders.
    pub(crate) program_files: Vec<PathBuf>,
    /// `/`.
    pub(crate) root: PathBuf,
}

impl Surroundings {
    pub(crate) fn of_this_process() -> Self {
        let program_files = ["ProgramW6432", "ProgramFiles", "ProgramFiles(x86)"]
            .iter()
            .filter_map(|name| Some(PathBuf::from(std::env::var_os(name)?)))
            .collect();
        Self {
            os: if cfg!(windows) { Os::Windows } else { Os::Unix },
            variable: Box::new(|name| std::env::var_os(name)),
            program: std::env::current_exe()
                .ok()
                .and_then(|file| Some(file.parent()?.to_owned())),
            program_files,
            root: PathBuf::from("/"),
        }
    }

    /// All places in the order of the search; `beside` is the `libk4a` in use.
    pub(crate) fn candidates(
        &self,
        part: Part,
        vendor: Option<Vendor>,
        beside: Option<&Path>,
    ) -> Vec<Candidate> {
        let mut found = Found::new(self.os, part);
        for &name in part.variables(vendor) {
            if let Some(value) = (self.variable)(name).filter(|value| !value.is_empty()) {
                found.named(Path::new(&value), &Origin::Variable(name));
            }
        }
        if let Some(folder) = beside.and_then(Path::parent) {
            found.folder(folder, &Origin::BesideLibrary);
        }
        if let Some(program) = &self.program {
            found.folder(program, &Origin::BesideProgram);
            found.folder(&program.join("lib"), &Origin::BesideProgram);
        }
        match self.os {
            Os::Windows => self.windows_folders(&mut found),
            Os::Unix => self.unix_folders(&mut found),
        }
        for name in part.names(self.os) {
            found.push(Candidate {
                path: PathBuf::from(name),
                origin: Origin::Loader,
                exists: false,
                vendor: None,
            });
        }
        found.candidates
    }

    /// The given file, or the library's files in the given folder.
    pub(crate) fn named(&self, part: Part, path: &Path) -> Vec<Candidate> {
        let mut found = Found::new(self.os, part);
        found.named(path, &Origin::Named);
        found.candidates
    }

    fn windows_folders(&self, found: &mut Found) {
        const BIN: &str = "sdk/windows-desktop/amd64/release/bin";
        for program_files in &self.program_files {
            let mut folders = folders_in(program_files);
            // Newer versions first.
            folders.sort();
            folders.reverse();
            for (name, folder) in &folders {
                if name.starts_with("azure kinect sdk") {
                    found.folder(&folder.join(BIN), &Origin::VendorFolder);
                }
            }
            for (name, folder) in &folders {
                if name.starts_with("azure kinect body tracking sdk") {
                    found.folder(&folder.join(BIN), &Origin::VendorFolder);
                    found.folder(&folder.join("tools"), &Origin::VendorFolder);
                }
            }
            for (name, folder) in &folders {
                if name.starts_with("orbbec") {
                    for below in ["bin", BIN, ""] {
                        found.folder(&folder.join(below), &Origin::VendorFolder);
                    }
                }
            }
        }
    }

    fn unix_folders(&self, found: &mut Found) {
        let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
        let opt: Vec<_> = {
            let mut folders = folders_in(&self.root.join("opt"));
            folders.sort();
            folders.reverse();
            folders
                .into_iter()
                .filter(|(name, _)| ["kinect", "k4a", "orbbec"].iter().any(|w| name.contains(w)))
                .collect()
        };
        for (_, folder) in &opt {
            for below in ["lib", "bin", ""] {
                found.folder(&folder.join(below), &Origin::VendorFolder);
            }
        }
        let system = self.root.join("usr/lib").join(&triple);
        found.folder(&system, &Origin::SystemFolder);
        found.folder(&system.join("libk4a1.4"), &Origin::SystemFolder);
        for folder in ["usr/local/lib", "usr/lib64", "usr/lib"] {
            found.folder(&self.root.join(folder), &Origin::SystemFolder);
        }
    }
}

/// Candidates so far, each file once.
struct Found {
    os: Os,
    part: Part,
    candidates: Vec<Candidate>,
    files: HashSet<PathBuf>,
}

impl Found {
    fn new(os: Os, part: Part) -> Self {
        Self {
            os,
            part,
            candidates: Vec::new(),
            files: HashSet::new(),
        }
    }

    fn push(&mut self, candidate: Candidate) {
        // A link to a file that is already in the list is left out.
        let real = fs::canonicalize(&candidate.path).unwrap_or_else(|_| candidate.path.clone());
        if self.files.insert(real) {
            self.candidates.push(candidate);
        }
    }

    fn named(&mut self, path: &Path, origin: &Origin) {
        if path.is_dir() {
            self.folder(path, origin);
        } else {
            self.file(path.to_owned(), origin);
        }
    }

    fn file(&mut self, path: PathBuf, origin: &Origin) {
        let exists = path.is_file();
        let vendor = (exists && self.part == Part::K4a)
            .then(|| vendor_of(&path))
            .flatten();
        self.push(Candidate {
            path,
            origin: origin.clone(),
            exists,
            vendor,
        });
    }

    /// Adds the library's files in a folder; if there are none, the file that is missing.
    fn folder(&mut self, folder: &Path, origin: &Origin) {
        let preferred = self.part.names(self.os);
        let mut names: Vec<String> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| self.part.is_named(self.os, name))
            .collect();
        names.sort_by_key(|name| {
            let rank = preferred.iter().position(|known| known == name);
            (rank.unwrap_or(usize::MAX), name.clone())
        });
        if names.is_empty() {
            names.extend(preferred.first().map(|&name| name.to_owned()));
        }
        for name in names {
            self.file(folder.join(name), origin);
        }
    }
}

/// Folders in a folder, with their names in lower case.
fn folders_in(folder: &Path) -> Vec<(String, PathBuf)> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().to_str()?.to_lowercase();
            entry.path().is_dir().then(|| (name, entry.path()))
        })
        .collect()
}

/// The vendor of a `libk4a`, recognised by the names of functions in the file; `None` if the file is not a `libk4a`.
fn vendor_of(path: &Path) -> Option<Vendor> {
    /// Real libraries have a few megabytes.
    const LARGEST: u64 = 256 << 20;
    let size = fs::metadata(path).ok()?.len();
    if size > LARGEST {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    if !contains(&bytes, b"k4a_device_get_installed_count") {
        return None;
    }
    let orbbec = contains(&bytes, b"k4a_set_orbbec_extensions_directory")
        || contains(&bytes, b"k4a_device_get_pid");
    Some(if orbbec {
        Vendor::Orbbec
    } else {
        Vendor::Microsoft
    })
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let Some(&first) = wanted.first() else {
        return true;
    };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// A library's version, as read from the names of the file and its folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LibraryVersion {
    /// Number of incompatible changes.
    pub major: u32,
    /// Number of additions.
    pub minor: u32,
    /// Number of corrections; `None` if the name does not contain it.
    pub patch: Option<u32>,
}

impl fmt::Display for LibraryVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl LibraryVersion {
    /// From `libk4a.so.1.4.2`, or a folder above it such as `Azure Kinect SDK v1.4.1`.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let own = real
            .file_name()
            .and_then(|name| Self::parse(name.to_str()?.split_once(".so.")?.1));
        own.or_else(|| {
            real.ancestors().skip(1).find_map(|folder| {
                let name = folder.file_name()?.to_str()?;
                let (before, version) = name.rsplit_once(" v")?;
                before.contains("SDK").then(|| Self::parse(version))?
            })
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|number| number.parse().ok());
        Some(Self {
            major: numbers.next()??,
            minor: numbers.next()??,
            patch: numbers.next().flatten(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
