//! Tests of outputs that are spawned, despawned and changed while their sensor streams, and of their diagnostics.

use bevy::camera::RenderTarget;
use bevy::render::diagnostic::RenderDiagnosticsPlugin;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;

use super::*;

/// Textures of outputs on the GPU.
fn textures(app: &App) -> usize {
    let world = app.sub_app(RenderApp).world();
    let images = world.resource::<RenderAssets<GpuImage>>().iter();
    images
        .filter(|(_, image)| image.texture_descriptor.label == Some("kinect output"))
        .count()
}

/// Updates until there are `count` textures of outputs. The number of updates depends on the order in which systems
/// drop handles.
fn assert_textures(app: &mut App, count: usize) {
    for _ in 0..10 {
        if textures(app) == count {
            return;
        }
        update(app);
    }
    assert_eq!(textures(app), count);
}

#[test]
fn outputs_by_the_dozen_come_go_and_change_while_the_sensor_streams() {
    let kinds = [
        ImageKind::Color,
        ImageKind::Depth,
        ImageKind::Infrared,
        ImageKind::PointCloud,
        ImageKind::PlayerIndex,
        ImageKind::Depth,
    ];
    let mut outputs = Vec::new();
    for number in 0..48 {
        let kind = kinds[number % 6];
        outputs.push(ImageOutput {
            kind,
            aligned: number % 4 == 3,
            mirror: number % 5 == 1,
            resolution: OutputResolution::Custom(UVec2::new(40 + number as u32, 30)),
            false_color: (number % 6 == 5).then_some(FalseColor::Auto),
            scaling: match number % 3 {
                0 => OutputScaling::Auto,
                _ => OutputScaling::Linear,
            },
            sampling: match number % 3 {
                0 => OutputSampling::Auto,
                1 => OutputSampling::Linear,
                _ => OutputSampling::Mipmap,
            },
            passes: match number % 7 {
                0 => vec![OutputFilter::HoleFill { radius: 1 }.into()],
                1 => vec![
                    OutputFilter::Temporal {
                        keep: 0.5,
                        threshold: 0.1,
                    }
                    .into(),
                ],
                _ => Vec::new(),
            },
            ..default()
        });
    }
    let mut app = rendering_app();
    for _ in 0..2 {
        update(&mut app);
    }
    let (sensor, entities) = shown(&mut app, &outputs);
    app.world_mut()
        .entity_mut(sensor)
        .insert(super::formats::players());
    let end = std::time::Instant::now() + Duration::from_secs(60);
    for (number, &entity) in entities.iter().enumerate() {
        let output = &outputs[number];
        loop {
            let picture = as_drawn(&app, entity, 0);
            assert_eq!(picture.size, UVec2::new(40 + number as u32, 30));
            // Rays of the colour camera may take a while.
            if picture.pixels.iter().any(|p| p[0] != 0.0 || p[2] != 0.0) {
                break;
            }
            assert!(
                std::time::Instant::now() < end,
                "{number} shows nothing: {output:?}"
            );
            update(&mut app);
        }
        // Infrared is R32Float where there is nothing better.
        let warning = diagnostics(&app, entity).warning;
        assert!(
            warning
                .as_ref()
                .is_none_or(|w| w.contains("cannot filter R32Float")),
            "{warning:?}"
        );
    }
    assert_textures(&mut app, 48);

    // In every update some outputs change: every third is despawned, every third gets other settings.
    for (round, &entity) in entities.iter().enumerate().take(24) {
        match round % 3 {
            0 => {
                app.world_mut().despawn(entity);
            }
            1 => set(&mut app, entity, |output| {
                output.resolution = OutputResolution::Custom(UVec2::new(11, 7));
                output.passes.clear();
            }),
            _ => set(&mut app, entity, |output| {
                output.kind = kinds[(round + 1) % 6];
                output.scaling = OutputScaling::Nearest;
                output.sampling = OutputSampling::Nearest;
                output.mirror = !output.mirror;
            }),
        }
        update(&mut app);
    }
    for _ in 0..3 {
        update(&mut app);
    }
    assert_textures(&mut app, 40);
    for round in (0..24).filter(|round| round % 3 == 1) {
        assert_eq!(as_drawn(&app, entities[round], 0).size, UVec2::new(11, 7));
    }
    app.world_mut().despawn(sensor);
    assert_textures(&mut app, 0);
}

#[test]
fn materials_and_nodes_go_with_their_output_to_another_resolution() {
    let mut app = rendering_app();
    let (_, outputs) = shown(
        &mut app,
        &[ImageOutput::new(ImageKind::Depth).false_color()],
    );
    let handle = |app: &App| {
        app.world()
            .get::<OutputImage>(outputs[0])
            .unwrap()
            .image
            .clone()
    };
    let first = handle(&app);
    let target = render_target(&mut app, 64, 64);
    let mut materials = app.world_mut().resource_mut::<Assets<StandardMaterial>>();
    let material = materials.add(StandardMaterial {
        base_color_texture: Some(first.clone()),
        unlit: true,
        ..default()
    });
    let mut meshes = app.world_mut().resource_mut::<Assets<Mesh>>();
    let mesh = meshes.add(Rectangle::new(2.0, 2.0));
    let node = app.world_mut().spawn(ImageNode::new(first.clone())).id();
    app.world_mut()
        .spawn((Mesh3d(mesh), MeshMaterial3d(material.clone())));
    app.world_mut().spawn((
        Camera3d::default(),
        RenderTarget::from(target.clone()),
        Msaa::Off,
        bevy::core_pipeline::tonemapping::Tonemapping::None,
        Transform::from_xyz(0.0, 0.0, 1.0),
    ));
    for _ in 0..3 {
        update(&mut app);
    }
    // Code that keeps the old handle keeps the old image, without side effects.
    let kept = first;
    for (size, range) in [(50, 1.0), (60, 9.0), (70, 1.0), (80, 9.0)] {
        set(&mut app, outputs[0], |output| {
            output.resolution = OutputResolution::Custom(UVec2::splat(size));
            output.false_color = Some(FalseColor::Range {
                min: 0.1,
                max: range,
            });
        });
        for _ in 0..3 {
            update(&mut app);
        }
        let new = handle(&app);
        assert_ne!(new, kept);
        let materials = app.world().resource::<Assets<StandardMaterial>>();
        let shown = materials.get(&material).unwrap();
        assert_eq!(shown.base_color_texture, Some(new.clone()));
        assert_eq!(app.world().get::<ImageNode>(node).unwrap().image, new);
        // A material in the world shows the current image. The middle of the screen shows the middle of the image.
        let now = picture(&mut app, outputs[0]);
        assert_eq!(now.size, UVec2::splat(size));
        let screen = read_image(&mut app, target.clone());
        let pixel = &screen[(32 * 64 + 32) * 4..][..4];
        let expected = now.at(size / 2, size / 2);
        for (&seen, expected) in pixel.iter().zip(expected).take(3) {
            assert!(
                (linear(seen) - expected).abs() < 0.1,
                "{size}: {pixel:?} is not {expected:?}"
            );
        }
        // The kept texture and the newest texture exist; those between are freed.
        assert_textures(&mut app, 2);
    }
    drop(kept);
    assert_textures(&mut app, 1);
}

#[test]
fn figures_say_what_is_updated_and_when() {
    let mut app = rendering_app_with(|app| {
        app.add_plugins(RenderDiagnosticsPlugin);
    });
    let stepped = Stepped::new(&mut app, |_, x, y| test_depth(x, y));
    let outputs = spawn(
        &mut app,
        stepped.sensor,
        &[
            ImageOutput::new(ImageKind::Depth),
            ImageOutput::new(ImageKind::Color),
            ImageOutput::new(ImageKind::PlayerIndex),
            ImageOutput::new(ImageKind::Color).aligned(),
        ],
    );
    let of = |app: &App, i: usize| diagnostics(app, outputs[i]);
    for number in 1..=3 {
        let before = of(&app, 0);
        stepped.allowed.store(number, Ordering::Relaxed);
        update_until(&mut app, "the next frame", |world| {
            world
                .get::<OutputDiagnostics>(outputs[0])
                .unwrap()
                .updated_this_frame
        });
        let figures = of(&app, 0);
        assert_eq!(figures.updates, number);
        let now = Some(app.world().resource::<Time<Real>>().elapsed());
        assert_eq!(figures.last_update, now);
        assert!(figures.last_update > before.last_update);
        // The count moves on at the end of an update.
        let frame = app.world().resource::<bevy::diagnostic::FrameCount>().0;
        assert_eq!(figures.last_update_frame + 1, frame);
        for _ in 0..4 {
            update(&mut app);
            let idle = of(&app, 0);
            assert!(!idle.updated_this_frame);
            assert_eq!(idle.last_update, now);
        }
    }
    let updates = [0, 1, 2, 3].map(|i| of(&app, i).updates);
    assert_eq!(updates, [3, 3, 0, 3]);
    let of = |i: usize| of(&app, i);
    let features = app.world().resource::<RenderDevice>().features();
    let has_timestamps = features
        .contains(bevy::render::render_resource::WgpuFeatures::TIMESTAMP_QUERY_INSIDE_ENCODERS);
    assert_eq!(of(0).gpu_time.is_some(), has_timestamps, "{:?}", of(0));
    if let Some(time) = of(0).gpu_time {
        assert!(!time.is_zero() && time < Duration::from_secs(1), "{time:?}");
    }
    assert_eq!(of(1).gpu_time, None, "colour is uploaded straight");
    for i in 0..2 {
        let time = of(i).cpu_time.unwrap();
        assert!(!time.is_zero() && time < Duration::from_secs(1), "{time:?}");
    }
    for i in 0..4 {
        let figures = of(i);
        assert_eq!((figures.warnings, figures.errors), (0, 0), "{figures:?}");
    }
}

#[test]
fn a_sensor_without_what_an_output_needs_says_so() {
    let mut app = rendering_app();
    let settings = SimulationSettings {
        color_resolution: ColorResolution::Off,
        depth_mode: DepthMode::Nfov2x2Binned,
        ..default()
    };
    let sensor = KinectSensor::new(SensorSource::Simulation(settings));
    let sensor = app.world_mut().spawn(sensor).id();
    let outputs = spawn(
        &mut app,
        sensor,
        &[
            ImageOutput::new(ImageKind::Color),
            ImageOutput::new(ImageKind::Depth).aligned(),
            ImageOutput::new(ImageKind::Depth),
        ],
    );
    wait(&mut app, sensor);
    for output in &outputs[..2] {
        let warning = diagnostics(&app, *output).warning.unwrap();
        assert!(warning.contains("colour camera is off"), "{warning}");
    }
    assert_eq!(diagnostics(&app, outputs[2]).warning, None);
}

#[test]
fn colour_that_is_refused_shows_nothing_and_is_no_longer_written_into() {
    let mut app = rendering_app();
    let (_, outputs) = shown(&mut app, &[ImageOutput::new(ImageKind::Color)]);
    picture(&mut app, outputs[0]).check("colour", color_at, |_| 1.0e-6);
    let is_black = |app: &mut App| {
        picture(app, outputs[0])
            .pixels
            .iter()
            .all(|p| *p == [0.0; 4])
    };
    // A format that does not exist, one image too large for memory, and back each time.
    let refusals: [fn(&mut ImageOutput); 2] = [
        |output| output.format = PixelFormat::A8,
        |output| {
            output.format = PixelFormat::Rgba32Float;
            output.resolution = OutputResolution::Custom(UVec2::splat(16384));
        },
    ];
    // The largest texture of WebGPU's limits is not too large for memory.
    let can_be_too_large = app
        .world()
        .resource::<RenderDevice>()
        .limits()
        .max_texture_dimension_2d
        >= 16384;
    for refuse in &refusals[..if can_be_too_large { 2 } else { 1 }] {
        set(&mut app, outputs[0], refuse);
        for _ in 0..6 {
            update(&mut app);
            std::thread::sleep(Duration::from_millis(12));
        }
        assert!(diagnostics(&app, outputs[0]).warning.is_some());
        assert!(is_black(&mut app), "a frame that came later is shown");
        set(&mut app, outputs[0], |output| {
            *output = ImageOutput::new(ImageKind::Color)
        });
        for _ in 0..4 {
            update(&mut app);
        }
        picture(&mut app, outputs[0]).check("colour again", color_at, |_| 1.0e-6);
    }
}

#[test]
fn plain_colour_that_is_set_otherwise_while_its_sensor_is_off_is_drawn_otherwise() {
    let mut app = rendering_app();
    let (sensor, outputs) = shown(&mut app, &[ImageOutput::new(ImageKind::Color)]);
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .active = false;
    update_until(&mut app, "the sensor off", |world| {
        world.get::<SensorStream>(sensor).is_none()
    });
    set(&mut app, outputs[0], |output| output.mirror = true);
    for _ in 0..4 {
        update(&mut app);
    }
    let mirrored = |x: u32, y: u32| color_at(COLOR.x - 1 - x, y);
    picture(&mut app, outputs[0]).check("mirrored", mirrored, |_| 0.0046);
}

#[test]
fn the_old_picture_stays_until_one_of_another_size_is_drawn() {
    let mut app = rendering_app();
    let points = ImageOutput::new(ImageKind::PointCloud);
    let (_, outputs) = shown(&mut app, &[points, ImageOutput::new(ImageKind::Depth)]);
    let has_data =
        |app: &App, output: Entity| as_drawn(app, output, 0).pixels.iter().any(|p| p[0] != 0.0);
    let size = |app: &App, output: Entity| app.world().get::<OutputImage>(output).unwrap().size();
    let until = |app: &mut App, output: Entity, expected: UVec2| {
        let end = std::time::Instant::now() + Duration::from_secs(60);
        loop {
            update(app);
            assert!(has_data(app, output), "black at {:?}", size(app, output));
            if size(app, output) == Some(expected) {
                return;
            }
            assert!(std::time::Instant::now() < end, "never {expected}");
        }
    };
    // The rays of the colour camera take some frames.
    set(&mut app, outputs[0], |output| output.aligned = true);
    until(&mut app, outputs[0], COLOR);
    set(&mut app, outputs[0], |output| output.aligned = false);
    until(&mut app, outputs[0], DEPTH);

    // A shader that is not loaded yet, together with another format.
    let shader = app.world().resource::<Assets<Shader>>().reserve_handle();
    let custom = OutputFilter::Custom {
        shader: shader.clone(),
        params: default(),
    };
    set(&mut app, outputs[1], |output| {
        output.passes = vec![custom.into()];
        output.resolution = OutputResolution::Half;
        output.format = PixelFormat::R16Float;
    });
    for _ in 0..5 {
        update(&mut app);
        assert!(
            has_data(&app, outputs[1]),
            "black while a shader is loading"
        );
        assert_eq!(size(&app, outputs[1]), Some(DEPTH));
    }
    let source = "#import kinect_azure::output_pass::fetch
        @fragment
        fn pass_main(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
            return fetch(vec2<i32>(position.xy));
        }";
    let source = Shader::from_wgsl(source, "test://same.wgsl");
    let mut shaders = app.world_mut().resource_mut::<Assets<Shader>>();
    shaders.insert(shader.id(), source).unwrap();
    until(&mut app, outputs[1], DEPTH / 2);
    // Settings that change before they are drawn leave no texture.
    for round in 0..6 {
        set(&mut app, outputs[1], |output| {
            output.resolution = OutputResolution::Custom(UVec2::new(50 + round, 40));
        });
        update(&mut app);
        assert!(has_data(&app, outputs[1]));
    }
    until(&mut app, outputs[1], UVec2::new(55, 40));
    assert_textures(&mut app, 2);
}

#[test]
fn an_output_that_is_off_keeps_its_image_and_goes_on_when_it_is_on_again() {
    let mut app = rendering_app();
    let stepped = Stepped::new(&mut app, |number, _, _| 1000 + number as u16);
    let outputs = spawn(
        &mut app,
        stepped.sensor,
        &[
            ImageOutput::new(ImageKind::Depth),
            ImageOutput::new(ImageKind::Color),
            ImageOutput {
                active: false,
                ..ImageOutput::new(ImageKind::Depth)
            },
        ],
    );
    stepped.step(&mut app);
    let depth = |app: &App| as_drawn(app, outputs[0], 0).at(5, 5)[0];
    assert_eq!(depth(&app), 1.001);
    for output in &outputs[..2] {
        set(&mut app, *output, |output| output.active = false);
    }
    let image = app
        .world()
        .get::<OutputImage>(outputs[0])
        .unwrap()
        .image
        .clone();
    let before = [0, 1].map(|i| diagnostics(&app, outputs[i]).updates);
    stepped.step(&mut app);
    stepped.step(&mut app);
    // Another size has no effect either, until the output is on again.
    set(&mut app, outputs[0], |output| {
        output.resolution = OutputResolution::Half
    });
    for _ in 0..3 {
        update(&mut app);
    }
    assert_eq!(depth(&app), 1.001);
    assert_eq!(
        [0, 1].map(|i| diagnostics(&app, outputs[i]).updates),
        before
    );
    assert_eq!(
        app.world().get::<OutputImage>(outputs[2]).unwrap().size(),
        None
    );
    let shown = app.world().get::<OutputImage>(outputs[0]).unwrap();
    assert_eq!((&shown.image, shown.size()), (&image, Some(DEPTH)));
    picture(&mut app, outputs[1]).check("colour", color_at, |_| 1.0e-6);

    for output in &outputs {
        set(&mut app, *output, |output| output.active = true);
    }
    let half = picture(&mut app, outputs[0]);
    assert_eq!((half.size, half.at(5, 5)[0]), (DEPTH / 2, 1.003));
    assert_eq!(picture(&mut app, outputs[2]).at(5, 5)[0], 1.003);
}

#[test]
fn warnings_and_errors_are_counted_and_the_last_of_each_is_kept() {
    let mut app = rendering_app();
    let (_, outputs) = shown(&mut app, &[ImageOutput::new(ImageKind::Depth)]);
    let of = |app: &App| diagnostics(app, outputs[0]);
    let limit = app
        .world()
        .resource::<RenderDevice>()
        .limits()
        .max_texture_dimension_2d;
    let too_long = OutputResolution::Custom(UVec2::new(2 * limit, 8));
    for (format, resolution, counts) in [
        (PixelFormat::Auto, OutputResolution::Native, (0, 0)),
        (PixelFormat::A8, OutputResolution::Native, (0, 1)),
        (PixelFormat::Auto, too_long, (1, 1)),
        (PixelFormat::MonoA8, OutputResolution::Native, (1, 2)),
        (PixelFormat::Auto, OutputResolution::Native, (1, 2)),
    ] {
        set(&mut app, outputs[0], |output| {
            (output.format, output.resolution) = (format, resolution);
        });
        for _ in 0..3 {
            update(&mut app);
        }
        let figures = of(&app);
        assert_eq!((figures.warnings, figures.errors), counts, "{figures:?}");
        assert_eq!(
            figures.warning.is_some(),
            (format, resolution) != (PixelFormat::Auto, OutputResolution::Native)
        );
    }
    let figures = of(&app);
    assert!(figures.last_error.unwrap().contains("MonoA8"));
    assert!(
        figures
            .last_warning
            .unwrap()
            .contains("exceed this GPU's largest texture")
    );
}

#[test]
fn an_output_on_its_sensor_or_below_it_shows_that_sensor() {
    let mut app = rendering_app();
    let depth = ImageOutput::new(ImageKind::Depth);
    let sensor = app.world_mut().spawn((test_sensor(), depth.clone())).id();
    let below = app.world_mut().spawn((depth, ChildOf(sensor))).id();
    wait(&mut app, sensor);
    for output in [sensor, below] {
        picture(&mut app, output).check("depth", depth_at, |_| 1.0e-6);
        assert_eq!(diagnostics(&app, output).errors, 0);
    }
}

#[test]
fn an_output_without_a_sensor_says_what_to_add() {
    let mut app = headless_app();
    let no_sensor = app.world_mut().spawn_empty().id();
    let lonely = app.world_mut().spawn(ImageOutput::default()).id();
    let misled = app
        .world_mut()
        .spawn((ImageOutput::default(), ImageOutputOf(no_sensor)))
        .id();
    for _ in 0..3 {
        app.update();
    }
    let said = |app: &App, output: Entity, what: &str| {
        let figures = diagnostics(app, output);
        assert_eq!(figures.errors, 1, "it is said once");
        let warning = figures.warning.unwrap();
        assert!(warning.contains(what), "{warning}");
    };
    said(&app, lonely, "add ImageOutputOf(sensor)");
    said(&app, misled, "name an entity with KinectSensor");
    app.world_mut().entity_mut(no_sensor).insert(test_sensor());
    app.update();
    assert_eq!(diagnostics(&app, misled).warning, None);
}
