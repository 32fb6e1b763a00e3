//! Pictures for networks: infrared in 8 bits, and sensors that are turned.

use kinect_azure::image::Pixels;
use kinect_azure::{Image, ImageFormat, Joint};
use kinect_tracking::onnx::{Picture, PoseModel, Turn};

use super::contracts::{assert_at, multipose, picture};
use super::{ModelFile, runtimes, settings};

#[test]
fn infrared_is_shown_as_the_root_of_its_share_of_the_98th_percentile() {
    let mut image = Image::empty(ImageFormat::Ir16);
    (image.width, image.height, image.stride) = (100, 2, 200);
    // Zeros outside the field of view do not count: of the 100 others the 98th is 400.
    let mut pixels = vec![0_u16; 100];
    pixels.extend((0..100).map(|i| match i {
        0..25 => 100,
        25..98 => 400,
        _ => 60_000,
    }));
    image.pixels = Pixels::U16(pixels);
    let found = Picture::infrared(&image).unwrap();
    let mut expected = vec![0_u8; 100];
    expected.extend((0..100).map(|i| if i < 25 { 128 } else { 255 }));
    assert_eq!(found, Picture::grey(100, 2, expected).unwrap());

    image.pixels = Pixels::U16(vec![0; 10]);
    assert_eq!(Picture::infrared(&image), None);
    image.pixels = Pixels::U16(vec![0; 200]);
    assert_eq!(
        Picture::infrared(&image),
        Picture::grey(100, 2, vec![0; 200])
    );
    assert_eq!(Picture::grey(3, 3, vec![0; 8]), None);
    assert_eq!(Picture::bgra(0, 0, Vec::new()), None);
}

#[test]
fn joints_are_turned_back_when_the_sensor_is_turned() {
    let file = ModelFile::new("turned", &multipose(288, 320));
    for runtime in runtimes() {
        for turn in [
            Turn::Upright,
            Turn::Clockwise90,
            Turn::CounterClockwise90,
            Turn::Flip180,
        ] {
            let mut settings = settings(file.0.clone(), runtime);
            settings.turn = turn;
            let mut model = PoseModel::open(&settings).unwrap();
            let people = model.find(&picture(640, 576)).unwrap();
            // The first person's nose is at a quarter of the input's width and a tenth of its height.
            let (x, y) = match turn {
                Turn::Upright => (159.5, 57.1),
                Turn::Flip180 => (639.0 - 159.5, 575.0 - 57.1),
                // Upright it is 576 wide and 640 high, and fills 259.2 × 288 pixels of the input.
                Turn::Clockwise90 => {
                    let (x, y) = (80.0 * 640.0 / 288.0 - 0.5, 63.5);
                    (y, 575.0 - x)
                }
                Turn::CounterClockwise90 => {
                    let (x, y) = (80.0 * 640.0 / 288.0 - 0.5, 63.5);
                    (639.0 - y, x)
                }
            };
            assert_at(&people[0], Joint::Nose, x, y);
        }
    }
}
