//! The configuration of sources whose files are imported.

use crate::{ImportContext, sangoma, vergic};
use wallboard_domain::{SourceId, SourceKind};
use wallboard_toml_reader::ConfigSection;

use super::{ExportVendor, FileSource};

/// The kinds of imports, in the order that messages list them.
pub const KINDS: [SourceKind; 2] = [vergic::KIND, sangoma::KIND];

impl FileSource {
    /// Reads the table of a source; `None` if `kind` isn't an import or something is wrong.
    pub fn read(
        kind: &str,
        id: SourceId,
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<Self> {
        let (vendor, location, schedule) = if kind == vergic::KIND.name {
            let (settings, location, schedule) = vergic::VergicSettings::read(section, context)?;
            (ExportVendor::Vergic(settings), location, schedule)
        } else if kind == sangoma::KIND.name {
            let (settings, location, schedule) = sangoma::SangomaSettings::read(section, context)?;
            (ExportVendor::Sangoma(settings), location, schedule)
        } else {
            return None;
        };
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
