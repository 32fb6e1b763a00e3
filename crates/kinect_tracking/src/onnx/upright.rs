//! The upright picture of a sensor that is mounted turned.

use super::settings::Turn;
use super::view::View;
use crate::box2::Box2;
use crate::pose2d::Person2d;

/// A sensor's picture, turned upright. No pixel is moved: maps of crops are turned instead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::onnx) struct Upright {
    turn: Turn,
    width: f32,
    height: f32,
}

impl Upright {
    /// The upright picture for a sensor's picture of that size.
    pub(in crate::onnx) fn new(turn: Turn, width: u32, height: u32) -> Self {
        Self {
            turn,
            width: width as f32,
            height: height as f32,
        }
    }

    /// Width and height of the upright picture.
    pub(in crate::onnx) fn size(&self) -> [f32; 2] {
        match self.turn {
            Turn::Upright | Turn::Flip180 => [self.width, self.height],
            Turn::Clockwise90 | Turn::CounterClockwise90 => [self.height, self.width],
        }
    }

    /// The map from the upright picture to the sensor's. The picture of a sensor that is turned clockwise shows the
    /// world turned counter-clockwise.
    pub(in crate::onnx) fn to_sensor(self) -> View {
        let (right, bottom) = (self.width - 1.0, self.height - 1.0);
        match self.turn {
            Turn::Upright => View {
                x: [1.0, 0.0, 0.0],
                y: [0.0, 1.0, 0.0],
            },
            Turn::Clockwise90 => View {
                x: [0.0, 1.0, 0.0],
                y: [-1.0, 0.0, bottom],
            },
            Turn::CounterClockwise90 => View {
                x: [0.0, -1.0, right],
                y: [1.0, 0.0, 0.0],
            },
            Turn::Flip180 => View {
                x: [-1.0, 0.0, right],
                y: [0.0, -1.0, bottom],
            },
        }
    }

    /// Converts a box of the sensor's picture to a box of the upright picture.
    pub(in crate::onnx) fn turned(self, bounds: Box2) -> Box2 {
        let (right, bottom) = (self.width - 1.0, self.height - 1.0);
        let turned = [bounds.min, bounds.max].map(|[x, y]| match self.turn {
            Turn::Upright => [x, y],
            Turn::Clockwise90 => [bottom - y, x],
            Turn::CounterClockwise90 => [y, right - x],
            Turn::Flip180 => [right - x, bottom - y],
        });
        Box2::around(turned).unwrap_or(bounds)
    }

    /// Converts a person of the upright picture to a person of the sensor's picture.
    pub(in crate::onnx) fn person_to_sensor(self, person: &mut Person2d) {
        if self.turn == Turn::Upright {
            return;
        }
        let view = self.to_sensor();
        for joint in person.joints.iter_mut().flatten() {
            [joint.x, joint.y] = view.at([joint.x, joint.y]);
        }
        let corners = [person.bounds.min, person.bounds.max].map(|corner| view.at(corner));
        if let Some(bounds) = Box2::around(corners) {
            person.bounds = bounds;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn boxes_come_from_where_joints_go_to() {
        for turn in [
            Turn::Upright,
            Turn::Clockwise90,
            Turn::CounterClockwise90,
            Turn::Flip180,
        ] {
            let upright = Upright::new(turn, 640, 576);
            let bounds = Box2 {
                min: [100.0, 50.0],
                max: [180.0, 300.0],
            };
            let there = upright.turned(bounds);
            let view = upright.to_sensor();
            let back = Box2::around([view.at(there.min), view.at(there.max)]).unwrap();
            assert_eq!(back, bounds, "{turn:?}");
        }
    }

    #[test]
    fn a_sensor_turned_clockwise_sees_heads_on_the_left() {
        let upright = Upright::new(Turn::Clockwise90, 640, 576);
        assert_eq!(upright.size(), [576.0, 640.0]);
        // The middle of the upper edge.
        let [x, y] = upright.to_sensor().at([287.5, 0.0]);
        assert_eq!([x, y], [0.0, 287.5]);
        let other = Upright::new(Turn::CounterClockwise90, 640, 576);
        assert_eq!(other.to_sensor().at([287.5, 0.0]), [639.0, 287.5]);
        let flipped = Upright::new(Turn::Flip180, 640, 576);
        assert_eq!(flipped.to_sensor().at([0.0, 0.0]), [639.0, 575.0]);
    }
}
