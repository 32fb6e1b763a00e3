//! Controls of the pages. A control shows a value and returns the new value, if the user has chosen one, so that pages write to components
//! only when something changes. Every control has an accessible name.
//!
//! ```ignore
//! if let Some(radius) = Slider::new("Radius", 0.0..=0.05).unit(" m").show(ui, cloud.radius) {
//!     cloud.radius = radius;
//! }
//! ```
//!
//! - [`layout`]: sections and rows; [`name`]: accessible names.
//! - [`button`], [`slider`], [`number`], [`switch`], [`choice`], [`text_field`], [`color`].
//! - [`figure`], [`notice`], [`plot`]: results.

mod button;
mod choice;
mod color;
mod figure;
mod layout;
mod name;
mod notice;
mod number;
mod plot;
mod slider;
mod switch;
mod text_field;

pub(crate) use button::{button, buttons, grave_button};
pub(crate) use choice::{choice, choice_of};
pub(crate) use color::color;
pub(crate) use figure::{figure, figure_in};
pub(crate) use layout::{folded, folded_as, row, section};
pub(crate) use name::named;
pub(crate) use notice::{error, nothing, text, warning};
pub(crate) use number::Number;
pub(crate) use plot::{Plot, Series};
pub(crate) use slider::Slider;
pub(crate) use switch::switch;
pub(crate) use text_field::text_field;
