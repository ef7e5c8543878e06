//! The roster of the simulated contact center: queues, agents, topics of chats, reasons for
//! pauses. Tables only.

use std::ops::Range;

/// An index into [`QUEUES`].
pub type QueueNo = usize;
/// An index into [`AGENTS`].
pub type AgentNo = usize;

/// The vendor whose system a queue belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Vngage's: its queues are competence groups.
    Chat,
    /// Genesys': its queues are virtual queues of a switch.
    Phone,
}

/// A queue of either channel.
#[derive(Debug)]
pub struct SimQueue {
    pub(crate) channel: Channel,
    /// The name that people see.
    pub name: &'static str,
    /// The object in Stat Server, for phone queues.
    pub object: &'static str,
    /// The agent group in Stat Server that serves it.
    pub(crate) agent_group: &'static str,
    /// The share of its channel's contacts.
    pub(crate) share: f64,
    /// The usual length of a conversation and of its wrap-up, in seconds.
    pub(crate) talk: f64,
    pub(crate) wrap_up: f64,
    /// Shares of closed chats: positive, neutral, negative; the rest is unresolved.
    pub(crate) outcomes: [f64; 3],
}

/// An agent of either channel. The first queue is the agent's main queue.
#[derive(Debug)]
pub struct SimAgent {
    /// The agent's own name.
    pub name: &'static str,
    /// The name that chat visitors see.
    pub(crate) display_name: &'static str,
    /// The mailbox of a chat agent, the employee id of a phone agent.
    pub key: &'static str,
    pub(crate) queues: &'static [QueueNo],
    /// The most simultaneous contacts.
    pub(crate) slots: u32,
}

/// A reason why a phone agent is not ready.
#[derive(Debug)]
pub struct PauseReason {
    /// The code that the vendor reports.
    pub code: &'static str,
    /// The meaning of the code.
    pub description: &'static str,
    /// The share of all pauses.
    pub(crate) share: f64,
    /// The shortest and the longest duration, in seconds.
    pub(crate) lasts: (f64, f64),
}

const SALES: QueueNo = 0;
/// The chat queue that has a phone counterpart.
pub const SUPPORT: QueueNo = 1;
/// The queue of the first staged incident.
pub(crate) const BILLING: QueueNo = 2;
const RETURNS: QueueNo = 3;
const PARTNER: QueueNo = 4;
const COMPLAINTS: QueueNo = 5;
const SALES_LINE: QueueNo = 6;
/// That counterpart.
pub const SUPPORT_LINE: QueueNo = 7;
const BILLING_LINE: QueueNo = 8;
const RETURNS_LINE: QueueNo = 9;
const REPAIRS_LINE: QueueNo = 10;

const CHAT: SimQueue = SimQueue {
    channel: Channel::Chat,
    name: "",
    object: "",
    agent_group: "",
    share: 0.0,
    talk: 0.0,
    wrap_up: 0.0,
    outcomes: [0.0; 3],
};
const LINE: SimQueue = SimQueue {
    channel: Channel::Phone,
    wrap_up: 18.0,
    ..CHAT
};

/// All queues, those of chats first.
#[rustfmt::skip]
pub const QUEUES: [SimQueue; 11] = [
    SimQueue { name: "Sales", share: 0.27, talk: 46.0, outcomes: [0.58, 0.22, 0.06], ..CHAT },
    SimQueue { name: "Support", share: 0.26, talk: 54.0, outcomes: [0.56, 0.18, 0.08], ..CHAT },
    SimQueue { name: "Billing", share: 0.15, talk: 42.0, outcomes: [0.60, 0.20, 0.08], ..CHAT },
    SimQueue { name: "Returns", share: 0.16, talk: 38.0, outcomes: [0.62, 0.22, 0.05], ..CHAT },
    SimQueue { name: "Partner", share: 0.08, talk: 52.0, outcomes: [0.64, 0.22, 0.03], ..CHAT },
    SimQueue { name: "Complaints", share: 0.08, talk: 58.0, outcomes: [0.34, 0.24, 0.22], ..CHAT },
    SimQueue { name: "Sales line", object: "9001@SIP_Switch", agent_group: "VG_Sales", share: 0.28, talk: 115.0, ..LINE },
    SimQueue { name: "Support line", object: "9002@SIP_Switch", agent_group: "VG_Support", share: 0.26, talk: 140.0, ..LINE },
    SimQueue { name: "Billing line", object: "9003@SIP_Switch", agent_group: "VG_Billing", share: 0.20, talk: 95.0, ..LINE },
    SimQueue { name: "Returns line", object: "9004@SIP_Switch", agent_group: "VG_Returns", share: 0.15, talk: 80.0, ..LINE },
    SimQueue { name: "Repairs line", object: "9005@SIP_Switch", agent_group: "VG_Repairs", share: 0.11, talk: 125.0, ..LINE },
];

/// All agents, those of chats first.
#[rustfmt::skip]
pub const AGENTS: [SimAgent; 44] = [
    agent("astrid.lindqvist", "Astrid Lindqvist", "Astrid", &[SALES], 2),
    agent("juergen.weiss", "Jürgen Weiß", "Jürgen", &[SUPPORT, BILLING], 2),
    agent("layla.haddad", "ليلى حداد", "ليلى", &[BILLING, RETURNS], 2),
    agent("misaki.sato", "佐藤 美咲", "美咲", &[RETURNS], 1),
    agent("malgorzata.wojcik", "Małgorzata Wójcik", "Małgosia", &[PARTNER, SALES], 2),
    agent("ayse.yildirim", "Ayşe Yıldırım", "Ayşe", &[COMPLAINTS], 1),
    agent("lucia.fernandez", "Lucía Fernández Núñez", "Lucía", &[SALES, RETURNS], 2),
    agent("priya.sharma", "प्रिया शर्मा", "प्रिया", &[SUPPORT], 3),
    agent("bjorn.akesson", "Björn Åkesson", "Björn", &[BILLING], 1),
    agent("anneliese.schroeder", "Anneliese Schröder-Großmann", "Anneliese", &[RETURNS, SUPPORT], 2),
    agent("omar.almasri", "عمر المصري", "عمر", &[PARTNER], 1),
    agent("kenta.tanaka", "田中 健太", "健太", &[COMPLAINTS, SUPPORT], 2),
    agent("pawel.zukowski", "Paweł Żukowski", "Paweł", &[SUPPORT], 2),
    agent("caglar.ozturk", "Çağlar Öztürk", "Çağlar", &[SALES], 1),
    agent("inigo.etxeberria", "Íñigo Etxeberria", "Íñigo", &[BILLING, SALES], 2),
    agent("arjun.varma", "अर्जुन वर्मा", "अर्जुन", &[RETURNS], 2),
    agent("siobhan.oreilly", "Siobhán O'Reilly", "Siobhán", &[COMPLAINTS], 2),
    agent("noel.lefevre", "Noël Lefèvre", "Noël", &[SUPPORT, PARTNER], 1),
    agent("huong.nguyen", "Nguyễn Thị Hương", "Hương", &[SALES], 2),
    agent("olena.shevchenko", "Олена Шевченко", "Олена", &[BILLING, COMPLAINTS], 1),
    agent("giorgos.papadopoulos", "Γιώργος Παπαδόπουλος", "Γιώργος", &[PARTNER], 2),
    agent("joao.goncalves", "João Gonçalves", "João", &[RETURNS, COMPLAINTS], 1),
    agent("minjun.kim", "김민준", "민준", &[SUPPORT, SALES], 2),
    agent("zoe.vanderberg", "Zoë van der Berg", "Zoë", &[SALES, SUPPORT], 2),
    agent("5101", "Astrid L.", "", &[SALES_LINE, BILLING_LINE], 1),
    agent("5102", "Paweł Ż.", "", &[SUPPORT_LINE, REPAIRS_LINE], 1),
    agent("5103", "Chloé D.", "", &[BILLING_LINE, SALES_LINE], 1),
    agent("5104", "Marek N.", "", &[RETURNS_LINE, BILLING_LINE], 1),
    agent("5105", "Fatima B.", "", &[REPAIRS_LINE, SUPPORT_LINE], 1),
    agent("5106", "Ingrid S.", "", &[SALES_LINE, RETURNS_LINE], 1),
    agent("5107", "Rahul M.", "", &[SUPPORT_LINE, REPAIRS_LINE], 1),
    agent("5108", "Sofie J.", "", &[BILLING_LINE, REPAIRS_LINE], 1),
    agent("5109", "Tomás H.", "", &[SALES_LINE, SUPPORT_LINE], 1),
    agent("5110", "Aoife M.", "", &[SUPPORT_LINE, RETURNS_LINE], 1),
    agent("5111", "Lars H.", "", &[RETURNS_LINE, REPAIRS_LINE], 1),
    agent("5112", "Selin K.", "", &[BILLING_LINE, SUPPORT_LINE], 1),
    agent("5113", "Andrei P.", "", &[SALES_LINE, BILLING_LINE], 1),
    agent("5114", "Emma V.", "", &[SUPPORT_LINE, SALES_LINE], 1),
    agent("5115", "Ivana K.", "", &[REPAIRS_LINE, RETURNS_LINE], 1),
    agent("5116", "Mateus O.", "", &[SALES_LINE, BILLING_LINE], 1),
    agent("5117", "Yasmin A.", "", &[RETURNS_LINE, SUPPORT_LINE], 1),
    agent("5118", "Henrik D.", "", &[BILLING_LINE, REPAIRS_LINE], 1),
    agent("5119", "Giulia R.", "", &[SALES_LINE, SUPPORT_LINE], 1),
    agent("5120", "Oskar W.", "", &[SUPPORT_LINE, REPAIRS_LINE], 1),
];

/// Agents known to both channels: their chat mailbox and their employee id.
pub const ON_BOTH_CHANNELS: [(&str, &str); 2] =
    [("astrid.lindqvist", "5101"), ("pawel.zukowski", "5102")];

pub(crate) const OPPORTUNITIES: [&str; 6] = [
    "Hesitates at checkout",
    "Searched twice without a click",
    "Third visit to the help pages",
    "Reads an invoice for over a minute",
    "Looks at the return policy",
    "Contact page",
];

/// Topics of chats: solutions and case types, each with the queue that they lead to.
pub(crate) const TOPICS: [(QueueNo, &str, &str); 12] = [
    (SALES, "Chat: buying advice", "Order"),
    (SALES, "Chat: business offer", "Quotation"),
    (SUPPORT, "Chat: technical help", "Fault"),
    (SUPPORT, "Video: set-up together", "Installation"),
    (BILLING, "Chat: my invoice", "Invoice question"),
    (BILLING, "Chat: payment", "Payment plan"),
    (RETURNS, "Chat: send back", "Return"),
    (RETURNS, "Chat: where is my parcel", "Delivery"),
    (PARTNER, "Chat: partner desk", "Reseller order"),
    (PARTNER, "Chat: partner portal", "Portal access"),
    (COMPLAINTS, "Chat: not satisfied", "Complaint"),
    (COMPLAINTS, "Chat: speak to a lead", "Escalation"),
];

/// The switch makes an agent not ready who doesn't answer a ringing call.
pub(crate) const UNANSWERED: usize = 0;

/// All reasons for a pause.
#[rustfmt::skip]
pub const PAUSES: [PauseReason; 5] = [
    PauseReason { code: "90", description: "Did not answer", share: 0.0, lasts: (30.0, 90.0) },
    PauseReason { code: "10", description: "Break", share: 0.38, lasts: (180.0, 600.0) },
    PauseReason { code: "11", description: "Lunch", share: 0.14, lasts: (900.0, 1800.0) },
    PauseReason { code: "20", description: "Training", share: 0.12, lasts: (600.0, 1500.0) },
    PauseReason { code: "30", description: "Follow-up", share: 0.36, lasts: (60.0, 300.0) },
];

impl Channel {
    /// Both channels.
    pub const ALL: [Self; 2] = [Self::Chat, Self::Phone];

    /// The channel's queues.
    pub fn queues(self) -> Range<QueueNo> {
        match self {
            Self::Chat => 0..SALES_LINE,
            Self::Phone => SALES_LINE..QUEUES.len(),
        }
    }

    /// The channel's agents.
    pub fn agents(self) -> Range<AgentNo> {
        const CHAT_AGENTS: usize = 24;
        match self {
            Self::Chat => 0..CHAT_AGENTS,
            Self::Phone => CHAT_AGENTS..AGENTS.len(),
        }
    }
}

impl SimAgent {
    pub(crate) fn channel(&self) -> Channel {
        QUEUES[self.queues[0]].channel
    }

    pub(crate) fn serves(&self, queue: QueueNo) -> bool {
        self.queues.contains(&queue)
    }
}

impl SimQueue {
    /// The number that callers dial.
    pub(crate) fn number(&self) -> &'static str {
        self.object.split('@').next().unwrap_or_default()
    }
}

const fn agent(
    key: &'static str,
    name: &'static str,
    display_name: &'static str,
    queues: &'static [QueueNo],
    slots: u32,
) -> SimAgent {
    SimAgent {
        name,
        display_name,
        key,
        queues,
        slots,
    }
}
