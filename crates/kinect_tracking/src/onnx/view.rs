//! Where the pixels of a network's input lie in a picture.
//!
//! Coordinates are those of pixel centres everywhere: the first pixel's centre is (0, 0), and a picture reaches from −0.5 to
//! size − 0.5. Scaling keeps the edges in place, not the centres of the first pixels.

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::onnx) struct Crop {
    pub(in crate::onnx) center: [f32; 2],
    /// Width and height in pixels, along the crop's own axes.
    pub(in crate::onnx) size: [f32; 2],
    /// By how much the crop is turned, in radians, clockwise as seen in the picture.
    pub(in crate::onnx) rotation: f32,
}

/// Where a whole picture is placed in an input of another shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::onnx) enum Align {
    TopLeft,
    Center,
}

/// The place in the picture of each pixel of an input: an affine map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::onnx) struct View {
    /// Picture x = x[0] · column + x[1] · row + x[2]; likewise y.
    pub(in crate::onnx) x: [f32; 3],
    pub(in crate::onnx) y: [f32; 3],
}

impl View {
    /// A crop that fills an input of that size.
    pub(in crate::onnx) fn crop(crop: &Crop, input: [usize; 2]) -> Self {
        let (sin, cos) = crop.rotation.sin_cos();
        let [width, height] = input.map(|size| size as f32);
        let (a, b) = (crop.size[0] / width, crop.size[1] / height);
        // The middle of the input in its own coordinates.
        let (u, v) = ((width - 1.0) / 2.0, (height - 1.0) / 2.0);
        let x = [cos * a, -sin * b];
        let y = [sin * a, cos * b];
        Self {
            x: [x[0], x[1], crop.center[0] - x[0] * u - x[1] * v],
            y: [y[0], y[1], crop.center[1] - y[0] * u - y[1] * v],
        }
    }

    /// The same crop as in a mirror, for an input of that width.
    pub(in crate::onnx) fn mirrored(&self, width: usize) -> Self {
        let last = width as f32 - 1.0;
        let row = |row: &[f32; 3]| [-row[0], row[1], row[2] + row[0] * last];
        Self {
            x: row(&self.x),
            y: row(&self.y),
        }
    }

    /// A whole picture, scaled to the largest size that fits into an input of that size.
    pub(in crate::onnx) fn whole(picture: [f32; 2], input: [usize; 2], align: Align) -> Self {
        let [width, height] = input.map(|size| size as f32);
        let scale = (width / picture[0]).min(height / picture[1]);
        let [left, top] = match align {
            Align::TopLeft => [0.0, 0.0],
            Align::Center => [
                (width - picture[0] * scale) / 2.0,
                (height - picture[1] * scale) / 2.0,
            ],
        };
        let step = 1.0 / scale;
        Self {
            x: [step, 0.0, (0.5 - left) * step - 0.5],
            y: [0.0, step, (0.5 - top) * step - 0.5],
        }
    }

    /// The place in the picture of a place in the input.
    pub(in crate::onnx) fn at(&self, [column, row]: [f32; 2]) -> [f32; 2] {
        [
            self.x[0] * column + self.x[1] * row + self.x[2],
            self.y[0] * column + self.y[1] * row + self.y[2],
        ]
    }

    /// The place in the picture of a place that the network returns as shares of the input's width and height.
    pub(in crate::onnx) fn at_share(&self, [x, y]: [f32; 2], input: [usize; 2]) -> [f32; 2] {
        self.at([x * input[0] as f32 - 0.5, y * input[1] as f32 - 0.5])
    }

    /// Pixels of the picture from one column to the next and from one row to the next.
    pub(in crate::onnx) fn steps(&self) -> [f32; 2] {
        [self.x[0].hypot(self.y[0]), self.x[1].hypot(self.y[1])]
    }

    /// This map followed by another.
    pub(in crate::onnx) fn then(&self, next: &Self) -> Self {
        let row = |row: &[f32; 3]| {
            [
                row[0] * self.x[0] + row[1] * self.y[0],
                row[0] * self.x[1] + row[1] * self.y[1],
                row[0] * self.x[2] + row[1] * self.y[2] + row[2],
            ]
        };
        Self {
            x: row(&next.x),
            y: row(&next.y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f32; 2], b: [f32; 2]) {
        assert!(
            (a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3,
            "{a:?} is not {b:?}"
        );
    }

    #[test]
    fn a_whole_picture_keeps_its_edges() {
        // Half the size: the input's first pixel covers the picture's first two by two.
        let view = View::whole([640.0, 576.0], [320, 288], Align::TopLeft);
        near(view.at([-0.5, -0.5]), [-0.5, -0.5]);
        near(view.at([0.0, 0.0]), [0.5, 0.5]);
        near(view.at([319.5, 287.5]), [639.5, 575.5]);
        // Centred in a square: bars above and below.
        let view = View::whole([200.0, 100.0], [100, 100], Align::Center);
        near(view.at([-0.5, 24.5]), [-0.5, -0.5]);
        near(view.at([99.5, 74.5]), [199.5, 99.5]);
    }

    #[test]
    fn a_crop_is_centred_and_turned() {
        let crop = Crop {
            center: [50.0, 60.0],
            size: [20.0, 40.0],
            rotation: 0.0,
        };
        let view = View::crop(&crop, [10, 20]);
        near(view.at([4.5, 9.5]), [50.0, 60.0]);
        near(view.at([-0.5, -0.5]), [40.0, 40.0]);
        near(view.steps(), [2.0, 2.0]);
        let mirrored = view.mirrored(10);
        near(mirrored.at([9.5, -0.5]), [40.0, 40.0]);
        near(mirrored.at([0.0, 3.0]), view.at([9.0, 3.0]));
        // A quarter turn: the crop's right is the picture's bottom.
        let turned = View::crop(
            &Crop {
                rotation: std::f32::consts::FRAC_PI_2,
                ..crop
            },
            [10, 20],
        );
        near(turned.at([9.5, 9.5]), [50.0, 70.0]);
        near(turned.at([4.5, 19.5]), [30.0, 60.0]);
    }

    #[test]
    fn maps_follow_each_other() {
        let first = View {
            x: [2.0, 0.5, 1.0],
            y: [-1.0, 3.0, 4.0],
        };
        let second = View {
            x: [0.0, 1.0, 5.0],
            y: [-1.0, 0.0, 7.0],
        };
        near(
            first.then(&second).at([3.0, 2.0]),
            second.at(first.at([3.0, 2.0])),
        );
    }
}
