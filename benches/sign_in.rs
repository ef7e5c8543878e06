//! Checks of permissions, per request: the session of a cookie and what it may see. The baseline is the
//! hash of the cookie's token alone. Then failed sign-ins: an unknown name must take as long as a wrong password, and as a disabled
//! account's right one, or names could be found out. The baseline is the wrong password.

use std::{
    hint::black_box,
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use wallboard_access::{AccessRules, Password, Requirement, Right, Role, SignIn, SignInRequest};
use wallboard_store::{RecordStore, Store};

/// Attempts of each kind, in turn. Each has a name and an address of its own: both are throttled.
const ATTEMPTS: usize = 100;
const CHECKS: u32 = 1_000_000;
const PASSWORD: &str = "a long password";

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(measure());
}

async fn measure() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("wallboard.db")).expect("a database");
    let records = RecordStore::embedded(store);
    let hours = SignedDuration::from_hours(12);
    let opening = SignIn::open(records, hours, AccessRules::default());
    let sign_in = opening.await.expect("no users yet");
    for n in 0..ATTEMPTS {
        add_users(&sign_in, n).await;
    }
    check_permissions(&sign_in).await;
    let (mut wrong, mut unknown, mut disabled) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..ATTEMPTS {
        wrong.push(attempt(&sign_in, &format!("known-{n}"), "a wrong password", (0, n)).await);
        unknown.push(attempt(&sign_in, &format!("unknown-{n}"), PASSWORD, (1, n)).await);
        disabled.push(attempt(&sign_in, &format!("disabled-{n}"), PASSWORD, (2, n)).await);
    }

    let baseline = median(wrong);
    println!(
        "{ATTEMPTS} attempts of each kind, in turn; medians (target: within 10 % of each other)"
    );
    println!("wrong password             {:>8.2} ms", millis(baseline));
    for (what, times) in [("unknown name", unknown), ("disabled account", disabled)] {
        let time = median(times);
        let ratio = time.as_secs_f64() / baseline.as_secs_f64();
        println!(
            "{what:<26} {:>8.2} ms {ratio:>8.3} of a wrong password",
            millis(time)
        );
    }
}

/// Asks for the page of a supervisor in a group, as each request does.
async fn check_permissions(sign_in: &SignIn) {
    let adding = (sign_in.accounts()).add_user("lead", Role::Supervisor, Password::new(PASSWORD));
    adding.await.expect("a new name");
    let request = SignInRequest {
        name: "lead".to_owned(),
        password: Password::new(PASSWORD),
        address: IpAddr::from(Ipv4Addr::new(10, 9, 0, 1)),
        device: "Firefox on Linux".to_owned(),
    };
    let token = sign_in.sign_in(request).await.expect("the right password");
    let needed = Requirement::Rights(&[Right::History, Right::Export]);
    let now = Timestamp::now();
    let check = time_of(|| {
        let identity = sign_in.directory().identify(&token, now).expect("it holds");
        assert!(needed.allows(Some(black_box(&identity.permissions)), false));
    });
    let hash = time_of(|| {
        black_box(black_box(&token).id());
    });
    println!(
        "permission check           {check:>8.2} µs, {:.2} of the hash alone (target: 1 µs)",
        check / hash
    );
}

/// In microseconds.
fn time_of(work: impl Fn()) -> f64 {
    let began = Instant::now();
    for _ in 0..CHECKS {
        work();
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(CHECKS)
}

async fn add_users(sign_in: &SignIn, n: usize) {
    let accounts = sign_in.accounts();
    for kind in ["known", "disabled"] {
        let name = format!("{kind}-{n}");
        let adding = accounts.add_user(&name, Role::Viewer, Password::new(PASSWORD));
        adding.await.expect("a new name");
    }
    let name = format!("disabled-{n}");
    let disabling = accounts.set_disabled(&name, true);
    disabling.await.expect("it exists");
}

async fn attempt(sign_in: &SignIn, name: &str, password: &str, from: (u8, usize)) -> Duration {
    let request = SignInRequest {
        name: name.to_owned(),
        password: Password::new(password),
        address: IpAddr::from(Ipv4Addr::new(
            10,
            from.0,
            0,
            u8::try_from(from.1).unwrap_or(u8::MAX),
        )),
        device: "Firefox on Linux".to_owned(),
    };
    let began = Instant::now();
    let outcome = sign_in.sign_in(request).await;
    let elapsed = began.elapsed();
    assert!(outcome.is_err(), "{name} signed in");
    elapsed
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
