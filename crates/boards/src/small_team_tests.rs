//! `[privacy] smallest_team`: no figure about the agents of a small team reaches a board, neither on
//! the page, nor in a frame, nor through a total.

use std::sync::Arc;

use wallboard_domain::{
    AgentStatus, Counter, Id, LimitValue, Metric, MetricValue, Moment, QueueGroup, QueueId,
    SeverityLimits,
};
use wallboard_live::{MergedFigure, MetricFigure, Snapshot};
use wallboard_texts::Texts;

use super::{
    BoardDefinition, BoardLayout, BoardSlots, evaluate_queue,
    fixture::{self, QueueFixture, noon},
    render_context::RenderContext,
};

/// Figures that a small team has in these tests, as boards format them: in conversation, available,
/// transferred, and its average handle time.
const SECRETS: [&str; 4] = ["731", "742", "753", "39:01"];
const METRICS: [Metric; 6] = [
    Metric::AverageHandleTime,
    Metric::InConversation,
    Metric::AgentsAvailable,
    Metric::Transferred,
    Metric::Waiting,
    Metric::Answered,
];

/// Sales with two agents, Support with five, and Billing and Returns with three each.
fn four_teams() -> Snapshot {
    let mut snapshot = fixture::empty_snapshot();
    let queues = [
        ("1", "Sales", 2),
        ("2", "Support", 5),
        ("3", "Billing", 3),
        ("4", "Returns", 3),
    ];
    for (id, name, size) in queues {
        let now = QueueFixture {
            waiting: 4,
            longest: Some(20),
            available: 2,
        };
        fixture::put_queue(&mut snapshot, id, name, &now);
        let today = fixture::today_mut(&mut snapshot, id);
        today.counters.set(Counter::Transferred, Some(6));
        for agent in 0..size {
            let agent = format!("Agent {id}{agent}");
            fixture::put_agent(&mut snapshot, &agent, AgentStatus::Available, 60, &[id]);
        }
    }
    set_count(&mut snapshot, "1", Metric::InConversation, 731);
    set_count(&mut snapshot, "1", Metric::AgentsAvailable, 742);
    let today = fixture::today_mut(&mut snapshot, "1");
    today.counters.set(Counter::Transferred, Some(753));
    today.counters.set(Counter::Handled, Some(1));
    today.counters.set(Counter::HandleTime, Some(2_341_000));
    Arc::make_mut(&mut snapshot.site).smallest_team = 5;
    snapshot
}

fn set_count(snapshot: &mut Snapshot, queue: &str, metric: Metric, count: u64) {
    let readings = &mut fixture::queue_mut(snapshot, queue).readings;
    let mut reading = *readings.get(Metric::Waiting).unwrap();
    reading.value = Some(MetricValue::Count(count));
    readings.insert(metric, reading);
}

fn put_group(snapshot: &mut Snapshot, name: &str, members: &[&str]) -> QueueId {
    let id = Id::new(&"group".into(), name);
    let now = QueueFixture {
        waiting: 0,
        longest: None,
        available: 0,
    };
    fixture::put_queue(snapshot, name, name, &now);
    let mut group = snapshot.queues.remove(&fixture::queue_id(name)).unwrap();
    let members: Vec<QueueId> = members.iter().map(|id| fixture::queue_id(id)).collect();
    (group.id, group.members) = (id.clone(), Some(members.as_slice().into()));
    snapshot.queues.insert(id.clone(), group);
    Arc::make_mut(&mut snapshot.site).groups.push(QueueGroup {
        id: id.clone(),
        name: name.to_owned(),
        queues: members,
    });
    id
}

fn figure(snapshot: &Snapshot, queue: &QueueId, metric: Metric) -> MetricFigure {
    let queue = &snapshot.queues[queue];
    snapshot.queue_figure(queue, metric, noon()).unwrap()
}

fn total(snapshot: &Snapshot, queues: &[&str], metric: Metric) -> MergedFigure {
    let queues = queues
        .iter()
        .map(|id| &snapshot.queues[&fixture::queue_id(id)]);
    let selection = snapshot.select_queues(queues);
    snapshot.merge_figure(&selection, metric, noon()).unwrap()
}

fn count(figure: &MetricFigure) -> Option<f64> {
    figure.value.map(MetricValue::as_number)
}

/// Everything that viewers of boards with all these metrics receive: pages, cells and frames.
fn sent_text(snapshot: &Snapshot) -> String {
    let mut sent = String::new();
    for layout in [BoardLayout::Queues, BoardLayout::List] {
        let board = BoardDefinition {
            show: METRICS.map(Into::into).into(),
            totals: METRICS[..4].to_vec(),
            ..BoardDefinition::new("b", "B", layout)
        };
        let mut slots = BoardSlots::default();
        let mut render = |snapshot: &Snapshot, now: Moment| {
            let context = RenderContext::of_board(&board, snapshot, now);
            sent += &fixture::sent_text(context, &mut slots);
        };
        render(snapshot, noon());
        let mut lost = snapshot.clone();
        fixture::disconnect_source(&mut lost, 1_000);
        for seconds in [2, 20, 400] {
            render(&lost, noon().plus_millis(seconds * 1_000));
        }
    }
    sent
}

#[test]
fn boards_show_nothing_about_a_small_team() {
    let mut snapshot = four_teams();
    for id in ["3", "4"] {
        snapshot.queues.remove(&fixture::queue_id(id));
    }
    let withheld = snapshot.withhold_small_teams().unwrap();
    let find_secrets = |sent: &str| {
        let mut secrets = SECRETS.to_vec();
        secrets.retain(|secret| sent.contains(secret));
        secrets
    };

    assert_eq!(find_secrets(&sent_text(&snapshot)), SECRETS);
    let sent = sent_text(&withheld);
    assert_eq!(find_secrets(&sent), [""; 0], "{sent}");
    for text in ["Sales", "Support", "1 of 2 queues"] {
        assert!(sent.contains(text), "{text}: {sent}");
    }
}

#[test]
fn only_figures_about_agents_of_small_teams_are_withheld() {
    let withheld = four_teams().withhold_small_teams().unwrap();
    let sales = fixture::queue_id("1");
    for metric in METRICS {
        let figure = figure(&withheld, &sales, metric);
        assert_eq!(figure.is_withheld, metric.is_about_agents(), "{metric:?}");
        assert_eq!(
            figure.value.is_none(),
            metric.is_about_agents(),
            "{metric:?}"
        );
        let reason = figure.reason.as_ref();
        assert_eq!(reason.is_some(), metric.is_about_agents(), "{metric:?}");
        assert!(reason.is_none_or(|reason| reason.to_string() == "Fewer than 5 agents"));
    }
    let support = fixture::queue_id("2");
    let available = figure(&withheld, &support, Metric::AgentsAvailable);
    assert_eq!(count(&available), Some(2.0));
}

#[test]
fn nothing_is_withheld_without_the_setting_or_small_teams() {
    let mut snapshot = four_teams();
    Arc::make_mut(&mut snapshot.site).smallest_team = 2;
    assert!(snapshot.withhold_small_teams().is_none());
    Arc::make_mut(&mut snapshot.site).smallest_team = 1;
    snapshot.agents.retain(|_, _| false);
    assert!(snapshot.withhold_small_teams().is_none());
}

#[test]
fn a_person_with_several_agents_counts_once_and_agents_without_names_count() {
    let is_small = |snapshot: &Snapshot| {
        let copy = snapshot.withhold_small_teams().unwrap();
        copy.withholds(&fixture::queue_id("2"), Metric::AgentsAvailable)
    };
    let mut snapshot = four_teams();
    assert!(!is_small(&snapshot));
    let agents = ["agent-20", "agent-21"].map(fixture::queue_id);
    let site = Arc::make_mut(&mut snapshot.site);
    site.people = vec![wallboard_domain::LinkedPerson {
        id: Id::new(&"person".into(), "one"),
        name: "One".to_owned(),
        agents: agents.to_vec(),
    }];
    assert!(is_small(&snapshot));

    set_count(&mut snapshot, "2", Metric::AgentsLoggedIn, 5);
    assert!(!is_small(&snapshot));
    set_count(&mut snapshot, "2", Metric::AgentsLoggedIn, 4);
    assert!(is_small(&snapshot));
}

#[test]
fn totals_leave_small_teams_out_and_name_them() {
    let withheld = four_teams().withhold_small_teams().unwrap();

    for (metric, expected) in [
        (Metric::InConversation, 3.0),
        (Metric::AgentsAvailable, 2.0),
        (Metric::Transferred, 6.0),
    ] {
        let merged = total(&withheld, &["1", "2"], metric);
        assert_eq!(count(&merged.figure), Some(expected), "{metric:?}");
        assert_eq!(merged.withheld, [fixture::queue_id("1")], "{metric:?}");
        assert_eq!(merged.without, merged.withheld);
    }
    let waiting = total(&withheld, &["1", "2"], Metric::Waiting);
    assert_eq!(count(&waiting.figure), Some(8.0));
    assert!(waiting.withheld.is_empty());

    let only = total(&withheld, &["1"], Metric::InConversation);
    assert!(only.figure.is_withheld && only.figure.value.is_none());
}

#[test]
fn the_site_leaves_small_teams_out_of_its_own_day_too() {
    let mut snapshot = four_teams();
    snapshot.today.counters.set(Counter::Transferred, Some(771));
    for id in ["3", "4"] {
        snapshot.queues.remove(&fixture::queue_id(id));
    }
    let transferred = |snapshot: &Snapshot| {
        let site = snapshot.select_site();
        let merged = snapshot.merge_figure(&site, Metric::Transferred, noon());
        count(&merged.unwrap().figure)
    };

    assert_eq!(transferred(&snapshot), Some(771.0));
    let withheld = snapshot.withhold_small_teams().unwrap();
    assert_eq!(transferred(&withheld), Some(6.0));
}

#[test]
fn small_teams_that_are_large_enough_together_are_in_totals() {
    let mut snapshot = four_teams();
    let pair = put_group(&mut snapshot, "pair", &["3", "4"]);
    let mixed = put_group(&mut snapshot, "mixed", &["2", "3"]);
    let small = put_group(&mut snapshot, "small", &["1"]);
    let withheld = snapshot.withhold_small_teams().unwrap();

    let metric = Metric::InConversation;
    assert_eq!(count(&figure(&withheld, &pair, metric)), Some(6.0));
    assert_eq!(count(&figure(&withheld, &mixed, metric)), Some(3.0));
    assert!(figure(&withheld, &small, metric).is_withheld);
    let billing = fixture::queue_id("3");
    assert!(figure(&withheld, &billing, metric).is_withheld);
}

#[test]
fn a_total_of_small_teams_is_no_bound_that_one_of_them_sets() {
    let mut snapshot = four_teams();
    let metric = Metric::AgentsAvailable;
    let queues = ["1", "3"];
    let bounds = |snapshot: &Snapshot| {
        let figure = total(snapshot, &queues, metric).figure;
        (count(&figure), figure.low, figure.high)
    };
    set_count(&mut snapshot, "3", metric, 1);
    assert!(bounds(&snapshot).1.is_some(), "a range");
    let withheld = snapshot.withhold_small_teams().unwrap();
    assert_eq!(bounds(&withheld), (None, None, None));

    // Only one of them is up to date, so the total would be at least its figure.
    let billing = &mut fixture::queue_mut(&mut snapshot, "3").readings;
    billing.get_mut(metric).unwrap().generation = 0;
    assert!(bounds(&snapshot).1.is_some(), "a lower bound");
    let withheld = snapshot.withhold_small_teams().unwrap();
    assert_eq!(bounds(&withheld), (None, None, None));

    // Only one of them has the figure, so that would be the total.
    let billing = &mut fixture::queue_mut(&mut snapshot, "3").readings;
    billing.get_mut(metric).unwrap().value = None;
    let withheld = snapshot.withhold_small_teams().unwrap();
    let merged = total(&withheld, &queues, metric);
    assert!(merged.figure.is_withheld && merged.withheld.len() == 2);
}

#[test]
fn a_threshold_tells_nothing_about_a_small_team() {
    let mut snapshot = four_teams();
    let limits = SeverityLimits {
        critical_below: Some(LimitValue::Value(900.0)),
        ..SeverityLimits::default()
    };
    fixture::set_limits(&mut snapshot, &[(Metric::AgentsAvailable, limits)]);
    let evaluate = |snapshot: &Snapshot| {
        let queue = &snapshot.queues[&fixture::queue_id("1")];
        let evaluation = evaluate_queue(Texts::english(), snapshot, queue, noon());
        (evaluation.causes, evaluation.reason)
    };

    assert_eq!(evaluate(&snapshot).0, ["742 available"]);
    let withheld = snapshot.withhold_small_teams().unwrap();
    assert_eq!(evaluate(&withheld), (Vec::new(), None));
    let sales = fixture::queue_id("1");
    let known = snapshot.queue_figure(&snapshot.queues[&sales], Metric::AgentsAvailable, noon());
    let metric = Metric::AgentsAvailable;
    let figure = withheld.queue_figure(&withheld.queues[&sales], metric, noon());
    assert_ne!(figure, known);
    let reached =
        withheld.reached_threshold(&sales, &sales.to_string(), metric, figure.as_ref(), noon());
    assert_eq!(reached, None);
}
