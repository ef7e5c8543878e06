//! The intervals as a drawing: bars for calls, a line for the service level on a scale of
//! its own, the time before as a hollow step, and gaps where nothing was taken in. Plain
//! geometry; the theme's style draws it.

use std::fmt::Write;

use crate::domain::Counter;

use super::{
    column::{Counts, Rules, float},
    number::Number,
    sheet::Entry,
};

/// Of the drawing, in its own units; it is stretched to its place.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 240.0;
/// More bars than this cannot be told apart.
pub(super) const MOST: usize = 400;
/// Up to here each bar has room for a mark below it.
const ROOM_FOR_MARKS: usize = 60;
/// Labels of time below it, about.
const TIMES: usize = 8;

#[derive(Debug)]
pub(super) struct Chart {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) bars: Vec<Bar>,
    /// Left edge and width of what was not taken in.
    pub(super) gaps: Vec<(f64, f64)>,
    /// The service level.
    pub(super) line: String,
    /// The calls of the time before.
    pub(super) before: String,
    /// Height of the target, and the target.
    pub(super) target: Option<(f64, String)>,
    /// What the bars are of: " calls", or nothing where it is a column of the vendor's own.
    pub(super) unit: &'static str,
    /// At the top of the left scale, and at its middle.
    pub(super) most: String,
    pub(super) half: String,
    pub(super) buckets: Vec<Bucket>,
    pub(super) has_others: bool,
    pub(super) has_partial: bool,
    pub(super) has_marks: bool,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Bar {
    /// `answered`, `abandoned` or `others`; and `partial`.
    pub(super) class: &'static str,
    pub(super) is_partial: bool,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What lies over a bar: it can be pointed at, reached by keyboard, and read.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// Below it, where there is room.
    pub(super) label: String,
    /// Every second label, for which a narrow screen has no room.
    pub(super) is_minor: bool,
    pub(super) read: String,
    /// The calls behind it.
    pub(super) href: String,
    pub(super) is_missed: bool,
}

/// How many calls ended in which way, or the one value of a column of the vendor's own.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    answered: f64,
    abandoned: f64,
    others: f64,
}

impl Parts {
    fn of(counts: Option<&Counts>) -> Option<Self> {
        let counters = match counts? {
            Counts::Queue(counters) => counters,
            Counts::Own(values, fold) => {
                return Some(Self {
                    answered: fold.of(values),
                    ..Self::default()
                });
            }
            Counts::Agent(_) => return None,
        };
        let known = |counter| float(counters.get(counter).unwrap_or(0));
        let offered = counters.get(Counter::Offered).map(float);
        let answered = counters.get(Counter::Answered).map(float);
        let ended =
            known(Counter::ShortAbandoned) + known(Counter::FlowOuts) + known(Counter::Waiting);
        match (offered, answered) {
            (None, None) => None,
            // Of some sources only this is known.
            (Some(offered), None) => Some(Self {
                others: offered,
                ..Self::default()
            }),
            (_, Some(answered)) => Some(Self {
                answered,
                abandoned: known(Counter::Abandoned),
                others: ended,
            }),
        }
    }

    fn all(self) -> f64 {
        self.answered + self.abandoned + self.others
    }
}

impl Chart {
    pub(super) fn is_of_calls(&self) -> bool {
        !self.unit.is_empty()
    }
}

/// `None` where nothing is known of the whole time, or bars would be thinner than a line.
/// `read` says a row in words, `label` its time below the drawing, empty where it has none.
pub(super) fn chart(
    entries: &[Entry],
    rules: Rules,
    read: impl Fn(&Entry) -> String,
    label: impl Fn(&Entry) -> String,
) -> Option<Chart> {
    let parts: Vec<_> = entries
        .iter()
        .map(|entry| Parts::of(entry.counts.as_ref()))
        .collect();
    let before: Vec<_> = entries
        .iter()
        .map(|entry| Parts::of(entry.before.as_ref()))
        .collect();
    let mut known = parts.iter().chain(&before).flatten();
    let is_below = known.any(|parts| parts.all() < 0.0);
    if MOST < entries.len() || is_below || parts.iter().all(Option::is_none) {
        return None;
    }
    let is_own = |entry: &Entry| matches!(entry.counts, Some(Counts::Own(..)));
    let is_of_calls = !entries.iter().any(is_own);
    let most = parts
        .iter()
        .chain(&before)
        .flatten()
        .map(|parts| parts.all());
    let tallest = ceiling(most.fold(0.0, f64::max), is_of_calls);
    let step = WIDTH / float(i64::try_from(entries.len()).unwrap_or(1));
    let levels: Vec<_> = entries
        .iter()
        .map(|entry| entry.service_level(rules))
        .collect();
    let target = entries.iter().find_map(|entry| entry.target);
    let mut labels = labels(entries, label).into_iter();
    let bars: Vec<_> = bars(entries, &parts, step, tallest);
    Some(Chart {
        width: WIDTH,
        height: HEIGHT,
        has_others: bars.iter().any(|bar| bar.class == "others"),
        has_partial: bars.iter().any(|bar| bar.is_partial),
        bars,
        gaps: runs(&parts)
            .into_iter()
            .map(|(from, to)| (rounded(at(from) * step), rounded(at(to - from) * step)))
            .collect(),
        line: line(&levels, step),
        before: steps(&before, step, tallest),
        target: target.map(|target| {
            let y = rounded(HEIGHT - HEIGHT * target / 100.0);
            (y, format!("{target:.0}%"))
        }),
        unit: if is_of_calls { " calls" } else { "" },
        most: Number::Plain(tallest).shown(),
        half: Number::Plain(tallest / 2.0).shown(),
        buckets: entries
            .iter()
            .map(|entry| {
                let (label, is_minor) = labels.next().unwrap_or_default();
                Bucket {
                    label,
                    is_minor,
                    read: read(entry),
                    href: entry.href.clone(),
                    is_missed: entry.is_missed(rules),
                }
            })
            .collect(),
        has_marks: entries.len() <= ROOM_FOR_MARKS,
    })
}

/// As many as there is room for, evenly; and whether a narrow screen leaves it out.
fn labels(entries: &[Entry], label: impl Fn(&Entry) -> String) -> Vec<(String, bool)> {
    let mut labels: Vec<_> = entries.iter().map(|entry| (label(entry), false)).collect();
    let said = labels.iter_mut().filter(|(label, _)| !label.is_empty());
    let mut said: Vec<_> = said.collect();
    let every = said.len().div_ceil(TIMES).max(1);
    for (place, (label, is_minor)) in said.iter_mut().enumerate() {
        *is_minor = (place / every) % 2 == 1;
        if !place.is_multiple_of(every) {
            label.clear();
        }
    }
    labels
}

fn bars(entries: &[Entry], parts: &[Option<Parts>], step: f64, tallest: f64) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (place, (entry, parts)) in entries.iter().zip(parts).enumerate() {
        let Some(parts) = parts else { continue };
        let stack = [
            ("answered", parts.answered),
            ("abandoned", parts.abandoned),
            ("others", parts.others),
        ];
        let mut floor = 0.0;
        for (class, count) in stack.into_iter().filter(|(_, count)| 0.0 < *count) {
            let (low, high) = (floor, floor + count);
            let top = HEIGHT - HEIGHT * high / tallest;
            bars.push(Bar {
                class,
                is_partial: entry.is_partial,
                x: rounded(at(place) * step + step * 0.12),
                y: rounded(top),
                width: rounded(step * 0.76),
                height: rounded(HEIGHT * (high - low) / tallest),
            });
            floor += count;
        }
    }
    bars
}

/// First and one behind the last of each run of rows of which nothing is known.
pub(super) fn runs<T>(of: &[Option<T>]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (place, known) in of.iter().enumerate() {
        if known.is_some() {
            continue;
        }
        match runs.last_mut() {
            Some((_, to)) if *to == place => *to = place + 1,
            _ => runs.push((place, place + 1)),
        }
    }
    runs
}

/// A path that breaks off where there is no level; a lone point is a dot.
fn line(levels: &[Option<f64>], step: f64) -> String {
    let mut path = String::new();
    let mut pen_is_down = false;
    for (place, level) in levels.iter().enumerate() {
        let Some(level) = level else {
            pen_is_down = false;
            continue;
        };
        let x = rounded(at(place) * step + step / 2.0);
        let y = rounded(HEIGHT - HEIGHT * level / 100.0);
        // Writing to a string cannot fail.
        write!(path, "{}{x} {y}", if pen_is_down { "L" } else { "M" }).ok();
        if !pen_is_down && levels.get(place + 1).is_none_or(Option::is_none) {
            path.push_str("h0");
        }
        pen_is_down = true;
    }
    path
}

/// An outline that goes up and down with the counts and breaks off where there is none.
fn steps(parts: &[Option<Parts>], step: f64, tallest: f64) -> String {
    let mut path = String::new();
    let mut pen_is_down = false;
    for (place, parts) in parts.iter().enumerate() {
        let Some(parts) = parts else {
            pen_is_down = false;
            continue;
        };
        let x = rounded(at(place) * step);
        let y = rounded(HEIGHT - HEIGHT * parts.all() / tallest);
        let to = rounded(at(place + 1) * step);
        // Writing to a string cannot fail.
        if pen_is_down {
            write!(path, "V{y}H{to}").ok();
        } else {
            write!(path, "M{x} {y}H{to}").ok();
        }
        pen_is_down = true;
    }
    path
}

/// A round number above, whose half is one too; of what is not counted in ones it may be
/// less than four.
fn ceiling(most: f64, is_counted: bool) -> f64 {
    let least = if is_counted || most == 0.0 { 0 } else { -3 };
    for power in least..300 {
        let unit = 10.0_f64.powi(power);
        for step in [4.0, 6.0, 8.0, 10.0, 20.0] {
            if most <= step * unit {
                return step * unit;
            }
        }
    }
    most
}

fn at(place: usize) -> f64 {
    float(i64::try_from(place).unwrap_or(i64::MAX))
}

/// Tenths are finer than any screen.
fn rounded(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests;
