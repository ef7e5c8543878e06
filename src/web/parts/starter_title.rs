//! Kinds of sources as pages name them: what they bring, and the vendor's system.

use wallboard_domain::SourceFeed;
use wallboard_texts::Texts;

/// "Chat: Vergic Engage (Vngage)"; without a feed, the system alone.
pub(in crate::web) fn starter_title(
    texts: &Texts,
    feed: Option<SourceFeed>,
    system: &str,
) -> String {
    match feed {
        None => system.to_owned(),
        Some(SourceFeed::Chats) => texts.starter_chat(system),
        Some(SourceFeed::Calls) => texts.starter_voice(system),
        Some(SourceFeed::ChatHistory) => texts.starter_chat_history(system),
        Some(SourceFeed::CallHistory) => texts.starter_call_history(system),
        Some(SourceFeed::Values) => texts.starter_values(system),
    }
}
