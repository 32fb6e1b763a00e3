//! The errors of a real sensor. Each kind can be switched off. A pixel's error is a hash of the seed, the frame and the
//! pixel, so that it depends neither on the thread nor on the other pixels.

mod color;
mod depth;
mod kinds;

pub(crate) use color::add_color_noise;
pub(crate) use depth::{DepthNoise, DepthPlanes};
pub use kinds::{Noise, NoiseStrength};
