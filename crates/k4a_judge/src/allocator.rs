//! An allocator that counts allocations, for tests of code that must not allocate.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// The system's allocator with counters. A test binary uses it with `#[global_allocator] static ALLOCATOR:
/// CountingAllocator = CountingAllocator;`.
#[derive(Debug)]
pub struct CountingAllocator;

static ALL_THREADS: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicI64 = AtomicI64::new(0);

thread_local! {
    static THIS_THREAD: Cell<u64> = const { Cell::new(0) };
}

fn count_bytes(more: usize, less: usize) {
    HELD.fetch_add(more as i64 - less as i64, Ordering::Relaxed);
}

fn count_one() {
    ALL_THREADS.fetch_add(1, Ordering::Relaxed);
    // A thread that is ending has no counter any more.
    let _ = THIS_THREAD.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator as it is; counting does not allocate, because the
// thread-local is constant-initialised and has no destructor.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_one();
        count_bytes(layout.size(), 0);
        // SAFETY: the caller keeps the promises that the system's allocator demands.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count_one();
        count_bytes(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count_one();
        count_bytes(new_size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, new_size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count_bytes(0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// How often this thread allocates (or grows an allocation) while `work` runs.
pub fn allocations(work: impl FnOnce()) -> u64 {
    let before = THIS_THREAD.get();
    work();
    THIS_THREAD.get() - before
}

/// How often any thread allocates while `work` runs. Allocations of other tests that run at the same time are counted,
/// too.
pub fn allocations_of_all_threads(work: impl FnOnce()) -> u64 {
    let before = ALL_THREADS.load(Ordering::Relaxed);
    work();
    ALL_THREADS.load(Ordering::Relaxed) - before
}

/// How often this thread has allocated since it was started: for code that is called on another thread than the test's.
pub fn allocations_so_far() -> u64 {
    THIS_THREAD.get()
}

/// Bytes that all threads hold: allocated and not freed. The memory of a library with its own allocator is not counted.
pub fn held_bytes() -> i64 {
    HELD.load(Ordering::Relaxed)
}
