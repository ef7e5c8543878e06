//! The data that reports need besides figures: current names, thresholds, coverage, and
//! what a source's figures were computed with. Queries on `history_name`, `history_cover`
//! and `history_source`.

use std::{collections::BTreeSet, ops::Range};

use rusqlite::{Connection, Row, TransactionBehavior, named_params, params};
use strum::{EnumString, IntoStaticStr};

use wallboard_domain::SourceId;

use crate::{
    Store, StoreError, StoreView,
    database::statements::CachedStatements,
    people::forgotten::ForgottenPeople,
    rows::{files, time_ranges::merge_ranges},
};

/// The class of something that has a name in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum NameClass {
    Queue,
    Agent,
    PauseCode,
    Reason,
    Issue,
    Type,
    EndBy,
    /// The key that a caller pressed to leave the queue.
    ExitKey,
    /// A number called.
    Number,
    LogoffReason,
    QueueGroup,
    AgentGroup,
}

/// The details of a queue, an agent or a code. Times are in seconds, shares in percent.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogEntry {
    pub class: NameClass,
    pub external_id: String,
    pub name: String,
    pub enabled: bool,
    pub answer_within: Option<i64>,
    pub service_level: Option<f64>,
    pub short_abandon: Option<i64>,
    pub talk_within: Option<i64>,
    pub talk_level: Option<f64>,
    /// The limit of a pause with this code.
    pub longest: Option<i64>,
    pub productive: Option<bool>,
    /// Of an end reason: whether an unanswered call counts as abandoned, and an answered one
    /// as transferred.
    pub abandons: Option<bool>,
    pub transfers: Option<bool>,
}

impl CatalogEntry {
    pub fn new(class: NameClass, external_id: &str, name: &str) -> Self {
        Self {
            class,
            external_id: external_id.to_owned(),
            name: name.to_owned(),
            enabled: true,
            answer_within: None,
            service_level: None,
            short_abandon: None,
            talk_within: None,
            talk_level: None,
            longest: None,
            productive: None,
            abandons: None,
            transfers: None,
        }
    }
}

/// The settings and facts that a source's figures were computed with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComputationBasis {
    /// IANA name of the zone of its days.
    pub zone: String,
    /// A fingerprint of the thresholds and end reasons.
    pub fingerprint: String,
    /// The last file whose late rows were linked to the days that they belong to.
    pub last_linked_file: i64,
    /// Unix seconds. Earlier facts were removed.
    pub facts_from: Option<i64>,
}

impl Store {
    /// Stores the current details of a source's queues, agents and codes. An entry that the
    /// source no longer lists keeps its last name: its history still needs it.
    pub async fn store_catalog(
        &self,
        source: SourceId,
        names: Vec<CatalogEntry>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| store_entries(connection, &source, &names))
            .await
    }

    /// Stores what a source's figures are computed with from now on, and marks these UTC days
    /// for recomputation.
    pub async fn store_basis(
        &self,
        source: SourceId,
        basis: ComputationBasis,
        days: Vec<i64>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            transaction.run_statement(
                "INSERT OR REPLACE INTO history_source VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    source.as_str(),
                    basis.zone,
                    basis.fingerprint,
                    basis.last_linked_file,
                    basis.facts_from
                ],
            )?;
            files::mark_days_dirty(&transaction, &source, &days)?;
            transaction.commit()
        })
        .await
    }

    /// Records that facts before `before` (Unix seconds) are removed. Figures that were
    /// computed from them stay.
    pub async fn record_pruned_facts(
        &self,
        source: SourceId,
        before: i64,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let update = "UPDATE history_source SET facts_from = ?2
                 WHERE source = ?1 AND coalesce(facts_from, ?2) <= ?2";
            connection.run_statement(update, (source.as_str(), before))?;
            Ok(())
        })
        .await
    }

    /// Copies the coverage from `from` on out of the ledger, once no day is marked.
    pub async fn extend_coverage(&self, source: SourceId, from: i64) -> Result<(), StoreError> {
        self.write(move |connection| extend_coverage(connection, &source, from..i64::MAX / 2))
            .await
    }
}

impl StoreView<'_> {
    /// Loads the catalog of a source.
    pub fn load_names(&self, source: &SourceId) -> Result<Vec<CatalogEntry>, StoreError> {
        let query = "SELECT * FROM history_name WHERE source = ?1 ORDER BY class, external_id";
        let entries: Vec<_> = self.load_rows(query, [source.as_str()], read_entry)?;
        Ok(entries.into_iter().flatten().collect())
    }

    /// Loads what a source's figures were computed with; `None` before they were.
    pub fn load_basis(&self, source: &SourceId) -> Result<Option<ComputationBasis>, StoreError> {
        let query = "SELECT zone, fingerprint, linked, facts_from FROM history_source
             WHERE source = ?1";
        let bases: Vec<_> = self.load_rows(query, [source.as_str()], |row| {
            Ok(ComputationBasis {
                zone: row.get(0)?,
                fingerprint: row.get(1)?,
                last_linked_file: row.get(2)?,
                facts_from: row.get(3)?,
            })
        })?;
        Ok(bases.into_iter().next())
    }

    /// Loads the coverage within `from..to`, in order, merged.
    pub fn load_coverage(
        &self,
        source: &SourceId,
        from: i64,
        to: i64,
    ) -> Result<Vec<(i64, i64)>, StoreError> {
        load_coverage(self.0, source, from..to).map_err(StoreError::Read)
    }
}

fn store_entries(
    connection: &mut Connection,
    source: &SourceId,
    names: &[CatalogEntry],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // They may have been read before somebody was forgotten.
    let forgotten = ForgottenPeople::load(&transaction)?;
    let is_forgotten = |name: &CatalogEntry| {
        let has_agent = |people: &ForgottenPeople| people.has_agent(source, &name.external_id);
        name.class == NameClass::Agent && forgotten.as_ref().is_some_and(has_agent)
    };
    let insert = "INSERT OR REPLACE INTO history_name (source, class, external_id, name, enabled,
             answer_within, service_level, short_abandon, talk_within, talk_level,
             longest, productive, abandons, transfers)
         VALUES (:source, :class, :external_id, :name, :enabled,
             :answer_within, :service_level, :short_abandon, :talk_within, :talk_level,
             :longest, :productive, :abandons, :transfers)";
    for name in names.iter().filter(|name| !is_forgotten(name)) {
        let row = named_params! {
            ":source": source.as_str(),
            ":class": name.class.into_str(),
            ":external_id": name.external_id,
            ":name": name.name,
            ":enabled": name.enabled,
            ":answer_within": name.answer_within,
            ":service_level": name.service_level,
            ":short_abandon": name.short_abandon,
            ":talk_within": name.talk_within,
            ":talk_level": name.talk_level,
            ":longest": name.longest,
            ":productive": name.productive,
            ":abandons": name.abandons,
            ":transfers": name.transfers,
        };
        transaction.run_statement(insert, row)?;
    }
    transaction.commit()
}

/// Adds entries, named by the vendor's id, for those that have figures but no name yet.
pub(super) fn insert_missing(
    connection: &Connection,
    source: &SourceId,
    class: NameClass,
    ids: &BTreeSet<&str>,
) -> rusqlite::Result<()> {
    let insert = "INSERT OR IGNORE INTO history_name (source, class, external_id, name, enabled)
         VALUES (?1, ?2, ?3, ?3, 1)";
    for id in ids {
        connection.run_statement(insert, (source.as_str(), class.into_str(), id))?;
    }
    Ok(())
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<Option<CatalogEntry>> {
    let class: String = row.get("class")?;
    let Ok(class) = class.parse() else {
        return Ok(None);
    };
    Ok(Some(CatalogEntry {
        class,
        external_id: row.get("external_id")?,
        name: row.get("name")?,
        enabled: row.get("enabled")?,
        answer_within: row.get("answer_within")?,
        service_level: row.get("service_level")?,
        short_abandon: row.get("short_abandon")?,
        talk_within: row.get("talk_within")?,
        talk_level: row.get("talk_level")?,
        longest: row.get("longest")?,
        productive: row.get("productive")?,
        abandons: row.get("abandons")?,
        transfers: row.get("transfers")?,
    }))
}

fn load_coverage(
    connection: &Connection,
    source: &SourceId,
    range: Range<i64>,
) -> rusqlite::Result<Vec<(i64, i64)>> {
    let query = "SELECT start, until FROM history_cover
         WHERE source = ?1 AND start < ?3 AND ?2 < until ORDER BY start";
    let parameters = (source.as_str(), range.start, range.end);
    connection.load_rows(query, parameters, |row| row.try_into())
}

/// Adds what the files of the ledger cover within the range. Earlier coverage stays, even
/// when its files are gone.
pub(super) fn extend_coverage(
    connection: &Connection,
    source: &SourceId,
    range: Range<i64>,
) -> rusqlite::Result<()> {
    let query = "SELECT max(covers_from, ?2), min(covers_to, ?3) FROM import_file
         WHERE source = ?1 AND covers_from < ?3 AND ?2 < covers_to";
    let parameters = (source.as_str(), range.start, range.end);
    let mut spans: Vec<(i64, i64)> =
        connection.load_rows(query, parameters, |row| row.try_into())?;
    let (Some(first), Some(last)) = (
        spans.iter().map(|(start, _)| *start).min(),
        spans.iter().map(|(_, until)| *until).max(),
    ) else {
        return Ok(());
    };
    // Ranges that only touch are merged too, so that the table stays small.
    let (from, to) = (first - 1, last + 1);
    spans.extend(load_coverage(connection, source, from..to)?);
    let delete = "DELETE FROM history_cover WHERE source = ?1 AND start < ?3 AND ?2 < until";
    connection.run_statement(delete, (source.as_str(), from, to))?;
    let insert = "INSERT INTO history_cover VALUES (?1, ?2, ?3)";
    for (start, until) in merge_ranges(spans) {
        connection.run_statement(insert, (source.as_str(), start, until))?;
    }
    Ok(())
}
