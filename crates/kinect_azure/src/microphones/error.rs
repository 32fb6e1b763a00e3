//! The errors of microphones.

/// Why an array delivers no sound. The message says what happened, to which device, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MicrophoneError {
    /// No array is connected, or the chosen one is not.
    #[error("{0}")]
    NotFound(String),
    /// Several arrays match the selection.
    #[error("{0}")]
    Ambiguous(String),
    /// Another program uses the array.
    #[error("{0}")]
    Busy(String),
    /// The system does not let this program use microphones.
    #[error("{0}")]
    Denied(String),
    /// The device does not have the format of an array.
    #[error("{0}")]
    Unsupported(String),
    /// The array was unplugged or no longer delivers.
    #[error("{0}")]
    Lost(String),
    /// The audio system failed in another way.
    #[error("{0}")]
    Driver(String),
}

impl MicrophoneError {
    /// Whether a later attempt with the same settings can succeed, for example after the array was plugged in or another program
    /// released it.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotFound(_) | Self::Busy(_) | Self::Lost(_) | Self::Driver(_) => true,
            Self::Ambiguous(_) | Self::Denied(_) | Self::Unsupported(_) => false,
        }
    }
}
