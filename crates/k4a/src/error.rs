//! A call into a library that failed.

use std::fmt;

use crate::log;

/// The kinds of errors, each with what caused it and whether trying again helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no device with that index. Again once one is plugged in.
    NoDevice,
    /// The device is there, but another program (or another handle of this one) has it. Again once that lets go.
    InUse,
    /// The system does not let this user talk to the device. Not again: a udev rule or driver is missing.
    NotPermitted,
    /// The device no longer delivers: unplugged, out of power or bandwidth, or stopped from another thread. Close it, and
    /// open it again by its serial number.
    Lost,
    /// The library said no and not why; its messages may. Again only with other settings.
    Failed,
    /// This library or device cannot do it. Not again.
    NotSupported,
    /// What it was asked cannot be right; nothing reached the device. Not again.
    InvalidArgument,
    /// The library answered what it never should: an unknown number, an image whose size cannot be. Again is worth a try.
    Unexpected,
}

/// A call that failed: which, what happened, what to do, and what the library itself said meanwhile.
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

    /// Never reached a library.
    pub(crate) fn invalid(function: &'static str, what: impl Into<String>) -> Self {
        log::forget_messages();
        Self::new(ErrorKind::InvalidArgument, function, what)
    }

    /// An answer that cannot be.
    pub(crate) fn unexpected(function: &'static str, what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unexpected, function, what)
    }

    /// The loaded library has no such function.
    pub(crate) fn not_supported(function: &'static str, what: impl Into<String>) -> Self {
        log::forget_messages();
        Self::new(ErrorKind::NotSupported, function, what)
    }

    /// A handle of one library given to another.
    pub(crate) fn other_library(function: &'static str) -> Self {
        Self::invalid(
            function,
            "what was passed comes from another vendor's library, and handles do not mix",
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

    /// What kind of error, and with it whether trying again helps.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The C function that failed.
    pub fn function(&self) -> &'static str {
        self.0.function
    }

    /// What happened, in a sentence without an end.
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// What to do; empty where nothing is known.
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
