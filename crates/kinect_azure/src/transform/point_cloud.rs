//! Every depth pixel as a point.
//!
//! Where all pixels of a chunk have rays, which is nearly everywhere, eight pixels are done at a time in 128-bit
//! registers, which every processor has.

use wide::{f32x4, i16x8, i32x4, i32x8, u16x8, u32x4};

use super::error::{SizeMismatch, check_size};
use crate::calibration::XyTable;
use crate::units::{self, METRES_PER_MILLIMETRE};

const CHUNK: usize = XyTable::CHUNK;

/// Converts depth (mm, row by row) to points in the camera's frame in whole millimetres, exactly like the vendor's
/// library on x86: x and y are rounded half to even and saturate, z is the depth's 16 bits as they are. Pixels without
/// a depth or a ray give (0, 0, 0).
pub fn point_cloud_i16(
    table: &XyTable,
    depth: &[u16],
    points: &mut [[i16; 3]],
) -> Result<(), SizeMismatch> {
    for_chunks(table, depth, points, chunk_i16, point_i16)
}

/// Converts depth (mm, row by row) to points in metres and [world axes](units): x to the right, y up, −z forward.
/// Pixels without a depth or a ray give (0, 0, 0), the lens itself, where nothing can be seen.
pub fn point_cloud_f32(
    table: &XyTable,
    depth: &[u16],
    points: &mut [[f32; 3]],
) -> Result<(), SizeMismatch> {
    for_chunks(table, depth, points, chunk_f32, point_f32)
}

/// Calls `whole` for chunks in which every pixel has a ray, and `single` for all other pixels.
#[inline(always)]
fn for_chunks<P>(
    table: &XyTable,
    depth: &[u16],
    points: &mut [P],
    whole: impl Fn(&[[f32; 2]; CHUNK], &[u16; CHUNK], &mut [P; CHUNK]),
    single: impl Fn([f32; 2], u16) -> P,
) -> Result<(), SizeMismatch> {
    check_size("the depth image", depth.len(), table.rays().len())?;
    check_size("the point cloud", points.len(), table.rays().len())?;
    let (rays, last_rays) = table.rays().as_chunks::<CHUNK>();
    let (depth, last_depth) = depth.as_chunks::<CHUNK>();
    let (points, last_points) = points.as_chunks_mut::<CHUNK>();
    let each = |rays: &[[f32; 2]], depth: &[u16], points: &mut [P]| {
        for ((&ray, &depth), point) in rays.iter().zip(depth).zip(points) {
            *point = single(ray, depth);
        }
    };
    for (((rays, depth), points), &gaps) in rays.iter().zip(depth).zip(points).zip(table.gaps()) {
        // The order of a register's parts in memory is known for little-endian machines.
        if gaps || cfg!(target_endian = "big") {
            each(rays, depth, points);
        } else {
            whole(rays, depth, points);
        }
    }
    each(last_rays, last_depth, last_points);
    Ok(())
}

fn point_i16([x, y]: [f32; 2], depth: u16) -> [i16; 3] {
    if x.is_nan() {
        return [0; 3];
    }
    let d = f32::from(depth);
    [
        (x * d).round_ties_even() as i16,
        (y * d).round_ties_even() as i16,
        depth as i16,
    ]
}

fn point_f32([x, y]: [f32; 2], depth: u16) -> [f32; 3] {
    if x.is_nan() || depth == 0 {
        return [0.0; 3];
    }
    let d = f32::from(depth);
    units::to_world([x * d, y * d, d])
}

/// Pixels per step.
const STEP: usize = 8;

/// Two registers of four lanes, the first and the second half of [`STEP`] pixels.
type Halves<T> = [T; 2];

/// Depths as they are, and as floating-point numbers.
#[inline(always)]
fn depths(depth: &[u16; STEP]) -> (Halves<i32x4>, Halves<f32x4>) {
    let depth: Halves<i32x4> = bytemuck::cast(i32x8::from_u16x8(u16x8::new(*depth)));
    (depth, depth.map(|depth| depth.round_float()))
}

/// The rays of four pixels times their depths: x and y of the first two and of the last two.
#[inline(always)]
fn scaled(rays: &[[f32; 2]; 4], d: f32x4) -> Halves<f32x4> {
    let [[a, b], [c, d0], [e, f], [g, h]] = *rays;
    [
        f32x4::new([a, b, c, d0]) * d.unpack_lo(d),
        f32x4::new([e, f, g, h]) * d.unpack_hi(d),
    ]
}

/// Bytes of a point in whole millimetres.
const POINT: usize = size_of::<[i16; 3]>();

fn chunk_i16(rays: &[[f32; 2]; CHUNK], depth: &[u16; CHUNK], points: &mut [[i16; 3]; CHUNK]) {
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(points.as_mut_slice());
    let (rays, _) = rays.as_chunks::<STEP>();
    let (depth, _) = depth.as_chunks::<STEP>();
    for (step, (rays, depth)) in rays.iter().zip(depth).enumerate() {
        let points = step_i16(rays, depth).map(u64::to_ne_bytes);
        let bytes = &mut bytes[step * STEP * POINT..];
        // Each point is written with the two bytes above it, which the next point overwrites: one store instead of two.
        if let Some(bytes) = bytes.first_chunk_mut::<{ STEP * POINT + 2 }>() {
            for (index, point) in points.into_iter().enumerate() {
                if let Some(bytes) = bytes[index * POINT..].first_chunk_mut() {
                    *bytes = point;
                }
            }
        } else {
            // The last step of the chunk has no room for these two bytes.
            for (bytes, point) in bytes.chunks_exact_mut(POINT).zip(points) {
                bytes.copy_from_slice(&point[..POINT]);
            }
        }
    }
}

/// Eight points, each in the lower three quarters of its number.
#[inline(always)]
fn step_i16(rays: &[[f32; 2]; STEP], depth: &[u16; STEP]) -> [u64; STEP] {
    let (depth, d) = depths(depth);
    let (rays, _) = rays.as_chunks::<4>();
    let four = |half: usize| -> Halves<u32x4> {
        // 65 535 mm times the widest ray is far within i32.
        let xy = scaled(&rays[half], d[half]).map(|xy| xy.fast_round_int());
        let xy: u32x4 = bytemuck::cast(i16x8::from_i32x8_saturate(bytemuck::cast(xy)));
        let z: u32x4 = bytemuck::cast(depth[half]);
        [xy.unpack_lo(z), xy.unpack_hi(z)]
    };
    bytemuck::cast([four(0), four(1)])
}

fn chunk_f32(rays: &[[f32; 2]; CHUNK], depth: &[u16; CHUNK], points: &mut [[f32; 3]; CHUNK]) {
    let (rays, _) = rays.as_chunks::<STEP>();
    let (depth, _) = depth.as_chunks::<STEP>();
    let (points, _) = points.as_chunks_mut::<STEP>();
    for ((rays, depth), points) in rays.iter().zip(depth).zip(points) {
        *points = step_f32(rays, depth);
    }
}

/// Eight points.
#[inline(always)]
fn step_f32(rays: &[[f32; 2]; STEP], depth: &[u16; STEP]) -> [[f32; 3]; STEP] {
    const M: f32 = METRES_PER_MILLIMETRE;
    let (_, d) = depths(depth);
    let (rays, _) = rays.as_chunks::<4>();
    let up = f32x4::new([M, -M, M, -M]);
    let four = |half: usize| -> [f32; 12] {
        // Adding 0 makes +0 of −0.
        let [a, b] = scaled(&rays[half], d[half]).map(|xy| (xy * up + f32x4::ZERO).to_array());
        let z = (d[half] * f32x4::splat(-M) + f32x4::ZERO).to_array();
        [
            a[0], a[1], z[0], a[2], a[3], z[1], b[0], b[1], z[2], b[2], b[3], z[3],
        ]
    };
    bytemuck::cast([four(0), four(1)])
}
