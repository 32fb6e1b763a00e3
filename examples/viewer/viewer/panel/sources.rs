//! The drop-down with all sources that can be shown.

use bevy::prelude::*;
use bevy::text::{Justify, LineBreak};
use bevy::ui::FocusPolicy;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style::{HOVERED, LABEL, PANEL, TEXT, printable, text_font};
use kinect_app_support::widgets::{Clicked, Lit, button, set_shown, set_text};

use super::super::Scene;
use super::super::sources::{Shown, SourceList, Sources, product};
use super::super::words;

/// The button that opens and closes the list.
#[derive(Component)]
pub(crate) struct OpenList;

/// The text on it.
#[derive(Component)]
pub(crate) struct ShownName;

/// The list.
#[derive(Component)]
pub(crate) struct List;

/// A source in the list.
#[derive(Component)]
pub(crate) struct Entry(Shown);

const HEIGHT: f32 = 30.0;

fn entry_node() -> Node {
    Node {
        width: percent(100),
        height: px(HEIGHT),
        flex_shrink: 0.0,
        align_items: AlignItems::Center,
        justify_content: JustifyContent::SpaceBetween,
        padding: UiRect::axes(px(10), px(4)),
        border_radius: BorderRadius::all(px(5)),
        overflow: Overflow::clip(),
        ..default()
    }
}

pub(crate) fn spawn(panel: &mut ChildSpawnerCommands) {
    panel
        .spawn(Node {
            height: px(HEIGHT),
            flex_shrink: 0.0,
            ..default()
        })
        .with_children(|place| {
            let mut open = button(place, "", OpenList);
            open.insert(entry_node()).despawn_children();
            open.with_children(|open| {
                open.spawn((
                    ShownName,
                    Text::default(),
                    TextLayout::new(Justify::Left, LineBreak::NoWrap),
                    text_font(14.0),
                    TextColor(TEXT),
                ));
                open.spawn((Text::new("v"), text_font(12.0), TextColor(LABEL)));
            });
            place.spawn((
                List,
                GlobalZIndex(10),
                Interaction::default(),
                FocusPolicy::Block,
                BackgroundColor(PANEL),
                BorderColor::all(HOVERED),
                Node {
                    display: Display::None,
                    position_type: PositionType::Absolute,
                    top: px(HEIGHT + 4.0),
                    left: px(0),
                    width: percent(100),
                    flex_direction: FlexDirection::Column,
                    row_gap: px(3),
                    padding: UiRect::all(px(6)),
                    border: UiRect::all(px(1)),
                    border_radius: BorderRadius::all(px(6)),
                    ..default()
                },
            ));
        });
}

pub(crate) fn click(
    clicked: On<Clicked>,
    buttons: Query<(), With<OpenList>>,
    entries: Query<&Entry>,
    mut list: ResMut<SourceList>,
    mut sources: ResMut<Sources>,
) {
    if buttons.contains(clicked.widget) {
        list.is_open = !list.is_open;
    } else if let Ok(entry) = entries.get(clicked.widget) {
        list.is_open = false;
        if sources.shown != entry.0 {
            sources.shown = entry.0.clone();
        }
    }
}

pub(crate) fn show(
    mut commands: Commands,
    scene: Res<Scene>,
    sources: Res<Sources>,
    connected: Res<ConnectedSensors>,
    open: Res<SourceList>,
    devices: Query<&SensorDevice>,
    mut name: Single<&mut Text, With<ShownName>>,
    list: Single<(Entity, &mut Node), With<List>>,
) {
    let device = devices.get(scene.sensor).ok();
    let shown = match (&sources.shown, device) {
        (Shown::Live(_), Some(device)) => {
            format!("{} {}", product(device.vendor), device.serial)
        }
        (shown, _) => sources.name(shown),
    };
    // The button is as wide as the panel, whose letters are all of the same width.
    set_text(&mut name, &shortened(&printable(&shown), 29));
    let (list, mut node) = list.into_inner();
    set_shown(&mut node, open.is_open);
    let is_changed = open.is_changed() || sources.is_changed() || connected.is_changed();
    if !open.is_open || !is_changed {
        return;
    }
    let is_shown = |choice: &Shown| match (choice, device) {
        (Shown::Live(DeviceSelector::Serial(serial)), Some(device)) => *serial == device.serial,
        _ => *choice == sources.shown,
    };
    commands
        .entity(list)
        .despawn_children()
        .with_children(|list| {
            for (choice, name) in sources.all(&connected) {
                let lit = Lit(is_shown(&choice));
                let text = shortened(&printable(&name), 34);
                button(list, &text, Entry(choice)).insert((entry_node(), lit));
            }
            let hint = match (&connected.problem, connected.devices.is_empty()) {
                (Some(problem), _) => words::sentence(&problem.to_string()),
                (None, true) => "No live sensor is connected.".to_owned(),
                (None, false) => return,
            };
            list.spawn(super::paragraph(&printable(&hint), LABEL));
        });
}

/// A name; one that is too long is cut in its middle.
fn shortened(name: &str, most: usize) -> String {
    let length = name.chars().count();
    if length <= most {
        return name.to_owned();
    }
    let ends = most.saturating_sub(3);
    let start: String = name.chars().take(ends / 2).collect();
    let end: String = name.chars().skip(length - (ends - ends / 2)).collect();
    format!("{start}...{end}")
}
