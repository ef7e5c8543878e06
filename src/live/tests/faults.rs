//! Clocks that are wrong, floods, repetition: what they must not do.

use crate::domain::{
    Break, Class, Counter, Fact, Input, Line, Metric, Note, Outcome, Pattern, Patterns, Profile,
    Target, Value, moment,
};

use super::{World, closed, created, created_for, id, opened, site, source, transferred};
use crate::live::{CaseState, Trust};

const HOUR: i64 = 3_600_000;

#[test]
fn a_step_of_our_wall_clock_leaves_waits_and_lateness_as_they_are() {
    for step in [HOUR, -HOUR] {
        let mut world = World::new();
        world.load("sales", 2, 0, 1);
        world.case("c1", created());
        world.timers("sales", 10.0);
        world.wait(5_000);
        let theirs = moment::plus_millis(world.now.wall, 1_000);
        world.now.wall = moment::plus_millis(world.now.wall, step);
        world.put(&Input::Time);
        world.wait(1_000);
        world.readings(
            theirs,
            "sales",
            &[(Metric::LongestWait, Some(Value::Seconds(16.0)))],
        );
        world.wait(2_000);

        assert_eq!(
            world.shown("sales", Metric::LongestWait),
            (Some(18.0), Trust::Fresh),
            "{step}"
        );
        assert_eq!(
            world
                .state
                .picture()
                .today
                .counters
                .count(Counter::WaitingLate),
            0,
            "{step}"
        );
    }
}

#[test]
fn a_clock_that_a_lost_line_has_stopped_stands_still_when_ours_is_put_right() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.timers("sales", 40.0);
    world.away();
    world.now.wall = moment::plus_millis(world.now.wall, HOUR);
    world.put(&Input::Time);

    assert_eq!(world.shown("sales", Metric::LongestWait).0, Some(40.0));
}

/// A visitor has waited 40 s by a vendor's clock that is ahead of ours by `ahead`.
fn waits_40_s(world: &mut World, ahead: i64) {
    let theirs = moment::plus_millis(world.now.wall, ahead);
    let waited = Some(Value::Seconds(40.0));
    world.load_at(theirs, "sales", 1, 0, 1);
    world.readings(theirs, "sales", &[(Metric::LongestWait, waited)]);
}

#[test]
fn a_longest_wait_is_right_from_the_first_timers_on_wherever_the_vendors_clock_stands() {
    for ahead in [-HOUR, -600_000, -60_000, 0, 60_000, 600_000, HOUR] {
        let mut world = World::new();
        waits_40_s(&mut world, ahead);
        world.wait(3_000);

        assert_eq!(
            world.shown("sales", Metric::LongestWait),
            (Some(43.0), Trust::Fresh),
            "{ahead}"
        );
    }
}

#[test]
fn a_longest_wait_is_unknown_until_the_vendors_clock_is_known() {
    for ahead in [-600_000, 600_000] {
        let mut world = World::unconnected(site(&[], &[]));
        world.line(Line::CatchingUp {
            broken: Some(Break::Start),
        });
        waits_40_s(&mut world, ahead);
        world.line(Line::Connected);
        assert_eq!(
            world.shown("sales", Metric::LongestWait),
            (None, Trust::Unknown),
            "{ahead}"
        );

        world.wait(2_000);
        let theirs = moment::plus_millis(world.now.wall, ahead);
        world.load_at(theirs, "support", 0, 0, 1);
        assert_eq!(
            world.shown("sales", Metric::LongestWait),
            (Some(42.0), Trust::Fresh),
            "{ahead}"
        );
    }
}

#[test]
fn an_event_or_a_name_far_ahead_of_time_holds_nothing_up() {
    let mut world = World::new();
    let ahead = moment::plus_millis(world.now.wall, 300 * 24 * HOUR);
    let name = |name: &str| {
        let mut profile = Profile::new(Class::Queue, id("sales"));
        profile.name = Some(name.into());
        Fact::Profile(profile)
    };
    world.load("sales", 0, 0, 1);
    world.case("c1", created());
    world.case("c1", opened("anna", "sales"));
    for _ in 0..2 {
        world.wait(1_000);
        world.case_at(ahead, "c1", transferred("anna", "sales", "support"));
        world.say(ahead, name("Wrong"));
    }
    world.wait(1_000);
    world.case("c1", opened("ben", "support"));
    world.wait(1_000);
    world.case("c1", closed(Outcome::Positive));
    world.say(world.now.wall, name("Sales"));

    let picture = world.state.picture();
    assert_eq!(world.state_of("c1"), CaseState::Closed);
    assert_eq!(picture.cases[&id("c1")].transfers.len(), 1);
    assert_eq!(picture.queues[&id("sales")].name.as_deref(), Some("Sales"));
}

#[test]
fn a_flood_of_made_up_ids_is_bounded_and_counted() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    for n in 0..20_100 {
        world.load(&format!("g{n}"), 1, 0, 1);
        world.case("c1", opened(&format!("a{n}"), "sales"));
    }
    world.case("c2", opened("anna", "unheard"));
    world.load("sales", 2, 0, 1);

    let picture = world.state.picture();
    let counts = &picture.sources[&source()].counts;
    assert_eq!(
        (picture.queues.len(), picture.agents.len()),
        (20_000, 20_000)
    );
    assert_eq!(counts.rejected, 101 + 100 + 1);
    assert_eq!(counts.received, counts.applied + counts.rejected);
    assert_eq!(picture.sources[&source()].by_reason["too_many_ids"], 202);
    assert!(!picture.cases.contains_key(&id("c2")));
    assert_eq!(world.shown("sales", Metric::Waiting).0, Some(2.0));
}

#[test]
fn ids_that_were_not_heard_of_for_a_day_make_room() {
    let mut world = World::new();
    let named = |world: &mut World, class, name: &str| {
        world.say(world.now.wall, Fact::Profile(Profile::new(class, id(name))));
    };
    for n in 0..20_000 {
        for class in [Class::Queue, Class::Agent, Class::Solution] {
            named(&mut world, class, &format!("made up {n}"));
        }
    }
    world.case("c1", opened("made up 1", "made up 1"));
    world.now = world.now.plus(13 * HOUR);
    named(&mut world, Class::Queue, "made up 2");
    named(&mut world, Class::Agent, "made up 2");
    named(&mut world, Class::Solution, "made up 2");
    world.load("made up 3", 0, 0, 1);
    world.now = world.now.plus(12 * HOUR);
    world.load("new", 3, 0, 1);
    world.case("c2", opened("anna", "new"));
    named(&mut world, Class::Solution, "new");

    let picture = world.state.picture();
    let known = |class: Class, name: &str| match class {
        Class::Queue => picture.queues.contains_key(&id(name)),
        Class::Agent => picture.agents.contains_key(&id(name)),
        class => picture.named.contains_key(&(class, id(name))),
    };
    assert_eq!(picture.sources[&source()].counts.rejected, 0);
    // Who talks is there, however long ago that was said.
    for (class, names) in [
        (
            Class::Queue,
            &["made up 1", "made up 2", "made up 3", "new"][..],
        ),
        (Class::Agent, &["made up 1", "made up 2", "anna"]),
        (Class::Solution, &["made up 2", "new"]),
    ] {
        let left: Vec<_> = names.iter().filter(|name| !known(class, name)).collect();
        assert!(left.is_empty(), "{class:?} {left:?}");
        assert!(!known(class, "made up 4"), "{class:?}");
    }
    assert_eq!(picture.queues.len(), 4);
    assert_eq!(world.shown("new", Metric::Waiting).0, Some(3.0));
}

#[test]
fn gaps_of_days_gone_by_do_not_reach_into_today() {
    let mut world = World::new();
    for _ in 0..25 {
        world.wait(24 * HOUR);
        world.away();
        world.wait(300_000);
        world.connect(Some(Break::TooLong));
    }

    let gaps = &world.state.picture().today.gaps;
    let length = |gap: &crate::live::Gap| {
        let end = gap.to.expect("the line is back");
        moment::millis_between(gap.from, end)
    };
    assert_eq!(gaps.iter().map(length).collect::<Vec<_>>(), [300_000]);
}

#[test]
fn a_silence_is_a_gap_from_the_last_word_on() {
    let mut world = World::new();
    world.load("sales", 0, 0, 1);
    let last = world.now.wall;
    world.wait(90_000);
    world.line(Line::Silent);
    world.wait(60_000);
    world.connect(Some(Break::Silence));

    assert_eq!(world.state.picture().today.gaps[0].from, last);
}

#[test]
fn who_waited_too_long_in_one_queue_is_not_late_in_the_next() {
    let mut world = World::with(site(&[("chat-solution", "sales")], &[]));
    world.load("sales", 1, 0, 1);
    world.load("support", 0, 0, 1);
    world.case("c1", created());
    world.wait(30_000);
    let late = |world: &World, queue: &str| {
        let queue = &world.state.picture().queues[&id(queue)];
        queue.today.counters.count(Counter::WaitingLate)
    };
    assert_eq!(late(&world, "sales"), 1);

    world.case("c1", opened("anna", "sales"));
    world.wait(1_000);
    world.case("c1", transferred("anna", "sales", "support"));
    assert_eq!(late(&world, "support"), 0);
    world.wait(20_100);
    assert_eq!(late(&world, "support"), 1);
}

#[test]
fn one_contact_without_a_known_queue_and_no_queue_knows_its_entries() {
    let mut world = World::with(site(&[("chat-solution", "sales")], &[]));
    world.load("sales", 1, 0, 1);
    world.case("c1", created());
    assert_eq!(world.shown("sales", Metric::Offered).0, Some(1.0));

    world.case("c2", created_for("another-solution"));
    assert_eq!(world.shown("sales", Metric::Offered).0, None);
}

#[test]
fn who_has_gone_has_gone_from_the_queue_that_lacks_a_visitor() {
    let mut world = World::with(site(&[("one", "sales"), ("two", "support")], &[]));
    world.case("c1", created_for("one"));
    world.wait(1_000);
    world.case("c2", created_for("two"));
    for _ in 0..8 {
        world.load("sales", 1, 0, 1);
        world.load("support", 0, 0, 1);
        world.timers("sales", 5.0);
        world.wait(5_000);
    }

    assert_eq!(world.state_of("c1"), CaseState::Waiting);
    assert_eq!(world.state_of("c2"), CaseState::Abandoned);
    assert_eq!(world.shown("sales", Metric::Abandoned).0, Some(0.0));
    assert_eq!(world.shown("support", Metric::Abandoned).0, Some(1.0));
}

#[test]
fn a_load_said_again_is_no_further_proof_that_no_case_was_missed() {
    let mut world = World::new();
    world.case("c1", opened("anna", "sales"));
    let at = world.now.wall;
    for _ in 0..5 {
        world.load_at(at, "sales", 0, 1, 1);
    }
    let accounted = |world: &World| world.state.feeds[&source()].queues[&id("sales")].accounted;
    assert!(!accounted(&world));

    for _ in 0..2 {
        world.wait(100);
        world.load("sales", 0, 1, 1);
    }
    assert!(accounted(&world));
}

#[test]
fn a_close_that_comes_late_undoes_the_proof_that_it_had_made_up() {
    let mut world = World::new();
    world.case("missed", opened("anna", "sales"));
    world.away();
    world.connect(Some(Break::Upstream));
    let anna = |world: &World| {
        let picture = world.state.picture();
        let anna = &picture.agents[&id("anna")];
        let cases = picture.agent_figure(anna, Metric::Cases, world.now);
        let cases = cases.expect("Vngage gives cases");
        (cases.value.map(Value::number), cases.trust)
    };
    world.wait(100);
    world.case("heard", opened("anna", "sales"));
    world.wait(100);
    let over = world.now.wall;
    for _ in 0..3 {
        world.wait(100);
        world.load("sales", 0, 1, 1);
    }
    world.wait(1_500);
    // One for one: nobody can tell yet.
    assert_eq!(anna(&world), (Some(1.0), Trust::Fresh));

    world.case_at(over, "heard", closed(Outcome::Positive));
    assert_eq!(anna(&world), (Some(0.0), Trust::Unknown));
    world.wait(40_000);
    assert_eq!(anna(&world), (Some(0.0), Trust::Unknown));

    world.case("missed", closed(Outcome::Positive));
    world.load("sales", 0, 0, 1);
    world.wait(1_500);
    assert_eq!(anna(&world), (Some(0.0), Trust::Fresh));
}

#[test]
fn a_proof_that_late_events_leave_as_it_was_holds() {
    let mut world = World::new();
    world.case("c1", opened("anna", "sales"));
    let at = moment::plus_millis(world.now.wall, 50);
    for _ in 0..3 {
        world.wait(100);
        world.load("sales", 0, 1, 1);
    }
    let accounted = |world: &World| world.state.feeds[&source()].queues[&id("sales")].accounted;
    assert!(accounted(&world));

    world.case_at(at, "c2", opened("anna", "sales"));
    assert!(!accounted(&world));
    world.case_at(moment::plus_millis(at, 1), "c2", closed(Outcome::Positive));
    assert!(accounted(&world));
    world.wait(1_500);
    assert!(world.state.picture().agents[&id("anna")].accounted);
}

#[test]
fn a_queue_that_speaks_is_not_hidden_by_a_round_that_leaves_it_out() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.put(&Input::Note(source(), Note::Asked));
    let profile = Profile::new(Class::Queue, id("support"));
    world.say(world.now.wall, Fact::Profile(profile));
    world.wait(11_000);

    assert!(!world.state.picture().queues[&id("sales")].hidden);
}

#[test]
fn that_an_agent_is_accounted_for_is_told() {
    let mut world = World::new();
    world.load("sales", 0, 0, 1);
    world.wait(1_500);
    world.say(
        world.now.wall,
        Fact::Profile(Profile::new(Class::Agent, id("anna"))),
    );
    let due = world.state.due().expect("an input is looked at soon");
    world.now = due;
    let effects = world.state.apply(&Input::Time, world.now);

    assert!(world.state.picture().agents[&id("anna")].accounted);
    assert!(effects.changed);
}

#[test]
fn a_thousand_cases_in_one_hand_come_and_go_one_by_one() {
    let mut world = World::new();
    for n in 0..1_000 {
        let queue = if n % 2 == 0 { "sales" } else { "support" };
        world.case(&format!("c{n}"), opened("bot", queue));
        world.wait(10);
    }
    let bot = |world: &World| {
        let bot = world.state.picture().agents[&id("bot")].clone();
        (bot.cases, bot.case_queues)
    };
    assert_eq!(bot(&world), (1_000, vec![id("sales"), id("support")]));

    for n in (1..1_000).step_by(2) {
        world.case(&format!("c{n}"), closed(Outcome::Positive));
    }
    assert_eq!(bot(&world), (500, vec![id("sales")]));

    world.away();
    world.connect(Some(Break::Upstream));
    assert_eq!(bot(&world), (0, Vec::new()));
}

#[test]
fn settings_that_change_place_and_judge_who_waits_anew() {
    let mut world = World::new();
    world.load("sales", 2, 0, 1);
    world.case("c1", created());
    world.case("f1", created_for("form"));
    world.wait(30_000);
    assert_eq!(
        world
            .state
            .picture()
            .today
            .counters
            .count(Counter::WaitingLate),
        2
    );

    let mut other = site(&[("chat-solution", "sales")], &["form"]);
    let target = Target {
        answer_within: 60_000,
        ..Target::default()
    };
    other.targets = Patterns(vec![(Pattern("*".to_owned()), target)]);
    world.put(&Input::Settings(other.into()));

    let picture = world.state.picture();
    let count = |counter| picture.today.counters.count(counter);
    assert_eq!(
        (
            count(Counter::Offered),
            count(Counter::Waiting),
            count(Counter::WaitingLate)
        ),
        (1, 1, 0)
    );
    assert_eq!(picture.cases[&id("c1")].queue, Some(id("sales")));
    world.wait(31_000);
    assert_eq!(
        world
            .state
            .picture()
            .today
            .counters
            .count(Counter::WaitingLate),
        1
    );
}
