//! The people who have taken the alerts of queues.

use std::collections::BTreeMap;

use wallboard_domain::{PersonName, QueueId};

pub type QueueOwners = BTreeMap<QueueId, PersonName>;
