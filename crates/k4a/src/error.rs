//! A call into a library that failed.

use std::fmt;

use crate::log;

/// The kinds of errors of calls, with their causes and whether a second attempt can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no device with that index. Try again after one was plugged in.
    NoDevice,
    /// Another program, or another handle of this program, has the device open. Try again after it was closed there.
    InUse,
    /// The system does not let this user open the device: a udev rule or a driver is missing. Another attempt fails, too.
    NotPermitted,
    /// The device no longer delivers: unplugged, out of power or bandwidth, or stopped from another thread. Close it, and
    /// open it again by its serial number.
    Lost,
    /// The library reported a failure without a reason; its [messages](Error::messages) may contain one. Try again with
    /// other settings.
    Failed,
    /// This library or device does not have the function. Another attempt fails, too.
    NotSupported,
    /// An argument is wrong; the device was not asked. Another attempt fails, too.
    InvalidArgument,
    /// The library returned a value that it must not return: an unknown number, an image of an impossible size. Another attempt
    /// may succeed.
    Unexpected,
}

/// The error of a call: the function, what happened, how to mend it, and the messages that the library logged during
/// the call.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    function: &'static str,
    what: String,
    advice: String,
    messages: Vec<String>,
}

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with the messages that the library has just logged on this thread.
    pub(crate) fn new(kind: ErrorKind, function: &'static str, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            function,
            what: what.into(),
            advice: String::new(),
            messages: log::take_messages(),
        }))
    }

    /// An error about an argument; the library was not called.
    pub(crate) fn invalid(function: &'static str, what: impl Into<String>) -> Self {
        log::forget_messages();
        Self::new(ErrorKind::InvalidArgument, function, what)
    }

    /// An error about a value that the library must not return.
    pub(crate) fn unexpected(function: &'static str, what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unexpected, function, what)
    }

    /// An error for a function that the loaded library does not have.
    pub(crate) fn not_supported(function: &'static str, what: impl Into<String>) -> Self {
        log::forget_messages();
        Self::new(ErrorKind::NotSupported, function, what)
    }

    /// An error for a handle that belongs to another library.
    pub(crate) fn other_library(function: &'static str) -> Self {
        Self::invalid(
            function,
            "an argument belongs to another vendor's library, and a handle can only be used with the library that \
             created it",
        )
    }

    pub(crate) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = advice.into();
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_what(mut self, kind: ErrorKind, what: String) -> Self {
        self.0.kind = kind;
        self.0.what = what;
        self
    }

    /// The kind of error, which says whether another attempt can succeed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The C function that failed.
    pub fn function(&self) -> &'static str {
        self.0.function
    }

    /// What happened, in a sentence without its full stop.
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// How to mend the problem; empty if no advice is known.
    pub fn advice(&self) -> &str {
        &self.0.advice
    }

    /// The last messages of error level that the library logged on this thread during the call.
    pub fn messages(&self) -> &[String] {
        &self.0.messages
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("function", &self.0.function)
            .field("what", &self.0.what)
            .field("advice", &self.0.advice)
            .field("messages", &self.0.messages)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.function, self.0.what)?;
        if let Some(last) = self.0.messages.last() {
            write!(f, " (the library says: {last})")?;
        }
        if !self.0.advice.is_empty() {
            write!(f, "; {}", self.0.advice)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
