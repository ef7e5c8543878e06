//! Who plays: groups, agents, and what visitors come for. Tables only.

use std::{collections::HashMap, sync::LazyLock};

use sha2::{Digest, Sha256};

use super::dice;

/// A group's place in [`GROUPS`].
pub(super) type GroupNo = usize;
/// An agent's place in [`AGENTS`].
pub(super) type AgentNo = usize;

/// A competence group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: &'static str,
    /// Of all visitors, those who come for this group.
    pub(super) share: f64,
    /// A usual conversation, in seconds.
    pub(super) talk: f64,
    /// Of the closed cases: positive, neutral, negative; the rest is unresolved.
    pub(super) outcomes: [f64; 3],
}

/// An agent. The first group is the agent's own.
#[derive(Debug)]
pub(super) struct Agent {
    pub(super) name: &'static str,
    pub(super) display_name: &'static str,
    pub(super) mailbox: &'static str,
    pub(super) groups: &'static [GroupNo],
    /// Conversations at a time.
    pub(super) slots: u32,
}

/// What a visitor comes for: a solution and a case type that lead to one group.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) group: GroupNo,
    pub(super) solution: &'static str,
    pub(super) case_type: &'static str,
}

const SALES: GroupNo = 0;
/// The group that the telephone has a queue for too.
pub(super) const SUPPORT: GroupNo = 1;
/// The group whose incident is staged for those who watch the first minutes.
pub(super) const BILLING: GroupNo = 2;
const RETURNS: GroupNo = 3;
const PARTNER: GroupNo = 4;
const COMPLAINTS: GroupNo = 5;

pub(super) const GROUPS: [Group; 6] = [
    group("Sales", 0.27, 46.0, [0.58, 0.22, 0.06]),
    group("Support", 0.26, 54.0, [0.56, 0.18, 0.08]),
    group("Billing", 0.15, 42.0, [0.60, 0.20, 0.08]),
    group("Returns", 0.16, 38.0, [0.62, 0.22, 0.05]),
    group("Partner", 0.08, 52.0, [0.64, 0.22, 0.03]),
    group("Complaints", 0.08, 58.0, [0.34, 0.24, 0.22]),
];

pub(super) const AGENTS: [Agent; 24] = [
    agent(
        "Astrid Lindqvist",
        "Astrid",
        "astrid.lindqvist",
        &[SALES],
        2,
    ),
    agent(
        "Jürgen Weiß",
        "Jürgen",
        "juergen.weiss",
        &[SUPPORT, BILLING],
        2,
    ),
    agent("ليلى حداد", "ليلى", "layla.haddad", &[BILLING, RETURNS], 2),
    agent("佐藤 美咲", "美咲", "misaki.sato", &[RETURNS], 1),
    agent(
        "Małgorzata Wójcik",
        "Małgosia",
        "malgorzata.wojcik",
        &[PARTNER, SALES],
        2,
    ),
    agent("Ayşe Yıldırım", "Ayşe", "ayse.yildirim", &[COMPLAINTS], 1),
    agent(
        "Lucía Fernández Núñez",
        "Lucía",
        "lucia.fernandez",
        &[SALES, RETURNS],
        2,
    ),
    agent("प्रिया शर्मा", "प्रिया", "priya.sharma", &[SUPPORT], 3),
    agent("Björn Åkesson", "Björn", "bjorn.akesson", &[BILLING], 1),
    agent(
        "Anneliese Schröder-Großmann",
        "Anneliese",
        "anneliese.schroeder",
        &[RETURNS, SUPPORT],
        2,
    ),
    agent("عمر المصري", "عمر", "omar.almasri", &[PARTNER], 1),
    agent(
        "田中 健太",
        "健太",
        "kenta.tanaka",
        &[COMPLAINTS, SUPPORT],
        2,
    ),
    agent("Paweł Żukowski", "Paweł", "pawel.zukowski", &[SUPPORT], 2),
    agent("Çağlar Öztürk", "Çağlar", "caglar.ozturk", &[SALES], 1),
    agent(
        "Íñigo Etxeberria",
        "Íñigo",
        "inigo.etxeberria",
        &[BILLING, SALES],
        2,
    ),
    agent("अर्जुन वर्मा", "अर्जुन", "arjun.varma", &[RETURNS], 2),
    agent(
        "Siobhán O'Reilly",
        "Siobhán",
        "siobhan.oreilly",
        &[COMPLAINTS],
        2,
    ),
    agent(
        "Noël Lefèvre",
        "Noël",
        "noel.lefevre",
        &[SUPPORT, PARTNER],
        1,
    ),
    agent("Nguyễn Thị Hương", "Hương", "huong.nguyen", &[SALES], 2),
    agent(
        "Олена Шевченко",
        "Олена",
        "olena.shevchenko",
        &[BILLING, COMPLAINTS],
        1,
    ),
    agent(
        "Γιώργος Παπαδόπουλος",
        "Γιώργος",
        "giorgos.papadopoulos",
        &[PARTNER],
        2,
    ),
    agent(
        "João Gonçalves",
        "João",
        "joao.goncalves",
        &[RETURNS, COMPLAINTS],
        1,
    ),
    agent("김민준", "민준", "minjun.kim", &[SUPPORT, SALES], 2),
    agent(
        "Zoë van der Berg",
        "Zoë",
        "zoe.vanderberg",
        &[SALES, SUPPORT],
        2,
    ),
];

pub(super) const OPPORTUNITIES: [&str; 6] = [
    "Hesitates at checkout",
    "Searched twice without a click",
    "Third visit to the help pages",
    "Reads an invoice for over a minute",
    "Looks at the return policy",
    "Contact page",
];

pub(super) const TOPICS: [Topic; 12] = [
    topic(SALES, "Chat: buying advice", "Order"),
    topic(SALES, "Chat: business offer", "Quotation"),
    topic(SUPPORT, "Chat: technical help", "Fault"),
    topic(SUPPORT, "Video: set-up together", "Installation"),
    topic(BILLING, "Chat: my invoice", "Invoice question"),
    topic(BILLING, "Chat: payment", "Payment plan"),
    topic(RETURNS, "Chat: send back", "Return"),
    topic(RETURNS, "Chat: where is my parcel", "Delivery"),
    topic(PARTNER, "Chat: partner desk", "Reseller order"),
    topic(PARTNER, "Chat: partner portal", "Portal access"),
    topic(COMPLAINTS, "Chat: not satisfied", "Complaint"),
    topic(COMPLAINTS, "Chat: speak to a lead", "Escalation"),
];

static GROUP_IDS: LazyLock<[String; GROUPS.len()]> =
    LazyLock::new(|| GROUPS.each_ref().map(|group| id("group", group.name)));
static AGENT_IDS: LazyLock<[String; AGENTS.len()]> =
    LazyLock::new(|| AGENTS.each_ref().map(|agent| id("agent", agent.mailbox)));

pub(super) fn group_id(group: GroupNo) -> &'static str {
    &GROUP_IDS[group]
}

pub(super) fn agent_id(agent: AgentNo) -> &'static str {
    &AGENT_IDS[agent]
}

/// Which group each solution leads to, by their ids.
pub(super) fn queue_of() -> HashMap<String, String> {
    let leads = |topic: &Topic| {
        let group = group_id(topic.group).to_owned();
        (id("solution", topic.solution), group)
    };
    TOPICS.iter().map(leads).collect()
}

/// The id of something configured: the same in every run, so that boards can name it.
pub(super) fn id(class: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("wallboard demo/{class}/{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    dice::guid(bytes)
}

const fn group(name: &'static str, share: f64, talk: f64, outcomes: [f64; 3]) -> Group {
    Group {
        name,
        share,
        talk,
        outcomes,
    }
}

const fn agent(
    name: &'static str,
    display_name: &'static str,
    mailbox: &'static str,
    groups: &'static [GroupNo],
    slots: u32,
) -> Agent {
    Agent {
        name,
        display_name,
        mailbox,
        groups,
        slots,
    }
}

const fn topic(group: GroupNo, solution: &'static str, case_type: &'static str) -> Topic {
    Topic {
        group,
        solution,
        case_type,
    }
}
