//! Sending a request: hop by hop, bounded in time and bytes.

use std::error::Error;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use ipnet::IpNet;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use tokio::sync::Semaphore;
use url::Url;

use crate::resolve::{NameRefused, Names, Resolver, SystemNames};
use crate::{AddressPolicy, OutboundError, Proxy, hop};

/// Idle connections are closed before the servers of this world close them (nginx: 75 s, many
/// load balancers: 60 s), so that a request seldom meets a connection that is just going away.
const IDLE_MAX: Duration = Duration::from_secs(50);
/// Idle connections kept to one host: it is never asked by many at once.
const IDLE_PER_HOST_MAX: usize = 2;
/// An answer is long past this many bytes; no ordinary feed is.
const LONG_BYTES: usize = 1024 * 1024;
/// Long answers read at once. With the bound on each this bounds memory, whatever servers send.
const LONG_AT_ONCE: usize = 8;

/// How requests leave.
#[derive(Debug, Clone)]
pub struct OutboundSettings {
    /// Networks that may be contacted although they are not public.
    pub allow_networks: Vec<IpNet>,
    /// Who we say we are.
    pub user_agent: String,
    /// For the whole of a request, redirects and body included.
    pub timeout: Duration,
    /// For name, connection and TLS of one hop.
    pub connect_timeout: Duration,
    /// Who connects in our place, if anybody.
    pub proxy: Option<Proxy>,
    /// Who looks names up; `None` is the machine's own way.
    pub names: Option<Arc<dyn Names>>,
    /// For tests and the demo: every name stands for this address, which may be contacted. A port in
    /// the URL wins over the port given here.
    pub resolve_all_to: Option<SocketAddr>,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            user_agent: "bellwether".to_owned(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            proxy: None,
            names: None,
            resolve_all_to: None,
        }
    }
}

/// What is asked of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Show me.
    Get,
    /// Take this.
    Post,
    /// Put this there.
    Put,
    /// Change what is there.
    Patch,
}

/// Turns at hosts, where only so many requests may be under way at one. A request holds a turn at
/// the host that it is asking, and gives it back before it waits for one where a redirect leads to.
pub trait Turns: Sync {
    /// Given back when dropped.
    type Turn: Send;

    /// Waits for a turn at a host.
    fn enter(&self, host: &str) -> impl Future<Output = Self::Turn> + Send;
}

/// As many as anybody likes.
struct Unbounded;

impl Turns for Unbounded {
    type Turn = ();

    async fn enter(&self, _: &str) {}
}

/// One request.
#[derive(Clone)]
pub struct Request<'a> {
    /// Its method.
    pub method: Method,
    /// Where to.
    pub url: &'a str,
    /// Headers; `Authorization` and `Cookie` go to the first origin only.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Option<Vec<u8>>,
    /// Bytes of the answer after decompression, at most.
    pub body_bytes_max: u64,
    /// Redirects followed at most; with 0 a redirect is an answer like any other.
    pub redirects_max: u8,
}

/// An answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers in order, without those of the transfer and content coding.
    pub headers: Vec<(String, String)>,
    /// Body, decompressed.
    pub body: Vec<u8>,
    /// The address that answered, without userinfo.
    pub url: String,
    /// The addresses on the way to it, without userinfo, the one asked for first; empty where the
    /// answer came at once.
    pub hops: Vec<String>,
    /// Where the resource now lives for good: the last address reached by permanent redirects only.
    pub moved_to: Option<String>,
    /// Why the body ends early, where the connection broke in it: only [`Outbound::send_in_turn`]
    /// gives such answers, for readers that can use a part.
    pub cut: Option<String>,
}

impl Response {
    /// The first header of a name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Response {
    /// Where the answer sends whoever asked, if it does: for callers that follow redirects themselves,
    /// since each hop is a request of its own to them. Credentials stay behind.
    ///
    /// # Errors
    /// [`OutboundError::Protocol`] where that is no web address.
    pub fn redirect(&self) -> Result<Option<String>, OutboundError> {
        let location = is_redirect(self.status).then(|| self.header("location"));
        let Some(location) = location.flatten() else {
            return Ok(None);
        };
        let next = hop::next(&hop::first(&self.url)?, location)?;
        Ok(Some(clean(&next)))
    }

    /// The answer where it is whole.
    ///
    /// # Errors
    /// [`OutboundError::Broken`] where it is not.
    pub fn whole(self) -> Result<Self, OutboundError> {
        match self.cut {
            None => Ok(self),
            Some(cause) => Err(OutboundError::Broken {
                host: hop::host_of(&self.url),
                cause,
            }),
        }
    }
}

fn client(
    settings: &OutboundSettings,
    resolver: &Resolver,
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::Client, OutboundError> {
    let cause_of = |error: reqwest::Error| cause(&error.without_url());
    let setup = |error| OutboundError::Setup {
        cause: cause_of(error),
    };
    // A proxy of the environment would connect in our place, past every check.
    let mut builder = builder.no_proxy();
    if let Some(proxy) = &settings.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy.as_str()).map_err(setup)?);
    }
    builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(IDLE_MAX)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .dns_resolver(resolver.clone())
        .build()
        .map_err(setup)
}

/// The one connector. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: reqwest::Client,
    policy: Arc<AddressPolicy>,
    resolver: Resolver,
    settings: Arc<OutboundSettings>,
    /// Room for long answers.
    long: Arc<Semaphore>,
}

impl Outbound {
    /// A connector with these settings.
    ///
    /// # Errors
    /// [`OutboundError::Setup`] where TLS cannot be set up or the user agent is no header.
    pub fn new(settings: OutboundSettings) -> Result<Self, OutboundError> {
        let mut policy = AddressPolicy::new(settings.allow_networks.clone());
        if let Some(address) = settings.resolve_all_to {
            policy = policy.and(&[IpNet::from(address.ip())]);
        }
        let policy = Arc::new(policy);
        let resolver = Resolver {
            policy: Arc::clone(&policy),
            names: settings.names.clone().unwrap_or(Arc::new(SystemNames)),
            all_to: settings.resolve_all_to,
            proxy: (settings.proxy.as_ref())
                .and_then(Proxy::name)
                .map(str::to_owned),
        };
        Ok(Self {
            client: client(&settings, &resolver, reqwest::Client::builder())?,
            policy,
            resolver,
            settings: Arc::new(settings),
            long: Arc::new(Semaphore::new(LONG_AT_ONCE)),
        })
    }

    /// The proxy that connects in our place, if any: what is behind names that it looks up is not
    /// checked here, and whoever shows the addresses should say so.
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.settings.proxy.as_ref()
    }

    /// A connector that may contact these networks too, such as those of one receiver.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn allowing(&self, networks: &[IpNet]) -> Result<Self, OutboundError> {
        let mut settings = OutboundSettings::clone(&self.settings);
        settings.allow_networks.extend_from_slice(networks);
        Self::new(settings)
    }

    /// The same with more or less time for a request: a server may be asked to keep one until it has
    /// something to say.
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Self {
        let mut settings = OutboundSettings::clone(&self.settings);
        settings.timeout = timeout;
        Self {
            settings: Arc::new(settings),
            ..self.clone()
        }
    }

    /// The addresses of a host and a port that may be connected to, for what is no request of the web: the
    /// caller connects to these and asks nobody again. `resolve_all_to` stands for every name here too, with
    /// the port that is given.
    ///
    /// # Errors
    /// [`OutboundError::Refused`] where none may be, [`OutboundError::Unreachable`] where there is none, and
    /// [`OutboundError::Timeout`] where nobody says in time.
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OutboundError> {
        let limit = self.settings.connect_timeout;
        let looked_up = self.resolver.clone().places(host, port);
        let timeout = || OutboundError::Timeout {
            host: host.to_owned(),
            limit,
        };
        tokio::time::timeout(limit, looked_up)
            .await
            .unwrap_or_else(|_| Err(timeout()))
    }

    /// Whether configuration names the network of an address, which is more than that it may be contacted: a
    /// public one that nobody has named may be too.
    #[must_use]
    pub fn names_network_of(&self, address: IpAddr) -> bool {
        self.policy.allows(address)
    }

    /// How long a whole request may take, for what is no request of the web.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// Where there is no answer, or one that exceeds a bound; an answer of any status is none.
    pub async fn send(&self, request: Request<'_>) -> Result<Response, OutboundError> {
        self.send_in_turn(request, &Unbounded).await?.whole()
    }

    /// As [`Self::send`], with a turn at each host that is asked. The first one is waited for without
    /// a limit; those of redirects are part of the time that a request may take. An answer whose
    /// connection broke in the middle is given as far as it came.
    ///
    /// # Errors
    /// As [`Self::send`] otherwise.
    pub async fn send_in_turn(
        &self,
        request: Request<'_>,
        turns: &impl Turns,
    ) -> Result<Response, OutboundError> {
        let host = hop::host_of(request.url);
        let limit = self.settings.timeout;
        let turn = turns.enter(&host).await;
        tokio::time::timeout(limit, self.follow(request, turn, turns))
            .await
            .unwrap_or(Err(OutboundError::Timeout { host, limit }))
    }

    async fn follow<T: Turns>(
        &self,
        mut request: Request<'_>,
        mut turn: T::Turn,
        turns: &T,
    ) -> Result<Response, OutboundError> {
        let mut url = hop::first(request.url)?;
        let mut headers = header_map(&request.headers)?;
        let mut hops = Vec::new();
        let mut moved_to = None;
        let mut is_permanent = true;
        loop {
            let number = u32::try_from(hops.len())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            let answer = self.ask(&url, number, &request, &headers).await?;
            let status = answer.status().as_u16();
            let location = redirect(status, answer.headers());
            let Some(location) = location.filter(|_| request.redirects_max > 0) else {
                let body = self.read(answer, &url, request.body_bytes_max).await?;
                drop(turn);
                return Ok(Response {
                    url: clean(&url),
                    hops,
                    moved_to,
                    ..body
                });
            };
            if hops.len() >= usize::from(request.redirects_max) {
                return Err(OutboundError::TooManyRedirects {
                    host: hop::shown(&url),
                    limit: request.redirects_max,
                });
            }
            let next = hop::next(&url, &location)?;
            if next.host() != url.host() {
                drop((turn, answer));
                turn = turns.enter(&hop::shown(&next)).await;
            }
            if !hop::same_origin(&url, &next) {
                headers.remove(AUTHORIZATION);
                headers.remove(COOKIE);
            }
            // As browsers do (RFC 9110, 15.4): only 307 and 308 send a body on.
            if request.method == Method::Post && !matches!(status, 307 | 308) {
                request.method = Method::Get;
                request.body = None;
            }
            hops.push(clean(&url));
            is_permanent &= matches!(status, 301 | 308);
            if is_permanent {
                moved_to = Some(clean(&next));
            }
            url = next;
        }
    }

    async fn ask(
        &self,
        url: &Url,
        number: u32,
        request: &Request<'_>,
        headers: &HeaderMap,
    ) -> Result<reqwest::Response, OutboundError> {
        hop::check(url, &self.policy, self.proxy(), number)?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
        };
        let mut builder = self
            .client
            .request(method, url.clone())
            .headers(headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        builder
            .send()
            .await
            .map_err(|error| self.unanswered(url, number, error))
    }

    /// Asks for another protocol, which HTTP/1.1 alone can change to, on a connection of its own.
    pub(crate) async fn ask_to_upgrade(
        &self,
        url: &Url,
        headers: HeaderMap,
    ) -> Result<reqwest::Response, OutboundError> {
        hop::check(url, &self.policy, self.proxy(), 1)?;
        let http1 = reqwest::Client::builder().http1_only();
        client(&self.settings, &self.resolver, http1)?
            .get(url.clone())
            .headers(headers)
            .send()
            .await
            .map_err(|error| self.unanswered(url, 1, error))
    }

    /// Reads an answer to its end, or to its bound.
    async fn read(
        &self,
        answer: reqwest::Response,
        url: &Url,
        limit: u64,
    ) -> Result<Response, OutboundError> {
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let mut body = Vec::new();
        let mut room = None;
        let mut cut = None;
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = match chunk.map_err(|error| unread(url, error)) {
                Ok(chunk) => chunk,
                Err(OutboundError::Broken { cause, .. }) if !body.is_empty() => {
                    cut = Some(cause);
                    break;
                }
                Err(error) => return Err(error),
            };
            let length = body.len().saturating_add(chunk.len());
            if length as u64 > limit {
                return Err(OutboundError::TooLarge {
                    host: hop::shown(url),
                    limit,
                });
            }
            if length > LONG_BYTES && room.is_none() {
                room = self.long.acquire().await.ok();
            }
            body.extend_from_slice(&chunk);
        }
        drop(room);
        body.shrink_to_fit();
        Ok(Response {
            status,
            headers,
            body,
            url: String::new(),
            hops: Vec::new(),
            moved_to: None,
            cut,
        })
    }

    fn unanswered(&self, url: &Url, number: u32, error: reqwest::Error) -> OutboundError {
        let host = hop::shown(url);
        let error = error.without_url();
        let cause = |error: &(dyn Error + 'static)| match self.proxy() {
            Some(proxy) => format!("through the proxy {}: {}", proxy.shown(), cause(error)),
            None => cause(error),
        };
        if let Some(refused) = find::<NameRefused>(&error) {
            return OutboundError::Refused {
                host,
                address: Some(refused.address),
                rule: refused.rule,
                hop: number,
            };
        }
        if error.is_builder() {
            return OutboundError::Setup {
                cause: cause(&error),
            };
        }
        if error.is_connect() || error.is_dns() {
            let cause = if error.is_timeout() {
                format!(
                    "no connection within {} s",
                    self.settings.connect_timeout.as_secs_f64()
                )
            } else {
                cause(&error)
            };
            // The first hop has been answered where there is a second one.
            return if number > 1 {
                OutboundError::Broken {
                    host,
                    cause: format!("a redirect leads nowhere: {cause}"),
                }
            } else {
                OutboundError::Unreachable { host, cause }
            };
        }
        OutboundError::Broken {
            host,
            cause: cause(&error),
        }
    }
}

const fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Where an answer sends us, if it does.
fn redirect(status: u16, headers: &HeaderMap) -> Option<String> {
    if !is_redirect(status) {
        return None;
    }
    headers
        .get(LOCATION)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn unread(url: &Url, error: reqwest::Error) -> OutboundError {
    let host = hop::shown(url);
    let error = error.without_url();
    let cause = cause(&error);
    if error.is_decode() && find::<std::io::Error>(&error).is_some_and(is_bad_data) {
        OutboundError::Protocol { host, cause }
    } else {
        OutboundError::Broken { host, cause }
    }
}

fn is_bad_data(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, Other};
    matches!(error.kind(), InvalidData | InvalidInput | Other)
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, OutboundError> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        // The value is not shown: it may be a credential.
        let bad = || OutboundError::Setup {
            cause: format!(
                "the header `{}` has a value or name that HTTP does not allow",
                name.escape_debug()
            ),
        };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        map.append(key, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(map)
}

fn clean(url: &Url) -> String {
    let mut url = url.clone();
    hop::drop_userinfo(&mut url);
    url.into()
}

/// The innermost reason: what a person can act on. The client's own layers above it only say that a
/// request failed.
fn cause(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
