//! Rights to change settings in the browser. Every page that changes a setting goes through [`Editing`].

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::editing::{
    CheckedConfiguration, Editor, EntryChange, EntryId, EntryVersion, SaveError, Section,
};
use wallboard_access::{AuditActor, EditingPolicy, Permissions, Right, Role};
use wallboard_boards::{BoardRegistry, Widget, board_file::parse_board};
use wallboard_domain::Pattern;
use wallboard_toml_reader::ConfigFaults;

use crate::web::{
    WebError, WebState,
    access::{route_requirements::REPORT_RIGHTS, sign_in::ClientAddress, visitor::Visitor},
};

/// A visitor who may change something, as the audit trail names them.
#[derive(Clone, Debug)]
pub(in crate::web) struct Acting {
    pub(in crate::web) visitor: Visitor,
    pub(in crate::web) actor: AuditActor,
}

impl Acting {
    /// Checks that a form has the token of the visitor's session.
    pub(in crate::web) fn check_form(&self, sent: &str) -> Result<(), WebError> {
        match &self.visitor {
            Visitor::Person(_, token) if sent != token.form_token() => Err(WebError::CrossSite),
            _ => Ok(()),
        }
    }
}

/// A visitor who may change settings, and the editor.
#[derive(Clone, Debug)]
pub(in crate::web) struct Editing {
    editor: Editor,
    boards: BoardRegistry,
    acting: Acting,
}

impl Editing {
    pub(in crate::web) fn editor(&self) -> &Editor {
        &self.editor
    }

    /// Whether a board, or a version of one that could be restored, has a picture.
    pub(in crate::web) fn uses_picture(&self, id: &str) -> bool {
        let boards = self.boards.list_boards();
        let mut shown = boards.iter().flat_map(|board| &board.widgets);
        let is_shown = shown.any(|widget| widget.picture().is_some_and(|one| one.as_str() == id));
        let has_id = |version: &EntryVersion| {
            let toml = version.toml.as_deref();
            toml.is_some_and(|toml| toml.contains(id))
        };
        is_shown || (self.editor.entries().iter()).any(|entry| entry.versions.iter().any(has_id))
    }

    /// The visitor, as the audit trail names them.
    pub(in crate::web) fn actor(&self) -> &AuditActor {
        &self.acting.actor
    }

    /// The visitor's name, as versions have it.
    pub(in crate::web) fn actor_name(&self) -> &str {
        &self.acting.actor.name
    }

    /// Whether the visitor may change an entry, and see its versions.
    pub(in crate::web) fn may_edit(&self, id: &EntryId) -> bool {
        self.acting.visitor.may_edit(id)
            && (id.section != Section::Alerts || self.may_watch_as_it_was(id))
    }

    /// Whether the visitor may see what a rule watches and has watched.
    fn may_watch_as_it_was(&self, id: &EntryId) -> bool {
        let entry = self.editor.entry(id);
        let versions = entry.iter().flat_map(|entry| &entry.versions);
        let mut versions = versions.filter_map(|version| version.toml.as_deref());
        versions.all(|toml| self.may_watch(id, toml))
            && (self.editor.text(id)).is_none_or(|toml| self.may_watch(id, &toml))
    }

    /// Whether there can be an entry of a section that the visitor may change.
    pub(in crate::web) fn may_edit_some(&self, section: Section) -> bool {
        let permissions = self.acting.visitor.permissions();
        match section {
            Section::Boards => self.acting.visitor.may_make_boards(),
            Section::Thresholds | Section::Targets | Section::Hours | Section::Names => true,
            Section::Alerts | Section::Playlists => {
                permissions.is_some_and(|has| has.has(Right::WholeSite))
            }
            Section::Reports => permissions.is_some_and(may_make_reports),
            Section::Figures
            | Section::Holidays
            | Section::Groups
            | Section::Links
            | Section::People
            | Section::Hide
            | Section::TimeZone
            | Section::Language
            | Section::Brand
            | Section::Privacy
            | Section::Channels
            | Section::Sources => permissions.is_some_and(|has| has.role == Role::Admin),
        }
    }

    /// Checks changes that the visitor may make.
    pub(in crate::web) async fn check(
        &self,
        changes: &[EntryChange],
    ) -> Result<Result<CheckedConfiguration, ConfigFaults>, WebError> {
        if !changes.iter().all(|change| self.may_make(change)) {
            return Err(WebError::Forbidden);
        }
        Ok(self.editor.check(changes).await)
    }

    /// Saves a change that the visitor may make, with an entry in the audit trail.
    pub(in crate::web) async fn save(
        &self,
        change: EntryChange,
    ) -> Result<Result<(), SaveError>, WebError> {
        if !self.may_make(&change) {
            return Err(WebError::Forbidden);
        }
        Ok(self.editor.save(change, &self.acting.actor).await)
    }

    /// Moves an entry of a file, as a change that the visitor may make has it, to the browser.
    pub(in crate::web) async fn move_entry(
        &self,
        change: EntryChange,
    ) -> Result<Result<(), SaveError>, WebError> {
        if !self.may_make(&change) {
            return Err(WebError::Forbidden);
        }
        let EntryChange { id, began_from, .. } = change;
        let actor = &self.acting.actor;
        Ok(self.editor.move_entry(id, began_from, actor).await)
    }

    /// Saves changes that the visitor may make, with an entry each in the audit trail. None is saved if one of them isn't
    /// valid, allowed or current; in a cluster, if somebody else saves meanwhile, those stored until then stay.
    pub(in crate::web) async fn save_all(
        &self,
        changes: Vec<EntryChange>,
    ) -> Result<Result<(), SaveError>, WebError> {
        if !changes.iter().all(|change| self.may_make(change)) {
            return Err(WebError::Forbidden);
        }
        Ok(self.editor.save_all(changes, &self.acting.actor).await)
    }

    fn may_make(&self, change: &EntryChange) -> bool {
        let may_show = |toml: &str| match change.id.section {
            Section::Boards => self.may_show(toml),
            Section::Playlists => self.may_show_boards(&change.id, toml),
            Section::Alerts => self.may_watch(&change.id, toml),
            _ => true,
        };
        self.may_edit(&change.id) && change.toml.as_deref().is_none_or(may_show)
    }

    /// Whether the visitor may see what a rule watches: messages name agents. The rule's faults are for `check`.
    fn may_watch(&self, id: &EntryId, toml: &str) -> bool {
        let watches_agents = || entry_of(id, toml).is_some_and(|rule| rule.contains_key("agents"));
        self.acting.visitor.has(Right::PersonalData) || !watches_agents()
    }

    /// Whether the visitor may see every board of a playlist: screens show them to everybody. The playlist's faults
    /// are for `check`.
    fn may_show_boards(&self, id: &EntryId, toml: &str) -> bool {
        let playlist = entry_of(id, toml);
        let boards = playlist
            .as_ref()
            .and_then(|one| one.get("boards")?.as_array());
        let boards = boards.into_iter().flatten();
        let boards = boards.filter_map(|item| item.get("board")?.as_str());
        self.acting.visitor.may_see_all(&self.boards, boards)
    }

    /// Whether the visitor may see everything that a board shows. The board's faults are for `check`.
    pub(in crate::web) fn may_show(&self, toml: &str) -> bool {
        let scope = self
            .acting
            .visitor
            .permissions()
            .and_then(Permissions::data_scope);
        let (Some(scope), Ok(board)) = (scope, parse_board(toml, "board.toml")) else {
            return true;
        };
        let is_within = |all: &[Pattern], allowed: &[Pattern]| {
            !all.is_empty() && all.iter().all(|one| includes(allowed, &one.0))
        };
        let is_widget_within = |widget: &Widget| {
            let queue = widget.queue();
            !widget.is_of_site() && queue.is_none_or(|id| includes(&scope.queues, &id.to_string()))
        };
        is_within(&board.queues, &scope.queues)
            && board.widgets.iter().all(is_widget_within)
            && (board.agents.is_empty() || is_within(&board.agents, &scope.agents))
    }
}

impl WebState {
    /// The editor, if the visitor may change settings.
    pub(in crate::web) fn editor_for(&self, visitor: &Visitor) -> Option<&Editor> {
        let role = visitor.permissions()?.role;
        let editor = self.editor.as_ref();
        editor.filter(|_| self.editing_policy.allows(role))
    }
}

impl Visitor {
    /// Returns who acts on a page, as the audit trail names them; `None` for those who have no pages.
    pub(in crate::web) fn as_actor(&self, web: &WebState) -> Option<AuditActor> {
        match self {
            Self::Anyone => Some(AuditActor::not_signed_in("open access")),
            Self::Person(identity, _) => {
                let access = web.sign_in.as_ref()?;
                Some(AuditActor::person(identity, access.directory()))
            }
            Self::Nobody | Self::Screen(..) | Self::Program(_) => None,
        }
    }

    /// Whether there can be a board that somebody who may change settings may save.
    pub(in crate::web) fn may_make_boards(&self) -> bool {
        let patterns = self.permissions().and_then(Permissions::board_patterns);
        patterns.is_none_or(|patterns| !patterns.is_empty())
    }

    /// Whether somebody who may change settings may change an entry: administrators all of them, supervisors those
    /// of what they see.
    pub(in crate::web) fn may_edit(&self, id: &EntryId) -> bool {
        let permissions = match self {
            Self::Anyone | Self::Person(..) => self.permissions(),
            Self::Nobody | Self::Screen(..) | Self::Program(_) => None,
        };
        let Some(permissions) = permissions else {
            return false;
        };
        match id.section {
            _ if permissions.role == Role::Admin => true,
            _ if permissions.role < Role::Supervisor => false,
            Section::Boards => permissions.includes_board(&id.name),
            Section::Thresholds | Section::Targets | Section::Hours | Section::Names => permissions
                .data_scope()
                .is_none_or(|scope| includes(&scope.queues, &id.name)),
            Section::Alerts | Section::Playlists => permissions.has(Right::WholeSite),
            Section::Reports => may_make_reports(permissions),
            Section::Figures
            | Section::Holidays
            | Section::Groups
            | Section::Links
            | Section::People
            | Section::Hide
            | Section::TimeZone
            | Section::Language
            | Section::Brand
            | Section::Privacy
            | Section::Channels
            | Section::Sources => false,
        }
    }
}

/// Reads an entry's own table.
fn entry_of(id: &EntryId, toml: &str) -> Option<toml::Table> {
    let section: &str = id.section.into();
    let root: toml::Table = toml.parse().ok()?;
    root.get(section)?.get(&id.name)?.as_table().cloned()
}

fn may_make_reports(permissions: &Permissions) -> bool {
    REPORT_RIGHTS
        .into_iter()
        .all(|right| permissions.has(right))
}

/// Whether patterns match everything that another matches: only a star matches a star.
fn includes(patterns: &[Pattern], other: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(other))
}

impl FromRequestParts<WebState> for Acting {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, WebError> {
        let Ok(visitor) = Visitor::from_request_parts(parts, web).await;
        let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(parts, web).await;
        let actor = visitor.as_actor(web).ok_or(WebError::Forbidden)?;
        Ok(Self {
            visitor,
            actor: actor.at(address),
        })
    }
}

impl FromRequestParts<WebState> for Editing {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, WebError> {
        if web.editor.is_none() {
            return Err(WebError::NoSuchPage);
        }
        if web.editing_policy == EditingPolicy::Nobody {
            return Err(WebError::OnlyInFiles);
        }
        let acting = Acting::from_request_parts(parts, web).await?;
        let editor = web.editor_for(&acting.visitor).ok_or(WebError::Forbidden)?;
        let editor = editor.clone();
        Ok(Self {
            editor,
            boards: web.boards.clone(),
            acting,
        })
    }
}

/// A form that only a page of ours can have sent: with the token of the visitor's session in the field `form`,
/// or with open access by its origin, which [`super::authorize`] has checked. `By` is who may send it.
pub(in crate::web) struct EditForm<T, By = Editing> {
    pub(in crate::web) editing: By,
    pub(in crate::web) fields: T,
}

#[derive(Deserialize)]
struct Guarded<T> {
    #[serde(default)]
    form: String,
    #[serde(flatten)]
    fields: T,
}

impl AsRef<Acting> for Acting {
    fn as_ref(&self) -> &Acting {
        self
    }
}

impl AsRef<Acting> for Editing {
    fn as_ref(&self) -> &Acting {
        &self.acting
    }
}

impl<T, By> FromRequest<WebState> for EditForm<T, By>
where
    T: DeserializeOwned,
    By: AsRef<Acting> + FromRequestParts<WebState, Rejection = WebError> + Send,
{
    type Rejection = WebError;

    async fn from_request(request: Request, web: &WebState) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let editing = By::from_request_parts(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let Form(guarded): Form<Guarded<T>> = Form::from_request(request, web)
            .await
            .map_err(|_| WebError::InvalidForm)?;
        editing.as_ref().check_form(&guarded.form)?;
        Ok(Self {
            editing,
            fields: guarded.fields,
        })
    }
}
