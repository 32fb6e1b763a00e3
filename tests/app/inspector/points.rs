//! The page of points.

use bevy::prelude::*;
use bevy_kinect_azure::body::ImageTiming;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::Page;

use super::hand::{choose, click, enter, enter_number, slide};
use super::screen::{find, get, says};
use super::stage::{inspected_with, of_sensor, sensor, settle};
use crate::support::{test_sensor, update_until};

const SIZE: UVec2 = UVec2::new(1280, 720);

/// The page, of a sensor that does not run.
fn page() -> App {
    inspected_with(Page::Points, SIZE, |app| {
        app.world_mut().spawn(KinectSensor::default());
    })
}

fn cloud(app: &App) -> PointCloud {
    of_sensor::<PointCloud>(app).expect("a cloud").clone()
}

fn surface(app: &App) -> SurfaceMesh {
    of_sensor::<SurfaceMesh>(app).expect("a surface").clone()
}

#[test]
fn clouds_are_added_exchanged_hidden_and_removed() {
    let mut app = page();
    click(&mut app, "Add a point cloud");
    settle(&mut app);
    assert_eq!(cloud(&app), PointCloud::default());
    click(&mut app, "Visible");
    assert_eq!(of_sensor::<Visibility>(&app), Some(&Visibility::Hidden));
    click(&mut app, "Visible");
    assert_eq!(of_sensor::<Visibility>(&app), Some(&Visibility::Inherited));
    click(&mut app, "Draw as a surface");
    settle(&mut app);
    assert!(of_sensor::<PointCloud>(&app).is_none());
    assert_eq!(surface(&app), SurfaceMesh::default());
    click(&mut app, "Draw as points");
    settle(&mut app);
    assert!(of_sensor::<SurfaceMesh>(&app).is_none());
    click(&mut app, "Remove from the scene");
    settle(&mut app);
    assert!(of_sensor::<PointCloud>(&app).is_none());
    click(&mut app, "Add a surface");
    settle(&mut app);
    assert_eq!(surface(&app), SurfaceMesh::default());
}

#[test]
fn one_of_several_clouds_is_chosen() {
    let mut app = page();
    let parent = sensor(&app);
    let child = app
        .world_mut()
        .spawn((PointCloud::default(), Name::new("Ghosts"), ChildOf(parent)))
        .id();
    app.world_mut()
        .entity_mut(parent)
        .insert(PointCloud::default());
    settle(&mut app);
    choose(&mut app, "Cloud or surface", "Points: Ghosts");
    choose(&mut app, "Shape", "Discs");
    assert_eq!(cloud(&app).shape, PointShape::Square);
    let of_child = app.world().get::<PointCloud>(child).unwrap();
    assert_eq!(of_child.shape, PointShape::Disc);
}

#[test]
fn every_setting_of_points_is_set() {
    let mut app = page();
    click(&mut app, "Add a point cloud");
    settle(&mut app);
    choose(&mut app, "Shape", "Discs");
    assert_eq!(cloud(&app).shape, PointShape::Disc);
    enter_number(&mut app, "Size", "2");
    assert_eq!(cloud(&app).size, PointSize::Footprint(2.0));
    choose(&mut app, "Size in", "Metres");
    enter_number(&mut app, "Size", "0.02");
    assert_eq!(cloud(&app).size, PointSize::World(0.02));
    choose(&mut app, "Size in", "Pixels");
    enter_number(&mut app, "Size", "7");
    assert_eq!(cloud(&app).size, PointSize::Pixels(7.0));
    choose(&mut app, "Timing", "Frame of the newest bodies");
    assert_eq!(cloud(&app).timing, ImageTiming::Bodies);
    choose(&mut app, "Hidden points", "The near object's colour");
    assert!(matches!(
        cloud(&app).color,
        PointColor::Camera {
            hidden: HiddenColor::Bleed,
            ..
        }
    ));
    choose(&mut app, "Colour", "Infrared");
    assert_eq!(cloud(&app).color, PointColor::Infrared);
    choose(&mut app, "Colour", "Depth");
    click(&mut app, "Automatic range");
    enter_number(&mut app, "Range to", "3");
    assert!(matches!(
        cloud(&app).color,
        PointColor::DepthRamp(FalseColor::Range { max: 3.0, .. })
    ));
    choose(&mut app, "Colour", "Players");
    assert!(matches!(cloud(&app).color, PointColor::Player { .. }));
    choose(&mut app, "Colour", "One colour");
    assert_eq!(cloud(&app).color, PointColor::Flat(Color::WHITE));
    assert!(find(&mut app, "Points").is_some());
}

#[test]
fn every_filter_is_set() {
    let mut app = page();
    click(&mut app, "Add a point cloud");
    settle(&mut app);
    slide(&mut app, "Every n-th pixel", 1.0);
    assert_eq!(cloud(&app).filter.density, 16);
    enter_number(&mut app, "Nearest", "0.75");
    assert_eq!(cloud(&app).filter.min_depth, 0.75);
    click(&mut app, "Limited depth");
    enter_number(&mut app, "Farthest", "2.5");
    assert_eq!(cloud(&app).filter.max_depth, 2.5);
    click(&mut app, "Limited depth");
    assert_eq!(cloud(&app).filter.max_depth, f32::INFINITY);
    click(&mut app, "No flying pixels");
    enter_number(&mut app, "Step of depth", "0.1");
    assert_eq!(cloud(&app).filter.flying_pixels, Some(0.1));
    choose(&mut app, "Kept", "Some players");
    click(&mut app, "Player 2");
    assert_eq!(cloud(&app).filter.players, PlayerFilter::Only(0b101));
    choose(&mut app, "Kept", "Background");
    assert_eq!(cloud(&app).filter.players, PlayerFilter::Background);
    click(&mut app, "Clip box");
    choose(&mut app, "Box", "Stays in the world");
    enter_number(&mut app, "Box centre y", "1.5");
    enter_number(&mut app, "Box half width", "-3");
    enter_number(&mut app, "Box half depth", "0.25");
    enter_number(&mut app, "Box turned", "90");
    let clip = cloud(&app).filter.clip_box.unwrap();
    assert_eq!(clip.space, ClipSpace::World);
    assert_eq!(clip.center.y, 1.5);
    assert_eq!(clip.half_size, Vec3::new(0.0, 1.0, 0.25));
    let turned = Quat::from_rotation_y(core::f32::consts::FRAC_PI_2);
    assert!(clip.rotation.angle_between(turned) < 1.0e-3);
}

#[test]
fn every_setting_of_a_surface_and_of_smoothing_is_set() {
    let mut app = page();
    click(&mut app, "Add a surface");
    settle(&mut app);
    choose(&mut app, "Shading", "Lit by the scene");
    assert_eq!(surface(&app).shading, SurfaceShading::Lit);
    enter_number(&mut app, "Cut", "0.2");
    assert_eq!(surface(&app).cut, 0.2);
    slide(&mut app, "Normals from", 0.0);
    assert_eq!(surface(&app).normal_radius, 0);
    click(&mut app, "Smoothed");
    assert_eq!(surface(&app).smoothing, DepthSmoothing::OFF);
    enter_number(&mut app, "Images averaged", "8");
    slide(&mut app, "Neighbours", 1.0);
    slide(&mut app, "Holes closed", 1.0);
    enter_number(&mut app, "Noise when near", "2");
    enter_number(&mut app, "Growth per m²", "3");
    let smoothing = surface(&app).smoothing;
    assert_eq!((smoothing.images, smoothing.radius), (8, 8));
    assert_eq!(smoothing.holes, 8);
    assert!((smoothing.noise_floor - 0.002).abs() < 1.0e-6);
    assert!((smoothing.noise_growth - 0.003).abs() < 1.0e-6);
    assert_eq!(get(&mut app, "Smoothed").is_on, Some(true));
}

#[test]
fn points_are_saved_and_a_failure_is_told() {
    let mut app = inspected_with(Page::Points, SIZE, |app| {
        app.world_mut()
            .spawn((test_sensor(), PointCloud::default()));
    });
    let folder = std::env::temp_dir().join(format!("inspector-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("points.ply");
    update_until(&mut app, "points", |world| {
        let mut buffers = world.query::<&PointCloudBuffer>();
        buffers.iter(world).next().is_some()
    });
    for _ in 0..20 {
        settle(&mut app);
    }
    enter(&mut app, "File", file.to_str().unwrap());
    click(&mut app, "Save the points");
    update_until(&mut app, "a file", |_| file.exists());
    settle(&mut app);
    settle(&mut app);
    assert!(says(&mut app, "points are in"));
    std::fs::remove_dir_all(&folder).unwrap();
    enter(&mut app, "File", "/nowhere/points.ply");
    click(&mut app, "Save the points");
    let mut told = false;
    for _ in 0..200 {
        settle(&mut app);
        told = says(&mut app, "/nowhere/points.ply:") || says(&mut app, "No such file");
        if told {
            break;
        }
    }
    assert!(told);
}
