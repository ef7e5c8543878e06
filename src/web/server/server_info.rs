//! Details of this server for pages: its database, configuration, log and cluster.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::watch;

use wallboard_domain::SourceStarter;
use wallboard_log::{cluster::ClusterMonitor, input_log::LogStatus};
use wallboard_runtime::source_log::SourceLog;
use wallboard_store::DataRetention;

use crate::case_records::{CaseRecordDeliveries, RecordFields};

/// Details of this server.
#[derive(Clone, Debug)]
pub struct ServerInfo {
    pub started: Timestamp,
    /// The database file; `None` for a temporary one.
    pub store: Option<PathBuf>,
    /// Logged lines of the sources.
    pub source_log: SourceLog,
    pub configuration: ConfigurationStatus,
    /// The input log's condition, if there is one.
    pub log: Option<watch::Receiver<LogStatus>>,
    /// How long data about people is kept.
    pub retention: DataRetention,
    /// The fields of case records that other systems get.
    pub record_fields: RecordFields,
    /// How case records reach other systems, if any are delivered.
    pub record_deliveries: Option<CaseRecordDeliveries>,
    /// How to configure each kind of live source.
    pub starters: &'static [SourceStarter],
    /// The nodes, if this is one of a cluster.
    pub cluster: Option<ClusterMonitor>,
}

/// The result of the last configuration reload. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ConfigurationStatus(Arc<Mutex<Option<LastReload>>>);

#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct LastReload {
    pub(in crate::web) at: Timestamp,
    pub(in crate::web) errors: usize,
}

impl ConfigurationStatus {
    /// Records a reload and its number of errors.
    pub fn record_reload(&self, at: Timestamp, errors: usize) {
        let read = LastReload { at, errors };
        *self.0.lock() = Some(read);
    }

    pub(in crate::web) fn last_reload(&self) -> Option<LastReload> {
        *self.0.lock()
    }
}

impl Default for ServerInfo {
    fn default() -> Self {
        Self {
            started: Timestamp::now(),
            store: None,
            source_log: SourceLog::default(),
            configuration: ConfigurationStatus::default(),
            log: None,
            retention: DataRetention::default(),
            record_fields: RecordFields::default(),
            record_deliveries: None,
            starters: &[],
            cluster: None,
        }
    }
}
