//! Point clouds as binary little-endian PLY, the form that every point-cloud program reads.

use std::io::{self, Write};

/// The colour of points that the colour camera does not see: R, G, B.
pub const UNSEEN: [u8; 3] = [128; 3];

/// Writes points with their colours as a PLY file: metres in [world axes](crate::units) (x to the right, y up, −z
/// forward) and R, G, B, [`UNSEEN`] where there is no colour. Returns the number of points.
///
/// The iterator is run twice, because the file begins with the number of points. Points are written one by one, so
/// `out` should be memory or a [`BufWriter`](io::BufWriter).
///
/// ```
/// let points = [([0.0, 0.0, -1.0], [255, 0, 0]), ([0.1, 0.0, -1.2], kinect_azure::ply::UNSEEN)];
/// let mut file = Vec::new();
/// assert_eq!(kinect_azure::ply::write_points(&mut file, points.into_iter())?, 2);
/// assert!(file.starts_with(b"ply\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Fails if writing to `out` fails.
pub fn write_points(
    out: &mut impl Write,
    points: impl Iterator<Item = ([f32; 3], [u8; 3])> + Clone,
) -> io::Result<usize> {
    let count = points.clone().count();
    write!(
        out,
        "ply\n\
         format binary_little_endian 1.0\n\
         comment metres in the depth camera's frame: x to the right, y up, -z forward\n\
         comment colour 128 128 128: the colour camera does not see the point\n\
         element vertex {count}\n\
         property float x\n\
         property float y\n\
         property float z\n\
         property uchar red\n\
         property uchar green\n\
         property uchar blue\n\
         end_header\n"
    )?;
    // If the second run gives more or fewer points than the first, the file is not a valid PLY file; this function
    // does not check that.
    for ([x, y, z], [red, green, blue]) in points {
        let ([a, b, c, d], [e, f, g, h], [i, j, k, l]) =
            (x.to_le_bytes(), y.to_le_bytes(), z.to_le_bytes());
        out.write_all(&[a, b, c, d, e, f, g, h, i, j, k, l, red, green, blue])?;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{UNSEEN, write_points};

    #[test]
    fn a_file_is_a_header_and_fifteen_bytes_a_point() {
        let points = [
            ([0.5, 0.25, -1.0], [3, 2, 1]),
            ([0.0, 0.0, -2.0], UNSEEN),
            ([9.0, 9.0, 0.0], [1, 1, 1]),
        ];
        let mut file = Vec::new();
        let there = points.into_iter().filter(|(point, _)| point[2] != 0.0);
        assert_eq!(write_points(&mut file, there).unwrap(), 2);
        let end = b"end_header\n";
        let body = file.windows(end.len()).position(|w| w == end).unwrap() + end.len();
        assert!(
            std::str::from_utf8(&file[..body])
                .unwrap()
                .contains("element vertex 2\n")
        );
        let mut expected = Vec::new();
        for value in [0.5_f32, 0.25, -1.0] {
            expected.extend(value.to_le_bytes());
        }
        expected.extend([3, 2, 1]);
        for value in [0.0_f32, 0.0, -2.0] {
            expected.extend(value.to_le_bytes());
        }
        expected.extend([128, 128, 128]);
        assert_eq!(&file[body..], expected);
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let mut little = [0; 400];
        let points = std::iter::repeat_n(([1.0; 3], UNSEEN), 100);
        assert!(write_points(&mut little.as_mut_slice(), points).is_err());
    }
}
