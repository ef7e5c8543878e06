use jiff::SignedDuration;

use crate::{Credential, PasswordHash, Role};

use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(minutes * 60).unwrap()
}

fn user(role: Role) -> User {
    let hash: PasswordHash = serde_json::from_str("\"$argon2id$\"").unwrap();
    User {
        name: "Åsa".into(),
        role,
        groups: std::collections::BTreeSet::new(),
        credential: Credential::Password { password: hash },
        is_disabled: false,
        created_at: at(0),
        language: None,
        networks: Vec::new(),
    }
}

fn session(minutes: i64) -> Session {
    Session {
        user: UserId::of_name("Åsa"),
        created_at: at(minutes),
        expires_at: at(minutes + 720),
        last_used_at: at(minutes),
        device: "Firefox on Linux".into(),
        address: [127, 0, 0, 1].into(),
    }
}

/// A directory with a viewer and her session since minute 0.
fn signed_in() -> (SessionDirectory, Token) {
    let directory = SessionDirectory::default();
    let token = Token::generate().unwrap();
    directory.put_user(
        UserId::of_name("Åsa"),
        Revision(1),
        user(Role::Viewer),
        at(0),
    );
    directory.put_session(token.id(), Revision(1), session(0), at(0));
    (directory, token)
}

#[test]
fn session_says_who_it_is_until_it_ends() {
    let (directory, token) = signed_in();
    let identity = directory.identify(&token, at(60)).unwrap();
    assert_eq!(
        (&*identity.name, identity.permissions.role),
        ("Åsa", Role::Viewer)
    );
    assert!(
        directory.identify(&token, at(149)).is_some(),
        "the request at 60 min counts as use"
    );
    assert!(directory.identify(&token, at(149 + 90)).is_none());
    let other = Token::generate().unwrap();
    assert!(directory.identify(&other, at(0)).is_none());

    directory.remove_session(token.id());
    assert!(directory.identify(&token, at(1)).is_none());
}

#[test]
fn open_socket_hears_of_every_change() {
    let (directory, token) = signed_in();
    let mut socket = directory.watch(token.id()).unwrap();
    let mut role = || {
        socket
            .borrow_and_update()
            .as_ref()
            .map(|who| who.permissions.role)
    };
    assert_eq!(role(), Some(Role::Viewer));

    directory.put_user(
        UserId::of_name("Åsa"),
        Revision(2),
        user(Role::Admin),
        at(1),
    );
    assert_eq!(role(), Some(Role::Admin));
    let disabled = User {
        is_disabled: true,
        ..user(Role::Admin)
    };
    directory.put_user(UserId::of_name("Åsa"), Revision(4), disabled, at(2));
    assert_eq!(role(), None);
    directory.put_user(
        UserId::of_name("Åsa"),
        Revision(3),
        user(Role::Admin),
        at(2),
    );
    assert_eq!(role(), None, "read before the user was disabled");
    directory.put_user(
        UserId::of_name("Åsa"),
        Revision(5),
        user(Role::Viewer),
        at(3),
    );
    assert_eq!(role(), Some(Role::Viewer));
    directory.remove_user(&UserId::of_name("Åsa"), at(4));
    assert_eq!(role(), None);
}

#[test]
fn socket_keeps_its_session_in_use_until_it_expires() {
    let (directory, token) = signed_in();
    let socket = directory.watch(token.id()).unwrap();
    for minute in 0..719 {
        directory.look_at_all(at(minute));
    }
    assert!(socket.borrow().is_some());
    let due = directory.look_at_all(at(720));
    assert!(socket.borrow().is_none());
    assert_eq!(due.ended, [(token.id(), Revision(1))]);
}

#[test]
fn last_use_is_stored_now_and_then() {
    let (directory, token) = signed_in();
    directory.identify(&token, at(44));
    assert!(directory.look_at_all(at(44)).used.is_empty());
    directory.identify(&token, at(47));
    let used = directory.look_at_all(at(48)).used;
    assert_eq!(used.len(), 1);
    assert_eq!(used[0].2.last_used_at, at(47));
    let stored = used[0].2.clone();
    directory.put_session(token.id(), Revision(2), stored, at(48));
    assert!(directory.look_at_all(at(49)).used.is_empty());
}

#[test]
fn a_day_of_a_session_in_use_is_few_writes() {
    let (directory, token) = signed_in();
    let _socket = directory.watch(token.id()).unwrap();
    let mut writes = 0;
    for minute in 0..720 {
        for (id, revision, session) in directory.look_at_all(at(minute)).used {
            writes += 1;
            directory.put_session(id, Revision(revision.0 + 1), session, at(minute));
        }
    }
    assert_eq!(writes, 15);
}

#[test]
fn sessions_that_are_gone_when_all_are_read_again_have_ended() {
    let (directory, token) = signed_in();
    let socket = directory.watch(token.id()).unwrap();
    let other = Token::generate().unwrap();
    let users = HashMap::from([(UserId::of_name("Åsa"), (Revision(1), user(Role::Viewer)))]);
    directory.replace_all(users, vec![(other.id(), Revision(3), session(5))], at(6));
    assert!(socket.borrow().is_none());
    let own = directory.list_sessions(&UserId::of_name("Åsa"));
    assert_eq!(
        own.iter().map(|own| own.id).collect::<Vec<_>>(),
        [other.id()]
    );
    assert_eq!(own[0].created_at, at(0) + SignedDuration::from_mins(5));
}
