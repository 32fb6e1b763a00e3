//! The types whose values are kept.

use std::any::TypeId;
use std::sync::Arc;

use bevy::ecs::change_detection::Tick;
use bevy::ecs::component::Mutable;
use bevy::prelude::*;
use bevy::reflect::{FromReflect, GetTypeRegistration, PartialReflect, TypePath, Typed};

/// A component or resource whose values can be kept. Implemented for all types that have these traits.
pub trait Setting:
    Component<Mutability = Mutable>
    + Reflect
    + FromReflect
    + GetTypeRegistration
    + TypePath
    + Typed
    + Clone
    + PartialEq
{
}

impl<T> Setting for T where
    T: Component<Mutability = Mutable>
        + Reflect
        + FromReflect
        + GetTypeRegistration
        + TypePath
        + Typed
        + Clone
        + PartialEq
{
}

/// Adds types whose values are kept.
pub trait KeepSettings {
    /// Keeps a component of any entity. Entities with it are saved under their `Name`, or under the component's name and a number.
    fn keep_setting<T: Setting>(&mut self) -> &mut Self;

    /// Keeps a component that describes one device, not its place: it is saved under the serial number of the live sensor that is open on
    /// the same entity. An entity without one saves it as [`keep_setting`](Self::keep_setting) does.
    fn keep_setting_of_device<T: Setting>(&mut self) -> &mut Self;

    /// Keeps a resource.
    fn keep_resource<T: Setting + Resource>(&mut self) -> &mut Self;
}

impl KeepSettings for App {
    fn keep_setting<T: Setting>(&mut self) -> &mut Self {
        keep(self, Place::Entity, Rules::<T>::default())
    }

    fn keep_setting_of_device<T: Setting>(&mut self) -> &mut Self {
        keep(self, Place::Device, Rules::<T>::default())
    }

    fn keep_resource<T: Setting + Resource>(&mut self) -> &mut Self {
        keep(self, Place::Resource, Rules::<T>::default())
    }
}

/// Where the values of a type are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// By the key of the entity.
    Entity,
    /// By the serial number of the sensor.
    Device,
    Resource,
}

/// What is special about a type.
pub(crate) struct Rules<T> {
    /// Changes a value that was read, given the value that the app made itself: for fields that mean nothing in another run.
    pub(crate) mend: fn(&mut T, Option<&T>),
    /// Whether the type is kept on that entity.
    pub(crate) applies: fn(EntityRef) -> bool,
    /// Whether an entity is looked at because it has this component.
    pub(crate) is_mark: bool,
}

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Self {
            mend: |_, _| {},
            applies: |_| true,
            is_mark: true,
        }
    }
}

/// Adds a type to the list.
pub(crate) fn keep<T: Setting>(app: &mut App, place: Place, rules: Rules<T>) -> &mut App {
    app.register_type::<T>();
    let world = app.world_mut();
    world.init_resource::<Arrivals>();
    let mut types = world.get_resource_or_init::<KeptTypes>();
    let of = TypeId::of::<T>();
    if types.0.iter().any(|kept| kept.of == of) {
        return app;
    }
    // Short names read well; two types of one name need their paths.
    let short = T::short_type_path();
    let is_taken = types.0.iter().any(|kept| kept.name == short);
    let is_mark = rules.is_mark && place != Place::Resource;
    types.0.push(KeptType {
        of,
        name: if is_taken { T::type_path() } else { short },
        place,
        is_mark,
        access: Arc::new(rules),
    });
    if is_mark {
        app.add_observer(arrive::<T>);
    }
    app
}

/// The types whose values are kept, in the order in which they are applied.
#[derive(Resource, Clone, Default)]
pub(crate) struct KeptTypes(pub(crate) Vec<KeptType>);

/// One type whose values are kept.
#[derive(Clone)]
pub(crate) struct KeptType {
    pub(crate) of: TypeId,
    /// Its name in the file.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    /// Whether an entity is looked at because it has this component.
    pub(crate) is_mark: bool,
    access: Arc<dyn Access>,
}

/// Entities that got a component whose values are kept, since the last update.
#[derive(Resource, Default)]
pub(crate) struct Arrivals(pub(crate) Vec<Entity>);

fn arrive<T: Component>(added: On<Add, T>, mut arrivals: ResMut<Arrivals>) {
    arrivals.0.push(added.entity);
}

/// Access to the values of a type.
trait Access: Send + Sync {
    fn applies(&self, entity: EntityRef) -> bool;
    fn is_on(&self, entity: EntityRef) -> bool;
    fn value(&self, entity: EntityRef) -> Option<Box<dyn Reflect>>;
    fn is_changed(&self, entity: EntityRef, since: Tick, now: Tick) -> bool;
    fn is_same(&self, a: &dyn Reflect, b: &dyn Reflect) -> bool;
    fn put(
        &self,
        entity: &mut EntityWorldMut,
        value: &dyn PartialReflect,
        original: Option<&dyn Reflect>,
    ) -> bool;
    fn remove(&self, entity: &mut EntityWorldMut);
}

impl<T: Setting> Access for Rules<T> {
    fn applies(&self, entity: EntityRef) -> bool {
        (self.applies)(entity)
    }

    fn is_on(&self, entity: EntityRef) -> bool {
        entity.contains::<T>()
    }

    fn value(&self, entity: EntityRef) -> Option<Box<dyn Reflect>> {
        let value = entity.get::<T>()?.clone();
        Some(Box::new(value))
    }

    fn is_changed(&self, entity: EntityRef, since: Tick, now: Tick) -> bool {
        let ticks = entity.get_change_ticks::<T>();
        ticks.is_some_and(|ticks| ticks.is_changed(since, now))
    }

    fn is_same(&self, a: &dyn Reflect, b: &dyn Reflect) -> bool {
        a.downcast_ref::<T>() == b.downcast_ref::<T>()
    }

    fn put(
        &self,
        entity: &mut EntityWorldMut,
        value: &dyn PartialReflect,
        original: Option<&dyn Reflect>,
    ) -> bool {
        let Some(mut value) = T::from_reflect(value) else {
            return false;
        };
        let original = original.and_then(|original| original.downcast_ref::<T>());
        (self.mend)(&mut value, original);
        match entity.get_mut::<T>() {
            Some(mut present) => {
                present.set_if_neq(value);
            }
            None => {
                entity.insert(value);
            }
        }
        true
    }

    fn remove(&self, entity: &mut EntityWorldMut) {
        entity.remove::<T>();
    }
}

impl KeptType {
    /// Whether values of the type are kept on this entity.
    pub(crate) fn applies(&self, entity: EntityRef) -> bool {
        self.place != Place::Resource && self.access.applies(entity)
    }

    pub(crate) fn is_on(&self, entity: EntityRef) -> bool {
        self.access.is_on(entity)
    }

    /// A copy of the entity's value, if the type is kept on this entity.
    pub(crate) fn value_on(&self, entity: EntityRef) -> Option<Box<dyn Reflect>> {
        self.value(entity).filter(|_| self.applies(entity))
    }

    /// A copy of the entity's value.
    pub(crate) fn value(&self, entity: EntityRef) -> Option<Box<dyn Reflect>> {
        self.access.value(entity)
    }

    pub(crate) fn is_changed(&self, entity: EntityRef, since: Tick, now: Tick) -> bool {
        self.access.is_changed(entity, since, now)
    }

    pub(crate) fn is_same(&self, a: &dyn Reflect, b: &dyn Reflect) -> bool {
        self.access.is_same(a, b)
    }

    /// Writes a value, if it differs from the present one. `false` if the value lacks a field that has no default.
    pub(crate) fn put(
        &self,
        entity: &mut EntityWorldMut,
        value: &dyn PartialReflect,
        original: Option<&dyn Reflect>,
    ) -> bool {
        self.access.put(entity, value, original)
    }

    pub(crate) fn remove(&self, entity: &mut EntityWorldMut) {
        self.access.remove(entity);
    }
}
