//! Rows of sensors, body tracking and outputs in Bevy's diagnostics, as Bevy's overlay shows them.

use bevy::dev_tools::diagnostics_overlay::{
    DiagnosticsOverlay, DiagnosticsOverlayItem, DiagnosticsOverlayPlugin,
    DiagnosticsOverlayStatistic,
};
use bevy::diagnostic::{DiagnosticPath, DiagnosticsStore};
use bevy::prelude::*;
use bevy::render::diagnostic::RenderDiagnosticsPlugin;
use bevy_kinect_azure::prelude::*;

use crate::bodies::two_people;
use crate::support::*;

const SCREEN: UVec2 = UVec2::new(640, 480);

/// The newest value of a row; `None` for a row that is missing or has none.
fn value(world: &World, path: &DiagnosticPath) -> Option<f64> {
    let store = world.resource::<DiagnosticsStore>();
    store.get(path)?.value()
}

/// The texts that are shown, in the order in which they were spawned.
fn texts(world: &mut World) -> Vec<String> {
    let mut texts: Vec<_> = world
        .query::<(Entity, &Text)>()
        .iter(world)
        .map(|(entity, text)| (entity, text.0.clone()))
        .collect();
    texts.sort();
    texts.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn bevys_overlay_shows_the_rows_of_sensor_tracker_and_output() {
    let mut app = rendering_app_with(|app| {
        app.add_plugins((DiagnosticsOverlayPlugin, RenderDiagnosticsPlugin));
    });
    let screen = render_target(&mut app, SCREEN.x, SCREEN.y);
    app.world_mut()
        .spawn((Camera2d, IsDefaultUiCamera, Msaa::Off, target(&screen)));
    let sensor = app.world_mut().spawn((test_sensor(), two_people())).id();
    let output = app
        .world_mut()
        .spawn((ImageOutput::new(ImageKind::Depth), ImageOutputOf(sensor)))
        .id();
    let paths: Vec<_> = [
        SensorDiagnostics::paths(sensor),
        SensorDiagnostics::body_tracking_paths(sensor),
        OutputDiagnostics::paths(output),
    ]
    .concat();
    let expected = 5 + 9 + 4;
    assert_eq!(paths.len(), expected);
    // The GPU's time is measured only where its driver has timestamps.
    let gpu_time = DiagnosticPath::new(format!("kinect/output/{output}/gpu_time"));
    assert!(paths.contains(&gpu_time));
    update_until(&mut app, "a value in each row", |world| {
        let mut others = paths.iter().filter(|path| **path != gpu_time);
        others.all(|path| value(world, path).is_some())
            && world
                .get::<SensorDiagnostics>(sensor)
                .is_some_and(|figures| figures.bodytracking_rate > 0.0 && figures.frame_rate > 0.0)
    });

    let item = |path: &DiagnosticPath| DiagnosticsOverlayItem {
        path: path.clone(),
        statistic: DiagnosticsOverlayStatistic::Value,
        precision: 1,
    };
    app.world_mut().spawn(DiagnosticsOverlay::new(
        "Kinect",
        paths.iter().map(item).collect(),
    ));
    update_until(&mut app, "the overlay", |world| {
        texts(world).len() > 2 * expected
    });
    let shown = texts(app.world_mut());
    for path in &paths {
        assert!(
            shown.iter().any(|text| text == path.as_str()),
            "{path}: {shown:?}"
        );
    }
    assert!(!shown.iter().any(|text| text == "Missing"), "{shown:?}");
    assert!(
        shown.iter().any(|text| text == "2.0"),
        "two people: {shown:?}"
    );
    assert!(
        shown.iter().filter(|text| text.ends_with(" fps")).count() == 2,
        "two rates: {shown:?}"
    );

    for _ in 0..4 {
        update(&mut app);
    }
    let pixels = read_image(&mut app, screen);
    keep_picture("diagnostics_overlay.png", SCREEN.x, SCREEN.y, &pixels);
    let bright = pixels
        .chunks_exact(4)
        .filter(|pixel| pixel[0] > 150)
        .count();
    assert!(
        bright > 1000,
        "the overlay's text has {bright} bright pixels"
    );
}

#[test]
fn rows_end_with_their_entities_and_rows_that_are_off_are_not_measured() {
    let mut app = rendering_app();
    let sensor = app.world_mut().spawn((test_sensor(), two_people())).id();
    let output = app
        .world_mut()
        .spawn((ImageOutput::new(ImageKind::Depth), ImageOutputOf(sensor)))
        .id();
    let of_bodies = SensorDiagnostics::body_tracking_paths(sensor);
    let of_sensor = SensorDiagnostics::paths(sensor);
    let of_output = OutputDiagnostics::paths(output);
    update_until(&mut app, "people", |world| {
        value(world, &of_bodies[1]) == Some(2.0) && value(world, &of_output[0]).is_some()
    });

    let measurements = |app: &App, path: &DiagnosticPath| {
        let store = app.world().resource::<DiagnosticsStore>();
        let row = store.get(path).expect("the row is in the store");
        (row.is_enabled, row.history_len())
    };
    let mut store = app.world_mut().resource_mut::<DiagnosticsStore>();
    let rate = store.get_mut(&of_sensor[0]).unwrap();
    rate.is_enabled = false;
    rate.clear_history();
    for _ in 0..3 {
        update(&mut app);
    }
    assert_eq!(measurements(&app, &of_sensor[0]), (false, 0));
    assert!(measurements(&app, &of_sensor[1]).1 > 0);

    app.world_mut().entity_mut(sensor).remove::<BodyTracking>();
    update(&mut app);
    for path in &of_bodies {
        assert_eq!(measurements(&app, path), (false, 0), "{path}");
    }
    assert!(measurements(&app, &of_sensor[1]).1 > 0);
    // A sensor that tracks people again has its rows again.
    app.world_mut().entity_mut(sensor).insert(two_people());
    update_until(&mut app, "people again", |world| {
        value(world, &of_bodies[1]) == Some(2.0)
    });

    // The outputs of a sensor go with it.
    app.world_mut().despawn(sensor);
    update(&mut app);
    for path in of_sensor.iter().chain(&of_bodies).chain(&of_output) {
        assert_eq!(measurements(&app, path), (false, 0), "{path}");
    }
}
