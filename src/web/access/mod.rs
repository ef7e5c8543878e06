//! Visitors and their rights, and the pages of accounts and tokens.

pub(super) mod account;
pub(super) mod account_refusal;
pub(super) mod allowed_origins;
pub(super) mod audit;
mod audit_words;
pub(super) mod audited;
pub(super) mod authorize;
pub(super) mod editing;
pub(super) mod multipart_form;
pub(super) mod people;
pub(super) mod reader_texts;
mod role_name;
pub(super) mod route_requirements;
pub(super) mod setup;
pub(super) mod sign_in;
pub(super) mod tokens;
pub(super) mod visible_state;
pub(super) mod visitor;
