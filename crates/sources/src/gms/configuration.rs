//! `kind = "gms"`: the Stat Server API of Genesys Mobile Services.

use std::{sync::Arc, time::Duration};

use crate::{
    DiscoveredNames, ProbeResult, VendorSettings,
    statserver::{self, NameDiscovery, Statistic, StatisticReader},
};
use wallboard_domain::{
    CustomFigure, FieldInput, FileOnlyReason, FormField, RedactedText, SourceFeed, SourceId,
    SourceKind, SourceSetup, SourceStarter, TableForm,
};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, HttpAddress, read_http_address};

use super::{GmsSettings, GmsSource, GmsStatistic, KIND, probe};

/// The keys for requesting a statistic.
#[derive(Clone)]
struct GmsStatisticKeys {
    tenant: String,
    tenant_password: RedactedText,
    notification_mode: Option<String>,
}

/// The key of a statistic's name.
const NAME_KEY: &str = "stat";
const URL: &str = "http://gms.example.com:8080/genesys/1";

impl GmsSettings {
    fn all_statistics(&self) -> impl Iterator<Item = &Statistic> {
        self.statistics.iter().map(|entry| &entry.statistic)
    }
}

const FIELDS: &[FormField] = &[
    FormField::new("base_url", "gms_base_url", FieldInput::Lines,
    )
    .required()
    .address(),
    FormField::new("username", "gms_username", FieldInput::Text,
    ),
    FormField::new("password", "statserver_password", FieldInput::Secret,
    ),
    FormField::new("statistics", "gms_statistics", FieldInput::Tables(
            r#"{ metric = "waiting", object_type = "Queue", objects = ["9002@SIP_Switch"], stat = "CurrNumberWaitingCalls" }"#,
        ),
    )
    .required(),
    FormField::new("interval", "statserver_interval", FieldInput::Text,
    )
    .advanced(),
    FormField::new("max_age", "gms_max_age", FieldInput::Text,
    )
    .advanced(),
    FormField::new("states", "statserver_states", FieldInput::Pairs,
    )
    .advanced(),
    FormField::new("reasons", "statserver_reasons", FieldInput::Pairs,
    )
    .advanced(),
    FormField::new("allow_plaintext", "gms_allow_plaintext", FieldInput::Switch,
    )
    .advanced(),
];

impl VendorSettings for GmsSettings {
    const KIND: SourceKind = KIND;
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::Calls,
        system: "Genesys Mobile Services (GMS)",
        lines: r#"[sources.voice]
kind = "gms"
base_url = "https://gms.example.com/genesys/1"

[[sources.voice.statistics]]
metric = "waiting"
object_type = "Queue"
objects = ["9002@SIP_Switch"]
stat = "CurrNumberWaitingCalls""#,
    };
    const FORM: TableForm = TableForm {
        fields: FIELDS,
        only_in_files: &[("ca_file", FileOnlyReason::ServerFile)],
    };
    const DISCOVERY_KEY: Option<&'static str> = Some(NAME_KEY);
    type Source = GmsSource;

    /// Reads every key before it fails on a missing one, so that one run reports all faults.
    fn read(
        id: SourceId,
        section: ConfigSection<'_, '_>,
        _: &[CustomFigure],
    ) -> Option<(SourceSetup, Self)> {
        let allow_plaintext = section
            .entry("allow_plaintext")
            .and_then(|e| e.read_boolean());
        let from_keys = read_credentials(&section);
        let base_url = section.required_entry("base_url", &format!("base_url = [\"{URL}\"]"));
        let urls = base_url
            .and_then(|entry| read_urls(&entry, from_keys, allow_plaintext.unwrap_or(false)));
        let ca_file = section.entry("ca_file").and_then(|e| e.read_file_path());
        let interval = section
            .entry("interval")
            .and_then(|entry| statserver::read_interval(&entry));
        let max_age = section
            .entry("max_age")
            .and_then(|entry| read_max_age(&entry));
        let states = section
            .entry("states")
            .map(|entry| statserver::read_states(&entry));
        let reasons = section.entry("reasons").map(|entry| entry.read_map());
        let example = r#"metric = "waiting", object_type = "Queue", objects = ["…"], stat = "CurrNumberWaitingCalls" and tenant = "Environment""#;
        let statistics =
            StatisticReader::read_all(&id, NAME_KEY, &section, example, |section, _| {
                read_statistic(section)
            });
        section.finish_section();

        let (base_urls, credentials) = urls?;
        let statistics: Vec<_> = (statistics.into_iter())
            .map(|(statistic, stat)| GmsStatistic {
                statistic,
                tenant: stat.tenant,
                tenant_password: stat.tenant_password,
                notification_mode: stat.notification_mode,
            })
            .collect();
        let setup = SourceSetup {
            provides: statserver::provided_metrics(statistics.iter().map(|entry| &entry.statistic)),
            ..SourceSetup::new(id.clone(), Self::KIND)
        };
        let settings = Self {
            id,
            base_urls,
            credentials,
            ca_file,
            interval: interval.unwrap_or(Duration::from_secs(5)),
            max_age: max_age.unwrap_or(Duration::from_secs(2)),
            states: states.unwrap_or_default(),
            reasons: reasons.unwrap_or_default().into_iter().collect(),
            statistics,
        };
        Some((setup, settings))
    }

    fn id(&self) -> &SourceId {
        &self.id
    }

    fn source(self) -> GmsSource {
        GmsSource::new(self)
    }

    async fn probe(&self) -> ProbeResult {
        let findings = probe::probe_statistics(self).await?;
        Ok(findings.into_report(&self.id))
    }

    fn metric_count(&self) -> usize {
        self.statistics.len()
    }

    async fn discover(&self) -> ProbeResult<DiscoveredNames> {
        let discovery = NameDiscovery {
            source: &self.id,
            name_key: NAME_KEY,
            configured: self.all_statistics().collect(),
        };
        let probe = async |statistics: &[_]| probe::discover_statistics(self, statistics).await;
        discovery.run(probe).await
    }

    /// Warns about an unusual path too, where GMS would reject each statistic separately.
    fn notes(&self) -> Vec<String> {
        let is_usual = |url: &String| url.ends_with("/genesys/1");
        let unusual = (!self.base_urls.iter().all(is_usual)).then(|| {
            format!(
                "[sources.{}] base_url: GMS addresses end in /genesys/1; is it missing?",
                self.id
            )
        });
        let booked = statserver::booked_queue_notes(&self.id, self.all_statistics());
        unusual.into_iter().chain(booked).collect()
    }
}

type GmsCredentials = (String, RedactedText);

fn read_credentials(section: &ConfigSection<'_, '_>) -> Option<GmsCredentials> {
    let (username, password) = (section.entry("username"), section.entry("password"));
    match (&username, &password) {
        (Some(name), None) => name.report_key_fault("is set alone", "set `password` too"),
        (None, Some(password)) => password.report_key_fault("is set alone", "set `username` too"),
        _ => {}
    }
    let username = username.and_then(|entry| entry.read_nonempty_text());
    let password = password.and_then(|entry| entry.read_secret());
    username.zip(password)
}

/// Reads the nodes and the credentials that they share.
fn read_urls(
    entry: &ConfigEntry<'_, '_>,
    from_keys: Option<GmsCredentials>,
    allow_plaintext: bool,
) -> Option<(Vec<String>, Option<GmsCredentials>)> {
    const ENDS: [&str; 3] = ["/statistic", "/statistics", "/internal_statistic"];
    let wanted = format!("a list of addresses such as [\"{URL}\"]");
    let nodes = entry.read_one_or_more(&wanted)?;
    if nodes.is_empty() {
        entry.report_fault("is empty", &format!("it must be {wanted}"));
        return None;
    }

    let has_keys = from_keys.is_some();
    let mut credentials = from_keys;
    let mut urls: Vec<String> = Vec::new();
    for node in &nodes {
        let HttpAddress {
            url,
            credentials: embedded,
            is_unencrypted: is_open,
        } = read_http_address(node, URL, &ENDS)?;
        match (&credentials, embedded) {
            (Some(_), Some(_)) if has_keys => node.report_fault(
                "contains a user and password, and so do `username` and `password`",
                "remove them from the address",
            ),
            (Some(earlier), Some(embedded)) if *earlier != embedded => node.report_fault(
                "has a different user or password than an earlier address",
                "all addresses are nodes of one GMS: set `username` and `password` once",
            ),
            (None, Some(embedded)) => credentials = Some(embedded),
            _ => {}
        }
        if is_open && credentials.is_some() && !allow_plaintext {
            node.report_fault(
                "http:// would send the password unencrypted",
                "use https://, or set allow_plaintext = true to accept that",
            );
        }
        if urls.contains(&url) {
            node.report_fault("is listed twice", "remove one of them");
        }
        urls.push(url);
    }
    Some((urls, credentials))
}

/// Reads `max_age`, which HTTP expresses in whole seconds.
fn read_max_age(entry: &ConfigEntry<'_, '_>) -> Option<Duration> {
    let length = entry.read_duration(Duration::from_secs(1)..=Duration::from_hours(1))?;
    if length.subsec_nanos() != 0 {
        entry.report_fault("isn't in whole seconds", "write \"1s\", \"2s\" or more");
        return None;
    }
    Some(length)
}

fn read_statistic(section: &ConfigSection<'_, '_>) -> Option<(Arc<str>, GmsStatisticKeys)> {
    let name = section.required_entry("stat", r#"stat = "CurrNumberWaitingCalls""#);
    let name = name.and_then(|entry| entry.read_nonempty_text());
    let tenant = section
        .entry("tenant")
        .and_then(|entry| entry.read_nonempty_text());
    let password = section
        .entry("tenant_password")
        .and_then(|entry| entry.read_secret());
    let mode = section
        .entry("notification_mode")
        .and_then(|entry| entry.read_word(&["NoNotification", "Reset", "Immediate"]));
    let stat = GmsStatisticKeys {
        tenant: tenant.unwrap_or_else(|| "Environment".to_owned()),
        tenant_password: password.unwrap_or_default(),
        notification_mode: mode.map(str::to_owned),
    };
    Some((name?.into(), stat))
}
