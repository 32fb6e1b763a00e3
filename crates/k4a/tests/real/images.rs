//! Images and captures: references, memory of the client, impossible sizes. These tests also run under valgrind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use k4a::{ErrorKind, Image, ImageFormat};

use crate::real_library;

/// Memory that counts how often it is dropped.
struct Counted {
    bytes: Vec<u8>,
    drops: Arc<AtomicU32>,
}

impl AsMut<[u8]> for Counted {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

fn counted(bytes: Vec<u8>) -> (Counted, Arc<AtomicU32>) {
    let drops = Arc::new(AtomicU32::new(0));
    let owner = Counted {
        bytes,
        drops: drops.clone(),
    };
    (owner, drops)
}

#[test]
fn an_image_of_the_library_is_zero_and_keeps_what_is_written() {
    let Some(library) = real_library() else {
        return;
    };
    let mut image = library
        .create_image(ImageFormat::Depth16, 640, 576, 0)
        .unwrap();
    assert!(image.bytes().iter().all(|&byte| byte == 0));
    image.bytes_mut()[7] = 42;
    image.set_device_timestamp_usec(123_456);
    image.set_system_timestamp_nsec(99);
    image.set_exposure_usec(1_000);
    image.set_white_balance_kelvin(4_500);
    image.set_iso_speed(100);

    let image = image.share();
    assert_eq!((image.width(), image.height()), (640, 576));
    assert_eq!(image.stride(), 1280);
    assert_eq!(image.format(), ImageFormat::Depth16);
    assert_eq!(image.bytes().len(), 640 * 576 * 2);
    assert_eq!(image.bytes()[7], 42);
    assert_eq!(image.device_timestamp_usec(), 123_456);
    assert_eq!(image.system_timestamp_nsec(), 99);
    assert_eq!(image.exposure_usec(), 1_000);
    assert_eq!(image.white_balance_kelvin(), 4_500);
    assert_eq!(image.iso_speed(), 100);
}

#[test]
fn every_format_can_be_made_and_sizes_that_cannot_be_are_errors() {
    let Some(library) = real_library() else {
        return;
    };
    for (format, stride) in [
        (ImageFormat::ColorNv12, 0),
        (ImageFormat::ColorYuy2, 0),
        (ImageFormat::ColorBgra32, 0),
        (ImageFormat::Ir16, 0),
        (ImageFormat::Custom8, 0),
        (ImageFormat::Custom16, 16),
        (ImageFormat::Custom, 48),
    ] {
        let image = library.create_image(format, 8, 4, stride).unwrap();
        assert!(!image.bytes().is_empty(), "{format:?}");
    }
    for (format, width, height, stride, kind) in [
        (ImageFormat::Depth16, 0, 4, 0, ErrorKind::InvalidArgument),
        (ImageFormat::Depth16, 4, 0, 0, ErrorKind::InvalidArgument),
        (
            ImageFormat::Depth16,
            4,
            20_001,
            0,
            ErrorKind::InvalidArgument,
        ),
        (ImageFormat::Depth16, 8, 4, 15, ErrorKind::InvalidArgument),
        (
            ImageFormat::Depth16,
            8,
            4,
            u32::MAX,
            ErrorKind::InvalidArgument,
        ),
        (ImageFormat::ColorNv12, 7, 4, 0, ErrorKind::Failed),
        (ImageFormat::ColorMjpg, 8, 4, 0, ErrorKind::Failed),
        (ImageFormat::Custom, 8, 4, 0, ErrorKind::Failed),
    ] {
        let error = library
            .create_image(format, width, height, stride)
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{format:?} {width} {height} {stride}");
    }
}

#[test]
fn memory_of_ones_own_is_dropped_once_with_the_last_reference() {
    let Some(library) = real_library() else {
        return;
    };
    let (owner, drops) = counted(vec![7; 8 * 4 * 2]);
    let image = library
        .create_image_from_owner(ImageFormat::Ir16, 8, 4, 0, owner)
        .unwrap()
        .share();
    let second = image.clone();
    let elsewhere = std::thread::spawn(move || second.bytes().iter().all(|&byte| byte == 7));
    assert!(elsewhere.join().unwrap());
    drop(image.clone());
    assert_eq!(drops.load(Ordering::Relaxed), 0);
    drop(image);
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}

#[test]
fn memory_of_ones_own_is_dropped_once_when_there_will_be_no_image() {
    let Some(library) = real_library() else {
        return;
    };
    // The crate refuses an image with too few bytes.
    let (owner, drops) = counted(vec![7; 8 * 4 * 2 - 1]);
    let error = library
        .create_image_from_owner(ImageFormat::Ir16, 8, 4, 0, owner)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(drops.load(Ordering::Relaxed), 1);
    // The library may refuse an NV12 image with odd sides.
    let (owner, drops) = counted(vec![7; 20 * 20]);
    let refused = library.create_image_from_owner(ImageFormat::ColorNv12, 7, 5, 0, owner);
    assert_eq!(refused.is_err() as u32, drops.load(Ordering::Relaxed));
    drop(refused);
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}

#[test]
fn an_owner_that_panics_while_it_is_dropped_does_not_take_the_process_along() {
    struct Bomb(Vec<u8>);
    impl AsMut<[u8]> for Bomb {
        fn as_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("an owner that panics, on purpose");
        }
    }
    let Some(library) = real_library() else {
        return;
    };
    let image = library
        .create_image_from_owner(ImageFormat::Custom8, 4, 4, 0, Bomb(vec![0; 16]))
        .unwrap();
    drop(image);
}

#[test]
fn a_capture_holds_references_of_its_own() {
    let Some(library) = real_library() else {
        return;
    };
    let (owner, drops) = counted(vec![0xFF; 100]);
    let color = library
        .create_image_from_owner(ImageFormat::ColorMjpg, 1280, 720, 0, owner)
        .unwrap()
        .share();
    let depth = library
        .create_image(ImageFormat::Depth16, 4, 4, 0)
        .unwrap()
        .share();
    let mut capture = library.create_capture().unwrap();
    capture.set_color(Some(&color)).unwrap();
    capture.set_depth(Some(&depth)).unwrap();
    capture.set_ir(Some(&depth)).unwrap();
    capture.set_ir(None).unwrap();
    capture.set_temperature_celsius(31.5);
    drop((color, depth));

    let capture = capture.share();
    let again = capture.clone();
    drop(capture);
    assert_eq!(again.temperature_celsius(), Some(31.5));
    assert!(again.ir().unwrap().is_none());
    let depth: Image = again.depth().unwrap().unwrap();
    assert_eq!(again.color().unwrap().unwrap().bytes(), [0xFF; 100]);
    assert_eq!(drops.load(Ordering::Relaxed), 0);
    drop(again);
    assert_eq!(drops.load(Ordering::Relaxed), 1);
    // The image outlives its capture.
    assert_eq!(depth.bytes().len(), 32);
}

#[test]
fn a_new_capture_has_no_images_and_no_temperature() {
    let Some(library) = real_library() else {
        return;
    };
    let capture = library.create_capture().unwrap().share();
    assert!(capture.color().unwrap().is_none());
    assert!(capture.depth().unwrap().is_none());
    assert!(capture.ir().unwrap().is_none());
    assert_eq!(capture.temperature_celsius(), None);
}
