//! Changes of entries from the form: all of them are saved, or none.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use toml::Value;

use wallboard_domain::{Moment, SiteConfig};
use wallboard_store::Revision;

use crate::{
    editing::{Editor, EntryChange, EntryId, SaveError, Section},
    web::{
        WebError,
        access::{editing::EditForm, visible_state::VisibleState},
        board_editor::address_of_title,
        pages::{
            queue_edit::{TypedFields, WEEK, hours_entry, thresholds_entry},
            settings::refuse_all,
        },
        parts::{
            entry_name::free_name,
            entry_table::{EntryTable, read_line, write_line},
            page_header::TranslatedHeader,
        },
    },
};

use super::{
    ROUTE, find_found_queues,
    found_agent::{FoundAgent, find_found_agents},
    page::{FoundNotes, render_page},
};

/// A queue that the form has.
struct TypedQueue<'f> {
    id: String,
    reported: String,
    number: usize,
    fields: &'f TypedFields,
}

impl TypedQueue<'_> {
    fn text(&self, key: &str) -> &str {
        let field = self.fields.get(&format!("{key}.{}", self.number));
        field.map_or("", |text| text.trim())
    }

    fn is_checked(&self, key: &str) -> bool {
        !self.text(key).is_empty()
    }
}

pub(super) async fn change_found(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    let seen = fields.get("seen").and_then(|seen| seen.parse().ok());
    let seen = Revision(seen.ok_or(WebError::InvalidForm)?);
    let is_step = fields.contains_key("step");
    let changes = web.live.read_snapshot(|snapshot, now| {
        let found = find_found_queues(&web, header.visitor(), snapshot);
        let typed = (0..).map_while(|number| {
            let id = fields.get(&format!("id.{number}"))?;
            Some((number, id))
        });
        let typed = typed.filter_map(|(number, id)| {
            let queue = found.iter().find(|queue| queue.id == *id)?;
            Some(TypedQueue {
                id: id.clone(),
                reported: queue.reported.clone(),
                number,
                fields: &fields,
            })
        });
        let changes = NewEntries {
            editor: editing.editor(),
            site: &snapshot.site,
            now,
            seen,
        };
        let mut all = changes.of_queues(&typed.collect::<Vec<_>>());
        let agents = find_found_agents(header.texts, header.visitor(), snapshot, now);
        all.extend(changes.of_agents(&agents, &fields));
        all
    });
    let mut notes = FoundNotes {
        is_step,
        ..FoundNotes::default()
    };
    let status = match editing.save_all(changes.clone()).await? {
        Ok(()) if is_step => return Ok(Redirect::to("/").into_response()),
        Ok(()) => return Ok(Redirect::to(&format!("{ROUTE}?done=saved")).into_response()),
        Err(SaveError::Invalid(faults)) => {
            notes.add_faults(&faults);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(error) => {
            let refusal = refuse_all(header.texts, &web, error, &changes)?;
            notes.refusals = refusal.faults;
            notes.conflict = refusal.conflict;
            refusal.status
        }
    };
    notes.typed = fields;
    let page = render_page(&web, &editing, header, notes)?;
    Ok((status, page).into_response())
}

/// Makes the entries.
struct NewEntries<'a> {
    editor: &'a Editor,
    site: &'a SiteConfig,
    now: Moment,
    /// Of all entries as the page showed them.
    seen: Revision,
}

impl NewEntries<'_> {
    fn of_queues(&self, queues: &[TypedQueue<'_>]) -> Vec<EntryChange> {
        let (hidden, shown): (Vec<_>, Vec<_>) =
            queues.iter().partition(|queue| queue.is_checked("hide"));
        let mut changes: Vec<_> = (shown.iter())
            .flat_map(|queue| self.of_queue(queue))
            .collect();
        let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for queue in shown.iter().filter(|queue| queue.is_checked("group")) {
            let group = queue.text("group").to_owned();
            members.entry(group).or_default().push(queue.id.clone());
        }
        let mut taken: BTreeSet<String> = (self.site.groups.iter())
            .map(|group| group.id.external.to_string())
            .collect();
        for (name, queues) in members {
            changes.push(self.of_group(&name, &queues, &mut taken));
        }
        if !hidden.is_empty() {
            let id = EntryId::new(Section::Hide, "queues");
            let line = read_line(&id, self.editor.text(&id).as_deref());
            let mut all = match line {
                Some(Value::Array(all)) => all,
                _ => Vec::new(),
            };
            all.extend(hidden.iter().map(|queue| Value::from(queue.id.as_str())));
            let text = write_line(id.section, &id.name, all);
            changes.push(self.change(id, text));
        }
        changes
    }

    /// The names of agents.
    fn of_agents(&self, agents: &[FoundAgent], fields: &TypedFields) -> Vec<EntryChange> {
        let typed = (0..).map_while(|number| {
            let id = fields.get(&format!("agent.{number}"))?;
            let name = fields.get(&format!("agent_name.{number}"));
            Some((id, name.map_or("", |name| name.trim())))
        });
        let named = typed
            .filter(|(id, name)| !name.is_empty() && agents.iter().any(|agent| agent.id == **id));
        let changes = named.map(|(id, name)| {
            let text = write_line(Section::Names, id, name);
            self.change(EntryId::new(Section::Names, id), text)
        });
        changes.collect()
    }

    /// A name, opening hours and thresholds.
    fn of_queue(&self, queue: &TypedQueue<'_>) -> Vec<EntryChange> {
        let entry = |section| EntryId::new(section, &queue.id);
        let mut changes = Vec::new();
        let name = queue.text("name");
        if !name.is_empty() && name != queue.reported {
            let text = write_line(Section::Names, &queue.id, name);
            changes.push(self.change(entry(Section::Names), text));
        }
        if !queue.is_checked("apply") {
            return changes;
        }
        let text = |id: &EntryId| self.editor.text(id);
        let id = entry(Section::Hours);
        let week = typed_week(queue.fields);
        let hours = week.and_then(|week| {
            let own = text(&id);
            hours_entry(&id, own.as_deref(), self.site, self.now.wall, &week)
        });
        changes.extend(hours.map(|text| self.change(id, text)));
        let id = entry(Section::Thresholds);
        let limits = typed_limits(queue.fields);
        let thresholds = limits
            .and_then(|limits| thresholds_entry(&id, text(&id).as_deref(), self.site, &limits));
        changes.extend(thresholds.map(|text| self.change(id, text)));
        changes
    }

    /// Adds queues to the group of a name, or makes it.
    fn of_group(&self, name: &str, queues: &[String], taken: &mut BTreeSet<String>) -> EntryChange {
        let is_same = |other: &str| other.to_lowercase() == name.to_lowercase();
        let existing = self.site.groups.iter().find(|group| is_same(&group.name));
        let key = match existing {
            Some(group) => group.id.external.to_string(),
            None => free_key(name, taken),
        };
        let id = EntryId::new(Section::Groups, &key);
        let mut table = EntryTable::read(&id, self.editor.text(&id).as_deref());
        let mut all = match table.get("queues") {
            Some(Value::Array(all)) => all.clone(),
            _ => Vec::new(),
        };
        all.extend(queues.iter().map(|queue| Value::from(queue.as_str())));
        if existing.is_none() {
            table.set("name", Value::from(name));
        }
        table.set("queues", Value::Array(all));
        let text = table.write(&id).unwrap_or_default();
        self.change(id, text)
    }

    fn change(&self, id: EntryId, text: String) -> EntryChange {
        self.editor.change_since(id, Some(text), self.seen)
    }
}

/// The key of a new group: "All chat" is `all-chat`.
fn free_key(name: &str, taken: &mut BTreeSet<String>) -> String {
    let key = free_name(&address_of_title(name), "group", |key| taken.contains(key));
    taken.insert(key.clone());
    key
}

/// The week; `None` if it has no text.
fn typed_week(fields: &TypedFields) -> Option<TypedFields> {
    let week = fields.get(WEEK).filter(|text| !text.trim().is_empty())?;
    Some(TypedFields::from([(WEEK.to_owned(), week.clone())]))
}

/// The limits of the longest wait; `None` without any.
fn typed_limits(fields: &TypedFields) -> Option<TypedFields> {
    let limits = ["longest_wait.warn", "longest_wait.crit"].into_iter();
    let limits = limits.filter_map(|key| {
        let text = fields.get(key)?.trim();
        (!text.is_empty()).then(|| (key.to_owned(), text.to_owned()))
    });
    let limits: TypedFields = limits.collect();
    (!limits.is_empty()).then_some(limits)
}
