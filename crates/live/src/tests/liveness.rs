//! Sources that prove that they're alive, and what their values are without a proof.

use std::{sync::Arc, time::Duration};

use crate::{
    Freshness, LiveHandle, LiveState, UnmarkedSources, snapshot::Outage,
    subject_changes::SubjectChanges,
};
use wallboard_domain::{ALIVE_FOR_MS, ConnectionEvent, Discontinuity, Input, Metric};
use wallboard_runtime::ingest::ProcessClock;

use super::{LiveScenario, chat_source, site_with_entries};

impl LiveScenario {
    /// The source was alive a time ago.
    fn prove_alive(&mut self, millis_ago: i64) {
        let as_of = self.now.monotonic.plus_millis(-millis_ago);
        self.send_connection_event(ConnectionEvent::Alive { as_of });
    }

    fn unmarked(&self) -> UnmarkedSources {
        UnmarkedSources::find(self.state.snapshot(), [&chat_source()], self.now.monotonic)
    }

    fn waiting_freshness(&self) -> Freshness {
        self.displayed_figure("g", Metric::Waiting).1
    }
}

#[test]
fn values_hold_until_a_proof_is_missing_and_hold_again_with_the_next_one() {
    let mut scenario = LiveScenario::new();
    scenario.prove_alive(0);
    let proven_at = Outage::from(scenario.now);
    scenario.send_load("g", 3, 1, 1);

    // A message that arrives meanwhile proves nothing: it may have waited.
    scenario.advance_time(ALIVE_FOR_MS - 1_000);
    scenario.send_load("g", 4, 1, 1);
    assert_eq!(scenario.waiting_freshness(), Freshness::UpToDate);
    scenario.changes.clear();
    scenario.advance_time(1_000);

    let lost = Freshness::Disconnected(proven_at);
    assert_eq!(scenario.waiting_freshness(), lost);
    let told = scenario.changes.contains(&SubjectChanges::Everything);
    assert!(told, "boards are notified");

    scenario.prove_alive(100);
    assert_eq!(scenario.waiting_freshness(), Freshness::UpToDate);
}

#[test]
fn outage_begins_with_the_last_proof_and_not_when_it_is_noticed() {
    let mut scenario = LiveScenario::new();
    scenario.prove_alive(500);
    let alive_at = scenario.now.plus_millis(-500);
    scenario.send_load("g", 3, 1, 1);

    scenario.advance_time(5_000);
    scenario.disconnect_source();

    let lost = Freshness::Disconnected(alive_at.into());
    assert_eq!(scenario.waiting_freshness(), lost);
}

#[test]
fn connection_with_an_old_proof_is_not_live() {
    let mut scenario = LiveScenario::new();
    scenario.prove_alive(0);
    scenario.send_load("g", 3, 1, 1);
    scenario.disconnect_source();

    // This process was stopped between the last count of the backlog and its report.
    scenario.advance_time(60_000);
    let discontinuity = None;
    scenario.send_connection_event(ConnectionEvent::CatchingUp { discontinuity });
    scenario.prove_alive(ALIVE_FOR_MS);
    scenario.send_connection_event(ConnectionEvent::Connected);
    assert!(scenario.waiting_freshness().is_out_of_date());

    scenario.prove_alive(10);
    assert_eq!(scenario.waiting_freshness(), Freshness::UpToDate);
}

#[test]
fn source_that_proves_nothing_holds_while_connected() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("g", 3, 1, 1);

    scenario.advance_time(ALIVE_FOR_MS * 2);

    assert_eq!(scenario.waiting_freshness(), Freshness::UpToDate);
}

#[test]
fn connection_without_proofs_is_not_judged_by_those_of_an_earlier_one() {
    let mut scenario = LiveScenario::new();
    scenario.prove_alive(0);
    scenario.disconnect_source();

    // The server was replaced by one that proves nothing.
    scenario.advance_time(60_000);
    scenario.connect_source(Some(Discontinuity::Session));
    scenario.send_load("g", 3, 1, 1);
    scenario.advance_time(ALIVE_FOR_MS * 2);

    assert_eq!(scenario.waiting_freshness(), Freshness::UpToDate);
}

#[test]
fn values_without_a_mark_are_as_old_as_the_last_proof_of_their_source() {
    let mut scenario = LiveScenario::new();
    scenario.prove_alive(500);
    let shown = scenario.unmarked();
    let age = |scenario: &LiveScenario, shown: &UnmarkedSources| {
        let age = shown.age(scenario.state.snapshot(), scenario.now.monotonic);
        i64::try_from(age.as_millis()).unwrap()
    };
    assert_eq!(age(&scenario, &shown), 500);

    // For a moment after a loss, nothing is marked.
    scenario.advance_time(5_000);
    scenario.disconnect_source();
    assert_eq!(age(&scenario, &scenario.unmarked()), 5_500);

    // A view from before shows them without a mark until it is rendered again.
    scenario.advance_time(ALIVE_FOR_MS - 5_500);
    assert_eq!(age(&scenario, &scenario.unmarked()), 0);
    assert_eq!(age(&scenario, &shown), ALIVE_FOR_MS);
    scenario.connect_source(Some(Discontinuity::Session));
    scenario.prove_alive(0);
    assert_eq!(age(&scenario, &shown), ALIVE_FOR_MS);
}

#[test]
fn first_read_after_a_pause_of_the_process_finds_everything_out_of_date() {
    let clock = ProcessClock::start_now();
    let mut state = LiveState::default();
    let source = chat_source();
    let site = Input::SiteConfig(Arc::new(site_with_entries(&[], &[])));
    let as_of = clock.now().monotonic;
    let connected = [
        ConnectionEvent::CatchingUp {
            discontinuity: None,
        },
        ConnectionEvent::Alive { as_of },
        ConnectionEvent::Connected,
    ];
    let connected = connected.map(|event| Input::Connection(source.clone(), event));
    for input in [site].iter().chain(&connected) {
        state.apply_input(input, clock.now());
    }
    let live = LiveHandle::new(clock.clone(), state);
    let is_live = || live.read_snapshot(|snapshot, _| snapshot.sources[&source].is_live());
    let changes = live.subscribe_changes();
    assert!(is_live());

    // No input, no tick: nobody has noticed yet.
    clock.shift_by(ALIVE_FOR_MS + 1);

    assert!(!is_live());
    assert!(changes.has_changed().unwrap(), "boards are notified");
}

#[test]
fn a_source_without_proofs_is_distrusted_after_a_standstill_until_it_had_its_time() {
    let clock = ProcessClock::start_now();
    let mut state = LiveState::default();
    let source = chat_source();
    let site = Input::SiteConfig(Arc::new(site_with_entries(&[], &[])));
    let connected = Input::Connection(source.clone(), ConnectionEvent::Connected);
    for input in [site, connected] {
        state.apply_input(&input, clock.now());
    }
    let live = LiveHandle::new(clock, state);
    let is_live = || live.read_snapshot(|snapshot, _| snapshot.sources[&source].is_live());
    let stand_still = |seconds| live.standstill.simulate(Duration::from_secs(seconds));
    stand_still(2);
    assert!(is_live());

    let changes = live.subscribe_changes();
    stand_still(42);
    assert!(!is_live());
    assert!(changes.has_changed().unwrap(), "boards are notified");
    let outage = live.read_snapshot(|snapshot, now| {
        let outage = snapshot.sources[&source].outage.unwrap();
        now.monotonic.millis_since(outage.monotonic)
    });
    assert!((42_000..43_000).contains(&outage), "{outage}");

    for _ in 0..2 {
        stand_still(5);
        live.note_awake();
        assert!(!is_live());
        // Again, before it's over.
        stand_still(7);
        live.note_awake();
        assert!(!is_live());
    }
    stand_still(5);
    live.note_awake();
    assert!(!is_live());
    stand_still(4);
    live.note_awake();
    assert!(is_live());
}

#[test]
fn first_read_without_the_leader_in_time_finds_everything_out_of_date() {
    let clock = ProcessClock::start_now();
    let mut state = LiveState::default();
    let source = chat_source();
    let connected = Input::Connection(source.clone(), ConnectionEvent::Connected);
    let site = Input::SiteConfig(Arc::new(site_with_entries(&[], &[])));
    for input in [site, connected] {
        state.apply_input(&input, clock.now());
    }
    let live = LiveHandle::new(clock.clone(), state);
    let is_live = || live.read_snapshot(|snapshot, _| snapshot.sources[&source].is_live());
    let heard_for = |millis| clock.monotonic_now().plus_millis(millis);
    live.apply_entries(&[], heard_for(3_000));
    let changes = live.subscribe_changes();
    clock.shift_by(2_000);
    assert!(is_live());

    // The process was stopped, and what the leader has sent meanwhile isn't read yet.
    clock.shift_by(2_000);

    assert!(!is_live());
    assert!(live.read_snapshot(|snapshot, _| snapshot.leader_lost_at.is_some()));
    assert!(changes.has_changed().unwrap(), "boards are notified");
}
