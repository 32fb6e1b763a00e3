//! The images of devices in every mode.

use k4a::abi::DeviceConfiguration;
use k4a_standin::{Scene, Script, StandIn, chart};
use kinect_azure::decode::ColorDecoder;
use kinect_azure::image::{Image as KinectImage, ImageFormat, Pixels};
use kinect_azure::{ColorFormat, ColorResolution};

use crate::client::{Client, Image, SUCCEEDED, USUAL};

const FORMATS: [ColorFormat; 4] = [
    ColorFormat::Mjpg,
    ColorFormat::Nv12,
    ColorFormat::Yuy2,
    ColorFormat::Bgra32,
];

/// The picture as BGRA.
fn decoded(image: &Image<'_>) -> (Vec<u8>, usize) {
    let (format, width, height, stride) = image.layout();
    let format = ImageFormat::Color(FORMATS[format as usize]);
    assert_eq!(stride as u32, format.packed_stride(width as u32));
    let mut kinect = KinectImage::empty(format);
    (kinect.width, kinect.height) = (width as u32, height as u32);
    kinect.stride = stride as u32;
    kinect.pixels = Pixels::Bytes(image.bytes().to_vec());
    let mut bgra = Vec::new();
    ColorDecoder::default().decode(&kinect, &mut bgra).unwrap();
    (bgra, width as usize)
}

#[test]
fn the_charts_number_can_be_read_in_every_mode() {
    let stand_in = StandIn::microsoft(&Script {
        speed: 20.0,
        captures: 3,
        ..Script::healthy(1)
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    let colors = (0..4)
        .flat_map(|format| (1..7).map(move |resolution| (format, resolution)))
        .filter(|(format, resolution)| *resolution == 1 || [0, 3].contains(format));
    let depths = [1, 2, 3, 4, 5].into_iter().cycle();
    for ((color_format, color_resolution), depth_mode) in colors.zip(depths) {
        let configuration = DeviceConfiguration {
            color_format,
            color_resolution,
            depth_mode,
            camera_fps: 1,
            ..USUAL
        };
        assert_eq!(device.start(configuration), SUCCEEDED, "{configuration:?}");
        let capture = device.capture();
        let number = (capture.ir().unwrap().usec() - 200_000) / 66_666 % 3;
        let color = capture.color().unwrap();
        let (bgra, width) = decoded(&color);
        assert_eq!(
            chart::color_number(&bgra, width),
            Some(number as u32),
            "{configuration:?}"
        );
        let ir = capture.ir().unwrap();
        let width = ir.layout().1 as usize;
        assert_eq!(chart::ir_number(&ir.u16s(), width), Some(number as u32));
        match capture.depth() {
            None => assert_eq!(depth_mode, 5),
            Some(depth) => {
                let pixels = depth.u16s();
                assert_eq!(chart::depth_number(&pixels, width), Some(number as u32));
                let holes = pixels.iter().filter(|mm| **mm == 0).count();
                assert!((1..pixels.len() / 20).contains(&holes), "{holes}");
                assert!(pixels.iter().all(|mm| *mm < 3200));
            }
        }
        device.stop();
        stand_in.forget_pictures();
    }
}

#[test]
fn a_jpeg_is_about_as_large_as_the_cameras() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(USUAL);
    let size = device.capture().color().unwrap().bytes().len();
    assert!((150_000..350_000).contains(&size), "{size}");
}

#[test]
fn devices_share_their_pictures_and_frames_repeat() {
    let stand_in = StandIn::microsoft(&Script {
        speed: 5.0,
        captures: 2,
        ..Script::healthy(2)
    });
    let client = Client::of(&stand_in);
    let (one, other) = (
        client.open(0).unwrap().started(USUAL),
        client.open(1).unwrap().started(USUAL),
    );
    let bytes = stand_in.statistics().bytes;
    let start = |capture: &crate::client::Capture<'_>| capture.depth().unwrap().bytes().as_ptr();
    let captures: Vec<_> = (0..4).map(|_| one.capture()).collect();
    let others: Vec<_> = (0..2).map(|_| other.capture()).collect();
    assert_eq!(start(&captures[0]), start(&captures[2]));
    assert_ne!(start(&captures[0]), start(&captures[1]));
    assert!(
        others
            .iter()
            .all(|c| captures.iter().any(|o| start(o) == start(c)))
    );
    assert_eq!(stand_in.statistics().bytes, bytes);
    let jpeg = captures[0].color().unwrap().bytes().len() as u64;
    assert!(
        bytes.abs_diff(2 * (jpeg + 2 * 640 * 576 * 2)) < 20_000,
        "{bytes}"
    );
}

#[test]
fn people_can_be_shown() {
    let stand_in = StandIn::microsoft(&Script {
        scene: Scene::People,
        captures: 2,
        ..Script::healthy(1)
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    let configuration = DeviceConfiguration {
        depth_mode: 1,
        ..USUAL
    };
    assert_eq!(device.start(configuration), SUCCEEDED);
    assert_eq!(stand_in.statistics().threads, 0, "who drew has gone");
    let capture = device.capture();
    let depth = capture.depth().unwrap().u16s();
    assert!(depth.iter().filter(|mm| **mm > 300).count() > depth.len() / 3);
    assert_eq!(chart::depth_number(&depth, 320), None);
    let color = capture.color().unwrap();
    let (width, _) = ColorResolution::R720p.size();
    assert_eq!(decoded(&color).1, width as usize);
}
