//! Widgets that keys can operate.

use bevy::prelude::*;

/// A widget that keys can operate.
#[derive(Component, Clone, Copy, Debug, Default)]
#[require(Outline = Outline::new(px(2), px(0), Color::NONE))]
pub struct Focusable;

/// The widget that keys operate.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyFocus(pub Option<Entity>);
