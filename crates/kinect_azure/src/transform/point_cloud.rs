//! Every depth pixel as a point.
//!
//! Where all pixels of a chunk have rays, which is nearly everywhere, four pixels are done at a time in 128-bit
//! registers, that every processor has. A pixel's point is three numbers long and a register holds a power of two:
//! each point is written with what follows it in the register, and the next point overwrites that.

use wide::{f32x4, i16x8, i32x4, u32x4};

use super::{SizeMismatch, check_size};
use crate::calibration::XyTable;
use crate::units::{self, METRES_PER_MILLIMETRE};

const CHUNK: usize = XyTable::CHUNK;

/// Depth (mm, row by row) to points in the camera's frame in whole millimetres, exactly like the vendor's library on x86:
/// x and y are rounded half to even and saturate, z is the depth's 16 bits as they are. Pixels without a depth or a ray
/// give (0, 0, 0).
pub fn point_cloud_i16(
    table: &XyTable,
    depth: &[u16],
    points: &mut [[i16; 3]],
) -> Result<(), SizeMismatch> {
    for_chunks(table, depth, points, chunk_i16, point_i16)
}

/// Depth (mm, row by row) to points in metres and [world axes](units): x to the right, y up, −z forward. Pixels without a
/// depth or a ray give (0, 0, 0), the lens itself, where nothing can be seen.
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
    if x.is_nan() {
        return [0.0; 3];
    }
    let d = f32::from(depth);
    units::to_world([x * d, y * d, d])
}

/// Depths of four pixels as they are, and of the first two and the last two pixels twice each.
#[inline(always)]
fn depths(depth: &[u16; 4]) -> (i32x4, [f32x4; 2]) {
    let depth = i32x4::new(depth.map(i32::from));
    let d = depth.round_float();
    (depth, [d.unpack_lo(d), d.unpack_hi(d)])
}

#[inline(always)]
fn halves(rays: &[[f32; 2]; 4]) -> [f32x4; 2] {
    let [[a, b], [c, d], [e, f], [g, h]] = *rays;
    [f32x4::new([a, b, c, d]), f32x4::new([e, f, g, h])]
}

/// Four points, each in the lower three quarters of its number.
#[inline(always)]
fn four_i16(rays: &[[f32; 2]; 4], depth: &[u16; 4]) -> [u64; 4] {
    let (depth, [d01, d23]) = depths(depth);
    let [xy01, xy23] = halves(rays);
    // 65 535 mm times the widest ray is far within i32.
    let xy01 = (xy01 * d01).fast_round_int();
    let xy23 = (xy23 * d23).fast_round_int();
    let xy = i16x8::from_i32x8_saturate(bytemuck::cast([xy01, xy23]));
    let (xy, z): (u32x4, u32x4) = (bytemuck::cast(xy), bytemuck::cast(depth));
    bytemuck::cast([xy.unpack_lo(z), xy.unpack_hi(z)])
}

fn chunk_i16(rays: &[[f32; 2]; CHUNK], depth: &[u16; CHUNK], points: &mut [[i16; 3]; CHUNK]) {
    const POINT: usize = size_of::<[i16; 3]>();
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(points.as_mut_slice());
    let (rays, _) = rays.as_chunks::<4>();
    let (depth, _) = depth.as_chunks::<4>();
    let mut at = 0;
    for (rays, depth) in rays.iter().zip(depth) {
        for point in four_i16(rays, depth) {
            let point = point.to_ne_bytes();
            match bytes[at..].first_chunk_mut() {
                Some(target) => *target = point,
                // The last point of the chunk has no room for more than itself.
                None => bytes[at..].copy_from_slice(&point[..POINT]),
            }
            at += POINT;
        }
    }
}

/// Four points, each in the first three numbers.
#[inline(always)]
fn four_f32(rays: &[[f32; 2]; 4], depth: &[u16; 4]) -> [[f32; 4]; 4] {
    const M: f32 = METRES_PER_MILLIMETRE;
    let (depth, [d01, d23]) = depths(depth);
    let [xy01, xy23] = halves(rays);
    let up = f32x4::new([M, -M, M, -M]);
    // Adding 0 makes +0 of −0.
    let [a, b, c, d] = (xy01 * d01 * up + f32x4::ZERO).to_array();
    let [e, f, g, h] = (xy23 * d23 * up + f32x4::ZERO).to_array();
    let z = (depth.round_float() * f32x4::splat(-M) + f32x4::ZERO).to_array();
    [
        [a, b, z[0], z[1]],
        [c, d, z[1], z[1]],
        [e, f, z[2], z[3]],
        [g, h, z[3], z[3]],
    ]
}

fn chunk_f32(rays: &[[f32; 2]; CHUNK], depth: &[u16; CHUNK], points: &mut [[f32; 3]; CHUNK]) {
    let flat = points.as_flattened_mut();
    let (rays, _) = rays.as_chunks::<4>();
    let (depth, _) = depth.as_chunks::<4>();
    let mut at = 0;
    for (rays, depth) in rays.iter().zip(depth) {
        for point in four_f32(rays, depth) {
            match flat[at..].first_chunk_mut() {
                Some(target) => *target = point,
                None => flat[at..].copy_from_slice(&point[..3]),
            }
            at += 3;
        }
    }
}
