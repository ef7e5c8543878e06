//! Healing once faults stop: each node takes the next step that the product would take.

use std::collections::HashSet;

use super::{
    histories::Histories,
    steps::Step,
    world::{BrokenRule, NodePhase, World},
};

/// Rounds in which a cluster without faults must be well. Each node takes one step in each.
const ROUNDS_MAX: usize = 60;

impl World {
    /// Whether one node leads, and all others have what it has.
    pub(super) fn is_healed(&self) -> bool {
        let [first, ..] = self.nodes;
        let mut leaders = 0;
        for node in &self.nodes {
            match node.phase {
                NodePhase::Following { .. } => {}
                NodePhase::Leading {
                    applied,
                    is_shown: true,
                    ..
                } if applied == node.copy && node.has_lease => leaders += 1,
                _ => return false,
            }
        }
        let is_same = self.nodes.iter().all(|node| node.copy == first.copy);
        leaders == 1 && is_same && self.end == first.copy
    }

    /// Lets the cluster run without faults until it is healed. `healed`: worlds that do.
    pub(super) fn check_healing(
        &self,
        order: [usize; 3],
        healed: &mut HashSet<Self>,
        histories: &mut Histories,
    ) -> Result<(), String> {
        let (mut world, mut path) = (self.clone(), Vec::new());
        for _ in 0..ROUNDS_MAX {
            if world.is_healed() || healed.contains(&world) {
                healed.extend(path);
                return Ok(());
            }
            let next = world.heal(order, histories)?;
            path.push(std::mem::replace(&mut world, next));
        }
        Err(format!("it doesn't heal: {world:?}"))
    }

    /// One round.
    pub(super) fn heal(
        &self,
        order: [usize; 3],
        histories: &mut Histories,
    ) -> Result<Self, String> {
        let mut world = self.clone();
        let mut take_first = |world: &mut Self, steps: &[Step]| {
            for step in steps {
                if let Some(next) = world.after(*step, BrokenRule::None, histories) {
                    *world = next?;
                    break;
                }
            }
            Ok::<_, String>(())
        };
        take_first(&mut world, &[Step::ArriveLate])?;
        take_first(&mut world, &[Step::Expire])?;
        for n in order {
            let steps = world.list_next(n);
            take_first(&mut world, &steps)?;
        }
        Ok(world)
    }

    /// Lists what a node would do next, the first possible.
    fn list_next(&self, n: usize) -> Vec<Step> {
        let node = self.nodes[n];
        let leader = self.nodes.iter().find(|node| node.has_lease);
        match node.phase {
            NodePhase::Marked => vec![Step::Restore(n)],
            NodePhase::Restored { .. } => {
                vec![
                    Step::Read(n),
                    Step::Hear(n),
                    Step::Acquire(n),
                    Step::GiveUp(n),
                ]
            }
            NodePhase::Following { .. } => match leader {
                Some(leader) if leader.copy == node.copy => Vec::new(),
                _ => vec![Step::Read(n), Step::GiveUp(n)],
            },
            // Its lease is no longer valid.
            NodePhase::Leased { .. } | NodePhase::Leading { .. } if !node.has_lease => {
                vec![Step::GiveUp(n)]
            }
            NodePhase::Leased { .. } => vec![Step::Begin(n)],
            // Its next heartbeat is refused …
            NodePhase::Leading {
                last, sent: None, ..
            } if last != self.last() => vec![Step::GiveUp(n)],
            // … or says where the log is, with which others compare theirs.
            NodePhase::Leading { sent: None, .. }
                if self
                    .stream
                    .last()
                    .is_none_or(|batch| batch.end != node.copy) =>
            {
                vec![Step::Apply(n)]
            }
            NodePhase::Leading { .. } => vec![Step::Deliver(n), Step::Upload(n)],
        }
    }
}
