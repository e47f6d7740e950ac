//! The terminal's way in: a socket only its owner may open, one line of JSON each way.
//!
//! Who is asking is what the operating system says of the peer: its user number
//! is looked up in `[people]`. A number nobody there has may only read.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// The longest line.
const LONGEST: u64 = 64 * 1024;
/// How many terminals are served at once.
const AT_ONCE: usize = 16;

/// What a terminal wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case")]
pub enum Request {
    /// A chat command.
    Release {
        /// What makes a repeat the same.
        id: String,
        /// Its words.
        words: Vec<String>,
    },
    /// The configuration read again.
    Reload,
    /// Why effects are stopped, if they are.
    Health,
    /// What is gone of the log accepted as gone.
    AcceptLoss,
    /// A link that signs somebody in.
    Open {
        /// Whom.
        person: String,
    },
}

/// What a terminal is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Whether it was done.
    pub ok: bool,
    /// What to print.
    pub text: String,
}

/// Serves requests with the user number of the peer.
#[async_trait::async_trait]
pub trait Desk: Send + Sync {
    /// Answers one request.
    async fn answer(&self, uid: u32, request: Request) -> Response;
}

/// Where the socket of a bot with this data folder is.
pub fn socket(data: &Path) -> PathBuf {
    data.join("shipbell.sock")
}

/// Opens the socket; a socket left by a bot that died is taken over.
pub fn open(data: &Path) -> Result<UnixListener, Failure> {
    let path = socket(data);
    let failed = |error| {
        let what = format!("the socket {} cannot be opened", path.display());
        Failure::user(what).because(error)
    };
    // The database's lock file is held: no other bot serves this folder.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    let only_owner = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&path, only_owner).map_err(failed)?;
    Ok(listener)
}

/// Serves terminals until the task is stopped.
pub async fn serve(
    listener: UnixListener,
    desk: Arc<dyn Desk>,
    spawn: Arc<dyn crate::engine::ports::Spawn>,
) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a terminal could not be let in");
                continue;
            }
        };
        let desk = Arc::clone(&desk);
        let task = async move {
            if let Err(error) = converse(stream, desk.as_ref()).await {
                tracing::info!(%error, "a terminal went away");
            }
            drop(permit);
        };
        spawn.spawn("terminal", Box::pin(task));
    }
}

async fn converse(mut stream: UnixStream, desk: &dyn Desk) -> std::io::Result<()> {
    let uid = stream.peer_cred()?.uid();
    let (read, mut write) = stream.split();
    let mut line = String::new();
    BufReader::new(read.take(LONGEST))
        .read_line(&mut line)
        .await?;
    let response = match serde_json::from_str(&line) {
        Ok(request) => desk.answer(uid, request).await,
        Err(error) => Response {
            ok: false,
            text: format!("not a request: {error}"),
        },
    };
    let mut answer = serde_json::to_string(&response)?;
    answer.push('\n');
    write.write_all(answer.as_bytes()).await
}

/// Asks a running bot.
pub async fn ask(data: &Path, request: &Request) -> Result<Response, Failure> {
    let path = socket(data);
    let unreachable = |error: std::io::Error| {
        Failure::user(format!("no bot answers at {}", path.display()))
            .because(error)
            .hint("start it with `shipbell serve`, or name its configuration with --config")
    };
    let mut stream = UnixStream::connect(&path).await.map_err(unreachable)?;
    let mut line = serde_json::to_string(request)
        .map_err(|error| Failure::internal("the request cannot be written").because(error))?;
    line.push('\n');
    stream
        .write_all(line.as_bytes())
        .await
        .map_err(unreachable)?;
    let mut answer = String::new();
    let mut reader = BufReader::new(stream.take(16 * LONGEST));
    reader.read_line(&mut answer).await.map_err(unreachable)?;
    serde_json::from_str(&answer)
        .map_err(|error| Failure::internal("the bot's answer cannot be read").because(error))
}
