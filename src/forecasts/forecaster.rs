//! One turn: all queues observed at a moment, and their forecasts.

use std::sync::Arc;

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use tokio::task;

use wallboard_domain::{ForecastGap, Metric, Moment, QueueId, moment};
use wallboard_forecast::{ArrivalModel, HandleTime, HandledContacts, StaffingOutlook};
use wallboard_history::report::History;
use wallboard_live::{LiveHandle, QueueSnapshot, Snapshot};
use wallboard_store::Store;

use super::{
    ArrivalsToday, Calibration, DatedForecast, ForecastBasis, ForecastsByQueue,
    arrival_notes::{ArrivalNotes, minute_of_day},
    counted_agents::CountedAgents,
    handled_notes::HandledNotes,
    live_pool::{LiveQueue, PresentAgent, current, present_agents},
    loaded_pasts::{ForecastSubject, LoadedPasts},
    observed_queue::{ForecastInput, ObservedGroup, ObservedQueue, ObservedQueues},
    queue_load::QueueLoad,
    rest_of_day::RestsOfDay,
    slot_counts::SlotCounts,
};

/// A forecast ends with a half hour that is so many minutes away or more.
const STEP_MINUTES: f64 = 30.0;
const LENGTH_MIN_MINUTES: f64 = 15.0;
const DAY_MINUTES: f64 = 24.0 * 60.0;

/// The state between two turns.
pub(super) struct Forecaster {
    pub(super) pasts: LoadedPasts,
    notes: ArrivalNotes,
    handled: HandledNotes,
    slots: SlotCounts,
    store: Store,
}

/// The period of a turn's forecasts, in minutes of the day.
#[derive(Clone, Copy)]
struct ForecastPeriod {
    from_minute: f64,
    until_minute: f64,
    until: Timestamp,
}

/// All queues and agents at the start of a turn. Forecasts are computed from it once the live state is no
/// longer read.
pub(super) struct ForecastTurn {
    now: Timestamp,
    period: ForecastPeriod,
    agents: Vec<PresentAgent>,
    queues: ObservedQueues,
    groups: Vec<ObservedGroup>,
}

impl Forecaster {
    pub(super) fn new(history: History, store: Store) -> Self {
        Self {
            pasts: LoadedPasts::new(history, store.clone()),
            notes: ArrivalNotes::default(),
            handled: HandledNotes::default(),
            slots: SlotCounts::default(),
            store,
        }
    }

    /// Computes the forecasts of all queues that aren't hidden.
    pub(super) async fn compute_all(&mut self, live: &LiveHandle) -> ForecastsByQueue {
        let (subjects, zone, day) = live.read_snapshot(|snapshot, now| {
            let zone = snapshot.site.zone.clone();
            let day = now.wall.to_zoned(zone.clone()).date();
            (forecast_subjects(snapshot), zone, day)
        });
        self.load(&subjects, day, &zone).await;
        let turn = live.read_snapshot(|snapshot, now| self.observe(snapshot, now));
        let computed = task::spawn_blocking(move || turn.forecast());
        computed.await.unwrap_or_default()
    }

    /// Loads the pasts of queues, and what was recorded of today before this process started.
    pub(super) async fn load(&mut self, subjects: &[ForecastSubject], day: Date, zone: &TimeZone) {
        self.pasts.refresh(subjects, day, zone).await;
        let ids = subjects.iter().map(|subject| &subject.queue);
        let new = ids.filter(|queue| !self.notes.has_begun(day, queue));
        let new: Vec<QueueId> = new.cloned().collect();
        if new.is_empty() {
            return;
        }
        // Without them, today's arrivals begin now.
        let recorded = self.store.board_snapshots_of(new.clone(), day, day).await;
        for (queue, recorded) in new.iter().zip(recorded.unwrap_or_default()) {
            self.notes.restore(day, queue, &recorded, zone);
            self.handled.restore(day, queue, &recorded, zone);
        }
    }

    /// Returns how many contacts at once an agent of a queue was seen with on a day.
    pub(super) fn slots_of_day(&self, queue: &QueueId, day: Date) -> Option<u32> {
        let loaded = self.pasts.find(queue);
        let earlier = loaded.and_then(|loaded| loaded.slots.get(&day).copied());
        self.slots.today(queue).max(earlier)
    }

    pub(super) fn slots(&self, queue: &QueueId) -> u32 {
        let earlier = self.pasts.find(queue).map(|loaded| &loaded.slots);
        self.slots.find(queue, earlier)
    }

    pub(super) fn observe(&mut self, snapshot: &Snapshot, now: Moment) -> ForecastTurn {
        let local = now.wall.to_zoned(snapshot.site.zone.clone());
        let period = ForecastPeriod::after(&local);
        self.slots.record(snapshot, local.date());
        let agents = present_agents(snapshot, now, |queue| self.slots(queue));
        let mut queues = ObservedQueues::new();
        for queue in single_queues(snapshot) {
            let total = current(snapshot, queue, Metric::Offered, now);
            let minute = period.from_minute;
            self.notes.record(local.date(), minute, &queue.id, total);
            let handled = LiveQueue::handled_today(snapshot, queue, now);
            if let Some(handled) = handled.filter(|_| queue.provided_metrics.is_none()) {
                (self.handled).record(local.date(), minute, &queue.id, handled);
            }
            let handled_today = handled.unwrap_or_default();
            let state = match snapshot.find_forecast_gap(queue, now) {
                Some(gap) => Err(gap),
                None => self.observe_queue(snapshot, queue, handled_today, now, period),
            };
            let observed = ObservedQueue {
                target: snapshot.site.target_for(&queue.id.to_string()),
                counted: CountedAgents::find(snapshot, queue, now),
                load: QueueLoad::find(snapshot, queue, now),
                is_unused: total == Some(0.0) && self.pasts.have_none(&queue.id),
                slots: self.slots(&queue.id),
                calibration: (self.pasts.find(&queue.id))
                    .map(|loaded| loaded.calibration)
                    .unwrap_or_default(),
                state,
            };
            queues.insert(queue.id.clone(), observed);
        }
        ForecastTurn {
            now: now.wall,
            period,
            agents,
            queues,
            groups: groups(snapshot)
                .map(|group| observe_group(snapshot, group, now))
                .collect(),
        }
    }

    /// Returns what is expected of each queue from now until midnight.
    pub(super) fn rests(&self, snapshot: &Snapshot, now: Moment) -> RestsOfDay {
        let local = now.wall.to_zoned(snapshot.site.zone.clone());
        let from = ForecastPeriod::after(&local).from_minute;
        let arrivals = single_queues(snapshot).filter_map(|queue| {
            let past = self.pasts.find(&queue.id)?.past.as_ref().ok()?;
            let recent = self.notes.recent(&queue.id);
            Some((
                queue.id.clone(),
                past.model.expect(&recent, from, DAY_MINUTES),
            ))
        });
        RestsOfDay {
            computed_at: now.wall,
            arrivals: arrivals.collect(),
        }
    }

    fn observe_queue(
        &self,
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        handled_today: HandledContacts,
        now: Moment,
        period: ForecastPeriod,
    ) -> Result<(LiveQueue, StaffingOutlook), ForecastGap> {
        let loaded = (self.pasts.find(&queue.id)).ok_or(ForecastGap::NotComputedYet)?;
        let past = loaded.past.as_ref().map_err(|gap| *gap)?;
        let recent = (self.handled).recent(&queue.id, period.from_minute, handled_today);
        let handle_time = HandleTime::estimate(recent, past.handled);
        let handle_time = handle_time.ok_or(ForecastGap::UnknownHandleTime)?;
        let waiting_s = LiveQueue::waiting_s(snapshot, queue, now);
        let [from, until] = [period.from_minute, period.until_minute];
        let live = LiveQueue {
            basis: ForecastBasis {
                usual_contacts: past.model.usual_between(from, until),
                today: self.arrivals_today(&queue.id, &past.model, now, from),
                handle_time_s: handle_time.mean_s,
            },
            arrivals: past
                .model
                .expect(&self.notes.recent(&queue.id), from, until),
            handle_time,
            patience_s: past.patience_s,
            answer_delay_s: past.answer_delay_s,
            waiting_s: waiting_s.ok_or(ForecastGap::OutOfDate)?,
        };
        Ok((live, past.staffing(from, until)))
    }

    /// Returns what has arrived without a gap until a minute of the day, which is now.
    fn arrivals_today(
        &self,
        queue: &QueueId,
        model: &ArrivalModel,
        now: Moment,
        minute: f64,
    ) -> Option<ArrivalsToday> {
        let parts = self.notes.unbroken(queue, minute);
        let from = parts.first()?.from_minute;
        #[expect(clippy::cast_possible_truncation, reason = "a part of a day")]
        let ago_ms = ((minute - from) * 60_000.0).round() as i64;
        Some(ArrivalsToday {
            since: moment::plus_millis(now.wall, -ago_ms),
            contacts: parts.iter().map(|part| part.contacts).sum(),
            usual_contacts: model.usual_between(from, minute),
        })
    }
}

impl ForecastTurn {
    pub(super) fn forecast(self) -> ForecastsByQueue {
        let length_s = (self.period.until_minute - self.period.from_minute) * 60.0;
        let date = |input: Result<ForecastInput, ForecastGap>, slots, calibration| {
            Arc::new(DatedForecast {
                slots,
                basis: input.as_ref().ok().and_then(|input| input.basis),
                computed_at: self.now,
                until: self.period.until,
                forecast: (input.as_ref().map_err(|gap| *gap))
                    .and_then(|input| input.forecast(length_s)),
                shared: input.ok().and_then(|input| input.shared),
                calibration,
            })
        };
        let queues = self.queues.iter().map(|(id, queue)| {
            let input = queue.build_input(id, &self.queues, &self.agents);
            (id.clone(), date(input, queue.slots, queue.calibration))
        });
        let groups = self.groups.iter().map(|group| {
            let input = group.build_input(&self.queues, &self.agents);
            let members = group.members.iter().filter_map(|id| self.queues.get(id));
            let slots = members.map(|queue| queue.slots).min().unwrap_or(1);
            (group.id.clone(), date(input, slots, Calibration::default()))
        });
        queues.chain(groups).collect()
    }
}

/// Returns the queues that can have a forecast.
pub(super) fn forecast_subjects(snapshot: &Snapshot) -> Vec<ForecastSubject> {
    let subjects = single_queues(snapshot).map(|queue| {
        let id = queue.id.to_string();
        ForecastSubject {
            queue: queue.id.clone(),
            target: snapshot.site.target_for(&id),
            hours: snapshot.site.hours_for(&id, false).cloned(),
        }
    });
    subjects.collect()
}

/// Returns the queues that aren't groups, nor hidden.
fn single_queues(snapshot: &Snapshot) -> impl Iterator<Item = &QueueSnapshot> {
    (snapshot.visible_queues()).filter(|queue| queue.members.is_none())
}

fn groups(snapshot: &Snapshot) -> impl Iterator<Item = &QueueSnapshot> {
    (snapshot.visible_queues()).filter(|queue| queue.members.is_some())
}

fn observe_group(snapshot: &Snapshot, group: &QueueSnapshot, now: Moment) -> ObservedGroup {
    let members = snapshot.group_members(group);
    let open = members.filter(|queue| !snapshot.queue_hours(queue, now.wall).is_closed);
    ObservedGroup {
        id: group.id.clone(),
        members: open.map(|queue| queue.id.clone()).collect(),
        gap: snapshot.find_forecast_gap(group, now),
    }
}

impl ForecastPeriod {
    /// Returns the time until the half hour ends that is a quarter of an hour away or more, but not
    /// beyond midnight.
    fn after(local: &Zoned) -> Self {
        let from_minute = minute_of_day(local);
        let steps = ((from_minute + LENGTH_MIN_MINUTES) / STEP_MINUTES).ceil();
        let until_minute = (steps * STEP_MINUTES).min(DAY_MINUTES);
        let length_ms = ((until_minute - from_minute) * 60_000.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "less than an hour")]
        let until = moment::plus_millis(local.timestamp(), length_ms as i64);
        Self {
            from_minute,
            until_minute,
            until: moment::plus_millis(until, -i64::from(until.subsec_millisecond())),
        }
    }
}
