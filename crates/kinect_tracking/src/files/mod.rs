//! Writes bodies to files, and reads and plays them.
//!
//! | format | bodies in a file | kept in memory while writing | read again |
//! | --- | --- | --- | --- |
//! | JSON ([`JsonWriter`]) | all | one frame | [`BodyClip::from_json`] |
//! | CSV ([`CsvWriter`]) | one | one frame | [`BodyClip::from_csv`] |
//! | BVH ([`BvhWriter`]) | one | two frames | by animation programs |
//! | glTF ([`GltfWriter`]) | one | all frames, 0.9 kB each | by animation programs |
//!
//! JSON and CSV hold millimetres and the depth camera's axes, like all types of this crate. BVH and glTF hold metres in
//! y-up axes with the camera looking along −z; their skeleton stands in a T-pose and faces +z.
//!
//! [`create`] opens a writer of any format for all bodies of a sensor; [`create_in`] does the same in a folder with
//! rules of its own ([`BodyFolder`]). [`ClipPlayer`] and [`ClipTracker`] play the clips that were read.

mod bvh;
mod clip;
mod create;
mod csv;
mod error;
mod folder;
mod format;
mod gltf;
mod json;
mod per_body;
mod player;
mod upright;
mod writer;

pub use bvh::BvhWriter;
pub use clip::BodyClip;
pub use create::{create, create_in};
pub use csv::CsvWriter;
pub use error::BodyFileError;
pub use folder::BodyFolder;
pub use format::{BodyFormat, UnknownBodyFormat};
pub use gltf::GltfWriter;
pub use json::JsonWriter;
pub use per_body::PerBodyFiles;
pub use player::{ClipPlayer, ClipTracker};
pub use writer::{BodyWriter, OneBodyWriter};
