//! What stands in a database: open releases and environments, read beside a running bot.

use std::sync::Arc;

use rusqlite::Connection;
use shipbell_domain::Fold;
use shipbell_domain::environment::Environment;
use shipbell_domain::release::Release;

use super::Inspection;
use crate::StoreError;
use crate::sqlite::body::read_fold;
use crate::sqlite::sql::values;

/// Open releases, the newest first, and the environments they go to.
const STANDING: &str = "SELECT body FROM fold WHERE open = 1 \
     AND kind IN ('release', 'environment') ORDER BY kind, number DESC, stream";

/// What stands.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The releases that are on their way, the newest first.
    pub releases: Vec<Arc<Release>>,
    /// What runs where.
    pub environments: Vec<Arc<Environment>>,
}

impl Inspection {
    /// What stands, all of it at one moment.
    pub async fn standing(&mut self) -> Result<Standing, StoreError> {
        let job = |conn: &Connection| {
            let bodies: Vec<String> = values(conn, STANDING, [])?;
            let mut standing = Standing::default();
            for body in &bodies {
                match read_fold(body)? {
                    Fold::Release(it) => standing.releases.push(it),
                    Fold::Environment(it) => standing.environments.push(it),
                    Fold::Application(_) | Fold::Incident(_) | Fold::Agenda(_) => {}
                }
            }
            Ok(standing)
        };
        self.at_one_moment(job).await
    }
}
