//! The configuration that imports need besides their own table.

use std::{sync::Arc, time::Duration};

use wallboard_domain::SiteConfig;

/// The settings of other tables that apply to imports.
#[derive(Clone, Debug)]
pub struct ImportContext {
    /// Holds only the zone and targets: nothing else affects historical figures, so no import
    /// restarts for another setting.
    pub site: Arc<SiteConfig>,
    /// Whether contacts' names and numbers are stored.
    pub keep_contacts: bool,
    /// How long calls are stored. Older ones aren't imported.
    pub keep: Duration,
}
