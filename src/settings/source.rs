//! `[sources.*]`: the upstream systems. Which keys are allowed depends on `kind`.

use std::collections::HashMap;

use crate::domain::{SourceId, Subject};

use super::{
    entry::Entry,
    genesys::{self, Genesys},
    gms::{self, Gms},
    reader::Section,
    sangoma::{self, Sangoma},
    statistic::Statistic,
    vergic::{self, Vergic},
    vngage::{self, Vngage},
};

/// Those that tell what is now, and those that export what was.
const KINDS: [&str; 5] = [
    "vngage",
    "genesys",
    "gms",
    "vergic-export",
    "sangoma-export",
];
/// Words that ids of our own begin with.
const RESERVED: [&str; 3] = ["group", "person", "site"];

/// One `[sources.*]` that tells what is now.
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

/// One `[sources.*]` that exports what was: history alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    pub id: SourceId,
    pub vendor: Vendor,
}

/// Whose files they are, by `kind`.
#[derive(Clone, Debug, PartialEq)]
pub enum Vendor {
    Vergic(Box<Vergic>),
    Sangoma(Box<Sangoma>),
}

/// All sources, and the names of those too in which something is wrong.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) whole: Vec<Source>,
    pub(super) exports: Vec<Export>,
    pub(super) names: Vec<String>,
    /// Display names, where they are configured.
    pub(super) display_names: HashMap<SourceId, String>,
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

impl Sources {
    /// The source that takes from the same queue at Vngage.
    fn sharing(&self, upstream: &Upstream) -> Option<&SourceId> {
        let Upstream::Vngage(own) = upstream else {
            return None;
        };
        let shares = |source: &&Source| match &source.upstream {
            Upstream::Vngage(other) => other.queue == own.queue && other.url == own.url,
            Upstream::Genesys(_) | Upstream::Gms(_) => false,
        };
        self.whole.iter().find(shares).map(|source| &source.id)
    }
}

pub(super) fn read(root: &Section<'_, '_>) -> Sources {
    let mut sources = Sources::default();
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
        let id = SourceId::from(entry.name);
        check_id(&entry);
        let Some(section) = entry.section() else {
            continue;
        };
        let name = section.entry("name").and_then(|entry| entry.filled());
        sources
            .display_names
            .extend(name.map(|name| (id.clone(), name)));
        match kind(&id, section) {
            Some(Kind::Live(upstream)) => {
                if let Some(other) = sources.sharing(&upstream) {
                    entry.fault_at_key(
                        &format!("reads the same queue of the same broker as [sources.{other}], and each would see half"),
                        "remove one of them, or give it a `queue` of its own",
                    );
                }
                sources.whole.push(Source { id, upstream });
            }
            Some(Kind::Export(vendor)) => sources.exports.push(Export { id, vendor }),
            None => {}
        }
    }
    sources
}

/// What one table turns out to be.
#[expect(clippy::large_enum_variant, reason = "it goes at once into its list")]
enum Kind {
    Live(Upstream),
    Export(Vendor),
}

fn kind(id: &SourceId, section: Section<'_, '_>) -> Option<Kind> {
    let kind = section.required("kind", r#"kind = "vngage""#)?;
    Some(match kind.word(&KINDS)? {
        "vngage" => Kind::Live(Upstream::Vngage(vngage::read(section)?)),
        "genesys" => Kind::Live(Upstream::Genesys(Box::new(genesys::read(id, section)?))),
        "gms" => Kind::Live(Upstream::Gms(gms::read(id, section)?)),
        "vergic-export" => Kind::Export(Vendor::Vergic(Box::new(vergic::read(section)?))),
        _ => Kind::Export(Vendor::Sangoma(Box::new(sangoma::read(section)?))),
    })
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
