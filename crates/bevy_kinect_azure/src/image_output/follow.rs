//! Materials that show an output take its new image when the output's handle changes.

use core::marker::PhantomData;

use bevy::prelude::*;
use bevy::reflect::{PartialReflect, ReflectMut};

use super::OutputImageChanged;
use crate::sensor::KinectSystems;

/// Lets materials of one type follow image outputs: when the resolution or format of an output changes, materials that hold its old
/// image take the new one. [`KinectAzurePlugin`](crate::KinectAzurePlugin) does so for [`StandardMaterial`]; add this plugin for
/// other materials, including your own:
///
/// ```no_run
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// # #[derive(Asset, Reflect, Clone)] struct Hologram { picture: Handle<Image> }
/// # let mut app = App::new();
/// app.add_plugins(FollowOutputsPlugin::<Hologram>::default());
/// ```
///
/// Handles are found by reflection, in fields and `Option`s at any depth.
pub struct FollowOutputsPlugin<M>(PhantomData<fn() -> M>);

impl<M> Default for FollowOutputsPlugin<M> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<M: Asset + Clone + Reflect> Plugin for FollowOutputsPlugin<M> {
    fn build(&self, app: &mut App) {
        app.add_systems(
            PreUpdate,
            follow::<M>
                .in_set(KinectSystems::Prepare)
                .after(super::prepare::prepare_images)
                .run_if(on_message::<OutputImageChanged>),
        );
    }
}

fn follow<M: Asset + Clone + Reflect>(
    mut changes: MessageReader<OutputImageChanged>,
    materials: Option<ResMut<Assets<M>>>,
) {
    let Some(mut materials) = materials else {
        return;
    };
    let changes: Vec<_> = changes.read().collect();
    // Works on copies: Bevy prepares a material again whenever it is borrowed mutably from its `Assets`.
    let followed: Vec<_> = materials
        .iter()
        .filter_map(|(id, material)| {
            let mut material = material.clone();
            let mut replaced = false;
            for change in &changes {
                replaced |= replace(&mut material, change);
            }
            replaced.then_some((id, material))
        })
        .collect();
    for (id, material) in followed {
        if let Some(mut old) = materials.get_mut(id) {
            *old = material;
        }
    }
}

/// Replaces every handle of the old image by the new one; returns whether there was any.
fn replace(value: &mut dyn PartialReflect, change: &OutputImageChanged) -> bool {
    if let Some(handle) = value.try_downcast_mut::<Handle<Image>>() {
        let is_old = *handle == change.old;
        if is_old {
            *handle = change.new.clone();
        }
        return is_old;
    }
    let mut replaced = false;
    let mut within = |field: Option<&mut dyn PartialReflect>| {
        replaced |= field.is_some_and(|field| replace(field, change));
    };
    match value.reflect_mut() {
        ReflectMut::Struct(fields) => {
            (0..fields.field_len()).for_each(|i| within(fields.field_at_mut(i)));
        }
        ReflectMut::TupleStruct(fields) => {
            (0..fields.field_len()).for_each(|i| within(fields.field_mut(i)));
        }
        ReflectMut::Tuple(fields) => {
            (0..fields.field_len()).for_each(|i| within(fields.field_mut(i)));
        }
        ReflectMut::Enum(fields) => {
            (0..fields.field_len()).for_each(|i| within(fields.field_at_mut(i)));
        }
        ReflectMut::List(items) => (0..items.len()).for_each(|i| within(items.get_mut(i))),
        ReflectMut::Array(items) => (0..items.len()).for_each(|i| within(items.get_mut(i))),
        _ => {}
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Reflect, Clone)]
    struct Layers {
        front: Option<Handle<Image>>,
        back: Vec<(f32, Handle<Image>)>,
        other: Handle<Image>,
        none: Option<Handle<Image>>,
    }

    #[test]
    fn images_are_found_wherever_they_are() {
        let mut images = Assets::<Image>::default();
        let mut image = || images.add(Image::default());
        let change = OutputImageChanged {
            output: Entity::PLACEHOLDER,
            old: image(),
            new: image(),
        };
        let other = image();
        let mut layers = Layers {
            front: Some(change.old.clone()),
            back: vec![(1.0, other.clone()), (2.0, change.old.clone())],
            other: other.clone(),
            none: None,
        };
        assert!(replace(&mut layers, &change));
        assert_eq!(layers.front, Some(change.new.clone()));
        assert_eq!(layers.back[0].1, other);
        assert_eq!(layers.back[1].1, change.new);
        assert_eq!(layers.other, other);
        assert_eq!(layers.none, None);
        assert!(!replace(&mut layers, &change), "nothing is left to do");
    }
}
