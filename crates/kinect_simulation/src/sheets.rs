//! Contact sheets for visual checks: every motion and ten people, in colour, depth, infrared, body index and
//! skeleton.
//!
//! `KINECT_PICTURES=DIR cargo test -p kinect_simulation --lib sheets -- --ignored`

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;
use std::time::Duration;

use kinect_azure::body::{Joint, JointConfidence};
use kinect_azure::capture::Capture;
use kinect_azure::modes::ColorFormat;
use kinect_azure::source::{CaptureSource, NextCapture, PlaybackControl};

use super::*;

struct Sheet {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Sheet {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            rgb: vec![30; width * height * 3],
        }
    }

    fn put(&mut self, x: usize, y: usize, color: [u8; 3]) {
        if x < self.width && y < self.height {
            let at = (y * self.width + x) * 3;
            self.rgb[at..at + 3].copy_from_slice(&color);
        }
    }

    fn line(&mut self, a: (f32, f32), b: (f32, f32), color: [u8; 3]) {
        let steps = (a.0 - b.0)
            .abs()
            .max((a.1 - b.1).abs())
            .ceil()
            .clamp(1.0, 2000.0);
        for i in 0..=steps as usize {
            let t = i as f32 / steps;
            let (x, y) = (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
            if x >= 0.0 && y >= 0.0 {
                self.put(x as usize, y as usize, color);
            }
        }
    }

    fn save(&self, path: &Path) {
        let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&self.rgb)
            .unwrap();
    }

    /// A capture: colour above, below it depth, infrared, body index, skeletons over depth. 640×936.
    fn capture(&mut self, left: usize, capture: &Capture, sensor: &SimulatedSensor) {
        if let Some(color) = &capture.color {
            let bytes = color.bytes();
            for y in 0..360 {
                for x in 0..640 {
                    let mut sum = [0_u32; 3];
                    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                        let at = ((y * 2 + dy) * 1280 + x * 2 + dx) * 4;
                        for c in 0..3 {
                            sum[c] += u32::from(bytes[at + 2 - c]);
                        }
                    }
                    self.put(left + x, y, sum.map(|v| (v / 4) as u8));
                }
            }
        }
        let truth = capture.ground_truth.as_ref().unwrap();
        let bodies = truth.index_map.as_ref().unwrap().pixels();
        let depth = capture.depth.as_ref().unwrap().u16_pixels();
        let ir = capture.ir.as_ref().unwrap().u16_pixels();
        for y in 0..288 {
            for x in 0..320 {
                let at = y * 2 * 640 + x * 2;
                let z = f32::from(depth[at]);
                let ramp = ramp(z);
                self.put(left + x, 360 + y, ramp);
                let light = ((f32::from(ir[at]) / 1200.0).powf(0.5) * 255.0).min(255.0) as u8;
                self.put(left + 320 + x, 360 + y, [light; 3]);
                let flat = match bodies[at] {
                    255 => [20, 20, 24],
                    n => [
                        [230, 170, 60],
                        [80, 190, 230],
                        [230, 100, 130],
                        [120, 210, 100],
                        [180, 130, 230],
                        [230, 130, 70],
                    ][usize::from(n) % 6],
                };
                self.put(left + x, 648 + y, flat);
                self.put(left + 320 + x, 648 + y, ramp.map(|v| v / 2));
            }
        }
        let camera = sensor.calibration().unwrap().depth_camera.unwrap();
        let place = |p: [f32; 3]| {
            camera
                .project(p)
                .map(|[u, v]| (left as f32 + 320.0 + u / 2.0, 648.0 + v / 2.0))
        };
        for body in &truth.bodies {
            for joint in Joint::ALL {
                let pose = body.joint(joint);
                let color = match pose.confidence {
                    JointConfidence::None => [255, 60, 60],
                    JointConfidence::Low => [255, 160, 40],
                    _ => [120, 255, 140],
                };
                let Some(at) = place(pose.position) else {
                    continue;
                };
                if let Some(parent) = joint.parent().and_then(|p| place(body.joint(p).position)) {
                    self.line(parent, at, color);
                }
                // The joint's x axis.
                let [w, x, y, z] = pose.orientation;
                let axis = glam::Quat::from_xyzw(x, y, z, w) * glam::Vec3::X * 60.0;
                if let Some(end) = place((glam::Vec3::from(pose.position) + axis).to_array()) {
                    self.line(at, end, [230, 60, 60]);
                }
            }
        }
    }
}

fn ramp(z: f32) -> [u8; 3] {
    if z == 0.0 {
        return [0; 3];
    }
    let t = ((z - 500.0) / 4000.0).clamp(0.0, 1.0);
    let channel = |c: f32| ((1.5 - (4.0 * t - c).abs()).clamp(0.0, 1.0) * 255.0) as u8;
    [channel(1.0), channel(2.0), channel(3.0)]
}

fn at(sensor: &mut SimulatedSensor, seconds: f64) -> Capture {
    sensor.seek((seconds * 1e6) as u64).unwrap();
    match sensor.next_capture(Duration::from_secs(1)).unwrap() {
        NextCapture::Capture(capture) => capture,
        other => panic!("{other:?}"),
    }
}

fn sheet(settings: &SimulationSettings, times: &[f64], path: &Path) {
    let mut sensor = SimulatedSensor::new(settings)
        .unwrap()
        .as_fast_as_possible();
    let mut sheet = Sheet::new(640 * times.len(), 936);
    for (column, &time) in times.iter().enumerate() {
        let capture = at(&mut sensor, time);
        sheet.capture(column * 640, &capture, &sensor);
    }
    sheet.save(path);
}

#[test]
#[ignore = "draws pictures to look at"]
fn sheets_of_motions_and_people() {
    let Some(folder) = std::env::var_os("KINECT_PICTURES") else {
        return;
    };
    let folder = Path::new(&folder);
    let only = std::env::var("KINECT_SHEET").unwrap_or_default();
    for motion in MotionKind::ALL {
        if !only.is_empty() && !only.split(',').any(|name| name == motion.name()) {
            continue;
        }
        let settings = SimulationSettings {
            scenario: Scenario::Single(motion),
            people: if motion == MotionKind::Sit { 1 } else { 2 },
            seed: 3,
            color_format: Some(ColorFormat::Bgra32),
            ..SimulationSettings::default()
        };
        let times = match motion {
            MotionKind::Walk => [1.0, 2.6, 4.0, 5.4],
            MotionKind::Sit => [1.0, 4.0, 5.0, 8.0],
            MotionKind::Jump => [0.45, 0.75, 0.95, 1.2],
            MotionKind::Grip => [1.2, 2.0, 3.0, 7.6],
            MotionKind::Dance => [1.2, 2.4, 4.1, 5.6],
            _ => [0.4, 1.1, 1.8, 2.5],
        };
        sheet(
            &settings,
            &times,
            &folder.join(format!("motion-{}.png", motion.name())),
        );
    }
    for seed in [1, 2] {
        if !only.is_empty() && !only.split(',').any(|name| name == "exhibit") {
            continue;
        }
        let settings = SimulationSettings {
            people: 5,
            seed,
            color_format: Some(ColorFormat::Bgra32),
            ..SimulationSettings::default()
        };
        sheet(
            &settings,
            &[1.0, 9.0, 22.0, 41.0],
            &folder.join(format!("exhibit-{seed}.png")),
        );
    }
}

/// One depth image with its people and skeletons, 320 by 288 pixels.
fn tile(sheet: &mut Sheet, left: usize, top: usize, capture: &Capture, sensor: &SimulatedSensor) {
    let truth = capture.ground_truth.as_ref().unwrap();
    let bodies = truth.index_map.as_ref().unwrap().pixels();
    let depth = capture.depth.as_ref().unwrap();
    let (width, height) = (depth.width as usize, depth.height as usize);
    let pixels = depth.u16_pixels();
    let scale = (320.0 / width as f32).min(288.0 / height as f32);
    for y in 0..288 {
        for x in 0..320 {
            let (sx, sy) = ((x as f32 / scale) as usize, (y as f32 / scale) as usize);
            if sx >= width || sy >= height {
                continue;
            }
            let at = sy * width + sx;
            let mut color = ramp(f32::from(pixels[at]));
            if bodies[at] == 255 {
                color = color.map(|v| v / 2);
            }
            sheet.put(left + x, top + y, color);
        }
    }
    let camera = sensor.calibration().unwrap().depth_camera.unwrap();
    let place = |p: [f32; 3]| {
        let [u, v] = camera.project(p)?;
        let at = (left as f32 + u * scale, top as f32 + v * scale);
        let inside = at.0 >= left as f32
            && at.0 < left as f32 + 320.0
            && at.1 >= top as f32
            && at.1 < top as f32 + 288.0;
        inside.then_some(at)
    };
    for body in &truth.bodies {
        for joint in Joint::ALL {
            let pose = body.joint(joint);
            let color = match pose.confidence {
                JointConfidence::None => [255, 60, 60],
                JointConfidence::Low => [255, 160, 40],
                _ => [255, 255, 255],
            };
            let parent = joint.parent().and_then(|p| place(body.joint(p).position));
            if let (Some(at), Some(parent)) = (place(pose.position), parent) {
                sheet.line(parent, at, color);
            }
        }
    }
}

#[test]
#[ignore = "draws pictures to look at"]
fn sheet_of_random_poses() {
    let Some(folder) = std::env::var_os("KINECT_PICTURES") else {
        return;
    };
    for page in 0..4 {
        let mut sheet = Sheet::new(320 * 7, 288 * 7);
        for room in 0..7 {
            let settings = SimulationSettings::random_poses(page * 7 + room);
            let mut sensor = SimulatedSensor::new(&settings)
                .unwrap()
                .as_fast_as_possible();
            for column in 0..7 {
                let capture = at(&mut sensor, 0.1 + column as f64 * 0.1);
                tile(
                    &mut sheet,
                    column * 320,
                    room as usize * 288,
                    &capture,
                    &sensor,
                );
            }
        }
        sheet.save(&Path::new(&folder).join(format!("poses-{page}.png")));
    }
    let settings = SimulationSettings {
        scenario: Scenario::Poses,
        people: 4,
        seed: 4,
        variety: Variety {
            people: true,
            room: false,
            things: 0.7,
            hands: false,
        },
        color_format: Some(ColorFormat::Bgra32),
        ..SimulationSettings::default()
    };
    let path = Path::new(&folder).join("poses-color.png");
    sheet(&settings, &[0.1, 0.2, 0.3, 0.4], &path);
}
