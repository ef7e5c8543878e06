//! People who were forgotten: hashes of their IDs, names and addresses, under a key of this database.
//! Code that stores something about people checks them, so that nobody comes back. Without any, a check
//! is one query of an empty table. Queries on `forgotten` and `forgotten_key`.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use aws_lc_rs::hmac;
use jiff::Timestamp;
use rusqlite::Connection;

use wallboard_domain::{AgentId, Id, SourceId};

use crate::{
    FactTable, PeopleColumns, RowBatch, Store, StoreError, StoreView,
    database::statements::CachedStatements, with_view_at,
};

use super::forgotten_person::{ForgottenPerson, NOBODY, cells, fold_name, format_pseudonym};

/// Everyone who was forgotten.
#[derive(Debug)]
pub struct ForgottenPeople {
    key: hmac::Key,
    /// With the number of an agent, and when that was, in Unix milliseconds.
    hashes: HashMap<Vec<u8>, (Option<i64>, i64)>,
    /// The pseudonyms of agents' IDs, as figures have them.
    pseudonyms: HashSet<String>,
    /// Those that agents named without one may be of.
    sources: Vec<SourceId>,
}

impl ForgottenPeople {
    /// Loads everyone; `None` while nobody was forgotten.
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let query = "SELECT hash, pseudonym, at FROM forgotten";
        let hashes: HashMap<Vec<u8>, (Option<i64>, i64)> =
            connection.load_rows(query, [], |row| {
                Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
            })?;
        if hashes.is_empty() {
            return Ok(None);
        }
        let numbers = hashes.values().filter_map(|(number, _)| number.as_ref());
        Ok(Some(Self {
            key: load_key(connection)?,
            sources: Vec::new(),
            pseudonyms: numbers
                .flat_map(|number| [number.to_string(), format_pseudonym(*number)])
                .chain([NOBODY.to_owned()])
                .collect(),
            hashes,
        }))
    }

    /// Loads everyone, for files whose rows may name agents without their source.
    pub(crate) fn load_for_files(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let Some(people) = Self::load(connection)? else {
            return Ok(None);
        };
        let sources = "SELECT source FROM import_file UNION SELECT source FROM profile
             UNION SELECT source FROM history_name";
        Ok(Some(Self {
            sources: connection.load_rows(sources, [], |row| Ok(SourceId(row.get(0)?)))?,
            ..people
        }))
    }

    /// Returns what takes the place of an agent's ID.
    pub fn find_agent(&self, source: &SourceId, external: &str) -> Option<i64> {
        let hash = hash_agent(&self.key, source, external);
        self.hashes.get(&hash).and_then(|(number, _)| *number)
    }

    /// Returns the ID that takes the place of an agent's, if they were forgotten after `since`.
    pub fn replace_agent(&self, id: &AgentId, since: Timestamp) -> Option<AgentId> {
        let hash = hash_agent(&self.key, &id.source, &id.external);
        let (number, at) = self.hashes.get(&hash)?;
        let is_later = since.as_millisecond() < *at;
        let number = number.filter(|_| is_later)?;
        Some(Id::new(&id.source, &format_pseudonym(number)))
    }

    /// When somebody was forgotten last.
    pub fn newest(&self) -> Timestamp {
        let newest = self.hashes.values().map(|(_, at)| *at).max();
        Timestamp::from_millisecond(newest.unwrap_or_default()).unwrap_or_default()
    }

    /// Whether an agent was forgotten, or stands for somebody who was.
    pub(crate) fn has_agent(&self, source: &SourceId, external: &str) -> bool {
        self.pseudonyms.contains(external) || self.find_agent(source, external).is_some()
    }

    /// Returns what a text is replaced with if it's the ID of an agent, or a name or an address.
    pub fn find_text(&self, source: &SourceId, text: &str) -> Option<String> {
        let agent = self.find_agent(source, text.trim());
        let agent = agent.map(format_pseudonym);
        agent.or_else(|| self.has_name(text).then(|| NOBODY.to_owned()))
    }

    /// Whether a text is the name or the address of somebody.
    pub fn has_name(&self, text: &str) -> bool {
        self.hashes.contains_key(&hash_name(&self.key, text))
    }

    /// Whether a text names somebody: by the ID of an agent, with its source or without, or by a name
    /// or an address.
    fn has_person(&self, text: &str) -> bool {
        let text = text.trim();
        let with_source = text.split_once('/').is_some_and(|(source, external)| {
            self.find_agent(&SourceId::from(source), external).is_some()
        });
        let mut sources = self.sources.iter();
        with_source
            || self.has_name(text)
            || sources.any(|source| self.find_agent(source, text).is_some())
    }

    /// Whether the text of a row, of whatever separator, has somebody in a cell.
    pub(crate) fn are_in_row(&self, source: &SourceId, row: &str) -> bool {
        cells(row).any(|cell| self.find_text(source, cell).is_some())
    }

    /// Removes people from rows that are imported.
    pub(crate) fn clear_batch(&self, source: &SourceId, table: &FactTable, batch: &mut RowBatch) {
        let FactTable {
            columns, people, ..
        } = table;
        let position = |name: &str| columns.iter().position(|column| *column == name);
        match people {
            PeopleColumns::Agent { id, .. } | PeopleColumns::AgentOf { id, .. } => {
                let Some(agent) = position(id) else {
                    return;
                };
                let removes_rows = matches!(people, PeopleColumns::Agent { .. });
                let mut known = HashMap::new();
                let mut find = |id: i64| {
                    let found = known.entry(id);
                    *found.or_insert_with(|| self.find_agent(source, &id.to_string()))
                };
                batch.replace_integers(columns.len(), agent, removes_rows, &mut find);
            }
            PeopleColumns::CallerName { name, .. } => {
                if let Some(caller) = position(name) {
                    batch.clear_texts(columns.len(), caller, |text| self.has_name(text));
                }
            }
            PeopleColumns::Named { text, .. } => {
                if let Some(agent) = position(text) {
                    let mut known: HashMap<String, bool> = HashMap::new();
                    batch.remove_rows(columns.len(), agent, |text| {
                        let found = known.entry(text.to_owned());
                        *found.or_insert_with(|| self.has_person(text))
                    });
                }
            }
            PeopleColumns::Nobody | PeopleColumns::OfFile => {}
        }
    }
}

/// Loads everyone who was forgotten in the database at `path`, if there is one.
pub async fn load_forgotten(path: &Path) -> Result<Option<Arc<ForgottenPeople>>, StoreError> {
    if !path.is_file() {
        return Ok(None);
    }
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is of one lifetime"
    )]
    let people = with_view_at(path, |view| view.load_forgotten()).await?;
    Ok(people.map(Arc::new))
}

impl Store {
    /// Loads everyone who was forgotten; `None` while there is nobody.
    pub async fn load_forgotten(&self) -> Result<Option<ForgottenPeople>, StoreError> {
        self.read(ForgottenPeople::load).await
    }
}

impl StoreView<'_> {
    /// Loads everyone who was forgotten; `None` while there is nobody.
    pub fn load_forgotten(&self) -> Result<Option<ForgottenPeople>, StoreError> {
        ForgottenPeople::load(self.0).map_err(StoreError::Read)
    }
}

/// Stores the hashes of a person.
pub(super) fn insert_person(
    connection: &Connection,
    person: &ForgottenPerson,
    at: Timestamp,
) -> rusqlite::Result<()> {
    // SQLite's random numbers come from the system's.
    let create = "INSERT OR IGNORE INTO forgotten_key VALUES (1, randomblob(32))";
    connection.run_statement(create, [])?;
    let key = load_key(connection)?;
    let insert = "INSERT INTO forgotten VALUES (?1, ?2, ?3)
         ON CONFLICT (hash) DO UPDATE SET at = excluded.at";
    // Later than all before, whatever the clock says: the live state forgets who is newer.
    let newest = "SELECT coalesce(max(at) + 1, 0) FROM forgotten";
    let newest: i64 = connection.query_row(newest, [], |row| row.get(0))?;
    let at = at.as_millisecond().max(newest);
    for agent in &person.agents {
        let hash = hash_agent(&key, &agent.id.source, &agent.id.external);
        connection.run_statement(insert, (hash, agent.pseudonym, at))?;
    }
    for text in &person.texts {
        connection.run_statement(insert, (hash_name(&key, text), None::<i64>, at))?;
    }
    Ok(())
}

fn load_key(connection: &Connection) -> rusqlite::Result<hmac::Key> {
    let key: Vec<u8> =
        connection.query_row("SELECT key FROM forgotten_key", [], |row| row.get(0))?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &key))
}

fn hash_agent(key: &hmac::Key, source: &SourceId, external: &str) -> Vec<u8> {
    let text = ["agent", source.as_str(), external].join("\0");
    hmac::sign(key, text.as_bytes()).as_ref().to_vec()
}

fn hash_name(key: &hmac::Key, text: &str) -> Vec<u8> {
    let text = ["name", &fold_name(text)].join("\0");
    hmac::sign(key, text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataKind, ForgottenAgent};
    use wallboard_domain::Id;

    fn anna() -> ForgottenPerson {
        ForgottenPerson {
            agents: vec![ForgottenAgent {
                id: Id::new(&"calls".into(), "9"),
                pseudonym: -255,
            }],
            texts: vec!["Anna Åkesson".into()],
            ..ForgottenPerson::default()
        }
    }

    fn load(folder: &tempfile::TempDir, people: &[ForgottenPerson]) -> Option<ForgottenPeople> {
        let path = folder.path().join("wallboard.db");
        drop(Store::open(&path).unwrap());
        let connection = Connection::open(path).unwrap();
        for person in people {
            insert_person(&connection, person, Timestamp::UNIX_EPOCH).unwrap();
        }
        ForgottenPeople::load(&connection).unwrap()
    }

    #[test]
    fn a_person_is_known_by_id_and_name_and_nobody_else_is() {
        let folder = tempfile::tempdir().unwrap();
        assert!(load(&folder, &[]).is_none());

        let people = load(&folder, &[anna()]).unwrap();

        let (calls, chats) = ("calls".into(), "chats".into());
        assert_eq!(people.find_agent(&calls, "9"), Some(-255));
        assert_eq!(people.find_agent(&calls, "90"), None);
        assert_eq!(people.find_agent(&chats, "9"), None, "another source");
        assert!(people.has_name(" anna ÅKESSON ") && !people.has_name("Anna"));
        let has = |source, agent| people.has_agent(source, agent);
        assert!(has(&calls, "9") && has(&calls, "-255") && has(&chats, "forgotten-ff"));
        assert!(!has(&chats, "9") && !has(&calls, "90"));
    }

    #[test]
    fn a_text_names_somebody_by_an_id_of_any_source_or_by_a_name() {
        let folder = tempfile::tempdir().unwrap();
        drop(load(&folder, &[anna()]));
        let connection = Connection::open(folder.path().join("wallboard.db")).unwrap();
        let insert = "INSERT INTO history_name (source, class, external_id, name, enabled)
             VALUES ('calls', 'queue', '1', 'Sales', 1)";
        connection.execute(insert, []).unwrap();
        let people = ForgottenPeople::load_for_files(&connection)
            .unwrap()
            .unwrap();

        for text in ["9", " calls/9 ", "anna åkesson"] {
            assert!(
                people.has_person(text) && anna().is_named_by(text),
                "{text}"
            );
        }
        for text in ["90", "chats/9", "Anna", "Bo Berg", ""] {
            assert!(
                !people.has_person(text) && !anna().is_named_by(text),
                "{text}"
            );
        }
    }

    #[test]
    fn whoever_is_forgotten_later_is_newer_although_the_clock_stands_still() {
        let folder = tempfile::tempdir().unwrap();
        let bo = ForgottenPerson {
            agents: vec![ForgottenAgent {
                id: Id::new(&"calls".into(), "8"),
                pseudonym: -254,
            }],
            ..ForgottenPerson::default()
        };
        let first = load(&folder, &[anna()]).unwrap().newest();

        let people = load(&folder, &[bo]).unwrap();

        let find = |id| people.replace_agent(&Id::new(&"calls".into(), id), first);
        assert_eq!(find("9"), None);
        assert_eq!(find("8"), Some(Id::new(&"calls".into(), "forgotten-fe")));
        assert!(first < people.newest());
    }

    #[test]
    fn rows_of_a_person_are_imported_without_them() {
        let folder = tempfile::tempdir().unwrap();
        let people = load(&folder, &[anna()]).unwrap();
        let table = |people| FactTable {
            name: "calls",
            columns: &["agent", "caller", "more"],
            people,
            contacts: &[],
        };
        let calls = table(PeopleColumns::AgentOf {
            id: "agent",
            time: "",
            kind: DataKind::Calls,
        });
        let callers = table(PeopleColumns::CallerName {
            name: "caller",
            time: "",
        });
        let agents = table(PeopleColumns::Agent {
            id: "agent",
            names: &[],
            kind: DataKind::Names,
        });
        let rows = || {
            let mut batch = RowBatch::default();
            for (line, agent, name) in [(1, 9, "Bo"), (2, 8, "Anna Åkesson"), (3, 9, "Bo")] {
                batch.begin_row(line);
                batch.push_integer(agent);
                batch.push_text(name);
                batch.push_text("more");
            }
            batch
        };

        let named = table(PeopleColumns::Named {
            text: "caller",
            time: "",
            kind: DataKind::Schedules,
        });

        let cleared = [calls, callers, agents, named].map(|table| {
            let mut batch = rows();
            people.clear_batch(&"calls".into(), &table, &mut batch);
            let texts: Vec<_> = batch.texts().map(str::to_owned).collect();
            (batch.integers(), texts.join(" "))
        });

        let expected = [
            (vec![-255, 8, -255], "Bo Anna Åkesson more Bo"),
            (vec![9, 8, 9], "Bo more more Bo more"),
            (vec![8], "Anna Åkesson more"),
            (vec![9, 9], "Bo more Bo more"),
        ];
        assert_eq!(
            cleared,
            expected.map(|(ids, texts)| (ids, texts.to_owned()))
        );
    }
}
