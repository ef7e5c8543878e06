//! Queues and boards that go with a source, and rules and reports that use a channel.

use wallboard_domain::{NaturalOrder, SourceId};

use crate::{
    alerts::Alerts,
    reports::Reports,
    web::{
        WebState,
        parts::links::{PageLink, form_urlencode},
    },
};

/// The most queues that are named.
const NAMES_MAX: usize = 12;

/// The queues of a source, and the boards that show any of them.
#[derive(Default)]
pub(super) struct Losses {
    pub(super) queues: Vec<String>,
    pub(super) further_queues: usize,
    pub(super) boards: Vec<String>,
}

pub(super) fn find_losses(web: &WebState, source: &SourceId) -> Losses {
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
    Losses {
        boards: boards.map(|board| board.title.clone()).collect(),
        queues: names,
        further_queues,
    }
}

/// The rules and reports that send to a channel. While there is one, the channel can't be deleted.
pub(super) fn find_uses(web: &WebState, channel: &str) -> Vec<PageLink> {
    let link = |kind: &str, page: &str, name: &str| {
        let address = format!("{page}?name={}", form_urlencode(name));
        PageLink::new(format!("{kind} {name}"), address)
    };
    let plan = web.alerts.as_ref().map(Alerts::plan);
    let rules = plan.iter().flat_map(|plan| &plan.rules);
    let rules = rules.filter(|rule| rule.tell.iter().any(|name| name == channel));
    let rules = rules.map(|rule| link("rule", "/alerts/rule", &rule.name));
    let reports = web.reports.as_ref().map(Reports::list).unwrap_or_default();
    let reports = reports.iter().filter(|report| report.channel == channel);
    let reports = reports.map(|report| link("report", "/reports/edit", &report.name));
    rules.chain(reports).collect()
}
