//! Compares decoded colour images with those of the vendor's playback library.

use std::path::{Path, PathBuf};

use k4a_judge::{Judge, abi, judge};
use kinect_azure::decode::{ColorDecoder, YuvRange};
use kinect_azure::image::Pixels;
use kinect_azure::{ColorFormat, Image, ImageFormat};

use crate::data::{self, Random};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;

fn image(format: ColorFormat, bytes: &[u8]) -> Image {
    Image {
        width: WIDTH,
        height: HEIGHT,
        pixels: Pixels::Bytes(bytes.to_vec()),
        ..Image::empty(ImageFormat::Color(format))
    }
}

fn decode(image: &Image, yuv_range: YuvRange, parallel: bool) -> Vec<u8> {
    let mut decoder = ColorDecoder::new();
    (decoder.yuv_range, decoder.parallel) = (yuv_range, parallel);
    let mut bgra = Vec::new();
    decoder.decode(image, &mut bgra).unwrap();
    bgra
}

/// The first colour image of a recording as it is, and as BGRA.
fn as_the_vendor_converts(judge: &'static Judge, path: &Path) -> (Vec<u8>, Vec<u8>) {
    let color = |convert: bool| {
        let playback = judge.open(path).unwrap();
        if convert {
            playback.set_color_conversion(3).unwrap();
        }
        let capture = playback.next_capture().unwrap().unwrap();
        capture.color().unwrap().bytes().to_vec()
    };
    (color(false), color(true))
}

/// Mean difference, and the part of values that are more than `far` apart.
fn difference(ours: &[u8], theirs: &[u8], far: u8) -> (f64, f64) {
    assert_eq!(ours.len(), theirs.len());
    let apart = || ours.iter().zip(theirs).map(|(a, b)| a.abs_diff(*b));
    let sum: u64 = apart().map(u64::from).sum();
    let count = apart().filter(|&d| d > far).count();
    let all = ours.len() as f64;
    (sum as f64 / all, count as f64 / all)
}

#[test]
fn the_sample_recordings_jpeg_looks_as_the_vendor_shows_it() {
    let (Some(judge), Some(path)) = (judge(), data::sample_recording()) else {
        return;
    };
    let (jpeg, theirs) = as_the_vendor_converts(judge, &path);
    let ours = decode(&image(ColorFormat::Mjpg, &jpeg), YuvRange::Full, false);
    // The vendor's library repeats chroma values, ours interpolates them. So pixels differ at coloured edges.
    let (mean, far) = difference(&ours, &theirs, 4);
    println!("JPEG: {mean} apart on average, {far} more than 4");
    assert!(mean < 1.0 && far < 0.01);
    let parallel = decode(&image(ColorFormat::Mjpg, &jpeg), YuvRange::Full, true);
    assert_eq!(ours, parallel);
}

#[test]
fn raw_formats_of_the_limited_range_are_what_the_vendor_converts_them_to() {
    let Some(judge) = judge() else { return };
    let mut random = Random(41);
    for (format, code, size) in [
        (ColorFormat::Nv12, 1, WIDTH * HEIGHT * 3 / 2),
        (ColorFormat::Yuy2, 2, WIDTH * HEIGHT * 2),
    ] {
        let stride = if format == ColorFormat::Nv12 {
            WIDTH
        } else {
            WIDTH * 2
        };
        let bytes: Vec<u8> = (0..size).map(|_| random.below(256) as u8).collect();
        let path = record(judge, code, stride, &bytes);
        let (stored, theirs) = as_the_vendor_converts(judge, &path);
        let _ = std::fs::remove_file(&path);
        assert_eq!(stored, bytes);
        let ours = decode(&image(format, &bytes), YuvRange::Limited, false);
        let (mean, far) = difference(&ours, &theirs, 3);
        println!("{format}: {mean} apart on average, {far} more than 3");
        assert!(mean < 1.0 && far < 0.001, "{format}: {mean} {far}");
        let full = decode(&image(format, &bytes), YuvRange::Full, false);
        assert!(difference(&full, &theirs, 3).0 > 3.0, "the range matters");
    }
}

/// A recording of one colour image.
fn record(judge: &'static Judge, code: i32, stride: u32, bytes: &[u8]) -> PathBuf {
    let name = format!("kinect-azure-{code}-{}.mkv", std::process::id());
    let path = std::env::temp_dir().join(name);
    let configuration = abi::DeviceConfiguration {
        color_format: code,
        color_resolution: 1,
        camera_fps: 2,
        ..Default::default()
    };
    let recorder = judge.record(&path, configuration).unwrap();
    recorder.write_header().unwrap();
    let image = judge.image(code, WIDTH, HEIGHT, stride, bytes).unwrap();
    image.set_device_timestamp_usec(1_000_000);
    let capture = judge.capture(Some(&image), None, None).unwrap();
    recorder.write_capture(&capture).unwrap();
    path
}
