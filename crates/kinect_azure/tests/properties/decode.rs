//! The colour decoder.

use k4a_judge::allocations;
use kinect_azure::decode::{ColorDecoder, DecodeError, YuvRange, packed_bgra};
use kinect_azure::image::Pixels;
use kinect_azure::{ColorFormat, Image, ImageFormat};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::Random;
use crate::jpeg_encoder::{Layout, encode, encode_multiple};

fn image(format: ColorFormat, width: u32, height: u32, stride: u32, bytes: Vec<u8>) -> Image {
    Image {
        width,
        height,
        stride,
        pixels: Pixels::Bytes(bytes),
        ..Image::empty(ImageFormat::Color(format))
    }
}

fn mjpg(width: usize, height: usize, jpeg: &[u8]) -> Image {
    image(
        ColorFormat::Mjpg,
        width as u32,
        height as u32,
        0,
        jpeg.to_vec(),
    )
}

fn decode(image: &Image, parallel: bool) -> Result<Vec<u8>, DecodeError> {
    let mut decoder = ColorDecoder::new();
    decoder.parallel = parallel;
    let mut bgra = Vec::new();
    decoder.decode(image, &mut bgra)?;
    Ok(bgra)
}

/// A picture with edges, slopes and saturated colours.
fn picture(x: usize, y: usize) -> [f64; 3] {
    let (fx, fy) = (x as f64, y as f64);
    let luma = 128.0 + 100.0 * (fx * 0.13 + fy * 0.07).sin() + 20.0 * (fx * 0.9).cos();
    let cb = 128.0 + 90.0 * (fx * 0.05).sin() * (fy * 0.04).cos();
    let cr = 128.0 + 90.0 * (fy * 0.06 + 1.0).sin();
    let luma = if (x / 24 + y / 20).is_multiple_of(3) {
        240.0
    } else {
        luma
    };
    [luma, cb, cr].map(|v| v.clamp(0.0, 255.0))
}

/// The result of zune-jpeg.
fn general_decoder(jpeg: &[u8], layout: Layout) -> Vec<u8> {
    let space = match layout {
        Layout::Grey => ColorSpace::Luma,
        _ => ColorSpace::BGRA,
    };
    let options = DecoderOptions::default().jpeg_set_out_colorspace(space);
    let decoded = JpegDecoder::new_with_options(ZCursor::new(jpeg), options)
        .decode()
        .unwrap();
    match layout {
        Layout::Grey => decoded.iter().flat_map(|&y| [y, y, y, 255]).collect(),
        _ => decoded,
    }
}

fn worst(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| a.abs_diff(*b))
        .max()
        .unwrap_or(0)
}

#[test]
fn jpegs_of_every_layout_decode_like_another_decoder_says() {
    for layout in Layout::ALL {
        for (width, height) in [
            (16, 16),
            (64, 48),
            (200, 120),
            (33, 17),
            (129, 70),
            (8, 8),
            (1, 1),
        ] {
            for restart_interval in [0, 1, 3, 500] {
                let jpeg = encode(width, height, layout, restart_interval, 3, picture);
                let at = format!("{layout:?} {width}×{height}, restart {restart_interval}");
                let ours = decode(&mjpg(width, height, &jpeg), false).expect(&at);
                let parallel = decode(&mjpg(width, height, &jpeg), true).expect(&at);
                assert_eq!(ours, parallel, "{at}");
                assert!(ours.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
                let theirs = general_decoder(&jpeg, layout);
                let worst = worst(&ours, &theirs);
                assert!(worst <= 4, "{at}: {worst}");
            }
        }
    }
}

#[test]
fn sampling_factors_with_a_common_factor_are_the_same_picture() {
    for (layout, multiples) in [
        (Layout::Grey, &[(2, 2), (1, 2), (4, 1)][..]),
        (Layout::S444, &[(2, 1), (1, 2), (3, 1), (1, 3)]),
        (Layout::S422, &[(2, 1), (1, 2)]),
    ] {
        for &multiple in multiples {
            for (width, height) in [(64, 48), (200, 120), (33, 17), (129, 70), (1, 1)] {
                for restart_interval in [0, 1, 3] {
                    let sampling = match layout {
                        // An image with one component has MCUs of one block, with any sampling factors.
                        Layout::Grey => (layout, (1, 1)),
                        _ => (layout, multiple),
                    };
                    let mut jpeg =
                        encode_multiple(width, height, sampling, restart_interval, 3, picture);
                    if layout == Layout::Grey {
                        let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
                        jpeg[frame + 11] = (multiple.0 << 4 | multiple.1) as u8;
                    }
                    let plain = encode(width, height, layout, 0, 3, picture);
                    let plain = decode(&mjpg(width, height, &plain), false).unwrap();
                    for parallel in [false, true] {
                        let ours = decode(&mjpg(width, height, &jpeg), parallel).unwrap();
                        let at = format!("{layout:?} {multiple:?} {width}×{height}");
                        assert!(ours == plain, "{at}, restart {restart_interval}");
                    }
                }
            }
        }
    }
}

/// A JPEG of another encoder, and the original picture.
fn other_encoder(
    sampling: jpeg_encoder::SamplingFactor,
    color: jpeg_encoder::ColorType,
    progressive: bool,
) -> Vec<u8> {
    let (width, height) = (96, 80);
    let channels = match color {
        jpeg_encoder::ColorType::Luma => 1,
        _ => 3,
    };
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let [luma, cb, cr] = picture(x / 2, y / 2).map(|v| v as u8);
            pixels.extend_from_slice(&[luma, cb / 2 + 64, cr / 2 + 64][..channels]);
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    encoder
        .encode(&pixels, width as u16, height as u16, color)
        .unwrap();
    jpeg
}

/// Removes the segments of one kind.
fn without(jpeg: &[u8], marker: u8) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    let mut at = 2;
    loop {
        let length = 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] == 0xda {
            out.extend_from_slice(&jpeg[at..]);
            return out;
        }
        if jpeg[at + 1] != marker {
            out.extend_from_slice(&jpeg[at..at + length]);
        }
        at += length;
    }
}

#[test]
fn without_huffman_tables_those_of_the_standard_are_meant_and_nothing_is_carried_over() {
    use jpeg_encoder::{ColorType, SamplingFactor};
    let whole = other_encoder(SamplingFactor::R_4_2_2, ColorType::Ycbcr, false);
    let bare = without(&whole, 0xc4);
    assert!(bare.len() < whole.len() - 300);
    let expected = decode(&mjpg(96, 80, &whole), false).unwrap();
    // The same is true after an image with its own tables.
    let mut decoder = ColorDecoder::new();
    let mut bgra = Vec::new();
    let own = encode(64, 48, Layout::S422, 0, 9, picture);
    for _ in 0..2 {
        decoder.decode(&mjpg(96, 80, &bare), &mut bgra).unwrap();
        assert!(bgra == expected);
        decoder.decode(&mjpg(64, 48, &own), &mut bgra).unwrap();
        // Without quantisation tables the image is an error; the tables of the previous image are not used.
        let result = decoder.decode(&mjpg(96, 80, &without(&whole, 0xdb)), &mut bgra);
        assert!(
            matches!(result, Err(DecodeError::BadJpeg { .. })),
            "{result:?}"
        );
    }
}

#[test]
fn jpegs_that_cameras_do_not_send_decode_as_well() {
    use jpeg_encoder::{ColorType, SamplingFactor};
    let mut decoder = ColorDecoder::new();
    let mut bgra = Vec::new();
    for (sampling, color, progressive) in [
        (SamplingFactor::R_4_4_4, ColorType::Ycbcr, true),
        (SamplingFactor::R_4_2_2, ColorType::Ycbcr, true),
        (SamplingFactor::R_4_2_0, ColorType::Ycbcr, true),
        (SamplingFactor::R_4_4_4, ColorType::Luma, true),
        (SamplingFactor::R_4_4_0, ColorType::Ycbcr, false),
        (SamplingFactor::R_4_1_1, ColorType::Ycbcr, false),
    ] {
        let jpeg = other_encoder(sampling, color, progressive);
        let at = format!("{sampling:?} {color:?} {progressive}");
        decoder.decode(&mjpg(96, 80, &jpeg), &mut bgra).expect(&at);
        assert!(bgra.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
        // The same picture, decoded by our decoder.
        let plain = other_encoder(SamplingFactor::R_4_4_4, color, false);
        let plain = decode(&mjpg(96, 80, &plain), false).unwrap();
        let sum: u64 = bgra
            .iter()
            .zip(&plain)
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        let mean = sum as f64 / bgra.len() as f64;
        assert!(mean < 4.0, "{at}: {mean}");
        // A truncated image is an error, and a wrong size is an error before decoding begins.
        let cut = decode(&mjpg(96, 80, &jpeg[..jpeg.len() / 3]), false);
        assert!(cut.is_err(), "{at}");
        let other = decode(&mjpg(96, 88, &jpeg), false);
        assert!(
            matches!(other, Err(DecodeError::WrongJpegSize { .. })),
            "{at}"
        );
    }
}

#[test]
fn the_jpegs_of_ffmpeg_decode() {
    let Some(path) = k4a_judge::real_data("reports/jpeg-ffmpeg-422.mkv") else {
        return;
    };
    let mut recording = kinect_azure::recording::Recording::open(path).unwrap();
    let mut count = 0;
    while let Some(capture) = recording.next_capture().unwrap() {
        let color = capture.color.unwrap();
        let ours = decode(&color, false).unwrap();
        assert!(ours == decode(&color, true).unwrap());
        let theirs = general_decoder(color.bytes(), Layout::S422);
        let sum: u64 = ours
            .iter()
            .zip(&theirs)
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        let mean = sum as f64 / ours.len() as f64;
        assert!(mean < 2.0, "{mean}");
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn a_jpeg_of_the_finest_steps_is_the_picture_again() {
    let (width, height) = (120, 90);
    let jpeg = encode(width, height, Layout::S444, 7, 1, picture);
    let bgra = decode(&mjpg(width, height, &jpeg), false).unwrap();
    for (index, &[b, g, r, _]) in bgra.as_chunks::<4>().0.iter().enumerate() {
        let [y, cb, cr] = picture(index % width, index / width);
        let expected = [
            y + 1.772 * (cb - 128.0),
            y - 0.344136 * (cb - 128.0) - 0.714136 * (cr - 128.0),
            y + 1.402 * (cr - 128.0),
        ];
        for (ours, expected) in [b, g, r].into_iter().zip(expected) {
            let far = (f64::from(ours) - expected.clamp(0.0, 255.0)).abs();
            assert!(far < 4.0, "{ours} {expected} at {index}");
        }
    }
}

#[test]
fn a_jpeg_cut_anywhere_is_an_error() {
    for restart_interval in [0, 4] {
        let jpeg = encode(64, 48, Layout::S422, restart_interval, 2, picture);
        for length in 0..jpeg.len() - 4 {
            for parallel in [false, true] {
                let result = decode(&mjpg(64, 48, &jpeg[..length]), parallel);
                assert!(
                    matches!(result, Err(DecodeError::BadJpeg { .. })),
                    "cut at {length} of {}: {result:?}",
                    jpeg.len()
                );
            }
        }
    }
}

#[test]
fn bytes_after_a_jpeg_do_not_matter() {
    let jpeg = encode(64, 48, Layout::S422, 4, 2, picture);
    let padded = [&jpeg[..], &[0; 100], &jpeg[..50]].concat();
    assert_eq!(
        decode(&mjpg(64, 48, &padded), false).unwrap(),
        decode(&mjpg(64, 48, &jpeg), false).unwrap()
    );
}

#[test]
fn no_damage_to_a_jpeg_makes_it_panic() {
    let mut random = Random(21);
    let mut decoders = [ColorDecoder::new(), ColorDecoder::new()];
    decoders[1].parallel = true;
    let mut bgra = Vec::new();
    let (mut decoded, mut refused) = (0, 0);
    for layout in Layout::ALL {
        for restart_interval in [0, 2] {
            let jpeg = encode(56, 40, layout, restart_interval, 4, picture);
            for _ in 0..2500 {
                let image = mjpg(56, 40, &random.damage(&jpeg));
                match decoders[random.below(2)].decode(&image, &mut bgra) {
                    Ok(()) => {
                        assert_eq!(bgra.len(), 56 * 40 * 4);
                        decoded += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
            // The tables of a damaged image must not be used for the next image.
            for decoder in &mut decoders {
                decoder.decode(&mjpg(56, 40, &jpeg), &mut bgra).unwrap();
                assert_eq!(bgra, decode(&mjpg(56, 40, &jpeg), false).unwrap());
            }
        }
    }
    assert!(
        decoded > 1000 && refused > 1000,
        "{decoded} decoded, {refused} refused"
    );
}

#[test]
fn a_jpeg_of_another_size_than_its_image_is_an_error() {
    let jpeg = encode(64, 48, Layout::S422, 0, 2, picture);
    let result = decode(&mjpg(64, 40, &jpeg), false);
    assert_eq!(
        result,
        Err(DecodeError::WrongJpegSize {
            width: 64,
            height: 40,
            found_width: 64,
            found_height: 48,
        })
    );
}

#[test]
fn a_small_jpeg_that_claims_to_be_huge_takes_no_memory() {
    let mut jpeg = encode(64, 48, Layout::S422, 0, 2, picture);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x4e, 0x20, 0x4e, 0x20]);
    let mut bgra = Vec::new();
    let mut decoder = ColorDecoder::new();
    let result = decoder.decode(&mjpg(20_000, 20_000, &jpeg), &mut bgra);
    assert!(
        matches!(result, Err(DecodeError::BadJpeg { .. })),
        "{result:?}"
    );
    assert_eq!(bgra.capacity(), 0);
}

#[test]
fn kinds_of_jpeg_that_nobody_decodes_are_told_apart_from_damage() {
    let jpeg = encode(16, 16, Layout::S420, 0, 2, picture);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    assert_eq!(jpeg[frame + 11], 0x22);
    for (at, value) in [
        // Lossless; arithmetic-coded; 12 bits.
        (frame + 1, 0xc3),
        (frame + 1, 0xc9),
        (frame + 4, 12),
    ] {
        let mut other = jpeg.clone();
        other[at] = value;
        let error = decode(&mjpg(16, 16, &other), false).unwrap_err();
        assert!(
            matches!(error, DecodeError::UnsupportedJpeg { .. }),
            "{error}"
        );
    }
}

#[test]
fn raw_formats_honour_strides_and_ranges() {
    // Two by two pixels: black, white, and a red of the full range.
    let packed = vec![0, 255, 76, 76, 85, 255];
    let padded = vec![0, 255, 9, 76, 76, 9, 85, 255];
    let a = decode(&image(ColorFormat::Nv12, 2, 2, 2, packed.clone()), false).unwrap();
    let b = decode(&image(ColorFormat::Nv12, 2, 2, 3, padded), false).unwrap();
    let c = decode(&image(ColorFormat::Nv12, 2, 2, 0, packed), false).unwrap();
    assert_eq!(a, b);
    assert_eq!(a, c);
    assert!(worst(&a[8..12], &[0, 0, 254, 255]) <= 1, "{a:?}");

    let yuy2 = vec![16, 128, 235, 128, 9, 9, 9, 9, 126, 128, 126, 128];
    let image = image(ColorFormat::Yuy2, 2, 2, 8, yuy2);
    let mut decoder = ColorDecoder::new();
    let mut bgra = Vec::new();
    decoder.decode(&image, &mut bgra).unwrap();
    assert_eq!(bgra[..8], [16, 16, 16, 255, 235, 235, 235, 255]);
    decoder.yuv_range = YuvRange::Limited;
    decoder.decode(&image, &mut bgra).unwrap();
    assert_eq!(bgra[..8], [0, 0, 0, 255, 255, 255, 255, 255]);
    assert!(worst(&bgra[8..], &[128, 128, 128, 255, 128, 128, 128, 255]) <= 1);
}

#[test]
fn bgra_without_gaps_is_as_it_would_be_decoded_and_nothing_else_is() {
    use ColorFormat::{Bgra32, Yuy2};
    let bytes: Vec<u8> = (0..40).collect();
    for stride in [0, 16] {
        // Bytes after the last row are not pixels.
        let image = image(Bgra32, 4, 2, stride, bytes.clone());
        assert_eq!(packed_bgra(&image).unwrap(), decode(&image, false).unwrap());
    }
    for (format, width, height, stride, bytes) in [
        (Bgra32, 4, 2, 17, 40),
        (Bgra32, 4, 2, 16, 31),
        (Bgra32, u32::MAX, u32::MAX, u32::MAX, 31),
        (Bgra32, 0, 0, 0, 0),
        (Yuy2, 4, 2, 0, 40),
    ] {
        let image = image(format, width, height, stride, vec![0; bytes]);
        assert_eq!(packed_bgra(&image), None, "{image:?}");
    }
    let depth = Image::empty(ImageFormat::Depth16);
    assert_eq!(packed_bgra(&depth), None);
}

#[test]
fn every_value_of_yuv_is_within_one_step_of_the_formula() {
    let mut decoder = ColorDecoder::new();
    let mut bgra = Vec::new();
    for range in [YuvRange::Full, YuvRange::Limited] {
        decoder.yuv_range = range;
        let (black, y_scale, c_scale) = match range {
            YuvRange::Full => (0.0, 1.0, 1.0),
            YuvRange::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
        };
        for y in (0..=255u8).step_by(5) {
            for u in (0..=255u8).step_by(3) {
                let row: Vec<u8> = (0..=255u8).step_by(3).flat_map(|v| [y, u, y, v]).collect();
                let width = row.len() as u32 / 2;
                let image = image(ColorFormat::Yuy2, width, 1, 0, row.clone());
                decoder.decode(&image, &mut bgra).unwrap();
                for (pixels, pair) in bgra.as_chunks::<8>().0.iter().zip(row.as_chunks::<4>().0) {
                    let l = (f64::from(pair[0]) - black) * y_scale;
                    let [cb, cr] = [pair[1], pair[3]].map(|c| (f64::from(c) - 128.0) * c_scale);
                    let expected = [
                        l + 1.772 * cb,
                        l - 0.344136 * cb - 0.714136 * cr,
                        l + 1.402 * cr,
                    ];
                    for (ours, expected) in pixels.iter().zip(expected) {
                        let far = (f64::from(*ours) - expected.clamp(0.0, 255.0)).abs();
                        assert!(far <= 1.01, "{pair:?}: {ours} {expected}");
                    }
                }
            }
        }
    }
}

#[test]
fn raw_images_too_small_or_of_an_impossible_size_are_errors() {
    use ColorFormat::{Bgra32, Nv12, Yuy2};
    for (format, width, height, stride, bytes) in [
        (Nv12, 4, 4, 4, 23),
        (Nv12, 3, 4, 4, 100),
        (Nv12, 4, 3, 4, 100),
        (Yuy2, 4, 2, 8, 15),
        (Yuy2, 3, 2, 8, 100),
        (Yuy2, 4, 2, 7, 100),
        (Bgra32, 4, 2, 16, 31),
        (Bgra32, u32::MAX, u32::MAX, u32::MAX, 31),
        (Bgra32, 0, 0, 0, 0),
    ] {
        let image = image(format, width, height, stride, vec![0; bytes]);
        let mut bgra = Vec::new();
        let result = ColorDecoder::new().decode(&image, &mut bgra);
        assert!(
            matches!(result, Err(DecodeError::WrongSize { .. })),
            "{result:?}"
        );
        assert_eq!(bgra.capacity(), 0);
    }
    let depth = Image::empty(ImageFormat::Depth16);
    let result = decode(&depth, false);
    assert!(matches!(result, Err(DecodeError::NotColor { .. })));
    let small = image(Bgra32, 1, 1, 4, vec![0; 4]);
    let result = ColorDecoder::new().decode_into(&small, &mut [0; 3]);
    assert!(matches!(result, Err(DecodeError::WrongOutput { .. })));
}

#[test]
fn a_warm_decoder_does_not_allocate() {
    let (width, height) = (128, 64);
    let images = [
        mjpg(
            width,
            height,
            &encode(width, height, Layout::S422, 5, 3, picture),
        ),
        mjpg(
            width,
            height,
            &encode(width, height, Layout::S420, 0, 3, picture),
        ),
        image(ColorFormat::Nv12, 128, 64, 128, vec![50; 128 * 64 * 3 / 2]),
        image(ColorFormat::Yuy2, 128, 64, 256, vec![50; 128 * 64 * 2]),
        image(ColorFormat::Bgra32, 128, 64, 512, vec![50; 128 * 64 * 4]),
    ];
    let mut decoder = ColorDecoder::new();
    let mut bgra = Vec::new();
    let mut all = |rounds: usize| {
        for _ in 0..rounds {
            for image in &images {
                decoder.decode(image, &mut bgra).unwrap();
            }
        }
    };
    all(1);
    assert_eq!(allocations(|| all(100)), 0);
}
