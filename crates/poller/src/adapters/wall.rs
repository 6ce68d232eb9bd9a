//! Pages that stand in the way of the one that was asked for, most of them with status 200.
//!
//! A wall is told by what only a wall has: a check's own script, a consent host, a form for a
//! password where an article should be. Words alone do not make a wall unless the page says little
//! else, since articles write about walls.

use url::Url;

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wall {
    /// A check for robots.
    #[error("the server shows a check for robots instead of the page")]
    Robots,
    /// A refusal.
    #[error("the server shows a refusal instead of the page")]
    Refused,
    /// A request to slow down.
    #[error("the server says that there were too many requests")]
    RateLimited,
    /// A login.
    #[error("the server asks for a login instead of showing the page")]
    Login,
    /// A question that must be answered first.
    #[error("the server asks for consent instead of showing the page")]
    Consent,
    /// A question for the reader's age.
    #[error("the server asks for the reader's age instead of showing the page")]
    Age,
}

/// A page with more text than this is a page, whatever words it has.
const WALL_TEXT_CHARS_MAX: usize = 1_200;

/// Many pages have a form for a password; one that asks for it says little else.
const LOGIN_TEXT_CHARS_MAX: usize = 300;

/// A field for a password, as pages write it.
const PASSWORD_FIELDS: [&str; 3] = ["type=\"password\"", "type='password'", "type=password"];

/// Found in the source of a check and of nothing else.
const ROBOT_MARKS: [&str; 9] = [
    "_cf_chl_opt",
    "cf-browser-verification",
    "<title>just a moment...</title>",
    "_incapsula_resource",
    "geo.captcha-delivery.com",
    "/_sec/verify?provider=interstitial",
    "id=\"px-captcha\"",
    "window.awswafcookiedomainlist",
    "anubis_challenge",
];

const ROBOT_WORDS: [&str; 8] = [
    "are you a robot",
    "verify you are human",
    "unusual traffic from your",
    "enable javascript and cookies to continue",
    "安全验证",
    "滑动验证",
    "人机验证",
    "請完成驗證",
];

const REFUSED_WORDS: [&str; 8] = [
    "access denied",
    "you have been blocked",
    "attention required! | cloudflare",
    "you don't have permission to access",
    "request unsuccessful",
    "not available in your region",
    "доступ ограничен",
    "访问被拒绝",
];

const RATE_WORDS: [&str; 5] = [
    "too many requests",
    "rate limit exceeded",
    "访问过于频繁",
    "操作过于频繁",
    "slow down",
];

/// Hosts that only ask for consent.
const CONSENT_HOSTS: [&str; 4] = [
    "consent.yahoo.com",
    "consent.google.com",
    "consent.youtube.com",
    "guce.yahoo.com",
];

/// The wall that a page is, if it is one; `url` is the address that answered.
#[must_use]
pub fn of_page(page: &str, url: &str) -> Option<Wall> {
    let address = Url::parse(url).ok();
    let host = address.as_ref().and_then(Url::host_str).unwrap_or_default();
    let path = address.as_ref().map_or("", Url::path);
    if CONSENT_HOSTS.contains(&host) {
        return Some(Wall::Consent);
    }
    if path.starts_with("/ask/over18") {
        return Some(Wall::Age);
    }
    let source = page.to_lowercase();
    if ROBOT_MARKS.iter().any(|mark| source.contains(mark)) {
        return Some(Wall::Robots);
    }
    let text = crate::html::to_text(&source);
    if text.chars().take(WALL_TEXT_CHARS_MAX + 1).count() > WALL_TEXT_CHARS_MAX {
        return None;
    }
    let title = source
        .split_once("<title")
        .and_then(|(_, rest)| rest.split_once("</title"))
        .map_or("", |(title, _)| title);
    let says = |words: &[&str]| words.iter().any(|w| text.contains(w) || title.contains(w));
    if says(&ROBOT_WORDS) {
        Some(Wall::Robots)
    } else if says(&RATE_WORDS) {
        Some(Wall::RateLimited)
    } else if says(&REFUSED_WORDS) {
        Some(Wall::Refused)
    } else if text.chars().count() <= LOGIN_TEXT_CHARS_MAX
        && PASSWORD_FIELDS.iter().any(|mark| source.contains(mark))
    {
        Some(Wall::Login)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_and_pages() {
        let article = format!(
            "<p>{}</p>",
            "Robots ask: are you a robot? Access denied. ".repeat(60)
        );
        for (page, url, expected) in [
            (
                "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>",
                "https://e.org/a",
                Some(Wall::Robots),
            ),
            (
                "<title>Access Denied</title><h1>Access Denied</h1><p>You don't have permission to access this server. Reference #18.1</p>",
                "https://e.org/a",
                Some(Wall::Refused),
            ),
            (
                "<h1>429 Too Many Requests</h1>",
                "https://e.org/a",
                Some(Wall::RateLimited),
            ),
            (
                "<form><input name=u><input type=\"password\" name=p></form>",
                "https://e.org/a",
                Some(Wall::Login),
            ),
            (
                "<title>Sign in</title><form><input type=password name=p></form>",
                "https://e.org/a",
                Some(Wall::Login),
            ),
            (
                "<p>We and our partners</p>",
                "https://consent.yahoo.com/v2/collectConsent",
                Some(Wall::Consent),
            ),
            (
                "<form action=/ask/over18>",
                "https://www.ptt.cc/ask/over18?from=x",
                Some(Wall::Age),
            ),
            (
                "<p>访问过于频繁，请稍后再试</p>",
                "https://e.cn/a",
                Some(Wall::RateLimited),
            ),
            (article.as_str(), "https://e.org/a", None),
            ("<p>A short note.</p>", "https://e.org/a", None),
        ] {
            assert_eq!(of_page(page, url), expected, "{page}");
        }
    }
}
