//! Running networks: with an installed ONNX Runtime, or with the embedded tract.

mod embedded;
mod file;
mod installed;
mod network;
mod provider;
mod tensor;

pub(super) use file::ModelFile;
pub(super) use network::{Engine, Network, Opened, cores};
pub(super) use tensor::{Declared, Element, Outputs, Port, Values, shown_pattern};
