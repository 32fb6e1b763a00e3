//! EBML elements (RFC 8794) put together in memory. Everything but images is small.

use crate::recording::ebml::id;

/// A size with as few bytes as possible.
pub(super) fn size(out: &mut Vec<u8>, value: u64) {
    // One value of each length is reserved for "unknown".
    let length = (1..8).find(|n| value < (1 << (7 * n)) - 1).unwrap_or(8);
    let marked = value | 1 << (7 * length);
    out.extend_from_slice(&marked.to_be_bytes()[8 - length..]);
}

/// The beginning of an element whose content follows.
pub(super) fn header(out: &mut Vec<u8>, id: u32, content: u64) {
    let unused = id.leading_zeros() as usize / 8;
    out.extend_from_slice(&id.to_be_bytes()[unused..]);
    size(out, content);
}

/// An element with its content.
pub(super) fn element(out: &mut Vec<u8>, id: u32, content: &[u8]) {
    header(out, id, content.len() as u64);
    out.extend_from_slice(content);
}

/// An element that holds a number.
pub(super) fn uint(out: &mut Vec<u8>, id: u32, value: u64) {
    let unused = (value.leading_zeros() as usize / 8).min(7);
    element(out, id, &value.to_be_bytes()[unused..]);
}

/// An element that holds text.
pub(super) fn text(out: &mut Vec<u8>, id: u32, value: &str) {
    element(out, id, value.as_bytes());
}

/// An element whose content is written by `fill`.
pub(super) fn master(out: &mut Vec<u8>, id: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut content = Vec::new();
    fill(&mut content);
    element(out, id, &content);
}

/// A Void that takes `total` bytes (2 to 128) with its header.
pub(super) fn void(out: &mut Vec<u8>, total: usize) {
    element(out, id::VOID, &vec![0; total.saturating_sub(2)]);
}
