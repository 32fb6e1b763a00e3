//! Tests of points that are read back to the CPU and saved to files.

use std::path::PathBuf;
use std::sync::Arc;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use super::clouds::*;
use super::surfaces::spawn_surface;
use crate::support::*;

/// The answers to requests, in order.
#[derive(Resource, Default)]
struct Answers(Vec<PointsReady>);

fn keep_answers(app: &mut App) {
    app.init_resource::<Answers>();
    app.add_observer(|ready: On<PointsReady>, mut answers: ResMut<Answers>| {
        answers.0.push(ready.event().clone());
    });
}

fn answer(app: &mut App) -> Result<Arc<Points>, PointsError> {
    update_until(app, "an answer", |world| {
        !world.resource::<Answers>().0.is_empty()
    });
    app.world_mut().resource_mut::<Answers>().0.remove(0).points
}

fn next_saved(app: &mut App) -> PointsSaved {
    let mut saved = None;
    update_until(app, "saving", |world| {
        saved = world.resource_mut::<Messages<PointsSaved>>().drain().next();
        saved.is_some()
    });
    saved.unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("clouds");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

#[test]
fn points_are_copied_to_the_cpu_when_asked_for() {
    let mut app = rendering_app();
    keep_answers(&mut app);
    let hidden = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default(), Visibility::Hidden))
        .id();
    let seen = points_of(&mut app, hidden);
    app.world_mut().trigger(RequestPoints { cloud: hidden });
    let points = answer(&mut app).unwrap();
    assert_eq!((points.width, points.height), (WIDTH, HEIGHT));
    for (point, seen) in points.grid.iter().zip(&seen) {
        assert_eq!(point.position, seen.position);
        assert_eq!(point.color, seen.color);
    }
    let existing = seen.iter().filter(|p| p.color[3] != 0).count();
    assert_eq!(points.iter().count(), existing);
    // Each request gets one answer, and no entity is left.
    for _ in 0..10 {
        update(&mut app);
    }
    assert!(app.world().resource::<Answers>().0.is_empty());
    let before = app.world().entities().count_spawned();
    app.world_mut().trigger(RequestPoints { cloud: hidden });
    answer(&mut app).unwrap();
    for _ in 0..3 {
        update(&mut app);
    }
    assert_eq!(app.world().entities().count_spawned(), before);
}

#[test]
fn points_are_saved_as_ply() {
    let mut app = rendering_app();
    let surface = spawn_surface(
        &mut app,
        test_sensor(),
        SurfaceMesh {
            filter: PointFilter {
                density: 2,
                ..default()
            },
            ..default()
        },
    );
    let points = points_of(&mut app, surface);
    let path = scratch("points.ply");
    std::fs::write(&path, "what was there before").unwrap();
    app.world_mut().trigger(SavePoints {
        cloud: surface,
        path: path.clone(),
    });
    let saved = next_saved(&mut app);
    let existing: Vec<&Seen> = points.iter().filter(|p| p.color[3] != 0).collect();
    assert_eq!(saved.result.unwrap(), existing.len());
    assert_eq!((saved.cloud, &saved.path), (surface, &path));

    let file = std::fs::read(&path).unwrap();
    let end = b"end_header\n";
    let header_end = file.windows(end.len()).position(|w| w == end).unwrap() + end.len();
    let header = std::str::from_utf8(&file[..header_end]).unwrap();
    assert!(header.starts_with("ply\nformat binary_little_endian 1.0\n"));
    assert!(header.contains(&format!("element vertex {}\n", existing.len())));
    let properties: Vec<&str> = header
        .lines()
        .filter_map(|line| line.strip_prefix("property "))
        .collect();
    assert_eq!(
        properties,
        [
            "float x",
            "float y",
            "float z",
            "uchar red",
            "uchar green",
            "uchar blue"
        ]
    );
    let data = &file[header_end..];
    assert_eq!(data.len(), existing.len() * 15);
    for (bytes, point) in data.chunks_exact(15).zip(&existing) {
        assert_eq!(Vec3::from_slice(&floats(&bytes[..12])), point.position);
        assert_eq!(bytes[12..], point.color[..3]);
    }
}

#[test]
fn what_cannot_be_saved_or_copied_says_why() {
    let mut app = rendering_app();
    keep_answers(&mut app);
    let sensor = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    wait_for_points(&mut app, sensor);
    let save = |app: &mut App, cloud: Entity, path: PathBuf| {
        app.world_mut().trigger(SavePoints { cloud, path });
    };

    let path = scratch("no-such-folder").join("points.ply");
    save(&mut app, sensor, path.clone());
    let error = next_saved(&mut app).result.unwrap_err();
    assert!(matches!(error, PointsError::File { .. }));
    let text = error.to_string();
    assert!(
        text.contains(path.to_str().unwrap()) && text.contains("folder exists"),
        "{text}"
    );
    // A folder has the name of the file, so saving fails, and no partial file is left.
    let folder = scratch("a-folder.ply");
    std::fs::create_dir_all(&folder).unwrap();
    save(&mut app, sensor, folder.clone());
    assert!(next_saved(&mut app).result.is_err());
    assert!(!scratch("a-folder.ply.part").exists());
    if std::path::Path::new("/dev/full").exists() {
        // The name of the unfinished file is a link to a full disk.
        let full = scratch("full.ply");
        let part = scratch("full.ply.part");
        let _ = std::fs::remove_file(&part);
        #[cfg(unix)]
        std::os::unix::fs::symlink("/dev/full", &part).unwrap();
        save(&mut app, sensor, full.clone());
        let error = next_saved(&mut app).result.unwrap_err();
        assert!(error.to_string().contains("room"), "{error}");
        assert!(!full.exists() && !part.exists());
    }

    // The entity has no cloud.
    let nothing = app.world_mut().spawn_empty().id();
    app.world_mut().trigger(RequestPoints { cloud: nothing });
    assert!(matches!(answer(&mut app), Err(PointsError::NoPoints)));
    save(&mut app, nothing, scratch("nothing.ply"));
    let saved = next_saved(&mut app);
    assert!(matches!(saved.result, Err(PointsError::NoPoints)));

    // The cloud is despawned while it is copied.
    app.world_mut().trigger(RequestPoints { cloud: sensor });
    save(&mut app, sensor, scratch("gone.ply"));
    app.world_mut().despawn(sensor);
    let saved = next_saved(&mut app);
    assert!(matches!(saved.result, Err(PointsError::CloudGone)));
    assert!(!scratch("gone.ply").exists());
    for _ in 0..10 {
        update(&mut app);
    }

    // The app has no renderer.
    let mut app = headless_app();
    keep_answers(&mut app);
    let sensor = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    update(&mut app);
    app.world_mut().trigger(RequestPoints { cloud: sensor });
    assert!(matches!(answer(&mut app), Err(PointsError::NoRenderer)));
    save(&mut app, sensor, scratch("headless.ply"));
    let saved = next_saved(&mut app);
    assert!(matches!(saved.result, Err(PointsError::NoRenderer)));
}
