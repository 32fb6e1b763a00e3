//! Reference counts of handles, and the errors of clients that miscount.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use k4a::abi::Handle;
use k4a_standin::{Script, StandIn};

use crate::client::{Client, FAILED, SMALL, SUCCEEDED, USUAL, call};

fn healthy() -> (StandIn, Client) {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    (stand_in, client)
}

#[test]
fn images_outlive_their_capture_and_their_device() {
    let (stand_in, client) = healthy();
    let device = client.open(0).unwrap().started(USUAL);
    let capture = device.capture();
    let depth = capture.depth().unwrap();
    call!(client, image_reference(depth.handle));
    call!(client, image_release(depth.handle));
    call!(client, capture_reference(capture.handle));
    call!(client, capture_release(capture.handle));
    drop(capture);
    drop(device);
    stand_in.forget_pictures();
    assert_eq!(depth.u16s().len(), 640 * 576);
    let statistics = stand_in.statistics();
    assert_eq!((statistics.captures.live, statistics.images.live), (0, 1));
    assert_eq!(statistics.bytes, 640 * 576 * 2);
    drop(depth);
    let statistics = stand_in.statistics();
    assert!(statistics.is_clean(), "{statistics:?}");
    assert_eq!(statistics.bytes, 0);
}

#[test]
fn misuse_is_counted_and_told_and_does_nothing() {
    let (stand_in, client) = healthy();
    let device = client.open(0).unwrap().started(SMALL);
    let capture = device.capture();
    let image = capture.depth().unwrap();
    // A handle of another kind.
    call!(client, image_release(capture.handle));
    call!(client, capture_release(device.handle));
    assert!(call!(client, image_get_buffer(device.handle)).is_null());
    // Null, and numbers that were never handles.
    call!(client, capture_release(null_mut()));
    call!(client, device_close(null_mut()));
    let wild: Handle = std::ptr::without_provenance_mut(0x1234_5678);
    call!(client, image_release(wild));
    assert_eq!(call!(client, device_start_imu(wild)), FAILED);
    // A handle that was released before.
    let dangling = image.handle;
    drop(image);
    let alive = capture.depth().unwrap();
    drop(alive);
    drop(capture);
    call!(client, image_release(dangling));
    assert_eq!(call!(client, image_get_size(dangling)), 0);
    let closed = device.handle;
    drop(device);
    call!(client, device_close(closed));
    let mut none = null_mut();
    assert_eq!(
        call!(client, device_get_capture(closed, &raw mut none, 0)),
        FAILED
    );
    // Null pointers.
    assert_eq!(call!(client, device_open(0, null_mut())), FAILED);
    assert_eq!(call!(client, capture_create(null_mut())), FAILED);
    let statistics = stand_in.statistics();
    assert_eq!(statistics.misuse, 13, "{:?}", statistics.misuses);
    for word in [
        "this is a handle of kind capture, not image",
        "the capture is null",
        "0x12345678 is no image",
        "the image was released before",
        "the place for the capture is null",
    ] {
        assert!(
            statistics.misuses.iter().any(|m| m.contains(word)),
            "{word}: {:?}",
            statistics.misuses
        );
    }
    assert_eq!(statistics.devices.live, 0);
    assert_eq!(statistics.captures.live, 0);
    assert_eq!(statistics.images.live, 0);
}

#[test]
fn handles_of_another_library_are_told_apart() {
    let (one, first) = healthy();
    let (other, second) = healthy();
    let device = first.open(0).unwrap();
    call!(second, device_close(device.handle));
    assert_eq!(other.statistics().misuse, 1);
    assert!(other.statistics().misuses[0].contains("of this library"));
    drop(device);
    assert!(one.statistics().is_clean());
}

#[test]
fn captures_and_images_can_be_made() {
    let (stand_in, client) = healthy();
    let mut capture = null_mut();
    assert_eq!(call!(client, capture_create(&raw mut capture)), SUCCEEDED);
    assert!(call!(client, capture_get_temperature_c(capture)).is_nan());
    call!(client, capture_set_temperature_c(capture, 20.0));
    call!(client, capture_set_temperature_c(capture, f32::NAN));
    assert_eq!(call!(client, capture_get_temperature_c(capture)), 20.0);
    assert!(call!(client, capture_get_color_image(capture)).is_null());
    let mut image = null_mut();
    assert_eq!(
        call!(client, image_create(3, 64, 32, 0, &raw mut image)),
        SUCCEEDED
    );
    assert_eq!(call!(client, image_get_size(image)), 64 * 32 * 4);
    assert_eq!(call!(client, image_get_stride_bytes(image)), 256);
    let buffer = call!(client, image_get_buffer(image));
    // SAFETY: the image is this client's own and 8192 bytes large.
    unsafe { buffer.add(8191).write(7) };
    call!(client, image_set_device_timestamp_usec(image, 5));
    call!(client, image_set_system_timestamp_nsec(image, 6));
    call!(client, image_set_white_balance(image, 7));
    call!(client, image_set_iso_speed(image, 8));
    call!(client, optional image_set_exposure_usec(image, 9));
    call!(client, capture_set_color_image(capture, image));
    call!(client, capture_set_color_image(capture, image));
    call!(client, capture_set_ir_image(capture, image));
    call!(client, image_release(image));
    let same = call!(client, capture_get_color_image(capture));
    assert_eq!(same, image);
    assert_eq!(call!(client, image_get_device_timestamp_usec(same)), 5);
    assert_eq!(call!(client, image_get_system_timestamp_nsec(same)), 6);
    assert_eq!(call!(client, image_get_white_balance(same)), 7);
    assert_eq!(call!(client, image_get_iso_speed(same)), 8);
    assert_eq!(call!(client, image_get_exposure_usec(same)), 9);
    call!(client, capture_set_color_image(capture, null_mut()));
    assert!(call!(client, capture_get_color_image(capture)).is_null());
    call!(client, capture_release(capture));
    assert_eq!(stand_in.statistics().images.live, 1);
    call!(client, image_release(same));
    let statistics = stand_in.statistics();
    assert!(
        statistics.is_clean() && statistics.bytes == 0,
        "{statistics:?}"
    );
}

#[test]
fn impossible_images_are_refused() {
    let (stand_in, client) = healthy();
    for (format, width, height, stride) in [
        (0, 64, 64, 0),
        (1, 63, 64, 0),
        (1, 64, 63, 0),
        (2, 63, 64, 0),
        (8, 64, 64, 0),
        (9, 64, 64, 64),
        (-1, 64, 64, 64),
        (4, 0, 64, 0),
        (4, 64, -1, 0),
        (4, 20_000, 64, 0),
        (4, 64, 64, 127),
        (4, 64, 64, -128),
    ] {
        let mut image = null_mut();
        assert_eq!(
            call!(
                client,
                image_create(format, width, height, stride, &raw mut image)
            ),
            FAILED,
            "{format} {width} {height} {stride}"
        );
        assert!(image.is_null());
    }
    let mut image = null_mut();
    assert_eq!(
        call!(client, image_create(1, 64, 64, 80, &raw mut image)),
        SUCCEEDED
    );
    assert_eq!(call!(client, image_get_size(image)), 80 * 96);
    call!(client, image_release(image));
    assert!(stand_in.statistics().is_clean());
}

static FREED: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn freed(buffer: *mut c_void, context: *mut c_void) {
    FREED.fetch_add(buffer.addr() ^ context.addr(), Ordering::Relaxed);
}

#[test]
fn lent_memory_is_given_back_when_the_last_reference_goes() {
    let (stand_in, client) = healthy();
    let mut memory = vec![3_u8; 1000];
    let buffer = memory.as_mut_ptr();
    let context: *mut c_void = std::ptr::without_provenance_mut(buffer.addr() ^ 1);
    let mut image = null_mut();
    for (width, buffer) in [(0, buffer), (20_001, buffer), (10, null_mut())] {
        assert_eq!(
            call!(
                client,
                image_create_from_buffer(
                    6,
                    width,
                    10,
                    10,
                    buffer,
                    1000,
                    Some(freed),
                    context,
                    &raw mut image
                )
            ),
            FAILED
        );
    }
    assert_eq!(FREED.load(Ordering::Relaxed), 0, "it stays the caller's");
    assert_eq!(
        call!(
            client,
            image_create_from_buffer(
                6,
                10,
                10,
                10,
                buffer,
                1000,
                Some(freed),
                context,
                &raw mut image
            )
        ),
        SUCCEEDED
    );
    assert_eq!(call!(client, image_get_buffer(image)), buffer);
    assert_eq!(call!(client, image_get_size(image)), 1000);
    call!(client, image_reference(image));
    call!(client, image_release(image));
    assert_eq!(FREED.load(Ordering::Relaxed), 0);
    call!(client, image_release(image));
    assert_eq!(FREED.load(Ordering::Relaxed), 1);
    assert_eq!(stand_in.statistics().images.live, 0);
}

static ALLOCATED: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

unsafe extern "C" fn allocate(size: c_int, context: *mut *mut c_void) -> *mut u8 {
    let start = vec![0_u8; size as usize].leak().as_mut_ptr();
    ALLOCATED
        .lock()
        .unwrap()
        .push((start.addr(), size as usize));
    // SAFETY: the pointer comes from the library, which has allocated the memory.
    unsafe { context.write(std::ptr::without_provenance_mut(77)) };
    start
}

unsafe extern "C" fn free(buffer: *mut c_void, context: *mut c_void) {
    assert_eq!(context.addr(), 77);
    let mut allocated = ALLOCATED.lock().unwrap();
    let place = allocated
        .iter()
        .position(|(start, _)| *start == buffer.addr());
    let (_, size) = allocated.remove(place.unwrap());
    // SAFETY: it was leaked above with that size.
    drop(unsafe { Vec::from_raw_parts(buffer.cast::<u8>(), size, size) });
}

#[test]
fn the_clients_allocator_makes_images() {
    let (stand_in, client) = healthy();
    assert_eq!(
        call!(client, optional set_allocator(Some(allocate), None)),
        FAILED
    );
    assert_eq!(
        call!(client, optional set_allocator(None, Some(free))),
        FAILED
    );
    assert_eq!(
        call!(client, optional set_allocator(Some(allocate), Some(free))),
        SUCCEEDED
    );
    let mut image = null_mut();
    assert_eq!(
        call!(client, image_create(6, 10, 10, 0, &raw mut image)),
        SUCCEEDED
    );
    assert_eq!(ALLOCATED.lock().unwrap().len(), 1);
    assert_eq!(call!(client, optional set_allocator(None, None)), SUCCEEDED);
    call!(client, image_release(image));
    assert!(ALLOCATED.lock().unwrap().is_empty());
    assert!(stand_in.statistics().is_clean());
}

static MESSAGES: Mutex<Vec<(i32, String)>> = Mutex::new(Vec::new());

unsafe extern "C" fn message(
    context: *mut c_void,
    level: i32,
    file: *const c_char,
    _line: c_int,
    text: *const c_char,
) {
    assert_eq!(context.addr(), 42);
    // SAFETY: both texts end with a NUL.
    let (file, text) = unsafe { (CStr::from_ptr(file), CStr::from_ptr(text)) };
    assert!(!file.is_empty());
    let text = text.to_str().unwrap().to_owned();
    MESSAGES.lock().unwrap().push((level, text));
}

unsafe extern "C" fn another(_: *mut c_void, _: i32, _: *const c_char, _: c_int, _: *const c_char) {
}

#[test]
fn messages_go_to_the_handler() {
    let (_stand_in, client) = healthy();
    let context = std::ptr::without_provenance_mut(42);
    let set = |callback, level| call!(client, set_debug_message_handler(callback, context, level));
    assert_eq!(set(Some(message), 1), SUCCEEDED);
    assert_eq!(set(Some(another), 1), FAILED, "one is set");
    assert!(client.open(7).is_err());
    drop(client.open(0));
    let texts = std::mem::take(&mut *MESSAGES.lock().unwrap());
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].0 == 1 && texts[0].1.contains("there is no device 7"));
    assert_eq!(
        set(Some(message), 4),
        SUCCEEDED,
        "the same with another level"
    );
    drop(client.open(0));
    assert_eq!(MESSAGES.lock().unwrap().pop().unwrap().0, 3);
    call!(client, image_release(null_mut()));
    assert_eq!(MESSAGES.lock().unwrap().pop().unwrap().0, 0);
    assert_eq!(set(None, 0), SUCCEEDED);
    assert!(client.open(7).is_err());
    assert!(MESSAGES.lock().unwrap().is_empty());
}

#[test]
fn there_is_no_graphics_card() {
    let (_stand_in, client) = healthy();
    let calibration = client.open(0).unwrap().calibration(2, 1).unwrap();
    let transformation = call!(client, optional transformation_create(&raw const calibration));
    assert!(transformation.is_null());
    call!(client, optional transformation_destroy(transformation));
}

/// Several threads call random functions with handles of every kind, valid and released. The library does not crash,
/// and works for later clients.
#[test]
fn wild_callers_do_no_harm() {
    let stand_in = StandIn::microsoft(&Script {
        speed: 1000.0,
        ..Script::healthy(3)
    });
    let client = Client::of(&stand_in);
    let handles = Mutex::new(vec![0_usize, 1, 0xDEAD_BEE0, usize::MAX]);
    // The threads share only the numbers of handles, without their owners.
    let pick = |random: usize| -> Handle {
        let handles = handles.lock().unwrap();
        std::ptr::without_provenance_mut(handles[random % handles.len()])
    };
    let keep = |handle: Handle| {
        let mut handles = handles.lock().unwrap();
        if handles.len() > 200 {
            let old = handles.len() / 2;
            handles.swap_remove(old);
        }
        handles.push(handle.addr());
    };
    std::thread::scope(|scope| {
        for thread in 0..4_usize {
            let (client, pick, keep, stand_in) = (&client, &pick, &keep, &stand_in);
            scope.spawn(move || {
                let mut state = thread as u64 + 1;
                let mut random = || {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    (state >> 33) as usize
                };
                for _ in 0..5000 {
                    let handle = pick(random());
                    let mut made = null_mut();
                    match random() % 20 {
                        0 => _ = call!(client, device_open(random() as u32 % 4, &raw mut made)),
                        1 => call!(client, device_close(handle)),
                        2 | 3 => {
                            let small = SMALL;
                            call!(client, device_start_cameras(handle, &raw const small));
                        }
                        4 => call!(client, device_stop_cameras(handle)),
                        5..=7 => {
                            let most = (random() % 3) as i32;
                            call!(client, device_get_capture(handle, &raw mut made, most));
                        }
                        8 => _ = call!(client, device_start_imu(handle)),
                        9 => call!(client, device_stop_imu(handle)),
                        10 => _ = call!(client, capture_create(&raw mut made)),
                        11 => call!(client, capture_release(handle)),
                        12 => made = call!(client, capture_get_depth_image(handle)),
                        13 => call!(client, capture_set_ir_image(handle, pick(random()))),
                        14 => _ = call!(client, image_create(4, 8, 8, 0, &raw mut made)),
                        15 => call!(client, image_release(handle)),
                        16 => call!(client, image_reference(handle)),
                        17 => _ = call!(client, image_get_size(handle)),
                        18 => _ = call!(client, device_set_color_control(handle, 2, 1, 9)),
                        _ => {
                            let serial = format!("{:012}", 1 + random() % 3);
                            if random() % 2 == 0 {
                                stand_in.unplug(&serial);
                            }
                            stand_in.replug(&serial);
                        }
                    }
                    keep(made);
                }
            });
        }
    });
    let wild = stand_in.statistics();
    assert!(
        wild.misuse > 1000 && wild.captures.created > 100,
        "{wild:?}"
    );
    // A correct client is not disturbed by the misuse.
    stand_in.configure(&Script::healthy(0));
    stand_in.configure(&Script::healthy(1));
    client.open(0).unwrap().started(SMALL).capture();
    assert_eq!((wild.threads, wild.inside), (0, 0));
}
