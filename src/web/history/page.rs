//! `/history` as a page: the scene and what was told of it become words, tables and
//! drawings. Reads nothing itself.

use std::fmt::Write;

use askama::Template;
use jiff::Timestamp;

use crate::{
    boards::svg::unknown_runs,
    web::{assets, clock::Stamp, figure::Figure, names::Link},
};

use super::{
    chart::{self, Chart},
    choice::{Choice, Rows, Shade, Step, View},
    column::{Column, Counts},
    form::{self, Form, Tab},
    heat::{Cell, Heat},
    scene::{self, Scene, Terms},
    shares::Shares,
    sheet::{Entry, Sheet},
    summary::{self, Look},
    table::{self, Table},
};

/// Times without data that are named; more nobody reads, and the drawing shows them.
const MOST_MISSING: usize = 12;

/// What was found of a scene.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// A row a step, of all that was asked for together.
    pub(super) times: Vec<Entry>,
    /// When nothing happened, before and behind them: "00:00–08:00".
    pub(super) calm: Vec<String>,
    /// A row a queue or agent, where that was asked for.
    pub(super) subjects: Option<Vec<Entry>>,
    pub(super) heat: Option<Heat>,
    /// Reasons, issues, types and ends.
    pub(super) shares: Option<Shares>,
    /// What else must be known to read it: a sentence, and where to go.
    pub(super) notes: Vec<(String, Option<Link>)>,
    /// Nothing at all can be shown, and why.
    pub(super) empty: Option<Empty>,
}

/// Why there is nothing to see, and what to do.
#[derive(Debug)]
pub(super) struct Empty {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) links: Vec<Link>,
}

/// Whom a page can be of.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    /// Id and name, in order, and whether it is chosen.
    pub(super) queues: Vec<(String, String, bool)>,
    /// The agent that the page is of.
    pub(super) agent: Option<String>,
}

#[derive(Template)]
#[template(path = "history.html")]
pub(super) struct Page {
    pub(super) build: &'static str,
    pub(super) demo: bool,
    pub(super) stamp: Stamp,
    who: String,
    when: String,
    zone: String,
    presets: Vec<Tab>,
    form: Form,
    figures: Vec<Figure>,
    looks: Vec<Look>,
    notes: Vec<(String, Option<Link>)>,
    views: Vec<Tab>,
    files: [(&'static str, String); 2],
    empty: Option<Empty>,
    chart: Option<Chart>,
    /// Why there is no drawing.
    no_chart: Option<(String, Option<Link>)>,
    /// "10:30–11:00"
    missing: Vec<String>,
    calm: Vec<String>,
    before: String,
    shades: Vec<Tab>,
    heat: Option<HeatPage>,
    shares: Option<Shares>,
    table: Option<Table>,
    definitions: Vec<(&'static str, String)>,
    all_href: Option<String>,
    /// What is chosen and up to when exports tell, for the foot of printed pages.
    foot: String,
}

struct HeatPage {
    heat: Heat,
    what: &'static str,
    words: String,
}

/// The table of a page, as the page and its files show it.
pub(super) fn sheet(scene: &Scene, terms: &Terms, told: &Told) -> Sheet {
    let entries = told.subjects.as_ref().unwrap_or(&told.times).clone();
    let is_of_agents = entries
        .iter()
        .any(|entry| matches!(entry.counts, Some(Counts::Agent(_))));
    let columns = if is_of_agents || scene.asked.rows == Rows::Agent {
        Column::of_agents()
    } else {
        let all = scene.asked.view == View::Table;
        let mut columns = Column::of_queues(all, scene.before.is_some());
        if scene.asked.rows == Rows::Queue {
            add_targets(&mut columns, terms);
        }
        columns
    };
    let asked = &scene.asked;
    Sheet::new(
        entries,
        columns,
        terms.rules,
        asked.sort.as_ref(),
        asked.only_missed,
    )
}

/// Where queues have targets of their own, each row shows its.
fn add_targets(columns: &mut Vec<Column>, terms: &Terms) {
    let own = [
        terms.within.is_none().then_some(Column::AnswerWithin),
        terms.target.is_none().then_some(Column::Target),
    ];
    let levels =
        |column: &Column| matches!(column, Column::ServiceLevel | Column::ServiceLevelBefore);
    let place = columns
        .iter()
        .rposition(levels)
        .map_or(columns.len(), |at| at + 1);
    columns.splice(place..place, own.into_iter().flatten());
}

/// Its headings, without units.
pub(super) fn headings(scene: &Scene, terms: &Terms, sheet: &Sheet) -> Vec<String> {
    let before = scene.before.as_ref().map_or("", |(_, name)| name);
    let within = terms.within();
    let heading = |column: &Column| column.heading(&within, before);
    sheet.columns.iter().map(heading).collect()
}

/// Whom the page is of, in words.
pub(super) fn who(choices: &Choices) -> String {
    if let Some(agent) = &choices.agent {
        return agent.clone();
    }
    let chosen = choices.queues.iter().filter(|queue| queue.2);
    let names: Vec<_> = chosen.map(|queue| queue.1.clone()).collect();
    match names.len() {
        0 => "All queues".to_owned(),
        1..=3 => names.join(", "),
        n => format!("{} and {} more", names[..2].join(", "), n - 2),
    }
}

impl Page {
    pub(super) fn new(
        scene: &Scene,
        terms: &Terms,
        told: Told,
        choices: &Choices,
        (stamp, demo, fresh): (Stamp, bool, String),
    ) -> Self {
        let sheet = sheet(scene, terms, &told);
        let compared = summary::compared(&told.times);
        // The head is of the whole time, whatever rows are shown.
        let total = Sheet::new(told.times.clone(), Vec::new(), terms.rules, None, false).total;
        let view = scene.asked.view;
        let is_drawn = view == View::Intervals && told.empty.is_none();
        let chart = is_drawn.then(|| draw(scene, terms, &told.times)).flatten();
        let is_agents = matches!(total.entry.counts, Some(Counts::Agent(_)));
        Self {
            build: assets::build(),
            demo,
            stamp,
            who: who(choices),
            when: scene.window.words(),
            zone: scene.zone_name.clone(),
            presets: form::presets(scene),
            form: form::form(scene, choices),
            figures: summary::figures(scene, terms, &total, compared.as_ref()),
            looks: summary::looks(scene, terms, (&sheet, &total), compared.as_ref()),
            views: form::views(scene),
            files: [
                ("CSV", scene.asked.address("/history.csv")),
                ("XLSX", scene.asked.address("/history.xlsx")),
            ],
            no_chart: no_chart(scene, is_drawn && chart.is_none() && !is_agents),
            missing: missing(scene, &told.times),
            before: scene
                .before
                .as_ref()
                .map(|(_, name)| name.clone())
                .unwrap_or_default(),
            shades: form::shades(scene),
            heat: told.heat.map(|heat| heat_page(heat, scene.asked.shade)),
            shares: told.shares,
            table: matches!(view, View::Intervals | View::Table)
                .then(|| table::table(scene, terms, &sheet)),
            foot: form::words(scene, &fresh),
            definitions: definitions(scene, terms, fresh),
            all_href: scene
                .asked
                .only_missed
                .then(|| scene.address(|asked| asked.only_missed = false)),
            calm: told.calm,
            notes: told.notes,
            empty: told.empty,
            chart,
        }
    }
}

fn draw(scene: &Scene, terms: &Terms, times: &[Entry]) -> Option<Chart> {
    let read = |entry: &Entry| read(scene, terms, entry);
    chart::chart(times, terms.rules, read, |entry| tick(scene, entry))
}

/// What stands below a bar: over several days each says where it begins.
pub(super) fn tick(scene: &Scene, entry: &Entry) -> String {
    let of_days = scene.step != Step::Day && 2 < scene.window.days();
    let is_told = |at: &Timestamp| !of_days || scene.begins_day(*at);
    let at = entry.from.filter(is_told);
    at.map(|at| scene.tick(at)).unwrap_or_default()
}

/// "10:00–10:30: 18 offered, 15 answered, 2 abandoned, 78.9% in 20 s, missed the target.
/// Thu 12 Nov: 17 offered, 84% in 20 s."
fn read(scene: &Scene, terms: &Terms, entry: &Entry) -> String {
    let figures = |counts: Option<&Counts>| {
        let of = |column: Column| column.of(counts, None, terms.rules);
        let mut parts = Vec::new();
        for (column, word) in [
            (Column::Offered, "offered"),
            (Column::Answered, "answered"),
            (Column::Abandoned, "abandoned"),
        ] {
            parts.extend(of(column).map(|number| format!("{} {word}", number.shown())));
        }
        let within = format!("within {}", terms.within());
        parts.extend(of(Column::ServiceLevel).map(|level| format!("{} {within}", level.shown())));
        parts.join(", ")
    };
    let when = match (entry.from, entry.to) {
        (Some(from), Some(to)) => scene.stretch(from, to),
        _ => entry.name.clone(),
    };
    let mut text = match &entry.counts {
        None => format!("{when}: no data"),
        Some(counts) => format!("{when}: {}", figures(Some(counts))),
    };
    if entry.is_partial {
        text.push_str(", in progress");
    }
    if entry.is_live {
        text.push_str(", live");
    }
    if entry.is_missed(terms.rules) {
        text.push_str(", missed the target");
    }
    text.push('.');
    if let (Some(before), Some((_, name))) = (&entry.before, &scene.before) {
        // Writing to a string cannot fail.
        write!(text, " {name}: {}.", figures(Some(before))).ok();
    }
    text
}

pub(super) fn no_chart(scene: &Scene, is_without: bool) -> Option<(String, Option<Link>)> {
    if !is_without {
        return None;
    }
    let days = scene.window.days();
    if scene.step.per_day() * days <= i64::try_from(chart::MOST).unwrap_or(i64::MAX) {
        return Some(("No data for this period.".to_owned(), None));
    }
    let link = scene::drawable(days).map(|step| Link {
        name: format!("Use {} intervals", step.word()),
        href: scene.address(|asked| asked.step = Some(step)),
    });
    let text = format!(
        "Too many {} intervals to chart. The table shows all of them.",
        scene.step.word()
    );
    Some((text, link))
}

/// What was not taken in, and is over.
pub(super) fn missing(scene: &Scene, times: &[Entry]) -> Vec<String> {
    let past: Vec<_> = times
        .iter()
        .filter(|entry| entry.from.is_some_and(|from| from < scene.now))
        .collect();
    let known: Vec<_> = past.iter().map(|entry| entry.counts.as_ref()).collect();
    let words = |(from, to): (usize, usize)| {
        let (first, last) = (past[from], past[to - 1]);
        match (first.from, last.to) {
            (Some(first), Some(last)) if scene.step != Step::Day => scene.stretch(first, last),
            _ if from + 1 == to => first.name.clone(),
            _ => format!("{} – {}", first.name, last.name),
        }
    };
    let mut missing: Vec<_> = unknown_runs(&known).into_iter().map(words).collect();
    let more = missing.len().saturating_sub(MOST_MISSING);
    if 0 < more {
        missing.truncate(MOST_MISSING);
        missing.push(format!("and {more} more gaps"));
    }
    missing
}

fn heat_page(heat: Heat, shade: Shade) -> HeatPage {
    let words = match (shade, heat.is_mean) {
        (Shade::Offered, true) => "Average calls per hour, over imported days",
        (Shade::Offered, false) => "Calls",
        (Shade::Abandoned, _) => "Abandonment rate per hour",
        (Shade::ServiceLevel, _) => "Service level per hour",
        (Shade::AverageSpeedOfAnswer, _) => "Average speed of answer per hour, minutes and seconds",
    };
    HeatPage {
        heat,
        what: shade.word(),
        words: words.to_owned(),
    }
}

fn definitions(scene: &Scene, terms: &Terms, fresh: String) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("Service level", summary::formula(terms)),
        ("Target time", summary::threshold(terms)),
        (
            "Counted by",
            summary::counted_by(terms.rules.count_by).to_owned(),
        ),
        ("Time zone", scene.zone_name.clone()),
    ];
    if let Some((window, _)) = &scene.before {
        rows.push(("Compared with", window.words()));
    }
    if scene.asked.view == View::Breakdown {
        let words = "always counted by call start";
        rows.push(("Breakdown", words.to_owned()));
    }
    if !fresh.is_empty() {
        rows.push(("Data through", fresh));
    }
    rows.push((
        "–",
        "no data, or nothing to divide by (not zero)".to_owned(),
    ));
    rows
}

impl HeatPage {
    /// For the template: a cell's class, and its text.
    fn cell(cell: &Cell) -> (String, String) {
        match cell {
            Cell::Closed => ("gap".to_owned(), String::new()),
            Cell::Blank => ("none".to_owned(), String::new()),
            Cell::Shaded { step, number } => (format!("h{step}"), number.shown()),
        }
    }
}

/// What stands above a table in a file.
pub(super) fn head(
    scene: &Scene,
    terms: &Terms,
    choices: &Choices,
    fresh: &str,
) -> Vec<(&'static str, String)> {
    let mut head = vec![
        ("History", who(choices)),
        ("Period", scene.window.words()),
        ("From", scene.instant(scene.window.from)),
        ("To", scene.instant(scene.window.to)),
        ("Interval", scene.step.word().to_owned()),
    ];
    head.extend(definitions(scene, terms, fresh.to_owned()));
    head.push(("Written", scene.instant(scene.now)));
    head
}
