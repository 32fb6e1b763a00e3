//! What can go wrong, sorted by what helps against it.

/// Why microphones cannot be heard: the message says what happened, to what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MicrophoneError {
    /// There is no array, or not the chosen one.
    #[error("{0}")]
    NotFound(String),
    /// Several arrays could be meant.
    #[error("{0}")]
    Ambiguous(String),
    /// Another program has the array.
    #[error("{0}")]
    Busy(String),
    /// The system does not let this program listen.
    #[error("{0}")]
    Denied(String),
    /// The device does not deliver what the array must.
    #[error("{0}")]
    Unsupported(String),
    /// The array was there and is gone or has fallen silent.
    #[error("{0}")]
    Lost(String),
    /// The audio system failed in another way.
    #[error("{0}")]
    Driver(String),
}

impl MicrophoneError {
    /// Whether opening again later may work without a change of settings: the array may be plugged in, another program may
    /// let go of it.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotFound(_) | Self::Busy(_) | Self::Lost(_) | Self::Driver(_) => true,
            Self::Ambiguous(_) | Self::Denied(_) | Self::Unsupported(_) => false,
        }
    }
}
