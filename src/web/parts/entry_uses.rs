//! The uses of an entry of the settings, for who is about to delete it: boards, playlists, screens, rules, and other
//! settings of the same queues.

use wallboard_access::Right;
use wallboard_alerts::{AlertRule, AlertScope, AlertSubject};
use wallboard_boards::{BoardDefinition, Widget, WidgetContent};
use wallboard_domain::{CustomFigureId, NaturalOrder, Pattern, QueueId, SourceId};
use wallboard_texts::Texts;

use crate::{
    alerts::Alerts,
    announcements::Announcements,
    editing::{Editor, EntryId, Origin, Section},
    web::{
        WebState,
        access::visitor::Visitor,
        parts::{
            links::{PageLink, form_urlencode},
            sentence::Sentence,
        },
        screens::screens_state::find_board_screens,
    },
};

/// The most queues that are named.
const NAMES_MAX: usize = 12;
/// Settings by the ID of a queue or a group.
const BY_QUEUE: [Section; 4] = [
    Section::Names,
    Section::Thresholds,
    Section::Targets,
    Section::Hours,
];

/// Says what uses an entry, or that nothing does; `None` for sections whose entries nothing names.
pub(in crate::web) fn find_entry_uses(
    texts: &Texts,
    web: &WebState,
    editor: &Editor,
    id: &EntryId,
) -> Option<Sentence> {
    let uses = match id.section {
        Section::Boards => {
            let playlists = web.boards.list_playlists();
            let playlists = playlists.iter().filter(|one| one.includes(&id.name));
            let playlists = playlists.map(|one| {
                let page = "/screens/playlist";
                link(texts.use_in_playlist(one.name.as_str()), page, &one.name)
            });
            let screens = find_board_screens(web, &id.name).0.into_iter();
            playlists
                .chain(screens.map(|name| screen_link(texts, &name)))
                .collect()
        }
        Section::Playlists => {
            let screens = web.screens.iter();
            let screens = screens.flat_map(|screens| screens.directory().list_screens());
            let screens = screens.filter(|one| one.screen.playlist.as_ref() == Some(&id.name));
            screens
                .map(|one| screen_link(texts, &one.screen.name))
                .collect()
        }
        Section::Groups => uses_of_group(texts, web, editor, &id.name),
        Section::People => uses_of_person(texts, web, &id.name),
        Section::Figures => uses_of_figure(texts, web, &id.name),
        Section::Thresholds | Section::Targets | Section::Hours => {
            return Some(queues_of_pattern(texts, web, &id.name));
        }
        _ => return None,
    };
    let sentence = Sentence::with_links(uses, |uses| texts.entry_used_by(uses));
    Some(sentence.unwrap_or_else(|| Sentence::new(texts.entry_unused(), Vec::new())))
}

/// Says what names a screen, for who is about to rename or remove it: it follows no new name. `None`: nothing that the
/// visitor may see.
pub(in crate::web) fn find_screen_uses(
    texts: &Texts,
    web: &WebState,
    visitor: &Visitor,
    name: &str,
) -> Option<Sentence> {
    if !visitor.has(Right::WholeSite) {
        return None;
    }
    let sees_people = visitor.has(Right::PersonalData);
    let rules = list_rules(texts, web, |rule| {
        (sees_people || !rule.watches_agents()) && rule.screens().any(|one| one == name)
    });
    let now = web.live.now().wall;
    let announcements = web.announcements.iter().flat_map(Announcements::list);
    let announcements = announcements
        .filter(|one| one.announcement.is_for_screen(name) && !one.is_over(now))
        .map(|one| {
            let text = texts.use_in_announcement(one.announcement.text.as_str());
            PageLink::new(text, "/announcements")
        });
    let uses = rules.into_iter().chain(announcements).collect();
    Sentence::with_links(uses, |uses| texts.entry_used_by(uses))
}

/// Everything that names the group itself. A pattern of queues doesn't.
fn uses_of_group(texts: &Texts, web: &WebState, editor: &Editor, name: &str) -> Vec<PageLink> {
    let id = QueueId::new(&SourceId::from("group"), name);
    let text = id.to_string();
    let is_shown = |widget: &Widget| widget.queue() == Some(&id);
    let boards = list_boards(texts, web, |board| {
        let patterns = board.queues.iter().chain(&board.order).chain(&board.hide);
        names_itself(patterns, &text)
            || board.widgets.iter().any(is_shown)
            || board.names.contains_key(&text)
    });
    let subject = AlertSubject::Queue(id.clone());
    let rules = list_rules(texts, web, |rule| rule.watches(&subject));
    let settings = BY_QUEUE.into_iter().filter_map(|section| {
        let entry = EntryId::new(section, &text);
        let is_there = !matches!(editor.origin(&entry), Origin::Nowhere);
        let page = format!("/settings/{section}");
        is_there.then(|| link(texts.section_label(<&str>::from(section)), &page, &text))
    });
    boards.into_iter().chain(rules).chain(settings).collect()
}

fn uses_of_person(texts: &Texts, web: &WebState, name: &str) -> Vec<PageLink> {
    let text = format!("person/{name}");
    let boards = list_boards(texts, web, |board| {
        names_itself(
            board.agents.iter().chain(&board.order).chain(&board.hide),
            &text,
        )
    });
    let rules = list_rules(texts, web, |rule| match &rule.scope {
        AlertScope::Agents { patterns, .. } => names_itself(patterns, &text),
        _ => false,
    });
    boards.into_iter().chain(rules).collect()
}

fn uses_of_figure(texts: &Texts, web: &WebState, name: &str) -> Vec<PageLink> {
    let Some(id) = CustomFigureId::parse(name) else {
        return Vec::new();
    };
    let boards = list_boards(texts, web, |board| shows_figure(board, &id));
    let subject = AlertSubject::Figure(id, None);
    let rules = list_rules(texts, web, |rule| rule.watches(&subject));
    boards.into_iter().chain(rules).collect()
}

/// Whether a board shows a custom figure, in a widget or of its queues.
pub(in crate::web) fn shows_figure(board: &BoardDefinition, id: &CustomFigureId) -> bool {
    let is_it = |widget: &Widget| matches!(&widget.content, WidgetContent::Custom { figure, .. } if figure == id);
    board.widgets.iter().any(is_it) || board.show.iter().any(|shown| shown.custom() == Some(id))
}

/// Whether a pattern is of the same kind of ID, and matches it.
fn names_itself<'p>(patterns: impl IntoIterator<Item = &'p Pattern>, id: &str) -> bool {
    let (kind, _) = id.split_once('/').unwrap_or((id, ""));
    let mut patterns = patterns.into_iter();
    patterns.any(|pattern| pattern.0.split('/').next() == Some(kind) && pattern.matches(id))
}

fn list_boards(
    texts: &Texts,
    web: &WebState,
    is_using: impl Fn(&BoardDefinition) -> bool,
) -> Vec<PageLink> {
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| is_using(board));
    let boards = boards.map(|board| {
        let text = texts.use_in_board(board.title.as_str());
        PageLink::new(text, format!("/boards/{}", board.id))
    });
    boards.collect()
}

/// The rules of alerts that use something.
pub(in crate::web) fn list_rules(
    texts: &Texts,
    web: &WebState,
    is_using: impl Fn(&AlertRule) -> bool,
) -> Vec<PageLink> {
    let plan = web.alerts.as_ref().map(Alerts::plan);
    let rules = plan.iter().flat_map(|plan| &plan.rules);
    let rules = rules.filter(|rule| is_using(rule));
    let rules = rules.map(|rule| {
        link(
            texts.use_in_rule(rule.name.as_str()),
            "/alerts/rule",
            &rule.name,
        )
    });
    rules.collect()
}

/// The queues that a pattern of thresholds, targets or hours is about.
fn queues_of_pattern(texts: &Texts, web: &WebState, pattern: &str) -> Sentence {
    let pattern = Pattern(pattern.to_owned());
    let mut names = (web.live).read_snapshot(|snapshot, _| {
        let queues = snapshot.visible_queues();
        let queues = queues.filter(|queue| pattern.matches(&queue.id.to_string()));
        queues
            .map(|queue| snapshot.queue_name(queue))
            .collect::<Vec<_>>()
    });
    names.sort_by_key(|name| NaturalOrder(name.clone()));
    let further = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    let links = names.into_iter().map(|name| PageLink::new(name, ""));
    let used = Sentence::with_links(links.collect(), |names| match further {
        0 => texts.entry_of_queues(names),
        count => texts.entry_of_more_queues(names, count),
    });
    used.unwrap_or_else(|| Sentence::new(texts.entry_of_no_queue(), Vec::new()))
}

fn screen_link(texts: &Texts, name: &str) -> PageLink {
    PageLink::new(texts.use_on_screen(name), "/screens")
}

fn link(text: String, page: &str, name: &str) -> PageLink {
    PageLink::new(text, format!("{page}?name={}", form_urlencode(name)))
}
