//! Colour images to BGRA.
