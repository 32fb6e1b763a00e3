//! The entities of players and joints: spawned, written and despawned.

use bevy::ecs::system::SystemParam;
use bevy::math::Isometry3d;
use bevy::prelude::*;
use kinect_azure::{Calibration, Joint};
use kinect_tracking::players;
use kinect_tracking::rotation::{EulerOrder, EulerUnroller};

use super::joint::{BodyJoint, JointEuler, JointInImages};
use super::player::{Player, PlayerBounds, PlayerJoints, PlayerStatus};
use super::settings::JointSettings;
use super::skeleton::{Skeleton, TrackedJoint};

/// A player with its entities.
pub(super) struct Person {
    pub(super) id: u32,
    pub(super) entity: Entity,
    /// The slot in the entity's name.
    named: Option<usize>,
    joints: Option<[Entity; Joint::COUNT]>,
    euler: Option<Euler>,
    /// The pose that was written last.
    pub(super) skeleton: Box<Skeleton>,
}

/// Continues the angles of all joints from frame to frame.
struct Euler {
    order: EulerOrder,
    joints: Box<[EulerUnroller; Joint::COUNT]>,
}

/// The components of players and joints.
#[derive(SystemParam)]
pub(super) struct People<'w, 's> {
    players: Query<
        'w,
        's,
        (
            &'static mut Player,
            &'static mut PlayerStatus,
            &'static mut PlayerBounds,
            &'static mut Skeleton,
            &'static mut Transform,
        ),
        Without<BodyJoint>,
    >,
    joints: Query<
        'w,
        's,
        (
            &'static mut TrackedJoint,
            &'static mut Transform,
            Option<&'static mut JointEuler>,
            Option<&'static mut JointInImages>,
        ),
        With<BodyJoint>,
    >,
}

/// The data, beside the pose, from which a player's entities are written.
pub(super) struct Scene<'a> {
    pub(super) joints: &'a JointSettings,
    pub(super) calibration: &'a Calibration,
}

impl Person {
    /// Spawns the entity of a player who has come, without joints: [`follow_joints`](Self::follow_joints) spawns them.
    pub(super) fn spawn(
        commands: &mut Commands,
        sensor: Entity,
        player: &players::Player,
        skeleton: Skeleton,
    ) -> Self {
        let entity = commands
            .spawn((
                Player::from(player),
                PlayerStatus::from(player),
                PlayerBounds::from(player),
                transform(&skeleton),
                skeleton.clone(),
                name(player.slot),
                ChildOf(sensor),
            ))
            .id();
        Self {
            id: player.id,
            entity,
            named: player.slot,
            joints: None,
            euler: None,
            skeleton: Box::new(skeleton),
        }
    }

    /// Spawns or despawns the joint entities as the settings ask.
    pub(super) fn follow_joints(&mut self, commands: &mut Commands, scene: &Scene) {
        let before = self.joints;
        match (before, scene.joints.entities) {
            (None, true) => {
                let joints = self.spawn_joints(commands);
                commands
                    .entity(self.entity)
                    .try_insert(PlayerJoints(joints));
                self.joints = Some(joints);
            }
            (Some(joints), false) => {
                // The other joints are its descendants.
                commands.entity(joints[Joint::Pelvis.index()]).try_despawn();
                commands.entity(self.entity).try_remove::<PlayerJoints>();
                self.joints = None;
                self.euler = None;
            }
            _ => {}
        }
        let order = scene.joints.euler.filter(|_| self.joints.is_some());
        if self.euler.as_ref().map(|euler| euler.order) != order {
            self.euler = order.map(|order| Euler {
                order,
                joints: Box::new([EulerUnroller::new(order); Joint::COUNT]),
            });
        }
        if let (None, Some(joints)) = (before, self.joints) {
            for (joint, entity) in Joint::ALL.into_iter().zip(joints) {
                let (angles, seen) = self.asked_for(joint, scene);
                follow(commands, entity, None, angles);
                follow(commands, entity, None, seen);
            }
        }
    }

    /// The components of a joint that settings ask for.
    fn asked_for(
        &mut self,
        joint: Joint,
        scene: &Scene,
    ) -> (Option<JointEuler>, Option<JointInImages>) {
        let rotation = self.skeleton.relative(joint).rotation;
        let angles = self.euler.as_mut().map(|all| {
            let unroller = &mut all.joints[joint.index()];
            JointEuler::next(unroller, all.order, rotation)
        });
        let position = self.skeleton.joint(joint).position;
        let seen = scene
            .joints
            .in_images
            .map(|uv| JointInImages::of(position, scene.calibration, &uv));
        (angles, seen)
    }

    fn spawn_joints(&self, commands: &mut Commands) -> [Entity; Joint::COUNT] {
        let mut joints = [self.entity; Joint::COUNT];
        for joint in Joint::ALL {
            let parent = joint
                .parent()
                .map_or(self.entity, |parent| joints[parent.index()]);
            joints[joint.index()] = commands
                .spawn((
                    BodyJoint {
                        joint,
                        player: self.entity,
                    },
                    *self.skeleton.joint(joint),
                    local(&self.skeleton, joint),
                    Name::new(joint.name()),
                    ChildOf(parent),
                ))
                .id();
        }
        joints
    }

    /// Writes the player's components from the newest body frame.
    pub(super) fn write_player(
        &mut self,
        commands: &mut Commands,
        people: &mut People,
        player: &players::Player,
    ) {
        if self.named != player.slot {
            self.named = player.slot;
            commands.entity(self.entity).try_insert(name(player.slot));
        }
        if let Ok((mut identity, mut status, mut bounds, ..)) = people.players.get_mut(self.entity)
        {
            identity.set_if_neq(player.into());
            status.set_if_neq(player.into());
            bounds.set_if_neq(player.into());
        }
    }

    /// Writes the pose into the components of the player and of its joints.
    pub(super) fn write_pose(
        &mut self,
        commands: &mut Commands,
        people: &mut People,
        scene: &Scene,
    ) {
        let pose = &*self.skeleton;
        if let Ok((.., mut skeleton, mut place)) = people.players.get_mut(self.entity) {
            skeleton.clone_from(pose);
            *place = transform(pose);
        }
        let Some(joints) = self.joints else {
            return;
        };
        for (joint, entity) in Joint::ALL.into_iter().zip(joints) {
            let Ok((mut data, mut place, euler, in_images)) = people.joints.get_mut(entity) else {
                continue;
            };
            data.set_if_neq(*self.skeleton.joint(joint));
            *place = local(&self.skeleton, joint);
            let (angles, seen) = self.asked_for(joint, scene);
            follow(commands, entity, euler, angles);
            follow(commands, entity, in_images, seen);
        }
    }
}

/// Writes, inserts or removes a component that settings ask for.
fn follow<C: Component<Mutability = bevy::ecs::component::Mutable>>(
    commands: &mut Commands,
    entity: Entity,
    component: Option<Mut<C>>,
    value: Option<C>,
) {
    match (component, value) {
        (Some(mut component), Some(value)) => *component = value,
        (None, Some(value)) => {
            commands.entity(entity).try_insert(value);
        }
        (Some(_), None) => {
            commands.entity(entity).try_remove::<C>();
        }
        (None, None) => {}
    }
}

/// Where the player entity is in the sensor's space: at the pelvis, with the sensor's axes.
fn transform(skeleton: &Skeleton) -> Transform {
    Transform::from_translation(skeleton.joint(Joint::Pelvis).position)
}

/// Where a joint entity is under its parent entity.
fn local(skeleton: &Skeleton, joint: Joint) -> Transform {
    let Isometry3d {
        rotation,
        translation,
    } = skeleton.relative(joint);
    Transform {
        translation: translation.into(),
        rotation,
        scale: Vec3::ONE,
    }
}

fn name(slot: Option<usize>) -> Name {
    match slot {
        Some(slot) => Name::new(format!("Player {slot}")),
        None => Name::new("Player without a slot"),
    }
}
