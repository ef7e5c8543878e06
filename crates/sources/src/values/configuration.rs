//! `kind = "values"`: a system that sends its values to our API.

use std::time::Duration;

use wallboard_domain::{
    FieldInput, FormField, SourceFeed, SourceId, SourceKind, SourceSetup, SourceStarter, TableForm,
};
use wallboard_toml_reader::ConfigSection;

use crate::{ProbeReport, ProbeResult, VendorSettings};

use super::{Deliveries, KIND, ValuesSettings, ValuesSource};

const VALID_FOR: Duration = Duration::from_mins(1);
const VALID_FOR_MIN: Duration = Duration::from_secs(2);
const VALID_FOR_MAX: Duration = Duration::from_hours(24);

impl VendorSettings for ValuesSettings {
    const KIND: SourceKind = KIND;
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::Values,
        system: "API",
        lines: "[sources.phone]\nkind = \"values\"",
    };
    const FORM: TableForm = TableForm {
        fields: &[FormField::new(
            "valid_for",
            "values_valid_for",
            FieldInput::Text,
        )],
        only_in_files: &[],
    };
    type Source = ValuesSource;

    fn read(id: SourceId, section: ConfigSection<'_, '_>) -> Option<(SourceSetup, Self)> {
        let valid_for = section
            .entry("valid_for")
            .and_then(|entry| entry.read_duration(VALID_FOR_MIN..=VALID_FOR_MAX));
        section.finish_section();

        let settings = Self {
            id: id.clone(),
            valid_for: valid_for.unwrap_or(VALID_FOR),
            deliveries: None,
        };
        Some((SourceSetup::new(id, KIND), settings))
    }

    fn id(&self) -> &SourceId {
        &self.id
    }

    fn attach(&mut self, deliveries: &Deliveries) {
        self.deliveries = Some(deliveries.clone());
    }

    fn source(self) -> ValuesSource {
        ValuesSource::new(self)
    }

    /// There is nothing to connect to.
    async fn probe(&self) -> ProbeResult {
        Ok(ProbeReport {
            summary: Some("sends its values to the API".to_owned()),
            ..ProbeReport::default()
        })
    }
}
