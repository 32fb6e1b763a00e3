//! Decodes any bytes as a colour image. The result is an error or a picture, and is the same on one thread and on
//! several.

use kinect_azure::decode::ColorDecoder;
use kinect_azure::image::Pixels;
use kinect_azure::{ColorFormat, Image, ImageFormat};

/// Decodes the bytes. The first four bytes choose the format and the size of the image.
pub fn decode(bytes: &[u8]) {
    let [format, width, height, stride, data @ ..] = bytes else {
        return;
    };
    let format = match format % 8 {
        0 => ColorFormat::Nv12,
        1 => ColorFormat::Yuy2,
        2 => ColorFormat::Bgra32,
        _ => ColorFormat::Mjpg,
    };
    let image = Image {
        width: u32::from(*width),
        height: u32::from(*height),
        stride: u32::from(*stride),
        pixels: Pixels::Bytes(data.to_vec()),
        ..Image::empty(ImageFormat::Color(format))
    };
    let mut decoder = ColorDecoder::new();
    let mut bgra = Vec::new();
    let serial = decoder.decode(&image, &mut bgra).is_ok();
    decoder.parallel = true;
    let mut again = Vec::new();
    let parallel = decoder.decode(&image, &mut again).is_ok();
    assert_eq!(serial, parallel);
    if serial {
        assert_eq!(bgra, again);
    }
}
