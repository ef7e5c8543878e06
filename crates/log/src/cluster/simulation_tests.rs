//! Nodes of a cluster with real states, batches and decisions, in virtual time: a stream, a lease and a
//! network that fail in every order. Proptest prints the smallest failing run.

mod node;
mod site;

use proptest::prelude::*;

use site::SimulatedSite;

/// How many nodes there are.
const NODES: usize = 3;

/// The next event of the simulation.
#[derive(Clone, Copy, Debug)]
enum SiteEvent {
    /// The source reports how many wait in a queue.
    Report {
        queue: usize,
        waiting: u64,
    },
    Wait {
        ticks: usize,
    },
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
    /// A node's process ends, and starts again from its copy without the last batches.
    Kill {
        node: usize,
        unwritten: usize,
        ticks: usize,
    },
    /// The next append arrives, and its answer doesn't.
    LoseAnswer,
    /// The next append arrives after its leader has given up.
    DelayAppend,
    /// NATS forgets who has the lease.
    LoseLease,
    /// NATS restarts without the last messages.
    LoseTail {
        messages: usize,
    },
    Purge,
}

fn site_event() -> impl Strategy<Value = SiteEvent> {
    let node = || 0..NODES;
    prop_oneof![
        12 => (0..2usize, 0..9u64).prop_map(|(queue, waiting)| SiteEvent::Report { queue, waiting }),
        4 => (1..12usize).prop_map(|ticks| SiteEvent::Wait { ticks }),
        2 => node().prop_map(|node| SiteEvent::Cut { node }),
        2 => node().prop_map(|node| SiteEvent::Join { node }),
        2 => (node(), 1..60usize).prop_map(|(node, ticks)| SiteEvent::Pause { node, ticks }),
        2 => (node(), 0..3usize, 1..60usize)
            .prop_map(|(node, unwritten, ticks)| SiteEvent::Kill { node, unwritten, ticks }),
        2 => Just(SiteEvent::LoseAnswer),
        2 => Just(SiteEvent::DelayAppend),
        1 => Just(SiteEvent::LoseLease),
        1 => (1..8usize).prop_map(|messages| SiteEvent::LoseTail { messages }),
        1 => Just(SiteEvent::Purge),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_faults_leave_every_node_true_or_marked(
        events in prop::collection::vec(site_event(), 1..40),
    ) {
        let mut site = SimulatedSite::new();
        site.run(30);
        for event in events {
            site.handle(event);
            site.run(1);
        }
        site.check_end();
    }
}
