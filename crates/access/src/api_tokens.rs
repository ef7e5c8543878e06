//! API tokens: made and revoked by administrators.

use jiff::Timestamp;
use tracing::info;

use wallboard_store::{DocumentError, RecordError, RecordStore, Records, encode_document};

use super::{
    AccountError, Accounts, ApiToken, ApiTokenChoice, ApiTokenDirectory, NoRandomness, Token,
    TokenId,
    api_token::{API_TOKENS, InvalidApiToken, format_api_token},
};

/// Why a token wasn't made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum ApiTokenError {
    #[error(transparent)]
    Choice(#[from] InvalidApiToken),
    #[error(transparent)]
    Group(#[from] AccountError),
    #[error("that token no longer exists")]
    NotFound,
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("the token's record")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the tokens")]
    Records(#[from] RecordError),
}

/// A handle on all API tokens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ApiTokens {
    records: RecordStore,
    accounts: Accounts,
    directory: ApiTokenDirectory,
}

impl ApiTokens {
    pub(super) fn new(
        records: RecordStore,
        accounts: Accounts,
        directory: ApiTokenDirectory,
    ) -> Self {
        Self {
            records,
            accounts,
            directory,
        }
    }

    pub fn directory(&self) -> &ApiTokenDirectory {
        &self.directory
    }

    /// Adds a token, and returns its text, which is stored nowhere.
    pub async fn add(&self, choice: ApiTokenChoice) -> Result<String, ApiTokenError> {
        self.accounts.check_groups(&choice.membership)?;
        let made = ApiToken::new(choice, Timestamp::now())?;
        let token = Token::generate()?;
        let record = token.id().record_id().ok_or(ApiTokenError::NotFound)?;
        let document = encode_document(&made)?;
        self.records
            .put(API_TOKENS, &record, None, document)
            .await?;
        info!(name = made.name, role = %made.role, "Created an API token");
        // The next request may be faster than the watch.
        self.directory.put_token(token.id(), made);
        Ok(format_api_token(&token))
    }

    /// Revokes a token: it can no longer read anything.
    pub async fn revoke(&self, id: TokenId) -> Result<(), ApiTokenError> {
        let record = id.record_id().ok_or(ApiTokenError::NotFound)?;
        let stored = self.records.get(API_TOKENS, &record).await?;
        let stored = stored.ok_or(ApiTokenError::NotFound)?;
        let deleting = self.records.delete(API_TOKENS, &record, stored.revision);
        deleting.await?;
        self.directory.remove_token(id);
        Ok(())
    }
}
