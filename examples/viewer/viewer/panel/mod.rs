//! The panel: the source that is shown, its state in words, and tabs with all settings.

pub(super) mod colors;
pub(super) mod modes;
pub(super) mod motion;
pub(super) mod record;
pub(super) mod sources;
mod tab;

use bevy::prelude::*;
use bevy::text::{Justify, LineBreak};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style::{LABEL, TEXT, text_font};
use kinect_app_support::widgets::{Clicked, Lit, button, scroll_area, set_shown, set_text};

use super::layout::{GAP, PANEL_WIDTH, Part, covering};
use super::{Options, Scene, keys, words};

pub(crate) use tab::Tab;

/// The state of the sensor in words.
#[derive(Component)]
pub(super) struct State;

/// A button that shows a tab.
#[derive(Component)]
pub(super) struct TabButton(Tab);

/// The content of a tab.
#[derive(Component)]
pub(super) struct Page(Tab);

pub(super) fn spawn(row: &mut ChildSpawnerCommands, options: &Options) {
    row.spawn((
        Part::Panel,
        covering(Node {
            width: px(PANEL_WIDTH),
            flex_shrink: 0.0,
            flex_direction: FlexDirection::Column,
            padding: UiRect::all(px(GAP)),
            row_gap: px(GAP * 0.8),
            ..default()
        }),
    ))
    .with_children(|panel| {
        sources::spawn(panel);
        panel.spawn((
            State,
            Text::default(),
            // One line in every state, so that nothing below it moves while it is used.
            TextLayout::new(Justify::Left, LineBreak::NoWrap),
            text_font(13.0),
            TextColor(LABEL),
            Node {
                height: px(18),
                flex_shrink: 0.0,
                ..default()
            },
        ));
        panel
            .spawn(Node {
                column_gap: px(3),
                flex_shrink: 0.0,
                ..default()
            })
            .with_children(|tabs| {
                for tab in Tab::ALL {
                    tab_button(tabs, tab);
                }
            });
        panel.spawn(scroll_area()).with_children(|area| {
            page(area, Tab::Sensor, modes::spawn);
            page(area, Tab::Color, colors::spawn);
            page(area, Tab::Motion, motion::spawn);
            page(area, Tab::Record, |page| record::spawn(page, &options.out));
            page(area, Tab::Keys, |page| {
                page.spawn(paragraph(keys::HELP, TEXT));
            });
        });
    });
}

fn tab_button(tabs: &mut ChildSpawnerCommands, tab: Tab) {
    button(tabs, tab.name(), TabButton(tab)).insert(Node {
        flex_grow: 1.0,
        justify_content: JustifyContent::Center,
        padding: UiRect::axes(px(3), px(5)),
        border_radius: BorderRadius::all(px(5)),
        ..default()
    });
}

fn page(area: &mut ChildSpawnerCommands, tab: Tab, fill: impl FnOnce(&mut ChildSpawnerCommands)) {
    area.spawn((
        Page(tab),
        Node {
            flex_direction: FlexDirection::Column,
            flex_shrink: 0.0,
            row_gap: px(5),
            padding: UiRect::all(px(2)),
            ..default()
        },
    ))
    .with_children(fill);
}

/// A text of several lines, broken within words only where it must be.
pub(super) fn paragraph(text: &str, color: Color) -> impl Bundle + use<> {
    (
        Text::new(text),
        TextLayout::new(Justify::Left, LineBreak::WordOrCharacter),
        text_font(12.0),
        TextColor(color),
    )
}

pub(super) fn choose_tab(clicked: On<Clicked>, buttons: Query<&TabButton>, mut tab: ResMut<Tab>) {
    if let Ok(button) = buttons.get(clicked.widget) {
        *tab = button.0;
    }
}

pub(super) fn show_pages(
    tab: Res<Tab>,
    mut buttons: Query<(&TabButton, &mut Lit)>,
    mut pages: Query<(&Page, &mut Node)>,
) {
    if !tab.is_changed() {
        return;
    }
    for (button, mut lit) in &mut buttons {
        lit.set_if_neq(Lit(button.0 == *tab));
    }
    for (page, mut node) in &mut pages {
        set_shown(&mut node, page.0 == *tab);
    }
}

pub(super) fn state(
    scene: Res<Scene>,
    sensors: Query<(&KinectSensor, &SensorState, &Playback)>,
    state: Single<(&mut Text, &mut TextColor), With<State>>,
) {
    let Ok((sensor, now, playback)) = sensors.get(scene.sensor) else {
        return;
    };
    let (words, wanted) = words::of_state(now, &sensor.source, playback.paused);
    let (mut text, mut color) = state.into_inner();
    set_text(&mut text, &words);
    color.set_if_neq(TextColor(wanted));
}
