//! Values as RON, by reflection.

use std::any::TypeId;

use bevy::asset::{
    AssetServer, EphemeralHandleBehavior, HandleDeserializeProcessor, HandleSerializeProcessor,
};
use bevy::reflect::serde::{TypedReflectDeserializer, TypedReflectSerializer};
use bevy::reflect::{PartialReflect, TypeRegistry};
use ron::ser::PrettyConfig;
use serde::de::DeserializeSeed;

/// The text of a value. Assets are written as their paths.
pub(crate) fn write(value: &dyn PartialReflect, registry: &TypeRegistry) -> Result<String, String> {
    let handles = HandleSerializeProcessor {
        ephemeral_handle_behavior: EphemeralHandleBehavior::Error,
    };
    let serializer = TypedReflectSerializer::with_processor(value, registry, &handles);
    let pretty = PrettyConfig::new().new_line("\n");
    ron::ser::to_string_pretty(&serializer, pretty).map_err(|error| error.to_string())
}

/// The value of a text, which is of a type or can be converted to it. Assets are loaded from their paths.
pub(crate) fn read(
    text: &str,
    of: TypeId,
    registry: &TypeRegistry,
    assets: Option<&AssetServer>,
) -> Result<Box<dyn PartialReflect>, String> {
    let registration = registry
        .get(of)
        .ok_or("its type is not in the app's type registry")?;
    let mut deserializer = ron::Deserializer::from_str(text).map_err(|error| error.to_string())?;
    let value = match assets {
        Some(mut assets) => {
            let mut handles = HandleDeserializeProcessor {
                load_from_path: &mut assets,
            };
            TypedReflectDeserializer::with_processor(registration, registry, &mut handles)
                .deserialize(&mut deserializer)
        }
        None => {
            TypedReflectDeserializer::new(registration, registry).deserialize(&mut deserializer)
        }
    };
    let value = value.map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(value)
}
