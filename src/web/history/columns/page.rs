//! The page of a column: what was told of it becomes words, a drawing and a table.

use askama::Template;

use crate::{
    domain::SourceId,
    history::report::{Dataset, Header},
    web::{Web, assets, clock::Stamp, names::Link},
};

use super::{
    super::{
        chart::{self, Chart},
        choice::{Choice, Rows, Step},
        column::{Column, Counts, Rules},
        form::{self, Choose, Form, Tab},
        number,
        page::{self, Choices, Empty},
        scene::{Scene, Terms},
        sheet::Entry,
        table::{self, Table},
    },
    address, are_there, of,
    told::{Told, by},
};

#[derive(Template)]
#[template(path = "history_columns.html")]
pub(super) struct Page {
    build: &'static str,
    demo: bool,
    stamp: Stamp,
    /// The header, where one is chosen.
    who: String,
    /// Its source and dataset.
    of: String,
    when: String,
    zone: String,
    lists: Vec<List>,
    presets: Vec<Tab>,
    form: Form,
    folds: Vec<Choose>,
    notes: Vec<(String, Option<Link>)>,
    files: [(&'static str, String); 2],
    empty: Option<Empty>,
    chart: Option<Chart>,
    no_chart: Option<(String, Option<Link>)>,
    missing: Vec<String>,
    table: Option<Table>,
    definitions: Vec<(&'static str, String)>,
    /// What is chosen, for the foot of printed pages.
    foot: String,
    /// For the drawing and the table, which other pages have too.
    before: String,
    all_href: Option<String>,
}

/// The columns of one dataset that can be chosen.
struct List {
    name: String,
    /// Id, header, whether it is chosen, and where it leads.
    columns: Vec<(String, String, bool, String)>,
    /// `Group as queue`
    mapped: String,
}

impl Page {
    pub(super) fn new(
        web: &Web,
        scene: &Scene,
        stamp: Stamp,
        datasets: &[(SourceId, Dataset)],
        told: Option<Told>,
    ) -> Self {
        let chart = told.as_ref().and_then(|told| draw(scene, told));
        let choices = Choices::default();
        Self {
            build: assets::build(),
            demo: web.demo,
            stamp,
            who: (told.as_ref()).map_or_else(String::new, |told| told.header.header.clone()),
            of: (told.as_ref()).map_or_else(String::new, |told| of(&told.header)),
            when: scene.window.words(),
            zone: scene.zone_name.clone(),
            lists: lists(scene, datasets),
            presets: form::presets(scene),
            form: fitted(form::form(scene, &choices), told.as_ref()),
            folds: form::choose(scene.asked.several),
            files: [
                ("CSV", scene.asked.address("/history/columns.csv")),
                ("XLSX", scene.asked.address("/history/columns.xlsx")),
            ],
            empty: empty(web, scene, datasets, told.is_some()),
            no_chart: (told.as_ref())
                .filter(|_| chart.is_none())
                .map(|told| no_chart(scene, told)),
            missing: (told.as_ref())
                .map(|told| page::missing(scene, &told.times))
                .unwrap_or_default(),
            table: (told.as_ref()).map(|told| table::table(scene, &Terms::default(), &told.sheet)),
            definitions: definitions(scene, told.as_ref()),
            foot: format!(
                "{} · steps of {} · drawn: {}",
                (told.as_ref()).map_or_else(String::new, |told| of(&told.header)),
                scene.step.word(),
                scene.asked.several.word()
            ),
            notes: told.map(|told| told.notes).unwrap_or_default(),
            chart,
            before: String::new(),
            all_href: None,
        }
    }
}

fn draw(scene: &Scene, told: &Told) -> Option<Chart> {
    let shown = |entry: &Entry| {
        let column = Column::Own(scene.asked.several);
        number::shown(column.of(entry.counts.as_ref(), None, Rules::default()))
    };
    let read = |entry: &Entry| {
        let when = match (entry.from, entry.to) {
            (Some(from), Some(to)) => scene.stretch(from, to),
            _ => entry.name.clone(),
        };
        let what = match &entry.counts {
            None => "no value".to_owned(),
            Some(_) => format!("{} {}", told.header.header, shown(entry)),
        };
        let marks = [(entry.is_partial, ", so far"), (entry.is_part, ", in part")];
        let marks = marks.into_iter().filter(|(is_so, _)| *is_so);
        let marks: String = marks.map(|(_, words)| words).collect();
        format!("{when}: {what}{marks}.")
    };
    let label = |entry: &Entry| page::tick(scene, entry);
    chart::chart(&told.times, Rules::default(), read, label)
}

fn no_chart(scene: &Scene, told: &Told) -> (String, Option<Link>) {
    let is_below = |entry: &Entry| match &entry.counts {
        Some(Counts::Own(values, fold)) => fold.of(values) < 0.0,
        _ => false,
    };
    if told.times.iter().any(is_below) {
        let text = "Values below zero are not drawn; the table has them all.";
        return (text.to_owned(), None);
    }
    let nothing = "No file of this time has a value under this header.";
    page::no_chart(scene, told.times.iter().any(|entry| entry.counts.is_some()))
        .unwrap_or_else(|| (nothing.to_owned(), None))
}

/// Which columns there are to choose from.
fn lists(scene: &Scene, datasets: &[(SourceId, Dataset)]) -> Vec<List> {
    // One that is mapped by now is there as long as it is looked at.
    let chosen = |source: &SourceId, dataset: &Dataset| {
        let column = scene.asked.column.clone();
        let its =
            column.filter(|column| column.source == *source && column.dataset == dataset.name);
        let mut mapped = dataset.mapped.iter().map(|(_, header)| header);
        its.and_then(|its| mapped.find(|header| **header == its.header).cloned())
    };
    let list = |(source, dataset): &(SourceId, Dataset)| List {
        name: format!("{source}: {}", dataset.name),
        columns: (dataset.unmapped.iter().cloned())
            .chain(chosen(source, dataset))
            .map(|header| {
                let column = Header {
                    source: source.clone(),
                    dataset: dataset.name.clone(),
                    header: header.clone(),
                };
                let is_chosen = scene.asked.column.as_ref() == Some(&column);
                let href = address(source.as_str(), &dataset.name, &header);
                (column.to_string(), header, is_chosen, href)
            })
            .collect(),
        mapped: (dataset.mapped.iter())
            .map(|(ours, header)| format!("{header} as {}", ours.name()))
            .collect::<Vec<_>>()
            .join(", "),
    };
    datasets.iter().map(list).collect()
}

/// The form of history, without what these files do not tell.
fn fitted(form: Form, told: Option<&Told>) -> Form {
    let is_known =
        |rows| rows == Rows::Time || told.is_some_and(|told| by(&told.dataset, rows).is_some());
    Form {
        steps: (form.steps.into_iter())
            .filter(|one| Step::from_name(one.name).is_some_and(|step| Step::Hour <= step))
            .collect(),
        rows: (form.rows.into_iter())
            .filter(|one| Rows::from_name(one.name).is_some_and(is_known))
            .collect(),
        ..form
    }
}

/// Why there is no column to be seen, and what to do.
fn empty(
    web: &Web,
    scene: &Scene,
    datasets: &[(SourceId, Dataset)],
    is_told: bool,
) -> Option<Empty> {
    let sources = vec![Link {
        name: "Sources".to_owned(),
        href: "/sources".to_owned(),
    }];
    let (title, text, links) = if is_told {
        return None;
    } else if !are_there(web) {
        (
            "No source has columns of its own",
            "Only Vergic's Statistics Export has: its files are mapped by the configuration, and \
             what is not mapped is kept under its own header and shown here.",
            sources,
        )
    } else if datasets.is_empty() {
        (
            "No import yet",
            "No file has been taken in yet. The sources page says when the next one is due.",
            sources,
        )
    } else if scene.asked.column.is_some() {
        (
            "No file has this column",
            "Its header may be spelled another way by now. Choose one of these.",
            Vec::new(),
        )
    } else {
        (
            "Choose a column",
            "These stand in the files, and nothing in the configuration says what they hold.",
            Vec::new(),
        )
    };
    Some(Empty {
        title: title.to_owned(),
        text: text.to_owned(),
        links,
    })
}

pub(super) fn definitions(scene: &Scene, told: Option<&Told>) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        (
            "Added up, mean, lowest, highest",
            "of the numbers under this header, a row of a file each. Whether they can be added, the \
             export does not say: counts can, a rate or a mean cannot, and their mean here is that of \
             all rows alike"
                .to_owned(),
        ),
        (
            "Left out",
            "rows called Total, and texts; of a day that has files of hours, the file of the day"
                .to_owned(),
        ),
        ("Times", format!("in {}; files are of hours and days in UTC", scene.zone_name)),
        ("–", "no file has a value; it is never 0".to_owned()),
    ];
    if let Some(told) = told {
        let line = toml_line(&told.header);
        rows.push(("To map it", format!("say which of our words it is: {line}")));
    }
    rows
}

/// `[sources.vergic.columns] "queues" = { …, transferred = "Passed on" }`
fn toml_line(header: &Header) -> String {
    // As TOML writes it in quotes.
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    format!(
        "[sources.{}.columns] {} = {{ …, transferred = {} }}",
        header.source,
        quoted(&header.dataset),
        quoted(&header.header)
    )
}
