//! Slots: numbers that players keep.

use super::player::PlayerEvent;
use super::policy::{self, Candidate};
use super::settings::PlayersSettings;
use crate::Ground;

/// A player who has a slot or could get one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) id: u32,
    pub(super) slot: Option<usize>,
    pub(super) candidate: Candidate,
    /// How long the policy has preferred this person to a holder, in seconds.
    pub(super) preferred_seconds: f32,
}

/// Assigns slots: takes them from players whom the policy excludes, gives free slots to the best waiting players, and
/// replaces a holder by a player who was better for long enough.
pub(super) fn give_out(
    holders: &mut [Holder],
    settings: &PlayersSettings,
    ground: &Ground,
    seconds: f32,
    mut tell: impl FnMut(PlayerEvent),
) {
    let most = settings.most_players.min(PlayersSettings::MOST_PLAYERS);
    let rank = |holder: &Holder| {
        let holds = holder.slot.is_some();
        policy::rank(&settings.policy, &holder.candidate, ground, holds)
    };
    for holder in holders.iter_mut() {
        if let Some(slot) = holder.slot
            && (slot >= most || rank(holder).is_none())
        {
            holder.slot = None;
            tell(PlayerEvent::SlotFreed {
                id: holder.id,
                slot,
            });
        }
    }
    let best_waiting = |holders: &[Holder]| {
        let waiting = holders.iter().enumerate().filter(|(_, h)| h.slot.is_none());
        waiting
            .filter_map(|(index, holder)| Some((index, rank(holder)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
    };
    let free_slot =
        |holders: &[Holder]| (0..most).find(|slot| holders.iter().all(|h| h.slot != Some(*slot)));
    while let (Some(slot), Some((index, _))) = (free_slot(holders), best_waiting(holders)) {
        holders[index].slot = Some(slot);
        let id = holders[index].id;
        tell(PlayerEvent::SlotTaken { id, slot });
    }
    let Some(margin) = policy::margin(&settings.policy) else {
        return;
    };
    let worst_holder = holders
        .iter()
        .enumerate()
        .filter(|(_, holder)| holder.slot.is_some())
        .filter_map(|(index, holder)| Some((index, rank(holder)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let Some((worst, worst_rank)) = worst_holder else {
        return;
    };
    let mut exchange: Option<(usize, f32)> = None;
    for (index, holder) in holders.iter_mut().enumerate() {
        let preferred = match (holder.slot, rank(holder)) {
            (None, Some(own)) if own + margin < worst_rank => Some(own),
            _ => None,
        };
        holder.preferred_seconds = match preferred {
            Some(_) => holder.preferred_seconds + seconds,
            None => 0.0,
        };
        if let Some(own) = preferred
            && holder.preferred_seconds >= settings.replace_after_seconds
            && exchange.is_none_or(|(_, best)| own < best)
        {
            exchange = Some((index, own));
        }
    }
    if let (Some((index, _)), Some(slot)) = (exchange, holders[worst].slot) {
        holders[worst].slot = None;
        holders[index].slot = Some(slot);
        holders[index].preferred_seconds = 0.0;
        let (out, into) = (holders[worst].id, holders[index].id);
        tell(PlayerEvent::SlotFreed { id: out, slot });
        tell(PlayerEvent::SlotTaken { id: into, slot });
    }
}
