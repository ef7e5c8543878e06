//! The configuration file: TOML in, typed and validated values out. Everything
//! wrong is told at once, with its line and column, what is allowed, and how to
//! mend it. Secrets never leave their type.

mod duration;
mod fault;
mod nearest;
mod reader;
mod secret;
mod server;
mod site;
mod source;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use toml::de::DeTable;

use crate::domain::Site;

use reader::{Reader, Section};

pub use fault::{Fault, Faults};
pub use secret::Secret;
pub use server::Server;
pub use source::{Source, Upstream, Vngage};

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
}

/// Reads and validates the file.
pub fn load(file: &Path) -> Result<Settings, Faults> {
    let bytes = fs::read(file).map_err(|cause| {
        let mend = "give the path of the configuration after --config";
        Faults::unreadable(file, &format!("cannot be read ({cause})"), mend)
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Faults::unreadable(file, "is not UTF-8 text", "save it as UTF-8"))?;
    parse(&text, file, |name| env::var(name).ok())
}

/// Reads and validates `text`, which stands in `file`.
pub fn parse(
    text: &str,
    file: &Path,
    environment: fn(&str) -> Option<String>,
) -> Result<Settings, Faults> {
    let reader = Reader::new(text, file, environment);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            reader.fault(&span, "", error.message(), "");
        }
        return Err(reader.faults());
    }

    let root = reader.root(&table);
    let settings = read(&reader, &root);
    root.end();
    if reader.is_clean() {
        Ok(settings)
    } else {
        Err(reader.faults())
    }
}

fn read(reader: &Reader<'_>, root: &Section<'_, '_>) -> Settings {
    const LATER: &str = "remove it";
    for key in ["links", "groups", "people", "cluster", "alerts", "notify"] {
        root.lacks(key, LATER);
    }
    let server = Server::read(root.section_at("server"));
    server::access(root, server.listen);
    Settings {
        site: site::read(root),
        boards: boards(reader, root),
        store: server::store(reader, root.section_at("store")),
        sources: source::read(root),
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
mod tests;
