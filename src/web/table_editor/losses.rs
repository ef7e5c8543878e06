//! Queues, boards and rules that go with a source, and rules and reports that use a channel.

use std::mem;

use wallboard_alerts::AlertSubject;
use wallboard_boards::{BoardDefinition, Widget};
use wallboard_domain::{CustomFigureId, NaturalOrder, QueueId, SourceId};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::{
    alerts::Alerts,
    editing::{Origin, Section},
    reports::Reports,
    web::{
        WebState,
        parts::{
            entry_uses::{list_rules, shows_figure},
            links::{PageLink, form_urlencode},
            sentence::Sentence,
        },
    },
};

/// The most queues that are named.
const NAMES_MAX: usize = 12;

/// The queues of a source, and what shows or watches them.
#[derive(Default)]
pub(super) struct Losses {
    pub(super) queues: Sentence,
    /// Empty if no board shows them.
    pub(super) boards: Sentence,
    /// The rules that watch nothing else; empty without any.
    pub(super) rules: Sentence,
}

/// The queues and the custom figures that only one source reports.
struct Reported {
    names: Vec<String>,
    queues: Vec<QueueId>,
    figures: Vec<CustomFigureId>,
    /// Those of other sources.
    others: Vec<AlertSubject>,
}

pub(super) fn find_losses(texts: &Texts, web: &WebState, source: &SourceId) -> Losses {
    let mut reported = (web.live).read_snapshot(|snapshot, _| Reported::find(snapshot, source));
    reported.others.extend(other_sources(web, source));
    let names = &mut reported.names;
    names.sort_by_key(|name| NaturalOrder(name.clone()));
    let further_queues = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    let queues = mem::take(names).into_iter();
    let queues = queues.map(|name| PageLink::new(name, ""));
    let queues = Sentence::with_links(queues.collect(), |names| match further_queues {
        0 => texts.queues_go(names),
        count => texts.queues_go_with_more(names, count),
    });
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| reported.is_on(board));
    let boards = boards.map(|board| PageLink::new(board.title.as_str(), ""));
    let own = reported.subjects(source);
    let rules = list_rules(texts, web, |rule| {
        own.iter().any(|subject| rule.watches(subject))
            && !reported.others.iter().any(|subject| rule.watches(subject))
    });
    Losses {
        queues: queues.unwrap_or_else(|| Sentence::new(texts.no_queue_known(), Vec::new())),
        boards: Sentence::with_links(boards.collect(), |names| texts.boards_with_them(names))
            .unwrap_or_default(),
        rules: Sentence::with_links(rules, |names| texts.rules_without_them(names))
            .unwrap_or_default(),
    }
}

impl Reported {
    fn find(snapshot: &Snapshot, source: &SourceId) -> Self {
        let (queues, others): (Vec<_>, Vec<_>) =
            (snapshot.queues.values()).partition(|queue| queue.id.source == *source);
        let (figures, other_figures): (Vec<_>, Vec<_>) = (snapshot.site.custom_figures.iter())
            .partition(|figure| figure.sources == [source.clone()]);
        let others = others.into_iter().flat_map(|queue| of_queue(&queue.id));
        let other_figures = other_figures.into_iter();
        let other_figures = other_figures.map(|one| AlertSubject::Figure(one.id.clone(), None));
        Self {
            names: (queues.iter().map(|queue| snapshot.queue_name(queue))).collect(),
            queues: queues.into_iter().map(|queue| queue.id.clone()).collect(),
            figures: figures
                .into_iter()
                .map(|figure| figure.id.clone())
                .collect(),
            others: others.chain(other_figures).collect(),
        }
    }

    fn is_on(&self, board: &BoardDefinition) -> bool {
        let shows = |id: &QueueId| {
            let id = id.to_string();
            board.queues.is_empty() || board.queues.iter().any(|pattern| pattern.matches(&id))
        };
        let is_of = |widget: &Widget| widget.queue().is_some_and(|id| self.queues.contains(id));
        self.queues.iter().any(shows)
            || board.widgets.iter().any(is_of)
            || self.figures.iter().any(|id| shows_figure(board, id))
    }

    /// Everything that rules can watch of it.
    fn subjects(&self, source: &SourceId) -> Vec<AlertSubject> {
        let queues = self.queues.iter();
        let figures = self.figures.iter();
        (queues.flat_map(of_queue))
            .chain(figures.map(|id| AlertSubject::Figure(id.clone(), None)))
            .chain(of_source(source))
            .collect()
    }
}

/// Everything that rules can watch of other sources and imports.
fn other_sources(web: &WebState, source: &SourceId) -> Vec<AlertSubject> {
    let Some(editor) = &web.editor else {
        return Vec::new();
    };
    let ids = editor.list_section(Section::Sources).into_iter();
    let others = ids
        .filter(|id| id.name != source.as_str() && !matches!(editor.origin(id), Origin::Nowhere));
    others
        .flat_map(|id| of_source(&id.name.as_str().into()))
        .collect()
}

/// Everything that rules can watch of a queue.
fn of_queue(id: &QueueId) -> [AlertSubject; 2] {
    [
        AlertSubject::Queue(id.clone()),
        AlertSubject::Target(id.clone()),
    ]
}

/// Everything that rules can watch of a source, or of an import.
fn of_source(id: &SourceId) -> [AlertSubject; 2] {
    [
        AlertSubject::Source(id.clone()),
        AlertSubject::Import(id.clone()),
    ]
}

/// The rules and reports that send to a channel, if there are any. While there is one, the channel can't be deleted.
pub(super) fn find_uses(texts: &Texts, web: &WebState, channel: &str) -> Option<Sentence> {
    let link = |text: String, page: &str, name: &str| {
        PageLink::new(text, format!("{page}?name={}", form_urlencode(name)))
    };
    let plan = web.alerts.as_ref().map(Alerts::plan);
    let rules = plan.iter().flat_map(|plan| &plan.rules);
    let rules = rules.filter(|rule| rule.tell.iter().any(|name| name == channel));
    let rules = rules.map(|rule| {
        let text = texts.use_in_rule(rule.name.as_str());
        link(text, "/alerts/rule", &rule.name)
    });
    let reports = web.reports.as_ref().map(Reports::list).unwrap_or_default();
    let reports = reports.iter().filter(|report| report.channel == channel);
    let reports = reports.map(|report| {
        let text = texts.use_in_report(report.name.as_str());
        link(text, "/reports/edit", &report.name)
    });
    Sentence::with_links(rules.chain(reports).collect(), |uses| {
        texts.channel_in_use(uses)
    })
}
