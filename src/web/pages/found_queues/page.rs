//! The page: a row for each queue, with what somebody typed in place of what is proposed.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Html;

use wallboard_boards::figure_text::FigureText;
use wallboard_domain::{Metric, Moment};
use wallboard_live::{Evaluator, QueueSnapshot, Snapshot};
use wallboard_texts::Texts;
use wallboard_toml_reader::ConfigFaults;

use crate::{
    editing::{EntryId, Origin, Section},
    web::{
        WebError, WebState,
        access::{
            audited::{PeopleMark, ShowsPeople},
            editing::Editing,
        },
        differences::EntryConflict,
        pages::queue_edit::TypedFields,
        parts::{
            clock::PageTime,
            links::{self, PageLink},
            page_header::PageHeader,
            refusal_line::RefusalLine,
            sentence::SentencePiece,
        },
        server::assets,
    },
};

use super::{
    find_found_queues,
    found_agent::{FoundAgent, find_found_agents},
    proposed_groups::propose_groups,
    proposed_names::propose_names,
};

/// More are on the page once these are saved.
const ROWS_MAX: usize = 100;

/// The last action, and why it didn't work.
#[derive(Default)]
pub(super) struct FoundNotes {
    /// A step of the set-up, which continues afterwards.
    pub(super) is_step: bool,
    pub(super) is_saved: bool,
    pub(super) typed: TypedFields,
    /// In English, as the command writes them.
    pub(super) faults: BTreeSet<String>,
    /// Why nothing was saved.
    pub(super) refusals: Vec<RefusalLine>,
    /// Somebody else's change of one of the entries meanwhile.
    pub(super) conflict: Option<EntryConflict>,
    pub(super) hours_fault: String,
    pub(super) thresholds_fault: String,
}

impl FoundNotes {
    /// Sorts faults. All queues have the same hours and thresholds, so one of their faults is enough.
    pub(super) fn add_faults(&mut self, faults: &ConfigFaults) {
        for fault in &faults.faults {
            let sentence = match fault.fix.as_str() {
                "" => fault.what.clone(),
                fix => format!("{}; {fix}", fault.what),
            };
            if fault.key.starts_with("hours.") {
                self.hours_fault = sentence;
            } else if fault.key.starts_with("thresholds.") {
                self.thresholds_fault = sentence;
            } else {
                self.faults.insert(format!("{}: {sentence}", fault.key));
            }
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page")]
#[derive(Template)]
#[template(path = "found_queues.html")]
struct FoundPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    /// The token of its form.
    form: String,
    seen: u64,
    is_step: bool,
    is_saved: bool,
    faults: Vec<RefusalLine>,
    conflict: Option<EntryConflict>,
    rows: Vec<FoundRow>,
    further: usize,
    agents: Vec<AgentRow>,
    further_agents: usize,
    /// The names of groups that a queue can be put into.
    groups: Vec<String>,
    may_group: bool,
    may_hide: bool,
    week: String,
    hours_fault: String,
    warning: String,
    critical: String,
    thresholds_fault: String,
}

struct FoundRow {
    number: usize,
    id: String,
    link: PageLink,
    /// "Chat, first reported 23 Nov 09:12", without the time if it isn't known.
    source: String,
    /// "3 waiting, 41 today"
    now: String,
    boards: Vec<String>,
    name: String,
    group: String,
    is_chosen: bool,
    is_hidden: bool,
}

/// An agent without a name.
struct AgentRow {
    number: usize,
    agent: FoundAgent,
    name: String,
}

pub(super) fn render_page(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    notes: FoundNotes,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let (editor, texts) = (editing.editor(), header.texts);
    let stamp = web.live.read_snapshot(PageTime::new);
    let (rows, further, groups) = web.live.read_snapshot(|snapshot, now| {
        let mut found = find_found_queues(web, header.visitor(), snapshot);
        let further = found.len().saturating_sub(ROWS_MAX);
        found.truncate(ROWS_MAX);
        let reported: Vec<_> = found.iter().map(|one| one.reported.clone()).collect();
        let proposed = propose_names(&reported)
            .into_iter()
            .zip(propose_groups(&reported));
        let is_new = notes.typed.is_empty();
        let rows = found.into_iter().zip(proposed).enumerate();
        let rows = rows.map(|(number, (one, (name, group)))| {
            let typed = typed_number(&notes.typed, &one.id);
            let text = |key: &str| {
                let field = notes.typed.get(&format!("{key}.{}", typed?))?;
                Some(field.clone())
            };
            FoundRow {
                number,
                link: links::queue_link(snapshot, one.queue),
                source: describe_source(texts, snapshot, one.queue, now),
                now: describe_now(texts, snapshot, one.queue, now),
                boards: one.boards,
                name: text("name").unwrap_or(name),
                group: text("group").unwrap_or(group),
                is_chosen: is_new || text("apply").is_some(),
                is_hidden: text("hide").is_some(),
                id: one.id,
            }
        });
        let groups = snapshot.site.groups.iter().filter(|group| {
            let id = EntryId::new(Section::Groups, &group.id.external);
            !matches!(editor.origin(&id), Origin::File { .. })
        });
        let groups: Vec<_> = groups.map(|group| group.name.clone()).collect();
        (rows.collect(), further, groups)
    });
    let (agents, further_agents) = web.live.read_snapshot(|snapshot, now| {
        let mut found = find_found_agents(texts, header.visitor(), snapshot, now);
        let further = found.len().saturating_sub(ROWS_MAX);
        found.truncate(ROWS_MAX);
        let rows = found
            .into_iter()
            .enumerate()
            .map(|(number, agent)| AgentRow {
                number,
                name: (notes.typed)
                    .get(&format!("agent.{number}"))
                    .filter(|id| **id == agent.id)
                    .and_then(|_| notes.typed.get(&format!("agent_name.{number}")))
                    .cloned()
                    .unwrap_or_default(),
                agent,
            });
        (rows.collect::<Vec<_>>(), further)
    });
    let hidden = EntryId::new(Section::Hide, "queues");
    let typed = |key: &str| notes.typed.get(key).cloned().unwrap_or_default();
    let page = FoundPage {
        build: assets::build_id(),
        stamp,
        form: header.form_token(),
        seen: editor.newest_revision().0,
        is_step: notes.is_step,
        is_saved: notes.is_saved,
        rows,
        further,
        agents,
        further_agents,
        groups,
        may_group: editing.may_edit_some(Section::Groups),
        may_hide: editing.may_edit(&hidden)
            && !matches!(editor.origin(&hidden), Origin::File { .. }),
        week: typed("week"),
        hours_fault: notes.hours_fault,
        warning: typed("longest_wait.warn"),
        critical: typed("longest_wait.crit"),
        thresholds_fault: notes.thresholds_fault,
        faults: (notes.faults.into_iter().map(RefusalLine::english))
            .chain(notes.refusals)
            .collect(),
        conflict: notes.conflict,
        header,
    };
    let mark = ShowsPeople::mark_if(!page.agents.is_empty());
    Ok((mark, Html(page.render()?)))
}

/// The number of a queue in the form that somebody sent.
fn typed_number(typed: &TypedFields, id: &str) -> Option<usize> {
    let mut numbers = (0..ROWS_MAX).filter(|number| {
        typed
            .get(&format!("id.{number}"))
            .is_some_and(|of| of == id)
    });
    numbers.next()
}

fn describe_source(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> String {
    let source = snapshot.site.source_name(&queue.id.source);
    match queue.first_reported_at {
        None => source,
        Some(at) => {
            let at = texts.time_or_day(at, now.wall, &snapshot.site.zone);
            texts.source_since(source, at)
        }
    }
}

fn describe_now(texts: &Texts, snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> String {
    let mut evaluator = Evaluator::new(snapshot, now);
    let mut known = |metric| {
        let evaluated = evaluator.evaluate_metric(queue, metric);
        evaluated.value()?;
        Some(FigureText::on_page(texts, &evaluated).value)
    };
    match (known(Metric::Waiting), known(Metric::Offered)) {
        (Some(waiting), Some(today)) => texts.found_now(waiting, today),
        (Some(waiting), None) => texts.found_waiting(waiting),
        (None, Some(today)) => texts.found_today(today),
        (None, None) => texts.found_no_figures().to_owned(),
    }
}
