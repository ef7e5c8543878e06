//! Deliveries of case records and transcripts to other systems.

use std::path::Path;

use tracing::{info, warn};

use crate::{
    case_records::{
        CaseRecordDeliveries, CaseRecordPlan, RecordPlace, RecordSource, TranscriptOutbox,
        check_key, check_place, deliver_to_webhook, deliver_transcripts, expire_transcripts,
        find_channel, keep_day_files, prepare_outbox, store_transcripts,
    },
    source_check::CheckRow,
    web::LiveRecordText,
};
use wallboard_access::{AuditAction, AuditActor, AuditTrail};
use wallboard_live::LiveHandle;
use wallboard_notify::{Channel, check_webhook};
use wallboard_runtime::transcripts::transcript_path;
use wallboard_store::{Store, StoreError, TranscriptStore, delete_transcripts};

use super::{App, AppError};

/// The setting, in the audit trail.
const TRANSCRIPTS: &str = "case_records.transcripts";

impl App {
    /// Lets sources pass transcripts on, before they start, if a receiver is named. The audit trail says since when.
    pub(super) async fn start_transcripts(&mut self) -> Result<(), AppError> {
        let plan = self.plan.case_records.as_ref();
        let Some((plan, transcripts)) =
            plan.and_then(|plan| Some((plan, plan.transcripts.clone()?)))
        else {
            return Ok(());
        };
        let deliveries = CaseRecordDeliveries::new(plan);
        let name = transcripts.channel;
        let stored = TranscriptStore::open(&self.database)?;
        let previous = stored.set_receiver(name.clone()).await?;
        if previous.as_ref() != Some(&name) {
            let subject = format!("{TRANSCRIPTS} = {name}");
            note_change(&self.store, AuditAction::ChangedSetting, &subject).await;
        }
        info!(channel = name, "Transcripts are passed on");
        let outbox = TranscriptOutbox::new(stored, transcripts.key_file);
        prepare_outbox(&outbox, &deliveries).await;
        let (sink, inbox) = transcript_path();
        self.transcripts = Some(sink);
        self.record_deliveries = Some(deliveries.clone());
        self.set_record_channels();
        let stop = || self.stop.clone();
        let storing = store_transcripts(inbox, outbox.clone(), deliveries.clone(), stop());
        let expiring = expire_transcripts(outbox.clone(), deliveries.clone(), stop());
        let delivering = deliver_transcripts(name, outbox, deliveries, stop());
        self.spawn_task("transcripts", storing);
        self.spawn_task("expiry of transcripts", expiring);
        self.spawn_task("delivery of transcripts", delivering);
        Ok(())
    }

    /// Deletes what waits of transcripts, after they were turned off.
    pub(super) async fn remove_transcripts(database: &Path, store: &Store) {
        match delete_transcripts(database) {
            Ok(false) => {}
            Ok(true) => note_change(store, AuditAction::DeletedSetting, TRANSCRIPTS).await,
            Err(cause) => warn!("Couldn't delete the file of transcripts: {cause}"),
        }
    }

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
            let spool = self.database.parent().unwrap_or(Path::new(".")).to_owned();
            let ended = keep_day_files(files, spool, deliveries, source, text(), stop);
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

async fn note_change(store: &Store, action: AuditAction, subject: &str) {
    let trail = AuditTrail::new(store.clone());
    trail.record(&AuditActor::server(), action, subject).await;
}

/// Checks where case records go: whether the webhook's host is known and may be called, and whether files can be made
/// in the folder or store. Sends no record.
pub(super) async fn check_records(records: &CaseRecordPlan, channels: &[Channel]) -> Vec<CheckRow> {
    let row = |name: String, fault: Option<String>| CheckRow {
        what: "records",
        name,
        fault,
    };
    let mut rows = Vec::new();
    let webhook = records.webhook.as_ref().map(|name| ("webhook", name));
    let transcripts = (records.transcripts.as_ref()).map(|plan| ("transcripts to", &plan.channel));
    for (what, name) in webhook.into_iter().chain(transcripts) {
        let checked = match find_channel(channels, name) {
            Ok(channel) => check_webhook(channel).await,
            Err(error) => Err(error),
        };
        let fault = checked.err().map(|error| error.reason);
        rows.push(row(format!("{what} {name}"), fault));
    }
    if let Some(plan) = &records.transcripts {
        let fault = check_key(&plan.key_file).err();
        rows.push(row("key for transcripts".to_owned(), fault));
    }
    if let Some(files) = &records.files {
        let place = match &files.place {
            RecordPlace::Folder(folder) => folder.display().to_string(),
            RecordPlace::Store { settings, prefix } => format!("{}/{prefix}", settings.name()),
        };
        rows.push(row(place, check_place(&files.place).await.err()));
    }
    rows
}
