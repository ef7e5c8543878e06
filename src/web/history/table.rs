//! The table of a page: headings that sort, figures that lead to their calls, a total.

use super::{
    asked::Sort,
    choice::{Choice, Rows, Step},
    column::Column,
    file, number, page,
    scene::{Scene, Terms},
    sheet::{Line, Sheet},
};

pub(super) struct Table {
    pub(super) caption: String,
    /// Heading, where its link leads, and how it is sorted.
    pub(super) headings: Vec<Heading>,
    pub(super) first_heading: Heading,
    pub(super) rows: Vec<TableRow>,
    pub(super) total: TableRow,
}

pub(super) struct Heading {
    pub(super) word: String,
    pub(super) href: String,
    /// For `aria-sort`; empty where it is not sorted by this.
    pub(super) sorted: &'static str,
    pub(super) arrow: &'static str,
}

pub(super) struct TableRow {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) mark: String,
    pub(super) is_missed: bool,
    pub(super) is_empty: bool,
    pub(super) cells: Vec<TableCell>,
}

pub(super) struct TableCell {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) is_level: bool,
    pub(super) is_before: bool,
}

pub(super) fn table(scene: &Scene, terms: &Terms, sheet: &Sheet) -> Table {
    let first = match scene.asked.rows {
        Rows::Time if scene.step == Step::Day => "Day",
        Rows::Time => "Time",
        Rows::Queue => "Queue",
        Rows::Agent => "Agent",
    };
    let words = page::headings(scene, terms, sheet);
    let headings = sheet.columns.iter().zip(words);
    Table {
        caption: format!(
            "{first} by {first_of}, {}",
            scene.window.words(),
            first_of = if scene.asked.rows == Rows::Time {
                scene.step.word()
            } else {
                "name"
            },
        ),
        first_heading: heading(scene, "", first.to_owned()),
        headings: headings
            .map(|(column, word)| heading(scene, column.key(), word))
            .collect(),
        rows: sheet
            .rows
            .iter()
            .map(|line| row(scene, sheet, line))
            .collect(),
        total: row(scene, sheet, &sheet.total),
    }
}

/// Where rows are sorted by this column already, its link turns them round.
fn heading(scene: &Scene, key: &str, word: String) -> Heading {
    let sort = scene.asked.sort.as_ref();
    let here = match sort {
        None if key.is_empty() => Some(false),
        Some(sort) if sort.column == key => Some(sort.is_descending),
        _ => None,
    };
    let href = scene.address(|asked| {
        // The first click on figures shows the greatest, on names the first.
        let is_descending = here.map_or(!key.is_empty(), |is_descending| !is_descending);
        let is_as_is = key.is_empty() && !is_descending;
        asked.sort = (!is_as_is).then(|| Sort {
            column: key.to_owned(),
            is_descending,
        });
    });
    let (sorted, arrow) = match here {
        Some(true) => ("descending", "↓"),
        Some(false) => ("ascending", "↑"),
        None => ("", ""),
    };
    Heading {
        word,
        href,
        sorted,
        arrow,
    }
}

fn row(scene: &Scene, sheet: &Sheet, line: &Line) -> TableRow {
    let cells = sheet.columns.iter().zip(&line.figures);
    TableRow {
        name: line.entry.name.clone(),
        href: line.entry.href.clone(),
        // These two stand in the row itself.
        mark: file::marks(line)
            .into_iter()
            .filter(|mark| !["missed", "no data"].contains(mark))
            .collect::<Vec<_>>()
            .join(", "),
        is_missed: line.is_missed,
        is_empty: line.entry.counts.is_none(),
        cells: cells
            .map(|(column, figure)| TableCell {
                text: number::shown(*figure),
                href: (*figure)
                    .and_then(|figure| behind(scene, *column, figure, line))
                    .unwrap_or_default(),
                is_level: *column == Column::ServiceLevel,
                is_before: column.is_before(),
            })
            .collect(),
    }
}

/// The calls behind a figure, where it is of calls and there are any.
fn behind(scene: &Scene, column: Column, figure: number::Number, line: &Line) -> Option<String> {
    if !line.entry.has_calls
        || line.entry.is_live
        || figure.value() == 0.0 && figure.unit().is_empty()
    {
        return None;
    }
    let outcome = match column {
        Column::Offered
        | Column::LongestWait
        | Column::ServiceLevel
        | Column::AbandonRate
        | Column::Transferred
        | Column::AgentTransferred => None,
        Column::Answered
        | Column::AverageSpeedOfAnswer
        | Column::HandleTime
        | Column::TalkTime
        | Column::WrapUp
        | Column::TalksWithin
        | Column::AgentHandled
        | Column::AgentHandleTime => Some("answered"),
        Column::Abandoned => Some("abandoned"),
        Column::Short => Some("short_abandoned"),
        Column::FlowOuts => Some("flow_out"),
        _ => return None,
    };
    let (from, to) = line.entry.from.zip(line.entry.to)?;
    let mut asked = scene.asked.clone();
    let id = crate::web::listing::id(&line.entry.id);
    match scene.asked.rows {
        Rows::Queue => asked.queues = id.map(|id| vec![id]).unwrap_or(asked.queues),
        Rows::Agent => asked.agent = id.or(asked.agent),
        Rows::Time => {}
    }
    let of = Scene {
        asked,
        ..scene.clone()
    };
    Some(of.calls(from, to, outcome))
}
