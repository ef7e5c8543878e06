//! Saving, conflicts, and entries that no longer fit.

mod rules;

use std::{fs, path::Path, sync::Arc};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use wallboard_access::{AuditActor, AuditTrail};
use wallboard_store::{RecordStore, Revision, Store};

use super::*;

const FILE: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\n\
    url = \"amqps://u:p@h/v\"\nexchange = \"x\"\n[thresholds.\"*\"]\nwaiting = { crit = 9 }\n";

struct Site {
    folder: tempfile::TempDir,
    store: Store,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("boards")).unwrap();
        fs::write(folder.path().join("wallboard.toml"), FILE).unwrap();
        fs::write(folder.path().join("boards/hall.toml"), "title = \"Hall\"").unwrap();
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        Self { folder, store }
    }

    fn file(&self) -> impl AsRef<Path> {
        self.folder.path().join("wallboard.toml")
    }

    async fn open(&self) -> Editor {
        let (files, ..) = ConfigurationFiles::load(self.file().as_ref()).unwrap();
        let records = RecordStore::embedded(self.store.clone());
        let audit = AuditTrail::new(self.store.clone());
        let base = ConfigurationBase::Files(Box::new(files));
        Editor::open(base, records, audit).await.unwrap().0
    }
}

fn threshold(name: &str, crit: u32) -> EntryChange {
    EntryChange {
        id: EntryId::new(Section::Thresholds, name),
        toml: Some(format!(
            "[thresholds.{name:?}]\nwaiting = {{ crit = {crit} }}\n"
        )),
        began_from: None,
    }
}

fn board(id: &str, toml: &str) -> EntryChange {
    EntryChange {
        id: EntryId::new(Section::Boards, id),
        toml: Some(toml.to_owned()),
        began_from: None,
    }
}

async fn save(editor: &Editor, change: EntryChange) -> Result<Revision, SaveError> {
    let anna = AuditActor::not_signed_in("Anna");
    let id = change.id.clone();
    Box::pin(editor.save(change, &anna)).await?;
    Ok(editor.entry(&id).unwrap().revision)
}

#[tokio::test]
async fn of_several_changes_all_are_saved_or_none() {
    let site = Site::new();
    let editor = site.open().await;
    let anna = AuditActor::not_signed_in("Anna");
    let save_all = async |changes| Box::pin(editor.save_all(changes, &anna)).await;
    let zone = |zone: &str, seen| {
        let text = format!("time_zone = {zone:?}\n");
        editor.change_since(EntryId::new(Section::TimeZone, ""), Some(text), seen)
    };
    let seen = editor.newest_revision();

    let invalid = save_all(vec![threshold("chat/1", 3), zone("Mars/Base", seen)]).await;
    assert!(matches!(invalid, Err(SaveError::Invalid(_))), "{invalid:?}");
    assert_eq!(editor.entries(), []);

    save_all(vec![threshold("chat/1", 3), zone("Asia/Tokyo", seen)])
        .await
        .unwrap();
    let checked = editor.read_configuration().await.unwrap();
    assert_eq!(checked.site.zone.iana_name(), Some("Asia/Tokyo"));
    assert_eq!(checked.site.thresholds.0.len(), 2);

    // By somebody whose page is from before.
    let late = save_all(vec![threshold("chat/2", 4), zone("Asia/Seoul", seen)]).await;
    assert!(matches!(late, Err(SaveError::Conflict(_))), "{late:?}");
    assert_eq!(editor.entries().len(), 2);
    let again = zone("Asia/Seoul", editor.newest_revision());
    save_all(vec![again]).await.unwrap();
}

#[tokio::test]
async fn somebody_who_changes_one_of_several_entries_in_the_same_moment_leaves_none_saved() {
    let site = Site::new();
    // Two nodes, of which the second hasn't heard of the first's change.
    let (first, second) = (site.open().await, site.open().await);
    save(&first, threshold("chat/2", 5)).await.unwrap();
    let bo = AuditActor::not_signed_in("Bo");

    let both = vec![threshold("chat/1", 3), threshold("chat/2", 4)];
    let late = Box::pin(second.save_all(both.clone(), &bo)).await;

    let Err(SaveError::Conflict(theirs)) = late else {
        panic!("{late:?}");
    };
    assert_eq!(theirs.id.name, "chat/2");
    let texts = site.open().await.entries();
    assert_eq!(texts, [Arc::clone(&theirs)], "nothing of Bo's");
    let audit = site.store.list_audit(None, 9).await.unwrap();
    assert_eq!(audit.len(), 1);

    // Once Bo has seen it, both are saved.
    let both = both.into_iter();
    let both = both.map(|one| second.change_since(one.id, one.toml, theirs.revision));
    let saved = Box::pin(second.save_all(both.collect(), &bo)).await;
    saved.unwrap();
    assert_eq!(site.open().await.entries().len(), 2);
}

#[tokio::test]
async fn what_is_saved_is_there_after_a_restart_with_who_and_in_the_audit_trail() {
    let site = Site::new();
    let editor = site.open().await;
    save(&editor, threshold("chat/1", 3)).await.unwrap();
    save(&editor, board("sales", "title = \"Sales\"\n"))
        .await
        .unwrap();

    let again = site.open().await;
    let checked = again.read_configuration().await.unwrap();

    assert_eq!(checked.site.thresholds.0.len(), 2);
    let titles: Vec<_> = checked
        .boards
        .iter()
        .map(|board| board.title.as_str())
        .collect();
    assert_eq!(titles, ["Hall", "Sales"]);
    let entry = again
        .entry(&EntryId::new(Section::Thresholds, "chat/1"))
        .unwrap();
    assert_eq!(entry.versions[0].by, "Anna");
    let audit = site.store.list_audit(None, 9).await.unwrap();
    let audit: Vec<_> = audit
        .iter()
        .map(|one| (&*one.entry.action, &*one.entry.subject))
        .collect();
    assert_eq!(
        audit,
        [
            ("changed_setting", "boards/sales.toml"),
            ("changed_setting", "[thresholds.\"chat/1\"]")
        ]
    );
}

#[tokio::test]
async fn a_change_that_began_from_an_older_version_is_a_conflict() {
    let site = Site::new();
    // Two nodes, of which neither has heard of the other's change.
    let (first, second) = (site.open().await, site.open().await);
    let began = save(&first, threshold("chat/1", 3)).await.unwrap();
    let from = |crit| EntryChange {
        began_from: Some(began),
        ..threshold("chat/1", crit)
    };
    let unseen = save(&second, threshold("chat/1", 4)).await;
    let Err(SaveError::Conflict(theirs)) = unseen else {
        panic!("{unseen:?}");
    };
    assert!(theirs.current().unwrap().contains("crit = 3"));

    save(&second, from(5)).await.unwrap();
    let late = save(&first, from(6)).await;
    let Err(SaveError::Conflict(theirs)) = late else {
        panic!("{late:?}");
    };
    assert!(theirs.current().unwrap().contains("crit = 5"));
    assert!(first.text(&theirs.id).unwrap().contains("crit = 5"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_returns_once_it_is_applied_although_the_watch_was_faster() {
    let site = Site::new();
    let (files, ..) = ConfigurationFiles::load(site.file().as_ref()).unwrap();
    let records = RecordStore::embedded(site.store.clone());
    let audit = AuditTrail::new(site.store.clone());
    let opening = Editor::open(ConfigurationBase::Files(Box::new(files)), records, audit);
    let (editor, mut orders) = opening.await.unwrap();
    let stop = CancellationToken::new();
    let following = tokio::spawn(editor.clone().follow(stop.clone()));
    let (applying, applied) = (editor.clone(), watch::Sender::new(Revision(0)));
    let of_app = applied.subscribe();
    let app = tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            let entry = applying.entry(&threshold("chat/1", 1).id);
            applying.read_configuration().await.unwrap();
            applied.send_replace(entry.map_or(Revision(0), |entry| entry.revision));
            order.finish();
        }
    });

    let mut began_from = None;
    for crit in 1..30 {
        let change = EntryChange {
            began_from,
            ..threshold("chat/1", crit)
        };
        let saved = save(&editor, change).await.unwrap();
        assert!(saved <= *of_app.borrow(), "{crit}");
        began_from = Some(saved);
    }
    stop.cancel();
    following.await.unwrap();
    app.abort();
}

#[tokio::test]
async fn the_same_button_pressed_twice_is_no_conflict() {
    let site = Site::new();
    let editor = site.open().await;
    let first = save(&editor, threshold("chat/1", 3)).await.unwrap();
    let second = save(&editor, threshold("chat/1", 3)).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(editor.entries()[0].versions.len(), 1);
}

#[tokio::test]
async fn a_deleted_entry_can_be_made_again_and_keeps_its_versions() {
    let site = Site::new();
    let editor = site.open().await;
    let id = EntryId::new(Section::Thresholds, "chat/1");
    let revision = save(&editor, threshold("chat/1", 3)).await.unwrap();
    let deletion = EntryChange {
        toml: None,
        began_from: Some(revision),
        ..threshold("chat/1", 3)
    };
    save(&editor, deletion).await.unwrap();
    assert!(matches!(editor.origin(&id), Origin::Nowhere));
    assert_eq!(editor.text(&id), None);

    save(&editor, threshold("chat/1", 4)).await.unwrap();
    assert_eq!(editor.entry(&id).unwrap().versions.len(), 3);
}

#[tokio::test]
async fn what_check_refuses_is_not_saved() {
    let site = Site::new();
    let editor = site.open().await;
    let invalid = threshold("chat/1", 3)
        .toml
        .map(|toml| toml.replace("crit", "krit"));
    let invalid = EntryChange {
        toml: invalid,
        ..threshold("chat/1", 3)
    };
    let refused = save(&editor, invalid).await.unwrap_err().to_string();
    assert!(
        refused.starts_with("changed in the browser: [thresholds.\"chat/1\"], line 2: "),
        "{refused}"
    );
    let refused = save(&editor, board("Sales Hall", "title = 1")).await;
    let refused = refused.unwrap_err().to_string();
    assert_eq!(refused.lines().count(), 2, "{refused}");
    let huge = board("huge", &format!("title = \"{}\"", "x".repeat(70_000)));
    assert!(matches!(
        save(&editor, huge).await,
        Err(SaveError::Invalid(_))
    ));
    assert_eq!(editor.entries(), []);
}

#[tokio::test]
async fn what_is_in_a_file_is_changed_there() {
    let site = Site::new();
    let editor = site.open().await;
    let in_file = save(&editor, threshold("*", 3)).await;
    assert!(
        matches!(in_file, Err(SaveError::InFile { line: 7, .. })),
        "{in_file:?}"
    );
    let in_folder = save(&editor, board("hall", "title = \"Other\"")).await;
    assert!(matches!(in_folder, Err(SaveError::InFile { line: 1, .. })));
    let text = editor
        .text(&EntryId::new(Section::Thresholds, "*"))
        .unwrap();
    assert_eq!(text, "[thresholds.\"*\"]\nwaiting = { crit = 9 }\n");
}

#[tokio::test]
async fn entries_that_no_longer_fit_the_files_are_left_out_and_named() {
    let site = Site::new();
    let editor = site.open().await;
    save(&editor, threshold("chat/1", 3)).await.unwrap();
    save(&editor, threshold("chat/2", 3)).await.unwrap();
    save(&editor, board("sales", "title = \"Sales\""))
        .await
        .unwrap();
    let more = format!("{FILE}[thresholds.\"chat/1\"]\nwaiting = {{ crit = 1 }}\n");
    fs::write(site.file(), more).unwrap();
    fs::write(
        site.folder.path().join("boards/sales.toml"),
        "title = \"S\"",
    )
    .unwrap();

    let editor = site.open().await;
    let checked = editor.read_configuration().await.unwrap();

    assert_eq!(checked.site.thresholds.0.len(), 3);
    let left_out: Vec<_> = editor
        .left_out()
        .iter()
        .map(|one| one.id.to_string())
        .collect();
    assert_eq!(left_out, ["boards/sales.toml", "[thresholds.\"chat/1\"]"]);
    let faults = editor.left_out()[1].faults.to_string();
    assert!(
        faults.contains("is also in") && faults.contains("wallboard.toml, line 9"),
        "{faults}"
    );
}

#[tokio::test]
async fn export_and_import_give_the_same_bytes() {
    let site = Site::new();
    let editor = site.open().await;
    for change in [
        threshold("chat/1", 3),
        EntryChange {
            id: EntryId::new(Section::Names, "chat/1"),
            toml: Some("[names]\n\"chat/1\" = 'Sales'".to_owned()),
            began_from: None,
        },
        EntryChange {
            id: EntryId::new(Section::Names, "chat/2"),
            toml: Some("# first\n[names]\n\"chat/2\" = \"Returns\"\n".to_owned()),
            began_from: None,
        },
        EntryChange {
            id: EntryId::new(Section::Hours, "chat/*"),
            toml: Some("[hours]\n\"chat/*\" = { mon-fri = [\"08:00-12:00\",\n  \"13:00-17:00\"], \"sat,sun\" = \"10:00-12:00\" }".to_owned()),
            began_from: None,
        },
        EntryChange {
            id: EntryId::new(Section::Privacy, ""),
            toml: Some("[privacy]\nsmallest_team = 3".to_owned()),
            began_from: None,
        },
        EntryChange {
            id: EntryId::new(Section::TimeZone, ""),
            toml: Some("# ours\ntime_zone = 'Asia/Tokyo'".to_owned()),
            began_from: None,
        },
        board("sales", "title = \"Sales\" # ours\n"),
    ] {
        save(&editor, change).await.unwrap();
    }

    let exported = write_entries(&editor.entries());
    let (file, other) = (Path::new("export.toml"), Site::new());
    let imported = other.open().await;
    for (id, toml) in read_entries(&exported.toml, file).unwrap() {
        let change = EntryChange {
            id,
            toml: Some(toml),
            began_from: None,
        };
        save(&imported, change).await.unwrap();
    }
    for (id, toml) in &exported.boards {
        save(&imported, board(id, toml)).await.unwrap();
    }

    assert_eq!(write_entries(&imported.entries()), exported);
    let (zone, tables) = exported.toml.split_once('\n').unwrap();
    assert_eq!(zone, "time_zone = 'Asia/Tokyo'");
    let whole = format!("{zone}\n{FILE}{tables}");
    fs::write(site.file(), whole).unwrap();
    assert!(
        ConfigurationFiles::load(site.file().as_ref()).is_ok(),
        "{}",
        exported.toml
    );
}

#[tokio::test]
async fn a_source_and_a_channel_of_one_id_get_each_its_own_secret_when_they_are_imported() {
    const SOURCE: (Section, &str) = (Section::Sources, "amqps://u:hunter1@h/v");
    const CHANNEL: (Section, &str) = (Section::Channels, "https://hooks.example.com/hunter2");
    let texts = [
        (SOURCE, "kind = \"vngage\"\nexchange = \"y\"\n"),
        (CHANNEL, "kind = \"slack\"\n"),
    ];
    let exported = {
        let site = Site::new();
        let editor = site.open().await;
        for ((section, url), rest) in texts {
            let change = EntryChange {
                id: EntryId::new(section, "floor"),
                toml: Some(format!("[{section}.floor]\n{rest}url = \"{url}\"\n")),
                began_from: None,
            };
            save(&editor, change).await.unwrap();
        }
        write_entries(&editor.entries())
    };
    assert!(!exported.toml.contains("hunter"), "{}", exported.toml);

    let site = Site::new();
    let editor = site.open().await;
    let given = |secret: &MissingSecret| {
        let (_, url) = match secret.variable.as_str() {
            "FLOOR_URL" => SOURCE,
            "CHANNEL_FLOOR_URL" => CHANNEL,
            other => panic!("{other}"),
        };
        Some(url.to_owned())
    };
    let plan = editor.changes_to(exported, Path::new("e.toml"), Revision(0), given);
    let bo = AuditActor::not_signed_in("Bo");
    let saving = editor.save_all(plan.unwrap().changes, &bo);
    Box::pin(saving).await.unwrap();

    let base = editor.base();
    for (section, url) in [SOURCE, CHANNEL] {
        let text = editor.text(&EntryId::new(section, "floor")).unwrap();
        let secrets = crate::settings::find_secrets(&text, base.secret_key());
        let opened = secrets[0].secret.as_ref().unwrap();
        assert_eq!(opened.0, url, "{section}");
    }
}

#[test]
fn only_what_can_be_changed_in_the_browser_is_imported() {
    let text = "[server]\nlisten = \"h:1\"";
    let faults = read_entries(text, Path::new("e.toml"))
        .unwrap_err()
        .to_string();
    assert_eq!(
        faults,
        "e.toml:1:2: server: can't be changed in the browser; keep it in the configuration file"
    );
}
