//! The size of everything in the panel.

use bevy::prelude::*;
use bevy_egui::EguiContext;

use crate::inspector::KinectInspector;
use crate::own_context::OwnContext;

/// The height in logical pixels up to which the scale is 1.
const DESIGNED_HEIGHT: f32 = 1080.0;

/// Scales the inspector's own context.
pub(crate) fn fit(
    inspector: Res<KinectInspector>,
    mut contexts: Query<(&mut EguiContext, &Camera), With<OwnContext>>,
) {
    for (mut context, camera) in &mut contexts {
        let Some(size) = camera.logical_target_size() else {
            continue;
        };
        // `set_zoom_factor` asks for another frame only where the factor differs.
        context
            .get_mut()
            .set_zoom_factor(zoom(inspector.scale, size.y));
    }
}

fn zoom(wanted: Option<f32>, height: f32) -> f32 {
    match wanted {
        Some(scale) if scale.is_finite() => scale.clamp(0.5, 4.0),
        _ => (height / DESIGNED_HEIGHT).clamp(1.0, 4.0),
    }
}

#[cfg(test)]
mod tests {
    use super::zoom;

    #[test]
    fn high_windows_have_larger_letters() {
        assert_eq!(zoom(None, 720.0), 1.0);
        assert_eq!(zoom(None, 2160.0), 2.0);
        assert_eq!(zoom(None, 1.0e9), 4.0);
    }

    #[test]
    fn a_wanted_scale_is_kept_within_its_limits() {
        assert_eq!(zoom(Some(1.5), 720.0), 1.5);
        assert_eq!(zoom(Some(0.0), 720.0), 0.5);
        assert_eq!(zoom(Some(f32::NAN), 720.0), 1.0);
    }
}
