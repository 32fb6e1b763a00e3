//! The panel: showing and hiding it, its pages, its size, and input that stays the app's.

use bevy::input::ButtonState;
use bevy::input::mouse::{AccumulatedMouseScroll, MouseWheel};
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::bevy_egui::{EguiContext, EguiPrimaryContextPass, PrimaryEguiContext};
use bevy_kinect_inspector::{KinectInspector, Page, inspector_wants_keyboard};

use super::hand::{
    button, click, click_at, drag, key, key_state, key_with, point, reveal, wheel, write,
};
use super::screen::{controls, find, get, says};
use super::stage::{inspected, inspected_with, settle};
use crate::support::update;

fn inspector(app: &App) -> &KinectInspector {
    app.world().resource::<KinectInspector>()
}

fn contexts(app: &mut App) -> usize {
    let mut contexts = app.world_mut().query::<&EguiContext>();
    contexts.iter(app.world()).count()
}

#[test]
fn a_key_shows_and_hides_the_panel_and_hidden_there_is_no_context() {
    let mut app = inspected(Page::Sensors);
    assert_eq!(contexts(&mut app), 1);
    assert!(find(&mut app, "Add a simulation").is_some());
    key(&mut app, KeyCode::F1);
    assert!(!inspector(&app).shown);
    assert_eq!(contexts(&mut app), 0);
    key(&mut app, KeyCode::F1);
    assert!(inspector(&app).shown);
    assert_eq!(contexts(&mut app), 1);
    click(&mut app, "Hide the inspector");
    assert!(!inspector(&app).shown);
}

#[test]
fn every_page_is_chosen_by_its_title_and_by_keys() {
    let mut app = inspected_with(Page::Sensors, UVec2::new(1280, 720), |app| {
        app.world_mut().spawn(KinectSensor::default());
    });
    for page in Page::ALL.into_iter().rev() {
        click(&mut app, page.title());
        assert_eq!(inspector(&app).page, page);
        assert!(!says(&mut app, "cannot be shown"), "{page:?}");
    }
    point(&mut app, Vec2::new(60.0, 600.0));
    key_with(&mut app, KeyCode::ControlLeft, KeyCode::PageDown);
    assert_eq!(inspector(&app).page, Page::Device);
    key_with(&mut app, KeyCode::ControlLeft, KeyCode::PageUp);
    assert_eq!(inspector(&app).page, Page::Sensors);
}

#[test]
fn every_page_shows_something_without_any_sensor() {
    let mut app = inspected(Page::Sensors);
    for page in Page::ALL {
        app.world_mut().resource_mut::<KinectInspector>().page = page;
        settle(&mut app);
        assert!(!says(&mut app, "cannot be shown"), "{page:?}");
        assert!(controls(&mut app).len() > 20, "{page:?}");
    }
}

#[test]
fn a_sensor_that_is_despawned_while_a_page_shows_it_leaves_every_page_whole() {
    for page in Page::ALL {
        let mut app = inspected_with(page, UVec2::new(1280, 720), |app| {
            app.world_mut().spawn((
                KinectSensor::default(),
                BodyTracking::default(),
                PointCloud::default(),
            ));
        });
        let sensor = inspector(&app).sensor.unwrap();
        app.world_mut().entity_mut(sensor).despawn();
        settle(&mut app);
        assert_eq!(inspector(&app).sensor, None);
        assert!(!says(&mut app, "cannot be shown"), "{page:?}");
    }
}

#[test]
fn the_width_is_dragged_and_stays_within_its_limits() {
    let mut app = inspected(Page::Sensors);
    let edge = get(&mut app, "Width of the panel").place.center();
    drag(&mut app, edge, edge + Vec2::X * 200.0);
    assert!((inspector(&app).width - 680.0).abs() < 5.0);
    let edge = get(&mut app, "Width of the panel").place.center();
    drag(&mut app, edge, Vec2::new(3.0, 300.0));
    let narrowest = inspector(&app).width;
    assert!(narrowest > 300.0, "{narrowest}");
    app.world_mut().resource_mut::<KinectInspector>().width = f32::NAN;
    settle(&mut app);
    assert!(find(&mut app, "Add a simulation").is_some());
}

#[test]
fn letters_grow_with_high_windows_and_by_the_apps_scale() {
    let height = |app: &mut App| get(app, "Sensors").place.height();
    let mut small = inspected(Page::Sensors);
    let normal = height(&mut small);
    let mut large = inspected_with(Page::Sensors, UVec2::new(3840, 2160), |_| {});
    settle(&mut large);
    assert!((height(&mut large) / normal - 2.0).abs() < 0.05);
    small.world_mut().resource_mut::<KinectInspector>().scale = Some(1.5);
    settle(&mut small);
    assert!((height(&mut small) / normal - 1.5).abs() < 0.05);
}

/// What the app gets of mouse and keys.
#[derive(Resource, Default, Debug)]
struct OfApp {
    clicks: u32,
    wheel: f32,
    keys: u32,
    /// Updates in which the run condition left the keys to the app.
    free: u32,
}

fn count(
    buttons: Res<ButtonInput<MouseButton>>,
    keys: Res<ButtonInput<KeyCode>>,
    scroll: Res<AccumulatedMouseScroll>,
    mut turned: MessageReader<MouseWheel>,
    mut of_app: ResMut<OfApp>,
) {
    of_app.clicks += u32::from(buttons.just_pressed(MouseButton::Left));
    of_app.keys += u32::from(keys.just_pressed(KeyCode::KeyW));
    of_app.wheel += scroll.delta.y.abs() + turned.read().map(|m| m.y.abs()).sum::<f32>();
}

fn app_with_keys(page: Page) -> App {
    let mut app = inspected_with(page, UVec2::new(1280, 720), |app| {
        app.init_resource::<OfApp>().add_systems(
            Update,
            (
                count,
                (|mut of_app: ResMut<OfApp>| of_app.free += 1)
                    .run_if(not(inspector_wants_keyboard)),
            ),
        );
        app.world_mut().spawn(KinectSensor::default());
    });
    *app.world_mut().resource_mut::<OfApp>() = OfApp::default();
    app
}

#[test]
fn the_app_gets_the_pointer_outside_of_the_panel_and_not_over_it() {
    let mut app = app_with_keys(Page::Sensors);
    click_at(&mut app, Vec2::new(1000.0, 300.0));
    wheel(&mut app, 1.0);
    let of_app = app.world().resource::<OfApp>();
    assert_eq!((of_app.clicks, of_app.wheel), (1, 2.0));
    click_at(&mut app, Vec2::new(300.0, 650.0));
    wheel(&mut app, 1.0);
    let of_app = app.world().resource::<OfApp>();
    assert_eq!((of_app.clicks, of_app.wheel), (1, 2.0));
    // An app that asks itself gets everything.
    app.world_mut()
        .resource_mut::<KinectInspector>()
        .absorb_input = false;
    click_at(&mut app, Vec2::new(300.0, 650.0));
    assert_eq!(app.world().resource::<OfApp>().clicks, 2);
}

#[test]
fn a_drag_that_began_in_the_app_stays_the_apps_until_it_reaches_the_panel() {
    let mut app = app_with_keys(Page::Sensors);
    point(&mut app, Vec2::new(1000.0, 300.0));
    button(&mut app, ButtonState::Pressed);
    point(&mut app, Vec2::new(900.0, 300.0));
    let buttons = app.world().resource::<ButtonInput<MouseButton>>();
    assert!(buttons.pressed(MouseButton::Left));
    button(&mut app, ButtonState::Released);
}

#[test]
fn the_app_gets_keys_unless_a_control_has_the_focus() {
    let mut app = app_with_keys(Page::Sensors);
    point(&mut app, Vec2::new(1000.0, 300.0));
    key(&mut app, KeyCode::KeyW);
    // Tab belongs to the app while the pointer is over the app.
    key(&mut app, KeyCode::Tab);
    key(&mut app, KeyCode::KeyW);
    assert_eq!(app.world().resource::<OfApp>().keys, 2);
    let name = reveal(&mut app, "Name");
    click_at(&mut app, name.place.center());
    write(&mut app, "w");
    key(&mut app, KeyCode::KeyW);
    assert_eq!(app.world().resource::<OfApp>().keys, 2);
    key(&mut app, KeyCode::Escape);
    point(&mut app, Vec2::new(1000.0, 300.0));
    key(&mut app, KeyCode::KeyW);
    assert_eq!(app.world().resource::<OfApp>().keys, 3);
}

#[test]
fn shift_and_the_key_give_the_panel_the_focus_and_tab_moves_it() {
    let mut app = app_with_keys(Page::Sensors);
    point(&mut app, Vec2::new(1000.0, 300.0));
    key_with(&mut app, KeyCode::ShiftLeft, KeyCode::F1);
    assert!(inspector(&app).shown);
    // From the page's title to the one below it.
    key(&mut app, KeyCode::Tab);
    key(&mut app, KeyCode::Enter);
    assert_eq!(inspector(&app).page, Page::Device);
    let free = app.world().resource::<OfApp>().free;
    update(&mut app);
    assert_eq!(app.world().resource::<OfApp>().free, free);
}

#[test]
fn a_letter_as_key_is_typed_into_a_field_and_does_not_hide_the_panel() {
    let mut app = app_with_keys(Page::Sensors);
    app.world_mut().resource_mut::<KinectInspector>().key = Some(KeyCode::KeyI);
    click(&mut app, "Name");
    write(&mut app, "i");
    assert!(inspector(&app).shown);
    key(&mut app, KeyCode::Escape);
    key_state(&mut app, KeyCode::KeyI, ButtonState::Pressed);
    assert!(!inspector(&app).shown);
}

#[test]
fn an_app_with_egui_of_its_own_shares_its_context() {
    use bevy_kinect_inspector::bevy_egui::{EguiContexts, egui};
    let mut app = inspected_with(Page::Sensors, UVec2::new(1280, 720), |app| {
        let mut cameras = app.world_mut().query_filtered::<Entity, With<Camera3d>>();
        let camera = cameras.single(app.world()).unwrap();
        app.world_mut()
            .entity_mut(camera)
            .insert(PrimaryEguiContext);
        app.add_systems(EguiPrimaryContextPass, |mut contexts: EguiContexts| {
            let Ok(ctx) = contexts.ctx_mut() else {
                return;
            };
            egui::Window::new("Of the app")
                .default_pos([700.0, 100.0])
                .show(ctx, |ui| ui.button("A button of the app"));
        });
    });
    settle(&mut app);
    assert_eq!(contexts(&mut app), 1);
    assert!(find(&mut app, "A button of the app").is_some());
    assert!(find(&mut app, "Add a simulation").is_some());
    key(&mut app, KeyCode::F1);
    assert!(find(&mut app, "A button of the app").is_some());
    assert!(find(&mut app, "Add a simulation").is_none());
}

#[test]
fn the_panel_goes_with_its_camera() {
    let mut app = inspected(Page::Sensors);
    let mut cameras = app.world_mut().query_filtered::<Entity, With<Camera>>();
    let camera = cameras.single(app.world()).unwrap();
    app.world_mut().entity_mut(camera).despawn();
    settle(&mut app);
    assert_eq!(contexts(&mut app), 0);
    let hidden = Camera {
        is_active: false,
        ..default()
    };
    app.world_mut().spawn((Camera2d, hidden));
    app.world_mut().spawn(Camera2d);
    settle(&mut app);
    assert_eq!(contexts(&mut app), 1);
    assert!(find(&mut app, "Add a simulation").is_some());
}
