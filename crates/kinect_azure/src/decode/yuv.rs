//! Y, U and V (Cb, Cr) to BGRA, after ITU-R BT.601.
//!
//! In 16-bit lanes: samples are moved up by 7 bits, factors by 13, and the upper half of their product leaves the result
//! with 4 bits after the point, which is exact to one step of 8 bits.

/// Which values of Y, U and V an NV12 or YUY2 image uses. JPEGs always use the full range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum YuvRange {
    /// 0 to 255. The documentation of the Azure Kinect gives this range for its camera, so it is the default.
    #[default]
    Full,
    /// Y 16 to 235, U and V 16 to 240. The vendor's playback library assumes this range when it converts recorded
    /// images.
    Limited,
}

/// Factors of one range, times 2¹³.
#[derive(Clone, Copy, Debug)]
struct Factors {
    /// The value of Y for black.
    black: i16,
    y: i16,
    v_to_r: i16,
    u_to_g: i16,
    v_to_g: i16,
    u_to_b: i16,
}

const fn factor(value: f64) -> i16 {
    (value * 8192.0 + 0.5) as i16
}

/// Y, U and V over 0 to 255, like JFIF.
const FULL_RANGE: Factors = Factors {
    black: 0,
    y: factor(1.0),
    v_to_r: factor(1.402),
    u_to_g: factor(0.344_136),
    v_to_g: factor(0.714_136),
    u_to_b: factor(1.772),
};

/// Y over 16 to 235, U and V over 16 to 240.
const LIMITED_RANGE: Factors = Factors {
    black: 16,
    y: factor(255.0 / 219.0),
    v_to_r: factor(1.402 * 255.0 / 224.0),
    u_to_g: factor(0.344_136 * 255.0 / 224.0),
    v_to_g: factor(0.714_136 * 255.0 / 224.0),
    u_to_b: factor(1.772 * 255.0 / 224.0),
};

/// Upper half of a product of 16-bit numbers.
#[inline(always)]
fn high(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}

/// From 4 bits after the point to 8 bits.
#[inline(always)]
fn to_u8(value: i16) -> u16 {
    // Half a step, plus the average loss of the products by truncation.
    let value = (value + 9) >> 4;
    let value = if value < 0 { 0 } else { value };
    (if value > 255 { 255 } else { value }) as u16
}

/// Pixels per pass: few enough to stay in registers and the nearest cache, enough for the compiler to keep loops, which it
/// vectorises better than what it unrolls.
const LANES: usize = 64;

/// Converts as many pixels of the full range as all of the lines have.
pub(super) fn full_range_to_bgra(y: &[u8], u: &[u8], v: &[u8], bgra: &mut [[u8; 4]]) {
    convert(&FULL_RANGE, y, u, v, bgra);
}

/// Converts as many pixels of the limited range as all of the lines have.
pub(super) fn limited_range_to_bgra(y: &[u8], u: &[u8], v: &[u8], bgra: &mut [[u8; 4]]) {
    convert(&LIMITED_RANGE, y, u, v, bgra);
}

/// Inlined where the factors are constants: only then the compiler sees that they fit 16-bit multiplications.
#[inline(always)]
fn convert(factors: &Factors, y: &[u8], u: &[u8], v: &[u8], bgra: &mut [[u8; 4]]) {
    let ((y, y_rest), (u, u_rest), (v, v_rest)) = (
        y.as_chunks::<LANES>(),
        u.as_chunks::<LANES>(),
        v.as_chunks::<LANES>(),
    );
    let (chunks, remainder) = bgra.as_chunks_mut::<LANES>();
    let mut done = 0;
    for (((out, y), u), v) in chunks.iter_mut().zip(y).zip(u).zip(v) {
        let (mut bg, mut ra) = ([0; LANES], [0; LANES]);
        for lane in 0..LANES {
            [bg[lane], ra[lane]] = halves(factors, y[lane], u[lane], v[lane]);
        }
        let mut pixels = [0; LANES];
        for lane in 0..LANES {
            pixels[lane] = whole(bg[lane], ra[lane]);
        }
        *out = bytemuck::cast(pixels);
        done += 1;
    }
    // The remaining pixels may lie within a full chunk of longer lines.
    let rest = |chunks: &[[u8; LANES]], rest: &[u8]| {
        let mut samples = [0; LANES];
        let from = chunks.get(done).map_or(rest, |chunk| &chunk[..]);
        samples[..from.len()].copy_from_slice(from);
        samples
    };
    let (y, u, v) = (rest(y, y_rest), rest(u, u_rest), rest(v, v_rest));
    for (lane, out) in remainder.iter_mut().enumerate() {
        *out = pixel(factors, y[lane], u[lane], v[lane]);
    }
}

#[inline(always)]
fn pixel(f: &Factors, y: u8, u: u8, v: u8) -> [u8; 4] {
    let [bg, ra] = halves(f, y, u, v);
    bytemuck::cast(whole(bg, ra))
}

/// Blue and green, red and alpha, the first of each in the lower 8 bits.
#[inline(always)]
fn halves(f: &Factors, y: u8, u: u8, v: u8) -> [u16; 2] {
    let y = high((i16::from(y) - f.black) << 7, f.y);
    let u = (i16::from(u) - 128) << 7;
    let v = (i16::from(v) - 128) << 7;
    let r = to_u8(y + high(v, f.v_to_r));
    let g = to_u8(y - high(u, f.u_to_g) - high(v, f.v_to_g));
    let b = to_u8(y + high(u, f.u_to_b));
    [b | g << 8, r | 0xff00]
}

#[inline(always)]
fn whole(bg: u16, ra: u16) -> u32 {
    (u32::from(bg) | u32::from(ra) << 16).to_le()
}
