//! Finds the real data, and holds small helpers that the tests share.

use std::path::PathBuf;

use k4a_judge::{abi, real_data};
use kinect_azure::{ColorResolution, DepthMode, RawCalibration};

/// One real sensor's calibration.
pub struct RealCalibration {
    pub name: String,
    pub json: Vec<u8>,
    pub raw: RawCalibration,
}

/// All real calibrations.
pub fn calibrations() -> Option<Vec<RealCalibration>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(real_data("calibrations")?)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    let read = |path: PathBuf| {
        let json = std::fs::read(&path).unwrap();
        RealCalibration {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            raw: RawCalibration::parse(&json).unwrap(),
            json,
        }
    };
    Some(paths.into_iter().map(read).collect())
}

/// The calibration of the sensor that made the sample recording.
pub fn sample_calibration() -> Option<RealCalibration> {
    calibrations()?
        .into_iter()
        .find(|real| real.name == "001514394512")
}

/// The sample recording.
pub fn sample_recording() -> Option<PathBuf> {
    real_data("recordings/mug-720p-nfov.mkv")
}

/// The depth images and the colour image's JPEG of the sample recording, read by the vendor's library.
pub fn sample_depth(judge: &'static k4a_judge::Judge) -> Option<Vec<u16>> {
    let playback = judge.open(sample_recording()?).unwrap();
    let capture = playback.next_capture().unwrap().unwrap();
    let depth = capture.depth().unwrap();
    Some(to_u16(depth.bytes()))
}

pub fn to_u16(bytes: &[u8]) -> Vec<u16> {
    bytes
        .chunks_exact(2)
        .map(|b| u16::from_ne_bytes([b[0], b[1]]))
        .collect()
}

/// The C enum's number of a depth mode.
pub fn depth_code(mode: DepthMode) -> i32 {
    match mode {
        DepthMode::Off => 0,
        DepthMode::Nfov2x2Binned => 1,
        DepthMode::NfovUnbinned => 2,
        DepthMode::Wfov2x2Binned => 3,
        DepthMode::WfovUnbinned => 4,
        DepthMode::PassiveIr => 5,
    }
}

/// The C enum's number of a colour resolution.
pub fn color_code(resolution: ColorResolution) -> i32 {
    match resolution {
        ColorResolution::Off => 0,
        ColorResolution::R720p => 1,
        ColorResolution::R1080p => 2,
        ColorResolution::R1440p => 3,
        ColorResolution::R1536p => 4,
        ColorResolution::R2160p => 5,
        ColorResolution::R3072p => 6,
    }
}

/// All pairs of modes with at least one camera on.
pub fn mode_pairs() -> Vec<(DepthMode, ColorResolution)> {
    let depth = std::iter::once(DepthMode::Off).chain(DepthMode::ALL);
    depth
        .flat_map(|d| {
            let color = std::iter::once(ColorResolution::Off).chain(ColorResolution::ALL);
            color.map(move |c| (d, c))
        })
        .filter(|&pair| pair != (DepthMode::Off, ColorResolution::Off))
        .collect()
}

/// The vendor's calibration for a pair of modes.
pub fn vendor_calibration(
    judge: &k4a_judge::Judge,
    real: &RealCalibration,
    depth: DepthMode,
    color: ColorResolution,
) -> abi::Calibration {
    judge
        .calibration_from_raw(&real.json, depth_code(depth), color_code(color))
        .unwrap()
}

/// Numbers that look random and are the same every time (SplitMix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly spread from `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.next() >> 40) as f32 / (1u64 << 24) as f32;
        low + unit * (high - low)
    }

    /// Evenly spread from 0 to `end`, exclusive.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
