//! Helpers that the tests share: they run the command, make temporary folders, find real recordings, read PNG files,
//! and use the vendor's recorder and reader.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use k4a_judge::{ImuSample, Judge, Playback, abi};

/// The exit code and the output of a run of the command.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn ok(&self) -> bool {
        self.code == Some(0)
    }
}

pub(crate) fn kinect_command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinect"));
    command.args(args);
    command
}

pub(crate) fn kinect(args: &[&str]) -> Run {
    let output = kinect_command(args).output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A real recording. If it does not exist, prints a message and returns `None`.
pub(crate) fn recording(name: &str) -> Option<PathBuf> {
    k4a_judge::real_data(&format!("recordings/{name}"))
}

/// A path for a test's own folder. The folder is not created, but is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kinect-cli-{name}"));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into the folder.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::create_dir_all(&self.0).unwrap();
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The files of a failed test stay for inspection.
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// A decoded PNG.
#[derive(Debug)]
pub(crate) struct Png {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The bytes as stored: 16-bit samples are big-endian.
    pub(crate) bytes: Vec<u8>,
    /// The samples of a 16-bit grey PNG.
    pub(crate) values: Vec<u16>,
    pub(crate) timestamp: Option<String>,
}

impl Png {
    /// The samples as they are in a sensor's image in memory.
    pub(crate) fn little_endian(&self) -> Vec<u8> {
        self.values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    /// IEEE CRC-32 of [`little_endian`](Self::little_endian), bit by bit.
    pub(crate) fn crc32(&self) -> u32 {
        !self.little_endian().iter().fold(!0_u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |c, _| {
                if c & 1 == 1 {
                    (c >> 1) ^ 0xEDB8_8320
                } else {
                    c >> 1
                }
            })
        })
    }
}

pub(crate) fn read_png(path: &Path) -> Png {
    let file = fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut decoder = png::Decoder::new(std::io::BufReader::new(file));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    let (bytes_of_16_bits, _) = bytes.as_chunks::<2>();
    let values = if frame.bit_depth == png::BitDepth::Sixteen {
        assert_eq!(frame.color_type, png::ColorType::Grayscale);
        bytes_of_16_bits
            .iter()
            .map(|&b| u16::from_be_bytes(b))
            .collect()
    } else {
        assert_eq!(frame.bit_depth, png::BitDepth::Eight);
        assert!(matches!(
            frame.color_type,
            png::ColorType::Rgb | png::ColorType::Rgba
        ));
        Vec::new()
    };
    let timestamp = reader
        .info()
        .uncompressed_latin1_text
        .iter()
        .find(|text| text.keyword == "Device timestamp (us)")
        .map(|text| text.text.clone());
    Png {
        width: frame.width,
        height: frame.height,
        values,
        timestamp,
        bytes,
    }
}

/// The colour at a position between four pixels of an 8-bit picture; `None` if one of the four pixels is outside the
/// picture.
pub(crate) fn between_pixels(picture: &Png, [u, v]: [f32; 2]) -> Option<[f32; 3]> {
    let inside = |at: f32, size: u32| at >= 0.0 && at < (size - 1) as f32;
    if !inside(u, picture.width) || !inside(v, picture.height) {
        return None;
    }
    let pixel = |column: usize, row: usize, channel: usize| {
        f32::from(picture.bytes[(row * picture.width as usize + column) * 3 + channel])
    };
    let (column, row) = (u as usize, v as usize);
    let (right, down) = (u.fract(), v.fract());
    Some([0, 1, 2].map(|channel| {
        let line = |row| {
            pixel(column, row, channel) * (1.0 - right) + pixel(column + 1, row, channel) * right
        };
        line(row) * (1.0 - down) + line(row + 1) * down
    }))
}

/// Makes a recording with the vendor's recorder: 720p MJPG, NFOV unbinned, 5 fps, the first capture at 2 s, five
/// inertial samples per capture, one tag.
pub(crate) fn record(judge: &'static Judge, path: &Path, jpeg: &[u8], captures: u64) {
    let configuration = abi::DeviceConfiguration {
        color_format: 0,
        color_resolution: 1,
        depth_mode: 2,
        camera_fps: 0,
        ..Default::default()
    };
    let recorder = judge.record(path, configuration).unwrap();
    recorder.add_tag("NOTE", "twenty captures").unwrap();
    recorder.add_imu_track().unwrap();
    recorder.write_header().unwrap();
    const IR16: i32 = 5;
    for capture in 0..captures {
        let time = 2_000_000 + capture * 200_000;
        let ramp = |add: u64| -> Vec<u16> {
            (0..640 * 576)
                .map(|pixel: u64| ((pixel * 7 + capture * 131 + add) % 5000) as u16)
                .collect()
        };
        let color = judge.mjpg_image(1280, 720, jpeg).unwrap();
        let depth = judge.depth_image(640, 576, &ramp(0)).unwrap();
        let ir: Vec<u8> = ramp(977).iter().flat_map(|v| v.to_ne_bytes()).collect();
        let ir = judge.image(IR16, 640, 576, 1280, &ir).unwrap();
        for image in [&color, &depth, &ir] {
            image.set_device_timestamp_usec(time);
        }
        let images = judge
            .capture(Some(&color), Some(&depth), Some(&ir))
            .unwrap();
        recorder.write_capture(&images).unwrap();
        for sample in 0..5 {
            let time = time + sample * 40_000;
            let value = (capture * 5 + sample) as f32;
            recorder
                .write_imu_sample(ImuSample {
                    acc: [value * 0.1, -9.81, value],
                    acc_timestamp_usec: time,
                    gyro: [0.001 * value, 1.0 / (value + 1.0), -value],
                    gyro_timestamp_usec: time + 3,
                    ..Default::default()
                })
                .unwrap();
        }
    }
    recorder.flush().unwrap();
}

/// Makes a recording, with the vendor's recorder, of one 720p colour image that is not a JPEG.
pub(crate) fn record_color(
    judge: &'static Judge,
    path: &Path,
    format: i32,
    stride: u32,
    bytes: &[u8],
) {
    let configuration = abi::DeviceConfiguration {
        color_format: format,
        color_resolution: 1,
        camera_fps: 2,
        ..Default::default()
    };
    let recorder = judge.record(path, configuration).unwrap();
    recorder.write_header().unwrap();
    let image = judge.image(format, 1280, 720, stride, bytes).unwrap();
    image.set_device_timestamp_usec(1_000_000);
    let capture = judge.capture(Some(&image), None, None).unwrap();
    recorder.write_capture(&capture).unwrap();
    recorder.flush().unwrap();
}

/// Reads a recording with the vendor's reader and compares it with the exported files, byte for byte.
pub(crate) fn assert_exported_as_read_by(vendor: &Playback, out: &Path) {
    let csv = |name: &str| {
        let text = fs::read_to_string(out.join(name)).unwrap();
        text.lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    let mut rows = Vec::new();
    while let Some(capture) = vendor.next_capture().unwrap() {
        let number = rows.len();
        let path = |rest: &str| out.join(format!("{number:06}-{rest}"));
        let mut row = number.to_string();
        let images = [
            ("color.jpg", capture.color()),
            ("depth.png", capture.depth()),
            ("ir.png", capture.ir()),
        ];
        for (name, image) in images {
            row.push(',');
            let Some(image) = image else {
                assert!(!path(name).exists());
                continue;
            };
            let time = image.info().device_timestamp_usec.to_string();
            let exported = if name == "color.jpg" {
                fs::read(path(name)).unwrap()
            } else {
                let png = read_png(&path(name));
                assert_eq!(png.timestamp.as_ref(), Some(&time));
                png.little_endian()
            };
            assert!(exported == image.bytes(), "{number}-{name} differs");
            row.push_str(&time);
        }
        rows.push(row);
    }
    assert_eq!(csv("captures.csv"), rows);

    let mut samples = Vec::new();
    while let Some(sample) = vendor.next_imu_sample().unwrap() {
        samples.push(sample);
    }
    let exported = csv("imu.csv");
    assert_eq!(exported.len(), samples.len());
    for (row, sample) in exported.iter().zip(samples) {
        let cells: Vec<&str> = row.split(',').collect();
        assert_eq!(cells[0].parse(), Ok(sample.acc_timestamp_usec));
        assert_eq!(cells[4].parse(), Ok(sample.gyro_timestamp_usec));
        for axis in 0..3 {
            let number = |cell: &str| cell.parse::<f32>().unwrap().to_bits();
            assert_eq!(number(cells[1 + axis]), sample.acc[axis].to_bits(), "{row}");
            assert_eq!(
                number(cells[5 + axis]),
                sample.gyro[axis].to_bits(),
                "{row}"
            );
        }
    }
}
