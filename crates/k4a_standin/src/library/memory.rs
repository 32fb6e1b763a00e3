//! Memory of images. It is handed out as a bare pointer, so it is allocated as one, and shared without copying: many
//! images can lie in the same memory. It is freed when its last image is released.

use std::alloc::Layout;
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use k4a::abi::{AllocateCallback, FreeCallback};

/// Bytes of the stand-in's memory that is in use.
static BYTES: AtomicU64 = AtomicU64::new(0);

/// The allocator that `k4a_set_allocator` set.
static ALLOCATOR: Mutex<Option<(AllocateCallback, FreeCallback)>> = Mutex::new(None);

/// The alignment of image memory: a cache line, more than any pixel needs.
const ALIGNMENT: usize = 64;

/// Bytes of the stand-in's memory that is in use, including memory from the client's allocator.
pub(super) fn bytes() -> u64 {
    BYTES.load(Ordering::Relaxed)
}

/// `k4a_set_allocator`.
pub(super) fn set_allocator(allocator: Option<(AllocateCallback, FreeCallback)>) {
    *ALLOCATOR.lock().unwrap_or_else(PoisonError::into_inner) = allocator;
}

/// The memory of one image, or of several images with the same content.
#[derive(Debug)]
pub(super) struct Memory {
    start: NonNull<u8>,
    size: usize,
    owner: Owner,
}

#[derive(Debug)]
enum Owner {
    /// Nothing was allocated.
    Empty,
    Ours(Layout),
    /// Memory from the client's allocator.
    Allocator {
        free: FreeCallback,
        context: *mut c_void,
    },
    /// Memory that belongs to the client.
    Client {
        free: Option<FreeCallback>,
        context: *mut c_void,
    },
}

// SAFETY: it is a piece of memory with a pointer to it; nothing about it belongs to a thread. That nobody writes while
// somebody reads is up to the client, as with the vendor's library; the stand-in itself writes only before it shares.
// The client's callbacks may come from any thread: the C interface says so.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// Memory of zeros; `None` when there is not enough.
    pub(super) fn zeroed(size: usize) -> Option<Self> {
        if size == 0 {
            return Some(Self {
                start: NonNull::dangling(),
                size,
                owner: Owner::Empty,
            });
        }
        let layout = Layout::from_size_align(size, ALIGNMENT).ok()?;
        // SAFETY: the size is not 0.
        let start = NonNull::new(unsafe { std::alloc::alloc_zeroed(layout) })?;
        BYTES.fetch_add(size as u64, Ordering::Relaxed);
        Some(Self {
            start,
            size,
            owner: Owner::Ours(layout),
        })
    }

    /// Memory with these bytes in it; `None` when there is not enough.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let memory = Self::zeroed(bytes.len())?;
        // SAFETY: it was just allocated with that size, and nobody else knows it.
        unsafe {
            memory
                .start
                .as_ptr()
                .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        Some(memory)
    }

    /// Memory from the client's allocator where one is set, otherwise the stand-in's own memory.
    pub(super) fn by_allocator(size: usize) -> Option<Self> {
        let allocator = *ALLOCATOR.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some((allocate, free)), Ok(c_size)) = (allocator, i32::try_from(size)) else {
            return Self::zeroed(size);
        };
        let mut context = std::ptr::null_mut();
        // SAFETY: the client guarantees that its function can be called; both arguments are as the C interface says.
        let start = NonNull::new(unsafe { allocate(c_size, &raw mut context) })?;
        BYTES.fetch_add(size as u64, Ordering::Relaxed);
        Some(Self {
            start,
            size,
            owner: Owner::Allocator { free, context },
        })
    }

    /// The client's memory. `free` is called when the last image in it is released.
    pub(super) const fn of_client(
        start: NonNull<u8>,
        size: usize,
        free: Option<FreeCallback>,
        context: *mut c_void,
    ) -> Self {
        Self {
            start,
            size,
            owner: Owner::Client { free, context },
        }
    }

    pub(super) const fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// The content of memory that the stand-in drew itself, which clients must not write to.
    pub(super) const fn bytes(&self) -> &[u8] {
        // SAFETY: the memory is as large as it says for as long as `self` lives, and it is initialised.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.size) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        match self.owner {
            Owner::Empty => {}
            Owner::Ours(layout) => {
                BYTES.fetch_sub(self.size as u64, Ordering::Relaxed);
                // SAFETY: it was allocated with that layout and is not used any more.
                unsafe { std::alloc::dealloc(self.start.as_ptr(), layout) };
            }
            Owner::Allocator { free, context } => {
                BYTES.fetch_sub(self.size as u64, Ordering::Relaxed);
                // SAFETY: the client guarantees that its function can be called, and its other function allocated this.
                unsafe { free(self.start.as_ptr().cast(), context) };
            }
            Owner::Client { free, context } => {
                if let Some(free) = free {
                    // SAFETY: the client guarantees that its function can be called; it gets the memory and the context that
                    // the client gave.
                    unsafe { free(self.start.as_ptr().cast(), context) };
                }
            }
        }
    }
}
