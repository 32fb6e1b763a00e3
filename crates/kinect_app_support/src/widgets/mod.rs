//! Widgets of a panel, operated by mouse and keys: buttons, steppers through a few values, sliders, areas that scroll.
//!
//! An app spawns them ([`button()`], [`stepper()`], [`slider()`]) with a marker of its own, writes the values to show
//! into their components ([`Lit`], [`Stepper`], [`Slider`]), and observes their events: [`Clicked`], [`Stepped`],
//! [`Moved`]. Widgets change nothing by themselves.
//!
//! Down and Up choose the widget that the keys operate, Right and Left step it, Enter clicks it, Escape leaves it.

mod button;
mod events;
mod focus;
mod focusable;
mod parts;
mod scroll;
mod slider;
mod stepper;

use bevy::prelude::*;

pub use button::{Lit, button};
pub use events::{Clicked, Moved, Stepped};
pub use focusable::{Focusable, KeyFocus};
pub use parts::{set_shown, set_text};
pub use scroll::{ScrollArea, scroll_area};
pub use slider::{Scale, Slider, SliderRange, slider};
pub use stepper::{Stepper, stepper};

/// Operates the widgets, and draws them; in `Update`.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WidgetSystems {
    /// Keys and mouse become events.
    Operate,
    /// The values that the app wrote into the widgets are drawn.
    Draw,
}

/// Makes widgets work.
pub struct WidgetPlugin;

impl Plugin for WidgetPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<KeyFocus>()
            .configure_sets(
                Update,
                (WidgetSystems::Operate, WidgetSystems::Draw).chain(),
            )
            .add_systems(
                Update,
                (
                    button::press,
                    stepper::press,
                    slider::drag,
                    focus::keys,
                    scroll::wheel,
                )
                    .chain()
                    .in_set(WidgetSystems::Operate),
            )
            .add_systems(
                Update,
                (button::tint, stepper::draw, slider::draw, focus::outline)
                    .in_set(WidgetSystems::Draw),
            );
    }
}
