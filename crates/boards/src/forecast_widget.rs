//! A widget with the forecast of a queue: its service level until the end of the half hour, the longest
//! wait, and what more or fewer agents change.

use wallboard_domain::{FORECAST_LIFETIME_MS, ForecastGap, Metric, Moment, QueueId, moment};
use wallboard_live::{Freshness, QueueSnapshot, Severity, ShownFreshness};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    address::subject_path,
    figure_text,
    plain_tile::{Hero, PlainFigure, PlainTile, TargetBar, TileAge},
    queue_outlook::{ExpectedService, QueueOutlook, QueueOutlooks},
    render_context::RenderContext,
};

/// The figures of a queue whose age is that of its forecast.
const SOURCE_METRICS: [Metric; 3] = [Metric::Waiting, Metric::Offered, Metric::AgentsLoggedIn];

/// The forecast that is shown now, or why there is none.
enum ShownOutlook<'o> {
    Expected(&'o QueueOutlook, &'o ExpectedService, ShownFreshness),
    Gap(ForecastGap),
    /// It was replaced by nothing until its half hour was over, or its queue was lost.
    Expired(&'o QueueOutlook),
    /// Forecasts of the past aren't kept.
    NotKept,
}

impl<'a> RenderContext<'a> {
    pub(super) fn forecast_tile(&mut self, name: Option<String>, of: &QueueId) -> PlainTile {
        let texts = self.texts;
        let queue = self.find_queue(of);
        let tile = PlainTile {
            name: name.unwrap_or_else(|| self.queue_name_by_id(of)),
            href: queue.map_or_else(String::new, |queue| subject_path("queues", &queue.id)),
            hero: Some(Hero::new(
                UNKNOWN.to_owned(),
                texts.outlook_level().to_owned(),
            )),
            ..PlainTile::default()
        };
        let Some(queue) = queue else {
            return PlainTile {
                note: texts.no_data().to_owned(),
                ..tile
            };
        };
        let outlooks = self.outlooks.clone();
        let so_far = self.so_far_figure(queue, outlooks.as_deref());
        let tile = PlainTile {
            figures: so_far.into_iter().collect(),
            ..tile
        };
        match self.shown_outlook(queue, outlooks.as_deref()) {
            ShownOutlook::Expected(outlook, expected, freshness) => {
                self.expected_tile(tile, outlook, expected, freshness)
            }
            ShownOutlook::Gap(gap) => PlainTile {
                severity: match gap {
                    ForecastGap::OutOfDate => Severity::OutOfDate,
                    _ => Severity::None,
                },
                note: gap_text(texts, gap).to_owned(),
                ..tile
            },
            ShownOutlook::Expired(outlook) => PlainTile {
                severity: Severity::OutOfDate,
                age: TileAge {
                    kind: "gone",
                    text: texts.no_data_since(self.time_or_day(outlook.computed_at)),
                },
                ..tile
            },
            ShownOutlook::NotKept => PlainTile {
                note: texts.outlook_not_kept().to_owned(),
                ..tile
            },
        }
    }

    /// Returns the contacts of today beside those planned by now, as long as that is new.
    fn so_far_figure(
        &mut self,
        queue: &QueueSnapshot,
        outlooks: Option<&QueueOutlooks>,
    ) -> Option<PlainFigure> {
        let outlook = outlooks?.get(&queue.id)?;
        let planned = Metric::Offered.value(outlook.planned?.round());
        if !(self.outlook_freshness(outlook, Freshness::UpToDate)).is_current() {
            return None;
        }
        let texts = self.texts;
        let offered = self.evaluator.evaluate_metric(queue, Metric::Offered);
        Some(PlainFigure {
            label: texts.outlook_so_far().to_owned(),
            short_label: texts.outlook_so_far_inline().to_owned(),
            value: texts.value(offered.whole_day_value()),
            note: texts.outlook_planned(texts.value(Some(planned))),
            ..PlainFigure::default()
        })
    }

    /// Returns what is shown of a queue's outlook, and schedules when that changes.
    fn shown_outlook<'o>(
        &mut self,
        queue: &'a QueueSnapshot,
        outlooks: Option<&'o QueueOutlooks>,
    ) -> ShownOutlook<'o> {
        let Some(outlooks) = outlooks else {
            return ShownOutlook::NotKept;
        };
        // Schedules when it opens, closes, or its figures are out of date.
        self.evaluator.evaluate_queue(queue, &SOURCE_METRICS);
        let gap = self.snapshot.find_forecast_gap(queue, self.now);
        match (gap, outlooks.get(&queue.id)) {
            // A forecast of data that are out of date is shown as such.
            (None, None) => ShownOutlook::Gap(ForecastGap::NotComputedYet),
            (None | Some(ForecastGap::OutOfDate), Some(outlook)) => {
                self.computed_outlook(queue, outlook)
            }
            (Some(gap), _) => ShownOutlook::Gap(gap),
        }
    }

    fn computed_outlook<'o>(
        &mut self,
        queue: &QueueSnapshot,
        outlook: &'o QueueOutlook,
    ) -> ShownOutlook<'o> {
        match &outlook.expected {
            Err(gap) => ShownOutlook::Gap(*gap),
            Ok(_) if outlook.until <= self.now.wall => ShownOutlook::Expired(outlook),
            Ok(expected) => {
                self.evaluator.schedule_change_at(outlook.until);
                let of_queue = self.snapshot.queue_freshness(queue, self.now);
                match self.outlook_freshness(outlook, of_queue) {
                    ShownFreshness::Expired => ShownOutlook::Expired(outlook),
                    ShownFreshness::Unknown => ShownOutlook::Gap(ForecastGap::OutOfDate),
                    freshness => ShownOutlook::Expected(outlook, expected, freshness),
                }
            }
        }
    }

    /// Returns how fresh an outlook is: as fresh as its queue, unless it wasn't renewed.
    fn outlook_freshness(&mut self, outlook: &QueueOutlook, of_queue: Freshness) -> ShownFreshness {
        let Moment { wall, monotonic } = self.now;
        let age_ms = moment::millis_between(outlook.computed_at, wall);
        let computed_at = monotonic.plus_millis(-age_ms);
        let freshness = match of_queue {
            Freshness::UpToDate if FORECAST_LIFETIME_MS < age_ms => Freshness::OutOfDate,
            Freshness::UpToDate => {
                self.schedule_change(computed_at.plus_millis(FORECAST_LIFETIME_MS + 1));
                Freshness::UpToDate
            }
            of_queue => of_queue,
        };
        (self.evaluator).shown_freshness(freshness, Some(computed_at))
    }

    fn expected_tile(
        &mut self,
        tile: PlainTile,
        outlook: &QueueOutlook,
        expected: &ExpectedService,
        freshness: ShownFreshness,
    ) -> PlainTile {
        let texts = self.texts;
        let until = texts.time(outlook.until, &self.snapshot.site.zone);
        let is_old = freshness.is_out_of_date();
        let age = is_old.then(|| {
            let begin = self.time_or_day(outlook.computed_at);
            TileAge {
                kind: "old",
                text: self.write_age(Some(outlook.computed_at), begin),
            }
        });
        let [shortest, longest] = expected.longest_wait_s;
        let wait = texts.value_range(Metric::LongestWait, shortest, longest);
        let (hero, note, figures) = match expected.service_level {
            Some([low, high]) => (
                level_hero(
                    texts,
                    [low, high],
                    texts.outlook_level_until(until.as_str()),
                ),
                need_text(texts, expected),
                level_figures(texts, expected, wait),
            ),
            None => (
                Hero::new(wait, texts.outlook_wait_until(until)),
                best_case_text(texts, expected).to_owned(),
                Vec::new(),
            ),
        };
        let mut figures = figures;
        if !tile.figures.is_empty() {
            // A tile has room for four: the contacts of the day stand for those that are expected.
            figures.pop();
        }
        let place = figures.len().min(1);
        figures.splice(place..place, tile.figures);
        PlainTile {
            hero: Some(Hero {
                is_range: true,
                ..hero
            }),
            note: if is_old { String::new() } else { note },
            figures,
            severity: if is_old {
                Severity::OutOfDate
            } else {
                Severity::None
            },
            age: age.unwrap_or_default(),
            ..tile
        }
    }
}

/// "70–84" with its percent sign in a smaller size.
fn level_hero(texts: &Texts, [low, high]: [f64; 2], unit: String) -> Hero {
    let range = texts.value_range(Metric::ServiceLevel, low, high);
    let digits = range.trim_end_matches(['%', '\u{202f}']);
    Hero {
        suffix: range[digits.len()..].to_owned(),
        ..Hero::new(digits.to_owned(), unit)
    }
}

/// Marks what is only the best case, where nothing is said of agents.
fn best_case_text<'t>(texts: &'t Texts, expected: &ExpectedService) -> &'t str {
    if expected.is_best_case {
        texts.outlook_at_best()
    } else {
        ""
    }
}

/// "Needs 2 more agents"
fn need_text(texts: &Texts, expected: &ExpectedService) -> String {
    if expected.is_best_case {
        return match expected.missing_agents {
            Some(0) => texts.outlook_best_enough().to_owned(),
            Some(missing) => texts.outlook_best_missing(missing),
            None => texts.outlook_best_many_missing().to_owned(),
        };
    }
    match expected.missing_agents {
        Some(0) => texts.outlook_enough().to_owned(),
        Some(missing) => texts.outlook_missing(missing),
        None => texts.outlook_many_missing().to_owned(),
    }
}

/// The middle level with other agents, the longest wait, the middle level as a bar to its target, and the contacts.
fn level_figures(texts: &Texts, expected: &ExpectedService, wait: String) -> Vec<PlainFigure> {
    let (label, level) = match expected.missing_agents {
        Some(0) => (texts.forecast_one_less(), expected.level_with_one_less),
        Some(1) => (texts.forecast_one_more(), expected.level_with_one_more),
        _ => (texts.forecast_two_more(), expected.level_with_two_more),
    };
    let level = level.map(|level| PlainFigure {
        label: label.to_owned(),
        short_label: label.to_owned(),
        value: texts.value(Some(Metric::ServiceLevel.value(level))),
        ..PlainFigure::default()
    });
    let wait = PlainFigure {
        label: texts.metric(Metric::LongestWait).label.clone(),
        short_label: texts.longest_wait_unit().to_owned(),
        value: wait,
        ..PlainFigure::default()
    };
    // The bar is the figure. Its target is only a note of it.
    let bar = PlainFigure {
        note: figure_text::write_target(texts, [expected.goal_percent]),
        bar: Some(TargetBar {
            share: expected.middle_level,
            aim: expected.goal_percent,
            is_missed: expected.missing_agents != Some(0),
        }),
        ..PlainFigure::default()
    };
    let offered = texts.metric(Metric::Offered);
    let [fewest, most] = expected.contacts;
    let contacts = PlainFigure {
        label: offered.label.clone(),
        short_label: offered.inline.clone(),
        value: texts.value_range(Metric::Offered, fewest, most),
        ..PlainFigure::default()
    };
    level.into_iter().chain([wait, bar, contacts]).collect()
}

/// Why there is no forecast, in a few words.
fn gap_text(texts: &Texts, gap: ForecastGap) -> &str {
    match gap {
        ForecastGap::NotComputedYet => texts.outlook_not_computed_yet(),
        ForecastGap::OutOfDate => texts.out_of_date(),
        ForecastGap::Closed => texts.closed(),
        ForecastGap::SeveralQueues => texts.outlook_several_queues(),
        ForecastGap::HiddenQueue => texts.outlook_hidden_queue(),
        ForecastGap::UnknownSharing | ForecastGap::UnknownAgents => texts.outlook_unknown_agents(),
        ForecastGap::SmallTeam => texts.outlook_small_team(),
        ForecastGap::NoHistory => texts.outlook_no_history(),
        ForecastGap::FewDays => texts.outlook_few_days(),
        ForecastGap::FewContacts => texts.outlook_few_contacts(),
        ForecastGap::NoAgents => texts.outlook_no_agents(),
        ForecastGap::UnknownHandleTime => texts.outlook_unknown_handle_time(),
    }
}

#[cfg(test)]
mod tests;
