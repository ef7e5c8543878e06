//! Takes over another plan while the product runs: what changed changes, and
//! everything else goes on as if nothing had been.

mod changes;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;
use tracing::{error, info, warn};

use crate::{
    domain::{Input, Line, error_chain},
    web,
};

use super::{App, AppError, Faulty, Plan, Reread, known, limits, tell};

use changes::Changes;

impl App {
    /// The configuration was read again.
    pub(super) async fn on_read(&mut self, read: Reread) -> Result<(), AppError> {
        let read = match read {
            Ok(plan) => self.certified(plan).await,
            faulty => faulty,
        };
        let faults = match read {
            Ok(plan) => {
                self.reload(plan).await?;
                0
            }
            Err(faulty) => {
                for fault in faulty.0.lines() {
                    error!("Configuration not reloaded, keeping the previous one: {fault}");
                }
                faulty.0.lines().count()
            }
        };
        self.configuration.was_read(Timestamp::now(), faults);
        Ok(())
    }

    /// Refuses a plan whose certificate is in other files that cannot be used.
    async fn certified(&self, plan: Plan) -> Reread {
        let Some(pair) = plan.tls.clone().filter(|_| plan.tls != self.plan.tls) else {
            return Ok(plan);
        };
        match spawn_blocking(move || web::probe(&pair)).await {
            Ok(Err(error)) => Err(Faulty(format!("[server] tls: {}", error_chain(&error)))),
            // A panic in there is a bug; whether the pair will do is looked at again.
            Ok(Ok(_)) | Err(_) => Ok(plan),
        }
    }

    async fn reload(&mut self, mut plan: Plan) -> Result<(), AppError> {
        let Some(outlet) = self.outlet.clone() else {
            return Ok(());
        };
        let changes = Changes::between(&self.plan, &plan);
        for id in &changes.stop {
            self.crew.stop(id).await;
        }
        for id in &changes.end {
            self.crew.stop(id).await;
            self.roll.leave(id);
        }

        let mut inputs = Vec::new();
        for id in changes.stop.iter().filter(|id| changes.starts(id)) {
            let why = "Source settings changed".to_owned();
            inputs.push(Input::Line(id.clone(), Line::Away { why }));
        }
        if !changes.site.is_empty() {
            inputs.push(Input::Settings(Arc::new(plan.site.clone())));
        }
        let new: Vec<_> = changes.start.iter().map(|new| new.id().clone()).collect();
        match known(&self.store, &new).await {
            Ok(names) => inputs.extend(names),
            Err(error) => warn!(
                error = &error as &dyn std::error::Error,
                "Couldn't read saved names of new sources; waiting for the sources to send them"
            ),
        }
        tell(&outlet, inputs).await?;
        if !changes.boards.is_empty() {
            self.studio.replace(plan.boards.clone());
        }
        self.history.reshape(plan.shape());
        self.hub.limit(limits(&plan));
        self.crew.try_again();
        let kept = plan.kept();
        self.kept
            .send_if_modified(|before| std::mem::replace(before, kept.clone()) != kept);
        if let (Some(tls), Some(pair)) = (&self.tls, &plan.tls) {
            tls.turn_to(pair.clone()).await;
        }
        for upstream in &changes.start {
            self.supervise(upstream.clone(), outlet.clone());
        }
        for source in &changes.begin {
            self.import(source.clone());
        }

        info!("Configuration reloaded: {changes}");
        plan.warn();
        for key in &changes.later {
            warn!("{key} changed; restart to apply");
        }
        plan.keep(&self.plan);
        self.plan = plan;
        Ok(())
    }
}

impl Plan {
    /// Says what is probably not meant.
    pub(super) fn warn(&self) {
        for note in &self.notes {
            warn!("Configuration: {note}");
        }
    }

    /// What cannot change while the product runs stays what it is in `running`, so
    /// that it is told again as long as the file differs.
    fn keep(&mut self, running: &Self) {
        self.listen = running.listen;
        self.public_url.clone_from(&running.public_url);
        self.store.clone_from(&running.store);
        self.logbook = running.logbook.clone();
        if self.tls.is_some() != running.tls.is_some() {
            self.tls.clone_from(&running.tls);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use crate::web::Pair;

    use super::*;

    #[tokio::test]
    async fn a_certificate_that_cannot_be_used_is_a_wrong_configuration_and_changes_nothing() {
        let demo = || Plan::demo(SocketAddr::from(([127, 0, 0, 1], 0)), 1, 1.0);
        let mut app = App::start(demo()).await.unwrap();
        let wrong = Plan {
            max_viewers: 7,
            tls: Some(Pair {
                cert: "missing.pem".into(),
                key: "missing-key.pem".into(),
            }),
            ..demo()
        };
        let right = Plan {
            max_viewers: 8,
            ..demo()
        };

        app.on_read(Ok(wrong)).await.unwrap();
        let after_wrong = app.hub.max_viewers();
        app.on_read(Ok(right)).await.unwrap();

        assert_eq!((after_wrong, app.hub.max_viewers()), (20_000, 8));
    }
}
