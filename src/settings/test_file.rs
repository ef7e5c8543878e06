//! For tests: the smallest complete configuration, which other keys are added to.

/// Open access, and one source of chats.
pub(crate) const OPEN_CHAT: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\n\
     url = \"amqps://u:p@h/v\"\nexchange = \"x\"\n";

/// The first section alone.
pub(crate) const OPEN: &str = OPEN_CHAT.split_at("[access]\nmode = \"open\"\n".len()).0;

/// The second section alone.
pub(crate) const CHAT: &str = OPEN_CHAT.split_at(OPEN.len()).1;
