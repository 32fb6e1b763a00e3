//! Small plots of the last values of something.

use bevy_egui::egui::{
    Align2, Color32, CornerRadius, FontId, Pos2, Sense, Shape, Stroke, Ui, WidgetInfo, WidgetType,
    pos2, remap, vec2,
};

use crate::style::{LABEL, LINE, SERIES, WELL};

/// A line of a plot.
pub(crate) struct Series<'a> {
    /// Its name in the legend; an empty name is left out.
    pub(crate) name: &'a str,
    /// The values, the newest last. A value that is not finite makes a gap.
    pub(crate) values: &'a [f32],
}

/// Lines over time, as wide as the page.
#[must_use = "call `show`"]
pub(crate) struct Plot<'a> {
    name: &'a str,
    capacity: usize,
    unit: &'a str,
}

/// The height of a plot.
const HEIGHT: f32 = 56.0;

impl<'a> Plot<'a> {
    /// A plot with room for that many values. It reaches from 0 to its largest value, or from its smallest value if that is negative.
    pub(crate) fn new(name: &'a str, capacity: usize) -> Self {
        Self {
            name,
            capacity,
            unit: "",
        }
    }

    /// What follows the numbers at the edges, with a space where one is wanted.
    pub(crate) fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    pub(crate) fn show(self, ui: &mut Ui, series: &[Series]) {
        let size = vec2(ui.available_width(), HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, self.name));
        if !ui.is_rect_visible(rect) {
            return;
        }
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, CornerRadius::same(3), WELL);
        let (low, high) = extent(series);
        let inner = rect.shrink2(vec2(2.0, 4.0));
        if low < 0.0 && high > 0.0 {
            let zero = remap(0.0, low..=high, inner.bottom()..=inner.top());
            painter.hline(rect.x_range(), zero, Stroke::new(1.0, LINE));
        }
        let steps = self.capacity.max(2) - 1;
        for (at, of) in series.iter().enumerate() {
            let color = SERIES[at % SERIES.len()];
            let place = |(at, value): (usize, &f32)| -> Option<Pos2> {
                let back = of.values.len() - 1 - at;
                let x = inner.right() - inner.width() * back as f32 / steps as f32;
                let y = remap(
                    value.clamp(low, high),
                    low..=high,
                    inner.bottom()..=inner.top(),
                );
                value.is_finite().then_some(pos2(x, y))
            };
            let points: Vec<Option<Pos2>> = of.values.iter().enumerate().map(place).collect();
            for piece in points.split(Option::is_none) {
                let piece: Vec<Pos2> = piece.iter().flatten().copied().collect();
                if piece.len() > 1 {
                    painter.add(Shape::line(piece, Stroke::new(1.3, color)));
                }
            }
        }
        let font = FontId::proportional(9.5);
        let edge = |value: f32| format!("{}{}", short(value), self.unit);
        let write = |place: Pos2, anchor: Align2, words: String, color: Color32| {
            painter.text(place, anchor, words, font.clone(), color);
        };
        let corner = rect.shrink2(vec2(5.0, 2.0));
        write(corner.right_top(), Align2::RIGHT_TOP, edge(high), LABEL);
        write(
            corner.right_bottom(),
            Align2::RIGHT_BOTTOM,
            edge(low),
            LABEL,
        );
        let mut left = corner.left_top();
        for (at, of) in series.iter().enumerate() {
            if !of.name.is_empty() {
                let color = SERIES[at % SERIES.len()];
                let written = painter.text(left, Align2::LEFT_TOP, of.name, font.clone(), color);
                left.x = written.right() + 8.0;
            }
        }
    }
}

/// The values at the edges: the smallest one, at most 0, and the largest one.
fn extent(series: &[Series]) -> (f32, f32) {
    let values = series.iter().flat_map(|of| of.values).copied();
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((0.0_f32, 0.0_f32), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if high <= low {
        (low, low + 1.0)
    } else {
        (low, high)
    }
}

/// A number in few letters.
fn short(value: f32) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Series, extent, short};

    #[test]
    fn plots_reach_from_zero_to_the_largest_value() {
        let extent = |values: &[f32]| extent(&[Series { name: "", values }]);
        assert_eq!(extent(&[]), (0.0, 1.0));
        assert_eq!(extent(&[3.0, f32::NAN, 5.0]), (0.0, 5.0));
        assert_eq!(extent(&[-2.0, 1.0, f32::INFINITY]), (-2.0, 1.0));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(0.0), "0");
        assert_eq!(short(-0.25), "-0.25");
        assert_eq!(short(1234.5), "1234");
    }
}
