//! Functions that all calls use: they check results, ask for the size of buffers, and convert texts and times for C.

use std::ffi::CString;
use std::path::Path;
use std::ptr::null_mut;
use std::time::Duration;

use crate::abi::result;
use crate::error::{Error, ErrorKind, Result};
use crate::log;

/// The largest text or file that a library may return: a factory calibration has a few kilobytes, but the files
/// attached to a recording can be large.
const LARGEST: usize = 1 << 30;

/// Converts a `k4a_result_t`; an error has the messages that the library logged during the call.
pub(crate) fn check(function: &'static str, call: impl FnOnce() -> i32) -> Result<()> {
    match log::during(call) {
        result::SUCCEEDED => Ok(()),
        result::FAILED => Err(refused(function)),
        code => Err(strange_code(function, code)),
    }
}

/// Converts a `k4a_wait_result_t` or `k4a_stream_result_t`: `false` after a time-out or at the end.
pub(crate) fn check_some(function: &'static str, call: impl FnOnce() -> i32) -> Result<bool> {
    const { assert!(result::TIMEOUT == result::EOF) };
    match log::during(call) {
        result::SUCCEEDED => Ok(true),
        result::TIMEOUT => Ok(false),
        result::FAILED => Err(refused(function)),
        code => Err(strange_code(function, code)),
    }
}

/// An error for `K4A_RESULT_FAILED`, which has no reason.
fn refused(function: &'static str) -> Error {
    Error::new(ErrorKind::Failed, function, "the library refused")
}

/// An error for a code that the function does not have.
fn strange_code(function: &'static str, code: i32) -> Error {
    Error::unexpected(
        function,
        format!("the library returned the unknown number {code}"),
    )
}

/// Reads bytes whose size only the library knows: the first call, with a null buffer, asks for the size. `least` is the
/// smallest buffer for the second call, because some libraries report too small a size.
///
/// `call` gets a buffer and a pointer to its size, and must not write more bytes than that.
pub(crate) fn bytes(
    function: &'static str,
    least: usize,
    mut call: impl FnMut(*mut u8, *mut usize) -> i32,
) -> Result<Vec<u8>> {
    let mut size = 0;
    match log::during(|| call(null_mut(), &raw mut size)) {
        // The library reports the size with the code "too small".
        result::TOO_SMALL => {}
        result::SUCCEEDED if size == 0 => return Ok(Vec::new()),
        result::SUCCEEDED => {}
        result::FAILED => return Err(refused(function)),
        code => return Err(strange_code(function, code)),
    }
    // The size may have grown by the next call.
    for _ in 0..3 {
        if size > LARGEST {
            return Err(Error::unexpected(
                function,
                format!("the library asks for a buffer of {size} bytes, which is too large"),
            ));
        }
        let mut buffer = vec![0; size.max(least)];
        size = buffer.len();
        match log::during(|| call(buffer.as_mut_ptr(), &raw mut size)) {
            result::SUCCEEDED => {
                buffer.truncate(size);
                return Ok(buffer);
            }
            result::TOO_SMALL => size = size.max(buffer.len().saturating_mul(2)),
            result::FAILED => return Err(refused(function)),
            code => return Err(strange_code(function, code)),
        }
    }
    Err(Error::unexpected(
        function,
        "the size that the library asks for grows with each call",
    ))
}

/// Like [`bytes`], but without the NULs at the end of a C text.
pub(crate) fn bytes_without_nul(
    function: &'static str,
    least: usize,
    call: impl FnMut(*mut u8, *mut usize) -> i32,
) -> Result<Vec<u8>> {
    let mut bytes = bytes(function, least, call)?;
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    Ok(bytes)
}

/// Like [`bytes`], but as text up to the first NUL; invalid UTF-8 is replaced.
pub(crate) fn text(
    function: &'static str,
    least: usize,
    call: impl FnMut(*mut u8, *mut usize) -> i32,
) -> Result<String> {
    let bytes = bytes(function, least, call)?;
    let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(text).into_owned())
}

/// A text for C: with a NUL at its end.
pub(crate) fn c_text(function: &'static str, text: &str) -> Result<CString> {
    CString::new(text)
        .map_err(|_| Error::invalid(function, format!("the text {text:?} contains a NUL")))
}

/// A path for C: UTF-8 on Linux; only ASCII on Windows, where the libraries expect the system's code page.
pub(crate) fn c_path(function: &'static str, path: &Path) -> Result<CString> {
    if cfg!(windows) && !path.as_os_str().is_ascii() {
        return Err(Error::invalid(
            function,
            format!(
                "the path {} is not plain ASCII, and the library accepts no other paths",
                path.display()
            ),
        ));
    }
    CString::new(path.as_os_str().as_encoded_bytes()).map_err(|_| {
        Error::invalid(
            function,
            format!("the path {} contains a NUL", path.display()),
        )
    })
}

/// Milliseconds for a library: rounded up, so that a short wait does not become a poll, and never negative, because a
/// negative number means an endless wait.
pub(crate) fn milliseconds(timeout: Duration) -> i32 {
    let ms = timeout.as_nanos().div_ceil(1_000_000);
    i32::try_from(ms).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A library that first reports a size and then returns as many bytes.
    fn answers(told: usize, bytes: &'static [u8]) -> impl FnMut(*mut u8, *mut usize) -> i32 {
        move |buffer, size| {
            // SAFETY: the size is live, and the buffer is as large as it says or null.
            unsafe {
                if buffer.is_null() {
                    *size = told;
                    return result::TOO_SMALL;
                }
                if *size < bytes.len() {
                    *size = bytes.len();
                    return result::TOO_SMALL;
                }
                buffer.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
                *size = bytes.len();
                result::SUCCEEDED
            }
        }
    }

    #[test]
    fn a_size_that_is_told_too_large_or_too_small_still_gives_the_bytes() {
        for told in [1, 3, 4, 10240] {
            let text = bytes("f", 0, answers(told, b"abc\0"));
            assert_eq!(text.ok().as_deref(), Some(&b"abc\0"[..]), "told {told}");
        }
        let text = text("f", 0, answers(10240, b"abc\0rubbish"));
        assert_eq!(text.ok().as_deref(), Some("abc"));
    }

    #[test]
    fn a_size_beyond_reason_and_one_that_always_grows_are_errors() {
        let huge = bytes("f", 0, answers(usize::MAX, b"abc"));
        assert_eq!(
            huge.map_err(|error| error.kind()),
            Err(ErrorKind::Unexpected)
        );
        let grows = bytes("f", 0, |_, size| {
            // SAFETY: the size is live.
            unsafe { *size += 8 };
            result::TOO_SMALL
        });
        assert_eq!(
            grows.map_err(|error| error.kind()),
            Err(ErrorKind::Unexpected)
        );
    }

    #[test]
    fn a_library_that_claims_to_have_written_more_than_there_is_room_is_not_believed() {
        let bytes = bytes("f", 0, |buffer, size| {
            // SAFETY: the size is live.
            unsafe { *size = if buffer.is_null() { 4 } else { 4000 } };
            if buffer.is_null() {
                result::TOO_SMALL
            } else {
                result::SUCCEEDED
            }
        });
        assert_eq!(bytes.map(|bytes| bytes.len()).ok(), Some(4));
    }

    #[test]
    fn codes_that_mean_nothing_are_errors() {
        assert_eq!(check("f", || 0).ok(), Some(()));
        let kind = |code| check("f", || code).map_err(|error| error.kind());
        assert_eq!(kind(1), Err(ErrorKind::Failed));
        assert_eq!(kind(2), Err(ErrorKind::Unexpected));
        assert_eq!(check_some("f", || 2).ok(), Some(false));
        assert_eq!(
            check_some("f", || -7).map_err(|error| error.kind()),
            Err(ErrorKind::Unexpected)
        );
    }

    #[test]
    fn timeouts_are_rounded_up_and_never_for_ever() {
        assert_eq!(milliseconds(Duration::ZERO), 0);
        assert_eq!(milliseconds(Duration::from_micros(1)), 1);
        assert_eq!(milliseconds(Duration::from_millis(33)), 33);
        assert_eq!(milliseconds(Duration::MAX), i32::MAX);
    }

    #[test]
    fn texts_with_a_nul_are_refused() {
        assert!(c_text("f", "a\0b").is_err());
        assert!(c_path("f", Path::new("a\0b")).is_err());
    }
}
