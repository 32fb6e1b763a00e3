//! What is saved, and what went wrong.

use std::path::PathBuf;

use bevy::prelude::*;

/// The state of the settings' file. Read only.
#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_settings"]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct SettingsState {
    /// The file; `None` if the system has no folder for settings.
    pub path: Option<PathBuf>,
    /// Whether the file was read. Settings are applied from then on.
    pub is_loaded: bool,
    /// Whether there are changes that are not in the file yet.
    pub is_unsaved: bool,
    /// How many times the file was written since the start.
    pub saves: u64,
    /// Why the settings cannot be saved at present, and what to do; they are saved as soon as it works. `None` if all is well.
    pub problem: Option<String>,
    /// What could not be used of files that were read, and where such a file was kept. The newest is the last one.
    pub notices: Vec<String>,
    /// The result of the last [`SettingsCommand`], for people.
    pub answer: Option<String>,
    /// The settings that differ from those that the app makes itself.
    pub changes: Vec<ChangedSetting>,
}

/// A setting that differs from the one that the app makes itself.
#[derive(Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Default, Debug, PartialEq)]
pub struct ChangedSetting {
    /// The entity's name in the file, `sensor` with a serial number, or `app` for a resource.
    pub of: String,
    /// The name of the component or resource.
    pub setting: String,
}

/// Asks for something to be done with the settings. [`SettingsState::answer`] tells the result.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub enum SettingsCommand {
    /// Saves now instead of a moment after the last change.
    Save,
    /// Writes the settings to another file as well.
    Export(PathBuf),
    /// Replaces all settings by those of another file.
    Import(PathBuf),
    /// Forgets all settings: everything is again as the app makes it, and what operators have added goes.
    Reset,
}
