//! The tabs of the panel.

use bevy::prelude::*;
use clap::ValueEnum;

/// One of the tabs.
#[derive(Resource, ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Modes, identity and warnings of the sensor.
    #[default]
    Sensor,
    /// The controls of the colour camera.
    #[value(name = "colour")]
    Color,
    /// Inertial samples.
    Motion,
    /// The recorder.
    Record,
    /// The keys.
    Keys,
}

impl Tab {
    pub(super) const ALL: [Self; 5] = [
        Self::Sensor,
        Self::Color,
        Self::Motion,
        Self::Record,
        Self::Keys,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sensor => "Sensor",
            Self::Color => "Colour",
            Self::Motion => "Motion",
            Self::Record => "Record",
            Self::Keys => "Keys",
        }
    }

    /// The tab that a key shows.
    pub(crate) fn of_key(key: KeyCode) -> Option<Self> {
        match key {
            KeyCode::Digit1 => Some(Self::Sensor),
            KeyCode::Digit2 => Some(Self::Color),
            KeyCode::Digit3 => Some(Self::Motion),
            KeyCode::Digit4 => Some(Self::Record),
            KeyCode::Digit5 | KeyCode::F1 => Some(Self::Keys),
            _ => None,
        }
    }
}
