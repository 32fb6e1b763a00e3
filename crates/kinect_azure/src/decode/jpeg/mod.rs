//! A JPEG decoder for the images that the cameras send: baseline, 8 bits, 4:4:4, 4:2:2, 4:2:0 or grey, straight to
//! BGRA.
//!
//! It exists because a 4K stream at 30 frames a second leaves no time to spare: general decoders allocate for every
//! image, are slower than the vendor's, and can be made to panic. An unusual JPEG (progressive, several scans, 12 bits,
//! RGB) is reported as unusual, not as damaged.
//!
//! How it works: [`header`] reads the tables up to the scan. The scan's bytes are copied once without their stuffing and
//! cut at its restart markers, into segments that decode independently. Each block goes from Huffman codes ([`block`], [`huffman`])
//! over the inverse transform ([`idct`]) into a tile ([`tiles`]), the samples of one MCU (minimum coded unit) in one piece; as the
//! tiles of a segment are neighbours in memory, segments can be decoded by several threads. [`lines`] then gathers
//! rows from the tiles, brings chroma to full size and converts to BGRA.

mod block;
mod decoder;
mod error;
mod header;
mod huffman;
mod idct;
mod lines;
mod sampling;
mod segment;
mod standard;
mod tiles;

pub(super) use decoder::JpegDecoder;
pub(super) use error::JpegError;
