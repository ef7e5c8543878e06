//! What the numbers of an export stand for: names, thresholds, and what a wording of
//! the end of a call means.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::{
    domain::{EndReason, Id, SiteConfig, SourceId},
    history::{
        intervals::{End, Limits},
        targets::{self, VendorTargets},
    },
    store::{CatalogEntry, NameClass, RowCells, StoreError, StoreView},
};

use super::file_catalog::{FileCatalog, FileFilter};

/// Raised when the rules of reckoning change: then everything is reckoned anew.
const RULES_VERSION: u32 = 1;

/// With what a source is reckoned, as configured.
#[derive(Clone, Debug)]
pub struct SangomaRules {
    pub site: Arc<SiteConfig>,
    /// What wordings of ends mean; the others speak for themselves.
    pub end_by: Vec<(String, EndReason)>,
}

#[derive(Debug)]
pub(super) struct SangomaReferenceData {
    source: SourceId,
    site: Arc<SiteConfig>,
    pub(super) names: Vec<CatalogEntry>,
    limits: BTreeMap<i64, Limits>,
    ends: BTreeMap<i64, End>,
}

impl SangomaReferenceData {
    /// As the export says today.
    pub(super) fn load_current(
        view: &StoreView<'_>,
        shelf: &FileCatalog,
        source: &SourceId,
        rules: &SangomaRules,
    ) -> Result<Self, StoreError> {
        let mut names = load_queues(view, shelf)?;
        names.extend(load_pause_codes(view, shelf)?);
        let columns = ["agent_id", "name", "enabled", "login_name"];
        shelf.for_each_record(
            view,
            "Agent_Details",
            &columns,
            FileFilter::All,
            |id, row| {
                let name = [1, 3]
                    .into_iter()
                    .find_map(|place| non_blank_text(row, place));
                names.push(CatalogEntry {
                    enabled: row.integer(2) != Some(0),
                    ..new_name(NameClass::Agent, id, name)
                });
            },
        )?;
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
                NameClass::EndBy,
                "Queue_Call_End_By",
                ["queue_call_end_by_id", "end_by"],
            ),
        ] {
            shelf.for_each_record(view, container, &columns, FileFilter::All, |id, row| {
                let wording = row.text(1).filter(|_| class == NameClass::EndBy);
                let end = wording.map(|wording| classify_end(wording, &rules.end_by));
                names.push(CatalogEntry {
                    abandons: end.map(|end| end.abandoned),
                    transfers: end.map(|end| end.transferred),
                    ..new_name(class, id, non_blank_text(row, 1))
                });
            })?;
        }
        Ok(Self::from_names(source, &rules.site, names))
    }

    /// As it was when the source was reckoned last.
    pub(super) fn load_stored(
        view: &StoreView<'_>,
        source: &SourceId,
        site: &Arc<SiteConfig>,
    ) -> Result<Self, StoreError> {
        Ok(Self::from_names(source, site, view.load_names(source)?))
    }

    fn from_names(source: &SourceId, site: &Arc<SiteConfig>, names: Vec<CatalogEntry>) -> Self {
        let mut meaning = Self {
            source: source.clone(),
            site: site.clone(),
            names: Vec::new(),
            limits: BTreeMap::new(),
            ends: BTreeMap::new(),
        };
        for name in &names {
            let Ok(id) = name.external_id.parse() else {
                continue;
            };
            match name.class {
                NameClass::Queue => {
                    let own = VendorTargets {
                        answer_within: name.answer_within,
                        service_level: name.service_level,
                        short_abandon: name.short_abandon,
                    };
                    let limits = Limits {
                        talk_within: name.talk_within,
                        ..meaning.resolve_limits(id, own)
                    };
                    meaning.limits.insert(id, limits);
                }
                NameClass::EndBy => {
                    let end = End {
                        abandoned: name.abandons == Some(true),
                        transferred: name.transfers == Some(true),
                    };
                    meaning.ends.insert(id, end);
                }
                _ => {}
            }
        }
        meaning.names = names;
        meaning
    }

    /// What a queue aims at.
    pub(super) fn queue_limits(&self, queue: i64) -> Limits {
        let known = self.limits.get(&queue).copied();
        known.unwrap_or_else(|| self.resolve_limits(queue, VendorTargets::default()))
    }

    /// What the end of a call means; without one nothing.
    pub(super) fn call_end(&self, end_by: Option<i64>) -> End {
        let known = end_by.and_then(|id| self.ends.get(&id));
        known.copied().unwrap_or_default()
    }

    /// Differs where figures would.
    pub(super) fn fingerprint(&self) -> String {
        let mut all = format!("{RULES_VERSION} {:?}", self.site.zone.iana_name());
        write!(all, "{:?}{:?}", self.limits, self.ends).expect("a text takes all");
        // Of queues that nobody has described.
        for (pattern, target) in &self.site.targets.0 {
            let ours = format!("{}/", self.source);
            if pattern.0.starts_with('*') || pattern.0.starts_with(&ours) {
                let (within, short) = (target.threshold_ms, target.short_abandon_ms);
                write!(all, "{}={within},{short};", pattern.0).expect("a text takes all");
            }
        }
        let digest = Sha256::digest(all.as_bytes());
        digest.iter().take(16).fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a text takes all");
            hex
        })
    }

    fn resolve_limits(&self, queue: i64, own: VendorTargets) -> Limits {
        let id = Id::new(&self.source, &queue.to_string());
        let target = targets::resolve_target(&self.site, &id, own);
        Limits {
            answer_within: target.threshold_ms / 1000,
            short_abandon: target.short_abandon_ms / 1000,
            talk_within: None,
        }
    }
}

fn load_queues(view: &StoreView<'_>, shelf: &FileCatalog) -> Result<Vec<CatalogEntry>, StoreError> {
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
    shelf.for_each_record(
        view,
        "Queue_Details",
        &columns,
        FileFilter::All,
        |id, row| {
            names.push(CatalogEntry {
                enabled: row.integer(2) != Some(0),
                answer_within: row.integer(3),
                service_level: row.integer(4).map(to_percent),
                short_abandon: row.integer(5),
                talk_within: row.integer(6).filter(|limit| 0 < *limit),
                talk_level: row.integer(7).map(to_percent),
                ..new_name(NameClass::Queue, id, non_blank_text(row, 1))
            });
        },
    )?;
    Ok(names)
}

fn load_pause_codes(
    view: &StoreView<'_>,
    shelf: &FileCatalog,
) -> Result<Vec<CatalogEntry>, StoreError> {
    let mut longest: HashMap<i64, i64> = HashMap::new();
    // A code may have a limit for each queue; the least of them is told. The id of a
    // record is not needed, and may be missing.
    if let Some(container) = super::Container::find_by_name("Queue_Pause_Code") {
        for file in shelf.matching_files(container.name, FileFilter::All) {
            let columns = ["pause_code_id", "limit_duration"];
            view.for_each_row_of_file(&container.table, &columns, file.id, |row| {
                let limit = row.integer(1).filter(|limit| 0 < *limit);
                if let Some((code, limit)) = row.integer(0).zip(limit) {
                    let least = longest.entry(code).or_insert(limit);
                    *least = limit.min(*least);
                }
            })?;
        }
    }
    let mut names = Vec::new();
    let columns = ["pause_code_id", "description", "productive"];
    shelf.for_each_record(view, "Pause_Code", &columns, FileFilter::All, |id, row| {
        names.push(CatalogEntry {
            longest: longest.get(&id).copied(),
            productive: row.integer(2).map(|flag| flag != 0),
            ..new_name(NameClass::PauseCode, id, non_blank_text(row, 1))
        });
    })?;
    Ok(names)
}

/// What a wording means: what is configured beats what it says.
fn classify_end(wording: &str, configured: &[(String, EndReason)]) -> End {
    let mut configured = configured.iter();
    let said = configured.find(|(said, _)| is_same_wording(said, wording));
    if let Some((_, ending)) = said {
        return End {
            abandoned: *ending == EndReason::Abandoned,
            transferred: *ending == EndReason::Transferred,
        };
    }
    let wording = wording.to_lowercase();
    End {
        abandoned: wording.contains("abandon"),
        transferred: wording.contains("transfer"),
    }
}

/// Capitals and the spaces around a wording do not matter: nobody sees them on a page.
pub fn is_same_wording(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn new_name(class: NameClass, id: i64, name: Option<&str>) -> CatalogEntry {
    let id = id.to_string();
    CatalogEntry::new(class, &id, name.unwrap_or(&id))
}

fn non_blank_text<'a>(row: &'a RowCells<'_>, place: usize) -> Option<&'a str> {
    row.text(place).filter(|text| !text.trim().is_empty())
}

#[expect(clippy::cast_precision_loss, reason = "percentages are small")]
fn to_percent(whole: i64) -> f64 {
    whole as f64
}
