//! Which entity has which settings: the model of the file beside the entities that are there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::asset::AssetServer;
use bevy::ecs::change_detection::Tick;
use bevy::ecs::entity::EntityHashMap;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::DeviceSelector;
use bevy_kinect_azure::prelude::*;

use crate::components::{DoNotSave, SaveEntity};
use crate::kept::{KeptType, KeptTypes, Place};
use crate::model::{Model, Section, Spawned, Values};
use crate::values;

/// The time without changes after which they are saved.
const QUIET: Duration = Duration::from_millis(600);
/// Changes that never pause are saved after this time.
const MOST: Duration = Duration::from_secs(5);

/// The settings, and the entities that have some.
#[derive(Resource, Default)]
pub(crate) struct Keeper {
    pub(crate) model: Model,
    live: EntityHashMap<Live>,
    /// Resources by their types' names: their entities, and the values that the app made.
    resources: HashMap<&'static str, (Entity, Box<dyn Reflect>)>,
    /// When changes were last looked for.
    looked: Option<Tick>,
    pub(crate) unsaved: Unsaved,
    /// What could not be read or written, once each.
    pub(crate) complaints: Complaints,
}

/// An entity that has settings.
struct Live {
    key: String,
    /// What the app made, in the order of the types; `None` for what the app did not make.
    originals: Vec<Option<Box<dyn Reflect>>>,
    /// Which types it had at the last look.
    present: Vec<bool>,
    /// The serial number of its device.
    serial: Option<String>,
    /// It is new, or got another device, since the last look.
    is_unseen: bool,
}

/// Changes that are not saved yet.
#[derive(Default)]
pub(crate) struct Unsaved(Option<(Instant, Instant)>);

impl Unsaved {
    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn add(&mut self) {
        let now = Instant::now();
        let first = self.0.map_or(now, |(first, _)| first);
        self.0 = Some((first, now));
    }

    /// Whether it is time to save them.
    pub(crate) fn are_due(&self) -> bool {
        self.0
            .is_some_and(|(first, last)| last.elapsed() >= QUIET || first.elapsed() >= MOST)
    }

    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }
}

/// Complaints about values.
#[derive(Default)]
pub(crate) struct Complaints {
    pub(crate) new: Vec<String>,
    /// Whether a value of the file cannot be used.
    pub(crate) of_file: bool,
    /// Values that were complained about, which would be told again with each change.
    told: Vec<(String, &'static str)>,
}

impl Complaints {
    fn unreadable(&mut self, key: &str, name: &str, why: &str) {
        self.of_file = true;
        self.new.push(format!(
            "{name} of \"{key}\" in the settings file is not used: {why}"
        ));
    }

    fn unwritable(&mut self, key: &str, name: &'static str, why: &str) {
        let what = (key.to_owned(), name);
        if !self.told.contains(&what) {
            self.new
                .push(format!("{name} of \"{key}\" cannot be saved: {why}"));
            self.told.push(what);
        }
    }
}

/// What is needed to read and write values.
struct Tools {
    types: KeptTypes,
    registry: AppTypeRegistry,
    assets: Option<AssetServer>,
}

impl Tools {
    fn of(world: &World) -> Self {
        Self {
            types: world.resource::<KeptTypes>().clone(),
            registry: world.resource::<AppTypeRegistry>().clone(),
            assets: world.get_resource::<AssetServer>().cloned(),
        }
    }

    /// Writes the value of a text into an entity.
    fn put(
        &self,
        kept: &KeptType,
        entity: &mut EntityWorldMut,
        text: &str,
        original: Option<&dyn Reflect>,
    ) -> Result<(), String> {
        let value = values::read(text, kept.of, &self.registry.read(), self.assets.as_ref())?;
        if kept.put(entity, &*value, original) {
            Ok(())
        } else {
            Err("a field is missing that has no default".to_owned())
        }
    }
}

/// The serial number of the device that a sensor entity has, or is to have.
fn serial_of(entity: EntityRef) -> Option<String> {
    let SensorSource::Device(settings) = &entity.get::<KinectSensor>()?.source else {
        return None;
    };
    match &settings.device {
        DeviceSelector::Serial(serial) => Some(serial.clone()),
        _ => entity.get::<SensorStream>()?.info.serial.clone(),
    }
}

impl Keeper {
    /// Restores the settings of entities that are new, of sensors that have opened another device, and of resources.
    pub(crate) fn meet(&mut self, world: &mut World, mut arrivals: Vec<Entity>) {
        let tools = Tools::of(world);
        self.forget_despawned(world);
        // Entities that were spawned earlier get the smaller numbers.
        arrivals.sort_unstable_by_key(|entity| entity.index_u32());
        arrivals.dedup();
        for entity in arrivals {
            self.meet_entity(world, &tools, entity);
        }
        self.spawn_missing(world, &tools);
        self.meet_resources(world, &tools);
    }

    fn meet_entity(&mut self, world: &mut World, tools: &Tools, entity: Entity) {
        let Ok(found) = world.get_entity(entity) else {
            return;
        };
        if found.contains::<DoNotSave>() {
            return;
        }
        if self.live.contains_key(&entity) {
            self.follow_device(world, tools, entity);
            return;
        }
        let types = &tools.types.0;
        let mut originals: Vec<_> = types.iter().map(|kept| kept.value_on(found)).collect();
        let present: Vec<_> = originals.iter().map(Option::is_some).collect();
        let mut marks = types.iter().zip(&present);
        let Some((mark, _)) = marks.find(|(kept, present)| **present && kept.is_mark) else {
            return;
        };
        let name = found.get::<Name>().map(Name::as_str);
        let key = if found.contains::<SaveEntity>() {
            originals.fill_with(|| None);
            self.free_key(name, &format!("added {}", mark.name))
        } else {
            self.free_key(name, mark.name)
        };
        let live = Live {
            key,
            originals,
            present: vec![false; present.len()],
            serial: None,
            is_unseen: true,
        };
        self.live.insert(entity, live);
        self.apply(world, tools, entity, false);
    }

    /// The name of an entity, or the name of a type; with a number, unless it is a name that no other entity has.
    fn free_key(&self, name: Option<&str>, kind: &str) -> String {
        let is_free = |key: &String| !self.live.values().any(|live| live.key == *key);
        let numbered = |number: usize| match name {
            Some(name) if number == 1 => name.to_owned(),
            Some(name) => format!("{name} {number}"),
            None => format!("{kind} {number}"),
        };
        // There are more numbers than entities.
        let mut keys = (1..=self.live.len() + 1).map(numbered);
        keys.find(is_free).unwrap_or_else(|| kind.to_owned())
    }

    /// Writes the settings of an entity. With `resets`, what has no settings becomes what the app made.
    fn apply(&mut self, world: &mut World, tools: &Tools, entity: Entity, resets: bool) {
        for index in 0..tools.types.0.len() {
            self.apply_type(world, tools, entity, index, resets);
        }
        let Some(live) = self.live.get_mut(&entity) else {
            return;
        };
        live.serial = world.get_entity(entity).ok().and_then(serial_of);
    }

    fn apply_type(
        &mut self,
        world: &mut World,
        tools: &Tools,
        entity: Entity,
        index: usize,
        resets: bool,
    ) {
        let kept = &tools.types.0[index];
        let (Some(live), Ok(found)) = (self.live.get(&entity), world.get_entity(entity)) else {
            return;
        };
        if !kept.applies(found) {
            return;
        }
        let serial = (kept.place == Place::Device)
            .then(|| serial_of(found))
            .flatten();
        let of_device = serial
            .as_ref()
            .and_then(|serial| self.model.sensors.get(serial));
        let section = self.model.entities.get(&live.key);
        let text = of_device
            .or_else(|| section.map(|section| &section.components))
            .and_then(|values| values.get(kept.name))
            .map(Arc::clone);
        let is_removed = section.is_some_and(|section| section.removed.contains(kept.name));
        let original = live.originals.get(index).and_then(Option::as_deref);
        let mut target = world.entity_mut(entity);
        match (text, original) {
            (Some(text), _) => {
                if let Err(why) = tools.put(kept, &mut target, &text, original) {
                    self.complaints.unreadable(&live.key, kept.name, &why);
                    let key = live.key.clone();
                    self.forget(&key, serial.as_deref(), kept.name);
                }
            }
            (None, _) if is_removed => kept.remove(&mut target),
            (None, Some(original)) if resets => {
                kept.put(&mut target, original.as_partial_reflect(), Some(original));
            }
            (None, None) if resets => kept.remove(&mut target),
            _ => {}
        }
    }

    /// Forgets a value that cannot be used.
    fn forget(&mut self, key: &str, serial: Option<&str>, name: &str) {
        if let Some(values) = serial.and_then(|serial| self.model.sensors.get_mut(serial)) {
            values.remove(name);
        }
        if let Some(section) = self.model.entities.get_mut(key) {
            section.components.remove(name);
        }
        self.unsaved.add();
    }

    /// Applies the settings of a device that a sensor has opened, if it is another one than before.
    fn follow_device(&mut self, world: &mut World, tools: &Tools, entity: Entity) {
        let serial = world.get_entity(entity).ok().and_then(serial_of);
        let Some(live) = self.live.get_mut(&entity) else {
            return;
        };
        if serial.is_none() || live.serial == serial {
            return;
        }
        let before = core::mem::replace(&mut live.serial, serial);
        live.is_unseen = true;
        for (index, kept) in tools.types.0.iter().enumerate() {
            if kept.place == Place::Device {
                // What was changed while there was no device becomes this device's.
                self.apply_type(world, tools, entity, index, before.is_some());
            }
        }
    }

    /// Spawns the entities that the app does not spawn, as soon as those are there that they belong to.
    fn spawn_missing(&mut self, world: &mut World, tools: &Tools) {
        loop {
            let by_key: HashMap<String, Entity> = self
                .live
                .iter()
                .map(|(entity, live)| (live.key.clone(), *entity))
                .collect();
            let is_there =
                |key: &Option<String>| key.as_ref().is_none_or(|key| by_key.contains_key(key));
            let missing = self.model.entities.iter().find_map(|(key, section)| {
                let spawned = section.spawned.as_ref()?;
                let is_due = !by_key.contains_key(key)
                    && is_there(&spawned.output_of)
                    && is_there(&spawned.child_of);
                is_due.then(|| (key.clone(), spawned.clone()))
            });
            let Some((key, spawned)) = missing else {
                return;
            };
            let mut entity = world.spawn((Name::new(key.clone()), SaveEntity));
            let of = |key: Option<String>| by_key.get(&key?).copied();
            if let Some(sensor) = of(spawned.output_of) {
                entity.insert(ImageOutputOf(sensor));
            }
            if let Some(parent) = of(spawned.child_of) {
                entity.insert(ChildOf(parent));
            }
            let entity = entity.id();
            let count = tools.types.0.len();
            let live = Live {
                key,
                originals: core::iter::repeat_with(|| None).take(count).collect(),
                present: vec![false; count],
                serial: None,
                is_unseen: true,
            };
            self.live.insert(entity, live);
            self.apply(world, tools, entity, false);
        }
    }

    fn meet_resources(&mut self, world: &mut World, tools: &Tools) {
        for kept in &tools.types.0 {
            if kept.place != Place::Resource || self.resources.contains_key(kept.name) {
                continue;
            }
            let id = world.components().get_id(kept.of);
            let entity = id.and_then(|id| world.resource_entities().get(id));
            let Some((entity, original)) = entity.and_then(|entity| {
                let found = world.get_entity(entity).ok()?;
                Some((entity, kept.value(found)?))
            }) else {
                continue;
            };
            self.resources.insert(kept.name, (entity, original));
            self.apply_resource(world, tools, kept, false);
        }
    }

    fn apply_resource(&mut self, world: &mut World, tools: &Tools, kept: &KeptType, resets: bool) {
        let Some((entity, original)) = self.resources.get(kept.name) else {
            return;
        };
        let Ok(mut target) = world.get_entity_mut(*entity) else {
            return;
        };
        match self.model.resources.get(kept.name).map(Arc::clone) {
            Some(text) => {
                if let Err(why) = tools.put(kept, &mut target, &text, Some(&**original)) {
                    self.complaints.unreadable("app", kept.name, &why);
                    self.model.resources.remove(kept.name);
                    self.unsaved.add();
                }
            }
            None if resets => {
                kept.put(
                    &mut target,
                    original.as_partial_reflect(),
                    Some(&**original),
                );
            }
            None => {}
        }
    }

    /// Takes the settings of the file, which was read when the app started.
    pub(crate) fn load(&mut self, world: &mut World, model: Model) {
        if self.live.is_empty() {
            self.model = model;
        } else {
            // The disk was slow.
            self.replace(world, model);
        }
    }

    /// Replaces all settings.
    pub(crate) fn replace(&mut self, world: &mut World, model: Model) {
        let tools = Tools::of(world);
        self.model = model;
        self.complaints.told.clear();
        self.forget_despawned(world);
        let entities: Vec<_> = self.live.keys().copied().collect();
        for entity in entities {
            let key = self.live.get(&entity).map(|live| live.key.clone());
            let section = key.and_then(|key| self.model.entities.get(&key));
            let is_spawned = section.is_some_and(|section| section.spawned.is_some());
            let is_added = world
                .get_entity(entity)
                .is_ok_and(|entity| entity.contains::<SaveEntity>());
            if is_added && !is_spawned {
                self.live.remove(&entity);
                world.despawn(entity);
            } else {
                self.apply(world, &tools, entity, true);
            }
        }
        for kept in &tools.types.0 {
            self.apply_resource(world, &tools, kept, true);
        }
        // Despawning an entity may have despawned others.
        self.live
            .retain(|entity, _| world.get_entity(*entity).is_ok());
        self.spawn_missing(world, &tools);
        self.unsaved.add();
    }

    /// Entities that the app made keep their settings for the next one of that name; those that were added are gone.
    fn forget_despawned(&mut self, world: &World) {
        let Self {
            model,
            live,
            unsaved,
            ..
        } = self;
        live.retain(|entity, live| {
            let is_there = world.get_entity(*entity).is_ok();
            let section = model.entities.get(&live.key);
            if !is_there && section.is_some_and(|section| section.spawned.is_some()) {
                model.entities.remove(&live.key);
                unsaved.add();
            }
            is_there
        });
    }

    /// Looks for changes since the last look.
    pub(crate) fn look(&mut self, world: &mut World) {
        let tools = Tools::of(world);
        self.forget_despawned(world);
        self.meet_resources(world, &tools);
        let entities: Vec<_> = self.live.keys().copied().collect();
        for entity in entities {
            self.follow_device(world, &tools, entity);
        }
        let now = world.change_tick();
        let since = self.looked.replace(now);
        let registry = tools.registry.read();
        let keys: EntityHashMap<String> = self
            .live
            .iter()
            .map(|(entity, live)| (*entity, live.key.clone()))
            .collect();
        let mut is_changed = false;
        for (entity, live) in &mut self.live {
            let Ok(found) = world.get_entity(*entity) else {
                continue;
            };
            let is_unseen = core::mem::take(&mut live.is_unseen);
            for (index, kept) in tools.types.0.iter().enumerate() {
                if !kept.applies(found) {
                    continue;
                }
                let is_present = kept.is_on(found);
                let was_present = core::mem::replace(&mut live.present[index], is_present);
                let of_device = kept.place == Place::Device;
                let is_new = is_present != was_present
                    || (is_present && since.is_none_or(|since| kept.is_changed(found, since, now)))
                    || is_unseen;
                if !is_new {
                    continue;
                }
                let original = live.originals[index].as_deref();
                let value = kept.value(found);
                let text = match text_of(kept, value.as_deref(), original, &registry) {
                    Ok(text) => text,
                    Err(why) => {
                        self.complaints.unwritable(&live.key, kept.name, &why);
                        continue;
                    }
                };
                let serial = live.serial.as_ref().filter(|_| of_device);
                if let Some(serial) = serial {
                    let values = self.model.sensors.entry(serial.clone()).or_default();
                    is_changed |= set(values, kept.name, text.clone());
                }
                let section = self.model.entities.entry(live.key.clone()).or_default();
                let is_removed = value.is_none() && original.is_some();
                let text = text.filter(|_| serial.is_none());
                is_changed |= set(&mut section.components, kept.name, text);
                is_changed |= match is_removed {
                    true => section.removed.insert(kept.name.to_owned()),
                    false => section.removed.remove(kept.name),
                };
            }
            let section = self.model.entities.entry(live.key.clone()).or_default();
            is_changed |= set_spawned(section, found, &keys);
        }
        for kept in &tools.types.0 {
            let Some((entity, original)) = self.resources.get(kept.name) else {
                continue;
            };
            let Ok(found) = world.get_entity(*entity) else {
                continue;
            };
            if since.is_some_and(|since| !kept.is_changed(found, since, now)) {
                continue;
            }
            match text_of(
                kept,
                kept.value(found).as_deref(),
                Some(&**original),
                &registry,
            ) {
                Ok(text) => is_changed |= set(&mut self.model.resources, kept.name, text),
                Err(why) => self.complaints.unwritable("app", kept.name, &why),
            }
        }
        self.model.entities.retain(|_, section| !section.is_empty());
        self.model.sensors.retain(|_, values| !values.is_empty());
        if is_changed {
            self.unsaved.add();
        }
    }
}

/// The text of a value that differs from the app's own.
fn text_of(
    kept: &KeptType,
    value: Option<&dyn Reflect>,
    original: Option<&dyn Reflect>,
    registry: &bevy::reflect::TypeRegistry,
) -> Result<Option<Arc<str>>, String> {
    let Some(value) = value else {
        return Ok(None);
    };
    if original.is_some_and(|original| kept.is_same(value, original)) {
        return Ok(None);
    }
    let text = values::write(value.as_partial_reflect(), registry)?;
    Ok(Some(text.into()))
}

/// Sets or removes a text; whether that changes anything.
fn set(values: &mut Values, name: &str, text: Option<Arc<str>>) -> bool {
    if values.get(name) == text.as_ref() {
        return false;
    }
    match text {
        Some(text) => values.insert(name.to_owned(), text),
        None => values.remove(name),
    };
    true
}

/// Notes how an entity that the app does not spawn belongs to others; whether that changes anything.
fn set_spawned(section: &mut Section, entity: EntityRef, keys: &EntityHashMap<String>) -> bool {
    let spawned = entity.contains::<SaveEntity>().then(|| Spawned {
        output_of: entity
            .get::<ImageOutputOf>()
            .and_then(|of| keys.get(&of.0))
            .cloned(),
        child_of: entity
            .get::<ChildOf>()
            .and_then(|of| keys.get(&of.parent()))
            .cloned(),
    });
    if section.spawned == spawned {
        return false;
    }
    section.spawned = spawned;
    true
}
