//! Applies another configuration while the app runs: only changed parts change.

pub(super) mod plan_changes;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;
use tracing::{error, info, warn};

use crate::web;
use wallboard_domain::{ConnectionEvent, Input, error_chain};

use super::{
    App, AppError, InvalidConfig, ReloadResult, RuntimeConfig, push_limits, send_and_wait,
    stored_profiles,
};

use plan_changes::PlanChanges;

impl App {
    /// Handles a configuration that was read again.
    pub(super) async fn on_configuration_read(
        &mut self,
        reload: ReloadResult,
    ) -> Result<(), AppError> {
        let reload = match reload {
            Ok(plan) => self.check_certificate(plan).await,
            invalid => invalid,
        };
        let faults = match reload {
            Ok(mut plan) => {
                self.add_entries(&mut plan).await;
                self.apply_plan(plan).await?;
                0
            }
            Err(invalid) => {
                for fault in invalid.0.lines() {
                    error!("Configuration not reloaded, keeping the previous one: {fault}");
                }
                invalid.0.lines().count()
            }
        };
        self.configuration.record_reload(Timestamp::now(), faults);
        Ok(())
    }

    /// Rejects a configuration with other certificate files that can't be used.
    async fn check_certificate(&self, plan: RuntimeConfig) -> ReloadResult {
        let Some(pair) = plan.tls.clone().filter(|_| plan.tls != self.plan.tls) else {
            return Ok(plan);
        };
        match spawn_blocking(move || web::check_certificate(&pair)).await {
            Ok(Err(error)) => Err(InvalidConfig(format!(
                "[server] tls: {}",
                error_chain(&error)
            ))),
            // A panic there is a bug; switching the files checks the pair again.
            Ok(Ok(_)) | Err(_) => Ok(plan),
        }
    }

    async fn apply_plan(&mut self, mut plan: RuntimeConfig) -> Result<(), AppError> {
        let sender = self.ingest_sender.clone();
        let changes = PlanChanges::between(&self.plan, &plan);
        for id in &changes.stopped_sources {
            self.task_registry.stop_task(id).await;
        }
        for id in &changes.stopped_imports {
            self.task_registry.stop_task(id).await;
            self.import_registry.remove(id);
        }

        let mut inputs = Vec::new();
        for id in changes
            .stopped_sources
            .iter()
            .filter(|id| changes.starts_source(id))
        {
            let why = "Source settings changed".to_owned();
            inputs.push(Input::Connection(
                id.clone(),
                ConnectionEvent::Disconnected { why },
            ));
        }
        if !changes.site_sections.is_empty() {
            inputs.push(Input::SiteConfig(Arc::new(plan.site.clone())));
        }
        let new: Vec<_> = changes
            .started_sources
            .iter()
            .map(|new| new.id().clone())
            .collect();
        match stored_profiles(&self.store, &new).await {
            Ok(names) => inputs.extend(names),
            Err(error) => warn!(
                error = &error as &dyn std::error::Error,
                "Couldn't read saved names of new sources; waiting for the sources to send them"
            ),
        }
        // Where another node leads, that one reports the configuration.
        if let Some(sender) = &sender {
            match send_and_wait(sender, inputs).await {
                // The next leader reports its own.
                Err(AppError::Closed(_)) if self.node.is_some() => {}
                sent => sent?,
            }
        }
        if !changes.boards.is_empty() {
            self.boards.replace_boards(plan.boards.clone());
        }
        self.history.set_config(plan.report_settings());
        self.hub.set_limits(push_limits(&plan));
        self.task_registry.retry_all();
        let retention = plan.retention_settings();
        self.retention
            .send_if_modified(|current| std::mem::replace(current, retention.clone()) != retention);
        if let (Some(tls), Some(pair)) = (&self.tls, &plan.tls) {
            tls.switch_files(pair.clone()).await;
        }
        if let Some(sender) = &sender {
            for upstream in &changes.started_sources {
                self.start_source(upstream.clone(), sender.clone());
            }
        }
        if plan.imports_here() {
            for source in &changes.started_imports {
                self.start_import(source.clone());
            }
        }

        info!("Configuration reloaded: {changes}");
        plan.log_notes();
        for key in &changes.restart_keys {
            warn!("{key} changed; restart to apply");
        }
        plan.retain_fixed_settings(&self.plan);
        self.plan = plan;
        Ok(())
    }
}

impl RuntimeConfig {
    /// Logs the warnings about probable mistakes.
    pub(super) fn log_notes(&self) {
        for note in &self.notes {
            warn!("Configuration: {note}");
        }
    }

    /// Copies settings that can't change at run time from `running`, so that each reload reports
    /// them while the file differs.
    fn retain_fixed_settings(&mut self, running: &Self) {
        self.listen = running.listen;
        self.public_url.clone_from(&running.public_url);
        self.trusted_proxies.clone_from(&running.trusted_proxies);
        self.store.clone_from(&running.store);
        self.source_log = running.source_log.clone();
        if self.tls.is_some() != running.tls.is_some() {
            self.tls.clone_from(&running.tls);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use crate::web::CertificateFiles;

    use super::*;

    #[tokio::test]
    async fn unusable_certificate_rejects_the_whole_configuration() {
        let demo = || RuntimeConfig::demo_config(SocketAddr::from(([127, 0, 0, 1], 0)), 1, 1.0);
        let mut app = App::start(demo()).await.unwrap();
        let wrong = RuntimeConfig {
            max_viewers: 7,
            tls: Some(CertificateFiles {
                cert: "missing.pem".into(),
                key: "missing-key.pem".into(),
            }),
            ..demo()
        };
        let right = RuntimeConfig {
            max_viewers: 8,
            ..demo()
        };

        app.on_configuration_read(Ok(wrong)).await.unwrap();
        let after_wrong = app.hub.max_viewers();
        app.on_configuration_read(Ok(right)).await.unwrap();

        assert_eq!((after_wrong, app.hub.max_viewers()), (20_000, 8));
    }
}
