//! Rules of alerts of the demo: a queue in need, and a source that is lost.

use jiff::SignedDuration;

use wallboard_alerts::{AlertLevel, AlertRule, AlertScope};
use wallboard_domain::Pattern;

pub(super) fn sample_rules() -> Vec<AlertRule> {
    let everything = || vec![Pattern("*".to_owned())];
    let rule = |name: &str, scope| AlertRule {
        name: name.to_owned(),
        is_enabled: true,
        scope,
        dwell: SignedDuration::from_secs(30),
        tell: Vec::new(),
        again_after: None,
        tells_end: true,
        sound: Vec::new(),
        only_open: false,
    };
    vec![
        rule(
            "Queue in need",
            AlertScope::Queues {
                patterns: everything(),
                level: AlertLevel::Critical,
                metric: None,
            },
        ),
        rule("Source lost", AlertScope::Sources(everything())),
    ]
}
