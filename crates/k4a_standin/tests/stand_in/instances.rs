//! Several libraries in one process, which are loaded and unloaded.

use k4a_standin::{DeviceScript, Script, StandIn};

use crate::client::{Client, SMALL, SUCCEEDED};

#[test]
fn libraries_share_nothing() {
    let one = StandIn::microsoft(&Script::of([DeviceScript::new("one")]));
    let two = StandIn::microsoft(&Script::of([
        DeviceScript::new("two"),
        DeviceScript::new("three"),
    ]));
    let (first, second) = (Client::of(&one), Client::of(&two));
    assert_eq!((first.count(), second.count()), (1, 2));
    let a = first.open(0).unwrap().started(SMALL);
    let b = second.open(1).unwrap().started(SMALL);
    one.unplug("one");
    assert_eq!(first.count(), 0);
    assert_ne!(a.wait(1000).0, SUCCEEDED);
    b.capture();
    assert_eq!(one.statistics().devices.created, 1);
    assert_eq!(one.statistics().captures.created, 0);
    assert_eq!(two.statistics().captures.created, 1);
    assert_ne!(one.path(), two.path());
}

#[test]
fn the_name_is_the_vendors_and_the_folder_goes_with_it() {
    let stand_in = StandIn::microsoft(&Script::default());
    let folder = stand_in.folder().to_path_buf();
    assert_eq!(stand_in.path().parent(), Some(folder.as_path()));
    if cfg!(target_os = "linux") {
        assert_eq!(stand_in.path().file_name().unwrap(), "libk4a.so.1.4");
    }
    assert!(folder.is_dir());
    // A client that still has the library loaded can continue.
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    drop(stand_in);
    assert!(!folder.exists());
    let device = device.started(SMALL);
    device.capture();
}

/// Bytes of memory this process has mapped, by the kernel's count of pages.
#[cfg(target_os = "linux")]
fn mapped() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').next().unwrap().parse::<u64>().unwrap() * 4096
}

#[cfg(target_os = "linux")]
#[test]
fn a_library_that_is_dropped_leaves_the_process() {
    let live = |times: u32| {
        for _ in 0..times {
            let stand_in = StandIn::microsoft(&Script::default());
            // The library is used on a thread that ends, because a thread that used a library keeps it loaded.
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let client = Client::of(&stand_in);
                    client.open(0).unwrap().started(SMALL).capture();
                });
            });
            let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
            assert!(maps.contains(stand_in.path().to_str().unwrap()));
            let path = stand_in.path().to_path_buf();
            drop(stand_in);
            let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
            assert!(!maps.contains(path.to_str().unwrap()), "it is still loaded");
        }
    };
    live(3);
    let before = mapped();
    live(20);
    let grown = mapped().saturating_sub(before);
    // Other tests run beside this; the library alone maps some 20 MB each time.
    assert!(grown < 200_000_000, "{grown}");
}
