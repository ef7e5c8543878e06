use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{
        AgentCounter, AgentCounters, CountBy, Counter, Counters, EndReason, Id, SiteConfig,
        SourceId,
    },
    history::report::{
        CallListQuery, History, ReportConfig, ReportDimension, ReportQuery, ReportStep,
        ReportSubject, ReportedExport, ZeroCounters,
    },
    store::{FigureQuery, Granularity, StoreView},
};

use super::{tests::SangomaFixture, *};

/// Midnight of Friday, 3 January 2025, in UTC.
const DAY: i64 = 1_735_862_400;
const NOON: i64 = DAY + 12 * 3_600;

const CALL: &str = "queue_call_id,queue_id,agent_id,time_join,time_connect,time_leave,\
    queue_call_end_by_id,uuid,acw_id,call_reason_id\n";
const QUEUES: &str = "queue_id,name,enabled,sla_wait,abandoned_threshold,sla_duration\n";
const ENDS: &str = "queue_call_end_by_id,end_by\n1,Abandoned by caller\n2,Timeout\n3,Transferred\n";

struct ComputeFixture {
    bench: SangomaFixture,
    site: SiteConfig,
    end_by: Vec<(String, EndReason)>,
}

impl ComputeFixture {
    fn new() -> Self {
        Self {
            bench: SangomaFixture::new(),
            site: SiteConfig::default(),
            end_by: Vec::new(),
        }
    }

    /// Takes in a file of a day of January 2025, or of a dimension.
    async fn import_file(&self, container: &str, day: u32, content: &str) {
        let key = match day {
            0 => format!("DIMENSIONS/1234-{container}-D/1234-{container}-D.csv"),
            day => {
                let name = format!("1234-{container}-F");
                format!("FACTS/{name}/202501{day:02}-{name}.csv")
            }
        };
        let taken = self
            .bench
            .import_file(&key, content, ContactPolicy::default())
            .await;
        taken.unwrap();
    }

    /// Returns how many days were reckoned.
    async fn compute_days(&self) -> u64 {
        let rules = SangomaRules {
            site: Arc::new(self.site.clone()),
            end_by: self.end_by.clone(),
        };
        let source = SourceId::from("calls");
        compute_days(&self.bench.store, &source, &rules, |_, _| {})
            .await
            .unwrap()
    }

    async fn find_gaps(&self) -> CoverageGaps {
        let look = |view: &StoreView<'_>| find_gaps(view, &"calls".into(), &TimeZone::UTC);
        self.bench.store.with_view(look).await.unwrap()
    }

    async fn query_report(
        &self,
        who: ReportSubject,
        by: Option<ReportDimension>,
        count_by: CountBy,
    ) -> crate::history::report::Report {
        let ask = ReportQuery {
            subject: who,
            dimension: by,
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            step: ReportStep::Day,
            zone: TimeZone::UTC,
            count_by,
        };
        self.open_history().load_intervals(ask).await.unwrap()
    }

    fn open_history(&self) -> History {
        let shape = ReportConfig {
            site: Arc::new(self.site.clone()),
            exports: vec![ReportedExport {
                id: "calls".into(),
                omits_zero_intervals: false,
                has_calls: true,
                zero_counters: ZeroCounters::default(),
                columns: None,
            }],
        };
        History::new(self.bench.store.clone(), shape)
    }

    /// The calls of 3 January with a reason, a type or an end.
    async fn calls_with_code(
        &self,
        who: ReportSubject,
        by: ReportDimension,
        id: &str,
    ) -> Vec<String> {
        let (source, external) = id.split_once('/').unwrap();
        let ask = CallListQuery {
            subject: who,
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            outcome: None,
            code_filter: Some((by, Id::new(&source.into(), external))),
            after: None,
            limit: 100,
        };
        let calls = self.open_history().list_calls(ask).await.unwrap().calls;
        calls.iter().map(|call| call.id.to_string()).collect()
    }

    /// The figures of 3 January.
    async fn day_counters(&self, count_by: CountBy) -> Counters {
        let report = self.query_report(ReportSubject::Site, None, count_by).await;
        *report.series[0].rows[0]
            .contact_counters()
            .expect("was taken in")
    }

    async fn day_counter(&self, counter: Counter) -> i64 {
        let counters = self.day_counters(CountBy::Start).await;
        counters.get(counter).unwrap() / counter.scale()
    }

    /// A counter of the intervals of a day that have anything.
    async fn interval_counters(&self, start: i64, counter: Counter) -> Vec<Option<i64>> {
        let look = move |view: &StoreView<'_>| {
            let source = "calls".into();
            let wanted = FigureQuery {
                source: &source,
                granularity: Granularity::Intervals(900),
                range: start..start + 86_400,
                subject: None,
            };
            let mut all = Vec::new();
            view.for_each_queue(&wanted, CountBy::Start, |_, _, counters| {
                all.push(counters.get(counter));
            })?;
            Ok(all)
        };
        self.bench.store.with_view(look).await.unwrap()
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
async fn contacts_end_as_the_wording_and_the_thresholds_say() {
    let mut centre = ComputeFixture::new();
    // As somebody writes it who has heard of it.
    centre.end_by = vec![(" timeOUT ".to_owned(), EndReason::Abandoned)];
    let ends = format!("{ENDS}4,Key pressed\n");
    centre.import_file("Queue_Call_End_By", 0, &ends).await;
    let queues = format!("{QUEUES}7,Sales,true,30,10,100\n");
    centre.import_file("Queue_Details", 0, &queues).await;
    let calls = [
        format!("1,7,9,{NOON},{},{},3,a,,5", NOON + 30, NOON + 130),
        format!("2,7,9,{NOON},{},{},,b,,5", NOON + 31, NOON + 131 + 1),
        format!("3,7,,{NOON},,{},1,c,,", NOON + 9),
        format!("4,7,,{NOON},,{},1,d,,", NOON + 10),
        format!("5,7,,{NOON},,{},2,e,,", NOON + 50),
        format!("6,7,,{NOON},,{},4,f,,", NOON + 20),
        format!("7,7,,{NOON},,,,g,,"),
    ];
    centre
        .import_file("Queue_Call", 3, &(CALL.to_owned() + &calls.join("\n")))
        .await;

    centre.compute_days().await;

    let all = centre.day_counters(CountBy::Start).await;
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
    let reasons = centre
        .query_report(
            ReportSubject::Site,
            Some(ReportDimension::Reason),
            CountBy::Start,
        )
        .await;
    assert_eq!(reasons.series[0].rows[0].count(), Some(2));
}

#[tokio::test]
async fn of_a_record_that_comes_twice_the_row_of_the_later_file_holds_whichever_comes_first() {
    let open = format!("{CALL}1,7,,{},,,,a,,\n", DAY + 86_000);
    let closed = format!(
        "{CALL}1,7,9,{},{},{},,a,,\n",
        DAY + 86_000,
        DAY + 86_010,
        DAY + 86_500
    );
    for order in [[3, 4], [4, 3]] {
        let centre = ComputeFixture::new();
        for day in order {
            let content = if day == 3 { &open } else { &closed };
            centre.import_file("Queue_Call", day, content).await;
            centre.compute_days().await;
        }

        assert_eq!(centre.day_counter(Counter::Offered).await, 1);
        assert_eq!(centre.day_counter(Counter::Answered).await, 1);
        let by_event = centre.day_counters(CountBy::Event).await;
        assert_eq!(by_event.get(Counter::Answered), Some(1));
        assert_eq!(by_event.get(Counter::Handled), Some(0));
    }
}

#[tokio::test]
async fn days_that_come_in_the_file_of_a_later_one_count_and_are_partial() {
    let centre = ComputeFixture::new();
    let day = 86_400;
    // Of three days in one file; most calls lie before the last.
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
    centre.import_file("Queue_Call", 3, &file).await;
    centre.compute_days().await;

    let told = centre.find_gaps().await.to_sentences();
    let expected = "Partial: 2025-01-01 to 2025-01-02. No file of Queue_Call has arrived for these days; 3 of their calls came in files of other days";
    assert_eq!(told, [expected]);
    for (step, parts) in [
        (ReportStep::Day, vec![(1, true), (2, true), (1, false)]),
        (
            ReportStep::HalfHour,
            vec![(1, true), (1, true), (1, true), (1, false)],
        ),
    ] {
        let ask = ReportQuery {
            subject: ReportSubject::Site,
            dimension: None,
            from: Timestamp::from_second(DAY - 2 * day).unwrap(),
            to: Timestamp::from_second(DAY + day).unwrap(),
            step,
            zone: TimeZone::UTC,
            count_by: CountBy::Start,
        };
        let report = centre.open_history().load_intervals(ask).await.unwrap();
        let rows = report.series[0].rows.iter();
        let told = rows.filter_map(|row| {
            Some((
                row.contact_counters()?.get(Counter::Offered)?,
                row.is_partial,
            ))
        });
        let told: Vec<_> = told.filter(|(offered, _)| 0 < *offered).collect();
        assert_eq!(told, parts, "{step:?}");
    }
}

#[tokio::test]
async fn a_working_day_without_a_file_is_missing_and_a_free_one_and_the_day_before_the_first_not() {
    let centre = ComputeFixture::new();
    // Monday to Friday, from the 6th on, without Wednesday the 15th.
    let days = (6..25_i32).filter(|day| (day - 6) % 7 < 5 && *day != 15);
    for (id, day) in days.enumerate() {
        let noon = NOON + i64::from(day - 3) * 86_400;
        let mut file = format!("{CALL}{},7,,{noon},,{},1,u{id},,\n", id + 1, noon + 9);
        if day == 6 {
            // It joined the day before.
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
        centre
            .import_file("Queue_Call", day.unsigned_abs(), &file)
            .await;
    }
    centre.compute_days().await;

    let gaps = centre.find_gaps().await;

    let told = gaps.to_sentences();
    assert!(
        matches!(&*told, [one] if one.starts_with("Missing: 2025-01-15. ")),
        "{told:?}"
    );
    assert!(gaps.has_recent());
    let day = |day| jiff::civil::date(2025, 1, day);
    assert!(gaps.has_within(Some(day(14)), Some(day(15))));
    assert!(!gaps.has_within(Some(day(16)), None) && !gaps.has_within(None, Some(day(14))));
}

#[tokio::test]
async fn files_that_are_cut_at_different_times_of_the_night_leave_no_gap() {
    let centre = ComputeFixture::new();
    let mut id = 0;
    for (day, cut) in [(3, 4 * 3_600), (4, 3 * 3_600), (5, 4 * 3_600 + 300)] {
        let midnight = DAY + i64::from(day - 3) * 86_400;
        let joined = [midnight - 8 * 3_600, midnight - 7 * 3_600, midnight + cut];
        let calls = joined.map(|joined| {
            id += 1;
            format!("{id},7,,{joined},,{},1,u{id},,\n", joined + 9)
        });
        let file = CALL.to_owned() + &calls.concat();
        centre.import_file("Queue_Call", day, &file).await;
    }
    centre.compute_days().await;

    assert_eq!(centre.find_gaps().await.to_sentences(), [""; 0]);
}

#[tokio::test]
async fn wrap_up_in_the_next_file_and_surveys_of_days_later_touch_the_day_of_the_call() {
    let centre = ComputeFixture::new();
    let (joined, answered, left) = (DAY + 86_000, DAY + 86_010, DAY + 86_390);
    let call = format!("{CALL}1,7,9,{joined},{answered},{left},,a,5,\n");
    centre.import_file("Queue_Call", 3, &call).await;
    centre.compute_days().await;
    assert_eq!(centre.day_counter(Counter::WrapUpTime).await, 0);

    let wrap_up = format!(
        "agent_acw_id,agent_id,time_start,time_end\n5,9,{},{}\n",
        DAY + 86_390,
        DAY + 86_420
    );
    centre.import_file("Agent_ACW", 4, &wrap_up).await;
    let survey = format!(
        "queue_call_survey_id,uuid,csat_score,nps_score,created_at,queue_id\n\
         1,a,5,0,{},7\n2,a,0,,{},7\n",
        DAY + 5 * 86_400,
        DAY + 5 * 86_400
    );
    centre.import_file("Queue_Call_Survey", 8, &survey).await;
    centre.compute_days().await;

    assert_eq!(centre.day_counter(Counter::WrapUpTime).await, 30);
    assert_eq!(centre.day_counter(Counter::CsatSum).await, 5);
    assert_eq!(centre.day_counter(Counter::CsatAnswers).await, 1);
    assert_eq!(centre.day_counter(Counter::Detractors).await, 1);
    let by_event = centre.day_counters(CountBy::Event).await;
    assert_eq!(by_event.get(Counter::CsatAnswers), Some(0));
    assert_eq!(by_event.get(Counter::Handled), Some(0));
    assert_eq!(
        centre.agent_counters("9").await.known(AgentCounter::WrapUp),
        Some(10)
    );
}

#[tokio::test]
async fn where_the_call_was_left_when_it_was_answered_the_call_itself_says_when_talk_ended() {
    let centre = ComputeFixture::new();
    let calls = format!(
        "{CALL}1,7,9,{NOON},{0},{0},,a,,\n2,7,9,{NOON},{0},{0},,b,,\n",
        NOON + 5
    );
    centre.import_file("Queue_Call", 3, &calls).await;
    let details = format!(
        "call_details_id,start_time,answer_time,end_time,uuid\n\
         1,{NOON},{NOON},{},a\n2,{NOON},{NOON},{},a\n",
        NOON + 60,
        NOON + 65
    );
    centre.import_file("Call_Details", 3, &details).await;

    centre.compute_days().await;

    assert_eq!(centre.day_counter(Counter::Answered).await, 2);
    assert_eq!(centre.day_counter(Counter::Handled).await, 1);
    assert_eq!(centre.day_counter(Counter::TalkTime).await, 60);
}

#[tokio::test]
async fn calls_outside_of_queues_are_those_of_whoever_sits_at_the_extension() {
    let centre = ComputeFixture::new();
    let logins = format!(
        "agent_login_id,agent_id,time_logged_in,time_logged_off,extension\n\
         1,9,{NOON},{},101\n2,8,{},,101\n",
        NOON + 600,
        NOON + 700
    );
    centre.import_file("Agent_Login", 3, &logins).await;
    let details = format!(
        "call_details_id,start_time,answer_time,end_time,uuid,callerid_number,destination_number\n\
         1,{NOON},{0},{1},x,101,5551234\n2,{NOON},{0},{1},a,5551234,101\n\
         3,{NOON},,{1},y,101,102\n4,{NOON},{2},{3},z,101,102\n",
        NOON + 100,
        NOON + 160,
        NOON + 800,
        NOON + 900
    );
    centre.import_file("Call_Details", 3, &details).await;
    centre
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
    centre.import_file("Call_Attempt", 3, &attempts).await;
    let pauses = format!(
        "agent_pause_id,agent_id,time_start,time_end,pause_code_id\n1,9,{NOON},{},4\n",
        NOON + 50
    );
    centre.import_file("Agent_Pause", 3, &pauses).await;

    centre.compute_days().await;

    let agent = centre.agent_counters("9").await;
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
    assert_eq!(centre.agent_counters("8").await, AgentCounters::default());
}

#[tokio::test]
async fn thresholds_and_meanings_that_change_reckon_everything_anew() {
    let mut centre = ComputeFixture::new();
    centre.import_file("Queue_Call_End_By", 0, ENDS).await;
    let calls = format!("{CALL}1,7,,{NOON},,{},2,a,,\n", NOON + 9);
    centre.import_file("Queue_Call", 3, &calls).await;
    centre.compute_days().await;
    assert_eq!(centre.day_counter(Counter::FlowOuts).await, 1);
    assert_eq!(centre.compute_days().await, 0);

    centre.end_by = vec![("Timeout".to_owned(), EndReason::Abandoned)];
    assert!(0 < centre.compute_days().await);
    assert_eq!(centre.day_counter(Counter::Abandoned).await, 1);

    let queues = format!("{QUEUES}7,Sales,true,30,10,\n");
    centre.import_file("Queue_Details", 0, &queues).await;
    centre.compute_days().await;
    assert_eq!(centre.day_counter(Counter::ShortAbandoned).await, 1);

    centre.site.zone = TimeZone::get("Asia/Tokyo").unwrap();
    assert!(0 < centre.compute_days().await);
    assert_eq!(centre.compute_days().await, 0);
}

#[tokio::test]
async fn what_was_reckoned_of_facts_that_are_gone_stays_until_all_of_them_come_again() {
    let mut centre = ComputeFixture::new();
    centre.import_file("Queue_Call_End_By", 0, ENDS).await;
    let day = 86_400;
    let calls = format!("{CALL}1,7,,{NOON},,{},2,a,,\n", NOON + 9);
    let before = NOON - 2 * day;
    let older = format!("{CALL}2,7,,{before},,{},2,b,,\n", before + 9);
    centre.import_file("Queue_Call", 3, &calls).await;
    centre.compute_days().await;
    let store = centre.bench.store.clone();
    for file in store.old_files(DAY + 2 * day).await.unwrap() {
        let table = &Container::find_by_name(&file.dataset).unwrap().table;
        while !store.delete_batch(table.name, file.id).await.unwrap() {}
    }
    store
        .record_pruned_facts("calls".into(), DAY + day)
        .await
        .unwrap();

    centre.end_by = vec![("Timeout".to_owned(), EndReason::Abandoned)];
    centre.compute_days().await;
    let gone = centre.day_counter(Counter::FlowOuts).await;
    // Of that day nothing was known.
    centre.import_file("Queue_Call", 1, &older).await;
    centre.compute_days().await;
    let (still, new) = (
        centre.day_counter(Counter::FlowOuts).await,
        centre.interval_abandons(DAY - 2 * day).await,
    );
    centre.import_file("Queue_Call", 3, &calls).await;
    centre.compute_days().await;

    assert_eq!((gone, still, new), (1, 1, vec![Some(1)]));
    assert_eq!(centre.interval_abandons(DAY).await, [Some(1)]);
    assert_eq!(
        store.load_dirty_days(&"calls".into()).await.unwrap(),
        [0; 0]
    );
}

#[tokio::test]
async fn a_file_that_comes_for_days_whose_facts_are_gone_makes_no_noughts_of_them() {
    let centre = ComputeFixture::new();
    let day = 86_400;
    let calls = format!("{CALL}1,7,,{NOON},,{},2,a,,\n", NOON + 9);
    centre.import_file("Queue_Call", 3, &calls).await;
    centre.compute_days().await;
    let store = centre.bench.store.clone();
    for file in store.old_files(DAY + 2 * day).await.unwrap() {
        let table = &Container::find_by_name(&file.dataset).unwrap().table;
        while !store.delete_batch(table.name, file.id).await.unwrap() {}
    }
    store
        .record_pruned_facts("calls".into(), DAY + day)
        .await
        .unwrap();

    let before = NOON - 2 * day;
    let older = format!("{CALL}2,7,,{before},,{},2,b,,\n", before + 9);
    centre.import_file("Queue_Call", 1, &older).await;
    centre.compute_days().await;

    let cover = |view: &StoreView<'_>| view.load_coverage(&"calls".into(), 0, i64::MAX / 2);
    let known = store.with_view(cover).await.unwrap();
    assert_eq!(known, [(DAY - 2 * day, DAY - day), (DAY, DAY + day)]);
    assert_eq!(centre.interval_offers(DAY - 2 * day).await, [Some(1)]);
}

#[tokio::test]
async fn an_issue_counts_when_it_comes_within_a_week_of_its_call() {
    let centre = ComputeFixture::new();
    let calls = format!(
        "{CALL}1,7,9,{NOON},{0},{0},,a,,\n2,7,9,{NOON},{0},{0},,b,,\n",
        NOON + 5
    );
    centre.import_file("Queue_Call", 3, &calls).await;
    centre.compute_days().await;
    let name = "1234-Call_Issue_Queue_Call-F";
    for (date, id) in [("20250110", 1), ("20250111", 2)] {
        let key = format!("FACTS/{name}/{date}-{name}.csv");
        let content =
            format!("call_issue_queue_call_id,queue_call_id,call_issue_id\n{id},{id},5\n");
        let taken = centre
            .bench
            .import_file(&key, &content, ContactPolicy::default())
            .await;
        taken.unwrap();
    }

    centre.compute_days().await;

    let report = centre
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
async fn a_row_of_a_breakdown_is_of_exactly_the_calls_that_are_listed_with_its_code() {
    let centre = ComputeFixture::new();
    centre.import_file("Queue_Call_End_By", 0, ENDS).await;
    centre
        .import_file("Call_Reason", 0, "call_reason_id,description\n5,Invoice\n")
        .await;
    // Of two queues, with and without a reason, around midnight, and one that came twice.
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
    centre.import_file("Queue_Call", 3, &file).await;
    let again = format!("{CALL}3,8,,{NOON},,{},1,c,,6\n", NOON + 9);
    centre.import_file("Queue_Call", 4, &again).await;
    centre.compute_days().await;

    let mut rows = Vec::new();
    let queue = |external: &str| Id::new(&"calls".into(), external);
    let both = ReportSubject::Queues(vec![queue("7"), queue("8")]);
    for who in [ReportSubject::Site, ReportSubject::Queue(queue("8")), both] {
        for by in [
            ReportDimension::Reason,
            ReportDimension::Type,
            ReportDimension::EndBy,
        ] {
            let report = centre
                .query_report(who.clone(), Some(by), CountBy::Start)
                .await;
            for series in &report.series {
                let listed = centre.calls_with_code(who.clone(), by, &series.id).await;
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
        centre
            .calls_with_code(ReportSubject::Site, ReportDimension::Reason, "other/5")
            .await,
        [""; 0]
    );
}
