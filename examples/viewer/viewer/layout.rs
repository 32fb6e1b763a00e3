//! The layout: the panel on the left, the view in the middle, the images on the right, the keys at the bottom.

use bevy::camera::Viewport;
use bevy::prelude::*;
use bevy::ui::FocusPolicy;
use kinect_app_support::Fit;
use kinect_app_support::style::PANEL;
use kinect_app_support::widgets::set_shown;

use super::scene::SceneCamera;
use super::{Options, Scene, help, images, panel, status};
use bevy_kinect_azure::prelude::*;

/// Width of the panel, in pixels of the interface.
pub(super) const PANEL_WIDTH: f32 = 300.0;
/// Width of the column of images.
pub(super) const COLUMN_WIDTH: f32 = 264.0;
/// Height of the bar with the keys.
pub(super) const BAR_HEIGHT: f32 = 62.0;
/// Space at edges and between parts.
pub(super) const GAP: f32 = 10.0;

/// The parts that are shown beside the view.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) panel: bool,
    pub(super) images: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            panel: true,
            images: true,
        }
    }
}

impl Layout {
    /// Whether the column of images is shown: small windows have no room for it.
    fn shows_images(&self, fit: &Fit) -> bool {
        self.images && !fit.is_small()
    }

    /// Width of the view, in pixels of the interface.
    pub(super) fn view_width(&self, fit: &Fit) -> f32 {
        let panel = if self.panel { PANEL_WIDTH } else { 0.0 };
        let images = if self.shows_images(fit) {
            COLUMN_WIDTH
        } else {
            0.0
        };
        fit.size().x - panel - images
    }
}

/// The parts that can be left out.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Panel,
    Images,
}

/// Components of a node that covers the view: the pointer does not reach through it.
pub(super) fn covering(node: Node) -> impl Bundle {
    (
        Interaction::default(),
        FocusPolicy::Block,
        BackgroundColor(PANEL),
        node,
    )
}

pub(super) fn spawn(
    mut commands: Commands,
    scene: Res<Scene>,
    outputs: Query<&OutputImage>,
    options: Res<Options>,
) {
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            width: percent(100),
            height: percent(100),
            flex_direction: FlexDirection::Column,
            ..default()
        })
        .with_children(|page| {
            page.spawn(Node {
                flex_grow: 1.0,
                flex_basis: px(0),
                min_height: px(0),
                ..default()
            })
            .with_children(|row| {
                panel::spawn(row, &options);
                row.spawn(Node {
                    flex_grow: 1.0,
                    flex_basis: px(0),
                    min_width: px(0),
                    flex_direction: FlexDirection::Column,
                    justify_content: JustifyContent::SpaceBetween,
                    ..default()
                })
                .with_children(|view| {
                    status::spawn_notice(view);
                    help::spawn(view);
                    status::spawn_figures(view);
                });
                images::spawn(row, &scene, &outputs);
            });
            status::spawn_legend(page);
        });
}

/// Shows and leaves out parts, and gives the view the room that is left.
pub(super) fn arrange(
    layout: Res<Layout>,
    fit: Res<Fit>,
    mut parts: Query<(&Part, &mut Node)>,
    mut camera: Single<&mut Camera, With<SceneCamera>>,
) {
    if !layout.is_changed() && !fit.is_changed() {
        return;
    }
    let images = layout.shows_images(&fit);
    for (part, mut node) in &mut parts {
        let shown = match part {
            Part::Panel => layout.panel,
            Part::Images => images,
        };
        set_shown(&mut node, shown);
    }
    let width = |shown: bool, width: f32| if shown { fit.physical(width) } else { 0 };
    let left = width(layout.panel, PANEL_WIDTH);
    let right = width(images, COLUMN_WIDTH);
    let room = fit
        .pixels
        .saturating_sub(UVec2::new(left + right, fit.physical(BAR_HEIGHT)));
    camera.viewport = (room.min_element() > 0).then(|| Viewport {
        physical_position: UVec2::new(left, 0),
        physical_size: room,
        ..default()
    });
}
