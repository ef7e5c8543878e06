//! Board files: reads TOML and returns a [`BoardDefinition`] or all its faults. Rejects unknown
//! keys. No I/O: the caller has read the file.

use std::{collections::HashMap, ops::RangeInclusive, path::Path, str::FromStr};

use strum::VariantNames;
use toml::de::{DeTable, DeValue};

use wallboard_domain::{Metric, MetricOwner, Pattern};
use wallboard_toml_reader::{ConfigEntry, ConfigFaults, ConfigReader, ConfigSection, suggest_word};

use super::{
    board_definition::{BoardDefinition, BoardLayout},
    shown_figure::ShownFigure,
    widget_file,
};

/// Of a title or a name.
const NAME_CHARS_MAX: usize = 200;

const BOARD_KEYS: [&str; 15] = [
    "title",
    "layout",
    "theme",
    "density",
    "columns",
    "queues",
    "agents",
    "show",
    "totals",
    "widgets",
    "order",
    "hide",
    "names",
    "update_rate",
    "language",
];

/// A reminder of TOML syntax, for messages.
const TOML_HINT: &str =
    r#"put text in straight quotes: title = "Sales", show = ["waiting", "answered"]"#;
const PATTERN_HINT: &str =
    "use IDs such as \"chat/3f2b…\"; * stands for any characters: \"chat/*\"";

/// Reads the board of the file called `name`; the file's stem is the board's id.
///
/// # Errors
///
/// Returns every fault, with line and column.
pub fn parse_board(text: &str, name: &str) -> Result<BoardDefinition, ConfigFaults> {
    let reader = ConfigReader::new(text, Path::new(name), |_| None, &[]);
    let id = name.strip_suffix(".toml").unwrap_or(name);
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
    if id.is_empty() || !id.bytes().all(is_plain) {
        let message = "a board file's name is its address: use lowercase letters, digits, - and _";
        reader.record_fault(&(0..0), "", message, "");
    }
    let mut board = BoardDefinition::new(id, id, BoardLayout::default());
    match DeTable::parse(text) {
        Ok(table) => read_board(&reader.root_section(&table), &mut board),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            reader.record_fault(&span, "", error.message(), TOML_HINT);
        }
    }
    if reader.is_clean() {
        Ok(board)
    } else {
        Err(reader.collected_faults())
    }
}

fn read_board(root: &ConfigSection<'_, '_>, board: &mut BoardDefinition) {
    for entry in &root.all_entries() {
        match entry.name {
            "title" => board.title = read_name(entry).unwrap_or_default(),
            "layout" => board.layout = read_choice(entry).unwrap_or_default(),
            "theme" => board.theme = read_choice(entry).unwrap_or_default(),
            "density" => board.density = read_choice(entry).unwrap_or_default(),
            "columns" => board.columns = read_number(entry, 1..=6),
            "queues" => board.queues = read_patterns(entry),
            "agents" => board.agents = read_patterns(entry),
            "order" => board.order = read_patterns(entry),
            "hide" => board.hide = read_patterns(entry),
            "show" => board.show = read_shown(entry),
            "totals" => board.totals = read_metrics(entry),
            "widgets" => board.widgets = widget_file::read_widgets(entry),
            "names" => board.names = read_names(entry),
            "update_rate" => board.update_rate = read_choice(entry),
            "language" => board.language = read_choice(entry),
            "thresholds" => reject_thresholds(entry),
            _ => report_unknown_key(entry, &BOARD_KEYS),
        }
    }
    let entries = root.all_entries();
    let widgets = entries.iter().find(|entry| entry.name == "widgets");
    if let Some(widgets) = widgets.filter(|_| board.layout != BoardLayout::Queues) {
        let fix = "use layout = \"queues\", or remove them";
        widgets.report_key_fault("widgets are tiles, which this layout doesn't have", fix);
    }
}

pub(super) fn read_number(entry: &ConfigEntry<'_, '_>, allowed: RangeInclusive<u8>) -> Option<u8> {
    let number = match entry.value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        _ => None,
    };
    let number = number.filter(|number| allowed.contains(number));
    let (first, last) = allowed.into_inner();
    number.or_else(|| report_expected(entry, &format!("a number from {first} to {last}")))
}

fn read_patterns(entry: &ConfigEntry<'_, '_>) -> Vec<Pattern> {
    let read = |(text, item): (String, ConfigEntry<'_, '_>)| {
        if !is_pattern(&text) {
            item.report_fault(&format!("{text:?} matches nothing"), PATTERN_HINT);
        }
        Pattern(text)
    };
    read_texts(entry).into_iter().map(read).collect()
}

/// An id has a slash; a queue's name doesn't.
fn is_pattern(text: &str) -> bool {
    text.contains(['/', '*'])
}

fn read_metrics(entry: &ConfigEntry<'_, '_>) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for (name, item) in read_texts(entry) {
        match find_queue_metric(&name) {
            Some(metric) if metrics.contains(&metric) => {
                item.report_fault(&format!("`{name}` is listed twice"), "");
            }
            Some(metric) => metrics.push(metric),
            None => item.report_fault(&unknown_metric_message(&name), ""),
        }
    }
    metrics
}

/// Reads the figures of a queue. A custom figure gives a tile or a row no severity: they need a metric.
fn read_shown(entry: &ConfigEntry<'_, '_>) -> Vec<ShownFigure> {
    const WANTED: &str = "a list of metrics, such as [\"waiting\", { custom = \"orders\" }]";
    let items = if entry.is_list() {
        entry.read_items(WANTED)
    } else {
        report_expected(entry, WANTED)
    };
    let Some(items) = items else {
        return Vec::new();
    };
    let mut shown = Vec::new();
    for item in &items {
        match ShownFigure::read(item) {
            Some(figure) if shown.contains(&figure) => {
                item.report_fault(&format!("`{}` is listed twice", figure.name()), "");
            }
            Some(figure) => shown.push(figure),
            None => {}
        }
    }
    let has_metric = shown.iter().any(|figure| figure.metric().is_some());
    // The faults of others are reported.
    if !has_metric && shown.len() == items.len() {
        return report_expected(entry, "a list of at least one metric").unwrap_or_default();
    }
    shown
}

fn read_names(entry: &ConfigEntry<'_, '_>) -> HashMap<String, String> {
    let names = read_table(entry);
    let read = |name: &ConfigEntry<'_, '_>| Some((name.name.to_owned(), read_name(name)?));
    names.iter().filter_map(read).collect()
}

/// Rejects the thresholds that a board file had in earlier versions, with the line that replaces
/// each of its patterns.
fn reject_thresholds(entry: &ConfigEntry<'_, '_>) {
    const WHAT: &str = "thresholds apply to all boards, and are in the main configuration";
    let patterns = read_table(entry);
    if patterns.is_empty() {
        entry.report_key_fault(WHAT, "remove it");
    }
    for mut pattern in patterns {
        // Faults quote a pattern even where TOML doesn't need it.
        pattern.path = format!("{}.{:?}", entry.path, pattern.name);
        let value = pattern.format_value();
        let fix = format!(
            "move it below [thresholds] there: {:?} = {value}",
            pattern.name
        );
        pattern.report_key_fault(WHAT, &fix);
    }
}

/// Returns the keys of a table in the order of the file.
fn read_table<'r, 't>(entry: &ConfigEntry<'r, 't>) -> Vec<ConfigEntry<'r, 't>> {
    match entry.value.get_ref() {
        DeValue::Table(_) => (entry.as_section().iter())
            .flat_map(ConfigSection::all_entries)
            .collect(),
        _ => report_expected(entry, "a table").unwrap_or_default(),
    }
}

pub(super) fn read_text(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    match entry.value.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
        _ => report_expected(entry, "text in quotes"),
    }
}

fn read_name(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let name = read_text(entry)?;
    check_name_length(entry, &name);
    Some(name)
}

/// Reports a title or a name that nothing has room for. The forms allow no longer ones.
pub fn check_name_length(entry: &ConfigEntry<'_, '_>, name: &str) {
    if NAME_CHARS_MAX < name.chars().count() {
        let what = format!("has more than {NAME_CHARS_MAX} characters");
        entry.report_fault(&what, "make it shorter");
    }
}

/// Reads a list of texts, each with its place.
fn read_texts<'r, 't>(entry: &ConfigEntry<'r, 't>) -> Vec<(String, ConfigEntry<'r, 't>)> {
    const WANTED: &str = "a list of texts, such as [\"…\", \"…\"]";
    let items = if entry.is_list() {
        entry.read_items(WANTED)
    } else {
        report_expected(entry, WANTED)
    };
    let read = |item| Some((read_text(&item)?, item));
    items.into_iter().flatten().filter_map(read).collect()
}

fn read_choice<E: FromStr + VariantNames>(entry: &ConfigEntry<'_, '_>) -> Option<E> {
    let text = read_text(entry)?;
    let found = text.parse().ok();
    if found.is_none() {
        let what = format!("{text:?} isn't allowed");
        entry.report_fault(&what, &list_allowed(&text, E::VARIANTS));
    }
    found
}

fn report_expected<T>(entry: &ConfigEntry<'_, '_>, expected: &str) -> Option<T> {
    entry.report_fault(&format!("it must be {expected}"), "");
    None
}

fn report_unknown_key(entry: &ConfigEntry<'_, '_>, allowed: &[&str]) {
    entry.report_key_fault("unknown key", &list_allowed(entry.name, allowed));
}

/// "did you mean `title`? allowed here: …".
fn list_allowed(word: &str, allowed: &[&str]) -> String {
    let near = suggest_word(word, allowed);
    format!("{near}allowed here: {}", allowed.join(", "))
}

/// Finds a queue metric by name.
pub(super) fn find_queue_metric(name: &str) -> Option<Metric> {
    Metric::from_name(name).filter(|metric| metric.owner() != MetricOwner::Agent)
}

pub(super) fn unknown_metric_message(name: &str) -> String {
    if Metric::from_name(name).is_some() {
        return format!(
            "{name:?} is an agent metric, and boards show queue metrics; see the agent's page"
        );
    }
    let names = Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent);
    let names: Vec<_> = names.map(Metric::name).collect();
    format!(
        "{name:?} isn't a queue metric; {}",
        list_allowed(name, &names)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use wallboard_domain::BoardTheme;

    #[test]
    fn board_file_sets_all_parts_of_a_board() {
        let board = parse_board(
            include_str!("../../../boards/customer-service.toml"),
            "service.toml",
        )
        .unwrap();

        assert_eq!(
            (board.id.as_str(), board.title.as_str()),
            ("service", "Customer service")
        );
        assert_eq!(
            (board.layout, board.theme),
            (BoardLayout::Queues, BoardTheme::Dark)
        );
        assert_eq!(board.queues, [Pattern("chat/*".into())]);
        assert_eq!(board.show[0], Metric::Waiting);
    }

    fn check_faults(text: &str, expected: &str) {
        let faults = parse_board(text, "b.toml").unwrap_err();
        assert_eq!(faults.to_string(), expected, "{text}");
    }

    #[test]
    fn board_may_show_any_queue_metric() {
        for metric in Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent) {
            let board = parse_board(&format!("show = [{:?}]", metric.name()), "b.toml").unwrap();
            assert_eq!(board.show, [metric]);
        }
    }

    #[test]
    fn thresholds_are_rejected_with_the_lines_to_move() {
        let moved = "thresholds apply to all boards, and are in the main configuration; move it below [thresholds] there:";
        check_faults(
            "title = \"B\"\n[thresholds.\"chat/*\"]\nwaiting = { warn = 5, crit = 10 }\nservice_level.warn_below = \"target-10\" # old\n[thresholds.\"*\".longest_wait]\nwarn = '45s'",
            &format!(
                "b.toml:2:13: thresholds.\"chat/*\": {moved} \"chat/*\" = {{ waiting = {{ warn = 5, crit = 10 }}, service_level = {{ warn_below = \"target-10\" }} }}\n\
                 b.toml:5:13: thresholds.\"*\": {moved} \"*\" = {{ longest_wait = {{ warn = '45s' }} }}"
            ),
        );
        check_faults(
            "thresholds = {}",
            "b.toml:1:1: thresholds: thresholds apply to all boards, and are in the main configuration; remove it",
        );
    }

    #[test]
    fn faults_name_their_position_and_the_allowed_values() {
        check_faults(
            "\nlayuot = \"list\"",
            "b.toml:2:1: layuot: unknown key; did you mean `layout`? allowed here: title, layout, theme, density, columns, queues, agents, show, totals, widgets, order, hide, names, update_rate, language",
        );
        check_faults(
            "layout = \"lists\"",
            "b.toml:1:10: layout: \"lists\" isn't allowed; did you mean `list`? allowed here: queues, agents, list",
        );
        check_faults(
            "columns = 0",
            "b.toml:1:11: columns: it must be a number from 1 to 6",
        );
        check_faults(
            "queues = \"chat/*\"",
            "b.toml:1:10: queues: it must be a list of texts, such as [\"…\", \"…\"]",
        );
        check_faults(
            "queues = [\"Sales\"]",
            &format!("b.toml:1:11: queues: \"Sales\" matches nothing; {PATTERN_HINT}"),
        );
        check_faults(
            "title = Sales",
            &format!(
                "b.toml:1:9: string values must be quoted, expected literal string; {TOML_HINT}"
            ),
        );
        check_faults(
            "show = []",
            "b.toml:1:8: show: it must be a list of at least one metric",
        );
        check_faults(
            "show = [{ custom = \"orders\" }]",
            "b.toml:1:8: show: it must be a list of at least one metric",
        );
        check_faults(
            "show = [\"waiting\", { custom = \"orders\" }, { custom = \"orders\" }, { custom = \"No\" }, { of = \"a\" }]",
            "b.toml:1:43: show: `orders` is listed twice\n\
             b.toml:1:77: show.custom: \"No\" names no figure; use the key of one of [figures], such as \"orders\"\n\
             b.toml:1:85: show.custom: is missing; write custom = \"orders\", a key of [figures]\n\
             b.toml:1:87: show.of: unknown key; allowed here: custom",
        );
        check_faults(
            "show = [\"talk_time\"]",
            "b.toml:1:9: show: \"talk_time\" is an agent metric, and boards show queue metrics; see the agent's page",
        );
        check_faults(
            "widgets = []\nlayout = \"list\"",
            "b.toml:1:1: widgets: widgets are tiles, which this layout doesn't have; use layout = \"queues\", or remove them",
        );
        let faults = parse_board("title = 3\nshow = [\"waitng\"]", "Bad name.toml").unwrap_err();
        assert_eq!(faults.faults.len(), 3, "{faults}");
        assert!(parse_board("title = ", "b.toml").is_err());
    }
}
