//! Forecasts of a day, from what was known at each moment.

use wallboard_domain::QueueTarget;
use wallboard_forecast::{
    AgentPool, ArrivalModel, ExpectedArrivals, HandleTime, HandledContacts, OpenContact, PoolAgent,
    PoolQueue, RecentArrivals, StaffingOutlook, forecast_queue,
};
use wallboard_simulator::roster::{AGENTS, QueueNo};

use super::{
    center_record::{CenterRecord, RecordedDay},
    score::{Comparison, Score, processor_time},
};

const HISTORY: usize = 56;
/// Forecasts of a day: one at a different minute of each two hours.
const PER_DAY: u64 = 12;
const DAY_S: f64 = 86_400.0;

struct Moment<'a> {
    record: &'a CenterRecord,
    day: usize,
    today: &'a RecordedDay,
    now_s: f64,
    until_s: f64,
}

pub(crate) fn score_day(record: &CenterRecord, day: usize, seed: u64, score: &mut Score) {
    let begun = processor_time();
    let models: Vec<Option<ArrivalModel>> = record
        .channel
        .queues()
        .map(|queue| {
            let past = record.past_days(day, queue, HISTORY);
            ArrivalModel::fit(&past, record.days[day].weekday, 1)
        })
        .collect();
    score.record_fit(processor_time() - begun, models.len());
    let model = |queue: QueueNo| models[queue - record.channel.queues().start].as_ref();
    let target = QueueTarget::default();
    for part in 0..PER_DAY {
        // A minute that differs from day to day.
        let minute = (day as u64 * 37 + part * 53 + seed * 17) % 120;
        let now_s = (part * 120 + minute) as f64 * 60.0 + 30.0;
        let until_s = ((now_s + 900.0) / 1800.0).ceil() * 1800.0;
        if now_s < 3600.0 || DAY_S < until_s {
            continue;
        }
        let moment = Moment {
            record,
            day,
            today: &record.days[day],
            now_s,
            until_s,
        };
        for queue in record.channel.queues() {
            let Some(arrivals) = model(queue).map(|model| moment.expect(queue, model)) else {
                score.hidden += 1;
                continue;
            };
            let pool = moment.pool(queue, |other| {
                model(other).map(|model| moment.expect(other, model))
            });
            let begun = processor_time();
            let forecast =
                pool.map(|pool| forecast_queue(&pool, arrivals, &[target], until_s - now_s));
            score.record_time(processor_time() - begun);
            let Some(Ok(forecast)) = forecast else {
                score.hidden += 1;
                continue;
            };
            let today = moment.today;
            let last_week = &record.days[day - 7];
            let window = (now_s, until_s);
            let before = (now_s - 1800.0, now_s);
            let count = |day: &RecordedDay, (from_s, to_s)| {
                f64::from(day.count_offered(queue, from_s, to_s))
            };
            let as_now = count(today, before) * (until_s - now_s) / 1800.0;
            score.contacts.add(&Comparison {
                range: forecast.contacts,
                came: count(today, window),
                last_week: Some(count(last_week, window)),
                as_now: Some(as_now),
            });
            let (level, longest_s) = today.service(queue, target, window);
            if let Some((range, came)) = forecast.outlook.service_level.zip(level) {
                score.level.add(&Comparison {
                    range,
                    came,
                    last_week: last_week.service(queue, target, window).0,
                    as_now: today.service(queue, target, before).0,
                });
            }
            score.longest_wait.add(&Comparison {
                range: forecast.outlook.longest_wait_s,
                came: longest_s,
                last_week: Some(last_week.service(queue, target, window).1),
                as_now: Some(today.service(queue, target, before).1),
            });
        }
    }
}

impl Moment<'_> {
    fn expect(&self, queue: QueueNo, model: &ArrivalModel) -> ExpectedArrivals {
        let mut recent = Vec::new();
        let mut from_s = 0.0;
        while from_s < self.now_s {
            let to_s = (from_s + 900.0_f64).min(self.now_s);
            recent.push(RecentArrivals {
                from_minute: from_s / 60.0,
                to_minute: to_s / 60.0,
                contacts: self.today.count_offered(queue, from_s, to_s),
            });
            from_s = to_s;
        }
        model.expect(&recent, self.now_s / 60.0, self.until_s / 60.0)
    }

    fn pool(
        &self,
        queue: QueueNo,
        expect: impl Fn(QueueNo) -> Option<ExpectedArrivals>,
    ) -> Option<AgentPool> {
        let today = self.today;
        let shifts = today.shifts().iter();
        let here: Vec<_> = shifts
            .filter(|shift| today.seconds(shift.from) <= self.now_s)
            .filter(|shift| self.now_s < today.seconds(shift.to))
            .collect();
        let mine: Vec<_> = (here.iter())
            .filter(|shift| AGENTS[shift.agent].serves(queue))
            .collect();
        let serving = |other: QueueNo| {
            let all = here
                .iter()
                .filter(|shift| AGENTS[shift.agent].serves(other))
                .count();
            let mine = mine
                .iter()
                .filter(|shift| AGENTS[shift.agent].serves(other))
                .count();
            (mine, all)
        };
        let mut numbers: Vec<QueueNo> = self.record.channel.queues().collect();
        numbers.retain(|other| *other != queue && 0 < serving(*other).0);
        numbers.insert(0, queue);
        let queues = numbers.iter().map(|other| {
            let (mine, all) = serving(*other);
            self.pool_queue(*other, mine as f64 / all.max(1) as f64, expect(*other)?)
        });
        let queues = queues.collect::<Option<Vec<_>>>()?;
        let agents = mine.iter().map(|shift| {
            let contacts: Vec<OpenContact> = self.open_contacts(shift.agent, &numbers);
            let bits = numbers.iter().enumerate();
            let bits = bits.filter(|(_, other)| AGENTS[shift.agent].serves(**other));
            PoolAgent {
                queues: bits.map(|(index, _)| 1 << index).sum(),
                slots: self.record.channel.slots(),
                contacts,
                is_paused: shift.pauses.iter().any(|(from, to)| {
                    today.seconds(*from) <= self.now_s && self.now_s < today.seconds(*to)
                }),
                idle_s: 0.0,
            }
        });
        Some(AgentPool {
            queues,
            agents: agents.collect(),
            staffing: self.staffing(queue),
        })
    }

    fn open_contacts(&self, agent: usize, numbers: &[QueueNo]) -> Vec<OpenContact> {
        let contacts = self.today.contacts().iter();
        let open = contacts.filter(|contact| {
            let is_mine = contact.rang.is_some_and(|(who, _)| who == agent);
            is_mine && self.now_s < self.today.seconds(contact.wrapped_up)
        });
        open.filter_map(|contact| {
            let elapsed_s = self.now_s - self.today.seconds(contact.answered?);
            (0.0 <= elapsed_s).then(|| OpenContact {
                queue: numbers.iter().position(|queue| *queue == contact.queue),
                elapsed_s: Some(elapsed_s),
            })
        })
        .collect()
    }

    fn pool_queue(
        &self,
        queue: QueueNo,
        share: f64,
        arrivals: ExpectedArrivals,
    ) -> Option<PoolQueue> {
        let today = self.today;
        let past = (1..=HISTORY).map(|ago| &self.record.days[self.day - ago].queues[&queue]);
        let (mut usual, mut abandoned, mut waited_s) = (HandledContacts::default(), 0.0, 0.0);
        let mut missed = 0.0;
        let mut answer_s = Vec::new();
        for day in past {
            usual.count += day.handled.count;
            usual.total_s += day.handled.total_s;
            abandoned += day.abandoned;
            missed += day.missed;
            waited_s += day.waited_in_all;
            let quarters = day.answered.iter().zip(&day.waited);
            let some = quarters.filter(|(answered, _)| 2 <= **answered);
            answer_s.extend(some.map(|(answered, waited)| waited / f64::from(*answered)));
        }
        answer_s.sort_by(f64::total_cmp);
        let ended = |contact: &&wallboard_simulator::PlayedContact| {
            let ended_s = today.seconds(contact.wrapped_up);
            self.now_s - 7200.0 < ended_s && ended_s <= self.now_s
        };
        let mut recent = HandledContacts::default();
        for contact in today.contacts_of(queue).filter(ended) {
            if let Some(answered) = contact.answered {
                recent.count += 1.0;
                recent.total_s += today.seconds(contact.wrapped_up) - today.seconds(answered);
            }
        }
        let mut waiting_s: Vec<f64> = (today.contacts_of(queue))
            .filter(|contact| today.seconds(contact.entered) <= self.now_s)
            .filter(|contact| self.now_s < today.seconds(contact.answered.unwrap_or(contact.ended)))
            .map(|contact| self.now_s - today.seconds(contact.entered))
            .collect();
        waiting_s.sort_by(|a, b| b.total_cmp(a));
        let kept = (waiting_s.len() as f64 * share).round() as usize;
        waiting_s.truncate(kept);
        Some(PoolQueue {
            arrivals: arrivals.mean * share,
            arrival_shape: arrivals.shape,
            handle_time: HandleTime::estimate(recent, usual)?,
            patience_s: waited_s / f64::max(abandoned, 1.0),
            answer_delay_s: answer_s.get(answer_s.len() / 4).copied().unwrap_or(0.0),
            missed_share: missed / f64::max(missed + usual.count, 1.0),
            waiting_s,
        })
    }

    fn staffing(&self, queue: QueueNo) -> StaffingOutlook {
        let [now, end] = [self.now_s, self.until_s - 1.0].map(|at_s| (at_s / 900.0) as usize);
        let (mut here, mut later, mut signed_in, mut paused) = (0.0, 0.0, 0.0, 0.0);
        for day in self.record.same_weekdays(self.day) {
            let day = &day.queues[&queue];
            here += day.signed_in[now];
            later += day.signed_in[end];
            signed_in += day.signed_in.iter().sum::<f64>();
            paused += day.paused.iter().sum::<f64>();
        }
        StaffingOutlook {
            end_ratio: if 0.0 < here { later / here } else { 1.0 },
            pause_share: if 0.0 < signed_in {
                paused / signed_in
            } else {
                0.0
            },
            ..StaffingOutlook::default()
        }
    }
}
