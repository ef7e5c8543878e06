//! Judges what surfaces show against the contact center's history: a number without a mark was true a
//! moment ago, and a contact that isn't counted lies in a stated gap.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde_json::Value;

use super::{
    lateness::Lateness,
    shown::{ALL_GROUPS, Shown},
    truth_history::{ContactTimes, TruthHistory},
};

/// No unmarked value is older.
pub const OLDEST: Duration = Duration::from_secs(12);
/// How exactly the ends of a gap are known: messages are on their way for a moment.
const GAP_SLACK: Duration = Duration::from_secs(1);
/// As many gaps are kept; then those become one that have the least between them.
const GAPS_MAX: usize = 20;
/// How long before a fault its gap may begin: every 2 s a source notes that it has everything.
const GAP_LEAD: Duration = Duration::from_secs(3);

/// The findings of one kind during one fault.
#[derive(Clone, Debug)]
struct Finding {
    count: u32,
    /// Seconds, or contacts.
    worst: f64,
    /// The worst of them.
    example: String,
}

#[derive(Debug)]
pub struct Judge {
    history: Arc<Mutex<TruthHistory>>,
    lateness: Lateness,
    /// Since when contacts are counted.
    day_start: Mutex<Option<i64>>,
    fault: Mutex<(String, Instant)>,
    findings: Mutex<BTreeMap<(String, String), Finding>>,
    /// The number of unmarked values on each surface: at the last look, and in all.
    unmarked: Mutex<BTreeMap<String, (usize, usize)>>,
    pub looks: AtomicU32,
    pub values: AtomicU32,
    /// The age of the oldest unmarked value that was allowed.
    oldest: Mutex<Duration>,
}

impl Judge {
    pub fn new(history: Arc<Mutex<TruthHistory>>) -> Arc<Self> {
        Arc::new(Self {
            history,
            lateness: Lateness::measure(),
            day_start: Mutex::default(),
            fault: Mutex::new(("before".into(), Instant::now())),
            findings: Mutex::default(),
            unmarked: Mutex::default(),
            looks: AtomicU32::new(0),
            values: AtomicU32::new(0),
            oldest: Mutex::default(),
        })
    }

    /// Says what is being done to the product from now on.
    pub fn begin(&self, fault: &str) {
        *self.fault.lock() = (fault.to_owned(), Instant::now());
    }

    /// Counts contacts from now on.
    pub fn begin_day(&self) {
        *self.day_start.lock() = Some(now());
    }

    /// Returns by how much this process may be late itself.
    pub fn lateness(&self) -> Duration {
        self.lateness.recent()
    }

    /// Judges unmarked values that a surface shows now.
    pub fn judge(&self, surface: &str, shown: &[Shown]) {
        let at = now();
        self.looks.fetch_add(1, Relaxed);
        self.values
            .fetch_add(u32::try_from(shown.len()).unwrap(), Relaxed);
        {
            let mut unmarked = self.unmarked.lock();
            let (last, all) = unmarked.entry(surface.to_owned()).or_default();
            *last = shown.len();
            *all += shown.len();
        }
        for value in shown {
            match self.age(value, at) {
                None => self.find(surface, f64::INFINITY, &format!("{value:?} was never true")),
                Some(age) if OLDEST < age => {
                    let seconds = age.as_secs_f64();
                    self.find(surface, seconds, &format!("{value:?}"));
                }
                Some(age) => {
                    let mut oldest = self.oldest.lock();
                    *oldest = age.max(*oldest);
                }
            }
        }
    }

    /// Returns how many unmarked values a surface had at the last look.
    pub fn unmarked(&self, surface: &str) -> usize {
        let unmarked = self.unmarked.lock();
        unmarked.get(surface).map_or(0, |(last, _)| *last)
    }

    /// Returns how long ago a value was true, at least, or `None` if it never was.
    fn age(&self, shown: &Shown, at: i64) -> Option<Duration> {
        let age = self.history.lock().age(shown, at)?;
        let age = Duration::from_micros(u64::try_from(age).unwrap());
        Some(age.saturating_sub(self.lateness()))
    }

    /// Returns an agent's ID.
    pub fn some_agent(&self) -> String {
        let history = self.history.lock();
        history.agents.keys().next().unwrap().clone()
    }

    /// Checks that the queues are up to date and true.
    pub fn check_current(&self, shown: &[Shown], within: Duration) -> Result<(), String> {
        let at = now();
        let count = self.history.lock().figure_count();
        let groups = shown.iter();
        let groups = groups.filter(|shown| shown.id != ALL_GROUPS && !shown.is_least);
        let shown: Vec<_> = groups.collect();
        if shown.len() != count {
            return Err(format!("{} of {count} values are up to date", shown.len()));
        }
        let is_old = |shown: &&&Shown| self.age(shown, at).is_none_or(|age| within < age);
        let old = shown.iter().find(is_old);
        old.map_or(Ok(()), |old| Err(format!("{old:?} isn't true")))
    }

    /// Judges the day's counts in `/api/v1/site`: what is missing lies in a stated gap.
    pub fn judge_day(&self, site: &Value) {
        let Some(start) = *self.day_start.lock() else {
            return;
        };
        let oldest = micros(OLDEST + self.lateness());
        let until = now() - oldest;
        for metric in ["offered", "answered", "abandoned"] {
            let figure = &site["metrics"][metric];
            let Some(value) = figure["value"]
                .as_u64()
                .filter(|_| figure["stale"] == false)
            else {
                continue;
            };
            let (least, most) = self.day_bounds(metric, &gaps_of(figure), start, until);
            if !(least..=most).contains(&value) {
                let sentence = format!(
                    "{metric} is {value}, not {least} to {most}, gaps {}",
                    figure["gaps"]
                );
                let off = least.saturating_sub(value).max(value.saturating_sub(most));
                let off = u32::try_from(off).unwrap_or(u32::MAX);
                self.find(&format!("day {metric}"), f64::from(off), &sentence);
            }
        }
    }

    /// Returns how many contacts must be counted, and how many may be. In random traffic nobody
    /// abandons: only a contact that was answered in a gap can look like it.
    fn day_bounds(&self, metric: &str, gaps: &[(i64, i64)], start: i64, until: i64) -> (u64, u64) {
        let is_known = |at: i64| !is_in_gap(gaps, at);
        let is_lost = |contact: &&ContactTimes| {
            !is_known(contact.created) || contact.answered.is_some_and(|at| !is_known(at))
        };
        let history = self.history.lock();
        let contacts = history.contacts.values();
        if metric == "abandoned" {
            return (0, contacts.filter(is_lost).count() as u64);
        }
        let counted = |contact: &ContactTimes| match metric {
            "offered" => Some(contact.created),
            _ => contact.answered,
        };
        let is_certain = |contact: &&ContactTimes| {
            let is_due = counted(contact).is_some_and(|at| at < until && is_known(at));
            start <= contact.created && is_known(contact.created) && is_due
        };
        let least = contacts.clone().filter(is_certain).count() as u64;
        let most = contacts.filter(|contact| counted(contact).is_some());
        (least, most.count() as u64)
    }

    /// Judges the gaps that a fault has added: none where nothing was lost, else none that begins
    /// before the fault or is longer than it.
    pub fn judge_gaps(
        &self,
        is_loss: bool,
        before: &[(i64, i64)],
        after: &[(i64, i64)],
        began: i64,
    ) {
        let ended = now();
        if before.len() == GAPS_MAX {
            return;
        }
        for added in after.iter().filter(|gap| !before.contains(gap)) {
            // One that adjoins an older gap makes that longer.
            let older = before.iter().find(|(from, _)| *from == added.0);
            let from = older.map_or(added.0, |(_, to)| *to);
            let is_during =
                began - micros(GAP_LEAD) <= from && added.1 <= ended + micros(GAP_SLACK);
            if !is_loss || !is_during {
                let seconds = |at: i64| Duration::from_micros(at.abs_diff(began)).as_secs_f64();
                let sentence = format!(
                    "a gap from {:.1} s to {:.1} s, and the fault ended after {:.1} s",
                    if from < began {
                        -seconds(from)
                    } else {
                        seconds(from)
                    },
                    seconds(added.1),
                    seconds(ended)
                );
                self.find("gaps", seconds(added.1), &sentence);
            }
        }
    }

    /// Returns the true counts of the day, and how many contacts lie in stated gaps.
    pub fn day_in_short(&self, site: &Value) -> String {
        let gaps = gaps_of(&site["metrics"]["offered"]);
        let start = self.day_start.lock().unwrap_or_default();
        let history = self.history.lock();
        let contacts = history.contacts.values();
        let contacts: Vec<_> = contacts
            .filter(|contact| start <= contact.created)
            .collect();
        let answered = contacts.iter().filter(|contact| contact.answered.is_some());
        let unknown = contacts
            .iter()
            .filter(|contact| is_in_gap(&gaps, contact.created));
        let seconds: i64 = gaps.iter().map(|(from, to)| (to - from) / 1_000_000).sum();
        format!(
            "true: {} offered, {} answered; {} created in {} gaps of {seconds} s",
            contacts.len(),
            answered.count(),
            unknown.count(),
            gaps.len()
        )
    }

    /// Returns how many values were judged on each surface.
    pub fn values_by_surface(&self) -> String {
        let unmarked = self.unmarked.lock();
        let surfaces = unmarked.iter();
        let surfaces = surfaces.map(|(surface, (_, all))| format!("{surface} {all}"));
        surfaces.collect::<Vec<_>>().join(", ")
    }

    /// Notes something that must not be.
    pub fn find(&self, surface: &str, amount: f64, what: &str) {
        let (fault, since) = self.fault.lock().clone();
        let example = format!(
            "{what}, {:.1} s after it began",
            since.elapsed().as_secs_f64()
        );
        let mut findings = self.findings.lock();
        let finding = findings.entry((fault, surface.to_owned()));
        let finding = finding.or_insert_with(|| Finding {
            count: 0,
            worst: 0.0,
            example: example.clone(),
        });
        finding.count += 1;
        if finding.worst < amount {
            finding.worst = amount;
            finding.example = example;
        }
    }

    /// Returns the age of the oldest unmarked value that was allowed, and by how much this process
    /// was late at worst.
    pub fn extremes(&self) -> (Duration, Duration) {
        (*self.oldest.lock(), self.lateness.most())
    }

    /// Returns each kind of finding as a sentence. A surface on which nothing was read judges nothing.
    pub fn findings(&self) -> Vec<String> {
        let unmarked = self.unmarked.lock();
        let blind = unmarked.iter().filter(|(_, (_, all))| *all == 0);
        let blind = blind.map(|(surface, _)| format!("{surface}: no value was ever read"));
        let findings = self.findings.lock();
        let sentence = |((fault, surface), finding): (&(String, String), &Finding)| {
            let Finding {
                count,
                worst,
                example,
            } = finding;
            format!("{fault}: {surface}: {count}, at worst {worst:.1}: {example}")
        };
        findings.iter().map(sentence).chain(blind).collect()
    }
}

/// Returns the stated gaps of a figure. One without an end is open.
pub fn gaps_of(figure: &Value) -> Vec<(i64, i64)> {
    let time = |value: &Value| {
        let time = value.as_str()?.parse::<jiff::Timestamp>().unwrap();
        Some(time.as_microsecond())
    };
    let gaps = figure["gaps"].as_array().into_iter().flatten();
    let gaps = gaps.map(|gap| {
        let to = time(&gap["to"]).unwrap_or(i64::MAX);
        (time(&gap["from"]).unwrap(), to)
    });
    gaps.collect()
}

/// Returns whether a time lies in a gap, or so close to one that it may.
fn is_in_gap(gaps: &[(i64, i64)], at: i64) -> bool {
    let slack = micros(GAP_SLACK);
    let is_in = |(from, to): &(i64, i64)| (from - slack..=to.saturating_add(slack)).contains(&at);
    gaps.iter().any(is_in)
}

pub fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap()
}

pub fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}
