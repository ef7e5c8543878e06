//! One queue judged as a board would, and why, in a sentence.

use jiff::Timestamp;

use crate::{
    domain::{Metric, Moment, Target, Value, moment},
    live::{Picture, Queue, Trust},
};

use super::{
    Board, Limits, format,
    scene::{Judged, Scene, Shown},
    severity::Severity,
    slots::Cell,
};

/// How a queue stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    pub severity: Severity,
    /// Why it is a warning, critical, stale or quiet; `None` where all is well.
    pub why: Option<String>,
    /// All that its source gives, in reading order.
    pub figures: Vec<JudgedFigure>,
}

/// One figure of a judged queue.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedFigure {
    pub metric: Metric,
    pub label: String,
    /// As a screen shows it now; `–` where it is unknown.
    pub text: String,
    pub severity: Severity,
    /// What is well: "under 1:00", "at least 70%"; empty where anything is.
    pub limit: String,
    /// The target, "est."
    pub note: String,
}

/// Judges a queue by the limits of a board; `Board::automatic` has the default ones.
pub fn judge<'a>(
    board: &'a Board,
    picture: &'a Picture,
    queue: &'a Queue,
    now: Moment,
) -> Judgement {
    let mut scene = Scene::new(board, picture, now);
    let judged = scene.judge(queue);
    let given = Metric::all().filter(|m| picture.queue_figure(queue, *m, now).is_some());
    let figures = given
        .map(|metric| {
            let shown = scene.figure(queue, &judged.id, metric);
            figure(&scene, &judged.id, shown)
        })
        .collect();
    Judgement {
        severity: judged.severity,
        why: why(&scene, &judged),
        figures,
    }
}

fn figure(scene: &Scene<'_>, queue: &str, shown: Shown) -> JudgedFigure {
    let target = scene.picture.site.target(queue);
    let limits = scene.board.limits(queue, shown.metric);
    JudgedFigure {
        metric: shown.metric,
        text: match &shown.cell {
            Cell::Text(text) | Cell::Clock { since: None, text } => text.clone(),
            Cell::Clock { .. } | Cell::Attrs(_) => format::value(shown.value),
        },
        label: shown.label,
        severity: shown.severity,
        limit: well(shown.metric, &limits, &target),
        note: shown.note,
    }
}

/// The first limit on the way to worse, as what is still well.
fn well(metric: Metric, limits: &Limits, target: &Target) -> String {
    let text = |limit| format::value(Some(metric.value(limit)));
    let below = limits.warn_below.or(limits.crit_below);
    match (limits.warn.or(limits.crit), below) {
        (Some(limit), _) => format!("under {}", text(limit)),
        (None, Some(limit)) => format!("at least {}", text(limit.value(target))),
        (None, None) => String::new(),
    }
}

fn why(scene: &Scene<'_>, judged: &Judged<'_>) -> Option<String> {
    match judged.severity {
        Severity::Stale => Some(stale(scene, judged)),
        Severity::Warn | Severity::Crit => judged.cause().map(|cause| {
            let target = scene.picture.site.target(&judged.id);
            let limits = scene.board.limits(&judged.id, cause.metric);
            beyond(scene, cause, &limits, &target)
        }),
        Severity::None | Severity::Ok => {
            let since = judged.queue.quiet_since?;
            let zone = &scene.picture.site.zone;
            let since = format::time_or_day(since, scene.now.wall, zone);
            Some(format!("No data since {since}."))
        }
    }
}

/// "Longest wait is 6:12, above the 5:00 threshold since 14:19."
fn beyond(scene: &Scene<'_>, cause: &Shown, limits: &Limits, target: &Target) -> String {
    let is_critical = cause.severity == Severity::Crit;
    let (above, below) = if is_critical {
        (limits.crit, limits.crit_below)
    } else {
        (limits.warn, limits.warn_below)
    };
    let number = cause.value.or(cause.least);
    let number = number.map(Value::number).unwrap_or_default();
    let text = |limit| format::value(Some(cause.metric.value(limit)));
    let label = match cause.metric {
        Metric::ServiceLevel => cause.metric.label(),
        _ => &cause.label,
    };
    let what = format!("{label} is {}", cause.said());
    if let Some(limit) = above.filter(|limit| *limit <= number) {
        let reached = text(limit) == text(number);
        let place = if reached { "at" } else { "above" };
        let since = crossed(cause, limit)
            .map(|at| format::time_or_day(at, scene.now.wall, &scene.picture.site.zone))
            .map(|at| format!(" since {at}"));
        let since = since.unwrap_or_default();
        return format!("{what}, {place} the {} threshold{since}.", text(limit));
    }
    let Some(limit) = below.map(|level| level.value(target)) else {
        return format!("{what}.");
    };
    let aim = match cause.metric {
        Metric::ServiceLevel => {
            format!("; the target is {}", text(target.service_level))
        }
        _ => String::new(),
    };
    format!("{what}, below the {} threshold{aim}.", text(limit))
}

/// When a running wait came to its limit: the only since that can be known.
#[expect(
    clippy::cast_possible_truncation,
    reason = "limits are far below 2^52 ms"
)]
fn crossed(cause: &Shown, limit: f64) -> Option<Timestamp> {
    let since = cause.since?;
    Some(moment::plus_millis(since, (limit * 1000.0) as i64))
}

fn stale(scene: &Scene<'_>, judged: &Judged<'_>) -> String {
    if judged.queue.members.is_some() {
        let note = &judged.note;
        return format!("Not all of this group is up to date: {note}.");
    }
    let id = &judged.queue.id.source;
    let source = scene.picture.site.source_name(id);
    let trust = scene.picture.queue_trust(judged.queue, scene.now);
    let zone = &scene.picture.site.zone;
    if let Trust::Lost(lost) = scene.trust_of_day(id, trust) {
        let at = format::moment(lost.at, scene.now.wall, zone);
        let heard = scene.picture.sources.get(id);
        let heard = heard.map_or_else(String::new, |source| scene.last_heard_of(source));
        return format!("{source} disconnected at {at}{heard}. Showing last known values.");
    }
    if judged.queue.silent {
        return format!("{source} has stopped reporting on this queue while contacts are active.");
    }
    format!("Some updates from {source} may be missing. Waiting for a full refresh.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::{
        Layout,
        fixture::{self, Now, noon},
    };
    use crate::domain::Counter;

    fn one(waiting: u64, longest: Option<i64>) -> Picture {
        let mut picture = fixture::picture();
        let now = Now {
            waiting,
            longest,
            available: 1,
        };
        fixture::put(&mut picture, "1", "Sales", &now);
        picture
    }

    fn judged(picture: &Picture, now: Moment) -> (Severity, Option<String>) {
        let board = Board::new("b", "B", Layout::Queues);
        let queue = &picture.queues[&fixture::queue_id("1")];
        let judgement = judge(&board, picture, queue, now);
        (judgement.severity, judgement.why)
    }

    fn check(picture: &Picture, now: Moment, severity: Severity, why: &str) {
        let why = (!why.is_empty()).then(|| why.to_owned());
        assert_eq!(judged(picture, now), (severity, why));
    }

    #[test]
    fn a_long_wait_says_its_limit_and_since_when() {
        let picture = one(14, Some(372));

        let why = "Longest wait is 6:12, above the 2:00 threshold since 14:22.";
        check(&picture, noon(), Severity::Crit, why);
        let reached = one(1, Some(60));
        let why = "Longest wait is 1:00, at the 1:00 threshold since 14:27.";
        check(&reached, noon(), Severity::Warn, why);
        check(&one(1, Some(59)), noon(), Severity::Ok, "");
    }

    #[test]
    fn a_poor_service_level_says_its_target_and_no_since() {
        let mut picture = one(0, None);
        let today = fixture::today(&mut picture, "1");
        today.counters.set(Counter::AnsweredWithin, Some(30));

        let why = "Service level is 50%, below the 70% threshold; the target is 80%.";
        check(&picture, noon(), Severity::Warn, why);
    }

    #[test]
    fn what_is_not_vouched_for_says_why() {
        let mut lost = one(2, Some(50));
        fixture::lose(&mut lost, 40_000);
        let why = "Chat disconnected at 14:26:20. Showing last known values.";
        check(&lost, noon(), Severity::Stale, why);
        // What hangs is known to be lost long after its last word.
        for source in lost.sources.values_mut() {
            source.last_message_at = Some(noon().plus(-70_000).wall);
        }
        let why =
            "Chat disconnected at 14:26:20, last update at 14:25:50. Showing last known values.";
        check(&lost, noon(), Severity::Stale, why);

        let mut silent = one(2, Some(50));
        fixture::queue(&mut silent, "1").silent = true;
        let why = "Chat has stopped reporting on this queue while contacts are active.";
        check(&silent, noon(), Severity::Stale, why);

        let mut quiet = one(0, None);
        fixture::queue(&mut quiet, "1").quiet_since = Some(noon().plus(-3_600_000).wall);
        let why = "No data since 13:27.";
        check(&quiet, noon(), Severity::None, why);

        let mut broken = one(2, Some(50));
        broken.sources.get_mut(&fixture::chat()).unwrap().generation = 2;
        let why = "Some updates from Chat may be missing. Waiting for a full refresh.";
        check(&broken, noon(), Severity::Stale, why);
    }

    #[test]
    fn every_figure_comes_with_what_is_well() {
        let picture = one(14, Some(372));
        let board = Board::new("b", "B", Layout::Queues);
        let queue = &picture.queues[&fixture::queue_id("1")];

        let figures = judge(&board, &picture, queue, noon()).figures;

        let of = |metric| figures.iter().find(|f| f.metric == metric).unwrap();
        let longest = of(Metric::LongestWait);
        assert_eq!((&*longest.text, &*longest.limit), ("6:12", "under 1:00"));
        assert_eq!(longest.severity, Severity::Crit);
        assert_eq!(of(Metric::Waiting).limit, "");
        assert_eq!(of(Metric::ServiceLevel).limit, "at least 70%");
        assert_eq!(of(Metric::ShortAbandoned).text, "–");
    }
}
