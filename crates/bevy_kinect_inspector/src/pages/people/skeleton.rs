//! A small drawing of a skeleton, seen from the sensor.

use bevy::prelude::*;
use bevy_egui::egui::{
    Color32, CornerRadius, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, WidgetType, vec2,
};
use bevy_kinect_azure::prelude::*;

use crate::style::WELL;

/// The size of the drawing, in points.
const SIZE: bevy_egui::egui::Vec2 = vec2(116.0, 150.0);

/// Draws a skeleton; joints that cannot be trusted are faint.
pub(super) fn draw(ui: &mut Ui, skeleton: &Skeleton, color: Color32, name: &str) {
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, name));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(3), WELL);
    let places = places(skeleton, rect.shrink(10.0));
    let strength = |joint: Joint| -> f32 {
        match skeleton.joint(joint).confidence {
            JointConfidence::None => 0.0,
            JointConfidence::Low => 0.35,
            _ => 1.0,
        }
    };
    for joint in Joint::ALL {
        let Some(parent) = joint.parent() else {
            continue;
        };
        let ends = places[joint.index()].zip(places[parent.index()]);
        if let Some((from, to)) = ends {
            let sure = strength(joint).min(strength(parent));
            painter.line_segment([from, to], Stroke::new(1.6, color.gamma_multiply(sure)));
        }
    }
    for joint in Joint::ALL {
        if let Some(at) = places[joint.index()] {
            painter.circle_filled(at, 2.0, color.gamma_multiply(strength(joint)));
        }
    }
}

/// Where joints are in a rectangle, all in one scale; `None` for joints that are nowhere, or were not found.
fn places(skeleton: &Skeleton, rect: Rect) -> [Option<Pos2>; Joint::COUNT] {
    let found = skeleton.joints.map(|joint| {
        let is_found = joint.confidence != JointConfidence::None && joint.position.is_finite();
        is_found.then(|| joint.position.xy())
    });
    let mut all = found.iter().flatten().copied();
    let Some(first) = all.next() else {
        return [None; Joint::COUNT];
    };
    let (min, max) = all.fold((first, first), |(min, max), at| (min.min(at), max.max(at)));
    let extent = (max - min).max(Vec2::splat(0.3));
    let scale = (rect.width() / extent.x).min(rect.height() / extent.y);
    let middle = min.midpoint(max);
    found.map(|at| {
        let by = (at? - middle) * scale;
        // Up is up, and the sensor's right is right.
        Some(rect.center() + vec2(by.x, -by.y))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skeletons_fit_into_their_drawing() {
        let mut skeleton = Skeleton::default();
        for (number, joint) in skeleton.joints.iter_mut().enumerate() {
            joint.position = Vec3::new(number as f32 * 0.1, 2.0 - number as f32 * 0.3, -2.0);
            joint.confidence = JointConfidence::Medium;
        }
        skeleton.joints[3].position.x = f32::NAN;
        skeleton.joints[4].confidence = JointConfidence::None;
        let rect = Rect::from_min_size(Pos2::new(10.0, 20.0), SIZE);
        let places = places(&skeleton, rect);
        assert!(places[3].is_none() && places[4].is_none());
        let seen: Vec<Pos2> = places.into_iter().flatten().collect();
        assert_eq!(seen.len(), Joint::COUNT - 2);
        assert!(seen.iter().all(|at| rect.expand(0.1).contains(*at)));
        assert!(seen[0].y < seen[1].y, "the first is higher");
    }

    #[test]
    fn a_skeleton_without_joints_is_empty() {
        let rect = Rect::from_min_size(Pos2::ZERO, SIZE);
        let places = places(&Skeleton::default(), rect);
        assert!(places.iter().all(Option::is_none));
    }
}
