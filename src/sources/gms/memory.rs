//! What a source remembers from one attempt to the next.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::domain::Break;

use super::{Error, Settings, Trouble, roll::Roll};

/// Who has not answered after this is passed over for the next node.
const PATIENCE: Duration = Duration::from_secs(4);
/// Where there is no other node.
const PATIENCE_WITH_ONE: Duration = Duration::from_secs(10);
const LONGEST_PATIENCE: Duration = Duration::from_secs(30);
/// A node that refuses us is not asked sooner while another serves.
const REFUSED_REST: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Memory {
    pub(super) roll: Roll,
    /// As in `base_url`.
    pub(super) nodes: Vec<Node>,
    /// What was said before may be untrue.
    pub(super) broken: Option<Break>,
    /// For how long an answer is waited for.
    pub(super) patience: Duration,
    /// GMS answered, and its Stat Server did not.
    pub(super) is_without_stat_server: bool,
    /// The last round took longer than it may.
    pub(super) is_slow: bool,
}

#[derive(Debug)]
pub(super) struct Node {
    /// Host and port, for people.
    pub(super) address: Arc<str>,
    /// Why it is not to be asked, and until when.
    pub(super) rest: Option<(Trouble, Instant)>,
}

impl Memory {
    pub(super) fn new(settings: &Settings) -> Self {
        let node = |url: &String| Node {
            address: address(url).into(),
            rest: None,
        };
        let mut memory = Self {
            roll: Roll::new(settings),
            nodes: settings.base_urls.iter().map(node).collect(),
            broken: Some(Break::Start),
            patience: PATIENCE,
            is_without_stat_server: false,
            is_slow: false,
        };
        memory.patience = memory.first_patience();
        memory
    }

    /// Notes what is the matter with a node.
    pub(super) fn on_trouble(&mut self, node: usize, trouble: &Trouble, now: Instant) {
        let rest = match trouble {
            Trouble::Refused(_) => REFUSED_REST,
            Trouble::Busy { wait, .. } => *wait,
            _ => return,
        };
        self.nodes[node].rest = Some((trouble.clone(), now + rest));
    }

    /// Why a node is not to be asked now.
    pub(super) fn rests(&self, node: usize, now: Instant) -> Option<&Trouble> {
        let rest = self.nodes[node].rest.as_ref();
        rest.filter(|(_, until)| now < *until)
            .map(|(trouble, _)| trouble)
    }

    /// Until when there is nobody to ask. Those who all refused us are asked again:
    /// the pause was made elsewhere, or somebody has asked for it.
    pub(super) fn nobody_before(&mut self, now: Instant) -> Option<Instant> {
        let is_refusal = |trouble: &Trouble| matches!(trouble, Trouble::Refused(_));
        let mut rests = (0..self.nodes.len()).map(|node| self.rests(node, now));
        if rests.all(|rest| rest.is_some_and(is_refusal)) {
            for node in &mut self.nodes {
                node.rest = None;
            }
        }
        let mut until = None;
        for (place, node) in self.nodes.iter().enumerate() {
            self.rests(place, now)?;
            let (_, end) = node.rest.as_ref()?;
            until = Some(until.map_or(*end, |until: Instant| until.min(*end)));
        }
        until
    }

    /// No node can be asked.
    pub(super) fn on_loss(&mut self, error: &Error) {
        let Error::Nodes(nodes) = error else {
            return;
        };
        self.is_without_stat_server = error.is_of_the_stat_server();
        let broken = if self.is_without_stat_server {
            Break::Unavailable
        } else {
            Break::Upstream
        };
        self.broken.get_or_insert(broken);
        let is_late = |trouble: &Trouble| matches!(trouble, Trouble::Late(_));
        if nodes.iter().all(|(_, trouble)| is_late(trouble)) {
            self.patience = (self.patience * 2).min(LONGEST_PATIENCE);
        }
    }

    /// A whole round went through, its slowest answer in `slowest`.
    pub(super) fn on_round(&mut self, slowest: Duration) {
        self.broken = None;
        self.is_without_stat_server = false;
        if slowest < self.first_patience() / 2 {
            self.patience = self.first_patience();
        }
    }

    fn first_patience(&self) -> Duration {
        match self.nodes.len() {
            0 | 1 => PATIENCE_WITH_ONE,
            _ => PATIENCE,
        }
    }
}

/// Host and port of an address.
pub(super) fn address(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use crate::sources::gms::fixture;

    use super::*;

    const REFUSED: Trouble = Trouble::Refused(401);

    fn busy(seconds: u64) -> Trouble {
        Trouble::Busy {
            status: 429,
            wait: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn an_address_is_told_without_what_could_be_secret() {
        assert_eq!(address("http://gms-a:8080/genesys/1"), "gms-a:8080");
        assert_eq!(address("https://u:p@[::1]:8080/x"), "[::1]:8080");
        assert_eq!(address("https://gms.example.com"), "gms.example.com");
    }

    #[test]
    fn nobody_is_asked_before_the_first_busy_one_may_be() {
        let (mut memory, now) = (Memory::new(&fixture::settings(2, 1)), Instant::now());
        memory.on_trouble(0, &busy(30), now);
        assert_eq!(memory.nobody_before(now), None);

        memory.on_trouble(1, &REFUSED, now);

        let soon = now + Duration::from_secs(30);
        assert_eq!(memory.nobody_before(now), Some(soon));
        assert_eq!(memory.rests(1, soon), Some(&REFUSED));
        assert_eq!(memory.nobody_before(soon), None);
    }

    #[test]
    fn where_all_refused_us_all_are_asked_again_when_told_to() {
        let (mut memory, now) = (Memory::new(&fixture::settings(2, 1)), Instant::now());
        memory.on_trouble(0, &REFUSED, now);
        memory.on_trouble(1, &REFUSED, now);

        assert_eq!(memory.nobody_before(now), None);
        assert_eq!(memory.rests(0, now), None);
    }

    #[test]
    fn nodes_that_are_all_late_are_given_more_time_until_they_are_quick() {
        let mut memory = Memory::new(&fixture::settings(2, 1));
        let late = Error::Nodes(vec![("a".into(), Trouble::Late(PATIENCE))]);

        memory.on_loss(&late);
        memory.on_round(Duration::from_secs(3));
        assert_eq!(memory.patience, PATIENCE * 2);

        memory.on_round(Duration::from_secs(1));
        assert_eq!(memory.patience, PATIENCE);
    }
}
