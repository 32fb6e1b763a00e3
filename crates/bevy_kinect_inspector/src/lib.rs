//! An inspector for the sensors, images, points and people of `bevy_kinect_azure`: a panel over the app that shows every setting and every
//! result while the app runs.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//! use bevy_kinect_inspector::KinectInspectorPlugin;
//!
//! App::new()
//!     .add_plugins((DefaultPlugins, KinectAzurePlugin, KinectInspectorPlugin::default()))
//!     .run();
//! ```
//!
//! F1 shows and hides the panel. An app drives it through the resource [`KinectInspector`]:
//!
//! ```
//! # use bevy::prelude::*;
//! use bevy_kinect_inspector::{KinectInspector, Page};
//!
//! fn show_points(mut inspector: ResMut<KinectInspector>) {
//!     inspector.shown = true;
//!     inspector.page = Page::Points;
//! }
//! # bevy::ecs::system::assert_is_system(show_points);
//! ```
//!
//! # The app's own input
//!
//! While the pointer is over the panel, or a control of the panel has the keyboard's focus, the app gets no mouse buttons, wheel and keys
//! ([`KinectInspector::absorb_input`]). Systems that read raw messages of the window ask [`inspector_wants_pointer`] and
//! [`inspector_wants_keyboard`]:
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_inspector::inspector_wants_pointer;
//! # fn turn_the_camera() {}
//! # let mut app = App::new();
//! app.add_systems(Update, turn_the_camera.run_if(not(inspector_wants_pointer)));
//! ```
//!
//! # The camera that draws the panel
//!
//! The panel is drawn by the camera with [`InspectorCamera`], or else by the camera of a window that draws last. While the panel is hidden,
//! no camera has a context of egui and no pass of egui runs. An app that uses egui itself adds `EguiPlugin` before [`KinectInspectorPlugin`];
//! the panel is then drawn in the app's primary context, in the app's scale.

mod controls;
mod input;
mod inspector;
mod markers;
mod own_context;
mod page;
mod pages;
mod plugin;
mod shell;
mod style;

pub use input::{inspector_wants_keyboard, inspector_wants_pointer};
pub use inspector::{InspectorCamera, KinectInspector};
pub use markers::{PlaybackMarker, PlaybackMarkers};
pub use page::Page;
pub use plugin::KinectInspectorPlugin;

/// The version of egui that draws the panel.
pub use bevy_egui;
