//! The file formats for bodies.

use std::fmt;
use std::str::FromStr;

/// A file format for bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BodyFormat {
    /// All bodies in one JSON file.
    #[default]
    Json,
    /// A CSV file for each body.
    Csv,
    /// A BVH file for each body.
    Bvh,
    /// A GLB file for each body.
    Gltf,
}

impl BodyFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Bvh, Self::Gltf];

    /// The format's name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Bvh => "bvh",
            Self::Gltf => "gltf",
        }
    }

    /// The extension of the format's file names, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Gltf => "glb",
            other => other.name(),
        }
    }
}

impl fmt::Display for BodyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no format has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format “{0}” for bodies: choose json, csv, bvh or gltf")]
pub struct UnknownBodyFormat(String);

impl FromStr for BodyFormat {
    type Err = UnknownBodyFormat;

    fn from_str(name: &str) -> Result<Self, UnknownBodyFormat> {
        let lower = name.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.name() == lower)
            .ok_or_else(|| UnknownBodyFormat(name.into()))
    }
}
