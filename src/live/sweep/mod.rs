//! What time alone changes. Each look says when the next one is due, so that
//! nobody ticks for nothing.

mod cases;
mod contradiction;
mod queues;
mod stated;

use crate::domain::{Metric, Moment, Mono, QueueId, SourceId, Value, moment};

use super::{picture::Trust, state::State};

/// What was open before a break is forgotten, or taken as accounted for, after this.
const FORGOTTEN_AFTER: i64 = 12 * 3_600_000;

/// What a sweep found, and when to look again.
#[derive(Debug, Default)]
pub(super) struct Swept {
    pub(super) changed: bool,
    pub(super) due: Option<Mono>,
}

impl Swept {
    fn at(&mut self, due: Mono) {
        self.due = Some(self.due.map_or(due, |known| known.min(due)));
    }
}

impl State {
    pub(super) fn sweep(&mut self, now: Moment) -> Swept {
        let mut swept = Swept {
            changed: self.end_rounds(now),
            due: None,
        };
        let sources: Vec<SourceId> = self.picture.sources.keys().cloned().collect();
        for source in &sources {
            let live = self.picture.sources[source].is_live();
            self.sweep_quality(source, now, &mut swept);
            self.sweep_queues(source, now, &mut swept);
            self.sweep_stated(source, now, &mut swept);
            if live {
                // While the line is lost, figures stand as they were then.
                self.sweep_waiting(source, now, &mut swept);
            }
            self.sweep_unconfirmed(source, now, &mut swept);
            self.sweep_surplus(source, now, &mut swept);
            swept.changed |= self.sweep_agents(source);
        }
        for id in self.cases.forget(now.wall) {
            self.picture.cases.remove(&id);
            swept.changed = true;
        }
        if let Some(tomorrow) = self.cases.days.tomorrow_starts() {
            let left = moment::millis_between(now.wall, tomorrow).max(0);
            swept.at(now.mono.plus(left));
        }
        swept
    }

    fn sweep_quality(&mut self, id: &SourceId, now: Moment, swept: &mut Swept) {
        let (Some(source), Some(feed)) = (self.picture.sources.get_mut(id), self.feeds.get_mut(id))
        else {
            return;
        };
        let degraded = feed.quality.is_degraded(now.mono);
        swept.changed |= degraded != source.degraded;
        source.degraded = degraded;
        source.interval = feed.cadence.interval();
        let dues = [
            feed.quality.due(),
            feed.round.as_ref().and_then(super::feed::Round::due),
        ];
        dues.into_iter().flatten().for_each(|due| swept.at(due));
    }

    /// Visitors in all queues of a source, where every queue says it or is quiet.
    fn visitors(&self, source: &SourceId, now: Moment) -> Option<u64> {
        let mut visitors = 0;
        let mut queues = self
            .picture
            .queues
            .values()
            .filter(|queue| queue.id.source == *source && !queue.hidden)
            .peekable();
        queues.peek()?;
        for queue in queues {
            if queue.quiet_since.is_none() {
                visitors += self.fresh_count(&queue.id, Metric::Waiting, now)?;
            }
        }
        Some(visitors)
    }

    /// A count that can be trusted now.
    fn fresh_count(&self, id: &QueueId, metric: Metric, now: Moment) -> Option<u64> {
        let queue = self.picture.queues.get(id)?;
        let figure = self.picture.queue_figure(queue, metric, now)?;
        match (figure.trust, figure.value) {
            (Trust::Fresh, Some(Value::Count(n))) => Some(n),
            _ => None,
        }
    }
}
