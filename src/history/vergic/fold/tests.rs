use super::super::layout::DAY;
use super::*;

const QUEUES: Kind = Kind {
    by_queue: true,
    by_agent: false,
};
const AGENTS: Kind = Kind {
    by_queue: false,
    by_agent: true,
};

fn hour(hour: i64) -> Period {
    Period {
        start: hour * HOUR,
        length: HOUR,
    }
}

const WHOLE: Period = Period {
    start: 0,
    length: DAY,
};

fn values(said: &[(Column, f64)]) -> Values {
    let mut values = Values::default();
    for (column, value) in said {
        values.set(*column, Some(*value));
    }
    values
}

fn row(name: &str, said: &[(Column, f64)]) -> Said {
    Said {
        queue: Some(name.to_owned()),
        agent: Some(name.to_owned()),
        values: values(said),
    }
}

fn sheet(dataset: &str, period: Period, kind: Kind, rows: &[Said]) -> Sheet {
    Sheet {
        dataset: dataset.to_owned(),
        period,
        file: 1,
        rank: 0,
        kind,
        columns: columns(rows),
        here: columns(rows),
        has_lost: false,
        rows: rows.to_vec(),
    }
}

fn columns(rows: &[Said]) -> BTreeSet<Column> {
    let is_said = |column: &Column| rows.iter().any(|row| row.values.get(*column).is_some());
    Column::ALL.into_iter().filter(is_said).collect()
}

fn offered(sheets: Vec<Sheet>) -> Vec<(Whose, String, i64, i64, Option<f64>)> {
    let mut told = Told::default();
    for sheet in &sheets {
        told.add(
            sheet.kind,
            sheet.period.length,
            sheet.columns.iter().copied(),
        );
    }
    let figure = |f: Figures| {
        (
            f.whose,
            f.name,
            f.period.start,
            f.period.length,
            f.values.get(Column::Offered),
        )
    };
    day(sheets, &told, &told).into_iter().map(figure).collect()
}

#[test]
fn a_day_is_told_by_its_hours_where_there_is_any() {
    let hours = sheet(
        "queues",
        hour(10),
        QUEUES,
        &[row("Sales", &[(Column::Offered, 3.0)])],
    );
    let whole = sheet(
        "queues",
        WHOLE,
        QUEUES,
        &[row("Sales", &[(Column::Offered, 50.0)])],
    );
    let agents = sheet(
        "agents",
        WHOLE,
        AGENTS,
        &[row("Anna", &[(Column::Handled, 9.0)])],
    );

    let queue = |start, length, offered| (Whose::Queue, "Sales".to_owned(), start, length, offered);
    assert_eq!(
        offered(vec![hours, whole.clone()]),
        [queue(10 * HOUR, HOUR, Some(3.0))]
    );
    assert_eq!(
        offered(vec![whole, agents]),
        [
            queue(0, DAY, Some(50.0)),
            (Whose::Agent, "Anna".to_owned(), 0, DAY, None)
        ]
    );
}

#[test]
fn of_a_file_that_stands_twice_the_later_holds() {
    let mut old = sheet(
        "queues",
        hour(1),
        QUEUES,
        &[row("Sales", &[(Column::Offered, 3.0)])],
    );
    let new = Sheet {
        file: 7,
        dataset: "Queues".to_owned(),
        rows: vec![row("Sales", &[(Column::Offered, 4.0)])],
        ..old.clone()
    };
    old.file = 2;

    assert_eq!(offered(vec![new, old])[0].4, Some(4.0));
}

#[test]
fn two_datasets_that_say_the_same_are_never_added() {
    let first = sheet(
        "b",
        hour(1),
        QUEUES,
        &[row("Sales", &[(Column::Offered, 3.0)])],
    );
    let said = [(Column::Offered, 4.0), (Column::Answered, 2.0)];
    let second = Sheet {
        rank: 1,
        ..sheet(
            "a",
            hour(1),
            QUEUES,
            &[row("Sales", &said), row("Help", &said)],
        )
    };

    let figures = day(vec![second, first], &Told::default(), &Told::default());

    let told: Vec<_> = figures
        .iter()
        .map(|f| {
            (
                &*f.name,
                f.values.get(Column::Offered),
                f.values.get(Column::Answered),
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
        row(
            "Sales",
            &[
                (Column::Offered, 3.0),
                (Column::Answered, 2.0),
                (Column::LongestWait, 30.0),
            ],
        ),
        row(
            "Sales",
            &[(Column::Offered, 1.0), (Column::LongestWait, 40.0)],
        ),
    ];

    let figures = day(
        vec![sheet("queues", hour(1), QUEUES, &rows)],
        &Told::default(),
        &Told::default(),
    );

    assert_eq!(
        figures[0].values,
        values(&[(Column::Offered, 4.0), (Column::LongestWait, 40.0)])
    );
}

#[test]
fn who_is_left_out_of_a_file_has_none_of_what_it_tells() {
    let mut told = Told::default();
    told.add(
        QUEUES,
        HOUR,
        [Column::Offered, Column::Csat, Column::CsatAnswers].into_iter(),
    );
    let rows = [row("Sales", &[(Column::Offered, 3.0)])];

    let figures = day(vec![sheet("queues", hour(1), QUEUES, &rows)], &told, &told);

    let counters = counters(&figures[0].values, false);
    assert_eq!(counters.get(Counter::CsatAnswers), Some(0));
    assert_eq!(counters.get(Counter::Answered), None);
}

#[test]
fn what_a_file_lacks_is_unknown_of_everybody_whom_no_other_file_may_tell_it_of() {
    let mut told = Told::default();
    let columns = [Column::Offered, Column::Answered];
    told.add(QUEUES, HOUR, columns.into_iter());
    told.add(QUEUES, HOUR, [Column::Transferred].into_iter());
    let lacking = Sheet {
        columns: columns.into(),
        ..sheet(
            "queues",
            hour(1),
            QUEUES,
            &[row("Sales", &[(Column::Offered, 3.0)])],
        )
    };
    let beside = |said| sheet("more", hour(1), QUEUES, &[row("Help", said)]);
    let answered = |sheets| -> Vec<_> {
        let figures = day(sheets, &told, &told).into_iter();
        figures
            .map(|f| (f.name, f.values.get(Column::Answered)))
            .collect()
    };
    let of = |name: &str, answered| (name.to_owned(), answered);

    assert_eq!(
        answered(vec![lacking.clone(), beside(&[(Column::Transferred, 1.0)])]),
        [of("Help", None), of("Sales", None), of(OTHERS, None)]
    );
    assert_eq!(
        answered(vec![lacking, beside(&[(Column::Answered, 1.0)])]),
        [of("Help", Some(1.0)), of("Sales", None)]
    );
}

#[test]
fn a_file_that_is_about_one_queue_says_nothing_of_others() {
    let kind = Kind {
        by_queue: false,
        by_agent: false,
    };
    let columns = [Column::Offered, Column::Answered];
    let mut told = Told::default();
    told.add(kind, HOUR, columns.into_iter());
    let lacking = Sheet {
        columns: columns.into(),
        has_lost: true,
        ..sheet(
            "support",
            hour(1),
            kind,
            &[row("", &[(Column::Offered, 3.0)])],
        )
    };

    let figures = day(vec![lacking], &told, &told);

    let told: Vec<_> = figures
        .iter()
        .map(|f| (&*f.name, f.values.get(Column::Answered)))
        .collect();
    assert_eq!(told, [("support", None)]);
}

#[test]
fn a_file_that_names_nobody_is_a_queue_of_its_own() {
    let kind = Kind {
        by_queue: false,
        by_agent: false,
    };
    let row = Said {
        queue: None,
        agent: None,
        values: values(&[(Column::Offered, 3.0)]),
    };

    let figures = day(
        vec![sheet("support", hour(1), kind, &[row])],
        &Told::default(),
        &Told::default(),
    );

    assert_eq!((figures.len(), &*figures[0].name), (1, "support"));
}

#[test]
fn counters_know_what_is_said_and_nothing_else() {
    let told = values(&[
        (Column::Offered, 10.0),
        (Column::Answered, 8.0),
        (Column::WaitTime, 160.4),
    ]);
    let unhandled = counters(&told, true).get(Counter::Handled);
    let counters = counters(&told, false);

    assert_eq!(counters.average_speed_of_answer(), Some(20.0));
    assert_eq!(counters.get(Counter::Handled), Some(8));
    assert_eq!(unhandled, None);
    assert_eq!(counters.get(Counter::Abandoned), None);
    assert_eq!(
        counters.service_level(crate::domain::Formula::ShortIgnored),
        None
    );
}
