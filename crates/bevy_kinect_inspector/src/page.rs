//! The pages of the inspector, and their titles.

use bevy::prelude::*;

/// A page of the inspector.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[reflect(Clone, Debug, Default, PartialEq, Hash)]
pub enum Page {
    /// All sensors: state, source, what is connected, and what keeps a sensor from working.
    #[default]
    Sensors,
    /// Modes, colour controls, wired sync, inertial samples and the floor.
    Device,
    /// Previews of all kinds of images, and the settings of the app's outputs.
    Images,
    /// Point clouds and surfaces.
    Points,
    /// The body tracker and players.
    People,
    /// Parts of the room that report players.
    Zones,
    /// Humanoid models that follow players.
    Avatars,
    /// The time line of recordings and simulations.
    Playback,
    /// Recording to a file.
    Recorder,
    /// Rates, latencies and losses.
    Diagnostics,
    /// Settings that last.
    Settings,
}

impl Page {
    /// All pages, in the order of the list.
    pub const ALL: [Self; 11] = [
        Self::Sensors,
        Self::Device,
        Self::Images,
        Self::Points,
        Self::People,
        Self::Zones,
        Self::Avatars,
        Self::Playback,
        Self::Recorder,
        Self::Diagnostics,
        Self::Settings,
    ];

    /// The title in the list of pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sensors => "Sensors",
            Self::Device => "Device",
            Self::Images => "Images",
            Self::Points => "Points",
            Self::People => "People",
            Self::Zones => "Zones",
            Self::Avatars => "Avatars",
            Self::Playback => "Playback",
            Self::Recorder => "Recorder",
            Self::Diagnostics => "Diagnostics",
            Self::Settings => "Settings",
        }
    }

    /// The title of the group that begins with this page.
    pub(crate) fn group(self) -> Option<&'static str> {
        match self {
            Self::Sensors => Some("Sensor"),
            Self::People => Some("Body"),
            Self::Playback => Some("Files"),
            Self::Diagnostics => Some("System"),
            _ => None,
        }
    }

    /// The page that many places further; the first page follows the last one.
    pub(crate) fn step(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|&page| page == self);
        let at = at.unwrap_or(0).cast_signed() + by;
        let at = at.rem_euclid(Self::ALL.len().cast_signed());
        Self::ALL[at.cast_unsigned()]
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn pages_are_stepped_through_in_a_ring() {
        assert_eq!(Page::Sensors.step(1), Page::Device);
        assert_eq!(Page::Sensors.step(-1), Page::Settings);
        assert_eq!(Page::Settings.step(1), Page::Sensors);
    }
}
