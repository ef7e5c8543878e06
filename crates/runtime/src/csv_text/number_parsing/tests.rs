use proptest::prelude::*;

use super::*;

#[test]
fn parses_numbers_in_local_notation() {
    let table = [
        ("1234", DecimalMark::Point, Some(1234.0)),
        ("1,234", DecimalMark::Point, Some(1234.0)),
        ("1,234,567.5", DecimalMark::Point, Some(1_234_567.5)),
        ("1.234,5", DecimalMark::Comma, Some(1234.5)),
        ("1 234,5", DecimalMark::Comma, Some(1234.5)),
        ("1\u{a0}234", DecimalMark::Comma, Some(1234.0)),
        ("1'234.5", DecimalMark::Point, Some(1234.5)),
        ("12,5", DecimalMark::Comma, Some(12.5)),
        ("12 %", DecimalMark::Point, Some(12.0)),
        ("-0,5", DecimalMark::Comma, Some(-0.5)),
        ("-0", DecimalMark::Point, Some(0.0)),
        (",5", DecimalMark::Comma, Some(0.5)),
        ("5,", DecimalMark::Comma, Some(5.0)),
        ("1,23,456", DecimalMark::Point, None),
        ("12,5", DecimalMark::Point, None),
        ("1.2.3", DecimalMark::Point, None),
        ("1e5", DecimalMark::Point, None),
        ("", DecimalMark::Point, None),
        (".", DecimalMark::Point, None),
        ("20.11.2026", DecimalMark::Comma, None),
        ("Sales", DecimalMark::Point, None),
        ("0x10", DecimalMark::Point, None),
    ];
    for (cell, decimal, expected) in table {
        assert_eq!(parse_number(cell, decimal), expected, "{cell} {decimal:?}");
    }
}

#[test]
fn detects_the_decimal_mark_from_a_files_cells() {
    let detect = |cells: &[&'static str], usual| DecimalMark::detect(cells.iter().copied(), usual);

    assert_eq!(
        detect(&["12,5", "3"], DecimalMark::Point),
        DecimalMark::Comma
    );
    assert_eq!(
        detect(&["12.5", "3"], DecimalMark::Comma),
        DecimalMark::Point
    );
    assert_eq!(
        detect(&["1.234", "3"], DecimalMark::Comma),
        DecimalMark::Comma
    );
    assert_eq!(
        detect(&["1.234", "4321"], DecimalMark::Comma),
        DecimalMark::Point
    );
    assert_eq!(
        detect(&["0.345", "1.234"], DecimalMark::Comma),
        DecimalMark::Point
    );
    assert_eq!(
        detect(&["1.234,50"], DecimalMark::Point),
        DecimalMark::Comma
    );
    assert_eq!(
        detect(&["1.234.567"], DecimalMark::Point),
        DecimalMark::Comma
    );
    assert_eq!(
        detect(&["20.11.2026", "10:00"], DecimalMark::Point),
        DecimalMark::Point
    );
    assert_eq!(detect(&["Sales"], DecimalMark::Comma), DecimalMark::Comma);
}

#[test]
fn parses_durations_from_clocks_and_words() {
    let table = [
        ("0:01:30", Some(90.0)),
        ("00:01:30.5", Some(90.5)),
        ("1:30", Some(90.0)),
        ("90:00", Some(5400.0)),
        ("100:00:00", Some(360_000.0)),
        ("1.02:03:04", Some(93_784.0)),
        ("1d 02:03:04", Some(93_784.0)),
        ("3m 20s", Some(200.0)),
        ("1h2m3s", Some(3723.0)),
        ("20 s", Some(20.0)),
        ("1500 ms", Some(1.5)),
        ("5 min", Some(300.0)),
        ("1:60", None),
        ("1:75:00", None),
        ("1:2:3:4", None),
        (":30", None),
        ("20s 3m", None),
        ("12", None),
        ("Sales", None),
        ("", None),
    ];
    for (cell, expected) in table {
        assert_eq!(parse_duration(cell), expected, "{cell}");
    }
}

#[test]
fn parses_a_moment_in_the_format_that_fits_the_period() {
    // 2026-01-05 09:00 UTC.
    let hour = 1_767_603_600..1_767_607_200;
    for cell in [
        "2026-01-05T09:00:00Z",
        "2026-01-05T10:00:00+01:00",
        "2026-01-05 09:00",
        "2026-01-05 09:00:00",
        "2026-01-05T09:00",
        "05.01.2026 09:00",
        "5/1/2026 09:00",
        "1/5/2026 09:00:00",
        "1/5/2026 9:00 AM",
        "20260105 09:00",
        "1767603600",
        "1767603600000",
        "09:00",
        "9",
        "2026-01-05 09",
    ] {
        assert_eq!(parse_moment(cell, &hour), Some(hour.start), "{cell}");
    }
    for cell in [
        "2026-01-05T09:00:00+01:00",
        "2026-01-05 10:00",
        "08:59",
        "10",
        "Sales",
        "2026-01-05",
    ] {
        assert_eq!(parse_moment(cell, &hour), None, "{cell}");
    }
    let day = 1_767_571_200..1_767_571_200 + DAY;
    assert_eq!(parse_moment("2026-01-05", &day), Some(day.start));
    assert_eq!(parse_moment("20260105", &day), Some(day.start));
}

proptest! {
    #[test]
    fn never_panics_on_any_cell(cell in ".*") {
        for decimal in [DecimalMark::Point, DecimalMark::Comma] {
            prop_assert!(parse_number(&cell, decimal).is_none_or(f64::is_finite));
        }
        prop_assert!(parse_duration(&cell).is_none_or(|seconds| seconds.is_finite() && 0.0 <= seconds));
        prop_assert!(parse_moment(&cell, &(0..DAY)).is_none_or(|at| (0..DAY).contains(&at)));
        let _ = is_blank(&cell);
    }

    #[test]
    fn parses_grouped_numbers_of_any_locale(n in 0_u32..1_000_000_000, cents in 0_u32..100) {
        let grouped = |mark: &str| {
            let digits = n.to_string();
            let mut text = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if 0 < at && (digits.len() - at).is_multiple_of(3) {
                    text += mark;
                }
                text.push(digit);
            }
            text
        };
        let expected = f64::from(n) + f64::from(cents) / 100.0;
        for (text, decimal) in [
            (format!("{}.{cents:02}", grouped(",")), DecimalMark::Point),
            (format!("{},{cents:02}", grouped(".")), DecimalMark::Comma),
            (format!("{},{cents:02}", grouped("\u{202f}")), DecimalMark::Comma),
        ] {
            let read = parse_number(&text, decimal).unwrap();
            prop_assert!((read - expected).abs() < 1e-6, "{} {}", text, read);
        }
    }
}
