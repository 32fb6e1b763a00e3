//! Random poses within the range of people's joints: every capture shows new ones.
//!
//! `legs`, `trunk` and `arms` draw the parts of a body as people hold them together; `reach` brings a hand to a place;
//! `pose` puts a body together, blends two of them, and refuses bodies that pass through themselves (`clear`); `scene` puts
//! people and things where the sensor sees them, `things` builds seats, furniture and clutter.

mod arms;
mod clear;
mod draw;
mod legs;
mod pose;
mod reach;
mod scene;
mod things;
mod trunk;

#[cfg(test)]
mod tests;

pub(super) use scene::{Scene, scene};
