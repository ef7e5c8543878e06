//! The protocol for viewers, `wallboard.v1`: JSON text frames, close codes and the messages that
//! a viewer may send. Only this module knows this JSON. Pure.

use serde::{
    Deserialize, Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{AttributeValue, BoardPatch, SlotValue};
use wallboard_domain::ScreenOrder;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "wallboard.v1";

/// The longest message that a viewer may send, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 4096;

/// Why the server closed a socket. The protocol defines the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    Restarting,
    /// Too slow, or one viewer too many.
    Overload,
    Violation,
    /// Not a WebSocket frame.
    InvalidFrame,
    /// A text that isn't UTF-8, or a message that can't be inflated.
    InvalidText,
    /// The viewer's session ended.
    SignedOut,
    /// The viewer may no longer see the board.
    NotAllowed,
}

impl CloseReason {
    pub fn code(self) -> u16 {
        match self {
            Self::Restarting => 1012,
            Self::Overload => 1013,
            Self::Violation => 1008,
            Self::InvalidFrame => 1002,
            Self::InvalidText => 1007,
            Self::SignedOut => 4401,
            Self::NotAllowed => 4403,
        }
    }
}

/// A viewer's position: the publisher's epoch and the last `n` that the viewer applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewerPosition {
    pub epoch: String,
    pub n: u64,
}

/// How a viewer should behave, in the protocol's units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClientHint {
    /// Seconds after which a quiet publisher sends a heartbeat.
    pub hb: u64,
    /// The shortest and longest pause before a reconnect, in milliseconds.
    pub min: u64,
    pub max: u64,
}

/// The first frame on every socket.
#[derive(Clone, Debug)]
pub struct HelloFrame<'a> {
    pub epoch: &'a str,
    pub n: u64,
    /// The build of the page's assets. A different build makes the page reload.
    pub build: &'a str,
    pub sent_at: i64,
    /// Whether the socket resumes from the viewer's position. If not, a snapshot follows.
    pub resume: bool,
    pub hint: ClientHint,
}

/// The position of a frame in a publisher's order, and when it was sent (milliseconds since
/// 1970).
#[derive(Clone, Copy, Debug)]
pub struct FrameStamp<'a> {
    pub epoch: &'a str,
    pub n: u64,
    pub sent_at: i64,
    /// Seconds since the oldest last sign of life of the sources of unmarked values; `None` if few.
    pub age: Option<u64>,
}

pub fn encode_hello(hello: &HelloFrame<'_>) -> Utf8Bytes {
    #[derive(Serialize)]
    struct HelloWire<'a> {
        t: &'static str,
        e: &'a str,
        n: u64,
        ver: &'a str,
        ts: i64,
        resume: bool,
        hint: ClientHint,
    }
    encode_json(&HelloWire {
        t: "hi",
        e: hello.epoch,
        n: hello.n,
        ver: hello.build,
        ts: hello.sent_at,
        resume: hello.resume,
        hint: hello.hint,
    })
}

/// Encodes only the changes.
pub fn encode_delta(stamp: FrameStamp<'_>, patch: &BoardPatch) -> Utf8Bytes {
    encode_json(&ChangeFrame {
        t: "d",
        e: stamp.epoch,
        n: stamp.n,
        ts: stamp.sent_at,
        age: stamp.age,
        o: patch.oldest_report,
        h: &patch.regions,
        c: SerializedCells(&patch.cells),
    })
}

/// Encodes the whole board: all slots, or the root's HTML, which has all values, if the viewer's
/// structure is different.
pub fn encode_snapshot(
    stamp: FrameStamp<'_>,
    cells: &[(u32, SlotValue)],
    root: Option<&(String, String)>,
) -> Utf8Bytes {
    encode_json(&ChangeFrame {
        t: "s",
        e: stamp.epoch,
        n: stamp.n,
        ts: stamp.sent_at,
        age: stamp.age,
        o: None,
        h: root.map_or(&[], std::slice::from_ref),
        c: SerializedCells(cells),
    })
}

/// Encodes a heartbeat for when nothing changes, with each source's age in seconds.
pub fn encode_heartbeat(stamp: FrameStamp<'_>, ages: &[(String, u64)]) -> Utf8Bytes {
    #[derive(Serialize)]
    struct HeartbeatWire<'a> {
        t: &'static str,
        n: u64,
        ts: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        age: Option<u64>,
        src: SerializedAges<'a>,
    }
    encode_json(&HeartbeatWire {
        t: "hb",
        n: stamp.n,
        ts: stamp.sent_at,
        age: stamp.age,
        src: SerializedAges(ages),
    })
}

/// Encodes the frame before a planned close: reconnect after a random part of `retry`
/// milliseconds.
pub fn encode_bye(retry: u64) -> Utf8Bytes {
    #[derive(Serialize)]
    struct ByeWire {
        t: &'static str,
        retry: u64,
    }
    encode_json(&ByeWire { t: "bye", retry })
}

/// Encodes a command to reload the page.
pub fn encode_reload() -> Utf8Bytes {
    #[derive(Serialize)]
    struct ReloadWire {
        t: &'static str,
        r#do: &'static str,
    }
    encode_json(&ReloadWire {
        t: "cmd",
        r#do: "reload",
    })
}

/// Encodes an order to one screen.
pub fn encode_order(order: &ScreenOrder) -> Utf8Bytes {
    #[derive(Serialize)]
    struct IdentifyWire<'a> {
        t: &'static str,
        r#do: &'static str,
        name: &'a str,
    }
    match order {
        ScreenOrder::Reload => encode_reload(),
        ScreenOrder::Identify { name } => encode_json(&IdentifyWire {
            t: "cmd",
            r#do: "identify",
            name,
        }),
    }
}

/// A message that a viewer may send.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "t", deny_unknown_fields)]
pub enum ViewerMessage {
    /// The viewer has a gap, or a position of another epoch.
    #[serde(rename = "resync")]
    Resync { e: String, n: u64 },
    /// The state of the screen.
    #[serde(rename = "st")]
    Status {
        n: u64,
        /// How long after `ts` the last frame was painted, in milliseconds.
        lag: Option<f64>,
        fps: Option<f64>,
        /// 1 when the page is visible.
        vis: Option<u8>,
    },
}

/// An error for any message that a viewer may not send.
#[derive(Debug, thiserror::Error)]
#[error("not a message of wallboard.v1")]
pub struct InvalidMessage(#[from] serde_json::Error);

pub fn parse_message(text: &str) -> Result<ViewerMessage, InvalidMessage> {
    Ok(serde_json::from_str(text)?)
}

#[derive(Serialize)]
struct ChangeFrame<'a> {
    t: &'static str,
    e: &'a str,
    n: u64,
    ts: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    o: Option<i64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    h: &'a [(String, String)],
    c: SerializedCells<'a>,
}

struct SerializedCells<'a>(&'a [(u32, SlotValue)]);

impl Serialize for SerializedCells<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(Some(self.0.len()))?;
        for (slot, cell) in self.0 {
            all.serialize_element(&(slot, SerializedCell(cell)))?;
        }
        all.end()
    }
}

struct SerializedCell<'a>(&'a SlotValue);

impl Serialize for SerializedCell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attrs = match self.0 {
            SlotValue::Text(text) => return serializer.serialize_str(text),
            SlotValue::Clock { since, text } => {
                let mut clock = serializer.serialize_map(None)?;
                clock.serialize_entry("since", since)?;
                // The page runs the clock itself. Only a stopped one has text.
                if since.is_none() {
                    clock.serialize_entry("text", text)?;
                }
                return clock.end();
            }
            SlotValue::Attributes(attrs) => attrs,
        };
        let mut map = serializer.serialize_map(Some(attrs.len()))?;
        for (name, value) in attrs {
            match value {
                AttributeValue::Text(text) => map.serialize_entry(name, text)?,
                AttributeValue::Number(number) => map.serialize_entry(name, number)?,
            }
        }
        map.end()
    }
}

struct SerializedAges<'a>(&'a [(String, u64)]);

impl Serialize for SerializedAges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(source, age)| (source, age)))
    }
}

fn encode_json(frame: &impl Serialize) -> Utf8Bytes {
    serde_json::to_string(frame)
        .expect("frames have string keys and cannot fail to serialize")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: FrameStamp<'static> = FrameStamp {
        epoch: "b7",
        n: 1043,
        sent_at: 1_763_620_931_000,
        age: None,
    };

    #[test]
    fn every_frame_matches_the_protocol() {
        let hint = ClientHint {
            hb: 10,
            min: 500,
            max: 10_000,
        };
        let cells = vec![
            (41, SlotValue::Text("7".into())),
            (42, clock_cell(Some(1_763_620_900_000), "0:31")),
            (43, clock_cell(None, "–")),
            (
                40,
                SlotValue::Attributes(vec![("sev", AttributeValue::Text("warn".into()))]),
            ),
            (
                44,
                SlotValue::Attributes(vec![
                    ("pos", AttributeValue::Number(3)),
                    ("in", AttributeValue::Text("talking".into())),
                ]),
            ),
        ];
        let silent = FrameStamp {
            age: Some(5),
            ..STAMP
        };
        let regions = vec![("r1".to_owned(), "<p>\"é\"</p>".to_owned())];
        let patch = |cells: &[(u32, SlotValue)], regions: &[(String, String)], oldest| BoardPatch {
            cells: cells.to_vec(),
            regions: regions.to_vec(),
            oldest_report: oldest,
        };
        let cases = [
            (
                encode_hello(&HelloFrame {
                    epoch: "b7",
                    n: 1042,
                    build: "9f2c",
                    sent_at: 5,
                    resume: true,
                    hint,
                }),
                r#"{"t":"hi","e":"b7","n":1042,"ver":"9f2c","ts":5,"resume":true,"hint":{"hb":10,"min":500,"max":10000}}"#,
            ),
            (
                encode_delta(STAMP, &patch(&cells, &[], Some(1_763_620_930_500))),
                r#"{"t":"d","e":"b7","n":1043,"ts":1763620931000,"o":1763620930500,"c":[[41,"7"],[42,{"since":1763620900000}],[43,{"since":null,"text":"–"}],[40,{"sev":"warn"}],[44,{"pos":3,"in":"talking"}]]}"#,
            ),
            (
                encode_delta(STAMP, &patch(&cells[..1], &regions, None)),
                r#"{"t":"d","e":"b7","n":1043,"ts":1763620931000,"h":[["r1","<p>\"é\"</p>"]],"c":[[41,"7"]]}"#,
            ),
            (
                encode_snapshot(STAMP, &cells[..1], None),
                r#"{"t":"s","e":"b7","n":1043,"ts":1763620931000,"c":[[41,"7"]]}"#,
            ),
            (
                encode_snapshot(STAMP, &[], Some(&("root".into(), "<main/>".into()))),
                r#"{"t":"s","e":"b7","n":1043,"ts":1763620931000,"h":[["root","<main/>"]],"c":[]}"#,
            ),
            (
                encode_heartbeat(STAMP, &[("chat".into(), 2), ("voice".into(), 0)]),
                r#"{"t":"hb","n":1043,"ts":1763620931000,"src":{"chat":2,"voice":0}}"#,
            ),
            (
                encode_heartbeat(silent, &[]),
                r#"{"t":"hb","n":1043,"ts":1763620931000,"age":5,"src":{}}"#,
            ),
            (
                encode_delta(silent, &patch(&cells[..1], &[], None)),
                r#"{"t":"d","e":"b7","n":1043,"ts":1763620931000,"age":5,"c":[[41,"7"]]}"#,
            ),
            (encode_bye(5000), r#"{"t":"bye","retry":5000}"#),
            (
                encode_order(&ScreenOrder::Reload),
                r#"{"t":"cmd","do":"reload"}"#,
            ),
            (
                encode_order(&ScreenOrder::Identify {
                    name: "Åsa's \"TV\"".into(),
                }),
                r#"{"t":"cmd","do":"identify","name":"Åsa's \"TV\""}"#,
            ),
        ];

        for (frame, expected) in cases {
            assert_eq!(frame.as_str(), expected);
        }
    }

    #[test]
    fn all_figures_of_twelve_queues_fit_into_a_kilobyte() {
        let stamp = FrameStamp {
            epoch: "2debfbd06f34",
            ..STAMP
        };
        let tile = |first: u32| {
            let texts = ["14", "3", "89%", "128"].map(|text| SlotValue::Text(text.into()));
            let clock = clock_cell(Some(1_763_620_900_000), "0:31");
            (first..).zip(texts.into_iter().chain([clock]))
        };
        let patch = BoardPatch {
            cells: (0..12).flat_map(|n| tile(100 + 20 * n)).collect(),
            regions: Vec::new(),
            oldest_report: Some(stamp.sent_at),
        };
        assert_eq!(patch.cells.len(), 60);

        let frame = encode_delta(stamp, &patch);

        assert!(frame.len() <= 1000, "{} B", frame.len());
    }

    #[test]
    fn a_viewer_may_only_resync_and_report_its_status() {
        let parsed = |text| parse_message(text).ok();

        let resync = ViewerMessage::Resync {
            e: "b7".into(),
            n: 1041,
        };
        assert_eq!(
            parsed(r#"{"t":"resync","e":"b7","n":1041}"#),
            Some(resync.clone())
        );
        assert_eq!(parsed(r#"{"n":1041,"e":"b7","t":"resync"}"#), Some(resync));
        assert_eq!(
            parsed(r#"{"t":"st","n":1043,"lag":120,"fps":29,"vis":1}"#),
            Some(ViewerMessage::Status {
                n: 1043,
                lag: Some(120.0),
                fps: Some(29.0),
                vis: Some(1),
            })
        );
        for invalid in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"t":"cmd"}"#,
            r#"{"t":"resync","e":"b7"}"#,
            r#"{"t":"resync","e":"b7","n":-1}"#,
            r#"{"t":"resync","e":7,"n":1}"#,
            r#"{"t":"resync","e":"b7","n":1,"x":1}"#,
            r#"{"t":"st","n":"1"}"#,
            r#"{"t":"st","n":1} {"t":"st","n":1}"#,
        ] {
            assert_eq!(parsed(invalid), None, "{invalid}");
        }
    }

    fn clock_cell(since: Option<i64>, text: &str) -> SlotValue {
        SlotValue::Clock {
            since,
            text: text.into(),
        }
    }
}
