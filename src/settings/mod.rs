//! The configuration file: TOML in, typed and validated values out. Everything
//! wrong is told at once, with its line and column, what is allowed, and how to
//! mend it. Secrets never leave their type.

mod merged;
mod server;
mod site;
mod source;
mod syntax;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use toml::de::DeTable;

use crate::{
    domain::Site,
    history::{ImportContext, import},
    sources::SourceConfig,
    toml_reader::{Fault, Reader, Section},
};

use merged::Merged;

pub use crate::toml_reader::Faults;
pub use server::Server;

/// Where a key belongs that people write into another table. In TOML whatever follows
/// a table's head is in that table, which who writes the first file does not expect.
const HOMES: [(&str, &str); 13] = [
    ("time_zone", TOP),
    ("boards", TOP),
    ("listen", "below [server]"),
    ("public_url", "below [server]"),
    ("max_viewers", "below [server]"),
    ("flush_interval", "below [server]"),
    ("tls", "below [server]"),
    ("keep_calls", "below [store]"),
    ("mode", "below [access]"),
    ("allow_open_network", "below [access]"),
    ("agent_names", "below [privacy]"),
    ("keep_contacts", "below [privacy]"),
    ("exchange", "below [sources.NAME]"),
];
const TOP: &str = "at the top of the file, before the first [table]";

/// In bytes: what is larger was given by mistake.
const LARGEST: u64 = 1_000_000;

/// A whole configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the live state must know.
    pub site: Site,
    /// Folder of board files, where there is one.
    pub boards: Option<PathBuf>,
    pub server: Server,
    /// The database's file.
    pub store: PathBuf,
    /// Live sources.
    pub sources: Vec<SourceConfig>,
    /// Sources of files.
    pub imports: Vec<import::Source>,
    pub keep: Keep,
}

/// What is kept of single contacts that exports tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Names, e-mails, id numbers and numbers of visitors and callers.
    pub contacts: bool,
    /// How long raw history stays; figures of intervals stay for ever.
    pub calls: Duration,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            contacts: false,
            calls: Duration::from_hours(400 * 24),
        }
    }
}

/// Reads and validates the file.
pub fn load(file: &Path) -> Result<Settings, Faults> {
    parse(&text(file)?, file, |name| env::var(name).ok())
}

/// What stands in the file.
fn text(file: &Path) -> Result<String, Faults> {
    const MEND: &str = "pass the path of the configuration with --config";
    let unreadable = |what: &str| Faults::unreadable(file, what, MEND);
    let cannot = |cause: io::Error| unreadable(&format!("can't be read ({cause})"));
    let metadata = fs::metadata(file).map_err(cannot)?;
    if metadata.is_dir() {
        return Err(unreadable("is a folder"));
    }
    if LARGEST < metadata.len() {
        return Err(unreadable(
            "is larger than 1 MB, too large for a configuration",
        ));
    }
    String::from_utf8(fs::read(file).map_err(cannot)?)
        .map_err(|error| Faults::not_text(file, error.as_bytes(), error.utf8_error().valid_up_to()))
}

/// Reads and validates `text`, which stands in `file`.
pub fn parse(
    text: &str,
    file: &Path,
    environment: fn(&str) -> Option<String>,
) -> Result<Settings, Faults> {
    // Some editors put a mark before the first character.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let reader = Reader::new(text, file, environment, &HOMES);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let what = error.message();
            let mend = syntax::mend(text, &span, what);
            let twice = what
                .starts_with("duplicate key")
                .then(|| syntax::duplicate(text, &span));
            match twice.flatten() {
                Some((key, first)) => {
                    let first = Fault::at(text, &first, "", "", "");
                    let what = format!("{what}, first at {}:{}", first.line, first.column);
                    reader.fault(&span, &key, &what, mend);
                }
                None => reader.fault(&span, "", what, mend),
            }
        }
        return Err(reader.faults().of_syntax());
    }

    let root = reader.root(&table);
    let settings = read(&reader, &root);
    root.end();
    if reader.is_clean() {
        Ok(settings)
    } else {
        Err(Faults {
            boards: settings.boards,
            ..reader.faults()
        })
    }
}

fn read(reader: &Reader<'_>, root: &Section<'_, '_>) -> Settings {
    const LATER: &str = "remove it";
    for key in ["cluster", "alerts", "notify"] {
        root.lacks(key, LATER);
    }
    let server = Server::read(root.section_at("server"));
    server::access(root, server.listen);
    let (site, contacts) = site::read(root);
    let (store, calls) = server::store(reader, root.section_at("store"));
    let keep = Keep {
        contacts,
        calls: calls.unwrap_or(Keep::default().calls),
    };
    let context = ImportContext {
        site: Arc::new(Site {
            zone: site.zone.clone(),
            targets: site.targets.clone(),
            ..Site::default()
        }),
        keep_contacts: keep.contacts,
        keep: keep.calls,
    };
    let sources = source::read(root, &context);
    let merged = Merged::new(&sources);
    let site = Site {
        groups: merged.groups(root),
        people: merged.people(root),
        links: merged.links(root),
        source_names: sources.display_names,
        sources: sources.setups,
        ..site
    };
    Settings {
        site,
        boards: boards(reader, root),
        store,
        sources: sources.live,
        imports: sources.imports,
        keep,
        server,
    }
}

/// A folder that is named must be there; `boards` beside the file may be.
fn boards(reader: &Reader<'_>, root: &Section<'_, '_>) -> Option<PathBuf> {
    let Some(entry) = root.entry("boards") else {
        return Some(reader.beside("boards")).filter(|path| path.is_dir());
    };
    entry.parsed("a folder that exists", |text| {
        Some(reader.beside(text)).filter(|path| path.is_dir())
    })
}

#[cfg(test)]
mod broken_tests;
#[cfg(test)]
mod docs_tests;
#[cfg(test)]
mod export_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vendor_tests;
