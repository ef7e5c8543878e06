//! One contact center with three vendors behind one wallboard. Computes the expected group, people
//! and totals from the vendors' true states.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::{Value, json};

use super::{
    Broker, Disorder, Genesys, Gms, Proxy, Vep, VngageSource, Wallboard,
    contact_center::ContactCenter,
    genesys::{GROUP_QUEUE, SourceOptions},
    gms, ports,
    voice::map_state,
    wait_until,
    wallboard::base_configuration,
};

/// A queue that only GMS has. GMS also reports the voice queue.
const NORTH: &str = "7000@North";
const SOON: Duration = Duration::from_secs(30);
/// Chat's clocks are moved only when they are off by more (architecture.md).
const CLOCK_SLACK_MS: i64 = 6_500;
/// Of a person's several states the first one in this list is shown.
const STATE_PRIORITY: [&str; 9] = [
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

/// A vendor that may be disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    Chat,
    Voice,
    Gms,
}

#[derive(Debug)]
pub struct MultiVendorSite {
    pub wallboard: Wallboard,
    pub vep: Vep,
    pub genesys: Genesys,
    pub gms: Gms,
    /// Between the wallboard and the chat's broker.
    pub broker: Proxy,
}

/// Numbers of waiting contacts and available agents.
#[derive(Clone, Copy, Debug)]
struct Load {
    waiting: u64,
    available: u64,
}

/// The group members' true figures, by vendor.
#[derive(Debug)]
pub struct MemberFigures {
    loads: [(Vendor, Load); 3],
    /// When the first wait began, in milliseconds.
    waits: [(Vendor, Option<i64>); 2],
}

impl MultiVendorSite {
    pub async fn open(name: &str) -> Self {
        let broker = Broker::shared();
        let proxy = Proxy::to(broker.plain_port).await;
        let vep = Vep::open(broker, name, ExchangeKind::Topic, 71).await;
        let genesys = Genesys::start(&json!({"rate": 0}));
        let gms = Gms::start().await;
        set_gms_load(&gms, 4, 3);
        let vngage = VngageSource::plain(broker, name).via_proxy(proxy.port);
        let port = ports::free();
        let options = SourceOptions {
            extra_toml: "transport = \"auto\"\n".into(),
            grant: "password",
            port: genesys.port,
        };
        let configuration = format!(
            "{}{}{}{}{}",
            base_configuration(port, port),
            shared_entities_toml(&vep.state().await.center),
            vngage.toml(),
            genesys.toml(&options).await,
            gms_toml(&gms)
        );
        let board = board(&vep.state().await.center);
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
        wait_until("all sources are live", SOON, async || site.is_live().await).await;
        site.run_chat().await;
        site.set_agent_state("agent0", "CallInbound").await;
        site.set_agent_state("agent1", "NotReadyForNextCall").await;
        site
    }

    /// Runs chat traffic for a while.
    pub async fn run_chat(&self) {
        let time = Duration::from_secs(2);
        self.vep.run(30, time, Disorder::NONE).await;
    }

    /// Sets the state of a voice agent.
    pub async fn set_agent_state(&self, agent: &str, state: &str) {
        let set = json!({"do": "set", "type": "Agent", "object": agent,
                         "name": "CurrentAgentState", "value": state});
        self.genesys.send_command(set).await;
    }

    /// Sets the voice queue's waiting contacts and available agents.
    pub async fn set_voice_load(&self, waiting: u64, available: u64) {
        for (object_type, object, name, value) in [
            ("Queue", GROUP_QUEUE, "CurrNumberWaitingCalls", waiting),
            ("GroupAgents", "Support", "CurrentReadyAgents", available),
        ] {
            let set = json!({"do": "set", "type": object_type, "object": object,
                             "name": name, "value": value});
            self.genesys.send_command(set).await;
        }
    }

    /// Sets the chat queue's available agents.
    pub async fn set_chat_available(&self, available: u64) {
        let mut vep_state = self.vep.state().await;
        let messages = vep_state.center.make_available(0, available);
        vep_state.publish(messages).await;
    }

    pub async fn queue(&self, id: &str) -> Result<Value, String> {
        let all = self.wallboard.get("/api/v1/queues").await?;
        find_row(&all["queues"], id)
    }

    /// Returns the members' current true figures.
    pub async fn members(&self) -> MemberFigures {
        let truth = self.genesys.truth(Duration::ZERO).await;
        let vep_state = self.vep.state().await;
        let center = &vep_state.center;
        let voice = |object_type: &str, object: &str, name: &str| {
            let actual = &truth[object_type][object][name]["value"];
            actual.clone()
        };
        let count = |value: Value| value.as_u64().unwrap();
        let gms = |statistic: &str| self.gms.state().values[statistic].parse().unwrap();
        let load = |waiting, available| Load { waiting, available };
        let chat = load(center.waiting(0) as u64, center.groups[0].available);
        let queue = count(voice("Queue", GROUP_QUEUE, "CurrNumberWaitingCalls"));
        let ready = count(voice("GroupAgents", "Support", "CurrentReadyAgents"));
        let clock = voice("Queue", GROUP_QUEUE, "CurrMaxCallWaitingTime");
        MemberFigures {
            loads: [
                (Vendor::Chat, chat),
                (Vendor::Voice, load(queue, ready)),
                (
                    Vendor::Gms,
                    load(gms(&gms_waiting(NORTH)), gms(GMS_AVAILABLE)),
                ),
            ],
            waits: [
                (
                    Vendor::Chat,
                    center.oldest_arrival(0).map(|micros| micros / 1000),
                ),
                (Vendor::Voice, clock["since"].as_i64()),
            ],
        }
    }

    /// Waits until the group, its members, the people and the totals are all correct and up to
    /// date.
    pub async fn wait_until_correct_within(&self, within: Duration) {
        wait_until("everything is correct", within, async || {
            let wrong = self.differences().await.map_err(|error| vec![error])?;
            if wrong.is_empty() { Ok(()) } else { Err(wrong) }
        })
        .await;
    }

    async fn differences(&self) -> Result<Vec<String>, String> {
        let members = self.members().await;
        let chat = self.vep.state().await.center.groups[0].id.clone();
        let mut wrong = members.differences(&self.queue("group/sales").await?, None);
        let ids = [format!("chat/{chat}"), format!("voice/{GROUP_QUEUE}")];
        for (id, (_, load)) in ids.iter().zip(members.loads) {
            let queue = self.queue(id).await?;
            for (metric, expected) in [
                ("waiting", load.waiting),
                ("agents_available", load.available),
            ] {
                let actual = &queue["metrics"][metric];
                if actual["value"] != expected || actual["stale"] != false {
                    wrong.push(format!("{id}: {metric} is {actual}, not {expected}"));
                }
            }
        }
        wrong.extend(self.person_differences(None).await?);
        let site = self.wallboard.get("/api/v1/site").await?;
        let actual = &site["metrics"]["waiting"];
        let expected = self.total_waiting().await;
        if actual["value"] != expected || actual["stale"] != false {
            wrong.push(format!("the site: waiting is {actual}, not {expected}"));
        }
        Ok(wrong)
    }

    /// Checks the group and the people while one vendor is disconnected.
    pub async fn check_without(&self, vendor: Vendor) -> Result<(), Vec<String>> {
        let to_list = |error: String| vec![error];
        let group = self.queue("group/sales").await.map_err(to_list)?;
        let mut wrong = self.members().await.differences(&group, Some(vendor));
        wrong.extend(
            self.person_differences(Some(vendor))
                .await
                .map_err(to_list)?,
        );
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Returns the total waiting in all queues, each counted once.
    async fn total_waiting(&self) -> u64 {
        let members = self.members().await;
        let truth = self.genesys.truth(Duration::ZERO).await;
        let vep_state = self.vep.state().await;
        let chat: usize = (0..vep_state.center.groups.len())
            .map(|group| vep_state.center.waiting(group))
            .sum();
        let voice = [
            ("Queue", "CurrNumberWaitingCalls"),
            ("RoutePoint", "CurrentNumberWaitingCalls"),
        ]
        .into_iter()
        .flat_map(|(object_type, name)| {
            let objects = truth[object_type].as_object().unwrap().values();
            objects.map(move |object| object[name]["value"].as_u64().unwrap())
        });
        chat as u64 + voice.sum::<u64>() + members.load(Vendor::Gms).waiting
    }

    /// Returns what is wrong with the two people that both chat and voice know.
    async fn person_differences(&self, down: Option<Vendor>) -> Result<Vec<String>, String> {
        let shown = self.wallboard.get("/api/v1/agents").await?;
        let truth = self.genesys.truth(Duration::ZERO).await;
        let vep_state = self.vep.state().await;
        let mut wrong = Vec::new();
        for (n, id) in ["person/anna", "person/ben"].into_iter().enumerate() {
            let actual = find_row(&shown["agents"], id)?;
            let chat = match vep_state.center.open_cases(n) {
                0 => "unknown",
                _ => "talking",
            };
            let voice = map_state(
                &truth["Agent"][format!("agent{n}")]["CurrentAgentState"]["value"]["state"],
            );
            let rank = |state: &str| {
                STATE_PRIORITY
                    .iter()
                    .position(|known| *known == state)
                    .unwrap()
            };
            let state = STATE_PRIORITY[rank(chat).min(rank(voice))];
            let is_talking = |vendor, state| down != Some(vendor) && state == "talking";
            let is_sure = !matches!(down, Some(Vendor::Chat | Vendor::Voice))
                || is_talking(Vendor::Chat, chat)
                || is_talking(Vendor::Voice, voice);
            if actual["stale"] != !is_sure || (is_sure && actual["state"] != state) {
                wrong.push(format!(
                    "{id} is {actual}, not {state} (chat {chat}, voice {voice})"
                ));
            }
        }
        Ok(wrong)
    }

    async fn is_live(&self) -> Result<(), String> {
        let response = self.wallboard.get("/api/v1/sources").await?;
        let all = response["sources"].as_array().ok_or("no list")?;
        let live = all.iter().filter(|source| source["state"] == "live");
        if live.count() == 3 {
            Ok(())
        } else {
            Err(response.to_string())
        }
    }
}

impl MemberFigures {
    fn load(&self, vendor: Vendor) -> Load {
        self.loads
            .iter()
            .find(|(candidate, _)| *candidate == vendor)
            .unwrap()
            .1
    }

    /// Returns the total waiting of all vendors except `down`.
    pub fn waiting(&self, down: Option<Vendor>) -> u64 {
        let up = self
            .loads
            .iter()
            .filter(|(vendor, _)| Some(*vendor) != down);
        up.map(|(_, load)| load.waiting).sum()
    }

    /// Returns what is wrong with the group, with all vendors connected or one `down`.
    fn differences(&self, group: &Value, down: Option<Vendor>) -> Vec<String> {
        let metrics = &group["metrics"];
        let is_up = |vendor: &Vendor| Some(*vendor) != down;
        let mut wrong = Vec::new();
        let mut expect = |metric: &str, expected: Value, is_stale: bool| {
            let actual = &metrics[metric];
            let names = ["value", "low", "high"];
            let is_correct = names.iter().all(|name| actual[name] == expected[name]);
            let has_reason = !actual["value"].is_null() || actual["reason"].is_string();
            if !is_correct || actual["stale"] != is_stale || !has_reason {
                let stale = if is_stale { "stale" } else { "fresh" };
                wrong.push(format!(
                    "the group: {metric} is {actual}, not {expected}, {stale}"
                ));
            }
        };
        let waiting = self.waiting(down);
        let expected = match down {
            None => json!({"value": waiting}),
            Some(_) => json!({"value": null, "low": waiting}),
        };
        expect("waiting", expected, down.is_some());

        // Nobody reports who exactly is available: one agent may count in two queues at once.
        let available = self.loads.iter().filter(|(vendor, _)| is_up(vendor));
        let available: Vec<u64> = available.map(|(_, load)| load.available).collect();
        let (most, sum) = (
            *available.iter().max().unwrap(),
            available.iter().sum::<u64>(),
        );
        let expected = match down {
            Some(_) => json!({"value": null, "low": most}),
            None if most == sum => json!({"value": sum}),
            None => json!({"value": null, "low": most, "high": sum}),
        };
        expect("agents_available", expected, down.is_some());

        let averages = matches!(down, Some(Vendor::Chat | Vendor::Voice));
        for metric in ["service_level", "average_speed_of_answer"] {
            expect(metric, json!({"value": null}), averages);
        }

        let waits = self.waits.iter().filter(|(vendor, _)| is_up(vendor));
        let since = waits.filter_map(|(_, since)| *since).min();
        let shown = metrics["longest_wait"]["since"].as_str();
        let shown = shown.map(|at| at.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let is_near = match (since, shown) {
            (Some(since), Some(shown)) => (since - shown).abs() <= CLOCK_SLACK_MS,
            (since, shown) => since == shown,
        };
        if !is_near {
            let actual = &metrics["longest_wait"];
            wrong.push(format!(
                "the group: longest_wait is {actual}, not since {since:?}"
            ));
        }
        wrong
    }
}

/// Sets the GMS queue's waiting contacts and available agents.
pub fn set_gms_load(gms: &Gms, waiting: u64, available: u64) {
    gms.set(&gms_waiting(NORTH), waiting);
    // The voice queue again: counting it twice would show.
    gms.set(&gms_waiting(GROUP_QUEUE), 1_000);
    gms.set(GMS_AVAILABLE, available);
}

const GMS_AVAILABLE: &str = "CurrentReadyAgents;GroupAgents;North;Environment";

fn gms_waiting(queue: &str) -> String {
    format!("CurrNumberWaitingCalls;Queue;{queue};Environment")
}

fn gms_toml(gms: &Gms) -> String {
    format!(
        "[sources.gms]\nkind = \"gms\"\nbase_url = {:?}\nusername = {:?}\n\
         password = {{ env = \"GMS_PASSWORD\" }}\ninterval = \"1s\"\n\
         [[sources.gms.statistics]]\nmetric = \"waiting\"\nstat = \"CurrNumberWaitingCalls\"\n\
         object_type = \"Queue\"\nobjects = [{NORTH:?}, {GROUP_QUEUE:?}]\ntenant = \"Environment\"\n\
         [[sources.gms.statistics]]\nmetric = \"agents_available\"\nstat = \"CurrentReadyAgents\"\n\
         object_type = \"GroupAgents\"\nobjects = [\"North\"]\ntenant = \"Environment\"\n\
         queue = {NORTH:?}\n",
        gms.url(),
        gms::USER
    )
}

/// Groups, people and links, which come before all source tables.
fn shared_entities_toml(center: &ContactCenter) -> String {
    let person = |key: &str, n: usize| {
        let chat = &center.agents[n].id;
        format!("{key} = {{ name = {key:?}, agents = [\"chat/{chat}\", \"voice/agent{n}\"] }}\n")
    };
    format!(
        "[groups]\nsales = {{ name = \"Sales\", queues = [\"chat/{}\", \"voice/{GROUP_QUEUE}\", \
         \"gms/{NORTH}\"] }}\n[people]\n{}{}[links]\n\"voice/{GROUP_QUEUE}\" = [\"gms/{GROUP_QUEUE}\"]\n",
        center.groups[0].id,
        person("anna", 0),
        person("ben", 1)
    )
}

fn board(center: &ContactCenter) -> String {
    format!(
        "title = \"Sales\"\nqueues = [\"group/sales\", \"chat/{}\", \"voice/{GROUP_QUEUE}\", \"gms/*\"]\n\
         show = [\"waiting\", \"longest_wait\", \"agents_available\", \"service_level\"]\n\
         totals = [\"waiting\", \"agents_available\", \"longest_wait\"]\n",
        center.groups[0].id
    )
}

fn find_row(list: &Value, id: &str) -> Result<Value, String> {
    let mut rows = list.as_array().ok_or("no list")?.iter();
    let row = rows.find(|row| row["id"] == id);
    row.cloned().ok_or_else(|| format!("no {id}"))
}
