//! User accounts: made, changed and listed, by administrators and at the command line.

use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;

use wallboard_domain::Language;
use wallboard_store::{
    DocumentError, RecordError, RecordStore, Records, Revision, decode_document, encode_document,
};

use super::{
    Credential, Membership, Password, PasswordHash, PasswordHasher, ProviderSubject, Role, TokenId,
    User, UserId,
    password::{HashingError, WeakPassword},
    session_records::{SessionError, delete_sessions_of},
    user::{InvalidName, USERS, check_name},
};

/// Why an account can't be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("there's already a user {0:?}; choose another name")]
    Exists(String),
    #[error("there's no user {0:?}; `wallboard user list` shows all")]
    NotFound(String),
    #[error("that user no longer exists; reload the page")]
    Deleted,
    #[error("there are several users {0:?}; choose one on the page Users")]
    Ambiguous(String),
    #[error("{0:?} is the last administrator; add another administrator first")]
    LastAdmin(String),
    #[error("there's no group {0:?} below [access.groups] in the configuration")]
    NoSuchGroup(String),
    #[error(transparent)]
    Name(#[from] InvalidName),
    #[error(transparent)]
    Password(#[from] WeakPassword),
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the user's record")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the users")]
    Records(#[from] RecordError),
}

/// A handle on all accounts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    records: RecordStore,
    hasher: PasswordHasher,
    groups: Arc<[String]>,
}

impl Accounts {
    /// Takes the names of the configured groups.
    pub fn new(records: RecordStore, hasher: PasswordHasher, groups: Arc<[String]>) -> Self {
        Self {
            records,
            hasher,
            groups,
        }
    }

    /// The names of the groups that users can be in.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// Adds a user.
    pub async fn add_user(
        &self,
        name: &str,
        membership: impl Into<Membership>,
        password: Password,
    ) -> Result<User, AccountError> {
        let membership = membership.into();
        self.check_groups(&membership)?;
        let Membership { role, groups } = membership;
        let name = check_name(name)?;
        let id = UserId::of_name(&name);
        let user = User {
            role,
            groups,
            credential: Credential::Password {
                password: self.hash(password).await?,
            },
            is_disabled: false,
            created_at: Timestamp::now(),
            language: None,
            networks: Vec::new(),
            name,
        };
        match self.put(&id, None, &user).await {
            Err(AccountError::Records(RecordError::Conflict { .. })) => {
                Err(AccountError::Exists(user.name))
            }
            result => result.map(|_| user),
        }
    }

    /// Lists all users by name.
    pub async fn list_users(&self) -> Result<Vec<User>, AccountError> {
        let records = self.records.list(USERS).await?;
        let users = records
            .iter()
            .map(|record| decode_document(&record.document));
        let mut users: Vec<User> = users.collect::<Result<_, _>>()?;
        users.sort_by_key(|user| user.name.to_lowercase());
        Ok(users)
    }

    /// Sets a user's password and ends the user's sessions, except one.
    pub async fn set_password(
        &self,
        name: &str,
        password: Password,
        except: Option<TokenId>,
    ) -> Result<(), AccountError> {
        let password = self.hash(password).await?;
        let credential = Credential::Password { password };
        self.change_user(name, |user| user.credential = credential.clone())
            .await?;
        Ok(delete_sessions_of(&self.records, &UserId::of_name(name), except).await?)
    }

    /// Takes the access of the user with that name away and ends all sessions, or gives access back.
    pub async fn set_disabled(&self, name: &str, is_disabled: bool) -> Result<(), AccountError> {
        let folded = name.trim().to_lowercase();
        let mut users = self.list_users().await?;
        users.retain(|user| user.name.to_lowercase() == folded);
        match users.as_slice() {
            [] => Err(AccountError::NotFound(name.to_owned())),
            [user] => self.set_access(&user.id(), is_disabled).await,
            _ => Err(AccountError::Ambiguous(name.to_owned())),
        }
    }

    /// Takes a user's access away and ends all sessions, or gives access back.
    pub async fn set_access(&self, id: &UserId, is_disabled: bool) -> Result<(), AccountError> {
        if is_disabled {
            self.check_other_admin(id).await?;
        }
        let changed = self.change_user_of(id, |user| user.is_disabled = is_disabled);
        if !changed.await? {
            return Err(AccountError::Deleted);
        }
        if is_disabled {
            delete_sessions_of(&self.records, id, None).await?;
        }
        Ok(())
    }

    /// Sets the language of a user's pages; `None`: the browser's.
    pub async fn set_language(
        &self,
        id: &UserId,
        language: Option<Language>,
    ) -> Result<(), AccountError> {
        let is_found = self
            .change_user_of(id, |user| user.language = language)
            .await?;
        is_found.then_some(()).ok_or(AccountError::Deleted)
    }

    /// Sets what a user may do and see. Open pages follow within 5 seconds.
    pub async fn set_membership(
        &self,
        name: &str,
        membership: impl Into<Membership>,
    ) -> Result<(), AccountError> {
        let membership = membership.into();
        self.check_groups(&membership)?;
        let Membership { role, groups } = membership;
        if role != Role::Admin {
            self.check_other_admin(&UserId::of_name(name)).await?;
        }
        let change = |user: &mut User| {
            user.role = role;
            user.groups.clone_from(&groups);
        };
        self.change_user(name, change).await
    }

    /// Refuses groups that aren't configured.
    pub(super) fn check_groups(&self, membership: &Membership) -> Result<(), AccountError> {
        let mut groups = membership.groups.iter();
        match groups.find(|group| !self.groups.contains(group)) {
            None => Ok(()),
            Some(unknown) => Err(AccountError::NoSuchGroup(unknown.clone())),
        }
    }

    /// Stores the name, the role and the groups that the identity provider says somebody has now. Returns the user
    /// and the revision of its record.
    pub(super) async fn put_person(
        &self,
        subject: &ProviderSubject,
        name: &str,
        membership: &Membership,
    ) -> Result<(User, Revision), AccountError> {
        let id = UserId::of_subject(subject);
        loop {
            let found = self.find_user(&id).await?;
            let revision = found.as_ref().map(|(_, revision)| *revision);
            let known = found.map(|(user, _)| user);
            let user = User {
                name: name.to_owned(),
                role: membership.role,
                groups: membership.groups.clone(),
                credential: Credential::Provider(subject.clone()),
                is_disabled: known.as_ref().is_some_and(|user| user.is_disabled),
                created_at: (known.as_ref()).map_or_else(Timestamp::now, |user| user.created_at),
                language: known.as_ref().and_then(|user| user.language),
                networks: Vec::new(),
            };
            if let (true, Some(revision)) = (known.as_ref() == Some(&user), revision) {
                return Ok((user, revision));
            }
            match self.put(&id, revision, &user).await {
                Err(AccountError::Records(RecordError::Conflict { .. })) => {}
                result => return result.map(|revision| (user, revision)),
            }
        }
    }

    /// Finds a user and the revision of its record.
    pub(super) async fn find_user(
        &self,
        id: &UserId,
    ) -> Result<Option<(User, Revision)>, AccountError> {
        let Some(record) = id.record_id() else {
            return Ok(None);
        };
        let Some(record) = self.records.get(USERS, &record).await? else {
            return Ok(None);
        };
        Ok(Some((decode_document(&record.document)?, record.revision)))
    }

    /// Stores a hash with newer parameters, unless the user has changed meanwhile.
    pub(super) async fn renew_hash(
        &self,
        id: &UserId,
        user: User,
        revision: Revision,
        hash: PasswordHash,
    ) {
        let user = User {
            credential: Credential::Password { password: hash },
            ..user
        };
        // The old hash still works.
        self.put(id, Some(revision), &user).await.ok();
    }

    /// Stores where a user signed in, unless the user has changed meanwhile: then the next time.
    pub(super) async fn add_network(
        &self,
        id: &UserId,
        user: User,
        revision: Revision,
        network: IpAddr,
    ) -> (User, Revision) {
        let mut changed = user.clone();
        if !changed.add_network(network) {
            return (user, revision);
        }
        match self.put(id, Some(revision), &changed).await {
            Ok(revision) => (changed, revision),
            Err(_) => (user, revision),
        }
    }

    async fn hash(&self, password: Password) -> Result<PasswordHash, AccountError> {
        password.check_strength()?;
        Ok(self.hasher.hash(password).await?)
    }

    async fn check_other_admin(&self, id: &UserId) -> Result<(), AccountError> {
        let users = self.list_users().await?;
        match last_administrator(&users) {
            Some(admin) if admin.id() == *id => Err(AccountError::LastAdmin(admin.name.clone())),
            _ => Ok(()),
        }
    }

    /// Changes a user with a password.
    async fn change_user(
        &self,
        name: &str,
        change: impl Fn(&mut User),
    ) -> Result<(), AccountError> {
        let id = UserId::of_name(name);
        let is_found = self.change_user_of(&id, change).await?;
        let error = || AccountError::NotFound(name.to_owned());
        is_found.then_some(()).ok_or_else(error)
    }

    /// Changes a user, again if somebody else did at the same time. Returns whether there's such a user.
    async fn change_user_of(
        &self,
        id: &UserId,
        change: impl Fn(&mut User),
    ) -> Result<bool, AccountError> {
        while let Some((mut user, revision)) = self.find_user(id).await? {
            change(&mut user);
            match self.put(id, Some(revision), &user).await {
                Err(AccountError::Records(RecordError::Conflict { .. })) => {}
                result => return result.map(|_| true),
            }
        }
        Ok(false)
    }

    async fn put(
        &self,
        id: &UserId,
        expected: Option<Revision>,
        user: &User,
    ) -> Result<Revision, AccountError> {
        let record = id.record_id().ok_or(InvalidName)?;
        let document = encode_document(user)?;
        Ok(self.records.put(USERS, &record, expected, document).await?)
    }
}

/// Returns the only user left who may manage users, whom nobody may disable or demote.
pub fn last_administrator(users: &[User]) -> Option<&User> {
    let mut admins = users
        .iter()
        .filter(|user| user.role == Role::Admin && !user.is_disabled);
    let first = admins.next()?;
    admins.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests;
