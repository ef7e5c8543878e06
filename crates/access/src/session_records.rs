//! Sessions as records: made at sign-in, deleted at its end.

use wallboard_store::{
    DocumentError, RecordError, RecordStore, Records, Revision, decode_document, encode_document,
};

use super::{Session, TokenId, UserId, session::SESSIONS};

/// Why a session can't be stored.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("the session's record")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the sessions")]
    Records(#[from] RecordError),
    #[error("the session's ID isn't valid")]
    InvalidId,
}

/// Stores a new session.
pub(super) async fn create_session(
    records: &RecordStore,
    id: TokenId,
    session: &Session,
) -> Result<Revision, SessionError> {
    let record = id.record_id().ok_or(SessionError::InvalidId)?;
    let document = encode_document(session)?;
    Ok(records.put(SESSIONS, &record, None, document).await?)
}

/// Deletes a session, even if its last use is stored meanwhile.
pub(super) async fn delete_session(records: &RecordStore, id: TokenId) -> Result<(), SessionError> {
    let record = id.record_id().ok_or(SessionError::InvalidId)?;
    while let Some(stored) = records.get(SESSIONS, &record).await? {
        match records.delete(SESSIONS, &record, stored.revision).await {
            Err(RecordError::Conflict { .. }) => {}
            result => {
                result?;
                break;
            }
        }
    }
    Ok(())
}

/// Deletes all sessions of a user, except one.
pub(super) async fn delete_sessions_of(
    records: &RecordStore,
    user: &UserId,
    except: Option<TokenId>,
) -> Result<(), SessionError> {
    for record in records.list(SESSIONS).await? {
        let Some(id) = TokenId::of_record(&record.id) else {
            continue;
        };
        let is_theirs =
            decode_document::<Session>(&record.document).is_ok_and(|session| session.user == *user);
        if is_theirs && Some(id) != except {
            delete_session(records, id).await?;
        }
    }
    Ok(())
}
