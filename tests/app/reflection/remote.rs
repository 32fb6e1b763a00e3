//! The Bevy Remote Protocol over HTTP.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::reflect::serde::TypedReflectSerializer;
use bevy::remote::RemotePlugin;
use bevy::remote::http::RemoteHttpPlugin;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_settings::KinectSettingsPlugin;
use serde_json::{Value, json};

use super::public_types;
use crate::support::{headless_app_with, update_until};

/// Components with assets: Bevy's protocol cannot write handles.
const WITH_HANDLES: [&str; 3] = ["OutputImage", "PointCloudBuffer", "SurfaceBuffers"];
/// Components that are replaced as a whole. Bevy's protocol panics when it is to change a field of such a component.
const IMMUTABLE: [&str; 2] = ["BodyJoint", "ImageOutputOf"];
/// Components without fields that can be seen.
const OPAQUE: [&str; 9] = [
    "BodyIndexMap",
    "CaptureListeners",
    "DelayedFrame",
    "DoNotSave",
    "GroundTruth",
    "ImageOutputs",
    "Lockstep",
    "SaveEntity",
    "SensorFrame",
];

/// A client of an app.
#[derive(Clone, Copy)]
struct Client(u16);

impl Client {
    /// The answer to a request: its result, or its error.
    fn ask(self, method: &str, params: &Value) -> Result<Value, String> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = body.to_string();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.0)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        // The body may come in a chunk, between lines with its length.
        let (from, to) = (answer.find('{').unwrap(), answer.rfind('}').unwrap());
        let answer: Value = serde_json::from_str(&answer[from..=to]).unwrap();
        match answer.get("error") {
            Some(error) => Err(error["message"].as_str().unwrap_or_default().to_owned()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// A component of an entity.
    fn get(self, entity: Entity, name: &str) -> Result<Value, String> {
        let params = json!({ "entity": entity, "components": [name], "strict": true });
        let answer = self.ask("world.get_components", &params)?;
        Ok(answer[name].clone())
    }
}

/// Updates an app that answers requests, until the client is done.
fn serve<T: Send>(app: &mut App, client: impl FnOnce(Client) -> T + Send) -> T {
    let port = app.world().resource::<bevy::remote::http::HostPort>().0;
    std::thread::scope(|scope| {
        let asking = scope.spawn(move || client(Client(port)));
        while !asking.is_finished() {
            app.update();
            std::thread::sleep(Duration::from_millis(1));
        }
        match asking.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn remote_app() -> App {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let file = std::env::temp_dir().join(format!("kinect-remote-{}.ron", std::process::id()));
    let mut app = headless_app_with(|app| {
        app.add_plugins((
            RemotePlugin::default(),
            RemoteHttpPlugin::default().with_port(port),
            KinectSettingsPlugin::file(file),
        ));
    });
    app.update();
    let end = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Instant::now() < end, "the server does not answer");
        app.update();
        std::thread::sleep(Duration::from_millis(5));
    }
    app
}

/// The default value of a component as JSON; `None` if it has a handle.
fn default_json(app: &mut App, type_path: &str) -> Option<Value> {
    let registry = app.world().resource::<AppTypeRegistry>().clone();
    let registry = registry.read();
    let registration = registry.get_with_type_path(type_path).unwrap();
    let value = match registration.data::<ReflectDefault>() {
        Some(default) => default.default(),
        None => {
            let from_world = registration.data::<ReflectFromWorld>().unwrap();
            from_world.from_world(app.world_mut())
        }
    };
    let serializer = TypedReflectSerializer::new(value.as_partial_reflect(), &registry);
    serde_json::to_value(&serializer).ok()
}

/// The path of the first number or truth value, as reflection writes paths, and another value for it. JSON does not tell tuples and
/// vectors from lists: `index` writes the path of an entry.
fn other(value: &Value, index: &dyn Fn(usize) -> String) -> Option<(String, Value)> {
    let below = |(key, inner): (String, &Value)| {
        let (path, other) = other(inner, index)?;
        Some((format!("{key}{path}"), other))
    };
    match value {
        Value::Bool(value) => Some((String::new(), json!(!value))),
        Value::Number(number) => {
            let other = match number.as_u64() {
                Some(number) if number > u64::from(u32::MAX) => return None,
                Some(number) => json!(number + 1),
                None => json!(number.as_f64()? + 1.5),
            };
            Some((String::new(), other))
        }
        Value::Array(values) => {
            let mut entries = values.iter().enumerate();
            entries.find_map(|(number, value)| below((index(number), value)))
        }
        Value::Object(fields) => {
            let mut entries = fields.iter();
            entries.find_map(|(name, value)| below((format!(".{name}"), value)))
        }
        _ => None,
    }
}

#[test]
#[ignore = "does not pass yet: JSON has no infinity, which point clouds have among their defaults"]
fn every_component_is_read_inserted_and_changed_from_another_process() {
    let mut app = remote_app();
    // The other end of relations.
    let sensor = app.world_mut().spawn(KinectSensor::default()).id();
    let (mut checked, mut unreached, mut mended) = (Vec::new(), Vec::new(), Vec::new());
    for public in public_types() {
        let is_of_inspector = public.type_path.starts_with("bevy_kinect_inspector");
        if public.is_resource || is_of_inspector || public.name == "ImageOutputs" {
            continue;
        }
        let name = public.type_path.as_str();
        let value = default_json(&mut app, name);
        if WITH_HANDLES.contains(&public.name.as_str()) {
            continue;
        }
        let mut value = value.unwrap_or_else(|| panic!("{name} cannot be written as JSON"));
        if public.name == "ImageOutputOf" {
            value = json!(sensor);
        }
        let is_immutable = IMMUTABLE.contains(&public.name.as_str());
        // An entity of its own for each component.
        let entity = app.world_mut().spawn_empty().id();
        let change = serve(&mut app, |client| {
            let params = json!({ "entity": entity, "components": { name: value } });
            client
                .ask("world.insert_components", &params)
                .unwrap_or_else(|error| panic!("inserting {name}: {error}"));
            let found = client.get(entity, name).unwrap();
            assert_eq!(found, value, "{name}");
            let params = json!({ "data": { "components": [name] } });
            let rows = client.ask("world.query", &params).unwrap();
            let is_row =
                |row: &Value| row["entity"] == json!(entity) && row["components"][name] == value;
            assert!(rows.as_array().unwrap().iter().any(is_row), "{name}");
            let axis = |number: usize| ["x", "y", "z", "w"][number.min(3)];
            let indices: [&dyn Fn(usize) -> String; 3] = [
                &|number| format!("[{number}]"),
                &|number| format!(".{number}"),
                &|number| format!(".{}", axis(number)),
            ];
            let mut result = Err(String::new());
            let mut last = None;
            // JSON leaves the field of a component with one nameless field out.
            let writings = ["", ".0"]
                .into_iter()
                .flat_map(|outer| indices.map(|index| (outer, index)));
            for (outer, index) in writings {
                let (path, other) = other(&found, index).filter(|_| !is_immutable)?;
                let path = format!("{outer}{path}");
                let params =
                    json!({ "entity": entity, "component": name, "path": path, "value": other });
                result = client.ask("world.mutate_components", &params);
                last = Some((path, other));
                if result.is_ok() {
                    break;
                }
            }
            let (path, other) = last?;
            Some((path, other, result, client.get(entity, name).unwrap()))
        });
        let Some((path, other, result, after)) = change else {
            assert!(
                is_immutable || OPAQUE.contains(&public.name.as_str()) || is_plain(&value),
                "{name} has a field that can be changed: {value}"
            );
            continue;
        };
        if let Err(error) = result {
            // The path of a field inside several others without names cannot be read from JSON.
            println!("not changed: {path} of {name}: {error}");
            unreached.push(public.name);
            continue;
        }
        // The plugin mends its own figures at once.
        if !contains(&after, &other) {
            assert_eq!(after, value, "{path} of {name}");
            println!("mended: {path} of {name}");
            mended.push(public.name);
            continue;
        }
        checked.push(public.name);
    }
    println!(
        "{} components were changed: {}",
        checked.len(),
        checked.join(", ")
    );
    assert!(checked.len() > 40, "{}", checked.len());
    assert!(unreached.len() <= 6, "{unreached:?}");
    assert!(mended.len() <= 6, "{mended:?}");
}

/// Whether there is nothing but names, texts and nothing.
fn is_plain(value: &Value) -> bool {
    other(value, &|number| format!("[{number}]")).is_none()
}

fn contains(value: &Value, wanted: &Value) -> bool {
    value == wanted
        || match value {
            Value::Array(values) => values.iter().any(|value| contains(value, wanted)),
            Value::Object(fields) => fields.values().any(|value| contains(value, wanted)),
            Value::Number(number) => match (number.as_f64(), wanted.as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-5,
                _ => false,
            },
            _ => false,
        }
}

#[test]
fn a_running_sensor_obeys_and_mends_its_own_figures() {
    let mut app = remote_app();
    let sensor = app
        .world_mut()
        .spawn((KinectSensor::simulated(), BodyTracking::new(Tracker::Truth)))
        .id();
    update_until(&mut app, "frames", |world| {
        let figures = world.get::<SensorDiagnostics>(sensor);
        figures.is_some_and(|figures| figures.image_frame > 3)
    });
    let figures = "bevy_kinect_azure::diagnostics::SensorDiagnostics";
    let kinect = "bevy_kinect_azure::sensor::KinectSensor";
    serve(&mut app, |client| {
        // Figures are read only: the next frame writes them again.
        let params = json!({ "entity": sensor, "component": figures, "path": ".image_frame", "value": 1_000_000 });
        client.ask("world.mutate_components", &params).unwrap();
        let end = Instant::now() + Duration::from_secs(30);
        while client.get(sensor, figures).unwrap()["image_frame"]
            .as_u64()
            .unwrap()
            >= 1_000_000
        {
            assert!(Instant::now() < end, "the figure stays wrong");
        }
        let state = client
            .get(sensor, "bevy_kinect_azure::sensor::SensorState")
            .unwrap();
        assert!(
            ["Stabilising", "Streaming"].contains(&state.as_str().unwrap()),
            "{state}"
        );
        let params =
            json!({ "entity": sensor, "component": kinect, "path": ".active", "value": false });
        client.ask("world.mutate_components", &params).unwrap();
        // A value that does not fit is refused, with the reason.
        let params =
            json!({ "entity": sensor, "component": kinect, "path": ".active", "value": "yes" });
        let error = client.ask("world.mutate_components", &params).unwrap_err();
        assert!(error.contains("bool"), "{error}");
    });
    update_until(&mut app, "the sensor to stop", |world| {
        world.get::<SensorState>(sensor) == Some(&SensorState::Disabled)
    });
}
