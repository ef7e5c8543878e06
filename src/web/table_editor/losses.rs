//! Queues and boards that go with a source, and rules and reports that use a channel.

use wallboard_domain::{NaturalOrder, SourceId};
use wallboard_texts::Texts;

use crate::{
    alerts::Alerts,
    reports::Reports,
    web::{
        WebState,
        parts::{
            links::{PageLink, form_urlencode},
            sentence::Sentence,
        },
    },
};

/// The most queues that are named.
const NAMES_MAX: usize = 12;

/// The queues of a source, and the boards that show any of them.
#[derive(Default)]
pub(super) struct Losses {
    pub(super) queues: Sentence,
    /// Empty if no board shows them.
    pub(super) boards: Sentence,
}

pub(super) fn find_losses(texts: &Texts, web: &WebState, source: &SourceId) -> Losses {
    let (mut names, ids) = (web.live).read_snapshot(|snapshot, _| {
        let queues = snapshot.queues.values();
        let queues: Vec<_> = queues.filter(|queue| queue.id.source == *source).collect();
        let names: Vec<_> = queues
            .iter()
            .map(|queue| snapshot.queue_name(queue))
            .collect();
        let ids: Vec<_> = queues.iter().map(|queue| queue.id.to_string()).collect();
        (names, ids)
    });
    names.sort_by_key(|name| NaturalOrder(name.clone()));
    let further_queues = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| {
        let shows = |id: &String| {
            board.queues.is_empty() || board.queues.iter().any(|pattern| pattern.matches(id))
        };
        ids.iter().any(shows)
    });
    let boards = boards.map(|board| PageLink::new(board.title.as_str(), ""));
    let queues = names.into_iter().map(|name| PageLink::new(name, ""));
    let queues = Sentence::with_links(queues.collect(), |names| match further_queues {
        0 => texts.queues_go(names),
        count => texts.queues_go_with_more(names, count),
    });
    Losses {
        queues: queues.unwrap_or_else(|| Sentence::new(texts.no_queue_known(), Vec::new())),
        boards: Sentence::with_links(boards.collect(), |names| texts.boards_with_them(names))
            .unwrap_or_default(),
    }
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
