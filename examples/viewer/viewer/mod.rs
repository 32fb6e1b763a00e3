//! The viewer as a plugin, so that tests operate the same app.
//!
//! - [`options`]: the command line; [`sources`]: the sources that can be shown, and switching between them; [`words`]:
//!   states in words.
//! - [`scene`]: the sensor and the cameras; [`skeletons`].
//! - [`layout`]: the places of panel, images, figures and keys; [`panel`]: the panel on the left; [`images`];
//!   [`status`]: figures and notices; [`help`]: the message while nothing can be shown; [`keys`].

mod help;
mod images;
mod keys;
mod layout;
mod options;
mod panel;
mod scene;
mod skeletons;
mod sources;
mod status;
mod words;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::legend::LegendPlugin;
use kinect_app_support::orbit::{OrbitPlugin, PlaceCameras};
use kinect_app_support::pace::{Pace, PacePlugin};
use kinect_app_support::plot::PlotPlugin;
use kinect_app_support::skeletons::make_look;
use kinect_app_support::upright::stand_upright;
use kinect_app_support::widgets::{WidgetPlugin, WidgetSystems};
use kinect_app_support::{FitPlugin, style};

pub(crate) use options::Options;
pub(crate) use scene::Scene;

/// The viewer, for an app that has Bevy's default plugins.
pub(crate) struct ViewerPlugin(pub(crate) Options);

impl Plugin for ViewerPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((
            KinectAzurePlugin,
            FitPlugin,
            LegendPlugin,
            OrbitPlugin,
            PlotPlugin,
            WidgetPlugin,
        ))
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(skeletons::ShowSkeletons(true))
        .insert_resource(scene::start_orbit(self.0.view))
        .insert_resource(sources::Sources::new(&self.0))
        .insert_resource(self.0.clone())
        .init_resource::<layout::Layout>()
        .init_resource::<sources::SourceList>()
        .insert_resource(self.0.tab)
        .init_resource::<help::Examination>()
        .add_observer(panel::choose_tab)
        .add_observer(panel::sources::click)
        .add_observer(panel::modes::step)
        .add_observer(panel::colors::moved)
        .add_observer(panel::colors::clicked)
        .add_observer(panel::colors::stepped)
        .add_observer(panel::record::click)
        .add_systems(
            Startup,
            (
                scene::spawn_sensor,
                scene::spawn_cameras,
                layout::spawn,
                make_look,
                skeletons::spawn,
            )
                .chain(),
        )
        .add_systems(
            Update,
            (
                keys::press.before(WidgetSystems::Operate),
                sources::watch,
                sources::apply,
                sources::retry,
                help::examine,
            )
                .chain(),
        )
        .add_systems(
            Update,
            (
                (stand_upright, scene::frame, skeletons::place)
                    .chain()
                    .before(PlaceCameras),
                (
                    layout::arrange,
                    panel::show_pages,
                    panel::sources::show,
                    panel::state,
                    panel::modes::show,
                    panel::colors::show,
                    panel::motion::show,
                    panel::motion::show_floor,
                    panel::record::show,
                    images::fit,
                    status::show,
                    status::legend,
                    help::show,
                )
                    .after(WidgetSystems::Operate)
                    .before(WidgetSystems::Draw),
            ),
        );
        // A picture shows every point, on every computer.
        if self.0.show.screenshot.is_none() {
            app.add_plugins(PacePlugin);
        } else {
            app.init_resource::<Pace>();
        }
    }
}
