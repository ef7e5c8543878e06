//! Forgets a person: in the log, then in the database. An interrupted run resumes with the next call.

use std::{collections::BTreeSet, path::Path};

use jiff::Timestamp;
use tokio::task::{JoinError, spawn_blocking};
use tracing::warn;

use wallboard_access::{AuditAction, AuditActor, UserRecords, UserRecordsError};
use wallboard_boards::subject_path;
use wallboard_domain::{AgentId, SiteConfig, SourceId, error_chain};
use wallboard_history::{ExportVendor, forgetting::fact_forgetter};
use wallboard_live::{AgentForgetter, codec::LOG_FORMAT};
use wallboard_log::input_log::{LogForgettingError, forget_in_log};
use wallboard_store::{
    AgentNames, AuditEntry, DataKind, DataRetention, ExclusiveDatabase, ExclusiveLog,
    FactForgetter, ForgettingError, ForgottenPeople, ForgottenPerson, InventoryRow, Store,
    StoreError, StoreView, load_inventory, with_view_at,
};

use super::{
    PersonSearchError, RuntimeConfig,
    person_search::{FoundPerson, PersonSearch, user_name},
};

/// Why nobody was forgotten, or not in full.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    #[error(transparent)]
    Search(#[from] PersonSearchError),
    #[error("{0:?} is the last administrator; make another one first")]
    LastAdmin(String),
    #[error(transparent)]
    Users(#[from] UserRecordsError),
    #[error(transparent)]
    Database(#[from] ForgettingError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("forgetting failed because of a bug")]
    Failed(#[from] JoinError),
}

/// A person, and what is kept about them.
#[derive(Debug)]
pub struct ForgettingPlan {
    person: ForgottenPerson,
    /// The kept data.
    pub rows: Vec<InventoryRow>,
    /// For how long.
    pub retention: DataRetention,
    /// Data that stays all the same, and what to do about it: sentences.
    pub notes: Vec<String>,
}

/// People found in the database before somebody is forgotten.
#[derive(Debug)]
struct KnownPeople {
    agents: AgentNames,
    /// Everyone who was forgotten before.
    forgotten: Option<ForgottenPeople>,
    users: Vec<UserRecords>,
}

impl ForgettingPlan {
    /// Finds a person and counts what is kept about them. Changes nothing; the server may run.
    pub async fn prepare(plan: &RuntimeConfig, text: &str) -> Result<Self, ForgetError> {
        let database = database(plan)?;
        let known = load_known(database, text).await?;
        let KnownPeople {
            mut agents,
            users,
            forgotten,
        } = known;
        add_configured(&mut agents, &plan.site);
        let search = PersonSearch {
            site: &plan.site,
            sources: source_ids(plan),
            agents: &agents,
            users,
        };
        let found = search.find(text)?;
        let mut notes = Vec::new();
        let person = match found {
            FoundPerson::Agents(ids) => {
                notes.extend(agent_notes(plan, &ids));
                ForgottenPerson::of_agents(&ids, &agents, forgotten.as_ref())
            }
            FoundPerson::User(user) if user.is_last_admin => {
                return Err(ForgetError::LastAdmin(user.name));
            }
            FoundPerson::User(user) => {
                notes.extend(user_notes(&user));
                ForgottenPerson {
                    user: Some(user.name),
                    records: user.deleted,
                    changed_records: user.changed,
                    ..ForgottenPerson::default()
                }
            }
        };
        let rows = load_inventory(
            database,
            person.clone(),
            page_paths(plan, &person),
            forgetter(plan, &person),
            LOG_FORMAT,
        );
        Ok(Self {
            rows: rows.await?,
            retention: plan.data_retention(),
            person,
            notes,
        })
    }

    /// Forgets the person. The server must be stopped. Afterwards, the rows have how many entries of
    /// the log changed, if it could be read.
    pub async fn run(&mut self, plan: &RuntimeConfig) -> Result<(), ForgetError> {
        let outcome = forget(plan, self.person.clone(), false).await?;
        let of_log = |row: &&mut InventoryRow| row.kind == DataKind::InputLog;
        match outcome {
            Ok(count) => {
                if let Some(row) = self.rows.iter_mut().find(of_log) {
                    row.rows = count;
                }
            }
            Err(error) => {
                self.rows.retain(|row| row.kind != DataKind::InputLog);
                self.notes.push(log_note(plan, &error));
            }
        }
        Ok(())
    }
}

/// Says that the log still has a person, and until when.
fn log_note(plan: &RuntimeConfig, error: &LogForgettingError) -> String {
    let keep = plan.log.as_ref().map(|log| log.age);
    let until = keep.and_then(|keep| Timestamp::now().checked_add(keep).ok());
    let until = until.map_or_else(String::new, |until| {
        let until = until.to_zoned(plan.site.zone.clone());
        until.strftime(", until %Y-%m-%d").to_string()
    });
    let why = error_chain(error);
    format!("The input log wasn't changed and still has them{until}: {why}.")
}

/// Warns that forgetting was interrupted, when the server starts.
pub(super) async fn warn_unfinished(store: &Store) -> Result<(), StoreError> {
    let load = |view: &StoreView<'_>| Ok(view.load_unfinished()?.is_some());
    if store.with_view(load).await? {
        warn!(
            "Forgetting a person was interrupted, so parts of their data are still here; stop the server and run wallboard forget again"
        );
    }
    Ok(())
}

/// Finishes what was interrupted. Returns what stays all the same, in sentences; `None` if nothing was
/// interrupted.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method alone is of one lifetime"
)]
pub async fn finish_forgetting(
    plan: &RuntimeConfig,
    is_dry_run: bool,
) -> Result<Option<Vec<String>>, ForgetError> {
    let database = database(plan)?;
    let unfinished = with_view_at(database, |view| view.load_unfinished());
    let Some(person) = unfinished.await? else {
        return Ok(None);
    };
    let mut notes = Vec::new();
    if !is_dry_run && let Err(error) = forget(plan, person, true).await? {
        notes.push(log_note(plan, &error));
    }
    Ok(Some(notes))
}

/// The result of the log: how many entries changed, if there is one.
type LogOutcome = Result<Option<u64>, LogForgettingError>;

async fn forget(
    plan: &RuntimeConfig,
    person: ForgottenPerson,
    is_resumed: bool,
) -> Result<LogOutcome, ForgetError> {
    let path = database(plan)?.to_owned();
    let forgetter = forgetter(plan, &person);
    let entry = audit_entry(&person);
    let work = move || {
        let mut database = ExclusiveDatabase::open(&path)?;
        if !is_resumed {
            // A process that uses the log is noticed before anything changes.
            drop(ExclusiveLog::open(&path)?);
            database.begin(&person)?;
        }
        let log = match forget_agents_in_log(&path, &person) {
            Err(LogForgettingError::Open(error @ ForgettingError::InUse(_))) => {
                return Err(error.into());
            }
            log => log,
        };
        database.forget_rows(&person, &forgetter, &entry)?;
        database.finish()?;
        Ok(log)
    };
    spawn_blocking(work).await?
}

fn forget_agents_in_log(path: &Path, person: &ForgottenPerson) -> LogOutcome {
    if person.agents.is_empty() {
        return Ok(None);
    }
    let agents = person.agents.iter();
    let agents: Vec<_> = agents
        .map(|agent| (agent.id.clone(), agent.text_pseudonym()))
        .collect();
    forget_in_log(path, &AgentForgetter::new(&agents, &person.texts))
}

fn database(plan: &RuntimeConfig) -> Result<&Path, ForgetError> {
    let missing = || ForgettingError::Missing(plan.store.clone().unwrap_or_default());
    let path = plan.store.as_deref().filter(|path| path.is_file());
    path.ok_or_else(|| missing().into())
}

async fn load_known(database: &Path, text: &str) -> Result<KnownPeople, ForgetError> {
    let name = user_name(text).to_owned();
    let load = move |view: &StoreView<'_>| {
        let users = UserRecords::find(view, &name);
        Ok(users.map(|users| {
            Ok(KnownPeople {
                agents: view.load_agent_names(&ExportVendor::tables())?,
                forgotten: view.load_forgotten()?,
                users,
            })
        }))
    };
    with_view_at(database, load).await??
}

fn source_ids(plan: &RuntimeConfig) -> BTreeSet<&SourceId> {
    let sources = plan.site.sources.iter().map(|source| &source.id);
    let imports = plan.imports.iter().map(|import| &import.id);
    sources.chain(imports).collect()
}

/// Adds the names that the configuration gives agents and people.
fn add_configured(agents: &mut AgentNames, site: &SiteConfig) {
    let known: Vec<AgentId> = agents.iter().map(|(id, _)| id.clone()).collect();
    for id in known {
        if let Some(name) = site.names.get(&id.to_string()) {
            agents.insert(id, name);
        }
    }
    for person in &site.people {
        for id in &person.agents {
            agents.insert(id.clone(), &person.name);
        }
    }
}

fn forgetter(plan: &RuntimeConfig, person: &ForgottenPerson) -> FactForgetter {
    fact_forgetter(person, plan.report_settings().vendors())
}

/// The addresses of their pages, and of the person's that they make up.
fn page_paths(plan: &RuntimeConfig, person: &ForgottenPerson) -> Vec<String> {
    let ids = person.agents.iter().map(|agent| &agent.id);
    let is_of_person = |agents: &[AgentId]| {
        agents
            .iter()
            .any(|id| person.agents.iter().any(|agent| agent.id == *id))
    };
    let people = plan.site.people.iter();
    let people = people.filter(|linked| is_of_person(&linked.agents));
    let ids = ids.chain(people.map(|linked| &linked.id));
    ids.map(|id| subject_path("agents", id)).collect()
}

/// The entry in the audit trail, which doesn't name the person.
fn audit_entry(person: &ForgottenPerson) -> AuditEntry {
    let agents = person.agents.iter();
    let agents: Vec<_> = agents
        .map(|agent| format!("{}/{}", agent.id.source, agent.text_pseudonym()))
        .collect();
    let subject = match &person.user {
        Some(_) => "a user".to_owned(),
        None => agents.join(", "),
    };
    AuditActor::command_line().entry(AuditAction::ForgotPerson, &subject, Timestamp::now())
}

/// Notes on agents' data that stays, and what to do about it.
fn agent_notes(plan: &RuntimeConfig, ids: &[AgentId]) -> Vec<String> {
    let mut notes = Vec::new();
    let is_live = |id: &&AgentId| {
        plan.site
            .sources
            .iter()
            .any(|source| source.id == id.source)
    };
    let live: Vec<String> = (ids.iter().filter(is_live))
        .map(|id| format!("{:?}", id.to_string()))
        .collect();
    if !live.is_empty() {
        notes.push(format!(
            "Who still works there is reported again, and shown and logged as before. Remove them at the vendor, or hide them: [hide] agents = [{}].",
            live.join(", ")
        ));
    }
    let is_configured = |id: &AgentId| {
        plan.site.names.contains_key(&id.to_string())
            || plan
                .site
                .people
                .iter()
                .any(|person| person.agents.contains(id))
    };
    if ids.iter().any(is_configured) {
        notes.push(
            "The configuration names them: remove their lines from [names] and [people]."
                .to_owned(),
        );
    }
    notes.push(
        "Extensions, and the numbers of calls, stay in single calls. Figures of all agents together no longer have theirs; figures of queues stay."
            .to_owned(),
    );
    notes.push(copies_note());
    notes
}

fn user_notes(user: &UserRecords) -> Vec<String> {
    let mut notes = vec![copies_note()];
    if user.is_of_provider {
        notes.push(
            "The identity provider adds them again if they sign in: take their access away there."
                .to_owned(),
        );
    }
    notes
}

fn copies_note() -> String {
    "The audit trail isn't changed: it proves who saw what, and is deleted by age. Backups, exported files and logs (also a log set aside as damaged) aren't changed either: delete them."
        .to_owned()
}
