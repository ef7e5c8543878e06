use wallboard_store::{Records, Store};

use super::*;

struct PairingFixture {
    pairings: Pairings,
    records: RecordStore,
    _folder: tempfile::TempDir,
}

fn fixture() -> PairingFixture {
    let folder = tempfile::tempdir().unwrap();
    let records = RecordStore::embedded(Store::open(&folder.path().join("w.db")).unwrap());
    PairingFixture {
        pairings: Pairings::new(records.clone()),
        records,
        _folder: folder,
    }
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(minutes * 60).unwrap()
}

impl PairingFixture {
    async fn start(&self, host: u8, minutes: i64) -> (Token, WaitingScreen) {
        let address = [192, 0, 2, host].into();
        let started = self
            .pairings
            .start("Chrome on webOS".into(), address, at(minutes));
        started.await.unwrap()
    }

    async fn poll(&self, token: &Token, minutes: i64) -> PairingState {
        self.pairings.poll(token, at(minutes)).await.unwrap()
    }
}

#[tokio::test]
async fn code_pairs_its_screen_once_at_any_node() {
    let here = fixture();
    let there = Pairings::new(here.records.clone());
    let user = UserId::of_name("Åsa");
    let (token, screen) = here.start(1, 0).await;
    let (other, _) = here.start(2, 0).await;
    let code = screen.code.to_text();
    assert_eq!(there.find(&user, &code, at(1)).await.unwrap(), screen);
    assert_eq!(here.poll(&token, 1).await, PairingState::Waiting(screen));
    assert!(there.is_waiting(&token, at(1)).await.unwrap());

    let found = there.find_pairing(&user, &code, at(2)).await.unwrap();
    let late = here
        .pairings
        .find_pairing(&user, &code, at(2))
        .await
        .unwrap();
    let id = found.screen;
    there.approve(found).await.unwrap();

    let late = here.pairings.approve(late).await;
    assert!(matches!(late, Err(PairingError::WrongCode)), "{late:?}");
    let again = there.find(&user, &code, at(2)).await;
    assert!(matches!(again, Err(PairingError::WrongCode)), "{again:?}");
    assert!(!there.is_waiting(&token, at(2)).await.unwrap());
    let PairingState::Paired(given) = here.poll(&token, 2).await else {
        panic!("not paired");
    };
    assert_eq!(given.id(), id);
    assert_ne!(given, token);
    assert_eq!(here.poll(&token, 2).await, PairingState::Unknown);
    assert!(matches!(
        here.poll(&other, 2).await,
        PairingState::Waiting(_)
    ));
}

#[tokio::test]
async fn code_expires_after_a_quarter_of_an_hour() {
    let here = fixture();
    let (token, screen) = here.start(1, 0).await;
    assert_eq!(here.poll(&token, 15).await, PairingState::Unknown);
    let (user, code) = (UserId::of_name("a"), screen.code.to_text());
    let found = here.pairings.find(&user, &code, at(15)).await;
    assert!(matches!(found, Err(PairingError::WrongCode)), "{found:?}");
    assert!(here.records.list(PAIRINGS).await.unwrap().is_empty());
}

#[tokio::test]
async fn guesses_of_a_user_are_limited() {
    let here = fixture();
    let pairings = &here.pairings;
    let (guesser, other) = (UserId::of_name("a"), UserId::of_name("b"));
    let (_, screen) = here.start(1, 0).await;
    let code = screen.code.to_text();
    for _ in 0..10 {
        pairings.find(&guesser, &code, at(1)).await.unwrap();
    }
    // Any page's links can do that.
    for _ in 0..20 {
        let wrong = pairings.find(&guesser, "BBBB-BBBB", at(1)).await;
        assert!(matches!(wrong, Err(PairingError::WrongCode)));
    }
    let found = pairings.find_pairing(&guesser, &code, at(1)).await;
    assert!(found.is_ok(), "looking isn't a try");
    for _ in 0..5 {
        let wrong = pairings.find_pairing(&guesser, "BBBB-BBBB", at(1)).await;
        assert!(matches!(wrong, Err(PairingError::WrongCode)));
    }
    let refused = pairings.find_pairing(&guesser, &code, at(2)).await;
    assert!(matches!(refused, Err(PairingError::TooManyWrongCodes)));
    pairings.find_pairing(&other, &code, at(2)).await.unwrap();
    for _ in 0..30 {
        pairings
            .find(&guesser, "BBBB-BBBB", at(1))
            .await
            .unwrap_err();
    }
    let refused = pairings.find(&guesser, &code, at(2)).await;
    assert!(matches!(refused, Err(PairingError::TooManyWrongCodes)));
    let (_, later) = here.start(1, 16).await;
    let code = later.code.to_text();
    pairings.find(&guesser, &code, at(16)).await.unwrap();
}

#[tokio::test]
async fn few_screens_of_an_address_wait_at_once() {
    let here = fixture();
    for _ in 0..100 {
        here.start(1, 0).await;
    }
    let more = here
        .pairings
        .start(String::new(), [192, 0, 2, 1].into(), at(1));
    assert!(matches!(more.await, Err(PairingError::TooManyWaiting)));
    here.start(2, 2).await;
    here.start(1, 16).await;
    // Those that expired are gone.
    assert_eq!(here.records.list(PAIRINGS).await.unwrap().len(), 2);
}

#[tokio::test]
async fn addresses_of_an_ipv6_network_share_its_places() {
    let here = fixture();
    let start = |network: u128, host: u128| {
        let address = (0x2001_0db8_u128 << 96) | (network << 64) | host;
        let address = IpAddr::from(address.to_be_bytes());
        here.pairings.start(String::new(), address, at(0))
    };
    let mut granted = 0;
    for host in 0..200 {
        granted += usize::from(start(7, host).await.is_ok());
    }
    assert_eq!(granted, 100);
    assert!(start(8, 1).await.is_ok());
}
