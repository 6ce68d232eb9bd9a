//! Hostile text in every field that a source controls, in a real browser: nothing of it runs, nothing is asked
//! of anybody, the layout holds, and the bytes as they came are inert.

use bellwether_testkit::{
    Answer, Browser, Entry, Project, Server, Source, now, rss, rss_date, until,
};
use jiff::SignedDuration;
use serde_json::json;

use crate::browser::{LAPTOP, PHONE, unsound};
use crate::stage;

/// What would run: each sets a mark that the test looks for.
const RUNS: [&str; 6] = [
    "<script>window.owned=1</script>",
    "<img src=x onerror=window.owned=1>",
    "\"><svg onload=window.owned=1>",
    "' onmouseover='window.owned=1' x='",
    "</title></textarea></style><script>window.owned=1</script>",
    "{{constructor.constructor('window.owned=1')()}}${window.owned=1}",
];

/// What would break the layout, or what people read.
fn breaks() -> Vec<String> {
    vec![
        // An override of the direction of writing that never ends.
        "\u{202E}\u{2066}gpj.exe 開票".to_owned(),
        format!("zero{}width", "\u{200B}\u{200D}\u{2060}".repeat(3_000)),
        format!("marks Z{}", "\u{0301}\u{0334}\u{0489}".repeat(500)),
        format!("long {}", "W".repeat(10_000)),
        format!("長{}", "選".repeat(20_000)),
        format!("lines {}", "\u{2028}\n\r\u{0085}".repeat(500)),
        "\u{0000}\u{0007}\u{001B}[31m\u{FFFE}\u{10FFFF}\u{E0041}".to_owned(),
        "🏴\u{E0067}\u{E0062}👩\u{200D}👩\u{200D}👧 ﷽﷽﷽﷽﷽﷽﷽﷽﷽﷽".to_owned(),
    ]
}

/// No page is longer, whatever stands on it.
const PAGE_CHARS_MAX: u64 = 1_000_000;

/// Titles, each with the topic of the rule, so that all of them stand in its burst too.
fn titles() -> Vec<String> {
    let runs = RUNS.into_iter().map(str::to_owned);
    let mut titles: Vec<String> = runs.chain(breaks()).collect();
    // A title of a megabyte.
    titles.push("鐵票箱 ".repeat(100_000));
    titles
        .into_iter()
        .map(|title| format!("鐵票箱遺失 {title}"))
        .collect()
}

/// The feed of a paper: every field hostile.
fn feed(paper: usize) -> String {
    let at = now() - SignedDuration::from_secs(60);
    let entries: Vec<Entry> = titles()
        .into_iter()
        .enumerate()
        .map(|(number, title)| {
            let run = RUNS[number % RUNS.len()];
            let link = match number % 4 {
                0 => "javascript:window.owned=1".to_owned(),
                1 => format!(
                    "https://paper-{paper}.example/{number}?\"><script>window.owned=1</script>"
                ),
                2 => "data:text/html,<script>window.owned=1</script>".to_owned(),
                _ => format!("https://\u{202E}paper-{paper}.example/{number}"),
            };
            Entry {
                guid: format!("{run} {number}"),
                link,
                // Each paper its own words, so that they are many stories; and each title in two papers.
                text: format!("{run} {title} <a href=\"javascript:window.owned=1\">{paper}</a>"),
                title,
                date: if number % 3 == 0 {
                    format!("{run}{}", rss_date(at))
                } else {
                    rss_date(at)
                },
            }
        })
        .collect();
    rss(&entries)
}

/// XML has no place for some characters; who sends them sends a broken document, of which what can be read is.
fn served(paper: usize) -> Answer {
    Answer::feed(feed(paper).replace(['\u{0000}', '\u{0007}', '\u{001B}', '\u{FFFE}'], " "))
}

fn project(feeds: &Server) -> Project {
    let project = stage::project(feeds, "webhook", "http://127.0.0.1:9/");
    let sources: Vec<Source> = (0..stage::PAPERS)
        .map(|number| Source {
            id: format!("paper-{number}"),
            url: feeds.url(&format!("/paper-{number}.xml")),
            ..Source::default()
        })
        .collect();
    project.sources(&sources);
    project
}

#[test]
fn hostile_text_of_sources_is_text() {
    let Some(mut browser) = Browser::start("hostile text in a real browser") else {
        return;
    };
    let feeds = Server::scripted(
        (0..stage::PAPERS).map(|paper| (format!("/paper-{paper}.xml"), vec![served(paper)])),
    );
    let project = project(&feeds);
    stage::import_past(&project);
    let mut running = project.start(&["run", "--listen", "127.0.0.1:0"]);
    let base = format!("http://{}", running.address());
    let bursts = until(
        "the burst is found",
        std::time::Duration::from_secs(150),
        || {
            let bursts = running.get("/api/v1/bursts").json();
            (!bursts["items"].as_array()?.is_empty()).then_some(bursts)
        },
    );
    let found = running.get("/api/v1/search?q=&limit=200&from=1d").json();
    let items: Vec<String> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| {
            item["title"]
                .as_str()
                .is_some_and(|title| title.contains("鐵票箱遺失"))
        })
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect();
    assert!(items.len() >= titles().len(), "{} items", items.len());
    let mut paths: Vec<String> = [
        "/",
        "/search",
        "/search?q=window.owned",
        "/bursts",
        "/alerts",
        "/echo",
        "/sources",
        "/narratives",
        "/queries",
        "/cases",
        "/silences",
    ]
    .map(str::to_owned)
    .into();
    for burst in bursts["items"].as_array().unwrap() {
        paths.push(format!("/bursts/{}", burst["id"].as_str().unwrap()));
    }
    for alert in running.get("/api/v1/alerts").json()["items"]
        .as_array()
        .unwrap()
    {
        paths.push(format!("/alerts/{}", alert["id"].as_str().unwrap()));
    }
    for item in items.iter().take(2 * titles().len()) {
        paths.push(format!("/items/{item}"));
        paths.push(format!("/stories/{item}"));
    }
    paths.push(format!("/compare?item={}&with={}", items[0], items[1]));
    let mut faults = Vec::new();
    for (width, height) in [LAPTOP, PHONE] {
        browser.size(width, height);
        for path in &paths {
            let what = format!("{path} at {width} px");
            browser.open(&format!("{base}{path}"));
            faults.extend(unsound(&mut browser, &what));
            let owned = browser.value("typeof window.owned");
            let foreign = browser.value(
                "[...document.querySelectorAll('a[href],img,iframe,object,embed,form,link,script')]
                    .map(e => e.href || e.src || e.action || e.tagName)
                    .filter(a => !/^https?:/.test(a))",
            );
            let length = browser.value("document.documentElement.outerHTML.length");
            if owned != "undefined"
                || foreign != json!([])
                || length.as_u64() > Some(PAGE_CHARS_MAX)
            {
                faults.push(format!("{what}: {owned}, {foreign}, {length} characters"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // The bytes as they came are taken along, and never shown.
    for item in items.iter().take(titles().len()) {
        let raw = running.get(&format!("/api/v1/items/{item}/raw"));
        assert_eq!(raw.header("content-type"), Some("application/octet-stream"));
        assert_eq!(raw.header("x-content-type-options"), Some("nosniff"));
        let disposition = raw.header("content-disposition").unwrap();
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
        assert!(!disposition.contains('<'), "{disposition}");
        let policy = raw.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
    }
}
