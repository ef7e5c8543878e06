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

fn new_values(said: &[(ImportColumn, f64)]) -> ColumnValues {
    let mut values = ColumnValues::default();
    for (column, value) in said {
        values.set(*column, Some(*value));
    }
    values
}

fn new_row(name: &str, said: &[(ImportColumn, f64)]) -> RowValues {
    RowValues {
        queue: Some(name.to_owned()),
        agent: Some(name.to_owned()),
        values: new_values(said),
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
    let is_said = |column: &ImportColumn| rows.iter().any(|row| row.values.get(*column).is_some());
    ImportColumn::ALL.into_iter().filter(is_said).collect()
}

fn compute_offered(
    sheets: Vec<VergicFileRows>,
) -> Vec<(SubjectKind, String, i64, i64, Option<f64>)> {
    let mut told = ProvidedColumns::default();
    for sheet in &sheets {
        told.add_columns(
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
    compute_day(sheets, &told, &told)
        .into_iter()
        .map(figure)
        .collect()
}

#[test]
fn a_day_is_told_by_its_hours_where_there_is_any() {
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
fn of_a_file_that_stands_twice_the_later_holds() {
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
fn two_datasets_that_say_the_same_are_never_added() {
    let first = new_file_rows(
        "b",
        hour_period(1),
        QUEUES,
        &[new_row("Sales", &[(ImportColumn::Offered, 3.0)])],
    );
    let said = [(ImportColumn::Offered, 4.0), (ImportColumn::Answered, 2.0)];
    let second = VergicFileRows {
        rank: 1,
        ..new_file_rows(
            "a",
            hour_period(1),
            QUEUES,
            &[new_row("Sales", &said), new_row("Help", &said)],
        )
    };

    let figures = compute_day(
        vec![second, first],
        &ProvidedColumns::default(),
        &ProvidedColumns::default(),
    );

    let told: Vec<_> = figures
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
        told,
        [
            ("Help", Some(4.0), Some(2.0)),
            ("Sales", Some(3.0), Some(2.0))
        ]
    );
}

#[test]
fn several_rows_of_one_queue_are_added_and_what_one_does_not_know_nobody_does() {
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
fn who_is_left_out_of_a_file_has_none_of_what_it_tells() {
    let mut told = ProvidedColumns::default();
    told.add_columns(
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
        &told,
        &told,
    );

    let counters = queue_counters(&figures[0].values, false);
    assert_eq!(counters.get(Counter::CsatAnswers), Some(0));
    assert_eq!(counters.get(Counter::Answered), None);
}

#[test]
fn what_a_file_lacks_is_unknown_of_everybody_whom_no_other_file_may_tell_it_of() {
    let mut told = ProvidedColumns::default();
    let columns = [ImportColumn::Offered, ImportColumn::Answered];
    told.add_columns(QUEUES, HOUR, columns.into_iter());
    told.add_columns(QUEUES, HOUR, [ImportColumn::Transferred].into_iter());
    let lacking = VergicFileRows {
        columns: columns.into(),
        ..new_file_rows(
            "queues",
            hour_period(1),
            QUEUES,
            &[new_row("Sales", &[(ImportColumn::Offered, 3.0)])],
        )
    };
    let beside = |said| new_file_rows("more", hour_period(1), QUEUES, &[new_row("Help", said)]);
    let answered = |sheets| -> Vec<_> {
        let figures = compute_day(sheets, &told, &told).into_iter();
        figures
            .map(|f| (f.name, f.values.get(ImportColumn::Answered)))
            .collect()
    };
    let of = |name: &str, answered| (name.to_owned(), answered);

    assert_eq!(
        answered(vec![
            lacking.clone(),
            beside(&[(ImportColumn::Transferred, 1.0)])
        ]),
        [of("Help", None), of("Sales", None), of(OTHERS, None)]
    );
    assert_eq!(
        answered(vec![lacking, beside(&[(ImportColumn::Answered, 1.0)])]),
        [of("Help", Some(1.0)), of("Sales", None)]
    );
}

#[test]
fn a_file_that_is_about_one_queue_says_nothing_of_others() {
    let kind = DatasetKind {
        by_queue: false,
        by_agent: false,
    };
    let columns = [ImportColumn::Offered, ImportColumn::Answered];
    let mut told = ProvidedColumns::default();
    told.add_columns(kind, HOUR, columns.into_iter());
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

    let figures = compute_day(vec![lacking], &told, &told);

    let told: Vec<_> = figures
        .iter()
        .map(|f| (&*f.name, f.values.get(ImportColumn::Answered)))
        .collect();
    assert_eq!(told, [("support", None)]);
}

#[test]
fn a_file_that_names_nobody_is_a_queue_of_its_own() {
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
fn counters_know_what_is_said_and_nothing_else() {
    let told = new_values(&[
        (ImportColumn::Offered, 10.0),
        (ImportColumn::Answered, 8.0),
        (ImportColumn::WaitTime, 160.4),
    ]);
    let unhandled = queue_counters(&told, true).get(Counter::Handled);
    let counters = queue_counters(&told, false);

    assert_eq!(counters.average_speed_of_answer(), Some(20.0));
    assert_eq!(counters.get(Counter::Handled), Some(8));
    assert_eq!(unhandled, None);
    assert_eq!(counters.get(Counter::Abandoned), None);
    assert_eq!(
        counters.service_level(crate::domain::ServiceLevelFormula::ShortIgnored),
        None
    );
}
