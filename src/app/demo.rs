//! The demo's past: the telephone side's export of ten weeks, written at the start and
//! taken in by the real importer, while the demo answers already.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tracing::warn;

use crate::{
    domain::{Site, SourceId},
    history::import::{Place, Sangoma, Source, Vendor},
    sources::simulator::{self, voice::export},
    store::step_aside,
};

/// What it is called among the sources.
pub(super) const EXPORT: &str = "export";
const DAY: Duration = Duration::from_hours(24);

/// The export as a source, in a folder of the demo's own.
pub(super) fn source(telephone: &simulator::Settings, site: &Site, folder: &Path) -> Source {
    Source {
        id: EXPORT.into(),
        vendor: Vendor::Sangoma(Sangoma {
            tenant: export::TENANT,
            zone: telephone.zone.clone(),
            file_zone: telephone.zone.clone(),
            // They are nobody's.
            keep_contacts: true,
            end_by: Vec::new(),
            site: Arc::new(site.clone()),
        }),
        place: Place::Folder {
            path: folder.to_owned(),
            called: EXPORT.to_owned(),
        },
        interval: DAY,
        history: 400 * DAY,
        // All of it is written before the first look.
        settle: Duration::ZERO,
        keep: 400 * DAY,
    }
}

/// Writes the export; what a full disk leaves out is told by the importer too.
pub(super) async fn write(telephone: simulator::Settings, folder: PathBuf) {
    let write = move || export::write(&folder, &telephone, Timestamp::now());
    let result = match step_aside("demo", write) {
        Ok(written) => written
            .await
            .unwrap_or_else(|_| Err(io::Error::other("it ended unexpectedly"))),
        Err(error) => Err(error),
    };
    if let Err(error) = result {
        warn!(
            error = &error as &dyn std::error::Error,
            "The demo's past could not be written",
        );
    }
}

/// Ties the telephone's queues to their past.
pub(super) fn link(site: &mut Site, telephone: &SourceId) {
    for (ours, theirs) in export::links(telephone, &EXPORT.into()) {
        site.links.entry(ours).or_default().push(theirs);
    }
    for person in &mut site.people {
        let employees: Vec<_> = person
            .agents
            .iter()
            .filter(|id| id.source == *telephone)
            .collect();
        let past = employees
            .into_iter()
            .find_map(|id| export::agent(&EXPORT.into(), &id.external));
        person.agents.extend(past);
    }
}
