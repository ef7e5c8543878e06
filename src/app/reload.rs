//! Takes over another plan while the product runs: what changed changes, and
//! everything else goes on as if nothing had been.

mod changes;

use std::sync::Arc;

use jiff::Timestamp;
use tracing::{error, info, warn};

use crate::domain::{Input, Line};

use super::{App, AppError, Plan, Reread, known, limits, tell};

use changes::Changes;

impl App {
    /// The configuration was read again.
    pub(super) async fn on_read(&mut self, read: Reread) -> Result<(), AppError> {
        let faults = match read {
            Ok(plan) => {
                self.reload(plan).await?;
                0
            }
            Err(faulty) => {
                for fault in faulty.0.lines() {
                    error!("Configuration not taken over, all stays as it is: {fault}");
                }
                faulty.0.lines().count()
            }
        };
        self.configuration.was_read(Timestamp::now(), faults);
        Ok(())
    }

    async fn reload(&mut self, mut plan: Plan) -> Result<(), AppError> {
        let Some(outlet) = self.outlet.clone() else {
            return Ok(());
        };
        let changes = Changes::between(&self.plan, &plan);
        for id in &changes.stop {
            self.upstreams.stop(id).await;
        }

        let mut inputs = Vec::new();
        for id in changes.stop.iter().filter(|id| changes.starts(id)) {
            let why = "Its settings were changed".to_owned();
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
                "The names of new sources could not be read; they come from the sources"
            ),
        }
        tell(&outlet, inputs).await?;
        if !changes.boards.is_empty() {
            self.studio.replace(plan.boards.clone());
        }
        self.hub.limit(limits(&plan));
        self.upstreams.try_again();
        if let (Some(tls), Some(pair)) = (&self.tls, &plan.tls) {
            tls.turn_to(pair.clone()).await;
        }
        for upstream in &changes.start {
            self.supervise(upstream.clone(), outlet.clone());
        }

        info!("Configuration read again: {changes}");
        for key in &changes.later {
            warn!("{key} was changed and takes effect at the next start");
        }
        plan.keep(&self.plan);
        self.plan = plan;
        Ok(())
    }
}

impl Plan {
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
