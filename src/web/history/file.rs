//! What is shown as files: CSV and XLSX with the same head, rows, columns and total.
//! No text in them can start a formula: in XLSX a text is one by its kind, in CSV it has
//! an apostrophe in front. Numbers stay numbers.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

use crate::web::csv::{csv_writer, escape_formula};

use super::{
    heat::{Cell, Heat},
    number::Number,
    shares::Shares,
    sheet::{Line, Sheet},
};

/// What is written: what stands above the table, and the table.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// What, and what holds for all of it.
    pub(super) head: Vec<(&'static str, String)>,
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    Unknown,
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number.plain())
    }
}

impl From<Option<Number>> for Value {
    fn from(number: Option<Number>) -> Self {
        number.map_or(Self::Unknown, Self::from)
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("CSV: {0}")]
    Csv(#[from] csv::Error),
    #[error("XLSX: {0}")]
    Xlsx(#[from] XlsxError),
}

/// Words that stand beside a row.
pub(super) fn marks(line: &Line) -> Vec<&'static str> {
    let entry = &line.entry;
    let is_part = entry.is_part && entry.counts.is_some() && !entry.is_partial;
    let marks = [
        entry.counts.is_none().then_some("no data"),
        entry.is_partial.then_some("in progress"),
        is_part.then_some("partial"),
        entry.is_live.then_some("live"),
        line.is_missed.then_some("missed"),
    ];
    marks.into_iter().flatten().collect()
}

impl Grid {
    /// The rows of a table and their total; `first` heads names, and instants or ids.
    pub(super) fn of_sheet(
        head: Vec<(&'static str, String)>,
        first: [&str; 2],
        headings: Vec<String>,
        sheet: &Sheet,
    ) -> Self {
        let headings = headings.into_iter().enumerate();
        let headings = headings.map(|(place, word)| match sheet.unit(place) {
            " (%)" if word.ends_with('%') => word,
            unit => word + unit,
        });
        let first = first.map(str::to_owned).into_iter();
        let row = |line: &Line| {
            let names = [&line.entry.name, &line.entry.id];
            let names = names.map(|name| Value::Text(name.clone())).into_iter();
            let figures = line.figures.iter().map(|figure| Value::from(*figure));
            let marks = Value::Text(marks(line).join(", "));
            names.chain(figures).chain([marks]).collect()
        };
        Self {
            head,
            headings: first.chain(headings).chain(["Note".to_owned()]).collect(),
            rows: sheet.rows.iter().chain([&sheet.total]).map(row).collect(),
        }
    }

    /// A heat map: a row a weekday, a column an hour.
    pub(super) fn of_heat(above: Vec<(&'static str, String)>, heat: &Heat) -> Self {
        let row = |row: &super::heat::Row| {
            let cells = row.cells.iter().map(|cell| match cell {
                Cell::Shaded { number, .. } => Value::from(Some(*number)),
                Cell::Blank => Value::Text("no calls".to_owned()),
                Cell::Closed => Value::Unknown,
            });
            [Value::Text(row.day.to_owned())]
                .into_iter()
                .chain(cells)
                .collect()
        };
        let hours = heat.hours.iter().map(|hour| format!("{hour}:00"));
        Self {
            head: above,
            headings: ["Day".to_owned()].into_iter().chain(hours).collect(),
            rows: heat.rows.iter().map(row).collect(),
        }
    }
}

impl Grid {
    /// How many had each reason, issue, type and end, one below the other.
    pub(super) fn of_shares(above: Vec<(&'static str, String)>, shares: &Shares) -> Self {
        let mut rows = Vec::new();
        for class in &shares.classes {
            let word = || Value::Text(class.word.to_owned());
            if class.rows.is_empty() {
                let said = [
                    Value::Unknown,
                    Value::Unknown,
                    Value::Unknown,
                    Value::Unknown,
                ];
                let why = [Value::Text(class.words.clone())];
                rows.push([word()].into_iter().chain(said).chain(why).collect());
            }
            for row in &class.rows {
                rows.push(vec![
                    word(),
                    Value::Text(row.name.clone()),
                    Value::Text(row.id.clone()),
                    Number::Count(row.calls).into(),
                    row.share.map(Number::Percent).into(),
                    Value::Text(class.words.clone()),
                ]);
            }
        }
        let headings = ["What", "Name", "Id", "Calls", "Share (%)", "Note"];
        Self {
            head: above,
            headings: headings.map(str::to_owned).into(),
            rows,
        }
    }
}

pub(super) fn csv(grid: &Grid) -> Result<Vec<u8>, FileError> {
    let mut file = csv_writer();
    for (what, said) in &grid.head {
        file.write_record([escape_formula(what), escape_formula(said)])?;
    }
    file.write_record([""])?;
    file.write_record(grid.headings.iter().map(|heading| escape_formula(heading)))?;
    for row in &grid.rows {
        file.write_record(row.iter().map(|value| match value {
            Value::Text(text) => escape_formula(text),
            Value::Number(number) => number.to_string(),
            Value::Unknown => String::new(),
        }))?;
    }
    let bytes = file
        .into_inner()
        .map_err(|broken| csv::Error::from(broken.into_error()))?;
    Ok(bytes)
}

pub(super) fn xlsx(grid: &Grid) -> Result<Vec<u8>, FileError> {
    let mut book = Workbook::new();
    // The same table is the same file.
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
    let bold = Format::new().set_bold();
    let heading = bold.clone().set_align(FormatAlign::Left).set_text_wrap();
    let page = book.add_worksheet();
    page.set_name("History")?
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_footer("&L&F&RPage &P of &N");

    let mut row = 0;
    for (what, said) in &grid.head {
        page.write_string_with_format(row, 0, *what, &bold)?;
        page.write_string(row, 1, said)?;
        row += 1;
    }
    row += 1;
    page.set_freeze_panes(row + 1, 1)?;
    page.set_repeat_rows(row, row)?;
    for (place, text) in grid.headings.iter().enumerate() {
        page.write_string_with_format(row, column(place), text, &heading)?;
        page.set_column_width(column(place), if place < 2 { 26 } else { 13 })?;
    }
    for values in &grid.rows {
        row += 1;
        for (place, value) in values.iter().enumerate() {
            match value {
                Value::Text(text) => page.write_string(row, column(place), text)?,
                Value::Number(number) => page.write_number(row, column(place), *number)?,
                Value::Unknown => continue,
            };
        }
    }
    Ok(book.save_to_buffer()?)
}

fn column(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use crate::domain::{Counter, Counters};

    use super::{
        super::{
            column::{Column, Counts, Rules},
            sheet::Entry,
        },
        *,
    };

    fn sheet() -> Sheet {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, 4);
        counters.add(Counter::Answered, 3);
        counters.add(Counter::AnsweredWithin, 2);
        counters.add(Counter::Abandoned, 1);
        counters.add(Counter::NpsAnswers, 2);
        counters.add(Counter::Detractors, 1);
        let entry = |name: &str, counts| Entry {
            name: name.to_owned(),
            id: "export/1".to_owned(),
            counts,
            target: Some(80.0),
            ..Entry::default()
        };
        Sheet::new(
            vec![
                entry("=HYPERLINK(\"http://x\")", Some(Counts::Queue(counters))),
                entry("@SUM(1)", None),
            ],
            vec![Column::Offered, Column::ServiceLevel, Column::Nps],
            Rules::default(),
            None,
            false,
        )
    }

    fn grid() -> Grid {
        let head = vec![
            ("Period", "Thu 19 Nov 2026".to_owned()),
            ("Queues", "-1+1".to_owned()),
        ];
        let headings = ["Offered", "Within 20 s", "NPS"]
            .map(str::to_owned)
            .to_vec();
        Grid::of_sheet(head, ["Queue", "Id"], headings, &sheet())
    }

    #[test]
    fn no_text_of_a_csv_starts_a_formula_and_numbers_stay_numbers() {
        let text = String::from_utf8(csv(&grid()).unwrap()).unwrap();

        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "\u{feff}Period,Thu 19 Nov 2026",
                "Queues,'-1+1",
                "\"\"",
                "Queue,Id,Offered,Within 20 s (%),NPS,Note",
                "\"'=HYPERLINK(\"\"http://x\"\")\",export/1,4,50,-50,missed",
                "'@SUM(1),export/1,,,,no data",
                "Total,,4,50,-50,",
                ""
            ]
        );
    }

    #[test]
    fn the_same_table_is_the_same_spreadsheet() {
        let (once, again) = (xlsx(&grid()).unwrap(), xlsx(&grid()).unwrap());

        assert!(once.starts_with(b"PK"));
        assert_eq!(once, again);
    }
}
