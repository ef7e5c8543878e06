//! The records about a user, for forgetting or counting them.

use serde::{Serialize, de::DeserializeOwned};

use wallboard_store::{
    DocumentError, Record, RecordKind, StoreError, StoreView, decode_document, encode_document,
};

use super::{Role, Screen, Session, User, UserId, screen::SCREENS, session::SESSIONS, user::USERS};

/// The name on a screen whose user, who paired it, is forgotten.
const FORMER_USER: &str = "a former user";

/// The records about a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecords {
    pub name: String,
    /// There's no other administrator who may sign in.
    pub is_last_admin: bool,
    /// The identity provider adds the user again at the next sign-in.
    pub is_of_provider: bool,
    /// The kinds and IDs of the user and the sessions.
    pub deleted: Vec<(String, String)>,
    /// Screens that the user paired, with what they become.
    pub changed: Vec<(String, String, Vec<u8>)>,
}

/// Why a user's records can't be found.
#[derive(Debug, thiserror::Error)]
pub enum UserRecordsError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a record")]
    Document(#[from] DocumentError),
}

impl UserRecords {
    /// Finds the users with a name, however it's written.
    pub fn find(view: &StoreView<'_>, name: &str) -> Result<Vec<Self>, UserRecordsError> {
        let users: Vec<(Record, User)> = load(view, USERS)?;
        let sessions: Vec<(Record, Session)> = load(view, SESSIONS)?;
        let screens: Vec<(Record, Screen)> = load(view, SCREENS)?;
        let folded = name.trim().to_lowercase();
        let is_wanted = |user: &User| user.name.to_lowercase() == folded;
        let is_admin = |user: &User| user.role == Role::Admin && !user.is_disabled;
        let mut found = Vec::new();
        for (record, user) in users.iter().filter(|(_, user)| is_wanted(user)) {
            let id: UserId = user.id();
            let of_user = sessions.iter().filter(|(_, session)| session.user == id);
            let sessions = of_user.map(|(record, _)| key(SESSIONS, record));
            let paired = screens
                .iter()
                .filter(|(_, screen)| screen.paired_by == user.name);
            let mut others = users.iter().filter(|(_, other)| other.id() != id);
            found.push(Self {
                name: user.name.clone(),
                is_last_admin: is_admin(user) && !others.any(|(_, other)| is_admin(other)),
                is_of_provider: user.is_of_provider(),
                deleted: [key(USERS, record)].into_iter().chain(sessions).collect(),
                changed: paired.map(release_screen).collect::<Result<_, _>>()?,
            });
        }
        Ok(found)
    }
}

fn load<T: DeserializeOwned + Serialize>(
    view: &StoreView<'_>,
    kind: RecordKind,
) -> Result<Vec<(Record, T)>, UserRecordsError> {
    let records = view.load_records(kind)?;
    let decode = |record: Record| {
        let document = decode_document(&record.document)?;
        Ok((record, document))
    };
    records.into_iter().map(decode).collect()
}

fn key(kind: RecordKind, record: &Record) -> (String, String) {
    (kind.as_str().to_owned(), record.id.to_string())
}

fn release_screen(
    (record, screen): &(Record, Screen),
) -> Result<(String, String, Vec<u8>), DocumentError> {
    let document = encode_document(&Screen {
        paired_by: FORMER_USER.to_owned(),
        ..screen.clone()
    })?;
    let (kind, id) = key(SCREENS, record);
    Ok((kind, id, document))
}

#[cfg(test)]
mod tests {
    use wallboard_store::{RecordId, RecordStore, Records, Store};

    use super::*;

    fn screen(paired_by: &str) -> Screen {
        serde_json::from_value(serde_json::json!({
            "name": "Kitchen", "place": "", "board": "queues", "device": "Chromium",
            "paired_at": "2026-11-20T09:00:00Z", "paired_by": paired_by,
            "last_contact_at": "2026-11-20T09:00:00Z",
        }))
        .unwrap()
    }

    #[tokio::test]
    async fn records_of_a_user_are_the_account_the_sessions_and_paired_screens() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let records = RecordStore::embedded(store.clone());
        let put = async |kind, id: &str, document| {
            let id = RecordId::parse(id).unwrap();
            records.put(kind, &id, None, document).await.unwrap();
        };
        for (name, role) in [("Anna", "admin"), ("bo", "viewer")] {
            let user: User = serde_json::from_value(serde_json::json!({
                "name": name, "role": role, "password": "$argon2id$",
                "created_at": "2026-11-20T09:00:00Z",
            }))
            .unwrap();
            let session = Session {
                user: user.id(),
                created_at: user.created_at,
                expires_at: user.created_at,
                last_used_at: user.created_at,
                device: String::new(),
                address: [127, 0, 0, 1].into(),
            };
            put(USERS, user.id().as_str(), encode_document(&user).unwrap()).await;
            put(SESSIONS, name, encode_document(&session).unwrap()).await;
            put(SCREENS, name, encode_document(&screen(name)).unwrap()).await;
        }

        let find = async |name: &'static str| {
            let found = store.with_view(move |view| Ok(UserRecords::find(view, name)));
            found.await.unwrap().unwrap()
        };
        let found = find(" anna ").await;

        let [anna] = &found[..] else {
            panic!("{found:?}")
        };
        assert!(anna.is_last_admin && !anna.is_of_provider);
        let session = ("session".to_owned(), "Anna".to_owned());
        assert_eq!((anna.deleted.len(), &anna.deleted[1]), (2, &session));
        let [(kind, id, document)] = &anna.changed[..] else {
            panic!("{:?}", anna.changed)
        };
        assert_eq!((&**kind, &**id), ("screen", "Anna"));
        let changed: Screen = decode_document(document).unwrap();
        assert_eq!(changed, screen("a former user"));
        assert!(!find("bo").await[0].is_last_admin);
        assert_eq!(find("nobody").await, []);
    }
}
