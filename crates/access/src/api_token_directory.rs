//! All API tokens in memory, so that no request of a program waits for the database.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::RwLock;

use super::{AccessRules, ApiToken, Permissions, Token, TokenId};

/// Which program makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramIdentity {
    pub id: TokenId,
    pub token: ApiToken,
    pub permissions: Permissions,
}

/// A handle on the directory. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ApiTokenDirectory {
    rules: Arc<AccessRules>,
    programs: Arc<RwLock<HashMap<TokenId, Arc<ProgramIdentity>>>>,
}

impl ApiTokenDirectory {
    /// An empty directory, where these rules hold.
    pub(super) fn new(rules: Arc<AccessRules>) -> Self {
        Self {
            rules,
            programs: Arc::default(),
        }
    }

    /// Returns which program has the token, if it holds.
    pub fn identify(&self, token: &Token, now: Timestamp) -> Option<Arc<ProgramIdentity>> {
        let programs = self.programs.read();
        let program = programs.get(&token.id())?;
        (now < program.token.expires_at).then(|| Arc::clone(program))
    }

    /// Whether the token is known, valid or not.
    pub(super) fn has_token(&self, id: TokenId) -> bool {
        self.programs.read().contains_key(&id)
    }

    /// Lists all tokens by name.
    pub fn list_tokens(&self) -> Vec<Arc<ProgramIdentity>> {
        let mut listed: Vec<_> = self.programs.read().values().map(Arc::clone).collect();
        listed.sort_by_cached_key(|one| (one.token.name.to_lowercase(), one.id));
        listed
    }

    pub(super) fn replace_all(&self, tokens: Vec<(TokenId, ApiToken)>) {
        let programs = tokens
            .into_iter()
            .map(|(id, token)| (id, self.program(id, token)));
        *self.programs.write() = programs.collect();
    }

    pub(super) fn put_token(&self, id: TokenId, token: ApiToken) {
        let program = self.program(id, token);
        self.programs.write().insert(id, program);
    }

    pub(super) fn remove_token(&self, id: TokenId) {
        self.programs.write().remove(&id);
    }

    fn program(&self, id: TokenId, token: ApiToken) -> Arc<ProgramIdentity> {
        let permissions = self.rules.permissions_of(token.role, &token.groups);
        Arc::new(ProgramIdentity {
            id,
            token,
            permissions,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{ApiTokenChoice, Role};

    #[test]
    fn a_token_holds_until_its_end() {
        let at = |days: i64| Timestamp::from_second(days * 86_400).unwrap();
        let choice = ApiTokenChoice {
            name: "x".into(),
            membership: Role::Viewer.into(),
            may_write: BTreeSet::new(),
            sends_values_of: None,
            reads_case_records: false,
            days: 30,
        };
        let directory = ApiTokenDirectory::default();
        let token = Token::generate().unwrap();
        directory.put_token(token.id(), ApiToken::new(choice, at(0)).unwrap());

        assert!(directory.identify(&token, at(29)).is_some());
        assert!(directory.identify(&token, at(30)).is_none());
        directory.remove_token(token.id());
        assert!(directory.identify(&token, at(1)).is_none());
    }
}
