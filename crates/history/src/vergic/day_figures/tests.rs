use super::super::layout::DAY;
use super::*;

const QUEUES: DatasetKind = DatasetKind {
    by_queue: true,
    by_agent: false,
};
const AGENTS: DatasetKind = DatasetKind {
    by_queue: false,
    by_agent: true,
};

fn hour_period(hour: i64) -> ExportPeriod {
    ExportPeriod {
        start: hour * HOUR,
        length: HOUR,
    }
}

const WHOLE: ExportPeriod = ExportPeriod {
    start: 0,
    length: DAY,
};

fn new_values(pairs: &[(ImportColumn, f64)]) -> ColumnValues {
    let mut values = ColumnValues::default();
    for (column, value) in pairs {
        values.set(*column, Some(*value));
    }
    values
}

fn new_row(name: &str, pairs: &[(ImportColumn, f64)]) -> RowValues {
    RowValues {
        queue: Some(name.to_owned()),
        agent: Some(name.to_owned()),
        values: new_values(pairs),
    }
}

fn new_file_rows(
    dataset: &str,
    period: ExportPeriod,
    kind: DatasetKind,
    rows: &[RowValues],
) -> VergicFileRows {
    VergicFileRows {
        dataset: dataset.to_owned(),
        period,
        file: 1,
        rank: 0,
        kind,
        columns: columns_with_values(rows),
        present: columns_with_values(rows),
        has_rejected: false,
        rows: rows.to_vec(),
    }
}

fn columns_with_values(rows: &[RowValues]) -> BTreeSet<ImportColumn> {
    let has_value =
        |column: &ImportColumn| rows.iter().any(|row| row.values.get(*column).is_some());
    ImportColumn::iter().filter(has_value).collect()
}

fn compute_offered(
    sheets: Vec<VergicFileRows>,
) -> Vec<(SubjectKind, String, i64, i64, Option<f64>)> {
    let mut provided = ProvidedColumns::default();
    for sheet in &sheets {
        provided.add_columns(
            sheet.kind,
            sheet.period.length,
            sheet.columns.iter().copied(),
        );
    }
    let figure = |f: SubjectFigures| {
        (
            f.kind,
            f.name,
            f.period.start,
            f.period.length,
            f.values.get(ImportColumn::Offered),
        )
    };
    compute_day(sheets, &provided, &provided)
        .into_iter()
        .map(figure)
        .collect()
}

#[test]
fn hourly_files_win_over_the_daily_file() {
    let hours = new_file_rows(
        "queues",
        hour_period(10),
        QUEUES,
        &[new_row("Sales", &[(ImportColumn::Offered, 3.0)])],
    );
    let whole = new_file_rows(
        "queues",
        WHOLE,
        QUEUES,
        &[new_row("Sales", &[(ImportColumn::Offered, 50.0)])],
    );
    let agents = new_file_rows(
        "agents",
        WHOLE,
        AGENTS,
        &[new_row("Anna", &[(ImportColumn::Handled, 9.0)])],
    );

    let queue = |start, length, offered| {
        (
            SubjectKind::Queue,
            "Sales".to_owned(),
            start,
            length,
            offered,
        )
    };
    assert_eq!(
        compute_offered(vec![hours, whole.clone()]),
        [queue(10 * HOUR, HOUR, Some(3.0))]
    );
    assert_eq!(
        compute_offered(vec![whole, agents]),
        [
            queue(0, DAY, Some(50.0)),
            (SubjectKind::Agent, "Anna".to_owned(), 0, DAY, None)
        ]
    );
}

#[test]
fn of_two_versions_of_a_file_the_later_counts() {
    let mut old = new_file_rows(
        "queues",
        hour_period(1),
        QUEUES,
        &[new_row("Sales", &[(ImportColumn::Offered, 3.0)])],
    );
    let new = VergicFileRows {
        file: 7,
        dataset: "Queues".to_owned(),
        rows: vec![new_row("Sales", &[(ImportColumn::Offered, 4.0)])],
        ..old.clone()
    };
    old.file = 2;

    assert_eq!(compute_offered(vec![new, old])[0].4, Some(4.0));
}

#[test]
fn datasets_with_the_same_column_are_never_added() {
    let first = new_file_rows(
        "b",
        hour_period(1),
        QUEUES,
        &[new_row("Sales", &[(ImportColumn::Offered, 3.0)])],
    );
    let values = [(ImportColumn::Offered, 4.0), (ImportColumn::Answered, 2.0)];
    let second = VergicFileRows {
        rank: 1,
        ..new_file_rows(
            "a",
            hour_period(1),
            QUEUES,
            &[new_row("Sales", &values), new_row("Help", &values)],
        )
    };

    let figures = compute_day(
        vec![second, first],
        &ProvidedColumns::default(),
        &ProvidedColumns::default(),
    );

    let actual: Vec<_> = figures
        .iter()
        .map(|f| {
            (
                &*f.name,
                f.values.get(ImportColumn::Offered),
                f.values.get(ImportColumn::Answered),
            )
        })
        .collect();
    assert_eq!(
        actual,
        [
            ("Help", Some(4.0), Some(2.0)),
            ("Sales", Some(3.0), Some(2.0))
        ]
    );
}

#[test]
fn rows_of_one_queue_are_summed_and_unknown_values_stay_unknown() {
    let rows = [
        new_row(
            "Sales",
            &[
                (ImportColumn::Offered, 3.0),
                (ImportColumn::Answered, 2.0),
                (ImportColumn::LongestWait, 30.0),
            ],
        ),
        new_row(
            "Sales",
            &[
                (ImportColumn::Offered, 1.0),
                (ImportColumn::LongestWait, 40.0),
            ],
        ),
    ];

    let figures = compute_day(
        vec![new_file_rows("queues", hour_period(1), QUEUES, &rows)],
        &ProvidedColumns::default(),
        &ProvidedColumns::default(),
    );

    assert_eq!(
        figures[0].values,
        new_values(&[
            (ImportColumn::Offered, 4.0),
            (ImportColumn::LongestWait, 40.0)
        ])
    );
}

#[test]
fn provided_columns_are_zero_where_no_file_reports_them() {
    let mut provided = ProvidedColumns::default();
    provided.add_columns(
        QUEUES,
        HOUR,
        [
            ImportColumn::Offered,
            ImportColumn::Csat,
            ImportColumn::CsatAnswers,
        ]
        .into_iter(),
    );
    let rows = [new_row("Sales", &[(ImportColumn::Offered, 3.0)])];

    let figures = compute_day(
        vec![new_file_rows("queues", hour_period(1), QUEUES, &rows)],
        &provided,
        &provided,
    );

    let counters = queue_counters(&figures[0].values, false);
    assert_eq!(counters.get(Counter::CsatAnswers), Some(0));
    assert_eq!(counters.get(Counter::Answered), None);
}

#[test]
fn a_missing_column_is_unknown_unless_another_file_has_it() {
    let mut provided = ProvidedColumns::default();
    let columns = [ImportColumn::Offered, ImportColumn::Answered];
    provided.add_columns(QUEUES, HOUR, columns.into_iter());
    provided.add_columns(QUEUES, HOUR, [ImportColumn::Transferred].into_iter());
    let lacking = VergicFileRows {
        columns: columns.into(),
        ..new_file_rows(
            "queues",
            hour_period(1),
            QUEUES,
            &[new_row("Sales", &[(ImportColumn::Offered, 3.0)])],
        )
    };
    let other_file =
        |values| new_file_rows("more", hour_period(1), QUEUES, &[new_row("Help", values)]);
    let answered = |sheets| -> Vec<_> {
        let figures = compute_day(sheets, &provided, &provided).into_iter();
        figures
            .map(|f| (f.name, f.values.get(ImportColumn::Answered)))
            .collect()
    };
    let row = |name: &str, answered| (name.to_owned(), answered);

    assert_eq!(
        answered(vec![
            lacking.clone(),
            other_file(&[(ImportColumn::Transferred, 1.0)])
        ]),
        [row("Help", None), row("Sales", None), row(OTHERS, None)]
    );
    assert_eq!(
        answered(vec![lacking, other_file(&[(ImportColumn::Answered, 1.0)])]),
        [row("Help", Some(1.0)), row("Sales", None)]
    );
}

#[test]
fn a_single_queue_file_says_nothing_about_others() {
    let kind = DatasetKind {
        by_queue: false,
        by_agent: false,
    };
    let columns = [ImportColumn::Offered, ImportColumn::Answered];
    let mut provided = ProvidedColumns::default();
    provided.add_columns(kind, HOUR, columns.into_iter());
    let lacking = VergicFileRows {
        columns: columns.into(),
        has_rejected: true,
        ..new_file_rows(
            "support",
            hour_period(1),
            kind,
            &[new_row("", &[(ImportColumn::Offered, 3.0)])],
        )
    };

    let figures = compute_day(vec![lacking], &provided, &provided);

    let actual: Vec<_> = figures
        .iter()
        .map(|f| (&*f.name, f.values.get(ImportColumn::Answered)))
        .collect();
    assert_eq!(actual, [("support", None)]);
}

#[test]
fn a_file_without_names_is_one_queue() {
    let kind = DatasetKind {
        by_queue: false,
        by_agent: false,
    };
    let row = RowValues {
        queue: None,
        agent: None,
        values: new_values(&[(ImportColumn::Offered, 3.0)]),
    };

    let figures = compute_day(
        vec![new_file_rows("support", hour_period(1), kind, &[row])],
        &ProvidedColumns::default(),
        &ProvidedColumns::default(),
    );

    assert_eq!((figures.len(), &*figures[0].name), (1, "support"));
}

#[test]
fn counters_hold_only_reported_values() {
    let values = new_values(&[
        (ImportColumn::Offered, 10.0),
        (ImportColumn::Answered, 8.0),
        (ImportColumn::WaitTime, 160.4),
    ]);
    let unhandled = queue_counters(&values, true).get(Counter::Handled);
    let counters = queue_counters(&values, false);

    assert_eq!(counters.average_speed_of_answer(), Some(20.0));
    assert_eq!(counters.get(Counter::Handled), Some(8));
    assert_eq!(unhandled, None);
    assert_eq!(counters.get(Counter::Abandoned), None);
    assert_eq!(
        counters.service_level(wallboard_domain::ServiceLevelFormula::ShortIgnored),
        None
    );
}
