//! An HTTP server of a test, on a free port of this machine until it's dropped.

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

#[derive(Debug)]
pub struct LocalServer {
    pub port: u16,
    serving: JoinHandle<()>,
}

impl LocalServer {
    pub async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self { port, serving }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
