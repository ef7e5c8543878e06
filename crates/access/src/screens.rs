//! Screens: paired, given an address, changed, ordered and removed by supervisors.

use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;
use tracing::info;

use wallboard_domain::ScreenOrder;
use wallboard_store::{
    DocumentError, Record, RecordError, RecordStore, Records, decode_document, encode_document,
};

use super::{
    AccessRules, AddressError, Directories, NoRandomness, PairingError, Pairings, Screen,
    ScreenChoice, ScreenDirectory, ScreenIdentity, ScreenOwner, Token, TokenId, TokenLookups,
    screen::{InvalidScreen, SCREENS},
    screen_address::WrongAddresses,
};

/// Why a screen wasn't paired, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    #[error(transparent)]
    Pairing(#[from] PairingError),
    #[error(transparent)]
    Choice(#[from] InvalidScreen),
    #[error("that screen no longer exists")]
    NotFound,
    #[error("the screen isn't connected; check its power and its network")]
    NotConnected,
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("the screen's record")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the screens")]
    Records(#[from] RecordError),
}

/// A handle on all screens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Screens {
    records: RecordStore,
    directory: ScreenDirectory,
    pairings: Pairings,
    wrong_addresses: Arc<WrongAddresses>,
    lookups: Arc<TokenLookups>,
}

impl Screens {
    pub(super) fn new(
        records: RecordStore,
        directory: ScreenDirectory,
        lookups: Arc<TokenLookups>,
    ) -> Self {
        Self {
            directory,
            pairings: Pairings::new(records.clone()),
            wrong_addresses: Arc::default(),
            lookups,
            records,
        }
    }

    /// Reads all screens where nobody signs in. [`super::follow_records`] keeps the directories equal to
    /// the records.
    pub async fn open(records: RecordStore) -> Result<(Self, Directories), RecordError> {
        let directories = Directories::load(&records, AccessRules::default()).await?;
        let lookups = Arc::new(TokenLookups::new(directories.clone(), records.clone()));
        let screens = Self::new(records, directories.screens.clone(), lookups);
        Ok((screens, directories))
    }

    pub fn directory(&self) -> &ScreenDirectory {
        &self.directory
    }

    pub fn pairings(&self) -> &Pairings {
        &self.pairings
    }

    /// Pairs the screen that shows a code.
    pub async fn pair(
        &self,
        by: &ScreenOwner,
        code: &str,
        choice: ScreenChoice,
    ) -> Result<Screen, ScreenError> {
        let (choice, now) = (choice.checked()?, Timestamp::now());
        let found = self.pairings.find_pairing(&by.user, code, now).await?;
        let id = found.screen;
        let screen = Screen {
            device: found.device.clone(),
            ..Screen::new(choice, by, now)
        };
        match self.store(id, None, &screen).await {
            // Somebody else uses the code in this moment.
            Err(ScreenError::Records(RecordError::Conflict { .. })) => {
                return Err(PairingError::WrongCode.into());
            }
            stored => stored?,
        }
        // Last, so that the screen finds itself at once.
        if let Err(error) = self.pairings.approve(found).await {
            self.remove(id).await?;
            return Err(error.into());
        }
        info!(
            screen = screen.name,
            shows = screen.content(),
            user = &*by.name,
            "Paired a screen"
        );
        Ok(screen)
    }

    /// Returns the screen with this token, also if another node paired it in this moment.
    pub async fn find_paired(&self, token: &Token, client: IpAddr) -> Option<ScreenIdentity> {
        self.lookups.find_screen(token, client).await
    }

    /// Returns a screen that was paired in this moment, perhaps at another node.
    pub async fn find_new(&self, token: &Token) -> Result<Option<ScreenIdentity>, ScreenError> {
        let (id, now) = (token.id(), Timestamp::now());
        if self.directory.find(id).is_none()
            && let Some(stored) = self.find(id).await?
        {
            let screen = decode_document(&stored.document)?;
            self.directory.put_screen(id, stored.revision, screen);
        }
        Ok(self.directory.identify(token, now))
    }

    /// Adds a screen with a secret address: any browser that opens it is the screen. The secret is
    /// never returned again.
    pub async fn add_with_address(
        &self,
        by: &ScreenOwner,
        choice: ScreenChoice,
    ) -> Result<(Token, Screen), ScreenError> {
        let (choice, now) = (choice.checked()?, Timestamp::now());
        let token = Token::generate()?;
        let screen = Screen {
            has_address: true,
            ..Screen::new(choice, by, now)
        };
        self.store(token.id(), None, &screen).await?;
        info!(
            screen = screen.name,
            shows = screen.content(),
            user = &*by.name,
            "Made the address of a screen"
        );
        Ok((token, screen))
    }

    /// Returns the token of the screen with a secret address.
    pub fn open_address(&self, secret: &str, client: IpAddr) -> Result<Token, AddressError> {
        let known = Token::parse(secret).filter(|token| {
            let found = self.directory.identify(token, Timestamp::now());
            found.is_some_and(|found| found.screen.has_address)
        });
        known.ok_or_else(|| self.wrong_addresses.record_wrong(client))
    }

    /// Makes a connected screen show its name. Returns the screen.
    pub fn identify(&self, id: TokenId) -> Result<Screen, ScreenError> {
        self.order(id, |screen| ScreenOrder::Identify {
            name: screen.name.clone(),
        })
    }

    /// Makes a connected screen load its page again. Returns the screen.
    pub fn reload(&self, id: TokenId) -> Result<Screen, ScreenError> {
        self.order(id, |_| ScreenOrder::Reload)
    }

    /// Plays the sound of alerts on a connected screen, which asks for it within seconds. Returns the screen.
    pub fn try_sound(&self, id: TokenId) -> Result<Screen, ScreenError> {
        let screen = self.directory.find(id).ok_or(ScreenError::NotFound)?;
        match self.directory.try_sound(id, Timestamp::now()) {
            0 => Err(ScreenError::NotConnected),
            _ => Ok((*screen).clone()),
        }
    }

    fn order(
        &self,
        id: TokenId,
        order: impl Fn(&Screen) -> ScreenOrder,
    ) -> Result<Screen, ScreenError> {
        let screen = self.directory.find(id).ok_or(ScreenError::NotFound)?;
        match self.directory.send_order(id, order(&screen)) {
            0 => Err(ScreenError::NotConnected),
            _ => Ok((*screen).clone()),
        }
    }

    /// Changes a screen's name, place and board. It follows at once.
    pub async fn change(&self, id: TokenId, choice: ScreenChoice) -> Result<Screen, ScreenError> {
        let choice = choice.checked()?;
        loop {
            let stored = self.find(id).await?.ok_or(ScreenError::NotFound)?;
            let screen: Screen = decode_document(&stored.document)?;
            let screen = Screen {
                name: choice.name.clone(),
                place: choice.place.clone(),
                board: choice.board.clone(),
                playlist: choice.playlist.clone(),
                night: choice.night,
                quiet: choice.quiet,
                style: choice.style,
                ..screen
            };
            match self.store(id, Some(stored), &screen).await {
                Err(ScreenError::Records(RecordError::Conflict { .. })) => {}
                result => return result.map(|()| screen),
            }
        }
    }

    /// Removes a screen: it stops showing anything and must be paired again.
    pub async fn remove(&self, id: TokenId) -> Result<(), ScreenError> {
        while let Some(stored) = self.find(id).await? {
            match (self.records)
                .delete(SCREENS, &stored.id, stored.revision)
                .await
            {
                Err(RecordError::Conflict { .. }) => {}
                result => {
                    result?;
                    break;
                }
            }
        }
        self.directory.remove_screen(id);
        Ok(())
    }

    async fn find(&self, id: TokenId) -> Result<Option<Record>, ScreenError> {
        let record = id.record_id().ok_or(ScreenError::NotFound)?;
        Ok(self.records.get(SCREENS, &record).await?)
    }

    async fn store(
        &self,
        id: TokenId,
        replaced: Option<Record>,
        screen: &Screen,
    ) -> Result<(), ScreenError> {
        let record = id.record_id().ok_or(ScreenError::NotFound)?;
        let document = encode_document(screen)?;
        let expected = replaced.map(|record| record.revision);
        let revision = (self.records)
            .put(SCREENS, &record, expected, document)
            .await?;
        // The next request may be faster than the watch.
        self.directory.put_screen(id, revision, screen.clone());
        Ok(())
    }
}
