//! Export data other than figures, as small tables: of one queue its agents, groups, reasons
//! and settings; of the site its groups and numbers.

use crate::web::parts::links::PageLink;
use wallboard_domain::QueueId;
use wallboard_history::report::{CatalogItem, ExportCatalog, ItemMember};
use wallboard_texts::Texts;

use super::{choice::ChoiceLabel, query::HistoryQuery};

/// Fields of the export with their labels; others keep their own name.
const FIELD_LABELS: [(&str, ChoiceLabel); 9] = [
    ("small_name", Texts::field_short_name),
    ("number", Texts::field_internal_number),
    ("public_number", Texts::field_public_number),
    ("description", Texts::field_description),
    ("strategy", Texts::field_strategy),
    ("wrapuptime", Texts::field_wrap_up),
    ("agent_disconnection_rate", Texts::field_disconnection_rate),
    ("destination", Texts::field_destination),
    ("destination_type", Texts::field_destination_type),
];

/// A table of names with what belongs to each.
#[derive(Debug)]
pub(super) struct FactTable {
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    pub(super) rows: Vec<FactRow>,
}

#[derive(Debug)]
pub(super) struct FactRow {
    pub(super) name: PageLink,
    /// Members, or a value.
    pub(super) links: Vec<PageLink>,
    pub(super) text: String,
}

/// The tables of a queue that the export names; none otherwise.
pub(super) fn queue_tables(
    texts: &'static Texts,
    catalog: &ExportCatalog,
    queue: &QueueId,
) -> Vec<FactTable> {
    let Some(item) = catalog.queues.iter().find(|item| item.id == *queue) else {
        return Vec::new();
    };
    let agent = |member: &ItemMember| FactRow {
        name: agent_link(member),
        links: Vec::new(),
        text: member
            .priority
            .map(|priority| texts.agent_priority(priority.to_string()))
            .unwrap_or_default(),
    };
    let in_groups = catalog.queue_groups.iter().filter(|group| {
        let mut members = group.members.iter();
        members.any(|member| member.id == *queue)
    });
    let plain = |name: &str| text_row(name, String::new());
    let tables = [
        FactTable {
            key: "settings",
            title: texts.queue_settings(),
            rows: field_rows(texts, item),
        },
        FactTable {
            key: "agents",
            title: texts.assigned_agents(),
            rows: item.members.iter().map(agent).collect(),
        },
        FactTable {
            key: "queue-groups",
            title: texts.queue_groups_heading(),
            rows: in_groups.map(|group| plain(&group.name)).collect(),
        },
        FactTable {
            key: "call-reasons",
            title: texts.available_reasons(),
            rows: item.reasons.iter().map(|one| plain(&one.name)).collect(),
        },
    ];
    let tables = tables.into_iter();
    tables.filter(|table| !table.rows.is_empty()).collect()
}

/// The tables of the whole site.
pub(super) fn site_tables(texts: &'static Texts, catalog: &ExportCatalog) -> Vec<FactTable> {
    let group = |item: &CatalogItem, link: fn(&ItemMember) -> PageLink| FactRow {
        name: PageLink::new(item.name.clone(), ""),
        links: item.members.iter().map(link).collect(),
        text: item.fields.get("description").cloned().unwrap_or_default(),
    };
    let queue_groups = catalog.queue_groups.iter();
    let agent_groups = catalog.agent_groups.iter();
    let tables = [
        FactTable {
            key: "queue-groups",
            title: texts.export_queue_groups(),
            rows: queue_groups.map(|item| group(item, queue_link)).collect(),
        },
        FactTable {
            key: "agent-groups",
            title: texts.export_agent_groups(),
            rows: agent_groups.map(|item| group(item, agent_link)).collect(),
        },
        FactTable {
            key: "numbers",
            title: texts.numbers_heading(),
            rows: (catalog.numbers.iter())
                .map(|item| number_row(texts, item))
                .collect(),
        },
    ];
    let tables = tables.into_iter();
    tables.filter(|table| !table.rows.is_empty()).collect()
}

/// "Order line, sales: Sales desk (queue)".
fn number_row(texts: &Texts, item: &CatalogItem) -> FactRow {
    let field = |name: &str| item.fields.get(name).cloned();
    let destination = match (field("destination"), field("destination_type")) {
        (Some(name), Some(kind)) => Some(texts.number_leads_to_kind(name, kind)),
        (name, kind) => name.or(kind).map(|name| texts.number_leads_to(name)),
    };
    let number = &*item.id.external;
    let name = (item.name != number).then(|| item.name.clone());
    let parts = [name, field("description"), destination];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    text_row(number, parts.join(" · "))
}

fn field_rows(texts: &Texts, item: &CatalogItem) -> Vec<FactRow> {
    let row = |(field, value): (&String, &String)| {
        let label = FIELD_LABELS.iter().find(|(name, _)| name == field);
        text_row(
            label.map_or(field.as_str(), |(_, label)| label(texts)),
            value.clone(),
        )
    };
    item.fields.iter().map(row).collect()
}

fn text_row(name: &str, text: String) -> FactRow {
    FactRow {
        name: PageLink::new(name.to_owned(), ""),
        links: Vec::new(),
        text,
    }
}

fn agent_link(member: &ItemMember) -> PageLink {
    let query = HistoryQuery {
        agent: Some(member.id.clone()),
        ..HistoryQuery::default()
    };
    PageLink::new(member.name.clone(), query.path_for("/history"))
}

fn queue_link(member: &ItemMember) -> PageLink {
    let query = HistoryQuery {
        queues: vec![member.id.clone()],
        ..HistoryQuery::default()
    };
    PageLink::new(member.name.clone(), query.path_for("/history"))
}
