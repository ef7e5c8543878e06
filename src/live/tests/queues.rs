//! Queues, lines and trust.

use std::sync::Arc;

use crate::domain::{
    Break, Class, Counter, Fact, Input, Line, Metric, Note, Pattern, Patterns, Profile, Target,
    Value, moment,
};

use super::{World, created, id, opened, site, source};
use crate::live::{Health, LineState, Trust};

#[test]
fn what_is_said_is_shown_and_what_is_not_said_is_unknown() {
    let mut world = World::new();
    world.readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Some(Value::Count(3)))],
    );

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(3.0), Trust::Fresh)
    );
    assert_eq!(
        world.shown("sales", Metric::AgentsAvailable),
        (None, Trust::Unknown)
    );
}

#[test]
fn a_missing_attribute_is_unchanged_and_an_older_one_changes_nothing() {
    let mut world = World::new();
    let early = world.now.wall;
    world.wait(5_000);
    world.load("sales", 5, 2, 1);
    world.load_at(early, "sales", 9, 9, 9);
    world.readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Some(Value::Count(4)))],
    );

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(4.0), Trust::Fresh)
    );
    assert_eq!(
        world.shown("sales", Metric::InConversation),
        (Some(2.0), Trust::Fresh)
    );
}

#[test]
fn a_time_far_ahead_orders_nothing() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.wait(1_000);
    let ahead = moment::plus_millis(world.now.wall, 3_600_000);
    world.load_at(ahead, "sales", 2, 0, 1);
    world.wait(1_000);
    world.load("sales", 3, 0, 1);

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(3.0), Trust::Fresh)
    );
}

#[test]
fn the_longest_wait_runs_on_and_ends_when_nobody_waits() {
    let mut world = World::new();
    world.load("sales", 2, 0, 1);
    world.timers("sales", 40.0);
    world.wait(10_000);

    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (Some(50.0), Trust::Fresh)
    );
    let since = world.figure("sales", Metric::LongestWait).since;

    // The upstream's error of some seconds does not move the clock.
    world.timers("sales", 53.0);
    assert_eq!(world.figure("sales", Metric::LongestWait).since, since);

    let late = world.now.wall;
    world.wait(1_000);
    world.load("sales", 0, 0, 1);
    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (None, Trust::Fresh)
    );

    world.readings(
        late,
        "sales",
        &[(Metric::LongestWait, Some(Value::Seconds(54.0)))],
    );
    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (None, Trust::Fresh)
    );
}

#[test]
fn nobody_waiting_and_a_longest_wait_are_never_shown_together() {
    let waiting = |world: &World| world.shown("sales", Metric::Waiting);
    let longest = |world: &World| world.shown("sales", Metric::LongestWait);
    let mut world = World::new();
    world.load("sales", 0, 0, 1);
    world.wait(10_000);

    // The first word of a newcomer comes with the timers, the load a moment later.
    world.timers("sales", 1.0);
    assert_eq!(waiting(&world), (Some(0.0), Trust::Fresh));
    assert_eq!(longest(&world), (None, Trust::Fresh));
    world.wait(1_000);
    world.load("sales", 2, 0, 1);
    assert_eq!(waiting(&world), (Some(2.0), Trust::Fresh));
    assert_eq!(longest(&world), (Some(2.0), Trust::Fresh));

    // The last word of who has gone is never followed by another.
    world.load("sales", 0, 1, 1);
    world.wait(1);
    world.timers("sales", 3.0);
    world.wait(20_000);
    assert_eq!(waiting(&world), (Some(0.0), Trust::Fresh));
    assert_eq!(longest(&world), (None, Trust::Fresh));
    world.load("sales", 0, 1, 1);

    // Said twice it holds, and it is the load that is not known.
    world.wait(5_000);
    world.timers("sales", 4.0);
    world.wait(5_000);
    world.timers("sales", 9.0);
    assert_eq!(waiting(&world), (None, Trust::Unknown));
    assert_eq!(longest(&world), (Some(9.0), Trust::Fresh));
    world.load("sales", 1, 1, 1);
    assert_eq!(waiting(&world), (Some(1.0), Trust::Fresh));
    assert_eq!(longest(&world), (Some(9.0), Trust::Fresh));

    // However it comes to nobody, both say so.
    world.load("sales", 0, 1, 1);
    assert_eq!(longest(&world), (None, Trust::Fresh));
}

#[test]
fn a_lost_line_stops_the_clock_and_a_short_cut_restores_trust() {
    let mut world = World::new();
    world.load("sales", 2, 0, 1);
    world.timers("sales", 40.0);
    world.away();
    world.wait(60_000);

    assert_eq!(world.shown("sales", Metric::LongestWait).0, Some(40.0));
    assert!(matches!(
        world.shown("sales", Metric::Waiting).1,
        Trust::Lost(_)
    ));

    world.line(Line::CatchingUp { broken: None });
    assert!(matches!(
        world.shown("sales", Metric::Waiting).1,
        Trust::Lost(_)
    ));
    world.line(Line::Connected);
    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(2.0), Trust::Fresh)
    );
}

#[test]
fn after_a_break_only_what_is_said_anew_is_fresh() {
    let mut world = World::new();
    world.load("sales", 2, 1, 1);
    world.load("support", 1, 0, 1);
    world.away();
    world.wait(300_000);
    world.connect(Some(Break::TooLong));
    world.readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Some(Value::Count(4)))],
    );

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(4.0), Trust::Fresh)
    );
    assert_eq!(
        world.shown("sales", Metric::InConversation),
        (Some(1.0), Trust::Stale)
    );
    assert_eq!(
        world.shown("support", Metric::Waiting),
        (Some(1.0), Trust::Stale)
    );

    // Who says nothing within a minute of the renewed binding is quiet, not stale.
    world.wait(61_000);
    assert_eq!(
        world.shown("support", Metric::Waiting),
        (None, Trust::Unknown)
    );
    assert_eq!(
        world.shown("sales", Metric::InConversation),
        (Some(1.0), Trust::Stale)
    );

    let day = world.state.picture().today.clone();
    assert!(!day.complete);
    assert_eq!(day.gaps.len(), 1);
}

#[test]
fn a_queue_whose_timers_stop_while_somebody_waits_is_stale() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.timers("sales", 5.0);
    world.wait(29_000);
    assert_eq!(world.shown("sales", Metric::Waiting).1, Trust::Fresh);

    world.wait(2_000);
    assert_eq!(world.shown("sales", Metric::Waiting).1, Trust::Stale);

    world.timers("sales", 36.0);
    assert_eq!(world.shown("sales", Metric::Waiting).1, Trust::Fresh);
}

#[test]
fn an_empty_queue_is_calm_however_long_it_says_nothing() {
    let mut world = World::new();
    world.load("sales", 0, 0, 2);
    world.wait(3_600_000);

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(0.0), Trust::Fresh)
    );
}

#[test]
fn the_average_wait_expires_after_fifteen_minutes() {
    let mut world = World::new();
    world.load("sales", 0, 0, 2);
    world.timers("sales", 0.0);
    world.wait(14 * 60_000);
    assert_eq!(
        world.shown("sales", Metric::AverageWait),
        (Some(12.0), Trust::Fresh)
    );

    world.wait(2 * 60_000);
    assert_eq!(
        world.shown("sales", Metric::AverageWait),
        (None, Trust::Unknown)
    );
}

#[test]
fn the_day_turns_at_the_sites_midnight() {
    let mut stockholm = site(&[], &[]);
    stockholm.zone = jiff::tz::TimeZone::get("Europe/Stockholm").unwrap();
    let mut world = World::with(stockholm);
    world.load("sales", 0, 0, 1);
    world.case("c1", created());
    world.case("c1", opened("anna", "sales"));
    assert_eq!(world.site(Metric::Offered), Some(1.0));

    // 08:00 UTC is 09:00 there: fifteen hours to midnight.
    world.wait(15 * 3_600_000 - 1_000);
    assert_eq!(world.site(Metric::Offered), Some(1.0));
    assert!(!world.state.picture().today.complete);
    world.wait(2_000);
    assert_eq!(world.site(Metric::Offered), Some(0.0));
    assert!(world.state.picture().today.complete);
}

#[test]
fn who_is_not_named_in_a_full_round_is_hidden_until_named_again() {
    let mut world = World::new();
    let name = |external: &str| {
        let mut profile = Profile::new(Class::Agent, id(external));
        profile.name = Some("Somebody".into());
        Fact::Profile(profile)
    };
    world.say(world.now.wall, name("anna"));
    world.say(world.now.wall, name("ben"));
    world.wait(1_000);
    world.put(&Input::Note(source(), Note::Asked));
    world.say(world.now.wall, name("anna"));
    world.wait(11_000);

    let hidden = |world: &World, who: &str| world.state.picture().agents[&id(who)].hidden;
    assert!(!hidden(&world, "anna"));
    assert!(hidden(&world, "ben"));

    world.say(world.now.wall, name("ben"));
    assert!(!hidden(&world, "ben"));
}

#[test]
fn a_wall_clock_put_right_changes_no_age() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.timers("sales", 40.0);
    world.now.wall = moment::plus_millis(world.now.wall, 3_600_000);
    world.put(&Input::Time);

    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (Some(40.0), Trust::Fresh)
    );
}

#[test]
fn a_source_with_many_faults_is_degraded_and_a_lost_one_is_down() {
    let mut world = World::new();
    let health = |world: &World| world.state.picture().sources[&source()].health();
    for n in 0..20 {
        world.load("sales", n, 0, 1);
        if n % 5 == 0 {
            let why = "not_json";
            let event = "group.loadChanged".to_owned();
            world.put(&Input::Note(
                source(),
                Note::Rejected {
                    event,
                    why,
                    case: None,
                },
            ));
        }
    }
    assert_eq!(health(&world), Health::Degraded);

    let known = world.state.picture().sources[&source()].clone();
    assert_eq!((known.counts.received, known.counts.rejected), (24, 4));
    assert_eq!(known.by_reason["not_json"], 4);
    assert_eq!(known.line, LineState::Connected);

    world.away();
    assert_eq!(health(&world), Health::Down);
}

#[test]
fn targets_that_change_count_the_day_anew() {
    let mut world = World::new();
    world.load("sales", 0, 0, 1);
    world.case("c1", created());
    world.wait(30_000);
    world.case("c1", opened("anna", "sales"));
    assert_eq!(world.site(Metric::ServiceLevel), Some(0.0));

    let mut patient = site(&[], &[]);
    let target = Target {
        answer_within: 60_000,
        ..Target::default()
    };
    patient.targets = Patterns(vec![(Pattern("*".to_owned()), target)]);
    world.put(&Input::Settings(Arc::new(patient)));
    assert_eq!(world.site(Metric::ServiceLevel), Some(100.0));
}

#[test]
fn what_had_gathered_before_we_came_counts_from_its_earliest_contact() {
    let mut world = World::unconnected(site(&[], &[]));
    world.line(Line::CatchingUp {
        broken: Some(Break::Start),
    });
    let early = moment::plus_millis(world.now.wall, -240_000);
    world.case_at(early, "c1", created());
    world.line(Line::Connected);

    let today = &world.state.picture().today;
    assert_eq!(
        (today.since, today.counters.count(Counter::Offered)),
        (Some(early), 1)
    );
}

#[test]
fn a_contact_told_late_at_the_start_does_not_put_the_day_back() {
    let mut world = World::unconnected(site(&[], &[]));
    world.line(Line::CatchingUp {
        broken: Some(Break::Start),
    });
    let before = |seconds: i64| moment::plus_millis(world.now.wall, -seconds * 1_000);
    let (late, first, second) = (before(280), before(60), before(50));
    world.case_at(late, "late", created());
    world.case_at(first, "c1", created());
    world.case_at(late, "later", created());
    world.case_at(second, "c2", created());
    world.line(Line::Connected);

    let today = &world.state.picture().today;
    assert_eq!(today.since, Some(first));
}

#[test]
fn a_contact_told_late_and_alone_at_the_start_does_not_put_the_day_back() {
    let mut world = World::unconnected(site(&[], &[]));
    world.line(Line::CatchingUp {
        broken: Some(Break::Start),
    });
    let now = world.now.wall;
    world.case_at(moment::plus_millis(now, -280_000), "late", created());
    world.load_at(now, "sales", 0, 0, 1);
    world.line(Line::Connected);

    assert_eq!(world.state.picture().today.since, Some(now));
}
