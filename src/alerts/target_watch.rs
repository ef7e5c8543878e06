//! Readings of the targets of a day: queues whose day can't reach the target of its service level any longer. Each is found
//! once a day at most.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use wallboard_alerts::{
    AlertBook, AlertFigure, AlertLevel, AlertRule, AlertSubject, OtherReadings, Reading,
};
use wallboard_domain::{Metric, MetricValue, Moment, QueueId, moment};
use wallboard_live::{BestServiceLevel, Snapshot};

use crate::forecasts::Forecasts;

/// How often the targets are looked at, in milliseconds.
const LOOK_EVERY_MS: i64 = 15_000;
/// A target is within reach again only with so many percentage points to spare.
const REACHED_BY: f64 = 1.0;

/// The targets that are out of reach today.
#[derive(Debug, Default)]
pub(super) struct TargetWatch {
    day: Date,
    looked_at: Option<Timestamp>,
    /// The best that each can still be, in percent.
    out_of_reach: BTreeMap<QueueId, f64>,
}

impl TargetWatch {
    /// Adds the readings of those that some rule watches. Costs nothing if none does.
    pub(super) fn read(
        &mut self,
        snapshot: &Snapshot,
        now: Moment,
        rules: &[AlertRule],
        (forecasts, book): (&Forecasts, &AlertBook),
        readings: &mut OtherReadings,
    ) {
        if !rules.iter().any(AlertRule::watches_targets) {
            *self = Self::default();
            return;
        }
        let day = now.wall.to_zoned(snapshot.site.zone.clone()).date();
        if day != self.day {
            *self = Self {
                day,
                ..Self::default()
            };
            self.resume(book, moment::day_start(now.wall, &snapshot.site.zone));
        }
        let is_due = self
            .looked_at
            .is_none_or(|at| !(0..LOOK_EVERY_MS).contains(&moment::millis_between(at, now.wall)));
        if is_due {
            self.looked_at = Some(now.wall);
            self.look(snapshot, now, rules, forecasts, book);
        }
        let found = self.out_of_reach.iter().map(|(id, best)| {
            let figure = AlertFigure {
                metric: Metric::ServiceLevel,
                level: AlertLevel::Warning,
                value: MetricValue::Percent(*best),
                is_low: true,
            };
            let reading = Reading::Burning {
                level: AlertLevel::Warning,
                figures: vec![figure],
                status: None,
                custom: None,
                since: None,
            };
            (AlertSubject::Target(id.clone()), reading)
        });
        readings.0.extend(found);
    }

    /// Has the alerts of today that were open before a restart.
    fn resume(&mut self, book: &AlertBook, day_start: Timestamp) {
        for alert in book.open().iter().filter(|alert| day_start <= alert.since) {
            if let (AlertSubject::Target(id), Some(figure)) =
                (&alert.subject, alert.figures.first())
            {
                self.out_of_reach
                    .insert(id.clone(), figure.value.as_number());
            }
        }
    }

    /// Looks at every queue. What isn't known changes nothing.
    fn look(
        &mut self,
        snapshot: &Snapshot,
        now: Moment,
        rules: &[AlertRule],
        forecasts: &Forecasts,
        book: &AlertBook,
    ) {
        let day_start = moment::day_start(now.wall, &snapshot.site.zone);
        for queue in snapshot.visible_queues() {
            let subject = AlertSubject::Target(queue.id.clone());
            if !rules
                .iter()
                .any(|rule| rule.is_enabled && rule.watches(&subject))
            {
                continue;
            }
            let rest = forecasts.rest_of_day(snapshot, queue, now);
            let level = rest.and_then(|rest| snapshot.best_service_level(queue, rest, now));
            let had_alert = || {
                let mut ended = book.ended();
                ended.any(|alert| alert.subject == subject && day_start <= alert.since)
            };
            self.follow(&queue.id, level, had_alert);
        }
    }

    fn follow(
        &mut self,
        id: &QueueId,
        level: Option<BestServiceLevel>,
        had_alert: impl FnOnce() -> bool,
    ) {
        let Some(level) = level else { return };
        match self.out_of_reach.get_mut(id) {
            Some(_) if level.is_above_by(REACHED_BY) => {
                self.out_of_reach.remove(id);
            }
            Some(best) => *best = level.best,
            None if level.is_out_of_reach() && !had_alert() => {
                self.out_of_reach.insert(id.clone(), level.best);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_out_of_reach_once_a_day_and_back_only_with_a_point_to_spare() {
        let mut watch = TargetWatch::default();
        let id = QueueId::new(&"chat".into(), "1");
        let mut follow = |best: Option<f64>, had_alert: bool| {
            let level = best.map(|best| BestServiceLevel { best, target: 80.0 });
            watch.follow(&id, level, || had_alert);
            watch.out_of_reach.get(&id).copied()
        };
        assert_eq!(follow(Some(80.0), false), None);
        assert_eq!(follow(Some(79.0), false), Some(79.0));
        assert_eq!(follow(None, false), Some(79.0));
        assert_eq!(follow(Some(80.5), false), Some(80.5));
        assert_eq!(follow(Some(81.0), false), None);
        assert_eq!(follow(Some(79.0), true), None);
    }
}
