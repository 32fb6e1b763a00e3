//! Contracts of pose networks: the input that a network takes, and the meaning of its outputs.
//!
//! Each contract has an adapter in a module of its own. [`recognise`] tries one after the other.

mod adapter;
mod blazepose;
mod blazepose_detector;
mod boxes;
mod graph;
mod heatmaps;
mod input;
mod keypoints;
mod movenet;
mod movenet_multi;
mod recognise;
mod rtmo;
mod simcc;
mod yolo;

pub(super) use adapter::{Adapter, Found};
pub(super) use input::PictureInput;
pub(super) use recognise::recognise;
