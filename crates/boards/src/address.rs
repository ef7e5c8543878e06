//! Ids in URLs.

use aws_lc_rs::hmac;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use wallboard_domain::{AgentId, CustomFigureId, Id, NameVisibility, SiteConfig};

/// Bytes of a card's token; enough to make one unguessable.
const TOKEN_BYTES: usize = 12;

/// Characters that stay unescaped in a URL segment.
const SEGMENT_CHARACTERS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Escapes text as a segment of a URL.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT_CHARACTERS).to_string()
}

/// Returns the URL path of a queue's or an agent's page.
pub fn subject_path(page: &str, id: &Id) -> String {
    let (source, external) = (
        encode_segment(id.source.as_str()),
        encode_segment(&id.external),
    );
    format!("/{page}/{source}/{external}")
}

/// Returns the URL path of the page with a custom figure's past.
pub fn figure_path(id: &CustomFigureId) -> String {
    format!("/figures/{id}")
}

/// Returns the link of a card on a board. An id can be a name or an email address, so unless full
/// names are shown, the link holds a token that only we can resolve.
pub(super) fn card_path(site: &SiteConfig, names: NameVisibility, id: &AgentId) -> String {
    match names {
        NameVisibility::Full => subject_path("agents", id),
        _ => format!("/cards/{}", card_token(site, id)),
    }
}

/// Returns a token for an agent or a person; valid until the next start.
pub fn card_token(site: &SiteConfig, id: &AgentId) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &site.card_key);
    let tag = hmac::sign(&key, id.to_string().as_bytes());
    let bytes = tag.as_ref().iter().take(TOKEN_BYTES);
    let number = bytes.fold(0, |number, byte| (number << 8) | u128::from(*byte));
    format!("{number:024x}")
}
