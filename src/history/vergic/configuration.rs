//! `kind = "vergic-export"`: the Statistics Export of the Vergic Engage Platform.

use std::{net::IpAddr, time::Duration};

use jiff::tz::TimeZone;

use crate::{
    domain::{Column, Pattern, Patterns, SourceKind},
    history::{
        ImportContext,
        fetch::{Pace, Patience, Place, SftpSettings, Trust, read_folder},
    },
    toml_reader::{Entry, Section, nearest},
};

pub const KIND: SourceKind = SourceKind {
    name: "vergic-export",
    vendor: "Vergic statistics export",
    reports_contacts: false,
    has_session: false,
    has_clock: false,
};

/// What is needed of a Vergic source besides where its files are.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The folder at the top of the hierarchy.
    pub root: String,
    /// By dataset (a file's name without its end): what its columns hold, and the headers
    /// of each, the first choice first. In the order of the file: where two datasets say the
    /// same, the first holds.
    pub columns: Patterns<Vec<(Column, String)>>,
    /// Whether what may be of visitors is stored.
    pub keep_contacts: bool,
    /// Of the site's days.
    pub zone: TimeZone,
}

const HOST: &str = "statsexport.vergic.com";
const ONLY_WITH_HOST: [&str; 6] = [
    "port",
    "username",
    "key_file",
    "key_passphrase",
    "known_hosts",
    "host_key",
];

impl Settings {
    /// Every key is looked at before anything missing ends it, so that one run tells all.
    pub(in crate::history) fn read(
        section: Section<'_, '_>,
        context: &ImportContext,
    ) -> Option<(Self, Place, Pace)> {
        let root = section.entry("root").map(|entry| root(&entry));
        let root = root.unwrap_or_else(|| Some("Metrics".to_owned()));
        let place = place(&section, root.as_deref());
        let usual = Pace {
            interval: Duration::from_mins(10),
            history: Duration::from_hours(100 * 24),
            settle: Duration::from_secs(10),
        };
        let schedule = Pace::read(&section, usual);
        let columns = section.section_at("columns").map(|s| columns(&s));
        section.end();

        let settings = Self {
            root: root?,
            columns: columns.unwrap_or_default(),
            keep_contacts: context.keep_contacts,
            zone: context.site.zone.clone(),
        };
        Some((settings, place?, schedule))
    }
}

/// Where the files are; `root` is the outermost folder there.
fn place(section: &Section<'_, '_>, root: Option<&str>) -> Option<Place> {
    match (section.entry("host"), section.entry("folder")) {
        (Some(host), folder) => {
            if let Some(folder) = folder {
                let mend = "use only one of them for the files: remove the other";
                folder.fault_at_key("conflicts with `host`", mend);
            }
            sftp(section, &host, root).map(Place::Sftp)
        }
        (None, Some(folder)) => {
            for key in ONLY_WITH_HOST {
                if let Some(entry) = section.entry(key) {
                    entry.fault_at_key("applies to `host`, not to `folder`", "remove it");
                }
            }
            read_folder(&folder)
        }
        (None, None) => {
            for key in ONLY_WITH_HOST {
                section.entry(key);
            }
            let mend = format!(
                "write host = \"{HOST}\" with username, key_file and known_hosts, or folder = \"path\" for files that arrive another way"
            );
            section.fault("host", "is missing", &mend);
            None
        }
    }
}

fn sftp(
    section: &Section<'_, '_>,
    host: &Entry<'_, '_>,
    root: Option<&str>,
) -> Option<SftpSettings> {
    let host = host.parsed(
        &format!("only the name of a server, such as \"{HOST}\""),
        server,
    );
    let port = section
        .entry("port")
        .map(|entry| entry.whole(1..=65_535).and_then(|n| u16::try_from(n).ok()));
    let username = section
        .required("username", "username = \"…\", the account name from Vergic")
        .and_then(|entry| entry.filled());
    let key_file = section
        .required("key_file", "key_file = \"id_ed25519\"")
        .and_then(|entry| entry.readable_file());
    let key_passphrase = section.entry("key_passphrase").map(|entry| entry.secret());
    let trust = trust(section);
    Some(SftpSettings {
        host: host?,
        port: port.unwrap_or(Some(22))?,
        username: username?,
        key_file: key_file?,
        key_passphrase: match key_passphrase {
            Some(given) => Some(given?),
            None => None,
        },
        trust: trust?,
        root: root?.to_owned(),
        patience: Patience::default(),
    })
}

/// A host's name or address, without anything around it.
fn server(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let is_address = text.parse::<IpAddr>().is_ok();
    let is_name = !text.is_empty()
        && !text.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, ':' | '/' | '@' | '\\')
        });
    (is_address || is_name).then(|| text.to_owned())
}

/// A server is never trusted blindly.
fn trust(section: &Section<'_, '_>) -> Option<Trust> {
    match (section.entry("known_hosts"), section.entry("host_key")) {
        (Some(file), None) => file.readable_file().map(Trust::KnownHosts),
        (None, Some(key)) => {
            let wanted = "of the form \"SHA256:\" and 43 characters, as `ssh-keygen -lf` prints it of the server's public key";
            key.parsed(wanted, fingerprint).map(Trust::Fingerprint)
        }
        (Some(_), Some(key)) => {
            let mend = "remove one of them";
            key.fault_at_key("conflicts with `known_hosts`", mend);
            None
        }
        (None, None) => {
            let mend = "write known_hosts = \"known_hosts\", or host_key = \"SHA256:…\" as provided by Vergic: Wallboard never connects to an unverified server";
            section.fault("known_hosts", "is missing", mend);
            None
        }
    }
}

fn fingerprint(text: &str) -> Option<String> {
    let text = text.trim();
    let hash = text.strip_prefix("SHA256:")?.trim_end_matches('=');
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    (hash.len() == 43 && hash.chars().all(is_base64)).then(|| format!("SHA256:{hash}"))
}

/// A folder there, without slashes around it.
fn root(entry: &Entry<'_, '_>) -> Option<String> {
    entry.parsed(
        "the name of a folder on the server, such as \"Metrics\"",
        |text| {
            let text = text.trim().trim_end_matches('/');
            let mut parts = text.trim_start_matches('/').split('/');
            let is_plain = parts.all(|part| !matches!(part, "" | "." | ".."));
            (is_plain && !text.contains(['\\', '\0'])).then(|| text.to_owned())
        },
    )
}

type Columns = Vec<(Column, String)>;

fn columns(section: &Section<'_, '_>) -> Patterns<Columns> {
    let mut read: Vec<(Pattern, Columns)> = Vec::new();
    for entry in section.entries() {
        if entry.name.trim().is_empty() || entry.name.contains(['/', '\\']) {
            let mend = "use a file name without folder and `.csv`; * stands for any characters: \"queues*\"";
            entry.fault_at_key("isn't a dataset", mend);
        }
        let Some(columns) = dataset(&entry) else {
            continue;
        };
        if let Some((Pattern(other), column)) = read
            .iter()
            .find_map(|(pattern, others)| Some((pattern, twice(&columns, others)?)))
        {
            let what = format!(
                "assigns `{}`, and so does {other:?}, but only one of them sets the `queue`",
                column.name()
            );
            let mend = "the same contacts would count twice: assign it in only one of them";
            entry.fault_at_key(&what, mend);
        }
        read.push((Pattern(entry.name.to_owned()), columns));
    }
    Patterns(read)
}

/// What one dataset counts by queue and the other in all.
fn twice(one: &Columns, other: &Columns) -> Option<Column> {
    let has = |columns: &Columns, column| columns.iter().any(|(own, _)| *own == column);
    let is_by_agent = |columns| has(columns, Column::Agent) && !has(columns, Column::Queue);
    if is_by_agent(one)
        || is_by_agent(other)
        || has(one, Column::Queue) == has(other, Column::Queue)
    {
        return None;
    }
    let mut counted = one.iter().map(|(column, _)| *column);
    counted.find(|column| !column.is_label() && has(other, *column))
}

/// One dataset: ours = "their header".
fn dataset(entry: &Entry<'_, '_>) -> Option<Columns> {
    let section = entry.section()?;
    let mut columns: Columns = Vec::new();
    for entry in section.entries() {
        let Some(column) = Column::from_name(entry.name) else {
            let names = Column::ALL.map(Column::name);
            let near = nearest(entry.name, names)
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            let mend = format!(
                "{near}unlisted columns are stored under their own header; known names: {}",
                names.join(", ")
            );
            entry.fault_at_key("isn't a known column name", &mend);
            continue;
        };
        columns.extend(headers(&entry).into_iter().map(|header| (column, header)));
    }
    if columns.is_empty() && section.entries().is_empty() {
        entry.fault(
            "assigns no columns",
            "write queue = \"Group\", offered = \"Chats\"",
        );
    }
    means(&section, &columns);
    Some(columns)
}

/// The header of a column, or several of which the first that a file has counts.
fn headers(entry: &Entry<'_, '_>) -> Vec<String> {
    const WANTED: &str = r#"a header, or a list such as ["New name", "Old name"], of which the first found in a file is used"#;
    let given = entry.one_or_more(WANTED).unwrap_or_default();
    if given.is_empty() && entry.is_list() {
        entry.fault("is empty", &format!("it must be {WANTED}"));
    }
    given.iter().filter_map(Entry::filled).collect()
}

/// A mean alone makes no mean of two rows.
fn means(section: &Section<'_, '_>, columns: &Columns) {
    let has = |column: Column| columns.iter().any(|(own, _)| *own == column);
    for entry in section.entries() {
        let Some(column) = Column::from_name(entry.name) else {
            continue;
        };
        if let Some(sum) = column.sum().filter(|sum| has(*sum)) {
            let what = format!("is the same as `{}`", sum.name());
            entry.fault_at_key(&what, "remove one of them");
        }
        let counts = column.counts();
        if !counts.is_empty() && !counts.iter().any(|count| has(*count)) {
            let names: Vec<_> = counts
                .iter()
                .map(|count| format!("`{}`", count.name()))
                .collect();
            let mend = format!(
                "assign {} too, or remove this: unlisted columns are stored under their own header",
                names.join(" or ")
            );
            entry.fault_at_key(
                "is an average, and the number it's averaged over isn't assigned",
                &mend,
            );
        }
    }
}
