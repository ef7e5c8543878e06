//! Queues that need somebody now: each critical or warning one as a sentence, worst first, and a
//! summary if there is none. An out-of-date queue is neither calm nor a reason to act.

use wallboard_boards::{
    SeverityReason, evaluate_severity, figure_text::FigureText, severity_glyph, write_mark,
};
use wallboard_domain::{Metric, MetricValue, Moment};
use wallboard_live::{
    EvaluatedFigure, Evaluator, QueueSnapshot, Severity, Snapshot, repeats_member,
};
use wallboard_texts::Texts;

use crate::web::{
    pages::queue_help::HelpFacts,
    parts::{
        announcement::announce_severity,
        clock::RunningClock,
        links::{self, PageLink},
        rest_of_queues::{QueueCounts, RestOfQueues},
        sentence::{Sentence, SentencePiece, slot},
    },
};

/// Queues with a sentence of their own; more are only named.
const SENTENCES_MAX: usize = 5;

/// A queue with its severity.
#[derive(Debug)]
pub(in crate::web) struct QueueStatus {
    pub(in crate::web) id: String,
    pub(in crate::web) link: PageLink,
    pub(in crate::web) severity: Severity,
    /// By its opening hours, and without a severity.
    is_closed: bool,
    /// "◆ Critical", "out of date"
    pub(in crate::web) mark: &'static str,
    /// Announced when the severity changes.
    pub(in crate::web) say: String,
    /// The load, if it needs attention.
    load: Option<QueueLoad>,
    /// "Longest wait above the 2:00 threshold since 14:19"
    reason: String,
    /// The figures that cause its severity.
    causes: Vec<(Metric, MetricValue)>,
    /// A group's queues.
    members: Vec<String>,
    help: HelpFacts,
}

/// "Sales has 10 waiting, the longest for 2:11. Nobody is available."
#[derive(Debug)]
struct QueueLoad {
    /// How many wait, and that nobody does.
    waiting: Option<(String, bool)>,
    longest: Option<RunningClock>,
    /// "Nobody is available."
    available: String,
    longest_seconds: f64,
}

/// The answer to "What needs me now?".
pub(in crate::web) struct Attention {
    /// Worst first.
    pub(in crate::web) sentences: Vec<AttentionItem>,
    /// Further queues, worst first.
    pub(in crate::web) more: Vec<(&'static str, PageLink)>,
    /// The summary of the others, if no queue needs attention or some are unknown.
    pub(in crate::web) rest: Option<RestOfQueues>,
}

pub(in crate::web) struct AttentionItem {
    pub(in crate::web) id: String,
    pub(in crate::web) severity: &'static str,
    pub(in crate::web) mark: &'static str,
    /// How many wait, for how long, and who is available.
    pub(in crate::web) say: Sentence,
    /// Without the value, whose clock runs in `say`.
    pub(in crate::web) reason: String,
    /// Groups that need attention because of it.
    pub(in crate::web) groups: Vec<PageLink>,
    pub(in crate::web) help: HelpFacts,
}

impl QueueStatus {
    /// Its links to queues.
    pub(in crate::web) fn links_mut(&mut self) -> impl Iterator<Item = &mut PageLink> {
        let others = self.help.free.iter_mut().map(|free| &mut free.queue);
        std::iter::once(&mut self.link).chain(others)
    }
}

/// Every visible queue, by name. Agents only for visitors who may see them.
pub(in crate::web) fn queue_statuses(
    texts: &'static Texts,
    snapshot: &Snapshot,
    shows_agents: bool,
    now: Moment,
) -> Vec<QueueStatus> {
    let status = |queue: &QueueSnapshot| {
        let (severity, reason) = evaluate_severity(texts, snapshot, queue, now);
        let link = links::queue_link(snapshot, queue);
        let needs_attention = severity.needs_attention();
        let members = queue.members.as_deref().unwrap_or_default().iter();
        QueueStatus {
            id: queue.id.to_string(),
            say: announce_severity(texts, snapshot, queue, severity, now),
            mark: match severity {
                Severity::OutOfDate => texts.old_value(),
                _ => write_mark(texts, severity),
            },
            load: needs_attention.then(|| queue_load(texts, snapshot, queue, now)),
            causes: if needs_attention {
                severity_causes(snapshot, queue, now)
            } else {
                Vec::new()
            },
            members: members.map(ToString::to_string).collect(),
            help: if needs_attention {
                HelpFacts::find(snapshot, queue, shows_agents, now)
            } else {
                HelpFacts::default()
            },
            reason: match reason {
                Some(SeverityReason::Threshold {
                    label, position, ..
                }) => texts.label_at(label, position),
                Some(SeverityReason::Statement(statement)) => statement,
                None => String::new(),
            },
            is_closed: severity == Severity::None
                && snapshot.queue_hours(queue, now.wall).is_closed,
            severity,
            link,
        }
    };
    let mut statuses: Vec<_> = snapshot.visible_queues().map(status).collect();
    statuses.sort_by(|a, b| a.link.cmp(&b.link));
    statuses
}

fn severity_causes(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> Vec<(Metric, MetricValue)> {
    let evaluated = Evaluator::new(snapshot, now).evaluate_queue(queue, &[]);
    let causes = evaluated.causes.iter();
    causes
        .filter_map(|cause| Some((cause.metric, cause.value().or(cause.lower_bound())?)))
        .collect()
}

fn queue_load(texts: &Texts, snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> QueueLoad {
    let mut evaluator = Evaluator::new(snapshot, now);
    let mut known = |metric| {
        let evaluated = evaluator.evaluate_metric(queue, metric);
        let is_known = evaluated.value().is_some() || evaluated.figure.low.is_some();
        is_known.then_some(evaluated)
    };
    let longest = known(Metric::LongestWait);
    let longest_seconds = (longest.as_ref())
        .and_then(|evaluated| evaluated.value().or(evaluated.figure.low))
        .map_or(0.0, MetricValue::as_number);
    let waiting = known(Metric::Waiting);
    QueueLoad {
        waiting: waiting.map(|waiting| {
            let is_nobody = waiting.value() == Some(MetricValue::Count(0));
            (FigureText::on_page(texts, &waiting).value, is_nobody)
        }),
        longest: longest.map(|evaluated| RunningClock::of_figure(texts, &evaluated, now)),
        available: describe_available(
            texts,
            known(Metric::AgentsAvailable).as_ref(),
            known(Metric::AgentsLoggedIn).as_ref(),
        ),
        longest_seconds,
    }
}

/// "Nobody is available.", "2 of 9 agents are available."
fn describe_available(
    texts: &Texts,
    available: Option<&EvaluatedFigure>,
    signed_in: Option<&EvaluatedFigure>,
) -> String {
    let exact = |evaluated: &EvaluatedFigure| match evaluated.value() {
        Some(MetricValue::Count(n)) => Some(n),
        _ => None,
    };
    let Some(evaluated) = available else {
        return String::new();
    };
    match (exact(evaluated), signed_in.and_then(exact)) {
        (Some(0), _) => texts.nobody_available().to_owned(),
        (Some(1), Some(all)) if 1 < all => texts.one_of_available(all),
        (Some(1), _) => texts.one_available().to_owned(),
        (Some(n), Some(all)) if n < all => texts.some_of_available(n, all),
        _ => texts.some_available(FigureText::on_page(texts, evaluated).value),
    }
}

impl QueueLoad {
    fn sentence(self, texts: &Texts, link: PageLink) -> Sentence {
        let (queue, time) = (slot(0), slot(1));
        let text = match (self.waiting, &self.longest) {
            (Some((_, true)), _) => texts.need_no_one(queue),
            (Some((count, false)), Some(_)) => texts.need_longest(queue, count, time),
            (Some((count, false)), None) => texts.need_waiting(queue, count),
            (None, Some(_)) => texts.need_someone(queue, time),
            (None, None) => texts.need_other(queue),
        };
        let text = format!("{text} {}", self.available);
        let pieces = [
            Some(SentencePiece::Link(link)),
            self.longest.map(SentencePiece::Clock),
        ];
        Sentence::new(text.trim_end(), pieces.into_iter().flatten().collect())
    }
}

impl Attention {
    /// `unsure` is the number of sources that are lost, or can't be read in full.
    pub(in crate::web) fn new(
        texts: &Texts,
        mut statuses: Vec<QueueStatus>,
        unsure: usize,
    ) -> Self {
        let count = |severity| {
            let matching = statuses.iter().filter(|status| status.severity == severity);
            matching.count()
        };
        let counts = QueueCounts {
            total: statuses.len(),
            urgent: statuses
                .iter()
                .filter(|status| status.load.is_some())
                .count(),
            out_of_date: count(Severity::OutOfDate),
            closed: statuses.iter().filter(|status| status.is_closed).count(),
            unjudged: statuses
                .iter()
                .filter(|status| status.severity == Severity::None && !status.is_closed)
                .count(),
        };
        statuses.retain(|status| status.load.is_some());
        let wait =
            |status: &QueueStatus| (status.load.as_ref()).map_or(0.0, |load| load.longest_seconds);
        statuses.sort_by(|a, b| {
            (b.severity.cmp(&a.severity)).then_with(|| wait(b).total_cmp(&wait(a)))
        });
        let rest = RestOfQueues::describe(texts, counts, unsure);
        let mut statuses = fold_groups(statuses);
        let more = statuses.split_off(statuses.len().min(SENTENCES_MAX));
        let sentences = statuses.into_iter().filter_map(|(status, groups)| {
            Some(AttentionItem {
                say: status.load?.sentence(texts, status.link),
                id: status.id,
                severity: status.severity.into_str(),
                mark: status.mark,
                reason: status.reason,
                groups,
                help: status.help,
            })
        });
        Self {
            sentences: sentences.collect(),
            more: (more.into_iter())
                .map(|(status, _)| (severity_glyph(status.severity), status.link))
                .collect(),
            rest,
        }
    }
}

/// Each status with the groups that only repeat it, in the same order. The worst queue has the group.
fn fold_groups(statuses: Vec<QueueStatus>) -> Vec<(QueueStatus, Vec<PageLink>)> {
    let repeated = |group: &QueueStatus| {
        let causes = || group.causes.iter().copied();
        statuses.iter().position(|member| {
            group.members.contains(&member.id)
                && group.severity <= member.severity
                && repeats_member(causes(), &member.causes)
        })
    };
    let repeated: Vec<_> = statuses
        .iter()
        .map(|status| repeated(status).filter(|_| !status.causes.is_empty()))
        .collect();
    let links: Vec<_> = statuses.iter().map(|status| status.link.clone()).collect();
    let groups_of = |queue: usize| {
        let groups = repeated.iter().zip(&links);
        let groups = groups.filter(move |(of, _)| **of == Some(queue));
        groups.map(|(_, link)| link.clone()).collect()
    };
    let all = statuses.into_iter().enumerate();
    all.filter(|(index, _)| repeated[*index].is_none())
        .map(|(index, status)| (status, groups_of(index)))
        .collect()
}

#[cfg(test)]
mod tests {
    use wallboard_domain::TargetInForce;
    use wallboard_live::{MetricFigure, ShownFreshness};

    use super::*;

    #[test]
    fn available_agents_are_counted_against_those_signed_in() {
        let figure = |n| EvaluatedFigure {
            metric: Metric::AgentsAvailable,
            figure: MetricFigure {
                value: Some(MetricValue::Count(n)),
                ..MetricFigure::default()
            },
            freshness: ShownFreshness::UpToDate,
            received_at: None,
            severity: Severity::Normal,
            is_held: false,
            is_missed: false,
            target: TargetInForce::default(),
        };
        let describe = |available, signed_in: Option<u64>| {
            describe_available(
                Texts::english(),
                Some(&figure(available)),
                signed_in.map(figure).as_ref(),
            )
        };

        assert_eq!(describe(0, Some(7)), "Nobody is available.");
        assert_eq!(describe(1, Some(9)), "One of 9 agents is available.");
        assert_eq!(describe(3, None), "3 agents are available.");
        assert_eq!(describe_available(Texts::english(), None, None), "");
    }
}
