//! Key names in a tree of states, as seen at real sites: lowercase, without spaces and
//! punctuation. If an object has several, the first one counts.

/// An agent's state.
pub(super) const STATUS: [&str; 6] = [
    "status",
    "state",
    "agentstatus",
    "agentstate",
    "currentstate",
    "currentagentstate",
];
/// Envelopes around one agent.
pub(super) const ENVELOPES: [&str; 13] = [
    "agentstatus",
    "agentstate",
    "currentagentstate",
    "targetstate",
    "currenttargetstate",
    "value",
    "objectvalue",
    "statevalue",
    "status",
    "state",
    "agent",
    "target",
    "data",
];
/// Envelopes around several agents.
pub(super) const LISTS: [&str; 5] = ["agents", "targets", "agentstatuses", "statuses", "states"];
/// The agent's place.
pub(super) const PLACE: [&str; 3] = ["place", "placestatus", "placeinfo"];
/// The state of a place.
pub(super) const PLACE_STATUS: [&str; 3] = ["placestatus", "status", "state"];
/// The media of an agent or a place.
pub(super) const MEDIA: [&str; 8] = [
    "dnstatuses",
    "dnstatus",
    "dns",
    "media",
    "medias",
    "mediastatuses",
    "mediastates",
    "channels",
];
/// The name of a medium.
pub(super) const MEDIUM: [&str; 5] = ["mediatype", "medianame", "media", "channel", "channeltype"];
/// The state on a medium.
pub(super) const MEDIUM_STATUS: [&str; 5] =
    ["dnstatus", "status", "state", "mediastatus", "mediastate"];
/// Keys that only a telephone has.
pub(super) const TELEPHONE: [&str; 5] = ["dnid", "dn", "switchid", "gswdntypes", "dntype"];
/// The current actions on a medium.
pub(super) const ACTIONS: [&str; 2] = ["actions", "dnactions"];
/// The name of an action.
pub(super) const ACTION: [&str; 4] = ["action", "actiontype", "status", "name"];
/// The start time of a state.
pub(super) const TIME: [&str; 5] = ["time", "statustime", "statetime", "since", "starttime"];
/// The agent's id.
pub(super) const AGENT_ID: [&str; 4] = ["agentid", "loginid", "employeeid", "objectid"];
/// The reason why an agent isn't ready.
pub(super) const REASON: [&str; 6] = [
    "reasoncode",
    "reason",
    "reasons",
    "reasoncodes",
    "notreadyreason",
    "extensions",
];
/// The code within a reason.
pub(super) const REASON_CODE: [&str; 4] = ["reasoncode", "reason", "code", "value"];
/// The value of a state or time that is itself an object.
pub(super) const NESTED_VALUE: [&str; 5] = ["name", "stringvalue", "value", "id", "intvalue"];
/// The state of an agent that is reported without anything else.
pub(super) const BARE_STATUS: [&str; 3] = ["stringvalue", "value", "intvalue"];
