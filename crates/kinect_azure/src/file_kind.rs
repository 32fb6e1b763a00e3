//! Recognises a file of another kind than the expected one, and advises what to do with it.

/// The number of bytes at a file's beginning that are examined.
pub(crate) const LOOKED_AT: usize = 512;

/// The kind of a file, and advice for files of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileKind {
    /// For example `a web page (HTML)`.
    pub(crate) what: &'static str,
    /// For example `download the file itself`.
    pub(crate) advice: &'static str,
}

const CONVERT: &str =
    "record with k4arecorder or `kinect record`, whose Matroska files hold depth without loss";
const UNPACK: &str = "unpack it first";
const OTHER_FILE: &str = "check that this is the right file";

/// Beginnings of files, in the order in which they are looked for.
const BEGINNINGS: &[(&[u8], &str, &str)] = &[
    (
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer, which stands for a file that was not downloaded",
        "run `git lfs pull` in its repository, or download the file itself",
    ),
    (
        b"#ROSBAG V",
        "a ROS bag (also RealSense's recordings)",
        CONVERT,
    ),
    (b"\x89MCAP0", "an MCAP file of ROS 2", CONVERT),
    (
        b"SQLite format 3\0",
        "an SQLite database (perhaps a bag of ROS 2)",
        CONVERT,
    ),
    (b"NI10", "an ONI recording of OpenNI", CONVERT),
    (b"EVENTS1\0", "an XEF recording of a Kinect v2", CONVERT),
    (b"OggS", "an Ogg file", CONVERT),
    (b"FLV\x01", "a Flash video", CONVERT),
    (
        b"\x1a\x45\xdf\xa3",
        "a Matroska file (perhaps a recording)",
        OTHER_FILE,
    ),
    (b"\x89PNG", "a PNG picture", OTHER_FILE),
    (b"\xff\xd8\xff", "a JPEG picture", OTHER_FILE),
    (b"ply\n", "a PLY point cloud", OTHER_FILE),
    (b"ply\r\n", "a PLY point cloud", OTHER_FILE),
    (b"%PDF", "a PDF document", OTHER_FILE),
    (b"PK\x03\x04", "a ZIP archive", UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"\x1f\x8b", "compressed by gzip", UNPACK),
    (b"BZh", "compressed by bzip2", UNPACK),
    (b"\xfd7zXZ", "compressed by xz", UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard", UNPACK),
    (
        b"\xff\xfe",
        "text in UTF-16",
        "save it again as UTF-8 (PowerShell: `Out-File -Encoding utf8`)",
    ),
    (
        b"\xfe\xff",
        "text in UTF-16",
        "save it again as UTF-8 (PowerShell: `Out-File -Encoding utf8`)",
    ),
];

/// The kind of a file, by its first bytes (up to [`LOOKED_AT`]); `None` if the kind is not known.
pub(crate) fn file_kind(bytes: &[u8]) -> Option<FileKind> {
    let kind = |what, advice| Some(FileKind { what, advice });
    if let Some((_, what, advice)) = BEGINNINGS
        .iter()
        .find(|(start, ..)| bytes.starts_with(start))
    {
        return kind(what, advice);
    }
    match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            return kind("an MP4 or QuickTime video", CONVERT);
        }
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'A',
            b'V',
            b'I',
            b' ',
            ..,
        ] => {
            return kind("an AVI video", CONVERT);
        }
        // Without a byte order mark: JSON begins with a bracket.
        [b'{' | b'[', 0, ..] | [0, b'{' | b'[', ..] => {
            return kind("text in UTF-16", "save it again as UTF-8");
        }
        [] => return None,
        _ => {}
    }
    if bytes.len() >= 64 && bytes.iter().all(|byte| *byte == 0) {
        return kind(
            "nothing but zero bytes",
            "the copy or the download failed: fetch it again",
        );
    }
    let text = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let begins = |start: &str| {
        let start = start.as_bytes();
        text.get(..start.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(start))
    };
    if begins("<!doctype html") || begins("<html") || begins("<head") {
        return kind(
            "a web page (HTML), which a download gave instead of the file",
            "download the file itself (on GitHub: \"Download raw file\")",
        );
    }
    if begins("<?xml") {
        return kind("XML", OTHER_FILE);
    }
    if begins("{") {
        return kind("JSON text (perhaps a calibration)", OTHER_FILE);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_beginnings() {
        for (bytes, what) in [
            (
                &b"version https://git-lfs.github.com/spec/v1\noid"[..],
                "Git LFS",
            ),
            (b"\n <!DOCTYPE HTML><head>", "HTML"),
            (b"#ROSBAG V2.0\n", "ROS bag"),
            (b"\0\0\0\x20ftypisom", "MP4"),
            (b"RIFF\x01\x02\x03\x04AVI LIST", "AVI"),
            (b"NI10\0", "ONI"),
            (b"\xff\xfe{\0", "UTF-16"),
            (b"{\0\"\0", "UTF-16"),
            (b"\x1f\x8b\x08", "gzip"),
            (&[0; 100], "zero bytes"),
        ] {
            let found = file_kind(bytes).map_or("", |kind| kind.what);
            assert!(found.contains(what), "{what}: {found}");
        }
        assert_eq!(file_kind(b""), None);
        assert_eq!(file_kind(b"\x01\x02\x03"), None);
    }
}
