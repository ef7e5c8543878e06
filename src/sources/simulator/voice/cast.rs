//! Who plays on the telephone: queues, agents, why they pause. Tables only.

use std::collections::HashMap;

/// A queue's place in [`QUEUES`].
pub(super) type QueueNo = usize;
/// An agent's place in [`AGENTS`].
pub(super) type AgentNo = usize;

/// A queue of the telephone switch.
#[derive(Debug)]
pub(super) struct Queue {
    /// As Stat Server knows it.
    pub(super) object: &'static str,
    /// The agent group that serves it there.
    pub(super) agents: &'static str,
    pub(super) name: &'static str,
    /// Of all callers, those who come here.
    pub(super) share: f64,
    /// A usual call, and what is left to do after it, in seconds.
    pub(super) talk: f64,
    pub(super) wrap_up: f64,
}

/// An agent. The first queue is the agent's own.
#[derive(Debug)]
pub(super) struct Agent {
    /// The employee id, by which Stat Server knows them.
    pub(super) object: &'static str,
    /// As boards show it.
    pub(super) name: &'static str,
    pub(super) queues: &'static [QueueNo],
}

/// Why an agent is not ready.
#[derive(Debug)]
pub(super) struct Pause {
    /// The vendor knows only this.
    pub(super) code: &'static str,
    pub(super) words: &'static str,
    /// Of all pauses.
    pub(super) share: f64,
    /// From and to, in seconds.
    pub(super) lasts: (f64, f64),
}

const SALES: QueueNo = 0;
pub(super) const SUPPORT: QueueNo = 1;
const BILLING: QueueNo = 2;
const RETURNS: QueueNo = 3;
const REPAIRS: QueueNo = 4;

pub(super) const QUEUES: [Queue; 5] = [
    queue("9001@SIP_Switch", "VG_Sales", "Sales line", 0.28, 115.0),
    queue("9002@SIP_Switch", "VG_Support", "Support line", 0.26, 140.0),
    queue("9003@SIP_Switch", "VG_Billing", "Billing line", 0.20, 95.0),
    queue("9004@SIP_Switch", "VG_Returns", "Returns line", 0.15, 80.0),
    queue("9005@SIP_Switch", "VG_Repairs", "Repairs line", 0.11, 125.0),
];

pub(super) const AGENTS: [Agent; 20] = [
    agent("5101", "Astrid L.", &[SALES, BILLING]),
    agent("5102", "Paweł Ż.", &[SUPPORT, REPAIRS]),
    agent("5103", "Chloé D.", &[BILLING, SALES]),
    agent("5104", "Marek N.", &[RETURNS, BILLING]),
    agent("5105", "Fatima B.", &[REPAIRS, SUPPORT]),
    agent("5106", "Ingrid S.", &[SALES, RETURNS]),
    agent("5107", "Rahul M.", &[SUPPORT, REPAIRS]),
    agent("5108", "Sofie J.", &[BILLING, REPAIRS]),
    agent("5109", "Tomás H.", &[SALES, SUPPORT]),
    agent("5110", "Aoife M.", &[SUPPORT, RETURNS]),
    agent("5111", "Lars H.", &[RETURNS, REPAIRS]),
    agent("5112", "Selin K.", &[BILLING, SUPPORT]),
    agent("5113", "Andrei P.", &[SALES, BILLING]),
    agent("5114", "Emma V.", &[SUPPORT, SALES]),
    agent("5115", "Ivana K.", &[REPAIRS, RETURNS]),
    agent("5116", "Mateus O.", &[SALES, BILLING]),
    agent("5117", "Yasmin A.", &[RETURNS, SUPPORT]),
    agent("5118", "Henrik D.", &[BILLING, REPAIRS]),
    agent("5119", "Giulia R.", &[SALES, SUPPORT]),
    agent("5120", "Oskar W.", &[SUPPORT, REPAIRS]),
];

/// No answer to a call that rang: the switch takes the agent out.
pub(super) const UNANSWERED: usize = 0;

pub(super) const PAUSES: [Pause; 5] = [
    pause("90", "Did not answer", 0.0, (30.0, 90.0)),
    pause("10", "Break", 0.38, (180.0, 600.0)),
    pause("11", "Lunch", 0.14, (900.0, 1800.0)),
    pause("20", "Training", 0.12, (600.0, 1500.0)),
    pause("30", "Follow-up", 0.36, (60.0, 300.0)),
];

/// The vendor's codes for pauses in words.
pub(super) fn reasons() -> HashMap<String, String> {
    let words = |pause: &Pause| (pause.code.to_owned(), pause.words.to_owned());
    PAUSES.iter().map(words).collect()
}

const fn queue(
    object: &'static str,
    agents: &'static str,
    name: &'static str,
    share: f64,
    talk: f64,
) -> Queue {
    Queue {
        object,
        agents,
        name,
        share,
        talk,
        wrap_up: 18.0,
    }
}

const fn agent(object: &'static str, name: &'static str, queues: &'static [QueueNo]) -> Agent {
    Agent {
        object,
        name,
        queues,
    }
}

const fn pause(code: &'static str, words: &'static str, share: f64, lasts: (f64, f64)) -> Pause {
    Pause {
        code,
        words,
        share,
        lasts,
    }
}
