//! Why no library could be loaded.

use std::fmt;
use std::path::PathBuf;

use crate::search::{Origin, Part};
use crate::vendor::Vendor;

/// Why a file was not used as the library.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The file does not exist.
    NotThere,
    /// The file is the library of this vendor, but another vendor's library was wanted.
    OtherVendor(Vendor),
    /// The system's loader could not load the file, for the given reason.
    DoesNotLoad(String),
    /// The file was loaded, but it is not the wanted library, for the given reason: a function is missing.
    Unfit(String),
    /// The file was loaded, but it is linked to another `libk4a` than the one in use, because another vendor's library was
    /// loaded before. The text names the `libk4a` in use.
    OtherLibk4a(String),
}

impl Refusal {
    /// The refusal of a file that lacks a function, so that it is not `library`.
    pub(crate) fn incomplete(library: &str, symbol: &str) -> Self {
        Self::Unfit(format!(
            "it is not {library}: the function {symbol} is missing"
        ))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere => f.write_str("not there"),
            Self::OtherVendor(vendor) => write!(f, "it is {vendor}'s"),
            Self::DoesNotLoad(reason) | Self::Unfit(reason) | Self::OtherLibk4a(reason) => {
                f.write_str(reason)
            }
        }
    }
}

/// One place where a library was looked for, and why it was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The file, or the name that the system's loader was asked for.
    pub path: PathBuf,
    /// Why the library was looked for there.
    pub origin: Origin,
    /// Why the file was not used.
    pub reason: Refusal,
}

impl Attempt {
    /// Whether no library was found here: no file, or only another vendor's. For a name without a path, the system's
    /// loader does not report whether it found a file, so a name that it did not load counts as not found.
    fn found_nothing(&self) -> bool {
        match self.reason {
            Refusal::NotThere | Refusal::OtherVendor(_) => true,
            Refusal::DoesNotLoad(_) => self.origin == Origin::Loader,
            Refusal::Unfit(_) | Refusal::OtherLibk4a(_) => false,
        }
    }
}

/// No library could be loaded: every place that was tried with the reason, and what to install.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct LoadError {
    /// The library that was searched for, for example `Microsoft's libk4a`.
    pub wanted: String,
    /// The places, in the order they were tried.
    pub attempts: Vec<Attempt>,
    /// What to install or set.
    pub advice: String,
}

impl LoadError {
    /// The error of a search for `part` that ended without a library.
    pub(crate) fn new(part: Part, vendor: Option<Vendor>, attempts: Vec<Attempt>) -> Self {
        let wanted = match (part, vendor) {
            (Part::K4a, Some(vendor)) => format!("{vendor}'s libk4a"),
            _ => format!("lib{}", part.stem()),
        };
        Self {
            wanted,
            attempts,
            advice: part.advice(vendor),
        }
    }

    /// Whether no library was found at all. If `false`, a library was found that cannot be used.
    pub fn found_nothing(&self) -> bool {
        self.attempts.iter().all(Attempt::found_nothing)
    }

    /// Whether a file was found that uses another vendor's `libk4a`, which was loaded first.
    pub fn uses_other_libk4a(&self) -> bool {
        self.attempts
            .iter()
            .any(|attempt| matches!(attempt.reason, Refusal::OtherLibk4a(_)))
    }

    /// What could not be loaded and what to do, without the list of places.
    pub fn summary(&self) -> String {
        format!("{} could not be loaded; {}", self.wanted, self.advice)
    }

    fn text(&self) -> String {
        let mut text = format!("{}.", self.summary());
        let (missing, refused): (Vec<_>, Vec<_>) = self
            .attempts
            .iter()
            .partition(|attempt| attempt.reason == Refusal::NotThere);
        for attempt in refused {
            text.push_str(&format!(
                "\n  {} ({}): {}",
                attempt.path.display(),
                attempt.origin,
                attempt.reason
            ));
        }
        if !missing.is_empty() {
            text.push_str("\n  not there:");
            for attempt in missing {
                text.push_str(&format!(
                    "\n    {} ({})",
                    attempt.path.display(),
                    attempt.origin
                ));
            }
        }
        text
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::search::ORBBEC_LIBRARY_VARIABLE;

    fn attempt(path: &str, origin: Origin, reason: Refusal) -> Attempt {
        Attempt {
            path: path.into(),
            origin,
            reason,
        }
    }

    #[test]
    fn a_failure_lists_what_was_refused_before_what_was_missing() {
        let error = LoadError::new(
            Part::K4a,
            Some(Vendor::Orbbec),
            vec![
                attempt("/a/libk4a.so", Origin::SystemFolder, Refusal::NotThere),
                attempt(
                    "/b/libk4a.so",
                    Origin::SystemFolder,
                    Refusal::OtherVendor(Vendor::Microsoft),
                ),
            ],
        );
        let text = error.to_string();
        assert!(
            text.starts_with("Orbbec's libk4a could not be loaded; install"),
            "{text}"
        );
        assert!(text.contains("it is Microsoft's"), "{text}");
        assert!(text.contains(ORBBEC_LIBRARY_VARIABLE), "{text}");
        let at = |what: &str| text.find(what).unwrap();
        assert!(at("/b/libk4a.so") < at("/a/libk4a.so"), "{text}");
    }

    #[test]
    fn a_file_that_cannot_be_used_counts_as_found_and_an_unknown_name_does_not() {
        let found_nothing = |attempts| LoadError::new(Part::K4a, None, attempts).found_nothing();
        let words = || Refusal::DoesNotLoad("cannot open shared object file".to_owned());
        let name = || attempt("libk4a.so", Origin::Loader, words());
        assert!(found_nothing(vec![name()]));
        assert!(found_nothing(vec![
            attempt("/a/libk4a.so", Origin::Named, Refusal::NotThere),
            name()
        ]));
        assert!(!found_nothing(vec![
            attempt("/a/libk4a.so", Origin::SystemFolder, words()),
            name()
        ]));
        let other = Refusal::incomplete("libk4a 1.4", "k4a_device_open");
        assert!(!found_nothing(vec![attempt(
            "libk4a.so",
            Origin::Loader,
            other
        )]));
    }
}
