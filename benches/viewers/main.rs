//! Viewers of one board over loopback, beside bun (uWebSockets) and a bare send loop: time from a
//! change to its frame at every viewer, processor time of a frame, memory, and reconnects.
//!
//! `scripts/bench --bench viewers -- NAME` runs one row; without a name all. Servers and viewers
//! are separate processes (this program, started again), each on its own core. 18,000 viewers need
//! 20,000 open files in each.

use std::env;

use tikv_jemallocator::Jemalloc;

mod comparison;
mod importing;
mod pace;
mod part;
mod product;
mod rows;
mod send_loop;
mod server;
mod session;
mod watchers;

/// The product's.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() {
    let role = env::var(part::ROLE).unwrap_or_default();
    let words: Vec<_> = role.split(' ').collect();
    match words[..] {
        ["wallboard", flush] => server::serve_as(flush, product::serve),
        ["send-loop", flush] => server::serve_as(flush, send_loop::serve),
        ["viewers", address, count, returning] => {
            let [count, returning] = [count, returning].map(|n| n.parse().expect("a number"));
            watchers::watch_as(address, count, returning);
        }
        _ => rows::run(&chosen_rows()),
    }
}

/// The names on the command line. Cargo adds options of its own.
fn chosen_rows() -> Vec<String> {
    let words = env::args().skip(1);
    words.filter(|word| !word.starts_with('-')).collect()
}
