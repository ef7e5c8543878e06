//! A GMS made up for tests, in virtual time: nodes with moods, statistics that are
//! not defined, and a log of all questions.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use crate::{
    domain::Age,
    sources::gms::{
        Ask, Question, Trouble,
        reply::{Answer, Verdict},
    },
};

/// So long an answer takes.
const TAKES: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    Well,
    Down,
    Hung,
    /// Says that its Stat Server is away.
    Away,
    /// Answers every question with 500.
    Failing,
    Refusing,
    /// Wants to be left alone for so many seconds.
    Busy(u64),
    /// Takes so many seconds for each answer.
    Slow(u64),
}

/// What is the matter with one statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Undefined,
    Fails,
    /// Fine alone, and spoils every batch.
    Lonely,
    Missing,
}

#[derive(Debug)]
pub(super) struct Vendor(pub(super) Mutex<World>);

#[derive(Debug)]
pub(super) struct World {
    pub(super) moods: Vec<Mood>,
    pub(super) flaws: HashMap<usize, Flaw>,
    /// Added to each statistic's own number.
    pub(super) base: usize,
    pub(super) log: Vec<(Instant, usize, Question)>,
    asked: HashSet<usize>,
}

impl Vendor {
    pub(super) fn new(nodes: usize) -> Self {
        Self(Mutex::new(World {
            moods: vec![Mood::Well; nodes],
            flaws: HashMap::new(),
            base: 0,
            log: Vec::new(),
            asked: HashSet::new(),
        }))
    }
}

/// Ends a question, also one that is given up.
struct Under<'a>(&'a Vendor, usize);

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().asked.remove(&self.1);
    }
}

impl Ask for Vendor {
    async fn ask(&self, node: usize, question: &Question, patience: Duration) -> Verdict {
        let mood = {
            let mut world = self.0.lock().unwrap();
            let entry = (Instant::now(), node, question.clone());
            world.log.push(entry);
            assert!(world.asked.insert(node), "two questions at node {node}");
            world.moods[node]
        };
        let _under = Under(self, node);
        let takes = match mood {
            Mood::Hung => patience,
            Mood::Slow(seconds) => Duration::from_secs(seconds).min(patience),
            _ => TAKES,
        };
        sleep(takes).await;
        if takes == patience {
            return Verdict::Trouble(Trouble::Late(patience));
        }
        let trouble = match mood {
            Mood::Down => Trouble::Unreachable("connection refused"),
            Mood::Refusing => Trouble::Refused(401),
            Mood::Busy(seconds) => Trouble::Busy {
                status: 429,
                wait: Duration::from_secs(seconds),
            },
            Mood::Away => return Verdict::Away("Statistic Service unavailable".into()),
            Mood::Failing => return Verdict::Doubtful("oops".into()),
            Mood::Well | Mood::Slow(_) | Mood::Hung => {
                return self.0.lock().unwrap().answer(question);
            }
        };
        Verdict::Trouble(trouble)
    }
}

impl World {
    fn answer(&self, question: &Question) -> Verdict {
        let flaws = question.members().iter();
        let flaws: Vec<_> = flaws.map(|member| self.flaws.get(member)).collect();
        let is_batch = matches!(question, Question::Batch(_));
        if flaws.contains(&Some(&Flaw::Undefined)) {
            return Verdict::Bad("not found".into());
        }
        if flaws.contains(&Some(&Flaw::Fails)) {
            return Verdict::Doubtful("oops".into());
        }
        if is_batch && flaws.contains(&Some(&Flaw::Lonely)) {
            return Verdict::Bad("not found".into());
        }
        let value = |(member, flaw): (&usize, Option<&Flaw>)| {
            let text = (self.base + member).to_string();
            let is_there = flaw != Some(&Flaw::Missing);
            is_there.then(|| RawValue::from_string(text).unwrap())
        };
        Verdict::Answer(Answer {
            values: question.members().iter().zip(flaws).map(value).collect(),
            age: if is_batch {
                Age::Unknown
            } else {
                Age::Known(0)
            },
        })
    }
}
