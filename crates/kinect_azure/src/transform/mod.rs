//! Images from one camera's view into the other's, and depth images to points.
//!
//! - [`Transformation`]: what the colour camera would measure (depth and whatever goes along with it, like infrared or a
//!   body index map), and the colour of every depth pixel. It is made for a calibration with both cameras on.
//! - [`point_cloud_f32`] and [`point_cloud_i16`]: points of a depth image over the [`XyTable`] of the camera whose view it
//!   is in: `XyTable::new(depth_camera)` for what the sensor delivers, `XyTable::new(color_camera)` for what
//!   [`Transformation::depth_to_color`] made of it. Points are in the frame of that camera.
//!
//! The rules are the vendor's. All of it writes into memory the caller keeps, and allocates nothing per image.
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
