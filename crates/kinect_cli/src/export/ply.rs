//! Point clouds as binary little-endian PLY, the form that every point-cloud program reads.

/// The colour of points that the colour camera does not see.
pub(crate) const UNSEEN: [u8; 3] = [128; 3];

/// Writes the points that are there into `file`, replacing its contents. `points` are metres in world axes with
/// z = 0 where nothing was measured; `colors` are B, G, R, A with alpha 0 where the colour camera sees nothing, and
/// may be empty. Gives the number of points.
pub(crate) fn encode(points: &[[f32; 3]], colors: &[[u8; 4]], file: &mut Vec<u8>) -> usize {
    let count = points.iter().filter(|point| is_there(point)).count();
    file.clear();
    file.extend_from_slice(
        format!(
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
        )
        .as_bytes(),
    );
    file.reserve(count * 15);
    for (index, point) in points.iter().enumerate() {
        if !is_there(point) {
            continue;
        }
        for coordinate in point {
            file.extend_from_slice(&coordinate.to_le_bytes());
        }
        let color = match colors.get(index) {
            Some(&[b, g, r, a]) if a != 0 => [r, g, b],
            _ => UNSEEN,
        };
        file.extend_from_slice(&color);
    }
    count
}

fn is_there(point: &[f32; 3]) -> bool {
    point[2] != 0.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::encode;

    #[test]
    fn only_measured_points_are_written_with_their_colour() {
        let points = [[0.0; 3], [0.5, 0.25, -1.0], [0.0, 0.0, -2.0]];
        let colors = [[9, 9, 9, 255], [1, 2, 3, 255], [4, 5, 6, 0]];
        let mut file = vec![7; 3];
        assert_eq!(encode(&points, &colors, &mut file), 2);
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
}
