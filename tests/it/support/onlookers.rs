//! Everybody who looks at a server: screens with boards of tiles, a list and agents, people who open their pages, the
//! gallery, a queue, an agent and the cases, and programs that ask the API. Each is judged.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{task::JoinHandle, time::sleep};

use super::{
    Nodes, http,
    judge::Judge,
    numbered_voice,
    page::Element,
    screen::Screen,
    shown::{self, Shown},
    shown_needs, shown_people,
};

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
    /// Lets everybody look at the server at `url` until [`Self::leave`]. Its source is one of [`shown::prepare`]
    /// and has, by number, `groups`. `name` is the server's in findings.
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
            onlookers.look_at_board(board, shown::of_board).await;
        }
        (onlookers.look_at_board("worst-agents", shown_people::of_agent_board)).await;
        let queue = format!("/queues/chat/{}", groups[0]);
        onlookers.look_at_queue("queue page", &queue);
        onlookers.look_at_agent("agent page", "chat", &judge.some_agent());
        onlookers.look("/cases", "cases page", |text| {
            shown_people::of_cases_page(&Element::parse(text))
        });
        let groups = groups.to_vec();
        onlookers.look("/", "gallery", move |text| {
            let page = Element::parse(text);
            let mut all = shown::of_gallery(&page, &groups);
            all.extend(shown_needs::of_sentences(&page));
            all
        });
        onlookers.look("/api/v1/queues", "API queues", |text| {
            shown::of_queues(&json(text))
        });
        onlookers.look("/api/v1/agents", "API agents", |text| {
            shown_people::of_agents(&json(text))
        });
        for state in ["waiting", "open"] {
            let path = format!("/api/v1/cases?state={state}&limit=1000");
            onlookers.look(&path, "API cases", |text| {
                shown_people::of_cases(&json(text))
            });
        }
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

    /// Looks at what else a site of [`super::mixed_site`] has.
    pub async fn look_at_mixed_site(&mut self) {
        (self.look_at_board("worst-widgets", shown_needs::of_widgets)).await;
        self.look_at_board("agents", shown_people::of_cards).await;
        let queue = format!("/queues/voice/{}", numbered_voice::QUEUE_PATH);
        self.look_at_queue("voice queue page", &queue);
        self.look_at_queue("group page", "/queues/group/all");
        self.look_at_agent("voice agent page", "voice", numbered_voice::AGENT);
        self.look("/alerts", "alerts page", |text| {
            shown_needs::of_sentences(&Element::parse(text))
        });
        self.look("/figures", "figures page", |text| {
            shown_needs::of_figures_page(&Element::parse(text))
        });
        self.look("/api/v1/site", "API site", |text| {
            shown_needs::of_site(&json(text))
        });
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

    /// Looks at a screen with a board, and at its page.
    async fn look_at_board(&mut self, board: &str, read: fn(&Element) -> Vec<Shown>) {
        let screen = Screen::load(&self.url, board).await;
        let (judge, surface) = (
            self.judge.clone(),
            format!("{}frames of {board}", self.name),
        );
        self.tasks.push(tokio::spawn(async move {
            let look = |page: Option<&Element>| {
                judge.judge(&surface, &page.map(read).unwrap_or_default());
            };
            screen.show(look).await;
        }));
        let page = format!("page of {board}");
        self.look(&format!("/boards/{board}"), &page, move |text| {
            read(&Element::parse(text))
        });
    }

    fn look_at_queue(&mut self, surface: &str, path: &str) {
        self.look(path, surface, |text| {
            let page = Element::parse(text);
            let mut all = shown::of_queue_page(&page);
            all.extend(shown_people::of_queue_page(&page));
            all
        });
    }

    fn look_at_agent(&mut self, surface: &str, source: &str, id: &str) {
        let path = format!("/agents/{source}/{id}");
        let id = id.to_owned();
        self.look(&path, surface, move |text| {
            shown_people::of_agent_page(&Element::parse(text), &id)
        });
    }

    fn look(
        &mut self,
        path: &str,
        surface: &str,
        read: impl Fn(&str) -> Vec<Shown> + Send + 'static,
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
