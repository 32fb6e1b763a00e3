//! A reader of PLY files, written from the description of the format, independently of the writer.

use std::fs;
use std::path::Path;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) position: [f32; 3],
    pub(crate) color: [u8; 3],
}

pub(crate) fn read(path: &Path) -> Vec<Point> {
    let bytes = fs::read(path).unwrap();
    let end = b"end_header\n";
    let body = bytes.windows(end.len()).position(|w| w == end).unwrap() + end.len();
    let header = std::str::from_utf8(&bytes[..body]).unwrap();
    let mut lines = header.lines().filter(|line| !line.starts_with("comment"));
    assert_eq!(lines.next(), Some("ply"));
    assert_eq!(lines.next(), Some("format binary_little_endian 1.0"));
    let count = lines
        .next()
        .unwrap()
        .strip_prefix("element vertex ")
        .unwrap();
    let properties: Vec<&str> = lines.collect();
    assert_eq!(
        properties,
        [
            "property float x",
            "property float y",
            "property float z",
            "property uchar red",
            "property uchar green",
            "property uchar blue",
            "end_header"
        ]
    );
    let (points, rest) = bytes[body..].as_chunks::<15>();
    assert!(rest.is_empty());
    assert_eq!(count.parse(), Ok(points.len()));
    let point = |b: &[u8; 15]| {
        let float = |at: usize| f32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
        Point {
            position: [float(0), float(4), float(8)],
            color: [b[12], b[13], b[14]],
        }
    };
    points.iter().map(point).collect()
}
