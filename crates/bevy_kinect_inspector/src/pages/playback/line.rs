//! The time line: the position, the part that plays, and markers.

use core::time::Duration;

use bevy_egui::egui::{
    Align2, Color32, CornerRadius, CursorIcon, EventFilter, FontId, Key, Pos2, Rect, Sense, Shape,
    Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::markers::PlaybackMarker;
use crate::pages::units::clock;
use crate::style::{ACCENT, CHOSEN, HOVERED, LABEL, RAISED, TEXT, WARNING, WELL};

/// What the time line shows.
pub(super) struct Line<'a> {
    pub(super) length: Duration,
    pub(super) position: Duration,
    pub(super) from: Duration,
    pub(super) to: Option<Duration>,
    pub(super) markers: &'a [PlaybackMarker],
}

/// What the user did on the time line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// The position is being dragged to this time.
    Scrub(Duration),
    /// The position was let go.
    Released,
    From(Duration),
    To(Duration),
    Step(i32),
    PlayOrPause,
    MarkFrom,
    MarkTo,
    AddMarker,
}

/// Heights of the strip of markers, of the track, and of the strip of the marks.
const MARKERS: f32 = 14.0;
const TRACK: f32 = 22.0;
const MARKS: f32 = 14.0;

impl Line<'_> {
    /// Draws the time line, as wide as the page.
    pub(super) fn show(&self, ui: &mut Ui) -> Option<Moved> {
        let size = vec2(ui.available_width(), MARKERS + TRACK + MARKS);
        let (rect, response) = ui.allocate_exact_size(size, Sense::drag());
        response.widget_info(|| {
            WidgetInfo::slider(ui.is_enabled(), self.position.as_secs_f64(), "Time line")
        });
        let inner = rect.shrink2(vec2(6.0, 0.0));
        let scale = Scale {
            left: inner.left(),
            width: inner.width().max(1.0),
            length: self.length,
        };
        let track = Rect::from_min_max(
            pos2(inner.left(), rect.top() + MARKERS),
            pos2(inner.right(), rect.bottom() - MARKS),
        );
        self.paint(ui, track, scale);
        let mut moved = None;
        if let Some(at) = response.interact_pointer_pos() {
            if response.drag_started() {
                response.request_focus();
            }
            if response.dragged() {
                moved = Some(Moved::Scrub(scale.time(at.x)));
            }
        }
        if response.drag_stopped() {
            moved = Some(Moved::Released);
        }
        if response.has_focus() {
            ui.memory_mut(|memory| {
                let filter = EventFilter {
                    horizontal_arrows: true,
                    ..EventFilter::default()
                };
                memory.set_focus_lock_filter(response.id, filter);
            });
            moved = moved.or_else(|| self.keys(ui));
        }
        moved
            .or_else(|| self.marks(ui, track, scale))
            .or_else(|| self.click_marker(ui, track, scale))
    }

    fn paint(&self, ui: &Ui, track: Rect, scale: Scale) {
        let painter = ui.painter();
        let corners = CornerRadius::same(3);
        painter.rect_filled(track.expand2(vec2(3.0, 0.0)), corners, WELL);
        let (from, to) = (self.from, self.to.unwrap_or(self.length));
        let part = track.with_min_x(scale.x(from)).with_max_x(scale.x(to));
        painter.rect_filled(part, corners, CHOSEN);
        for time in scale.ticks() {
            let x = scale.x(time);
            painter.vline(
                x,
                track.bottom() - 5.0..=track.bottom(),
                Stroke::new(1.0, RAISED),
            );
            // The number of the last tick would hang over the edge.
            if x + 30.0 > track.right() {
                continue;
            }
            painter.text(
                pos2(x + 3.0, track.bottom() - 1.0),
                Align2::LEFT_BOTTOM,
                short_clock(time),
                FontId::proportional(9.5),
                LABEL,
            );
        }
        let x = scale.x(self.position);
        painter.vline(x, track.y_range().expand(3.0), Stroke::new(2.0, TEXT));
        painter.add(triangle(pos2(x, track.top() - 2.0), -5.0, TEXT));
    }

    fn keys(&self, ui: &Ui) -> Option<Moved> {
        ui.input(|input| {
            let second = Duration::from_secs(1);
            let step = |forwards: bool| match (input.modifiers.shift, forwards) {
                (false, true) => Moved::Step(1),
                (false, false) => Moved::Step(-1),
                (true, true) => Moved::Scrub(self.position + second),
                (true, false) => Moved::Scrub(self.position.saturating_sub(second)),
            };
            let keys = [
                (Key::ArrowRight, step(true)),
                (Key::ArrowLeft, step(false)),
                (Key::Home, Moved::Scrub(self.from)),
                (Key::End, Moved::Scrub(self.to.unwrap_or(self.length))),
                (Key::Space, Moved::PlayOrPause),
                (Key::I, Moved::MarkFrom),
                (Key::O, Moved::MarkTo),
                (Key::M, Moved::AddMarker),
            ];
            let pressed = keys.into_iter().find(|(key, _)| input.key_pressed(*key));
            pressed.map(|(_, moved)| moved)
        })
    }

    /// The two marks under the track.
    fn marks(&self, ui: &Ui, track: Rect, scale: Scale) -> Option<Moved> {
        let mark = |name: &str, time: Duration| -> Option<Duration> {
            let tip = pos2(scale.x(time), track.bottom());
            let place = Rect::from_center_size(tip + vec2(0.0, MARKS * 0.5), vec2(14.0, MARKS));
            let response = ui
                .interact(place, ui.id().with(name), Sense::drag())
                .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
            response.widget_info(|| WidgetInfo::slider(true, time.as_secs_f64(), name));
            let color = match response.hovered() || response.dragged() || response.has_focus() {
                true => TEXT,
                false => ACCENT,
            };
            ui.painter().add(triangle(tip, 9.0, color));
            let at = response.interact_pointer_pos()?;
            response.dragged().then(|| scale.time(at.x))
        };
        let to = self.to.unwrap_or(self.length);
        let moved_from = mark("In mark", self.from).map(Moved::From);
        moved_from.or(mark("Out mark", to).map(Moved::To))
    }

    /// The markers above the track.
    fn click_marker(&self, ui: &Ui, track: Rect, scale: Scale) -> Option<Moved> {
        let mut clicked = None;
        for (number, marker) in self.markers.iter().enumerate() {
            let foot = pos2(scale.x(marker.at), track.top());
            let place =
                Rect::from_center_size(foot - vec2(0.0, MARKERS * 0.5), vec2(12.0, MARKERS));
            let name = title(marker, number);
            let response = ui
                .interact(place, ui.id().with(("marker", number)), Sense::click())
                .on_hover_cursor(CursorIcon::PointingHand);
            response.widget_info(|| {
                WidgetInfo::labeled(WidgetType::Button, true, format!("Go to {name}"))
            });
            let color = if response.hovered() { TEXT } else { WARNING };
            ui.painter().add(diamond(place.center(), 4.5, color));
            ui.painter().vline(
                foot.x,
                track.y_range(),
                Stroke::new(1.0, color.gamma_multiply(0.5)),
            );
            if response
                .on_hover_text(format!("{name}, {}", clock(marker.at)))
                .clicked()
            {
                clicked = Some(Moved::Scrub(marker.at));
            }
        }
        clicked
    }
}

/// The name of a marker, or its number.
pub(super) fn title(marker: &PlaybackMarker, number: usize) -> String {
    match marker.name.trim() {
        "" => format!("marker {}", number + 1),
        name => name.to_owned(),
    }
}

/// A triangle that points up to its tip, or down if its height is negative.
fn triangle(tip: Pos2, height: f32, color: Color32) -> Shape {
    let side = |x: f32| tip + vec2(x * height.abs() * 0.65, height);
    Shape::convex_polygon(vec![tip, side(1.0), side(-1.0)], color, Stroke::NONE)
}

fn diamond(middle: Pos2, radius: f32, color: Color32) -> Shape {
    let corner = |x: f32, y: f32| middle + vec2(x, y) * radius;
    let corners = vec![
        corner(0.0, -1.0),
        corner(1.0, 0.0),
        corner(0.0, 1.0),
        corner(-1.0, 0.0),
    ];
    Shape::convex_polygon(corners, color, Stroke::new(1.0, HOVERED))
}

/// Times of the time line, and places in the panel.
#[derive(Clone, Copy, Debug)]
struct Scale {
    left: f32,
    width: f32,
    length: Duration,
}

impl Scale {
    fn x(self, time: Duration) -> f32 {
        let share = time.as_secs_f64() / self.length.as_secs_f64().max(1e-6);
        self.left + self.width * share.min(1.0) as f32
    }

    /// The time at a place; places beside the line are at its ends.
    fn time(self, x: f32) -> Duration {
        let share = f64::from((x - self.left) / self.width);
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
        self.length.mul_f64(share)
    }

    /// Times with a number: at most one for each 60 points.
    fn ticks(self) -> impl Iterator<Item = Duration> {
        let most = f64::from((self.width / 60.0).max(1.0));
        let least = self.length.as_secs_f64() / most;
        let steps = [
            0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0,
        ];
        let step = steps.into_iter().find(|step| *step >= least);
        let step = step.unwrap_or_else(|| (least / 3600.0).ceil().max(1.0) * 3600.0);
        let count = (self.length.as_secs_f64() / step) as u32;
        (0..=count.min(100)).map(move |number| Duration::from_secs_f64(step * f64::from(number)))
    }
}

/// A time without the digits that ticks do not need.
fn short_clock(time: Duration) -> String {
    let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
    match time.subsec_millis() / 100 {
        0 => format!("{minutes}:{seconds:02}"),
        tenths => format!("{minutes}:{seconds:02}.{tenths}"),
    }
}

/// The length of the time line: that of the recording, or for a source without an end, such as a simulation, enough for its position and
/// marks.
pub(super) fn length(
    duration: Option<Duration>,
    position: Duration,
    to: Option<Duration>,
) -> Duration {
    if let Some(duration) = duration.filter(|duration| !duration.is_zero()) {
        return duration;
    }
    let needed = position.max(to.unwrap_or_default()).as_secs();
    // Doubled from time to time, so that the line does not creep.
    let mut seconds = 30;
    while seconds < needed && seconds < 1 << 40 {
        seconds *= 2;
    }
    Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(seconds: u64) -> Scale {
        Scale {
            left: 100.0,
            width: 300.0,
            length: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn times_go_to_the_line_and_back() {
        let scale = scale(60);
        assert_eq!(scale.x(Duration::ZERO), 100.0);
        assert_eq!(scale.x(Duration::from_secs(15)), 175.0);
        assert_eq!(scale.time(175.0), Duration::from_secs(15));
        for beside in [-1e9, f32::NAN] {
            assert_eq!(scale.time(beside), Duration::ZERO);
        }
        assert_eq!(scale.time(1e9), scale.length);
        assert_eq!(scale.x(Duration::from_secs(90)), 400.0);
    }

    #[test]
    fn a_recording_without_length_has_one_place() {
        let scale = scale(0);
        assert_eq!(scale.x(Duration::ZERO), 100.0);
        assert_eq!(scale.time(250.0), Duration::ZERO);
        assert!(scale.ticks().count() < 3);
    }

    #[test]
    fn ticks_leave_room_for_their_numbers() {
        for seconds in [1, 7, 60, 3600, 86_400, 10_000_000] {
            let scale = scale(seconds);
            let ticks: Vec<_> = scale.ticks().map(|time| scale.x(time)).collect();
            assert!(ticks.len() > 1 && ticks.len() < 8, "{seconds}: {ticks:?}");
        }
        assert_eq!(short_clock(Duration::from_millis(61_500)), "1:01.5");
    }

    #[test]
    fn a_simulation_has_a_line_that_is_long_enough() {
        let seconds = Duration::from_secs;
        assert_eq!(length(Some(seconds(7)), seconds(9), None), seconds(7));
        assert_eq!(length(None, seconds(9), None), seconds(30));
        assert_eq!(length(None, seconds(9), Some(seconds(70))), seconds(120));
        assert!(length(Some(Duration::ZERO), Duration::MAX, None) < Duration::MAX);
    }
}
