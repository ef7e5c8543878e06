use crate::{ProviderSubject, Role};
use wallboard_store::Store;

use super::*;

const HOURS: SignedDuration = SignedDuration::from_hours(12);

struct Fixture {
    sign_in: SignIn,
    records: RecordStore,
    _folder: tempfile::TempDir,
}

async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("w.db")).unwrap();
    let records = RecordStore::embedded(store);
    let sign_in = SignIn::open(records.clone(), HOURS, AccessRules::default())
        .await
        .unwrap();
    let password = Password::new("a long password");
    let adding = sign_in.accounts().add_user("Åsa", Role::Viewer, password);
    adding.await.unwrap();
    Fixture {
        sign_in,
        records,
        _folder: folder,
    }
}

fn attempt(name: &str, password: &str) -> SignInRequest {
    SignInRequest {
        name: name.into(),
        password: Password::new(password),
        address: [127, 0, 0, 1].into(),
        device: "Firefox on Linux".into(),
    }
}

#[tokio::test]
async fn session_holds_after_a_restart_and_until_sign_out() {
    let fixture = fixture().await;
    let right = attempt("åsa", "a long password");
    let token = fixture.sign_in.sign_in(right).await.unwrap();
    let identify = |sign_in: &SignIn| sign_in.directory().identify(&token, Timestamp::now());
    assert_eq!(&*identify(&fixture.sign_in).unwrap().name, "Åsa");

    let restarted = SignIn::open(fixture.records.clone(), HOURS, AccessRules::default())
        .await
        .unwrap();
    assert!(identify(&restarted).is_some());
    restarted.sign_out(token.id()).await.unwrap();
    assert!(identify(&restarted).is_none());
    let again = SignIn::open(fixture.records.clone(), HOURS, AccessRules::default())
        .await
        .unwrap();
    assert!(identify(&again).is_none());
}

#[tokio::test]
async fn nobody_learns_why_a_sign_in_failed() {
    let fixture = fixture().await;
    let asked = |name: &str, password: &str| fixture.sign_in.sign_in(attempt(name, password));
    let wrong = asked("Åsa", "another password").await.unwrap_err();
    let unknown = asked("Bo", "a long password").await.unwrap_err();
    fixture
        .sign_in
        .accounts()
        .set_membership("Åsa", Role::Admin)
        .await
        .unwrap();
    let other = Password::new("a third password");
    let adding = (fixture.sign_in.accounts()).add_user("Cy", Role::Viewer, other);
    adding.await.unwrap();
    (fixture.sign_in.accounts())
        .set_disabled("Cy", true)
        .await
        .unwrap();
    let disabled = asked("Cy", "a third password").await.unwrap_err();

    assert_eq!(wrong.to_string(), "that name and password don't match");
    assert_eq!(unknown.to_string(), wrong.to_string());
    assert_eq!(disabled.to_string(), wrong.to_string());
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let fixture = fixture().await;
    let sign_in = &fixture.sign_in;
    let open = || sign_in.sign_in(attempt("Åsa", "a long password"));
    let (first, second) = (open().await.unwrap(), open().await.unwrap());
    let identity = sign_in
        .directory()
        .identify(&first, Timestamp::now())
        .unwrap();

    let change = |old: &str| {
        let (old, new) = (Password::new(old), Password::new("a better password"));
        sign_in.change_password(&identity, [127, 0, 0, 1].into(), old, new)
    };
    let wrong = change("a wrong password").await;
    assert!(matches!(wrong, Err(SignInError::NoMatch)));
    change("a long password").await.unwrap();

    let reread = SignIn::open(fixture.records.clone(), HOURS, AccessRules::default())
        .await
        .unwrap();
    let holds = |token| {
        reread
            .directory()
            .identify(token, Timestamp::now())
            .is_some()
    };
    assert_eq!((holds(&first), holds(&second)), (true, false));
    assert!(open().await.is_err());
    let renewed = attempt("Åsa", "a better password");
    assert!(sign_in.sign_in(renewed).await.is_ok());
}

#[tokio::test]
async fn sixth_guess_waits_even_if_it_is_right() {
    let fixture = fixture().await;
    for _ in 0..5 {
        let guess = fixture.sign_in.sign_in(attempt("Åsa", "a wrong password"));
        assert!(matches!(guess.await, Err(SignInError::NoMatch)));
    }
    let right = fixture.sign_in.sign_in(attempt("Åsa", "a long password"));
    assert!(matches!(right.await, Err(SignInError::TooManyAttempts(_))));
}

fn person(name: &str, role: Option<Role>) -> Person {
    Person {
        subject: ProviderSubject {
            issuer: "https://id.example".to_owned(),
            subject: "248289761001".to_owned(),
        },
        name: name.to_owned(),
        membership: role.map(Into::into),
    }
}

impl Fixture {
    async fn enter(&self, name: &str, role: Option<Role>) -> Result<Token, SignInError> {
        let entering = self.sign_in.sign_in_person(
            person(name, role),
            [127, 0, 0, 1].into(),
            "Firefox on Linux".to_owned(),
        );
        entering.await
    }

    fn identify(&self, token: &Token) -> Option<Arc<Identity>> {
        let directory = self.sign_in.directory();
        directory.identify(token, Timestamp::now())
    }
}

#[tokio::test]
async fn provider_says_name_and_role_at_each_sign_in() {
    let fixture = fixture().await;
    let first = fixture.enter("anna", Some(Role::Viewer)).await.unwrap();
    let before = fixture.identify(&first).unwrap();
    assert_eq!(
        (&*before.name, before.permissions.role),
        ("anna", Role::Viewer)
    );

    let second = fixture.enter("anna berg", Some(Role::Admin)).await.unwrap();
    let after = fixture.identify(&second).unwrap();
    assert_eq!(
        (&*after.name, after.permissions.role),
        ("anna berg", Role::Admin)
    );
    assert_eq!(after.user, before.user);
    let earlier = fixture.identify(&first).unwrap();
    assert_eq!(
        earlier.permissions.role,
        Role::Admin,
        "open sessions follow"
    );
    let users = fixture.sign_in.accounts().list_users().await.unwrap();
    assert_eq!(users.len(), 2);

    let refused = fixture.enter("anna", None).await;
    assert!(matches!(refused, Err(SignInError::NoRole(_))));
    let reread = SignIn::open(fixture.records.clone(), HOURS, AccessRules::default())
        .await
        .unwrap();
    for token in [&first, &second] {
        let identity = reread.directory().identify(token, Timestamp::now());
        assert_eq!(identity, None, "nobody stays without a role");
    }
}

#[tokio::test]
async fn person_of_the_provider_never_becomes_a_user_with_an_equal_name() {
    let fixture = fixture().await;
    let token = fixture.enter("Åsa", Some(Role::Admin)).await.unwrap();
    let identity = fixture.identify(&token).unwrap();
    assert_ne!(identity.user, UserId::of_name("Åsa"));

    let users = fixture.sign_in.accounts().list_users().await.unwrap();
    let mut roles: Vec<_> = users.iter().map(|user| user.role).collect();
    roles.sort();
    assert_eq!(roles, [Role::Viewer, Role::Admin]);
    let local = fixture.sign_in.sign_in(attempt("Åsa", "a long password"));
    let local = fixture.identify(&local.await.unwrap()).unwrap();
    assert_eq!(local.permissions.role, Role::Viewer);

    let (old, new) = (Password::new(""), Password::new("another password"));
    let address = [127, 0, 0, 1].into();
    let changing = fixture
        .sign_in
        .change_password(&identity, address, old, new);
    assert!(matches!(changing.await, Err(SignInError::NoMatch)));
    let ambiguous = fixture.sign_in.accounts().set_disabled("åsa", true).await;
    assert!(matches!(ambiguous, Err(AccountError::Ambiguous(_))));
}

#[tokio::test]
async fn disabled_person_stays_so_whatever_the_provider_says() {
    let fixture = fixture().await;
    let token = fixture.enter("anna", Some(Role::Supervisor)).await.unwrap();
    let accounts = fixture.sign_in.accounts();
    accounts.set_disabled("Anna", true).await.unwrap();
    let refused = fixture.enter("anna", Some(Role::Admin)).await;
    assert!(matches!(refused, Err(SignInError::Disabled(_))));
    let reread = SignIn::open(fixture.records.clone(), HOURS, AccessRules::default())
        .await
        .unwrap();
    let identity = reread.directory().identify(&token, Timestamp::now());
    assert_eq!(identity, None);

    let id = UserId::of_subject(&person("", None).subject);
    accounts.set_access(&id, false).await.unwrap();
    assert!(fixture.enter("anna", Some(Role::Viewer)).await.is_ok());
}

#[tokio::test]
async fn no_password_opens_the_account_of_a_person_of_the_provider() {
    let fixture = fixture().await;
    fixture.enter("anna", Some(Role::Admin)).await.unwrap();
    for password in ["", "a long password"] {
        let guess = fixture.sign_in.sign_in(attempt("anna", password));
        assert!(matches!(guess.await, Err(SignInError::NoMatch)));
    }
    let missing = (fixture.sign_in.accounts()).set_membership("anna", Role::Viewer);
    assert!(matches!(missing.await, Err(AccountError::NotFound(_))));
}

#[tokio::test]
async fn guesses_lock_nobody_out_at_home_after_a_restart_nor_at_a_new_place() {
    let fixture = fixture().await;
    let at = |address: [u8; 4], password: &str| SignInRequest {
        address: address.into(),
        ..attempt("Åsa", password)
    };
    let home = [192, 0, 2, 1];
    fixture
        .sign_in
        .sign_in(at(home, "a long password"))
        .await
        .unwrap();
    let restarted = SignIn::open(fixture.records.clone(), HOURS, AccessRules::default())
        .await
        .unwrap();
    for _ in 0..5 {
        let guess = restarted.sign_in(at([203, 0, 113, 9], "a wrong password"));
        assert!(matches!(guess.await, Err(SignInError::NoMatch)));
    }
    for place in 0..3 {
        let guess = restarted.sign_in(at([203, 0, 113, 9], "a wrong password"));
        assert!(matches!(guess.await, Err(SignInError::TooManyAttempts(_))));
        let right = restarted.sign_in(at([198, 51, 100, place], "a long password"));
        assert!(right.await.is_ok(), "{place}");
    }
    for place in 0..10 {
        let guess = restarted.sign_in(at([203, 0, 112, place], "a wrong password"));
        guess.await.unwrap_err();
    }
    let new = restarted.sign_in(at([198, 51, 100, 99], "a long password"));
    assert!(matches!(new.await, Err(SignInError::TooManyAttempts(_))));
    for known in [home, [198, 51, 100, 0]] {
        let right = restarted.sign_in(at(known, "a long password"));
        assert!(right.await.is_ok(), "{known:?}");
    }
}
