//! What files have under a header, as rows of a page.

use crate::{
    domain::{Column as Ours, SourceId},
    history::report::{
        self, ByWhom, ColumnAsk, ColumnReport, ColumnRow, Dataset, Header, History, Several,
    },
    web::{WebError, names::Link},
};

use super::super::{
    choice::{Rows, Step},
    column::{Column, Counts, Rules},
    refused, scene,
    scene::Scene,
    sheet::{Entry, Sheet},
};

/// All that the page shows of a column.
pub(super) struct Told {
    pub(super) header: Header,
    pub(super) dataset: Dataset,
    pub(super) times: Vec<Entry>,
    pub(super) sheet: Sheet,
    pub(super) notes: Vec<(String, Option<Link>)>,
}

/// `None` where no column is chosen, or no file has it.
pub(super) async fn told(
    history: &History,
    scene: &mut Scene,
    datasets: &[(SourceId, Dataset)],
) -> Result<Option<Told>, WebError> {
    let Some(header) = scene.asked.column.clone() else {
        return Ok(None);
    };
    let mut known = datasets.iter().filter(|(source, dataset)| {
        *source == header.source && dataset.name.eq_ignore_ascii_case(&header.dataset)
    });
    let Some((_, dataset)) = known.next().filter(|(_, dataset)| has(dataset, &header)) else {
        return Ok(None);
    };
    let wanted = match scene.asked.step {
        Some(step) => step,
        None if dataset.has_hours && scene.window.days() <= 8 => Step::Hour,
        None => Step::Day,
    };
    scene.step = scene::allowed(wanted.max(Step::Hour), scene.window.days());
    scene.is_coarser = scene.asked.step.is_some() && scene.step != wanted;
    let by = by(dataset, scene.asked.rows);
    let ask = ColumnAsk {
        header: header.clone(),
        by,
        from: scene.window.from,
        to: scene.window.to,
        step: match scene.step {
            Step::Day => report::Step::Day,
            _ => report::Step::Hour,
        },
        zone: scene.zone().clone(),
    };
    let Some(report) = history.column(ask).await.map_err(refused)? else {
        return Ok(None);
    };
    let notes = notes(scene, dataset, &header, &report, by);
    let times = entries(scene, &report.all);
    let rows = match by {
        None => times.clone(),
        Some(_) => subjects(scene, &report),
    };
    let sheet = Sheet::new(
        rows,
        Column::of_own(),
        Rules::default(),
        scene.asked.sort.as_ref(),
        false,
    );
    Ok(Some(Told {
        header,
        dataset: dataset.clone(),
        times,
        sheet,
        notes,
    }))
}

fn has(dataset: &Dataset, header: &Header) -> bool {
    let mapped = dataset.mapped.iter().map(|(_, header)| header);
    let mut headers = dataset.unmapped.iter().chain(mapped);
    headers.any(|own| *own == header.header)
}

/// Whom a row is of, where the mapping says who that is.
pub(super) fn by(dataset: &Dataset, rows: Rows) -> Option<ByWhom> {
    let says = |ours| dataset.mapped.iter().any(|(column, _)| *column == ours);
    match rows {
        Rows::Queue if says(Ours::Queue) => Some(ByWhom::Queue),
        Rows::Agent if says(Ours::Agent) => Some(ByWhom::Agent),
        _ => None,
    }
}

/// A row a step.
fn entries(scene: &Scene, rows: &[ColumnRow]) -> Vec<Entry> {
    let rows = rows.iter().filter(|row| row.start < scene.now);
    let entry = |row: &ColumnRow| {
        let name = scene.label(row.start);
        Entry {
            name: if row.is_utc && scene.step == Step::Day {
                format!("{name} (UTC day)")
            } else {
                name
            },
            id: scene.instant(row.start),
            from: Some(row.start),
            to: Some(row.end),
            counts: row.values.map(|values| own(scene, values)),
            is_partial: scene.now < row.end,
            is_part: row.is_partial,
            ..Entry::default()
        }
    };
    rows.map(entry).collect()
}

/// A row of each over the whole time.
fn subjects(scene: &Scene, report: &ColumnReport) -> Vec<Entry> {
    let series = report.series.iter().map(|series| {
        let values = series.rows.iter().filter_map(|row| row.values);
        let whole = values.reduce(|mut all, values| {
            all.merge(&values);
            all
        });
        Entry {
            name: series.name.clone(),
            id: series.id.to_string(),
            from: Some(scene.window.from),
            to: Some(scene.window.to.min(scene.now)),
            counts: whole.map(|values| own(scene, values)),
            is_partial: scene.goes_on(),
            is_part: series.rows.iter().any(|row| row.is_partial),
            ..Entry::default()
        }
    });
    series.collect()
}

fn own(scene: &Scene, values: Several) -> Counts {
    Counts::Own(values, scene.asked.several)
}

fn notes(
    scene: &Scene,
    dataset: &Dataset,
    header: &Header,
    report: &ColumnReport,
    by: Option<ByWhom>,
) -> Vec<(String, Option<Link>)> {
    let mut notes = Vec::new();
    let mut mapped = dataset.mapped.iter();
    if let Some((ours, _)) = mapped.find(|(_, own)| *own == header.header) {
        let text = format!(
            "This column is mapped as {}: History counts with it.",
            ours.name()
        );
        notes.push((text, None));
    }
    if report.is_finer {
        let link = Link {
            name: "Show days".to_owned(),
            href: scene.address(|asked| asked.step = Some(Step::Day)),
        };
        let text = "Some of its files are of whole days; nothing is shown finer than its file.";
        notes.push((text.to_owned(), Some(link)));
    }
    if scene.is_coarser {
        let text = match scene.step {
            Step::Day => "So long a time is told in days; hours are for shorter times.",
            _ => "Files are of hours at the shortest, and nothing is shown finer than its file.",
        };
        notes.push((text.to_owned(), None));
    }
    if by.is_none() && scene.asked.rows != Rows::Time {
        let text = format!(
            "Nothing says which column of {} names {}: map it, and each has a row.",
            dataset.name,
            match scene.asked.rows {
                Rows::Agent => "the agent",
                _ => "the queue",
            }
        );
        notes.push((text, None));
    }
    notes
}
