//! Sliders: a name, a value, a groove with a knob, a mark at the default, and a button for the automatic value, if
//! there is one.

use bevy::prelude::*;
use bevy::text::{Justify, LineBreak};
use bevy::ui::{FocusPolicy, RelativeCursorPosition};

use super::button::{Lit, inner_button};
use super::events::Moved;
use super::focusable::Focusable;
use super::parts::{set_shown, set_text};
use crate::style::{ACCENT, BACKGROUND, LABEL, PROBLEM, RAISED, TEXT, text_font};

/// How a slider divides its range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal lengths are equal differences.
    #[default]
    Linear,
    /// Equal lengths are equal ratios; the range must begin above 0.
    Logarithmic,
}

/// The values of a slider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SliderRange {
    /// The smallest value.
    pub min: i32,
    /// The largest value.
    pub max: i32,
    /// The difference between neighbouring values; at least 1.
    pub step: i32,
    /// The value that is marked.
    pub default: i32,
    /// How the range is divided.
    pub scale: Scale,
}

impl SliderRange {
    /// Where a value is, from 0 to 1.
    pub fn fraction(&self, value: i32) -> f32 {
        let (min, max, value) = self.scaled(value.clamp(self.min, self.max.max(self.min)));
        if max > min {
            ((value - min) / (max - min)) as f32
        } else {
            0.0
        }
    }

    /// The value nearest to a fraction of the range.
    pub fn value_at(&self, fraction: f32) -> i32 {
        let (min, max, _) = self.scaled(self.min);
        let place = min + (max - min) * f64::from(fraction.clamp(0.0, 1.0));
        let value = match self.scale() {
            Scale::Linear => place,
            Scale::Logarithmic => place.exp(),
        };
        self.on_a_step(value.round() as i32)
    }

    /// The value `by` steps on; on a logarithmic scale at least 3 % on.
    pub fn stepped(&self, value: i32, by: i32) -> i32 {
        let step = match self.scale() {
            Scale::Linear => self.step.max(1),
            Scale::Logarithmic => (value / 33).max(self.step.max(1)),
        };
        self.on_a_step(value.saturating_add(step.saturating_mul(by)))
    }

    fn scale(&self) -> Scale {
        match self.scale {
            Scale::Logarithmic if self.min > 0 => Scale::Logarithmic,
            _ => Scale::Linear,
        }
    }

    /// The ends of the range and a value, on the scale.
    fn scaled(&self, value: i32) -> (f64, f64, f64) {
        let on = |value: i32| match self.scale() {
            Scale::Linear => f64::from(value),
            Scale::Logarithmic => f64::from(value).ln(),
        };
        (on(self.min), on(self.max), on(value))
    }

    fn on_a_step(&self, value: i32) -> i32 {
        let (min, step) = (i64::from(self.min), i64::from(self.step.max(1)));
        let max = i64::from(self.max).max(min);
        if i64::from(value) >= max {
            // The largest value may lie between two steps.
            return self.max.max(self.min);
        }
        let above = i64::from(value).clamp(min, max) - min;
        let nearest = min + (above + step / 2) / step * step;
        i32::try_from(nearest.min(max)).unwrap_or(self.max)
    }
}

/// The values that a slider shows.
#[derive(Component, Clone, Debug, Default, PartialEq, Eq)]
pub struct Slider {
    /// The values that it can have; `None`: it cannot be moved.
    pub range: Option<SliderRange>,
    /// The present value; `None`: unknown, or chosen automatically.
    pub value: Option<i32>,
    /// The value in words.
    pub text: String,
    /// Whether the value is chosen automatically; `None`: it never is.
    pub auto: Option<bool>,
    /// A problem with the value, shown below the slider.
    pub problem: Option<String>,
}

/// The parts of a slider.
#[derive(Component, Clone, Copy, Debug)]
pub(super) struct Part {
    of: Entity,
    kind: PartKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartKind {
    Value,
    Auto,
    Groove,
    Fill,
    Mark,
    Knob,
    Problem,
}

const GROOVE: f32 = 4.0;
const KNOB: f32 = 12.0;
const HEIGHT: f32 = 16.0;

/// A slider with that name, and with `more` components of the app.
pub fn slider(parent: &mut ChildSpawnerCommands, name: &str, more: impl Bundle) {
    let mut row = parent.spawn((
        Slider::default(),
        Focusable,
        Node {
            flex_direction: FlexDirection::Column,
            padding: UiRect::axes(px(6), px(2)),
            border_radius: BorderRadius::all(px(5)),
            ..default()
        },
        more,
    ));
    let of = row.id();
    let part = |kind| Part { of, kind };
    row.with_children(|row| {
        row.spawn(Node {
            align_items: AlignItems::Center,
            column_gap: px(8),
            min_height: px(19),
            ..default()
        })
        .with_children(|line| {
            line.spawn((
                Text::new(name),
                text_font(12.0),
                TextColor(LABEL),
                Node {
                    flex_grow: 1.0,
                    ..default()
                },
            ));
            line.spawn((
                part(PartKind::Value),
                Text::default(),
                TextLayout::new(Justify::Right, LineBreak::NoWrap),
                text_font(12.0),
                TextColor(TEXT),
            ));
            inner_button(line, "auto", of, part(PartKind::Auto));
        });
        row.spawn((
            part(PartKind::Groove),
            Interaction::default(),
            FocusPolicy::Block,
            RelativeCursorPosition::default(),
            Node {
                height: px(HEIGHT),
                ..default()
            },
        ))
        .with_children(|groove| bar(groove, part));
        row.spawn((
            part(PartKind::Problem),
            Text::default(),
            text_font(11.0),
            TextColor(PROBLEM),
            Node {
                display: Display::None,
                ..default()
            },
        ));
    });
}

fn bar(groove: &mut ChildSpawnerCommands, part: impl Fn(PartKind) -> Part) {
    let line = |width| Node {
        position_type: PositionType::Absolute,
        top: px((HEIGHT - GROOVE) * 0.5),
        left: px(0),
        width,
        height: px(GROOVE),
        border_radius: BorderRadius::all(px(GROOVE * 0.5)),
        ..default()
    };
    groove.spawn((BackgroundColor(RAISED), line(percent(100))));
    groove.spawn((
        part(PartKind::Fill),
        BackgroundColor(ACCENT.with_alpha(0.55)),
        line(percent(0)),
    ));
    groove.spawn((
        part(PartKind::Mark),
        BackgroundColor(LABEL),
        Node {
            position_type: PositionType::Absolute,
            top: px(2),
            width: px(2),
            height: px(HEIGHT - 4.0),
            margin: UiRect::left(px(-1)),
            ..default()
        },
    ));
    groove.spawn((
        part(PartKind::Knob),
        BackgroundColor(ACCENT),
        Node {
            position_type: PositionType::Absolute,
            top: px((HEIGHT - KNOB) * 0.5),
            width: px(KNOB),
            height: px(KNOB),
            margin: UiRect::left(px(-KNOB * 0.5)),
            border: UiRect::all(px(2)),
            border_radius: BorderRadius::all(px(KNOB * 0.5)),
            ..default()
        },
        BorderColor::all(BACKGROUND),
    ));
}

/// Reports where the pointer drags the knob.
pub(super) fn drag(
    mut commands: Commands,
    parts: Query<(&Part, &Interaction, &RelativeCursorPosition)>,
    sliders: Query<&Slider>,
    mut last: Local<Option<(Entity, i32)>>,
) {
    let mut held = None;
    for (part, interaction, cursor) in &parts {
        if *interaction != Interaction::Pressed || part.kind != PartKind::Groove {
            continue;
        }
        let range = sliders.get(part.of).ok().and_then(|slider| slider.range);
        let (Some(range), Some(place)) = (range, cursor.normalized) else {
            continue;
        };
        let moved = (part.of, range.value_at(place.x + 0.5));
        if *last != Some(moved) {
            commands.trigger(Moved {
                widget: moved.0,
                to: moved.1,
            });
        }
        held = Some(moved);
    }
    *last = held;
}

pub(super) fn draw(
    sliders: Query<Ref<Slider>>,
    mut parts: Query<(
        &Part,
        &mut Node,
        Option<&mut Text>,
        Option<&mut TextColor>,
        Option<&mut Lit>,
    )>,
) {
    for (part, mut node, text, color, lit) in &mut parts {
        let Ok(slider) = sliders.get(part.of) else {
            continue;
        };
        if !slider.is_changed() {
            continue;
        }
        let place = slider
            .range
            .zip(slider.value)
            .map(|(range, value)| percent(range.fraction(value) * 100.0));
        match part.kind {
            PartKind::Value => {
                if let Some(mut text) = text {
                    set_text(&mut text, &slider.text);
                }
                if let Some(mut color) = color {
                    let is_manual = slider.auto != Some(true) && slider.range.is_some();
                    color.set_if_neq(TextColor(if is_manual { TEXT } else { LABEL }));
                }
            }
            PartKind::Auto => {
                set_shown(&mut node, slider.auto.is_some());
                if let Some(mut lit) = lit {
                    lit.set_if_neq(Lit(slider.auto == Some(true)));
                }
            }
            PartKind::Groove => set_shown(&mut node, slider.range.is_some()),
            PartKind::Fill => {
                let width = place.unwrap_or(percent(0));
                if node.width != width {
                    node.width = width;
                }
            }
            PartKind::Mark => {
                let left = slider
                    .range
                    .map(|range| percent(range.fraction(range.default) * 100.0));
                set_place(&mut node, left);
            }
            PartKind::Knob => set_place(&mut node, place),
            PartKind::Problem => {
                let problem = slider.problem.as_deref();
                set_shown(&mut node, problem.is_some());
                if let Some(mut text) = text {
                    set_text(&mut text, problem.unwrap_or_default());
                }
            }
        }
    }
}

/// Moves a part along the groove, or hides it.
fn set_place(node: &mut Mut<Node>, left: Option<Val>) {
    set_shown(node, left.is_some());
    if let Some(left) = left
        && node.left != left
    {
        node.left = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KELVIN: SliderRange = SliderRange {
        min: 2500,
        max: 12_500,
        step: 10,
        default: 4500,
        scale: Scale::Linear,
    };
    const EXPOSURE: SliderRange = SliderRange {
        min: 500,
        max: 133_330,
        step: 100,
        default: 16_670,
        scale: Scale::Logarithmic,
    };

    #[test]
    fn the_ends_of_the_groove_are_the_ends_of_the_range() {
        for range in [KELVIN, EXPOSURE] {
            assert_eq!(range.value_at(-0.2), range.min);
            assert_eq!(range.value_at(0.0), range.min);
            assert_eq!(range.value_at(1.3), range.max);
            assert_eq!(range.fraction(range.min - 7), 0.0);
            assert_eq!(range.fraction(range.max), 1.0);
        }
    }

    #[test]
    fn values_are_on_steps() {
        assert_eq!(KELVIN.value_at(0.500_2), 7500);
        assert_eq!(KELVIN.stepped(4500, 1), 4510);
        assert_eq!(KELVIN.stepped(12_500, 1), 12_500);
        assert_eq!((EXPOSURE.value_at(0.5) - 500) % 100, 0);
    }

    #[test]
    fn half_of_a_logarithmic_groove_is_the_geometric_middle() {
        let middle = (500.0_f64 * 133_330.0).sqrt();
        let value = f64::from(EXPOSURE.value_at(0.5));
        assert!((value - middle).abs() <= 50.0, "{value} and not {middle}");
        assert!((EXPOSURE.fraction(EXPOSURE.value_at(0.25)) - 0.25).abs() < 0.01);
    }

    #[test]
    fn an_odd_range_stops_nothing() {
        let empty = SliderRange {
            min: 5,
            max: 5,
            step: 0,
            default: 5,
            scale: Scale::Logarithmic,
        };
        assert_eq!((empty.value_at(0.7), empty.fraction(9)), (5, 0.0));
        let wide = SliderRange {
            min: i32::MIN,
            max: i32::MAX,
            ..SliderRange::default()
        };
        assert_eq!(wide.value_at(1.0), i32::MAX);
    }
}
