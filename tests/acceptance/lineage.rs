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

#[test]
fn the_echo_ledger_counts_both_directions_beside_what_size_gives() {
    let project = Project::new();
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

    let mut running = project.start(&["run"]);
    let by_http = running.get("/api/v1/echo?from=2026-11-19&to=2026-11-21");
    assert_eq!(by_http.json()["echoes"], ledger["echoes"]);
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
