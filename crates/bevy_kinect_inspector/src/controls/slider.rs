//! Sliders.

use core::ops::RangeInclusive;

use bevy_egui::egui::emath::Numeric;
use bevy_egui::egui::{self, DragValue, SliderClamping, Ui};

use super::layout::row;
use super::name::named;

/// A row with a slider and its value, which can be typed as well.
#[must_use = "call `show`"]
pub(crate) struct Slider<'a, N: Numeric> {
    name: &'a str,
    range: RangeInclusive<N>,
    unit: &'a str,
    step: f64,
    decimals: Option<usize>,
    is_logarithmic: bool,
    help: &'a str,
}

/// The width of the value.
const VALUE: f32 = 74.0;

impl<'a, N: Numeric> Slider<'a, N> {
    pub(crate) fn new(name: &'a str, range: RangeInclusive<N>) -> Self {
        Self {
            name,
            range,
            unit: "",
            step: 0.0,
            decimals: None,
            is_logarithmic: false,
            help: "",
        }
    }

    /// What follows the value, with a space where one is wanted.
    pub(crate) fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// Only multiples of this, counted from the smallest value.
    pub(crate) fn step(mut self, step: f64) -> Self {
        self.step = step;
        self
    }

    pub(crate) fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = Some(decimals);
        self
    }

    pub(crate) fn logarithmic(mut self) -> Self {
        self.is_logarithmic = true;
        self
    }

    /// The text that appears while the pointer rests on the slider.
    pub(crate) fn help(mut self, help: &'a str) -> Self {
        self.help = help;
        self
    }

    /// The value that the user has chosen, if it differs.
    pub(crate) fn show(self, ui: &mut Ui, present: N) -> Option<N> {
        let mut value = present;
        row(ui, self.name, |ui| {
            let gap = ui.spacing().item_spacing.x;
            ui.spacing_mut().slider_width = (ui.available_width() - VALUE - gap).max(40.0);
            let mut slider = egui::Slider::new(&mut value, self.range.clone())
                .show_value(false)
                // A value of the app beyond the range stays as it is until the user changes it.
                .clamping(SliderClamping::Edits)
                .logarithmic(self.is_logarithmic)
                .smart_aim(false);
            if self.step > 0.0 {
                slider = slider.step_by(self.step);
            }
            let mut response = ui.add(slider);
            named(ui, &response, self.name);
            if !self.help.is_empty() {
                response = response.on_hover_text(self.help);
            }
            let _ = response;
            let (low, high) = (self.range.start().to_f64(), self.range.end().to_f64());
            let mut typed = DragValue::new(&mut value)
                .range(self.range.clone())
                .clamp_existing_to_range(false)
                .speed(if self.step > 0.0 {
                    self.step
                } else {
                    (high - low).abs() / 400.0
                })
                .suffix(self.unit)
                .update_while_editing(false);
            if let Some(decimals) = self.decimals {
                typed = typed.fixed_decimals(decimals);
            }
            let response = ui.add_sized([VALUE, ui.spacing().interact_size.y - 2.0], typed);
            named(ui, &response, &format!("{} value", self.name));
        });
        (value != present && value.to_f64().is_finite()).then_some(value)
    }
}
