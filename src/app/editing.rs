//! Applies what people change in the browser. Only the sources that they changed restart.

use std::sync::Arc;

use tokio::sync::mpsc;
use tracing::{error, info, warn};

use crate::{
    alerts::Alerts,
    announcements::Announcements,
    editing::{ApplyOrder, ConfigurationBase, Editor},
    pictures::Pictures,
    reports::Reports,
    saved_views::SavedViews,
    settings::AccessSettings,
    web::WebParts,
};
use wallboard_access::{AuditTrail, Screens};
use wallboard_domain::{Input, error_chain};
use wallboard_store::RecordStore;
use wallboard_toml_reader::ConfigFaults;

use super::{
    App, AppError, RuntimeConfig,
    error::SignInSetupError,
    holidays::{apply_holidays, open_holidays},
    late_records::open_late,
    reload::{
        plan_changes::{board_changes, site_changes},
        source_changes::SourceChanges,
    },
};

/// The editor, and its orders to apply changes.
#[derive(Debug)]
pub(super) struct RunningEditor {
    pub(super) editor: Editor,
    orders: mpsc::Receiver<ApplyOrder>,
}

/// Waits for the next order. Cancel safe.
pub(super) async fn next_order(editing: &mut Option<RunningEditor>) -> Option<ApplyOrder> {
    match editing {
        Some(editing) => editing.orders.recv().await,
        None => std::future::pending().await,
    }
}

impl App {
    /// Reads what people changed and adds it to the configuration, before anything uses that.
    pub(super) async fn start_editing(&mut self, was_member: bool) -> Result<(), AppError> {
        let Some(base) = self.plan.base() else {
            return Ok(());
        };
        let records = match self.open_records(was_member).await {
            Ok(records) => records,
            // Boards can be shown from this node's copy of the log all the same.
            Err(error) if self.plan.access == AccessSettings::Open && self.node.is_some() => {
                warn!(
                    "What was changed in the browser isn't in force until the cluster's records can be read: {}",
                    error_chain(&error)
                );
                self.await_records(was_member);
                return Ok(());
            }
            Err(error) => return Err(AppError::Editing(error)),
        };
        let editor = self.open_editing(base, records).await?;
        let checked = editor.read_configuration().await;
        log_waiting(&editor);
        self.plan.adopt(checked.map_err(AppError::Configuration)?);
        self.plan.close_on_holidays(self.holidays.as_ref());
        self.set_holiday_plan();
        self.set_alert_plan();
        self.set_report_plan();
        self.boards.replace_boards(self.plan.boards.clone());
        self.boards.replace_playlists(self.plan.playlists.clone());
        self.history.set_config(self.plan.report_settings());
        self.retention.send_replace(self.plan.retention_settings());
        Ok(())
    }

    /// Opens what people make, and follows it. Nothing is begun if it can't be read.
    pub(super) async fn open_editing(
        &mut self,
        base: ConfigurationBase,
        records: RecordStore,
    ) -> Result<Editor, AppError> {
        let audit = AuditTrail::new(self.store.clone());
        let holidays = open_holidays(&records).await.map_err(AppError::Holidays)?;
        let opened = Editor::open(base, records.clone(), audit.clone()).await;
        let (editor, orders) = opened.map_err(AppError::Editing)?;
        let announcements = Announcements::new(records.clone(), audit.clone(), self.boards.clone());
        let following = announcements.clone().follow(self.stop.clone());
        self.spawn_task("announcements", following);
        self.announcements = Some(announcements);
        self.pictures = Some(Pictures::new(records.clone(), audit.clone()));
        let alerts = Alerts::new(records.clone(), audit.clone(), self.boards.clone());
        alerts.set_plan(self.plan.alert_plan());
        self.spawn_task("record of alerts", alerts.clone().follow(self.stop.clone()));
        self.alerts = Some(alerts);
        let reports = Reports::new(records.clone(), audit.clone());
        self.spawn_task(
            "record of reports",
            reports.clone().follow(self.stop.clone()),
        );
        self.reports = Some(reports);
        self.set_report_plan();
        let saved_views = SavedViews::new(records, audit);
        let following = saved_views.clone().follow(self.stop.clone());
        self.spawn_task("saved views", following);
        self.saved_views = Some(saved_views);
        self.spawn_task("holidays", holidays.clone().follow(self.stop.clone()));
        self.holidays = Some(holidays.clone());
        let following = editor.clone().follow(self.stop.clone());
        self.spawn_task("changes in the browser", following);
        let watching = editor.clone().watch_key(self.stop.clone());
        self.spawn_task("key of secrets", watching);
        let applying = apply_holidays(editor.clone(), holidays, self.stop.clone());
        self.spawn_task("days of holidays", applying);
        self.editing = Some(RunningEditor {
            editor: editor.clone(),
            orders,
        });
        Ok(editor)
    }

    fn await_records(&mut self, was_member: bool) {
        let (store, cluster) = (self.store.clone(), self.cluster_connection());
        let opening = open_late(store, cluster, was_member, self.stop.clone());
        self.late_records = Some(opening);
    }

    /// Puts what people make in force on a node that started without, and gives it to the pages.
    pub(super) async fn on_records_found(&mut self, records: RecordStore) -> Result<(), AppError> {
        let Some(base) = self.plan.base() else {
            return Ok(());
        };
        self.records = Some(records.clone());
        let opening = async {
            let opened = Screens::open(records.clone()).await;
            let (screens, directories) = opened.map_err(SignInSetupError::from)?;
            let editor = self.open_editing(base, records.clone()).await?;
            Ok::<_, AppError>((screens, directories, editor))
        };
        let (screens, directories, editor) = match Box::pin(opening).await {
            Ok(opened) => opened,
            Err(error) => {
                warn!(
                    "Couldn't read the cluster's records, trying again: {}",
                    error_chain(&error)
                );
                self.await_records(false);
                return Ok(());
            }
        };
        let screens = self.follow_screens(screens, directories, records);
        if let Some(alerts) = &self.alerts {
            alerts.watch_screens(screens.clone());
        }
        editor.apply_again().await;
        if let Some(pages) = self.pages.take() {
            let parts = pages.parts.clone();
            if self.ingest_sender.is_some() {
                self.start_record_tasks(&parts.live);
            }
            pages.replace(WebParts {
                screens: Some(screens),
                recent_days: parts.recent_days,
                send_limits: parts.send_limits,
                server_info: parts.server_info,
                ..self.web_state(
                    parts.live,
                    parts.data_origin,
                    parts.certificate_expiry,
                    None,
                )
            });
        }
        info!("The cluster's records can be read: what was changed in the browser is in force");
        Ok(())
    }

    /// Adds what people changed to files that were read again.
    pub(super) async fn add_entries(
        &mut self,
        plan: &mut RuntimeConfig,
    ) -> Result<(), ConfigFaults> {
        let (Some(editing), Some(files)) = (&self.editing, &plan.files) else {
            return Ok(());
        };
        let base = Arc::new(ConfigurationBase::Files(Box::new(files.clone())));
        let before = editing.editor.set_base(base);
        match editing.editor.read_configuration().await {
            Ok(checked) => {
                log_waiting(&editing.editor);
                plan.adopt(checked);
                plan.close_on_holidays(self.holidays.as_ref());
                Ok(())
            }
            Err(faults) => {
                editing.editor.set_base(before);
                Err(faults)
            }
        }
    }

    /// Applies what people changed.
    pub(super) async fn on_entries_changed(&mut self, order: ApplyOrder) -> Result<(), AppError> {
        let Some(editing) = &self.editing else {
            return Ok(());
        };
        let read = editing.editor.read_configuration().await;
        if let Err(faults) = &read {
            for fault in faults.to_string().lines() {
                error!("Changes from the browser aren't applied: {fault}");
            }
            warn!("The configuration stays as it was");
        }
        if let Ok(checked) = read {
            let (old_site, old_boards) = (self.plan.site.clone(), self.plan.boards.clone());
            let old_alerts = self.plan.alerts.clone();
            let old_channels = self.plan.channels.clone();
            let old_reports = self.plan.reports.clone();
            let old_playlists = self.plan.playlists.clone();
            let running = self.plan.running();
            self.plan.adopt(checked);
            self.plan.close_on_holidays(self.holidays.as_ref());
            self.set_holiday_plan();
            let sections = site_changes(&old_site, &self.plan.site);
            let boards = board_changes(&old_boards, &self.plan.boards);
            let sources = SourceChanges::between(&running, &self.plan.running());
            let site = self.plan.site.clone();
            let mut inputs = self.stop_sources(&sources, &site).await;
            if !sections.is_empty() {
                inputs.push(Input::SiteConfig(Arc::new(site)));
            }
            inputs.extend(self.names_of_started(&sources).await);
            if !inputs.is_empty() {
                self.send_inputs(inputs).await?;
            }
            let has_other_alerts = old_alerts != self.plan.alerts;
            let has_other_channels = old_channels != self.plan.channels;
            if has_other_alerts || has_other_channels {
                self.set_alert_plan();
            }
            self.set_record_channels();
            let has_other_reports = old_reports != self.plan.reports;
            self.set_report_plan();
            let has_other_playlists = old_playlists != self.plan.playlists;
            if has_other_playlists {
                self.boards.replace_playlists(self.plan.playlists.clone());
            }
            if !boards.is_empty() {
                self.boards.replace_boards(self.plan.boards.clone());
            }
            self.history.set_config(self.plan.report_settings());
            let retention = self.plan.retention_settings();
            self.retention.send_if_modified(|current| {
                std::mem::replace(current, retention.clone()) != retention
            });
            let changes = sources.describe();
            let is_import = self.plan.imports_here();
            self.start_sources(sources, is_import);
            let changes: Vec<String> = (sections.iter())
                .map(|section| format!("{section} changed"))
                .chain(has_other_alerts.then(|| "alerts changed".to_owned()))
                .chain(has_other_channels.then(|| "channels changed".to_owned()))
                .chain(has_other_reports.then(|| "reports changed".to_owned()))
                .chain(has_other_playlists.then(|| "playlists changed".to_owned()))
                .chain(boards)
                .chain(changes)
                .collect();
            if !changes.is_empty() {
                info!("Applied changes from the browser: {}", changes.join(", "));
            }
        }
        order.finish();
        Ok(())
    }

    /// Puts the rules and channels of the configuration in force.
    pub(super) fn set_alert_plan(&self) {
        if let Some(alerts) = &self.alerts {
            alerts.set_plan(self.plan.alert_plan());
        }
    }

    /// Puts the reports and channels of the configuration in force.
    pub(super) fn set_report_plan(&self) {
        if let Some(reports) = &self.reports {
            let (plans, channels) = (self.plan.reports.clone(), self.plan.channels.clone());
            reports.set_plan(plans, channels, self.plan.public_url.clone());
        }
    }
}

fn log_waiting(editor: &Editor) {
    for entry in editor.list_waiting() {
        info!("Moved to the browser, but not in force yet: {entry}");
    }
}
