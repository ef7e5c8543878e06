//! The tables of sources whose files are imported.

use crate::{
    domain::{SourceId, SourceKind},
    history::{ImportContext, sangoma, vergic},
    toml_reader::Section,
};

use super::{Source, Vendor};

/// The kinds of imports, in the order in which messages name them.
pub const KINDS: [SourceKind; 2] = [vergic::KIND, sangoma::KIND];

impl Source {
    /// Reads the table of a source; `None` where `kind` is of no import or something is
    /// wrong.
    pub fn read(
        kind: &str,
        id: SourceId,
        section: Section<'_, '_>,
        context: &ImportContext,
    ) -> Option<Self> {
        let (vendor, place, schedule) = if kind == vergic::KIND.name {
            let (settings, place, schedule) = vergic::Settings::read(section, context)?;
            (Vendor::Vergic(settings), place, schedule)
        } else if kind == sangoma::KIND.name {
            let (settings, place, schedule) = sangoma::Settings::read(section, context)?;
            (Vendor::Sangoma(settings), place, schedule)
        } else {
            return None;
        };
        Some(Self {
            id,
            vendor,
            place,
            interval: schedule.interval,
            history: schedule.history,
            settle: schedule.settle,
            keep: context.keep,
        })
    }
}
