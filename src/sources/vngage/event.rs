//! The messages of Vngage, by the routing keys that the vendor gives them. On a
//! topic and on a direct exchange alike, a key is bound exactly as it stands here.

/// The one message that goes the other way: asks for all agents.
pub const COLLECT_KEY: &str = "configuration.agent.collect";

/// A message that we know.
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

    /// Said of a group as it is now: worth nothing once something may have been missed.
    pub fn is_group_event(self) -> bool {
        matches!(self, Self::GroupLoadChanged | Self::GroupPerformanceTimers)
    }

    /// Changes whether a case waits, is open or is over.
    pub fn changes_case(self) -> bool {
        self.is_case_event() && self != Self::CaseVisitorProfile
    }

    /// One of a case's steps, each said once and never again.
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
    fn every_key_leads_back_to_its_event() {
        for event in VngageEvent::ALL {
            assert_eq!(
                VngageEvent::from_routing_key(event.routing_key()),
                Some(event)
            );
        }
    }
}
