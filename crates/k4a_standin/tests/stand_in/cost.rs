//! The processor time of delivering captures.

use std::time::{Duration, Instant};

use k4a_standin::{Script, StandIn};

use crate::client::{Client, USUAL};

/// Processor time this thread has used.
fn thread_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the structure lives.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Four devices with colour at 720p and depth at 30 fps, and a client that reads every image but does not decode it.
/// Together they need a small part of a millisecond for each capture.
#[test]
fn four_devices_cost_next_to_nothing() {
    let stand_in = StandIn::microsoft(&Script::healthy(4));
    let client = Client::of(&stand_in);
    let devices: Vec<_> = (0..4).map(|index| client.open(index).unwrap()).collect();
    let start = Instant::now();
    for device in &devices {
        assert_eq!(device.start(USUAL), 0);
    }
    println!("four devices started in {:?}", start.elapsed());
    let spent: Vec<(Duration, u32)> = std::thread::scope(|scope| {
        let threads: Vec<_> = devices
            .iter()
            .map(|device| {
                scope.spawn(move || {
                    let (start, mut captures) = (Instant::now(), 0);
                    let before = thread_time();
                    while start.elapsed() < Duration::from_secs(3) {
                        let capture = device.capture();
                        for image in [capture.color(), capture.depth(), capture.ir()] {
                            let image = image.unwrap();
                            assert!(image.layout().1 > 0 && image.usec() > 0);
                            assert!(image.bytes().len() > 1000);
                        }
                        captures += 1;
                    }
                    (thread_time() - before, captures)
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    for (device, (time, captures)) in spent.iter().enumerate() {
        let each = *time / *captures;
        println!("device {device}: {captures} captures, {each:?} of processor time each");
        assert!(each < Duration::from_micros(200), "{each:?}");
    }
    // On a busy computer the client may have to wait for the processor. Then some captures are lost, and counted.
    let statistics = stand_in.statistics();
    for device in statistics.by_serial.values() {
        println!("{} delivered, {} lost", device.delivered, device.overflowed);
        assert!((85..=95).contains(&(device.delivered + device.overflowed)));
    }
    assert_eq!(statistics.images.live, 0);
}
