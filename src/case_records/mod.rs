//! Delivers the records of ended cases to other systems: signed requests to a webhook, and a file for each day in a
//! folder or an object store.
//! Each continues where it was, also after a kill: a record is delivered at least once, and none is left out
//! without a stated gap. Transcripts take a way of their own, to a webhook that was named for them. Knows neither the
//! live state nor how records are written as text.

mod case_record_plan;
mod day_file;
mod day_files;
mod deliveries;
mod delivery_progress;
mod record_fields;
mod record_source;
mod record_text;
#[cfg(test)]
mod tests;
mod transcript_delivery;
mod transcript_intake;
mod transcript_outbox;
#[cfg(test)]
mod transcript_tests;
mod webhook_attempts;
mod webhook_delivery;

pub use case_record_plan::{
    CaseRecordPlan, RecordFileFormat, RecordFiles, RecordPlace, TranscriptPlan,
};
pub use day_file::check_place;
pub use day_files::keep_day_files;
pub use deliveries::{
    CaseRecordDeliveries, DeliveryFailure, DeliveryStatus, LastDelivery, TranscriptFlow,
};
pub use record_fields::{RecordField, RecordFields};
pub use record_source::{RecordSource, load_records_after};
pub use record_text::RecordText;
pub use transcript_delivery::deliver_transcripts;
pub use transcript_intake::{expire_transcripts, prepare_outbox, store_transcripts};
pub use transcript_outbox::{TranscriptOutbox, check_key};
pub use webhook_delivery::{deliver_to_webhook, find_channel};
