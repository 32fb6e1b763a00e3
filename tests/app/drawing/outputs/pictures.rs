//! Contact sheets to look at.

use super::*;

/// One cell: a picture as 8-bit sRGB, data stretched to be seen.
fn cell(app: &mut App, output: Entity) -> image_cell::Cell {
    let kind = app.world().get::<ImageOutput>(output).unwrap().clone();
    let seen = picture(app, output);
    let encode = |v: f32| (v.clamp(0.0, 1.0).powf(1.0 / 2.2) * 255.0) as u8;
    let pixels = seen.pixels.iter().map(|&[r, g, b, a]| {
        let shown = match (kind.kind, kind.false_color.is_some()) {
            (ImageKind::Color, _) => [r * a, g * a, b * a],
            (_, true) => [r, g, b],
            (ImageKind::Depth, _) => [r / 3.0; 3],
            (ImageKind::Infrared, _) => [r * 60.0; 3],
            (ImageKind::PointCloud, _) => [r + 0.5, g + 0.5, -b / 3.0].map(|v| v * a),
            (ImageKind::PlayerIndex, _) => [r * 4.0; 3],
        };
        shown.map(encode)
    });
    image_cell::Cell {
        size: seen.size,
        pixels: pixels.collect(),
    }
}

mod image_cell {
    use bevy::prelude::*;

    pub(super) struct Cell {
        pub(super) size: UVec2,
        pub(super) pixels: Vec<[u8; 3]>,
    }

    /// Places cells side by side, in their size up to a limit.
    pub(super) fn sheet(cells: &[Cell], columns: usize, side: u32) -> (UVec2, Vec<u8>) {
        let rows = cells.len().div_ceil(columns);
        let size = UVec2::new(columns as u32 * side, rows as u32 * side);
        let mut rgba = vec![40; (size.x * size.y * 4) as usize];
        for (index, cell) in cells.iter().enumerate() {
            let corner = UVec2::new((index % columns) as u32, (index / columns) as u32) * side;
            let scale = (side as f32 - 4.0) / cell.size.max_element() as f32;
            let scale = scale.min(1.0);
            let shown = (cell.size.as_vec2() * scale).as_uvec2();
            for y in 0..shown.y {
                for x in 0..shown.x {
                    let from = (UVec2::new(x, y).as_vec2() / scale)
                        .as_uvec2()
                        .min(cell.size - 1);
                    let at = ((corner.y + y) * size.x + corner.x + x) as usize * 4;
                    let pixel = cell.pixels[(from.y * cell.size.x + from.x) as usize];
                    rgba[at..at + 3].copy_from_slice(&pixel);
                    rgba[at + 3] = 255;
                }
            }
        }
        rgba.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
        (size, rgba)
    }
}

/// Makes the sheets of a sensor.
fn sheets(app: &mut App, sensor: Entity, name: &str) {
    let kinds = [
        ImageOutput::new(ImageKind::Color),
        ImageOutput::new(ImageKind::Depth).false_color(),
        ImageOutput::new(ImageKind::Infrared).false_color(),
        ImageOutput::new(ImageKind::PointCloud),
        ImageOutput::new(ImageKind::PlayerIndex).false_color(),
    ];
    let aligned = kinds.clone().map(|output| ImageOutput {
        aligned: true,
        ..output
    });
    let bleeding = ImageOutput {
        hidden: HiddenColor::Bleed,
        ..ImageOutput::new(ImageKind::Color).aligned()
    };
    let mirrored = kinds.clone().map(|output| ImageOutput {
        mirror: true,
        ..output
    });
    let half = kinds.clone().map(|output| ImageOutput {
        resolution: OutputResolution::Half,
        ..output
    });
    let eighth = kinds.clone().map(|output| ImageOutput {
        resolution: OutputResolution::Eighth,
        ..output
    });
    let with = |output: &ImageOutput, passes: &[OutputFilter]| ImageOutput {
        passes: passes.iter().cloned().map(OutputPass::from).collect(),
        ..output.clone()
    };
    let fill = OutputFilter::HoleFill { radius: 8 };
    let smooth = OutputFilter::Bilateral {
        radius: 6,
        threshold: 0.05,
    };
    let temporal = OutputFilter::Temporal {
        keep: 0.8,
        threshold: 0.05,
    };
    let filters = [
        with(&kinds[1], core::slice::from_ref(&fill)),
        with(&kinds[1], core::slice::from_ref(&smooth)),
        with(&kinds[1], &[temporal, fill.clone(), smooth.clone()]),
        with(&kinds[0], core::slice::from_ref(&smooth)),
        with(&aligned[1], &[fill, smooth]),
    ];
    let mut groups = vec![
        ("native", kinds.to_vec()),
        ("aligned", aligned.to_vec()),
        ("mirrored", mirrored.to_vec()),
        ("half", half.to_vec()),
        ("eighth", eighth.to_vec()),
        ("filters", filters.to_vec()),
    ];
    groups[1].1.push(bleeding);
    for (group, outputs) in groups {
        let entities = spawn(app, sensor, &outputs);
        for _ in 0..4 {
            update(app);
        }
        if group == "aligned" {
            let end = std::time::Instant::now() + Duration::from_secs(60);
            while !picture(app, entities[3]).pixels.iter().any(|p| p[3] != 0.0) {
                assert!(std::time::Instant::now() < end, "no aligned points");
            }
        }
        let cells: Vec<_> = entities.iter().map(|&entity| cell(app, entity)).collect();
        let (size, rgba) = image_cell::sheet(&cells, 3, 640);
        keep_picture(
            &format!("outputs-{name}-{group}.png"),
            size.x,
            size.y,
            &rgba,
        );
        for entity in entities {
            app.world_mut().despawn(entity);
        }
    }
}

/// `cargo test … the_contact_sheets -- --ignored` writes them to `target/tmp/pictures`.
#[test]
#[ignore = "makes pictures to look at"]
fn the_contact_sheets() {
    let mut app = rendering_app();
    let simulated = app.world_mut().spawn(KinectSensor::simulated()).id();
    update_until(&mut app, "people", |world| {
        world
            .get::<GroundTruth>(simulated)
            .and_then(|truth| truth.0.index_map.as_ref())
            .is_some_and(|map| map.pixels().iter().filter(|p| **p != 255).count() > 2000)
    });
    // All pictures show the same capture, and filters run once.
    app.world_mut()
        .get_mut::<Playback>(simulated)
        .unwrap()
        .paused = true;
    for _ in 0..10 {
        update(&mut app);
    }
    sheets(&mut app, simulated, "simulated");
    app.world_mut().despawn(simulated);
    let Some(path) = recording("mug-720p-nfov.mkv") else {
        return;
    };
    let sensor = app.world_mut().spawn(KinectSensor::recording(path)).id();
    wait(&mut app, sensor);
    app.world_mut().get_mut::<Playback>(sensor).unwrap().paused = true;
    sheets(&mut app, sensor, "mug");
}
