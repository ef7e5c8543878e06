//! Deliveries of case records to other systems.

use crate::{
    case_records::{
        CaseRecordDeliveries, CaseRecordPlan, check_folder, deliver_to_webhook, find_channel,
        keep_day_files,
    },
    source_check::CheckRow,
    web::LiveRecordText,
};
use wallboard_live::LiveHandle;
use wallboard_notify::{Channel, check_webhook};
use wallboard_store::StoreError;

use super::{App, AppError};

impl App {
    /// Starts the deliveries that are configured.
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
        let deliveries = CaseRecordDeliveries::new(&plan);
        self.record_deliveries = Some(deliveries.clone());
        self.set_record_channels();
        let text = || LiveRecordText(live.clone());
        let places = (self.store.clone(), records);
        if let Some(name) = plan.webhook {
            let (deliveries, stop) = (deliveries.clone(), self.stop.clone());
            let delivering = deliver_to_webhook(name, deliveries, places.clone(), text(), stop);
            self.spawn_task("webhook of case records", delivering);
        }
        if let Some(files) = plan.files {
            let stop = self.stop.clone();
            let ended = keep_day_files(files, deliveries, places, text(), stop);
            let ended = ended.map_err(StoreError::Thread)?;
            self.spawn_task("files of case records", async move {
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
