//! Colours, letters and distances.

use std::sync::{Arc, LazyLock};

use bevy_egui::egui::style::{HandleShape, ScrollStyle, Selection, WidgetVisuals};
use bevy_egui::egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme,
    Visuals, vec2,
};

/// The background of the panel.
pub(crate) const PANEL: Color32 = Color32::from_rgb(24, 26, 30);
/// The background of the list of pages.
pub(crate) const RAIL: Color32 = Color32::from_rgb(18, 19, 23);
/// The background of fields, plots and pictures.
pub(crate) const WELL: Color32 = Color32::from_rgb(13, 14, 17);
/// Buttons, switches and the rails of sliders.
pub(crate) const RAISED: Color32 = Color32::from_rgb(44, 48, 55);
/// A control under the pointer.
pub(crate) const HOVERED: Color32 = Color32::from_rgb(57, 62, 71);
/// Lines between parts.
pub(crate) const LINE: Color32 = Color32::from_rgb(41, 44, 51);
/// What is chosen, and present values.
pub(crate) const ACCENT: Color32 = Color32::from_rgb(88, 166, 255);
/// The background of what is chosen.
pub(crate) const CHOSEN: Color32 = Color32::from_rgb(31, 64, 104);
/// Text.
pub(crate) const TEXT: Color32 = Color32::from_rgb(216, 220, 227);
/// Names of controls and figures.
pub(crate) const LABEL: Color32 = Color32::from_rgb(146, 153, 165);
/// A state in which all is well.
pub(crate) const GOOD: Color32 = Color32::from_rgb(104, 204, 138);
/// Warnings.
pub(crate) const WARNING: Color32 = Color32::from_rgb(240, 190, 92);
/// Errors.
pub(crate) const ERROR: Color32 = Color32::from_rgb(245, 118, 98);

/// Colours of lines in plots, in this order.
pub(crate) const SERIES: [Color32; 4] = [ACCENT, GOOD, WARNING, Color32::from_rgb(200, 140, 235)];

/// The height of a row with a control.
pub(crate) const ROW: f32 = 24.0;
/// The width of the names of controls and figures.
pub(crate) const NAMES: f32 = 156.0;
/// The space beside the contents of a page.
pub(crate) const MARGIN: f32 = 14.0;

/// The style of the panel.
pub(crate) fn style() -> Arc<Style> {
    static STYLE: LazyLock<Arc<Style>> = LazyLock::new(|| Arc::new(make()));
    Arc::clone(&STYLE)
}

fn make() -> Style {
    let mut style = Theme::Dark.default_style();
    let font = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, font(11.0)),
        (TextStyle::Body, font(13.0)),
        (TextStyle::Button, font(13.0)),
        (TextStyle::Heading, font(17.0)),
        (
            TextStyle::Monospace,
            FontId::new(12.0, FontFamily::Monospace),
        ),
    ]
    .into();
    style.animation_time = 0.08;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.explanation_tooltips = false;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 6.0);
    spacing.button_padding = vec2(10.0, 3.0);
    spacing.interact_size = vec2(36.0, ROW);
    spacing.slider_rail_height = 4.0;
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 9.0;
    spacing.indent = 14.0;
    spacing.combo_height = 320.0;
    spacing.tooltip_width = 280.0;
    spacing.menu_margin = Margin::same(5);
    spacing.scroll = ScrollStyle {
        bar_width: 7.0,
        floating_allocated_width: 9.0,
        floating_width: 5.0,
        ..ScrollStyle::thin()
    };
    style.visuals = visuals();
    style
}

fn visuals() -> Visuals {
    let corner_radius = CornerRadius::same(3);
    let widget = |fill: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let mut visuals = Visuals::dark();
    visuals.widgets.noninteractive = widget(PANEL, LINE, TEXT);
    visuals.widgets.inactive = widget(RAISED, RAISED, TEXT);
    visuals.widgets.hovered = widget(HOVERED, HOVERED, Color32::WHITE);
    visuals.widgets.active = widget(CHOSEN, ACCENT, Color32::WHITE);
    visuals.widgets.open = widget(HOVERED, ACCENT, Color32::WHITE);
    visuals.selection = Selection {
        bg_fill: CHOSEN,
        stroke: Stroke::new(1.0, Color32::WHITE),
    };
    visuals.weak_text_color = Some(LABEL);
    visuals.hyperlink_color = ACCENT;
    visuals.warn_fg_color = WARNING;
    visuals.error_fg_color = ERROR;
    visuals.faint_bg_color = Color32::from_rgb(29, 31, 36);
    visuals.extreme_bg_color = WELL;
    visuals.code_bg_color = WELL;
    visuals.panel_fill = PANEL;
    visuals.window_fill = Color32::from_rgb(31, 34, 39);
    visuals.window_stroke = Stroke::new(1.0, Color32::from_rgb(62, 67, 77));
    visuals.window_corner_radius = CornerRadius::same(4);
    visuals.menu_corner_radius = CornerRadius::same(4);
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 12,
        spread: 0,
        color: Color32::from_black_alpha(120),
    };
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Rect { aspect_ratio: 0.5 };
    visuals.collapsing_header_frame = false;
    visuals.indent_has_left_vline = false;
    visuals
}
