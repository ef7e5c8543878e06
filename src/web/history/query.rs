//! Parses a history page's address and builds it. It holds all of the page's state, so an address
//! can be shared.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::web::parts::case_listing;
use wallboard_boards::encode_segment;
use wallboard_domain::{CountBy, Id};
use wallboard_history::report::{ReportDimension, ReportSubject};
use wallboard_texts::Texts;

use super::{
    choice::{
        Choice, ChoiceLabel, Comparison, HeatMetric, HistoryView, IncludedDays, IncludedHours,
        RowKind, RowStep,
    },
    range::{Preset, TimeRange},
};

/// Maximum number of queues in a query.
const QUEUES_MAX: usize = 100;
/// The `range` value for custom dates.
const CUSTOM_RANGE: &str = "days";

/// All choices of the history pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HistoryQuery {
    /// Empty: all.
    pub(super) queues: Vec<Id>,
    pub(super) agent: Option<Id>,
    pub(super) range: TimeRange,
    pub(super) days: IncludedDays,
    pub(super) hours: IncludedHours,
    /// `None`: one that fits the range.
    pub(super) step: Option<RowStep>,
    pub(super) compare: Comparison,
    /// The first day of the period to compare with, in place of `compare`.
    pub(super) compare_from: Option<Date>,
    /// `None`: the site's.
    pub(super) zone: Option<String>,
    pub(super) count_by: CountBy,
    pub(super) rows: RowKind,
    pub(super) view: HistoryView,
    pub(super) heat_metric: HeatMetric,
    pub(super) sort: Option<SortOrder>,
    /// Only rows that missed their target.
    pub(super) only_missed: bool,
    /// For calls: the outcome.
    pub(super) outcome: Option<String>,
    /// For calls: the ID of a reason, type or outcome.
    pub(super) coded: Option<(ReportDimension, Id)>,
    /// For calls: the end of the previous page.
    pub(super) cursor: Option<String>,
}

/// The key of the column to sort by; empty for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SortOrder {
    pub(super) column: String,
    pub(super) is_descending: bool,
}

impl HistoryQuery {
    /// The error is a sentence for the page.
    pub(super) fn parse(pairs: &[(String, String)]) -> Result<Self, String> {
        let mut query = Self::default();
        let (mut range, mut from, mut to) = (None, None, None);
        // A form also sends empty fields.
        for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match key.as_str() {
                "queue" if query.queues.len() < QUEUES_MAX => query.queues.push(parse_id(value)?),
                "queue" => return Err(format!("Choose at most {QUEUES_MAX} queues.")),
                "agent" => query.agent = Some(parse_id(value)?),
                "range" => range = Some(value.as_str()),
                "from" => from = Some(value.as_str()),
                "to" => to = Some(value.as_str()),
                "weekday" => query.days = parse_choice(key, value)?,
                "hours" => query.hours = parse_choice(key, value)?,
                "step" => query.step = Some(parse_choice(key, value)?),
                "compare" => query.compare = parse_choice(key, value)?,
                "compare_from" => query.compare_from = Some(parse_day(key, value)?),
                "zone" => query.zone = Some(parse_zone(value)?),
                "count_by" => query.count_by = parse_choice(key, value)?,
                "by" => query.rows = parse_choice(key, value)?,
                "view" => query.view = parse_choice(key, value)?,
                // The name in old addresses.
                "metric" if value == "average_wait" => {
                    query.heat_metric = HeatMetric::AverageSpeedOfAnswer;
                }
                "metric" => query.heat_metric = parse_choice(key, value)?,
                "sort" => query.sort = Some(parse_sort(value)),
                "only" if value == "missed" => query.only_missed = true,
                "only" => return Err("only must be missed.".to_owned()),
                "outcome" => query.outcome = Some(value.clone()),
                "reason" | "type" | "end_by" => {
                    query.coded = key.parse().ok().zip(Some(parse_id(value)?));
                }
                "cursor" => query.cursor = Some(value.clone()),
                _ => {
                    return Err(format!("Unknown option in the link: {key}."));
                }
            }
        }
        query.queues.sort();
        query.queues.dedup();
        query.range = parse_range(range, from, to)?;
        if query.rows.code_dimension().is_some() {
            // Reasons have no time other than their call's.
            query.count_by = CountBy::Start;
        }
        Ok(query)
    }

    /// The queues or the agent that it is about.
    pub(super) fn subject(&self) -> ReportSubject {
        match (&self.agent, &self.queues[..]) {
            (Some(agent), _) => ReportSubject::Agent(agent.clone()),
            (None, []) => ReportSubject::Site,
            (None, [queue]) => ReportSubject::Queue(queue.clone()),
            (None, queues) => ReportSubject::Queues(queues.to_vec()),
        }
    }

    /// Whether its rows or sums have the figures of agents.
    pub(super) fn is_of_agents(&self) -> bool {
        self.agent.is_some() || self.rows.is_of_agents() || self.view == HistoryView::Adherence
    }

    /// Whether its rows have what an agent handled in a queue.
    pub(super) fn is_of_handled_calls(&self) -> bool {
        match self.rows {
            RowKind::Queue => self.agent.is_some(),
            RowKind::Agent => !self.queues.is_empty(),
            _ => false,
        }
    }

    /// Why nothing has the figures of its queues or agent in such rows; `None` if something has.
    pub(super) fn unavailable_rows(&self) -> Option<ChoiceLabel> {
        let is_of_all = self.agent.is_none() && self.queues.is_empty();
        let is_of_queues =
            !self.queues.is_empty() || matches!(self.rows, RowKind::Queue | RowKind::QueueGroup);
        let is_coded = self.rows.code_dimension().is_some();
        if self.view == HistoryView::Adherence && (is_of_queues || is_coded) {
            return Some(Texts::adherence_of_agents);
        }
        match self.rows {
            _ if is_of_all => None,
            RowKind::QueueGroup => Some(Texts::queue_groups_of_all),
            RowKind::AgentGroup => Some(Texts::agent_groups_of_all),
            _ if is_coded && self.agent.is_some() => Some(Texts::agents_without_breakdown),
            _ if self.agent.is_some() && !self.queues.is_empty() => Some(Texts::queues_or_agent),
            RowKind::Time | RowKind::Queue | RowKind::Agent | RowKind::Reason | RowKind::Type => {
                None
            }
        }
    }

    /// Whether no time of its range is left out.
    pub(super) fn includes_all_times(&self) -> bool {
        self.days == IncludedDays::All && self.hours == IncludedHours::All
    }

    /// The address of `path` with these choices, without defaults.
    pub(super) fn path_for(&self, path: &str) -> String {
        let pairs = self.query_pairs().into_iter();
        let pairs: Vec<_> = pairs
            .map(|(key, value)| format!("{key}={}", encode_segment(&value)))
            .collect();
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    }

    /// The calls of these queues or this agent in a time range.
    pub(super) fn calls_path(
        &self,
        from: Timestamp,
        to: Timestamp,
        outcome: Option<&str>,
    ) -> String {
        let calls = Self {
            queues: self.queues.clone(),
            agent: self.agent.clone(),
            range: TimeRange::Between(from, to),
            zone: self.zone.clone(),
            count_by: self.count_by,
            outcome: outcome.map(str::to_owned),
            coded: self.coded.clone(),
            ..Self::default()
        };
        calls.path_for("/history/calls")
    }

    /// In address order.
    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        let queues = self.queues.iter().map(|id| ("queue", id.to_string()));
        let mut pairs: Vec<_> = queues.collect();
        let mut add = |key, value: Option<String>| pairs.extend(value.map(|value| (key, value)));
        add("agent", self.agent.as_ref().map(Id::to_string));
        let (range, from, to) = match self.range {
            TimeRange::LastDay => (None, None, None),
            TimeRange::Preset(preset) => (Some(preset.name().to_owned()), None, None),
            TimeRange::Days(first, last) => {
                let range = Some(CUSTOM_RANGE.to_owned());
                (range, Some(first.to_string()), Some(last.to_string()))
            }
            TimeRange::Between(from, to) => (None, Some(from.to_string()), Some(to.to_string())),
        };
        add("range", range);
        add("from", from);
        add("to", to);
        add("weekday", choice_unless_default(self.days));
        add("hours", choice_unless_default(self.hours));
        add("step", self.step.map(|step| step.name().to_owned()));
        add("compare", choice_unless_default(self.compare));
        add("compare_from", self.compare_from.map(|day| day.to_string()));
        add("zone", self.zone.clone());
        add("count_by", choice_unless_default(self.count_by));
        add("by", choice_unless_default(self.rows));
        add("view", choice_unless_default(self.view));
        add("metric", choice_unless_default(self.heat_metric));
        let sort = self.sort.as_ref().map(|sort| {
            let sign = if sort.is_descending { "-" } else { "" };
            format!("{sign}{}", sort.column)
        });
        add("sort", sort);
        add("only", self.only_missed.then(|| "missed".to_owned()));
        add("outcome", self.outcome.clone());
        if let Some((by, id)) = &self.coded {
            add(by.into_str(), Some(id.to_string()));
        }
        add("cursor", self.cursor.clone());
        pairs
    }
}

/// The name of the choice, unless it is the default.
pub(super) fn choice_unless_default<C: Choice + Default>(choice: C) -> Option<String> {
    (choice != C::default()).then(|| Choice::name(choice).to_owned())
}

fn parse_choice<C: Choice>(key: &str, value: &str) -> Result<C, String> {
    C::from_name(value).ok_or_else(|| {
        let names: Vec<_> = C::TABLE.iter().map(|row| row.1).collect();
        format!("{key} must be one of: {}.", names.join(", "))
    })
}

fn parse_id(text: &str) -> Result<Id, String> {
    let id = case_listing::parse_id(text);
    let id = id.filter(|id| !id.source.as_str().is_empty() && !id.external.is_empty());
    id.ok_or_else(|| format!("“{text}” isn’t a valid ID. Use source/ID, for example export/12."))
}

fn parse_zone(name: &str) -> Result<String, String> {
    TimeZone::get(name)
        .map(|_| name.to_owned())
        .map_err(|_| format!("“{name}” isn’t a time zone. Use a name such as Europe/Stockholm."))
}

fn parse_day(key: &str, text: &str) -> Result<Date, String> {
    let day = text.parse().ok().filter(|_| text.len() == 10);
    day.ok_or_else(|| format!("{key} must be a date such as 2026-11-19."))
}

fn parse_sort(text: &str) -> SortOrder {
    let column = text.strip_prefix('-');
    SortOrder {
        column: column.unwrap_or(text).to_owned(),
        is_descending: column.is_some(),
    }
}

fn parse_range(
    range: Option<&str>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<TimeRange, String> {
    match (range, from, to) {
        (None, None, None) => Ok(TimeRange::default()),
        // A form with a preset also sends the dates.
        (Some(name), _, _) if name != CUSTOM_RANGE => {
            let preset = Preset::from_name(name).map(TimeRange::Preset);
            preset.ok_or_else(|| {
                let names: Vec<_> = Preset::TABLE.iter().map(|row| row.1).collect();
                format!(
                    "range must be one of: {}, {CUSTOM_RANGE}.",
                    names.join(", ")
                )
            })
        }
        (_, Some(from), Some(to)) => parse_dates(from, to),
        (_, Some(day), None) | (_, None, Some(day)) => parse_dates(day, day),
        (Some(_), None, None) => Err("Choose a start and an end date (from and to).".to_owned()),
    }
}

fn parse_dates(from: &str, to: &str) -> Result<TimeRange, String> {
    if let (Ok(from), Ok(to)) = (from.parse::<Date>(), to.parse::<Date>())
        && from.to_string().len() == 10
    {
        return if from <= to {
            Ok(TimeRange::Days(from, to))
        } else {
            Err(format!(
                "The end date {to} is before the start date {from}."
            ))
        };
    }
    match (from.parse::<Timestamp>(), to.parse::<Timestamp>()) {
        (Ok(from), Ok(to)) if from < to => Ok(TimeRange::Between(from, to)),
        (Ok(_), Ok(_)) => Err("from must be before to.".to_owned()),
        _ => Err("from and to must be dates such as 2026-11-19, or both timestamps.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Result<HistoryQuery, String> {
        let pairs: Vec<_> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| {
                (
                    key.to_owned(),
                    value.replace("%2F", "/").replace("%3A", ":"),
                )
            })
            .collect();
        HistoryQuery::parse(&pairs)
    }

    #[test]
    fn addresses_round_trip_without_defaults() {
        let table = [
            "",
            "queue=export%2F1&queue=export%2F2&range=yesterday",
            "range=today",
            "range=28d&weekday=mon-fri&hours=open&step=1d",
            "agent=export%2F5101&range=days&from=2026-11-01&to=2026-11-15&step=1d",
            "compare_from=2026-08-31&zone=UTC",
            "compare=none&zone=UTC&count_by=event&by=queue&view=table&sort=-abandoned&only=missed",
            "range=28d&view=heatmap&metric=service_level",
            "from=2026-11-19T09%3A00%3A00Z&to=2026-11-19T09%3A30%3A00Z&outcome=abandoned&cursor=x",
            "range=yesterday&outcome=answered&end_by=export%2F3",
        ];
        for query in table {
            let parsed_query = parsed(query).unwrap();
            let expected = if query.is_empty() {
                "/history".to_owned()
            } else {
                format!("/history?{query}")
            };
            assert_eq!(parsed_query.path_for("/history"), expected);
        }
    }

    #[test]
    fn empty_fields_and_dates_next_to_a_preset_are_ignored() {
        let parsed_query =
            parsed("range=yesterday&from=2026-11-01&to=2026-11-15&step=&zone=").unwrap();

        assert_eq!(
            parsed_query.path_for("/history"),
            "/history?range=yesterday"
        );
    }

    #[test]
    fn invalid_options_are_rejected_with_a_reason() {
        let table = [
            ("step=7m", "step must be one of: 15m, 30m, 1h, 1d, 1w, 1mo."),
            ("hours=closed", "hours must be one of: all, open."),
            (
                "range=decade",
                "range must be one of: today, yesterday, 7d, week, month, 28d, days.",
            ),
            (
                "from=2026-11-19&to=2026-11-18",
                "The end date 2026-11-18 is before the start date 2026-11-19.",
            ),
            (
                "queue=12",
                "“12” isn’t a valid ID. Use source/ID, for example export/12.",
            ),
            (
                "zone=Mars",
                "“Mars” isn’t a time zone. Use a name such as Europe/Stockholm.",
            ),
            ("shade=red", "Unknown option in the link: shade."),
            (
                "from=soon&to=later",
                "from and to must be dates such as 2026-11-19, or both timestamps.",
            ),
        ];
        for (query, expected) in table {
            assert_eq!(parsed(query).unwrap_err(), expected, "{query}");
        }
    }
}
