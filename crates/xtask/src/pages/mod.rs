//! The Markdown files of the project: their links lead somewhere, and the README stays short.
//!
//! [`links`] reads the links and headings of a file, [`mod@check`] compares them.

mod check;
mod links;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub(crate) use check::check;
