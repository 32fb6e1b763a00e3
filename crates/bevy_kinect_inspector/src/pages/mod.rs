//! The pages. The entry of each page is a system `show`, which draws the page into the panel; it runs only while its page is shown.

mod avatars;
mod device;
mod diagnostics;
mod images;
mod people;
mod playback;
mod points;
mod recorder;
mod sensor_name;
mod sensors;
mod settings;
mod units;
pub(crate) mod words;
mod zones;

use bevy::prelude::*;
use bevy_egui::egui::Ui;

use crate::controls::error;
use crate::page::Page;

pub(crate) use sensor_name::sensor_name;

/// Adds the systems of pages that need more than their entry.
pub(crate) fn build(app: &mut App) {
    sensors::build(app);
    images::build(app);
    zones::build(app);
}

/// Shows a page.
pub(crate) fn run(page: Page, world: &mut World, ui: &mut Ui) {
    match page {
        Page::Sensors => call(sensors::show, world, ui),
        Page::Device => call(device::show, world, ui),
        Page::Images => call(images::show, world, ui),
        Page::Points => call(points::show, world, ui),
        Page::People => call(people::show, world, ui),
        Page::Zones => call(zones::show, world, ui),
        Page::Avatars => call(avatars::show, world, ui),
        Page::Playback => call(playback::show, world, ui),
        Page::Recorder => call(recorder::show, world, ui),
        Page::Diagnostics => call(diagnostics::show, world, ui),
        Page::Settings => call(settings::show, world, ui),
    }
}

fn call<M>(
    system: impl IntoSystem<InMut<'static, Ui>, (), M> + 'static,
    world: &mut World,
    ui: &mut Ui,
) {
    // A system does not run if a resource is missing, for example that of a plugin which the app has left out.
    if let Err(problem) = world.run_system_cached_with(system, &mut *ui) {
        error(ui, format!("This page cannot be shown: {problem}"));
    }
}
