//! Surfaces: their triangles, normals and materials; pictures of clouds and surfaces to look at.

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::{DepthMode, FrameRate};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;
use bevy_kinect_azure::point_cloud::{DISCONTINUITY, STEEPEST};
use bevy_kinect_azure::prelude::*;

use super::clouds::*;
use crate::support::*;

/// The triangles of a surface as numbers of vertices, each beginning with its smallest, sorted.
fn triangles_of(app: &mut App, surface: Entity) -> Vec<[u32; 3]> {
    let buffers = app.world().get::<SurfaceBuffers>(surface).unwrap().clone();
    let draw = numbers(&read_buffer(app, &buffers.draw));
    assert_eq!(draw[1..], [1, 0, 0, 0]);
    let indices = numbers(&read_buffer(app, &buffers.indices));
    let (triangles, rest) = indices.split_at(draw[0] as usize);
    assert!(rest.iter().all(|&index| index == 0), "zeros after the end");
    let mut triangles: Vec<[u32; 3]> = triangles
        .as_chunks()
        .0
        .iter()
        .map(|&[a, b, c]| match a.min(b).min(c) {
            first if first == a => [a, b, c],
            first if first == b => [b, c, a],
            _ => [c, a, b],
        })
        .collect();
    triangles.sort_unstable();
    triangles
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|b| u32::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

/// The triangles between points in a grid, by the documented rule.
fn expected_triangles(points: &[Seen], width: usize, cut: f32) -> Vec<[u32; 3]> {
    let exists = |i: usize| points[i].color[3] != 0;
    let z = |i: usize| -points[i].position.z;
    let mut triangles = Vec::new();
    let height = points.len() / width;
    for (x, y) in (0..height - 1).flat_map(|y| (0..width - 1).map(move |x| (x, y))) {
        let tl = y * width + x;
        let (tr, bl, br) = (tl + 1, tl + width, tl + width + 1);
        let missing: Vec<usize> = [tl, tr, bl, br]
            .into_iter()
            .filter(|&i| !exists(i))
            .collect();
        let candidates = match missing.as_slice() {
            [] if (z(tr) - z(bl)).abs() < (z(tl) - z(br)).abs() => {
                vec![[tl, bl, tr], [tr, bl, br]]
            }
            [] => vec![[tl, bl, br], [tl, br, tr]],
            [one] if *one == tl => vec![[tr, bl, br]],
            [one] if *one == tr => vec![[tl, bl, br]],
            [one] if *one == bl => vec![[tl, br, tr]],
            [_] => vec![[tl, bl, tr]],
            _ => vec![],
        };
        for triangle in candidates {
            let [a, b, c] = triangle.map(|i| points[i].position);
            if are_joined(a, b, cut) && are_joined(b, c, cut) && are_joined(c, a, cut) {
                let [a, b, c] = triangle.map(|i| i as u32);
                let first = a.min(b).min(c);
                triangles.push(if first == a {
                    [a, b, c]
                } else if first == b {
                    [b, c, a]
                } else {
                    [c, a, b]
                });
            }
        }
    }
    triangles.sort_unstable();
    triangles
}

/// Whether two points are on the same surface, by the documented rule.
fn are_joined(a: Vec3, b: Vec3, cut: f32) -> bool {
    let near = (-a.z).min(-b.z);
    let far = (-a.z).max(-b.z);
    let aside = near * (a.truncate() / a.z).distance(b.truncate() / b.z);
    far - near <= (cut * near).max(STEEPEST * aside)
}

pub(crate) fn spawn_surface(app: &mut App, sensor: KinectSensor, surface: SurfaceMesh) -> Entity {
    let entity = app.world_mut().spawn((sensor, surface)).id();
    wait_for_points(app, entity);
    entity
}

#[test]
fn surfaces_join_neighbours_and_are_cut_where_depth_jumps() {
    let mut app = rendering_app();
    let surface = spawn_surface(
        &mut app,
        sensor_with(depth_with_flying_pixels),
        SurfaceMesh {
            filter: PointFilter::default(),
            smoothing: DepthSmoothing::OFF,
            ..default()
        },
    );
    let points = points_of(&mut app, surface);
    let triangles = triangles_of(&mut app, surface);
    assert_eq!(
        triangles,
        expected_triangles(&points, WIDTH as usize, DISCONTINUITY)
    );
    // Nearly two triangles for each pixel that has depth.
    let existing = points.iter().filter(|p| p.color[3] != 0).count();
    assert!(
        triangles.len() > existing * 2 * 95 / 100 && triangles.len() < existing * 2,
        "{} triangles of {existing} points",
        triangles.len()
    );
    for triangle in &triangles {
        let [a, b, c] = triangle.map(|i| points[i as usize].position);
        let is_box = [a, b, c].map(|p| -p.z < 1.2);
        assert!(
            is_box == [true; 3] || is_box == [false; 3],
            "a triangle joins box and wall"
        );
        let front = (b - a).cross(c - a);
        assert!(front.dot(-a) > 0.0, "front faces look at the sensor");
    }

    // Without a cut, box and wall are joined.
    app.world_mut().get_mut::<SurfaceMesh>(surface).unwrap().cut = f32::INFINITY;
    for _ in 0..3 {
        update(&mut app);
    }
    let joined = triangles_of(&mut app, surface);
    assert_eq!(
        joined,
        expected_triangles(&points, WIDTH as usize, f32::INFINITY)
    );
    assert!(joined.len() > triangles.len());

    // With fewer points the distances are larger; nevertheless points of different surfaces are not joined.
    let mut settings = app.world_mut().get_mut::<SurfaceMesh>(surface).unwrap();
    settings.cut = DISCONTINUITY;
    settings.filter.density = 3;
    update(&mut app);
    let points = points_of(&mut app, surface);
    let triangles = triangles_of(&mut app, surface);
    assert_eq!(
        triangles,
        expected_triangles(&points, WIDTH.div_ceil(3) as usize, DISCONTINUITY)
    );
    for triangle in &triangles {
        let is_box = triangle.map(|i| -points[i as usize].position.z < 1.2);
        assert!(is_box == [true; 3] || is_box == [false; 3]);
    }
}

#[test]
fn vertices_of_surfaces_have_the_points_their_normals_and_their_colours() {
    let mut app = rendering_app();
    // As measured, with normals from the direct neighbours.
    let surface = spawn_surface(
        &mut app,
        test_sensor(),
        SurfaceMesh {
            smoothing: DepthSmoothing::OFF,
            normal_radius: 0,
            ..default()
        },
    );
    let points = points_of(&mut app, surface);
    let buffers = app.world().get::<SurfaceBuffers>(surface).unwrap().clone();
    let bytes = read_buffer(&mut app, &buffers.vertices);
    assert_eq!(bytes.len(), points.len() * 32);
    let width = WIDTH as usize;
    let mut differently = 0;
    for (i, (vertex, point)) in bytes.chunks_exact(32).zip(&points).enumerate() {
        let (x, y) = (i % width, i / width);
        let position = Vec3::from_slice(&floats(&vertex[..12]));
        let normal = Vec3::from_slice(&floats(&vertex[12..24]));
        if point.color[3] == 0 {
            assert!(vertex.iter().all(|&byte| byte == 0));
            continue;
        }
        assert_eq!(position, point.position);
        assert!((normal.length() - 1.0).abs() < 1.0e-4, "{normal}");
        assert!(normal.dot(-position) > 0.0, "{normal} at {position}");
        let neighbor = |x: Option<usize>, y: Option<usize>| -> Vec3 {
            let (Some(x), Some(y)) = (x, y) else {
                return position;
            };
            if x >= width || y >= HEIGHT as usize {
                return position;
            }
            let other = &points[y * width + x];
            if other.color[3] == 0 || !are_joined(position, other.position, DISCONTINUITY) {
                return position;
            }
            other.position
        };
        let across = neighbor(Some(x + 1), Some(y)) - neighbor(x.checked_sub(1), Some(y));
        let up = neighbor(Some(x), y.checked_sub(1)) - neighbor(Some(x), Some(y + 1));
        let expected = across
            .cross(up)
            .try_normalize()
            .unwrap_or(-position.normalize());
        differently += usize::from(normal.distance(expected) > 2.0e-3);
        let color: Vec<u16> = vertex[24..]
            .chunks_exact(2)
            .map(|b| u16::from_le_bytes(b.try_into().unwrap()))
            .collect();
        assert_eq!(color[3], u16::MAX);
        let linear = Color::srgb_u8(point.color[0], point.color[1], point.color[2]).to_linear();
        for (value, expected) in color.iter().zip([linear.red, linear.green, linear.blue]) {
            assert!(
                (f32::from(*value) / 65535.0 - expected).abs() < 1.0e-4,
                "{color:?} for {linear:?}"
            );
        }
    }
    assert_eq!(differently, 0, "normals");
}

/// What a camera sees.
pub(crate) fn picture(
    app: &mut App,
    name: &str,
    (width, height): (u32, u32),
    camera: Transform,
) -> Vec<u8> {
    let image = render_target(app, width, height);
    let camera = app
        .world_mut()
        .spawn((
            Camera3d::default(),
            Camera {
                clear_color: ClearColorConfig::Custom(Color::BLACK),
                ..default()
            },
            Tonemapping::None,
            Msaa::Off,
            camera,
            target(&image),
        ))
        .id();
    for _ in 0..4 {
        update(app);
    }
    let rgba = read_image(app, image);
    keep_picture(name, width, height, &rgba);
    app.world_mut().despawn(camera);
    rgba
}

fn lit(rgba: &[u8]) -> usize {
    rgba.chunks_exact(4)
        .filter(|p| p[..3].iter().any(|&c| c > 0))
        .count()
}

#[test]
fn surfaces_are_drawn_by_any_material() {
    let mut app = rendering_app();
    let surface = spawn_surface(
        &mut app,
        test_sensor(),
        SurfaceMesh {
            color: PointColor::Flat(Color::srgb_u8(0, 200, 0)),
            ..default()
        },
    );
    let side = (300, 300);
    let from_front = Transform::IDENTITY;
    let unlit = picture(&mut app, "surface-flat.png", side, from_front);
    let green = unlit
        .chunks_exact(4)
        .filter(|p| p[0] == 0 && p[1].abs_diff(200) <= 1 && p[2] == 0)
        .count();
    assert!(green > 80_000, "{green} of 90000 pixels are the surface");

    // Under a light, the brightness depends on the normals.
    app.world_mut()
        .get_mut::<SurfaceMesh>(surface)
        .unwrap()
        .shading = SurfaceShading::Lit;
    app.world_mut().spawn((
        DirectionalLight {
            illuminance: 5_000.0,
            ..default()
        },
        Transform::default().looking_at(Vec3::new(-0.5, -0.7, -1.0), Vec3::Y),
    ));
    let shaded = picture(&mut app, "surface-lit.png", side, from_front);
    let greens: std::collections::BTreeSet<u8> = shaded
        .chunks_exact(4)
        .map(|p| p[1])
        .filter(|&g| g > 0)
        .collect();
    assert!(greens.len() > 3, "shades {greens:?}");

    // A material of the app's own, which a change of the settings leaves alone.
    let red = app
        .world_mut()
        .resource_mut::<Assets<StandardMaterial>>()
        .add(StandardMaterial {
            base_color: Color::srgb(1.0, 0.0, 0.0),
            unlit: true,
            cull_mode: None,
            ..default()
        });
    app.world_mut()
        .get_mut::<SurfaceMesh>(surface)
        .unwrap()
        .color = PointColor::Flat(Color::WHITE);
    app.world_mut()
        .get_mut::<SurfaceMesh>(surface)
        .unwrap()
        .shading = SurfaceShading::Custom;
    app.world_mut()
        .entity_mut(surface)
        .insert(MeshMaterial3d(red.clone()));
    let own = picture(&mut app, "surface-own-material.png", side, from_front);
    let reds = own
        .chunks_exact(4)
        .filter(|p| p[..3] == [255, 0, 0])
        .count();
    assert!(reds > 80_000, "{reds} of 90000 pixels");
    assert_eq!(
        app.world()
            .get::<MeshMaterial3d<StandardMaterial>>(surface)
            .unwrap()
            .0,
        red
    );

    app.world_mut().entity_mut(surface).remove::<SurfaceMesh>();
    update(&mut app);
    assert!(app.world().get::<SurfaceBuffers>(surface).is_none());
    assert!(app.world().get::<Mesh3d>(surface).is_none());
    let nothing = picture(&mut app, "surface-gone.png", side, from_front);
    assert_eq!(lit(&nothing), 0);
}

#[test]
fn clouds_become_surfaces_and_back() {
    let mut app = rendering_app();
    let entity = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    wait_for_points(&mut app, entity);
    for _ in 0..3 {
        app.world_mut()
            .entity_mut(entity)
            .remove::<PointCloud>()
            .insert(SurfaceMesh::default());
        wait_for_points(&mut app, entity);
        assert!(!triangles_of(&mut app, entity).is_empty());
        let rgba = picture(
            &mut app,
            "became-a-surface.png",
            (200, 200),
            Transform::IDENTITY,
        );
        assert!(lit(&rgba) > 30_000);
        app.world_mut()
            .entity_mut(entity)
            .remove::<SurfaceMesh>()
            .insert(PointCloud::default());
        wait_for_points(&mut app, entity);
        assert!(app.world().get::<SurfaceBuffers>(entity).is_none());
        let rgba = picture(
            &mut app,
            "became-a-cloud.png",
            (200, 200),
            Transform::IDENTITY,
        );
        assert!(lit(&rgba) > 30_000);
    }
}

#[test]
fn a_million_points_and_their_surface() {
    let mut app = rendering_app();
    let settings = SimulationSettings {
        depth_mode: DepthMode::WfovUnbinned,
        frame_rate: FrameRate::Fps15,
        ..default()
    };
    let sensor = app
        .world_mut()
        .spawn((
            KinectSensor::new(SensorSource::Simulation(settings)),
            PointCloud::default(),
        ))
        .id();
    wait_for_points(&mut app, sensor);
    let buffer = app.world().get::<PointCloudBuffer>(sensor).unwrap();
    assert_eq!((buffer.width, buffer.height), (1024, 1024));
    let view = Transform::from_xyz(1.2, 0.8, 0.5).looking_at(Vec3::new(0.0, 0.0, -2.0), Vec3::Y);
    let rgba = picture(&mut app, "wfov-cloud.png", (800, 600), view);
    assert!(lit(&rgba) > 100_000, "{}", lit(&rgba));
    app.world_mut()
        .entity_mut(sensor)
        .remove::<PointCloud>()
        .insert(SurfaceMesh::default());
    wait_for_points(&mut app, sensor);
    let rgba = picture(&mut app, "wfov-surface.png", (800, 600), view);
    assert!(lit(&rgba) > 100_000, "{}", lit(&rgba));
}

/// The same moment as a cloud, without and with hidden colours, and as a surface.
fn gallery(app: &mut App, sensor: Entity, name: &str, views: &[(&str, Transform)]) {
    let bleeding = PointColor::Camera {
        unseen: Color::srgb(0.25, 0.25, 0.25),
        hidden: HiddenColor::Bleed,
    };
    let surface = |shading, color| SurfaceMesh {
        shading,
        color,
        ..default()
    };
    let clean = PointFilter {
        flying_pixels: Some(DISCONTINUITY),
        ..default()
    };
    let size = (900, 700);
    for (view, camera) in views {
        let shoot = |app: &mut App, kind: &str| {
            wait_for_points(app, sensor);
            let rgba = picture(app, &format!("{name}-{kind}-{view}.png"), size, *camera);
            assert!(lit(&rgba) > 50_000, "{kind} from {view}");
        };
        let mut entity = app.world_mut().entity_mut(sensor);
        entity.remove::<SurfaceMesh>().insert(PointCloud::default());
        shoot(app, "cloud");
        app.world_mut()
            .get_mut::<PointCloud>(sensor)
            .unwrap()
            .filter = clean;
        shoot(app, "clean");
        let mut cloud = app.world_mut().get_mut::<PointCloud>(sensor).unwrap();
        cloud.color = bleeding;
        cloud.filter.density = 3;
        shoot(app, "bleeding-every-third");
        let mut entity = app.world_mut().entity_mut(sensor);
        entity
            .remove::<PointCloud>()
            .insert(surface(SurfaceShading::Unlit, PointColor::default()));
        shoot(app, "surface");
        *app.world_mut().get_mut::<SurfaceMesh>(sensor).unwrap() = surface(
            SurfaceShading::Lit,
            PointColor::Flat(Color::srgb(0.8, 0.75, 0.7)),
        );
        shoot(app, "lit");
    }
}

#[test]
#[ignore = "minutes on a software driver; for people to look at"]
fn pictures_of_the_recording_and_the_simulation() {
    let mut app = rendering_app();
    app.world_mut().spawn((
        DirectionalLight {
            illuminance: 5_000.0,
            ..default()
        },
        Transform::default().looking_at(Vec3::new(-0.5, -0.7, -1.0), Vec3::Y),
    ));
    let looking = |x, y, z, at: f32| {
        Transform::from_xyz(x, y, z).looking_at(Vec3::new(0.0, 0.0, -at), Vec3::Y)
    };
    if let Some(path) = recording("mug-720p-nfov.mkv") {
        let sensor = app.world_mut().spawn(KinectSensor::recording(path)).id();
        let views = [
            ("front", looking(0.05, 0.02, 0.1, 1.5)),
            ("aside", looking(0.35, 0.2, 0.0, 0.8)),
        ];
        gallery(&mut app, sensor, "mug", &views);
        app.world_mut().despawn(sensor);
    }
    let sensor = app.world_mut().spawn(KinectSensor::simulated()).id();
    gallery(
        &mut app,
        sensor,
        "simulation",
        &[("aside", looking(1.5, 0.6, -0.3, 2.2))],
    );
}
