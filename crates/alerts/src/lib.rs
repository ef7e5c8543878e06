//! Alerts: a subject that a rule watches needs somebody, somebody takes it, it is over. A pure state
//! machine over findings in the live state: it reads no clock, sends nothing and writes no text. The
//! caller keeps the book, and sends its notices.

mod actions;
mod agent_alerts;
mod agent_finding;
mod alert;
mod alert_book;
mod alert_level;
mod alert_rule;
mod dwell;
mod ending;
mod figure_finding;
mod finding;
mod notice;
mod queue_states;
mod reading;
mod rehearsal;
mod rule_firings;
mod silence;
mod site_hours;
mod telling;
#[cfg(test)]
mod tests;
mod worst_values;

pub use actions::{ActionFault, AlertAction, NOTE_MAX};
pub use agent_alerts::AGENTS_OPEN_MAX;
pub use agent_finding::is_agent_gone;
pub use alert::{
    Alert, AlertClosing, AlertFigure, AlertId, AlertLevel, AlertNote, AlertOwner, AlertSound,
    AlertSubject, AlertValue,
};
pub use alert_book::{AdvancedAlerts, AlertBook, BookChange, OPEN_MAX};
pub use alert_rule::{AlertRule, AlertScope};
pub use dwell::Dwell;
pub use finding::AlertFinding;
pub use notice::{AlertNotice, NoticeKind};
pub use queue_states::QueueStates;
pub use reading::{OtherReadings, Reading};
pub use rehearsal::{FigureHistory, Firing, RuleHistory, RuleRehearsal};
pub use rule_firings::RuleFirings;
pub use silence::{
    AlertSilence, SILENCE_DAYS_MAX, SILENCE_REASON_MAX, SILENCES_MAX, SilenceFault, SilenceId,
    SilenceScope,
};
pub use worst_values::WorstValues;
