//! Interfaces that fit the window: letters grow with large windows and are never too small to read.

use bevy::prelude::*;
use bevy::ui::{UiScale, UiSystems};

use crate::show::Show;

/// Scales the interface with the window or the picture: at 1280x720 one pixel of the interface is one logical pixel.
pub struct FitPlugin;

impl Plugin for FitPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Fit>()
            .add_systems(PreUpdate, measure)
            .add_systems(PreStartup, measure)
            .add_systems(PostUpdate, make_room.before(UiSystems::Layout));
    }
}

/// The size for which interfaces are laid out.
const DESIGNED: Vec2 = Vec2::new(1280.0, 720.0);
/// Below this, letters of 11 pixels could not be read.
const SMALLEST_SCALE: f32 = 0.75;
const LARGEST_SCALE: f32 = 4.0;

/// The size of the window or the picture, and the scale of the interface in it.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Physical pixels of the window or the picture.
    pub pixels: UVec2,
    /// Physical pixels of one pixel of the interface.
    pub scale: f32,
}

impl Default for Fit {
    fn default() -> Self {
        Self::of(DESIGNED.as_uvec2(), 1.0)
    }
}

impl Fit {
    /// How an interface fits that many physical pixels, of which `density` make a logical one.
    fn of(pixels: UVec2, density: f32) -> Self {
        let room = pixels.as_vec2() / density / DESIGNED;
        let scale = room.min_element().clamp(SMALLEST_SCALE, LARGEST_SCALE);
        Self {
            pixels,
            scale: scale * density,
        }
    }

    /// Width and height in pixels of the interface.
    pub fn size(&self) -> Vec2 {
        self.pixels.as_vec2() / self.scale
    }

    /// Physical pixels of a length in pixels of the interface.
    pub fn physical(&self, length: f32) -> u32 {
        (length * self.scale).round() as u32
    }

    /// Whether there is too little room for everything.
    pub fn is_small(&self) -> bool {
        self.size().x < 1000.0
    }
}

/// Marks a node that is left out where there is too little room for everything.
#[derive(Component, Clone, Copy, Debug, Default)]
#[require(Node)]
pub struct WhereRoom;

fn make_room(
    fit: Res<Fit>,
    mut nodes: Query<&mut Node, With<WhereRoom>>,
    added: Query<(), Added<WhereRoom>>,
) {
    if !fit.is_changed() && added.is_empty() {
        return;
    }
    let display = if fit.is_small() {
        Display::None
    } else {
        Display::Flex
    };
    for mut node in &mut nodes {
        if node.display != display {
            node.display = display;
        }
    }
}

fn measure(
    windows: Query<&Window>,
    show: Option<Res<Show>>,
    mut fit: ResMut<Fit>,
    mut scale: ResMut<UiScale>,
) {
    let (pixels, density) = match (windows.iter().next(), show) {
        (Some(window), _) => (window.physical_size(), window.scale_factor()),
        (None, Some(show)) => (show.size, 1.0),
        (None, None) => return,
    };
    // A minimised window has no pixels.
    if pixels.min_element() == 0 {
        return;
    }
    let now = Fit::of(pixels, density);
    if fit.set_if_neq(now) || scale.0 != now.scale / density {
        scale.0 = now.scale / density;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_grow_with_the_window_and_stay_readable() {
        let fit = |x, y, density| Fit::of(UVec2::new(x, y), density);
        assert_eq!(fit(1280, 720, 1.0).scale, 1.0);
        assert_eq!(fit(3840, 2160, 1.0).scale, 3.0);
        assert_eq!(fit(3840, 2160, 3.0).size(), Vec2::new(1280.0, 720.0));
        let small = fit(640, 360, 1.0);
        assert_eq!(small.scale, SMALLEST_SCALE);
        assert!(small.is_small() && fit(1280, 720, 2.0).is_small());
        assert!(!fit(2560, 1440, 2.0).is_small());
    }
}
