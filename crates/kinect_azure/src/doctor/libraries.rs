//! The findings about the vendors' libraries and the files that they need.

use std::path::{Path, PathBuf};

use k4a::{
    Attempt, Candidate, LIBRARY_VARIABLE, Library, ORBBEC_LIBRARY_VARIABLE, Origin,
    RECORD_LIBRARY_VARIABLE, Vendor,
};

use super::facts::{Facts, Os, names_in, read_text};
use super::report::{Check, Finding, Status};
use crate::device::bus::Bus;

/// A vendor's library, or why it cannot be used.
pub(super) struct VendorLibrary {
    pub(super) vendor: Vendor,
    /// Every place in which the library was looked for.
    pub(super) candidates: Vec<Candidate>,
    pub(super) outcome: Outcome,
}

/// Whether the library is there.
pub(super) enum Outcome {
    /// Loaded.
    Loaded {
        path: PathBuf,
        version: Option<String>,
        library: Option<Library>,
    },
    /// The file exists; the settings say not to load it.
    Seen(PathBuf),
    /// No file could be loaded.
    Failed(Vec<Attempt>),
    /// No file exists; the settings say not to load libraries.
    NotSeen,
}

impl VendorLibrary {
    fn look(vendor: Vendor, load: bool) -> Self {
        let candidates = k4a::search(Some(vendor));
        let outcome = if load {
            match Library::load_vendor(vendor) {
                Ok(library) => Outcome::Loaded {
                    path: library.path().to_owned(),
                    version: library.version().map(|version| version.to_string()),
                    library: Some(library),
                },
                Err(error) => Outcome::Failed(error.attempts),
            }
        } else {
            candidates
                .iter()
                .find(|candidate| candidate.exists && candidate.vendor == Some(vendor))
                .map_or(Outcome::NotSeen, |found| Outcome::Seen(found.path.clone()))
        };
        Self {
            vendor,
            candidates,
            outcome,
        }
    }

    /// The file, if it can be used.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.outcome {
            Outcome::Loaded { path, .. } | Outcome::Seen(path) => Some(path),
            Outcome::Failed(_) | Outcome::NotSeen => None,
        }
    }

    /// Files of this vendor that exist and do not load, and variables that name a missing file, with the reasons.
    fn problems(&self) -> Vec<String> {
        let attempts: &[Attempt] = match &self.outcome {
            Outcome::Failed(attempts) => attempts,
            _ => &[],
        };
        self.candidates
            .iter()
            .filter_map(|candidate| {
                let own_variable = matches!(
                    (&candidate.origin, self.vendor),
                    (Origin::Variable(LIBRARY_VARIABLE), Vendor::Microsoft)
                        | (Origin::Variable(ORBBEC_LIBRARY_VARIABLE), Vendor::Orbbec)
                );
                let path = candidate.path.display();
                if !candidate.exists {
                    return own_variable
                        .then(|| format!("{path} ({}) is not there", candidate.origin));
                }
                let ours = candidate.vendor == Some(self.vendor)
                    || (candidate.vendor.is_none() && own_variable);
                let reason = attempts
                    .iter()
                    .find(|attempt| attempt.path == candidate.path)
                    .map_or_else(
                        || "it is no libk4a".to_owned(),
                        |attempt| attempt.reason.to_string(),
                    );
                ours.then(|| format!("{path} does not load: {reason}"))
            })
            .collect()
    }

    fn finding(&self, needed: bool, either: bool) -> Finding {
        let check = match self.vendor {
            Vendor::Microsoft => Check::MicrosoftLibrary,
            Vendor::Orbbec => Check::OrbbecLibrary,
        };
        match &self.outcome {
            Outcome::Loaded { path, version, .. } => {
                let version = version.as_deref().unwrap_or("of unknown version");
                Finding::new(
                    check,
                    Status::Found,
                    format!("libk4a {version}, {}", path.display()),
                )
                .needed(needed)
            }
            Outcome::Seen(path) => Finding::new(
                check,
                Status::Found,
                format!("{}, not loaded", path.display()),
            )
            .needed(needed),
            Outcome::Failed(_) | Outcome::NotSeen => {
                let problems = self.problems();
                let (status, what) = if problems.is_empty() {
                    (Status::Missing, format!("no libk4a of {}'s", self.vendor))
                } else {
                    (Status::Wrong, problems.join("; "))
                };
                Finding::new(check, status, what)
                    .needed(needed)
                    .fix(self.advice(either))
            }
        }
    }

    fn advice(&self, either: bool) -> String {
        let install = match self.vendor {
            Vendor::Microsoft => format!(
                "for an Azure Kinect install the Azure Kinect Sensor SDK 1.4 (package libk4a1.4 on Linux), or set \
                 {LIBRARY_VARIABLE} to the file or its folder"
            ),
            Vendor::Orbbec => format!(
                "for a Femto unpack Orbbec's K4A wrapper (OrbbecSDK-K4A-Wrapper) and set {ORBBEC_LIBRARY_VARIABLE} to the \
                 folder with its libk4a"
            ),
        };
        if either {
            format!("{install}; one vendor's library is enough")
        } else {
            install
        }
    }
}

/// Both vendors' libraries.
pub(super) struct Vendors(pub(super) [VendorLibrary; 2]);

impl Vendors {
    pub(super) fn look(load: bool) -> Self {
        Self([
            VendorLibrary::look(Vendor::Microsoft, load),
            VendorLibrary::look(Vendor::Orbbec, load),
        ])
    }

    /// Those that are loaded.
    pub(super) fn libraries(&self) -> Vec<Library> {
        self.0
            .iter()
            .filter_map(|one| match &one.outcome {
                Outcome::Loaded { library, .. } => library.clone(),
                _ => None,
            })
            .collect()
    }

    pub(super) fn path(&self, vendor: Vendor) -> Option<&Path> {
        self.0.iter().find(|one| one.vendor == vendor)?.path()
    }

    /// Files that can be used, with their vendors.
    fn paths(&self) -> impl Iterator<Item = (Vendor, &Path)> {
        self.0
            .iter()
            .filter_map(|one| Some((one.vendor, one.path()?)))
    }

    /// Whether a vendor's library is needed: its sensor is plugged in; or no sensor is plugged in, and either this
    /// vendor's library is the one that exists or neither exists.
    fn is_needed(&self, vendor: Vendor, bus: &Bus) -> bool {
        if bus.has_any() {
            bus.has(vendor)
        } else {
            self.path(vendor).is_some() || self.paths().next().is_none()
        }
    }
}

/// The findings about libraries.
pub(super) fn findings(facts: &Facts, bus: &Bus, vendors: &Vendors) -> Vec<Finding> {
    if facts.os == Os::Other {
        // Neither vendor offers a library for this system.
        let mut findings = vec![
            Finding::new(
                Check::MicrosoftLibrary,
                Status::Missing,
                "Microsoft has no libk4a for this system",
            )
            .needed(true)
            .fix("use recordings or the simulated sensor here, and sensors on Windows or Linux"),
        ];
        let others = [
            Check::OrbbecLibrary,
            Check::RecordLibrary,
            Check::DepthEngine,
        ];
        findings.extend(others.map(Finding::inapplicable));
        return findings;
    }
    let either = !bus.has_any() && vendors.paths().next().is_none();
    let mut findings: Vec<Finding> = vendors
        .0
        .iter()
        .map(|one| one.finding(vendors.is_needed(one.vendor, bus), either))
        .collect();
    findings.push(record_library(facts, vendors));
    findings.extend(depth_engine(facts, bus, vendors));
    findings
}

/// The first file in a folder that is the library with that stem: `libk4abt.so.1.1`, `libk4arecord-939c473c.so.1.4.2`,
/// `k4abt.dll`.
fn library_in(folder: &Path, os: Os, stem: &str) -> Option<PathBuf> {
    let is_it = |name: &String| match os {
        Os::Windows => name.to_ascii_lowercase() == format!("{stem}.dll"),
        Os::Linux | Os::Other => name
            .strip_prefix("lib")
            .and_then(|name| name.strip_prefix(stem))
            .is_some_and(|rest| {
                rest.starts_with(".so") || (rest.starts_with('-') && rest.contains(".so"))
            }),
    };
    let name = names_in(folder).into_iter().find(is_it)?;
    Some(folder.join(name))
}

/// A library that accompanies `libk4a`, looked for in this order: the path in a variable, the folder of `libk4a`, the
/// folder of the program, the folders of the system's loader.
pub(super) fn companion(
    facts: &Facts,
    vendors: &Vendors,
    variable: &str,
    stem: &str,
) -> Option<PathBuf> {
    let named = facts.variable(variable).map(PathBuf::from);
    if let Some(named) = named {
        if named.is_file() {
            return Some(named);
        }
        if let Some(file) = library_in(&named, facts.os, stem) {
            return Some(file);
        }
    }
    let beside = vendors
        .paths()
        .filter_map(|(_, path)| Some(path.parent()?.to_owned()));
    let installed = ["ProgramW6432", "ProgramFiles"]
        .iter()
        .filter_map(|name| facts.variable(name))
        .flat_map(|folder| {
            let tracker = PathBuf::from(folder).join("Azure Kinect Body Tracking SDK");
            [
                tracker.join("tools"),
                tracker.join("sdk/windows-desktop/amd64/release/bin"),
            ]
        });
    beside
        .chain(facts.program.clone())
        .chain(installed)
        .chain(facts.loader_folders())
        .find_map(|folder| library_in(&folder, facts.os, stem))
}

fn record_library(facts: &Facts, vendors: &Vendors) -> Finding {
    const CHECK: Check = Check::RecordLibrary;
    match companion(facts, vendors, RECORD_LIBRARY_VARIABLE, "k4arecord") {
        Some(file) => Finding::new(
            CHECK,
            Status::Found,
            format!(
                "{}; not needed: recordings are read and written without it",
                file.display()
            ),
        ),
        None => Finding::new(
            CHECK,
            Status::Missing,
            "no libk4arecord; not needed: recordings are read and written without it",
        ),
    }
}

/// One finding per library that can be used.
fn depth_engine(facts: &Facts, bus: &Bus, vendors: &Vendors) -> Vec<Finding> {
    const CHECK: Check = Check::DepthEngine;
    let name = match facts.os {
        Os::Windows => "depthengine_2_0.dll",
        Os::Linux | Os::Other => "libdepthengine.so.2.0",
    };
    let mut findings: Vec<Finding> = vendors
        .paths()
        .map(|(vendor, library)| {
            let beside = library.parent().unwrap_or(Path::new(""));
            engine_of(facts, vendor, beside, name).needed(vendors.is_needed(vendor, bus))
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::new(
            CHECK,
            Status::Unknown,
            "the depth engine comes with a vendor's library, and no such library was found",
        ));
    }
    findings
}

/// The depth engine of a library that lies in the folder `beside`.
fn engine_of(facts: &Facts, vendor: Vendor, beside: &Path, name: &str) -> Finding {
    const CHECK: Check = Check::DepthEngine;
    let mut places = vec![beside.to_owned()];
    let system = facts.path(&format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH));
    if beside == system {
        // Microsoft's package installs the depth engine there, and its library looks for it there.
        places.push(system.join("libk4a1.4"));
    }
    let in_extensions = |folder: &Path| {
        ["extensions/depthengine", "extensions"]
            .iter()
            .map(|below| folder.join(below).join(name))
            .find(|file| file.is_file())
    };
    let orbbec = vendor == Vendor::Orbbec;
    let found = places
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        // Orbbec's library looks for its extensions in the working folder, unless the program sets another folder.
        .or_else(|| in_extensions(facts.working.as_deref().filter(|_| orbbec)?))
        .or_else(|| facts.loadable(name));
    if let Some(file) = found {
        return Finding::new(CHECK, Status::Found, file.display().to_string());
    }
    if orbbec && let Some(file) = in_extensions(beside) {
        return Finding::new(
            CHECK,
            Status::Unknown,
            format!(
                "{}; Orbbec's library looks for `extensions` in the working folder, unless the program names another",
                file.display()
            ),
        )
        .fix(format!(
            "if depth does not start, start the program in {}",
            beside.display()
        ));
    }
    let fix = match vendor {
        Vendor::Microsoft => format!(
            "copy {name} from the vendor's installer or package (it is not in builds from source) to {}",
            beside.display()
        ),
        Vendor::Orbbec => format!(
            "copy {name}, with the folder `extensions` if there is one, from the wrapper's package to {}",
            beside.display()
        ),
    };
    let what = format!(
        "no {name} beside {vendor}'s library or where the system looks; without it the depth camera does not start"
    );
    Finding::new(CHECK, Status::Missing, what).fix(fix)
}

/// Files in which Orbbec's library reads its settings, from the folder that the program was started in.
const NETWORK_FILES: [&str; 2] = ["OrbbecSDKConfig.xml", "OrbbecSDKConfig_v1.0.xml"];

/// Whether Orbbec's library looks for a Femto Mega on the network.
pub(super) fn femto_network(facts: &Facts, vendors: &Vendors, bus: &Bus) -> Finding {
    const CHECK: Check = Check::FemtoNetwork;
    let library = vendors.path(Vendor::Orbbec);
    if facts.os == Os::Other || (library.is_none() && !bus.has(Vendor::Orbbec)) {
        return Finding::inapplicable(CHECK);
    }
    let Some(working) = &facts.working else {
        return Finding::new(CHECK, Status::Unknown, "the working folder is not known");
    };
    let file_in = |folder: &Path| {
        NETWORK_FILES
            .iter()
            .map(|name| folder.join(name))
            .find(|file| file.is_file())
    };
    let Some(file) = file_in(working) else {
        let elsewhere = library
            .and_then(Path::parent)
            .into_iter()
            .chain(facts.program.as_deref())
            .find_map(file_in);
        return match elsewhere {
            Some(file) => Finding::new(
                CHECK,
                Status::Missing,
                format!(
                    "{} is not read: Orbbec's library looks in the working folder, {}",
                    file.display(),
                    working.display()
                ),
            )
            .fix("only for a Femto Mega on the network: copy it there, or start the program in its folder"),
            None => Finding::new(
                CHECK,
                Status::Missing,
                format!("no {} in {}; needed only for a Femto Mega on the network", NETWORK_FILES[0], working.display()),
            )
            .fix(
                "for a Femto Mega on the network copy the file from the wrapper's package there, with \
                 <EnumerateNetDevice>true</EnumerateNetDevice>",
            ),
        };
    };
    let name = file.display();
    match read_text(&file).map(|text| enumerates(&text)) {
        Some(Some(true)) => Finding::new(
            CHECK,
            Status::Found,
            format!("{name} switches the search for network sensors on"),
        ),
        Some(Some(false)) => Finding::new(
            CHECK,
            Status::Found,
            format!("{name} switches the search for network sensors off"),
        )
        .fix("for a Femto Mega on the network set <EnumerateNetDevice>true</EnumerateNetDevice> in it"),
        Some(None) => Finding::new(
            CHECK,
            Status::Wrong,
            format!("{name} does not say whether to search for network sensors"),
        )
        .fix("add <EnumerateNetDevice>true</EnumerateNetDevice> to <Device> in it, or take the wrapper's own file"),
        None => Finding::new(CHECK, Status::Wrong, format!("{name} cannot be read"))
            .fix("change its access rights, or take the wrapper's own file"),
    }
}

/// The value of the element `EnumerateNetDevice`, outside comments and other character data.
fn enumerates(xml: &str) -> Option<bool> {
    let mut text = String::with_capacity(xml.len());
    let mut rest = xml;
    // In Orbbec's file, <![CDATA[ ]]> contains examples.
    while let Some((at, end)) = [("<!--", "-->"), ("<![CDATA[", "]]>")]
        .iter()
        .filter_map(|(begin, end)| Some((rest.find(begin)?, end)))
        .min()
    {
        text.push_str(&rest[..at]);
        rest = rest[at..].split_once(end).map_or("", |(_, behind)| behind);
    }
    text.push_str(rest);
    let (_, behind) = text.split_once("<EnumerateNetDevice>")?;
    let (value, _) = behind.split_once("</EnumerateNetDevice>")?;
    match value.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The environment variable by which programs that use `ort` find ONNX Runtime.
const ONNX_VARIABLE: &str = "ORT_DYLIB_PATH";

/// ONNX Runtime.
pub(super) fn onnx_runtime(facts: &Facts) -> Finding {
    const CHECK: Check = Check::OnnxRuntime;
    if let Some(named) = facts.variable(ONNX_VARIABLE) {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Finding::new(
                CHECK,
                Status::Found,
                format!("{} (named by {ONNX_VARIABLE})", named.display()),
            )
        } else {
            Finding::new(
                CHECK,
                Status::Wrong,
                format!(
                    "{ONNX_VARIABLE} names {}, which is no file",
                    named.display()
                ),
            )
            .fix(format!(
                "set {ONNX_VARIABLE} to the library itself, or unset it"
            ))
        };
    }
    let names: &[&str] = match facts.os {
        Os::Windows => &["onnxruntime.dll"],
        Os::Linux => &["libonnxruntime.so", "libonnxruntime.so.1"],
        Os::Other => &["libonnxruntime.dylib"],
    };
    let found = names.iter().find_map(|name| {
        facts
            .program
            .as_ref()
            .map(|folder| folder.join(name))
            .filter(|file| file.is_file())
            .or_else(|| facts.loadable(name))
    });
    match found {
        Some(file) => Finding::new(CHECK, Status::Found, file.display().to_string()),
        None => Finding::new(
            CHECK,
            Status::Missing,
            "no ONNX Runtime; the embedded tract runs the networks of body trackers, more slowly",
        )
        .fix(format!(
            "put ONNX Runtime's library beside the program, or set {ONNX_VARIABLE} to it"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::enumerates;

    #[test]
    fn the_network_element_is_read_and_comments_are_not() {
        let config = |inside: &str| format!("<Config><Device>{inside}</Device></Config>");
        let on = "<EnumerateNetDevice>true</EnumerateNetDevice>";
        assert_eq!(enumerates(&config(on)), Some(true));
        assert_eq!(
            enumerates(&config("<EnumerateNetDevice> false </EnumerateNetDevice>")),
            Some(false)
        );
        assert_eq!(enumerates(&config(&format!("<!-- {on} -->"))), None);
        assert_eq!(
            enumerates(&config(&format!("<![CDATA[ <!-- {on} ]]><!-- {on} -->"))),
            None
        );
        assert_eq!(
            enumerates(&config(&format!("<!-- a --><![CDATA[ b ]]>{on}"))),
            Some(true)
        );
        assert_eq!(enumerates("<EnumerateNetDevice>true"), None);
        assert_eq!(
            enumerates("<EnumerateNetDevice>maybe</EnumerateNetDevice>"),
            None
        );
        assert_eq!(enumerates("<!-- never closed"), None);
        assert_eq!(enumerates(""), None);
    }
}
