//! One line to the vendor at work: notifications and answers come in, jobs go out, and
//! nothing of it ever waits for whoever takes what is told.

use std::{convert::Infallible, future::pending, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::{Instant, timeout};

use crate::{
    domain::{Account, Break, Note},
    intake::{Closed, Outlet, Place},
    sources::{
        supervisor::sentence,
        waiting::{Task, ended, wait},
    },
};

use super::{
    Mode,
    bayeux::{self, Client, Event, Opened},
    desk::Ticket,
    envelope::Envelope,
    error::Error,
    kept::Kept,
    notice::Notice,
};

/// The account is told at most so often.
const ACCOUNT: Duration = Duration::from_secs(1);
/// A token that is not accepted any more is renewed within it, or the line is lost.
const RENEWED_WITHIN: Duration = Duration::from_millis(1500);
/// Notifications that are taken in before others of this process have their turn.
const AT_ONCE: usize = 64;

type Outcome = (Ticket, Result<Envelope, Error>);

pub(super) struct Session<'a> {
    kept: &'a mut Kept,
    outlet: &'a Outlet,
    jobs: FuturesUnordered<Task<Outcome>>,
    /// What the jobs belong to.
    epoch: u64,
    /// The batch that is being handed over.
    handing: Option<Task<Result<Place, Closed>>>,
    renewal: Task<Result<(), Error>>,
    account: Account,
    account_due: Option<Instant>,
}

impl<'a> Session<'a> {
    /// Signs in, and takes up or makes a connection.
    pub(super) async fn open(kept: &'a mut Kept, outlet: &'a Outlet) -> Result<Self, Error> {
        kept.put_down();
        kept.access.token().await?;
        kept.signed_in.get_or_insert(outlet.now().wall);
        let now = Instant::now();
        match kept.mode {
            Mode::Poll(_) => kept.desk.begin(Break::Upstream, now),
            Mode::Subscribe => connect(kept).await?,
        }
        Ok(Self {
            epoch: kept.desk.epoch(),
            renewal: renewal(kept),
            kept,
            outlet,
            jobs: FuturesUnordered::new(),
            handing: None,
            account: Account::default(),
            account_due: Some(now),
        })
    }

    pub(super) async fn work(mut self) -> Result<Infallible, Error> {
        loop {
            self.hand_out_jobs();
            self.hand_over();
            let wake = self.due();
            tokio::select! {
                events = notified(&mut self.kept.client) => self.on_events(events).await?,
                Some((ticket, outcome)) = self.jobs.next() => {
                    self.kept.desk.on_outcome(ticket, outcome, Instant::now())?;
                }
                handed = ended(&mut self.handing) => {
                    self.handing = None;
                    handed?;
                    continue;
                }
                renewed = &mut self.renewal => self.on_renewed(renewed),
                () = wait(wake) => self.on_time(),
            }
            self.account_due
                .get_or_insert_with(|| Instant::now() + ACCOUNT);
        }
    }

    fn hand_out_jobs(&mut self) {
        let desk = &mut self.kept.desk;
        if self.epoch != desk.epoch() {
            self.epoch = desk.epoch();
            // Also those that hang: they would keep new ones from going out.
            self.jobs = FuturesUnordered::new();
        }
        while let Some((ticket, job)) = desk.next_job(Instant::now()) {
            let work = self.kept.desktop.clone().work(job);
            self.jobs
                .push(Box::pin(async move { (ticket, work.await) }));
        }
    }

    /// One batch at a time: while the live state is behind, what comes gathers in the
    /// outbox, where only the last value of each statistic stays.
    fn hand_over(&mut self) {
        if self.handing.is_some() {
            return;
        }
        if let Some(batch) = self.kept.desk.outbox.take() {
            let outlet = self.outlet.clone();
            self.handing = Some(Box::pin(async move { outlet.send(batch).await }));
        }
    }

    async fn on_events(&mut self, events: Result<Vec<Event>, bayeux::Error>) -> Result<(), Error> {
        let events = match events {
            Ok(events) => events,
            Err(error @ bayeux::Error::Unauthorised(_)) => return self.sign_in_anew(&error).await,
            Err(error) => return Err(self.kept.lost(&error)),
        };
        for some in events.chunks(AT_ONCE) {
            let now = Instant::now();
            for event in some {
                self.kept.desk.on_notice(Notice::read(event), now);
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// A token that ended is no loss of the line, if a new one is quickly had.
    async fn sign_in_anew(&mut self, error: &bayeux::Error) -> Result<(), Error> {
        let lost = self.kept.lost(error);
        self.kept.client = None;
        let anew = async {
            self.kept.access.token().await?;
            connect(self.kept).await
        };
        timeout(RENEWED_WITHIN, anew).await.unwrap_or(Err(lost))
    }

    fn on_renewed(&mut self, renewed: Result<(), Error>) {
        if let Err(error) = renewed {
            let why = format!("Couldn't renew the sign-in, retrying: {}", sentence(&error));
            self.kept.desk.outbox.note(Note::Failed { why });
        }
        self.renewal = renewal(self.kept);
    }

    fn on_time(&mut self) {
        let now = Instant::now();
        self.kept.desk.on_time(now);
        if self.account_due.is_some_and(|due| due <= now) {
            self.account_due = None;
            let mut account = self.kept.account();
            account.told = if self.kept.desk.take_told() {
                Some(self.outlet.now().wall)
            } else {
                self.account.told
            };
            if account != self.account {
                self.account = account.clone();
                self.kept.desk.outbox.account(account);
            }
        }
    }

    fn due(&self) -> Option<Instant> {
        let dues = [self.kept.desk.due(), self.account_due];
        dues.into_iter().flatten().min()
    }
}

async fn connect(kept: &mut Kept) -> Result<(), Error> {
    match kept.connect().await? {
        Opened::New => kept.desk.begin(Break::Session, Instant::now()),
        Opened::Resumed => kept.desk.resume(Instant::now()),
    }
    Ok(())
}

fn renewal(kept: &Kept) -> Task<Result<(), Error>> {
    let access = std::sync::Arc::clone(&kept.access);
    Box::pin(async move { access.renewal().await })
}

async fn notified(client: &mut Option<Client>) -> Result<Vec<Event>, bayeux::Error> {
    match client {
        Some(client) => client.next().await,
        None => pending().await,
    }
}
