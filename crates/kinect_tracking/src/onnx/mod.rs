//! Body tracking with ONNX models.
//!
//! No model is bundled: [`OnnxSettings::model`] names the file of a model, or the [model folder](models) holds one. The
//! [`Contract`] of a model is recognised from its graph, or set by hand ([`ModelLayout`]). An installed ONNX Runtime runs
//! the networks, otherwise tract, which is built in ([`Runtime`]).
//!
//! - [`OnnxTracker`] is the body tracker: it finds people, follows them and lifts their joints by depth.
//! - [`PoseModel`] is one network alone: a picture in, people with joints in pixels out.
//!
//! Both need the feature `onnx`; the settings exist without it.

#[cfg(feature = "onnx")]
mod agreement;
#[cfg(feature = "onnx")]
mod both;
#[cfg(feature = "onnx")]
mod contract;
#[cfg(feature = "onnx")]
mod eye;
#[cfg(feature = "onnx")]
mod follow;
#[cfg(feature = "onnx")]
mod fusion;
#[cfg(feature = "onnx")]
mod model;
#[cfg(feature = "onnx")]
pub mod models;
#[cfg(feature = "onnx")]
mod picture;
#[cfg(feature = "onnx")]
pub(crate) mod runtime;
mod settings;
#[cfg(feature = "onnx")]
pub(crate) mod share_out;
#[cfg(feature = "onnx")]
mod sight;
#[cfg(feature = "onnx")]
mod to_depth;
#[cfg(feature = "onnx")]
mod top_down;
#[cfg(feature = "onnx")]
mod tracker;
#[cfg(feature = "onnx")]
mod upright;
#[cfg(feature = "onnx")]
mod view;

#[cfg(feature = "onnx")]
pub use model::PoseModel;
#[cfg(feature = "onnx")]
pub use picture::Picture;
pub use settings::{
    Contract, ModelLayout, NetworkSettings, OnnxSettings, PictureSource, Processor, Runtime, Turn,
};
#[cfg(feature = "onnx")]
pub use tracker::OnnxTracker;
