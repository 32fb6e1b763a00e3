//! Finds out which bone of a rig is which part of the body.
//!
//! The file's own table counts first, then names (`names`), then where bones are (`trunk`, `shape`).

mod find;
mod names;
mod nearest;
mod shape;
mod trunk;
mod words;

pub use find::{Matching, match_bones};
pub(crate) use names::is_helper;
pub use nearest::Unmatched;
