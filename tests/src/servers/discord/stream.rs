//! How the gateway's words leave: as text, or as one zlib stream for a connection.
//! <https://discord.com/developers/docs/events/gateway#transport-compression>

use tokio_tungstenite::tungstenite::Message;

/// What a zlib stream begins with (RFC 1950 §2.2).
const HEADER: [u8; 2] = [0x78, 0x01];

/// The longest block that is stored as it is (RFC 1951 §3.2.4).
const BLOCK: u16 = u16::MAX;

/// How a connection is sent words.
pub(super) enum Stream {
    /// As they are.
    Text,
    /// In a zlib stream.
    Zlib {
        /// Whether anything was sent.
        begun: bool,
    },
}

impl Stream {
    /// As the address a program opened asks for it; none if there is no such way.
    pub(super) fn asked(address: &str) -> Option<Self> {
        let query = address.split_once('?').map_or("", |(_, it)| it);
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        match pairs.find(|(name, _)| name == "compress") {
            None => Some(Self::Text),
            Some((_, how)) if how == "zlib-stream" => Some(Self::Zlib { begun: false }),
            Some(_) => None,
        }
    }

    /// Words as they leave.
    pub(super) fn message(&mut self, words: &str) -> Message {
        let Self::Zlib { begun } = self else {
            return Message::text(words);
        };
        let mut out = Vec::with_capacity(words.len() + 16);
        if !std::mem::replace(begun, true) {
            out.extend(HEADER);
        }
        for block in words.as_bytes().chunks(BLOCK.into()) {
            stored(block, &mut out);
        }
        // An empty block is how it is told that the words end here.
        stored(&[], &mut out);
        Message::binary(out)
    }
}

/// A block that holds bytes as they are, which is a zlib stream too.
fn stored(bytes: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(bytes.len()).unwrap_or(BLOCK);
    out.push(0);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
}
