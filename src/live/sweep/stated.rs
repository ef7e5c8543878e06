//! What vendors state is trusted only for so long.

use crate::domain::{Moment, Mono, SourceId};
use crate::live::{picture::Source, state::State};

use super::Swept;

impl State {
    /// Looks for what is over since the last look, and for when the next will be.
    pub(super) fn sweep_stated(&mut self, id: &SourceId, now: Moment, swept: &mut Swept) {
        let source = self.picture.sources.get(id);
        let generation = source.map_or(0, |source| source.generation);
        let live = source.is_some_and(Source::is_live);
        let last = self.swept;
        let mut look = |until: Option<Mono>| match until {
            Some(until) if now.mono < until => {
                swept.at(until);
                false
            }
            Some(until) if last < until => {
                swept.changed = true;
                true
            }
            _ => false,
        };
        for queue in self.picture.queues.values_mut() {
            if queue.gives.is_none() || queue.id.source != *id {
                continue;
            }
            let over = queue
                .readings
                .values()
                .filter(|reading| look(reading.until));
            if 0 < over.count() {
                queue.note_trail(live, generation, now);
            }
        }
        for agent in self.picture.agents.values() {
            if let Some(stated) = &agent.stated
                && agent.id.source == *id
            {
                look(stated.said.and_then(|said| said.until));
                stated.readings.values().for_each(|reading| {
                    look(reading.until);
                });
            }
        }
    }
}
