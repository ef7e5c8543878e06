//! How often what came was within what was forecast, of all queues: beside their plans, or below the
//! table on sites without any.

use wallboard_boards::subject_path;
use wallboard_domain::{Metric, NaturalOrder, QueueId};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::{
    forecasts::{Calibration, Forecasts, RangeHits},
    web::{WebState, parts::links::PageLink, plan},
};

use super::{
    choice::HistoryView,
    export_facts::{FactRow, FactTable},
    scope::HistoryScope,
};

/// Lists the calibration of the queues that the page is of; `None` if none has forecasts.
pub(super) fn list_calibrations(web: &WebState, scope: &HistoryScope) -> Option<FactTable> {
    let (query, texts) = (&scope.query, scope.texts);
    let view = if plan::has_plans(web) {
        HistoryView::Plan
    } else {
        HistoryView::Table
    };
    if query.view != view || query.agent.is_some() {
        return None;
    }
    let forecasts = web.forecasts.as_ref()?;
    let mut rows = web.live.read_snapshot(|snapshot, _| {
        let queues = snapshot.visible_queues();
        let queues = queues.filter(|queue| is_chosen(snapshot, &query.queues, &queue.id));
        let rows = queues.filter_map(|queue| {
            let name = snapshot.queue_name(queue);
            calibration_row(texts, forecasts, snapshot, &queue.id, name)
        });
        rows.collect::<Vec<_>>()
    });
    rows.sort_by(|one, other| NaturalOrder(&one.name.name).cmp(&NaturalOrder(&other.name.name)));
    let table = FactTable {
        key: "calibration",
        title: texts.calibration_heading(),
        rows,
    };
    Some(table).filter(|table| !table.rows.is_empty())
}

/// Whether a queue or its history is among the chosen ones; none chosen is all.
fn is_chosen(snapshot: &Snapshot, chosen: &[QueueId], queue: &QueueId) -> bool {
    let linked = snapshot.site.linked_queues.get(queue);
    let mut ids = linked.into_iter().flatten().chain([queue]);
    chosen.is_empty() || ids.any(|id| chosen.contains(id))
}

fn calibration_row(
    texts: &Texts,
    forecasts: &Forecasts,
    snapshot: &Snapshot,
    queue: &QueueId,
    name: String,
) -> Option<FactRow> {
    if snapshot.withholds_of(queue, Metric::AgentsLoggedIn) {
        return None;
    }
    let calibration = forecasts.find_calibration(queue)?;
    Some(FactRow {
        name: PageLink::new(name, subject_path("queues", queue)),
        links: Vec::new(),
        text: write_calibration(texts, calibration)?,
    })
}

/// "contacts: 81% of 212 half-hours · service level: 78% of 180"; `None` if nothing was compared.
fn write_calibration(texts: &Texts, calibration: Calibration) -> Option<String> {
    let Calibration {
        contacts,
        service_level,
    } = calibration;
    if contacts.half_hours == 0 {
        return None;
    }
    let share = |hits: RangeHits| {
        let percent = hits.percent()?;
        Some(texts.target_percent(percent.round()))
    };
    let Some(of_contacts) = share(contacts) else {
        return Some(texts.calibration_few(contacts.half_hours));
    };
    let text = texts.calibration_contacts(of_contacts, contacts.half_hours);
    Some(match share(service_level) {
        Some(share) => {
            let levels = texts.calibration_levels(share, service_level.half_hours);
            format!("{text} · {levels}")
        }
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_enough_half_hours() {
        let hits = |half_hours, within| RangeHits { half_hours, within };
        let written = |contacts, service_level| {
            let calibration = Calibration {
                contacts,
                service_level,
            };
            write_calibration(Texts::english(), calibration)
        };
        assert_eq!(
            written(hits(212, 172), hits(20, 15)).as_deref(),
            Some("contacts: 81% of 212 half-hours · service level: 75% of 20")
        );
        assert_eq!(
            written(hits(20, 16), hits(19, 19)).as_deref(),
            Some("contacts: 80% of 20 half-hours")
        );
        assert_eq!(
            written(hits(19, 19), hits(0, 0)).as_deref(),
            Some("too few half-hours so far (19)")
        );
        assert_eq!(written(hits(0, 0), hits(0, 0)), None);
    }
}
