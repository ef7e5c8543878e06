//! Forgets a person in the database, also while a server runs.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use wallboard_access::{AuditAction, AuditActor, UserRecords, UserRecordsError};
use wallboard_boards::subject_path;
use wallboard_domain::{AgentId, SourceId};
use wallboard_history::{ExportVendor, forgetting::fact_forgetter};
use wallboard_live::codec::LOG_FORMAT;
use wallboard_store::{
    self as store, AgentNames, DataRetention, FactForgetter, ForgottenPeople, ForgottenPerson,
    InventoryRow, Store, StoreError, StoreView, load_inventory, with_view_at,
};

use super::{
    PersonSearchError, RuntimeConfig,
    person_search::{FoundPerson, PersonSearch, user_name},
};

/// Why nobody was forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    #[error(transparent)]
    Search(#[from] PersonSearchError),
    #[error("{0:?} is the last administrator; add another administrator first")]
    LastAdmin(String),
    #[error(transparent)]
    Users(#[from] UserRecordsError),
    #[error("there's no database at {} yet; see [store] url", .0.display())]
    Missing(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A person, and what is stored about them.
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
    /// Finds a person and counts what is stored about them. Changes nothing; the server may run.
    pub async fn prepare(plan: &RuntimeConfig, text: &str) -> Result<Self, ForgetError> {
        let database = database(plan)?;
        let known = load_known(database, text).await?;
        let KnownPeople {
            mut agents,
            users,
            forgotten,
        } = known;
        agents.add_configured(&plan.site);
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

    /// Forgets the person at once, also while the server runs.
    pub async fn run(&self, plan: &RuntimeConfig) -> Result<(), ForgetError> {
        let store = Store::open(database(plan)?)?;
        let subject = self.person.audit_subject();
        let actor = AuditActor::command_line();
        let entry = actor.entry(AuditAction::ForgotPerson, &subject, Timestamp::now());
        let forgetter = forgetter(plan, &self.person);
        let forgetting = store.forget_person(self.person.clone(), forgetter, entry);
        forgetting.await?;
        remove_remains(&store).await?;
        Ok(())
    }
}

/// Finishes what was interrupted while no server ran. Returns whether there was anything.
pub async fn finish_forgetting(plan: &RuntimeConfig) -> Result<bool, ForgetError> {
    Ok(remove_remains(&Store::open(database(plan)?)?).await?)
}

/// Removes what unused parts of the file have of people, unless a server runs, which does that at night.
async fn remove_remains(store: &Store) -> Result<bool, StoreError> {
    Ok(store.has_remains().await?
        && !store::is_server_running(store.path())?
        && store.remove_remains().await?)
}

fn database(plan: &RuntimeConfig) -> Result<&Path, ForgetError> {
    let path = plan.store.as_deref().filter(|path| path.is_file());
    path.ok_or_else(|| ForgetError::Missing(plan.store.clone().unwrap_or_default()))
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
            "Agents who still work there are reported again, and shown and logged as before. Remove them at the vendor, or hide them: [hide] agents = [{}].",
            live.join(", ")
        ));
    }
    let records = plan.case_records.as_ref();
    if records.is_some_and(|records| records.webhook.is_some() || records.files.is_some()) {
        notes.push(
            "Case records that were sent to the webhook or written to daily files stay there: delete them there."
                .to_owned(),
        );
    }
    if records.is_some_and(|records| records.transcripts.is_some()) {
        notes.push(
            "Transcripts that wait for their webhook are sent or deleted within a day; what was sent stays there: delete it there."
                .to_owned(),
        );
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
    if let Some(until) = plan.data_retention().log_until(Timestamp::now()) {
        let until = until.to_zoned(plan.site.zone.clone());
        notes.push(format!(
            "The input log has the person until {}; whatever shows the past has somebody else in their place at once.",
            until.strftime("%Y-%m-%d")
        ));
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
