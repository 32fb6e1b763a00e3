//! The filters of all bodies of a sensor.

use kinect_azure::Body;

use super::body_filter::BodyFilter;
use super::filtered::FilteredBody;
use super::settings::FilterSettings;
use crate::joints::seconds_between;

/// A filter for each body, found by the body's id. The ids must stay with a person, as those of
/// [`Players`](crate::players::Players) do.
#[derive(Clone, Debug)]
pub struct BodyFilters {
    settings: FilterSettings,
    known: Vec<Known>,
    /// Filters of bodies that are gone, to be used again.
    spare: Vec<Box<BodyFilter>>,
}

#[derive(Clone, Debug)]
struct Known {
    id: u32,
    in_frame: bool,
    filter: Box<BodyFilter>,
}

/// A body that is not seen for this time, in seconds, is forgotten.
const FORGET_SECONDS: f32 = 10.0;

impl BodyFilters {
    /// Makes a set of filters, which has no body yet.
    pub const fn new(settings: FilterSettings) -> Self {
        Self {
            settings,
            known: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// The filters' settings.
    pub const fn settings(&self) -> &FilterSettings {
        &self.settings
    }

    /// Changes the filters' settings, from the next frame on.
    pub fn set_settings(&mut self, settings: FilterSettings) {
        if settings != self.settings {
            self.settings = settings;
            for known in &mut self.known {
                known.filter.set_settings(settings);
            }
        }
    }

    /// Filters the bodies of one frame. Does not allocate, unless there are more bodies than ever before.
    pub fn filter<'a>(
        &mut self,
        bodies: impl IntoIterator<Item = &'a Body>,
        device_timestamp_usec: u64,
    ) -> impl Iterator<Item = &FilteredBody> {
        for known in &mut self.known {
            known.in_frame = false;
        }
        for body in bodies {
            let at = match self.known.iter().position(|known| known.id == body.id) {
                Some(at) => at,
                None => {
                    let filter = self.fresh();
                    self.known.push(Known {
                        id: body.id,
                        in_frame: true,
                        filter,
                    });
                    self.known.len() - 1
                }
            };
            let known = &mut self.known[at];
            known.in_frame = true;
            known.filter.filter(body, device_timestamp_usec);
        }
        self.forget(device_timestamp_usec);
        self.outputs()
    }

    /// The bodies of the newest frame.
    pub fn outputs(&self) -> impl Iterator<Item = &FilteredBody> {
        self.known
            .iter()
            .filter(|known| known.in_frame)
            .map(|known| known.filter.output())
    }

    /// The filter of a body, while it is known: in the newest frame or in one of the last ten seconds.
    pub fn of(&self, id: u32) -> Option<&BodyFilter> {
        self.known
            .iter()
            .find(|known| known.id == id)
            .map(|known| &*known.filter)
    }

    fn fresh(&mut self) -> Box<BodyFilter> {
        match self.spare.pop() {
            Some(mut filter) => {
                filter.reset();
                filter.set_settings(self.settings);
                filter
            }
            None => Box::new(BodyFilter::new(self.settings)),
        }
    }

    fn forget(&mut self, now_usec: u64) {
        let mut index = 0;
        while let Some(known) = self.known.get(index) {
            let unseen =
                seconds_between(known.filter.output().device_timestamp_usec, now_usec).abs();
            if !known.in_frame && unseen > FORGET_SECONDS {
                let gone = self.known.swap_remove(index);
                self.spare.push(gone.filter);
            } else {
                index += 1;
            }
        }
    }
}
