//! Depth images to point clouds.
