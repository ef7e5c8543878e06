//! Applies another configuration while the app runs: only changed parts change.

pub(super) mod plan_changes;
pub(super) mod source_changes;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;
use tracing::{error, info, warn};

use crate::web;
use wallboard_domain::{ConnectionEvent, Input, SiteConfig, error_chain};

use super::{
    App, AppError, InvalidConfig, ReloadResult, RuntimeConfig, push_limits, send_and_wait,
    stored_profiles,
};

use plan_changes::PlanChanges;
use source_changes::SourceChanges;

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
        let reload = match reload {
            Ok(mut plan) => {
                let added = self.add_entries(&mut plan).await;
                added
                    .map(|()| plan)
                    .map_err(|faults| InvalidConfig(faults.to_string()))
            }
            invalid => invalid,
        };
        let faults = match reload {
            Ok(plan) => {
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
        let changes = PlanChanges::between(&self.plan, &plan);
        let mut inputs = self.stop_sources(&changes.sources, &plan.site).await;
        if !changes.site_sections.is_empty() {
            inputs.push(Input::SiteConfig(Arc::new(plan.site.clone())));
        }
        inputs.extend(self.names_of_started(&changes.sources).await);
        self.send_inputs(inputs).await?;
        if !changes.boards.is_empty() {
            self.boards.replace_boards(plan.boards.clone());
        }
        if changes.has_other_playlists {
            self.boards.replace_playlists(plan.playlists.clone());
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
        self.start_sources(changes.sources.clone(), plan.imports_here());

        info!("Configuration reloaded: {changes}");
        plan.log_notes();
        for key in &changes.restart_keys {
            warn!("{key} changed; restart to apply");
        }
        plan.retain_fixed_settings(&self.plan);
        self.plan = plan;
        self.set_alert_plan();
        self.set_holiday_plan();
        self.set_report_plan();
        self.set_record_channels();
        Ok(())
    }
}

impl App {
    /// Stops sources that no longer run as they did. Returns what the live state must know of it.
    pub(super) async fn stop_sources(
        &mut self,
        changes: &SourceChanges,
        site: &SiteConfig,
    ) -> Vec<Input> {
        for id in changes
            .stopped_sources
            .iter()
            .chain(&changes.stopped_imports)
        {
            self.task_registry.stop_task(id).await;
        }
        for id in &changes.stopped_imports {
            self.import_registry.remove(id);
        }
        let disconnected = changes.stopped_sources.iter().filter_map(|id| {
            let why = match site.paused_by(id) {
                Some(by) => format!("Paused by {by}"),
                None if changes.starts_source(id) => "Source settings changed".to_owned(),
                None => return None,
            };
            let event = ConnectionEvent::Disconnected { why };
            Some(Input::Connection(id.clone(), event))
        });
        disconnected.collect()
    }

    /// Returns the saved names of sources that start.
    pub(super) async fn names_of_started(&self, changes: &SourceChanges) -> Vec<Input> {
        let started = changes.started_sources.iter();
        let started: Vec<_> = started.map(|new| new.id().clone()).collect();
        match stored_profiles(&self.store, &started).await {
            Ok(names) => names.into_iter().collect(),
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "Couldn't read saved names of new sources; waiting for the sources to send them"
                );
                Vec::new()
            }
        }
    }

    /// Sends inputs. Where another node leads, that one reports the configuration.
    pub(super) async fn send_inputs(&self, inputs: Vec<Input>) -> Result<(), AppError> {
        let Some(sender) = &self.ingest_sender else {
            return Ok(());
        };
        match send_and_wait(sender, inputs).await {
            // The next leader reports its own.
            Err(AppError::Closed(_)) if self.node.is_some() => Ok(()),
            sent => sent,
        }
    }

    pub(super) fn start_sources(&mut self, changes: SourceChanges, imports_here: bool) {
        if let Some(sender) = self.ingest_sender.clone() {
            for upstream in changes.started_sources {
                self.start_source(upstream, sender.clone());
            }
        }
        if imports_here {
            for source in changes.started_imports {
                self.start_import(source);
            }
        }
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
