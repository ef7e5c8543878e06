//! Settings and statistics for tests.

use std::{collections::HashMap, time::Duration};

use crate::{
    RedactedText,
    statserver::{DeliveredUnit, Measure, Statistic},
};
use wallboard_domain::{Id, Metric, MetricSubject, SourceId};

use super::{GmsSettings, GmsStatistic};

/// A statistic for the expected wait of a queue.
pub(super) fn queue_statistic(object: &str) -> GmsStatistic {
    GmsStatistic {
        statistic: Statistic {
            name: "ExpectedWaitTime".into(),
            object_type: "Queue".into(),
            object: object.into(),
            subject: MetricSubject::Queue(Id::new(&SourceId::from("gms"), object)),
            measure: Measure::Figure(Metric::ExpectedWait),
            delivered: DeliveredUnit::Seconds,
            no_estimate_above: None,
        },
        tenant: "Environment".into(),
        tenant_password: RedactedText::default(),
        notification_mode: None,
    }
}

/// Settings with the queues `q0`, `q1` and so on, polled at `nodes` nodes every 5 s.
pub(super) fn test_settings(nodes: usize, queues: usize) -> GmsSettings {
    GmsSettings {
        id: "gms".into(),
        base_urls: (0..nodes)
            .map(|node| format!("http://gms-{node}:8080/genesys/1"))
            .collect(),
        credentials: Some(("default".into(), RedactedText("password".into()))),
        ca_file: None,
        interval: Duration::from_secs(5),
        max_age: Duration::from_secs(2),
        states: HashMap::new(),
        reasons: HashMap::new(),
        statistics: (0..queues)
            .map(|n| queue_statistic(&format!("q{n}")))
            .collect(),
    }
}
