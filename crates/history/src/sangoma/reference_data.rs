//! The reference data of an export: names, thresholds, and the meaning of end reasons.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    sync::Arc,
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{
    intervals::{End, Limits},
    targets,
};
use wallboard_domain::{EndReason, Id, SiteConfig, SourceId};
use wallboard_store::{CatalogEntry, NameClass, RowCells, StoreError, StoreView};

use super::{
    Container,
    file_catalog::{FileFilter, StoredFiles},
    relations::Relations,
};

/// Raised when the computation rules change: then everything is recomputed.
const RULES_VERSION: u32 = 4;

/// The configured rules for computing a source's figures.
#[derive(Clone, Debug)]
pub struct SangomaRules {
    pub site: Arc<SiteConfig>,
    /// The outcomes of end reasons; others are classified by their wording.
    pub end_by: Vec<(String, EndReason)>,
}

#[derive(Debug)]
pub(super) struct SangomaReferenceData {
    source: SourceId,
    site: Arc<SiteConfig>,
    pub(super) names: Vec<CatalogEntry>,
    pub(super) relations: Relations,
    limits: BTreeMap<i64, Limits>,
    ends: BTreeMap<i64, End>,
}

impl SangomaReferenceData {
    /// Loads the reference data from the current files.
    pub(super) fn load_current(
        files: StoredFiles<'_>,
        source: &SourceId,
        rules: &SangomaRules,
    ) -> Result<Self, StoreError> {
        let mut names = load_queues(files)?;
        names.extend(load_pause_codes(files)?);
        let columns = ["agent_id", "name", "enabled", "login_name"];
        files.for_each_record("Agent_Details", &columns, FileFilter::All, |id, row| {
            let name = [1, 3]
                .into_iter()
                .find_map(|index| non_blank_text(row, index));
            names.push(CatalogEntry {
                enabled: row.integer(2) != Some(0),
                ..new_name(NameClass::Agent, id, name)
            });
        })?;
        for (class, container, columns) in [
            (
                NameClass::Reason,
                "Call_Reason",
                ["call_reason_id", "description"],
            ),
            (
                NameClass::Issue,
                "Call_Issue",
                ["call_issue_id", "description"],
            ),
            (NameClass::Type, "Call_Type", ["call_type_id", "call_type"]),
            (
                NameClass::LogoffReason,
                "Agent_Logoff_Reason",
                ["logoff_reason_id", "description"],
            ),
            (
                NameClass::QueueGroup,
                "Queue_Group",
                ["queue_group_id", "name"],
            ),
            (
                NameClass::EndBy,
                "Queue_Call_End_By",
                ["queue_call_end_by_id", "end_by"],
            ),
        ] {
            files.for_each_record(container, &columns, FileFilter::All, |id, row| {
                let label = row.text(1).filter(|_| class == NameClass::EndBy);
                let end = label.map(|label| classify_end(label, &rules.end_by));
                names.push(CatalogEntry {
                    abandons: end.map(|end| end.abandoned),
                    transfers: end.map(|end| end.transferred),
                    ..new_name(class, id, non_blank_text(row, 1))
                });
            })?;
        }
        let relations = Relations::load(files)?;
        names.extend(relations.names.iter().cloned());
        Ok(Self {
            relations,
            ..Self::from_names(source, &rules.site, names)
        })
    }

    /// Loads the reference data of the last computation.
    pub(super) fn load_stored(
        view: &StoreView<'_>,
        source: &SourceId,
        site: &Arc<SiteConfig>,
    ) -> Result<Self, StoreError> {
        Ok(Self::from_names(source, site, view.load_names(source)?))
    }

    fn from_names(source: &SourceId, site: &Arc<SiteConfig>, names: Vec<CatalogEntry>) -> Self {
        let mut reference = Self {
            source: source.clone(),
            site: site.clone(),
            names: Vec::new(),
            relations: Relations::default(),
            limits: BTreeMap::new(),
            ends: BTreeMap::new(),
        };
        for name in &names {
            let Ok(id) = name.external_id.parse() else {
                continue;
            };
            match name.class {
                NameClass::Queue => {
                    let limits = reference.resolve_limits(id, Some(name));
                    reference.limits.insert(id, limits);
                }
                NameClass::EndBy => {
                    let end = End {
                        abandoned: name.abandons == Some(true),
                        transferred: name.transfers == Some(true),
                    };
                    reference.ends.insert(id, end);
                }
                _ => {}
            }
        }
        reference.names = names;
        reference
    }

    /// The targets of a queue.
    pub(super) fn queue_limits(&self, queue: i64) -> Limits {
        let found = self.limits.get(&queue).copied();
        found.unwrap_or_else(|| self.resolve_limits(queue, None))
    }

    /// The meaning of a call's end reason; without one, neither outcome.
    pub(super) fn call_end(&self, end_by: Option<i64>) -> End {
        let found = end_by.and_then(|id| self.ends.get(&id));
        found.copied().unwrap_or_default()
    }

    /// A fingerprint that differs if figures would.
    pub(super) fn fingerprint(&self) -> String {
        let mut text = format!("{RULES_VERSION} {:?}", self.site.zone.iana_name());
        write!(text, "{:?}{:?}", self.limits, self.ends).expect("writing to a string never fails");
        // The targets of queues that aren't in the reference data.
        for (pattern, target) in &self.site.targets.0 {
            let ours = format!("{}/", self.source);
            if pattern.0.starts_with('*') || pattern.0.starts_with(&ours) {
                let (within, short) = (target.threshold_ms, target.short_abandon_ms);
                write!(text, "{}={within},{short};", pattern.0)
                    .expect("writing to a string never fails");
            }
        }
        HEXLOWER.encode(&Sha256::digest(text)[..16])
    }

    fn resolve_limits(&self, queue: i64, vendor: Option<&CatalogEntry>) -> Limits {
        let id = Id::new(&self.source, &queue.to_string());
        let target = targets::resolve_target(&self.site, &id, vendor);
        Limits {
            answer_within: target.threshold_ms / 1000,
            short_abandon: target.short_abandon_ms / 1000,
            talk_within: vendor.and_then(|queue| queue.talk_within),
        }
    }
}

fn load_queues(files: StoredFiles<'_>) -> Result<Vec<CatalogEntry>, StoreError> {
    let mut names = Vec::new();
    let columns = [
        "queue_id",
        "name",
        "enabled",
        "sla_wait",
        "sla_wait_target",
        "abandoned_threshold",
        "sla_duration",
        "sla_duration_target",
    ];
    files.for_each_record("Queue_Details", &columns, FileFilter::All, |id, row| {
        names.push(CatalogEntry {
            enabled: row.integer(2) != Some(0),
            answer_within: row.integer(3),
            service_level: row.integer(4).map(to_percent),
            short_abandon: row.integer(5),
            talk_within: row.integer(6).filter(|limit| 0 < *limit),
            talk_level: row.integer(7).map(to_percent),
            ..new_name(NameClass::Queue, id, non_blank_text(row, 1))
        });
    })?;
    Ok(names)
}

fn load_pause_codes(files: StoredFiles<'_>) -> Result<Vec<CatalogEntry>, StoreError> {
    let mut longest: HashMap<i64, i64> = HashMap::new();
    // A code may have a limit for each queue; the smallest is used. The id of a record isn't
    // needed, and may be missing.
    let limits = Container::declared("Queue_Pause_Code");
    let StoredFiles { view, catalog } = files;
    for file in catalog.matching_files(limits.name, FileFilter::All) {
        let columns = ["pause_code_id", "limit_duration"];
        view.for_each_row_of_file(&limits.table, &columns, file.id, |row| {
            let limit = row.integer(1).filter(|limit| 0 < *limit);
            if let Some((code, limit)) = row.integer(0).zip(limit) {
                let least = longest.entry(code).or_insert(limit);
                *least = limit.min(*least);
            }
        })?;
    }
    let mut names = Vec::new();
    let columns = ["pause_code_id", "description", "productive"];
    files.for_each_record("Pause_Code", &columns, FileFilter::All, |id, row| {
        names.push(CatalogEntry {
            longest: longest.get(&id).copied(),
            productive: row.integer(2).map(|flag| flag != 0),
            ..new_name(NameClass::PauseCode, id, non_blank_text(row, 1))
        });
    })?;
    Ok(names)
}

/// Classifies an end reason. The configuration wins over the wording.
fn classify_end(wording: &str, configured: &[(String, EndReason)]) -> End {
    let mut configured = configured.iter();
    let found = configured.find(|(label, _)| is_same_label(label, wording));
    if let Some((_, outcome)) = found {
        return End {
            abandoned: *outcome == EndReason::Abandoned,
            transferred: *outcome == EndReason::Transferred,
        };
    }
    let wording = wording.to_lowercase();
    End {
        abandoned: wording.contains("abandon"),
        transferred: wording.contains("transfer"),
    }
}

/// Compares two labels, ignoring case and surrounding spaces: pages don't show them.
pub(super) fn is_same_label(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

pub(super) fn new_name(class: NameClass, id: i64, name: Option<&str>) -> CatalogEntry {
    let id = id.to_string();
    CatalogEntry::new(class, &id, name.unwrap_or(&id))
}

pub(super) fn non_blank_text<'a>(row: &'a RowCells<'_>, index: usize) -> Option<&'a str> {
    row.text(index).filter(|text| !text.trim().is_empty())
}

#[expect(clippy::cast_precision_loss, reason = "percentages are small")]
fn to_percent(whole: i64) -> f64 {
    whole as f64
}
