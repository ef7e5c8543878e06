//! `[sources.*]`: the upstream systems. Which keys are allowed depends on `kind`.

use crate::domain::{SourceId, Subject};

use super::{
    entry::Entry,
    genesys::{self, Genesys},
    gms::{self, Gms},
    reader::Section,
    statistic::Statistic,
    vngage::{self, Vngage},
};

/// Kinds of this version.
const KINDS: [&str; 3] = ["vngage", "genesys", "gms"];
/// Kinds that the product knows and this version lacks.
const LATER: [&str; 2] = ["vergic-export", "sangoma-export"];
/// Words that ids of our own begin with.
const RESERVED: [&str; 3] = ["group", "person", "site"];

/// One `[sources.*]`.
#[derive(Clone, Debug)]
pub struct Source {
    pub id: SourceId,
    pub upstream: Upstream,
}

/// What stands at the other end, by `kind`.
#[derive(Clone, Debug)]
pub enum Upstream {
    Vngage(Vngage),
    Genesys(Box<Genesys>),
    Gms(Gms),
}

/// All sources, and the names of those too in which something is wrong.
pub(super) struct Sources {
    pub(super) whole: Vec<Source>,
    pub(super) names: Vec<String>,
}

impl Source {
    /// Whom it has figures of, where the configuration alone says so.
    pub(super) fn subjects(&self) -> Option<Vec<&Subject>> {
        match &self.upstream {
            Upstream::Vngage(_) => None,
            Upstream::Genesys(genesys) => {
                let all = genesys.statistics.iter();
                Some(all.flat_map(Statistic::subjects).collect())
            }
            Upstream::Gms(gms) => {
                let all = gms.statistics.iter();
                Some(all.flat_map(Statistic::subjects).collect())
            }
        }
    }
}

pub(super) fn read(root: &Section<'_, '_>) -> Sources {
    let mut sources = Sources {
        whole: Vec::new(),
        names: Vec::new(),
    };
    let Some(section) = root.section_at("sources") else {
        if root.entry("sources").is_none() {
            let mend = r#"write [sources.chat] with kind = "vngage", url and exchange"#;
            root.fault("sources", "there is none", mend);
        }
        return sources;
    };
    if let Some(kind) = section.entries().iter().find(|entry| entry.name == "kind") {
        kind.fault_at_key(
            "stands in no source",
            "give the source a name: write [sources.chat] instead of [sources]",
        );
        return sources;
    }
    for entry in section.entries() {
        sources.names.push(entry.name.to_owned());
        sources.whole.extend(source(&entry));
    }
    sources
}

fn source(entry: &Entry<'_, '_>) -> Option<Source> {
    check_id(entry);
    let section = entry.section()?;
    let kind = section.required("kind", r#"kind = "vngage""#)?;
    let id = SourceId::from(entry.name);
    let upstream = match kind.word(&[KINDS[0], KINDS[1], KINDS[2], LATER[0], LATER[1]])? {
        "vngage" => Upstream::Vngage(vngage::read(section)?),
        "genesys" => Upstream::Genesys(Box::new(genesys::read(&id, section)?)),
        "gms" => Upstream::Gms(gms::read(&id, section)?),
        later => {
            kind.fault(
                &format!("sources of the kind \"{later}\" are not in this version"),
                &format!("remove this source; there are {}", KINDS.join(", ")),
            );
            return None;
        }
    };
    Some(Source { id, upstream })
}

fn check_id(entry: &Entry<'_, '_>) {
    if !is_plain(entry.name) {
        entry.fault_at_key(
            "is not a source's id",
            "use lower-case letters, digits and `-`",
        );
    }
    if RESERVED.contains(&entry.name) {
        let mend = format!("{} are reserved", RESERVED.join(", "));
        entry.fault_at_key("cannot be a source's id", &mend);
    }
}

/// Whether `id` can stand in addresses and before others' ids.
pub(super) fn is_plain(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(is_plain)
}
