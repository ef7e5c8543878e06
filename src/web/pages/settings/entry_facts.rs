//! Facts beside the fields of an entry: the values of a custom figure and where each of its sources has it from, or the
//! next days of a calendar.

use toml::Value;

use wallboard_boards::write_custom_value;
use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomValue, Moment, QueueId, SourceId, moment,
};
use wallboard_live::{Evaluator, Severity, ShownFreshness, Snapshot};
use wallboard_texts::{Texts, UNKNOWN};

use crate::{
    editing::{Editor, EntryId, Section},
    web::{
        WebState,
        access::editing::Editing,
        parts::{
            calendar_text::CalendarText,
            entry_address::entry_address,
            entry_table::EntryTable,
            links::PageLink,
            sentence::{Sentence, SentencePiece, slot},
        },
    },
};

/// The most queues whose values are shown.
const ROWS_MAX: usize = 12;

/// A custom figure or a calendar now.
pub(super) struct EntryFacts {
    pub(super) rows: Vec<ValueRow>,
    /// "And 3 more queues"; empty if all are shown.
    pub(super) further: String,
    /// How each source has it, or how it was read.
    pub(super) origins: Vec<Sentence>,
}

/// A value of the site or of a queue, or a day of a calendar.
pub(super) struct ValueRow {
    /// The queue or the date; empty: of the site.
    pub(super) name: String,
    pub(super) value: String,
    /// "09:12, 3 min ago"
    pub(super) about: String,
    /// `warn` or `crit`; empty otherwise.
    pub(super) severity: &'static str,
}

impl EntryFacts {
    /// The next days of a calendar, and how it was read last. `None`: the entry is none that is in force.
    pub(super) fn of_calendar(texts: &Texts, web: &WebState, id: &EntryId) -> Option<Self> {
        let holidays = web.holidays.as_ref()?;
        let plans = holidays.list();
        let mut plans = plans.iter();
        let plan = plans.find(|plan| id.section == Section::Holidays && plan.name == id.name)?;
        let text = (web.live).read_snapshot(|snapshot, now| {
            CalendarText::new(texts, holidays, plan, now.wall, &snapshot.site.zone)
        });
        let rows = text.next.into_iter().map(|(date, name)| ValueRow {
            name: date,
            value: name,
            about: String::new(),
            severity: "",
        });
        let sentences = [text.about, text.problem].into_iter();
        let sentences = sentences.filter(|text| !text.is_empty());
        Some(Self {
            rows: rows.collect(),
            further: String::new(),
            origins: sentences
                .map(|text| Sentence::new(&text, Vec::new()))
                .collect(),
        })
    }

    /// `None`: the entry is no custom figure, or isn't in force.
    pub(super) fn read(
        texts: &'static Texts,
        web: &WebState,
        editing: &Editing,
        id: &EntryId,
    ) -> Option<Self> {
        if id.section != Section::Figures {
            return None;
        }
        let (mut rows, sources) = web.live.read_snapshot(|snapshot, now| {
            let figure = find_figure(snapshot, id)?;
            let rows = value_rows(texts, snapshot, figure, now);
            let sources = figure.sources.iter();
            let sources = sources.map(|source| (source.clone(), snapshot.site.source_name(source)));
            Some((rows, sources.collect::<Vec<_>>()))
        })?;
        let further = rows.len().saturating_sub(ROWS_MAX);
        rows.truncate(ROWS_MAX);
        let origins = sources.into_iter();
        let origins = origins.map(|(source, name)| {
            let entry = EntryId::new(Section::Sources, source.as_str());
            let link = PageLink::new(name, entry_address(&entry).trim_end_matches('?'));
            let link = SentencePiece::Link(link);
            Sentence::new(
                &origin_text(texts, editing.editor(), &source, &id.name),
                vec![link],
            )
        });
        Some(Self {
            rows,
            further: match further {
                0 => String::new(),
                count => texts.figure_further_queues(count),
            },
            origins: origins.collect(),
        })
    }
}

/// The last value for a list: "412 pcs · 09:12, 3 min ago"; empty for what isn't a custom figure in force.
pub(super) fn last_value(texts: &'static Texts, web: &WebState, id: &EntryId) -> String {
    if id.section != Section::Figures {
        return String::new();
    }
    web.live.read_snapshot(|snapshot, now| {
        let Some(figure) = find_figure(snapshot, id) else {
            return String::new();
        };
        let rows = value_rows(texts, snapshot, figure, now);
        match rows.first() {
            _ if figure.is_per_queue => texts.figure_of_queues(rows.len()),
            Some(row) => format!("{} · {}", row.value, row.about),
            None => String::new(),
        }
    })
}

fn find_figure<'s>(snapshot: &'s Snapshot, id: &EntryId) -> Option<&'s CustomFigure> {
    snapshot.site.find_figure(&CustomFigureId::parse(&id.name)?)
}

/// The value of the site, or of each queue that has reported one.
fn value_rows(
    texts: &'static Texts,
    snapshot: &Snapshot,
    figure: &CustomFigure,
    now: Moment,
) -> Vec<ValueRow> {
    if !figure.is_per_queue {
        return Vec::from_iter(value_row(texts, snapshot, figure, None, now));
    }
    let queues = snapshot.visible_queues();
    let reported = queues.filter_map(|queue| {
        let row = value_row(texts, snapshot, figure, Some(&queue.id), now)?;
        let name = snapshot.queue_name(queue);
        Some(ValueRow { name, ..row })
    });
    reported.collect()
}

/// `None`: a queue hasn't reported it.
fn value_row(
    texts: &'static Texts,
    snapshot: &Snapshot,
    figure: &CustomFigure,
    queue: Option<&QueueId>,
    now: Moment,
) -> Option<ValueRow> {
    let evaluated = Evaluator::new(snapshot, now).evaluate_custom(figure, queue);
    let write = |value: &CustomValue| write_custom_value(texts, figure, value);
    let time = evaluated.at.map(|at| {
        let age = texts.age(moment::millis_between(at, now.wall));
        let time = texts.time_or_day(at, now.wall, &snapshot.site.zone);
        (time, age)
    });
    let about = match (time, evaluated.freshness, evaluated.value.as_ref()) {
        (None, ..) if queue.is_some() => return None,
        (None, ..) => texts.no_data().to_owned(),
        (Some((time, _)), ShownFreshness::Expired, Some(value)) => texts.was_at(write(value), time),
        (Some((time, age)), ..) if evaluated.is_out_of_date => texts.figure_out_of_date(time, age),
        (Some((time, age)), ..) => texts.figure_age(time, age),
    };
    Some(ValueRow {
        name: String::new(),
        value: (evaluated.shown_value()).map_or_else(|| UNKNOWN.to_owned(), write),
        about,
        severity: match evaluated.severity {
            Severity::Warning => "warn",
            Severity::Critical => "crit",
            _ => "",
        },
    })
}

/// How a source has the figure: it sends it, or its address has it at a place. The source stands in the first slot.
fn origin_text(texts: &Texts, editor: &Editor, source: &SourceId, figure: &str) -> String {
    let id = EntryId::new(Section::Sources, source.as_str());
    let table = EntryTable::read(&id, editor.text(&id).as_deref());
    if table.get("url").is_none() {
        return texts.figure_sent(slot(0), figure);
    }
    match find_place(&table, figure) {
        Some(place) => texts.figure_polled(slot(0), place),
        None => texts.figure_not_polled(slot(0)),
    }
}

/// The place in the reply, of the site or of its list of queues.
fn find_place(table: &EntryTable, figure: &str) -> Option<String> {
    let place = |figures: Option<&Value>| Some(figures?.get(figure)?.as_str()?.to_owned());
    let of_queues = || {
        let queues = table.get("queues")?;
        let list = queues.get("list").and_then(Value::as_str);
        let place = place(queues.get("figures"))?;
        Some(format!("{} … {place}", list.unwrap_or_default()))
    };
    place(table.get("figures")).or_else(of_queues)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_figure_is_that_of_the_site_or_of_each_queue() {
        let toml = "[sources.shop]\nkind = \"values\"\nurl = \"https://x.test\"\nfigures = { orders = \"/today/orders\" }\n\
            [sources.shop.queues]\nlist = \"/queues\"\nfigures = { sold = \"/sold\" }\n";
        let read = |source| EntryTable::parse(&EntryId::new(Section::Sources, source), toml);
        let table = read("shop").unwrap();
        let place = |figure| find_place(&table, figure);
        assert_eq!(place("orders").as_deref(), Some("/today/orders"));
        assert_eq!(place("sold").as_deref(), Some("/queues … /sold"));
        assert_eq!(place("website"), None);
        assert!(read("phone").is_none());
    }
}
