//! The keys of an address that is asked for values, and of where its reply has them.

use std::{collections::BTreeMap, time::Duration};

use reqwest::header::HeaderValue;

use wallboard_domain::{AgentStatus, CustomFigure, CustomFigureKind, Metric, Unit};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, read_address_with_query, suggest_word};

use super::{
    metrics_of_agents, metrics_of_queues,
    poller::PollSettings,
    reply_map::{ListMap, MetricPlace, ReplyFormat, ReplyMap},
    value_place::{FigurePlace, NumberPlace},
};

const INTERVAL: Duration = Duration::from_secs(10);
const INTERVAL_MIN: Duration = Duration::from_secs(1);
const INTERVAL_MAX: Duration = Duration::from_hours(1);
const URL: &str = "https://pbx.example.com/queues.json";
const POINTER: &str = "a JSON Pointer such as \"/number\"";
/// The keys that only an address needs.
const KEYS: [&str; 9] = [
    "interval",
    "format",
    "authorization",
    "allow_plaintext",
    "ca_file",
    "time",
    "figures",
    "queues",
    "agents",
];

/// Reads the address and its map. `None` if there's no address, or a fault.
pub(super) fn read_poll(
    section: &ConfigSection<'_, '_>,
    valid_for: Duration,
    figures: &[CustomFigure],
) -> Option<PollSettings> {
    let map = ReplyMap {
        time: section.entry("time").and_then(|entry| read_pointer(&entry)),
        figures: read_figure_places(section, figures, false),
        queues: section
            .section_at("queues")
            .map(|list| read_list(list, Some(figures))),
        agents: section
            .section_at("agents")
            .map(|list| read_list(list, None)),
    };
    let Some(url) = section.entry("url") else {
        for key in KEYS {
            if let Some(entry) = section.entry(key) {
                entry.report_key_fault("is set without `url`", "set `url`, the address to ask");
            }
        }
        return None;
    };
    let interval = section.entry("interval");
    let read = interval.as_ref().map_or(Some(INTERVAL), |entry| {
        entry.read_duration(INTERVAL_MIN..=INTERVAL_MAX)
    });
    if let Some(entry) = interval
        .as_ref()
        .filter(|_| read.is_some_and(|read| valid_for < 2 * read))
    {
        let fix = "set `valid_for` to at least twice of it, so that one late reply marks nothing";
        entry.report_fault("is more than half of `valid_for`", fix);
    }
    let format: Option<ReplyFormat> = section
        .entry("format")
        .and_then(|entry| entry.read_variant());
    let allow_plaintext = section.entry("allow_plaintext");
    let allow_plaintext = allow_plaintext.and_then(|entry| entry.read_boolean());
    let authorization = section.entry("authorization").and_then(|entry| {
        let value = entry.read_secret()?;
        if HeaderValue::from_str(&value.0).is_err() {
            entry.report_fault(
                "isn't the value of a header (not shown: it's a secret)",
                "use the form \"Bearer …\", without line breaks",
            );
        }
        Some(value)
    });
    let ca_file = section
        .entry("ca_file")
        .and_then(|entry| entry.read_file_path());
    let address = read_address_with_query(&url, URL)?;
    let has_secret = authorization.is_some() || address.credentials.is_some();
    if address.is_unencrypted && has_secret && allow_plaintext != Some(true) {
        url.report_fault(
            "http:// would send the password or token unencrypted",
            "use https://, or set allow_plaintext = true to accept that",
        );
    }
    if map.queues.is_none() && map.agents.is_none() && map.figures.is_empty() {
        url.report_key_fault(
            "has nothing to read",
            "add [sources.….queues] with `list`, `id` and `metrics`, the same of `agents`, or `figures`",
        );
    }
    Some(PollSettings {
        url: address.url,
        credentials: address.credentials,
        authorization,
        ca_file,
        interval: read?,
        format: format.unwrap_or_default(),
        map,
    })
}

/// Reads the places of queues, which may have custom figures, or of agents.
fn read_list(section: ConfigSection<'_, '_>, figures: Option<&[CustomFigure]>) -> ListMap {
    let pointer = |key| {
        let entry: Option<ConfigEntry<'_, '_>> = section.entry(key);
        entry.and_then(|entry| read_pointer(&entry))
    };
    let list = section.required_entry("list", "list = \"/queues\"");
    let mut map = ListMap {
        list: list
            .and_then(|entry| read_pointer(&entry))
            .unwrap_or_default(),
        id: pointer("id"),
        name: pointer("name"),
        ..ListMap::default()
    };
    let metrics: Vec<Metric> = if let Some(figures) = figures {
        map.figures = read_figure_places(&section, figures, true);
        metrics_of_queues().collect()
    } else {
        map.state = pointer("state");
        map.states = read_states(&section);
        metrics_of_agents().collect()
    };
    let places = section.section_at("metrics");
    let places = places
        .map(|places| places.all_entries())
        .unwrap_or_default();
    map.metrics = (places.iter())
        .filter_map(|entry| read_place(entry, &metrics))
        .collect();
    if map.metrics.is_empty() && map.figures.is_empty() && map.state.is_none() {
        let fix = if figures.is_none() {
            "set `state` or `metrics`"
        } else {
            "set `metrics`, such as { waiting = \"/calls\" }"
        };
        section.record_fault("list", "has nothing to read of its items", fix);
    }
    section.finish_section();
    map
}

fn read_states(section: &ConfigSection<'_, '_>) -> BTreeMap<String, AgentStatus> {
    let entries = section.section_at("states");
    let entries = entries
        .map(|states| states.all_entries())
        .unwrap_or_default();
    let state = |entry: &ConfigEntry<'_, '_>| Some((entry.name.to_owned(), entry.read_variant()?));
    entries.iter().filter_map(state).collect()
}

/// Reads `waiting = "/calls"`, or `longest_wait = "/oldest ms"`.
fn read_place(entry: &ConfigEntry<'_, '_>, metrics: &[Metric]) -> Option<MetricPlace> {
    let Some(metric) = metrics
        .iter()
        .copied()
        .find(|metric| metric.name() == entry.name)
    else {
        let names: Vec<_> = metrics.iter().map(|metric| metric.name()).collect();
        let fix = suggest_word(entry.name, &names) + "allowed: " + &names.join(", ");
        entry.report_key_fault("is no metric", &fix);
        return None;
    };
    let number = read_number_place(entry, metric.unit() == Unit::Seconds)?;
    Some(MetricPlace { metric, number })
}

/// Reads `figures = { orders = "/total" }`: places of custom figures, of the site or of queues.
fn read_figure_places(
    section: &ConfigSection<'_, '_>,
    figures: &[CustomFigure],
    is_per_queue: bool,
) -> Vec<FigurePlace> {
    let places = section.section_at("figures");
    let entries = places.iter().flat_map(ConfigSection::all_entries);
    let read = |entry: ConfigEntry<'_, '_>| {
        let mut all = figures.iter();
        let figure = all.find(|one| one.id.as_str() == entry.name);
        let Some(figure) = figure.filter(|one| one.is_per_queue == is_per_queue) else {
            let of = if is_per_queue { "queue" } else { "site" };
            let fix = format!(
                "declare it: [figures.{}] with per = \"{of}\" and this source as `source`",
                entry.name
            );
            entry.report_key_fault(&format!("is no figure of this source per {of}"), &fix);
            return None;
        };
        let number = read_number_place(&entry, figure.kind == CustomFigureKind::Duration)?;
        let figure = figure.clone();
        Some(FigurePlace { figure, number })
    };
    entries.filter_map(read).collect()
}

fn read_number_place(entry: &ConfigEntry<'_, '_>, is_duration: bool) -> Option<NumberPlace> {
    let (wanted, units): (_, &[(&str, f64)]) = if is_duration {
        (
            "a JSON Pointer, with its unit if that isn't seconds: \"/oldest ms\" or \"/oldest min\"",
            &[(" s", 1.0), (" ms", 1_000.0), (" min", 1.0 / 60.0)],
        )
    } else {
        (POINTER, &[])
    };
    entry.parse_with(wanted, |text| {
        let unit = units.iter().find(|(unit, _)| text.ends_with(unit));
        let (unit, units) = unit.copied().unwrap_or(("", 1.0));
        Some(NumberPlace {
            pointer: parse_pointer(text.strip_suffix(unit)?)?,
            units,
            is_duration,
        })
    })
}

fn read_pointer(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    entry.parse_with(POINTER, parse_pointer)
}

/// Parses a JSON Pointer; empty is the whole.
fn parse_pointer(text: &str) -> Option<String> {
    (text.is_empty() || text.starts_with('/')).then(|| text.to_owned())
}
