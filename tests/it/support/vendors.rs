//! One contact centre of three vendors behind one wallboard, and what must be shown of
//! their group, their people and their totals, reckoned from the vendors' own truths.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::{Value, json};

use super::{
    Broker, Genesys, Gms, Mess, Proxy, Vep, Vngage, Wallboard,
    centre::Centre,
    genesys::{BOOKED, Talk},
    gms, ports, until,
    voice::our_state,
    wallboard::house,
};

/// A queue of GMS alone, and one that is the voice queue seen from there.
const NORTH: &str = "7000@North";
const SOON: Duration = Duration::from_secs(30);
/// Clocks of chat are moved only when they are off by more (architecture.md).
const CLOCK_SLACK_MS: i64 = 6_500;
/// Of several states of one person the first is shown.
const BINDING: [&str; 9] = [
    "talking",
    "hold",
    "ringing",
    "wrap_up",
    "busy",
    "not_ready",
    "available",
    "unknown",
    "logged_out",
];

/// Whose line may be down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    Chat,
    Voice,
    Gms,
}

#[derive(Debug)]
pub struct Vendors {
    pub wallboard: Wallboard,
    pub vep: Vep,
    pub genesys: Genesys,
    pub gms: Gms,
    /// Between the wallboard and the chat's broker.
    pub broker: Proxy,
}

/// How many wait and are free.
#[derive(Clone, Copy, Debug)]
struct Load {
    waiting: u64,
    available: u64,
}

/// What is so of the members of the group, by vendor.
#[derive(Debug)]
pub struct Members {
    loads: [(Vendor, Load); 3],
    /// Since when the first waits, in milliseconds.
    waits: [(Vendor, Option<i64>); 2],
}

impl Vendors {
    pub async fn open(name: &str) -> Self {
        let broker = Broker::shared();
        let proxy = Proxy::to(broker.plain_port).await;
        let vep = Vep::open(broker, name, ExchangeKind::Topic, 71).await;
        let genesys = Genesys::start(&json!({"rate": 0}));
        let gms = Gms::start().await;
        say_at_gms(&gms, 4, 3);
        let vngage = Vngage::plain(broker, name).through(proxy.port);
        let port = ports::free();
        let talk = Talk {
            more: "transport = \"auto\"\n".into(),
            grant: "password",
            port: genesys.port,
        };
        let configuration = format!(
            "{}{}{}{}{}",
            house(port, port),
            merged(&vep.desk().await.centre),
            vngage.toml(),
            genesys.toml(&talk).await,
            gms_toml(&gms)
        );
        let board = board(&vep.desk().await.centre);
        let mut environment = vngage.environment();
        environment.extend(Genesys::environment());
        environment.push(("GMS_PASSWORD", gms::PASSWORD.into()));
        let files = [("boards/all.toml", board.as_str())];
        let wallboard = Wallboard::start(&configuration, port, &files, environment).await;
        let site = Self {
            wallboard,
            vep,
            genesys,
            gms,
            broker: proxy,
        };
        until("all sources are live", SOON, async || site.is_live().await).await;
        site.talk().await;
        site.seat("agent0", "CallInbound").await;
        site.seat("agent1", "NotReadyForNextCall").await;
        site
    }

    /// Chat goes on for a while.
    pub async fn talk(&self) {
        let time = Duration::from_secs(2);
        self.vep.run(30, time, Mess::TIDY).await;
    }

    /// Puts an agent of the voice site into a state.
    pub async fn seat(&self, agent: &str, state: &str) {
        let set = json!({"do": "set", "type": "Agent", "object": agent,
                         "name": "CurrentAgentState", "value": state});
        self.genesys.order(set).await;
    }

    /// Says how many wait in, and are free for, the voice queue.
    pub async fn load_voice(&self, waiting: u64, available: u64) {
        for (object_type, object, name, value) in [
            ("Queue", BOOKED, "CurrNumberWaitingCalls", waiting),
            ("GroupAgents", "Support", "CurrentReadyAgents", available),
        ] {
            let set = json!({"do": "set", "type": object_type, "object": object,
                             "name": name, "value": value});
            self.genesys.order(set).await;
        }
    }

    /// The same of the chat queue's agents.
    pub async fn load_chat(&self, available: u64) {
        let mut desk = self.vep.desk().await;
        let said = desk.centre.make_available(0, available);
        desk.publish(said).await;
    }

    pub async fn queue(&self, id: &str) -> Result<Value, String> {
        let all = self.wallboard.get("/api/v1/queues").await?;
        one(&all["queues"], id)
    }

    /// What is so of the members now.
    pub async fn members(&self) -> Members {
        let truth = self.genesys.truth(Duration::ZERO).await;
        let desk = self.vep.desk().await;
        let centre = &desk.centre;
        let voice = |object_type: &str, object: &str, name: &str| {
            let is = &truth[object_type][object][name]["is"];
            is.clone()
        };
        let count = |value: Value| value.as_u64().unwrap();
        let gms = |statistic: &str| self.gms.world().values[statistic].parse().unwrap();
        let load = |waiting, available| Load { waiting, available };
        let chat = load(centre.waiting(0) as u64, centre.groups[0].available);
        let queue = count(voice("Queue", BOOKED, "CurrNumberWaitingCalls"));
        let ready = count(voice("GroupAgents", "Support", "CurrentReadyAgents"));
        let clock = voice("Queue", BOOKED, "CurrMaxCallWaitingTime");
        Members {
            loads: [
                (Vendor::Chat, chat),
                (Vendor::Voice, load(queue, ready)),
                (
                    Vendor::Gms,
                    load(gms(&waiting_at_gms(NORTH)), gms(FREE_AT_GMS)),
                ),
            ],
            waits: [
                (Vendor::Chat, centre.oldest(0).map(|micros| micros / 1000)),
                (Vendor::Voice, clock["since"].as_i64()),
            ],
        }
    }

    /// The group, its members, the people and the totals are all as they are, and fresh.
    pub async fn is_right_within(&self, within: Duration) {
        until("right in all", within, async || {
            let wrong = self.differences().await.map_err(|error| vec![error])?;
            if wrong.is_empty() { Ok(()) } else { Err(wrong) }
        })
        .await;
    }

    async fn differences(&self) -> Result<Vec<String>, String> {
        let members = self.members().await;
        let chat = self.vep.desk().await.centre.groups[0].id.clone();
        let mut wrong = members.differences(&self.queue("group/sales").await?, None);
        let own = [format!("chat/{chat}"), format!("voice/{BOOKED}")];
        for (id, (_, load)) in own.iter().zip(members.loads) {
            let queue = self.queue(id).await?;
            for (metric, shall) in [
                ("waiting", load.waiting),
                ("agents_available", load.available),
            ] {
                let is = &queue["metrics"][metric];
                if is["value"] != shall || is["stale"] != false {
                    wrong.push(format!("{id}: {metric} is {is}, not {shall}"));
                }
            }
        }
        wrong.extend(self.people(None).await?);
        let site = self.wallboard.get("/api/v1/site").await?;
        let is = &site["metrics"]["waiting"];
        let shall = self.waiting_in_all().await;
        if is["value"] != shall || is["stale"] != false {
            wrong.push(format!("the site: waiting is {is}, not {shall}"));
        }
        Ok(wrong)
    }

    /// What the group must look like while one vendor is down, and the people.
    pub async fn is_honest_without(&self, vendor: Vendor) -> Result<(), Vec<String>> {
        let one = |error: String| vec![error];
        let group = self.queue("group/sales").await.map_err(one)?;
        let mut wrong = self.members().await.differences(&group, Some(vendor));
        wrong.extend(self.people(Some(vendor)).await.map_err(one)?);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// How many wait in all queues there are, each once.
    async fn waiting_in_all(&self) -> u64 {
        let members = self.members().await;
        let truth = self.genesys.truth(Duration::ZERO).await;
        let desk = self.vep.desk().await;
        let chat: usize = (0..desk.centre.groups.len())
            .map(|group| desk.centre.waiting(group))
            .sum();
        let voice = [
            ("Queue", "CurrNumberWaitingCalls"),
            ("RoutePoint", "CurrentNumberWaitingCalls"),
        ]
        .into_iter()
        .flat_map(|(object_type, name)| {
            let objects = truth[object_type].as_object().unwrap().values();
            objects.map(move |object| object[name]["is"].as_u64().unwrap())
        });
        chat as u64 + voice.sum::<u64>() + members.load(Vendor::Gms).waiting
    }

    /// What is wrong with the two people whom chat and voice know.
    async fn people(&self, down: Option<Vendor>) -> Result<Vec<String>, String> {
        let shown = self.wallboard.get("/api/v1/agents").await?;
        let truth = self.genesys.truth(Duration::ZERO).await;
        let desk = self.vep.desk().await;
        let mut wrong = Vec::new();
        for (n, id) in ["person/anna", "person/ben"].into_iter().enumerate() {
            let is = one(&shown["agents"], id)?;
            let chat = match desk.centre.open_cases(n) {
                0 => "unknown",
                _ => "talking",
            };
            let voice =
                our_state(&truth["Agent"][format!("agent{n}")]["CurrentAgentState"]["is"]["state"]);
            let rank = |state: &str| BINDING.iter().position(|known| *known == state).unwrap();
            let state = BINDING[rank(chat).min(rank(voice))];
            let talks = |vendor, state| down != Some(vendor) && state == "talking";
            let is_sure = !matches!(down, Some(Vendor::Chat | Vendor::Voice))
                || talks(Vendor::Chat, chat)
                || talks(Vendor::Voice, voice);
            if is["stale"] != !is_sure || (is_sure && is["state"] != state) {
                wrong.push(format!(
                    "{id} is {is}, not {state} (chat {chat}, voice {voice})"
                ));
            }
        }
        Ok(wrong)
    }

    async fn is_live(&self) -> Result<(), String> {
        let said = self.wallboard.get("/api/v1/sources").await?;
        let all = said["sources"].as_array().ok_or("no list")?;
        let live = all.iter().filter(|source| source["state"] == "live");
        if live.count() == 3 {
            Ok(())
        } else {
            Err(said.to_string())
        }
    }
}

impl Members {
    fn load(&self, vendor: Vendor) -> Load {
        self.loads.iter().find(|(one, _)| *one == vendor).unwrap().1
    }

    /// How many wait in all that are not `down`.
    pub fn waiting(&self, down: Option<Vendor>) -> u64 {
        let up = self
            .loads
            .iter()
            .filter(|(vendor, _)| Some(*vendor) != down);
        up.map(|(_, load)| load.waiting).sum()
    }

    /// What is wrong with the group, all being well or one vendor `down`.
    fn differences(&self, group: &Value, down: Option<Vendor>) -> Vec<String> {
        let metrics = &group["metrics"];
        let is_up = |vendor: &Vendor| Some(*vendor) != down;
        let mut wrong = Vec::new();
        let mut expect = |metric: &str, shall: Value, is_stale: bool| {
            let is = &metrics[metric];
            let names = ["value", "low", "high"];
            let is_so = names.iter().all(|name| is[name] == shall[name]);
            let says_why = !is["value"].is_null() || is["reason"].is_string();
            if !is_so || is["stale"] != is_stale || !says_why {
                let stale = if is_stale { "stale" } else { "fresh" };
                wrong.push(format!("the group: {metric} is {is}, not {shall}, {stale}"));
            }
        };
        let waiting = self.waiting(down);
        let shall = match down {
            None => json!({"value": waiting}),
            Some(_) => json!({"value": null, "low": waiting}),
        };
        expect("waiting", shall, down.is_some());

        // Where nobody says who is free, one may be free in two queues at once.
        let free = self.loads.iter().filter(|(vendor, _)| is_up(vendor));
        let free: Vec<u64> = free.map(|(_, load)| load.available).collect();
        let (most, sum) = (*free.iter().max().unwrap(), free.iter().sum::<u64>());
        let shall = match down {
            Some(_) => json!({"value": null, "low": most}),
            None if most == sum => json!({"value": sum}),
            None => json!({"value": null, "low": most, "high": sum}),
        };
        expect("agents_available", shall, down.is_some());

        let averages = matches!(down, Some(Vendor::Chat | Vendor::Voice));
        for metric in ["service_level", "average_speed_of_answer"] {
            expect(metric, json!({"value": null}), averages);
        }

        let waits = self.waits.iter().filter(|(vendor, _)| is_up(vendor));
        let since = waits.filter_map(|(_, since)| *since).min();
        let shown = metrics["longest_wait"]["since"].as_str();
        let shown = shown.map(|at| at.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let is_near = match (since, shown) {
            (Some(is), Some(shown)) => (is - shown).abs() <= CLOCK_SLACK_MS,
            (is, shown) => is == shown,
        };
        if !is_near {
            let is = &metrics["longest_wait"];
            wrong.push(format!(
                "the group: longest_wait is {is}, not since {since:?}"
            ));
        }
        wrong
    }
}

/// How many wait in, and are free for, the queue of GMS.
pub fn say_at_gms(gms: &Gms, waiting: u64, available: u64) {
    gms.set(&waiting_at_gms(NORTH), waiting);
    // The voice queue once more: whoever adds it is found out.
    gms.set(&waiting_at_gms(BOOKED), 1_000);
    gms.set(FREE_AT_GMS, available);
}

const FREE_AT_GMS: &str = "CurrentReadyAgents;GroupAgents;North;Environment";

fn waiting_at_gms(queue: &str) -> String {
    format!("CurrNumberWaitingCalls;Queue;{queue};Environment")
}

fn gms_toml(gms: &Gms) -> String {
    format!(
        "[sources.gms]\nkind = \"gms\"\nbase_url = {:?}\nusername = {:?}\n\
         password = {{ env = \"GMS_PASSWORD\" }}\ninterval = \"1s\"\n\
         [[sources.gms.statistics]]\nmetric = \"waiting\"\nstat = \"CurrNumberWaitingCalls\"\n\
         object_type = \"Queue\"\nobjects = [{NORTH:?}, {BOOKED:?}]\ntenant = \"Environment\"\n\
         [[sources.gms.statistics]]\nmetric = \"agents_available\"\nstat = \"CurrentReadyAgents\"\n\
         object_type = \"GroupAgents\"\nobjects = [\"North\"]\ntenant = \"Environment\"\n\
         queue = {NORTH:?}\n",
        gms.url(),
        gms::USER
    )
}

/// Groups, people and links, before all tables of sources.
fn merged(centre: &Centre) -> String {
    let person = |key: &str, n: usize| {
        let chat = &centre.agents[n].id;
        format!("{key} = {{ name = {key:?}, agents = [\"chat/{chat}\", \"voice/agent{n}\"] }}\n")
    };
    format!(
        "[groups]\nsales = {{ name = \"Sales\", queues = [\"chat/{}\", \"voice/{BOOKED}\", \
         \"gms/{NORTH}\"] }}\n[people]\n{}{}[links]\n\"voice/{BOOKED}\" = [\"gms/{BOOKED}\"]\n",
        centre.groups[0].id,
        person("anna", 0),
        person("ben", 1)
    )
}

fn board(centre: &Centre) -> String {
    format!(
        "title = \"Sales\"\nqueues = [\"group/sales\", \"chat/{}\", \"voice/{BOOKED}\", \"gms/*\"]\n\
         show = [\"waiting\", \"longest_wait\", \"agents_available\", \"service_level\"]\n\
         totals = [\"waiting\", \"agents_available\", \"longest_wait\"]\n",
        centre.groups[0].id
    )
}

fn one(list: &Value, id: &str) -> Result<Value, String> {
    let mut rows = list.as_array().ok_or("no list")?.iter();
    let row = rows.find(|row| row["id"] == id);
    row.cloned().ok_or_else(|| format!("no {id}"))
}
