//! The names of what is in a tree of states, as they are written in the field: in small
//! letters, without spaces and marks. Of several in one object the first holds.

/// An agent's state.
pub(super) const STATUS: [&str; 6] = [
    "status",
    "state",
    "agentstatus",
    "agentstate",
    "currentstate",
    "currentagentstate",
];
/// Envelopes around one agent …
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
/// … and around several.
pub(super) const LISTS: [&str; 5] = ["agents", "targets", "agentstatuses", "statuses", "states"];
/// Where an agent sits.
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
/// What a medium is called.
pub(super) const MEDIUM: [&str; 5] = ["mediatype", "medianame", "media", "channel", "channeltype"];
/// The state on a medium.
pub(super) const MEDIUM_STATUS: [&str; 5] =
    ["dnstatus", "status", "state", "mediastatus", "mediastate"];
/// Only a telephone has these.
pub(super) const TELEPHONE: [&str; 5] = ["dnid", "dn", "switchid", "gswdntypes", "dntype"];
/// What happens on a medium.
pub(super) const ACTIONS: [&str; 2] = ["actions", "dnactions"];
/// What one of these is.
pub(super) const ACTION: [&str; 4] = ["action", "actiontype", "status", "name"];
/// Since when something is so.
pub(super) const TIME: [&str; 5] = ["time", "statustime", "statetime", "since", "starttime"];
/// Whom it is about.
pub(super) const AGENT_ID: [&str; 4] = ["agentid", "loginid", "employeeid", "objectid"];
/// Why somebody is not ready.
pub(super) const REASON: [&str; 6] = [
    "reasoncode",
    "reason",
    "reasons",
    "reasoncodes",
    "notreadyreason",
    "extensions",
];
/// The code in it.
pub(super) const REASON_CODE: [&str; 4] = ["reasoncode", "reason", "code", "value"];
/// Where a state or a time is itself an object.
pub(super) const NESTED_VALUE: [&str; 5] = ["name", "stringvalue", "value", "id", "intvalue"];
/// An agent of whom nothing but the state is said.
pub(super) const BARE_STATUS: [&str; 3] = ["stringvalue", "value", "intvalue"];
