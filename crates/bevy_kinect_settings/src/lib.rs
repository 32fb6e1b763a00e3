//! Settings of `bevy_kinect_azure` that last.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//! use bevy_kinect_settings::KinectSettingsPlugin;
//!
//! fn main() {
//!     App::new()
//!         .add_plugins((
//!             DefaultPlugins,
//!             KinectAzurePlugin,
//!             KinectSettingsPlugin::app("mirror"),
//!         ))
//!         .add_systems(Startup, |mut commands: Commands| {
//!             commands.spawn((Name::new("left"), KinectSensor::device(), PointCloud::default()));
//!         })
//!         .run();
//! }
//! ```
//!
//! The plugin saves what an operator changes at run time, by an inspector, by an interface of the app's own or by Bevy's Remote Protocol, and
//! restores it at the next start, before sensors are opened.
//!
//! # What is saved
//!
//! A component is saved if it differs from the one that the app has spawned. So the file has what was changed, and a newer version of the app may
//! change everything else. [`SettingsState::changes`] lists it.
//!
//! | saved under | components and resources |
//! | --- | --- |
//! | the entity | `KinectSensor` (source, modes, sync), `Playback`, `ImageOutput`, `PointCloud`, `SurfaceMesh`, `BodyTracking`, `BodyZone`, `BodyGestures`, `BodyHands`, `FloorDetection`, `Avatar`, `Recorder`, `Microphones`; the `Transform` of sensors and zones |
//! | the serial number of the device | `SensorColorControls` |
//! | the app | `OutputScale`, `WiredSync`, `DeviceWatch` |
//!
//! An entity is known by its `Name`, or else by a component and a number: `KinectSensor 1` is the first sensor that the app spawns without a
//! name. Give names to entities whose order may change. Further entities of one name get a number: `left 2`. Components that the app inserts in
//! a later update than the entity's first ones count as changes.
//!
//! Entities that the app does not spawn itself are saved with [`SaveEntity`], and spawned again. Entities with [`DoNotSave`] are left alone.
//!
//! Not saved are: sources and trackers of the app's own, which are code; that a recorder is recording; entities in fields, such as
//! `Avatar::sensor`, which keep the app's value.
//!
//! # Types of your own
//!
//! ```
//! use bevy::prelude::*;
//! use bevy_kinect_settings::KeepSettings;
//!
//! #[derive(Component, Reflect, Clone, PartialEq, Default)]
//! #[reflect(Component, Default)]
//! struct Particles {
//!     count: u32,
//! }
//!
//! App::new().keep_setting::<Particles>();
//! ```
//!
//! Register them before the first update, with [`Default`] reflected, so that files of earlier versions, which lack a field, can be read.
//!
//! # The file
//!
//! Changes are saved 0.6 s after the last one, or 5 s after the first one, and when the app ends with an `AppExit`. A thread writes, so that a
//! slow disk never holds a frame. The new file is written beside the old one, made durable, and renamed: a program that is killed, or a loss of
//! power, leaves the old file or the new one.
//!
//! - A file that is damaged, or that a newer version of this crate has written, is renamed (`kinect.damaged.ron`, `kinect.version-2.ron`), and
//!   the app's own settings are used. If single values cannot be used, the file is copied (`kinect.partly-damaged.ron`), and the others are.
//! - If the file cannot be written, because the disk is full or the folder has gone, the old file stays, [`SettingsState::problem`]
//!   says why, and the plugin tries again every 2 s.
//! - One program saves into a file at a time. Another one that has the same file restores its settings, but saves only after the first one has
//!   ended.
//!
//! [`SettingsCommand`]s export, import and reset. Settings that a sensor refuses are told where the sensor tells everything else:
//! in `SensorState`, `SensorColorReport` and `SensorDevice`.
//!
//! Bevy's own `bevy_settings` (0.19) was not used: it keeps resources only, with neither a version nor a file of one's choice, overwrites a file
//! that it cannot read, and does not make files durable.

mod components;
mod disk;
mod keeper;
mod kept;
mod list;
mod model;
mod plugin;
mod run;
mod saver;
mod state;
mod values;

pub use components::{DoNotSave, SaveEntity};
pub use kept::{KeepSettings, Setting};
pub use plugin::KinectSettingsPlugin;
pub use state::{ChangedSetting, SettingsCommand, SettingsState};
