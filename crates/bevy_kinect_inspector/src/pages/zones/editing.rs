//! The chosen zone, and the drag that is under way.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui;
use bevy_kinect_azure::prelude::*;

use super::shape::{Handle, Placed};

/// What is being edited.
#[derive(Resource, Debug)]
pub(crate) struct ZoneEditing {
    /// The zone whose settings and corners are shown.
    pub(crate) selected: Option<Entity>,
    /// Whether zones and their handles are shown in the app's 3D view.
    pub(crate) in_scene: bool,
    /// The drag that is under way.
    pub(crate) grab: Option<Grab>,
}

impl Default for ZoneEditing {
    fn default() -> Self {
        Self {
            selected: None,
            in_scene: true,
            grab: None,
        }
    }
}

/// A handle that is being dragged.
#[derive(Clone, Debug)]
pub(crate) struct Grab {
    /// The control that is dragged.
    pub(crate) control: egui::Id,
    pub(crate) zone: Entity,
    pub(crate) handle: Handle,
    /// The zone when the drag began.
    pub(crate) before: Placed,
    /// The point on the floor at which the drag began.
    pub(crate) from: Vec2,
}

/// All zones.
#[derive(SystemParam)]
pub(crate) struct Zones<'w, 's> {
    pub(crate) zones: Query<
        'w,
        's,
        (
            Entity,
            Option<&'static Name>,
            &'static mut BodyZone,
            &'static mut Transform,
            &'static ZoneOccupants,
            Option<&'static ChildOf>,
        ),
    >,
    places: Query<'w, 's, &'static GlobalTransform>,
}

impl Zones<'_, '_> {
    /// The zones in the order in which they were spawned.
    pub(crate) fn list(&self) -> Vec<Entity> {
        let mut zones: Vec<Entity> = self.zones.iter().map(|(zone, ..)| zone).collect();
        zones.sort_by_key(|zone| zone.index_u32());
        zones
    }

    pub(crate) fn name(&self, zone: Entity) -> String {
        match self.zones.get(zone) {
            Ok((_, Some(name), ..)) if !name.trim().is_empty() => name.to_string(),
            _ => format!("Zone {zone}"),
        }
    }

    pub(crate) fn is_occupied(&self, zone: Entity) -> bool {
        self.zones
            .get(zone)
            .is_ok_and(|(_, _, _, _, occupants, _)| !occupants.is_empty())
    }

    /// Where a zone is, and its shape.
    pub(crate) fn placed(&self, zone: Entity) -> Option<Placed> {
        let (_, _, settings, transform, _, parent) = self.zones.get(zone).ok()?;
        let parent = parent.and_then(|parent| self.places.get(parent.parent()).ok());
        Some(Placed {
            transform: *transform,
            parent: parent.map(GlobalTransform::affine).unwrap_or_default(),
            volume: settings.volume.clone(),
        })
    }

    /// Moves and resizes a zone.
    pub(crate) fn place(&mut self, zone: Entity, placed: Placed) {
        let Ok((_, _, mut settings, mut transform, ..)) = self.zones.get_mut(zone) else {
            return;
        };
        transform.set_if_neq(placed.transform);
        if settings.volume != placed.volume {
            settings.volume = placed.volume;
        }
    }
}
