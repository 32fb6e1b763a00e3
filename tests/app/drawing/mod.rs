//! Tests of drawn images, which are read back from the GPU. `cargo xtask test` runs these tests once more with WebGPU's
//! features and limits alone.

mod align;
mod clouds;
mod diagnostics;
mod outputs;
mod rendering;
mod saved_points;
mod smoothing;
mod surfaces;
mod timing;
mod ui;
