//! Kinds of sources as pages name them: what they bring, and the vendor's system.

use wallboard_domain::{SourceFeed, SourceStarter};
use wallboard_texts::Texts;

/// "Chat: Vergic Engage (Vngage)".
pub(in crate::web) fn starter_title(texts: &Texts, starter: &SourceStarter) -> String {
    let system = starter.system;
    match starter.feed {
        SourceFeed::Chats => texts.starter_chat(system),
        SourceFeed::Calls => texts.starter_voice(system),
        SourceFeed::ChatHistory => texts.starter_chat_history(system),
        SourceFeed::CallHistory => texts.starter_call_history(system),
        SourceFeed::Values => texts.starter_values(system),
        SourceFeed::Plan => texts.starter_plan(system),
        SourceFeed::Demo => texts.starter_demo().to_owned(),
    }
}
