//! Time on break by code, as shares of signed-in time: a planner's shrinkage, as far as exports know it.

use std::collections::BTreeMap;

use wallboard_domain::{AgentCounter, AgentCounters, Id, SourceId};
use wallboard_history::report::{
    ReportDimension, ReportError, ReportRow, ReportSubject, SubjectEntry,
};
use wallboard_texts::Texts;

use crate::web::parts::links::PageLink;

use super::{
    column::to_f64,
    export_facts::{FactRow, FactTable},
    number::HistoryNumber,
    series_reader::SeriesReader,
    subjects::HistorySubjects,
};

/// Seconds on break by code, and signed in, of all agents.
#[derive(Debug, Default, PartialEq)]
struct BreakTimes {
    by_code: BTreeMap<Id, i64>,
    signed_in: i64,
}

/// The breaks of the query's agent, or of all agents; `None` if the exports don't have any.
pub(super) async fn load_breaks(
    reader: &SeriesReader<'_>,
    known: &HistorySubjects,
) -> Result<Option<FactTable>, ReportError> {
    let scope = reader.scope;
    let is_of_queues = !scope.query.queues.is_empty() && scope.query.agent.is_none();
    // Agents have no opening hours.
    if is_of_queues || scope.leaves_out_closed() || reader.history.withholds_agent_figures() {
        return Ok(None);
    }
    let mut times = BreakTimes::default();
    for source in known.queried_sources(&scope.query) {
        let is_of_all = matches!(reader.subject, ReportSubject::Site);
        let of_source = SeriesReader {
            dimension: is_of_all.then_some(ReportDimension::Agent),
            ..reader.of_source(source.clone())
        };
        let read = of_source.read_series(&scope.window, scope.sum_step());
        let series = match read.await {
            Err(ReportError::TooMany(_)) => return Ok(None),
            read => read?,
        };
        let rows = series.iter().flat_map(|one| &one.rows);
        times.add(source, rows.filter_map(ReportRow::agent_counters));
    }
    let table = FactTable {
        key: "breaks",
        title: scope.texts.breaks_heading(),
        rows: times.rows(scope.texts, &known.subjects.pause_codes),
    };
    Ok(Some(table).filter(|table| !table.rows.is_empty()))
}

impl BreakTimes {
    /// Adds times in which it's known who was signed in.
    fn add<'a>(&mut self, source: &SourceId, rows: impl Iterator<Item = &'a AgentCounters>) {
        for counters in rows {
            let Some(signed_in) = counters.known(AgentCounter::LoggedIn) else {
                continue;
            };
            self.signed_in += signed_in;
            for (code, seconds) in &counters.not_ready {
                let code = Id::new(source, &code.to_string());
                *self.by_code.entry(code).or_default() += seconds;
            }
        }
    }

    /// The longest first, and all that aren't productive.
    fn rows(&self, texts: &'static Texts, codes: &[SubjectEntry]) -> Vec<FactRow> {
        let entry = |id: &Id| codes.iter().find(|code| code.stored_id == *id);
        let is_productive = |id: &Id| entry(id).and_then(|code| code.is_productive) == Some(true);
        let mut by_code: Vec<_> = self.by_code.iter().filter(|(_, time)| 0 < **time).collect();
        by_code.sort_by_key(|(_, time)| std::cmp::Reverse(**time));
        if by_code.is_empty() {
            return Vec::new();
        }
        let row = |(id, time): &(&Id, &i64)| {
            let share = self.write_share(texts, **time);
            let code = entry(id);
            FactRow {
                name: PageLink::new(
                    code.map_or_else(
                        || texts.unnamed_break(&*id.external),
                        |code| code.name.clone(),
                    ),
                    "",
                ),
                links: Vec::new(),
                text: if is_productive(id) {
                    texts.productive_break(share)
                } else {
                    share
                },
            }
        };
        let unproductive = by_code.iter().filter(|(id, _)| !is_productive(id));
        let sum = unproductive.map(|(_, time)| **time).sum();
        let total = FactRow {
            name: PageLink::new(texts.shrinkage_of_breaks().to_owned(), ""),
            links: Vec::new(),
            text: self.write_share(texts, sum),
        };
        by_code.iter().map(row).chain([total]).collect()
    }

    /// `12 h 24 · 6.2% of signed-in time`
    fn write_share(&self, texts: &Texts, time: i64) -> String {
        let hours = HistoryNumber::Hours(to_f64(time)).write(texts);
        let percent = 100.0 * to_f64(time) / to_f64(self.signed_in.max(1));
        texts.share_of_signed_in(hours, HistoryNumber::Percent(percent).write(texts))
    }
}
