//! The roster of the simulated contact center: queues, agents, topics of chats, reasons for
//! pauses. Tables only.

use std::ops::Range;

use jiff::{Zoned, civil::Weekday};

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
    pub opens: BusinessHours,
}

/// When a queue is open, by the site's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusinessHours {
    Always,
    /// Monday to Friday, 08:00–17:00.
    Office,
    /// Every night, 22:00–06:00.
    Night,
}

/// An agent of either channel. The first queue is the agent's main queue.
#[derive(Debug)]
pub struct SimAgent {
    /// The agent's own name.
    pub name: &'static str,
    /// The mailbox of a chat agent, the employee id of a phone agent.
    pub key: &'static str,
    pub(crate) queues: &'static [QueueNo],
    /// When the agent's shift of eight hours begins, in hours since midnight by the site's clock.
    pub(crate) shift: f64,
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
    pub(crate) lasts: Range<f64>,
}

const SALES: QueueNo = 0;
/// The chat queue that has a phone counterpart.
pub const SUPPORT: QueueNo = 1;
/// The queue of the first surge.
pub(crate) const BILLING: QueueNo = 2;
const RETURNS: QueueNo = 3;
const BUSINESS: QueueNo = 4;
const COMPLAINTS: QueueNo = 5;
pub(crate) const SALES_LINE: QueueNo = 6;
/// That counterpart.
pub const SUPPORT_LINE: QueueNo = 7;
const BILLING_LINE: QueueNo = 8;
const RETURNS_LINE: QueueNo = 9;
const REPAIRS_LINE: QueueNo = 10;
const NIGHT_LINE: QueueNo = 11;

#[rustfmt::skip]
const CHAT: SimQueue = SimQueue {
    channel: Channel::Chat, name: "", object: "", agent_group: "", share: 0.0, talk: 0.0, wrap_up: 0.0,
    outcomes: [0.0; 3], opens: BusinessHours::Always,
};
#[rustfmt::skip]
const LINE: SimQueue = SimQueue { channel: Channel::Phone, wrap_up: 45.0, ..CHAT };

/// All queues, those of chats first.
#[rustfmt::skip]
pub const QUEUES: [SimQueue; 12] = [
    SimQueue { name: "Sales", share: 0.27, talk: 560.0, outcomes: [0.58, 0.22, 0.06], ..CHAT },
    SimQueue { name: "Support", share: 0.26, talk: 680.0, outcomes: [0.56, 0.18, 0.08], ..CHAT },
    SimQueue { name: "Billing", share: 0.15, talk: 520.0, outcomes: [0.60, 0.20, 0.08], ..CHAT },
    SimQueue { name: "Returns", share: 0.16, talk: 440.0, outcomes: [0.62, 0.22, 0.05], ..CHAT },
    SimQueue { name: "Business", share: 0.10, talk: 620.0, outcomes: [0.64, 0.22, 0.03], opens: BusinessHours::Office, ..CHAT },
    SimQueue { name: "Complaints", share: 0.08, talk: 720.0, outcomes: [0.34, 0.24, 0.22], ..CHAT },
    SimQueue { name: "Sales line", object: "9001@SIP_Switch", agent_group: "VG_Sales", share: 0.28, talk: 300.0, ..LINE },
    SimQueue { name: "Support line", object: "9002@SIP_Switch", agent_group: "VG_Support", share: 0.26, talk: 380.0, ..LINE },
    SimQueue { name: "Billing line", object: "9003@SIP_Switch", agent_group: "VG_Billing", share: 0.20, talk: 280.0, ..LINE },
    SimQueue { name: "Returns line", object: "9004@SIP_Switch", agent_group: "VG_Returns", share: 0.15, talk: 220.0, ..LINE },
    SimQueue { name: "Repairs and technician appointments", object: "9005@SIP_Switch", agent_group: "VG_Repairs", share: 0.11, talk: 340.0, ..LINE },
    SimQueue { name: "Night line", object: "9006@SIP_Switch", agent_group: "VG_Night", share: 0.20, talk: 300.0, opens: BusinessHours::Night, ..LINE },
];

/// All agents, those of chats first. Two serve both channels.
#[rustfmt::skip]
pub const AGENTS: [SimAgent; 64] = [
    agent("astrid.lindqvist", "Astrid Lindqvist", &[SALES, SUPPORT], 8.0),
    agent("juergen.weiss", "Jürgen Weiß", &[SUPPORT, BILLING, COMPLAINTS], 6.0),
    agent("layla.haddad", "Layla Haddad", &[BILLING, RETURNS, SALES, COMPLAINTS], 6.0),
    agent("misaki.sato", "Misaki Sato", &[RETURNS, SUPPORT, BILLING], 7.0),
    agent("malgorzata.wojcik", "Małgorzata Wójcik", &[BUSINESS, SALES], 8.0),
    agent("ayse.yildirim", "Ayşe Yıldırım", &[COMPLAINTS, BILLING], 8.0),
    agent("lucia.fernandez", "Lucía Fernández Núñez", &[SALES, RETURNS, COMPLAINTS, SUPPORT, BILLING], 6.0),
    agent("priya.sharma", "Priya Sharma", &[SUPPORT, BUSINESS], 7.0),
    agent("bjorn.akesson", "Björn Åkesson", &[BILLING, BUSINESS], 8.0),
    agent("anneliese.schroeder", "Anneliese Schröder-Großmann", &[RETURNS, SALES, SUPPORT, COMPLAINTS, BILLING], 7.0),
    agent("pawel.zukowski", "Paweł Żukowski", &[SUPPORT, SALES], 9.0),
    agent("kenta.tanaka", "Kenta Tanaka", &[COMPLAINTS, SUPPORT], 9.0),
    agent("omar.almasri", "Omar Almasri", &[BUSINESS, BILLING, SALES], 7.0),
    agent("caglar.ozturk", "Çağlar Öztürk", &[SALES, RETURNS], 8.0),
    agent("inigo.etxeberria", "Íñigo Etxeberria", &[BILLING, SALES, SUPPORT, BUSINESS], 13.0),
    agent("arjun.varma", "Arjun Varma", &[RETURNS, SUPPORT, BILLING, BUSINESS, COMPLAINTS], 14.0),
    agent("siobhan.oreilly", "Siobhán O'Reilly", &[COMPLAINTS, SALES, RETURNS, BILLING], 15.0),
    agent("noel.lefevre", "Noël Lefèvre", &[SUPPORT, BILLING, RETURNS, COMPLAINTS], 14.0),
    agent("huong.nguyen", "Hương Nguyễn", &[SALES, COMPLAINTS, RETURNS], 13.0),
    agent("olena.shevchenko", "Olena Shevchenko", &[BILLING, COMPLAINTS, SUPPORT, BUSINESS], 14.0),
    agent("giorgos.papadopoulos", "Giorgos Papadopoulos", &[SUPPORT, SALES, BILLING, COMPLAINTS], 15.0),
    agent("joao.goncalves", "João Gonçalves", &[RETURNS, COMPLAINTS, SALES, SUPPORT], 15.0),
    agent("minjun.kim", "Min-jun Kim", &[SUPPORT, SALES, BILLING, RETURNS, COMPLAINTS], 22.5),
    agent("zoe.vanderberg", "Zoë van der Berg", &[SALES, SUPPORT, RETURNS, COMPLAINTS, BILLING], 23.0),
    agent("tomas.horak", "Tomáš Horák", &[BILLING, SUPPORT, SALES, COMPLAINTS], 22.0),
    agent("freya.nilsen", "Freya Nilsen", &[RETURNS, SALES, COMPLAINTS, SUPPORT, BILLING], 23.0),
    agent("dario.conti", "Dario Conti", &[COMPLAINTS, BILLING, SUPPORT, RETURNS], 22.5),
    agent("ewa.mazur", "Ewa Mazur", &[BILLING, RETURNS, SALES, SUPPORT], 23.0),
    agent("5101", "Astrid Lindqvist", &[SALES_LINE, BILLING_LINE, SUPPORT_LINE], 8.0),
    agent("5102", "Paweł Żukowski", &[SUPPORT_LINE, REPAIRS_LINE, SALES_LINE], 9.0),
    agent("5103", "Chloé Dubois", &[BILLING_LINE, SALES_LINE, SUPPORT_LINE, RETURNS_LINE], 6.0),
    agent("5104", "Marek Novák", &[RETURNS_LINE, BILLING_LINE, SALES_LINE], 7.0),
    agent("5105", "Fatima Benali", &[REPAIRS_LINE, SUPPORT_LINE, SALES_LINE], 8.0),
    agent("5106", "Ingrid Solberg", &[SALES_LINE, RETURNS_LINE, SUPPORT_LINE], 7.0),
    agent("5107", "Rahul Mehta", &[SUPPORT_LINE, REPAIRS_LINE, BILLING_LINE, RETURNS_LINE], 6.0),
    agent("5108", "Sofie Jensen", &[BILLING_LINE, REPAIRS_LINE, SALES_LINE], 8.0),
    agent("5109", "Tomás Herrera", &[SALES_LINE, SUPPORT_LINE, REPAIRS_LINE], 7.0),
    agent("5110", "Aoife Murphy", &[SUPPORT_LINE, RETURNS_LINE, SALES_LINE], 6.0),
    agent("5111", "Lars Hansen", &[RETURNS_LINE, REPAIRS_LINE, SUPPORT_LINE], 8.0),
    agent("5112", "Selin Kaya", &[BILLING_LINE, SUPPORT_LINE, SALES_LINE], 7.0),
    agent("5113", "Andrei Popescu", &[SALES_LINE, BILLING_LINE, REPAIRS_LINE], 9.0),
    agent("5114", "Emma Visser", &[SUPPORT_LINE, SALES_LINE, BILLING_LINE], 8.0),
    agent("5115", "Ivana Kovač", &[REPAIRS_LINE, RETURNS_LINE, SALES_LINE], 7.0),
    agent("5116", "Mateus Oliveira", &[SALES_LINE, BILLING_LINE, REPAIRS_LINE], 6.0),
    agent("5117", "Yasmin Aziz", &[RETURNS_LINE, SUPPORT_LINE, SALES_LINE], 8.0),
    agent("5118", "Henrik Dahl", &[BILLING_LINE, REPAIRS_LINE, SUPPORT_LINE], 9.0),
    agent("5119", "Giulia Romano", &[SALES_LINE, SUPPORT_LINE, BILLING_LINE], 13.0),
    agent("5120", "Oskar Wallin", &[SUPPORT_LINE, REPAIRS_LINE, RETURNS_LINE], 14.0),
    agent("5121", "Hannah Becker", &[BILLING_LINE, SALES_LINE, REPAIRS_LINE, NIGHT_LINE], 15.0),
    agent("5122", "Niklas Berg", &[RETURNS_LINE, SUPPORT_LINE, SALES_LINE], 14.0),
    agent("5123", "Leila Farouk", &[SALES_LINE, BILLING_LINE, SUPPORT_LINE], 13.0),
    agent("5124", "Sean Walsh", &[SUPPORT_LINE, RETURNS_LINE, REPAIRS_LINE, NIGHT_LINE], 15.0),
    agent("5125", "Katarzyna Lis", &[REPAIRS_LINE, SUPPORT_LINE, BILLING_LINE], 14.0),
    agent("5126", "Mikael Strand", &[BILLING_LINE, SALES_LINE, RETURNS_LINE, NIGHT_LINE], 15.0),
    agent("5127", "Elif Demir", &[SUPPORT_LINE, SALES_LINE, REPAIRS_LINE], 13.0),
    agent("5128", "Nadia Rahimi", &[SALES_LINE, RETURNS_LINE, BILLING_LINE], 14.0),
    agent("5129", "Jonas Keller", &[REPAIRS_LINE, RETURNS_LINE, SUPPORT_LINE, NIGHT_LINE], 15.0),
    agent("5130", "Amélie Laurent", &[NIGHT_LINE, SALES_LINE, SUPPORT_LINE, BILLING_LINE], 22.0),
    agent("5131", "Viktor Ekman", &[NIGHT_LINE, SUPPORT_LINE, REPAIRS_LINE, RETURNS_LINE], 22.5),
    agent("5132", "Rosa Jiménez", &[NIGHT_LINE, BILLING_LINE, SALES_LINE, SUPPORT_LINE], 23.0),
    agent("5133", "Daan Bakker", &[NIGHT_LINE, RETURNS_LINE, SUPPORT_LINE, SALES_LINE], 22.5),
    agent("5134", "Maja Lindgren", &[NIGHT_LINE, SUPPORT_LINE, BILLING_LINE, REPAIRS_LINE], 23.0),
    agent("5135", "Stefan Ilić", &[NIGHT_LINE, SALES_LINE, SUPPORT_LINE, RETURNS_LINE], 22.5),
    agent("5136", "Kofi Mensah", &[NIGHT_LINE, REPAIRS_LINE, SUPPORT_LINE, SALES_LINE], 23.0),
];

pub(crate) const OPPORTUNITIES: [&str; 5] = [
    "Hesitates at checkout",
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
    (BUSINESS, "Chat: business desk", "Business order"),
    (BUSINESS, "Chat: business portal", "Portal access"),
    (COMPLAINTS, "Chat: not satisfied", "Complaint"),
    (COMPLAINTS, "Chat: speak to a lead", "Escalation"),
];

/// The switch makes an agent not ready who doesn't answer a ringing call.
pub(crate) const UNANSWERED: usize = 0;

/// All reasons for a pause.
#[rustfmt::skip]
pub const PAUSES: [PauseReason; 5] = [
    PauseReason { code: "90", description: "Did not answer", share: 0.0, lasts: 30.0..90.0 },
    PauseReason { code: "10", description: "Break", share: 0.38, lasts: 600.0..900.0 },
    PauseReason { code: "11", description: "Lunch", share: 0.14, lasts: 1500.0..2100.0 },
    PauseReason { code: "20", description: "Training", share: 0.12, lasts: 900.0..1800.0 },
    PauseReason { code: "30", description: "Follow-up", share: 0.36, lasts: 90.0..420.0 },
];

impl Channel {
    pub const ALL: [Self; 2] = [Self::Chat, Self::Phone];

    pub fn queues(self) -> Range<QueueNo> {
        match self {
            Self::Chat => 0..SALES_LINE,
            Self::Phone => SALES_LINE..QUEUES.len(),
        }
    }

    /// The most simultaneous contacts of an agent.
    pub fn slots(self) -> u32 {
        match self {
            Self::Chat => 2,
            Self::Phone => 1,
        }
    }

    pub fn agents(self) -> Range<AgentNo> {
        const CHAT_AGENTS: usize = 28;
        match self {
            Self::Chat => 0..CHAT_AGENTS,
            Self::Phone => CHAT_AGENTS..AGENTS.len(),
        }
    }
}

impl BusinessHours {
    pub(crate) fn contain(self, local: &Zoned) -> bool {
        let is_weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self {
            Self::Always => true,
            Self::Office => (8..17).contains(&local.hour()) && !is_weekend,
            Self::Night => !(6..22).contains(&local.hour()),
        }
    }
}

impl SimAgent {
    pub(crate) fn channel(&self) -> Channel {
        QUEUES[self.queues[0]].channel
    }

    pub fn serves(&self, queue: QueueNo) -> bool {
        self.queues.contains(&queue)
    }
}

impl SimQueue {
    /// The number that callers dial.
    pub(crate) fn number(&self) -> &'static str {
        self.object.split('@').next().unwrap_or_default()
    }
}

impl SimAgent {
    /// The number and the name of the agent's team: all of a shift.
    pub(crate) fn team(&self) -> (u8, &'static str) {
        match self.shift {
            ..12.0 => (1, "Early team"),
            12.0..20.0 => (2, "Late team"),
            _ => (3, "Night team"),
        }
    }
}

#[rustfmt::skip]
const fn agent(key: &'static str, name: &'static str, queues: &'static [QueueNo], shift: f64) -> SimAgent {
    SimAgent { name, key, queues, shift }
}
