//! The configuration file: TOML in, typed and validated values out. Everything
//! wrong is told at once, with its line and column, what is allowed, and how to
//! mend it. Secrets never leave their type.

mod address;
mod definition;
mod duration;
mod entry;
mod export;
mod fault;
mod genesys;
mod gms;
mod merged;
mod nearest;
mod reader;
mod sangoma;
mod secret;
mod server;
mod site;
mod source;
mod statistic;
mod syntax;
mod vergic;
mod vngage;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use toml::de::DeTable;

use crate::domain::Site;

use merged::Merged;
use reader::{Reader, Section};

pub use export::{Folder, Pace};
pub use fault::{Fault, Faults};
pub use genesys::{Auth, Genesys, How, Mode, Transport};
pub use gms::{Gms, Stat};
pub use nearest::nearest;
pub use sangoma::{Azure, Depot, S3, Sangoma};
pub use secret::Secret;
pub use server::Server;
pub use source::{Export, Source, Upstream, Vendor};
pub use statistic::{Delivered, Measure, Statistic};
pub use vergic::{Sftp, Shelf, Trust, Vergic};
pub use vngage::Vngage;

/// In bytes: what is larger was given by mistake.
const LARGEST: u64 = 1_000_000;

/// A whole configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the live state must know, still without its sources.
    pub site: Site,
    /// Folder of board files, where there is one.
    pub boards: Option<PathBuf>,
    pub server: Server,
    /// The database's file.
    pub store: PathBuf,
    pub sources: Vec<Source>,
    /// Sources that export what was.
    pub exports: Vec<Export>,
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
    const MEND: &str = "give the path of the configuration after --config";
    let unreadable = |what: &str| Faults::unreadable(file, what, MEND);
    let cannot = |cause: io::Error| unreadable(&format!("cannot be read ({cause})"));
    let metadata = fs::metadata(file).map_err(cannot)?;
    if metadata.is_dir() {
        return Err(unreadable("is a folder"));
    }
    if LARGEST < metadata.len() {
        return Err(unreadable("is larger than 1 MB, and so no configuration"));
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
    let reader = Reader::new(text, file, environment);
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
    let sources = source::read(root);
    let merged = Merged::new(&sources);
    let (site, contacts) = site::read(root);
    let site = Site {
        source_names: sources.display_names.clone(),
        groups: merged.groups(root),
        people: merged.people(root),
        links: merged.links(root),
        ..site
    };
    let (store, calls) = server::store(reader, root.section_at("store"));
    Settings {
        site,
        boards: boards(reader, root),
        store,
        sources: sources.whole,
        exports: sources.exports,
        keep: Keep {
            contacts,
            calls: calls.unwrap_or(Keep::default().calls),
        },
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
