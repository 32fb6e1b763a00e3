//! Images from one camera's view into the other's, and depth images to points.
//!
//! - [`Transformation`]: depth, and custom images such as infrared or a body index map, as the colour camera would
//!   see them, and the colour of every depth pixel. It is made for a calibration with both cameras on.
//! - [`point_cloud_f32`] and [`point_cloud_i16`]: points of a depth image with the [`XyTable`] of the camera whose
//!   view it is in: `XyTable::new(depth_camera)` for the sensor's depth images, `XyTable::new(color_camera)` for the
//!   results of [`Transformation::depth_to_color`]. Points are in the frame of that camera.
//!
//! The rules are the vendor's. All functions write into the caller's memory and allocate nothing for an image.
//!
//! [`XyTable`]: crate::calibration::XyTable

mod color_to_depth;
mod custom;
mod depth_to_color;
mod error;
mod point_cloud;
mod quad;
mod transformation;
mod vertices;

pub use color_to_depth::Occlusion;
pub use custom::{CustomPixel, Interpolation};
pub use error::{SizeMismatch, TransformError};
pub use point_cloud::{point_cloud_f32, point_cloud_i16};
pub use quad::SAME_SURFACE;
pub use transformation::Transformation;
