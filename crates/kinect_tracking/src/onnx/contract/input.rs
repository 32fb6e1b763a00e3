//! The picture that a network takes.

use super::graph::Graph;
use crate::onnx::runtime::{Element, Port, shown_pattern};

/// The input of a network: a picture of a certain size, order and range.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::onnx) struct PictureInput {
    pub(super) port: Port,
    width: usize,
    height: usize,
    channels: usize,
    channels_first: bool,
    blue_first: bool,
    /// In values from 0 to 255, for each channel in the order of the input.
    mean: [f32; 4],
    deviation: [f32; 4],
    fill: f32,
}

/// The input that a contract expects.
pub(super) struct Expected {
    /// Width and height if the graph leaves them open.
    pub(super) size: [usize; 2],
    pub(super) blue_first: bool,
    pub(super) mean: [f32; 3],
    pub(super) deviation: [f32; 3],
    /// The value of pixels outside the picture, before the mean is subtracted.
    pub(super) fill: f32,
}

/// The input of top-down models of one person: upright, with means and deviations of ImageNet's pictures.
pub(super) const TOP_DOWN: Expected = Expected {
    size: [192, 256],
    blue_first: false,
    mean: [123.675, 116.28, 103.53],
    deviation: [58.395, 57.12, 57.375],
    fill: 0.0,
};

/// Larger inputs are a mistake: the tensor would take gigabytes.
const LARGEST: usize = 4096;

impl PictureInput {
    /// The input of a graph; fails if it is not the expected picture.
    pub(super) fn of(graph: &Graph, expected: &Expected) -> Result<Self, String> {
        let [port] = graph.declared.inputs.as_slice() else {
            return Err(format!(
                "it has {} inputs; expected one, a picture",
                graph.declared.inputs.len()
            ));
        };
        if port.element == Element::Other {
            return Err(format!(
                "its input {} is made of neither 32-bit floats nor 32-bit integers nor bytes",
                port.shown()
            ));
        }
        let is_channels = |dim: Option<usize>| matches!(dim, Some(1 | 3 | 4));
        let wrong = || {
            format!(
                "its input is {}; expected a picture {} or {}",
                port.shown(),
                shown_pattern(&[1, 3, 0, 0]),
                shown_pattern(&[1, 0, 0, 3]),
            )
        };
        let &[batch, a, b, c] = port.dims.as_slice() else {
            return Err(wrong());
        };
        let (channels_first, channels, height, width) = if is_channels(c) && !is_channels(a) {
            (false, c, a, b)
        } else if is_channels(a) {
            (true, a, b, c)
        } else {
            return Err(wrong());
        };
        if batch.is_some_and(|batch| batch != 1) {
            return Err(format!(
                "its input is {}; expected one picture a run",
                port.shown()
            ));
        }
        let open = match graph.layout.input_size {
            Some(size) => size.map(|size| size as usize),
            None => expected.size,
        };
        let (width, height) = (width.unwrap_or(open[0]), height.unwrap_or(open[1]));
        if width == 0 || height == 0 || width > LARGEST || height > LARGEST {
            return Err(format!(
                "its input would be {width} × {height} pixels; expected 1 to {LARGEST}"
            ));
        }
        Ok(Self {
            port: port.clone(),
            width,
            height,
            channels: channels.unwrap_or(3),
            channels_first,
            blue_first: graph.layout.blue_first.unwrap_or(expected.blue_first),
            mean: with_infrared(expected.mean),
            deviation: with_infrared(expected.deviation),
            fill: expected.fill,
        })
    }

    /// The shape of the tensor.
    pub(in crate::onnx) fn dims(&self) -> Vec<usize> {
        if self.channels_first {
            vec![1, self.channels, self.height, self.width]
        } else {
            vec![1, self.height, self.width, self.channels]
        }
    }

    pub(in crate::onnx) fn port(&self) -> &Port {
        &self.port
    }

    /// Width and height.
    pub(in crate::onnx) fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    pub(in crate::onnx) fn channels(&self) -> usize {
        self.channels
    }

    /// Whether the network takes infrared as a fourth channel beside the three colours.
    pub(in crate::onnx) fn has_infrared(&self) -> bool {
        self.channels == 4
    }

    pub(in crate::onnx) fn is_channels_first(&self) -> bool {
        self.channels_first
    }

    pub(in crate::onnx) fn is_blue_first(&self) -> bool {
        self.blue_first
    }

    pub(in crate::onnx) fn element(&self) -> Element {
        self.port.element
    }

    pub(in crate::onnx) fn fill(&self) -> f32 {
        self.fill
    }

    /// Converts a value from 0 to 255 to the network's range.
    pub(in crate::onnx) fn normal(&self, channel: usize, value: f32) -> f32 {
        (value - self.mean[channel]) / self.deviation[channel]
    }
}

/// The numbers of three colours, and their mean for infrared.
fn with_infrared([a, b, c]: [f32; 3]) -> [f32; 4] {
    [a, b, c, (a + b + c) / 3.0]
}
