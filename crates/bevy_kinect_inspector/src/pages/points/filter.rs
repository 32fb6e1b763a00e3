//! Which depth pixels become points.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::point_cloud::{
    ClipBox, ClipSpace, DISCONTINUITY, PlayerFilter, PointFilter,
};

use crate::controls::{Number, Slider, choice, row, switch};

/// Depths beyond every sensor's range, in metres.
const FARTHEST: f32 = 10.0;

/// The controls of a filter, which is changed in place.
pub(super) fn show(ui: &mut Ui, filter: &mut PointFilter) {
    let density = Slider::new("Every n-th pixel", 1..=16);
    if let Some(new) = density.show(ui, filter.density) {
        filter.density = new;
    }
    let depth = |name| Slider::new(name, 0.0..=FARTHEST).unit(" m").decimals(2);
    if let Some(new) = depth("Nearest").show(ui, filter.min_depth) {
        filter.min_depth = new;
    }
    let has_farthest = filter.max_depth.is_finite();
    if let Some(on) = switch(ui, "Limited depth", has_farthest) {
        filter.max_depth = if on { 4.0 } else { f32::INFINITY };
    }
    if filter.max_depth.is_finite()
        && let Some(new) = depth("Farthest").show(ui, filter.max_depth)
    {
        filter.max_depth = new;
    }
    flying_pixels(ui, filter);
    players(ui, &mut filter.players);
    if let Some(on) = switch(ui, "Clip box", filter.clip_box.is_some()) {
        filter.clip_box = on.then(ClipBox::default);
    }
    if let Some(clip_box) = &mut filter.clip_box {
        clip(ui, clip_box);
    }
}

fn flying_pixels(ui: &mut Ui, filter: &mut PointFilter) {
    let is_left_out = filter.flying_pixels.is_some();
    if let Some(on) = switch(ui, "No flying pixels", is_left_out) {
        filter.flying_pixels = on.then_some(DISCONTINUITY);
    }
    if let Some(step) = &mut filter.flying_pixels {
        let slider = Slider::new("Step of depth", 0.0..=0.3)
            .decimals(3)
            .help("The difference of depth, as a part of the nearer one, that counts as an edge");
        if let Some(new) = slider.show(ui, *step) {
            *step = new;
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kept {
    All,
    Players,
    Some,
    Background,
}

const KEPT: [(Kept, &str); 4] = [
    (Kept::All, "Everything"),
    (Kept::Players, "All players"),
    (Kept::Some, "Some players"),
    (Kept::Background, "Background"),
];

/// The players of the switches.
const PLAYERS: u32 = 6;

fn players(ui: &mut Ui, filter: &mut PlayerFilter) {
    let kept = match filter {
        PlayerFilter::All => Kept::All,
        PlayerFilter::AnyBody => Kept::Players,
        PlayerFilter::Only(_) => Kept::Some,
        PlayerFilter::Background => Kept::Background,
    };
    if let Some(kept) = choice(ui, "Kept", &kept, &KEPT) {
        *filter = match kept {
            Kept::All => PlayerFilter::All,
            Kept::Players => PlayerFilter::AnyBody,
            Kept::Some => PlayerFilter::Only(1),
            Kept::Background => PlayerFilter::Background,
        };
    }
    if let PlayerFilter::Only(bits) = filter {
        for player in 0..PLAYERS {
            let is_kept = *bits & (1 << player) != 0;
            if switch(ui, &format!("Player {player}"), is_kept).is_some() {
                *bits ^= 1 << player;
            }
        }
    }
}

fn clip(ui: &mut Ui, clip_box: &mut ClipBox) {
    let spaces = [
        (ClipSpace::Sensor, "Moves with the sensor"),
        (ClipSpace::World, "Stays in the world"),
    ];
    if let Some(space) = choice(ui, "Box", &clip_box.space, &spaces) {
        clip_box.space = space;
    }
    let names = ["Box centre x", "Box centre y", "Box centre z"];
    axes(ui, "Centre", names, &mut clip_box.center, f32::MIN);
    let names = ["Box half width", "Box half height", "Box half depth"];
    axes(ui, "Half size", names, &mut clip_box.half_size, 0.0);
    let (yaw, pitch, roll) = clip_box.rotation.to_euler(EulerRot::YXZ);
    let turn = Slider::new("Box turned", -180.0..=180.0)
        .unit("°")
        .decimals(1);
    if let Some(degrees) = turn.show(ui, yaw.to_degrees()) {
        clip_box.rotation = Quat::from_euler(EulerRot::YXZ, degrees.to_radians(), pitch, roll);
    }
}

fn axes(ui: &mut Ui, title: &str, names: [&str; 3], of: &mut Vec3, least: f32) {
    row(ui, title, |ui| {
        for (name, value) in names.into_iter().zip(of.as_mut()) {
            let number = Number::new(name)
                .range(least..=f32::MAX)
                .unit(" m")
                .speed(0.01)
                .decimals(2);
            if let Some(new) = number.add(ui, *value) {
                *value = new;
            }
        }
    });
}
