//! The visitor who makes a request.

use std::{
    convert::Infallible,
    future::{pending, ready},
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use jiff::Timestamp;
use tokio::{sync::watch, time::sleep};

use wallboard_access::{
    ApiToken, Identity, Permissions, ProgramIdentity, Requirement, Right, Role, Screen,
    ScreenIdentity, ScreenLink, ScreenOwner, ScreenPage, Token,
};
use wallboard_boards::{
    BoardDefinition, BoardLayout, BoardRegistry, Playlist,
    push::{Revocation, RevocationFuture, ViewerLink},
};
use wallboard_domain::{BoardStyle, Language};

use crate::{
    alerts::Alerts,
    announcements::Announcements,
    web::{WebState, access::sign_in::engine_name},
};

/// The longest build of a page that is believed, in characters.
const BUILD_LENGTH_MAX: usize = 16;

/// How soon a screen loses a board that its playlist no longer has.
const PLAYLIST_CHECKED_EVERY: Duration = Duration::from_secs(2);

/// With open access, everyone is a supervisor.
static OPEN_ACCESS: LazyLock<Permissions> =
    LazyLock::new(|| Permissions::of_role(Role::Supervisor));

/// The one who makes a request. [`crate::web::access::authorize`] finds out, once per request.
#[derive(Clone, Debug, Default)]
pub(in crate::web) enum Visitor {
    /// Someone who isn't signed in.
    #[default]
    Nobody,
    /// Access is open: everyone is a supervisor.
    Anyone,
    Person(Arc<Identity>, Token),
    /// A paired screen, and the playlists of which it may have one.
    Screen(ScreenIdentity, Arc<[Playlist]>),
    /// A program with an API token.
    Program(Arc<ProgramIdentity>),
}

impl Visitor {
    /// Returns the permissions of a signed-in visitor; `None` for others.
    pub(in crate::web) fn permissions(&self) -> Option<&Permissions> {
        match self {
            Self::Nobody | Self::Screen(..) => None,
            Self::Program(identity)
                if identity.token.sends_values_of.is_some()
                    || identity.token.reads_case_records =>
            {
                None
            }
            Self::Anyone => Some(&OPEN_ACCESS),
            Self::Person(identity, _) => Some(&identity.permissions),
            Self::Program(identity) => Some(&identity.permissions),
        }
    }

    /// The language that the visitor chose for pages.
    pub(in crate::web) fn language(&self) -> Option<Language> {
        match self {
            Self::Person(identity, _) => identity.language,
            Self::Nobody | Self::Anyone | Self::Screen(..) | Self::Program(_) => None,
        }
    }

    pub(in crate::web) fn is_allowed(&self, requirement: Requirement) -> bool {
        let is_scoped = match requirement {
            Requirement::SendValues => |token: &ApiToken| token.sends_values_of.is_some(),
            Requirement::CaseRecords => |token: &ApiToken| token.reads_case_records,
            _ => return self.is_permitted(requirement),
        };
        match self {
            Self::Anyone => true,
            Self::Program(identity) => is_scoped(&identity.token),
            Self::Nobody | Self::Person(..) | Self::Screen(..) => false,
        }
    }

    fn is_permitted(&self, requirement: Requirement) -> bool {
        requirement.allows(self.permissions(), matches!(self, Self::Screen(..)))
    }

    pub(in crate::web) fn has(&self, right: Right) -> bool {
        self.permissions()
            .is_some_and(|permissions| permissions.has(right))
    }

    /// Whether the visitor may see a board.
    pub(in crate::web) fn may_see(&self, board: &BoardDefinition) -> bool {
        match self {
            Self::Screen(identity, playlists) => {
                screen_includes(&identity.screen, playlists, &board.id)
                    && (identity.shows_agents || board.layout != BoardLayout::Agents)
            }
            Self::Nobody | Self::Anyone | Self::Person(..) | Self::Program(_) => self
                .permissions()
                .is_some_and(|has| includes_board(has, board)),
        }
    }

    /// Whether it is a paired screen that shows a board, perhaps in turn.
    pub(in crate::web) fn is_screen_of(&self, board: &str) -> bool {
        match self {
            Self::Screen(identity, playlists) => {
                screen_includes(&identity.screen, playlists, board)
            }
            Self::Nobody | Self::Anyone | Self::Person(..) | Self::Program(_) => false,
        }
    }

    /// Whether the visitor may see all of these boards; those that don't exist count as seen.
    pub(in crate::web) fn may_see_all<'b>(
        &self,
        boards: &BoardRegistry,
        mut ids: impl Iterator<Item = &'b str>,
    ) -> bool {
        ids.all(|id| {
            let board = boards.find_board(id);
            board.is_none_or(|board| self.may_see(&board))
        })
    }

    /// The visitor as the owner of screens; `None` for those who may not pair any.
    pub(in crate::web) fn screen_owner(&self) -> Option<ScreenOwner> {
        match self {
            Self::Anyone => Some(ScreenOwner::anyone()),
            Self::Person(identity, _) => Some((&**identity).into()),
            Self::Nobody | Self::Screen(..) | Self::Program(_) => None,
        }
    }

    /// How the visitor's screen shows a board that it may see.
    pub(in crate::web) fn board_style(&self, board: &BoardDefinition) -> BoardStyle {
        match self {
            Self::Screen(identity, _) => identity
                .screen
                .style_of(board.layout == BoardLayout::Agents),
            Self::Nobody | Self::Anyone | Self::Person(..) | Self::Program(_) => {
                BoardStyle::default()
            }
        }
    }

    /// Counts the sockets that the visitor's session or screen has open.
    pub(in crate::web) fn count_sockets(&self, web: &WebState) -> usize {
        let count = match self {
            Self::Nobody | Self::Anyone | Self::Program(_) => None,
            Self::Person(identity, _) => (web.sign_in.as_ref())
                .map(|access| access.directory().count_watchers(identity.session)),
            Self::Screen(identity, _) => (web.screens.as_ref())
                .map(|screens| screens.directory().count_watchers(identity.id)),
        };
        count.unwrap_or_default()
    }

    /// Links a paired screen's socket with the page of all screens. Others have no link.
    pub(in crate::web) fn link_screen(
        &self,
        web: &WebState,
        headers: &HeaderMap,
        build: Option<String>,
        size: Option<&str>,
    ) -> Option<ViewerLink> {
        let Self::Screen(identity, _) = self else {
            return None;
        };
        let is_build = |text: &String| {
            text.len() <= BUILD_LENGTH_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let page = ScreenPage {
            engine: engine_name(headers),
            build: build.filter(is_build),
            size: size.and_then(parse_size),
        };
        let screens = web.screens.as_ref()?.directory();
        let link = screens.link_socket(identity.id, page, Timestamp::now())?;
        let ScreenLink { orders, reports } = link;
        Some(ViewerLink { orders, reports })
    }

    /// Waits until the visitor may no longer see a board, or a screen shows it otherwise. Until then, a person's
    /// session is in use, and a screen connected. `is_own_page`: it's the screen's own page, in no frame.
    pub(in crate::web) fn wait_until_revoked(
        &self,
        web: &WebState,
        board: Arc<BoardDefinition>,
        is_own_page: bool,
    ) -> RevocationFuture {
        let sign_in = web.sign_in.as_ref();
        let (mut person, mut screen) = (None, None);
        match self {
            Self::Anyone => return Box::pin(pending()),
            // Programs have no sockets.
            Self::Nobody | Self::Program(_) => {}
            Self::Person(identity, _) => {
                person = sign_in.and_then(|access| access.directory().watch(identity.session));
            }
            Self::Screen(identity, _) => {
                screen = (web.screens.as_ref()).and_then(|screens| {
                    let watched = screens.directory().watch(identity.id)?;
                    Some((watched, Arc::clone(&identity.screen)))
                });
            }
        }
        match (person, screen) {
            (Some(person), _) => Box::pin(wait_for_person(person, board)),
            (None, Some((screen, shown))) => Box::pin(wait_for_screen(
                screen,
                shown,
                is_own_page,
                web.boards.clone(),
                web.alerts.clone(),
                web.announcements.clone(),
                board,
            )),
            // It ended in this moment.
            (None, None) => Box::pin(ready(Revocation::SignedOut)),
        }
    }
}

/// Agents' names and states are personal data.
fn includes_board(permissions: &Permissions, board: &BoardDefinition) -> bool {
    let may_see_layout = match board.layout {
        BoardLayout::Queues | BoardLayout::List => true,
        BoardLayout::Agents => permissions.has(Right::PersonalData),
    };
    may_see_layout && permissions.includes_board(&board.id)
}

async fn wait_for_person(
    mut person: watch::Receiver<Option<Arc<Identity>>>,
    board: Arc<BoardDefinition>,
) -> Revocation {
    let is_over = |identity: &Option<Arc<Identity>>| {
        (identity.as_ref()).is_none_or(|identity| !includes_board(&identity.permissions, &board))
    };
    match person.wait_for(is_over).await {
        Ok(identity) if identity.is_some() => Revocation::NotAllowed,
        Ok(_) | Err(_) => Revocation::SignedOut,
    }
}

async fn wait_for_screen(
    mut screen: watch::Receiver<Option<Arc<Screen>>>,
    shown: Arc<Screen>,
    is_own_page: bool,
    boards: BoardRegistry,
    alerts: Option<Alerts>,
    announcements: Option<Announcements>,
    board: Arc<BoardDefinition>,
) -> Revocation {
    // A playlist that the screen got since its page was made.
    if is_own_page && shown.has_frames() {
        return Revocation::BoardReplaced;
    }
    let content = |screen: &Screen| {
        let frames = screen.has_frames();
        (
            screen.board.clone(),
            screen.playlist.clone(),
            screen.style,
            frames,
        )
    };
    let is_over = |screen: &Option<Arc<Screen>>| {
        let screen = screen.as_deref();
        screen.is_none_or(|screen| content(screen) != content(&shown))
    };
    let playlist_changes = async {
        if shown.playlist.is_none() {
            pending::<()>().await;
        }
        while screen_includes(&shown, &boards.list_playlists(), &board.id) {
            sleep(PLAYLIST_CHECKED_EVERY).await;
        }
    };
    // Its board comes into a frame, or out of it. That of its own page is in none, whatever has changed since the
    // page was made.
    let sound_changes = async {
        match alerts {
            Some(alerts) if !shown.has_frames() => {
                let sounds = !is_own_page && alerts.sounds_on(&shown.name);
                alerts.wait_for_sound_change(&shown.name, sounds).await;
            }
            _ => pending().await,
        }
    };
    let announcement_changes = async {
        match announcements {
            Some(all) if !shown.has_frames() => {
                let has_some = !is_own_page && all.are_for_screen(&shown.name);
                all.wait_for_screen_change(&shown.name, has_some).await;
            }
            _ => pending().await,
        }
    };
    tokio::select! {
        () = announcement_changes => Revocation::BoardReplaced,
        () = playlist_changes => Revocation::BoardReplaced,
        () = sound_changes => Revocation::BoardReplaced,
        screen = screen.wait_for(is_over) => match screen {
            Ok(screen) if screen.is_some() => Revocation::BoardReplaced,
            Ok(_) | Err(_) => Revocation::SignedOut,
        },
    }
}

/// Whether a board is the screen's or in its playlist.
pub(in crate::web) fn screen_includes(
    screen: &Screen,
    playlists: &[Playlist],
    board: &str,
) -> bool {
    match &screen.playlist {
        None => screen.board == board,
        Some(name) => {
            let mut playlists = playlists.iter();
            playlists.any(|playlist| playlist.name == *name && playlist.includes(board))
        }
    }
}

/// Parses "1920,1080".
fn parse_size(text: &str) -> Option<(u16, u16)> {
    let (width, height) = text.split_once(',')?;
    let size = (width.parse().ok()?, height.parse().ok()?);
    Some(size).filter(|(width, height)| 0 < *width && 0 < *height)
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}
