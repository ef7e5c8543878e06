//! The configuration file: TOML in, typed and validated values out. Reports all faults at once,
//! each with line and column, the allowed values, and a fix. Secrets never leave their type.

mod access;
mod access_rules;
mod alerts;
mod brand;
mod case_records;
mod channel_names;
mod cluster;
mod entry_cut;
mod figures;
mod holidays;
mod hours;
mod log;
mod merged;
mod oidc;
mod plans;
mod playlists;
mod recorded;
mod reports;
mod secrets;
mod server;
mod site;
mod source;
mod syntax;
mod thresholds;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::tz::TimeZone;
use toml::de::DeTable;

use wallboard_access::EditingPolicy;
use wallboard_alerts::AlertRule;
use wallboard_boards::Playlist;
use wallboard_domain::SiteConfig;
use wallboard_history::{ImportContext, import};
use wallboard_notify::{Channel, read_channels};
use wallboard_sources::SourceConfig;
use wallboard_toml_reader::{ConfigFault, ConfigReader, ConfigSection, FAULTS_MAX};

use crate::{case_records::CaseRecordPlan, holidays::CalendarPlan, reports::ReportPlan};
use channel_names::ChannelNames;

use figures::FigureTables;
use merged::MergedIds;
use source::SourceTables;

pub use access::AccessSettings;
pub use cluster::ClusterSettings;
pub use entry_cut::cut_entry;
pub use log::LogSettings;
pub use plans::{EntryPlans, parse_plans};
pub use recorded::{FileEntry, RecordedText, file_entries};
pub use secrets::{find_secrets, read_secrets};
pub use server::ServerSettings;
pub use site::parse_site;
pub use wallboard_toml_reader::ConfigFaults;

/// The right place of keys that people often put into another table. In TOML, every key below a
/// table's header belongs to that table, which surprises first-time authors.
const KEY_SECTIONS: [(&str, &str); 19] = [
    ("time_zone", TOP),
    ("language", TOP),
    ("secret_key", TOP),
    ("boards", TOP),
    ("listen", "below [server]"),
    ("public_url", "below [server]"),
    ("max_viewers", "below [server]"),
    ("flush_interval", "below [server]"),
    ("tls", "below [server]"),
    ("keep_calls", "below [store]"),
    ("nats", "below [cluster]"),
    ("replicas", "below [cluster]"),
    ("mode", "below [access]"),
    ("allow_open_network", "below [access]"),
    ("session", "below [access]"),
    ("agent_names", "below [privacy]"),
    ("keep_contacts", "below [privacy]"),
    ("smallest_team", "below [privacy]"),
    ("exchange", "below [sources.NAME]"),
];
const TOP: &str = "at the top of the file, before the first [table]";

/// In bytes; a larger file was passed by mistake.
const FILE_BYTES_MAX: u64 = 1_000_000;

/// A whole configuration.
#[derive(Clone, Debug)]
pub struct AppSettings {
    /// The settings that the live state needs.
    pub site: SiteConfig,
    /// Folder of board files, if any.
    pub boards: Option<PathBuf>,
    pub server: ServerSettings,
    pub access: AccessSettings,
    pub editing_policy: EditingPolicy,
    /// The rules of alerts.
    pub alerts: Vec<AlertRule>,
    /// Reports by email.
    pub reports: Vec<ReportPlan>,
    /// Boards that screens show in turn.
    pub playlists: Vec<Playlist>,
    /// The database file.
    pub store: PathBuf,
    /// Live sources.
    pub sources: Vec<SourceConfig>,
    /// Sources of files.
    pub imports: Vec<import::FileSource>,
    pub retention: RetentionSettings,
    pub log: LogSettings,
    /// Where the records of cases go, and how long they are kept; `None`: there are none.
    pub case_records: Option<CaseRecordPlan>,
    /// Where messages are sent.
    pub channels: Vec<Channel>,
    /// The calendars of holidays.
    pub calendars: Vec<CalendarPlan>,
    /// The other nodes, if any.
    pub cluster: Option<ClusterSettings>,
    /// The file of the key that seals secrets which people give in the browser.
    pub secret_key: PathBuf,
}

/// Retention of individual contacts from exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionSettings {
    /// Whether names, emails, id numbers and phone numbers of visitors and callers are stored.
    pub contacts: bool,
    /// Retention of raw history; values of intervals are kept forever.
    pub calls: Duration,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            contacts: false,
            calls: Duration::from_hours(400 * 24),
        }
    }
}

/// Reads and validates the file.
pub fn load_file(file: &Path) -> Result<AppSettings, ConfigFaults> {
    parse_configuration(&read_file(file)?, file, |name| env::var(name).ok())
}

/// Reads the file as text.
pub fn read_file(file: &Path) -> Result<String, ConfigFaults> {
    const FIX: &str = "pass the path of the configuration with --config";
    let unreadable = |message: &str| ConfigFaults::unreadable_file(file, message, FIX);
    let read_error = |cause: io::Error| unreadable(&format!("can't be read ({cause})"));
    let metadata = fs::metadata(file).map_err(read_error)?;
    if metadata.is_dir() {
        return Err(unreadable("is a folder"));
    }
    if FILE_BYTES_MAX < metadata.len() {
        return Err(unreadable(
            "is larger than 1 MB, too large for a configuration",
        ));
    }
    String::from_utf8(fs::read(file).map_err(read_error)?).map_err(|error| {
        ConfigFaults::not_utf8(file, error.as_bytes(), error.utf8_error().valid_up_to())
    })
}

/// Reads and validates `text`, the content of `file`. Channels that it names may be made in the browser:
/// [`parse_with_entries`] checks whether they are.
pub fn parse_configuration(
    text: &str,
    file: &Path,
    environment: fn(&str) -> Option<String>,
) -> Result<AppSettings, ConfigFaults> {
    parse(text, file, &[], ChannelNames::Any, environment)
}

/// A configuration that no file has.
#[derive(Clone, Debug)]
pub struct SiteEntries {
    pub site: SiteConfig,
    pub alerts: Vec<AlertRule>,
    pub playlists: Vec<Playlist>,
    pub calendars: Vec<CalendarPlan>,
}

/// Reads entries that people changed in the browser in the place of those of a configuration that no file has.
pub fn parse_site_entries(
    own: &SiteEntries,
    entries: &[RecordedText],
) -> Result<SiteEntries, ConfigFaults> {
    let site = &own.site;
    let file = Path::new("");
    let (whole, parts) = recorded::join_texts("", entries);
    let reader = ConfigReader::new(&whole, file, |_| None, &KEY_SECTIONS);
    let reader = reader.with_recorded(recorded::name_parts(entries, &parts));
    let (mut table, _) = DeTable::parse_recoverable("");
    recorded::merge_entries(&reader, &whole, &mut table, entries, &parts);
    let root = reader.root_section(&table);
    let (changed, _) = site::read_site(&root, &site.zone);
    let sources = SourceTables::of_site(site);
    let merged = MergedIds::new(&sources);
    let (groups, people) = (merged.read_groups(&root), merged.read_people(&root));
    let links = merged.read_links(&root);
    let figures = FigureTables::read(&root);
    figures.check_sources(&sources);
    let new_alerts = alerts::read_alerts(&root, ChannelNames::Existing);
    let calendars = holidays::read_calendars(&root, &changed.zone, &[]);
    let known = own.calendars.iter().chain(&calendars);
    let names: Vec<_> = known.map(|plan| plan.name.as_str()).collect();
    holidays::check_uses(&root, &names);
    // Without channels there is none that is right.
    reports::read_reports(&root, ChannelNames::Existing, &[]);
    let new_playlists = playlists::read_playlists(&root, &site.zone);
    let has = |section: &str| table.get_ref().contains_key(section);
    let (has_brand, has_privacy, has_language) = (has("brand"), has("privacy"), has("language"));
    root.finish_section();
    if !reader.is_clean() {
        return Err(reader.collected_faults());
    }
    let mut new = site.clone();
    new.zone = changed.zone;
    if has_language {
        new.language = changed.language;
    }
    new.targets.replace_all(changed.targets);
    new.thresholds.replace_all(changed.thresholds);
    new.hours.replace_all(changed.hours);
    new.names.extend(changed.names);
    new.hidden_queues.extend(changed.hidden_queues);
    new.hidden_agents.extend(changed.hidden_agents);
    new.linked_queues.extend(links);
    new.groups
        .retain(|old| groups.iter().all(|one| one.id != old.id));
    new.groups.extend(groups);
    new.people
        .retain(|old| people.iter().all(|one| one.id != old.id));
    new.people.extend(people);
    new.custom_figures = replace_named(&new.custom_figures, figures.figures, |figure| {
        figure.id.as_str()
    });
    if has_brand {
        new.brand = changed.brand;
    }
    if has_privacy {
        (new.agent_names, new.smallest_team) = (changed.agent_names, changed.smallest_team);
    }
    Ok(SiteEntries {
        site: new,
        alerts: replace_named(&own.alerts, new_alerts, |rule| &rule.name),
        playlists: replace_named(&own.playlists, new_playlists, |playlist| &playlist.name),
        calendars: replace_named(&own.calendars, calendars, |plan| &plan.name),
    })
}

/// Puts new ones in the place of those with their names, behind the others.
fn replace_named<T: Clone>(old: &[T], new: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let is_replaced = |old: &&T| new.iter().any(|new| name(new) == name(old));
    let kept: Vec<_> = old
        .iter()
        .filter(|old| !is_replaced(old))
        .cloned()
        .collect();
    kept.into_iter().chain(new).collect()
}

/// Reads and validates `text`, the content of `file`, with the entries that people changed in the browser.
pub fn parse_with_entries(
    text: &str,
    file: &Path,
    entries: &[RecordedText],
    environment: fn(&str) -> Option<String>,
) -> Result<AppSettings, ConfigFaults> {
    parse(text, file, entries, ChannelNames::Existing, environment)
}

fn parse(
    text: &str,
    file: &Path,
    entries: &[RecordedText],
    channel_names: ChannelNames,
    environment: fn(&str) -> Option<String>,
) -> Result<AppSettings, ConfigFaults> {
    // Some editors put a byte order mark before the first character.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (whole, parts) = recorded::join_texts(text, entries);
    let reader = ConfigReader::new(&whole, file, environment, &KEY_SECTIONS);
    let reader = reader.with_recorded(recorded::name_parts(entries, &parts));
    let (mut table, errors) = DeTable::parse_recoverable(&whole[..text.len()]);
    if !errors.is_empty() {
        report_syntax_faults(&reader, text, errors);
        return Err(reader.collected_faults().as_syntax_faults());
    }
    recorded::merge_entries(&reader, &whole, &mut table, entries, &parts);

    let root = reader.root_section(&table);
    let settings = read_root(&reader, &root, channel_names);
    root.finish_section();
    if reader.is_clean() {
        Ok(settings)
    } else {
        Err(ConfigFaults {
            boards: settings.boards,
            ..reader.collected_faults()
        })
    }
}

fn report_syntax_faults(reader: &ConfigReader<'_>, text: &str, errors: Vec<toml::de::Error>) {
    for error in errors.into_iter().take(FAULTS_MAX) {
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        let fix = syntax::fix_hint(text, &span, message);
        let duplicate = message
            .starts_with("duplicate key")
            .then(|| syntax::find_duplicate(text, &span));
        match duplicate.flatten() {
            Some((key, first)) => {
                let first = ConfigFault::at_span(text, &first, "", "", "");
                let message = format!("{message}, first at {}:{}", first.line, first.column);
                reader.record_fault(&span, &key, &message, fix);
            }
            None => reader.record_fault(&span, "", message, fix),
        }
    }
}

fn read_root(
    reader: &ConfigReader<'_>,
    root: &ConfigSection<'_, '_>,
    channel_names: ChannelNames,
) -> AppSettings {
    root.reject_key("notify", "remove it");
    read_secret_key(reader, root);
    let server = ServerSettings::read_section(root.section_at("server"));
    let (access, editing_policy) = AccessSettings::read_section(root, &server);
    let (site, contacts) = site::read_site(root, &TimeZone::UTC);
    let (store, calls) = server::read_store(reader, root.section_at("store"));
    let retention = RetentionSettings {
        contacts,
        calls: calls.unwrap_or(RetentionSettings::default().calls),
    };
    let context = ImportContext {
        site: Arc::new(SiteConfig {
            zone: site.zone.clone(),
            targets: site.targets.clone(),
            ..SiteConfig::default()
        }),
        keep_contacts: retention.contacts,
        keep: retention.calls,
    };
    let figures = FigureTables::read(root);
    let sources = source::read_sources(root, &context, &figures.figures);
    figures.check_sources(&sources);
    let merged = MergedIds::new(&sources);
    let site = SiteConfig {
        groups: merged.read_groups(root),
        people: merged.read_people(root),
        linked_queues: merged.read_links(root),
        source_names: sources.display_names,
        paused_sources: sources.paused,
        custom_figures: figures.figures,
        sources: sources.setups,
        ..site
    };
    let calendars = holidays::read_calendars(root, &site.zone, &server.private_receivers);
    let names: Vec<_> = calendars.iter().map(|plan| plan.name.as_str()).collect();
    holidays::check_uses(root, &names);
    let mut site = site;
    holidays::close_on_files(&mut site, &calendars);
    let log = LogSettings::read_section(root.section_at("log"));
    let cluster = ClusterSettings::read_section(root, log);
    let surroundings = case_records::RecordSurroundings { log, channel_names };
    let channels = read_channels(root, &server.private_receivers);
    AppSettings {
        playlists: playlists::read_playlists(root, &site.zone),
        site,
        boards: read_boards_folder(reader, root),
        store,
        sources: sources.live,
        imports: sources.imports,
        retention,
        log,
        case_records: case_records::read_case_records(reader, root, surroundings),
        reports: reports::read_reports(root, channel_names, &channels),
        channels,
        calendars,
        cluster,
        access,
        editing_policy,
        alerts: alerts::read_alerts(root, channel_names),
        server,
        secret_key: reader.secret_key(),
    }
}

/// Reads where the key of sealed secrets is, before anything reads such a secret. It is made when it's first needed.
fn read_secret_key(reader: &ConfigReader<'_>, root: &ConfigSection<'_, '_>) {
    let Some(section) = root.section_at("secret_key") else {
        return;
    };
    let file = section.required_entry("file", r#"secret_key = { file = "secret.key" }"#);
    if let Some(file) = file.and_then(|entry| entry.read_nonempty_text()) {
        reader.set_secret_key(reader.resolve_path(&file));
    }
    section.finish_section();
}

/// Returns the folder of board files. A configured folder must exist; the default `boards` beside
/// the file is optional.
fn read_boards_folder(reader: &ConfigReader<'_>, root: &ConfigSection<'_, '_>) -> Option<PathBuf> {
    let Some(entry) = root.entry("boards") else {
        return Some(reader.resolve_path("boards")).filter(|path| path.is_dir());
    };
    entry.parse_with("a folder that exists", |text| {
        Some(reader.resolve_path(text)).filter(|path| path.is_dir())
    })
}

#[cfg(test)]
mod broken_tests;
#[cfg(test)]
mod cluster_tests;
#[cfg(test)]
mod docs_tests;
#[cfg(test)]
mod export_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod recorded_tests;
#[cfg(test)]
pub(crate) mod test_file;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vendor_tests;
