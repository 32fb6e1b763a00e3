//! Shaders applied to outputs (I21): built-in filters and shaders of apps.

use bevy::shader::Shader;

use super::*;

/// Depth in metres, 0 = not measured, as a filter sees it.
type Depth = Vec<f32>;

const THRESHOLD: f32 = 0.046_934_42;

/// Walls with holes of several sizes, an edge, and a little noise.
fn rough(number: u64, x: u32, y: u32) -> u16 {
    let noise = (x * 7 + y * 3 + number as u32 * 5) % 9;
    let hole = (x / 3 * 11 + y / 4 * 5).is_multiple_of(17) || (100..130).contains(&x) && y > 200;
    match (hole, x > 160) {
        (true, _) => 0,
        (false, true) => (1000 + y / 8 + noise) as u16,
        (false, false) => (2000 + x + noise) as u16,
    }
}

fn measured(number: u64) -> Depth {
    let pixels = (0..DEPTH.y).flat_map(|y| (0..DEPTH.x).map(move |x| (x, y)));
    pixels
        .map(|(x, y)| f32::from(rough(number, x, y)) * 0.001)
        .collect()
}

fn get(depth: &Depth, x: i32, y: i32) -> Option<f32> {
    let inside = (0..DEPTH.x as i32).contains(&x) && (0..DEPTH.y as i32).contains(&y);
    inside.then(|| depth[(y * DEPTH.x as i32 + x) as usize])
}

/// Measured pixels at most `radius` away, with the square of their distance, row by row.
fn around(depth: &Depth, x: i32, y: i32, radius: i32) -> impl Iterator<Item = (f32, i32)> {
    let offsets = (-radius..=radius).flat_map(move |dy| (-radius..=radius).map(move |dx| (dx, dy)));
    offsets.filter_map(move |(dx, dy)| {
        let squared = dx * dx + dy * dy;
        let z = get(depth, x + dx, y + dy).filter(|z| *z > 0.0)?;
        (squared <= radius * radius).then_some((z, squared))
    })
}

fn each(depth: &Depth, filter: impl Fn(i32, i32, f32) -> f32) -> Depth {
    let width = DEPTH.x as usize;
    let pixels = depth.iter().enumerate();
    pixels
        .map(|(i, &z)| filter((i % width) as i32, (i / width) as i32, z))
        .collect()
}

fn hole_fill(depth: &Depth, radius: i32) -> Depth {
    each(depth, |x, y, z| {
        if z > 0.0 {
            return z;
        }
        let mut nearest = (0.0, i32::MAX);
        for (z, squared) in around(depth, x, y, radius) {
            if squared < nearest.1 {
                nearest = (z, squared);
            }
        }
        let (mut sum, mut total) = (0.0, 0.0);
        for (z, squared) in around(depth, x, y, radius) {
            if (z - nearest.0).abs() <= THRESHOLD * z.min(nearest.0) {
                sum += z / squared as f32;
                total += 1.0 / squared as f32;
            }
        }
        if total > 0.0 { sum / total } else { 0.0 }
    })
}

fn bilateral(depth: &Depth, radius: i32, threshold: f32) -> Depth {
    each(depth, |x, y, center| {
        if center == 0.0 {
            return 0.0;
        }
        let (mut sum, mut total) = (0.0, 0.0);
        for (z, squared) in around(depth, x, y, radius) {
            let d = (z - center).abs() / threshold;
            if d < 1.0 {
                let w = (-8.0_f32.ln() * squared as f32 / (radius * radius) as f32).exp()
                    * (1.0 - d * d);
                sum += z * w;
                total += w;
            }
        }
        sum / total
    })
}

fn filtered(kind: ImageKind, passes: Vec<OutputPass>) -> ImageOutput {
    ImageOutput {
        kind,
        passes,
        ..default()
    }
}

fn check(app: &mut App, output: Entity, what: &str, expected: &Depth) {
    let seen = picture(app, output);
    let at = |x: u32, y: u32| [expected[(y * DEPTH.x + x) as usize], 0.0, 0.0, 1.0];
    seen.check(what, at, |_| 2.0e-5);
}

#[test]
fn built_in_filters_do_what_they_say() {
    let mut app = rendering_app();
    let stepped = Stepped::new(&mut app, rough);
    let fill = OutputFilter::HoleFill { radius: 3 };
    let smooth = OutputFilter::Bilateral {
        radius: 2,
        threshold: 0.02,
    };
    let outputs = spawn(
        &mut app,
        stepped.sensor,
        &[
            filtered(ImageKind::Depth, vec![fill.clone().into()]),
            filtered(ImageKind::Depth, vec![smooth.clone().into()]),
            filtered(
                ImageKind::Depth,
                vec![
                    OutputPass {
                        filter: fill.clone(),
                        repeat: 2,
                    },
                    smooth.clone().into(),
                ],
            ),
            filtered(ImageKind::PointCloud, vec![smooth.clone().into()]),
            filtered(
                ImageKind::Depth,
                vec![OutputPass {
                    filter: fill.clone(),
                    repeat: 0,
                }],
            ),
            // Invalid values.
            filtered(
                ImageKind::Depth,
                vec![
                    OutputFilter::Bilateral {
                        radius: 0,
                        threshold: f32::NAN,
                    }
                    .into(),
                    OutputFilter::Temporal {
                        keep: f32::INFINITY,
                        threshold: -1.0,
                    }
                    .into(),
                ],
            ),
            ImageOutput {
                mirror: true,
                resolution: OutputResolution::Double,
                ..filtered(ImageKind::Depth, vec![fill.clone().into()])
            },
        ],
    );
    stepped.step(&mut app);
    let raw = measured(1);
    let filled = hole_fill(&raw, 3);
    check(&mut app, outputs[0], "hole filling", &filled);
    check(&mut app, outputs[1], "bilateral", &bilateral(&raw, 2, 0.02));
    let both = bilateral(&hole_fill(&filled, 3), 2, 0.02);
    check(&mut app, outputs[2], "both", &both);
    let holes = |depth: &Depth| depth.iter().filter(|z| **z == 0.0).count();
    assert!(holes(&filled) < holes(&raw) / 3 && holes(&filled) > 100);

    let cloud = picture(&mut app, outputs[3]);
    for (point, z) in cloud.pixels.iter().zip(&bilateral(&raw, 2, 0.02)) {
        assert!((point[2] + z).abs() < 2.0e-5, "{point:?}, {z}");
    }
    check(&mut app, outputs[4], "left out", &raw);
    assert_eq!(
        diagnostics(&app, outputs[4]).gpu_memory_bytes,
        320 * 288 * 4
    );
    check(&mut app, outputs[5], "nonsense", &raw);
    let large = picture(&mut app, outputs[6]);
    let at = |x: u32, y: u32| {
        let index = y / 2 * DEPTH.x + (DEPTH.x - 1 - x / 2);
        [filled[index as usize], 0.0, 0.0, 1.0]
    };
    large.check("mirrored and doubled", at, |_| 2.0e-5);
    // Two working images of 16 bytes a pixel beside the output's.
    let figures = diagnostics(&app, outputs[6]);
    assert_eq!(figures.gpu_memory_bytes, 320 * 288 * (4 * 4 + 2 * 16));
}

#[test]
fn the_temporal_filter_keeps_the_past_of_its_own_sensor() {
    let mut app = rendering_app();
    // A wall that comes nearer by 4 mm a frame, one that jumps, one with holes, and one that stays.
    let moving = |number: u64, x: u32, _: u32| match x / 80 {
        0 => 2000 - 4 * number as u16,
        1 => 1000 + 300 * (number % 2) as u16,
        2 if number.is_multiple_of(3) => 0,
        _ => 1500,
    };
    let stepped = Stepped::new(&mut app, moving);
    let temporal = OutputFilter::Temporal {
        keep: 0.75,
        threshold: 0.05,
    };
    let output = filtered(ImageKind::Depth, vec![temporal.into()]);
    let output = spawn(&mut app, stepped.sensor, &[output])[0];
    let mut past = [0.0; 4];
    for number in 1..=12 {
        stepped.step(&mut app);
        for (index, past) in past.iter_mut().enumerate() {
            let now = f32::from(moving(number, 80 * index as u32, 0)) * 0.001;
            let blends = now > 0.0 && *past > 0.0 && (now - *past).abs() <= 0.05;
            *past = now + if blends { (*past - now) * 0.75 } else { 0.0 };
        }
        // No new frame came in the second update, so the filter did not run again.
        let expected = |x: u32, _: u32| [past[x as usize / 80], 0.0, 0.0, 1.0];
        picture(&mut app, output).check(&format!("frame {number}"), expected, |_| 1.0e-5);
    }
    // The filtered depth lags behind the moving wall.
    assert!(past[0] > 1.952 + 0.008);

    // With another source, the filter uses no frames of the previous source.
    stepped.replace(&mut app, |_, _, _| 1510);
    stepped.step(&mut app);
    picture(&mut app, output).check("new", |_, _| [1.51, 0.0, 0.0, 1.0], |_| 1.0e-6);
}

fn shader(app: &mut App, source: &'static str) -> Handle<Shader> {
    let mut shaders = app.world_mut().resource_mut::<Assets<Shader>>();
    shaders.add(Shader::from_wgsl(source, "an_apps_own.wgsl"))
}

fn custom(shader: &Handle<Shader>, params: [Vec4; 2]) -> OutputFilter {
    OutputFilter::Custom {
        shader: shader.clone(),
        params,
    }
}

/// Adds a number, and reads beyond the edge.
const ADD: &str = "
#import kinect_azure::output_pass::{fetch, pass_info}

@fragment
fn pass_main(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let value = fetch(vec2<i32>(position.xy));
    let beyond = fetch(vec2<i32>(-5, 1000));
    return vec4(value.r + pass_info.params[0].x + 0.0 * beyond.r, 0.0, 0.0, 1.0);
}
";

/// A shader that shows its parameters.
const TELL: &str = "
#import kinect_azure::output_pass::{pass_info}

@fragment
fn pass_main() -> @location(0) vec4<f32> {
    return vec4(f32(pass_info.number), f32(pass_info.kind), f32(pass_info.frame),
        pass_info.params[1].w + f32(pass_info.size.x));
}
";

#[test]
fn an_apps_own_shader_is_applied_as_often_as_it_is_asked_for() {
    let mut app = rendering_app();
    let (add, tell) = (shader(&mut app, ADD), shader(&mut app, TELL));
    let add = custom(&add, [Vec4::X * 0.25, Vec4::ZERO]);
    let stepped = Stepped::new(&mut app, |_, x, y| test_depth(x, y));
    let outputs = spawn(
        &mut app,
        stepped.sensor,
        &[
            filtered(
                ImageKind::Depth,
                vec![OutputPass {
                    filter: add.clone(),
                    repeat: 3,
                }],
            ),
            ImageOutput {
                format: PixelFormat::Rgba32Float,
                ..filtered(
                    ImageKind::Infrared,
                    vec![
                        OutputPass {
                            filter: add.clone(),
                            repeat: 4,
                        },
                        custom(&tell, [Vec4::ZERO, Vec4::W * 7.0]).into(),
                    ],
                )
            },
        ],
    );
    for _ in 0..3 {
        stepped.step(&mut app);
    }
    let added = |x, y| [depth_at(x, y)[0] + 0.75, 0.0, 0.0, 1.0];
    picture(&mut app, outputs[0]).check("added", added, |_| 1.0e-6);
    let told = picture(&mut app, outputs[1]).at(5, 5);
    // The fifth pass, of infrared, at the third image (the second, if the shader was not there for the first).
    assert_eq!((told[0], told[1], told[3]), (4.0, 2.0, 327.0));
    assert!(told[2] == 2.0 || told[2] == 1.0, "{told:?}");
    // Without a new frame the pass does not run again.
    for _ in 0..5 {
        update(&mut app);
    }
    assert_eq!(picture(&mut app, outputs[1]).at(5, 5), told);

    // Other parameters for the same image.
    set(&mut app, outputs[0], |output| {
        output.passes[0].filter = match output.passes[0].filter.clone() {
            OutputFilter::Custom { shader, .. } => OutputFilter::Custom {
                shader,
                params: [Vec4::X, Vec4::ZERO],
            },
            other => other,
        };
        output.passes[0].repeat = 2;
    });
    for _ in 0..2 {
        update(&mut app);
    }
    let added = |x, y| [depth_at(x, y)[0] + 2.0, 0.0, 0.0, 1.0];
    picture(&mut app, outputs[0]).check("added", added, |_| 1.0e-6);
    // A very large number of repetitions.
    set(&mut app, outputs[0], |output| {
        output.passes[0].repeat = u32::MAX
    });
    for _ in 0..2 {
        update(&mut app);
    }
    let added = |x, y| [depth_at(x, y)[0] + 64.0, 0.0, 0.0, 1.0];
    picture(&mut app, outputs[0]).check("added", added, |_| 1.0e-4);
}

#[test]
fn a_broken_shader_is_left_out_with_a_word() {
    let broken = [
        // Not a shader.
        "this is no shader",
        // No entry point of that name.
        "@fragment fn other() -> @location(0) vec4<f32> { return vec4(0.0); }",
        // A binding that does not exist.
        "@group(0) @binding(9) var other: texture_2d<f32>;
         @fragment fn pass_main() -> @location(0) vec4<f32> { return textureLoad(other, vec2(0), 0); }",
        // A type error.
        "@fragment fn pass_main() -> @location(0) vec4<f32> { return 1u + vec4(0.0); }",
        // A wrong output type.
        "@fragment fn pass_main() -> @location(0) vec4<u32> { return vec4(0u); }",
    ];
    let mut app = rendering_app();
    let fine = shader(&mut app, ADD);
    let fine = custom(&fine, [Vec4::X, Vec4::ZERO]);
    let shaders = broken.map(|source| shader(&mut app, source));
    let mut outputs: Vec<_> = shaders
        .iter()
        .map(|shader| {
            filtered(
                ImageKind::Depth,
                vec![custom(shader, default()).into(), fine.clone().into()],
            )
        })
        .collect();
    // A shader that is never loaded, and a shader that imports a missing module.
    let never = filtered(
        ImageKind::Depth,
        vec![custom(&Handle::default(), default()).into()],
    );
    outputs.push(never);
    let (sensor, entities) = shown(&mut app, &outputs);
    for _ in 0..4 {
        update(&mut app);
    }
    let added = |x, y| [depth_at(x, y)[0] + 1.0, 0.0, 0.0, 1.0];
    for (&entity, source) in entities.iter().zip(broken) {
        let warning = diagnostics(&app, entity).warning.unwrap();
        assert!(
            warning.starts_with("pass 0 is left out, because its shader does not work: "),
            "{warning}"
        );
        picture(&mut app, entity).check(source, added, |_| 1.0e-6);
    }
    // A shader that is not loaded leaves the image unchanged.
    let waiting = picture(&mut app, entities[5]);
    assert!(waiting.pixels.iter().all(|pixel| pixel[0] == 0.0));

    // The shader is corrected at run time.
    let mut all = app.world_mut().resource_mut::<Assets<Shader>>();
    let _ = all.insert(shaders[1].id(), Shader::from_wgsl(ADD, "an_apps_own.wgsl"));
    for _ in 0..4 {
        update(&mut app);
    }
    assert_eq!(diagnostics(&app, entities[1]).warning, None);
    picture(&mut app, entities[1]).check("mended", added, |_| 1.0e-6);
    assert_eq!(
        app.world().get::<SensorState>(sensor),
        Some(&SensorState::Streaming)
    );
}

#[test]
fn pictures_and_players_go_through_passes_unharmed() {
    let mut app = rendering_app();
    let all = || -> Vec<OutputPass> {
        vec![
            OutputFilter::HoleFill { radius: 2 }.into(),
            OutputFilter::Temporal {
                keep: 0.5,
                threshold: 0.1,
            }
            .into(),
        ]
    };
    let mut smoothed = all();
    smoothed.push(
        OutputFilter::Bilateral {
            radius: 8,
            threshold: 1.0,
        }
        .into(),
    );
    let outputs = [
        filtered(ImageKind::Color, all()),
        filtered(ImageKind::Infrared, all()),
        filtered(ImageKind::PlayerIndex, smoothed),
        ImageOutput {
            false_color: Some(FalseColor::Range { min: 0.9, max: 2.7 }),
            ..filtered(ImageKind::Depth, Vec::new())
        },
        ImageOutput {
            false_color: Some(FalseColor::Range { min: 0.9, max: 2.7 }),
            ..filtered(
                ImageKind::Depth,
                vec![
                    OutputFilter::Temporal {
                        keep: 0.9,
                        threshold: 0.1,
                    }
                    .into(),
                ],
            )
        },
    ];
    let (sensor, outputs) = shown(&mut app, &outputs);
    app.world_mut()
        .entity_mut(sensor)
        .insert(super::formats::players());
    update(&mut app);
    // Linear light in 16 bits is exact to the 8-bit step.
    picture(&mut app, outputs[0]).check("colour", color_at, |_| 1.0e-6);
    picture(&mut app, outputs[1]).check("infrared", infrared_at, |_| 1.0e-5);
    let player_at = super::formats::player_at;
    picture(&mut app, outputs[2]).check("players", player_at, |_| 1.0e-6);
    let plain = picture(&mut app, outputs[3]);
    picture(&mut app, outputs[4]).check("ramp", |x, y| plain.at(x, y), |_| 0.0047);
}
