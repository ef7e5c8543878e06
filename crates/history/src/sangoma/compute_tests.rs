use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    coverage::CoverageGaps,
    export_vendor::ExportSettings,
    report::{
        CallListQuery, HandledQuery, History, ReportConfig, ReportDimension, ReportError,
        ReportQuery, ReportStep, ReportSubject, ReportedExport,
    },
    vendors::ExportVendor,
};
use wallboard_domain::{
    AgentCounter, AgentCounters, CountBy, Counter, Counters, EndReason, Id, SiteConfig, SourceId,
};
use wallboard_store::{FigureQuery, Granularity, StoreView};

use super::{tests::SangomaFixture, *};

/// Midnight of Friday, 3 January 2025, in UTC.
pub(super) const DAY: i64 = 1_735_862_400;
const NOON: i64 = DAY + 12 * 3_600;

pub(super) const CALL: &str = "queue_call_id,queue_id,agent_id,time_join,time_connect,time_leave,\
    queue_call_end_by_id,uuid,acw_id,call_reason_id\n";
const QUEUES: &str = "queue_id,name,enabled,sla_wait,abandoned_threshold,sla_duration\n";
const ENDS: &str = "queue_call_end_by_id,end_by\n1,Abandoned by caller\n2,Timeout\n3,Transferred\n";

pub(super) struct ComputeFixture {
    pub(super) fixture: SangomaFixture,
    site: SiteConfig,
    end_by: Vec<(String, EndReason)>,
}

impl ComputeFixture {
    pub(super) fn new() -> Self {
        Self {
            fixture: SangomaFixture::new(),
            site: SiteConfig::default(),
            end_by: Vec::new(),
        }
    }

    /// Imports a file of a day of January 2025, or of a dimension if `day` is 0.
    pub(super) async fn import_file(&self, container: &str, day: u32, content: &str) {
        let key = match day {
            0 => format!("DIMENSIONS/1234-{container}-D/1234-{container}-D.csv"),
            day => {
                let name = format!("1234-{container}-F");
                format!("FACTS/{name}/202501{day:02}-{name}.csv")
            }
        };
        let result = self.fixture.import_file(&key, content, false).await;
        result.unwrap();
    }

    /// Returns the number of computed days.
    pub(super) async fn compute_days(&self) -> u64 {
        let rules = SangomaRules {
            site: Arc::new(self.site.clone()),
            end_by: self.end_by.clone(),
        };
        let source = SourceId::from("calls");
        compute_days(&self.fixture.store, &source, &rules, |_, _| {})
            .await
            .unwrap()
    }

    async fn find_gaps(&self) -> CoverageGaps {
        let coverage = SangomaSettings::default().coverage();
        let read = move |view: &StoreView<'_>| coverage.find_gaps(view, &"calls".into());
        self.fixture.store.with_view(read).await.unwrap()
    }

    async fn query_report(
        &self,
        who: ReportSubject,
        by: Option<ReportDimension>,
        count_by: CountBy,
    ) -> crate::report::Report {
        let query = ReportQuery {
            subject: who,
            dimension: by,
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            step: ReportStep::Day,
            with_details: false,
            without_closed_times: false,
            zone: TimeZone::UTC,
            count_by,
        };
        self.open_history().load_intervals(query).await.unwrap()
    }

    pub(super) fn open_history(&self) -> History {
        let config = ReportConfig {
            site: Arc::new(self.site.clone()),
            exports: vec![ReportedExport::new(
                "calls".into(),
                ExportVendor::Sangoma(SangomaSettings::default()),
            )],
            ..ReportConfig::default()
        };
        History::new(self.fixture.store.clone(), config)
    }

    /// The calls of 3 January with a reason, a type or an end.
    async fn calls_with_code(
        &self,
        who: ReportSubject,
        by: ReportDimension,
        id: &str,
    ) -> Vec<String> {
        let (source, external) = id.split_once('/').unwrap();
        let query = CallListQuery {
            subject: who,
            within_queues: Vec::new(),
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            outcome: None,
            code_filter: Some((by, Id::new(&source.into(), external))),
            after: None,
            limit: 100,
        };
        let calls = self.open_history().list_calls(query).await.unwrap().calls;
        calls.iter().map(|call| call.id.to_string()).collect()
    }

    /// The counters of 3 January.
    async fn day_counters(&self, count_by: CountBy) -> Counters {
        let report = self.query_report(ReportSubject::Site, None, count_by).await;
        report.series[0].rows[0]
            .contact_figures()
            .expect("the day is covered")
            .counters
    }

    async fn day_counter(&self, counter: Counter) -> i64 {
        let counters = self.day_counters(CountBy::Start).await;
        counters.get(counter).unwrap() / counter.scale()
    }

    /// A counter of each interval of a day that has any figures.
    async fn interval_counters(&self, start: i64, counter: Counter) -> Vec<Option<i64>> {
        let read = move |view: &StoreView<'_>| {
            let source = "calls".into();
            let query = FigureQuery {
                source: &source,
                granularity: Granularity::Intervals(900),
                range: start..start + 86_400,
                subject: None,
            };
            let mut values = Vec::new();
            view.for_each_queue(&query, CountBy::Start, |_, _, counters| {
                values.push(counters.get(counter));
            })?;
            Ok(values)
        };
        self.fixture.store.with_view(read).await.unwrap()
    }

    async fn interval_abandons(&self, start: i64) -> Vec<Option<i64>> {
        self.interval_counters(start, Counter::Abandoned).await
    }

    async fn interval_offers(&self, start: i64) -> Vec<Option<i64>> {
        self.interval_counters(start, Counter::Offered).await
    }

    async fn agent_counters(&self, external: &str) -> AgentCounters {
        let who = ReportSubject::Agent(Id::new(&"calls".into(), external));
        let report = self.query_report(who, None, CountBy::Start).await;
        report.series[0].rows[0].agent_counters().unwrap().clone()
    }
}

#[tokio::test]
async fn contacts_are_classified_by_end_reasons_and_thresholds() {
    let mut center = ComputeFixture::new();
    // Case and surrounding spaces don't matter.
    center.end_by = vec![(" timeOUT ".to_owned(), EndReason::Abandoned)];
    let ends = format!("{ENDS}4,Key pressed\n");
    center.import_file("Queue_Call_End_By", 0, &ends).await;
    let queues = format!("{QUEUES}7,Sales,true,30,10,100\n");
    center.import_file("Queue_Details", 0, &queues).await;
    let calls = [
        format!("1,7,9,{NOON},{},{},3,a,,5", NOON + 30, NOON + 130),
        format!("2,7,9,{NOON},{},{},,b,,5", NOON + 31, NOON + 131 + 1),
        format!("3,7,,{NOON},,{},1,c,,", NOON + 9),
        format!("4,7,,{NOON},,{},1,d,,", NOON + 10),
        format!("5,7,,{NOON},,{},2,e,,", NOON + 50),
        format!("6,7,,{NOON},,{},4,f,,", NOON + 20),
        format!("7,7,,{NOON},,,,g,,"),
    ];
    center
        .import_file("Queue_Call", 3, &(CALL.to_owned() + &calls.join("\n")))
        .await;

    center.compute_days().await;

    let all = center.day_counters(CountBy::Start).await;
    for (counter, expected) in [
        (Counter::Offered, 7),
        (Counter::Answered, 2),
        (Counter::AnsweredWithin, 1),
        (Counter::ShortAbandoned, 1),
        (Counter::Abandoned, 2),
        (Counter::AbandonedWithin, 1),
        (Counter::FlowOuts, 1),
        (Counter::Waiting, 1),
        (Counter::Transferred, 1),
        (Counter::Handled, 2),
        (Counter::TalkTime, 201),
        (Counter::TalksLimited, 2),
        (Counter::TalksWithin, 1),
        (Counter::LongestWait, 50),
    ] {
        let value = all.get(counter).map(|value| value / counter.scale());
        assert_eq!(value, Some(expected), "{counter:?}");
    }
    let reasons = center
        .query_report(
            ReportSubject::Site,
            Some(ReportDimension::Reason),
            CountBy::Start,
        )
        .await;
    assert_eq!(reasons.series[0].rows[0].count(), Some(2));
}

#[tokio::test]
async fn a_later_file_wins_for_a_repeated_record_in_any_import_order() {
    let open = format!("{CALL}1,7,,{},,,,a,,\n", DAY + 86_000);
    let closed = format!(
        "{CALL}1,7,9,{},{},{},,a,,\n",
        DAY + 86_000,
        DAY + 86_010,
        DAY + 86_500
    );
    for order in [[3, 4], [4, 3]] {
        let center = ComputeFixture::new();
        for day in order {
            let content = if day == 3 { &open } else { &closed };
            center.import_file("Queue_Call", day, content).await;
            center.compute_days().await;
        }

        assert_eq!(center.day_counter(Counter::Offered).await, 1);
        assert_eq!(center.day_counter(Counter::Answered).await, 1);
        let by_event = center.day_counters(CountBy::Event).await;
        assert_eq!(by_event.get(Counter::Answered), Some(1));
        assert_eq!(by_event.get(Counter::Handled), Some(0));
    }
}

#[tokio::test]
async fn days_delivered_in_a_later_days_file_count_and_are_partial() {
    let center = ComputeFixture::new();
    let day = 86_400;
    // Three days in one file; most calls lie before the last day.
    let calls = [
        format!("1,7,,{},,{},1,a,,", NOON - 2 * day, NOON - 2 * day + 9),
        format!("2,7,,{},,{},1,b,,", NOON - day, NOON - day + 9),
        format!("3,7,,{},,{},1,c,,", NOON - day + 1_800, NOON - day + 1_809),
        format!(
            "4,7,,{0},,{1},1,d,,",
            NOON + 6 * 3_600,
            NOON + 6 * 3_600 + 9
        ),
    ];
    let file = CALL.to_owned() + &calls.join("\n");
    center.import_file("Queue_Call", 3, &file).await;
    center.compute_days().await;

    let missing = center.find_gaps().await.list_missing();
    let sentences: Vec<_> = missing.iter().map(ToString::to_string).collect();
    let expected = "Partial: 2025-01-01 to 2025-01-02. No file of Queue_Call has arrived for these days; 3 of their calls came in files of other days";
    assert_eq!(sentences, [expected]);
    for (step, parts) in [
        (ReportStep::Day, vec![(1, true), (2, true), (1, false)]),
        (
            ReportStep::HalfHour,
            vec![(1, true), (1, true), (1, true), (1, false)],
        ),
    ] {
        let query = ReportQuery {
            subject: ReportSubject::Site,
            dimension: None,
            from: Timestamp::from_second(DAY - 2 * day).unwrap(),
            to: Timestamp::from_second(DAY + day).unwrap(),
            step,
            with_details: false,
            without_closed_times: false,
            zone: TimeZone::UTC,
            count_by: CountBy::Start,
        };
        let report = center.open_history().load_intervals(query).await.unwrap();
        let rows = report.series[0].rows.iter();
        let offered = rows.filter_map(|row| {
            Some((
                row.contact_figures()?.get(Counter::Offered)?,
                row.is_partial,
            ))
        });
        let offered: Vec<_> = offered.filter(|(offered, _)| 0 < *offered).collect();
        assert_eq!(offered, parts, "{step:?}");
    }
}

#[tokio::test]
async fn only_a_usual_working_day_without_a_file_is_missing() {
    let center = ComputeFixture::new();
    // Monday to Friday, from the 6th on, without Wednesday the 15th.
    let days = (6..25_i32).filter(|day| (day - 6) % 7 < 5 && *day != 15);
    for (id, day) in days.enumerate() {
        let noon = NOON + i64::from(day - 3) * 86_400;
        let mut file = format!("{CALL}{},7,,{noon},,{},1,u{id},,\n", id + 1, noon + 9);
        if day == 6 {
            // This call joined the day before.
            let joined = noon - 12 * 3_600 - 60;
            let left = joined + 90;
            file.push_str(
                &[
                    "99,7,,",
                    &joined.to_string(),
                    ",,",
                    &left.to_string(),
                    ",1,v,,\n",
                ]
                .concat(),
            );
        }
        center
            .import_file("Queue_Call", day.unsigned_abs(), &file)
            .await;
    }
    center.compute_days().await;

    let gaps = center.find_gaps().await;

    let missing = gaps.list_missing();
    let sentences: Vec<_> = missing.iter().map(ToString::to_string).collect();
    assert!(
        matches!(&*sentences, [one] if one.starts_with("Missing: 2025-01-15. ")),
        "{sentences:?}"
    );
    assert!(gaps.has_recent());
    let day = |day| jiff::civil::date(2025, 1, day);
    assert!(gaps.has_within(Some(day(14)), Some(day(15))));
    assert!(!gaps.has_within(Some(day(16)), None) && !gaps.has_within(None, Some(day(14))));
}

#[tokio::test]
async fn files_cut_at_different_times_of_the_night_leave_no_gap() {
    let center = ComputeFixture::new();
    let mut id = 0;
    for (day, cut) in [(3, 4 * 3_600), (4, 3 * 3_600), (5, 4 * 3_600 + 300)] {
        let midnight = DAY + i64::from(day - 3) * 86_400;
        let joined = [midnight - 8 * 3_600, midnight - 7 * 3_600, midnight + cut];
        let calls = joined.map(|joined| {
            id += 1;
            format!("{id},7,,{joined},,{},1,u{id},,\n", joined + 9)
        });
        let file = CALL.to_owned() + &calls.concat();
        center.import_file("Queue_Call", day, &file).await;
    }
    center.compute_days().await;

    assert_eq!(center.find_gaps().await.list_missing(), []);
}

#[tokio::test]
async fn later_wrap_ups_and_surveys_update_the_day_of_the_call() {
    let center = ComputeFixture::new();
    let (joined, answered, left) = (DAY + 86_000, DAY + 86_010, DAY + 86_390);
    let call = format!("{CALL}1,7,9,{joined},{answered},{left},,a,5,\n");
    center.import_file("Queue_Call", 3, &call).await;
    center.compute_days().await;
    assert_eq!(center.day_counter(Counter::WrapUpTime).await, 0);

    let wrap_up = format!(
        "agent_acw_id,agent_id,time_start,time_end\n5,9,{},{}\n",
        DAY + 86_390,
        DAY + 86_420
    );
    center.import_file("Agent_ACW", 4, &wrap_up).await;
    let survey = format!(
        "queue_call_survey_id,uuid,csat_score,nps_score,created_at,queue_id\n\
         1,a,5,0,{},7\n2,a,0,,{},7\n",
        DAY + 5 * 86_400,
        DAY + 5 * 86_400
    );
    center.import_file("Queue_Call_Survey", 8, &survey).await;
    center.compute_days().await;

    assert_eq!(center.day_counter(Counter::WrapUpTime).await, 30);
    assert_eq!(center.day_counter(Counter::CsatSum).await, 5);
    assert_eq!(center.day_counter(Counter::CsatAnswers).await, 1);
    assert_eq!(center.day_counter(Counter::Detractors).await, 1);
    let by_event = center.day_counters(CountBy::Event).await;
    assert_eq!(by_event.get(Counter::CsatAnswers), Some(0));
    assert_eq!(by_event.get(Counter::Handled), Some(0));
    assert_eq!(
        center.agent_counters("9").await.known(AgentCounter::WrapUp),
        Some(10)
    );
}

#[tokio::test]
async fn the_end_of_the_call_ends_a_talk_that_left_the_queue_when_answered() {
    let center = ComputeFixture::new();
    let calls = format!(
        "{CALL}1,7,9,{NOON},{0},{0},,a,,\n2,7,9,{NOON},{0},{0},,b,,\n",
        NOON + 5
    );
    center.import_file("Queue_Call", 3, &calls).await;
    let details = format!(
        "call_details_id,start_time,answer_time,end_time,uuid\n\
         1,{NOON},{NOON},{},a\n2,{NOON},{NOON},{},a\n",
        NOON + 60,
        NOON + 65
    );
    center.import_file("Call_Details", 3, &details).await;

    center.compute_days().await;

    assert_eq!(center.day_counter(Counter::Answered).await, 2);
    assert_eq!(center.day_counter(Counter::Handled).await, 1);
    assert_eq!(center.day_counter(Counter::TalkTime).await, 60);
}

#[tokio::test]
async fn calls_outside_of_queues_count_for_the_agent_at_the_extension() {
    let center = ComputeFixture::new();
    let logins = format!(
        "agent_login_id,agent_id,time_logged_in,time_logged_off,extension\n\
         1,9,{NOON},{},101\n2,8,{},,101\n",
        NOON + 600,
        NOON + 700
    );
    center.import_file("Agent_Login", 3, &logins).await;
    let details = format!(
        "call_details_id,start_time,answer_time,end_time,uuid,callerid_number,destination_number\n\
         1,{NOON},{0},{1},x,101,5551234\n2,{NOON},{0},{1},a,5551234,101\n\
         3,{NOON},,{1},y,101,102\n4,{NOON},{2},{3},z,101,102\n",
        NOON + 100,
        NOON + 160,
        NOON + 800,
        NOON + 900
    );
    center.import_file("Call_Details", 3, &details).await;
    center
        .import_file(
            "Queue_Call",
            3,
            &format!("{CALL}1,7,,{NOON},,{},1,a,,\n", NOON + 9),
        )
        .await;
    let attempts = format!(
        "call_attempt_id,agent_id,start_time,end_time,no_answer_reason\n\
         1,9,{NOON},{},busy\n2,9,{NOON},{},\n",
        NOON + 20,
        NOON + 30
    );
    center.import_file("Call_Attempt", 3, &attempts).await;
    let pauses = format!(
        "agent_pause_id,agent_id,time_start,time_end,pause_code_id\n1,9,{NOON},{},4\n",
        NOON + 50
    );
    center.import_file("Agent_Pause", 3, &pauses).await;

    center.compute_days().await;

    let agent = center.agent_counters("9").await;
    for (counter, expected) in [
        (AgentCounter::LoggedIn, 600),
        (AgentCounter::Other, 60),
        (AgentCounter::Ringing, 30),
        (AgentCounter::Missed, 1),
        (AgentCounter::Ready, 600 - 60 - 50),
    ] {
        assert_eq!(agent.known(counter), Some(expected), "{counter:?}");
    }
    assert_eq!(agent.not_ready, [(4, 50)].into());
}

#[tokio::test]
async fn break_counts_only_while_its_agent_is_signed_in() {
    let center = ComputeFixture::new();
    let logins = format!(
        "agent_login_id,agent_id,time_logged_in,time_logged_off,extension\n1,9,{},{},101\n",
        NOON + 20,
        NOON + 600
    );
    center.import_file("Agent_Login", 3, &logins).await;
    let pauses = format!(
        "agent_pause_id,agent_id,time_start,time_end,pause_code_id\n1,9,{NOON},{0},4\n2,8,{NOON},{0},4\n",
        NOON + 50
    );
    center.import_file("Agent_Pause", 3, &pauses).await;
    let calls = format!("{CALL}1,7,,{NOON},,{},1,a,,\n", NOON + 9);
    center.import_file("Queue_Call", 3, &calls).await;

    center.compute_days().await;

    // A break would otherwise be longer than the signed-in time that it's a part of.
    let agent = center.agent_counters("9").await;
    assert_eq!(agent.known(AgentCounter::LoggedIn), Some(580));
    assert_eq!(agent.not_ready, [(4, 30)].into());
    let without_sign_in = center.agent_counters("8").await;
    assert_eq!(without_sign_in, AgentCounters::default());
}

#[tokio::test]
async fn changed_thresholds_and_end_reasons_recompute_everything() {
    let mut center = ComputeFixture::new();
    center.import_file("Queue_Call_End_By", 0, ENDS).await;
    let calls = format!("{CALL}1,7,,{NOON},,{},2,a,,\n", NOON + 9);
    center.import_file("Queue_Call", 3, &calls).await;
    center.compute_days().await;
    assert_eq!(center.day_counter(Counter::FlowOuts).await, 1);
    assert_eq!(center.compute_days().await, 0);

    center.end_by = vec![("Timeout".to_owned(), EndReason::Abandoned)];
    assert!(0 < center.compute_days().await);
    assert_eq!(center.day_counter(Counter::Abandoned).await, 1);

    let queues = format!("{QUEUES}7,Sales,true,30,10,\n");
    center.import_file("Queue_Details", 0, &queues).await;
    center.compute_days().await;
    assert_eq!(center.day_counter(Counter::ShortAbandoned).await, 1);

    center.site.zone = TimeZone::get("Asia/Tokyo").unwrap();
    assert!(0 < center.compute_days().await);
    assert_eq!(center.compute_days().await, 0);
}

#[tokio::test]
async fn figures_of_pruned_facts_stay_until_all_facts_are_delivered_again() {
    let mut center = ComputeFixture::new();
    center.import_file("Queue_Call_End_By", 0, ENDS).await;
    let day = 86_400;
    let calls = format!("{CALL}1,7,,{NOON},,{},2,a,,\n", NOON + 9);
    let before = NOON - 2 * day;
    let older = format!("{CALL}2,7,,{before},,{},2,b,,\n", before + 9);
    center.import_file("Queue_Call", 3, &calls).await;
    center.compute_days().await;
    let store = center.fixture.store.clone();
    let old = store.old_files(DAY + 2 * day).await.unwrap();
    for file in old.into_values().flatten() {
        let table = &Container::find_by_name(&file.dataset).unwrap().table;
        while !store.delete_batch(table.name, file.id).await.unwrap() {}
    }
    store
        .record_pruned_facts("calls".into(), DAY + day)
        .await
        .unwrap();

    center.end_by = vec![("Timeout".to_owned(), EndReason::Abandoned)];
    center.compute_days().await;
    let after_pruning = center.day_counter(Counter::FlowOuts).await;
    // That day had no coverage before.
    center.import_file("Queue_Call", 1, &older).await;
    center.compute_days().await;
    let (after_older_file, older_day) = (
        center.day_counter(Counter::FlowOuts).await,
        center.interval_abandons(DAY - 2 * day).await,
    );
    center.import_file("Queue_Call", 3, &calls).await;
    center.compute_days().await;

    assert_eq!(
        (after_pruning, after_older_file, older_day),
        (1, 1, vec![Some(1)])
    );
    assert_eq!(center.interval_abandons(DAY).await, [Some(1)]);
    assert_eq!(
        store.load_dirty_days(&"calls".into()).await.unwrap(),
        [0; 0]
    );
}

#[tokio::test]
async fn a_file_delivered_for_days_with_pruned_facts_adds_no_zero_figures() {
    let center = ComputeFixture::new();
    let day = 86_400;
    let calls = format!("{CALL}1,7,,{NOON},,{},2,a,,\n", NOON + 9);
    center.import_file("Queue_Call", 3, &calls).await;
    center.compute_days().await;
    let store = center.fixture.store.clone();
    let old = store.old_files(DAY + 2 * day).await.unwrap();
    for file in old.into_values().flatten() {
        let table = &Container::find_by_name(&file.dataset).unwrap().table;
        while !store.delete_batch(table.name, file.id).await.unwrap() {}
    }
    store
        .record_pruned_facts("calls".into(), DAY + day)
        .await
        .unwrap();

    let before = NOON - 2 * day;
    let older = format!("{CALL}2,7,,{before},,{},2,b,,\n", before + 9);
    center.import_file("Queue_Call", 1, &older).await;
    center.compute_days().await;

    let load = |view: &StoreView<'_>| view.load_coverage(&"calls".into(), 0, i64::MAX / 2);
    let coverage = store.with_view(load).await.unwrap();
    assert_eq!(coverage, [(DAY - 2 * day, DAY - day), (DAY, DAY + day)]);
    assert_eq!(center.interval_offers(DAY - 2 * day).await, [Some(1)]);
}

#[tokio::test]
async fn an_issue_counts_if_it_is_delivered_within_a_week_of_its_call() {
    let center = ComputeFixture::new();
    let calls = format!(
        "{CALL}1,7,9,{NOON},{0},{0},,a,,\n2,7,9,{NOON},{0},{0},,b,,\n",
        NOON + 5
    );
    center.import_file("Queue_Call", 3, &calls).await;
    center.compute_days().await;
    let name = "1234-Call_Issue_Queue_Call-F";
    for (date, id) in [("20250110", 1), ("20250111", 2)] {
        let key = format!("FACTS/{name}/{date}-{name}.csv");
        let content =
            format!("call_issue_queue_call_id,queue_call_id,call_issue_id\n{id},{id},5\n");
        let result = center.fixture.import_file(&key, &content, false).await;
        result.unwrap();
    }

    center.compute_days().await;

    let report = center
        .query_report(
            ReportSubject::Site,
            Some(ReportDimension::Issue),
            CountBy::Start,
        )
        .await;
    let series = report.series.iter();
    let counts: Vec<_> = series.map(|series| series.rows[0].count()).collect();
    assert_eq!(counts, [Some(1)]);
}

#[tokio::test]
async fn a_breakdown_counts_exactly_the_calls_listed_with_its_code() {
    let center = ComputeFixture::new();
    center.import_file("Queue_Call_End_By", 0, ENDS).await;
    center
        .import_file("Call_Reason", 0, "call_reason_id,description\n5,Invoice\n")
        .await;
    // Two queues, with and without a reason, around midnight, and one repeated record.
    let (late, next) = (DAY + 86_399, DAY + 86_400);
    let calls = [
        format!("1,7,9,{NOON},{},{},3,a,,5", NOON + 30, NOON + 130),
        format!("2,7,,{NOON},,{},1,b,,6", NOON + 31),
        format!("3,8,,{NOON},,{},1,c,,5", NOON + 9),
        format!("4,8,,{DAY},,{},2,d,,", DAY + 9),
        format!("5,8,,{late},,{},2,e,,5", late + 90),
        format!("6,8,,{next},,{},2,f,,5", next + 90),
        format!("7,7,,{NOON},,,,g,,"),
    ];
    let file = CALL.to_owned() + &calls.join("\n");
    center.import_file("Queue_Call", 3, &file).await;
    let again = format!("{CALL}3,8,,{NOON},,{},1,c,,6\n", NOON + 9);
    center.import_file("Queue_Call", 4, &again).await;
    center.compute_days().await;

    let mut rows = Vec::new();
    let queue = |external: &str| Id::new(&"calls".into(), external);
    let both = ReportSubject::Queues(vec![queue("7"), queue("8")]);
    for who in [ReportSubject::Site, ReportSubject::Queue(queue("8")), both] {
        for by in [
            ReportDimension::Reason,
            ReportDimension::Type,
            ReportDimension::EndBy,
        ] {
            let report = center
                .query_report(who.clone(), Some(by), CountBy::Start)
                .await;
            for series in &report.series {
                let listed = center.calls_with_code(who.clone(), by, &series.id).await;
                let counted = series.rows[0].count().unwrap();
                assert_eq!(
                    i64::try_from(listed.len()),
                    Ok(counted),
                    "{who:?} {series:?}"
                );
                rows.push((by, series.id.clone(), listed.join(" ")));
            }
        }
    }

    let report = center
        .query_report(
            ReportSubject::Site,
            Some(ReportDimension::Reason),
            CountBy::Start,
        )
        .await;
    let invoice = report.series.iter().find(|series| series.id == "calls/5");
    let invoice = invoice.unwrap().rows[0].coded().unwrap();
    // Of the two, one was handled.
    let handled =
        [Counter::Offered, Counter::Handled, Counter::TalkTime].map(|counter| invoice.get(counter));
    assert_eq!(handled, [Some(2), Some(1), Some(100_000)]);

    let listed = |by, id: &str| {
        let mut rows = rows.iter().filter(|row| row.0 == by && row.1 == id);
        rows.next().map(|row| row.2.as_str())
    };
    assert_eq!(
        listed(ReportDimension::Reason, "calls/5"),
        Some("calls/1 calls/5")
    );
    assert_eq!(
        listed(ReportDimension::Reason, "calls/6"),
        Some("calls/2 calls/3")
    );
    assert_eq!(
        listed(ReportDimension::EndBy, "calls/2"),
        Some("calls/4 calls/5")
    );
    assert_eq!(rows.len(), 5 + 4 + 5, "{rows:?}");
    assert_eq!(
        center
            .calls_with_code(ReportSubject::Site, ReportDimension::Reason, "other/5")
            .await,
        [""; 0]
    );
}

#[tokio::test]
async fn calls_say_what_each_agent_handled_in_each_queue() {
    let fixture = ComputeFixture::new();
    let (evening, before) = (DAY + 86_400 - 60, DAY - 300);
    // Agent 7 handles two calls in queue 1 and one in queue 2; the last ends on the next day. Agent 8
    // handles one of the evening before.
    let calls = format!(
        "{CALL}1,1,7,{NOON},{},{},,u1,,\n2,1,7,{evening},{},{},,u2,,\n3,2,7,{NOON},{},{},3,u3,,\n\
         4,1,8,{before},{},{},,u4,,\n5,1,7,{NOON},,{},1,u5,,\n",
        NOON + 10,
        NOON + 110,
        evening + 10,
        evening + 310,
        NOON + 10,
        NOON + 60,
        before + 10,
        before + 510,
        NOON + 90,
    );
    fixture.import_file("Queue_Call_End_By", 0, ENDS).await;
    fixture
        .import_file(
            "Queue_Details",
            0,
            &format!("{QUEUES}1,One,t,,,\n2,Two,t,,,\n"),
        )
        .await;
    fixture.import_file("Queue_Call", 3, &calls).await;
    fixture.compute_days().await;
    let history = fixture.open_history();
    let handled = async |queues: &[&str], agent: Option<&str>, count_by| {
        let id = |external: &str| Id::new(&"calls".into(), external);
        let query = HandledQuery {
            queues: queues.iter().map(|queue| id(queue)).collect(),
            agent: agent.map(id),
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            zone: TimeZone::UTC,
            count_by,
        };
        let found = history.count_handled_calls(query, |_| true).await.unwrap();
        let pair = |one: &crate::report::HandledCalls| {
            let known = |counter| one.counters.known(counter).unwrap();
            let (queue, agent) = (&one.queue.id.external, &one.agent.id.external);
            assert_eq!(one.counters.known(AgentCounter::LoggedIn), None);
            format!(
                "{queue} {agent}: {} in {} s, {} transferred",
                known(AgentCounter::Handled),
                known(AgentCounter::Talk),
                known(AgentCounter::Transferred)
            )
        };
        found.iter().map(pair).collect::<Vec<_>>()
    };

    let of_queue = handled(&["1"], None, CountBy::Start).await;
    let by_event = handled(&["1"], None, CountBy::Event).await;
    let of_agent = handled(&[], Some("7"), CountBy::Start).await;

    assert_eq!(of_queue, ["1 7: 2 in 400 s, 0 transferred"]);
    let ended = [
        "1 7: 1 in 100 s, 0 transferred",
        "1 8: 1 in 500 s, 0 transferred",
    ];
    assert_eq!(by_event, ended);
    let expected = [
        "1 7: 2 in 400 s, 0 transferred",
        "2 7: 1 in 50 s, 1 transferred",
    ];
    assert_eq!(of_agent, expected);

    let year = HandledQuery {
        queues: Vec::new(),
        agent: Some(Id::new(&"calls".into(), "7")),
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 366 * 86_400).unwrap(),
        zone: TimeZone::UTC,
        count_by: CountBy::Start,
    };
    let refused = history.count_handled_calls(year, |_| true).await;
    assert!(matches!(refused, Err(ReportError::TooManyDays(31))));
}
