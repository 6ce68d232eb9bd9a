//! What an analyst sees and does in a real browser, on the data of the demo: with script and without, on a
//! laptop and on a phone, in both languages and themes, and what axe-core says of it.

use std::path::PathBuf;
use std::time::Duration;

use bellwether_testkit::{Browser, Project, Running, repository};
use serde_json::Value;

/// The demo is played within this; it takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const LAPTOP: (u32, u32) = (1440, 900);
pub(crate) const PHONE: (u32, u32) = (390, 844);

/// A played demo, which still serves its page.
fn played() -> (Project, Running, String) {
    let project = Project::new().with("BELLWETHER_DEMO_CHAT", "http://127.0.0.1:9/x");
    let mut running = project.start(&["demo", "--data", "demo", "--listen", "127.0.0.1:0"]);
    let address = running.address_within(PATIENCE);
    (project, running, format!("http://{address}"))
}

/// The link of the first message about a burst.
fn link(running: &Running) -> String {
    let said = running.out();
    let at = said
        .find("/bursts/")
        .unwrap_or_else(|| panic!("no link: {said}"));
    let start = said[..at].rfind("http://").unwrap();
    let link = said[start..].split_whitespace().next().unwrap();
    link.to_owned()
}

/// What stands beside the window, and what was refused or failed.
pub(crate) fn unsound(browser: &mut Browser, what: &str) -> Vec<String> {
    let beside = browser.value(
        "(() => { const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return null;
            // What can be moved within itself does not count, nor what is within what counts.
            const out = [...document.body.querySelectorAll('*')].filter(e => !e.closest('.scroll')
                && e.getBoundingClientRect().right > width + 1).pop();
            return out ? out.outerHTML.slice(0, 300) : 'something'; })()",
    );
    let mut found = browser.faults();
    if let Some(beside) = beside.as_str() {
        found.push(format!("beside the window: {beside}"));
    }
    found
        .into_iter()
        .map(|fault| format!("{what}: {fault}"))
        .collect()
}

/// Nothing stands beside the window, and nothing was refused or failed.
pub(crate) fn is_sound(browser: &mut Browser, what: &str) {
    assert_eq!(unsound(browser, what), Vec::<String>::new());
}

#[test]
fn the_day_of_an_analyst_from_the_message_to_the_file() {
    let Some(mut browser) = Browser::start("the walk of a real browser") else {
        return;
    };
    let (_project, mut running, base) = played();
    let link = link(&running);
    assert!(link.contains("?pass="), "{link}");
    for (number, (runs, (width, height))) in [(true, LAPTOP), (false, LAPTOP), (true, PHONE)]
        .into_iter()
        .enumerate()
    {
        let what = format!("script {runs}, {width} px");
        browser.size(width, height);
        browser.scripts(runs);
        // What is pushed, how much against how much is usual, who first, and what is missing.
        browser.open(&link);
        let text = browser.text();
        for part in ["counting machines", "voices", "usual", "Coverage"] {
            assert!(text.contains(part), "{what}: {part}\n{text}");
        }
        is_sound(&mut browser, &what);
        // She takes it.
        let name = format!("Lin {number}");
        browser.fill("form[action*='/acknowledge'] input[name=by]", &name);
        browser.click("form[action*='/acknowledge'] button");
        assert!(browser.text().contains(&name), "{what}: {}", browser.text());
        is_sound(&mut browser, &what);
        // The story, and two texts side by side.
        browser.open(&link);
        browser.click("main a[href^='/stories/']");
        assert!(browser.address().contains("/stories/"), "{what}");
        is_sound(&mut browser, &what);
        let texts = browser.value(
            "[...new Set([...document.querySelectorAll(\"main a[href^='/items/']\")]
                .map(link => link.getAttribute('href').split('/')[2]))]",
        );
        let texts: Vec<&str> = texts
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let (first, last) = (texts[0], texts[texts.len() - 1]);
        browser.open(&format!("{base}/compare?item={first}&with={last}"));
        assert!(
            browser.text().contains("Side by side"),
            "{what}: {}",
            browser.text()
        );
        is_sound(&mut browser, &what);
        // The case.
        browser.open(&link);
        let title = format!("案件 {number}");
        let form = "form[action='/cases/add']";
        browser.value(&format!(
            "document.querySelector(\"{form} select\").value = ''"
        ));
        browser.fill(&format!("{form} input[name=title]"), &title);
        browser.fill(&format!("{form} input[name=by]"), &name);
        browser.click(&format!("{form} button"));
        let text = browser.text();
        assert!(
            text.contains(&title) && text.contains("counting machines"),
            "{what}: {text}"
        );
        is_sound(&mut browser, &what);
        // And its file.
        let file =
            browser.value("document.querySelector(\"a[href$='format=md']\").getAttribute('href')");
        let file = running.get(file.as_str().unwrap()).text();
        assert!(file.starts_with(&format!("# {title}\n")), "{what}: {file}");
        assert!(file.contains(&format!("{base}/bursts/")), "{what}: {file}");
    }
}

/// The views: what they are called, and where they are.
fn views(running: &mut Running) -> Vec<(String, String)> {
    let of = |list: &Value, key: &str| {
        list["items"][0][key]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let burst = of(&running.get("/api/v1/bursts").json(), "id");
    let alert = of(&running.get("/api/v1/alerts").json(), "id");
    let items = running.get("/api/v1/search?q=&limit=1").json();
    let item = of(&items, "id");
    let mut views: Vec<(String, String)> = [
        ("now", "/"),
        ("search", "/search?q=counting&from=&to="),
        ("narratives", "/narratives"),
        ("elections", "/elections"),
        ("bursts", "/bursts"),
        ("alerts", "/alerts"),
        ("silences", "/silences"),
        ("echo", "/echo"),
        ("sources", "/sources"),
        ("queries", "/queries"),
        ("cases", "/cases"),
        ("keys", "/keys"),
        ("log-in", "/login"),
    ]
    .map(|(name, path)| (name.to_owned(), path.to_owned()))
    .into();
    views.push(("burst".to_owned(), format!("/bursts/{burst}")));
    views.push(("alert".to_owned(), format!("/alerts/{alert}")));
    views.push(("item".to_owned(), format!("/items/{item}")));
    views.push(("story".to_owned(), format!("/stories/{item}")));
    views
}

/// What axe-core is asked with; `None`, with a line, where it is not there.
fn axe() -> Option<String> {
    let path = repository().join("target/axe/node_modules/axe-core/axe.min.js");
    let script = std::fs::read_to_string(&path).ok();
    if script.is_none() {
        let line = "SKIPPED: what axe-core says, since it is not there; `tests/servers` gets it";
        assert!(std::env::var_os("CI").is_none(), "{line}");
        println!("{line}");
    }
    script
}

/// What stood on the page and has moved since it was first shown (Layout Instability API).
const MOVED: &str = "new Promise(done => { const moved = [];
    new PerformanceObserver(list => list.getEntries().forEach(e => e.sources.forEach(s => moved.push(
        e.value + ' ' + (s.node && s.node.outerHTML || s.node && s.node.textContent || '?').slice(0, 80)
        + JSON.stringify(s.previousRect) + JSON.stringify(s.currentRect)))))
        .observe({type: 'layout-shift', buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(moved), 0))); })";

/// What a page weighs, as it comes.
const BYTES: &str = "fetch(location.href).then(answer => answer.blob()).then(body => body.size)";

/// No page weighs more.
const PAGE_BYTES_MAX: u64 = 250_000;

#[test]
fn every_view_can_be_read_by_everybody() {
    let Some(mut browser) = Browser::start("the views in a real browser") else {
        return;
    };
    let axe = axe();
    let folder = std::env::var_os("BELLWETHER_SCREENS").map(PathBuf::from);
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder).unwrap();
    }
    let (_project, mut running, base) = played();
    let views = views(&mut running);
    let mut faults = Vec::new();
    for language in ["en", "zh-Hant"] {
        for theme in ["light", "dark"] {
            browser.cookie(&base, "bellwether_language", language);
            browser.cookie(&base, "bellwether_theme", theme);
            for (name, path) in &views {
                for (device, (width, height)) in [("laptop", LAPTOP), ("phone", PHONE)] {
                    let what = format!("{name}-{language}-{theme}-{device}");
                    browser.size(width, height);
                    browser.open(&format!("{base}{path}"));
                    assert_eq!(
                        browser.value("document.documentElement.lang"),
                        language,
                        "{what}"
                    );
                    is_sound(&mut browser, &what);
                    for moved in browser.value(MOVED).as_array().unwrap() {
                        faults.push(format!("{what}: moved: {moved}"));
                    }
                    let bytes = browser.value(BYTES);
                    assert!(
                        bytes.as_u64() < Some(PAGE_BYTES_MAX),
                        "{what}: {bytes} bytes"
                    );
                    if let Some(folder) = &folder {
                        browser.picture(&folder.join(format!("{what}.png")));
                    }
                    let Some(axe) = axe.as_deref().filter(|_| device == "laptop") else {
                        continue;
                    };
                    browser.value(&format!("{axe};0"));
                    let found = browser.value(
                        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations
                            .filter(v => ['serious', 'critical'].includes(v.impact))
                            .map(v => v.id + ' ' + v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary).join(' | ')))",
                    );
                    for fault in found.as_array().unwrap() {
                        faults.push(format!("{what}: {fault}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_page_tells_of_changes_and_keys_lead_about() {
    let Some(mut browser) = Browser::start("the script of the pages") else {
        return;
    };
    let (_project, _running, base) = played();
    browser.size(LAPTOP.0, LAPTOP.1);
    browser.open(&format!("{base}/"));
    let is_live = "new Promise(done => { const look = () => document.querySelector('.live').textContent === 'Live'
        ? done(true) : setTimeout(look, 50); look(); })";
    assert_eq!(browser.value(is_live), Value::Bool(true));
    let press = |key: &str| {
        format!(
            "document.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))"
        )
    };
    browser.value(&press("j"));
    let focused = browser.value("document.activeElement.getAttribute('href') || ''");
    assert!(
        focused.as_str().unwrap().starts_with("/bursts/"),
        "{focused}"
    );
    browser.value(&press("/"));
    assert_eq!(browser.value("document.activeElement.name"), "q");
    browser.value("document.activeElement.blur()");
    browser.value(&press("g"));
    browser.follow(&press("o"));
    assert!(
        browser.address().ends_with("/sources"),
        "{}",
        browser.address()
    );
    // Switched off they do nothing.
    browser.open(&format!("{base}/keys"));
    browser.click("button[name=keys]");
    browser.open(&format!("{base}/"));
    browser.value(&press("j"));
    assert_eq!(browser.value("document.activeElement.tagName"), "BODY");
    is_sound(&mut browser, "keys");
}
