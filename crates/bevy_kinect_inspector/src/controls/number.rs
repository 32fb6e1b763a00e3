//! Numbers that are dragged or typed.

use core::ops::RangeInclusive;

use bevy_egui::egui::emath::Numeric;
use bevy_egui::egui::{DragValue, Ui};

use super::layout::row;
use super::name::named;

/// A number without limits that a slider could show.
#[must_use = "call `show` or `add`"]
pub(crate) struct Number<'a, N: Numeric> {
    name: &'a str,
    range: RangeInclusive<N>,
    unit: &'a str,
    speed: f64,
    decimals: Option<usize>,
}

impl<'a, N: Numeric> Number<'a, N> {
    pub(crate) fn new(name: &'a str) -> Self {
        Self {
            name,
            range: N::MIN..=N::MAX,
            unit: "",
            speed: 1.0,
            decimals: None,
        }
    }

    pub(crate) fn range(mut self, range: RangeInclusive<N>) -> Self {
        self.range = range;
        self
    }

    /// What follows the number, with a space where one is wanted.
    pub(crate) fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// The change for each pixel of a drag.
    pub(crate) fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    pub(crate) fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = Some(decimals);
        self
    }

    /// A row with the number; the value that the user has chosen, if it differs.
    pub(crate) fn show(self, ui: &mut Ui, present: N) -> Option<N> {
        row(ui, self.name, |ui| self.add(ui, present))
    }

    /// The number alone, for rows with several numbers.
    pub(crate) fn add(self, ui: &mut Ui, present: N) -> Option<N> {
        let mut value = present;
        let mut field = DragValue::new(&mut value)
            .range(self.range)
            .clamp_existing_to_range(false)
            .speed(self.speed)
            .suffix(self.unit)
            .update_while_editing(false);
        if let Some(decimals) = self.decimals {
            field = field.fixed_decimals(decimals);
        }
        let response = ui.add(field);
        named(ui, &response, self.name);
        (value != present && value.to_f64().is_finite()).then_some(value)
    }
}
