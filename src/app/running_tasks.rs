//! The tasks that run: any end that nobody ordered is a fault.

use tokio::task::{Id, JoinError};

use super::{App, AppError};

/// A running task.
#[derive(Clone, Copy, Debug)]
pub(super) struct AppTask {
    name: &'static str,
    /// In a cluster, it ends when this node's term is over.
    ends_with_term: bool,
}

impl App {
    pub(super) fn spawn_task(
        &mut self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Id {
        self.spawn(name, false, task)
    }

    /// Spawns a task that in a cluster ends when this node's term is over.
    pub(super) fn spawn_term_task(
        &mut self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Id {
        self.spawn(name, self.node.is_some(), task)
    }

    fn spawn(
        &mut self,
        name: &'static str,
        ends_with_term: bool,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Id {
        let id = self.tasks.spawn(task).id();
        let named = AppTask {
            name,
            ends_with_term,
        };
        self.running.insert(id, named);
        id
    }

    /// Accepts the end of a task that was stopped; any other end is a fault.
    pub(super) fn on_task_ended(
        &mut self,
        ended: Result<(Id, ()), JoinError>,
    ) -> Result<(), AppError> {
        match ended {
            Ok((id, ())) if self.task_registry.expects_end(id) || self.ended_with_term(id) => {
                self.running.remove(&id);
                Ok(())
            }
            ended => Err(self.unexpected_end(ended)),
        }
    }

    /// Whether a task may end because this node's term is over.
    pub(super) fn ended_with_term(&self, task: Id) -> bool {
        (self.running.get(&task)).is_some_and(|task| task.ends_with_term)
    }

    pub(super) fn unexpected_end(&self, ended: Result<(Id, ()), JoinError>) -> AppError {
        let name = |id| self.running.get(&id).map_or("task", |task| task.name);
        match ended {
            Ok((id, ())) => AppError::Ended(name(id)),
            Err(cause) => AppError::Failed(name(cause.id()), cause),
        }
    }
}
