//! Random poses within the range of people's joints. Every capture shows new poses.
//!
//! `legs`, `trunk` and `arms` draw plausible poses of the parts of a body; `reach` computes the arm's joints for a
//! target of the hand; `pose` joins the parts, blends two poses, and rejects bodies that pass through themselves
//! (`clear`); `scene` places people and things in the view of the sensor; `fingers` closes hands; `things` builds seats, furniture and clutter.

mod arms;
mod clear;
mod draw;
mod fingers;
mod legs;
mod pose;
mod reach;
mod scene;
mod things;
mod trunk;

#[cfg(test)]
mod tests;

pub(super) use fingers::draw_hands;
pub(super) use scene::{Scene, scene};
