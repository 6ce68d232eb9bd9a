//! WebSockets (RFC 6455), for chats that say what happened there over a connection that we open. The
//! handshake is a request like any other, with every check of the address; what comes is bounded in
//! size and in the time without a sign of life.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::{Outbound, OutboundError, hop};

/// What lives sends something, if only a ping: Slack every few seconds.
const SILENCE_MAX: Duration = Duration::from_secs(120);

/// An open WebSocket.
#[derive(Debug)]
pub struct WebSocket {
    host: String,
    stream: WebSocketStream<reqwest::Upgraded>,
}

impl Outbound {
    /// Opens a WebSocket at an address that begins with `wss://`, or with `ws://`, over which no message of
    /// more than so many bytes may come.
    ///
    /// # Errors
    /// As [`Self::send`], and [`OutboundError::Protocol`] where the other end does not open one.
    pub async fn websocket(
        &self,
        url: &str,
        message_bytes_max: usize,
    ) -> Result<WebSocket, OutboundError> {
        let web = match url.split_once("://") {
            Some(("wss", rest)) => format!("https://{rest}"),
            Some(("ws", rest)) => format!("http://{rest}"),
            _ => {
                return Err(OutboundError::BadUrl {
                    cause: "it begins neither with wss:// nor with ws://".to_owned(),
                });
            }
        };
        let url = hop::first(&web)?;
        let host = hop::shown(&url);
        let key = generate_key();
        let mut headers = HeaderMap::new();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let of_key = HeaderValue::from_str(&key).map_err(|error| OutboundError::Setup {
            cause: error.to_string(),
        })?;
        headers.insert(SEC_WEBSOCKET_KEY, of_key);
        let limit = self.timeout();
        let opened = async {
            let answer = self.ask_to_upgrade(&url, headers).await?;
            let protocol = |cause: String| OutboundError::Protocol {
                host: host.clone(),
                cause,
            };
            let status = answer.status().as_u16();
            if status != 101 {
                return Err(protocol(format!(
                    "it opened no WebSocket but answered {status}"
                )));
            }
            let accepted = answer.headers().get(SEC_WEBSOCKET_ACCEPT);
            let expected = derive_accept_key(key.as_bytes());
            if accepted.map(HeaderValue::as_bytes) != Some(expected.as_bytes()) {
                return Err(protocol(
                    "its WebSocket is not the one asked for".to_owned(),
                ));
            }
            answer
                .upgrade()
                .await
                .map_err(|error| protocol(error.without_url().to_string()))
        };
        let upgraded = tokio::time::timeout(limit, opened)
            .await
            .unwrap_or_else(|_| {
                Err(OutboundError::Timeout {
                    host: host.clone(),
                    limit,
                })
            })?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(message_bytes_max))
            .max_frame_size(Some(message_bytes_max));
        let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
        Ok(WebSocket { host, stream })
    }
}

impl WebSocket {
    /// The next text; `None` where the other end has closed. Pings are answered.
    ///
    /// # Errors
    /// Where the connection broke, nothing came for two minutes, or what came cannot be read.
    pub async fn next(&mut self) -> Result<Option<String>, OutboundError> {
        loop {
            let frame = tokio::time::timeout(SILENCE_MAX, self.stream.next())
                .await
                .map_err(|_| OutboundError::Timeout {
                    host: self.host.clone(),
                    limit: SILENCE_MAX,
                })?;
            match frame {
                None => return Ok(None),
                Some(Ok(Message::Close(frame))) => {
                    return self.closed(frame.map(|frame| frame.code));
                }
                Some(Ok(Message::Text(text))) => return Ok(Some(text.as_str().to_owned())),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.broken(&error)),
            }
        }
    }

    /// Sends a text.
    ///
    /// # Errors
    /// Where the connection broke.
    pub async fn send(&mut self, text: String) -> Result<(), OutboundError> {
        self.stream
            .send(Message::text(text))
            .await
            .map_err(|error| self.broken(&error))
    }

    /// A code beside the usual two says what the other end holds against us (RFC 6455, 7.4).
    fn closed(&self, code: Option<CloseCode>) -> Result<Option<String>, OutboundError> {
        match code {
            None | Some(CloseCode::Normal | CloseCode::Away) => Ok(None),
            Some(code) => Err(OutboundError::Broken {
                host: self.host.clone(),
                cause: format!("it closed the connection with {code}"),
            }),
        }
    }

    fn broken(&self, error: &Error) -> OutboundError {
        OutboundError::Broken {
            host: self.host.clone(),
            cause: error.to_string(),
        }
    }
}
