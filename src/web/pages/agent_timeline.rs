//! The statuses of an agent over a day as a timeline. Times of which nothing is known stay unknown.

use jiff::Timestamp;

use wallboard_boards::{status_label, svg::rounded};
use wallboard_domain::{AgentStatus, moment};
use wallboard_live::ObservedStatus;
use wallboard_texts::Texts;

use crate::web::parts::timeline_span::{TimelineSpan, TimelineStatus};

/// In chart units; the chart is stretched to fit.
const WIDTH: f64 = 960.0;
const HOUR_MILLIS: i64 = 3_600_000;
const LABELS_MAX: i64 = 12;
/// Shorter gaps can't be seen.
const GAP_MILLIS: i64 = 60_000;

pub(in crate::web) struct AgentTimeline {
    pub(in crate::web) width: f64,
    pub(in crate::web) bars: Vec<TimelineBar>,
    pub(in crate::web) times: Vec<String>,
    /// The time in each status, the longest first.
    pub(in crate::web) sums: Vec<TimelineSum>,
    /// The same as text, the latest first.
    pub(in crate::web) rows: Vec<TimelineRow>,
    /// The whole timeline as a sentence.
    pub(in crate::web) sentence: String,
}

pub(in crate::web) struct TimelineBar {
    pub(in crate::web) state: &'static str,
    pub(in crate::web) x: f64,
    pub(in crate::web) width: f64,
}

pub(in crate::web) struct TimelineSum {
    pub(in crate::web) state: &'static str,
    pub(in crate::web) glyph: &'static str,
    pub(in crate::web) word: &'static str,
    pub(in crate::web) duration: String,
}

pub(in crate::web) struct TimelineRow {
    pub(in crate::web) from: String,
    pub(in crate::web) to: String,
    pub(in crate::web) glyph: &'static str,
    pub(in crate::web) word: &'static str,
    pub(in crate::web) duration: String,
}

/// A status, or a time without any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TimelineStep {
    status: Option<TimelineStatus>,
    from: Timestamp,
    to: Timestamp,
}

impl TimelineStep {
    fn is_signed_out(&self) -> bool {
        let signed_out = ObservedStatus::Reported(AgentStatus::LoggedOut);
        self.status == Some(TimelineStatus::Observed(signed_out))
    }

    fn millis(&self) -> i64 {
        moment::millis_between(self.from, self.to)
    }
}

/// A timeline until now, or of a day that is over, whose time before the first status is unknown. `None`
/// if nothing is known but that the agent was signed out.
pub(super) fn build_timeline(
    texts: &'static Texts,
    spans: &[TimelineSpan],
    since: Option<Timestamp>,
    now: Timestamp,
    time: impl Fn(Timestamp) -> String,
) -> Option<AgentTimeline> {
    let steps = fill_gaps(spans, since, now);
    // A day begins when somebody signs in.
    let begin = steps.iter().position(|step| !step.is_signed_out())?;
    let steps = &steps[begin..];
    // And one that is over ended when they signed out.
    let end = match since {
        Some(_) => steps.iter().rposition(|step| !step.is_signed_out())? + 1,
        None => steps.len(),
    };
    let steps = &steps[..end];
    let now = match since {
        Some(_) => steps.last()?.to,
        None => now,
    };
    let first = steps.first()?.from.as_millisecond();
    let from = first.div_euclid(HOUR_MILLIS) * HOUR_MILLIS;
    let to = (now.as_millisecond() - 1).div_euclid(HOUR_MILLIS) * HOUR_MILLIS + HOUR_MILLIS;
    let to = to.max(from + HOUR_MILLIS);
    #[expect(clippy::cast_precision_loss, reason = "a day in milliseconds")]
    let x = |millis: i64| rounded(WIDTH * (millis - from) as f64 / (to - from) as f64);
    // Nobody observed what came before.
    let before = x(first);
    let unknown = (begin == 0 && 0.0 < before).then_some(TimelineBar {
        state: state_name(None),
        x: 0.0,
        width: before,
    });
    let bars = steps.iter().map(|step| {
        let (left, right) = (x(step.from.as_millisecond()), x(step.to.as_millisecond()));
        TimelineBar {
            state: state_name(step.status),
            x: left,
            width: rounded((right - left).max(0.5)),
        }
    });
    let hours = (to - from) / HOUR_MILLIS;
    let label_step = ((hours + LABELS_MAX - 1) / LABELS_MAX).max(1) * HOUR_MILLIS;
    let times = (from..to).step_by(usize::try_from(label_step).ok()?);
    let times = times.filter_map(|millis| Timestamp::from_millisecond(millis).ok());
    let mut sums = sum_statuses(texts, steps);
    let sentence = describe(texts, &sums, time(steps.first()?.from), time(now));
    // Its pattern is explained too.
    let is_explained = sums.iter().any(|sum| sum.state == state_name(None));
    if unknown.is_some() && !is_explained {
        sums.push(timeline_sum(texts, None, first - from));
    }
    Some(AgentTimeline {
        width: WIDTH,
        bars: unknown.into_iter().chain(bars).collect(),
        times: times.map(&time).collect(),
        sentence,
        sums,
        rows: (steps.iter().rev())
            .map(|step| {
                let (glyph, word) = label(texts, step.status);
                TimelineRow {
                    from: time(step.from),
                    to: time(step.to),
                    glyph,
                    word,
                    duration: texts.age(step.millis()),
                }
            })
            .collect(),
    })
}

/// The spans, and the times between and after them that are long enough to be seen.
fn fill_gaps(
    spans: &[TimelineSpan],
    since: Option<Timestamp>,
    now: Timestamp,
) -> Vec<TimelineStep> {
    let mut steps: Vec<TimelineStep> = Vec::new();
    let push_gap = |steps: &mut Vec<TimelineStep>, to: Timestamp| {
        if let Some(from) = steps.last().map(|last| last.to).or(since)
            && GAP_MILLIS <= moment::millis_between(from, to)
        {
            steps.push(TimelineStep {
                status: None,
                from,
                to,
            });
        }
    };
    for span in spans {
        push_gap(&mut steps, span.from);
        steps.push(TimelineStep {
            status: Some(span.status),
            from: span.from,
            to: span.to,
        });
    }
    push_gap(&mut steps, now);
    steps
}

fn sum_statuses(texts: &'static Texts, steps: &[TimelineStep]) -> Vec<TimelineSum> {
    let mut sums: Vec<(Option<TimelineStatus>, i64)> = Vec::new();
    for step in steps {
        match sums.iter_mut().find(|(status, _)| *status == step.status) {
            Some((_, sum)) => *sum += step.millis(),
            None => sums.push((step.status, step.millis())),
        }
    }
    sums.sort_by_key(|(status, sum)| (status.is_none(), -sum));
    sums.into_iter()
        .map(|(status, millis)| timeline_sum(texts, status, millis))
        .collect()
}

fn timeline_sum(texts: &'static Texts, status: Option<TimelineStatus>, millis: i64) -> TimelineSum {
    let (glyph, word) = label(texts, status);
    TimelineSum {
        state: state_name(status),
        glyph,
        word,
        duration: texts.age(millis),
    }
}

/// "From 08:02 to 14:07: In conversation 3 h 12 min, Available 41 min, Unknown 2 min."
fn describe(texts: &Texts, sums: &[TimelineSum], from: String, to: String) -> String {
    let sums = sums
        .iter()
        .map(|sum| format!("{} {}", sum.word, sum.duration));
    let sums: Vec<_> = sums.collect();
    texts.timeline_sentence(from, to, sums.join(", "))
}

fn state_name(status: Option<TimelineStatus>) -> &'static str {
    match status {
        Some(TimelineStatus::Observed(ObservedStatus::Reported(status))) => status.into_str(),
        Some(TimelineStatus::Observed(ObservedStatus::NoCases)) => "no_cases",
        Some(TimelineStatus::SignedIn) => "signed_in",
        None => "gap",
    }
}

fn label(texts: &'static Texts, status: Option<TimelineStatus>) -> (&'static str, &'static str) {
    match status {
        Some(TimelineStatus::Observed(ObservedStatus::Reported(status))) => {
            status_label(texts, status)
        }
        Some(TimelineStatus::Observed(ObservedStatus::NoCases)) => ("·", texts.state_caseless()),
        Some(TimelineStatus::SignedIn) => ("◦", texts.signed_in_time()),
        None => ("?", texts.timeline_unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}:00Z").parse().unwrap()
    }

    fn span(status: AgentStatus, from: &str, to: &str) -> TimelineSpan {
        TimelineSpan {
            status: TimelineStatus::Observed(ObservedStatus::Reported(status)),
            from: at(from),
            to: at(to),
        }
    }

    fn timeline(spans: &[TimelineSpan], now: &str) -> Option<AgentTimeline> {
        build_timeline(Texts::english(), spans, None, at(now), |at| {
            at.strftime("%H:%M").to_string()
        })
    }

    /// Of the whole of the day, which is over.
    fn past_timeline(spans: &[TimelineSpan]) -> Option<AgentTimeline> {
        let (from, to) = (Some(at("00:00")), at("23:59"));
        build_timeline(Texts::english(), spans, from, to, |at| {
            at.strftime("%H:%M").to_string()
        })
    }

    #[test]
    fn a_past_day_is_unknown_around_what_is_known_and_ends_with_the_sign_out() {
        let signed_in = TimelineSpan {
            status: TimelineStatus::SignedIn,
            ..span(AgentStatus::Available, "08:00", "12:00")
        };
        let states = |spans: &[TimelineSpan]| {
            let timeline = past_timeline(spans).unwrap();
            let rows = timeline.rows.into_iter().rev();
            let rows = rows.map(|row| format!("{} {} {}", row.from, row.to, row.word));
            rows.collect::<Vec<_>>()
        };

        let known = [
            span(AgentStatus::LoggedOut, "00:00", "08:00"),
            signed_in,
            span(AgentStatus::LoggedOut, "12:00", "23:59"),
        ];
        assert_eq!(states(&known), ["08:00 12:00 Signed in"]);
        let expected = [
            "00:00 08:00 Unknown",
            "08:00 12:00 Signed in",
            "12:00 23:59 Unknown",
        ];
        assert_eq!(states(&[signed_in]), expected);
        let absent = [span(AgentStatus::LoggedOut, "00:00", "23:59")];
        assert!(past_timeline(&absent).is_none());
    }

    #[test]
    fn unobserved_times_are_unknown_and_the_day_begins_at_sign_in() {
        let spans = [
            span(AgentStatus::LoggedOut, "07:00", "08:00"),
            span(AgentStatus::Available, "08:00", "08:30"),
            span(AgentStatus::Talking, "08:30", "09:00"),
            span(AgentStatus::Available, "10:00", "10:30"),
        ];

        let timeline = timeline(&spans, "11:00").unwrap();

        let bars: Vec<_> = (timeline.bars.iter())
            .map(|bar| (bar.state, bar.x, bar.width))
            .collect();
        assert_eq!(
            bars,
            [
                ("available", 0.0, 160.0),
                ("talking", 160.0, 160.0),
                ("gap", 320.0, 320.0),
                ("available", 640.0, 160.0),
                ("gap", 800.0, 160.0),
            ]
        );
        assert_eq!(timeline.times, ["08:00", "09:00", "10:00"]);
        assert_eq!(
            timeline.sentence,
            "From 08:00 to 11:00: Available 1 h 00 min, In conversation 30 min, Unknown 1 h 30 min."
        );
        assert_eq!(timeline.rows[1].word, "Available");
    }

    #[test]
    fn time_before_the_first_observation_is_unknown() {
        let spans = [span(AgentStatus::Available, "08:30", "09:00")];

        let timeline = timeline(&spans, "09:00").unwrap();

        let bars = timeline
            .bars
            .iter()
            .map(|bar| (bar.state, bar.x, bar.width));
        let expected = [("gap", 0.0, 480.0), ("available", 480.0, 480.0)];
        assert_eq!(bars.collect::<Vec<_>>(), expected);
        let sums = timeline.sums.iter().map(|sum| (sum.word, &*sum.duration));
        let expected = [("Available", "30 min"), ("Unknown", "30 min")];
        assert_eq!(sums.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_timeline_of_somebody_who_never_signed_in() {
        let spans = [span(AgentStatus::LoggedOut, "07:00", "08:00")];

        assert!(timeline(&spans, "08:00").is_none());
        assert!(timeline(&[], "08:00").is_none());
    }
}
