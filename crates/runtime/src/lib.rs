//! Connections to other systems, and what every process of the product needs: the channel of inputs,
//! retries, CSV as others write it, the log output, and the limit of open files.

pub mod csv_text;
pub mod file_limit;
pub mod https;
pub mod ingest;
pub mod nats;
pub mod retry;
pub mod source_log;
pub mod transcripts;
