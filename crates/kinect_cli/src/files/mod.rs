//! Writes every file of every command by one rule ([`Rule`]): an existing file is replaced only with `--overwrite`, and
//! a file that the command reads is never overwritten.
//!
//! A file gets its name when it is complete. Until then it is `NAME.kinect.part` in the same folder, locked against a
//! second program ([`PartFile`]). When the command fails, or is told to stop at once, that file is removed
//! ([`writing`]).

mod error;
mod folder;
mod identity;
mod name;
mod part;
mod rule;
mod writing;

pub(crate) use error::WriteError;
pub(crate) use folder::Folder;
pub(crate) use name::recording_name;
pub(crate) use part::PartFile;
pub(crate) use rule::Rule;
pub(crate) use writing::remove_all as remove_half_files;
