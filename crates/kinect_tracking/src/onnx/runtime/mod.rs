//! Running networks: with an installed ONNX Runtime, or with the embedded tract.

mod embedded;
mod file;
mod installed;
mod network;
mod provider;
mod tensor;

pub(crate) use file::ModelFile;
pub(crate) use network::{Engine, Network, Opened, cores};
pub(crate) use tensor::{Declared, Element, Outputs, Port, Values, logistic, shown_pattern};
