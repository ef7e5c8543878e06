//! Reports of custom figures become readings, which expire by time alone. A newer one replaces an older one, which never
//! comes back.

use wallboard_domain::{CustomFigureId, CustomReport, Moment, QueueId, SourceId, Update};

use super::{
    Evaluator, custom_readings::CustomReading, live_state::LiveState, report_stamp::ReportStamp,
    sweep::SweepResult,
};

/// The most values of queues and of the site together: far more than any site has.
const READINGS_MAX: usize = 20_000;
/// A value that has been out of date for this long is removed, in milliseconds.
const GONE_AFTER: i64 = 24 * 3_600_000;

impl LiveState {
    pub(super) fn apply_custom_report(
        &mut self,
        update: &Update,
        report: &CustomReport,
        now: Moment,
    ) {
        let snapshot = &mut self.snapshot;
        let figure = snapshot.site.find_figure(&report.figure);
        let is_declared = figure.is_some_and(|figure| {
            figure.sources.contains(&update.source)
                && figure.is_per_queue == report.queue.is_some()
                && report.value.as_ref().is_none_or(|of| figure.allows(of))
        });
        let Some(source) = (snapshot.sources.get(&update.source)).filter(|_| is_declared) else {
            return;
        };
        let readings = &mut snapshot.custom_readings.0;
        let key = (report.figure.clone(), report.queue.clone());
        if READINGS_MAX <= readings.len() && !readings.contains_key(&key) {
            self.reject_message(update);
            return;
        }
        let readings = readings.entry(key).or_default();
        let before = readings.get(&update.source);
        if before.is_some_and(|before| update.at < before.stamp.at) {
            return;
        }
        let value = report.value.clone();
        let is_invalid = value.is_none();
        let stamp = ReportStamp {
            at: update.at,
            received_at: now.monotonic,
            generation: source.generation,
            valid_until: Some(now.monotonic.plus_millis(report.valid_for_ms)),
            is_age_unknown: false,
            is_invalid,
        };
        let last = before.and_then(|before| before.value.clone());
        let reading = CustomReading {
            value: value.or(last),
            stamp,
        };
        readings.insert(update.source.clone(), reading);
        if let Some(queue) = &report.queue {
            snapshot.queues.mark(queue);
        }
        self.follow_level(&report.figure, report.queue.as_ref(), now);
    }

    /// Follows the severity of a figure that has just been reported, also in the groups of its queue.
    fn follow_level(&mut self, id: &CustomFigureId, queue: Option<&QueueId>, now: Moment) {
        let figure = self.snapshot.site.find_figure(id);
        let Some(figure) = figure.filter(|figure| figure.has_memory()).cloned() else {
            return;
        };
        let groups = queue.map_or(&[][..], |queue| self.breach_tracker.groups_of(queue));
        let groups: Vec<_> = groups.iter().cloned().map(Some).collect();
        for subject in std::iter::once(queue.cloned()).chain(groups) {
            let mut evaluator = Evaluator::new(&self.snapshot, now);
            let evaluated = evaluator.evaluate_custom(&figure, subject.as_ref());
            // A value that isn't up to date neither begins nor ends a severity.
            if !evaluated.freshness.is_current() {
                continue;
            }
            let key = (figure.id.clone(), subject);
            self.snapshot.held_levels.keep(key, evaluated.level);
        }
    }

    /// Finds values of a source that expired since the last sweep, and when the next one expires.
    pub(super) fn sweep_custom_readings(
        &mut self,
        id: &SourceId,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let (last, snapshot) = (self.last_sweep, &mut self.snapshot);
        let (queues, levels) = (&mut snapshot.queues, &mut snapshot.held_levels);
        snapshot.custom_readings.0.retain(|key, readings| {
            let until = readings
                .get(id)
                .and_then(|reading| reading.stamp.valid_until);
            let Some(until) = until else {
                return true;
            };
            if now.monotonic < until {
                result.schedule_at(until);
                return true;
            }
            let is_gone = GONE_AFTER <= now.monotonic.millis_since(until);
            if last < until || is_gone {
                result.changed = true;
                if let Some(queue) = &key.1 {
                    queues.mark(queue);
                }
            }
            if is_gone {
                readings.remove(id);
            } else {
                result.schedule_at(until.plus_millis(GONE_AFTER));
            }
            if readings.is_empty() {
                levels.remove(key);
            }
            !readings.is_empty()
        });
    }
}
