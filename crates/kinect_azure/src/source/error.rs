//! The errors of a source, and what its owner does after them.

use std::fmt;
use std::io;

/// Why a source cannot be opened, has stopped delivering, or could not deliver one capture.
///
/// ```
/// use kinect_azure::{Recovery, SourceError, SourceErrorKind};
///
/// let error = SourceError::new(SourceErrorKind::Lost, "the cable was pulled: plug it in again");
/// assert_eq!(error.recovery(), Recovery::Retry);
/// assert_eq!(error.to_string(), "the cable was pulled: plug it in again");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[error("{reason}")]
pub struct SourceError {
    /// The kind of error; [`SourceErrorKind::recovery`] says what to do after it.
    pub kind: SourceErrorKind,
    /// The message: what happened, to which sensor or file, and how to mend it.
    pub reason: String,
}

impl SourceError {
    /// An error of that kind. `reason` should say what happened, to which sensor or file, and how to mend it.
    pub fn new(kind: SourceErrorKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }

    /// The action that the owner of the source takes next.
    pub const fn recovery(&self) -> Recovery {
        self.kind.recovery()
    }
}

/// The action of a source's owner after a [`SourceError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Recovery {
    /// Closes the source and opens it again after a while.
    Retry,
    /// Closes the source. Opening it again fails in the same way until its settings, files or permissions change, or
    /// something is installed.
    GiveUp,
    /// Asks for the next capture. Only this one is lost.
    NextCapture,
}

/// The kinds of errors that a source has.
///
/// [`recovery`](Self::recovery) follows from the kind; `Display` gives the kind in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// No vendor's library is installed in the searched places.
    NoLibrary,
    /// A vendor's library was found, but cannot be used: it cannot be loaded, functions are missing, or it is the other
    /// vendor's library.
    UnusableLibrary,
    /// No sensor is connected, or no sensor has the wanted serial number or index.
    NotConnected,
    /// Another program uses the sensor.
    InUse,
    /// Another source of this program uses the sensor.
    Claimed,
    /// The system does not let this user open the sensor or the file.
    NotPermitted,
    /// The library did not open the sensor, without a reason.
    OpenRefused,
    /// The library did not start the cameras of a connected sensor, without a reason.
    StartRefused,
    /// The sensor, its firmware or the library does not have a function that the settings need.
    NotSupported,
    /// No sensor can run with these settings.
    BadSettings,
    /// The sensor is set up for a wired synchronisation, but no cable is in the jack that it needs.
    NoSyncCable,
    /// The file does not exist.
    FileMissing,
    /// The system could not read the file, for example because its disk or network drive does not answer.
    FileUnreadable,
    /// The file is not a recording of an Azure Kinect.
    NotARecording,
    /// The recording has no track that can be played.
    NothingPlayable,
    /// The file does not hold valid data of its kind: a recording whose tracks do not have the size of its mode, a
    /// calibration or motion that cannot be read.
    BadFile,
    /// The source delivered captures and has stopped: a sensor was unplugged, has no power or no longer answers; a file
    /// was deleted or cut short while it was playing.
    Lost,
    /// One camera of the sensor stopped while the other went on.
    CameraStopped,
    /// One capture, or one stretch of a recording, cannot be used.
    BadCapture,
    /// There was not enough memory.
    OutOfMemory,
    /// The program cancelled opening the source.
    Cancelled,
    /// Any other error; the reason describes it.
    Other,
}

impl SourceErrorKind {
    /// The action of a source's owner after an error of this kind.
    pub const fn recovery(self) -> Recovery {
        match self {
            Self::NotConnected
            | Self::InUse
            | Self::Claimed
            | Self::OpenRefused
            | Self::NoSyncCable
            | Self::FileUnreadable
            | Self::Lost
            | Self::CameraStopped
            | Self::OutOfMemory
            | Self::Cancelled => Recovery::Retry,
            Self::NoLibrary
            | Self::UnusableLibrary
            | Self::NotPermitted
            | Self::StartRefused
            | Self::NotSupported
            | Self::BadSettings
            | Self::FileMissing
            | Self::NotARecording
            | Self::NothingPlayable
            | Self::BadFile
            | Self::Other => Recovery::GiveUp,
            Self::BadCapture => Recovery::NextCapture,
        }
    }

    /// The kind of an error of the operating system about a file.
    pub fn of_file(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::FileMissing,
            io::ErrorKind::PermissionDenied => Self::NotPermitted,
            io::ErrorKind::IsADirectory => Self::BadFile,
            io::ErrorKind::OutOfMemory => Self::OutOfMemory,
            _ => Self::FileUnreadable,
        }
    }
}

impl fmt::Display for SourceErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLibrary => "no library",
            Self::UnusableLibrary => "library unusable",
            Self::NotConnected => "not connected",
            Self::InUse => "in use by another program",
            Self::Claimed => "in use by another source",
            Self::NotPermitted => "not permitted",
            Self::OpenRefused => "opening refused",
            Self::StartRefused => "start refused",
            Self::NotSupported => "not supported",
            Self::BadSettings => "bad settings",
            Self::NoSyncCable => "no sync cable",
            Self::FileMissing => "file missing",
            Self::FileUnreadable => "file unreadable",
            Self::NotARecording => "not a recording",
            Self::NothingPlayable => "nothing playable",
            Self::BadFile => "bad file",
            Self::Lost => "lost",
            Self::CameraStopped => "camera stopped",
            Self::BadCapture => "bad capture",
            Self::OutOfMemory => "out of memory",
            Self::Cancelled => "cancelled",
            Self::Other => "other error",
        })
    }
}
