//! Vngage's messages, by the vendor's routing keys. The keys are bound exactly as they are
//! here, on topic and direct exchanges alike.

/// The only message that we send: it requests all agents.
pub const COLLECT_KEY: &str = "configuration.agent.collect";

/// A known message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VngageEvent {
    CaseCreated,
    CaseOpened,
    CaseClosed,
    CaseTransferred,
    CaseVisitorProfile,
    CaseTranscriptClosed,
    GroupLoadChanged,
    GroupPerformanceTimers,
    ConfigurationAgent,
    ConfigurationGroup,
    ConfigurationOpportunity,
    ConfigurationSolution,
    ConfigurationCaseType,
}

impl VngageEvent {
    pub const ALL: [VngageEvent; 13] = [
        Self::CaseCreated,
        Self::CaseOpened,
        Self::CaseClosed,
        Self::CaseTransferred,
        Self::CaseVisitorProfile,
        Self::CaseTranscriptClosed,
        Self::GroupLoadChanged,
        Self::GroupPerformanceTimers,
        Self::ConfigurationAgent,
        Self::ConfigurationGroup,
        Self::ConfigurationOpportunity,
        Self::ConfigurationSolution,
        Self::ConfigurationCaseType,
    ];

    pub fn routing_key(self) -> &'static str {
        match self {
            Self::CaseCreated => "case.created",
            Self::CaseOpened => "case.opened",
            Self::CaseClosed => "case.closed",
            Self::CaseTransferred => "case.transferred.toGroup",
            Self::CaseVisitorProfile => "case.visitorProfile",
            Self::CaseTranscriptClosed => "case.transcriptClosed",
            Self::GroupLoadChanged => "group.loadChanged",
            Self::GroupPerformanceTimers => "group.performanceTimers",
            Self::ConfigurationAgent => "configuration.agent",
            Self::ConfigurationGroup => "configuration.group",
            Self::ConfigurationOpportunity => "configuration.opportunity",
            Self::ConfigurationSolution => "configuration.solution",
            Self::ConfigurationCaseType => "configuration.caseType",
        }
    }

    pub fn from_routing_key(key: &str) -> Option<Self> {
        Some(match key {
            "case.created" => Self::CaseCreated,
            "case.opened" => Self::CaseOpened,
            "case.closed" => Self::CaseClosed,
            "case.transferred.toGroup" => Self::CaseTransferred,
            "case.visitorProfile" => Self::CaseVisitorProfile,
            "case.transcriptClosed" => Self::CaseTranscriptClosed,
            "group.loadChanged" => Self::GroupLoadChanged,
            "group.performanceTimers" => Self::GroupPerformanceTimers,
            "configuration.agent" => Self::ConfigurationAgent,
            "configuration.group" => Self::ConfigurationGroup,
            "configuration.opportunity" => Self::ConfigurationOpportunity,
            "configuration.solution" => Self::ConfigurationSolution,
            "configuration.caseType" => Self::ConfigurationCaseType,
            _ => return None,
        })
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_routing_key_maps_back_to_its_event() {
        for event in VngageEvent::ALL {
            assert_eq!(
                VngageEvent::from_routing_key(event.routing_key()),
                Some(event)
            );
        }
    }
}
