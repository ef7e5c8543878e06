//! What the numbers of an export stand for: names, thresholds, and what a wording of
//! the end of a call means.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::{
    domain::{Ending, Id, Site, SourceId},
    history::{
        intervals::{End, Limits},
        targets::{self, Own},
    },
    store::{Cells, Name, NameClass, StoreError, View},
};

use super::shelf::{Shelf, Which};

/// Raised when the rules of reckoning change: then everything is reckoned anew.
const RULES: u32 = 1;

/// With what a source is reckoned, as configured.
#[derive(Clone, Debug)]
pub struct Rules {
    pub site: Arc<Site>,
    /// What wordings of ends mean; the others speak for themselves.
    pub end_by: Vec<(String, Ending)>,
}

#[derive(Debug)]
pub(super) struct Meaning {
    source: SourceId,
    site: Arc<Site>,
    pub(super) names: Vec<Name>,
    limits: BTreeMap<i64, Limits>,
    ends: BTreeMap<i64, End>,
}

impl Meaning {
    /// As the export says today.
    pub(super) fn read(
        view: &View<'_>,
        shelf: &Shelf,
        source: &SourceId,
        rules: &Rules,
    ) -> Result<Self, StoreError> {
        let mut names = queues(view, shelf)?;
        names.extend(pauses(view, shelf)?);
        let columns = ["agent_id", "name", "enabled", "login_name"];
        shelf.records(view, "Agent_Details", &columns, Which::All, |id, row| {
            let name = [1, 3].into_iter().find_map(|place| text(row, place));
            names.push(Name {
                enabled: row.integer(2) != Some(0),
                ..named(NameClass::Agent, id, name)
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
                NameClass::EndBy,
                "Queue_Call_End_By",
                ["queue_call_end_by_id", "end_by"],
            ),
        ] {
            shelf.records(view, container, &columns, Which::All, |id, row| {
                let wording = row.text(1).filter(|_| class == NameClass::EndBy);
                let end = wording.map(|wording| end(wording, &rules.end_by));
                names.push(Name {
                    abandons: end.map(|end| end.abandoned),
                    transfers: end.map(|end| end.transferred),
                    ..named(class, id, text(row, 1))
                });
            })?;
        }
        Ok(Self::of(source, &rules.site, names))
    }

    /// As it was when the source was reckoned last.
    pub(super) fn kept(
        view: &View<'_>,
        source: &SourceId,
        site: &Arc<Site>,
    ) -> Result<Self, StoreError> {
        Ok(Self::of(source, site, view.names(source)?))
    }

    fn of(source: &SourceId, site: &Arc<Site>, names: Vec<Name>) -> Self {
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
                    let own = Own {
                        answer_within: name.answer_within,
                        service_level: name.service_level,
                        short_abandon: name.short_abandon,
                    };
                    let limits = Limits {
                        talk_within: name.talk_within,
                        ..meaning.limits_of(id, own)
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
    pub(super) fn limits(&self, queue: i64) -> Limits {
        let known = self.limits.get(&queue).copied();
        known.unwrap_or_else(|| self.limits_of(queue, Own::default()))
    }

    /// What the end of a call means; without one nothing.
    pub(super) fn end(&self, end_by: Option<i64>) -> End {
        let known = end_by.and_then(|id| self.ends.get(&id));
        known.copied().unwrap_or_default()
    }

    /// Differs where figures would.
    pub(super) fn fingerprint(&self) -> String {
        let mut all = format!("{RULES} {:?}", self.site.zone.iana_name());
        write!(all, "{:?}{:?}", self.limits, self.ends).expect("a text takes all");
        // Of queues that nobody has described.
        for (pattern, target) in &self.site.targets.0 {
            let ours = format!("{}/", self.source);
            if pattern.0.starts_with('*') || pattern.0.starts_with(&ours) {
                let (within, short) = (target.answer_within, target.short_abandon);
                write!(all, "{}={within},{short};", pattern.0).expect("a text takes all");
            }
        }
        let digest = Sha256::digest(all.as_bytes());
        digest.iter().take(16).fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a text takes all");
            hex
        })
    }

    fn limits_of(&self, queue: i64, own: Own) -> Limits {
        let id = Id::new(&self.source, &queue.to_string());
        let target = targets::target(&self.site, &id, own);
        Limits {
            answer_within: target.answer_within / 1000,
            short_abandon: target.short_abandon / 1000,
            talk_within: None,
        }
    }
}

fn queues(view: &View<'_>, shelf: &Shelf) -> Result<Vec<Name>, StoreError> {
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
    shelf.records(view, "Queue_Details", &columns, Which::All, |id, row| {
        names.push(Name {
            enabled: row.integer(2) != Some(0),
            answer_within: row.integer(3),
            service_level: row.integer(4).map(percent),
            short_abandon: row.integer(5),
            talk_within: row.integer(6).filter(|limit| 0 < *limit),
            talk_level: row.integer(7).map(percent),
            ..named(NameClass::Queue, id, text(row, 1))
        });
    })?;
    Ok(names)
}

fn pauses(view: &View<'_>, shelf: &Shelf) -> Result<Vec<Name>, StoreError> {
    let mut longest: HashMap<i64, i64> = HashMap::new();
    // A code may have a limit for each queue; the least of them is told. The id of a
    // record is not needed, and may be missing.
    if let Some(container) = super::Container::find("Queue_Pause_Code") {
        for file in shelf.of(container.name, Which::All) {
            let columns = ["pause_code_id", "limit_duration"];
            view.rows(&container.table, &columns, file.id, |row| {
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
    shelf.records(view, "Pause_Code", &columns, Which::All, |id, row| {
        names.push(Name {
            longest: longest.get(&id).copied(),
            productive: row.integer(2).map(|flag| flag != 0),
            ..named(NameClass::PauseCode, id, text(row, 1))
        });
    })?;
    Ok(names)
}

/// What a wording means: what is configured beats what it says.
fn end(wording: &str, configured: &[(String, Ending)]) -> End {
    let mut configured = configured.iter();
    let said = configured.find(|(said, _)| is_same_wording(said, wording));
    if let Some((_, ending)) = said {
        return End {
            abandoned: *ending == Ending::Abandoned,
            transferred: *ending == Ending::Transferred,
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

fn named(class: NameClass, id: i64, name: Option<&str>) -> Name {
    let id = id.to_string();
    Name::new(class, &id, name.unwrap_or(&id))
}

fn text<'a>(row: &'a Cells<'_>, place: usize) -> Option<&'a str> {
    row.text(place).filter(|text| !text.trim().is_empty())
}

#[expect(clippy::cast_precision_loss, reason = "percentages are small")]
fn percent(whole: i64) -> f64 {
    whole as f64
}
