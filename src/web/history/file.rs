//! History as files: CSV and XLSX with the same head, rows, columns and total. No text can start
//! a formula: XLSX cells are typed as text, CSV text gets a leading apostrophe. Numbers stay
//! numbers.

use std::collections::HashMap;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

use wallboard_texts::Texts;

use crate::web::parts::csv::{csv_writer, escape_formula};

use super::{
    breakdown::Breakdown,
    heat::{HeatCell, HeatMap, HeatRow},
    history_row::HistoryRow,
    number::HistoryNumber,
    table::HistoryTable,
};

pub(in crate::web) const XLSX_CONTENT_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The content of a file: head and table.
#[derive(Debug, Default)]
pub(in crate::web) struct FileGrid {
    /// Labels and values that apply to the whole file.
    pub(in crate::web) head: Vec<(&'static str, String)>,
    pub(in crate::web) headings: Vec<String>,
    pub(in crate::web) rows: Vec<Vec<FileValue>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::web) enum FileValue {
    Text(String),
    Number(HistoryNumber),
    Unknown,
}

impl From<HistoryNumber> for FileValue {
    fn from(number: HistoryNumber) -> Self {
        Self::Number(number)
    }
}

impl From<Option<HistoryNumber>> for FileValue {
    fn from(number: Option<HistoryNumber>) -> Self {
        number.map_or(Self::Unknown, Self::from)
    }
}

#[derive(Debug, thiserror::Error)]
pub(in crate::web) enum FileError {
    #[error("CSV: {0}")]
    Csv(#[from] csv::Error),
    #[error("XLSX: {0}")]
    Xlsx(#[from] XlsxError),
}

impl FileGrid {
    /// A table's rows and total; `first` has the headings of the names and of the times or IDs.
    pub(super) fn from_table(
        texts: &Texts,
        head: Vec<(&'static str, String)>,
        first: [&str; 2],
        headings: Vec<String>,
        table: &HistoryTable,
    ) -> Self {
        let headings = table.columns.iter().zip(headings);
        let headings = headings.map(|(column, word)| match table.unit_of(*column) {
            " (%)" if word.ends_with('%') => word,
            unit => word + unit,
        });
        let first = first.map(str::to_owned).into_iter();
        let row = |row: &HistoryRow| {
            let names = [&row.name, &row.id];
            let names = names.map(|name| FileValue::Text(name.clone())).into_iter();
            let values = table.columns.iter().map(|column| row.value(*column).into());
            let marks = FileValue::Text(row.file_labels(texts).join(", "));
            names.chain(values).chain([marks]).collect()
        };
        Self {
            head,
            headings: first
                .chain(headings)
                .chain([texts.file_note().to_owned()])
                .collect(),
            rows: table.rows.iter().chain(&table.total).map(row).collect(),
        }
    }

    /// A heat map: one row per weekday, one column per hour.
    pub(super) fn from_heat_map(
        texts: &Texts,
        above: Vec<(&'static str, String)>,
        heat: &HeatMap,
    ) -> Self {
        let row = |row: &HeatRow| {
            let cells = row.cells.iter().map(|cell| match cell {
                HeatCell::Shaded { number, .. } => FileValue::from(Some(*number)),
                HeatCell::Blank => FileValue::Text(texts.no_calls_label().to_owned()),
                HeatCell::Closed => FileValue::Text(texts.closed_label().to_owned()),
                HeatCell::Missing | HeatCell::Unknown => FileValue::Unknown,
            });
            [FileValue::Text(row.day.clone())]
                .into_iter()
                .chain(cells)
                .collect()
        };
        let hours = heat.hours.iter().map(|hour| format!("{hour}:00"));
        Self {
            head: above,
            headings: [texts.day_column().to_owned()]
                .into_iter()
                .chain(hours)
                .collect(),
            rows: heat.rows.iter().map(row).collect(),
        }
    }

    /// Calls by reason, issue, type and outcome, one class below another.
    pub(super) fn from_breakdown(
        texts: &Texts,
        head: Vec<(&'static str, String)>,
        breakdown: &Breakdown,
    ) -> Self {
        let mut rows = Vec::new();
        for class in &breakdown.classes {
            let word = || FileValue::Text(class.word.to_owned());
            if class.rows.is_empty() {
                let mut row = vec![FileValue::Unknown; 6];
                row[0] = word();
                row[5] = FileValue::Text(class.summary.clone());
                rows.push(row);
            }
            for row in &class.rows {
                rows.push(vec![
                    word(),
                    FileValue::Text(row.name.clone()),
                    FileValue::Text(row.id.clone()),
                    HistoryNumber::Count(row.calls).into(),
                    row.percent.map(HistoryNumber::Percent).into(),
                    FileValue::Text(class.summary.clone()),
                ]);
            }
        }
        let share = format!("{} (%)", texts.share_column());
        let headings = [
            texts.breakdown_column(),
            texts.name_column(),
            texts.file_id(),
            texts.calls_column(),
            &share,
            texts.file_note(),
        ];
        Self {
            head,
            headings: headings.map(str::to_owned).into(),
            rows,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(in crate::web) enum FileFormat {
    Csv,
    Xlsx,
}

impl FileFormat {
    pub(super) fn file_extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => XLSX_CONTENT_TYPE,
        }
    }

    pub(super) fn encode_grid(self, texts: &Texts, grid: &FileGrid) -> Result<Vec<u8>, FileError> {
        match self {
            Self::Csv => encode_csv(grid),
            Self::Xlsx => encode_xlsx(texts, grid),
        }
    }
}

fn encode_csv(grid: &FileGrid) -> Result<Vec<u8>, FileError> {
    let mut file = csv_writer();
    for (label, text) in &grid.head {
        file.write_record([escape_formula(label), escape_formula(text)])?;
    }
    file.write_record([""])?;
    file.write_record(grid.headings.iter().map(|heading| escape_formula(heading)))?;
    for row in &grid.rows {
        file.write_record(row.iter().map(|value| match value {
            FileValue::Text(text) => escape_formula(text),
            FileValue::Number(number) => number.rounded().to_string(),
            FileValue::Unknown => String::new(),
        }))?;
    }
    let bytes = file
        .into_inner()
        .map_err(|broken| csv::Error::from(broken.into_error()))?;
    Ok(bytes)
}

fn encode_xlsx(texts: &Texts, grid: &FileGrid) -> Result<Vec<u8>, FileError> {
    let mut book = Workbook::new();
    // The same table gives the same file.
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
    let bold = Format::new().set_bold();
    let formats = ["0", "0.0"].map(|format| (format, Format::new().set_num_format(format)));
    let formats = HashMap::from(formats);
    let heading = bold.clone().set_align(FormatAlign::Left).set_text_wrap();
    let page = book.add_worksheet();
    let title = grid
        .head
        .first()
        .map_or(texts.nav_history(), |(label, _)| *label);
    page.set_name(title)?
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_footer(format!("&L&F&R{}", texts.file_page("&P", "&N")));

    let mut row = 0;
    for (label, text) in &grid.head {
        page.write_string_with_format(row, 0, *label, &bold)?;
        page.write_string(row, 1, text)?;
        row += 1;
    }
    row += 1;
    page.set_freeze_panes(row + 1, 1)?;
    page.set_repeat_rows(row, row)?;
    for (index, text) in grid.headings.iter().enumerate() {
        page.write_string_with_format(row, column_number(index), text, &heading)?;
        page.set_column_width(column_number(index), if index < 2 { 26 } else { 13 })?;
    }
    for values in &grid.rows {
        row += 1;
        for (index, value) in values.iter().enumerate() {
            match value {
                FileValue::Text(text) => page.write_string(row, column_number(index), text)?,
                FileValue::Number(number) => {
                    let format = &formats[number.cell_format()];
                    let (column, value) = (column_number(index), number.value());
                    page.write_number_with_format(row, column, value, format)?
                }
                FileValue::Unknown => continue,
            };
        }
    }
    Ok(book.save_to_buffer()?)
}

fn column_number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Counter, Counters, Metric, SiteConfig};
    use wallboard_history::report::RowFigures;

    use super::{
        super::{
            column::{HistoryColumn, RatioRules},
            query::HistoryQuery,
        },
        *,
    };

    fn table() -> HistoryTable {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, 12);
        counters.add(Counter::Answered, 9);
        counters.add(Counter::AnsweredWithin, 6);
        counters.add(Counter::Abandoned, 3);
        counters.add(Counter::NpsAnswers, 2);
        counters.add(Counter::Detractors, 1);
        let row = |name: &str, figures| HistoryRow {
            name: name.to_owned(),
            id: "export/1".to_owned(),
            figures,
            target: SiteConfig::default().target_in_force("calls/1", Metric::ServiceLevel),
            ..HistoryRow::default()
        };
        let mut table = HistoryTable::from_rows(
            vec![
                row(
                    "=HYPERLINK(\"http://x\")",
                    Some(RowFigures::Contacts(counters.into())),
                ),
                row("@SUM(1)", None),
            ],
            vec![
                HistoryColumn::Offered,
                HistoryColumn::ServiceLevel,
                HistoryColumn::Nps,
            ],
            &HistoryQuery::default(),
            RatioRules::default(),
        );
        if let Some(total) = &mut table.total {
            total.name = "Total".to_owned();
        }
        table
    }

    fn grid() -> FileGrid {
        let head = vec![
            ("Period", "Thu 19 Nov 2026".to_owned()),
            ("Queues", "-1+1".to_owned()),
        ];
        let headings = ["Offered", "Within 20 s", "NPS"]
            .map(str::to_owned)
            .to_vec();
        FileGrid::from_table(Texts::english(), head, ["Queue", "Id"], headings, &table())
    }

    #[test]
    fn csv_text_never_starts_a_formula_and_numbers_stay_numbers() {
        let text = String::from_utf8(encode_csv(&grid()).unwrap()).unwrap();

        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "\u{feff}Period,Thu 19 Nov 2026",
                "Queues,'-1+1",
                "\"\"",
                "Queue,Id,Offered,Within 20 s (%),NPS,Note",
                "\"'=HYPERLINK(\"\"http://x\"\")\",export/1,12,50,-50,missed",
                "'@SUM(1),export/1,,,,no data",
                "Total,,12,50,-50,",
                ""
            ]
        );
    }

    #[test]
    fn xlsx_has_the_decimals_that_csv_rounds() {
        let grid = |seconds| FileGrid {
            headings: vec!["Average (s)".to_owned()],
            rows: vec![vec![HistoryNumber::Seconds(seconds).into()]],
            ..FileGrid::default()
        };
        let (one, other) = (grid(37.625), grid(37.875));
        let csv = String::from_utf8(encode_csv(&one).unwrap()).unwrap();

        assert!(csv.ends_with("\r\n38\r\n"), "{csv:?}");
        assert_eq!(encode_csv(&one).unwrap(), encode_csv(&other).unwrap());
        assert_ne!(
            encode_xlsx(Texts::english(), &one).unwrap(),
            encode_xlsx(Texts::english(), &other).unwrap()
        );
    }

    #[test]
    fn the_same_table_gives_the_same_xlsx_bytes() {
        let (once, again) = (
            encode_xlsx(Texts::english(), &grid()).unwrap(),
            encode_xlsx(Texts::english(), &grid()).unwrap(),
        );

        assert!(once.starts_with(b"PK"));
        assert_eq!(once, again);
    }
}
