//! The configuration of sources whose files are imported.

use crate::{ImportContext, vendors::ExportVendor};
use wallboard_domain::SourceId;
use wallboard_toml_reader::ConfigSection;

use super::FileSource;

impl FileSource {
    /// Reads the table of a source; `None` if `kind` isn't an import or something is wrong.
    pub fn read(
        kind: &str,
        id: SourceId,
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<Self> {
        let (vendor, location, schedule) = ExportVendor::read(kind, section, context)?;
        Some(Self {
            id,
            vendor,
            location,
            interval: schedule.interval,
            history: schedule.history,
            stability_period: schedule.settle,
            retention: context.keep,
        })
    }
}
