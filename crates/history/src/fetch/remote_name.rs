//! Names from the remote side: which are accepted, and how they are shown.

/// No store that we know has longer keys (S3 and Azure end at 1,024 characters).
const KEY_BYTES_MAX: usize = 4096;
/// Longer names are truncated for display.
const DISPLAYED_CHARACTERS_MAX: usize = 160;

/// Returns why a key isn't accepted; `None` if it is.
pub(super) fn find_name_error(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("it has no name");
    }
    if KEY_BYTES_MAX < key.len() {
        return Some("its name is longer than 4,096 bytes");
    }
    if key.contains('\0') {
        return Some("its name has a NUL character");
    }
    if key.contains('\u{FFFD}') {
        return Some("its name isn't valid UTF-8: rename it");
    }
    let is_relative = |part| part == "." || part == "..";
    if key.split(['/', '\\']).any(is_relative) {
        return Some("a part of its name is “.” or “..”");
    }
    None
}

/// Returns a name for a sentence: no control characters, not too long.
pub(super) fn display_name(name: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    let mut displayed: String = name
        .chars()
        .take(DISPLAYED_CHARACTERS_MAX)
        .map(plain)
        .collect();
    if displayed.len() < name.len() && DISPLAYED_CHARACTERS_MAX <= name.chars().count() {
        displayed.push('…');
    }
    displayed
}

/// Escapes a name for a URL: everything but letters, digits and a few signs, so that a backslash or
/// a `%` arrives unchanged.
pub(super) fn escape_name(key: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PATH: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    utf8_percent_encode(key, PATH).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accepts_vendor_keys_with_any_slashes() {
        for key in [
            "Metrics/2026/3/5/queues.csv",
            r"\CCAAS\FACTS\7-Queue_Call-F\20260305-7-Queue_Call-F.csv",
            "/CCAAS/a.csv",
            "CCAAS//a.csv",
            "a..b/...csv",
        ] {
            assert_eq!(find_name_error(key), None, "{key}");
        }
    }

    #[test]
    fn rejects_harmful_keys() {
        let long = "x".repeat(4097);
        for key in ["", "a\0b", "../a", "a/../b", r"a\..\b", "a/.", &long] {
            assert!(find_name_error(key).is_some(), "{key:?}");
        }
    }

    #[test]
    fn a_long_name_is_truncated() {
        assert_eq!(display_name("a\nb"), "a\u{FFFD}b");
        assert_eq!(
            display_name(&"é".repeat(500)).chars().count(),
            DISPLAYED_CHARACTERS_MAX + 1
        );
        assert_eq!(display_name("é"), "é");
    }

    proptest! {
        #[test]
        fn a_displayed_name_is_short_and_plain(name in ".*") {
            let displayed = display_name(&name);
            prop_assert!(displayed.chars().count() <= DISPLAYED_CHARACTERS_MAX + 1);
            prop_assert!(!displayed.chars().any(char::is_control));
        }

        #[test]
        fn an_escaped_name_decodes_to_itself(name in ".*") {
            let escaped = escape_name(&name);
            let back = percent_encoding::percent_decode_str(&escaped).decode_utf8().unwrap();
            prop_assert_eq!(back.as_ref(), name.as_str());
            prop_assert!(escaped.is_ascii());
            prop_assert!(!escaped.contains(['\\', '?', '#', ' ']));
        }
    }
}
