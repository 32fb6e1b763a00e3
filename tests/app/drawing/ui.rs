//! `KinectImageNode`: the position of images in UI nodes, and the visible pixels.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::support::*;

/// The screen: an image to render into.
const SCREEN: UVec2 = UVec2::new(400, 300);

/// An app with a screen, and a sensor with a colour output of 1280 × 720, after the first image was drawn.
fn app_with_output(output: ImageOutput) -> (App, Handle<Image>, Entity) {
    let mut app = rendering_app();
    let screen = render_target(&mut app, SCREEN.x, SCREEN.y);
    let camera = (
        Camera2d,
        Camera {
            clear_color: ClearColorConfig::Custom(Color::srgb_u8(10, 20, 30)),
            ..default()
        },
        IsDefaultUiCamera,
        Msaa::Off,
        target(&screen),
    );
    app.world_mut().spawn(camera);
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let output = app.world_mut().spawn((output, ImageOutputOf(sensor))).id();
    update_until(&mut app, "an image", |world| {
        let about = world.get::<OutputDiagnostics>(output);
        about.is_some_and(|about| about.updates > 0)
    });
    (app, screen, output)
}

/// A node at a position of the screen that shows the output.
fn node(app: &mut App, place: Rect, output: Entity, fill: ImageFill) -> Entity {
    let node = Node {
        position_type: PositionType::Absolute,
        left: px(place.min.x),
        top: px(place.min.y),
        width: px(place.width()),
        height: px(place.height()),
        ..default()
    };
    app.world_mut()
        .spawn((node, KinectImageNode { output, fill }))
        .id()
}

/// The rectangle of a node's picture on the screen; `None` if no picture is shown.
fn picture(app: &App, node: Entity) -> Option<Rect> {
    let children = app.world().get::<Children>(node)?;
    assert_eq!(children.len(), 1, "one picture in a node");
    let (size, center) = (
        app.world().get::<ComputedNode>(children[0])?.size,
        app.world()
            .get::<UiGlobalTransform>(children[0])?
            .translation,
    );
    (size.min_element() > 0.0).then(|| Rect::from_center_size(center, size))
}

fn settle(app: &mut App) {
    for _ in 0..4 {
        update(app);
    }
}

#[test]
fn every_fill_mode_places_the_image_in_wide_and_in_tall_nodes() {
    let (mut app, _, output) = app_with_output(ImageOutput::new(ImageKind::Color));
    let wide = Rect::new(20.0, 30.0, 380.0, 130.0);
    let tall = Rect::new(20.0, 30.0, 110.0, 290.0);
    let expected = [
        (ImageFill::Stretch, wide, wide),
        (ImageFill::Stretch, tall, tall),
        // 360 × 202.5, and 90 × 50.625.
        (
            ImageFill::FitWidth,
            wide,
            Rect::new(20.0, -22.0, 380.0, 181.0),
        ),
        (
            ImageFill::FitWidth,
            tall,
            Rect::new(20.0, 134.0, 110.0, 185.0),
        ),
        // 177.8 × 100, and 462.2 × 260.
        (
            ImageFill::FitHeight,
            wide,
            Rect::new(111.0, 30.0, 289.0, 130.0),
        ),
        (
            ImageFill::FitHeight,
            tall,
            Rect::new(-166.0, 30.0, 296.0, 290.0),
        ),
        (
            ImageFill::FitBest,
            wide,
            Rect::new(111.0, 30.0, 289.0, 130.0),
        ),
        (
            ImageFill::FitBest,
            tall,
            Rect::new(20.0, 134.0, 110.0, 185.0),
        ),
        (
            ImageFill::FitOutside,
            wide,
            Rect::new(20.0, -22.0, 380.0, 181.0),
        ),
        (
            ImageFill::FitOutside,
            tall,
            Rect::new(-166.0, 30.0, 296.0, 290.0),
        ),
        (
            ImageFill::NativeSize,
            wide,
            Rect::new(-440.0, -280.0, 840.0, 440.0),
        ),
        (
            ImageFill::NativeSize,
            tall,
            Rect::new(-575.0, -200.0, 705.0, 520.0),
        ),
    ];
    let nodes = expected.map(|(fill, place, _)| node(&mut app, place, output, fill));
    settle(&mut app);
    for (node, (fill, place, expected)) in nodes.into_iter().zip(expected) {
        let seen = picture(&app, node).unwrap();
        assert_eq!(seen, expected, "{fill:?} in {place:?}");
    }
}

#[test]
fn an_image_is_shown_in_the_shape_it_is_meant_to_have_within_the_padding() {
    let output = ImageOutput {
        aspect: OutputAspect::Custom(2.0),
        ..ImageOutput::new(ImageKind::Color)
    };
    let (mut app, _, output) = app_with_output(output);
    let place = Rect::new(0.0, 0.0, 220.0, 160.0);
    let shown = node(&mut app, place, output, ImageFill::FitBest);
    let mut style = app.world_mut().get_mut::<Node>(shown).unwrap();
    style.padding = UiRect::new(px(4), px(8), px(10), px(2));
    style.border = UiRect::all(px(4));
    settle(&mut app);
    // Inside: 200 × 140 from (8, 14).
    let seen = picture(&app, shown).unwrap();
    assert_eq!(seen, Rect::new(8.0, 34.0, 208.0, 134.0));
}

#[test]
fn a_node_shows_its_output_clipped_and_centred() {
    let (mut app, screen, output) = app_with_output(ImageOutput::new(ImageKind::Color));
    let best = Rect::new(0.0, 0.0, 160.0, 160.0);
    let native = Rect::new(200.0, 0.0, 360.0, 160.0);
    node(&mut app, best, output, ImageFill::FitBest);
    node(&mut app, native, output, ImageFill::NativeSize);
    settle(&mut app);
    let pixels = read_image(&mut app, screen);
    keep_picture("ui.png", SCREEN.x, SCREEN.y, &pixels);
    let at = |x: u32, y: u32| {
        let index = ((y * SCREEN.x + x) * 4) as usize;
        [pixels[index], pixels[index + 1], pixels[index + 2]]
    };
    let background = [10, 20, 30];
    // The whole image, 160 × 90, between two bars.
    assert_eq!([at(80, 34), at(80, 126)], [background; 2], "bars");
    for (x, y) in [(0, 36), (80, 80), (159, 123)] {
        let [b, g, r, _] = test_color(x * 8 + 4, (y - 35) * 8 + 4);
        let seen = at(x, y);
        for (seen, meant) in seen.into_iter().zip([r, g, b]) {
            let distance = seen.abs_diff(meant);
            assert!(distance <= 6, "({x}, {y}): {seen:?}, meant {meant}");
        }
    }
    // One pixel is checked in each: the middle of the image, and a pixel outside the node.
    for (x, y) in [(200, 0), (280, 80), (359, 159)] {
        let [b, g, r, _] = test_color(x - 200 + 560, y + 280);
        assert_eq!(at(x, y), [r, g, b], "({x}, {y})");
    }
    for (x, y) in [(199, 80), (360, 80), (280, 160)] {
        assert_eq!(at(x, y), background, "({x}, {y})");
    }
}

#[test]
fn a_node_follows_the_handle_and_outputs_that_go_and_come() {
    let (mut app, _, output) = app_with_output(ImageOutput::new(ImageKind::Color));
    let place = Rect::new(0.0, 0.0, 160.0, 90.0);
    let shown = node(&mut app, place, output, ImageFill::NativeSize);
    settle(&mut app);
    let before = image_in(&app, shown);
    app.world_mut()
        .get_mut::<ImageOutput>(output)
        .unwrap()
        .resolution = OutputResolution::Quarter;
    settle(&mut app);
    let after = image_in(&app, shown);
    assert_ne!(before, after, "a new handle");
    let current = &app.world().get::<OutputImage>(output).unwrap().image;
    assert_eq!(after, current.id());
    let seen = picture(&app, shown).unwrap();
    assert_eq!(seen.size(), Vec2::new(320.0, 180.0));

    let sensor = app.world().get::<ImageOutputOf>(output).unwrap().0;
    app.world_mut().despawn(output);
    settle(&mut app);
    assert_eq!(picture(&app, shown), None, "the output is gone");

    let infrared = (
        ImageOutput::new(ImageKind::Infrared).false_color(),
        ImageOutputOf(sensor),
    );
    let infrared = app.world_mut().spawn(infrared).id();
    let mut shows = app.world_mut().get_mut::<KinectImageNode>(shown).unwrap();
    shows.output = infrared;
    settle(&mut app);
    let seen = picture(&app, shown).unwrap();
    assert_eq!(seen.size(), Vec2::new(320.0, 288.0));

    app.world_mut()
        .entity_mut(shown)
        .remove::<KinectImageNode>();
    settle(&mut app);
    assert!(app.world().get::<Children>(shown).is_none(), "no picture");
    app.world_mut().entity_mut(shown).insert(KinectImageNode {
        output: infrared,
        fill: ImageFill::FitBest,
    });
    app.world_mut().despawn(sensor);
    settle(&mut app);
    assert_eq!(picture(&app, shown), None, "the sensor is gone");
    app.world_mut().despawn(shown);
    settle(&mut app);
}

fn image_in(app: &App, node: Entity) -> AssetId<Image> {
    let children = app.world().get::<Children>(node).unwrap();
    app.world()
        .get::<ImageNode>(children[0])
        .unwrap()
        .image
        .id()
}

#[test]
fn data_that_the_gpu_cannot_filter_are_not_shown_and_do_no_harm() {
    let (mut app, _, output) = app_with_output(ImageOutput::new(ImageKind::Depth));
    let place = Rect::new(0.0, 0.0, 160.0, 90.0);
    let shown = node(&mut app, place, output, ImageFill::FitBest);
    settle(&mut app);
    let device = app
        .world()
        .resource::<bevy::render::renderer::RenderDevice>();
    let can_filter = device
        .features()
        .contains(bevy::render::render_resource::WgpuFeatures::FLOAT32_FILTERABLE);
    assert_eq!(picture(&app, shown).is_some(), can_filter);
}

#[test]
fn images_of_one_channel_are_grey_in_a_node() {
    // Formats of one channel that every GPU can filter.
    for format in [PixelFormat::R8, PixelFormat::R16Float] {
        let infrared = ImageOutput::new(ImageKind::Infrared).with_format(format);
        let (mut app, screen, output) = app_with_output(infrared);
        let shown = node(
            &mut app,
            Rect::new(0.0, 0.0, 320.0, 288.0),
            output,
            ImageFill::NativeSize,
        );
        settle(&mut app);
        let pixels = read_image(&mut app, screen.clone());
        keep_picture(
            &format!("ui_grey_{format:?}.png"),
            SCREEN.x,
            SCREEN.y,
            &pixels,
        );
        let at = |pixels: &[u8], x: u32, y: u32| {
            let index = ((y * SCREEN.x + x) * 4) as usize;
            [pixels[index], pixels[index + 1], pixels[index + 2]]
        };
        for (x, y) in [(3, 3), (160, 144), (310, 20), (200, 280)] {
            let light = f32::from(test_ir(x, y)) / 65535.0;
            let encoded = match light <= 0.003_130_8 {
                true => light * 12.92,
                false => 1.055 * light.powf(1.0 / 2.4) - 0.055,
            };
            let [r, g, b] = at(&pixels, x, y);
            assert_eq!((r, g), (b, b), "grey");
            let distance = (f32::from(r) - encoded * 255.0).abs();
            assert!(
                distance < 3.0,
                "({x}, {y}) in {format:?}: {r}, meant {}",
                encoded * 255.0
            );
        }
        assert_eq!(at(&pixels, 350, 100), [10, 20, 30], "clipped at the node");

        // With false colours the output has an ordinary image again, and back.
        for is_false_color in [true, false] {
            let mut settings = app.world_mut().get_mut::<ImageOutput>(output).unwrap();
            *settings = match is_false_color {
                true => ImageOutput::new(ImageKind::Depth).false_color(),
                false => ImageOutput::new(ImageKind::Infrared).with_format(format),
            };
            settle(&mut app);
            let seen = read_image(&mut app, screen.clone());
            let [r, g, b] = at(&seen, 160, 144);
            if is_false_color {
                assert!(r > b, "near is red: {r}, {g}, {b}");
            } else {
                assert_eq!([r, g, b], at(&pixels, 160, 144));
            }
        }
        assert_eq!(
            picture(&app, shown).unwrap().size(),
            Vec2::new(320.0, 288.0)
        );
    }
}
