//! A thousand viewers while an import runs at full speed, beside the same without an import.

use crate::{importing::Export, pace::Pace, server::Server, session::Session};

use super::{FLUSH_MS, crowd, time};

const VIEWERS: usize = 1_000;

pub(super) fn measure() {
    println!("{VIEWERS} viewers, 50 changes/s, while an import runs at full speed");
    let export = Export::generate();
    let mut session = Session::open(Server::Wallboard, crowd(VIEWERS), FLUSH_MS);
    let pace = Pace::per_second(50.0);
    let alone = session.measure(pace, time(20)).age();
    let importing = {
        let _importing = export.import();
        session.measure(pace, time(20)).age()
    };
    for (what, importing, alone) in [
        ("change to frame received, p50", importing.0, alone.0),
        ("change to frame received, p99", importing.1, alone.1),
    ] {
        let ratio = importing / alone.max(f64::MIN_POSITIVE);
        println!("  {what:<36} {importing:>9.1} ms, alone {alone:.1}: ratio {ratio:.2}");
    }
}
