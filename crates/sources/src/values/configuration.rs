//! `kind = "values"`: a system that sends its values to our API.

use std::time::Duration;

use wallboard_domain::{
    FieldInput, FormField, SourceFeed, SourceId, SourceKind, SourceSetup, SourceStarter, TableForm,
};
use wallboard_toml_reader::ConfigSection;

use crate::{ProbeReport, ProbeResult, ProbedPart, VendorSettings};
use wallboard_runtime::ingest::ProcessClock;

use super::{
    Deliveries, KIND, PollError, ValuesSettings, ValuesSource,
    batch::{BatchRules, read_batch},
    known_subjects::KnownSubjects,
    poll_configuration::read_poll,
    poller::Poller,
};

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
            "How long a value is valid",
            "1m unless set. A value that isn’t sent again by then is out of date.",
            FieldInput::Text,
        )],
        only_in_files: &[],
    };
    type Source = ValuesSource;

    fn read(id: SourceId, section: ConfigSection<'_, '_>) -> Option<(SourceSetup, Self)> {
        let valid_for = section
            .entry("valid_for")
            .and_then(|entry| entry.read_duration(VALID_FOR_MIN..=VALID_FOR_MAX))
            .unwrap_or(VALID_FOR);
        let poll = read_poll(&section, valid_for);
        section.finish_section();

        let settings = Self {
            id: id.clone(),
            valid_for,
            poll,
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

    /// Asks the address once; a system that sends its values has none.
    async fn probe(&self) -> ProbeResult {
        let Some(settings) = &self.poll else {
            return Ok(ProbeReport {
                summary: Some("sends its values to the API".to_owned()),
                ..ProbeReport::default()
            });
        };
        let reply = Poller::new(settings.clone())?.poll(&self.id).await?;
        let clock = ProcessClock::start_now();
        let rules = BatchRules {
            source: &self.id,
            valid_for: self.valid_for,
            now: clock.now(),
        };
        if let Err(mut faults) = read_batch(&reply.batch, &rules, &mut KnownSubjects::default()) {
            return Err(PollError::Values(faults.swap_remove(0)).into());
        }
        let part = |note: String| ProbedPart {
            name: "reply".to_owned(),
            fault: Some(note),
        };
        Ok(ProbeReport {
            summary: Some(format!(
                "queues: {}, agents: {}",
                reply.queues, reply.agents
            )),
            faulty_metrics: reply.notes.into_iter().map(part).collect(),
            ..ProbeReport::default()
        })
    }
}
