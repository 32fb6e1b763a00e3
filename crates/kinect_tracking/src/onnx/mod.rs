//! Body tracking with ONNX models.
//!
//! Models are the user's: a file in [`OnnxSettings::model`], or one in the [model folder](models). What a model takes
//! and gives ([`Contract`]) is recognised from its graph, or set by hand ([`ModelLayout`]). A network is run by an
//! installed ONNX Runtime, or else by tract, which is built in ([`Runtime`]).
//!
//! - [`OnnxTracker`] is the body tracker: it finds people, follows them and lifts their joints by depth.
//! - [`PoseModel`] is one network alone: a picture in, people with joints in pixels out.
//!
//! These need the feature `onnx`; the settings are there without it.

#[cfg(feature = "onnx")]
mod contract;
#[cfg(feature = "onnx")]
mod follow;
#[cfg(feature = "onnx")]
mod model;
#[cfg(feature = "onnx")]
pub mod models;
#[cfg(feature = "onnx")]
mod picture;
#[cfg(feature = "onnx")]
mod runtime;
mod settings;
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
