//! The page of the editor: the form, and the board as a screen would show it.

use askama::Template;
use strum::VariantNames;

use wallboard_boards::{BoardLayout, BoardPreview, MissingMetric};
use wallboard_domain::{BoardDensity, BoardTheme, Metric, MetricOwner, Unit};

use crate::{
    editing::{Entry, EntryId, Origin, Section},
    web::{
        WebError, WebState,
        access::{editing::Editing, visitor::screen_includes},
        board_editor::{
            board_form::{BoardForm, METRIC_LISTS},
            choices::BoardChoices,
        },
        parts::{clock, page_header::PageHeader},
        server::assets,
    },
};

/// Queues named in a sentence.
const NAMES_MAX: usize = 3;

/// The editor with what happened last.
#[derive(Default)]
pub(super) struct EditorState {
    /// The last valid board, if the form's isn't.
    pub(super) preview: Option<BoardPreview>,
    /// A board that somebody else saved meanwhile.
    pub(super) conflict: Option<std::sync::Arc<Entry>>,
    /// A sentence why nothing was saved.
    pub(super) error: String,
    pub(super) is_saved: bool,
    /// Whether the script sent the form, which knows the choices.
    pub(super) is_brief: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page")]
#[derive(Template)]
#[template(path = "board_editor.html")]
struct EditorPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    id: String,
    title: String,
    is_new: bool,
    began_from: String,
    /// The file that has the board, and its line.
    file: Option<String>,
    choices: BoardChoices,
    is_brief: bool,
    settings: Vec<Setting>,
    queues: PatternList,
    agents: PatternList,
    order: PatternList,
    hide: PatternList,
    is_in_list_order: bool,
    show: MetricList,
    totals: MetricList,
    names: Vec<(String, String, String)>,
    unknown_name: String,
    text: String,
    text_lines: usize,
    faults: Vec<FaultRow>,
    error: String,
    conflict: Option<ConflictView>,
    saved: String,
    can_undo: bool,
    focus: String,
    said: String,
    /// Paired screens that show the board.
    screens: Vec<String>,
    preview: Option<BoardPreview>,
    facts: Vec<String>,
    missing: Vec<String>,
}

/// A choice of one of several values.
struct Setting {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    /// Value, label, and whether it's chosen.
    options: Vec<(String, String, bool)>,
}

struct PatternList {
    name: &'static str,
    /// Value, name, and what it is.
    rows: Vec<(String, String, String)>,
    unknown: String,
}

struct MetricList {
    name: &'static str,
    /// Value, name, and definition.
    rows: Vec<(&'static str, &'static str, String)>,
    others: Vec<(&'static str, String)>,
}

struct FaultRow {
    what: String,
    fix: String,
}

struct ConflictView {
    by: String,
    at: String,
    theirs: String,
}

pub(super) fn render_editor(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    form: BoardForm,
    choices: BoardChoices,
    state: EditorState,
) -> Result<String, WebError> {
    let id = EntryId::new(Section::Boards, &form.id);
    let file = match editing.editor().origin(&id) {
        Origin::File { file, line, .. } => Some(format!("{}, line {line}", file.display())),
        Origin::Browser(_) | Origin::Nowhere => None,
    };
    let entry = editing.editor().entry(&id);
    let (screens, connected) = find_screens(web, &form.id);
    let list = |name: &'static str| PatternList {
        name,
        rows: (form.patterns(name).iter())
            .map(|pattern| {
                let (label, kind) = choices.describe(name, &pattern.0);
                (pattern.0.clone(), label, kind)
            })
            .collect(),
        unknown: form.unknown.get(name).cloned().unwrap_or_default(),
    };
    let [show, totals] = METRIC_LISTS.map(|name| metric_list(name, form.metrics(name)));
    let mut names: Vec<_> = (form.board.names.iter())
        .map(|(id, text)| (id.clone(), choices.describe("names", id).0, text.clone()))
        .collect();
    names.sort();
    let conflict = state.conflict.map(|theirs| conflict_view(web, &theirs));
    let page = EditorPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        title: form.board.title.clone(),
        is_new: form.is_new,
        began_from: (form.began_from).map_or_else(String::new, |revision| revision.0.to_string()),
        file,
        is_brief: state.is_brief,
        settings: settings(&form),
        queues: list("queues"),
        agents: list("agents"),
        order: list("order"),
        hide: list("hide"),
        is_in_list_order: form.is_in_list_order(),
        show,
        totals,
        names,
        unknown_name: form.unknown.get("names").cloned().unwrap_or_default(),
        text_lines: form.text.lines().count().clamp(6, 24) + 1,
        faults: fault_rows(&form),
        error: state.error,
        conflict,
        saved: if state.is_saved {
            saved_sentence(screens.len(), connected)
        } else {
            String::new()
        },
        can_undo: entry.is_some_and(|entry| 1 < entry.versions.len()),
        facts: state
            .preview
            .as_ref()
            .map(preview_facts)
            .unwrap_or_default(),
        missing: (state.preview.iter())
            .flat_map(|preview| preview.missing.iter().map(missing_sentence))
            .collect(),
        preview: state.preview,
        screens,
        choices,
        id: form.id,
        text: form.text,
        focus: form.focus,
        said: form.said,
    };
    Ok(page.render()?)
}

/// Returns the names of the paired screens that show a board, and how many are connected.
fn find_screens(web: &WebState, board: &str) -> (Vec<String>, usize) {
    let Some(sign_in) = &web.sign_in else {
        return (Vec::new(), 0);
    };
    let mut listed = sign_in.screens().directory().list_screens();
    let playlists = web.boards.list_playlists();
    listed.retain(|listed| screen_includes(&listed.screen, &playlists, board));
    let connected = listed.iter().filter(|listed| listed.is_connected).count();
    let names = listed.iter().map(|listed| listed.screen.name.clone());
    (names.collect(), connected)
}

fn saved_sentence(screens: usize, connected: usize) -> String {
    match screens {
        0 => "Saved. Everyone who has the board open sees it now.".to_owned(),
        screens => format!("Saved. {connected} of {screens} paired screens show it now."),
    }
}

fn settings(form: &BoardForm) -> Vec<Setting> {
    let board = &form.board;
    let columns = board
        .columns
        .map_or_else(String::new, |columns| columns.to_string());
    let rate = board.update_rate.map_or("", |rate| rate.into_str());
    let language = board.language.map_or("", |language| language.into_str());
    vec![
        Setting {
            name: "layout",
            label: "Layout",
            hint: "",
            options: options(
                BoardLayout::VARIANTS,
                board.layout.into_str(),
                &["A tile per queue", "A card per agent", "A row per queue"],
            ),
        },
        Setting {
            name: "theme",
            label: "Theme",
            hint: "",
            options: options(
                BoardTheme::VARIANTS,
                board.theme.into_str(),
                &["Dark", "Light, for bright rooms"],
            ),
        },
        Setting {
            name: "density",
            label: "Read from",
            hint: "Farther away: larger texts, fewer figures.",
            options: options(
                BoardDensity::VARIANTS,
                board.density.into_str(),
                &["Across a hall", "A floor", "A desk"],
            ),
        },
        Setting {
            name: "columns",
            label: "Columns of tiles",
            hint: "",
            options: options(
                &["", "1", "2", "3", "4", "5", "6"],
                &columns,
                &["As the screen allows", "1", "2", "3", "4", "5", "6"],
            ),
        },
        Setting {
            name: "update_rate",
            label: "Updates",
            hint: "",
            options: options(
                &["", "1s", "5s"],
                rate,
                &["At once", "Every second at most", "Every 5 seconds at most"],
            ),
        },
        Setting {
            name: "language",
            label: "Language",
            hint: "",
            options: options(
                &["", "en", "sv", "de"],
                language,
                &["Same as the site", "English", "Svenska", "Deutsch"],
            ),
        },
    ]
}

fn options(values: &[&str], chosen: &str, labels: &[&str]) -> Vec<(String, String, bool)> {
    let all = values.iter().zip(labels);
    all.map(|(value, label)| ((*value).to_owned(), (*label).to_owned(), *value == chosen))
        .collect()
}

fn metric_list(name: &'static str, metrics: &[Metric]) -> MetricList {
    let others = Metric::all()
        .filter(|metric| metric.owner() != MetricOwner::Agent && !metrics.contains(metric));
    let mut others: Vec<_> = others
        .map(|metric| {
            (
                metric.name(),
                format!("{} ({})", metric.label(), unit_label(metric)),
            )
        })
        .collect();
    others.sort_by(|a, b| a.1.cmp(&b.1));
    MetricList {
        name,
        rows: (metrics.iter())
            .map(|metric| (metric.name(), metric.label(), definition(*metric)))
            .collect(),
        others,
    }
}

fn unit_label(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Count => "count",
        Unit::Seconds => "minutes and seconds",
        Unit::Percent => "percent",
    }
}

fn definition(metric: Metric) -> String {
    let meaning = [metric.reported_meaning(), metric.counted_meaning()];
    let meaning = meaning.into_iter().find(|text| !text.is_empty());
    format!("{} In {}.", meaning.unwrap_or_default(), unit_label(metric))
        .replace("In count", "A count")
}

/// The faults of the form, at their fields' names.
fn fault_rows(form: &BoardForm) -> Vec<FaultRow> {
    let faults = form.faults.iter().flat_map(|faults| &faults.faults);
    let faults = faults.map(|fault| FaultRow {
        what: match &*fault.key {
            "" => fault.what.clone(),
            key => format!("{key}: {}", fault.what),
        },
        fix: fault.fix.clone(),
    });
    let mut unknown: Vec<_> = form.unknown.iter().collect();
    unknown.sort();
    let unknown = unknown.into_iter().map(|(list, entered)| FaultRow {
        what: format!("{list}: nothing is called {entered:?}"),
        fix: "choose one of the list, or enter a pattern such as chat/*".to_owned(),
    });
    faults.chain(unknown).collect()
}

fn conflict_view(web: &WebState, theirs: &Entry) -> ConflictView {
    let last = theirs.versions.last();
    let time = |version: &crate::editing::EntryVersion| {
        (web.live).read_snapshot(|snapshot, now| clock::format_time(snapshot, version.at, now))
    };
    ConflictView {
        by: last.map(|version| version.by.clone()).unwrap_or_default(),
        at: last.map(time).unwrap_or_default(),
        theirs: theirs.current().unwrap_or("Deleted").to_owned(),
    }
}

fn preview_facts(preview: &BoardPreview) -> Vec<String> {
    let rows = match preview.rows {
        1 => "1 row or tile".to_owned(),
        rows => format!("{rows} rows or tiles"),
    };
    let pages = match preview.pages {
        1 => "fit on 1 page of a TV".to_owned(),
        pages => format!("take {pages} pages of a TV, one after the other"),
    };
    vec![format!("{rows} {pages}.")]
}

fn missing_sentence(missing: &MissingMetric) -> String {
    let label = missing.metric.label();
    let whose = if missing.is_everywhere {
        "any of these queues".to_owned()
    } else {
        let named = missing
            .queues
            .iter()
            .take(NAMES_MAX)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        match missing.queues.len().saturating_sub(NAMES_MAX) {
            0 => named,
            more => format!("{named} and {more} more"),
        }
    };
    format!(
        "{label}: no data for {whose}. {}",
        missing.metric.unknown_reason()
    )
    .trim_end()
    .to_owned()
}

impl PatternList {
    /// The label of its field.
    fn adds(&self) -> &'static str {
        match self.name {
            "agents" => "Add an agent or a pattern",
            "order" => "Add what comes first",
            "hide" => "Add what to leave out",
            _ => "Add a queue, a group or a pattern",
        }
    }

    fn choices_id(&self) -> &'static str {
        match self.name {
            "agents" => "agent-choices",
            _ => "queue-choices",
        }
    }
}
