//! Image outputs: every setting, read back from the GPU and compared with what the CPU computes.

mod formats;
mod kinds;
mod life;
mod passes;
mod pictures;
mod scaling;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    BufferDescriptor, BufferUsages, CommandEncoderDescriptor, Extent3d, MapMode, Origin3d,
    PollType, TexelCopyBufferInfo, TexelCopyBufferLayout, TexelCopyTextureInfo, TextureAspect,
    TextureFormat,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use bevy_kinect_azure::prelude::*;

use crate::support::*;

/// Depth and colour of the test sensor.
const DEPTH: UVec2 = UVec2::new(320, 288);
const COLOR: UVec2 = UVec2::new(1280, 720);

/// A sensor with these outputs, after the GPU has drawn them.
fn shown(app: &mut App, outputs: &[ImageOutput]) -> (Entity, Vec<Entity>) {
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let outputs = spawn(app, sensor, outputs);
    wait(app, sensor);
    (sensor, outputs)
}

fn spawn(app: &mut App, sensor: Entity, outputs: &[ImageOutput]) -> Vec<Entity> {
    let mut spawn = |output: &ImageOutput| {
        let output = (output.clone(), ImageOutputOf(sensor));
        app.world_mut().spawn(output).id()
    };
    outputs.iter().map(&mut spawn).collect()
}

fn wait(app: &mut App, sensor: Entity) {
    update_until(app, "a frame", |world| {
        let frame = world.get::<SensorFrame>(sensor);
        frame.is_some_and(|frame| frame.0.is_some())
    });
    for _ in 0..4 {
        update(app);
    }
}

fn diagnostics(app: &App, output: Entity) -> OutputDiagnostics {
    app.world()
        .get::<OutputDiagnostics>(output)
        .unwrap()
        .clone()
}

fn set(app: &mut App, output: Entity, change: impl FnOnce(&mut ImageOutput)) {
    change(&mut app.world_mut().get_mut::<ImageOutput>(output).unwrap());
}

/// A picture read back: pixels as a shader would sample them.
struct Picture {
    size: UVec2,
    format: TextureFormat,
    pixels: Vec<[f32; 4]>,
}

impl Picture {
    fn at(&self, x: u32, y: u32) -> [f32; 4] {
        self.pixels[(y * self.size.x + x) as usize]
    }

    /// Compares each pixel with the value of the CPU; `tolerance` may depend on that value.
    fn check(
        &self,
        what: &str,
        expected: impl Fn(u32, u32) -> [f32; 4],
        tolerance: impl Fn([f32; 4]) -> f32,
    ) {
        for y in 0..self.size.y {
            for x in 0..self.size.x {
                let (pixel, expected) = (self.at(x, y), expected(x, y));
                for (a, b) in pixel.iter().zip(&expected) {
                    assert!(
                        (a - b).abs() <= tolerance(expected),
                        "{what} at {x}, {y}: {pixel:?}, not {expected:?}"
                    );
                }
            }
        }
    }
}

fn picture(app: &mut App, output: Entity) -> Picture {
    level(app, output, 0)
}

/// An image of an output's chain.
fn level(app: &mut App, output: Entity, level: u32) -> Picture {
    // Waits until the last frame is drawn and a new image has replaced the old one.
    for _ in 0..2 {
        update(app);
    }
    as_drawn(app, output, level)
}

/// The same without waiting.
fn as_drawn(app: &App, output: Entity, level: u32) -> Picture {
    let image = app.world().get::<OutputImage>(output).unwrap();
    let (id, format) = (image.image.id(), image.format().unwrap());
    let size = image.size().unwrap().map(|n| (n >> level).max(1));
    let texture = app
        .sub_app(RenderApp)
        .world()
        .resource::<RenderAssets<GpuImage>>()
        .get(id)
        .unwrap()
        .texture
        .clone();
    let device = app.world().resource::<RenderDevice>();
    let queue = app.world().resource::<RenderQueue>();
    let row = size.x * format.block_copy_size(None).unwrap();
    let padded = row.next_multiple_of(256);
    let buffer = device.create_buffer(&BufferDescriptor {
        label: None,
        size: u64::from(padded * size.y),
        usage: BufferUsages::COPY_DST | BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor::default());
    encoder.copy_texture_to_buffer(
        TexelCopyTextureInfo {
            texture: &texture,
            mip_level: level,
            origin: Origin3d::ZERO,
            aspect: TextureAspect::All,
        },
        TexelCopyBufferInfo {
            buffer: &buffer,
            layout: TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(padded),
                rows_per_image: None,
            },
        },
        Extent3d {
            width: size.x,
            height: size.y,
            depth_or_array_layers: 1,
        },
    );
    queue.submit([encoder.finish()]);
    buffer
        .slice(..)
        .map_async(MapMode::Read, |result| result.unwrap());
    device
        .wgpu_device()
        .poll(PollType::wait_indefinitely())
        .unwrap();
    let bytes = buffer.slice(..).get_mapped_range();
    let rows = bytes.chunks_exact(padded as usize);
    let texel = format.block_copy_size(None).unwrap() as usize;
    let pixels = rows
        .flat_map(|line| line[..row as usize].chunks_exact(texel))
        .map(|bytes| decoded(format, bytes))
        .collect();
    Picture {
        size,
        format,
        pixels,
    }
}

fn decoded(format: TextureFormat, bytes: &[u8]) -> [f32; 4] {
    let unorm8 = |i: usize| f32::from(bytes[i]) / 255.0;
    let word = |i: usize| u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]);
    let unorm16 = |i: usize| f32::from(word(i)) / 65535.0;
    let half = |i: usize| small_float(u32::from(word(i)), 10);
    let float = |i: usize| f32::from_le_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap());
    let packed = || u32::from_le_bytes(bytes.try_into().unwrap());
    match format {
        TextureFormat::R8Unorm => [unorm8(0), 0.0, 0.0, 1.0],
        TextureFormat::Rg8Unorm => [unorm8(0), unorm8(1), 0.0, 1.0],
        TextureFormat::Rgba8Unorm => [0, 1, 2, 3].map(unorm8),
        TextureFormat::Rgba8UnormSrgb => {
            let [r, g, b] = [0, 1, 2].map(|i| linear(bytes[i]));
            [r, g, b, unorm8(3)]
        }
        TextureFormat::Bgra8UnormSrgb => {
            let [b, g, r] = [0, 1, 2].map(|i| linear(bytes[i]));
            [r, g, b, unorm8(3)]
        }
        TextureFormat::R16Unorm => [unorm16(0), 0.0, 0.0, 1.0],
        TextureFormat::Rg16Unorm => [unorm16(0), unorm16(1), 0.0, 1.0],
        TextureFormat::Rgba16Unorm => [0, 1, 2, 3].map(unorm16),
        TextureFormat::R16Float => [half(0), 0.0, 0.0, 1.0],
        TextureFormat::Rg16Float => [half(0), half(1), 0.0, 1.0],
        TextureFormat::Rgba16Float => [0, 1, 2, 3].map(half),
        TextureFormat::R32Float => [float(0), 0.0, 0.0, 1.0],
        TextureFormat::Rg32Float => [float(0), float(1), 0.0, 1.0],
        TextureFormat::Rgba32Float => [0, 1, 2, 3].map(float),
        TextureFormat::Rgb10a2Unorm => {
            let ten = |shift: u32| (packed() >> shift & 1023) as f32 / 1023.0;
            [ten(0), ten(10), ten(20), (packed() >> 30) as f32 / 3.0]
        }
        TextureFormat::Rg11b10Ufloat => [
            small_float(packed() & 2047, 6),
            small_float(packed() >> 11 & 2047, 6),
            small_float(packed() >> 22, 5),
            1.0,
        ],
        other => panic!("no outputs are made in {other:?}"),
    }
}

/// A float with 5 bits of exponent, the given bits of fraction, and perhaps a sign.
fn small_float(bits: u32, fraction_bits: u32) -> f32 {
    let fraction = (bits & ((1 << fraction_bits) - 1)) as f32 / (1 << fraction_bits) as f32;
    let exponent = (bits >> fraction_bits & 31) as i32;
    let sign = if bits >> (fraction_bits + 5) & 1 == 1 {
        -1.0
    } else {
        1.0
    };
    match exponent {
        0 => sign * fraction * 2.0_f32.powi(-14),
        _ => sign * (1.0 + fraction) * 2.0_f32.powi(exponent - 15),
    }
}

fn linear(encoded: u8) -> f32 {
    let s = f32::from(encoded) / 255.0;
    if s <= 0.04045 {
        s / 12.92
    } else {
        ((s + 0.055) / 1.055).powf(2.4)
    }
}

/// The data of the test sensor in the form that shaders get.
fn color_at(x: u32, y: u32) -> [f32; 4] {
    let [b, g, r, a] = test_color(x, y);
    [linear(r), linear(g), linear(b), f32::from(a) / 255.0]
}

fn depth_at(x: u32, y: u32) -> [f32; 4] {
    [f32::from(test_depth(x, y)) * 0.001, 0.0, 0.0, 1.0]
}

fn infrared_at(x: u32, y: u32) -> [f32; 4] {
    [f32::from(test_ir(x, y)) / 65535.0, 0.0, 0.0, 1.0]
}

/// A sensor whose captures come one by one.
struct Stepped {
    sensor: Entity,
    allowed: Arc<AtomicU64>,
}

impl Stepped {
    /// `depth` of the capture's number (from 1) and the pixel.
    fn new(app: &mut App, depth: fn(u64, u32, u32) -> u16) -> Self {
        let allowed = Arc::new(AtomicU64::new(0));
        let source = Self::source(&allowed, depth);
        let sensor = app.world_mut().spawn(KinectSensor::new(source)).id();
        Self { sensor, allowed }
    }

    fn source(allowed: &Arc<AtomicU64>, depth: fn(u64, u32, u32) -> u16) -> SensorSource {
        let allowed = Arc::clone(allowed);
        SensorSource::custom(move || {
            let source = TestSource::new(u64::MAX, Duration::from_millis(2));
            Ok(source.with_depth(depth).with_allowed(Arc::clone(&allowed)))
        })
    }

    /// Replaces the source by another one, which begins anew.
    fn replace(&self, app: &mut App, depth: fn(u64, u32, u32) -> u16) {
        self.allowed.store(0, Ordering::Relaxed);
        let source = Self::source(&self.allowed, depth);
        let mut sensor = app
            .world_mut()
            .get_mut::<KinectSensor>(self.sensor)
            .unwrap();
        sensor.source = source;
    }

    /// Shows the next capture.
    fn step(&self, app: &mut App) {
        let number = self.allowed.fetch_add(1, Ordering::Relaxed) + 1;
        let sensor = self.sensor;
        update_until(app, "the next frame", |world| {
            let frame = world.get::<SensorFrame>(sensor).and_then(|f| f.0.clone());
            let depth = frame.and_then(|frame| frame.capture.depth.clone());
            depth.is_some_and(|depth| depth.device_timestamp_usec == number * 33_333)
        });
        for _ in 0..2 {
            update(app);
        }
    }
}
