//! The part of an address that says which moment a page shows.

use axum::{
    extract::Query,
    http::{Uri, uri::PathAndQuery},
};
use jiff::Timestamp;

use wallboard_domain::{MOMENT_HINT, parse_moment};
use wallboard_live::LiveHandle;

use super::rewind_failure::RewindFailure;

/// How many times faster than now a past can be played.
pub(super) const SPEEDS: [u32; 3] = [1, 10, 60];

const OUR_KEYS: [&str; 3] = ["at", "play", "cursor"];

/// As it stands in the address.
#[derive(Debug)]
pub(super) struct PastQuery {
    at: Option<String>,
    play: Option<String>,
    /// Tells apart those who play the same moment.
    cursor: Option<String>,
}

/// The moment, speed and cursor of a session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PastKey {
    pub(super) at: Timestamp,
    /// 0: paused.
    pub(super) speed: u32,
    pub(super) cursor: String,
}

pub(super) enum PastRequest {
    Show(PastKey),
    /// To the same page with another query, which others can open too.
    Redirect(String),
}

impl PastKey {
    fn paused(at: Timestamp) -> Self {
        Self {
            at,
            speed: 0,
            cursor: String::new(),
        }
    }

    /// Returns the query that leads to the same session.
    pub(super) fn to_query(&self) -> String {
        let at = format_moment(self.at);
        match self.speed {
            0 => format!("at={at}"),
            speed => format!("at={at}&play={speed}&cursor={}", self.cursor),
        }
    }
}

impl PastQuery {
    /// Returns what an address asks for, if it has a moment. Two moments are none: nobody could say
    /// which one a page shows.
    pub(super) fn of(uri: &Uri) -> Option<Result<Self, RewindFailure>> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
        if !pairs.iter().any(|(key, _)| key == "at") {
            return None;
        }
        let find = |key: &str| {
            let mut values = pairs.iter().filter(|(found, _)| found == key);
            let value = values.next().map(|(_, value)| value.clone());
            match values.next() {
                Some(_) => Err(RewindFailure::Invalid(format!("{key} is given twice"))),
                None => Ok(value),
            }
        };
        let query = || {
            Ok(Self {
                at: find("at")?,
                play: find("play")?,
                cursor: find("cursor")?,
            })
        };
        Some(query())
    }

    /// The moment that a request to the API is about, which stands still.
    pub(super) fn resolve_for_api(&self, live: &LiveHandle) -> Result<PastKey, RewindFailure> {
        if self.play.is_some() || self.cursor.is_some() {
            let what = "play and cursor are for pages".to_owned();
            return Err(RewindFailure::Invalid(what));
        }
        let at = self.moment(live)?;
        Ok(PastKey::paused(at))
    }

    /// Checks it. An address with a relative moment, or that plays without a cursor, leads to one
    /// that stays valid.
    pub(super) fn resolve(&self, live: &LiveHandle) -> Result<PastRequest, RewindFailure> {
        let at = self.moment(live)?;
        let speed = self.speed()?;
        let cursor = self.cursor.clone().unwrap_or_default();
        if !cursor.chars().all(|one| one.is_ascii_alphanumeric()) {
            return Err(RewindFailure::Invalid(
                "cursor has other characters than letters and digits".to_owned(),
            ));
        }
        let needs_cursor = 0 < speed && cursor.is_empty();
        if self.is_relative() || needs_cursor {
            return Ok(PastRequest::Redirect(past_query(at, speed)));
        }
        Ok(PastRequest::Show(PastKey { at, speed, cursor }))
    }

    /// To the millisecond, as addresses and the log have it.
    fn moment(&self, live: &LiveHandle) -> Result<Timestamp, RewindFailure> {
        let (zone, now) =
            live.read_snapshot(|snapshot, now| (snapshot.site.zone.clone(), now.wall));
        let text = self.at.as_deref().unwrap_or_default();
        let at = parse_moment(text, &zone, now).ok_or_else(|| invalid_moment("at", text))?;
        if now < at {
            return Err(RewindFailure::Invalid("at is in the future".to_owned()));
        }
        let at = if self.is_relative() {
            Timestamp::from_second(at.as_second())
        } else {
            Timestamp::from_millisecond(at.as_millisecond())
        };
        at.map_err(|_| invalid_moment("at", text))
    }

    fn is_relative(&self) -> bool {
        self.at.as_ref().is_some_and(|text| text.starts_with('-'))
    }

    fn speed(&self) -> Result<u32, RewindFailure> {
        let Some(text) = &self.play else {
            return Ok(0);
        };
        let speed = text.parse().ok().filter(|speed| SPEEDS.contains(speed));
        speed.ok_or_else(|| RewindFailure::Invalid(format!("play={text}: must be 1, 10 or 60")))
    }
}

/// Returns the address without our part.
pub(super) fn strip_past(uri: &Uri) -> Uri {
    let is_ours = |pair: &&str| {
        let key = pair.split('=').next().unwrap_or_default();
        OUR_KEYS.contains(&key)
    };
    let query = uri.query().unwrap_or_default();
    let others: Vec<&str> = query.split('&').filter(|pair| !is_ours(pair)).collect();
    let address = format!("{}?{}", uri.path(), others.join("&"));
    let address = address.trim_end_matches('?').parse::<PathAndQuery>();
    let mut parts = uri.clone().into_parts();
    if let Ok(address) = address {
        parts.path_and_query = Some(address);
    }
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

/// Returns the query of a page at a moment, for a session of its own.
pub(in crate::web) fn past_query(at: Timestamp, speed: u32) -> String {
    let cursor = format!("{:08x}", rand::random::<u32>());
    PastKey { at, speed, cursor }.to_query()
}

/// In UTC, to the second, or to the millisecond where it has one.
fn format_moment(at: Timestamp) -> String {
    let format = match at.subsec_millisecond() {
        0 => "%Y-%m-%dT%H:%M:%SZ",
        _ => "%Y-%m-%dT%H:%M:%S%.3fZ",
    };
    at.strftime(format).to_string()
}

pub(in crate::web) fn invalid_moment(key: &str, text: &str) -> RewindFailure {
    RewindFailure::Invalid(format!("{key}={text}: {MOMENT_HINT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_parts_of_the_address_stay() {
        for (address, stripped) in [
            ("/boards/queues?at=10:42", "/boards/queues"),
            (
                "/boards/a%20b/live?e=1&at=10:42&n=7&play=1&cursor=ab",
                "/boards/a%20b/live?e=1&n=7",
            ),
        ] {
            let uri: Uri = address.parse().unwrap();
            assert!(PastQuery::of(&uri).unwrap().is_ok());
            assert_eq!(strip_past(&uri).to_string(), stripped);
        }
    }

    #[test]
    fn an_address_has_one_moment() {
        let query_of = |address: &str| PastQuery::of(&address.parse().unwrap());

        assert!(query_of("/boards/queues?n=7").is_none());
        for address in [
            "/boards/queues?at=10:42&at=10:43",
            "/boards/queues?at=10:42&%61t=10:42",
            "/boards/queues?at=10:42&play=1&play=10",
        ] {
            assert!(query_of(address).unwrap().is_err(), "{address}");
        }
    }

    #[test]
    fn a_moment_keeps_its_milliseconds() {
        for (at, query) in [
            ("2026-11-20T10:42:07Z", "at=2026-11-20T10:42:07Z"),
            ("2026-11-20T10:42:07.089Z", "at=2026-11-20T10:42:07.089Z"),
        ] {
            assert_eq!(PastKey::paused(at.parse().unwrap()).to_query(), query);
        }
    }
}
