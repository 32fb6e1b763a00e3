//! `cargo xtask floors`: reads which module of a crate names which, and fails on an arrow that runs upwards and on every ring.
//!
//! The floors are drawn once, in ARCHITECTURE.md under "The house": each crate and each topic of a crate uses only
//! crates and topics that stand above it there. [`house`] reads that picture, [`tokens`] and [`source`] read Rust's
//! sources, [`tree`] holds a crate's modules, [`arrows`] finds out which module a path leads to, [`manifest`] reads
//! which crate depends on which, and [`mod@check`] compares. Tests and documentation comments are left out: they may
//! name every module.

mod arrows;
mod check;
mod house;
mod manifest;
mod source;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
mod tokens;
mod tree;

use std::path::Path;

pub(crate) use check::Findings;

/// Compares the crates of the workspace in `root` with ARCHITECTURE.md.
pub(crate) fn check(root: &Path) -> Result<Findings, String> {
    check::check(root)
}
