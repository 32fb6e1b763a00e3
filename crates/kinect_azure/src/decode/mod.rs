//! Colour images (MJPG, NV12, YUY2, BGRA) to tightly packed BGRA.
//!
//! A [`ColorDecoder`] keeps its working memory, so that a stream decodes without allocating. An image that cannot be
//! decoded (a JPEG cut short on its way, a size that does not fit) is an error of that image only; the decoder goes on
//! with the next.

mod color_decoder;
mod error;
mod general;
mod jpeg;
mod yuv;

pub use color_decoder::{ColorDecoder, packed_bgra};
pub use error::DecodeError;
pub use yuv::YuvRange;
