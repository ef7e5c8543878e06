//! All paired screens in memory, so that no request of a screen waits for the database.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use wallboard_domain::{ScreenOrder, ScreenReport};
use wallboard_store::Revision;

use super::{
    Screen, ScreenCondition, ScreenPage, Token, TokenId, screen::CONTACT_STORED_EVERY,
    screen_contact::ScreenContact,
};

/// Which screen makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenIdentity {
    pub id: TokenId,
    pub screen: Arc<Screen>,
    /// Whether it may show agents.
    pub shows_agents: bool,
}

/// A screen on the page of all screens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedScreen {
    pub id: TokenId,
    pub screen: Arc<Screen>,
    /// Whether it shows its board now.
    pub is_connected: bool,
    pub last_contact_at: Timestamp,
    pub condition: ScreenCondition,
}

/// A socket's end of the link with its screen.
#[derive(Debug)]
pub struct ScreenLink {
    pub orders: watch::Receiver<Option<ScreenOrder>>,
    pub reports: watch::Sender<Option<ScreenReport>>,
}

/// A handle on the directory. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ScreenDirectory {
    screens: Arc<RwLock<HashMap<TokenId, PairedScreen>>>,
    shows_agents: bool,
}

#[derive(Debug)]
struct PairedScreen {
    revision: Revision,
    /// In milliseconds since 1970.
    last_contact: AtomicI64,
    /// `None` once it was removed. Open sockets watch it.
    screen: watch::Sender<Option<Arc<Screen>>>,
    /// The last order, for the sockets that are open at that time.
    orders: watch::Sender<Option<ScreenOrder>>,
    contact: Mutex<ScreenContact>,
}

impl ScreenDirectory {
    /// An empty directory.
    pub(super) fn new(shows_agents: bool) -> Self {
        Self {
            screens: Arc::default(),
            shows_agents,
        }
    }

    /// Whether screens may show agents.
    pub fn shows_agents(&self) -> bool {
        self.shows_agents
    }

    /// Returns which screen has the token, and counts the contact.
    pub fn identify(&self, token: &Token, now: Timestamp) -> Option<ScreenIdentity> {
        let id = token.id();
        let screens = self.screens.read();
        let paired = screens.get(&id)?;
        paired.record_contact(now);
        let screen = paired.screen.borrow().clone()?;
        Some(ScreenIdentity {
            id,
            screen,
            shows_agents: self.shows_agents,
        })
    }

    /// Watches a screen; `None` once it was removed. Until it's dropped, the screen is connected.
    pub fn watch(&self, id: TokenId) -> Option<watch::Receiver<Option<Arc<Screen>>>> {
        Some(self.screens.read().get(&id)?.screen.subscribe())
    }

    /// Links one more socket of a screen with it; `None` once it was removed.
    pub fn link_socket(&self, id: TokenId, page: ScreenPage, now: Timestamp) -> Option<ScreenLink> {
        let screens = self.screens.read();
        let paired = screens.get(&id)?;
        Some(ScreenLink {
            orders: paired.orders.subscribe(),
            reports: paired.contact.lock().add_socket(page, now),
        })
    }

    /// Notes that a screen loaded the page of its board, in which browser.
    pub fn record_page(&self, id: TokenId, engine: Option<String>, now: Timestamp) {
        if let Some(paired) = self.screens.read().get(&id) {
            paired.contact.lock().record_page(engine, now);
        }
    }

    /// Notes whether a screen's page may sound. Returns when somebody last had its sound played.
    pub fn record_sound(&self, id: TokenId, is_blocked: bool, now: Timestamp) -> Option<Timestamp> {
        let screens = self.screens.read();
        let paired = screens.get(&id)?;
        paired.contact.lock().record_sound(is_blocked, now)
    }

    /// Has a screen's sound played when its page asks next. Returns how many open sockets it has.
    pub(super) fn try_sound(&self, id: TokenId, now: Timestamp) -> usize {
        let screens = self.screens.read();
        let Some(paired) = screens.get(&id) else {
            return 0;
        };
        paired.contact.lock().try_sound(now);
        paired.orders.receiver_count()
    }

    /// Returns a screen, if there is one with that ID.
    pub fn find(&self, id: TokenId) -> Option<Arc<Screen>> {
        self.screens.read().get(&id)?.screen.borrow().clone()
    }

    /// Sends an order to all open sockets of a screen. Returns how many there are.
    pub(super) fn send_order(&self, id: TokenId, order: ScreenOrder) -> usize {
        let screens = self.screens.read();
        let Some(paired) = screens.get(&id) else {
            return 0;
        };
        paired.orders.send_replace(Some(order));
        paired.orders.receiver_count()
    }

    /// Counts the open sockets of a screen.
    pub fn count_watchers(&self, id: TokenId) -> usize {
        let screens = self.screens.read();
        let paired = screens.get(&id);
        paired.map_or(0, |paired| paired.screen.receiver_count())
    }

    /// Lists all screens by name.
    pub fn list_screens(&self) -> Vec<ListedScreen> {
        let (screens, now) = (self.screens.read(), Timestamp::now());
        let listed = screens.iter().filter_map(|(id, paired)| {
            Some(ListedScreen {
                id: *id,
                screen: paired.screen.borrow().clone()?,
                is_connected: paired.is_connected(),
                last_contact_at: paired.last_contact()?,
                condition: paired.contact.lock().describe(now),
            })
        });
        let mut listed: Vec<_> = listed.collect();
        listed.sort_by_cached_key(|one| (one.screen.name.to_lowercase(), one.id));
        listed
    }

    pub(super) fn replace_all(&self, screens: Vec<(TokenId, Revision, Screen)>) {
        let mut all = self.screens.write();
        all.retain(|id, paired| {
            let is_known = screens.iter().any(|(known, ..)| known == id);
            if !is_known {
                paired.screen.send_replace(None);
            }
            is_known
        });
        for (id, revision, screen) in screens {
            put(&mut all, id, revision, screen);
        }
    }

    pub(super) fn put_screen(&self, id: TokenId, revision: Revision, screen: Screen) {
        put(&mut self.screens.write(), id, revision, screen);
    }

    pub(super) fn remove_screen(&self, id: TokenId) {
        if let Some(paired) = self.screens.write().remove(&id) {
            paired.screen.send_replace(None);
        }
    }

    /// Counts connected screens as contacts, and returns the screens whose last contact is to be
    /// stored.
    pub(super) fn look_at_all(&self, now: Timestamp) -> Vec<(TokenId, Revision, Screen)> {
        let screens = self.screens.read();
        let due = screens.iter().filter_map(|(id, paired)| {
            if paired.is_connected() {
                paired.record_contact(now);
            }
            Some((*id, paired.revision, paired.unstored_contact()?))
        });
        due.collect()
    }
}

fn put(all: &mut HashMap<TokenId, PairedScreen>, id: TokenId, revision: Revision, screen: Screen) {
    let stored = screen.last_contact_at.as_millisecond();
    let paired = all.entry(id).or_insert_with(|| PairedScreen {
        revision,
        last_contact: AtomicI64::new(stored),
        screen: watch::Sender::new(None),
        orders: watch::Sender::new(None),
        contact: Mutex::default(),
    });
    paired.revision = revision;
    paired.last_contact.fetch_max(stored, Ordering::Relaxed);
    paired.screen.send_replace(Some(Arc::new(screen)));
}

impl PairedScreen {
    fn is_connected(&self) -> bool {
        0 < self.screen.receiver_count()
    }

    fn record_contact(&self, now: Timestamp) {
        self.last_contact
            .fetch_max(now.as_millisecond(), Ordering::Relaxed);
    }

    fn last_contact(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.last_contact.load(Ordering::Relaxed)).ok()
    }

    /// The screen with its last contact, once the stored one is too old. That an address was opened is
    /// stored at once.
    fn unstored_contact(&self) -> Option<Screen> {
        let last_contact_at = self.last_contact()?;
        let screen = self.screen.borrow().clone()?;
        let is_old = CONTACT_STORED_EVERY <= last_contact_at.duration_since(screen.last_contact_at);
        let is_first =
            !screen.is_opened(screen.last_contact_at) && screen.is_opened(last_contact_at);
        (is_old || is_first).then(|| Screen {
            last_contact_at,
            ..(*screen).clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::BoardStyle;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    fn screen(name: &str) -> Screen {
        Screen {
            name: name.into(),
            place: String::new(),
            board: "queues".into(),
            playlist: None,
            night: None,
            quiet: None,
            style: BoardStyle::default(),
            device: "Chrome on webOS".into(),
            paired_at: at(0),
            paired_by: "Åsa".into(),
            last_contact_at: at(0),
            has_address: false,
        }
    }

    #[test]
    fn screen_is_known_by_its_token_until_it_is_removed() {
        let directory = ScreenDirectory::default();
        let token = Token::generate().unwrap();
        assert!(directory.identify(&token, at(1)).is_none());
        directory.put_screen(token.id(), Revision(1), screen("Kitchen"));
        let found = directory.identify(&token, at(1)).unwrap();
        assert_eq!(found.screen.name, "Kitchen");

        let mut socket = directory.watch(token.id()).unwrap();
        assert!(directory.list_screens()[0].is_connected);
        directory.remove_screen(token.id());
        assert!(socket.borrow_and_update().is_none());
        assert!(directory.identify(&token, at(2)).is_none());
    }

    #[test]
    fn only_the_sockets_of_a_screen_get_its_orders() {
        let directory = ScreenDirectory::default();
        let (kitchen, lobby) = (
            Token::generate().unwrap().id(),
            Token::generate().unwrap().id(),
        );
        directory.put_screen(kitchen, Revision(1), screen("Kitchen"));
        directory.put_screen(lobby, Revision(2), screen("Lobby"));
        assert_eq!(directory.send_order(kitchen, ScreenOrder::Reload), 0);
        let link = |id| {
            directory
                .link_socket(id, ScreenPage::default(), at(1))
                .unwrap()
        };
        let (mut first, mut second, other) = (link(kitchen), link(kitchen), link(lobby));
        assert!(!first.orders.has_changed().unwrap(), "ordered before it");

        assert_eq!(directory.send_order(kitchen, ScreenOrder::Reload), 2);
        for link in [&mut first, &mut second] {
            let order = link.orders.borrow_and_update().clone();
            assert_eq!(order, Some(ScreenOrder::Reload));
        }
        assert!(!other.orders.has_changed().unwrap());
        let sockets = directory.list_screens();
        let sockets: Vec<_> = sockets.iter().map(|one| one.condition.sockets).collect();
        assert_eq!(sockets, [2, 1]);
        drop((first, second));
        assert_eq!(directory.send_order(kitchen, ScreenOrder::Reload), 0);
    }

    #[test]
    fn an_address_that_was_opened_is_stored_as_such_at_once() {
        let directory = ScreenDirectory::default();
        let token = Token::generate().unwrap();
        let unopened = Screen {
            has_address: true,
            ..screen("Lobby")
        };
        assert!(!unopened.is_opened(at(0)) && unopened.is_opened(at(1)));
        directory.put_screen(token.id(), Revision(1), unopened);
        assert!(directory.look_at_all(at(1)).is_empty());
        directory.identify(&token, at(2));
        assert_eq!(directory.look_at_all(at(2))[0].2.last_contact_at, at(2));
    }

    #[test]
    fn last_contact_is_stored_now_and_then() {
        let directory = ScreenDirectory::default();
        let token = Token::generate().unwrap();
        directory.put_screen(token.id(), Revision(1), screen("Kitchen"));
        directory.identify(&token, at(9));
        assert!(directory.look_at_all(at(9)).is_empty());
        let socket = directory.watch(token.id()).unwrap();
        let due = directory.look_at_all(at(10));
        assert_eq!(due[0].2.last_contact_at, at(10));
        directory.put_screen(token.id(), Revision(2), due[0].2.clone());
        drop(socket);
        assert!(directory.look_at_all(at(30)).is_empty());
        let listed = directory.list_screens();
        assert_eq!(
            (listed[0].is_connected, listed[0].last_contact_at),
            (false, at(10))
        );
    }

    #[test]
    fn screens_that_are_gone_when_all_are_read_again_have_been_removed() {
        let directory = ScreenDirectory::default();
        let (old, new) = (Token::generate().unwrap(), Token::generate().unwrap());
        directory.put_screen(old.id(), Revision(1), screen("Old"));
        let socket = directory.watch(old.id()).unwrap();
        directory.replace_all(vec![(new.id(), Revision(2), screen("New"))]);
        assert!(socket.borrow().is_none());
        assert_eq!(directory.list_screens().len(), 1);
    }
}
