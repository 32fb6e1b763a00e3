//! The page of images.

use bevy::prelude::*;
use bevy_kinect_azure::body::ImageTiming;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::{KinectInspector, Page};

use super::hand::{choose, click, enter_number, point, reveal, slide};
use super::screen::{find, get, value};
use super::stage::{inspected_with, settle};
use crate::support::{test_depth, test_ir, test_sensor, update_until};

const SIZE: UVec2 = UVec2::new(1280, 720);

fn page() -> App {
    let mut app = inspected_with(Page::Images, SIZE, |app| {
        app.world_mut().spawn(test_sensor());
    });
    update_until(&mut app, "a preview", |world| {
        let mut images = world.query::<&OutputImage>();
        images.iter(world).any(|image| image.size().is_some())
    });
    settle(&mut app);
    app
}

/// The only output.
fn output(app: &mut App) -> ImageOutput {
    let mut outputs = app.world_mut().query::<&ImageOutput>();
    outputs.single(app.world()).unwrap().clone()
}

/// The output that is not the preview.
fn of_app(app: &mut App) -> ImageOutput {
    let mut outputs = app.world_mut().query::<(&ImageOutput, Option<&Name>)>();
    let mut all = outputs.iter(app.world());
    let found = all.find(|(_, name)| name.is_none());
    found.unwrap().0.clone()
}

#[test]
fn the_preview_exists_only_while_the_page_is_shown() {
    let mut app = page();
    assert_eq!(output(&mut app).kind, ImageKind::Depth);
    let outputs = |app: &mut App| {
        let mut outputs = app.world_mut().query::<&ImageOutput>();
        outputs.iter(app.world()).count()
    };
    click(&mut app, "Points");
    settle(&mut app);
    assert_eq!(outputs(&mut app), 0);
    click(&mut app, "Images");
    settle(&mut app);
    assert_eq!(outputs(&mut app), 1);
    app.world_mut().resource_mut::<KinectInspector>().shown = false;
    settle(&mut app);
    assert_eq!(outputs(&mut app), 0);
}

#[test]
fn the_preview_shows_every_kind_in_any_range() {
    let mut app = page();
    for (name, kind) in [
        ("Colour", ImageKind::Color),
        ("Infrared", ImageKind::Infrared),
        ("Positions", ImageKind::PointCloud),
        ("Players", ImageKind::PlayerIndex),
        ("Depth", ImageKind::Depth),
    ] {
        choose(&mut app, "Shows", name);
        assert_eq!(output(&mut app).kind, kind);
        let is_false = output(&mut app).false_color.is_some();
        assert_eq!(is_false, kind != ImageKind::Color);
        assert!(find(&mut app, "Preview").is_some(), "{name}");
    }
    click(&mut app, "Automatic range");
    enter_number(&mut app, "Range from", "1");
    enter_number(&mut app, "Range to", "2.5");
    assert_eq!(
        output(&mut app).false_color,
        Some(FalseColor::Range { min: 1.0, max: 2.5 })
    );
    click(&mut app, "Automatic range");
    assert_eq!(output(&mut app).false_color, Some(FalseColor::Auto));
    click(&mut app, "From the colour camera");
    assert!(output(&mut app).aligned);
    click(&mut app, "Mirrored preview");
    assert!(output(&mut app).mirror);
}

#[test]
fn the_value_under_the_pointer_is_that_of_the_frame() {
    let mut app = page();
    assert!(value(&mut app, "Under the pointer").starts_with("point at"));
    let picture = reveal(&mut app, "Preview").place;
    let at = |x: f32, y: f32| picture.min + picture.size() * Vec2::new(x, y);
    point(&mut app, at(0.25, 0.75));
    settle(&mut app);
    let words = value(&mut app, "Under the pointer");
    let numbers: Vec<u32> = words
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|word| word.parse().ok())
        .collect();
    let &[x, y, depth, ir] = numbers.as_slice() else {
        panic!("{words}");
    };
    assert!(x.abs_diff(80) <= 2 && y.abs_diff(216) <= 2, "{words}");
    assert_eq!(depth, u32::from(test_depth(x, y)), "{words}");
    assert_eq!(ir, u32::from(test_ir(x, y)), "{words}");
    choose(&mut app, "Shows", "Colour");
    let picture = reveal(&mut app, "Preview").place;
    point(&mut app, picture.center());
    settle(&mut app);
    let words = value(&mut app, "Under the pointer");
    assert!(words.contains("RGB"), "{words}");
}

#[test]
fn every_setting_of_an_output_is_set() {
    let mut app = page();
    slide(&mut app, "Scale of all", 1.0);
    assert_eq!(app.world().resource::<OutputScale>().0, 4.0);
    enter_number(&mut app, "Scale of all", "1");
    click(&mut app, "Add an output");
    settle(&mut app);
    let mut outputs = app
        .world_mut()
        .query_filtered::<Entity, (With<ImageOutput>, Without<Name>)>();
    let entity = outputs.single(app.world()).unwrap();
    click(&mut app, &format!("Output {entity}: Colour"));
    // The picture of the output appears.
    update_until(&mut app, "the output's image", |world| {
        world.get::<OutputImage>(entity).unwrap().size().is_some()
    });
    settle(&mut app);
    choose(&mut app, "Kind", "Depth");
    assert_eq!(of_app(&mut app).kind, ImageKind::Depth);
}

#[test]
fn every_field_of_an_output_has_a_control() {
    let mut app = inspected_with(Page::Images, SIZE, |app| {
        let sensor = app.world_mut().spawn(KinectSensor::default()).id();
        app.world_mut()
            .spawn((ImageOutput::new(ImageKind::Depth), ImageOutputOf(sensor)));
    });
    let mut outputs = app
        .world_mut()
        .query_filtered::<Entity, (With<ImageOutput>, Without<Name>)>();
    let entity = outputs.single(app.world()).unwrap();
    click(&mut app, &format!("Output {entity}: Depth"));
    click(&mut app, "Updated");
    assert!(!of_app(&mut app).active);
    click(&mut app, "From the other camera");
    assert!(of_app(&mut app).aligned);
    choose(&mut app, "Timing", "Frame of the newest bodies");
    assert_eq!(of_app(&mut app).timing, ImageTiming::Bodies);
    click(&mut app, "Mirrored");
    assert!(of_app(&mut app).mirror);
    click(&mut app, "False colours");
    assert_eq!(of_app(&mut app).false_color, Some(FalseColor::Auto));
    choose(&mut app, "Resolution", "Half");
    assert_eq!(of_app(&mut app).resolution, OutputResolution::Half);
    choose(&mut app, "Resolution", "Exactly");
    enter_number(&mut app, "Width", "640");
    enter_number(&mut app, "Height", "480");
    assert_eq!(
        of_app(&mut app).resolution,
        OutputResolution::Custom(UVec2::new(640, 480))
    );
    click(&mut app, "Follows the scale of all");
    assert!(of_app(&mut app).ignore_output_scale);
    choose(&mut app, "Aspect ratio", "Custom");
    enter_number(&mut app, "Width to height", "2");
    assert_eq!(of_app(&mut app).aspect, OutputAspect::Custom(2.0));
    choose(&mut app, "Scaling", "Nearest pixel");
    assert_eq!(of_app(&mut app).scaling, OutputScaling::Nearest);
    choose(&mut app, "Sampling", "Blended, with mipmaps");
    assert_eq!(of_app(&mut app).sampling, OutputSampling::Mipmap);
    choose(&mut app, "Format", "RGBA, 16 bits, float");
    assert_eq!(of_app(&mut app).format, PixelFormat::Rgba16Float);
    for name in ["Red", "Green", "Blue", "Alpha"] {
        click(&mut app, name);
    }
    let channels = of_app(&mut app).channels;
    assert!(!(channels.red || channels.green || channels.blue || channels.alpha));
    choose(&mut app, "Add a filter", "Fill holes");
    choose(&mut app, "Add a filter", "Average over time");
    assert_eq!(of_app(&mut app).passes.len(), 2);
    enter_number(&mut app, "Radius", "5");
    enter_number(&mut app, "Repeated", "3");
    enter_number(&mut app, "Former value", "0.5");
    enter_number(&mut app, "Threshold", "0.25");
    let passes = of_app(&mut app).passes;
    assert_eq!(passes[0].filter, OutputFilter::HoleFill { radius: 5 });
    assert_eq!(passes[0].repeat, 3);
    assert_eq!(
        passes[1].filter,
        OutputFilter::Temporal {
            keep: 0.5,
            threshold: 0.25
        }
    );
    click(&mut app, "Earlier");
    assert_eq!(of_app(&mut app).passes[1].filter, passes[0].filter);
    click(&mut app, "Remove the filter");
    assert_eq!(of_app(&mut app).passes.len(), 1);
    choose(&mut app, "Kind", "Colour");
    choose(&mut app, "Hidden background", "The near object's colour");
    assert_eq!(of_app(&mut app).hidden, HiddenColor::Bleed);
    let before = get(&mut app, "Add an output");
    assert!(!before.is_disabled);
    click(&mut app, "Remove the output");
    settle(&mut app);
    assert!(app.world().get_entity(entity).is_err());
}
