//! The colours of people: palettes that a key changes.

use bevy::prelude::*;
use clap::ValueEnum;

use crate::flow::PEOPLE;

/// The colours of people.
#[derive(Resource, ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Palette {
    /// Turquoise, orange, pink, green, gold and ice: a colour for each person.
    #[default]
    Aurora,
    /// Reds and golds.
    Ember,
    /// Blues and whites.
    Ice,
}

/// The sRGB colours of feet and head.
type Pair = [[f32; 3]; 2];

const AURORA: [Pair; PEOPLE] = [
    [[0.08, 0.32, 1.0], [0.2, 1.0, 0.86]],
    [[0.85, 0.1, 0.55], [1.0, 0.62, 0.25]],
    [[0.38, 0.16, 1.0], [1.0, 0.42, 0.8]],
    [[0.0, 0.52, 0.52], [0.72, 1.0, 0.4]],
    [[1.0, 0.22, 0.12], [1.0, 0.86, 0.42]],
    [[0.2, 0.35, 0.95], [0.82, 0.92, 1.0]],
];
const EMBER: [Pair; PEOPLE] = [
    [[0.85, 0.08, 0.06], [1.0, 0.72, 0.25]],
    [[0.7, 0.04, 0.3], [1.0, 0.45, 0.2]],
    [[1.0, 0.3, 0.05], [1.0, 0.9, 0.55]],
    [[0.6, 0.05, 0.12], [1.0, 0.35, 0.3]],
    [[0.9, 0.42, 0.05], [1.0, 0.95, 0.75]],
    [[0.75, 0.12, 0.4], [1.0, 0.62, 0.5]],
];
const ICE: [Pair; PEOPLE] = [
    [[0.08, 0.22, 0.95], [0.55, 0.88, 1.0]],
    [[0.12, 0.4, 0.9], [0.85, 0.96, 1.0]],
    [[0.25, 0.2, 0.95], [0.72, 0.75, 1.0]],
    [[0.0, 0.45, 0.8], [0.6, 1.0, 0.95]],
    [[0.3, 0.35, 0.9], [1.0, 1.0, 1.0]],
    [[0.05, 0.3, 0.7], [0.4, 0.7, 1.0]],
];

impl Palette {
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Aurora => Self::Ember,
            Self::Ember => Self::Ice,
            Self::Ice => Self::Aurora,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aurora => "aurora",
            Self::Ember => "ember",
            Self::Ice => "ice",
        }
    }

    /// The linear colours of all people's feet, and of their heads.
    pub(crate) fn linear(self) -> [[Vec4; PEOPLE]; 2] {
        let pairs = match self {
            Self::Aurora => AURORA,
            Self::Ember => EMBER,
            Self::Ice => ICE,
        };
        [0, 1].map(|end| pairs.map(|pair| linear(pair[end])))
    }
}

fn linear([r, g, b]: [f32; 3]) -> Vec4 {
    Color::srgb(r, g, b).to_linear().to_vec4()
}
