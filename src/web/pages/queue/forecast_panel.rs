//! The panel of a queue's forecast: until when, how many contacts, and what more or fewer agents
//! change.

use wallboard_domain::{ForecastGap, Metric, Moment, QueueId};
use wallboard_forecast::{ForecastRange, QueueForecast, ServiceOutlook};
use wallboard_live::{QueueSnapshot, Snapshot};
use wallboard_texts::{Texts, UNKNOWN};

use crate::{
    forecasts::{Calibration, DatedForecast, RangeHits, SharedAgents},
    web::WebState,
};

/// The most other queues that are named.
const SHARED_MAX: usize = 5;

#[derive(Default)]
pub(super) struct ForecastPanel {
    /// Why there is no forecast; empty if there is one.
    pub(super) gap: String,
    /// "21–34 new contacts until 11:00, most likely about 27."
    pub(super) contacts: String,
    pub(super) rows: Vec<ForecastRow>,
    /// "2 more agents are needed until 11:00 to reach 80%."
    pub(super) need: String,
    /// That agents are only counted, or which other queues they serve too; empty if they serve no other.
    pub(super) agents: String,
    /// The usual contacts, those of today, and the handle time.
    pub(super) basis: String,
    pub(super) note: String,
    /// How often such forecasts were right; empty if too few are known.
    pub(super) calibration: String,
}

/// The service level and the longest wait that are expected with a number of agents.
pub(super) struct ForecastRow {
    pub(super) key: &'static str,
    pub(super) agents: String,
    /// The middle and the range; an empty range is the same as the middle.
    pub(super) level: (String, String),
    pub(super) wait: (String, String),
}

impl ForecastPanel {
    /// `None` of a past.
    pub(super) fn find(
        texts: &Texts,
        web: &WebState,
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        now: Moment,
    ) -> Option<Self> {
        let dated = web.forecasts.as_ref()?.find(snapshot, queue, now);
        let forecast = match &dated.forecast {
            Ok(forecast) => forecast,
            Err(gap) => {
                return Some(Self {
                    gap: gap_sentence(texts, *gap).into(),
                    ..Self::default()
                });
            }
        };
        let [until, computed_at] = [dated.until, dated.computed_at]
            .map(|at| texts.time_or_day(at, now.wall, &snapshot.site.zone));
        Some(Self {
            gap: String::new(),
            contacts: contacts_sentence(texts, &forecast.contacts, &until),
            rows: rows(texts, forecast),
            need: need_sentence(texts, forecast, &until),
            agents: match &dated.shared {
                None => texts.forecast_counted().into(),
                Some(shared) => {
                    let sentences = [
                        sharing_sentence(texts, snapshot, shared),
                        best_case_sentence(texts, snapshot, shared),
                    ];
                    sentences.join(" ").trim().to_owned()
                }
            },
            basis: basis_sentences(texts, snapshot, now, &dated, forecast),
            note: texts.forecast_note(computed_at.as_str()),
            calibration: calibration_sentences(texts, dated.calibration),
        })
    }
}

fn rows(texts: &Texts, forecast: &QueueForecast) -> Vec<ForecastRow> {
    let less = forecast.with_one_less.as_ref();
    let all = [
        ("less", texts.forecast_one_less(), less),
        ("now", texts.forecast_as_now(), Some(&forecast.outlook)),
        (
            "one",
            texts.forecast_one_more(),
            Some(&forecast.with_one_more),
        ),
        (
            "two",
            texts.forecast_two_more(),
            Some(&forecast.with_two_more),
        ),
    ];
    let rows = all.into_iter().filter_map(|(key, agents, outlook)| {
        let ServiceOutlook {
            service_level,
            longest_wait_s,
        } = outlook?;
        let level = service_level.as_ref();
        Some(ForecastRow {
            key,
            agents: agents.into(),
            level: level.map_or_else(
                || (UNKNOWN.into(), String::new()),
                |range| write_range(texts, Metric::ServiceLevel, range),
            ),
            wait: write_range(texts, Metric::LongestWait, longest_wait_s),
        })
    });
    rows.collect()
}

/// The middle, and the range if it's another text.
fn write_range(texts: &Texts, metric: Metric, range: &ForecastRange) -> (String, String) {
    let middle = texts.value(Some(metric.value(range.middle)));
    let outcomes = texts.value_range(metric, range.low, range.high);
    let is_same = outcomes == middle;
    (middle, if is_same { String::new() } else { outcomes })
}

fn contacts_sentence(texts: &Texts, contacts: &ForecastRange, until: &str) -> String {
    let ForecastRange { low, middle, high } = *contacts;
    let middle = texts.value(Some(Metric::Offered.value(middle)));
    if low < high {
        let range = texts.value_range(Metric::Offered, low, high);
        texts.forecast_contacts(range, until, middle)
    } else {
        texts.forecast_contacts_about(middle, until)
    }
}

fn need_sentence(texts: &Texts, forecast: &QueueForecast, until: &str) -> String {
    let goal = texts.target_percent(forecast.goal_percent);
    match forecast.missing_agents {
        None => texts.forecast_many_missing(goal, until),
        Some(0) => texts.forecast_enough(goal),
        Some(missing) => texts.forecast_missing(missing, until, goal),
    }
}

fn basis_sentences(
    texts: &Texts,
    snapshot: &Snapshot,
    now: Moment,
    dated: &DatedForecast,
    forecast: &QueueForecast,
) -> String {
    let count = |contacts: f64| texts.value(Some(Metric::Offered.value(contacts.round())));
    let mut sentences = Vec::new();
    if let Some(basis) = dated.basis {
        sentences.push(texts.forecast_usual(count(basis.usual_contacts)));
        if let Some(today) = basis.today {
            let since = texts.time_or_day(today.since, now.wall, &snapshot.site.zone);
            let came = count(f64::from(today.contacts));
            sentences.push(texts.forecast_today(since, came, count(today.usual_contacts)));
        }
        let handle_time = Metric::AverageHandleTime.value(basis.handle_time_s);
        sentences.push(texts.forecast_handle_time(texts.value(Some(handle_time))));
    }
    if 1 < dated.slots {
        sentences.push(texts.forecast_slots(dated.slots));
    }
    sentences.push(texts.forecast_erlang(forecast.erlang_agents, forecast.agents));
    sentences.join(" ")
}

/// "Of 12 agents, 8 also serve Sales, 3 Support", of the queues that the reader may see.
fn sharing_sentence(texts: &Texts, snapshot: &Snapshot, shared: &SharedAgents) -> String {
    let visible = shared.others.iter().filter_map(|(id, count)| {
        let name = visible_name(snapshot, id)?;
        Some(texts.forecast_shared_with(*count, name))
    });
    let named: Vec<String> = visible.take(SHARED_MAX).collect();
    if named.is_empty() {
        return String::new();
    }
    texts.forecast_shared(shared.agents, named.join(", "))
}

/// "The contacts of Support are unknown and left out": of the queues that the reader may see, or of some.
fn best_case_sentence(texts: &Texts, snapshot: &Snapshot, shared: &SharedAgents) -> String {
    if shared.unmodeled.is_empty() {
        return String::new();
    }
    let visible = shared.unmodeled.iter();
    let visible = visible.filter_map(|id| visible_name(snapshot, id));
    let names: Vec<_> = visible.take(SHARED_MAX).collect();
    if names.len() == shared.unmodeled.len() {
        texts.forecast_best_case_without(names.join(", "))
    } else {
        texts.forecast_best_case().to_owned()
    }
}

fn visible_name(snapshot: &Snapshot, id: &QueueId) -> Option<String> {
    let queue = snapshot.queues.get(id)?;
    let is_visible = !snapshot.is_queue_hidden(queue);
    is_visible.then(|| snapshot.queue_name(queue))
}

fn calibration_sentences(texts: &Texts, calibration: Calibration) -> String {
    let Calibration {
        contacts,
        service_level,
    } = calibration;
    let share = |hits: RangeHits| {
        hits.percent()
            .map(|share| texts.target_percent(share.round()))
    };
    let Some(contacts_share) = share(contacts) else {
        return String::new();
    };
    let mut sentences = texts.forecast_calibration(contacts_share, contacts.half_hours);
    if let Some(level_share) = share(service_level) {
        let level = texts.forecast_level_calibration(service_level.half_hours, level_share);
        sentences = format!("{sentences} {level}");
    }
    sentences
}

fn gap_sentence(texts: &Texts, gap: ForecastGap) -> &str {
    match gap {
        ForecastGap::NotComputedYet => texts.forecast_not_computed_yet(),
        ForecastGap::OutOfDate => texts.forecast_out_of_date(),
        ForecastGap::Closed => texts.forecast_closed(),
        ForecastGap::SeveralQueues => texts.forecast_several_queues(),
        ForecastGap::HiddenQueue => texts.forecast_hidden_queue(),
        ForecastGap::UnknownSharing => texts.forecast_unknown_sharing(),
        ForecastGap::SmallTeam => texts.forecast_small_team(),
        ForecastGap::NoHistory => texts.forecast_no_history(),
        ForecastGap::FewDays => texts.forecast_few_days(),
        ForecastGap::FewContacts => texts.forecast_few_contacts(),
        ForecastGap::NoAgents => texts.forecast_no_agents(),
        ForecastGap::UnknownAgents => texts.forecast_unknown_agents(),
        ForecastGap::UnknownHandleTime => texts.forecast_unknown_handle_time(),
    }
}
