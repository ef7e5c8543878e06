//! The simulated Statistics API: takes subscriptions, answers with first values, and
//! tells what has changed, all in Genesys' own JSON.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json, value::RawValue};

use crate::sources::genesys::stage::Vendor;

use super::{
    statistics::{self, Kept, Pace, Standing},
    switch::Switch,
};

const GROWING: SignedDuration = SignedDuration::from_secs(10);
/// What has only begun to grow says nothing yet.
const BEGUN: SignedDuration = SignedDuration::from_secs(1);
const PERIODICAL: SignedDuration = SignedDuration::from_secs(30);

#[derive(Debug)]
pub(super) struct Service {
    pub(super) switch: Switch,
    subscriptions: Vec<Subscription>,
}

#[derive(Debug)]
struct Subscription {
    id: String,
    followed: Vec<Followed>,
}

/// A statistic that a subscriber follows, and what was told of it last.
#[derive(Debug)]
struct Followed {
    id: String,
    kept: Kept,
    told: Standing,
    grows_since: Option<Timestamp>,
    at: Timestamp,
}

impl Service {
    pub(super) fn new(switch: Switch) -> Self {
        Self {
            switch,
            subscriptions: Vec::new(),
        }
    }

    /// The `data` of a message on the channel of updates, if anything is to be told.
    pub(super) fn updates(&mut self) -> Option<Box<RawValue>> {
        let switch = &self.switch;
        let mut told = Vec::new();
        for subscription in &mut self.subscriptions {
            for followed in &mut subscription.followed {
                if followed.is_due(switch) {
                    followed.look(switch);
                    let mut value = followed.value(switch);
                    value["subscriptionId"] = subscription.id.as_str().into();
                    told.push(value);
                }
            }
        }
        (!told.is_empty()).then(|| message("StatisticUpdate", &json!({ "statistics": told })))
    }

    /// When there is something to tell next, as far as is known.
    pub(super) fn due(&self) -> Timestamp {
        let followed = self.subscriptions.iter().flat_map(|one| &one.followed);
        let grown = followed.filter_map(Followed::grown).min();
        grown.unwrap_or(Timestamp::MAX).min(self.switch.due())
    }

    /// The service goes: all subscriptions are gone with it.
    pub(super) fn go_away(&mut self) -> Box<RawValue> {
        self.subscriptions.clear();
        message(
            "ServiceStateChange",
            &json!({ "serviceState": "UNAVAILABLE" }),
        )
    }

    pub(super) fn come_back() -> Box<RawValue> {
        message(
            "ServiceStateChange",
            &json!({ "serviceState": "AVAILABLE" }),
        )
    }

    /// How much is remembered.
    pub(super) fn remembered(&self) -> usize {
        let followed = self.subscriptions.iter().map(|one| one.followed.len());
        self.switch.remembered() + followed.sum::<usize>()
    }
}

impl Vendor for Service {
    fn subscribe(&mut self, question: &Value) -> Vec<u8> {
        let operation = question["operationId"].as_str().unwrap_or_default();
        let asked = question["data"]["statistics"].as_array();
        let followed = asked.into_iter().flatten().filter_map(|asked| {
            let text = |key: &str| asked[key].as_str();
            let (name, object_type) = (text("name")?, text("objectType")?);
            let object = text("objectId")?;
            let kept = statistics::all().find(|kept| kept.is_named(name, object_type, object))?;
            let mut followed = Followed {
                id: text("statisticId")?.to_owned(),
                kept,
                told: Standing::None,
                grows_since: None,
                at: self.switch.now,
            };
            followed.look(&self.switch);
            Some(followed)
        });
        let subscription = Subscription {
            id: operation.to_owned(),
            followed: followed.collect(),
        };
        let followed = subscription.followed.iter();
        let values = followed.map(|followed| followed.value(&self.switch));
        let answer = well(&json!({
            "subscriptionId": operation,
            "operationId": operation,
            "statistics": values.collect::<Vec<Value>>(),
        }));
        self.subscriptions.push(subscription);
        answer
    }

    fn values(&mut self, subscription: &str) -> Vec<u8> {
        let switch = &self.switch;
        let ours = self.subscriptions.iter_mut();
        let mut ours = ours.filter(|one| one.id == subscription);
        let followed = ours.next().map(|one| &mut one.followed);
        let values = followed.into_iter().flatten().map(|followed| {
            followed.look(switch);
            followed.value(switch)
        });
        well(&json!({ "statistics": values.collect::<Vec<Value>>() }))
    }

    fn part(&mut self, subscription: &str) -> Vec<u8> {
        self.subscriptions.retain(|one| one.id != subscription);
        well(&json!({}))
    }
}

impl Followed {
    fn is_due(&self, switch: &Switch) -> bool {
        let gone = switch.now.duration_since(self.at);
        match self.kept.row.pace {
            Pace::Immediate => self.told != self.kept.standing(switch),
            Pace::Growing => {
                let since = self.kept.grows_since(switch);
                self.grows_since != since || self.grown().is_some_and(|due| due <= switch.now)
            }
            Pace::Periodical => PERIODICAL <= gone && self.told != self.kept.standing(switch),
        }
    }

    /// When it has grown so far by time alone that it is told again.
    fn grown(&self) -> Option<Timestamp> {
        self.grows_since?;
        let has_begun = self.told != Standing::Number(0.0);
        (self.kept.row.pace == Pace::Growing)
            .then(|| self.at + if has_begun { GROWING } else { BEGUN })
    }

    fn look(&mut self, switch: &Switch) {
        self.told = self.kept.standing(switch);
        self.grows_since = self.kept.grows_since(switch);
        self.at = switch.now;
    }

    fn value(&self, switch: &Switch) -> Value {
        json!({
            "statisticId": self.id,
            "timestamp": self.at.as_millisecond(),
            "value": self.told.written(switch),
        })
    }
}

fn message(name: &str, data: &Value) -> Box<RawValue> {
    let topic = match name {
        "StatisticUpdate" => "/statistics/v3/updates",
        _ => "/statistics/v3/service",
    };
    let message = json!({ "data": data, "name": name, "topic": topic });
    serde_json::value::to_raw_value(&message).expect("it is JSON already")
}

fn well(data: &Value) -> Vec<u8> {
    let answer = json!({ "status": { "code": 0 }, "data": data });
    answer.to_string().into_bytes()
}
