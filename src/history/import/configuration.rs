//! The tables of sources whose files are imported.

use crate::{
    domain::{SourceId, SourceKind},
    history::{ImportContext, sangoma, vergic},
    toml_reader::ConfigSection,
};

use super::{ExportVendor, FileSource};

/// The kinds of imports, in the order in which messages name them.
pub const KINDS: [SourceKind; 2] = [vergic::KIND, sangoma::KIND];

impl FileSource {
    /// Reads the table of a source; `None` where `kind` is of no import or something is
    /// wrong.
    pub fn read(
        kind: &str,
        id: SourceId,
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<Self> {
        let (vendor, place, schedule) = if kind == vergic::KIND.name {
            let (settings, place, schedule) = vergic::VergicSettings::read(section, context)?;
            (ExportVendor::Vergic(settings), place, schedule)
        } else if kind == sangoma::KIND.name {
            let (settings, place, schedule) = sangoma::SangomaSettings::read(section, context)?;
            (ExportVendor::Sangoma(settings), place, schedule)
        } else {
            return None;
        };
        Some(Self {
            id,
            vendor,
            location: place,
            interval: schedule.interval,
            history: schedule.history,
            stability_period: schedule.settle,
            retention: context.keep,
        })
    }
}
