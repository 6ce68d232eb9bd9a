//! A text on its way from a state outlet to the press, one text posted by many accounts, and the
//! ledger that counts both: replayed, and asked for.

use bellwether_testkit::Project;
use serde_json::{Value, json};

const TITLE: &str = "學者稱計票系統存在漏洞";
const ORIGINAL: &str = "海濱大學教授鄔國梁二十日表示，第九選區使用的計票系統存在漏洞，三千七百二十一張選票的紀錄與紙本不符。\
    他在論壇上說：「機器認得的不是選民的意思。」選務機構尚未回應，研究團隊將於下週公布兩百四十頁報告，並要求重新清點其中一百一十七個投票所。助理研究員涂蘊慈估計，重新清點約需四百六十萬元。";
const WIRE: &str = "（綜合報導）海濱大學教授鄔國梁二十日表示，第九選區使用的計票系統存在漏洞，三千七百二十一張選票的紀錄與紙本不符。\
    他在論壇上說：「機器認得的不是選民的意思。」選務機構尚未回應，研究團隊將於下週公布兩百四十頁報告，並要求重新清點其中一百一十七個投票所。助理研究員涂蘊慈估計，重新清點約需四百六十萬元。";
const SPUN: &str = "機器不認選民？海濱大學的鄔國梁教授指出，第九選區所採用的計票設備有嚴重缺陷，高達3,721張選票的數據和紙上記載對不起來。\
    「機器認得的不是選民的意思。」他在座談中如此批評。他的團隊打算下星期發表長達240頁的研究，同時呼籲再次點算117個投票所，選務單位則沒有出面說明。研究助理涂蘊慈認為，這樣做大概要花460萬元。";
const OTHER: &str = "第九選區的候選人昨天到市場拜票，攤商抱怨停車不便。選務人員在活動中心示範投票流程，居民詢問身分證遺失該怎麼辦，\
    工作人員回答可以憑健保卡補辦，預計有五十八位志工輪班協助長者。";

fn line(id: &str, time: &str, publisher: &str, group: &str, text: &str) -> Value {
    json!({"id": id, "time": time, "publisher": publisher, "group": group, "title": "", "text": text})
}

/// A state outlet first, then a proxy, then four of the press, one of them with words of its own.
fn stream() -> Vec<Value> {
    let mut lines = vec![
        json!({"id": "s1", "time": "2026-11-20T01:00:00Z", "publisher": "state-a", "group": "far-state",
            "title": TITLE, "text": ORIGINAL}),
        line("o1", "2026-11-20T01:30:00Z", "press-a", "press", OTHER),
        line("p1", "2026-11-20T02:10:00Z", "proxy-a", "far-proxy", WIRE),
        line("d1", "2026-11-20T03:00:00Z", "press-a", "press", SPUN),
        line(
            "d2",
            "2026-11-20T03:40:00Z",
            "press-b",
            "press",
            &format!("（快訊）{SPUN}"),
        ),
        line("d3", "2026-11-20T04:00:00Z", "press-c", "press", WIRE),
    ];
    for account in 0..12 {
        let time = format!("2026-11-20T06:{:02}:10Z", account / 2);
        let text = format!(
            "大家快看 第九選區開票所的燈忽然熄了三分鐘 監票員全被請到門外 沒有人解釋 https://t.example/{account}"
        );
        lines.push(line(
            &format!("a{account}"),
            &time,
            &format!("account-{account}"),
            "crowd",
            &text,
        ));
    }
    lines
}

const ROLES: &str = "[[group]]\nid = \"far-state\"\nname = \"Far state\"\nrole = \"state\"\n\
    [[group]]\nid = \"far-proxy\"\nname = \"Far proxy\"\nrole = \"proxy\"\n\
    [[group]]\nid = \"press\"\nname = \"Press\"\nrole = \"domestic\"\n\
    [[group]]\nid = \"crowd\"\nname = \"Crowd\"\nrole = \"social\"\n\
    [[group]]\nid = \"checkers\"\nname = \"Checkers\"\nrole = \"factcheck\"\n";

fn ndjson(lines: &[Value]) -> Vec<u8> {
    lines
        .iter()
        .flat_map(|line| format!("{line}\n").into_bytes())
        .collect()
}

#[test]
fn a_replay_flags_a_lineage_and_what_is_posted_together() {
    let project = Project::new();
    let groups = json!([
        {"id": "far-state", "role": "state"}, {"id": "far-proxy", "role": "proxy"},
        {"id": "press", "role": "domestic"}, {"id": "crowd", "role": "social"},
    ]);
    std::fs::write(project.path().join("stream.ndjson"), ndjson(&stream())).unwrap();
    std::fs::write(project.path().join("groups.json"), groups.to_string()).unwrap();
    let report = project.run(&[
        "replay",
        "stream.ndjson",
        "--groups",
        "groups.json",
        "--flags",
        "flags.ndjson",
        "--data",
        "replayed",
        "--json",
    ]);
    let report = report.good().json();
    assert_eq!((&report["lines"], &report["bad"]), (&json!(18), &json!(0)));

    let flags = std::fs::read_to_string(project.path().join("flags.ndjson")).unwrap();
    let flags: Vec<Value> = flags
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(report["flags"], flags.len());
    let of = |kind: &str| {
        flags
            .iter()
            .filter(|flag| flag["kind"] == kind)
            .cloned()
            .collect::<Vec<_>>()
    };

    // Told when the third family of the press carries it, with whom each text is most like.
    let lineages = of("lineage");
    let last = lineages.last().expect("a lineage");
    assert_eq!(lineages[0]["time"], "2026-11-20T04:00:00Z");
    assert_eq!(last["terms"], json!([TITLE]));
    let told: Vec<(&str, Option<&str>)> = last["lineage"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["item"].as_str().unwrap(), member["parent"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("s1", None),
            ("p1", Some("s1")),
            ("d1", Some("s1")),
            ("d2", Some("d1")),
            ("d3", Some("p1")),
        ]
    );
    // Eight accounts within ten minutes; what the press printed before is another story.
    let together = of("coordination");
    assert_eq!(together[0]["time"], "2026-11-20T06:03:10Z");
    assert_eq!(together[0]["evidence"]["object"], "text");
    assert_eq!(together[0]["evidence"]["accounts"], 8);
    assert_eq!(
        together.last().unwrap()["items"].as_array().unwrap().len(),
        12
    );

    // The folder of a replay is its own.
    let again = project.run(&[
        "replay",
        "stream.ndjson",
        "--flags",
        "again.ndjson",
        "--data",
        "replayed",
    ]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("is not empty"), "{}", again.err);
}

/// Posts of one or two characters of their own, so that only their links and hashtags can be alike.
fn short_posts() -> Vec<Value> {
    const OWN: &str = "風雨雷電山川河海日月星辰春夏秋冬東西南北金木水火土天地玄黃宇宙洪荒";
    let own: Vec<char> = OWN.chars().collect();
    let mut posts = Vec::new();
    let mut post = |time: String, account: usize, object: &str| {
        let (a, b) = (account % own.len(), account * 7 / 3 % own.len());
        let text = format!("{}{} {object}", own[a], own[b]);
        let id = format!("{time} {object}");
        posts.push(line(
            &id,
            &time,
            &format!("account-{account}"),
            "crowd",
            &text,
        ));
    };
    // All day long every third post of a hundred accounts has one hashtag.
    for number in 0..24 * 60 {
        let time = format!("2026-11-20T{:02}:{:02}:00Z", number / 60, number % 60);
        post(time, number * 31 % 100, ["#早", "", ""][number % 3]);
    }
    for (minutes, object) in [
        (1, "#燈熄了"),
        (2, "https://claims.example/lights?utm_source=a"),
        (3, "https://press-a.example/lights?fbclid=x"),
        (4, "#停車"),
    ] {
        for account in 0..10 {
            let time = format!("2026-11-21T00:{minutes}{account}:30Z");
            post(time, 200 + account, object);
        }
    }
    posts
}

#[test]
fn links_and_hashtags_posted_together_are_told_with_what_is_expected() {
    let project = Project::new();
    let mut lines = vec![json!({
        "id": "o1", "time": "2026-11-20T00:00:00Z", "publisher": "press-a", "group": "press",
        "url": "http://www.press-a.example/lights", "title": "路燈維修 #停車", "text": OTHER,
    })];
    lines.extend(short_posts());
    let groups = json!([{"id": "press", "role": "domestic"}, {"id": "crowd", "role": "social"}]);
    std::fs::write(project.path().join("stream.ndjson"), ndjson(&lines)).unwrap();
    std::fs::write(project.path().join("groups.json"), groups.to_string()).unwrap();
    let report = project.run(&[
        "replay",
        "stream.ndjson",
        "--groups",
        "groups.json",
        "--flags",
        "flags.ndjson",
        "--json",
    ]);
    assert_eq!(report.good().json()["bad"], 0);
    let flags = std::fs::read_to_string(project.path().join("flags.ndjson")).unwrap();
    let flags: Vec<Value> = flags
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<(&str, &str, &str)> = flags
        .iter()
        .map(|flag| {
            (
                flag["kind"].as_str().unwrap(),
                flag["terms"][0].as_str().unwrap(),
                flag["time"].as_str().unwrap(),
            )
        })
        .collect();
    // What an outlet had before them is passed on; what is posted all day is nothing new.
    assert_eq!(
        told,
        [
            ("coordination", "#燈熄了", "2026-11-21T00:17:30Z"),
            (
                "coordination",
                "claims.example/lights",
                "2026-11-21T00:27:30Z"
            ),
        ]
    );
    let evidence = &flags[0]["evidence"];
    assert_eq!(evidence["object"], "hashtag");
    assert_eq!(
        (
            &evidence["accounts"],
            &evidence["window_seconds"],
            &evidence["silent_before"]
        ),
        (&json!(8), &json!(600), &json!(8))
    );
    assert_eq!(flags[0]["items"].as_array().unwrap().len(), 8);
    let number = |name: &str| evidence[name].as_f64().unwrap();
    assert!(number("p") <= number("p_max") && number("expected") < 1.0);
    assert!(!flags[0].to_string().contains("account-"), "no names");
}

#[test]
fn the_echo_ledger_counts_both_directions_beside_what_size_gives() {
    let project = Project::new();
    project.write("config/groups.toml", ROLES);
    let imported = project.run_with(&["import", "-", "--json"], &ndjson(&stream()));
    assert_eq!(imported.good().json()["items_new"], 18);
    let ledger = project
        .run(&[
            "echo",
            "--from",
            "2026-11-19",
            "--to",
            "2026-11-21",
            "--json",
        ])
        .good()
        .json();
    assert_eq!(ledger["lineages"], 1);
    let echo = |from: &str, to: &str| {
        let echoes = ledger["echoes"].as_array().unwrap();
        echoes
            .iter()
            .find(|echo| echo["from"] == from && echo["to"] == to)
            .cloned()
            .unwrap()
    };
    let forth = echo("far-state", "press");
    assert_eq!(
        (&forth["shared"], &forth["first"], &forth["echoes"]),
        (&json!(1), &json!(1), &json!(3))
    );
    assert_eq!(
        (&forth["expected"], &forth["lag_seconds"]),
        (&json!(0.25), &json!(7200))
    );
    let back = echo("press", "far-state");
    assert_eq!(
        (&back["first"], &back["expected"], &back["lag_seconds"]),
        (&json!(0), &json!(0.75), &Value::Null)
    );

    // The same between outlets; accounts are none.
    let by_outlet = project
        .run(&[
            "echo",
            "--by",
            "outlet",
            "--from",
            "2026-11-19",
            "--to",
            "2026-11-21",
            "--limit",
            "100",
            "--json",
        ])
        .good()
        .json();
    let pairs = by_outlet["echoes"].as_array().unwrap();
    let begun: Vec<(&str, &Value)> = pairs
        .iter()
        .filter(|echo| echo["from"] == "state-a")
        .map(|echo| (echo["to"].as_str().unwrap(), &echo["lag_seconds"]))
        .collect();
    assert_eq!(
        begun,
        [
            ("press-a", &json!(7200)),
            ("press-b", &json!(9600)),
            ("press-c", &json!(10800)),
            ("proxy-a", &json!(4200)),
        ]
    );
    assert_eq!((&by_outlet["by"], pairs.len()), (&json!("outlet"), 20));
    let wrong = project.run(&["echo", "--by", "owner"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);

    let mut running = project.start(&["run"]);
    let by_http = running.get("/api/v1/echo?from=2026-11-19&to=2026-11-21");
    assert_eq!(by_http.json()["echoes"], ledger["echoes"]);
    let page = running
        .get("/echo?from=2026-11-19&to=2026-11-21&by=outlet")
        .text();
    assert!(
        page.contains("1 lineage")
            && page.contains("press-c")
            && !page.contains("\">account-0</td>"),
        "{page}"
    );
    let csv = running
        .get("/api/v1/echo?from=2026-11-19&to=2026-11-21&format=csv")
        .text();
    assert!(
        csv.starts_with("from,to,shared,first,share,expected,"),
        "{csv}"
    );
    assert_eq!(running.terminate().code, Some(0));
    let none = project
        .run(&[
            "echo",
            "停車",
            "--from",
            "2026-11-19",
            "--to",
            "2026-11-21",
            "--json",
        ])
        .good()
        .json();
    assert_eq!(none["lineages"], 0, "no lineage has an item that matches");
}

/// A title that one publisher uses day after day is a column's, also beyond the days that are looked
/// back, and a headline that two carry on one day is a story.
#[test]
fn titles_of_columns_make_no_story_and_are_listed() {
    const COLUMN: &str = "The long read from our weekend desk and its friends";
    const HEADLINE: &str = "Ninth district to count all its ballots once more";
    let project = Project::new();
    let mut lines = Vec::new();
    for (number, day) in [1, 8, 15, 16].into_iter().enumerate() {
        let publisher = if day == 16 { "press-b" } else { "press-a" };
        lines.push(
            json!({"id": format!("c{number}"), "time": format!("2026-11-{day:02}T01:00:00Z"),
            "publisher": publisher, "title": COLUMN}),
        );
    }
    for publisher in ["press-a", "press-b"] {
        lines.push(
            json!({"id": format!("h-{publisher}"), "time": "2026-11-16T02:00:00Z", "publisher": publisher,
            "title": HEADLINE}),
        );
    }
    let _ = project.run_with(&["import", "-"], &ndjson(&lines)).good();
    let of = |query: &str| {
        let found = project
            .run(&["search", query, "--all", "--json"])
            .good()
            .json();
        let items = found["items"].as_array().unwrap().clone();
        let stories: Vec<Value> = items
            .iter()
            .map(|item| item["story"]["size"].clone())
            .collect();
        stories
    };
    assert_eq!(of("ballots"), [json!(2), json!(2)]);
    // The latest two are the third and the fourth use.
    assert_eq!(
        of("weekend"),
        [Value::Null, Value::Null, json!(2), json!(2)]
    );
    let listed = project.run(&["column-titles", "--json"]).good().json();
    let title = &listed["titles"][0];
    assert_eq!(
        (&title["title"], &title["publishers"], &title["days"]),
        (&json!(COLUMN), &json!(2), &json!(3))
    );
    assert_eq!(listed["titles"].as_array().unwrap().len(), 1);
    let mut running = project.start(&["run"]);
    assert_eq!(running.get("/api/v1/column-titles").json(), listed);
    assert_eq!(running.terminate().code, Some(0));
    let _ = project.run(&["rebuild", "derived"]).good();
    let again = project.run(&["column-titles", "--json"]).good().json();
    assert_eq!(again, listed);
}

/// Beside a story stand fact-checks of its narrative and what may be the same in another language; neither
/// is a member.
#[test]
fn beside_a_story_stand_fact_checks_and_possible_translations() {
    const TRANSLATED: &str = "A flaw in the counting system of the ninth district, Professor Wu of Seaside University said. \
        The records of 3,721 ballots differ from paper; a report of 240 pages will ask for 117 polling places \
        to be counted again at a cost of 4.615 million.";
    const REPORT: &str = "Officials of the ninth district said that 117 polling places opened on time. Turnout was 23.4% at \
        noon, up from 19.8%, and 58 volunteers helped voters.";
    let project = Project::new();
    project.write("config/groups.toml", ROLES);
    project.write(
        "config/narratives/n.toml",
        "schema = 1\nas_of = 2026-11-01\n[[narrative]]\nid = \"n-machines\"\ntitle = \"Claim: machines miscount\"\n\
         description = \"Claims that machines miscount.\"\ndocumented_by = [{ title = \"T\", publisher = \"P\", \
         date = \"2026-01-01\", url = \"https://checkers.example/\" }]\n[narrative.queries]\n\
         en = '\"counting machine\"'\nzh-Hant = '計票系統'\n",
    );
    let mut lines = stream();
    lines.extend([
        line("x1", "2026-11-21T01:00:00Z", "press-x", "press", TRANSLATED),
        line("x2", "2026-11-21T02:00:00Z", "press-y", "press", REPORT),
        line(
            "x3",
            "2026-11-26T01:00:00Z",
            "press-z",
            "press",
            &TRANSLATED.replace("flaw", "defect found"),
        ),
        line(
            "f1",
            "2026-11-22T01:00:00Z",
            "checker-a",
            "checkers",
            "No counting machine lost votes, a recount of one place shows.",
        ),
        line(
            "f2",
            "2026-11-22T02:00:00Z",
            "checker-a",
            "checkers",
            "A photo of a flooded street is from another year.",
        ),
    ]);
    let lines = String::from_utf8(ndjson(&lines)).unwrap();
    let lines = lines
        .replace("四百六十萬", "四百六十一萬五千")
        .replace("460萬", "461.5萬");
    let _ = project.run_with(&["import", "-"], lines.as_bytes()).good();
    let story = project
        .run(&["search", "鄔國梁", "--all", "--json"])
        .good()
        .json();
    let id = story["items"][0]["story"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let story = project.run(&["story", &id, "--json"]).good().json();
    let guids = |list: &str| {
        let list = story[list].as_array().unwrap().iter();
        list.map(|one| one["item"]["guid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // The one that is a report of the same day has other figures, the last came too late.
    assert_eq!(guids("possible"), ["x1"]);
    assert_eq!(
        story["possible"][0]["figures"],
        json!(["117", "240", "3721", "4615000"])
    );
    assert_eq!(guids("fact_checks"), ["f1"]);
    assert_eq!(
        story["fact_checks"][0]["narratives"],
        json!(["Claim: machines miscount"])
    );
    assert_eq!(story["items"], 5);
    let told = project.run(&["story", &id]).good().out;
    assert!(
        told.contains("Possible in another language") && told.contains("Fact-check on"),
        "{told}"
    );
    let mut running = project.start(&["run"]);
    let page = running.get(&format!("/stories/{id}")).text();
    assert!(
        page.contains("Possible: the same in another language"),
        "{page}"
    );
    assert!(page.contains("Fact-checks on the same narrative"), "{page}");
    let between = running
        .get("/api/v1/echo?from=2026-11-19&to=2026-11-27")
        .json();
    assert_eq!(
        between["lineages"], 1,
        "what is possible is counted nowhere"
    );
    assert_eq!(running.terminate().code, Some(0));
}
