//! Board files: reads TOML and returns a [`BoardDefinition`] or all its faults. Rejects unknown
//! keys. No I/O: the caller has read the file.

use std::{collections::HashMap, str::FromStr};

use strum::VariantNames;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::domain::{Metric, MetricOwner, Pattern, Patterns};

use super::{
    board_definition::{BoardDefinition, BoardLayout, SeverityLimits},
    board_fault::{BoardFault, BoardFaults, suggest_allowed},
    severity_limits,
};

const BOARD_KEYS: [&str; 12] = [
    "title",
    "layout",
    "theme",
    "columns",
    "queues",
    "agents",
    "show",
    "totals",
    "order",
    "hide",
    "names",
    "thresholds",
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
pub fn parse_board(text: &str, name: &str) -> Result<BoardDefinition, BoardFaults> {
    let mut reader = BoardFileReader {
        text,
        faults: Vec::new(),
    };
    let board = reader.read_board(name);
    reader
        .faults
        .sort_by_key(|fault| (fault.line, fault.column));
    match board {
        Some(board) if reader.faults.is_empty() => Ok(board),
        _ => Err(BoardFaults {
            file: name.to_owned(),
            faults: reader.faults,
        }),
    }
}

pub(super) struct BoardFileReader<'t> {
    text: &'t str,
    faults: Vec<BoardFault>,
}

/// A value and its key.
pub(super) type BoardFileEntry<'a, 't> = (&'a str, &'a Spanned<DeValue<'t>>);

impl BoardFileReader<'_> {
    fn read_board(&mut self, name: &str) -> Option<BoardDefinition> {
        let id = name.strip_suffix(".toml").unwrap_or(name);
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
        if id.is_empty() || !id.bytes().all(is_plain) {
            let message =
                "a board file's name is its address: use lowercase letters, digits, - and _";
            self.faults
                .push(BoardFault::at_span("", &(0..0), "", message.to_owned()));
        }
        let text = self.text;
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let message = format!("{}; {TOML_HINT}", error.message());
                self.faults
                    .push(BoardFault::at_span(text, &span, "", message));
                return None;
            }
        };

        let mut board = BoardDefinition::new(id, id, BoardLayout::default());
        for (key, value) in &table {
            let entry = (&**key.get_ref(), value);
            match entry.0 {
                "title" => self
                    .read_string(entry)
                    .into_iter()
                    .for_each(|t| board.title = t),
                "layout" => self
                    .read_choice(entry)
                    .into_iter()
                    .for_each(|l| board.layout = l),
                "theme" => self
                    .read_choice(entry)
                    .into_iter()
                    .for_each(|t| board.theme = t),
                "columns" => board.columns = self.read_columns(entry),
                "queues" => board.queues = self.read_patterns(entry),
                "agents" => board.agents = self.read_patterns(entry),
                "order" => board.order = self.read_patterns(entry),
                "hide" => board.hide = self.read_patterns(entry),
                "show" => board.show = self.read_metrics(entry),
                "totals" => board.totals = self.read_metrics(entry),
                "names" => board.names = self.read_names(entry),
                "thresholds" => board.thresholds = self.read_thresholds(entry),
                other => {
                    let message = format!("unknown key; {}", suggest_allowed(other, &BOARD_KEYS));
                    self.report_fault(other, &key.span(), message);
                }
            }
        }
        Some(board)
    }

    fn read_columns(&mut self, (key, value): BoardFileEntry<'_, '_>) -> Option<u8> {
        let columns = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let columns = columns.filter(|columns| (1..=6).contains(columns));
        if columns.is_none() {
            self.report_expected(key, value, "a number from 1 to 6");
        }
        columns
    }

    fn read_patterns(&mut self, entry: BoardFileEntry<'_, '_>) -> Vec<Pattern> {
        let texts = self.read_strings(entry);
        for (text, span) in &texts {
            self.check_pattern(entry.0, text, span);
        }
        texts.into_iter().map(|(text, _)| Pattern(text)).collect()
    }

    /// An id has a slash; a queue's name doesn't.
    fn check_pattern(&mut self, key: &str, pattern: &str, span: &std::ops::Range<usize>) {
        if !pattern.contains(['/', '*']) {
            let message = format!("{pattern:?} matches nothing; {PATTERN_HINT}");
            self.report_fault(key, span, message);
        }
    }

    fn read_metrics(&mut self, entry: BoardFileEntry<'_, '_>) -> Vec<Metric> {
        let mut metrics = Vec::new();
        for (name, span) in self.read_strings(entry) {
            match find_queue_metric(&name) {
                Some(metric) if metrics.contains(&metric) => {
                    self.report_fault(entry.0, &span, format!("`{name}` is listed twice"));
                }
                Some(metric) => metrics.push(metric),
                None => self.report_fault(entry.0, &span, unknown_metric_message(&name)),
            }
        }
        let is_empty = matches!(entry.1.get_ref(), DeValue::Array(items) if items.is_empty());
        if is_empty && entry.0 == "show" {
            self.report_expected(entry.0, entry.1, "a list of at least one metric");
        }
        metrics
    }

    fn read_names(&mut self, entry: BoardFileEntry<'_, '_>) -> HashMap<String, String> {
        let mut names = HashMap::new();
        let Some(table) = self.read_table(entry) else {
            return names;
        };
        for (id, name) in table {
            let key = format!("names.{:?}", id.get_ref());
            if let Some(name) = self.read_string((&key, name)) {
                names.insert(id.get_ref().to_string(), name);
            }
        }
        names
    }

    fn read_thresholds(
        &mut self,
        entry: BoardFileEntry<'_, '_>,
    ) -> Patterns<HashMap<Metric, SeverityLimits>> {
        let mut found = Vec::new();
        for (pattern, metrics) in self.read_table(entry).into_iter().flatten() {
            let path = format!("thresholds.{:?}", pattern.get_ref());
            if find_queue_metric(pattern.get_ref()).is_some() {
                let message = "isn't under a pattern; put [thresholds.\"*\"] above it";
                self.report_fault(&path, &pattern.span(), message.to_owned());
                continue;
            }
            self.check_pattern(&path, pattern.get_ref(), &pattern.span());
            let mut limits = HashMap::new();
            for (name, value) in self.read_table((&path, metrics)).into_iter().flatten() {
                let key = format!("{path}.{}", name.get_ref());
                match find_queue_metric(name.get_ref()) {
                    Some(metric) => {
                        limits.extend(
                            severity_limits::read_limits(self, (&key, value), metric)
                                .map(|l| (metric, l)),
                        );
                    }
                    None => self.report_fault(
                        &key,
                        &name.span(),
                        unknown_metric_message(name.get_ref()),
                    ),
                }
            }
            let offset = pattern.span().start;
            found.push((offset, (Pattern(pattern.get_ref().to_string()), limits)));
        }
        // In file order, which decides between equal patterns.
        found.sort_by_key(|(offset, _)| *offset);
        Patterns(found.into_iter().map(|(_, limits)| limits).collect())
    }

    pub(super) fn read_table<'a, 't>(
        &mut self,
        (key, value): BoardFileEntry<'a, 't>,
    ) -> Option<&'a DeTable<'t>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.report_expected(key, value, "a table");
        None
    }

    fn read_string(&mut self, (key, value): BoardFileEntry<'_, '_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            _ => {
                self.report_expected(key, value, "text in quotes");
                None
            }
        }
    }

    fn read_strings(
        &mut self,
        (key, value): BoardFileEntry<'_, '_>,
    ) -> Vec<(String, std::ops::Range<usize>)> {
        let DeValue::Array(items) = value.get_ref() else {
            self.report_expected(key, value, "a list of texts, such as [\"…\", \"…\"]");
            return Vec::new();
        };
        let texts = items
            .iter()
            .map(|item| (self.read_string((key, item)), item.span()));
        texts
            .filter_map(|(text, span)| Some((text?, span)))
            .collect()
    }

    fn read_choice<E: FromStr + VariantNames>(
        &mut self,
        (key, value): BoardFileEntry<'_, '_>,
    ) -> Option<E> {
        let text = self.read_string((key, value))?;
        let found = text.parse().ok();
        if found.is_none() {
            let allowed = suggest_allowed(&text, E::VARIANTS);
            let message = format!("{text:?} isn't allowed; {allowed}");
            self.report_fault(key, &value.span(), message);
        }
        found
    }

    pub(super) fn report_expected(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
    ) {
        self.report_fault(key, &value.span(), format!("it must be {expected}"));
    }

    pub(super) fn report_fault(
        &mut self,
        key: &str,
        span: &std::ops::Range<usize>,
        message: String,
    ) {
        self.faults
            .push(BoardFault::at_span(self.text, span, key, message));
    }
}

/// Finds a queue metric by name.
fn find_queue_metric(name: &str) -> Option<Metric> {
    Metric::from_name(name).filter(|metric| metric.owner() != MetricOwner::Agent)
}

fn unknown_metric_message(name: &str) -> String {
    if Metric::from_name(name).is_some() {
        return format!(
            "{name:?} is an agent metric, and boards show queue metrics; see the agent's page"
        );
    }
    let names = Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent);
    let names: Vec<_> = names.map(Metric::name).collect();
    format!(
        "{name:?} isn't a queue metric; {}",
        suggest_allowed(name, &names)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::{BoardTheme, LimitValue};

    #[test]
    fn board_file_sets_all_parts_of_a_board() {
        let board = parse_board(
            include_str!("../../boards/customer-service.toml"),
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
        let limits = board.limits_for("chat/1", Metric::LongestWait);
        assert_eq!((limits.warning, limits.critical), (Some(45.0), Some(120.0)));
        let limits = board.limits_for("chat/1", Metric::ServiceLevel);
        assert_eq!(limits.critical_below, Some(LimitValue::FromTarget(-30.0)));
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
    fn faults_name_their_position_and_the_allowed_values() {
        check_faults(
            "\nlayuot = \"list\"",
            "b.toml:2:1: layuot: unknown key; did you mean `layout`? allowed here: title, layout, theme, columns, queues, agents, show, totals, order, hide, names, thresholds",
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
            "[thresholds.\"*\"]\nwaiting = { warn = 9, crit = 5 }",
            "b.toml:2:11: thresholds.\"*\".waiting: crit must be beyond warn",
        );
        check_faults(
            "[thresholds.\"*\"]\nlongest_wait = { warn = \"1 hour\" }",
            "b.toml:2:25: thresholds.\"*\".longest_wait.warn: it must be a duration such as \"90s\" or \"2m\"",
        );
        check_faults(
            "[thresholds.\"*\"]\nwaiting = { wran = 9 }",
            "b.toml:2:13: thresholds.\"*\".waiting.wran: unknown key; did you mean `warn`? allowed here: warn, crit, warn_below, crit_below",
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
            "[thresholds]\nwaiting = { warn = 5 }",
            "b.toml:2:1: thresholds.\"waiting\": isn't under a pattern; put [thresholds.\"*\"] above it",
        );
        check_faults(
            "[thresholds.\"*\"]\nservice_level = { warn = 80 }",
            "b.toml:2:19: thresholds.\"*\".service_level.warn: a low service level is the problem; use warn_below and crit_below",
        );
        check_faults(
            "show = []",
            "b.toml:1:8: show: it must be a list of at least one metric",
        );
        check_faults(
            "show = [\"talk_time\"]",
            "b.toml:1:9: show: \"talk_time\" is an agent metric, and boards show queue metrics; see the agent's page",
        );
        let faults = parse_board("title = 3\nshow = [\"waitng\"]", "Bad name.toml").unwrap_err();
        assert_eq!(faults.faults.len(), 3, "{faults}");
        assert!(parse_board("title = ", "b.toml").is_err());
    }
}
