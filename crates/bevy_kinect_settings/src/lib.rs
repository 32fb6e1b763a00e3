//! Settings that last.
