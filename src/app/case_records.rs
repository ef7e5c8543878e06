//! Deliveries of case records to other systems.

use crate::{
    case_records::{
        CaseRecordDeliveries, CaseRecordPlan, RecordSource, check_folder, deliver_to_webhook,
        find_channel, keep_day_files,
    },
    source_check::CheckRow,
    web::LiveRecordText,
};
use wallboard_live::LiveHandle;
use wallboard_notify::{Channel, check_webhook};
use wallboard_store::StoreError;

use super::{App, AppError};

impl App {
    /// Prepares the deliveries of a node, which start when it leads.
    pub(super) fn prepare_record_deliveries(&mut self) {
        if let Some(plan) = &self.plan.case_records {
            let deliveries = CaseRecordDeliveries::new(plan);
            deliveries.set_elsewhere(true);
            self.record_deliveries = Some(deliveries);
        }
    }

    /// Starts the deliveries that are configured; in a cluster, for this node's term.
    pub(super) async fn start_record_deliveries(
        &mut self,
        live: &LiveHandle,
    ) -> Result<(), AppError> {
        let plan = self.plan.case_records.clone();
        let Some(plan) = plan.filter(|plan| plan.webhook.is_some() || plan.files.is_some()) else {
            return Ok(());
        };
        let records = self.open_records(false).await;
        let records = records.map_err(AppError::RecordDeliveries)?;
        let deliveries = self.record_deliveries.take();
        let deliveries = deliveries.unwrap_or_else(|| CaseRecordDeliveries::new(&plan));
        deliveries.set_elsewhere(false);
        self.record_deliveries = Some(deliveries.clone());
        self.set_record_channels();
        let text = || LiveRecordText {
            live: live.clone(),
            fields: plan.fields.clone(),
        };
        let source = RecordSource {
            store: self.store.clone(),
            records,
            is_shared: self.node.is_some(),
        };
        if let Some(name) = plan.webhook {
            let (deliveries, stop) = (deliveries.clone(), self.term.clone());
            let delivering = deliver_to_webhook(name, deliveries, source.clone(), text(), stop);
            self.spawn_term_task("webhook of case records", delivering);
        }
        if let Some(files) = plan.files {
            let stop = self.term.clone();
            let ended = keep_day_files(files, deliveries, source, text(), stop);
            let ended = ended.map_err(StoreError::Thread)?;
            self.spawn_term_task("files of case records", async move {
                ended.await.ok();
            });
        }
        Ok(())
    }

    /// Puts the channels of the configuration in force.
    pub(super) fn set_record_channels(&self) {
        if let Some(deliveries) = &self.record_deliveries {
            deliveries.set_channels(&self.plan.channels);
        }
    }
}

/// Checks where case records go: whether the webhook's host is known and may be called, and the folder. Sends nothing.
pub(super) async fn check_records(records: &CaseRecordPlan, channels: &[Channel]) -> Vec<CheckRow> {
    let row = |name: String, fault: Option<String>| CheckRow {
        what: "records",
        name,
        fault,
    };
    let mut rows = Vec::new();
    if let Some(name) = &records.webhook {
        let checked = match find_channel(channels, name) {
            Ok(channel) => check_webhook(channel).await,
            Err(error) => Err(error),
        };
        let fault = checked.err().map(|error| error.reason);
        rows.push(row(format!("webhook {name}"), fault));
    }
    if let Some(files) = &records.files {
        let fault = check_folder(&files.folder).err();
        rows.push(row(files.folder.display().to_string(), fault));
    }
    rows
}
