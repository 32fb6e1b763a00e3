//! Follows people from frame to frame.

use std::sync::Arc;

use glam::Vec3;
use kinect_azure::body::BodyFrame;
use kinect_azure::{Body, Calibration};

use super::assignment::Assignment;
use super::association::{Expected, middle, moved};
use super::boxes::PlayerBoxes;
use super::edges::ImageEdges;
use super::masks::Overlaps;
use super::player::{Player, PlayerEvent, Presence};
use super::policy::Candidate;
use super::settings::PlayersSettings;
use super::signature::Signature;
use super::slots::{self, Holder};
use crate::Ground;
use crate::joints::{low_pass, seconds_between};

/// A person who was not seen for longer than this, in seconds, is not recognised in a single frame, but only at the
/// end of a body's probation, when that body's bones are known.
const AT_ONCE_SECONDS: f32 = 0.1;
/// If the unlikeness of a body and a person is above this, the body is another person; noise alone causes values up to
/// 1.
const MOST_UNLIKE: f32 = 1.5;
/// The same limit for a person who has walked out of the image: most of them do not come back at once.
const MOST_UNLIKE_AT_EDGE: f32 = 1.0;
/// A body that is more unlike a hidden person than this does not need a longer probation.
const SURELY_UNLIKE: f32 = 4.0;
/// The longest probation of a body that could be one of the hidden people, in seconds.
const UNDECIDED_SECONDS: f32 = 1.0;
/// How much more unlike every other pair with the same body or the same hidden person must be, while the body's probation
/// can last longer, and at the end of the longest probation. People who were hidden together are not mistaken for each
/// other because one of them comes back first.
const CLEARLY_MORE: f32 = 1.0;
const JUST_MORE: f32 = 0.3;
/// How far from the expected place a hidden person may appear, in mm, and how much farther for each second.
const HIDDEN_REACH_MM: f32 = 400.0;
const HIDDEN_SPEED: f32 = 600.0;
/// The weight of the distance in the unlikeness, at the farthest possible place.
const FAR_WEIGHT: f32 = 0.5;
/// A body in probation that is not seen for this time, in seconds, is forgotten.
const PROBATION_GAP_SECONDS: f32 = 0.2;
/// Cutoff of the low-pass of the trunk's velocity, in Hz.
const VELOCITY_CUTOFF_HZ: f32 = 1.2;
/// A moving player counts as standing again below this share of the speed limit.
const STANDS_BELOW: f32 = 0.6;
/// The time that is assumed between two frames when the clock has gone back, in seconds.
const CLOCK_WENT_BACK_SECONDS: f32 = 1.0 / 30.0;

/// A person who is followed, perhaps still in probation.
#[derive(Clone, Debug)]
struct Track {
    player: Player,
    /// Whether probation is over, so that the person has an id.
    counts: bool,
    signature: Signature,
    velocity: Vec3,
    /// Time since the person was last seen, in seconds.
    unseen_seconds: f32,
    preferred_seconds: f32,
    in_frame: bool,
    /// Whether the person was first seen at the left or right edge of the image.
    came_in: bool,
}

/// Follows the people in a sensor's body frames.
///
/// ```
/// use std::sync::Arc;
/// use kinect_azure::body::BodyFrame;
/// use kinect_tracking::Ground;
/// use kinect_tracking::players::{Players, PlayersSettings};
/// # let calibration = kinect_azure::Calibration {
/// #     depth_camera: None, color_camera: None, extrinsics: Default::default(),
/// #     depth_mode: Default::default(), color_resolution: Default::default(),
/// # };
///
/// let mut players = Players::new(PlayersSettings::default());
/// players.update(&Arc::new(BodyFrame::default()), &calibration, &Ground::default());
/// assert_eq!(players.iter().count(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Players {
    settings: PlayersSettings,
    tracks: Vec<Track>,
    next_id: u32,
    last: Option<Arc<BodyFrame>>,
    events: Vec<PlayerEvent>,
    assignment: Assignment,
    overlaps: Overlaps,
    taken: Vec<bool>,
    holders: Vec<Holder>,
}

impl Players {
    /// Makes a list without players.
    pub fn new(settings: PlayersSettings) -> Self {
        Self {
            settings,
            tracks: Vec::new(),
            next_id: 1,
            last: None,
            events: Vec::new(),
            assignment: Assignment::default(),
            overlaps: Overlaps::default(),
            taken: Vec::new(),
            holders: Vec::new(),
        }
    }

    /// The settings with which people are followed.
    pub const fn settings(&self) -> &PlayersSettings {
        &self.settings
    }

    /// Changes the settings, from the next frame on.
    pub fn set_settings(&mut self, settings: PlayersSettings) {
        self.settings = settings;
    }

    /// All players, including hidden ones, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Player> {
        self.tracks.iter().filter(|t| t.counts).map(|t| &t.player)
    }

    /// The player in a slot.
    pub fn in_slot(&self, slot: usize) -> Option<&Player> {
        self.iter().find(|player| player.slot == Some(slot))
    }

    /// The player with an id.
    pub fn get(&self, id: u32) -> Option<&Player> {
        self.iter().find(|player| player.id == id)
    }

    /// The events of the newest frame, in order.
    pub fn events(&self) -> &[PlayerEvent] {
        &self.events
    }

    /// Removes all players; [`events`](Self::events) has an event for each.
    pub fn clear(&mut self) {
        self.events.clear();
        let mut tracks = core::mem::take(&mut self.tracks);
        for track in tracks.drain(..) {
            self.leave(&track);
        }
        self.tracks = tracks;
        self.last = None;
    }

    /// Updates the players with the next body frame. A frame with the timestamp of the last frame changes nothing. When
    /// the clock has gone back, as when a recording starts over, people are still followed. Does not allocate, unless
    /// there are more people than ever before.
    pub fn update(&mut self, frame: &Arc<BodyFrame>, calibration: &Calibration, ground: &Ground) {
        self.events.clear();
        let Some(seconds) = self.passed(frame) else {
            return;
        };
        let before = self.last.as_ref().and_then(|last| last.index_map.as_ref());
        self.overlaps.measure(before, frame.index_map.as_ref());
        for track in &mut self.tracks {
            track.in_frame = false;
        }
        self.associate(frame, seconds);
        for track in self.tracks.iter_mut().filter(|track| track.in_frame) {
            let player = &mut track.player;
            player.boxes = PlayerBoxes::of(&player.body, calibration);
            player.cut_off = ImageEdges::of(&player.body, calibration, self.settings.edge_share);
            if !track.counts && track.player.seconds == 0.0 {
                track.came_in = track.at_edge();
            }
        }
        self.end_probation();
        self.let_go();
        self.give_out_slots(ground, seconds);
        self.last = Some(Arc::clone(frame));
    }

    /// Seconds since the last frame; `None` for the same frame again.
    fn passed(&self, frame: &BodyFrame) -> Option<f32> {
        let Some(last) = &self.last else {
            return Some(0.0);
        };
        let seconds = seconds_between(last.device_timestamp_usec, frame.device_timestamp_usec);
        if seconds == 0.0 {
            None
        } else if seconds < 0.0 {
            Some(CLOCK_WENT_BACK_SECONDS)
        } else {
            Some(seconds)
        }
    }

    /// Assigns bodies to people, and begins to follow the bodies that fit nobody.
    fn associate(&mut self, frame: &BodyFrame, seconds: f32) {
        let mut assignment = core::mem::take(&mut self.assignment);
        assignment.begin(self.tracks.len(), frame.bodies.len());
        for (row, track) in self.tracks.iter_mut().enumerate() {
            // People who were in the frame before are considered after any gap.
            let at_once = track.unseen_seconds <= AT_ONCE_SECONDS;
            track.unseen_seconds += seconds;
            track.player.seconds += seconds;
            if !at_once {
                continue;
            }
            let expected = track.expected();
            for (column, body) in frame.bodies.iter().enumerate() {
                let cost =
                    expected.cost(body, body.id, column, self.settings.gate_mm, &self.overlaps);
                if let Some(cost) = cost {
                    // Players are assigned before bodies in probation.
                    let late = if track.counts { 0.0 } else { 0.2 };
                    assignment.set(row, column, cost + late);
                }
            }
        }
        self.taken.clear();
        self.taken.resize(frame.bodies.len(), false);
        for (track, place) in self.tracks.iter_mut().zip(assignment.solve()) {
            if let Some(place) = *place {
                self.taken[place] = true;
                let was_hidden = track.player.presence == Presence::Hidden;
                track.see(&frame.bodies[place], place, seconds, &self.settings);
                if was_hidden && track.counts {
                    let id = track.player.id;
                    self.events.push(PlayerEvent::Returned { id });
                }
            }
        }
        self.assignment = assignment;
        for (place, body) in frame.bodies.iter().enumerate() {
            if !self.taken[place] && middle(body).is_some() {
                self.tracks.push(Track::new(body, place));
            }
        }
    }

    /// Ends the probation of bodies: each becomes a hidden player who is back, or a new player.
    fn end_probation(&mut self) {
        // The best pair comes first, so that nobody is mistaken for a player whom another body fits better.
        while let Some((back, hidden)) = self.best_return() {
            let fresh = self.tracks.swap_remove(back);
            // `swap_remove` has moved the last track to this index.
            let hidden = if hidden == self.tracks.len() {
                back
            } else {
                hidden
            };
            self.tracks[hidden].resume(fresh);
            let id = self.tracks[hidden].player.id;
            self.events.push(PlayerEvent::Returned { id });
        }
        for index in 0..self.tracks.len() {
            if !self.is_over(&self.tracks[index]) || self.is_undecided(index) {
                continue;
            }
            let track = &mut self.tracks[index];
            track.counts = true;
            track.player.id = self.next_id;
            track.player.body.id = self.next_id;
            self.next_id = self.next_id.wrapping_add(1).max(1);
            let id = track.player.id;
            self.events.push(PlayerEvent::Entered { id });
        }
    }

    /// Whether a body has been in probation for long enough.
    fn is_over(&self, track: &Track) -> bool {
        let seconds = track.player.seconds;
        !track.counts && track.in_frame && seconds >= self.settings.probation_seconds
    }

    /// How unlike a body in probation and a hidden person are, by bones and place; `None` when they cannot be the same.
    fn unlike(&self, fresh: &Track, hidden: &Track) -> Option<f32> {
        if !hidden.counts || hidden.in_frame {
            return None;
        }
        // A person who was hidden by another does not come back at the edge of the image, and a person who left at
        // the edge does not come back in the middle.
        if hidden.at_edge() != fresh.came_in {
            return None;
        }
        let reach = HIDDEN_REACH_MM + HIDDEN_SPEED * hidden.unseen_seconds;
        let distance = hidden.expected().distance(&fresh.player.body)?;
        if distance > reach {
            return None;
        }
        let alike = self.settings.bones_differ_mm.max(0.1);
        let bones = hidden.signature.unlike(&fresh.signature, alike)?;
        Some(bones + FAR_WEIGHT * (distance / reach).powi(2))
    }

    /// The body at the end of its probation and the hidden person that are most alike, if they are alike enough.
    fn best_return(&self) -> Option<(usize, usize)> {
        let mut best: Option<(f32, usize, usize)> = None;
        for (back, fresh) in self.tracks.iter().enumerate() {
            if !self.is_over(fresh) {
                continue;
            }
            for (hidden, track) in self.tracks.iter().enumerate() {
                let most = if track.at_edge() {
                    MOST_UNLIKE_AT_EDGE
                } else {
                    MOST_UNLIKE
                };
                let Some(unlike) = self.unlike(fresh, track).filter(|unlike| *unlike <= most)
                else {
                    continue;
                };
                let more = if self.may_wait(fresh) {
                    CLEARLY_MORE
                } else {
                    JUST_MORE
                };
                if self.rival(back, hidden) - unlike < more {
                    continue;
                }
                if best.is_none_or(|(least, ..)| unlike < least) {
                    best = Some((unlike, back, hidden));
                }
            }
        }
        best.map(|(_, back, hidden)| (back, hidden))
    }

    /// The unlikeness of the next best pair with that body or that hidden person; infinite without another pair.
    fn rival(&self, back: usize, hidden: usize) -> f32 {
        let others = self.tracks.iter().enumerate().filter_map(|(index, track)| {
            if track.counts {
                (index != hidden).then(|| self.unlike(&self.tracks[back], track))?
            } else {
                // Also a body whose probation is not over can be the hidden person.
                (index != back && track.in_frame)
                    .then(|| self.unlike(track, &self.tracks[hidden]))?
            }
        });
        others.fold(f32::INFINITY, f32::min)
    }

    /// Whether a body's probation can last longer.
    fn may_wait(&self, fresh: &Track) -> bool {
        fresh.player.seconds < UNDECIDED_SECONDS.max(self.settings.probation_seconds)
    }

    /// Whether a body's probation should last longer, because the body could be a hidden person.
    fn is_undecided(&self, index: usize) -> bool {
        let fresh = &self.tracks[index];
        self.may_wait(fresh)
            && self.tracks.iter().any(|hidden| {
                self.unlike(fresh, hidden)
                    .is_some_and(|unlike| unlike < SURELY_UNLIKE)
            })
    }

    /// Hides the people who are not in the frame, and removes those who were hidden for too long.
    fn let_go(&mut self) {
        let mut index = 0;
        while let Some(track) = self.tracks.get_mut(index) {
            if track.in_frame {
                index += 1;
                continue;
            }
            let longest = if track.counts {
                self.settings.hidden_seconds
            } else {
                PROBATION_GAP_SECONDS
            };
            if track.unseen_seconds > longest {
                let gone = self.tracks.swap_remove(index);
                self.leave(&gone);
                continue;
            }
            let player = &mut track.player;
            player.hidden_seconds = track.unseen_seconds;
            player.place = None;
            player.moving = false;
            if player.presence == Presence::Present {
                player.presence = Presence::Hidden;
                if track.counts {
                    let id = player.id;
                    self.events.push(PlayerEvent::Hidden { id });
                }
            }
            index += 1;
        }
    }

    fn leave(&mut self, track: &Track) {
        if !track.counts {
            return;
        }
        let id = track.player.id;
        if let Some(slot) = track.player.slot {
            self.events.push(PlayerEvent::SlotFreed { id, slot });
        }
        self.events.push(PlayerEvent::Left { id });
    }

    fn give_out_slots(&mut self, ground: &Ground, seconds: f32) {
        self.holders.clear();
        for track in self.tracks.iter().filter(|track| track.counts) {
            let player = &track.player;
            self.holders.push(Holder {
                id: player.id,
                slot: player.slot,
                candidate: Candidate {
                    middle: middle(&player.body).unwrap_or_default(),
                    seconds: player.seconds,
                    hidden: player.presence == Presence::Hidden,
                },
                preferred_seconds: track.preferred_seconds,
            });
        }
        let events = &mut self.events;
        slots::give_out(
            &mut self.holders,
            &self.settings,
            ground,
            seconds,
            |event| {
                events.push(event);
            },
        );
        let counting = self.tracks.iter_mut().filter(|track| track.counts);
        for (track, holder) in counting.zip(&self.holders) {
            track.player.slot = holder.slot;
            track.preferred_seconds = holder.preferred_seconds;
        }
    }
}

impl Track {
    fn new(body: &Body, place: usize) -> Self {
        let mut signature = Signature::default();
        signature.add(body);
        Self {
            player: Player {
                id: 0,
                tracker_id: body.id,
                slot: None,
                presence: Presence::Present,
                seconds: 0.0,
                hidden_seconds: 0.0,
                body: body.clone(),
                place: Some(place),
                moving: false,
                speed: 0.0,
                cut_off: ImageEdges::default(),
                boxes: PlayerBoxes::default(),
            },
            counts: false,
            signature,
            velocity: Vec3::ZERO,
            unseen_seconds: 0.0,
            preferred_seconds: 0.0,
            in_frame: true,
            came_in: false,
        }
    }

    /// Whether the left or right edge of the image cuts the person off, or did when the person was last seen.
    const fn at_edge(&self) -> bool {
        self.player.cut_off.left || self.player.cut_off.right
    }

    fn expected(&self) -> Expected<'_> {
        Expected {
            body: &self.player.body,
            velocity: self.velocity,
            unseen_seconds: self.unseen_seconds,
            tracker_id: self.player.tracker_id,
            signature: &self.signature,
            place: self.player.place,
        }
    }

    /// Updates the person with the body in this frame.
    fn see(&mut self, body: &Body, place: usize, seconds: f32, settings: &PlayersSettings) {
        let player = &mut self.player;
        if let Some(moved) = moved(&player.body, body) {
            let velocity = moved / self.unseen_seconds.max(1e-3);
            self.velocity += (velocity - self.velocity) * low_pass(VELOCITY_CUTOFF_HZ, seconds);
        }
        player.speed = self.velocity.length();
        let limit = if player.moving { STANDS_BELOW } else { 1.0 };
        player.moving = player.speed > settings.moving_mm_per_second * limit;
        player.tracker_id = body.id;
        player.body.joints = body.joints;
        if !self.counts {
            player.body.id = body.id;
        }
        player.place = Some(place);
        player.presence = Presence::Present;
        player.hidden_seconds = 0.0;
        self.unseen_seconds = 0.0;
        self.in_frame = true;
        self.signature.add(body);
    }

    /// Continues a hidden person with a body that was in probation.
    fn resume(&mut self, fresh: Self) {
        self.player.tracker_id = fresh.player.tracker_id;
        self.player.body.joints = fresh.player.body.joints;
        self.player.place = fresh.player.place;
        self.player.presence = Presence::Present;
        self.player.hidden_seconds = 0.0;
        self.player.moving = fresh.player.moving;
        self.player.speed = fresh.player.speed;
        self.velocity = fresh.velocity;
        self.unseen_seconds = 0.0;
        self.in_frame = true;
    }
}
