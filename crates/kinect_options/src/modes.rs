//! Modes by their names, as options give them.

use kinect_azure::modes::WiredSyncMode;
use kinect_azure::{ColorFormat, ColorResolution, DepthMode, FrameRate};

/// The value of `all` with that name, in upper or lower case.
fn named<T: Copy>(text: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    let found = all
        .iter()
        .find(|&&one| name(one).eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|&one| name(one)).collect();
        format!("one of {}", names.join(", "))
    })
}

/// A depth mode's name.
pub(crate) fn depth_mode(text: &str) -> Result<DepthMode, String> {
    let mut all = DepthMode::ALL.to_vec();
    all.push(DepthMode::Off);
    named(text, &all, DepthMode::name)
}

/// A colour resolution's name.
pub(crate) fn color_resolution(text: &str) -> Result<ColorResolution, String> {
    let mut all = ColorResolution::ALL.to_vec();
    all.push(ColorResolution::Off);
    named(text, &all, ColorResolution::name)
}

/// A colour format's name.
pub(crate) fn color_format(text: &str) -> Result<ColorFormat, String> {
    use ColorFormat::{Bgra32, Mjpg, Nv12, Yuy2};
    named(text, &[Mjpg, Nv12, Yuy2, Bgra32], ColorFormat::name)
}

/// Captures per second.
pub(crate) fn frame_rate(text: &str) -> Result<FrameRate, String> {
    match text {
        "5" => Ok(FrameRate::Fps5),
        "15" => Ok(FrameRate::Fps15),
        "25" => Ok(FrameRate::Fps25),
        "30" => Ok(FrameRate::Fps30),
        _ => Err("one of 5, 15, 25 (Femto only), 30".to_owned()),
    }
}

/// A part in a wired synchronisation; `sub` is short for `subordinate`, as in k4arecorder.
pub(crate) fn wired_sync_mode(text: &str) -> Result<WiredSyncMode, String> {
    if text.eq_ignore_ascii_case("sub") {
        return Ok(WiredSyncMode::Subordinate);
    }
    WiredSyncMode::from_name(text)
        .ok_or_else(|| "one of master, subordinate, standalone".to_owned())
}
