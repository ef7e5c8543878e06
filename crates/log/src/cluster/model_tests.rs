//! Every order of steps and faults that a small cluster can take, within limits: a search of all worlds
//! by breadth, so that the way to the first wrong one is the shortest.
//!
//! What holds in all of them: batches follow each other, or a term says that entries are missing. A leader
//! that was replaced appends nothing. The same position is the same history. What nodes show is in the
//! stream, and without faults, they all come to have the same.

mod healing;
mod histories;
mod sessions;
mod steps;
mod world;

use std::collections::{HashMap, HashSet, VecDeque};

use histories::{EntryKind, Histories, HistoryId};
use steps::{FaultLimits, Step};
use world::{BrokenRule, ModelNode, NodePhase, World};

/// The worlds that were found, each with the step that led there first.
struct WorldSearch {
    limits: FaultLimits,
    broken: BrokenRule,
    histories: Histories,
    worlds: HashMap<World, usize>,
    origins: Vec<Option<(usize, Step)>>,
    waiting: VecDeque<World>,
    healed: [HashSet<World>; 2],
}

impl WorldSearch {
    fn new(limits: FaultLimits, broken: BrokenRule) -> Self {
        Self {
            limits,
            broken,
            histories: Histories::new(),
            worlds: HashMap::new(),
            origins: Vec::new(),
            waiting: VecDeque::new(),
            healed: Default::default(),
        }
    }

    /// Three new nodes.
    fn new_cluster() -> World {
        World::with([ModelNode::with(HistoryId(0), false); 3])
    }

    /// Two nodes with logs of their own from before, and a new one.
    fn joined_nodes(&mut self) -> World {
        let [first, second] =
            [1, 2].map(|n| self.histories.append(HistoryId(0), 0, EntryKind::Local(n)));
        World::with([
            ModelNode::with(first, true),
            ModelNode::with(second, true),
            ModelNode::with(HistoryId(0), false),
        ])
    }

    /// A leader and two followers.
    fn running_cluster(&mut self) -> World {
        let mut world = Self::new_cluster();
        for _ in 0..10 {
            world = world.heal([0, 1, 2], &mut self.histories).unwrap();
        }
        assert!(world.is_healed(), "{world:?}");
        world
    }

    /// Finds all worlds that one leads to. Returns their number, or how one goes wrong.
    fn run(mut self, start: World) -> Result<usize, String> {
        self.add(start, None);
        while let Some(world) = self.waiting.pop_front() {
            let index = self.worlds[&world];
            if let Err(fault) = self.visit(&world, index) {
                return Err(self.explain(index, &fault));
            }
        }
        Ok(self.origins.len())
    }

    fn visit(&mut self, world: &World, index: usize) -> Result<(), String> {
        check_positions(world, &self.histories)?;
        check_shown(world, &self.histories)?;
        for (order, healed) in [[0, 1, 2], [2, 1, 0]].into_iter().zip(&mut self.healed) {
            world.check_healing(order, healed, &mut self.histories)?;
        }
        for step in world.list_steps(self.limits) {
            match world.after(step, self.broken, &mut self.histories) {
                None => {}
                Some(Ok(next)) => self.add(next, Some((index, step))),
                Some(Err(fault)) => return Err(format!("{step:?}: {fault}")),
            }
        }
        Ok(())
    }

    fn add(&mut self, mut world: World, origin: Option<(usize, Step)>) {
        let is_tail_safe = self.limits.lost_tails <= world.lost_tails;
        world.normalize(&self.histories, is_tail_safe);
        if self.worlds.contains_key(&world) {
            return;
        }
        self.worlds.insert(world.clone(), self.origins.len());
        self.origins.push(origin);
        self.waiting.push_back(world);
    }

    /// Tells how a world came to be. Nodes change places on the way.
    fn explain(&self, mut index: usize, fault: &str) -> String {
        let mut way = Vec::new();
        while let Some((from, step)) = self.origins[index] {
            let world = self.worlds.iter().find(|(_, n)| **n == index);
            way.push(format!("{step:?}: {:?}", world.map(|(world, _)| world)));
            index = from;
        }
        way.reverse();
        format!("{fault}\n{}", way.join("\n"))
    }
}

/// The same position is the same history.
fn check_positions(world: &World, histories: &Histories) -> Result<(), String> {
    let mut known: Vec<HistoryId> = world.nodes.iter().map(|node| node.copy).collect();
    known.extend(world.nodes.iter().filter_map(|node| match node.phase {
        NodePhase::Leading { applied, .. } => Some(applied),
        _ => None,
    }));
    known.extend(world.stream.iter().map(|batch| batch.end));
    known.extend(world.snapshot);
    known.retain(|id| histories.position(*id).term.is_some());
    for (n, one) in known.iter().enumerate() {
        for other in &known[n + 1..] {
            if one != other && histories.position(*one) == histories.position(*other) {
                return Err(format!("{one:?} and {other:?} have one position"));
            }
        }
    }
    Ok(())
}

/// Checks that what nodes show as up to date is in the stream, unless they haven't heard yet that
/// entries are missing.
fn check_shown(world: &World, histories: &Histories) -> Result<(), String> {
    let begins_anew = EntryKind::Started { is_complete: false };
    let mut kinds = world.stream.iter().map(|batch| histories.kind(batch.end));
    if 0 < world.lost_tails + world.purges || kinds.any(|kind| kind == begins_anew) {
        return Ok(());
    }
    for node in &world.nodes {
        let is_shown = matches!(
            node.phase,
            NodePhase::Following { .. } | NodePhase::Leading { is_shown: true, .. }
        );
        if is_shown && !histories.includes(world.end, node.copy) {
            return Err(format!("{node:?} shows what isn't in the stream"));
        }
    }
    Ok(())
}

fn search_running(limits: FaultLimits, broken: BrokenRule) -> Result<usize, String> {
    let mut search = WorldSearch::new(limits, broken);
    let start = search.running_cluster();
    search.run(start)
}

fn assert_right(name: &str, found: Result<usize, String>) {
    match found {
        Ok(worlds) => println!("{name}: {worlds} worlds"),
        Err(fault) => panic!("{name}: {fault}"),
    }
}

/// A leader and two followers, with one input.
const RUNNING: FaultLimits = FaultLimits {
    lease_losses: 0,
    crashes: 0,
    purges: 0,
    lost_tails: 0,
    terms: 2,
    inputs: 1,
};

#[test]
fn two_lost_leases_leave_one_log() {
    let limits = FaultLimits {
        lease_losses: 2,
        terms: 3,
        ..RUNNING
    };
    assert_right("two lost leases", search_running(limits, BrokenRule::None));
}

#[test]
fn crashes_leave_one_log() {
    let limits = FaultLimits {
        crashes: 1,
        terms: 3,
        ..RUNNING
    };
    assert_right("a crash", search_running(limits, BrokenRule::None));
}

#[test]
fn lost_tail_is_told_and_no_end() {
    let limits = FaultLimits {
        lost_tails: 1,
        ..RUNNING
    };
    assert_right("a lost tail", search_running(limits, BrokenRule::None));
}

#[test]
fn purged_stream_is_told_and_no_end() {
    let limits = FaultLimits {
        purges: 1,
        ..RUNNING
    };
    assert_right("a purge", search_running(limits, BrokenRule::None));
}

#[test]
fn new_nodes_and_nodes_with_logs_found_one_cluster() {
    let search = WorldSearch::new(RUNNING, BrokenRule::None);
    assert_right("new nodes", search.run(WorldSearch::new_cluster()));
    let limits = FaultLimits {
        terms: 1,
        ..RUNNING
    };
    let mut search = WorldSearch::new(limits, BrokenRule::None);
    let start = search.joined_nodes();
    assert_right("nodes with logs", search.run(start));
}

#[test]
fn broken_rules_are_found() {
    let limits = FaultLimits {
        lost_tails: 1,
        terms: 3,
        ..RUNNING
    };
    for broken in [BrokenRule::ExpectedSequence, BrokenRule::SamePosition] {
        let found = search_running(limits, broken);
        assert!(found.is_err(), "{broken:?} does no harm: {found:?}");
    }
}
