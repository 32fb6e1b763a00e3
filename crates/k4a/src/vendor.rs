//! The vendors of the libraries.

use std::fmt;

/// The company that makes a library and the sensors that it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// Microsoft, which made Azure Kinect.
    Microsoft,
    /// Orbbec, which makes Femto Bolt, Mega and Mega I; its K4A wrapper has `libk4a`'s functions.
    Orbbec,
}

impl Vendor {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Microsoft => "Microsoft",
            Self::Orbbec => "Orbbec",
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
