//! Asks round after round, of the first node that is well, and hands on what it
//! says.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::{
    domain::{Account, Input, Line, Note},
    intake::{Closed, Outlet},
};

use super::{
    Error, Settings,
    choice::{Look, UNSEEN},
    memory::Memory,
    node::Ask,
    round::Halt,
    tell::Teller,
};

/// Of what GMS has come to refuse in one round, so many are noted one by one.
const MOST_NOTED: usize = 5;
/// Nodes that are many are not asked at the same moments: a round begins earlier by up
/// to this part of the interval, never later.
const JITTER: f64 = 0.1;

pub(super) struct Session<'a, A> {
    pub(super) settings: &'a Settings,
    pub(super) memory: &'a mut Memory,
    pub(super) outlet: &'a Outlet,
    pub(super) asker: Arc<A>,
    pub(super) teller: &'a Teller,
    /// The place of the node in use.
    pub(super) node: usize,
    pub(super) look: Look,
    pub(super) account: Account,
    /// What came to be refused since that was last noted, and why.
    pub(super) refused: Vec<(usize, String)>,
}

impl<'a, A: Ask> Session<'a, A> {
    /// Finds a node that is well.
    pub(super) async fn begin(
        settings: &'a Settings,
        memory: &'a mut Memory,
        outlet: &'a Outlet,
        asker: Arc<A>,
        teller: &'a Teller,
    ) -> Result<Self, Error> {
        if let Some(until) = memory.nobody_before(Instant::now()) {
            sleep_until(until).await;
        }
        let account = Account {
            transport: "polling",
            ..Account::default()
        };
        let mut session = Self {
            settings,
            memory,
            outlet,
            asker,
            teller,
            node: 0,
            look: UNSEEN,
            account,
            refused: Vec::new(),
        };
        session.choose(&[]).await?;
        Ok(session)
    }

    pub(super) async fn work(mut self) -> Result<Infallible, Error> {
        let broken = self.memory.broken;
        self.tell(Line::CatchingUp { broken }).await?;
        self.account.signed_in = Some(self.outlet.now().wall);
        let refused = self.memory.roll.refused().map(|(member, _)| member);
        self.outlet.send(self.teller.unknown(refused)).await?;

        let mut is_first = true;
        loop {
            let start = Instant::now();
            let slowest = self.whole_round().await?;
            self.memory.on_round(slowest);
            if std::mem::take(&mut is_first) {
                self.tell(Line::Connected).await?;
            }
            self.note_slow(start.elapsed()).await?;
            self.give_account().await?;

            let interval = self.settings.interval;
            let mut next = start + interval.mul_f64(rand::random_range(1.0 - JITTER..=1.0));
            // A tick that could not be met is left out.
            while next <= Instant::now() {
                next += interval;
            }
            self.wait(next).await?;
        }
    }

    /// A round that went through, at whichever node. How long its slowest answer took.
    async fn whole_round(&mut self) -> Result<Duration, Error> {
        let mut failed = Vec::new();
        loop {
            let outcome = self.round().await;
            self.note_refused().await?;
            let trouble = match outcome {
                Ok(slowest) => return Ok(slowest),
                Err(Halt::Closed(closed)) => return Err(closed.into()),
                Err(Halt::Node(trouble)) => trouble,
            };
            let from = self.node;
            self.memory.on_trouble(from, &trouble, Instant::now());
            let why = format!("GMS at {} {trouble}", self.memory.nodes[from].address);
            failed.push((from, trouble));
            self.choose(&failed).await?;
            let instead = &self.memory.nodes[self.node].address;
            self.note(format!("{why}. Using GMS at {instead} instead"))
                .await?;
        }
    }

    async fn note_refused(&mut self) -> Result<(), Closed> {
        let refused = std::mem::take(&mut self.refused);
        for (member, why) in refused.iter().take(MOST_NOTED) {
            let name = self.teller.name(*member);
            self.note(format!(
                "GMS has no value for {name}: it reports “{why}”. Check its name, object and tenant; retrying every 30 s"
            ))
            .await?;
        }
        if MOST_NOTED < refused.len() {
            let more = refused.len() - MOST_NOTED;
            self.note(format!("GMS has no value for {more} more statistics"))
                .await?;
        }
        Ok(())
    }

    async fn note_slow(&mut self, took: Duration) -> Result<(), Closed> {
        let is_slow = self.settings.interval < took;
        let was_slow = std::mem::replace(&mut self.memory.is_slow, is_slow);
        if !is_slow || was_slow {
            return Ok(());
        }
        let mend = match self.settings.credentials {
            Some(_) => "increase `interval`",
            None => {
                "increase `interval`, or set `username` and `password` so that many can be requested at once"
            }
        };
        let (took, count) = (took.as_secs_f32(), self.memory.roll.len());
        self.note(format!(
            "GMS took {took:.1} s to respond for {count} statistics, longer than `interval`: {mend}"
        ))
        .await
    }

    async fn note(&mut self, why: String) -> Result<(), Closed> {
        warn!(source.name = %self.settings.id, "{why}");
        self.send_note(Note::Failed { why }).await
    }

    pub(super) async fn give_account(&mut self) -> Result<(), Closed> {
        let teller = self.teller;
        self.account.address = self.memory.nodes[self.node].address.to_string();
        self.memory
            .roll
            .count(&mut self.account, |member| teller.name(member));
        self.send_note(Note::Account(Box::new(self.account.clone())))
            .await
    }

    async fn send_note(&mut self, note: Note) -> Result<(), Closed> {
        let note = Input::Note(self.settings.id.clone(), note);
        self.outlet.send(vec![note]).await.map(drop)
    }

    async fn tell(&mut self, line: Line) -> Result<(), Closed> {
        let line = Input::Line(self.settings.id.clone(), line);
        self.outlet.send(vec![line]).await.map(drop)
    }
}
