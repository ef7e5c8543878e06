//! The page of the editor: the form, and the board as a screen would show it.

use askama::Template;

use wallboard_boards::{BoardPreview, Widget, WidgetContent, WidgetSize};
use wallboard_domain::CustomFigureId;
use wallboard_texts::Texts;

use crate::{
    editing::{Entry, EntryId, Origin, Section},
    pictures::UPLOAD_BYTES_MAX,
    web::{
        WebError, WebState,
        access::editing::Editing,
        board_editor::{
            board_form::{BoardForm, METRIC_LISTS},
            board_setting::{BoardSetting, settings},
            choices::BoardChoices,
            form_faults::{faults, refusals},
            metric_list::{MetricList, other_metrics},
            preview_facts::{missing_sentences, preview_facts},
            preview_screen::{PreviewScreen, paired_screens, usual_screens},
            version_steps::VersionSteps,
            widget_fields::custom_value,
            widget_form::{WidgetRow, widget_rows, zone_names},
        },
        differences::EntryConflict,
        parts::{
            entry_uses::find_entry_uses,
            page_header::PageHeader,
            sentence::{Sentence, SentencePiece},
        },
        screens::screens_state::find_board_screens,
        server::assets,
    },
};

/// The editor with what happened last.
#[derive(Default)]
pub(super) struct EditorState {
    /// The last valid board, if the form's isn't.
    pub(super) preview: Option<BoardPreview>,
    /// The texts of its pictures that no longer exist.
    pub(super) missing_pictures: Vec<String>,
    /// A board that somebody else saved meanwhile.
    pub(super) conflict: Option<std::sync::Arc<Entry>>,
    /// Why nothing was saved, without a period.
    pub(super) error: String,
    pub(super) is_saved: bool,
    /// The version that the board has.
    pub(super) steps: VersionSteps,
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
    /// That a file has the board.
    in_file: Option<String>,
    choices: BoardChoices,
    is_brief: bool,
    settings: Vec<BoardSetting>,
    queues: PatternList,
    agents: PatternList,
    order: PatternList,
    hide: PatternList,
    is_in_list_order: bool,
    show: MetricList,
    totals: MetricList,
    widgets: Vec<WidgetRow>,
    new_widget: WidgetRow,
    /// In bytes.
    upload_max: usize,
    /// Value and label of each metric that a widget can show.
    metrics: Vec<(&'static str, String)>,
    /// The same of each custom figure.
    custom_figures: Vec<(String, String)>,
    zones: Vec<String>,
    names: Vec<(String, String, String)>,
    unknown_name: String,
    text: String,
    text_lines: usize,
    /// In English, as the command writes them.
    faults: Vec<String>,
    /// Refusals of the form itself, in the reader's language.
    refusals: Vec<String>,
    error: String,
    conflict: Option<EntryConflict>,
    saved: String,
    steps: VersionSteps,
    can_undo: bool,
    can_redo: bool,
    focus: String,
    said: String,
    /// Everything that would miss it.
    uses: Option<Sentence>,
    /// Paired screens that show the board.
    screens: Vec<String>,
    preview: Option<BoardPreview>,
    usual_screens: Vec<PreviewScreen>,
    paired_screens: Vec<PreviewScreen>,
    facts: Vec<String>,
    missing: Vec<String>,
}

struct PatternList {
    name: &'static str,
    rows: Vec<PatternRow>,
    unknown: String,
}

struct PatternRow {
    /// An ID or a pattern.
    value: String,
    name: String,
    /// The source's name, or what it is.
    kind: String,
    /// Whether its queues can take its place.
    has_members: bool,
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
    let texts = header.texts;
    // A preview may name a board of others, of which it shows nothing.
    let may_edit = editing.may_edit(&id);
    let in_file = match editing.editor().origin(&id) {
        Origin::File { file, line, .. } if may_edit => {
            Some(texts.board_in_file(file.display().to_string(), line.to_string()))
        }
        Origin::File { .. } | Origin::Browser(_) | Origin::Nowhere => None,
    };
    let entry = editing.editor().entry(&id);
    let (screens, connected) = if may_edit {
        find_board_screens(web, &form.id)
    } else {
        Default::default()
    };
    let list = |name: &'static str| PatternList {
        name,
        rows: (form.patterns(name).iter())
            .map(|pattern| {
                let (label, kind) = choices.describe(name, &pattern.0);
                PatternRow {
                    value: pattern.0.clone(),
                    name: label,
                    kind,
                    has_members: name == "queues" && choices.members.contains_key(&pattern.0),
                }
            })
            .collect(),
        unknown: form.unknown.get(name).cloned().unwrap_or_default(),
    };
    let [show, totals] =
        METRIC_LISTS.map(|name| MetricList::new(&choices, name, &form.figures(name)));
    let conflict = state
        .conflict
        .map(|theirs| EntryConflict::new(texts, web, &theirs, Some(&form.text)));
    let uses = may_edit.then(|| find_entry_uses(texts, web, editing.editor(), &id));
    let page = EditorPage {
        uses: uses.flatten(),
        build: assets::build_id(),
        form: header.form_token(),
        usual_screens: usual_screens(texts),
        paired_screens: paired_screens(texts, web, header.visitor()),
        header,
        title: form.board.title.clone(),
        is_new: form.is_new,
        began_from: (form.began_from).map_or_else(String::new, |revision| revision.0.to_string()),
        in_file,
        is_brief: state.is_brief,
        settings: settings(texts, &form.board),
        queues: list("queues"),
        agents: list("agents"),
        order: list("order"),
        hide: list("hide"),
        is_in_list_order: form.is_in_list_order(),
        show,
        totals,
        widgets: widget_rows(&choices, &form.board.widgets, &form.refused_widgets),
        new_widget: WidgetRow::of_new(form.new_widget.as_ref()),
        upload_max: UPLOAD_BYTES_MAX,
        metrics: other_metrics(texts, |_| false),
        custom_figures: custom_figures(&choices, &form.board.widgets),
        zones: if state.is_brief {
            Vec::new()
        } else {
            zone_names()
        },
        names: board_names(&choices, &form),
        unknown_name: form.unknown.get("names").cloned().unwrap_or_default(),
        text_lines: form.text.lines().count().clamp(6, 24) + 1,
        faults: faults(&form),
        refusals: refusals(texts, &form),
        error: state.error,
        conflict,
        saved: if state.is_saved {
            saved_sentence(texts, screens.len(), connected)
        } else {
            String::new()
        },
        can_undo: (entry.as_ref()).is_some_and(|entry| state.steps.back(entry).is_some()),
        can_redo: (entry.as_ref()).is_some_and(|entry| state.steps.forward(entry).is_some()),
        steps: state.steps,
        facts: state
            .preview
            .as_ref()
            .map(|preview| preview_facts(texts, preview))
            .unwrap_or_default(),
        missing: (state.preview.iter())
            .flat_map(|preview| missing_sentences(&choices, preview))
            .chain((state.missing_pictures.iter()).map(|alt| texts.missing_picture(alt.as_str())))
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

/// The ID of each queue that has a name on the board, its usual name, and that one.
fn board_names(choices: &BoardChoices, form: &BoardForm) -> Vec<(String, String, String)> {
    let names = form.board.names.iter();
    let names = names.map(|(id, text)| (id.clone(), choices.describe("names", id).0, text.clone()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn saved_sentence(texts: &Texts, screens: usize, connected: usize) -> String {
    match screens {
        0 => texts.board_saved().to_owned(),
        screens => texts.board_saved_screens(connected, screens),
    }
}

/// Lists the custom figures that are declared, and those that the board has although they aren't.
fn custom_figures(choices: &BoardChoices, widgets: &[Widget]) -> Vec<(String, String)> {
    let mut ids: Vec<_> = choices.figures.iter().map(|figure| &figure.id).collect();
    for widget in widgets {
        if let WidgetContent::Custom { figure, .. } = &widget.content
            && !ids.contains(&figure)
        {
            ids.push(figure);
        }
    }
    let option = |id: &CustomFigureId| {
        let label = choices.figure_label(id).to_owned();
        (custom_value(id), label)
    };
    let mut options: Vec<_> = ids.into_iter().map(option).collect();
    options.sort_by(|a, b| a.1.cmp(&b.1));
    options
}

impl EditorPage {
    /// The kinds of widgets, with their labels.
    fn widget_kinds(&self) -> [(&'static str, &'static str); 6] {
        let texts = self.header.texts;
        [
            ("figure", texts.kind_figure()),
            ("forecast", texts.forecast_heading()),
            ("text", texts.widget_text()),
            ("clock", texts.kind_clock()),
            ("countdown", texts.kind_countdown()),
            ("picture", texts.kind_picture()),
        ]
    }

    /// The sizes of widgets.
    fn widget_sizes(&self) -> [(&'static str, &'static str); 3] {
        let texts = self.header.texts;
        [
            (WidgetSize::Usual, texts.size_usual()),
            (WidgetSize::Wide, texts.size_wide()),
            (WidgetSize::Large, texts.size_large()),
        ]
        .map(|(size, label)| (size.into_str(), label))
    }
}

impl PatternList {
    /// The label of its field.
    fn adds(&self, texts: &'static Texts) -> &'static str {
        match self.name {
            "agents" => texts.add_agent(),
            "order" => texts.add_first(),
            "hide" => texts.add_hidden(),
            _ => texts.add_queue(),
        }
    }

    fn choices_id(&self) -> &'static str {
        match self.name {
            "agents" => "agent-choices",
            _ => "queue-choices",
        }
    }
}
