//! Figures over several queues. Never a wrong number: a partial sum is "≥ 7"
//! with what is missing named, and what cannot be one number is a range or "–".

use std::collections::HashSet;

use jiff::Timestamp;

use crate::{
    domain::{Metric, QueueId, SourceId, Value},
    live::{Day, Figure, Queue, Trust, day_figure},
};

use super::{
    format,
    queues::{self, ALL},
    scene::{Scene, Shown, Standing},
    severity::Severity,
    slots::Cell,
    view::{Kind, List, Row, Shape, running, standing},
};

/// How many missing queues are named; the rest is counted.
const NAMED: usize = 2;

/// The board's totals as numbers of their own.
pub(super) fn list(scene: &mut Scene<'_>, chosen: &[&Queue]) -> List {
    let metrics = scene.board.totals.iter().zip(0..);
    let rows = metrics.map(|(metric, pos)| {
        let (shown, missing) = scene.total(chosen, *metric);
        Row {
            key: metric.name().to_owned(),
            shape: Shape {
                all: false,
                labels: vec![shown.label],
            },
            cells: vec![
                queues::place(shown.severity, pos, ALL),
                shown.cell,
                Cell::Text(if missing.is_empty() {
                    shown.note
                } else {
                    missing
                }),
            ],
            said: None,
        }
    });
    List {
        id: "totals",
        kind: Kind::Totals,
        rows: rows.collect(),
        groups: vec![queues::one_group()],
    }
}

/// The row above all others.
pub(super) fn all_queues(scene: &mut Scene<'_>, chosen: &[&Queue]) -> Row {
    let show = scene.show.clone().into_iter();
    let (figures, missing): (Vec<_>, Vec<_>) = show.map(|m| scene.total(chosen, m)).unzip();
    let missing = missing.into_iter().find(|missing| !missing.is_empty());
    // Each queue has limits of its own; their sum has none.
    let stale = |f: &Shown| f.severity == Severity::Stale;
    let severity = if !figures.is_empty() && figures.iter().all(stale) {
        Severity::Stale
    } else {
        Severity::None
    };
    Row {
        key: String::new(),
        shape: Shape {
            all: true,
            labels: figures.iter().map(|f| f.label.clone()).collect(),
        },
        cells: queues::cells(
            severity,
            0,
            "All queues",
            &missing.unwrap_or_default(),
            &figures,
        ),
        said: None,
    }
}

/// What the members of a total give.
struct Members<'a> {
    known: Vec<(&'a Queue, Value, Option<Timestamp>)>,
    /// Those that have the figure and whose value cannot be had now.
    missing: Vec<String>,
    /// Whether any of the known is held since its line was lost, or all is stale.
    standing: Standing,
}

impl Scene<'_> {
    /// One figure over all these queues, and what it is without.
    pub(super) fn total(&mut self, queues: &[&Queue], metric: Metric) -> (Shown, String) {
        if metric.is_of_the_day() {
            return (self.total_of_day(queues, metric), String::new());
        }
        let members = self.members(queues, metric);
        let mut shown = Shown::unknown(metric, self.locale.heading(metric).to_owned());
        shown.standing = members.standing;
        if members.standing.is_stale() {
            shown.severity = Severity::Stale;
        }
        if members.known.is_empty() {
            return (shown, String::new());
        }
        let partial = !members.missing.is_empty();
        match metric {
            Metric::Waiting | Metric::InConversation => sum(self, &members, partial, &mut shown),
            Metric::LongestWait => longest(self, &members, partial, &mut shown),
            Metric::AgentsAvailable => available(self, &members, partial, &mut shown),
            // Averages over unlike windows never merge.
            _ if queues.len() == 1 && !partial => {
                shown.value = Some(members.known[0].1);
                shown.cell = Cell::Text(self.locale.value(shown.value));
            }
            _ => return (shown, String::new()),
        }
        (shown, Self::without(&members.missing))
    }

    fn members<'q>(&mut self, queues: &[&'q Queue], metric: Metric) -> Members<'q> {
        let mut members = Members {
            known: Vec::new(),
            missing: Vec::new(),
            standing: Standing::Unknown,
        };
        let (mut held, mut stale) = (false, 0);
        for queue in queues {
            let Some(figure) = self.picture.queue_figure(queue, metric, self.now) else {
                continue;
            };
            let heard = queue.readings.get(metric).map(|reading| reading.heard);
            let stands = self.standing(figure.trust, heard);
            held |= stands == Standing::Held;
            match (stands, figure.value) {
                (Standing::Known | Standing::Held, Some(value)) => {
                    members.known.push((queue, value, figure.since));
                }
                // Known that nobody waits: a longest wait of nobody.
                (Standing::Known | Standing::Held, None) if metric == Metric::LongestWait => {
                    members.known.push((queue, Value::Seconds(0.0), None));
                }
                _ => {
                    stale += usize::from(stands.is_stale());
                    let id = queue.id.to_string();
                    members.missing.push(self.queue_name(queue, &id));
                }
            }
        }
        members.standing = match (members.known.is_empty(), stale) {
            (true, 0) => Standing::Unknown,
            (true, _) => Standing::Grey,
            (false, _) if held => Standing::Held,
            (false, _) => Standing::Known,
        };
        members
    }

    fn total_of_day(&mut self, queues: &[&Queue], metric: Metric) -> Shown {
        let day = self.day_of(queues);
        let figure = day_figure(&day, metric, Trust::Fresh).map(|mut figure| {
            figure.trust = self.worst_trust(queues, &figure);
            figure
        });
        // The line's state is in the trust already.
        let nobody = SourceId::from("site");
        let mut shown = self.shown(metric, figure, &nobody, None, &day.target);
        if metric == Metric::ServiceLevel && !self.is_one_target(queues) {
            self.locale.heading(metric).clone_into(&mut shown.label);
            shown.note = String::new();
        }
        shown
    }

    /// The day of these queues: the site's own where they are all, since a
    /// contact that was transferred is one contact there.
    pub(super) fn day_of(&self, queues: &[&Queue]) -> Day {
        if self.is_whole_site() {
            return self.picture.today.clone();
        }
        let mut days = queues.iter().map(|queue| &queue.today);
        let Some(first) = days.next() else {
            return Day::default();
        };
        days.fold(first.clone(), |mut sum, day| {
            sum.tally += &day.tally;
            sum.since = match (sum.since, day.since) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
            sum.complete &= day.complete;
            sum.entries_known &= day.entries_known;
            for gap in &day.gaps {
                if !sum.gaps.contains(gap) {
                    sum.gaps.push(*gap);
                }
            }
            sum
        })
    }

    fn worst_trust(&self, queues: &[&Queue], figure: &Figure) -> Trust {
        let trusts = queues.iter().map(|queue| &queue.id.source);
        let trusts = trusts.map(|source| self.trust_of_day(source, figure.trust));
        trusts
            .max_by_key(|trust| match trust {
                Trust::Fresh => 0,
                Trust::Unknown => 1,
                Trust::Lost(_) => 2,
                Trust::Stale => 3,
            })
            .unwrap_or(figure.trust)
    }

    fn is_one_target(&self, queues: &[&Queue]) -> bool {
        let mut targets = queues
            .iter()
            .map(|q| self.picture.site.target(&q.id.to_string()));
        let first = targets.next();
        targets.all(|target| Some(target) == first)
    }

    fn without(missing: &[String]) -> String {
        let named = missing.iter().take(NAMED).cloned().collect::<Vec<_>>();
        match missing.len() {
            0 => String::new(),
            n if n <= NAMED => format!("without {}", named.join(", ")),
            n => format!("without {} and {} more", named.join(", "), n - NAMED),
        }
    }

    /// Everyone assigned to any of these queues.
    fn assigned(&self, queues: &HashSet<&QueueId>) -> usize {
        let agents = self.picture.agents.values().filter(|agent| !agent.hidden);
        agents
            .filter(|agent| agent.queues.iter().any(|queue| queues.contains(queue)))
            .count()
    }
}

fn sum(scene: &Scene<'_>, members: &Members<'_>, partial: bool, shown: &mut Shown) {
    let sum = members
        .known
        .iter()
        .map(|(_, value, _)| count(*value))
        .sum();
    shown.value = (!partial).then_some(Value::Count(sum));
    shown.cell = Cell::Text(at_least(partial, scene.locale.count(sum)));
}

fn longest(scene: &Scene<'_>, members: &Members<'_>, partial: bool, shown: &mut Shown) {
    let by_wait = |a: &f64, b: &f64| a.total_cmp(b);
    let known = members.known.iter();
    let longest = known.max_by(|a, b| by_wait(&a.1.number(), &b.1.number()));
    let Some((_, value, since)) = longest else {
        return;
    };
    shown.value = Some(*value);
    shown.cell = match since {
        // A held member may be the longest: then the clock stands.
        Some(since) if members.standing == Standing::Known => running(*since),
        Some(_) => standing(at_least(partial, scene.locale.value(Some(*value)))),
        None => standing(format::UNKNOWN.to_owned()),
    };
}

/// People are known per queue only, and one may serve several: nobody is
/// nobody, one queue's are its own, and else there is only a range.
fn available(scene: &Scene<'_>, members: &Members<'_>, partial: bool, shown: &mut Shown) {
    let some: Vec<_> = (members.known.iter())
        .map(|(queue, value, _)| (*queue, count(*value)))
        .filter(|(_, n)| 0 < *n)
        .collect();
    let low = some.iter().map(|(_, n)| *n).max().unwrap_or(0);
    let sum: u64 = some.iter().map(|(_, n)| *n).sum();
    // Assignments are worth something only where they can explain every count.
    let explained = (some.iter()).all(|(queue, n)| {
        let own = scene.assigned(&HashSet::from([&queue.id]));
        *n <= u64::try_from(own).unwrap_or(u64::MAX)
    });
    let union = scene.assigned(&some.iter().map(|(queue, _)| &queue.id).collect());
    let high = match u64::try_from(union) {
        Ok(union) if explained => sum.min(union).max(low),
        _ => sum,
    };
    let count = |n| scene.locale.count(n);
    shown.value = (low == high && !partial).then_some(Value::Count(low));
    shown.cell = Cell::Text(match (partial, low == high) {
        (true, _) => at_least(true, count(low)),
        (false, true) => count(low),
        (false, false) => format!("{}–{}", count(low), count(high)),
    });
}

fn at_least(partial: bool, text: String) -> String {
    if partial { format!("≥ {text}") } else { text }
}

fn count(value: Value) -> u64 {
    match value {
        Value::Count(n) => n,
        Value::Seconds(_) | Value::Percent(_) => 0,
    }
}
