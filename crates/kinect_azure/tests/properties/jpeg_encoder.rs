//! A minimal JPEG encoder that can write every layout that our decoder reads.

/// How the components are sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Grey,
    S444,
    S422,
    S420,
}

impl Layout {
    pub const ALL: [Self; 4] = [Self::Grey, Self::S444, Self::S422, Self::S420];

    fn factors(self) -> (usize, usize) {
        match self {
            Self::Grey | Self::S444 => (1, 1),
            Self::S422 => (2, 1),
            Self::S420 => (2, 2),
        }
    }
}

const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Symbols of the table for AC: the first 100 get codes of 8 bits, the others of 16, so that both code paths of the
/// decoder are used.
fn ac_symbols() -> Vec<u8> {
    let mut symbols = vec![0x00, 0xf0];
    for size in 1..=10 {
        symbols.extend((0..16).map(|run| run << 4 | size));
    }
    symbols
}

fn ac_code(symbol: u8) -> (u32, u32) {
    let place = ac_symbols().iter().position(|&s| s == symbol).unwrap() as u32;
    if place < 100 {
        (place, 8)
    } else {
        ((100 << 8) + place - 100, 16)
    }
}

struct Bits {
    bytes: Vec<u8>,
    value: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, (value, count): (u32, u32)) {
        for bit in (0..count).rev() {
            self.value = self.value << 1 | u64::from(value >> bit & 1);
            self.count += 1;
            if self.count == 8 {
                let byte = self.value as u8;
                self.bytes.push(byte);
                if byte == 0xff {
                    self.bytes.push(0);
                }
                (self.value, self.count) = (0, 0);
            }
        }
    }

    fn finish(&mut self) {
        while self.count != 0 {
            self.put((1, 1));
        }
    }
}

/// Number of bits and the bits of a coefficient.
fn number(value: i32) -> (u32, u32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    let bits = if value < 0 {
        value + (1 << size) - 1
    } else {
        value
    };
    (size, bits as u32)
}

/// Encodes an image given by its Y, Cb and Cr at each pixel.
pub fn encode(
    width: usize,
    height: usize,
    layout: Layout,
    restart_interval: u16,
    step: u8,
    pixel: impl Fn(usize, usize) -> [f64; 3],
) -> Vec<u8> {
    encode_multiple(
        width,
        height,
        (layout, (1, 1)),
        restart_interval,
        step,
        pixel,
    )
}

/// As [`encode`], with all sampling factors multiplied (columns, rows): the same picture in larger MCUs.
pub fn encode_multiple(
    width: usize,
    height: usize,
    (layout, (across, down)): (Layout, (usize, usize)),
    restart_interval: u16,
    step: u8,
    pixel: impl Fn(usize, usize) -> [f64; 3],
) -> Vec<u8> {
    let (h, v) = layout.factors();
    let components = if layout == Layout::Grey { 1 } else { 3 };
    let mut jpeg = vec![0xff, 0xd8];
    let mut segment = |marker: u8, body: &[u8]| {
        jpeg.extend([0xff, marker]);
        jpeg.extend((body.len() as u16 + 2).to_be_bytes());
        jpeg.extend(body);
    };
    segment(0xdb, &[&[0][..], &[step; 64]].concat());
    let mut frame = vec![8];
    frame.extend((height as u16).to_be_bytes());
    frame.extend((width as u16).to_be_bytes());
    frame.push(components as u8);
    for id in 1..=components as u8 {
        let (h, v) = if id == 1 { (h, v) } else { (1, 1) };
        let factors = ((h * across) << 4 | (v * down)) as u8;
        frame.extend([id, factors, 0]);
    }
    segment(0xc0, &frame);
    // All sizes of DC numbers have codes of 4 bits.
    let mut dc = vec![0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    dc.extend(0..12);
    segment(0xc4, &dc);
    let symbols = ac_symbols();
    let mut ac = vec![0x10, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0];
    ac.push((symbols.len() - 100) as u8);
    ac.extend(&symbols);
    segment(0xc4, &ac);
    if restart_interval > 0 {
        segment(0xdd, &restart_interval.to_be_bytes());
    }
    let mut scan = vec![components as u8];
    for id in 1..=components as u8 {
        scan.extend([id, 0x00]);
    }
    scan.extend([0, 63, 0]);
    segment(0xda, &scan);

    // A sample of a component: the average of its pixels, with repeated pixels at the edges.
    let sample = |component: usize, x: usize, y: usize| {
        let (h, v) = if component == 0 { (1, 1) } else { (h, v) };
        let mut sum = 0.0;
        for dy in 0..v {
            for dx in 0..h {
                sum += pixel((x * h + dx).min(width - 1), (y * v + dy).min(height - 1))[component];
            }
        }
        sum / (h * v) as f64
    };
    let mut bits = Bits {
        bytes: Vec::new(),
        value: 0,
        count: 0,
    };
    let mut predictions = [0; 3];
    let columns = width.div_ceil(8 * h * across);
    let rows = height.div_ceil(8 * v * down);
    for mcu in 0..columns * rows {
        if restart_interval > 0 && mcu > 0 && mcu % usize::from(restart_interval) == 0 {
            bits.finish();
            let index = mcu / usize::from(restart_interval) - 1;
            bits.bytes.extend([0xff, 0xd0 + (index % 8) as u8]);
            predictions = [0; 3];
        }
        let (mcu_x, mcu_y) = (mcu % columns, mcu / columns);
        for (component, prediction) in predictions.iter_mut().enumerate().take(components) {
            let (h, v) = if component == 0 { (h, v) } else { (1, 1) };
            let (h, v) = (h * across, v * down);
            for block in 0..h * v {
                let x0 = (mcu_x * h + block % h) * 8;
                let y0 = (mcu_y * v + block / h) * 8;
                let block = transform(|x, y| sample(component, x0 + x, y0 + y) - 128.0);
                let quantised = block.map(|value| (value / f64::from(step)).round() as i32);
                put_block(&mut bits, &quantised, prediction);
            }
        }
    }
    bits.finish();
    jpeg.extend(bits.bytes);
    jpeg.extend([0xff, 0xd9]);
    jpeg
}

fn put_block(bits: &mut Bits, block: &[i32; 64], prediction: &mut i32) {
    let (size, value) = number(block[0] - *prediction);
    *prediction = block[0];
    bits.put((size, 4));
    bits.put((value, size));
    let mut run = 0;
    for &place in &ZIGZAG[1..] {
        if block[place] == 0 {
            run += 1;
            continue;
        }
        while run > 15 {
            bits.put(ac_code(0xf0));
            run -= 16;
        }
        let (size, value) = number(block[place]);
        bits.put(ac_code((run << 4) as u8 | size as u8));
        bits.put((value, size));
        run = 0;
    }
    if run > 0 {
        bits.put(ac_code(0x00));
    }
}

/// The discrete cosine transform by its definition.
fn transform(sample: impl Fn(usize, usize) -> f64) -> [f64; 64] {
    let cos =
        |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos();
    let scale = |u: usize| if u == 0 { 0.5f64.sqrt() } else { 1.0 };
    std::array::from_fn(|index| {
        let (u, v) = (index % 8, index / 8);
        let mut sum = 0.0;
        for y in 0..8 {
            for x in 0..8 {
                sum += sample(x, y) * cos(x, u) * cos(y, v);
            }
        }
        sum * scale(u) * scale(v) / 4.0
    })
}
