//! The page of the recorder.

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::recording::Recording;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_azure::recorder::RecorderProgress;
use bevy_kinect_inspector::{KinectInspector, Page};

use super::hand::{click, enter, enter_number};
use super::screen::{find, says, value};
use super::stage::{inspected_with, of_sensor, sensor, settle, small_simulation};
use crate::support::*;

/// A folder that is deleted when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = folder.join(format!("inspector-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn idle() -> App {
    inspected_with(Page::Recorder, UVec2::new(1280, 720), |app| {
        app.world_mut().spawn(KinectSensor::default());
    })
}

fn recorder(app: &App) -> &Recorder {
    of_sensor(app).unwrap()
}

#[test]
fn a_recording_is_made_and_plays() {
    let folder = Folder::new("made");
    let path = folder.0.join("made.mkv");
    let mut app = inspected_with(Page::Recorder, UVec2::new(1280, 720), |app| {
        app.world_mut().spawn(small_simulation());
    });
    // A page that is only looked at adds nothing to the sensor.
    assert!(of_sensor::<Recorder>(&app).is_none());
    enter(&mut app, "Path", &path.display().to_string());
    assert_eq!(recorder(&app).path, path);
    assert!(!recorder(&app).active);
    click(&mut app, "Record");
    let of = sensor(&app);
    update_until(&mut app, "captures", |world| {
        let progress = world.get::<RecorderProgress>(of);
        progress.is_some_and(|progress| progress.captures > 5)
    });
    settle(&mut app);
    assert_eq!(value(&mut app, "Recording"), "recording");
    assert_eq!(value(&mut app, "Left out"), "nothing");
    assert_ne!(value(&mut app, "Written"), "0 bytes");
    assert!(value(&mut app, "Written to").ends_with("made.mkv"));
    click(&mut app, "Stop recording");
    update_until(&mut app, "the end", |world| {
        world.get::<RecorderState>(of).unwrap().has_ended()
    });
    settle(&mut app);
    assert_eq!(value(&mut app, "Recording"), "finished");
    let mut recording = Recording::open(&path).unwrap();
    assert!(recording.next_capture().unwrap().is_some());

    // The file exists now: the recorder says so, and records when files may be replaced.
    click(&mut app, "Record");
    update_until(&mut app, "an error", |world| {
        matches!(world.get(of), Some(RecorderState::Failed { .. }))
    });
    settle(&mut app);
    assert!(says(&mut app, "made.mkv"));
    assert_eq!(value(&mut app, "Recording"), "failed");
    click(&mut app, "Replace files");
    assert!(recorder(&app).overwrite);
    click(&mut app, "Record");
    update_until(&mut app, "a recording", |world| {
        world.get::<RecorderState>(of).unwrap().is_recording()
    });
    settle(&mut app);
    click(&mut app, "Stop recording");
    update_until(&mut app, "the end", |world| {
        world.get::<RecorderState>(of).unwrap().has_ended()
    });
}

#[test]
fn the_recorder_is_set_up() {
    let mut app = idle();
    click(&mut app, "Body track");
    assert!(!recorder(&app).bodies);
    click(&mut app, "Body track");
    assert!(recorder(&app).bodies);
    enter_number(&mut app, "Memory", "256");
    assert_eq!(recorder(&app).memory_limit, 256 << 20);
    click(&mut app, "Add a tag");
    enter(&mut app, "Name of tag 1", "VENUE");
    enter(&mut app, "Text of tag 1", "Hall 3");
    let tags = [("VENUE".to_owned(), "Hall 3".to_owned())];
    assert_eq!(recorder(&app).tags, tags);
    enter(&mut app, "Name of tag 1", "hall");
    assert!(says(&mut app, "With another name the recorder fails"));
    click(&mut app, "Remove tag 1");
    assert!(recorder(&app).tags.is_empty());
    // An empty path would be the folder itself.
    let before = recorder(&app).path.clone();
    enter(&mut app, "Path", " ");
    assert_eq!(recorder(&app).path, before);
    click(&mut app, "Record");
    assert_eq!(
        value(&mut app, "Recording"),
        "waits for captures of the sensor"
    );
    assert!(says(&mut app, "The sensor delivers no captures"));
    click(&mut app, "Stop recording");
    assert!(!recorder(&app).active);
}

#[test]
fn the_free_space_of_the_disk_is_shown() {
    let mut app = idle();
    let free = |app: &mut App| value(app, "Free on the disk");
    update_until_shown(&mut app, |app| free(app) != "not known");
    let size = free(&mut app);
    assert!(
        size.ends_with("GB") || size.ends_with("TB") || size.ends_with("MB"),
        "{size}"
    );
    enter(&mut app, "Path", "/no/such/folder/a.mkv");
    update_until_shown(&mut app, |app| free(app) == "not known");
}

fn update_until_shown(app: &mut App, done: impl Fn(&mut App) -> bool) {
    for _ in 0..2000 {
        if done(app) {
            return;
        }
        update(app);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    panic!("it is not shown");
}

#[test]
fn a_long_name_and_a_sensor_that_goes_do_no_harm() {
    let mut app = idle();
    enter(&mut app, "Path", &format!("{}.mkv", "r".repeat(200)));
    click(&mut app, "Record");
    let of = sensor(&app);
    app.world_mut().entity_mut(of).despawn();
    settle(&mut app);
    assert_eq!(app.world().resource::<KinectInspector>().sensor, None);
    assert!(find(&mut app, "Record").is_none());
}
