use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::reflect::enums::{DynamicEnum, DynamicVariant, VariantType};
use bevy::reflect::{PartialReflect, ReflectMut, TypeInfo};
use bevy_kinect_azure::kinect_azure::device::DeviceSettings;
use bevy_kinect_azure::prelude::*;

use crate::disk::tests::Folder;
use crate::kept::{KeptTypes, Place};
use crate::{KinectSettingsPlugin, SettingsState};

/// An app with an entity that has every component that is kept, with values in most of their options.
fn app(file: &Path) -> (App, Entity) {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, KinectSettingsPlugin::file(file)))
        .init_resource::<OutputScale>()
        .init_resource::<WiredSync>()
        .init_resource::<DeviceWatch>();
    let sensor = (
        KinectSensor::new(DeviceSettings {
            library: Some(PathBuf::from("/nowhere")),
            ..DeviceSettings::serial("1")
        }),
        SensorColorControls(ColorControls {
            exposure: Exposure::Manual(8000),
            gain: Some(3),
            ..default()
        }),
        BodyTracking {
            filter: FilterPreset::Calm.into(),
            ..default()
        },
        BodyGestures::default(),
        BodyHands::default(),
        FloorDetection::default(),
        Recorder::default(),
    );
    let output = ImageOutput {
        resolution: OutputResolution::Fit(UVec2::new(640, 480)),
        aspect: OutputAspect::Custom(1.5),
        passes: vec![
            OutputFilter::Temporal {
                keep: 0.5,
                threshold: 0.1,
            }
            .into(),
        ],
        ..ImageOutput::new(ImageKind::Depth).false_color()
    };
    let rest = (
        output,
        PointCloud::default(),
        SurfaceMesh::default(),
        BodyZone::floor([Vec2::ZERO, Vec2::X, Vec2::Y]),
        #[cfg(feature = "avatar")]
        Avatar::default().with_bone(HumanBone::Hips, "pelvis"),
        #[cfg(feature = "microphones")]
        Microphones::default(),
    );
    let entity = app.world_mut().spawn((Name::new("all"), sensor, rest));
    let entity = entity.id();
    app.update();
    (app, entity)
}

/// The entity with a type's value, and a copy of the value.
fn value(world: &World, entity: Entity, index: usize) -> (Entity, Box<dyn Reflect>) {
    let kept = &world.resource::<KeptTypes>().0[index];
    let entity = match kept.place {
        Place::Resource => {
            let id = world.components().get_id(kept.of).unwrap();
            world.resource_entities().get(id).unwrap()
        }
        _ => entity,
    };
    let value = kept.value(world.entity(entity));
    (entity, value.unwrap_or_else(|| panic!("{}", kept.name)))
}

/// Changes every part of a value that can be changed.
fn change(value: &mut dyn PartialReflect) {
    match value.reflect_mut() {
        ReflectMut::Struct(value) => {
            for field in 0..value.field_len() {
                change(value.field_at_mut(field).unwrap());
            }
        }
        ReflectMut::TupleStruct(value) => {
            for field in 0..value.field_len() {
                change(value.field_mut(field).unwrap());
            }
        }
        ReflectMut::Tuple(value) => {
            for field in 0..value.field_len() {
                change(value.field_mut(field).unwrap());
            }
        }
        ReflectMut::List(value) => {
            for element in 0..value.len() {
                change(value.get_mut(element).unwrap());
            }
        }
        ReflectMut::Array(value) => {
            for element in 0..value.len() {
                change(value.get_mut(element).unwrap());
            }
        }
        ReflectMut::Enum(value) => {
            for field in 0..value.field_len() {
                change(value.field_at_mut(field).unwrap());
            }
            if value.variant_type() != VariantType::Unit {
                return;
            }
            let Some(TypeInfo::Enum(info)) = value.get_represented_type_info() else {
                return;
            };
            let other = info.iter().find(|variant| {
                variant.variant_type() == VariantType::Unit
                    && variant.name() != value.variant_name()
            });
            if let Some(other) = other {
                value.apply(&DynamicEnum::new(other.name(), DynamicVariant::Unit));
            }
        }
        _ => change_leaf(value),
    }
}

fn change_leaf(value: &mut dyn PartialReflect) {
    if let Some(value) = value.try_downcast_mut::<bool>() {
        *value = !*value;
    } else if let Some(value) = value.try_downcast_mut::<f32>() {
        *value = value.mul_add(0.7, 0.013_37);
    } else if let Some(value) = value.try_downcast_mut::<f64>() {
        *value = value.mul_add(0.7, 0.013_37);
    } else if let Some(value) = value.try_downcast_mut::<u32>() {
        *value += 1;
    } else if let Some(value) = value.try_downcast_mut::<i32>() {
        *value += 1;
    } else if let Some(value) = value.try_downcast_mut::<u64>() {
        *value += 1;
    } else if let Some(value) = value.try_downcast_mut::<usize>() {
        *value += 1;
    } else if let Some(value) = value.try_downcast_mut::<String>() {
        value.push_str(" \"ä\"\n\\");
    } else if let Some(value) = value.try_downcast_mut::<PathBuf>() {
        value.push("further");
    } else if let Some(value) = value.try_downcast_mut::<Duration>() {
        *value += Duration::from_micros(123_457);
    }
}

fn save(app: &mut App) {
    let end = Instant::now() + Duration::from_secs(20);
    let mut is_seen = false;
    loop {
        app.update();
        let state = app.world().resource::<SettingsState>();
        assert_eq!(state.problem, None);
        is_seen |= state.is_unsaved;
        if is_seen && !state.is_unsaved {
            return;
        }
        assert!(Instant::now() < end, "the settings were not saved");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn every_kept_type_is_restored_as_it_was_saved() {
    let folder = Folder::new("every");
    let file = folder.0.join("settings.ron");
    let (mut first, entity) = app(&file);
    let types = first.world().resource::<KeptTypes>().clone();
    // The sensor first: its serial number decides where the settings of its camera are saved.
    for devices in [false, true] {
        for (index, kept) in types.0.iter().enumerate() {
            if (kept.place == Place::Device) != devices {
                continue;
            }
            let (_, original) = value(first.world(), entity, index);
            let (holder, mut value) = value(first.world(), entity, index);
            change(value.as_partial_reflect_mut());
            if let Some(recorder) = value.downcast_mut::<Recorder>() {
                // It does not begin by itself.
                recorder.active = false;
            }
            assert!(
                !kept.is_same(&*value, &*original),
                "{} has changed",
                kept.name
            );
            let mut holder = first.world_mut().entity_mut(holder);
            assert!(kept.put(&mut holder, value.as_partial_reflect(), None));
        }
        save(&mut first);
    }
    let state = first.world().resource::<SettingsState>().clone();
    assert_eq!(state.notices, Vec::<String>::new());
    assert_eq!(state.changes.len(), types.0.len(), "{:?}", state.changes);
    let before: Vec<_> = (0..types.0.len())
        .map(|index| value(first.world(), entity, index).1)
        .collect();
    drop(first);

    let text = std::fs::read_to_string(&file).unwrap();
    let (second, entity) = app(&file);
    let state = second.world().resource::<SettingsState>();
    assert_eq!(state.notices, Vec::<String>::new(), "{text}");
    for (index, kept) in types.0.iter().enumerate() {
        let (_, after) = value(second.world(), entity, index);
        assert!(
            kept.is_same(&*before[index], &*after),
            "{}: {:?} was saved, {after:?} is restored:\n{text}",
            kept.name,
            before[index]
        );
    }
}

#[test]
fn looking_for_changes_takes_little_of_a_frame() {
    let folder = Folder::new("cost");
    let (mut app, _) = app(&folder.0.join("settings.ron"));
    for _ in 0..50 {
        let bundle = (
            ImageOutput::default(),
            PointCloud::default(),
            BodyZone::default(),
        );
        app.world_mut().spawn(bundle);
    }
    app.update();
    let mut times: Vec<_> = (0..100)
        .map(|_| {
            let since = Instant::now();
            crate::run::watch(app.world_mut());
            since.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "51 entities: median {:?}, longest {:?}, four times a second",
        times[50], times[99]
    );
    assert!(times[50] < Duration::from_millis(2));
}
