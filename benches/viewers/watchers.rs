//! The process with all viewers: the product's load generator, told over standard input what to do.

use std::time::Duration;

use tokio::{runtime::Builder, sync::mpsc};
use wallboard_bench::{LoadFigures, LoadPlan, LoadTarget, TargetChoice, ViewerCrowd};

/// After viewers dropped their connections, the others are watched at least this long.
const RETURN_WATCH: Duration = Duration::from_secs(5);

/// Connects all viewers, reports it, and obeys:
/// `begin` begins the figures again, `report` prints them as JSON, `return` lets the returning
/// viewers drop their connections and prints how they came back.
pub(super) fn watch_as(address: &str, viewers: usize, returning: usize) {
    let (orders_sender, mut orders) = mpsc::channel(8);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if orders_sender.blocking_send(line).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime without threads can be made");
    runtime.block_on(async {
        let url = format!("http://{address}");
        let choice = TargetChoice {
            url: &url,
            board: "queues",
            origin: None,
            is_host_mine: false,
        };
        let target = LoadTarget::find(choice).await.expect("the server listens");
        let plan = LoadPlan {
            target,
            viewers,
            returning,
            cookies: Vec::new(),
        };
        let crowd = ViewerCrowd::connect(plan, || {}).await;
        let mut crowd = crowd.expect("the server accepts viewers");
        println!("{}", crowd.connect_time().as_secs_f64());
        while let Some(order) = orders.recv().await {
            match &*order {
                "begin" => crowd.start_over(),
                "report" => print_json(&crowd.figures()),
                _ => print_return(&mut crowd).await,
            }
        }
    });
}

async fn print_return(crowd: &mut ViewerCrowd) {
    crowd.start_over();
    let watched = tokio::time::sleep(RETURN_WATCH);
    let returned = crowd.reconnect().await;
    watched.await;
    let seconds = returned.time.as_secs_f64();
    println!(
        "{} {seconds} {}",
        returned.returned, returned.failed_attempts
    );
    print_json(&crowd.staying_figures());
}

fn print_json(figures: &LoadFigures) {
    println!("{}", serde_json::to_string(figures).expect("plain figures"));
}
