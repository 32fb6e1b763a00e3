//! The page "Images".

use bevy::prelude::*;
use bevy_egui::egui::Ui;

use crate::controls::nothing;

pub(crate) fn show(InMut(ui): InMut<Ui>) {
    nothing(ui, "Nothing is shown here yet.");
}
