//! Tests of a clock that crosses midnight in either direction.

use wallboard_domain::{Counter, Input, moment};

use super::{LiveScenario, created_event, opened_event};
use crate::DaySnapshot;

const HOUR: i64 = 3_600_000;
/// From the scenario's start to 23:15.
const UNTIL_LATE_EVENING: i64 = 15 * HOUR + HOUR / 4;

fn step_clock(scenario: &mut LiveScenario, step: i64) {
    scenario.now.wall = moment::plus_millis(scenario.now.wall, step);
    scenario.apply_input(&Input::Tick);
}

fn answer_case(scenario: &mut LiveScenario, case: &str) {
    scenario.send_case_event(case, created_event());
    scenario.send_case_event(case, opened_event("anna", "sales"));
}

fn today(scenario: &LiveScenario) -> &DaySnapshot {
    &scenario.state.snapshot().today
}

fn answered(scenario: &LiveScenario) -> i64 {
    today(scenario).counters.count(Counter::Answered)
}

#[test]
fn a_clock_that_was_ahead_over_midnight_ends_nobodys_day() {
    let mut scenario = LiveScenario::new();
    answer_case(&mut scenario, "c1");
    scenario.advance_time(UNTIL_LATE_EVENING);
    let start = scenario.state.snapshot().day_start;
    step_clock(&mut scenario, HOUR);
    assert_eq!(answered(&scenario), 0);
    answer_case(&mut scenario, "c2");

    scenario.advance_time(1_000);
    step_clock(&mut scenario, -HOUR);
    assert_eq!(scenario.state.snapshot().day_start, start);
    assert_eq!(answered(&scenario), 2);
    assert_eq!(today(&scenario).gaps, []);
    scenario.advance_time(HOUR);
    assert_eq!(answered(&scenario), 0);
}

#[test]
fn a_clock_that_was_behind_at_midnight_does_not_take_the_new_days_first_contacts() {
    let mut scenario = LiveScenario::new();
    scenario.advance_time(UNTIL_LATE_EVENING + HOUR);
    answer_case(&mut scenario, "c1");
    assert!(today(&scenario).is_complete);
    assert_eq!(answered(&scenario), 1);

    step_clock(&mut scenario, -HOUR);
    assert_eq!(answered(&scenario), 1);
    scenario.advance_time(1_000);
    step_clock(&mut scenario, HOUR);
    assert_eq!(answered(&scenario), 0);
    let day = today(&scenario);
    assert!(!day.is_complete);
    assert_eq!(Some(day.gaps[0].from), scenario.state.snapshot().day_start);
}

#[test]
fn a_clock_days_ahead_leaves_figures_that_say_what_they_lack() {
    let mut scenario = LiveScenario::new();
    answer_case(&mut scenario, "c1");
    scenario.advance_time(1_000);
    step_clock(&mut scenario, 72 * HOUR);
    scenario.advance_time(1_000);
    step_clock(&mut scenario, -72 * HOUR);

    assert_eq!(answered(&scenario), 0);
    let day = today(&scenario);
    assert_eq!(day.since, Some(scenario.now.wall));
    assert!(!day.is_complete);
}
