//! The events of widgets.

use bevy::prelude::*;

/// A button was pressed, or the button that belongs to a widget (a slider's "auto").
#[derive(EntityEvent, Clone, Copy, Debug)]
pub struct Clicked {
    /// The widget.
    #[event_target]
    pub widget: Entity,
}

/// A stepper was operated: the app should choose another value.
#[derive(EntityEvent, Clone, Copy, Debug)]
pub struct Stepped {
    /// The stepper.
    #[event_target]
    pub widget: Entity,
    /// By how many values to go on, or back if negative.
    pub by: i32,
}

/// A slider was moved: the app should set another value.
#[derive(EntityEvent, Clone, Copy, Debug)]
pub struct Moved {
    /// The slider.
    #[event_target]
    pub widget: Entity,
    /// The value, within the slider's range and on its steps.
    pub to: i32,
}
