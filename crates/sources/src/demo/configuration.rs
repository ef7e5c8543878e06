//! The table of a demo: nothing but its kind.

use wallboard_domain::{
    CustomFigure, SourceFeed, SourceId, SourceKind, SourceSetup, SourceStarter, TableForm,
};
use wallboard_simulator::chat;
use wallboard_toml_reader::ConfigSection;

use crate::{ProbeReport, ProbeResult, VendorSettings};

use super::{DemoSettings, DemoSource, KIND};

impl VendorSettings for DemoSettings {
    const KIND: SourceKind = KIND;
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::Demo,
        system: "",
        lines: "[sources.demo]\nkind = \"demo\"",
    };
    const FORM: TableForm = TableForm {
        fields: &[],
        only_in_files: &[],
    };
    type Source = DemoSource;

    fn read(
        id: SourceId,
        section: ConfigSection<'_, '_>,
        _: &[CustomFigure],
    ) -> Option<(SourceSetup, Self)> {
        section.finish_section();
        let setup = SourceSetup {
            demo: true,
            // Each solution leads to one group, so that a waiting chat has a queue.
            entry_queues: chat::group_by_solution(),
            ..SourceSetup::new(id.clone(), KIND)
        };
        Some((setup, Self { id }))
    }

    fn id(&self) -> &SourceId {
        &self.id
    }

    fn source(self) -> DemoSource {
        DemoSource { id: self.id }
    }

    async fn probe(&self) -> ProbeResult {
        Ok(ProbeReport {
            summary: Some("simulates a contact center".to_owned()),
            ..ProbeReport::default()
        })
    }
}
