//! The resource and the component with which an app drives the inspector.

use bevy::prelude::*;

use crate::page::Page;

/// The state of the inspector. Every field may be changed at any time.
#[derive(Resource, Reflect, Clone, Debug, PartialEq)]
#[reflect(Resource, Clone, Debug, Default, PartialEq)]
pub struct KinectInspector {
    /// Whether the panel is on the screen. Hidden, the inspector does nothing but wait for its key.
    pub shown: bool,
    /// The page that is shown.
    pub page: Page,
    /// The sensor that the pages are about. An entity that is no sensor is replaced by the first sensor, as long as there is one.
    pub sensor: Option<Entity>,
    /// The key that shows and hides the panel; `None`: only the app does.
    ///
    /// With Shift it shows the panel and gives it the keyboard's focus. A key that types a letter does not hide the panel while text is
    /// typed.
    pub key: Option<KeyCode>,
    /// Width of the panel, in logical pixels at scale 1.
    pub width: f32,
    /// The size of everything in the panel, beyond the scale factor of the window, from 0.5 to 4; `None`: larger in windows with more than
    /// 1080 logical pixels in height. An app that brings its own context of egui sets its scale itself.
    pub scale: Option<f32>,
    /// Whether mouse buttons, wheel and keys are taken from the app while the panel uses them.
    pub absorb_input: bool,
}

impl Default for KinectInspector {
    fn default() -> Self {
        Self {
            shown: false,
            page: Page::default(),
            sensor: None,
            key: Some(KeyCode::F1),
            width: 480.0,
            scale: None,
            absorb_input: true,
        }
    }
}

/// Marks the camera that draws the panel. Without such a camera, the camera of a window that draws last draws the panel.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct InspectorCamera;
