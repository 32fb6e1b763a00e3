//! The page of the settings.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::Page;
use bevy_kinect_settings::{KinectSettingsPlugin, SettingsState};

use super::hand::{click, enter};
use super::screen::{says, value};
use super::stage::{inspected, inspected_with, settle};
use crate::support::*;

#[test]
fn settings_are_saved_exported_reset_and_imported_by_hand() {
    let folder = std::env::temp_dir().join(format!("inspector-settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("kinect.ron");
    let own = file.clone();
    let mut app = inspected_with(Page::Settings, UVec2::new(1280, 720), |app| {
        app.add_plugins(KinectSettingsPlugin::file(own));
        app.world_mut()
            .spawn((Name::new("door"), BodyZone::default()));
    });
    let margin = |app: &mut App| {
        let mut zones = app.world_mut().query::<&mut BodyZone>();
        zones.single(app.world()).unwrap().margin
    };
    let unsaved = |world: &World| world.resource::<SettingsState>().is_unsaved;
    assert_eq!(value(&mut app, "Path"), file.to_str().unwrap());
    assert!(says(&mut app, "Nothing."));
    let mut zones = app.world_mut().query::<&mut BodyZone>();
    zones.single_mut(app.world_mut()).unwrap().margin = 0.75;
    click(&mut app, "Save now");
    update_until(&mut app, "a file", |_| file.exists());
    update_until(&mut app, "the end of saving", |world| !unsaved(world));
    settle(&mut app);
    assert_eq!(value(&mut app, "State"), "saved");
    assert_eq!(value(&mut app, "door"), "BodyZone");

    let other = folder.join("other.ron");
    enter(&mut app, "Other file", other.to_str().unwrap());
    click(&mut app, "Export");
    update_until(&mut app, "the export", |_| other.exists());
    click(&mut app, "Reset all settings");
    assert_eq!(margin(&mut app), 0.75);
    click(&mut app, "Keep them");
    click(&mut app, "Reset all settings");
    click(&mut app, "Yes, forget all settings");
    assert_eq!(margin(&mut app), BodyZone::default().margin);
    assert!(says(&mut app, "as the app makes them"));
    click(&mut app, "Import");
    update_until(&mut app, "the import", |world| {
        let mut zones = world.query::<&BodyZone>();
        zones.single(world).unwrap().margin == 0.75
    });
    drop(app);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_app_without_settings_says_how_to_have_some() {
    let mut app = inspected(Page::Settings);
    assert!(says(&mut app, "KinectSettingsPlugin"));
}
