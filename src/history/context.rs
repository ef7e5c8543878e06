//! What imports need of the configuration besides their own table.

use std::{sync::Arc, time::Duration};

use crate::domain::SiteConfig;

/// What other tables of the file say about imports.
#[derive(Clone, Debug)]
pub struct ImportContext {
    /// Its zone and targets alone: nothing else changes figures of the past, so that no
    /// import begins again for it.
    pub site: Arc<SiteConfig>,
    /// Whether contacts' names and numbers are stored.
    pub keep_contacts: bool,
    /// Older calls are not imported.
    pub keep: Duration,
}
