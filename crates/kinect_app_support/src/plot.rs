//! Small plots of numbers over time, three axes in one plot, drawn into an image of the node's own size.

use std::collections::VecDeque;

use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

use crate::style::BACKGROUND;

/// Colours of x, y and z.
pub const AXIS_COLORS: [Color; 3] = [
    Color::srgb(1.0, 0.42, 0.4),
    Color::srgb(0.45, 0.85, 0.45),
    Color::srgb(0.42, 0.62, 1.0),
];
const ZERO_LINE: Color = Color::srgb(0.22, 0.24, 0.28);

/// Draws every [`Plot`].
pub struct PlotPlugin;

impl Plugin for PlotPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(PostUpdate, draw);
    }
}

/// A plot in a UI node.
#[derive(Component, Clone, Debug)]
#[require(ImageNode)]
pub struct Plot {
    /// Seconds from the left to the right edge.
    seconds: f64,
    /// The smallest distance from the middle to the upper edge, in the unit of the numbers; larger numbers need more.
    smallest_range: f32,
    /// Times in seconds and numbers.
    points: VecDeque<(f64, Vec3)>,
}

/// The least time from one point to the next in seconds: sensors have more samples than a plot has pixels.
const SPACING: f64 = 0.0099;

impl Plot {
    /// An empty plot of that many seconds.
    pub fn new(seconds: f64, smallest_range: f32) -> Self {
        Self {
            seconds,
            smallest_range,
            points: VecDeque::new(),
        }
    }

    /// Appends numbers at a time; a time before the last one begins again.
    pub fn push(&mut self, seconds: f64, numbers: Vec3) {
        if !seconds.is_finite() || !numbers.is_finite() {
            return;
        }
        if let Some(&(last, _)) = self.points.back() {
            if seconds < last || seconds > last + self.seconds {
                self.points.clear();
            } else if seconds < last + SPACING {
                return;
            }
        }
        self.points.push_back((seconds, numbers));
        // One point stays beyond the left edge, so that the line begins there.
        while self
            .points
            .get(1)
            .is_some_and(|&(second, _)| second <= seconds - self.seconds)
        {
            self.points.pop_front();
        }
    }

    /// Removes all points.
    pub fn clear(&mut self) {
        self.points.clear();
    }

    /// The value at the upper edge (the middle is 0), in the unit of the numbers.
    pub fn range(&self) -> f32 {
        let largest = self
            .points
            .iter()
            .map(|(_, numbers)| numbers.abs().max_element())
            .fold(0.0, f32::max);
        self.smallest_range.max(largest * 1.1)
    }

    /// RGBA pixels of the plot; lines are `thickness` pixels thick.
    fn pixels(&self, width: u32, height: u32, thickness: i32) -> Vec<u8> {
        let background = BACKGROUND.to_srgba().to_u8_array();
        let mut pixels = background.repeat(width as usize * height as usize);
        let mut fill = |x: i32, from: i32, to: i32, color: Color| {
            if !(0..width as i32).contains(&x) {
                return;
            }
            for y in from.max(0)..=to.min(height as i32 - 1) {
                let at = (y as usize * width as usize + x as usize) * 4;
                pixels[at..at + 4].copy_from_slice(&color.to_srgba().to_u8_array());
            }
        };
        let middle = height as i32 / 2;
        for x in 0..width as i32 {
            fill(x, middle, middle, ZERO_LINE);
        }
        let Some(&(newest, _)) = self.points.back() else {
            return pixels;
        };
        let range = self.range();
        let place = |seconds: f64, number: f32| {
            let age = ((newest - seconds) / self.seconds) as f32;
            let x = (1.0 - age) * (width as f32 - 1.0);
            let y = (0.5 - 0.5 * number / range) * (height as f32 - 1.0);
            Vec2::new(x, y)
        };
        for (axis, color) in AXIS_COLORS.into_iter().enumerate() {
            let points = self
                .points
                .iter()
                .map(|&(seconds, numbers)| place(seconds, numbers[axis]));
            let mut last: Option<Vec2> = None;
            for point in points {
                let from = last.unwrap_or(point);
                let (first, end) = (from.x.round() as i32, point.x.round() as i32);
                for x in first..=end {
                    // The part of the line in this column of pixels.
                    let at = |x: f32| {
                        let along = ((x - from.x) / (point.x - from.x).max(1.0e-3)).clamp(0.0, 1.0);
                        from.y + (point.y - from.y) * along
                    };
                    let (a, b) = (at(x as f32 - 0.5), at(x as f32 + 0.5));
                    let (top, bottom) = (a.min(b).round() as i32, a.max(b).round() as i32);
                    fill(x, top - (thickness - 1) / 2, bottom + thickness / 2, color);
                }
                last = Some(point);
            }
        }
        pixels
    }
}

fn draw(
    mut plots: Query<(
        Ref<Plot>,
        &ComputedNode,
        &InheritedVisibility,
        &mut ImageNode,
    )>,
    mut images: ResMut<Assets<Image>>,
) {
    for (plot, node, visible, mut shown) in &mut plots {
        let size = node.size.round().as_uvec2();
        if !visible.get() || size.min_element() == 0 || size.max_element() > 8192 {
            continue;
        }
        let is_size = |image: &Image| image.size() == size;
        if !plot.is_changed() && images.get(&shown.image).is_some_and(is_size) {
            continue;
        }
        let thickness = (1.4 / node.inverse_scale_factor.max(0.1)).round().max(1.0) as i32;
        let image = Image::new(
            Extent3d {
                width: size.x,
                height: size.y,
                depth_or_array_layers: 1,
            },
            TextureDimension::D2,
            plot.pixels(size.x, size.y, thickness),
            TextureFormat::Rgba8UnormSrgb,
            RenderAssetUsages::all(),
        );
        let has_place = images.get(&shown.image).is_some_and(is_size);
        if has_place && let Some(mut old) = images.get_mut(&shown.image) {
            *old = image;
        } else {
            // Materials of the UI keep the texture of a handle, so an image of another size needs another handle.
            shown.image = images.add(image);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pixels have a colour.
    fn count(pixels: &[u8], color: Color) -> usize {
        let wanted = color.to_srgba().to_u8_array();
        pixels
            .chunks_exact(4)
            .filter(|pixel| *pixel == wanted)
            .count()
    }

    #[test]
    fn three_numbers_are_three_lines_across_the_plot() {
        let mut plot = Plot::new(1.0, 10.0);
        for step in 0..=120 {
            plot.push(f64::from(step) * 0.01, Vec3::new(8.0, 0.0, -8.0));
        }
        let pixels = plot.pixels(100, 41, 1);
        for color in AXIS_COLORS {
            assert_eq!(count(&pixels, color), 100, "{color:?}");
        }
        // x is above the middle, z below.
        let row_of = |color: Color| {
            let wanted = color.to_srgba().to_u8_array();
            let at = pixels.chunks_exact(4).position(|pixel| pixel == wanted);
            at.unwrap_or(usize::MAX) / 100
        };
        assert_eq!(AXIS_COLORS.map(row_of), [4, 20, 36]);
    }

    #[test]
    fn old_points_leave_and_a_clock_that_goes_back_begins_again() {
        let mut plot = Plot::new(1.0, 1.0);
        for step in 0..500 {
            plot.push(f64::from(step) * 0.01, Vec3::ONE);
        }
        assert!(
            (95..=105).contains(&plot.points.len()),
            "{}",
            plot.points.len()
        );
        plot.push(0.0, Vec3::ONE);
        assert_eq!(plot.points.len(), 1);
        plot.push(f64::NAN, Vec3::ONE);
        assert_eq!(plot.points.len(), 1);
    }

    #[test]
    fn large_numbers_widen_the_range() {
        let mut plot = Plot::new(1.0, 12.0);
        assert_eq!(plot.range(), 12.0);
        plot.push(0.0, Vec3::new(0.0, -40.0, 0.0));
        assert!((plot.range() - 44.0).abs() < 1.0e-4);
    }
}
