//! Nodes of a cluster that alert, in virtual time: leaders change, writes are lost or arrive without an answer, processes
//! pause and stop, the source is lost, and receivers fail or accept without an answer. Proptest prints the smallest
//! failing run.

mod node;
mod site;
mod surroundings;

use proptest::prelude::*;

use site::AlertingCluster;

/// How many nodes there are.
const NODES: usize = 3;
const QUEUES: [&str; 3] = ["billing", "sales", "support"];

/// The next event of the simulation.
#[derive(Clone, Copy, Debug)]
enum SiteEvent {
    /// So many wait in a queue now.
    Change {
        queue: usize,
        waiting: u64,
    },
    Wait {
        ticks: usize,
    },
    LoseSource,
    FindSource,
    /// A node loses its connection to NATS, or has it again.
    Cut {
        node: usize,
    },
    Join {
        node: usize,
    },
    Pause {
        node: usize,
        ticks: usize,
    },
    /// A node's process ends, and starts again.
    Kill {
        node: usize,
        ticks: usize,
    },
    /// The next write of the record arrives, and its answer doesn't.
    LoseAnswer,
    /// The next write doesn't arrive.
    LoseWrite,
    /// Somebody takes a queue's alert on the page of a node.
    Take {
        node: usize,
        queue: usize,
    },
    /// The receiver answers like this from now on.
    Answer(ReceiverAnswer),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum ReceiverAnswer {
    Accept,
    /// It accepts, and the answer is lost.
    AcceptUnheard,
    Fail,
}

fn site_event() -> impl Strategy<Value = SiteEvent> {
    let node = || 0..NODES;
    prop_oneof![
        10 => (0..QUEUES.len(), prop_oneof![0..5_u64, 10..15_u64])
            .prop_map(|(queue, waiting)| SiteEvent::Change { queue, waiting }),
        8 => (1..16usize).prop_map(|ticks| SiteEvent::Wait { ticks }),
        1 => Just(SiteEvent::LoseSource),
        2 => Just(SiteEvent::FindSource),
        2 => node().prop_map(|node| SiteEvent::Cut { node }),
        2 => node().prop_map(|node| SiteEvent::Join { node }),
        2 => (node(), 1..40usize).prop_map(|(node, ticks)| SiteEvent::Pause { node, ticks }),
        2 => (node(), 1..40usize).prop_map(|(node, ticks)| SiteEvent::Kill { node, ticks }),
        2 => Just(SiteEvent::LoseAnswer),
        1 => Just(SiteEvent::LoseWrite),
        2 => (node(), 0..QUEUES.len()).prop_map(|(node, queue)| SiteEvent::Take { node, queue }),
        3 => prop_oneof![
            Just(ReceiverAnswer::Accept),
            Just(ReceiverAnswer::AcceptUnheard),
            Just(ReceiverAnswer::Fail),
        ].prop_map(SiteEvent::Answer),
    ]
}

#[test]
fn what_flaps_for_hours_is_at_most_six_messages_an_hour_and_none_is_uncounted() {
    let is_nightly = std::env::var("WALLBOARD_TIER").is_ok_and(|tier| tier == "nightly");
    let hours = if is_nightly { 8 } else { 3 };
    for (queues, on, off) in [(1, 90, 60), (1, 200, 580), (1, 600, 40), (3, 90, 60)] {
        let mut site = AlertingCluster::new();
        site.run(10);
        for _ in 0..hours * 3600 / (on + off) {
            for (waiting, seconds) in [(12, on), (0, off)] {
                for queue in 0..queues {
                    site.handle(SiteEvent::Change { queue, waiting });
                }
                site.run_calmly(seconds);
            }
        }
        // In the first hour, each queue's first alert and its end are told beside them.
        let most = site.most_within_an_hour(3600);
        // Severity lasts for a minute longer: what's calm for less doesn't end.
        let expected = if off < 60 { 0..=0 } else { 2..=6 };
        assert!(expected.contains(&most), "{queues} {on} {off}: {most}");
        let most = site.most_within_an_hour(0);
        assert!(most <= 4 + 2 * queues, "{queues} {on} {off}: {most}");
        site.check_end();
    }
}

#[test]
fn a_receiver_that_failed_for_half_an_hour_knows_in_the_end_what_is_on() {
    let change = |waiting| SiteEvent::Change { queue: 0, waiting };
    for minutes in 4..16 {
        let mut site = AlertingCluster::new();
        site.run(10);
        site.handle(change(12));
        site.run(20);
        site.handle(SiteEvent::Answer(ReceiverAnswer::Fail));
        site.handle(change(0));
        // Its severity lasts for a minute; ten minutes after its end, it's another alert.
        site.run_calmly(13 * 60);
        site.handle(change(12));
        site.run_calmly(minutes * 60);
        site.check_end();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_faults_lose_no_alert_and_tell_nothing_twice_or_out_of_date(
        events in prop::collection::vec(site_event(), 1..40),
    ) {
        let mut site = AlertingCluster::new();
        site.run(10);
        for event in events {
            site.handle(event);
            site.run(1);
        }
        site.check_end();
    }
}
