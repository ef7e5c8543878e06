//! One connection at work: takes messages in, acknowledges what is safe, renews
//! the bindings after a break, and asks a source that has fallen silent.

use std::{convert::Infallible, time::Duration};

use futures_util::{FutureExt, StreamExt};
use lapin::{Channel, Connection, Consumer, message::Delivery, options::BasicAckOptions};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::{
    domain::{Break, Fact, Input, Line, Note},
    intake::{Closed, Outlet, Place},
    sources::waiting::{Task, ended, wait},
};

use super::{
    COLLECT, Error, Event, Settings,
    acks::Acks,
    backlog::Backlog,
    collect::{Unasked, collect},
    decode,
    error::Step,
    mark,
    memory::Memory,
    queue,
    silence::{Silence, Step as Hush},
};

/// How many messages that are there go through the door at once.
const BATCH: usize = 64;
/// The vendor shall see the bindings gone for so long before they are back.
const UNBOUND: Duration = Duration::from_secs(2);
/// The broker is asked for a sign of life so often; with the time that it has
/// for its answer, a half-open line is noticed within 15 s.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// Where a renewal of the bindings stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Renewal {
    /// A break was found, and nothing is unbound yet.
    Due,
    /// `group.*` and `configuration.*` are unbound until then.
    Unbound(Instant),
    /// All is bound. What was said of groups in a message up to this delivery
    /// was said before the gap.
    Bound { stale_to: u64 },
}

pub(super) struct Session<'a> {
    pub(super) settings: &'a Settings,
    pub(super) memory: &'a mut Memory,
    pub(super) outlet: &'a Outlet,
    connection: &'a Connection,
    channel: &'a Channel,
    consumer: Consumer,
    safe: watch::Receiver<Place>,
    acks: Acks,
    /// The last delivery taken. The channel numbers them from 1.
    taken: u64,
    renewal: Renewal,
    backlog: Option<Backlog>,
    counting: Option<Task<Result<u32, Error>>>,
    silence: Silence,
    collecting: Option<Task<Result<(), Unasked>>>,
    /// When the mark is next looked at.
    mark_due: Instant,
}

/// A connection with a channel on it whose consumer is ours alone.
pub(super) struct Ours<'a> {
    pub(super) connection: &'a Connection,
    pub(super) channel: &'a Channel,
    pub(super) consumer: Consumer,
}

impl<'a> Session<'a> {
    pub(super) async fn begin(
        settings: &'a Settings,
        memory: &'a mut Memory,
        outlet: &'a Outlet,
        on: Ours<'a>,
        found: queue::Found,
    ) -> Result<Self, Error> {
        let broken = memory.judge(found);
        let must_return = memory.greet();
        let mut session = Self {
            settings,
            memory,
            outlet,
            connection: on.connection,
            channel: on.channel,
            consumer: on.consumer,
            safe: outlet.safe(),
            acks: Acks::default(),
            taken: 0,
            renewal: Renewal::Bound { stale_to: 0 },
            backlog: Some(Backlog::new(
                must_return && broken.is_none(),
                Instant::now(),
            )),
            counting: None,
            silence: Silence::new(Instant::now()),
            collecting: None,
            mark_due: Instant::now() + mark::LOOK_EVERY,
        };
        session.tell(Line::CatchingUp { broken }).await?;
        if broken.is_some() && !found.is_new {
            session.unbind().await?;
        } else {
            session.bind().await?;
        }
        // Also the end of the consumer, where the queue was deleted meanwhile.
        session.take_all_here().await?;
        session.catch_up().await?;
        Ok(session)
    }

    pub(super) async fn work(mut self) -> Result<Infallible, Error> {
        let mut sign_of_life = self.sign_of_life();
        loop {
            let wake = self.due();
            tokio::select! {
                delivery = self.consumer.next() => self.on_delivery(delivery).await?,
                changed = self.safe.changed() => {
                    changed.map_err(|_| Closed)?;
                    self.settle().await?;
                }
                depth = &mut sign_of_life => {
                    self.on_sign_of_life(depth?).await?;
                    sign_of_life = self.sign_of_life();
                }
                ready = ended(&mut self.counting) => self.on_counted(ready?).await?,
                outcome = ended(&mut self.collecting) => self.on_collected(outcome).await?,
                () = wait(wake) => self.on_time().await?,
            }
        }
    }

    async fn tell(&mut self, line: Line) -> Result<(), Error> {
        let line = Input::Line(self.settings.id.clone(), line);
        self.outlet.send(vec![line]).await?;
        Ok(())
    }

    /// Takes in this delivery and all that are here already.
    async fn on_delivery(&mut self, first: Option<lapin::Result<Delivery>>) -> Result<(), Error> {
        self.memory.hear()?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut next = Some(first);
        let mut end = None;
        while let Some(delivery) = next {
            match delivery {
                Some(Ok(delivery)) => self.take(&delivery, &mut batch),
                Some(Err(error)) => end = Some(Step::Work.failed(self.settings, &error)),
                None => end = Some(Error::Cancelled(self.settings.queue.clone())),
            }
            next = match end {
                None if batch.len() < BATCH => self.consumer.next().now_or_never(),
                _ => None,
            };
        }
        if !batch.is_empty() {
            let place = self.outlet.send(batch).await?;
            self.acks.note(place, self.taken);
            if self.backlog.is_none() {
                self.memory.hold();
            }
        }
        if let Some(error) = end {
            return Err(error);
        }
        if self.renewal == Renewal::Due {
            self.unbind().await?;
        }
        self.catch_up().await
    }

    fn take(&mut self, delivery: &Delivery, batch: &mut Vec<Input>) {
        self.taken = delivery.delivery_tag;
        let key = delivery.routing_key.as_str();
        let mut input = decode::input(&self.settings.id, key, &delivery.data);
        // Our own question come back is no word of the source's.
        if key != COLLECT && self.silence.on_message(Instant::now()) {
            batch.push(self.broken(Break::Silence));
        }
        if delivery.redelivered
            && let Some(backlog) = &mut self.backlog
        {
            backlog.on_returned(Instant::now());
        }
        // What a group said before the gap in its bindings is worth nothing after it.
        if let Input::Update(update) = &mut input
            && self.is_before_the_gap()
            && Event::from_key(key).is_some_and(Event::is_of_a_group)
        {
            update.fact = Fact::Nothing;
        }
        batch.push(input);
    }

    fn is_before_the_gap(&self) -> bool {
        match self.renewal {
            Renewal::Due | Renewal::Unbound(_) => true,
            Renewal::Bound { stale_to } => self.taken <= stale_to,
        }
    }

    /// Acknowledges at once all that is safe, but for the newest delivery while that must come
    /// back after a loss. While unbound it holds still, so that what is under way to us can be
    /// counted.
    async fn settle(&mut self) -> Result<(), Error> {
        if !matches!(self.renewal, Renewal::Bound { .. }) {
            return Ok(());
        }
        let safe = *self.safe.borrow_and_update();
        let held = self.memory.holds().then_some(self.taken);
        if let Some(last) = self.acks.due(safe, held) {
            let ack = self
                .channel
                .basic_ack(last, BasicAckOptions { multiple: true });
            queue::answer(self.settings, Step::Work, ack).await?;
        }
        Ok(())
    }

    /// Says that the line is whole once the backlog is through and all is bound.
    async fn catch_up(&mut self) -> Result<(), Error> {
        let Renewal::Bound { stale_to } = self.renewal else {
            return Ok(());
        };
        if stale_to <= self.taken {
            self.memory.broken = None;
        }
        let Some(backlog) = self.backlog.as_ref() else {
            return Ok(());
        };
        if !backlog.is_over(self.taken) {
            return Ok(());
        }
        if backlog.was_purged() {
            return self.begin_anew(Break::Purged).await;
        }
        self.backlog = None;
        self.counting = None;
        self.tell(Line::Connected).await
    }

    /// Asks how much of the backlog is left. Nothing waits for the answer.
    fn count_backlog(&mut self) {
        let Some(backlog) = &mut self.backlog else {
            return;
        };
        backlog.begin_count();
        let (settings, channel) = (self.settings.clone(), self.channel.clone());
        let count = async move { queue::count(&settings, &channel).await };
        self.counting = Some(Box::pin(count));
    }

    async fn on_counted(&mut self, ready: u32) -> Result<(), Error> {
        self.counting = None;
        self.memory.hear()?;
        self.take_all_here().await?;
        if let Some(backlog) = &mut self.backlog {
            backlog.end_count(self.taken, ready, Instant::now());
        }
        self.catch_up().await
    }

    /// Something was missed while the line stood: all begins anew on it.
    fn broken(&mut self, broken: Break) -> Input {
        self.memory.broken = Some(broken);
        self.renewal = Renewal::Due;
        self.memory.let_go();
        self.backlog = Some(Backlog::new(false, Instant::now()));
        self.counting = None;
        let broken = Some(broken);
        Input::Line(self.settings.id.clone(), Line::CatchingUp { broken })
    }

    async fn begin_anew(&mut self, broken: Break) -> Result<(), Error> {
        let line = self.broken(broken);
        self.outlet.send(vec![line]).await?;
        self.unbind().await
    }

    async fn unbind(&mut self) -> Result<(), Error> {
        // Cases are never unbound: each of their steps is said once.
        let cases = Event::ALL.into_iter().filter(|event| event.is_of_a_case());
        let others = Event::ALL.into_iter().filter(|event| !event.is_of_a_case());
        queue::bind(self.settings, self.channel, cases).await?;
        queue::unbind(self.settings, self.channel, others).await?;
        self.renewal = Renewal::Unbound(Instant::now() + UNBOUND);
        Ok(())
    }

    async fn bind(&mut self) -> Result<(), Error> {
        let stale_to = match self.renewal {
            Renewal::Bound { stale_to } => stale_to,
            // Nothing of groups came in since: wherever in the gap we count, all
            // that came before it is in.
            Renewal::Due | Renewal::Unbound(_) => {
                let waiting = queue::depth(self.settings, self.channel).await?;
                self.taken + u64::from(waiting)
            }
        };
        queue::bind(self.settings, self.channel, Event::ALL.into_iter()).await?;
        self.renewal = Renewal::Bound { stale_to };
        if self.memory.broken.is_some() {
            self.ask();
        }
        Ok(())
    }

    fn ask(&mut self) {
        let collect = collect(self.settings.clone(), self.outlet.clone());
        self.collecting.get_or_insert_with(|| Box::pin(collect));
    }

    async fn on_collected(&mut self, outcome: Result<(), Unasked>) -> Result<(), Error> {
        self.collecting = None;
        let Err(error) = outcome else { return Ok(()) };
        // The next event of each agent heals it; the page tells why it may take long.
        let note = Note::Failed {
            why: format!("Couldn't request the configuration: {error}"),
        };
        let note = Input::Note(self.settings.id.clone(), note);
        self.outlet.send(vec![note]).await?;
        Ok(())
    }

    fn sign_of_life(&self) -> Task<Result<u32, Error>> {
        let (settings, channel) = (self.settings.clone(), self.channel.clone());
        Box::pin(async move {
            sleep(LOOK_AFTER).await;
            queue::depth(&settings, &channel).await
        })
    }

    async fn on_sign_of_life(&mut self, depth: u32) -> Result<(), Error> {
        self.memory.hear()?;
        // So far behind that the broker drops what we have not seen.
        let is_overflowing = queue::MAX_LENGTH <= depth && self.memory.broken.is_none();
        if is_overflowing {
            self.begin_anew(Break::Overflow).await?;
        }
        // What is held for too long is so no more, and the broker ends who holds for ever.
        self.settle().await
    }

    /// When time alone will next ask for something to be done.
    fn due(&self) -> Option<Instant> {
        let bind = match self.renewal {
            Renewal::Unbound(until) => Some(until),
            Renewal::Due | Renewal::Bound { .. } => None,
        };
        let dues = [
            bind,
            self.count_due(),
            self.silence.due(),
            Some(self.mark_due),
        ];
        dues.into_iter().flatten().min()
    }

    /// When the backlog is next counted.
    fn count_due(&self) -> Option<Instant> {
        let is_bound = matches!(self.renewal, Renewal::Bound { .. });
        let can_count = is_bound && self.counting.is_none();
        let backlog = self.backlog.as_ref().filter(|_| can_count)?;
        Some(backlog.count_due())
    }

    async fn on_time(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        if matches!(self.renewal, Renewal::Unbound(until) if until <= now) {
            self.take_all_here().await?;
            self.bind().await?;
            self.settle().await?;
        }
        if self.count_due().is_some_and(|due| due <= now) {
            self.count_backlog();
        }
        match self.silence.step(now) {
            Some(Hush::Ask) => {
                self.silence.on_asked(now);
                self.ask();
            }
            Some(Hush::Tell) => self.tell(Line::Silent).await?,
            None => {}
        }
        if self.mark_due <= now {
            self.mark_due = now + mark::LOOK_EVERY;
            let mark = mark::look(self.settings, self.connection).await?;
            self.memory.keep(&mark);
        }
        self.catch_up().await
    }

    /// So that only what the broker still holds is left to be counted.
    async fn take_all_here(&mut self) -> Result<(), Error> {
        while let Some(delivery) = self.consumer.next().now_or_never() {
            self.on_delivery(delivery).await?;
        }
        Ok(())
    }
}
