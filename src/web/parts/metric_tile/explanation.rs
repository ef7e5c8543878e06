//! The explanation of a metric's value: what it is, over which period, where it comes from, and why there may be none.

use wallboard_domain::{Metric, MonotonicTime, RatioTerms, ServiceLevelFormula, SourceId};
use wallboard_live::{DayDetails, EvaluatedFigure, Freshness, MetricFigure};

use crate::web::parts::metric_explanation;

use super::{TileSubject, describe_day, reason_row};

impl TileSubject<'_> {
    pub(super) fn explanation_rows(
        &self,
        evaluated: &EvaluatedFigure,
    ) -> Vec<(&'static str, String)> {
        let (texts, metric, figure) = (self.texts, evaluated.metric, &evaluated.figure);
        let about = texts.metric(metric);
        let (what, unknown) = if self.is_vendor_value {
            (&about.reported, texts.vendor_value_missing())
        } else {
            (&about.counted, about.unknown.as_str())
        };
        let mut rows = vec![(texts.definition_term(), what.clone())];
        let day_details = evaluated.day_details();
        if let Some(formula) = day_details.and_then(|day_details| day_details.formula) {
            let target = evaluated.target.formula;
            rows.push((
                texts.formula_term(),
                metric_explanation::describe_formula_in_use(texts, formula, target),
            ));
            if formula != ServiceLevelFormula::AnsweredOnly {
                let counted = texts.counted_past_target().to_owned();
                rows.push((texts.still_waiting_term(), counted));
            }
        }
        let terms = self.ratio_terms(evaluated);
        rows.extend(terms.map(|terms| (texts.computed_from_term(), terms)));
        rows.push((
            texts.period_term(),
            self.counted_window(metric, day_details),
        ));
        rows.push((texts.source_term(), self.describe_source(evaluated)));
        let called = self
            .statistics
            .iter()
            .find(|(provided, _)| *provided == metric);
        rows.extend(called.map(|(_, name)| (texts.statistic_term(), name.to_string())));
        if figure.is_age_unknown {
            rows.push((texts.updated_term(), texts.age_unknown(self.source_name())));
        }
        rows.extend(
            self.describe_limits(evaluated)
                .map(|words| (texts.thresholds_term(), words)),
        );
        if metric.is_daily() {
            rows.push((
                texts.estimated_term(),
                self.describe_estimate(metric, figure),
            ));
        }
        if let Some(row) = reason_row(texts, figure) {
            rows.push(row);
        } else if figure.value.is_none() || figure.freshness == Freshness::Unknown {
            rows.push((
                texts.why_no_value(),
                self.why_unknown(metric, figure, unknown),
            ));
        }
        rows.push((texts.api_name_term(), metric.name().to_owned()));
        rows
    }

    /// "1,204 of 1,433" of a ratio that is counted here.
    fn ratio_terms(&self, evaluated: &EvaluatedFigure) -> Option<String> {
        let (texts, figure) = (self.texts, &evaluated.figure);
        let queue = self.snapshot.queues.get(self.queue?)?;
        let is_counted = queue.members.is_none() && queue.provided_metrics.is_none();
        figure.value.filter(|_| is_counted && !figure.is_withheld)?;
        let count = |number: i64| texts.count(number.unsigned_abs());
        Some(match queue.today.ratio_terms(evaluated.metric)? {
            RatioTerms::Share { part, whole } => texts.share_terms(count(part), count(whole)),
            RatioTerms::Mean { millis, contacts } => {
                texts.mean_terms(texts.elapsed(millis), count(contacts))
            }
        })
    }

    fn counted_window(&self, metric: Metric, day_details: Option<&DayDetails>) -> String {
        let texts = self.texts;
        match day_details {
            Some(day_details) => self.counted_day(day_details),
            None if metric == Metric::AverageWait && self.is_vendor_value => {
                texts.period_of_vendor().to_owned()
            }
            None if metric == Metric::AverageWait => texts.period_rolling().to_owned(),
            None => texts.period_now().to_owned(),
        }
    }

    /// See [`describe_day`].
    pub(in crate::web) fn counted_day(&self, day_details: &DayDetails) -> String {
        if self.is_vendor_value && day_details.is_complete && day_details.since.is_some() {
            return self.texts.period_vendor_day().to_owned();
        }
        describe_day(self.texts, self.snapshot, day_details, self.now)
    }

    /// "Voice (Genesys)"
    fn source_name(&self) -> String {
        let name = |id: &SourceId| {
            let source = self.snapshot.sources.get(id);
            let name = self.snapshot.site.source_name(id);
            match source.map(|source| source.vendor.vendor) {
                Some(vendor) => self.texts.source_of_vendor(name, vendor),
                None => name,
            }
        };
        let names: Vec<_> = self.sources.iter().map(|id| name(id)).collect();
        match names.as_slice() {
            [] => name(self.source),
            [first @ .., last] if !first.is_empty() => {
                let and = |names: String, name: &String| self.texts.and_names(names, name.as_str());
                let first = first.iter().skip(1).fold(first[0].clone(), and);
                and(first, last)
            }
            [name, ..] => name.clone(),
        }
    }

    fn age_of(&self, received_at: MonotonicTime) -> String {
        let millis = self.now.monotonic.millis_since(received_at);
        self.texts.age(millis)
    }

    /// For a merged value: the sources of its parts.
    fn describe_parts(&self, received_at: Option<MonotonicTime>) -> String {
        let (texts, sources) = (self.texts, self.source_name());
        match received_at {
            Some(received_at) => texts.combined_from_ago(sources, self.age_of(received_at)),
            None => texts.combined_from(sources),
        }
    }

    fn describe_source(&self, evaluated: &EvaluatedFigure) -> String {
        let (texts, metric) = (self.texts, evaluated.metric);
        if !self.sources.is_empty() {
            return self.describe_parts(evaluated.received_at);
        }
        let source = self.snapshot.sources.get(self.source);
        let name = self.source_name();
        let is_of_day = metric.is_daily();
        let counted = !self.is_vendor_value && (is_of_day || metric == Metric::Cases);
        let received_at = if counted {
            source.and_then(|source| source.last_received_at)
        } else {
            evaluated.received_at
        };
        let age = received_at.map(|received_at| self.age_of(received_at));
        let text = match (counted, age) {
            (true, Some(age)) => texts.counted_from_events(name, age),
            (true, None) => texts.counted_without_events(name),
            (false, Some(age)) if is_of_day => texts.counted_by(name, age),
            (false, Some(age)) => texts.reported_by(name, age),
            (false, None) => texts.no_value_from(name),
        };
        match evaluated.figure.freshness {
            Freshness::Disconnected(outage) => {
                let zone = &self.snapshot.site.zone;
                let at = texts.moment(outage.at, self.now.wall, zone);
                format!("{text} {}", texts.value_from_before(at))
            }
            Freshness::OutOfDate if self.is_vendor_value => {
                format!("{text} {}", texts.too_long_ago())
            }
            Freshness::OutOfDate => format!("{text} {}", texts.not_refreshed()),
            Freshness::UpToDate | Freshness::Unknown => text,
        }
    }

    fn describe_estimate(&self, metric: Metric, figure: &MetricFigure) -> String {
        let texts = self.texts;
        match (figure.is_estimated(), metric) {
            (false, _) if self.is_vendor_value => texts.not_estimated_from(self.source_name()),
            (false, _) if !self.sources.is_empty() => texts.not_estimated().to_owned(),
            (false, _) => texts.not_estimated_events().to_owned(),
            (true, Metric::Abandoned) => texts.estimated_abandons().to_owned(),
            (true, _) => texts.includes_estimate().to_owned(),
        }
    }

    fn why_unknown(&self, metric: Metric, figure: &MetricFigure, usual: &str) -> String {
        let texts = self.texts;
        if let Some(since) = self.quiet_since {
            let zone = &self.snapshot.site.zone;
            return texts.quiet_queue(texts.time_or_day(since, self.now.wall, zone));
        }
        if let Some(day_details) = &figure.day_details
            && day_details.since.is_none()
            && !self.is_vendor_value
        {
            return texts.source_never_connected().to_owned();
        }
        if figure.low.is_none() && figure.high.is_some() {
            return texts.wait_not_reported().to_owned();
        }
        if metric == Metric::LongestWait && self.waiting == Some(0) {
            texts.nobody_waits().to_owned()
        } else {
            usual.to_owned()
        }
    }
}
