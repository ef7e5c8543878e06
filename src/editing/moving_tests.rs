//! Moving entries of files to the browser.

use std::{fs, path::PathBuf};

use wallboard_access::{AuditActor, AuditTrail};
use wallboard_store::{RecordStore, Store};

use super::*;

const ACCESS: &str = "[access]\nmode = \"open\"\n";
const HOURS: &str = "[hours]\n\"chat/1\" = { mon-fri = \"08:00-17:00\" } # ours\n";

struct MovedSite {
    folder: tempfile::TempDir,
    store: Store,
}

impl MovedSite {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        fs::create_dir(folder.path().join("boards")).unwrap();
        let site = Self { folder, store };
        site.write("wallboard.toml", &format!("{ACCESS}{HOURS}"));
        site.write("boards/hall.toml", "title = \"Hall\" # big\n");
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// As a start does.
    async fn open(&self) -> (Editor, CheckedConfiguration) {
        let (files, ..) = ConfigurationFiles::load(&self.path("wallboard.toml")).unwrap();
        let records = RecordStore::embedded(self.store.clone());
        let audit = AuditTrail::new(self.store.clone());
        let base = ConfigurationBase::Files(Box::new(files));
        let (editor, _) = Editor::open(base, records, audit).await.unwrap();
        let checked = editor.read_configuration().await.unwrap();
        (editor, checked)
    }
}

fn hours() -> EntryId {
    EntryId::new(Section::Hours, "chat/1")
}

async fn move_entry(editor: &Editor, id: EntryId) -> Result<(), SaveError> {
    let began_from = editor.entry(&id).map(|entry| entry.revision);
    let anna = AuditActor::not_signed_in("Anna");
    Box::pin(editor.move_entry(id, began_from, &anna)).await
}

#[tokio::test]
async fn a_moved_entry_waits_over_restarts_until_its_file_no_longer_has_it() {
    let site = MovedSite::new();
    let (editor, _) = site.open().await;
    let board = EntryId::new(Section::Boards, "hall");
    move_entry(&editor, hours()).await.unwrap();
    move_entry(&editor, board.clone()).await.unwrap();

    let (editor, checked) = site.open().await;
    assert_eq!(checked.site.hours.0.len(), 1);
    assert!(editor.left_out().is_empty());
    assert!(matches!(
        editor.origin(&hours()),
        Origin::File { line: 4, .. }
    ));
    let waiting = editor.list_waiting();
    let ids: Vec<_> = waiting.iter().map(|entry| entry.id.clone()).collect();
    assert_eq!(ids, [board.clone(), hours()]);
    let lines = editor.lines_in_file(&hours()).unwrap();
    assert_eq!(lines, HOURS.split_once('\n').unwrap().1);
    // Others can be saved meanwhile.
    let other = EntryChange {
        id: EntryId::new(Section::Names, "chat/1"),
        toml: Some("[names]\n\"chat/1\" = \"Sales\"\n".into()),
        began_from: None,
    };
    let anna = AuditActor::not_signed_in("Anna");
    Box::pin(editor.save(other, &anna)).await.unwrap();

    site.write("wallboard.toml", ACCESS);
    fs::remove_file(site.path("boards/hall.toml")).unwrap();
    let (editor, checked) = site.open().await;
    assert_eq!(checked.site.hours.0.len(), 1);
    assert_eq!(checked.boards[0].title, "Hall");
    assert_eq!(editor.text(&board).unwrap(), "title = \"Hall\" # big\n");
    assert!(matches!(editor.origin(&hours()), Origin::Browser(_)));
    assert_eq!(editor.list_waiting(), []);
}

/// A site whose file has other hours than those that were moved from it.
async fn open_with_changed_file() -> (MovedSite, Editor) {
    let site = MovedSite::new();
    let (editor, _) = site.open().await;
    move_entry(&editor, hours()).await.unwrap();
    let later = HOURS.replace("17:00", "18:00");
    site.write("wallboard.toml", &format!("{ACCESS}{later}"));
    let (editor, _) = site.open().await;
    (site, editor)
}

#[tokio::test]
async fn a_file_that_changes_meanwhile_makes_it_a_fault_until_it_is_moved_again() {
    let (site, editor) = open_with_changed_file().await;
    assert_eq!(editor.left_out()[0].id, hours());
    assert!(!editor.is_waiting(&hours()));

    move_entry(&editor, hours()).await.unwrap();
    let (editor, _) = site.open().await;
    assert!(editor.is_waiting(&hours()));
    assert!(editor.left_out().is_empty());
    assert_eq!(editor.entry(&hours()).unwrap().versions.len(), 2);
}

#[tokio::test]
async fn what_only_a_file_can_have_is_not_moved() {
    let site = MovedSite::new();
    site.write("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let brand = "[brand]\nname = \"Acme\"\nlogo = \"logo.svg\"\n";
    site.write("wallboard.toml", &format!("{ACCESS}{HOURS}{brand}"));
    let (editor, _) = site.open().await;
    let id = EntryId::new(Section::Brand, "");
    let refused = move_entry(&editor, id).await;
    assert!(matches!(refused, Err(SaveError::Invalid(_))), "{refused:?}");
    assert_eq!(editor.entries(), []);
}

#[tokio::test]
async fn an_older_page_moves_nothing() {
    let (_site, editor) = open_with_changed_file().await;
    let anna = AuditActor::not_signed_in("Anna");
    let late = Box::pin(editor.move_entry(hours(), None, &anna)).await;
    assert!(matches!(late, Err(SaveError::Conflict(_))), "{late:?}");
}

/// A source with tables of its own, and a channel. Their secrets begin with "hunter".
const TABLES: &str = r#"[sources.voice] # ours
kind = "genesys"
base_url = "https://h"
[sources.voice.auth]
client_id = "c"
client_secret = { file = "secret" }
username = "u"
password = 'hunter"2'
[sources.voice.states]
"27" = "busy"
"Off hook" = "busy"
[[sources.voice.statistics]]
metric = "waiting"
object_type = "Queue"
objects = ["1@S"]
name = "W"
[[sources.voice.statistics]]
metric = "longest_wait"
object_type = "Queue"
objects = [
  "1@S", # the first
]
name = "L"
"#;
const CHANNEL: &str =
    "[channels]\nfloor = { kind = \"slack\", url = \"https://hooks.example.com/hunter3\" }\n";

fn voice() -> EntryId {
    EntryId::new(Section::Sources, "voice")
}

fn floor() -> EntryId {
    EntryId::new(Section::Channels, "floor")
}

/// A site with the tables, both of which wait after they were moved.
async fn move_tables() -> (MovedSite, CheckedConfiguration) {
    let site = MovedSite::new();
    site.write("secret", "hunter1\n");
    site.write("wallboard.toml", &format!("{ACCESS}{TABLES}{CHANNEL}"));
    let (editor, checked) = site.open().await;
    move_entry(&editor, voice()).await.unwrap();
    move_entry(&editor, floor()).await.unwrap();
    (site, checked)
}

#[tokio::test]
async fn a_moved_source_and_channel_keep_their_sealed_secrets_and_change_nothing() {
    let (site, before) = move_tables().await;
    let (editor, checked) = site.open().await;
    assert!(editor.left_out().is_empty(), "{:?}", editor.left_out());
    assert_eq!(editor.list_waiting().len(), 2);
    assert_eq!(checked.sources, before.sources);
    for (id, sealed) in [(voice(), 2), (floor(), 1)] {
        let entry = editor.entry(&id).unwrap();
        let toml = entry.current().unwrap();
        assert_eq!(toml.matches("{ sealed = ").count(), sealed, "{toml}");
        for text in [
            toml.to_owned(),
            editor.lines_in_file(&id).unwrap(),
            editor.text_in_file(&id).unwrap(),
        ] {
            assert!(!text.contains("hunter"), "{text}");
        }
        // The second press of the same button.
        move_entry(&editor, id.clone()).await.unwrap();
        assert_eq!(editor.entry(&id).unwrap().versions.len(), 1);
    }
    let shown = TABLES.replace("'hunter\"2'", "\"…\"");
    assert_eq!(editor.lines_in_file(&voice()).unwrap(), shown);
    let line = "floor = { kind = \"slack\", url = \"…\" }\n";
    assert_eq!(editor.lines_in_file(&floor()).unwrap(), line);

    site.write("wallboard.toml", ACCESS);
    fs::remove_file(site.path("secret")).unwrap();
    let (editor, checked) = site.open().await;
    // Equal ones aren't restarted.
    assert_eq!(checked.sources, before.sources);
    assert_eq!(checked.channels, before.channels);
    assert!(matches!(editor.origin(&voice()), Origin::Browser(_)));
    assert_eq!(editor.list_waiting(), []);
}

#[tokio::test]
async fn a_secret_that_changes_meanwhile_makes_both_a_fault() {
    let (site, _) = move_tables().await;
    site.write("secret", "hunter4\n");
    let (editor, _) = site.open().await;
    let left_out = editor.left_out();
    assert_eq!(left_out[0].id, voice());
    let fault = left_out[0].faults.to_string();
    assert!(fault.contains("[sources.voice]: is also in"), "{fault}");
    assert!(!fault.contains("hunter"), "{fault}");

    move_entry(&editor, voice()).await.unwrap();
    let (editor, _) = site.open().await;
    assert_eq!(editor.list_waiting().len(), 2);
}

#[tokio::test]
async fn a_source_that_names_a_file_of_the_server_is_not_moved() {
    let site = MovedSite::new();
    let values = "[sources.phone]\nkind = \"values\"\nurl = \"https://h\"\nca_file = \"ca.pem\"\n\
                  queues = { list = \"/q\", id = \"/i\", metrics = { waiting = \"/w\" } }\n";
    site.write("ca.pem", "");
    site.write("wallboard.toml", &format!("{ACCESS}{values}"));
    let (editor, _) = site.open().await;
    let id = EntryId::new(Section::Sources, "phone");
    let refused = move_entry(&editor, id).await;
    let Err(SaveError::Invalid(faults)) = refused else {
        panic!("{refused:?}");
    };
    let faults = faults.to_string();
    assert!(
        faults.contains("sources.phone.ca_file: is a file of the server"),
        "{faults}"
    );
    assert_eq!(editor.entries(), []);
}

#[tokio::test]
async fn an_entry_of_a_file_alone_is_not_deleted() {
    let site = MovedSite::new();
    let (editor, _) = site.open().await;
    let deleted = EntryChange {
        id: hours(),
        toml: None,
        began_from: None,
    };
    let anna = AuditActor::not_signed_in("Anna");
    let refused = Box::pin(editor.save(deleted, &anna)).await;
    assert!(
        matches!(refused, Err(SaveError::InFile { line: 4, .. })),
        "{refused:?}"
    );
    assert_eq!(editor.entries(), []);
}
