//! What holds for a whole page of history: whom, when, by which rules, beside what.

use jiff::{Timestamp, tz::TimeZone};

use crate::{domain::Id, history::report::By, web::clock};

use super::{
    asked::Asked,
    chart,
    choice::{Choice, Compare, Step, View},
    column::Rules,
    span::{Preset, Span, Window},
};

/// More rows than this no page shows; a longer step is taken then.
pub(super) const MOST_ROWS: i64 = 3000;

/// The frame of a page, before anything was read.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) asked: Asked,
    pub(super) now: Timestamp,
    pub(super) window: Window,
    /// What stands beside it, and its name: `Thu 12 Nov`.
    pub(super) before: Option<(Window, String)>,
    pub(super) step: Step,
    /// A shorter step was asked for than so long a time allows.
    pub(super) is_coarser: bool,
    /// The zone of the site's days.
    pub(super) site: TimeZone,
    pub(super) zone_name: String,
    /// The reader asked for another zone than the site's.
    pub(super) is_foreign_zone: bool,
    /// The page that it is the frame of.
    pub(super) path: &'static str,
}

/// What service level means here.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    pub(super) rules: Rules,
    /// In milliseconds; none where queues have different ones.
    pub(super) within: Option<i64>,
    /// Percent; none where queues have different ones.
    pub(super) target: Option<f64>,
    /// Rows are counted by formulas of their own.
    pub(super) has_own_formulas: bool,
}

impl Terms {
    /// `20 s`; "time" where queues have different ones.
    pub(super) fn within(&self) -> String {
        self.within
            .map_or_else(|| "target time".to_owned(), clock::age)
    }
}

impl Scene {
    pub(super) fn new(asked: &Asked, now: Timestamp, site: &TimeZone) -> Self {
        let chosen = asked
            .zone
            .as_deref()
            .and_then(|name| TimeZone::get(name).ok());
        let zone = chosen.unwrap_or_else(|| site.clone());
        let window = asked.span.window(now, &zone);
        let wanted = asked.step.unwrap_or_else(|| fitting(&window));
        let step = allowed(wanted, window.days());
        let before = (asked.compare == Compare::Week).then(|| {
            let before = window.before(window.weeks_back());
            let name = short(&before);
            (before, name)
        });
        Self {
            asked: asked.clone(),
            now,
            before,
            step,
            is_coarser: step != wanted,
            is_foreign_zone: zone != *site,
            site: site.clone(),
            zone_name: name_of(&zone),
            window,
            path: "/history",
        }
    }

    pub(super) fn zone(&self) -> &TimeZone {
        &self.window.zone
    }

    /// The time asked for goes on.
    pub(super) fn goes_on(&self) -> bool {
        self.window.from <= self.now && self.now < self.window.to
    }

    /// The same with something else chosen; a page of another time begins at its start.
    pub(super) fn address(&self, change: impl FnOnce(&mut Asked)) -> String {
        let mut asked = self.asked.clone();
        asked.cursor = None;
        change(&mut asked);
        asked.address(self.path)
    }

    /// The calls of a stretch of time, of whom the page is of.
    pub(super) fn calls(&self, from: Timestamp, to: Timestamp, outcome: Option<&str>) -> String {
        let asked = Asked {
            queues: self.asked.queues.clone(),
            agent: self.asked.agent.clone(),
            span: Span::Between(from, to),
            zone: self.asked.zone.clone(),
            count_by: self.asked.count_by,
            outcome: outcome.map(str::to_owned),
            ..Asked::default()
        };
        asked.address("/history/calls")
    }

    /// The calls of the whole time with this reason, type or end.
    pub(super) fn coded_calls(&self, by: By, id: Id) -> String {
        let asked = Asked {
            queues: self.asked.queues.clone(),
            span: self.asked.span,
            zone: self.asked.zone.clone(),
            coded: Some((by, id)),
            ..Asked::default()
        };
        asked.address("/history/calls")
    }

    /// A heat map of a day or two has hardly a row: it is of four weeks.
    pub(super) fn view_address(&self, view: View) -> String {
        let is_short = self.window.days() < 7;
        self.address(|asked| {
            asked.view = view;
            asked.sort = None;
            if view == View::Heatmap && is_short {
                asked.span = Span::Preset(Preset::FourWeeks);
            }
        })
    }

    /// `10:00`, with the day where there are several, and the offset where an hour comes twice.
    pub(super) fn label(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone().clone());
        if self.step == Step::Day {
            return local.strftime("%a %-d %b").to_string();
        }
        let offset = self.zone().to_ambiguous_zoned(local.datetime());
        let offset = if offset.is_ambiguous() { " %:z" } else { "" };
        let day = if 1 < self.window.days() {
            "%a %-d %b "
        } else {
            ""
        };
        local.strftime(&format!("{day}%H:%M{offset}")).to_string()
    }

    /// `10:00–10:30`
    pub(super) fn stretch(&self, from: Timestamp, to: Timestamp) -> String {
        if self.step == Step::Day {
            return self.label(from);
        }
        let to = to.to_zoned(self.zone().clone());
        let to = match to.strftime("%H:%M").to_string() {
            midnight if midnight == "00:00" => "24:00".to_owned(),
            to => to,
        };
        format!("{}–{to}", self.label(from))
    }

    /// Below a drawing, where there is little room.
    pub(super) fn tick(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone().clone());
        let format = if self.step == Step::Day || 2 < self.window.days() {
            "%-d %b"
        } else {
            "%H:%M"
        };
        local.strftime(format).to_string()
    }

    pub(super) fn begins_day(&self, at: Timestamp) -> bool {
        let at = at.to_zoned(self.zone().clone());
        at.start_of_day().is_ok_and(|start| start == at)
    }

    /// `2026-11-19T10:00:00+01:00`
    pub(super) fn instant(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone().clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    }
}

/// So that a drawing has some dozen bars.
fn fitting(window: &Window) -> Step {
    match window.days() {
        ..=2 => Step::Half,
        3..=8 => Step::Hour,
        _ => Step::Day,
    }
}

/// The shortest that does not make a page endless.
pub(super) fn allowed(wanted: Step, days: i64) -> Step {
    let steps = Step::TABLE.iter().map(|row| row.0);
    let mut longer = steps.filter(|step| wanted <= *step);
    longer
        .find(|step| step.per_day() * days <= MOST_ROWS)
        .unwrap_or(Step::Day)
}

/// Steps at which so long a time can be drawn.
pub(super) fn drawable(days: i64) -> Option<Step> {
    let most = i64::try_from(chart::MOST).unwrap_or(i64::MAX);
    let mut steps = Step::TABLE.iter().map(|row| row.0);
    steps.find(|step| step.per_day() * days <= most)
}

/// `Thu 12 Nov`, `6–12 Nov`: the year is that of the page, or the one before.
fn short(window: &Window) -> String {
    let words = window.words();
    let is_year = |word: &str| word.len() == 4 && word.chars().all(|c| c.is_ascii_digit());
    let words: Vec<_> = words
        .split(' ')
        .filter(|word| !is_year(word.trim_end_matches(',')))
        .collect();
    words.join(" ")
}

pub(super) fn name_of(zone: &TimeZone) -> String {
    match zone.iana_name() {
        None | Some("Etc/UTC") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(span: Span, step: Option<Step>) -> Scene {
        let asked = Asked {
            span,
            step,
            ..Asked::default()
        };
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        Scene::new(&asked, "2026-11-20T13:27:00Z".parse().unwrap(), &zone)
    }

    #[test]
    fn steps_fit_the_time_and_never_make_a_page_endless() {
        let preset = |preset| scene(Span::Preset(preset), None).step;
        assert_eq!(preset(Preset::Today), Step::Half);
        assert_eq!(preset(Preset::SevenDays), Step::Hour);
        assert_eq!(preset(Preset::FourWeeks), Step::Day);

        let year = Span::Days("2025-11-20".parse().unwrap(), "2026-11-19".parse().unwrap());
        let of_year = scene(year, Some(Step::Quarter));
        assert_eq!(of_year.step, Step::Day);
        assert!(of_year.is_coarser);
        assert_eq!(drawable(28), Some(Step::Day));
    }

    #[test]
    fn what_is_compared_is_named() {
        let name = |preset| scene(Span::Preset(preset), None).before.unwrap().1;

        assert_eq!(name(Preset::Today), "Fri 13 Nov");
        assert_eq!(name(Preset::SevenDays), "6–12 Nov");
    }

    #[test]
    fn an_hour_that_comes_twice_is_told_apart() {
        let day = "2026-10-25".parse().unwrap();
        let scene = scene(Span::Days(day, day), None);
        let label = |text: &str| scene.label(text.parse().unwrap());

        assert_eq!(label("2026-10-25T00:30:00Z"), "02:30 +02:00");
        assert_eq!(label("2026-10-25T01:30:00Z"), "02:30 +01:00");
        assert_eq!(label("2026-10-25T03:00:00Z"), "04:00");
    }
}
