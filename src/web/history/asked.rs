//! What the address asks for, and the address of what is asked for. All of a page's
//! state is here: an address can be sent to somebody.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    boards::segment,
    domain::{CountBy, Id, SourceId},
    history::report::By,
};

use super::{
    choice::{Choice, Compare, Rows, Shade, Step, View},
    span::{Preset, Span},
};

/// More queues than this are not asked for one by one.
const MOST_QUEUES: usize = 100;
/// `range` where the days stand beside it.
const DAYS: &str = "days";

/// Everything that can be chosen on the pages of history.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    /// Empty: all.
    pub(super) queues: Vec<Id>,
    pub(super) agent: Option<Id>,
    pub(super) span: Span,
    /// As fits the span where nothing is said.
    pub(super) step: Option<Step>,
    pub(super) compare: Compare,
    /// The site's where nothing is said.
    pub(super) zone: Option<String>,
    pub(super) count_by: CountBy,
    pub(super) rows: Rows,
    pub(super) view: View,
    pub(super) shade: Shade,
    pub(super) sort: Option<Sort>,
    /// Only what missed its target.
    pub(super) only_missed: bool,
    /// Of calls: how they ended.
    pub(super) outcome: Option<String>,
    /// Of calls: a reason, a type or an end, by its id.
    pub(super) coded: Option<(By, Id)>,
    /// Of calls: where the page before ended.
    pub(super) cursor: Option<String>,
}

/// By which column rows stand, by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) column: String,
    pub(super) is_descending: bool,
}

impl Asked {
    /// What is wrong is said in a sentence.
    pub(super) fn parse(pairs: &[(String, String)]) -> Result<Self, String> {
        let mut asked = Self::default();
        let (mut range, mut from, mut to) = (None, None, None);
        for (key, value) in pairs {
            // A form sends its empty fields along.
            if value.is_empty() {
                continue;
            }
            match key.as_str() {
                "queue" if asked.queues.len() < MOST_QUEUES => asked.queues.push(id(value)?),
                "queue" => return Err(format!("Choose at most {MOST_QUEUES} queues.")),
                "agent" => asked.agent = Some(id(value)?),
                "range" => range = Some(value.as_str()),
                "from" => from = Some(value.as_str()),
                "to" => to = Some(value.as_str()),
                "step" => asked.step = Some(choice(key, value)?),
                "compare" => asked.compare = choice(key, value)?,
                "zone" => asked.zone = Some(zone(value)?),
                "count_by" => {
                    asked.count_by = CountBy::from_name(value)
                        .ok_or("count_by must be start or event.".to_owned())?;
                }
                "by" => asked.rows = choice(key, value)?,
                "view" => asked.view = choice(key, value)?,
                // What addresses called it until they took the name that it has everywhere.
                "metric" if value == "average_wait" => {
                    asked.shade = Shade::AverageSpeedOfAnswer;
                }
                "metric" => asked.shade = choice(key, value)?,
                "sort" => asked.sort = Some(sort(value)),
                "only" => {
                    asked.only_missed = value == "missed";
                    if !asked.only_missed {
                        return Err("only must be missed.".to_owned());
                    }
                }
                "outcome" => asked.outcome = Some(value.clone()),
                "reason" | "type" | "end_by" => {
                    asked.coded = By::from_name(key).zip(Some(id(value)?));
                }
                "cursor" => asked.cursor = Some(value.clone()),
                _ => {
                    return Err(format!("Unknown option in the link: {key}."));
                }
            }
        }
        asked.queues.sort();
        asked.queues.dedup();
        asked.span = span(range, from, to)?;
        Ok(asked)
    }

    /// The page at `path` with all this chosen; what holds anyway is not said.
    pub(super) fn address(&self, path: &str) -> String {
        let parts: Vec<_> = self
            .pairs()
            .into_iter()
            .map(|(key, value)| format!("{key}={}", segment(&value)))
            .collect();
        if parts.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", parts.join("&"))
        }
    }

    /// What is said in the address, in its order.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let standard = Self::default();
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        pairs.extend(self.queues.iter().map(|id| ("queue", id.to_string())));
        pairs.extend(self.agent.iter().map(|id| ("agent", id.to_string())));
        match self.span {
            Span::Preset(Preset::Today) => {}
            Span::Preset(preset) => pairs.push(("range", preset.name().to_owned())),
            Span::Days(first, last) => {
                pairs.push(("range", DAYS.to_owned()));
                pairs.push(("from", first.to_string()));
                pairs.push(("to", last.to_string()));
            }
            Span::Between(from, to) => {
                pairs.push(("from", from.to_string()));
                pairs.push(("to", to.to_string()));
            }
        }
        let mut choose = |key, is_said: bool, value: &str| {
            if is_said {
                pairs.push((key, value.to_owned()));
            }
        };
        choose(
            "step",
            self.step.is_some(),
            self.step.unwrap_or_default().name(),
        );
        choose(
            "compare",
            self.compare != standard.compare,
            self.compare.name(),
        );
        choose(
            "zone",
            self.zone.is_some(),
            self.zone.as_deref().unwrap_or_default(),
        );
        choose(
            "count_by",
            self.count_by != standard.count_by,
            self.count_by.name(),
        );
        choose("by", self.rows != standard.rows, self.rows.name());
        choose("view", self.view != standard.view, self.view.name());
        choose("metric", self.shade != standard.shade, self.shade.name());
        if let Some(sort) = &self.sort {
            let sign = if sort.is_descending { "-" } else { "" };
            choose("sort", true, &format!("{sign}{}", sort.column));
        }
        choose("only", self.only_missed, "missed");
        choose(
            "outcome",
            self.outcome.is_some(),
            self.outcome.as_deref().unwrap_or_default(),
        );
        if let Some((by, id)) = &self.coded {
            choose(by.name(), true, &id.to_string());
        }
        choose(
            "cursor",
            self.cursor.is_some(),
            self.cursor.as_deref().unwrap_or_default(),
        );
        pairs
    }
}

fn choice<C: Choice>(key: &str, value: &str) -> Result<C, String> {
    C::from_name(value).ok_or_else(|| {
        let names: Vec<_> = C::TABLE.iter().map(|row| row.1).collect();
        format!("{key} must be one of: {}.", names.join(", "))
    })
}

/// `export/12`: a source and the vendor's id.
fn id(text: &str) -> Result<Id, String> {
    match text.split_once('/') {
        Some((source, external)) if !source.is_empty() && !external.is_empty() => {
            Ok(Id::new(&SourceId::from(source), external))
        }
        _ => Err(format!(
            "“{text}” isn’t a valid ID. Use source/ID, for example export/12."
        )),
    }
}

fn zone(name: &str) -> Result<String, String> {
    TimeZone::get(name)
        .map(|_| name.to_owned())
        .map_err(|_| format!("“{name}” isn’t a time zone. Use a name such as Europe/Stockholm."))
}

fn sort(text: &str) -> Sort {
    let (column, is_descending) = text
        .strip_prefix('-')
        .map_or((text, false), |column| (column, true));
    Sort {
        column: column.to_owned(),
        is_descending,
    }
}

fn span(range: Option<&str>, from: Option<&str>, to: Option<&str>) -> Result<Span, String> {
    match (range, from, to) {
        (None, None, None) => Ok(Span::default()),
        // A form with a preset chosen sends the days beside it too.
        (Some(name), _, _) if name != DAYS => {
            let preset = Preset::from_name(name).map(Span::Preset);
            preset.ok_or_else(|| {
                let names = Preset::ALL.map(Preset::name).join(", ");
                format!("range must be one of: {names}, {DAYS}.")
            })
        }
        (_, Some(from), Some(to)) => between(from, to),
        (_, Some(day), None) | (_, None, Some(day)) => between(day, day),
        (Some(_), None, None) => Err("Choose a start and an end date (from and to).".to_owned()),
    }
}

fn between(from: &str, to: &str) -> Result<Span, String> {
    if let (Ok(from), Ok(to)) = (from.parse::<Date>(), to.parse::<Date>())
        && from.to_string().len() == 10
    {
        return if from <= to {
            Ok(Span::Days(from, to))
        } else {
            Err(format!(
                "The end date {to} is before the start date {from}."
            ))
        };
    }
    match (from.parse::<Timestamp>(), to.parse::<Timestamp>()) {
        (Ok(from), Ok(to)) if from < to => Ok(Span::Between(from, to)),
        (Ok(_), Ok(_)) => Err("from must be before to.".to_owned()),
        _ => Err("from and to must be dates such as 2026-11-19, or both timestamps.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Result<Asked, String> {
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
        Asked::parse(&pairs)
    }

    #[test]
    fn an_address_says_all_that_is_chosen_and_nothing_else() {
        let table = [
            "",
            "queue=export%2F1&queue=export%2F2&range=yesterday",
            "agent=export%2F5101&range=days&from=2026-11-01&to=2026-11-15&step=1d",
            "compare=none&zone=UTC&count_by=event&by=queue&view=table&sort=-abandoned&only=missed",
            "range=28d&view=heatmap&metric=service_level",
            "from=2026-11-19T09%3A00%3A00Z&to=2026-11-19T09%3A30%3A00Z&outcome=abandoned&cursor=x",
            "range=yesterday&outcome=answered&end_by=export%2F3",
        ];
        for query in table {
            let asked = parsed(query).unwrap();
            let expected = if query.is_empty() {
                "/history".to_owned()
            } else {
                format!("/history?{query}")
            };
            assert_eq!(asked.address("/history"), expected);
        }
    }

    #[test]
    fn a_form_may_send_empty_fields_and_days_beside_a_preset() {
        let asked = parsed("range=yesterday&from=2026-11-01&to=2026-11-15&step=&zone=").unwrap();

        assert_eq!(asked.address("/history"), "/history?range=yesterday");
    }

    #[test]
    fn what_cannot_be_asked_for_is_named() {
        let table = [
            ("step=7m", "step must be one of: 15m, 30m, 1h, 1d."),
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
            ("colour=red", "Unknown option in the link: colour."),
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
