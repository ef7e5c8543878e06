//! The compression that viewer and server agree on at the upgrade: `permessage-deflate`, RFC 7692,
//! always without context takeover, so that all viewers are sent the same bytes. Pure.

/// How messages go over a viewer's socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FrameEncoding {
    #[default]
    Plain,
    /// Each message may be deflated, and says whether it is.
    Deflate,
}

const EXTENSION: &str = "permessage-deflate";

const ACCEPTED: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// Answers a viewer that limits our window with the window that we use.
const ACCEPTED_WITH_WINDOW: &str = "permessage-deflate; server_no_context_takeover; \
     client_no_context_takeover; server_max_window_bits=15";

/// The window that our frames need, as a power of two. Viewers share them, so it's the same for all.
const WINDOW_BITS: u8 = 15;

/// Returns the answer to the first offer that we can meet. Takes the lines of
/// `Sec-WebSocket-Extensions`. `None`: there's none, and messages stay plain.
pub fn accept_offer<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<&'static str> {
    lines
        .into_iter()
        .flat_map(|line| split_unquoted(line, ','))
        .find_map(answer_offer)
}

fn answer_offer(offer: &str) -> Option<&'static str> {
    let mut parts = split_unquoted(offer, ';').map(str::trim);
    if parts.next() != Some(EXTENSION) {
        return None;
    }
    let (mut names, mut answer) = (Vec::new(), ACCEPTED);
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(unquote(value.trim_start()))),
            None => (part, None),
        };
        match (name, value) {
            (
                "server_no_context_takeover"
                | "client_no_context_takeover"
                | "client_max_window_bits",
                None,
            ) => {}
            // Our inflater's window is the largest.
            ("client_max_window_bits", Some(bits)) if parse_window(bits).is_some() => {}
            ("server_max_window_bits", Some(bits)) if parse_window(bits) == Some(WINDOW_BITS) => {
                answer = ACCEPTED_WITH_WINDOW;
            }
            _ => return None,
        }
        if names.contains(&name) {
            return None;
        }
        names.push(name);
    }
    Some(answer)
}

/// Reads 8 to 15, without leading zeros.
fn parse_window(bits: &str) -> Option<u8> {
    (8..=WINDOW_BITS).find(|known| known.to_string() == bits)
}

/// A quoted value with escapes stays as it is: no value that we know has any.
fn unquote(value: &str) -> &str {
    let inner = value.strip_prefix('"');
    let inner = inner.and_then(|value| value.strip_suffix('"'));
    inner.unwrap_or(value)
}

/// Splits at a separator outside of quoted strings.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        match c {
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        c == separator && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_that_we_can_meet_are_accepted() {
        for offer in [
            "permessage-deflate",
            // Chromium and Firefox; Safari.
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_no_context_takeover",
            "permessage-deflate;server_no_context_takeover;client_max_window_bits=8",
            " permessage-deflate ; client_max_window_bits = \"15\" ",
            "x-webkit-deflate-frame, permessage-deflate",
            "permessage-deflate; server_max_window_bits=10, permessage-deflate",
            "permessage-deflate; unknown, , permessage-deflate; client_max_window_bits",
            "other; a=\"\\\", permessage-deflate; unknown\", permessage-deflate",
        ] {
            assert_eq!(accept_offer([offer]), Some(ACCEPTED), "{offer}");
        }
        let in_lines = ["other", "permessage-deflate"];
        assert_eq!(accept_offer(in_lines), Some(ACCEPTED));
        for offer in [
            "permessage-deflate; server_max_window_bits=15",
            "permessage-deflate; client_max_window_bits; server_max_window_bits=\"15\"",
            "permessage-deflate; server_max_window_bits=15, permessage-deflate",
        ] {
            assert_eq!(accept_offer([offer]), Some(ACCEPTED_WITH_WINDOW), "{offer}");
        }
    }

    #[test]
    fn other_offers_are_declined() {
        assert_eq!(accept_offer([]), None);
        for offer in [
            "",
            "permessage-bzip2",
            "permessage-deflate-2",
            "permessage-deflate;",
            "permessage-deflate; unknown",
            "permessage-deflate; unknown=1",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover=",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; client_max_window_bits; client_max_window_bits=15",
            "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; client_max_window_bits=7",
            "permessage-deflate; client_max_window_bits=16",
            "permessage-deflate; client_max_window_bits=08",
            "permessage-deflate; client_max_window_bits=+9",
            "permessage-deflate; client_max_window_bits=\"9",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=14",
            "permessage-deflate; server_max_window_bits=015",
            "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15",
            "other; a=\", permessage-deflate, \"",
        ] {
            assert_eq!(accept_offer([offer]), None, "{offer}");
        }
    }
}
