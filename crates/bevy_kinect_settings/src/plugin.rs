//! The plugin.

use std::path::PathBuf;
use std::time::Duration;

use bevy::platform::dirs::preferences_dir;
use bevy::prelude::*;
use bevy::time::common_conditions::on_real_timer;
use bevy_kinect_azure::sensor::{KinectSystems, SensorStream};

use crate::components::{DoNotSave, SaveEntity};
use crate::keeper::Keeper;
use crate::kept::{Arrivals, KeptTypes};
use crate::list;
use crate::run::{self, Saving};
use crate::saver::{Saver, Task};
use crate::state::{ChangedSetting, SettingsCommand, SettingsState};

/// The time between two looks for changes.
const LOOK: Duration = Duration::from_millis(250);
/// The name of the file in the app's folder.
const FILE: &str = "kinect.ron";

/// Saves the settings of sensors, outputs, clouds, body tracking, zones and more, and restores them at the next start. See
/// [the crate](crate). Add it after `KinectAzurePlugin`.
pub struct KinectSettingsPlugin {
    path: Option<PathBuf>,
}

impl KinectSettingsPlugin {
    /// Settings in the system's folder for settings, in the app's folder of that name: `~/.config/NAME/kinect.ron` on Linux,
    /// `%LOCALAPPDATA%\NAME\kinect.ron` on Windows, `~/Library/Preferences/NAME/kinect.ron` on macOS.
    pub fn app(name: &str) -> Self {
        Self {
            path: preferences_dir().map(|folder| folder.join(name).join(FILE)),
        }
    }

    /// Settings in that file. Its folder is made if it does not exist.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
        }
    }
}

impl Plugin for KinectSettingsPlugin {
    fn build(&self, app: &mut App) {
        let mut state = SettingsState {
            path: self.path.clone(),
            ..default()
        };
        let started = match &self.path {
            Some(path) => Saver::start(path).map_err(|error| {
                format!("settings are neither restored nor saved, because no thread could be started: {error}")
            }),
            None => Err(
                "settings are neither restored nor saved, because this system has no folder for settings: name a file with KinectSettingsPlugin::file"
                    .to_owned(),
            ),
        };
        match started {
            Ok(saver) => {
                saver.ask(Task::Load);
                app.insert_resource(saver);
            }
            Err(why) => {
                warn!("{why}");
                state.problem = Some(why);
                state.is_loaded = true;
            }
        }
        app.insert_resource(state)
            .init_resource::<Keeper>()
            .init_resource::<KeptTypes>()
            .init_resource::<Arrivals>()
            .init_resource::<Saving>()
            .register_type::<SettingsState>()
            .register_type::<ChangedSetting>()
            .register_type::<SaveEntity>()
            .register_type::<DoNotSave>()
            .add_message::<SettingsCommand>()
            .add_observer(follow_device)
            .add_systems(
                PreUpdate,
                (
                    run::take_answers.run_if(run::has_answers),
                    run::restore.run_if(run::has_arrivals),
                )
                    .chain()
                    .before(KinectSystems::Receive),
            )
            .add_systems(
                Last,
                (
                    run::obey.run_if(on_message::<SettingsCommand>),
                    run::watch.run_if(on_real_timer(LOOK)),
                    run::save_at_exit.run_if(on_message::<AppExit>),
                )
                    .chain(),
            );
        list::keep_all(app);
    }
}

/// A sensor that has opened a device gets the settings of this device.
fn follow_device(opened: On<Insert, SensorStream>, mut arrivals: ResMut<Arrivals>) {
    arrivals.0.push(opened.entity);
}
