//! Why the JPEG decoder gives no picture.

/// Why this decoder cannot decode an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum JpegError {
    /// The bytes are broken.
    Damaged(&'static str),
    /// The file may be fine, but is of a kind that cameras do not send: for a general decoder.
    Unusual(&'static str),
    /// The file is of a kind that general decoders do not know either.
    Unknown(&'static str),
}
