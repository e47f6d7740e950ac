//! The sockets people's programs come in by: they can be cut, and the whole house can be shut.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A listener that gives its port up while nobody is to get in.
pub(super) struct Door {
    at: SocketAddr,
    open: Option<TcpListener>,
    shut: watch::Receiver<bool>,
}

impl Door {
    pub(super) async fn open(at: SocketAddr, shut: watch::Receiver<bool>) -> io::Result<Self> {
        let listener = TcpListener::bind(at).await?;
        let at = listener.local_addr()?;
        let open = Some(listener);
        Ok(Self { at, open, shut })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.at
    }

    /// The next one who comes in; they are cut off when the house is shut.
    pub(super) async fn next(&mut self) -> Line {
        loop {
            if *self.shut.borrow_and_update() {
                self.open = None;
                if self.shut.changed().await.is_err() {
                    return std::future::pending().await;
                }
                continue;
            }
            let Some(listener) = &self.open else {
                // Somebody else may have the port for a moment.
                self.open = TcpListener::bind(self.at).await.ok();
                tokio::task::yield_now().await;
                continue;
            };
            tokio::select! {
                came = listener.accept() => if let Ok((stream, _)) = came {
                    return Line::new(stream, self.shut.clone());
                },
                _changed = self.shut.changed() => {}
            }
        }
    }
}

impl Listener for Door {
    type Io = Line;
    type Addr = Cut;

    async fn accept(&mut self) -> (Line, Cut) {
        let line = self.next().await;
        let cut = line.cut();
        (line, cut)
    }

    fn local_addr(&self) -> io::Result<Cut> {
        Ok(Cut(Arc::new(watch::Sender::new(false))))
    }
}

/// Cuts one socket, as a broken network does.
#[derive(Clone, Debug)]
pub(super) struct Cut(Arc<watch::Sender<bool>>);

impl Cut {
    pub(super) fn now(&self) {
        self.0.send_replace(true);
    }
}

impl Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.remote_addr().clone()
    }
}

type Ended = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// One socket.
pub(super) struct Line {
    stream: TcpStream,
    cut: Cut,
    ended: Ended,
}

impl Line {
    fn new(stream: TcpStream, mut shut: watch::Receiver<bool>) -> Self {
        // A reset, not a goodbye, when it is dropped with words unread.
        stream.set_nodelay(true).ok();
        let cut = Cut(Arc::new(watch::Sender::new(false)));
        let mut told = cut.0.subscribe();
        let ended = async move {
            let is_cut = async { told.wait_for(|cut| *cut).await.is_ok() };
            let is_shut = async { shut.wait_for(|shut| *shut).await.is_ok() };
            tokio::select! {
                true = is_cut => {}
                true = is_shut => {}
                else => std::future::pending().await,
            }
        };
        Self {
            stream,
            cut,
            ended: Box::pin(ended),
        }
    }

    pub(super) fn cut(&self) -> Cut {
        self.cut.clone()
    }

    /// An error once it is cut.
    fn broken(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.ended.as_mut().poll(cx).is_ready() {
            // A future that is done must not be asked again.
            self.ended = Box::pin(std::future::ready(()));
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.broken(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.broken(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.broken(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken(cx).is_err() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
