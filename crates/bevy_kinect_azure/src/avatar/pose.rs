//! The poses of people become poses of models.

use bevy::prelude::*;

use super::component::Avatar;
use super::run::AvatarRun;

/// Moves all models. Animations have written their poses into the bones, and global transforms are computed afterwards.
pub(super) fn pose(
    mut avatars: Query<(Entity, &Avatar, &mut AvatarRun)>,
    mut transforms: Query<&mut Transform>,
    time: Res<Time>,
) {
    for (entity, avatar, mut run) in &mut avatars {
        let run = &mut *run;
        let mut seconds = time.delta_secs();
        let settings = &avatar.settings;
        if run.changes {
            run.retargeter.update(None, settings, seconds);
            run.changes = !run.retargeter.rests();
            seconds = 0.0;
        }
        if !run.changes {
            let person = run.person.as_ref();
            run.retargeter.update(person, settings, seconds);
        }
        run.write(&mut transforms);
        let scale = run.retargeter.scale().filter(|_| avatar.life_size);
        if let Some(scale) = scale
            && let Ok(mut place) = transforms.get_mut(entity)
        {
            let size = Vec3::splat(scale.recip());
            if size.is_finite() && place.scale != size {
                place.scale = size;
            }
        }
    }
}
