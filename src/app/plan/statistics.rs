//! Sources whose vendor reckons statistics: from settings to what they need, and whom
//! they give figures of.

use std::{collections::HashMap, sync::Arc};

use crate::{
    domain::{Given, Metric, SourceId, Subject},
    settings,
    sources::{
        Hidden, genesys, gms,
        statserver::{Delivered, Measure, Statistic},
    },
};

pub(super) fn genesys(id: SourceId, settings: settings::Genesys) -> genesys::Settings {
    let auth = settings.auth;
    let asked = |(statistic, how)| genesys::Asked { statistic, how };
    genesys::Settings {
        id,
        base_url: settings.base_url,
        api_key: settings.api_key.as_ref().map(hidden).unwrap_or_default(),
        ca_file: settings.ca_file,
        mode: match settings.mode {
            settings::Mode::Subscribe => genesys::Mode::Subscribe,
            settings::Mode::Poll(interval) => genesys::Mode::Poll(interval),
        },
        transport: match settings.transport {
            settings::Transport::Auto => genesys::Transport::Auto,
            settings::Transport::LongPolling => genesys::Transport::LongPolling,
            settings::Transport::WebSocket => genesys::Transport::WebSocket,
        },
        chunk: settings.chunk,
        states: settings.states,
        reasons: settings.reasons,
        auth: genesys::Auth {
            token_url: auth.token_url,
            grant: match auth.password {
                Some((username, password)) => genesys::Grant::Password {
                    username,
                    password: hidden(&password),
                },
                None => genesys::Grant::ClientCredentials,
            },
            client_id: auth.client_id,
            client_secret: hidden(&auth.client_secret),
        },
        statistics: (settings.statistics.into_iter())
            .flat_map(|entry| {
                let (name, how) = how(&entry);
                each(entry, name, how)
            })
            .map(asked)
            .collect(),
    }
}

pub(super) fn gms(id: SourceId, settings: settings::Gms) -> gms::Settings {
    let asked = |(statistic, stat): (Statistic, settings::Stat)| gms::Asked {
        statistic,
        tenant: stat.tenant,
        tenant_password: hidden(&stat.tenant_password),
        notification_mode: stat.notification_mode,
    };
    gms::Settings {
        id,
        base_urls: settings.base_urls,
        credentials: (settings.credentials).map(|(username, word)| (username, hidden(&word))),
        ca_file: settings.ca_file,
        interval: settings.interval,
        max_age: settings.max_age,
        states: settings.states,
        reasons: settings.reasons,
        statistics: (settings.statistics.into_iter())
            .flat_map(|entry| {
                let (name, stat) = (Arc::from(&*entry.asked.name), entry.asked.clone());
                each(entry, name, stat)
            })
            .map(asked)
            .collect(),
    }
}

/// Whom these give figures of, each once, in the order of the configuration.
pub(super) fn gives<'s>(statistics: impl Iterator<Item = &'s Statistic>) -> Vec<Given> {
    let mut gives: Vec<Given> = Vec::new();
    let mut places: HashMap<&Subject, usize> = HashMap::new();
    for statistic in statistics {
        let place = *places.entry(&statistic.subject).or_insert(gives.len());
        if place == gives.len() {
            gives.push(Given {
                subject: statistic.subject.clone(),
                metrics: Vec::new(),
                statistics: Vec::new(),
                stance: false,
            });
        }
        match statistic.measure {
            Measure::Figure(metric) => {
                gives[place].metrics.push(metric);
                let words = (metric, called(statistic, metric));
                gives[place].statistics.push(words);
            }
            Measure::State => gives[place].stance = true,
            Measure::TimeInState => {}
        }
    }
    gives
}

/// `CurrNumberWaitingCalls of Queue 9002@SIP_Switch`
fn called(statistic: &Statistic, metric: Metric) -> Arc<str> {
    let name = match &*statistic.name {
        // A definition is called what it gives.
        name if name == metric.name() => "As the configuration defines it,",
        name => name,
    };
    format!("{name} of {} {}", statistic.object_type, statistic.object).into()
}

/// What people call it, and how the vendor knows it. A definition is called what it gives.
fn how(entry: &settings::Statistic<settings::How>) -> (Arc<str>, genesys::How) {
    match &entry.asked {
        settings::How::Name(name) => (name.as_str().into(), genesys::How::Name),
        settings::How::Definition(definition) => (
            entry.measure.name().into(),
            genesys::How::Definition(Arc::new(definition.clone())),
        ),
    }
}

/// One statistic per object.
fn each<A, H: Clone>(
    entry: settings::Statistic<A>,
    name: Arc<str>,
    how: H,
) -> impl Iterator<Item = (Statistic, H)> {
    let object_type: Arc<str> = entry.object_type.into();
    let measure = match entry.measure {
        settings::Measure::Figure(metric) => Measure::Figure(metric),
        settings::Measure::State => Measure::State,
        settings::Measure::TimeInState => Measure::TimeInState,
    };
    let delivered = match entry.unit {
        settings::Delivered::Count => Delivered::Count,
        settings::Delivered::Seconds => Delivered::Seconds,
        settings::Delivered::Milliseconds => Delivered::Milliseconds,
        settings::Delivered::Percent => Delivered::Percent,
        settings::Delivered::Ratio => Delivered::Ratio,
        settings::Delivered::State => Delivered::State,
    };
    entry.objects.into_iter().map(move |(object, subject)| {
        let statistic = Statistic {
            name: name.clone(),
            object_type: object_type.clone(),
            object: object.into(),
            subject,
            measure,
            delivered,
            no_estimate_above: entry.no_estimate_above,
        };
        (statistic, how.clone())
    })
}

fn hidden(secret: &settings::Secret) -> Hidden {
    Hidden(secret.reveal().to_owned())
}
