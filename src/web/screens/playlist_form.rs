//! `/screens/playlist`: makes, changes and deletes a playlist.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

use wallboard_boards::{BoardDefinition, BoardLayout, board_title};
use wallboard_texts::Texts;

use crate::{
    editing::EntryChange,
    web::{
        WebError, WebState,
        access::editing::{EditForm, Editing},
        differences::EntryConflict,
        pages::settings::{begin_form, save_form},
        parts::{
            entry_uses::find_entry_uses,
            links::{PageLink, form_urlencode},
            page_header::{PageHeader, TranslatedHeader},
            refusal_line::RefusalLine,
            sentence::{Sentence, SentencePiece, slot},
        },
        screens::{
            frames,
            playlist_fields::{ItemFields, PlaylistFields},
            playlist_week::{WeekRow, week_rows},
            screen_list::screens_show_agents,
        },
        server::assets,
    },
};

const ROUTE: &str = "/screens/playlist";
const LIST: &str = "/settings/playlists";

#[derive(Template)]
#[template(path = "playlist.html")]
struct PlaylistPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    fields: PlaylistFields,
    /// Whether it has a name already, which stays.
    is_known: bool,
    is_saved: bool,
    /// Why it wasn't saved.
    faults: Vec<RefusalLine>,
    /// Somebody else's change meanwhile.
    conflict: Option<EntryConflict>,
    /// The effect of the last button, for screen readers.
    said: String,
    items: Vec<ItemRow>,
    /// The week as it would be; empty while it has faults.
    week: Vec<WeekRow>,
    zone: String,
    /// Values and labels of how long a board stays that comes at once.
    jumps: Vec<(String, String)>,
    /// With open access, where it's shown.
    tv_address: Option<String>,
    /// "on Atrium", of the screens that show it.
    screens: Vec<Sentence>,
    /// Everything that would miss it.
    uses: Option<Sentence>,
}

struct ItemRow {
    fields: ItemFields,
    title: String,
    /// "12 queues", "agents", or why it has no turn.
    note: String,
    options: Vec<BoardOption>,
    /// It was moved or added: its button has the focus.
    has_focus: bool,
}

struct BoardOption {
    id: String,
    title: String,
}

/// The rest of a page, beside the fields.
#[derive(Default)]
struct PageNotes {
    is_saved: bool,
    faults: Vec<RefusalLine>,
    conflict: Option<EntryConflict>,
    said: String,
    /// The number of the item that has the focus.
    focus: Option<usize>,
}

#[derive(Deserialize)]
struct PlaylistQuery {
    #[serde(default)]
    name: String,
    /// The change that was just made.
    done: Option<String>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route(ROUTE, get(show_playlist).post(change_playlist))
}

/// Where a playlist is changed.
pub(in crate::web) fn address_of(name: &str) -> String {
    format!("{ROUTE}?name={}", form_urlencode(name))
}

async fn show_playlist(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
    Query(PlaylistQuery { name, done }): Query<PlaylistQuery>,
) -> Result<Response, WebError> {
    let playlists = web.boards.list_playlists();
    let known = playlists.iter().find(|one| one.name == name);
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let mut fields = if let Some(playlist) = known {
        PlaylistFields::of_playlist(header.texts, playlist, &zone)
    } else {
        let boards = visible_boards(&web, &header);
        let first = boards.first().map_or("", |board| &board.id);
        PlaylistFields::new_playlist(first)
    };
    match begin_form(&editing, &fields.entry())? {
        Ok(began_from) => fields.began_from = began_from,
        Err(elsewhere) => return Ok(elsewhere),
    }
    let notes = PageNotes {
        is_saved: done.is_some() && known.is_some(),
        ..PageNotes::default()
    };
    let page = build_page(&web, &editing, header, fields, notes);
    Ok(Html(page.await?.render()?).into_response())
}

async fn change_playlist(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<PlaylistFields>,
) -> Result<Response, WebError> {
    let EditForm {
        editing,
        mut fields,
    } = form;
    let action = fields.action.clone();
    let is_deletion = action == "delete";
    if !is_deletion && action != "save" {
        let notes = change_items(&web, &header, &mut fields, &action)?;
        let page = build_page(&web, &editing, header, fields, notes);
        return Ok(Html(page.await?.render()?).into_response());
    }
    let toml = (!is_deletion).then(|| fields.write());
    let (id, began_from) = (fields.entry(), &mut fields.began_from);
    let saving = save_form(header.texts, &web, &editing, id, toml, began_from);
    let Err(refusal) = saving.await? else {
        let page = if is_deletion {
            LIST.to_owned()
        } else {
            format!("{}&done=saved", address_of(&fields.entry().name))
        };
        return Ok(Redirect::to(&page).into_response());
    };
    let notes = PageNotes {
        faults: refusal.faults,
        conflict: refusal.conflict,
        ..PageNotes::default()
    };
    let page = build_page(&web, &editing, header, fields, notes).await?;
    Ok((refusal.status, Html(page.render()?)).into_response())
}

/// Adds, moves or removes an item, as a button says.
fn change_items(
    web: &WebState,
    header: &PageHeader,
    fields: &mut PlaylistFields,
    action: &str,
) -> Result<PageNotes, WebError> {
    let mut items = fields.items();
    let (verb, number) = action.split_once(' ').unwrap_or((action, ""));
    let number = || {
        let number: Option<usize> = number.parse().ok();
        let number = number.filter(|number| *number < items.len());
        number.ok_or(WebError::InvalidForm)
    };
    let to = match verb {
        "add" => {
            let unused = visible_boards(web, header).into_iter();
            let unused = unused.map(|board| board.id);
            let mut unused = unused.filter(|id| items.iter().all(|item| item.board != *id));
            let last = items.last().cloned().unwrap_or_default();
            items.push(ItemFields {
                board: unused.next().unwrap_or(last.board),
                seconds: "30".to_owned(),
                ..ItemFields::default()
            });
            items.len() - 1
        }
        "up" | "down" => {
            let from = number()?;
            let to = match verb {
                "up" => from.saturating_sub(1),
                _ => (from + 1).min(items.len() - 1),
            };
            items.swap(from, to);
            to
        }
        // The week follows what is entered.
        "check" => return Ok(PageNotes::default()),
        "remove" => {
            let from = number()?;
            items.remove(from);
            from.saturating_sub(1)
        }
        _ => return Err(WebError::InvalidForm),
    };
    fields.set_items(&items);
    let said = items.get(to).map(|item| {
        let title = title_of(header.texts, web, &item.board);
        header.texts.item_place(title, to + 1, items.len())
    });
    Ok(PageNotes {
        said: said.unwrap_or_default(),
        focus: Some(to),
        ..PageNotes::default()
    })
}

async fn build_page(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    fields: PlaylistFields,
    notes: PageNotes,
) -> Result<PlaylistPage, WebError> {
    let playlists = web.boards.list_playlists();
    let (id, texts) = (fields.entry(), header.texts);
    let boards = visible_boards(web, &header);
    let items = fields.items();
    let items = items.into_iter().enumerate().map(|(number, item)| {
        let mut options: Vec<_> = (boards.iter())
            .map(|board| BoardOption {
                id: board.id.clone(),
                title: board.title.clone(),
            })
            .collect();
        if options.iter().all(|option| option.id != item.board) {
            options.push(BoardOption {
                id: item.board.clone(),
                title: title_of(texts, web, &item.board),
            });
        }
        ItemRow {
            title: title_of(texts, web, &item.board),
            note: board_note(texts, web, &item.board),
            options,
            has_focus: notes.focus == Some(number),
            fields: item,
        }
    });
    let items = items.collect();
    // The week follows what is entered; a draft without a name has one for that.
    let mut draft = fields.clone();
    if draft.name.trim().is_empty() {
        draft.name = "new".into();
    }
    let change = EntryChange {
        id: draft.entry(),
        toml: Some(draft.write()),
        began_from: None,
    };
    let checked = editing.check(&[change]).await?;
    let checked = checked.map(|checked| checked.playlists).unwrap_or_default();
    let playlist = checked.iter().find(|one| one.name == draft.entry().name);
    let week = playlist.map(|one| week_rows(texts, one, |board| title_of(texts, web, board)));
    let zone = (web.live).read_snapshot(|snapshot, _| {
        let zone = snapshot.site.zone.iana_name();
        zone.unwrap_or("UTC").to_owned()
    });
    Ok(PlaylistPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        is_known: playlists.iter().any(|one| one.name == id.name),
        is_saved: notes.is_saved,
        faults: notes.faults,
        conflict: notes.conflict,
        said: notes.said,
        items,
        week: week.unwrap_or_default(),
        zone,
        tv_address: web.sign_in.is_none().then(|| frames::address_of(&id.name)),
        jumps: jump_choices(texts, &fields.jump),
        screens: screens_of(texts, web, &id.name),
        uses: find_entry_uses(texts, web, editing.editor(), &id),
        fields,
    })
}

fn jump_choices(texts: &Texts, chosen: &str) -> Vec<(String, String)> {
    let mut choices = vec![
        (String::new(), texts.jump_waits().to_owned()),
        ("30s".to_owned(), texts.jump_for("30 s")),
        ("1m".to_owned(), texts.jump_for("1 min")),
        ("2m".to_owned(), texts.jump_for("2 min")),
    ];
    if choices.iter().all(|(value, _)| value != chosen) {
        choices.push((chosen.to_owned(), texts.jump_for(chosen)));
    }
    choices
}

/// The boards that the visitor may see.
fn visible_boards(web: &WebState, header: &PageHeader) -> Vec<BoardOption> {
    let boards = web.boards.list_boards();
    let boards = boards.iter();
    let boards = boards.filter(|board| header.visitor().may_see(board));
    let options = boards.map(|board| BoardOption {
        id: board.id.clone(),
        title: board_title(header.texts, board).to_owned(),
    });
    options.collect()
}

/// A board that doesn't exist has its ID.
fn title_of(texts: &'static Texts, web: &WebState, id: &str) -> String {
    let board = web.boards.find_board(id);
    board.map_or_else(
        || id.to_owned(),
        |board| board_title(texts, &board).to_owned(),
    )
}

fn board_note(texts: &Texts, web: &WebState, id: &str) -> String {
    let count = |board: &BoardDefinition| {
        (web.live).read_snapshot(|snapshot, _| {
            let queues = snapshot.visible_queues();
            let queues = queues.filter(|queue| board.shows_queue(&queue.id.to_string()));
            queues.count()
        })
    };
    match web.boards.find_board(id) {
        None => texts.item_removed().to_owned(),
        Some(board) => match (count(&board), board.layout) {
            (_, BoardLayout::Agents) if web.sign_in.is_some() && !screens_show_agents(web) => {
                texts.item_has_agents().to_owned()
            }
            (_, BoardLayout::Agents) => texts.kind_agents().to_owned(),
            (count, _) => texts.queue_count(count),
        },
    }
}

fn screens_of(texts: &Texts, web: &WebState, playlist: &str) -> Vec<Sentence> {
    let Some(screens) = &web.screens else {
        return Vec::new();
    };
    let listed = screens.directory().list_screens().into_iter();
    let listed = listed.filter(|one| one.screen.playlist.as_deref() == Some(playlist));
    let named = listed.map(|one| {
        let name = SentencePiece::Link(PageLink::new(one.screen.name.as_str(), ""));
        Sentence::new(&texts.playlist_on(slot(0)), vec![name])
    });
    named.collect()
}
