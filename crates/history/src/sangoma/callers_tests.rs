//! Callers who call again, from hand-made rows.

use std::{fmt::Write, sync::Arc};

use jiff::Timestamp;

use crate::{
    report::{History, RepeatContacts, RepeatQuery, ReportConfig, ReportSubject, ReportedExport},
    vendors::ExportVendor,
};
use wallboard_domain::Id;

use super::{
    SangomaSettings,
    compute_tests::{ComputeFixture, DAY},
};

const HEADER: &str = "queue_call_id,queue_id,time_join,time_leave,callerid,uuid\n";
const NEXT_DAY: i64 = 86_400;

/// The files of these days of January, each with a call of somebody else and those of the day.
async fn center_of(days: std::ops::RangeInclusive<u32>) -> ComputeFixture {
    let center = ComputeFixture::new();
    let numbers = "did_id,number\n1,+46 8 555 00 00\n";
    center.import_file("DID", 0, numbers).await;
    let at = |day: u32, hour: i64| DAY + (i64::from(day) - 3) * NEXT_DAY + hour * 3_600;
    // The day, the hour, the queue, the caller and the call.
    let calls = [
        (4, 10, 7, "+46 8 123 45 67", "a1"),
        (5, 12, 7, "0701234567", "b1"),
        (10, 20, 7, "+4681234567", "a2"),
        (10, 21, 7, "+4685550000", "own1"),
        (11, 10, 7, "+4681234567", "a3"),
        (11, 11, 7, "0701234567", "b2"),
        (11, 12, 7, "0709999999", "c1"),
        (11, 12, 8, "0709999999", "c1"),
        (11, 13, 7, "anonymous", "d1"),
        (11, 14, 7, "+4685550000", "own2"),
        (11, 15, 8, "+4681234567", "a4"),
    ];
    for day in days {
        let mut rows = format!(
            "{day},7,{},{},07000000{day:02},f{day}\n",
            at(day, 6),
            at(day, 7)
        );
        for (id, (_, hour, queue, caller, call)) in
            (100..).zip(calls).filter(|(_, call)| call.0 == day)
        {
            let joined = at(day, hour);
            writeln!(
                rows,
                "{id},{queue},{joined},{},{caller},{call}",
                joined + 60
            )
            .unwrap();
        }
        let name = "1234-Queue_Call-F";
        let key = format!("FACTS/{name}/202501{day:02}-{name}.csv");
        let content = HEADER.to_owned() + &rows;
        let imported = center.fixture.import_file(&key, &content, true).await;
        imported.unwrap();
    }
    center.compute_days().await;
    center
}

/// Counts the contacts of 11 January.
async fn count(
    center: &ComputeFixture,
    queues: &[&str],
    keep_contacts: bool,
) -> Option<RepeatContacts> {
    let settings = SangomaSettings {
        keep_contacts,
        ..SangomaSettings::default()
    };
    let export = ReportedExport::new("calls".into(), ExportVendor::Sangoma(settings));
    let config = ReportConfig {
        site: Arc::default(),
        exports: vec![export],
        ..ReportConfig::default()
    };
    let id = |queue: &&str| Id::new(&"calls".into(), queue);
    let query = RepeatQuery {
        subject: match queues {
            [] => ReportSubject::Site,
            queues => ReportSubject::Queues(queues.iter().map(id).collect()),
        },
        from: Timestamp::from_second(DAY + 8 * NEXT_DAY).unwrap(),
        to: Timestamp::from_second(DAY + 9 * NEXT_DAY).unwrap(),
    };
    let history = History::new(center.fixture.store.clone(), config);
    history.count_repeats(query, |_| true).await.unwrap()
}

#[tokio::test]
async fn callers_who_call_again_are_counted_where_their_numbers_may_be_stored() {
    let center = center_of(3..=12).await;
    let counts = |contacts, without_number, within_day, within_week| RepeatContacts {
        contacts,
        without_number,
        within_day: Some(within_day),
        within_week: Some(within_week),
    };

    // Anna twice and Boris once; the center's number is nobody's.
    assert_eq!(count(&center, &[], true).await, Some(counts(5, 2, 2, 3)));
    // In queue 8 nobody had called before.
    assert_eq!(count(&center, &["8"], true).await, Some(counts(2, 0, 0, 0)));
    assert_eq!(count(&center, &[], false).await, None);
}

#[tokio::test]
async fn repeats_of_times_that_are_not_known_are_unknown() {
    let two_days = center_of(10..=12).await;
    let one_day = center_of(11..=12).await;

    let counted = count(&two_days, &[], true).await.unwrap();
    assert_eq!(
        (counted.contacts, counted.within_day, counted.within_week),
        (5, Some(2), None)
    );
    let counted = count(&one_day, &[], true).await.unwrap();
    assert_eq!((counted.within_day, counted.within_week), (None, None));
}
