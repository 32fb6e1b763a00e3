//! Pixel formats (I19), channels (I20) and refused settings.

use bevy_kinect_azure::kinect_azure::calibration::XyTable;
use bevy_kinect_azure::kinect_azure::transform::point_cloud_f32;

use super::*;

const FORMATS: [PixelFormat; 25] = [
    PixelFormat::Rgba8,
    PixelFormat::Rgba8Srgb,
    PixelFormat::Rgba16,
    PixelFormat::Rgba16Float,
    PixelFormat::Rgba32Float,
    PixelFormat::Rgb10A2,
    PixelFormat::Rg11B10Float,
    PixelFormat::R8,
    PixelFormat::R16,
    PixelFormat::R16Float,
    PixelFormat::R32Float,
    PixelFormat::Rg8,
    PixelFormat::Rg16,
    PixelFormat::Rg16Float,
    PixelFormat::Rg32Float,
    PixelFormat::Rgb16Float,
    PixelFormat::Rgb32Float,
    PixelFormat::A8,
    PixelFormat::A16,
    PixelFormat::A16Float,
    PixelFormat::A32Float,
    PixelFormat::MonoA8,
    PixelFormat::MonoA16,
    PixelFormat::MonoA16Float,
    PixelFormat::MonoA32Float,
];

/// The number of channels of a format, the depth that it stores as 1, and its precision for a value.
fn traits(app: &App, format: TextureFormat) -> (usize, f32, fn(f32) -> f32) {
    use TextureFormat::*;
    // Graphics cards may be off by 0.6 steps (Direct3D's data conversion rules), and NVIDIA's are.
    let (fixed8, fixed16): (fn(f32) -> f32, fn(f32) -> f32) = if rounds_like_the_cpu(app) {
        (|_| 0.51 / 255.0, |_| 0.51 / 65535.0)
    } else {
        (|_| 0.61 / 255.0, |_| 0.61 / 65535.0)
    };
    // Drivers may round to either neighbour.
    let half: fn(f32) -> f32 = |v| v.abs() / 1024.0 + 1.0e-6;
    let float: fn(f32) -> f32 = |v| v.abs() * 1.0e-6 + 1.0e-6;
    match format {
        R8Unorm => (1, 10.2, fixed8),
        Rg8Unorm => (2, 10.2, fixed8),
        Rgba8Unorm => (4, 10.2, fixed8),
        // Steps of the encoding are widest, in linear light, at white.
        Rgba8UnormSrgb | Bgra8UnormSrgb => (4, 10.2, |_| 0.0046),
        // Mesa's software driver truncates.
        Rgb10a2Unorm => (4, 10.23, |_| 1.01 / 1023.0),
        R16Unorm => (1, 65.535, fixed16),
        Rg16Unorm => (2, 65.535, fixed16),
        Rgba16Unorm => (4, 65.535, fixed16),
        Rg11b10Ufloat => (3, 1.0, |v| v / 32.0 + 1.0e-4),
        R16Float => (1, 1.0, half),
        Rg16Float => (2, 1.0, half),
        Rgba16Float => (4, 1.0, half),
        R32Float => (1, 1.0, float),
        Rg32Float => (2, 1.0, float),
        Rgba32Float => (4, 1.0, float),
        other => panic!("{other:?}"),
    }
}

/// Creates an output of one kind in every format. Supported formats are compared with `expected`; unsupported formats
/// must give a warning that names a supported one.
fn check_all(kind: ImageKind, expected: impl Fn(&App, Entity) -> Vec<[f32; 4]>) {
    let mut app = rendering_app();
    // Small colour images are sufficient.
    let resolution = match kind {
        ImageKind::Color => OutputResolution::Eighth,
        _ => OutputResolution::Native,
    };
    let outputs = FORMATS.map(|format| ImageOutput {
        kind,
        format,
        resolution,
        scaling: OutputScaling::Nearest,
        sampling: OutputSampling::Nearest,
        ..default()
    });
    let (sensor, entities) = shown(&mut app, &outputs);
    app.world_mut().entity_mut(sensor).insert(players());
    update(&mut app);
    let expected = expected(&app, sensor);
    let mut refused = Vec::new();
    for (&entity, format) in entities.iter().zip(FORMATS) {
        let diagnostics = diagnostics(&app, entity);
        if let Some(warning) = diagnostics.warning {
            assert!(
                warning.starts_with(&format!("pixel format {format:?} is refused")),
                "{warning}"
            );
            assert_eq!(diagnostics.gpu_memory_bytes, 0);
            refused.push((entity, format, warning));
            continue;
        }
        let picture = picture(&mut app, entity);
        let (channels, full_scale, precision) = traits(&app, picture.format);
        for (index, (pixel, data)) in picture.pixels.iter().zip(&expected).enumerate() {
            let mut data = *data;
            if kind == ImageKind::Depth {
                data[0] /= full_scale;
            }
            for (a, b) in pixel.iter().zip(data).take(channels) {
                assert!(
                    (a - b).abs() <= precision(b),
                    "{kind:?} in {format:?}, pixel {index}: {pixel:?}, not {data:?}"
                );
            }
        }
    }
    let is_refused = |asked: PixelFormat| refused.iter().any(|(_, format, _)| *format == asked);
    assert!(!is_refused(PixelFormat::Rgba32Float) && !is_refused(PixelFormat::R16Float));
    assert!(is_refused(PixelFormat::A8) && is_refused(PixelFormat::MonoA16Float));
    assert!(is_refused(PixelFormat::Rgb16Float) && is_refused(PixelFormat::Rgb32Float));
    for (entity, _, warning) in &refused {
        let nearest = warning.rsplit("nearest is ").next().unwrap();
        let nearest = *FORMATS
            .iter()
            .find(|format| format!("{format:?}") == nearest)
            .unwrap_or_else(|| panic!("{warning}"));
        assert!(!is_refused(nearest), "{warning}");
        set(&mut app, *entity, |output| output.format = nearest);
    }
    update(&mut app);
    for (entity, ..) in refused {
        assert_eq!(diagnostics(&app, entity).warning, None);
        assert!(picture(&mut app, entity).pixels.iter().any(|p| p[0] != 0.0));
    }
}

/// Three players in stripes, and nobody.
pub(super) fn player(x: u32, _: u32) -> u8 {
    match x / 40 {
        1 => 0,
        3 => 1,
        5 => 9,
        6 => 12,
        _ => BodyIndexImage::BACKGROUND,
    }
}

pub(super) fn players() -> BodyIndexMap {
    let pixels = (0..DEPTH.y).flat_map(|y| (0..DEPTH.x).map(move |x| player(x, y)));
    let map = BodyIndexImage::new(DEPTH.x, DEPTH.y, 0, pixels.collect()).unwrap();
    BodyIndexMap(Some(map))
}

pub(super) fn player_at(x: u32, y: u32) -> [f32; 4] {
    let value = match player(x, y) {
        BodyIndexImage::BACKGROUND => 0,
        number => (25 * (u32::from(number) + 1)).min(255),
    };
    [value as f32 / 255.0, 0.0, 0.0, 1.0]
}

fn all(size: UVec2, at: impl Fn(u32, u32) -> [f32; 4]) -> Vec<[f32; 4]> {
    (0..size.y)
        .flat_map(|y| (0..size.x).map(move |x| (x, y)))
        .map(|(x, y)| at(x, y))
        .collect()
}

#[test]
fn colour_comes_in_every_format() {
    check_all(ImageKind::Color, |_, _| {
        all(COLOR / 8, |x, y| color_at(8 * x + 4, 8 * y + 4))
    });
}

#[test]
fn depth_comes_in_every_format() {
    check_all(ImageKind::Depth, |_, _| all(DEPTH, depth_at));
}

#[test]
fn infrared_comes_in_every_format() {
    check_all(ImageKind::Infrared, |_, _| all(DEPTH, infrared_at));
}

#[test]
fn the_player_index_comes_in_every_format() {
    check_all(ImageKind::PlayerIndex, |_, _| all(DEPTH, player_at));
}

#[test]
fn points_come_in_every_format_that_has_signs() {
    check_all(ImageKind::PointCloud, |app, sensor| {
        let frame = frame_of(app.world(), sensor);
        let depth = frame.capture.depth.as_ref().unwrap().u16_pixels();
        let table = XyTable::new(calibration().depth_camera.as_ref().unwrap());
        let mut points = vec![[0.0; 3]; depth.len()];
        point_cloud_f32(&table, depth, &mut points).unwrap();
        let whole = |[x, y, z]: [f32; 3]| [x, y, z, if z == 0.0 { 0.0 } else { 1.0 }];
        points.into_iter().map(whole).collect()
    });
}

#[test]
fn depth_in_16_bits_is_the_sensors_integers() {
    let mut app = rendering_app();
    let output = ImageOutput {
        kind: ImageKind::Depth,
        format: PixelFormat::R16,
        ..default()
    };
    let (_, outputs) = shown(&mut app, &[output]);
    if let Some(warning) = diagnostics(&app, outputs[0]).warning {
        // With WebGPU's features alone.
        assert!(warning.contains("nearest is R32Float"), "{warning}");
        return;
    }
    let image = app.world().get::<OutputImage>(outputs[0]).unwrap();
    let image = image.image.clone();
    for (index, bytes) in read_image(&mut app, image).chunks_exact(2).enumerate() {
        let (x, y) = (index as u32 % DEPTH.x, index as u32 / DEPTH.x);
        assert_eq!(
            u16::from_le_bytes([bytes[0], bytes[1]]),
            test_depth(x, y),
            "{x}, {y}"
        );
    }
}

#[test]
fn channels_that_are_not_written_are_0() {
    let mut app = rendering_app();
    let mask = |red, green, blue, alpha| ChannelMask {
        red,
        green,
        blue,
        alpha,
    };
    let masks = [
        mask(true, false, false, true),
        mask(false, true, true, false),
        mask(false, false, false, false),
        ChannelMask::ALL,
    ];
    let outputs = masks.map(|channels| ImageOutput {
        channels,
        resolution: OutputResolution::Eighth,
        scaling: OutputScaling::Nearest,
        sampling: OutputSampling::Nearest,
        ..default()
    });
    let (_, outputs) = shown(&mut app, &outputs);
    for (output, mask) in outputs.into_iter().zip(masks) {
        let written = [mask.red, mask.green, mask.blue, mask.alpha].map(f32::from);
        let expected = |x, y| {
            let color = color_at(8 * x + 4, 8 * y + 4);
            [0, 1, 2, 3].map(|i| color[i] * written[i])
        };
        picture(&mut app, output).check("masked", expected, |_| 0.0046);
    }
}

#[test]
fn a_refused_output_shows_nothing_and_recovers() {
    let mut app = rendering_app();
    let (_, outputs) = shown(&mut app, &[ImageOutput::new(ImageKind::Depth)]);
    assert!(picture(&mut app, outputs[0]).at(160, 20)[0] > 1.0);
    set(&mut app, outputs[0], |output| {
        output.format = PixelFormat::A8
    });
    update(&mut app);
    let warning = diagnostics(&app, outputs[0]).warning.unwrap();
    assert!(warning.ends_with("the nearest is R8"), "{warning}");
    let nothing = picture(&mut app, outputs[0]);
    assert!(nothing.pixels.iter().all(|pixel| pixel[0] == 0.0));
    let updates = diagnostics(&app, outputs[0]).updates;
    for _ in 0..10 {
        update(&mut app);
    }
    assert_eq!(diagnostics(&app, outputs[0]).updates, updates);

    set(&mut app, outputs[0], |output| {
        output.format = PixelFormat::R32Float
    });
    update(&mut app);
    assert_eq!(diagnostics(&app, outputs[0]).warning, None);
    picture(&mut app, outputs[0]).check("depth again", depth_at, |_| 1.0e-6);
}
