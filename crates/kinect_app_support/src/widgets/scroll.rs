//! Areas that scroll: by the wheel, and to show the widget that has the focus of the keys.

use bevy::input::mouse::{AccumulatedMouseScroll, MouseScrollUnit};
use bevy::prelude::*;
use bevy::ui::{RelativeCursorPosition, ScrollPosition, UiGlobalTransform};

use super::focusable::KeyFocus;

/// Marks an area that scrolls.
#[derive(Component, Clone, Copy, Debug, Default)]
#[require(RelativeCursorPosition, ScrollPosition)]
pub struct ScrollArea;

/// A column that takes the room that is left, and scrolls where its content needs more.
pub fn scroll_area() -> impl Bundle {
    (
        ScrollArea,
        Node {
            flex_direction: FlexDirection::Column,
            flex_grow: 1.0,
            flex_basis: px(0),
            min_height: px(0),
            overflow: Overflow::scroll_y(),
            ..default()
        },
    )
}

/// Pixels of the interface for one line of the wheel.
const LINE: f32 = 24.0;

pub(super) fn wheel(
    scroll: Res<AccumulatedMouseScroll>,
    focus: Res<KeyFocus>,
    widgets: Query<(&ComputedNode, &UiGlobalTransform)>,
    parents: Query<&ChildOf>,
    mut areas: Query<
        (
            Entity,
            &ComputedNode,
            &UiGlobalTransform,
            &RelativeCursorPosition,
            &mut ScrollPosition,
        ),
        With<ScrollArea>,
    >,
) {
    for (area, node, place, cursor, mut position) in &mut areas {
        let most = ((node.content_size - node.size).y * node.inverse_scale_factor).max(0.0);
        let mut to = position.0.y;
        if cursor.cursor_over {
            to -= match scroll.unit {
                MouseScrollUnit::Line => scroll.delta.y * LINE,
                MouseScrollUnit::Pixel => scroll.delta.y,
            };
        }
        if focus.is_changed()
            && let Some(widget) = focus.0
            && parents.iter_ancestors(widget).any(|parent| parent == area)
            && let Ok((of_widget, at)) = widgets.get(widget)
        {
            let centre = at.translation.y - place.translation.y;
            let over = (centre + 0.5 * (of_widget.size.y - node.size.y)).max(0.0);
            let under = (centre - 0.5 * (of_widget.size.y - node.size.y)).min(0.0);
            to += (over + under) * node.inverse_scale_factor;
        }
        let to = to.clamp(0.0, most);
        if position.0.y != to {
            position.0.y = to;
        }
    }
}
