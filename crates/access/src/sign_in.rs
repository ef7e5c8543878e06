//! Sign-in with a password: a session for people who know it, and the same answer after the same time
//! for everybody else. And with the identity provider's answer.

use std::{net::IpAddr, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use wallboard_domain::Language;
use wallboard_store::{RecordError, RecordStore, Revision};

use super::{
    AccessRules, AccountError, Accounts, ApiTokens, AuditTrail, Credential, Directories, Identity,
    IdentityProvider, NoRandomness, Password, PasswordHasher, Person, ProviderError, Screens,
    Session, SessionDirectory, SetupCode, SetupCodeError, Token, TokenId, TokenLookups, User,
    UserId,
    password::{HashingError, PasswordMatch},
    session_records::{SessionError, create_session, delete_session, delete_sessions_of},
    sign_in_limits::{SignInAttempt, SignInLimits, network_of},
    user::fit_name,
};

/// The entered name and password, and where they came from.
#[derive(Debug)]
pub struct SignInRequest {
    pub name: String,
    pub password: Password,
    pub address: IpAddr,
    /// Which browser it is, as people say it.
    pub device: String,
}

/// Why there's no session.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name or the password is wrong, or the account is disabled: nobody learns which.
    #[error("that name and password don't match")]
    NoMatch,
    /// The identity provider knows the person, and none of the groups gives a role.
    #[error("{0:?} has no role at the identity provider")]
    NoRole(String),
    #[error("{0:?} is disabled")]
    Disabled(String),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("too many attempts; try again in {} s", .0.as_secs() + 1)]
    TooManyAttempts(Duration),
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    SetupCode(#[from] SetupCodeError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Signs people in and out. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SignIn {
    records: RecordStore,
    accounts: Accounts,
    directories: Directories,
    screens: Screens,
    api_tokens: ApiTokens,
    audit: AuditTrail,
    hasher: PasswordHasher,
    limits: Arc<SignInLimits>,
    lookups: Arc<TokenLookups>,
    provider: Option<IdentityProvider>,
    /// How long a session holds at most.
    duration: SignedDuration,
}

impl SignIn {
    /// Reads all users, sessions and screens.
    pub async fn open(
        records: RecordStore,
        duration: SignedDuration,
        rules: AccessRules,
    ) -> Result<Self, RecordError> {
        let hasher = PasswordHasher::default();
        let groups = rules.groups.keys().cloned().collect();
        let directories = Directories::load(&records, rules).await?;
        let accounts = Accounts::new(records.clone(), hasher.clone(), groups);
        let tokens = directories.api_tokens.clone();
        let lookups = Arc::new(TokenLookups::new(directories.clone(), records.clone()));
        Ok(Self {
            screens: Screens::new(
                records.clone(),
                directories.screens.clone(),
                Arc::clone(&lookups),
            ),
            audit: AuditTrail::new(records.store().clone()),
            api_tokens: ApiTokens::new(records.clone(), accounts.clone(), tokens),
            accounts,
            lookups,
            records,
            directories,
            hasher,
            limits: Arc::new(SignInLimits::new()),
            provider: None,
            duration,
        })
    }

    /// While nobody has an account, offers the code that makes the first administrator. Returns it as
    /// people read it too.
    pub async fn offer_setup(&self) -> Result<Option<(SetupCode, String)>, SetupCodeError> {
        if self.directory().has_users() {
            return Ok(None);
        }
        let offer = SetupCode::offer(self.records.clone(), Timestamp::now());
        Ok(Some(offer.await?))
    }

    /// Lets people sign in through an identity provider too.
    pub fn with_provider(self, provider: Option<IdentityProvider>) -> Self {
        Self { provider, ..self }
    }

    pub fn provider(&self) -> Option<&IdentityProvider> {
        self.provider.as_ref()
    }

    /// How long a session holds at most.
    pub fn session_duration(&self) -> SignedDuration {
        self.duration
    }

    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub fn directory(&self) -> &SessionDirectory {
        &self.directories.sessions
    }

    pub fn screens(&self) -> &Screens {
        &self.screens
    }

    pub fn audit(&self) -> &AuditTrail {
        &self.audit
    }

    pub fn api_tokens(&self) -> &ApiTokens {
        &self.api_tokens
    }

    /// Finds tokens that were made at another node in this moment.
    pub fn token_lookups(&self) -> &TokenLookups {
        &self.lookups
    }

    /// Returns the directories that [`super::follow_records`] keeps equal to the records.
    pub fn directories(&self) -> &Directories {
        &self.directories
    }

    /// Opens a session for a name and a password.
    pub async fn sign_in(&self, request: SignInRequest) -> Result<Token, SignInError> {
        let id = UserId::of_name(&request.name);
        let attempt = self.take_attempt(&id, request.address)?;
        let Some((user, revision)) = self.check_password(&id, request.password).await? else {
            warn!(address = %request.address, "Someone couldn't sign in");
            return Err(SignInError::NoMatch);
        };
        info!(user = user.name, address = %request.address, "Signed in");
        self.limits.record_success(&attempt);
        let network = network_of(request.address);
        let adding = (self.accounts).add_network(&id, user, revision, network);
        let (user, revision) = adding.await;
        // The next request may be faster than the watch.
        self.directory()
            .put_user(id.clone(), revision, user, Timestamp::now());
        self.open_session(&id, request.device, request.address)
            .await
    }

    /// Opens a session for the person that the identity provider names, with its role and groups.
    /// Without a role, earlier sessions end.
    pub async fn sign_in_person(
        &self,
        person: Person,
        address: IpAddr,
        device: String,
    ) -> Result<Token, SignInError> {
        let (id, name) = (UserId::of_subject(&person.subject), fit_name(&person.name));
        let Some(membership) = person.membership else {
            delete_sessions_of(&self.records, &id, None).await?;
            return Err(SignInError::NoRole(name));
        };
        let user = self
            .accounts
            .put_person(&person.subject, &name, &membership);
        let (user, revision) = user.await?;
        if user.is_disabled {
            return Err(SignInError::Disabled(name));
        }
        info!(user = user.name, address = %address, "Signed in through the identity provider");
        // The next request may be faster than the watch.
        self.directory()
            .put_user(id.clone(), revision, user, Timestamp::now());
        self.open_session(&id, device, address).await
    }

    /// Ends a session: its sockets close at once.
    pub async fn sign_out(&self, session: TokenId) -> Result<(), SignInError> {
        delete_session(&self.records, session).await?;
        self.directory().remove_session(session);
        Ok(())
    }

    /// Sets the language of one's own pages; `None`: the browser's. The next page has it.
    pub async fn set_language(
        &self,
        identity: &Identity,
        language: Option<Language>,
    ) -> Result<(), SignInError> {
        self.accounts.set_language(&identity.user, language).await?;
        if let Some((user, revision)) = self.accounts.find_user(&identity.user).await? {
            let (directory, now) = (self.directory(), Timestamp::now());
            directory.put_user(identity.user.clone(), revision, user, now);
        }
        Ok(())
    }

    /// Changes one's own password and ends one's other sessions.
    pub async fn change_password(
        &self,
        identity: &Identity,
        address: IpAddr,
        old: Password,
        new: Password,
    ) -> Result<(), SignInError> {
        let attempt = self.take_attempt(&identity.user, address)?;
        if self.check_password(&identity.user, old).await?.is_none() {
            return Err(SignInError::NoMatch);
        }
        self.limits.record_success(&attempt);
        let own = Some(identity.session);
        Ok((self.accounts)
            .set_password(&identity.name, new, own)
            .await?)
    }

    fn take_attempt(&self, id: &UserId, address: IpAddr) -> Result<SignInAttempt, SignInError> {
        let is_known = self.directory().is_known_network(id, network_of(address));
        let taken = self.limits.take_attempt(id, address, is_known);
        taken.map_err(SignInError::TooManyAttempts)
    }

    /// Returns the user and its revision if the password is right and the account isn't disabled.
    async fn check_password(
        &self,
        id: &UserId,
        password: Password,
    ) -> Result<Option<(User, Revision)>, SignInError> {
        let found = self.accounts.find_user(id).await?;
        let hash = found.as_ref().and_then(|(user, _)| match &user.credential {
            Credential::Password { password } => Some(password.clone()),
            Credential::Provider(_) => None,
        });
        let result = self.hasher.verify(password, hash).await?;
        let Some((user, revision)) = found.filter(|(user, _)| !user.is_disabled) else {
            return Ok(None);
        };
        match result {
            PasswordMatch::Wrong => Ok(None),
            PasswordMatch::Right => Ok(Some((user, revision))),
            PasswordMatch::Rehashed(hash) => {
                (self.accounts)
                    .renew_hash(id, user.clone(), revision, hash)
                    .await;
                Ok(Some((user, revision)))
            }
        }
    }

    async fn open_session(
        &self,
        user: &UserId,
        device: String,
        address: IpAddr,
    ) -> Result<Token, SignInError> {
        let token = Token::generate()?;
        let now = Timestamp::now();
        let session = Session {
            user: user.clone(),
            created_at: now,
            expires_at: now.saturating_add(self.duration).unwrap_or(now),
            last_used_at: now,
            device,
            address,
        };
        let revision = create_session(&self.records, token.id(), &session).await?;
        self.directory()
            .put_session(token.id(), revision, session, now);
        Ok(token)
    }
}

#[cfg(test)]
mod tests;
