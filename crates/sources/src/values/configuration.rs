//! `kind = "values"`: a system that sends its values to our API.

use std::time::Duration;

use wallboard_domain::{
    CustomFigure, FieldInput, FileOnlyReason, FormField, SourceFeed, SourceId, SourceKind,
    SourceSetup, SourceStarter, TableForm,
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

const FIELDS: &[FormField] = &[
    FormField::new("url", "values_url", FieldInput::Text).address(),
    FormField::new(
        "format",
        "values_format",
        FieldInput::Choice(&["json", "csv"]),
    ),
    FormField::new("authorization", "values_authorization", FieldInput::Secret),
    FormField::new("figures", "values_figures", FieldInput::Pairs),
    FormField::new("queues.list", "values_queues_list", FieldInput::Text),
    FormField::new("queues.id", "values_queues_id", FieldInput::Text),
    FormField::new("queues.name", "values_queues_name", FieldInput::Text),
    FormField::new("queues.metrics", "values_queues_metrics", FieldInput::Pairs),
    FormField::new("queues.figures", "values_queues_figures", FieldInput::Pairs),
    FormField::new("agents.list", "values_agents_list", FieldInput::Text),
    FormField::new("agents.id", "values_agents_id", FieldInput::Text),
    FormField::new("agents.name", "values_agents_name", FieldInput::Text),
    FormField::new("agents.state", "values_agents_state", FieldInput::Text),
    FormField::new("agents.states", "values_agents_states", FieldInput::Pairs),
    FormField::new("agents.metrics", "values_agents_metrics", FieldInput::Pairs),
    FormField::new("valid_for", "values_valid_for", FieldInput::Text).advanced(),
    FormField::new("interval", "values_interval", FieldInput::Text).advanced(),
    FormField::new("time", "values_time", FieldInput::Text).advanced(),
    FormField::new(
        "allow_plaintext",
        "values_allow_plaintext",
        FieldInput::Switch,
    )
    .advanced(),
];

impl VendorSettings for ValuesSettings {
    const KIND: SourceKind = KIND;
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::Values,
        system: "API",
        lines: "[sources.phone]\nkind = \"values\"",
    };
    const FORM: TableForm = TableForm {
        fields: FIELDS,
        only_in_files: &[("ca_file", FileOnlyReason::ServerFile)],
    };
    type Source = ValuesSource;

    fn read(
        id: SourceId,
        section: ConfigSection<'_, '_>,
        figures: &[CustomFigure],
    ) -> Option<(SourceSetup, Self)> {
        let valid_for = section
            .entry("valid_for")
            .and_then(|entry| entry.read_duration(VALID_FOR_MIN..=VALID_FOR_MAX))
            .unwrap_or(VALID_FOR);
        let figures = figures.iter().filter(|figure| figure.sources.contains(&id));
        let figures: Vec<_> = figures.cloned().collect();
        let poll = read_poll(&section, valid_for, &figures);
        section.finish_section();

        let settings = Self {
            id: id.clone(),
            valid_for,
            figures,
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
            figures: &self.figures,
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
                "queues: {}, agents: {}, figures: {}",
                reply.queues, reply.agents, reply.figures
            )),
            faulty_metrics: reply.notes.into_iter().map(part).collect(),
            ..ProbeReport::default()
        })
    }
}
