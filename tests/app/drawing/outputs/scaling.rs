//! Resolution (I15), aspect (I16), sampling (I17) and mirroring (I14).

use super::*;

fn nearest(at: impl Fn(u32, u32) -> [f32; 4], from: UVec2, to: UVec2, x: u32, y: u32) -> [f32; 4] {
    let pick = |i: u32, from: u32, to: u32| {
        let place = (i as f32 + 0.5) * (from as f32 / to as f32);
        (place.floor() as u32).min(from - 1)
    };
    at(pick(x, from.x, to.x), pick(y, from.y, to.y))
}

#[test]
fn every_resolution_rule_is_kept_to() {
    use OutputResolution::*;
    let rules = [
        (Native, [320, 288]),
        (Eighth, [40, 36]),
        (Quarter, [80, 72]),
        (Half, [160, 144]),
        (Double, [640, 576]),
        (Quadruple, [1280, 1152]),
        (Octuple, [2560, 2304]),
        (Fit(UVec2::new(1000, 200)), [222, 200]),
        (Limit(UVec2::new(200, 1000)), [200, 180]),
        (Limit(UVec2::new(1000, 1000)), [320, 288]),
        (Custom(UVec2::new(101, 37)), [101, 37]),
    ];
    let mut app = rendering_app();
    let outputs = rules.map(|(resolution, _)| ImageOutput {
        kind: ImageKind::Depth,
        resolution,
        ..default()
    });
    let (_, outputs) = shown(&mut app, &outputs);
    for (&output, (rule, size)) in outputs.iter().zip(rules) {
        let size = UVec2::from(size);
        let picture = picture(&mut app, output);
        assert_eq!(picture.size, size, "{rule:?}");
        let at = |x, y| nearest(depth_at, DEPTH, size, x, y);
        picture.check(&format!("{rule:?}"), at, |_| 1.0e-6);
        let figures = diagnostics(&app, output);
        assert_eq!((figures.resolution, figures.warning), (size, None));
        assert_eq!(figures.aspect, 320.0 / 288.0);
        assert_eq!(
            figures.gpu_memory_bytes,
            u64::from(size.x) * u64::from(size.y) * 4
        );
    }

    // All of them at a third.
    app.world_mut().resource_mut::<OutputScale>().0 = 1.0 / 3.0;
    update(&mut app);
    for (&output, (rule, size)) in outputs.iter().zip(rules) {
        let size = (UVec2::from(size).as_dvec2() / 3.0).round().as_uvec2();
        let picture = picture(&mut app, output);
        assert!(
            (picture.size.as_ivec2() - size.as_ivec2())
                .abs()
                .max_element()
                <= 1,
            "{rule:?}: {}",
            picture.size
        );
        let at = |x, y| nearest(depth_at, DEPTH, picture.size, x, y);
        picture.check(&format!("a third of {rule:?}"), at, |_| 1.0e-6);
    }
}

#[test]
fn what_is_too_large_is_made_smaller_or_refused_with_a_word() {
    let mut app = rendering_app();
    let limit = app
        .world()
        .resource::<RenderDevice>()
        .limits()
        .max_texture_dimension_2d;
    let long = ImageOutput {
        kind: ImageKind::PlayerIndex,
        resolution: OutputResolution::Custom(UVec2::new(4 * limit, 4)),
        ..default()
    };
    let huge = ImageOutput {
        kind: ImageKind::Depth,
        format: PixelFormat::Rgba32Float,
        resolution: OutputResolution::Custom(UVec2::splat(8192)),
        scaling: OutputScaling::Linear,
        sampling: OutputSampling::Mipmap,
        ..default()
    };
    let (_, outputs) = shown(&mut app, &[long, huge]);
    let figures = diagnostics(&app, outputs[0]);
    assert_eq!(figures.resolution, UVec2::new(limit, 1));
    let warning = figures.warning.unwrap();
    assert!(
        warning.contains(&format!("{} × 4 pixels", 4 * limit)),
        "{warning}"
    );
    let warning = diagnostics(&app, outputs[1]).warning.unwrap();
    assert!(warning.contains("1365 MiB"), "{warning}");
}

#[test]
fn the_aspect_is_told() {
    let mut app = rendering_app();
    let aspects = [
        OutputAspect::Native,
        OutputAspect::Resolution,
        OutputAspect::Custom(1.5),
    ];
    let outputs = aspects.map(|aspect| ImageOutput {
        aspect,
        resolution: OutputResolution::Custom(UVec2::new(100, 50)),
        ..default()
    });
    let (_, outputs) = shown(&mut app, &outputs);
    let told = [outputs[0], outputs[1], outputs[2]].map(|o| diagnostics(&app, o).aspect);
    assert_eq!(told, [1280.0 / 720.0, 2.0, 1.5]);
}

#[test]
fn mirrored_outputs_are_mirrored() {
    let mut app = rendering_app();
    let mirrored = |kind, resolution| ImageOutput {
        kind,
        mirror: true,
        resolution,
        scaling: OutputScaling::Nearest,
        sampling: OutputSampling::Nearest,
        ..default()
    };
    let (_, outputs) = shown(
        &mut app,
        &[
            mirrored(ImageKind::Depth, OutputResolution::Native),
            mirrored(ImageKind::Color, OutputResolution::Native),
            mirrored(ImageKind::Infrared, OutputResolution::Double),
            ImageOutput::new(ImageKind::Color),
        ],
    );
    picture(&mut app, outputs[0]).check("depth", |x, y| depth_at(319 - x, y), |_| 1.0e-6);
    picture(&mut app, outputs[1]).check("colour", |x, y| color_at(1279 - x, y), |_| 1.0e-6);
    let at = |x, y| nearest(infrared_at, DEPTH, DEPTH * 2, 639 - x, y);
    picture(&mut app, outputs[2]).check("infrared", at, |_| 1.0e-5);

    // Colour that was uploaded directly is drawn by a pass, and then uploaded directly again.
    set(&mut app, outputs[3], |output| output.mirror = true);
    for _ in 0..3 {
        update(&mut app);
    }
    picture(&mut app, outputs[3]).check("mirrored", |x, y| color_at(1279 - x, y), |_| 1.0e-6);
    set(&mut app, outputs[3], |output| output.mirror = false);
    for _ in 0..3 {
        update(&mut app);
    }
    picture(&mut app, outputs[3]).check("plain", color_at, |_| 1.0e-6);
}

/// The pixels that a box touches in one direction, with how much of each lies in it.
fn taps(i: u32, from: u32, to: u32) -> Vec<(u32, f64)> {
    let scale = f64::from(from) / f64::from(to);
    let half = 0.5 * scale.max(1.0);
    let at = (f64::from(i) + 0.5) * scale;
    let (low, high) = (at - half, at + half);
    (low.floor() as i64..high.ceil() as i64)
        .map(|pixel| {
            let weight = (pixel as f64 + 1.0).min(high) - (pixel as f64).max(low);
            (pixel.clamp(0, i64::from(from) - 1) as u32, weight)
        })
        .collect()
}

/// The pixels of which a picture's pixel is the average.
fn average(at: impl Fn(u32, u32) -> [f32; 4], from: UVec2, to: UVec2, x: u32, y: u32) -> [f32; 4] {
    let (mut sum, mut total) = ([0.0; 4], 0.0);
    for (sy, wy) in taps(y, from.y, to.y) {
        for (sx, wx) in taps(x, from.x, to.x) {
            let value = at(sx, sy);
            for (sum, value) in sum.iter_mut().zip(value) {
                *sum += f64::from(value) * wx * wy;
            }
            total += wx * wy;
        }
    }
    sum.map(|sum| (sum / total) as f32)
}

/// The same for depth: only measured pixels on the surface of the nearest pixel.
fn surface(at: impl Fn(u32, u32) -> [f32; 4], from: UVec2, to: UVec2, x: u32, y: u32) -> [f32; 4] {
    let center = nearest(&at, from, to, x, y);
    if center[0] <= 0.0 {
        return center;
    }
    let (mut sum, mut total) = (0.0, 0.0);
    for (sy, wy) in taps(y, from.y, to.y) {
        for (sx, wx) in taps(x, from.x, to.x) {
            let z = at(sx, sy)[0];
            if z > 0.0 && (z - center[0]).abs() <= 0.046_934_42 * z.min(center[0]) {
                sum += f64::from(z) * wx * wy;
                total += wx * wy;
            }
        }
    }
    [(sum / total) as f32, 0.0, 0.0, 1.0]
}

/// Depth with an edge, a slope and holes of one pixel.
fn rough_depth(_: u64, x: u32, y: u32) -> u16 {
    if (x * 7 + y * 13).is_multiple_of(31) {
        0
    } else if x > 150 {
        (900 + y) as u16
    } else {
        (1800 + 2 * x) as u16
    }
}

#[test]
fn linear_sampling_blends_what_may_be_blended() {
    let sizes = [
        OutputResolution::Double,
        OutputResolution::Half,
        OutputResolution::Quarter,
        OutputResolution::Eighth,
        OutputResolution::Custom(UVec2::new(333, 211)),
    ];
    let mut app = rendering_app();
    let stepped = Stepped::new(&mut app, rough_depth);
    let sensor = stepped.sensor;
    let of = |kind, format| {
        sizes.map(|resolution| ImageOutput {
            kind,
            format,
            resolution,
            scaling: OutputScaling::Linear,
            sampling: OutputSampling::Linear,
            ..default()
        })
    };
    let color = spawn(
        &mut app,
        sensor,
        &of(ImageKind::Color, PixelFormat::Rgba32Float),
    );
    let infrared = spawn(
        &mut app,
        sensor,
        &of(ImageKind::Infrared, PixelFormat::R32Float),
    );
    let depth = spawn(&mut app, sensor, &of(ImageKind::Depth, PixelFormat::Auto));
    let points = spawn(
        &mut app,
        sensor,
        &of(ImageKind::PointCloud, PixelFormat::Auto),
    );
    let players = spawn(
        &mut app,
        sensor,
        &of(ImageKind::PlayerIndex, PixelFormat::Auto),
    );
    stepped.step(&mut app);
    app.world_mut()
        .entity_mut(sensor)
        .insert(super::formats::players());

    let rough = |x, y| [f32::from(rough_depth(0, x, y)) * 0.001, 0.0, 0.0, 1.0];
    for (index, resolution) in sizes.iter().enumerate() {
        let what = format!("{resolution:?}");
        let seen = picture(&mut app, color[index]);
        let size = seen.size;
        seen.check(
            &what,
            |x, y| average(color_at, COLOR, size, x, y),
            |_| 2.0e-5,
        );
        let seen = picture(&mut app, infrared[index]);
        let size = seen.size;
        seen.check(
            &what,
            |x, y| average(infrared_at, DEPTH, size, x, y),
            |_| 2.0e-5,
        );
        let seen = picture(&mut app, depth[index]);
        seen.check(&what, |x, y| surface(rough, DEPTH, size, x, y), |_| 2.0e-5);
        // Each depth is on one of the two surfaces.
        let odd = seen.pixels.iter().map(|pixel| pixel[0]);
        let odd = odd
            .filter(|z| *z != 0.0 && (1.19..1.799).contains(z))
            .count();
        assert_eq!(odd, 0, "{what}");
        // Points have the same distances.
        let cloud = picture(&mut app, points[index]);
        for (point, depth) in cloud.pixels.iter().zip(&seen.pixels) {
            assert!(
                (point[2] + depth[0]).abs() < 2.0e-5,
                "{what}: {point:?}, {depth:?}"
            );
            assert_eq!(point[3] == 0.0, depth[0] == 0.0);
        }
        let seen = picture(&mut app, players[index]);
        let at = |x, y| nearest(super::formats::player_at, DEPTH, size, x, y);
        seen.check(&what, at, |_| 1.0e-5);
    }
}

#[test]
fn mip_chains_are_filled_and_follow_the_image() {
    let mut app = rendering_app();
    let mipmapped = |kind| ImageOutput {
        kind,
        scaling: OutputScaling::Linear,
        sampling: OutputSampling::Mipmap,
        ..default()
    };
    let color = ImageOutput {
        format: PixelFormat::Rgba16Float,
        resolution: OutputResolution::Quarter,
        ..mipmapped(ImageKind::Color)
    };
    let false_color = ImageOutput {
        false_color: Some(FalseColor::Auto),
        ..mipmapped(ImageKind::Depth)
    };
    let players = mipmapped(ImageKind::PlayerIndex);
    let depth = mipmapped(ImageKind::Depth);
    let outputs = [color, false_color, players, depth];
    let (sensor, outputs) = shown(&mut app, &outputs);
    app.world_mut()
        .entity_mut(sensor)
        .insert(super::formats::players());
    // A step of the sRGB encoding is 0.009 wide at white. Graphics cards may be off by one after reading and writing.
    let encoded = if rounds_like_the_cpu(&app) {
        0.006
    } else {
        0.009
    };
    for (index, &output) in outputs.iter().enumerate() {
        let mut larger = picture(&mut app, output);
        let mut bytes = larger.pixels.len();
        let mut number = 0;
        while larger.size != UVec2::ONE {
            number += 1;
            let smaller = level(&mut app, output, number);
            assert_eq!(smaller.size, larger.size.map(|n| (n / 2).max(1)));
            let (from, to) = (larger.size, smaller.size);
            let at = |x, y| larger.at(x, y);
            let what = format!("output {index}, level {number}");
            match index {
                0 => smaller.check(&what, |x, y| average(at, from, to, x, y), |_| 1.0e-3),
                1 => smaller.check(&what, |x, y| average(at, from, to, x, y), |_| encoded),
                2 => smaller.check(&what, |x, y| nearest(at, from, to, x, y), |_| 1.0e-6),
                _ => smaller.check(&what, |x, y| surface(at, from, to, x, y), |_| 1.0e-5),
            }
            bytes += smaller.pixels.len();
            larger = smaller;
        }
        assert_eq!(number, larger_levels(&app, output));
        let pixel = larger.format.block_copy_size(None).unwrap();
        let told = diagnostics(&app, output).gpu_memory_bytes;
        assert_eq!(told, bytes as u64 * u64::from(pixel));
    }
}

/// The number of mipmaps of an output.
fn larger_levels(app: &App, output: Entity) -> u32 {
    let size = diagnostics(app, output).resolution;
    size.max_element().ilog2()
}

#[test]
fn a_format_that_cannot_be_filtered_is_published_nearest_with_a_word() {
    let mut app = rendering_app();
    let output = ImageOutput {
        kind: ImageKind::Infrared,
        format: PixelFormat::R32Float,
        scaling: OutputScaling::Linear,
        sampling: OutputSampling::Mipmap,
        ..default()
    };
    let (_, outputs) = shown(&mut app, &[output]);
    let features = app.world().resource::<RenderDevice>().features();
    let filters =
        features.contains(bevy::render::render_resource::WgpuFeatures::FLOAT32_FILTERABLE);
    let warning = diagnostics(&app, outputs[0]).warning;
    assert_eq!(warning.is_none(), filters, "{warning:?}");
    if let Some(warning) = warning {
        assert!(warning.contains("R32Float") && warning.contains("R16Float"));
    }
    picture(&mut app, outputs[0]).check("infrared", infrared_at, |_| 1.0e-6);
}

#[test]
fn an_output_may_stand_outside_the_global_multiplier() {
    let mut app = rendering_app();
    app.world_mut().resource_mut::<OutputScale>().0 = 0.5;
    let fixed = ImageOutput {
        ignore_output_scale: true,
        ..ImageOutput::new(ImageKind::Depth)
    };
    let (_, outputs) = shown(&mut app, &[fixed, ImageOutput::new(ImageKind::Depth)]);
    let fixed = picture(&mut app, outputs[0]);
    assert_eq!(fixed.size, DEPTH);
    fixed.check("fixed", depth_at, |_| 1.0e-6);
    assert_eq!(picture(&mut app, outputs[1]).size, DEPTH / 2);
}

#[test]
fn how_an_output_is_scaled_and_how_it_is_sampled_are_set_apart() {
    let mut app = rendering_app();
    let half = |scaling, sampling| ImageOutput {
        scaling,
        sampling,
        resolution: OutputResolution::Half,
        format: PixelFormat::Rgba16Float,
        ..ImageOutput::new(ImageKind::Color)
    };
    let (_, outputs) = shown(
        &mut app,
        &[
            half(OutputScaling::Nearest, OutputSampling::Linear),
            half(OutputScaling::Linear, OutputSampling::Nearest),
        ],
    );
    for (output, sampler) in outputs.iter().zip([
        bevy::image::ImageSampler::linear(),
        bevy::image::ImageSampler::nearest(),
    ]) {
        let image = &app.world().get::<OutputImage>(*output).unwrap().image;
        let images = app.world().resource::<Assets<Image>>();
        let found = &images.get(image).unwrap().sampler;
        assert_eq!(format!("{found:?}"), format!("{sampler:?}"));
    }
    let size = COLOR / 2;
    let unblended = |x, y| nearest(color_at, COLOR, size, x, y);
    picture(&mut app, outputs[0]).check("nearest", unblended, |_| 0.002);
    let blended = |x: u32, y: u32| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| color_at(2 * x + i, 2 * y + j));
        [0, 1, 2, 3].map(|c| four.iter().map(|p| p[c]).sum::<f32>() / 4.0)
    };
    picture(&mut app, outputs[1]).check("blended", blended, |_| 0.002);
}
