//! The colour of every depth pixel, through the real lens of the colour camera.

use super::{SizeMismatch, check_size};
use crate::calibration::{Calibration, Lens, Sensor, XyTable};

/// For every depth pixel the colour (B, G, R, A) the colour camera sees there, interpolated between its four nearest
/// pixels; alpha 0 = nothing seen (no depth, or outside the colour image).
///
/// `depth` is in mm and of the depth camera's size, `color` tightly packed BGRA of the colour camera's size, `table` that
/// of the depth camera. Nothing is seen at all when one of the cameras is off. There is no occlusion test, like in the
/// vendor's library: what a near object hides from the colour camera gets the colour of that object.
pub fn color_points(
    calibration: &Calibration,
    table: &XyTable,
    depth: &[u16],
    color: &[[u8; 4]],
    colors: &mut [[u8; 4]],
) -> Result<(), SizeMismatch> {
    check_size("the depth image", depth.len(), table.rays().len())?;
    check_size("the list of colours", colors.len(), table.rays().len())?;
    let (Some(camera), Some(to_color)) = (
        &calibration.color_camera,
        calibration.extrinsics(Sensor::Depth, Sensor::Color),
    ) else {
        colors.fill([0; 4]);
        return Ok(());
    };
    let (width, height) = (camera.width as usize, camera.height as usize);
    check_size("the colour image", color.len(), width * height)?;
    let lens = Lens::new(camera);
    for ((&[x, y], &depth), out) in table.rays().iter().zip(depth).zip(colors) {
        *out = [0; 4];
        if depth == 0 || x.is_nan() {
            continue;
        }
        let d = f32::from(depth);
        let [x, y, z] = to_color.transform_point([x * d, y * d, d]).map(f64::from);
        if z <= 0.0 {
            continue;
        }
        let seen = lens
            .project(x / z, y / z)
            .and_then(|[u, v]| bilinear(color, width, height, [u as f32, v as f32]));
        if let Some(color) = seen {
            *out = color;
        }
    }
    Ok(())
}

/// The colour between four pixels, alpha 255; `None` where one of the four lies outside.
fn bilinear(image: &[[u8; 4]], width: usize, height: usize, [u, v]: [f32; 2]) -> Option<[u8; 4]> {
    // Written so that NaN fails; the last column and row have no neighbour to mix with.
    if !(u >= 0.0 && v >= 0.0 && u < (width - 1) as f32 && v < (height - 1) as f32) {
        return None;
    }
    let (column, row) = (u as usize, v as usize);
    let (right, down) = (u - column as f32, v - row as f32);
    let top = row * width + column;
    let [a, b] = *image.get(top..)?.first_chunk()?;
    let [c, d] = *image.get(top + width..)?.first_chunk()?;
    let mix = |from: f32, to: f32, part: f32| from + (to - from) * part;
    let channel = |i: usize| {
        let [a, b, c, d] = [a, b, c, d].map(|pixel| f32::from(pixel[i]));
        (mix(mix(a, b, right), mix(c, d, right), down) + 0.5) as u8
    };
    Some([channel(0), channel(1), channel(2), 255])
}
