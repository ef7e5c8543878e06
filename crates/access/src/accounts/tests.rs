use wallboard_store::Store;

use super::*;

fn accounts(folder: &tempfile::TempDir) -> Accounts {
    let store = Store::open(&folder.path().join("w.db")).unwrap();
    Accounts::new(
        RecordStore::embedded(store),
        PasswordHasher::default(),
        Arc::new([]),
    )
}

fn password() -> Password {
    Password::new("a long password")
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder);
    accounts
        .add_user("Åsa", Role::Admin, password())
        .await
        .unwrap();

    let again = accounts.add_user(" åsa", Role::Viewer, password()).await;
    assert_eq!(
        again.unwrap_err().to_string(),
        "there's already a user \"åsa\"; choose another name"
    );
    let weak = accounts
        .add_user("Bo", Role::Viewer, Password::new("short"))
        .await;
    assert!(matches!(
        weak,
        Err(AccountError::Password(WeakPassword::TooShort))
    ));
    let names = accounts.list_users().await.unwrap();
    assert_eq!(
        names.iter().map(|user| &*user.name).collect::<Vec<_>>(),
        ["Åsa"]
    );
}

#[tokio::test]
async fn there_is_always_an_administrator() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder);
    accounts
        .add_user("Åsa", Role::Admin, password())
        .await
        .unwrap();
    accounts
        .add_user("Bo", Role::Viewer, password())
        .await
        .unwrap();

    accounts.set_disabled("Bo", true).await.unwrap();
    let disabling = accounts.set_disabled("åsa", true).await;
    assert!(matches!(disabling, Err(AccountError::LastAdmin(_))));
    let demoting = accounts.set_membership("Åsa", Role::Viewer).await;
    assert!(matches!(demoting, Err(AccountError::LastAdmin(_))));

    accounts.set_disabled("Bo", false).await.unwrap();
    accounts.set_membership("Bo", Role::Admin).await.unwrap();
    accounts.set_disabled("Åsa", true).await.unwrap();
    let users = accounts.list_users().await.unwrap();
    let states: Vec<_> = (users.iter())
        .map(|user| (&*user.name, user.role, user.is_disabled))
        .collect();
    assert_eq!(
        states,
        [("Bo", Role::Admin, false), ("Åsa", Role::Admin, true)]
    );
    let missing = accounts.set_membership("Cy", Role::Viewer).await;
    assert!(matches!(missing, Err(AccountError::NotFound(_))));
}

#[tokio::test]
async fn a_chosen_language_stays_when_the_provider_says_who_it_is_again() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder);
    let subject = ProviderSubject {
        issuer: "https://id.example".to_owned(),
        subject: "a".to_owned(),
    };
    let put = async |role: Role| accounts.put_person(&subject, "Åsa", &role.into()).await;
    let (user, _) = put(Role::Viewer).await.unwrap();
    let language = Some(Language::Swedish);
    accounts.set_language(&user.id(), language).await.unwrap();

    let (user, _) = put(Role::Supervisor).await.unwrap();

    assert_eq!(user.language, Some(Language::Swedish));
    let gone = UserId::of_name("nobody");
    let refused = accounts.set_language(&gone, None).await;
    assert!(matches!(refused, Err(AccountError::Deleted)));
}
