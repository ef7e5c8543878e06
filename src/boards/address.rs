//! How ids stand in addresses.

use aws_lc_rs::hmac;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{AgentId, Id, NameVisibility, SiteConfig};

/// Bytes of a card's token. Nobody guesses one that leads to somebody.
const TOKEN_BYTES: usize = 12;

/// What stays as it is in a segment of an address.
const SEGMENT_CHARACTERS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A piece of text as a segment of an address.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT_CHARACTERS).to_string()
}

/// Where more is said of a queue or an agent.
pub fn subject_path(page: &str, id: &Id) -> String {
    let (source, external) = (
        encode_segment(id.source.as_str()),
        encode_segment(&id.external),
    );
    format!("/{page}/{source}/{external}")
}

/// Where a card on a board leads. An id can be a name or an e-mail address, so unless names
/// are shown in full it does not stand there: only we find the person by the token.
pub(super) fn card_path(site: &SiteConfig, id: &AgentId) -> String {
    match site.agent_names {
        NameVisibility::Full => subject_path("agents", id),
        _ => format!("/cards/{}", card_token(site, id)),
    }
}

/// Stands for an agent or a person until the next start.
pub fn card_token(site: &SiteConfig, id: &AgentId) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &site.card_key);
    let tag = hmac::sign(&key, id.to_string().as_bytes());
    let bytes = tag.as_ref().iter().take(TOKEN_BYTES);
    let number = bytes.fold(0, |number, byte| (number << 8) | u128::from(*byte));
    format!("{number:024x}")
}
