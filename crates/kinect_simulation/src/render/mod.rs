//! Draws the images of both cameras, without noise.
//!
//! The room does not move, so it is traced once for each camera and kept ([`backdrop`]). People are drawn over it in
//! every frame ([`people`]): each pixel's exact ray is tested against the planes of triangles, so that rounding is the
//! only error of depth, with any lens distortion. [`things`] that are there for one capture are drawn before people.
//! [`shadow`] computes the light that people block.

pub(crate) mod backdrop;
pub(crate) mod joints;
pub(crate) mod people;
mod posed;
mod renderer;
pub(crate) mod shadow;
mod things;
pub(crate) mod tone;
pub(crate) mod view;

pub(crate) use posed::Posed;
pub(crate) use renderer::Renderer;

#[cfg(test)]
mod tests;
