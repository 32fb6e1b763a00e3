//! Folders that hold fake libraries: empty files, and files with the names of functions in them.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A temporary folder, which is removed when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("k4a-search-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(fs::canonicalize(folder).unwrap())
    }

    fn put(&self, file: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn surroundings(&self, os: Os) -> Surroundings {
        Surroundings {
            os,
            variable: Box::new(|_| None),
            program: Some(self.0.join("app")),
            program_files: vec![self.0.join("Program Files")],
            root: self.0.clone(),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const MICROSOFT: &[u8] = b"\x7fELF..k4a_device_get_installed_count\0..";
const ORBBEC: &[u8] = b"..k4a_device_get_installed_count\0k4a_set_orbbec_extensions_directory\0";

/// The files that are there, in order.
fn existing(candidates: &[Candidate]) -> Vec<PathBuf> {
    let there = candidates.iter().filter(|candidate| candidate.exists);
    there.map(|candidate| candidate.path.clone()).collect()
}

#[test]
fn variables_come_first_then_the_program_then_vendors_then_the_system_then_the_loader() {
    let scratch = Scratch::new();
    let triple = format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let expected = [
        scratch.put("mine/libk4a.so.1.4.1", MICROSOFT),
        scratch.put("app/libk4a.so.1.4", MICROSOFT),
        scratch.put("app/lib/libk4a.so", MICROSOFT),
        scratch.put("opt/OrbbecK4A/lib/libk4a.so.1.4", ORBBEC),
        scratch.put(&format!("{triple}/libk4a.so.1.4"), MICROSOFT),
        scratch.put(&format!("{triple}/libk4a1.4/libk4a.so.1.4"), MICROSOFT),
        scratch.put("usr/local/lib/libk4a.so.1.4", MICROSOFT),
    ];
    scratch.put("opt/other/lib/libk4a.so.1.4", MICROSOFT);
    let mut surroundings = scratch.surroundings(Os::Unix);
    let named = expected[0].clone();
    surroundings.variable =
        Box::new(move |name| (name == LIBRARY_VARIABLE).then(|| named.clone().into()));

    let candidates = surroundings.candidates(Part::K4a, None, None);
    assert_eq!(existing(&candidates), expected);
    assert_eq!(candidates[0].origin, Origin::Variable(LIBRARY_VARIABLE));
    let last: Vec<_> = candidates
        .iter()
        .rev()
        .map_while(|candidate| {
            (candidate.origin == Origin::Loader).then(|| candidate.path.to_str().unwrap())
        })
        .collect();
    assert_eq!(last, ["libk4a.so", "libk4a.so.1.4"]);
    // If no library exists, the list has the file that is missing.
    assert!(candidates.iter().any(|candidate| candidate.path
        == scratch.0.join("usr/lib64/libk4a.so.1.4")
        && !candidate.exists));
}

#[test]
fn a_variable_may_name_a_folder_and_orbbecs_has_its_own() {
    let scratch = Scratch::new();
    let microsoft = scratch.put("ms/libk4a-f64cb9eb.so.1.4.2", MICROSOFT);
    let orbbec = scratch.put("ob/libk4a.so.1.4", ORBBEC);
    let folder = |path: &Path| path.parent().unwrap().as_os_str().to_owned();
    let (ms, ob) = (folder(&microsoft), folder(&orbbec));
    let mut surroundings = scratch.surroundings(Os::Unix);
    surroundings.variable = Box::new(move |name| match name {
        LIBRARY_VARIABLE => Some(ms.clone()),
        ORBBEC_LIBRARY_VARIABLE => Some(ob.clone()),
        _ => None,
    });
    let found = |vendor| existing(&surroundings.candidates(Part::K4a, vendor, None));
    assert_eq!(found(None), [microsoft.clone(), orbbec.clone()]);
    assert_eq!(
        found(Some(Vendor::Microsoft)),
        std::slice::from_ref(&microsoft)
    );
    assert_eq!(found(Some(Vendor::Orbbec)), [orbbec, microsoft]);
}

#[test]
fn a_variable_that_names_nothing_is_listed_as_not_there() {
    let scratch = Scratch::new();
    let mut surroundings = scratch.surroundings(Os::Unix);
    surroundings.variable =
        Box::new(|name| (name == LIBRARY_VARIABLE).then(|| "/no/such/file.so".into()));
    let first = &surroundings.candidates(Part::K4a, None, None)[0];
    assert_eq!(first.path, Path::new("/no/such/file.so"));
    assert!(!first.exists);
}

#[test]
fn on_windows_the_newest_sdk_comes_before_older_ones_and_orbbecs() {
    let scratch = Scratch::new();
    let bin = "sdk/windows-desktop/amd64/release/bin";
    let expected = [
        scratch.put("app/K4A.dll", MICROSOFT),
        scratch.put(
            &format!("Program Files/Azure Kinect SDK v1.4.1/{bin}/k4a.dll"),
            MICROSOFT,
        ),
        scratch.put(
            &format!("Program Files/Azure Kinect SDK v1.4.0/{bin}/k4a.dll"),
            MICROSOFT,
        ),
        scratch.put(
            "Program Files/Azure Kinect Body Tracking SDK/tools/k4a.dll",
            MICROSOFT,
        ),
        scratch.put("Program Files/OrbbecSDK-K4A-Wrapper/bin/k4a.dll", ORBBEC),
    ];
    scratch.put(
        "Program Files/Azure Kinect SDK v1.4.1/other/k4a.dll",
        MICROSOFT,
    );
    let surroundings = scratch.surroundings(Os::Windows);
    let candidates = surroundings.candidates(Part::K4a, None, None);
    assert_eq!(existing(&candidates), expected);
    let tracker = scratch.put(
        &format!("Program Files/Azure Kinect Body Tracking SDK/{bin}/k4abt.dll"),
        b"",
    );
    let candidates = surroundings.candidates(Part::Tracker, None, None);
    assert_eq!(existing(&candidates), [tracker]);
    assert_eq!(
        candidates.last().map(|candidate| candidate.path.clone()),
        Some("k4abt.dll".into())
    );
}

#[test]
fn whose_library_a_file_is_is_told_without_loading_it() {
    let scratch = Scratch::new();
    scratch.put("lib/libk4a.so.1.4", ORBBEC);
    scratch.put("lib/libk4a.so.1.3", MICROSOFT);
    scratch.put("lib/libk4a.so", b"no library at all");
    let found = scratch
        .surroundings(Os::Unix)
        .named(Part::K4a, &scratch.0.join("lib"));
    let vendors: Vec<_> = found.iter().map(|candidate| candidate.vendor).collect();
    assert_eq!(
        vendors,
        [Some(Vendor::Orbbec), None, Some(Vendor::Microsoft)]
    );
}

#[test]
fn files_of_other_names_are_not_taken_for_the_library() {
    for name in [
        "libk4a.so",
        "libk4a.so.1.4",
        "libk4a.so.1.4.2",
        "libk4a-f64cb9eb.so.1.4.2",
    ] {
        assert!(Part::K4a.is_named(Os::Unix, name), "{name}");
        assert!(!Part::Record.is_named(Os::Unix, name), "{name}");
        assert!(!Part::K4a.is_named(Os::Windows, name), "{name}");
    }
    for name in [
        "libk4arecord.so.1.4",
        "libk4abt.so",
        "libk4a.a",
        "libk4a.so.1.4.debug",
        "libk4a_standin.so",
        "k4a.dll",
        "libk4a",
    ] {
        assert!(!Part::K4a.is_named(Os::Unix, name), "{name}");
    }
    assert!(Part::Record.is_named(Os::Unix, "libk4arecord-939c473c.so.1.4.2"));
    assert!(Part::K4a.is_named(Os::Windows, "K4A.DLL"));
    assert!(!Part::K4a.is_named(Os::Windows, "k4arecord.dll"));
}

#[cfg(unix)]
#[test]
fn links_to_one_file_are_one_candidate() {
    let scratch = Scratch::new();
    scratch.put("lib/libk4a.so.1.4.2", MICROSOFT);
    for link in ["libk4a.so.1.4", "libk4a.so"] {
        std::os::unix::fs::symlink("libk4a.so.1.4.2", scratch.0.join("lib").join(link)).unwrap();
    }
    let found = scratch
        .surroundings(Os::Unix)
        .named(Part::K4a, &scratch.0.join("lib"));
    assert_eq!(existing(&found), [scratch.0.join("lib/libk4a.so.1.4")]);
    let version = LibraryVersion::of_file(&found[0].path).unwrap();
    assert_eq!(version.to_string(), "1.4.2");
}

#[test]
fn libraries_that_build_on_another_are_looked_for_beside_it_first() {
    let scratch = Scratch::new();
    let beside = scratch.put("ms/libk4arecord-939c473c.so.1.4.2", b"");
    let program = scratch.put("app/libk4arecord.so.1.4", b"");
    let found = scratch.surroundings(Os::Unix).candidates(
        Part::Record,
        None,
        Some(&scratch.0.join("ms/libk4a-f64cb9eb.so.1.4.2")),
    );
    assert_eq!(existing(&found), [beside, program]);
    assert_eq!(found[0].origin, Origin::BesideLibrary);
}

#[test]
fn versions_are_read_from_names_where_they_are_told() {
    let version =
        |path: &str| LibraryVersion::of_file(Path::new(path)).map(|version| version.to_string());
    assert_eq!(
        version("/x/libk4a-f64cb9eb.so.1.4.2").as_deref(),
        Some("1.4.2")
    );
    assert_eq!(version("/x/libk4abt.so.1.1").as_deref(), Some("1.1"));
    assert_eq!(
        version("/Program Files/Azure Kinect SDK v1.4.1/sdk/bin/k4a.dll").as_deref(),
        Some("1.4.1")
    );
    assert_eq!(version("/x/k4a.dll"), None);
    assert_eq!(version("/some v2.0/libk4a.so"), None);
}
