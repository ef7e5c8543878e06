//! Saved views as records: kept over restarts, equal at all nodes, bounded, and everybody's own.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use wallboard_access::{AuditActor, AuditTrail};
use wallboard_store::{RecordStore, Store};

use super::*;

const SOON: Duration = Duration::from_secs(10);

fn open(store: &Store) -> SavedViews {
    let records = RecordStore::embedded(store.clone());
    SavedViews::new(records, AuditTrail::new(store.clone()))
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    (folder, store)
}

fn user(id: &str) -> AuditActor {
    AuditActor {
        id: id.to_owned(),
        name: id.to_uppercase(),
        ..AuditActor::command_line()
    }
}

fn choice(name: &str, address: &str, is_shared: bool) -> ViewChoice {
    ViewChoice {
        name: name.to_owned(),
        address: address.to_owned(),
        is_shared,
    }
}

fn names(views: &SavedViews, user: &str) -> Vec<String> {
    let views = views.list(user).into_iter();
    views.map(|view| view.name.clone()).collect()
}

async fn wait_for_names(views: &SavedViews, user: &str, expected: &[&str]) {
    let waiting = async {
        while names(views, user) != expected {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, waiting).await.unwrap();
}

#[tokio::test]
async fn another_node_follows_and_a_restart_keeps_them() {
    let (_folder, store) = store();
    let [here, there] = [open(&store), open(&store)];
    let stop = CancellationToken::new();
    let following = tokio::spawn(there.clone().follow(stop.clone()));
    let anna = user("anna");

    here.save(choice("Week 2", "/history?range=7d", false), &anna)
        .await
        .unwrap();
    here.save(choice("Week 10", "/history", false), &anna)
        .await
        .unwrap();
    wait_for_names(&there, "anna", &["Week 2", "Week 10"]).await;
    let first = there.list("anna").remove(0);
    there
        .change(&first, " Last   week ".to_owned(), true, &anna)
        .await
        .unwrap();
    there.delete(&there.list("anna")[1], &anna).await.unwrap();
    stop.cancel();
    following.await.unwrap();

    let later = open(&store);
    tokio::spawn(later.clone().follow(CancellationToken::new()));
    wait_for_names(&later, "anna", &["Last week"]).await;
    let view = later.list("anna").remove(0);
    assert_eq!((&*view.address, &*view.by), ("/history?range=7d", "ANNA"));
    // A change that this node hasn't seen yet isn't overwritten.
    let stale = here.change(&first, "Mine".to_owned(), false, &anna).await;
    assert!(
        matches!(stale, Err(SavedViewError::Records(_))),
        "{stale:?}"
    );
}

#[tokio::test]
async fn everybody_has_their_own_names_and_finds_what_others_share() {
    let (_folder, store) = store();
    let views = open(&store);
    let (anna, boris) = (user("anna"), user("boris"));
    for (by, address, is_shared) in [
        (&anna, "/history?by=queue", false),
        (&boris, "/history?by=agent", true),
    ] {
        let saved = views.save(choice("Mine", address, is_shared), by).await;
        saved.unwrap();
    }

    assert_eq!(names(&views, "boris"), ["Mine"]);
    assert_eq!(names(&views, "anna"), ["Mine", "Mine"]);
    // The same name again is the same view.
    let again = choice("Mine", "/history?by=reason", true);
    views.save(again, &anna).await.unwrap();
    let all = views.list("carl");
    let own: Vec<_> = all.iter().map(|view| &*view.address).collect();
    assert_eq!(own.len(), 2);
    assert!(own.contains(&"/history?by=reason"), "{own:?}");
    views
        .save(choice("Other", "/history", false), &anna)
        .await
        .unwrap();
    let other = views.list("anna");
    let other = other.iter().find(|view| view.name == "Other").unwrap();
    let taken = views.change(other, "Mine".to_owned(), false, &anna).await;
    assert!(matches!(taken, Err(SavedViewError::NameTaken)), "{taken:?}");
}

#[tokio::test]
async fn names_and_numbers_are_bounded() {
    let (_folder, store) = store();
    let views = open(&store);
    let anna = user("anna");
    for (name, fault) in [
        (" ", ViewFault::Name),
        (&*"x".repeat(NAME_LENGTH_MAX + 1), ViewFault::Name),
        ("nimda\u{202e}", ViewFault::Invisible),
    ] {
        let refused = views.save(choice(name, "/history", false), &anna).await;
        let is_fault = matches!(&refused, Err(SavedViewError::Choice(found)) if *found == fault);
        assert!(is_fault, "{refused:?}");
    }
    for number in 0..VIEWS_MAX {
        let name = format!("View {number}");
        views
            .save(choice(&name, "/history", true), &anna)
            .await
            .unwrap();
    }
    let refused = views.save(choice("More", "/history", false), &anna).await;
    assert!(
        matches!(refused, Err(SavedViewError::TooMany)),
        "{refused:?}"
    );
    // Others have their own.
    let saved = views
        .save(choice("More", "/history", false), &user("boris"))
        .await;
    saved.unwrap();
    let again = views
        .save(choice("View 7", "/history?by=queue", false), &anna)
        .await;
    again.unwrap();
}
