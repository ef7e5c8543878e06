//! Everybody who looks at a server: screens with a board of tiles and one of a list, people who open their
//! pages, the gallery and a queue, and programs that ask the API. Each is judged.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{task::JoinHandle, time::sleep};

use super::{Nodes, http, judge::Judge, page::Element, screen::Screen, shown};

#[derive(Debug)]
pub struct Onlookers {
    name: String,
    url: String,
    judge: Arc<Judge>,
    /// Between two looks. A screen is looked at whenever a frame arrives.
    pause: Duration,
    tasks: Vec<JoinHandle<()>>,
}

impl Onlookers {
    /// Lets everybody look at the server at `url` until [`Self::leave`]. It has [`shown::boards`] and, by
    /// number, `groups`. `name` is the server's in findings.
    pub async fn gather(
        name: &str,
        url: &str,
        groups: &[String],
        judge: &Arc<Judge>,
        pause: Duration,
    ) -> Self {
        let mut onlookers = Self {
            name: name.into(),
            url: url.into(),
            judge: judge.clone(),
            pause,
            tasks: Vec::new(),
        };
        for board in ["worst", "worst-list"] {
            onlookers.watch(board).await;
            let path = format!("/boards/{board}");
            onlookers.look(&path, "board page", |text| {
                shown::of_board(&Element::parse(text))
            });
        }
        let queue = format!("/queues/chat/{}", groups[0]);
        onlookers.look(&queue, "queue page", |text| {
            shown::of_queue_page(&Element::parse(text))
        });
        let groups = groups.to_vec();
        onlookers.look("/", "gallery", move |text| {
            shown::of_gallery(&Element::parse(text), &groups)
        });
        onlookers.look("/api/v1/queues", "API queues", |text| {
            shown::of_queues(&json(text))
        });
        onlookers.look("/api/v1/agents", "API agents", |text| {
            shown::of_agents(&json(text))
        });
        onlookers
    }

    /// The same at each node of a cluster; `n0` and so on in findings.
    pub async fn gather_at_nodes(
        nodes: &Nodes,
        groups: &[String],
        judge: &Arc<Judge>,
        pause: Duration,
    ) -> Vec<Self> {
        let mut all = Vec::new();
        for (number, node) in nodes.0.iter().enumerate() {
            let name = format!("n{number} ");
            all.push(Self::gather(&name, &node.url(""), groups, judge, pause).await);
        }
        all
    }

    /// Judges the day's counts too. Only where the judge knows when the day began.
    pub fn count_the_day(&mut self) {
        let (url, judge, pause) = (self.address("/api/v1/site"), self.judge.clone(), self.pause);
        let looking = look_at(url, pause, move |text| judge.judge_day(&json(text)));
        self.tasks.push(tokio::spawn(looking));
    }

    /// Ends all looks.
    pub fn leave(self) {
        for task in self.tasks {
            assert!(!task.is_finished(), "somebody stopped looking");
            task.abort();
        }
    }

    /// Returns how many values the screen with the tiles shows without a mark.
    pub fn unmarked_on_screen(&self) -> usize {
        self.judge
            .unmarked(&format!("{}frames of worst", self.name))
    }

    async fn watch(&mut self, board: &str) {
        let screen = Screen::load(&self.url, board).await;
        let (judge, surface) = (
            self.judge.clone(),
            format!("{}frames of {board}", self.name),
        );
        self.tasks.push(tokio::spawn(async move {
            let look = |page: Option<&Element>| {
                let shown = page.map(shown::of_board).unwrap_or_default();
                judge.judge(&surface, &shown);
            };
            screen.show(look).await;
        }));
    }

    fn look(
        &mut self,
        path: &str,
        surface: &str,
        read: impl Fn(&str) -> Vec<shown::Shown> + Send + 'static,
    ) {
        let (judge, surface) = (self.judge.clone(), format!("{}{surface}", self.name));
        let look = move |text: &str| judge.judge(&surface, &read(text));
        let looking = look_at(self.address(path), self.pause, look);
        self.tasks.push(tokio::spawn(looking));
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// Looks at an address again and again. Nothing is shown while there's no response.
async fn look_at(url: String, pause: Duration, look: impl Fn(&str)) {
    let http = http::patient_client();
    loop {
        let response = async {
            let response = http.get(&url).send().await?.error_for_status()?;
            response.text().await
        };
        if let Ok(text) = response.await {
            look(&text);
        }
        sleep(pause).await;
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
