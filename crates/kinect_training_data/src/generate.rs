//! Simulates people and writes shards.

use crate::error::Error;
use crate::examples::{Examples, Scene};
use crate::options::Generate;
use crate::random::Random;
use crate::scenes::scene;
use crate::shards::{self, Written};

/// Makes the shards that are not there yet.
pub(crate) fn generate(options: &Generate) -> Result<(), Error> {
    let write = |examples: &Examples, folder: &_| {
        examples.write(folder)?;
        let (crops, overviews) = examples.counts();
        Ok(Written {
            words: format!("{crops} crops and {overviews} overviews"),
            count: crops,
            unit: "crops",
        })
    };
    let numbers = options.first..options.first + options.shards;
    let simulate = |shard| simulate(options, shard);
    shards::make(
        &options.out,
        "shard",
        numbers,
        options.threads,
        simulate,
        write,
    )
}

fn simulate(options: &Generate, shard: u64) -> Result<Examples, Error> {
    let (kind, settings) = scene(options.kind, &options.clips, options.seed, shard);
    let mount = settings.mount;
    let mut examples = Examples::default();
    let random = &mut Random::new(options.seed ^ 0xE4A3, shard);
    shards::draw(
        &settings,
        options.captures,
        kind.step(),
        |capture, camera| {
            let scene = Scene {
                camera,
                up: mount.up(),
                kind: kind.number(),
                mount: [mount.height, mount.tilt_degrees, mount.roll_degrees],
            };
            examples.add(capture, &scene, random);
        },
    )?;
    Ok(examples)
}
