//! One question to one node of GMS, over HTTP.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Client, RequestBuilder,
    header::{ACCEPT, AGE, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER},
};

use crate::https;

use super::{
    Error, Question, Settings, Trouble, form,
    reply::{self, Reply, Shape, Verdict},
};

/// Shorter than servers usually keep a connection that says nothing.
const IDLE: Duration = Duration::from_secs(20);
/// A longer reply is no reply. In bytes.
const LONGEST: usize = 1024 * 1024;
/// Shorter passwords are ordinary words.
const SHORTEST_PASSWORD: usize = 4;

/// Whoever can be asked.
pub(super) trait Ask: Send + Sync + 'static {
    /// Asks the node at this place of `base_url`, and waits for `patience`.
    fn ask(
        &self,
        node: usize,
        question: &Question,
        patience: Duration,
    ) -> impl Future<Output = Verdict> + Send;
}

#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    settings: Arc<Settings>,
}

impl Http {
    pub(super) fn new(settings: Arc<Settings>) -> Result<Self, Error> {
        let tls = https::trusting(settings.ca_file.as_deref())?;
        let client = https::builder_with(tls).pool_idle_timeout(IDLE).build();
        let client = client.map_err(|error| Error::Client(error.to_string()))?;
        Ok(Self { client, settings })
    }

    fn request(&self, node: usize, question: &Question) -> RequestBuilder {
        let settings = &self.settings;
        let asked = |member: &usize| &settings.statistics[*member];
        let (url, form) = match question {
            Question::Batch(members) => (
                format!("{}/statistics", settings.base_urls[node]),
                form::batch(members.iter().map(asked)),
            ),
            Question::Alone(member) => (settings.address_of_one(node), form::alone(asked(member))),
        };
        let max_age = format!("max-age={}", settings.max_age.as_secs());
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            // Without it GMS gives what it has, however old.
            .header(CACHE_CONTROL, max_age)
            .body(form);
        match &settings.credentials {
            Some((user, password)) => request.basic_auth(user, Some(&password.0)),
            None => request,
        }
    }

    fn judge(&self, question: &Question, headers: &HeaderMap, status: u16, body: &[u8]) -> Verdict {
        let members = question.members().iter();
        let names: Vec<&str> = members
            .flat_map(|member| {
                let asked = &self.settings.statistics[*member];
                [
                    &*asked.statistic.name,
                    &asked.statistic.object,
                    &asked.tenant,
                ]
            })
            .collect();
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let reply = Reply {
            status,
            age: text(AGE),
            retry_after: text(RETRY_AFTER),
            body,
        };
        let shape = match question {
            Question::Batch(members) => Shape::Batch(members.len()),
            Question::Alone(_) => Shape::Alone,
        };
        match reply::judge(reply, shape, &names, Timestamp::now()) {
            Verdict::Bad(why) => Verdict::Bad(self.without_secrets(why)),
            Verdict::Doubtful(why) => Verdict::Doubtful(self.without_secrets(why)),
            Verdict::Away(why) => Verdict::Away(self.without_secrets(why)),
            other => other,
        }
    }

    /// A vendor that repeats what it was sent does not make us tell it.
    fn without_secrets(&self, mut text: String) -> String {
        let settings = &self.settings;
        let password = settings.credentials.iter().map(|(_, password)| password);
        let tenants = settings
            .statistics
            .iter()
            .map(|asked| &asked.tenant_password);
        for secret in password.chain(tenants) {
            if SHORTEST_PASSWORD <= secret.0.len() && text.contains(&secret.0) {
                text = text.replace(&secret.0, "…");
            }
        }
        text
    }
}

impl Ask for Http {
    async fn ask(&self, node: usize, question: &Question, patience: Duration) -> Verdict {
        let exchange = async {
            let response = match self.request(node, question).send().await {
                // A connection kept from the last question may have been closed just
                // now: that says nothing of the node.
                Err(error) if !error.is_connect() => self.request(node, question).send().await,
                sent => sent,
            };
            let response = response.map_err(|error| trouble(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = https::body(response, LONGEST).await;
            Ok(match body.map_err(|_| Trouble::Broken)? {
                Some(body) => self.judge(question, &headers, status, &body),
                None => Verdict::Doubtful("a response of more than 1 MiB".to_owned()),
            })
        };
        match tokio::time::timeout(patience, exchange).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(trouble)) => Verdict::Trouble(trouble),
            Err(_) => Verdict::Trouble(Trouble::Late(patience)),
        }
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    if error.is_connect() {
        Trouble::Unreachable(https::why_unreachable(error))
    } else {
        Trouble::Broken
    }
}
