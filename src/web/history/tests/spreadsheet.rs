//! XLSX files, read as a spreadsheet program would, against the CSV file of the same page.

use std::io::Read;

use flate2::read::DeflateDecoder;

use crate::web::tests::{get_bytes, get_page, test_site};
use wallboard_domain::Pattern;

use super::{
    DAY, HOUR, QUERY, computed_day, history_fixture, interval_row, router_over, text_between,
};

/// The content of a file in a ZIP archive, found by the archive's directory.
fn unzip(archive: &[u8], name: &str) -> String {
    let number = |at: usize, bytes: usize| {
        let bytes = archive[at..at + bytes].iter().rev();
        bytes.fold(0, |number, byte| number * 256 + usize::from(*byte))
    };
    let entries = (0..archive.len() - 46).filter(|at| archive[*at..].starts_with(b"PK\x01\x02"));
    let is_named = |at: &usize| archive[at + 46..].starts_with(name.as_bytes());
    let entry = entries.into_iter().find(is_named).unwrap();
    let (method, size, at) = (
        number(entry + 10, 2),
        number(entry + 20, 4),
        number(entry + 42, 4),
    );
    let content = at + 30 + number(at + 26, 2) + number(at + 28, 2);
    let content = &archive[content..content + size];
    let mut text = String::new();
    match method {
        0 => text.push_str(std::str::from_utf8(content).unwrap()),
        8 => drop(
            DeflateDecoder::new(content)
                .read_to_string(&mut text)
                .unwrap(),
        ),
        method => panic!("compressed by method {method}"),
    }
    text
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

/// The cells of the only sheet by row, without empty ones: texts, and numbers as they are stored.
pub(super) fn read_sheet(file: &[u8]) -> Vec<Vec<String>> {
    let strings = unzip(file, "xl/sharedStrings.xml");
    let strings = text_between(&strings, "<si>", "</si>")
        .into_iter()
        .map(|item| {
            let (_, text) = item.split_once('>').unwrap();
            unescape(text.strip_suffix("</t>").unwrap())
        });
    let strings: Vec<_> = strings.collect();
    let sheet = unzip(file, "xl/worksheets/sheet1.xml");
    let cell = |cell: &str| {
        let (attributes, rest) = cell.split_once("><v>")?;
        let value = rest.split_once("</v>")?.0;
        Some(if attributes.contains("t=\"s\"") {
            strings[value.parse::<usize>().unwrap()].clone()
        } else {
            value.to_owned()
        })
    };
    let rows = text_between(&sheet, "<row ", "</row>").into_iter();
    rows.map(|row| row.split("<c ").skip(1).filter_map(cell).collect())
        .collect()
}

/// The same of a CSV file.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells = row.iter().filter(|cell| !cell.is_empty());
        // The guard against formulas.
        cells
            .map(|cell| cell.trim_start_matches('\'').to_owned())
            .collect()
    });
    rows.filter(|row: &Vec<_>| !row.is_empty()).collect()
}

#[tokio::test]
async fn xlsx_has_the_notes_comparisons_and_figures_of_csv_with_all_decimals() {
    let fixture = history_fixture().await;
    let week = 7 * 24 * HOUR;
    let before = vec![interval_row("1", DAY - week + 9 * HOUR, [50, 49, 1])];
    fixture
        .replace_intervals(computed_day(DAY - week, before))
        .await;
    fixture.insert_coverage(DAY - week..DAY - week + 24 * HOUR);
    let mut site = test_site();
    site.hidden_queues.push(Pattern("calls/2".to_owned()));
    let router = router_over(&fixture, site, Vec::new());
    let compared = QUERY.replace("&compare=none", "");

    let mut decimals = 0;
    for query in [
        format!("{compared}&view=table"),
        format!("{compared}&by=queue"),
        format!("{QUERY}&by=agent"),
        format!("{QUERY}&view=heatmap&metric=service_level"),
        format!("{QUERY}&view=breakdown"),
        format!("{QUERY}&only=missed&zone=Asia%2FTokyo"),
    ] {
        let csv = get_page(&router, &format!("/history.csv?{query}"))
            .await
            .text;
        let xlsx = get_bytes(&router, &format!("/history.xlsx?{query}")).await;
        let (csv, sheet) = (read_csv(&csv), read_sheet(&xlsx));

        assert_eq!(csv.len(), sheet.len(), "{query}: {sheet:#?}");
        for (expected, cells) in csv.iter().zip(&sheet).filter(|row| row.0[0] != "Written") {
            assert_eq!(expected.len(), cells.len(), "{query}: {cells:?}");
            for (expected, cell) in expected.iter().zip(cells) {
                match (expected.parse::<f64>(), cell.parse::<f64>()) {
                    (Ok(rounded), Ok(number)) => {
                        assert!((rounded - number).abs() <= 0.5, "{expected} and {cell}");
                        decimals += usize::from(2 < cell.split('.').nth(1).map_or(0, str::len));
                    }
                    _ => assert_eq!(expected, cell, "{query}"),
                }
            }
        }
    }
    assert!(0 < decimals);
}
