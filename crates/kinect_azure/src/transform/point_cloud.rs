//! Every depth pixel as a point.

use super::{SizeMismatch, check_size};
use crate::calibration::XyTable;
use crate::units;

/// Depth (mm, row by row) to points in the camera's frame in whole millimetres, exactly like the vendor's library on x86:
/// x and y are rounded half to even and saturate, z is the depth's 16 bits as they are. Pixels without a depth or a ray
/// give (0, 0, 0).
pub fn point_cloud_i16(
    table: &XyTable,
    depth: &[u16],
    points: &mut [[i16; 3]],
) -> Result<(), SizeMismatch> {
    check_size("the depth image", depth.len(), table.rays().len())?;
    check_size("the point cloud", points.len(), table.rays().len())?;
    for ((&[x, y], &depth), point) in table.rays().iter().zip(depth).zip(points) {
        let d = f32::from(depth);
        *point = if x.is_nan() {
            [0; 3]
        } else {
            [
                (x * d).round_ties_even() as i16,
                (y * d).round_ties_even() as i16,
                depth as i16,
            ]
        };
    }
    Ok(())
}

/// Depth (mm, row by row) to points in metres and [world axes](units): x to the right, y up, −z forward. Pixels without a
/// depth or a ray give (0, 0, 0), the lens itself, where nothing can be seen.
pub fn point_cloud_f32(
    table: &XyTable,
    depth: &[u16],
    points: &mut [[f32; 3]],
) -> Result<(), SizeMismatch> {
    check_size("the depth image", depth.len(), table.rays().len())?;
    check_size("the point cloud", points.len(), table.rays().len())?;
    for ((&[x, y], &depth), point) in table.rays().iter().zip(depth).zip(points) {
        let d = f32::from(depth);
        *point = if x.is_nan() {
            [0.0; 3]
        } else {
            units::to_world([x * d, y * d, d])
        };
    }
    Ok(())
}
