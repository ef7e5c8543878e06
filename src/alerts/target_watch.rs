//! Readings of the targets of a day: queues whose day can't reach the target of its service level any longer. Each is found
//! once a day at most, while its queue is open. After that, nobody can do anything about it.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use wallboard_alerts::{
    AlertBook, AlertFigure, AlertLevel, AlertRule, AlertSubject, OtherReadings, Reading,
};
use wallboard_domain::{Metric, MetricValue, Moment, QueueId, moment};
use wallboard_live::{BestServiceLevel, Evaluator, ShownFreshness, Snapshot};

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
        forecasts: &Forecasts,
        book: &AlertBook,
        readings: &mut OtherReadings,
    ) {
        if !rules.iter().any(AlertRule::watches_targets) {
            *self = Self::default();
            return;
        }
        let day = now.wall.to_zoned(snapshot.site.zone.clone()).date();
        let day_start = moment::day_start(now.wall, &snapshot.site.zone);
        if day != self.day {
            *self = Self {
                day,
                ..Self::default()
            };
            self.resume(book, day_start);
        }
        self.out_of_reach
            .retain(|id, _| !is_closed(snapshot, id, now));
        let is_due = self
            .looked_at
            .is_none_or(|at| !(0..LOOK_EVERY_MS).contains(&moment::millis_between(at, now.wall)));
        if is_due {
            self.looked_at = Some(now.wall);
            self.look(snapshot, now, rules, forecasts, book);
        }
        for alert in book.open() {
            if let AlertSubject::Target(id) = &alert.subject {
                let is_over = alert.since < day_start || is_closed(snapshot, id, now);
                let reading = if is_over {
                    Reading::Lapsed
                } else {
                    Reading::Calm
                };
                readings.0.insert(alert.subject.clone(), reading);
            }
        }
        let found = self.out_of_reach.iter();
        let found = found.filter_map(|(id, best)| {
            let reading = reading_of(snapshot, id, *best, now)?;
            Some((AlertSubject::Target(id.clone()), reading))
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

    /// Looks at every queue that is open. What isn't known changes nothing.
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
                || is_closed(snapshot, &queue.id, now)
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

fn is_closed(snapshot: &Snapshot, id: &QueueId, now: Moment) -> bool {
    let queue = snapshot.queues.get(id);
    queue.is_some_and(|queue| snapshot.queue_hours(queue, now.wall).is_closed)
}

/// The reading of a queue that can be at best so good; `None` if nobody may know it.
fn reading_of(snapshot: &Snapshot, id: &QueueId, best: f64, now: Moment) -> Option<Reading> {
    let Some(queue) = snapshot.queues.get(id) else {
        let source = snapshot.sources.get(&id.source)?;
        return (!source.is_live()).then_some(Reading::Unknown);
    };
    if snapshot.is_queue_hidden(queue) {
        return None;
    }
    let level = Evaluator::new(snapshot, now).evaluate_metric(queue, Metric::ServiceLevel);
    if level.freshness != ShownFreshness::UpToDate {
        return Some(Reading::Unknown);
    }
    Some(Reading::Burning {
        level: AlertLevel::Warning,
        figures: vec![AlertFigure {
            metric: Metric::ServiceLevel,
            level: AlertLevel::Warning,
            value: MetricValue::Percent(best),
            is_low: true,
        }],
        status: None,
        custom: None,
        since: None,
        is_partial: false,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;
    use wallboard_alerts::{AlertFinding, AlertId, AlertScope, Dwell};
    use wallboard_domain::{ClosedDays, Input, OpenPeriod, OpeningHours, Pattern, Patterns};
    use wallboard_live::testing::{LiveScenario, chat_id, created_event, opened_event};

    use crate::alerts::tests::queue_rule;

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

    const MINUTE: i64 = 60_000;

    fn rule() -> AlertRule {
        AlertRule {
            scope: AlertScope::Targets(vec![Pattern("*".into())]),
            ..queue_rule("Target")
        }
    }

    /// A day that is counted from its start, with one of two contacts answered in time. Its target is out of reach.
    fn floor() -> (LiveScenario, TargetWatch) {
        let mut floor = LiveScenario::new();
        floor.send_load("1", 0, 0, 1);
        floor.advance_time(16 * 60 * MINUTE + 5 * MINUTE);
        for (case, waited_ms) in [("a", 5_000), ("b", 30_000)] {
            floor.send_case_event(case, created_event());
            floor.advance_time(waited_ms);
            floor.send_case_event(case, opened_event("anna", "1"));
        }
        floor.send_load("1", 0, 2, 1);
        let watch = TargetWatch {
            day: floor.now.wall.to_zoned(TimeZone::UTC).date(),
            looked_at: Some(floor.now.wall),
            out_of_reach: [(chat_id("1"), 50.0)].into(),
        };
        (floor, watch)
    }

    fn target() -> AlertSubject {
        AlertSubject::Target(chat_id("1"))
    }

    fn read(watch: &mut TargetWatch, floor: &LiveScenario, book: &AlertBook) -> Option<Reading> {
        let (snapshot, now, mut readings) =
            (floor.state.snapshot(), floor.now, OtherReadings::default());
        let forecasts = Forecasts::default();
        watch.read(snapshot, now, &[rule()], &forecasts, book, &mut readings);
        readings.0.remove(&target())
    }

    /// The book with the alert that these readings open.
    fn opened(reading: Option<Reading>, now: Moment) -> AlertBook {
        let finding = AlertFinding {
            rule: "Target".to_owned(),
            subject: target(),
            reading: reading.unwrap(),
            is_silenced: false,
        };
        let (mut book, id) = (AlertBook::default(), AlertId(uuid::Uuid::from_u128(1)));
        book.advance(&[rule()], &[finding], &mut Dwell::default(), now, || id);
        assert_eq!(book.open().len(), 1);
        book
    }

    #[test]
    fn a_target_is_unknown_while_its_source_is_lost() {
        let (mut floor, mut watch) = floor();
        let burning = read(&mut watch, &floor, &AlertBook::default());
        let Some(Reading::Burning { figures, .. }) = burning else {
            panic!("{burning:?}");
        };
        assert_eq!(figures[0].value, MetricValue::Percent(50.0));
        floor.disconnect_source();
        for seconds in [0, 60] {
            floor.advance_time(seconds * 1_000);
            let lost = read(&mut watch, &floor, &AlertBook::default());
            assert_eq!(lost, Some(Reading::Unknown), "after {seconds} s");
        }
        let mut hidden = floor.state.snapshot().clone();
        let site = Arc::make_mut(&mut hidden.site);
        site.hidden_queues.push(Pattern("chat/1".into()));
        assert_eq!(reading_of(&hidden, &chat_id("1"), 50.0, floor.now), None);
    }

    #[test]
    fn a_target_of_a_closed_queue_or_of_yesterday_has_lapsed() {
        let (mut floor, mut watch) = floor();
        let burning = read(&mut watch, &floor, &AlertBook::default());
        let book = opened(burning, floor.now);
        // Open until one o'clock in the morning.
        let hours = OpeningHours {
            zone: TimeZone::UTC,
            week: std::array::from_fn(|_| {
                vec![OpenPeriod {
                    from_minute: 0,
                    to_minute: 60,
                }]
            }),
            dates: BTreeMap::new(),
            holidays: ClosedDays::default(),
        };
        let mut site = (*floor.state.snapshot().site).clone();
        site.hours = Patterns(vec![(Pattern("chat/1".into()), hours)]);
        floor.apply_input(&Input::SiteConfig(site.into()));
        assert!(matches!(
            read(&mut watch, &floor, &book),
            Some(Reading::Burning { .. })
        ));
        floor.advance_time(60 * MINUTE);
        assert_eq!(read(&mut watch, &floor, &book), Some(Reading::Lapsed));
        assert_eq!(read(&mut watch, &floor, &AlertBook::default()), None);
        // After a restart, too.
        let mut watch = TargetWatch::default();
        assert_eq!(read(&mut watch, &floor, &book), Some(Reading::Lapsed));

        let (mut floor, mut watch) = super::tests::floor();
        floor.disconnect_source();
        floor.advance_time(24 * 60 * MINUTE);
        assert_eq!(read(&mut watch, &floor, &book), Some(Reading::Lapsed));
        let mut watch = TargetWatch::default();
        assert_eq!(read(&mut watch, &floor, &book), Some(Reading::Lapsed));
    }

    #[test]
    fn a_target_that_is_within_reach_again_is_calm() {
        let (floor, mut watch) = floor();
        let burning = read(&mut watch, &floor, &AlertBook::default());
        let book = opened(burning, floor.now);
        let level = BestServiceLevel {
            best: 81.0,
            target: 80.0,
        };
        watch.follow(&chat_id("1"), Some(level), || false);
        assert_eq!(read(&mut watch, &floor, &book), Some(Reading::Calm));
    }
}
