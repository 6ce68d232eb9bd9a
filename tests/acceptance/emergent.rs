//! Terms that nobody listed: a stream is replayed, and what rises in it is told by name.

use bellwether_testkit::Project;
use serde_json::{Value, json};

/// Nouns that an invented press writes of, in both scripts.
const WORDS: [(&str, &str); 24] = [
    ("港口", "港口"),
    ("市場", "市场"),
    ("學校", "学校"),
    ("醫院", "医院"),
    ("橋樑", "桥梁"),
    ("漁船", "渔船"),
    ("預算", "预算"),
    ("電車", "电车"),
    ("颱風", "台风"),
    ("圖書館", "图书馆"),
    ("蔬菜", "蔬菜"),
    ("音樂會", "音乐会"),
    ("河流", "河流"),
    ("農夫", "农夫"),
    ("工廠", "工厂"),
    ("候選人", "候选人"),
    ("選區", "选区"),
    ("志工", "志工"),
    ("鐵路", "铁路"),
    ("球隊", "球队"),
    ("天氣", "天气"),
    ("房屋", "房屋"),
    ("遊客", "游客"),
    ("茶葉", "茶叶"),
];
const VERBS: [(&str, &str); 8] = [
    ("增加了", "增加了"),
    ("需要", "需要"),
    ("等待", "等待"),
    ("離開", "离开"),
    ("支持", "支持"),
    ("討論", "讨论"),
    ("檢查", "检查"),
    ("影響", "影响"),
];

/// Chooses as a die would, the same each time.
pub(crate) struct Die(pub(crate) u64);

impl Die {
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    pub(crate) fn sentence(&mut self, is_simplified: bool) -> String {
        let mut text = String::new();
        for _ in 0..6 {
            let (a, verb, b) = (
                WORDS[self.below(24)],
                VERBS[self.below(8)],
                WORDS[self.below(24)],
            );
            let parts = if is_simplified {
                [a.1, verb.1, b.1]
            } else {
                [a.0, verb.0, b.0]
            };
            text.push_str(&parts.concat());
            text.push('，');
        }
        text
    }
}

pub(crate) const OUTLETS: [(&str, bool); 4] = [
    ("far-state", true),
    ("far-proxy", false),
    ("press", false),
    ("crowd", false),
];

fn line(die: &mut Die, minute: usize, outlet: usize, group: (&str, bool), phrase: &str) -> Value {
    let at = jiff::Timestamp::from_second(1_793_491_200 + 60 * minute as i64).unwrap();
    json!({
        "id": format!("{minute}-{outlet}"), "time": at.to_string(), "publisher": format!("{}-{outlet}", group.0),
        "group": group.0, "title": die.sentence(group.1), "text": format!("{}{phrase}{}", die.sentence(group.1), die.sentence(group.1)),
    })
}

/// Ten days of an item every twelve minutes; `pushed` says who writes of the phrase on the tenth.
fn stream(pushed: impl Fn(usize) -> Option<(usize, (&'static str, bool))>) -> Vec<u8> {
    let mut die = Die(7);
    let mut lines = Vec::new();
    for n in 0..1_200 {
        let outlet = die.below(12);
        lines.push(line(&mut die, 12 * n, outlet, OUTLETS[outlet % 4], ""));
    }
    for n in 0..8 {
        if let Some((outlet, group)) = pushed(n) {
            let phrase = if group.1 {
                "幽灵选票"
            } else {
                "幽靈選票"
            };
            lines.push(line(
                &mut die,
                12 * 1_090 + 7 + 9 * n,
                outlet,
                group,
                phrase,
            ));
        }
    }
    lines.sort_by_key(|line| line["time"].as_str().unwrap().to_owned());
    lines
        .iter()
        .flat_map(|line| format!("{line}\n").into_bytes())
        .collect()
}

fn flags(stream: &[u8]) -> Vec<Value> {
    let project = Project::new();
    let groups = json!([
        {"id": "far-state", "role": "state"}, {"id": "far-proxy", "role": "proxy"},
        {"id": "press", "role": "domestic"}, {"id": "crowd", "role": "social"},
    ]);
    std::fs::write(project.path().join("stream.ndjson"), stream).unwrap();
    std::fs::write(project.path().join("groups.json"), groups.to_string()).unwrap();
    let replayed = project
        .run(&[
            "replay",
            "stream.ndjson",
            "--groups",
            "groups.json",
            "--flags",
            "flags.ndjson",
            "--json",
        ])
        .good()
        .json();
    assert_eq!(replayed["bad"], 0);
    std::fs::read_to_string(project.path().join("flags.ndjson"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_phrase_nobody_listed_is_told_in_both_scripts_by_whole_words() {
    let told = flags(&stream(|n| Some((n * 4 / 4, OUTLETS[n % 2]))));
    assert_eq!(told.len(), 1, "one event, one alarm: {told:#?}");
    let flag = &told[0];
    assert_eq!(flag["kind"], "emergent");
    let terms: Vec<&str> = flag["terms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|term| term.as_str().unwrap())
        .collect();
    assert!(
        terms.contains(&"幽靈選票") && terms.contains(&"幽灵选票"),
        "{terms:?}"
    );
    assert_eq!(
        flag["items"].as_array().unwrap().len() as u64,
        flag["count"].as_u64().unwrap()
    );
    assert!(flag["baseline"].as_f64().unwrap() < 0.1);
}

#[test]
fn one_outlet_however_loud_is_not_told() {
    assert_eq!(
        flags(&stream(|_| Some((1, OUTLETS[1])))),
        Vec::<Value>::new()
    );
}
