//! End reasons: how a call left its queue, where an export has its own texts for it.

/// The meaning of an end reason's text: `[sources.*.end_by]` of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The caller left before an agent answered.
    Abandoned,
    /// It left by a key, an overflow or a time-out.
    FlowOut,
    /// It was answered and passed on.
    Transferred,
}

impl EndReason {
    pub const ALL: [Self; 3] = [Self::Abandoned, Self::FlowOut, Self::Transferred];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abandoned => "abandoned",
            Self::FlowOut => "flow_out",
            Self::Transferred => "transferred",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}
