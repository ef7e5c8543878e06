//! Judging figures for a screen: what is shown of each, how bad it is, and
//! when that changes by itself. How old a figure may be, `live::freshness` says.

use jiff::Timestamp;

use crate::{
    domain::{Counter, Metric, Moment, Mono, QueueId, SourceId, Target, Value},
    live::{
        AVERAGE_WAIT_HOLDS, DayMarks, Figure, GONE_AFTER, GRAY_AFTER, Lost, Picture, Queue, Trust,
    },
};

use super::{
    Level, Limits,
    definition::{Board, DEFAULT_SHOW},
    format::{self, UNKNOWN},
    severity::Severity,
    slots::Cell,
    view::{Due, running, standing},
};

/// Fewer contacts than this make no service level to worry about.
const ENOUGH_CONTACTS: i32 = 10;

/// A board before a picture, at a moment.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) board: &'a Board,
    pub(super) picture: &'a Picture,
    pub(super) now: Moment,
    /// The figures of a queue to show.
    pub(super) show: Vec<Metric>,
    /// What the day lacks, said once below all queues.
    pub(super) day_mark: String,
    due: Due,
}

/// How something stands on a screen; a rendering of `Trust` with time in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Known,
    /// Its line was lost moments ago: clocks stand, nothing is grey yet.
    Held,
    /// The last value, no longer vouched for.
    Grey,
    /// Too long ago to be shown.
    Gone,
    /// Never said.
    Unknown,
}

impl Standing {
    pub(super) fn is_stale(self) -> bool {
        matches!(self, Self::Grey | Self::Gone)
    }
}

/// One figure as a screen shows it.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) metric: Metric,
    pub(super) label: String,
    pub(super) cell: Cell,
    pub(super) severity: Severity,
    /// Small, behind the value: the target, "est.".
    pub(super) note: String,
    pub(super) standing: Standing,
    /// What may be reckoned with: known, or held.
    pub(super) value: Option<Value>,
    /// Of several queues, where some of them are not vouched for: what the others have
    /// for certain, so that all have at least this.
    pub(super) least: Option<Value>,
    pub(super) since: Option<Timestamp>,
}

/// A queue as a screen shows it.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) queue: &'a Queue,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) figures: Vec<Shown>,
    /// Why it is grey or quiet, or what its day lacks.
    pub(super) note: String,
    /// The source's own time of the newest reading.
    pub(super) said: Option<i64>,
}

impl Judged<'_> {
    /// How much it calls for somebody, and the figure that does. About a poor day
    /// nobody can do anything now, so the day's figures call for nobody.
    pub(super) fn call(&self) -> Option<(Severity, &Shown)> {
        let of_now = self.figures.iter().filter(|f| !f.metric.is_of_the_day());
        let calls = of_now.filter(|f| matches!(f.severity, Severity::Warn | Severity::Crit));
        // Of equals the first.
        let worst = calls.rev().max_by_key(|figure| figure.severity)?;
        (self.severity != Severity::Stale).then_some((worst.severity, worst))
    }

    /// The figure that its severity comes from: of now before of the day.
    pub(super) fn cause(&self) -> Option<&Shown> {
        let causes = self.figures.iter().filter(|f| f.severity == self.severity);
        causes.min_by_key(|figure| figure.metric.is_of_the_day())
    }
}

impl<'a> Scene<'a> {
    pub(super) fn new(board: &'a Board, picture: &'a Picture, now: Moment) -> Self {
        Self {
            board,
            picture,
            now,
            show: show(board, picture),
            day_mark: String::new(),
            due: Due::default(),
        }
    }

    pub(super) fn due(&self) -> Option<Moment> {
        self.due.moment(self.now)
    }

    pub(super) fn note_due(&mut self, at: Mono) {
        self.due.note(at);
    }

    /// How something stands that `source` last vouched for at `heard`.
    pub(super) fn standing(&mut self, trust: Trust, heard: Option<Mono>) -> Standing {
        match trust {
            Trust::Fresh => Standing::Known,
            Trust::Unknown => Standing::Unknown,
            Trust::Lost(Lost { mono, .. }) if self.now.mono.since(mono) < GRAY_AFTER => {
                self.due.note(mono.plus(GRAY_AFTER));
                Standing::Held
            }
            Trust::Lost(Lost { mono, .. }) => self.grey_until(mono),
            Trust::Stale => heard.map_or(Standing::Grey, |heard| self.grey_until(heard)),
        }
    }

    fn grey_until(&mut self, heard: Mono) -> Standing {
        if self.now.mono.since(heard) < GONE_AFTER {
            self.due.note(heard.plus(GONE_AFTER));
            Standing::Grey
        } else {
            Standing::Gone
        }
    }

    /// The trust in a day's figure while its source's line stands as it does: a
    /// total goes on counting, but not without its source.
    pub(super) fn trust_of_day(&self, source: &SourceId, trust: Trust) -> Trust {
        match (trust, self.picture.sources.get(source)) {
            (Trust::Unknown, _) => Trust::Unknown,
            (_, Some(source)) if !source.is_live() => source.lost.map_or(Trust::Stale, Trust::Lost),
            (trust, _) => trust,
        }
    }

    /// A queue with all the figures that the board shows of it.
    pub(super) fn judge(&mut self, queue: &'a Queue) -> Judged<'a> {
        let id = queue.id.to_string();
        let show = self.show.clone();
        let figures: Vec<_> = (show.into_iter())
            .map(|metric| self.figure(queue, &id, metric))
            .collect();
        let trust = self.picture.queue_trust(queue, self.now);
        let heard = self.picture.last_heard(queue, None);
        let standing = self.standing(trust, heard);
        let stale = standing.is_stale() || figures.iter().any(|f| f.standing.is_stale());
        // What is certain of some calls for somebody, whatever the others have.
        let certain = figures.iter().filter(|f| f.least.is_some());
        let certain = certain.map(|f| f.severity).filter(Severity::calls).max();
        let severity = match queue.quiet_since {
            _ if stale => certain.unwrap_or(Severity::Stale),
            Some(_) => Severity::None,
            None => (figures.iter().map(|f| f.severity).max()).unwrap_or_default(),
        };
        let members = self.picture.members(queue);
        let said = members.flat_map(|queue| queue.readings.values());
        let said = said.filter_map(|reading| reading.at).max();
        Judged {
            queue,
            name: self.queue_name(queue, &id),
            note: self.queue_note(queue, trust, standing, stale, &figures),
            id,
            severity,
            figures,
            said: said.map(Timestamp::as_millisecond),
        }
    }

    /// One figure of a queue.
    pub(super) fn figure(&mut self, queue: &Queue, id: &str, metric: Metric) -> Shown {
        let target = self.picture.site.target(id);
        let mut shown = self.bare_figure(queue, metric, &target);
        let judged = matches!(shown.standing, Standing::Known | Standing::Held)
            && queue.quiet_since.is_none()
            && (metric != Metric::ServiceLevel || self.is_enough(queue));
        if judged && let Some(value) = shown.value {
            let limits = self.board.limits(id, metric);
            shown.severity = Severity::of(value.number(), &limits, &target);
            if shown.standing == Standing::Known && shown.since.is_some() {
                self.note_crossings(value, &limits);
            }
        } else if let Some(least) = shown.least {
            let limits = self.board.limits(id, metric);
            let above = Limits {
                warn: limits.warn,
                crit: limits.crit,
                ..Limits::default()
            };
            let severity = Severity::of(least.number(), &above, &target);
            if severity.calls() {
                shown.severity = severity;
            }
            if shown.since.is_some() {
                self.note_crossings(least, &above);
            }
        }
        shown
    }

    /// Without severity, other than that it is stale.
    fn bare_figure(&mut self, queue: &Queue, metric: Metric, target: &Target) -> Shown {
        let figure = self.picture.queue_figure(queue, metric, self.now);
        let heard = self.picture.last_heard(queue, Some(metric));
        let expires = metric == Metric::AverageWait && queue.gives.is_none();
        if expires && figure.as_ref().is_some_and(|f| f.value.is_some()) {
            // It says nothing of now after a quarter of an hour.
            self.due
                .note(heard.unwrap_or_default().plus(AVERAGE_WAIT_HOLDS + 1));
        }
        let mut shown = self.shown(metric, figure, &queue.id.source, heard, target);
        if metric == Metric::ServiceLevel && queue.gives.is_some() {
            // What in time is, its vendor knows, and also before it has said a value.
            metric.short_label().clone_into(&mut shown.label);
        }
        shown
    }

    /// A figure by the rules of trust.
    pub(super) fn shown(
        &mut self,
        metric: Metric,
        figure: Option<Figure>,
        source: &SourceId,
        heard: Option<Mono>,
        target: &Target,
    ) -> Shown {
        let Some(figure) = figure else {
            return Shown::unknown(metric, format::label(metric, target, None));
        };
        let trust = if metric.is_of_the_day() {
            self.trust_of_day(source, figure.trust)
        } else {
            figure.trust
        };
        let standing_now = match self.standing(trust, heard) {
            // What is known of some of several is worth showing, however long others are away.
            Standing::Gone if figure.low.is_some() => Standing::Grey,
            other => other,
        };
        let whole = figure.value.filter(|_| standing_now == Standing::Held);
        let text = || match whole {
            Some(value) => format::value(Some(value)),
            None => format::figure(metric, &figure),
        };
        let is_clock = format::is_clock(metric);
        let cell = match (standing_now, figure.since) {
            // A clock that runs would be read as the longest of all.
            (Standing::Known, Some(since)) if is_clock && figure.low.is_none() => running(since),
            (Standing::Gone | Standing::Unknown, _) if is_clock => standing(UNKNOWN.to_owned()),
            (Standing::Gone | Standing::Unknown, _) => Cell::Text(UNKNOWN.to_owned()),
            _ if is_clock => standing(text()),
            _ => Cell::Text(text()),
        };
        let usable = matches!(standing_now, Standing::Known | Standing::Held);
        let marks = figure.of_day.as_ref();
        Shown {
            metric,
            label: day_label(metric, target, marks),
            cell,
            severity: if standing_now.is_stale() {
                Severity::Stale
            } else {
                Severity::None
            },
            note: figure_note(metric, marks, figure.value, target),
            standing: standing_now,
            value: figure
                .value
                .filter(|_| usable && figure.low.is_none() || whole.is_some()),
            least: (figure.low).filter(|_| whole.is_none() && figure.high.is_none()),
            since: figure.since.filter(|_| standing_now == Standing::Known),
        }
    }

    /// Whether there were contacts enough for a service level to worry about. Where
    /// nobody tells how many, there may have been.
    fn is_enough(&self, queue: &Queue) -> bool {
        let known = |metric| {
            let figure = self.picture.queue_figure(queue, metric, self.now)?;
            figure.value.map(Value::number)
        };
        if queue.gives.is_none() && queue.members.is_none() {
            let counters = &queue.today.counters;
            let ended = counters.count(Counter::Answered) + counters.count(Counter::Abandoned);
            return i64::from(ENOUGH_CONTACTS) <= ended;
        }
        let counts = [Metric::Answered, Metric::Abandoned, Metric::Offered].map(known);
        let [answered, abandoned, offered] = counts;
        let ended = answered.zip(abandoned).map(|(a, b)| a + b);
        (ended.or(answered).or(offered)).is_none_or(|n| f64::from(ENOUGH_CONTACTS) <= n)
    }

    /// When a running clock will reach its next limit.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "waits stay far below 2^52 ms"
    )]
    fn note_crossings(&mut self, value: Value, limits: &Limits) {
        for limit in [limits.warn, limits.crit].into_iter().flatten() {
            let left = ((limit - value.number()) * 1000.0).ceil() as i64;
            if 0 < left {
                self.due.note(self.now.mono.plus(left));
            }
        }
    }

    pub(super) fn queue_name(&self, queue: &Queue, id: &str) -> String {
        let named = self.board.names.get(id).cloned();
        named.unwrap_or_else(|| self.picture.queue_name(queue))
    }

    fn queue_note(
        &self,
        queue: &Queue,
        trust: Trust,
        standing: Standing,
        stale: bool,
        figures: &[Shown],
    ) -> String {
        if queue.members.is_some() && (stale || standing == Standing::Held) {
            return self.group_note(queue, standing);
        }
        let id = &queue.id.source;
        let source = self.picture.site.source_name(id);
        let zone = &self.picture.site.zone;
        let time = |at| format::time_or_day(at, self.now.wall, zone);
        if let Trust::Lost(lost) = self.trust_of_day(id, trust) {
            return match standing {
                Standing::Gone => format!("No data since {}", time(lost.at)),
                Standing::Held => format!("Reconnecting to {source}"),
                _ => format!("{source} lost at {}", time(lost.at)),
            };
        }
        if stale && queue.silent {
            return format!("No updates from {source}");
        }
        if stale {
            return format!("Waiting for {source} to refresh");
        }
        if let Some(since) = queue.quiet_since {
            return format!("No activity since {}", time(since));
        }
        if figures.iter().any(|f| f.metric.is_of_the_day()) {
            let days = figures.iter().filter(|f| f.metric.is_of_the_day());
            let mut marks = days.filter_map(|f| {
                let figure = self.picture.queue_figure(queue, f.metric, self.now)?;
                figure.of_day
            });
            let mark = marks
                .next()
                .map(|marks| self.day_mark(&marks))
                .unwrap_or_default();
            if mark != self.day_mark {
                return mark;
            }
        }
        if queue.members.is_some() {
            return self.left_out(queue, figures);
        }
        String::new()
    }

    /// Which of its members never give something that is shown, and so are not in it.
    fn left_out(&self, queue: &Queue, figures: &[Shown]) -> String {
        let over = self.picture.over([queue]);
        let mut left_out: Vec<QueueId> = Vec::new();
        let mut labels = Vec::new();
        for figure in figures {
            let merged = self.picture.merged(&over, figure.metric, self.now);
            let without = merged.map(|merged| merged.without).unwrap_or_default();
            if left_out.is_empty() {
                left_out.clone_from(&without);
            }
            if !without.is_empty() && without == left_out {
                labels.push(figure.label.to_lowercase());
            }
        }
        match self.without(left_out.iter()) {
            none if none.is_empty() => none,
            without => format!("{without}: {}", labels.join(", ")),
        }
    }

    /// Which of its members are not vouched for.
    fn group_note(&self, queue: &Queue, standing: Standing) -> String {
        let members = self.picture.members(queue).filter(|member| {
            let trust = self.picture.queue_trust(member, self.now);
            matches!(trust, Trust::Stale | Trust::Lost(_))
        });
        let members: Vec<_> = members.map(|member| &member.id).collect();
        match members.first() {
            Some(first) if standing == Standing::Held => {
                format!("Reconnecting to {}", first.source)
            }
            _ if members.len() == self.picture.members(queue).count() => {
                "All its queues are out of date".to_owned()
            }
            _ => self.without(members.into_iter()),
        }
    }
}

impl Shown {
    pub(super) fn unknown(metric: Metric, label: String) -> Self {
        let cell = if format::is_clock(metric) {
            standing(UNKNOWN.to_owned())
        } else {
            Cell::Text(UNKNOWN.to_owned())
        };
        Self {
            metric,
            label,
            cell,
            severity: Severity::None,
            note: String::new(),
            standing: Standing::Unknown,
            value: None,
            least: None,
            since: None,
        }
    }

    /// "14", "≥ 7".
    pub(super) fn said(&self) -> String {
        match (self.value, self.least) {
            (None, Some(least)) => format!("≥ {}", format::value(Some(least))),
            (value, _) => format::value(value),
        }
    }
}

/// A share that a vendor calculates is of its own threshold, which it does not report.
fn day_label(metric: Metric, target: &Target, marks: Option<&DayMarks>) -> String {
    let formula = marks.and_then(|marks| marks.formula);
    match (metric, marks, formula) {
        (Metric::ServiceLevel, Some(_), None) => metric.short_label().to_owned(),
        _ => format::label(metric, target, formula),
    }
}

fn figure_note(
    metric: Metric,
    marks: Option<&DayMarks>,
    value: Option<Value>,
    target: &Target,
) -> String {
    if value.is_none() {
        return String::new();
    }
    match (metric, marks) {
        (Metric::ServiceLevel, _) => format!("target {}", Level::FromTarget(0.0).value(target)),
        (_, Some(marks)) if marks.estimated && value != Some(Value::Count(0)) => "est.".to_owned(),
        _ => String::new(),
    }
}

/// What the board asks for. Where it did not say, and no queue can know who left
/// unseen, a column of "–" would help nobody: then what was answered.
fn show(board: &Board, picture: &Picture) -> Vec<Metric> {
    let mut show = board.show.clone();
    let mut queues = picture
        .queues
        .values()
        .filter(|queue| queue.members.is_none());
    let unseen = queues.all(|queue| match &queue.gives {
        Some(gives) => !gives.contains(&Metric::Abandoned),
        None => !queue.today.entries_known,
    });
    if show == DEFAULT_SHOW && unseen {
        show[4] = Metric::Answered;
    }
    show
}
