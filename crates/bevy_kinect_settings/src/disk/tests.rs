use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::model::{Model, Section};

/// Names the file that a child process saves into.
const CHILD: &str = "KINECT_SETTINGS_CHILD";
const KILLS: usize = 1000;

/// An empty folder, which is removed when this is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("kinect-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Settings whose every value is the same number.
fn numbered(number: u64) -> Model {
    let mut model = Model::default();
    for entity in 0..100 {
        let mut section = Section::default();
        for component in 0..5 {
            let text = format!("(number: {number})");
            section
                .components
                .insert(format!("Component {component}"), text.into());
        }
        model.entities.insert(format!("entity {entity}"), section);
    }
    model
}

/// The number of whole settings; panics if they are not whole.
fn number_of(path: &Path) -> Option<u64> {
    let text = read(path).unwrap()?;
    let model = Model::parse(&text).unwrap_or_else(|error| panic!("{error:?}: {text}"));
    let first = &model.entities["entity 0"].components["Component 0"];
    let number = first.trim_matches(|c: char| !c.is_ascii_digit());
    let number = number.parse().unwrap();
    assert_eq!(model, numbered(number));
    Some(number)
}

/// Saves until it is killed. Does nothing where no other test has started it.
#[test]
fn a_child_saves() {
    let Some(path) = std::env::var_os(CHILD).map(PathBuf::from) else {
        return;
    };
    let mut file = SettingsFile::new(&path);
    let first = number_of(&path).unwrap_or(0) + 1;
    for number in first.. {
        file.write(&numbered(number).text()).unwrap();
        if number == first {
            eprintln!("saving");
        }
    }
}

fn child(path: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "disk::tests::a_child_saves", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    while line.trim() != "saving" {
        line.clear();
        assert_ne!(
            errors.read_line(&mut line).unwrap(),
            0,
            "the child has ended"
        );
    }
    child
}

#[test]
fn a_program_that_is_killed_a_thousand_times_while_it_saves_leaves_whole_settings() {
    let (torn, saved) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for worker in 0..4_u64 {
            let (torn, saved) = (&torn, &saved);
            scope.spawn(move || {
                let folder = Folder::new(&format!("kills-{worker}"));
                let path = folder.0.join("settings.ron");
                let mut random = 0x9e37_79b9_7f4a_7c15_u64 ^ worker;
                let mut newest = 0;
                for _ in 0..KILLS / 4 {
                    let mut child = child(&path);
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(worker + 1);
                    std::thread::sleep(Duration::from_micros((random >> 33) % 4000));
                    child.kill().unwrap();
                    child.wait().unwrap();
                    // The settings are those of a save that has ended, and none is lost.
                    let number = number_of(&path).unwrap();
                    assert!(number > newest, "{number} after {newest}");
                    newest = number;
                    let half = beside(&path, ".new");
                    torn.fetch_add(half.exists().into(), Ordering::Relaxed);
                }
                saved.fetch_add(newest as usize, Ordering::Relaxed);
                // A program that starts after that saves as usual, and leaves nothing behind.
                SettingsFile::new(&path)
                    .write(&numbered(newest + 1).text())
                    .unwrap();
                assert_eq!(number_of(&path), Some(newest + 1));
                assert_eq!(folder.names(), ["settings.ron", "settings.ron.lock"]);
            });
        }
    });
    let (torn, saved) = (torn.into_inner(), saved.into_inner());
    println!("{KILLS} kills after {saved} saves, {torn} of them before the file was renamed");
    assert!(torn > KILLS / 20, "only {torn} kills have met a half file");
}

#[test]
fn one_program_at_a_time_saves_into_a_file() {
    let folder = Folder::new("two");
    let path = folder.0.join("settings.ron");
    let (mut first, mut second) = (SettingsFile::new(&path), SettingsFile::new(&path));
    first.write("first").unwrap();
    let error = second.write("second").unwrap_err();
    assert!(error.contains("another program"), "{error}");
    assert!(second.move_aside("damaged").is_err());
    assert_eq!(second.read(), Ok(Some("first".to_owned())));
    drop(first);
    second.write("second").unwrap();
    assert_eq!(second.read(), Ok(Some("second".to_owned())));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = Folder::new("full");
    let path = folder.0.join("settings.ron");
    let mut file = SettingsFile::new(&path);
    file.write("old").unwrap();
    // What is written to this device finds no space.
    std::os::unix::fs::symlink("/dev/full", beside(&path, ".new")).unwrap();
    let error = file.write("new").unwrap_err();
    assert!(error.contains("No space left"), "{error}");
    assert_eq!(file.read(), Ok(Some("old".to_owned())));
    file.write("new").unwrap();
    assert_eq!(file.read(), Ok(Some("new".to_owned())));
}

#[test]
fn a_folder_that_goes_is_told_and_one_that_comes_back_is_used() {
    let folder = Folder::new("gone");
    let inner = folder.0.join("inner");
    let path = inner.join("settings.ron");
    let mut file = SettingsFile::new(&path);
    file.write("one").unwrap();
    fs::remove_dir_all(&inner).unwrap();
    fs::write(&inner, "a file in the folder's place").unwrap();
    let error = file.write("two").unwrap_err();
    assert!(error.contains("could not be saved"), "{error}");
    fs::remove_file(&inner).unwrap();
    file.write("two").unwrap();
    assert_eq!(file.read(), Ok(Some("two".to_owned())));
    // The lock that went with the folder was taken again.
    assert!(SettingsFile::new(&path).write("three").is_err());
}

#[test]
fn files_are_kept_aside_under_names_of_their_own() {
    let folder = Folder::new("aside");
    let path = folder.0.join("settings.ron");
    let mut file = SettingsFile::new(&path);
    for text in ["one", "two"] {
        fs::write(&path, text).unwrap();
        file.move_aside("damaged").unwrap();
    }
    fs::write(&path, "three").unwrap();
    let copy = file.copy_aside("partly-damaged").unwrap();
    assert_eq!(fs::read_to_string(copy).unwrap(), "three");
    assert_eq!(
        folder.names(),
        [
            "settings.damaged-2.ron",
            "settings.damaged.ron",
            "settings.partly-damaged.ron",
            "settings.ron",
            "settings.ron.lock"
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = Folder::new("link");
    let (real, link) = (folder.0.join("real.ron"), folder.0.join("settings.ron"));
    fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    SettingsFile::new(&link).write("new").unwrap();
    assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    assert!(link.symlink_metadata().unwrap().is_symlink());
}
