//! Vngage's messages, by the vendor's routing keys. The keys are bound exactly as they are
//! here, on topic and direct exchanges alike.

use strum::{EnumIter, EnumString, IntoStaticStr};

/// The only message that we send: it requests all agents.
pub const COLLECT_KEY: &str = "configuration.agent.collect";

/// A known message, with its routing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(const_into_str)]
pub enum VngageEvent {
    #[strum(serialize = "case.created")]
    CaseCreated,
    #[strum(serialize = "case.opened")]
    CaseOpened,
    #[strum(serialize = "case.closed")]
    CaseClosed,
    #[strum(serialize = "case.transferred.toGroup")]
    CaseTransferred,
    #[strum(serialize = "case.visitorProfile")]
    CaseVisitorProfile,
    #[strum(serialize = "case.transcriptClosed")]
    CaseTranscriptClosed,
    #[strum(serialize = "group.loadChanged")]
    GroupLoadChanged,
    #[strum(serialize = "group.performanceTimers")]
    GroupPerformanceTimers,
    #[strum(serialize = "configuration.agent")]
    ConfigurationAgent,
    #[strum(serialize = "configuration.group")]
    ConfigurationGroup,
    #[strum(serialize = "configuration.opportunity")]
    ConfigurationOpportunity,
    #[strum(serialize = "configuration.solution")]
    ConfigurationSolution,
    #[strum(serialize = "configuration.caseType")]
    ConfigurationCaseType,
}

impl VngageEvent {
    /// Whether it reports a group's current state, which is useless once messages may be missing.
    pub fn is_group_event(self) -> bool {
        matches!(self, Self::GroupLoadChanged | Self::GroupPerformanceTimers)
    }

    /// Whether it changes if a case waits, is open or has ended.
    pub fn changes_case(self) -> bool {
        self.is_case_event() && self != Self::CaseVisitorProfile
    }

    /// Whether it is a step of a case, which is reported only once.
    pub fn is_case_event(self) -> bool {
        matches!(
            self,
            Self::CaseCreated
                | Self::CaseOpened
                | Self::CaseClosed
                | Self::CaseTransferred
                | Self::CaseVisitorProfile
                | Self::CaseTranscriptClosed
        )
    }
}
