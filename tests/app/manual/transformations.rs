//! The code of docs/transformations.md.

use kinect_azure::calibration::Calibration;
use kinect_azure::transform::{Occlusion, Transformation};

fn aligned(
    calibration: Calibration,
    depth: &[u16],
    bgra: &[[u8; 4]],
    mut aligned_depth: Vec<u16>,
    mut aligned_color: Vec<[u8; 4]>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut transformation = Transformation::new(&calibration)?;
    transformation.depth_to_color(depth, &mut aligned_depth)?;
    transformation.color_to_depth(depth, bgra, &mut aligned_color, Occlusion::Hide)?;
    Ok(())
}
