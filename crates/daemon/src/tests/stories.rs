//! Stories, two texts side by side, and copies that a search lists once.

use bellwether_archive::{
    Batch, Derived, DerivedState, ItemChange, LogReader, LogWriter, NewCapture, NewItem, Rewording,
    StoredItem,
};
use bellwether_model::{ItemId, Seq, StoryId, TimeReason};
use serde_json::Value;

use super::world::{NOW, World, item, outcome, t};

const TEXT: &str = "選委會表示，第九選區的選票由兩家印刷廠印製，全程錄影，並由各黨代表在場監看，封存後才運往投開票所。";
const SPUN: &str = "消息指出，第九選區的選票由兩家印刷廠印製，過程都有拍攝，各黨代表在場監看，之後才送到投開票所。";

fn capture() -> NewCapture {
    NewCapture {
        uri: "https://alpha.example.org/rss".to_owned(),
        at: t(NOW),
        kind: bellwether_archive::CaptureKind::Response {
            status: 200,
            headers: Vec::new(),
        },
        body: b"-".to_vec(),
    }
}

/// More items, each of a story; the world's own are left alone.
fn tell(world: &World, items: Vec<(NewItem, u32)>) -> Vec<ItemId> {
    let mut writer = LogWriter::open(&world.dir).unwrap();
    let mut ids = Vec::new();
    let mut stories: Vec<u32> = Vec::new();
    for (item, story) in items {
        let mut batch: Batch = outcome(item.source.as_str(), NOW, None);
        batch.capture = Some(capture());
        batch.items = vec![item];
        stories.push(story);
        for change in &writer.append(&[batch]).unwrap()[0].changes {
            let ItemChange::New(id) = change else {
                panic!("{change:?}")
            };
            ids.push(*id);
        }
    }
    derive(world, &ids, &stories);
    ids
}

/// Puts items into stories: each into that of the item at the place named.
fn derive(world: &World, ids: &[ItemId], stories: &[u32]) {
    let log = LogReader::open(&world.dir).unwrap();
    let mut derived = Derived::open(&world.dir).unwrap();
    derived.begin().unwrap();
    for (id, story) in ids.iter().zip(stories) {
        let item = log.item(*id).unwrap().unwrap();
        derived
            .put_item(
                &StoredItem {
                    item: *id,
                    time: item.time,
                    source: item.sources[0].clone(),
                    story: Some(StoryId(ids[*story as usize].0)),
                },
                Seq(0),
            )
            .unwrap();
    }
    commit(world, derived);
}

fn commit(world: &World, mut derived: Derived) {
    let log = LogReader::open(&world.dir).unwrap();
    derived
        .commit(&DerivedState {
            seq: log.head().unwrap().seq,
            tick: Some(t(NOW)),
        })
        .unwrap();
}

/// Says that the second is reworded from the first.
fn reworded(world: &World, other: ItemId, item: ItemId) {
    let mut derived = Derived::open(&world.dir).unwrap();
    derived.begin().unwrap();
    derived
        .put_rewording(&Rewording {
            item,
            other,
            score: 0.91,
        })
        .unwrap();
    commit(world, derived);
}

fn ids(body: &Value) -> Vec<String> {
    let items = body["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

fn strings(ids: &[ItemId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_lineage_in_order_of_time() {
    let world = World::new();
    let dated = |source, at, title: &str, text| item(source, at, title, text);
    let mut backdated = dated("alpha", "2026-11-24T07:59:00Z", "印製", TEXT);
    backdated.published = Some(t("2026-11-20T00:00:00Z"));
    backdated.time_reason = TimeReason::Backdated;
    let told = tell(
        &world,
        vec![
            (dated("beta", "2026-11-24T07:00:00Z", "印製", TEXT), 0),
            (dated("alpha", "2026-11-24T07:00:30Z", "印製", TEXT), 0),
            (dated("alpha", "2026-11-24T07:47:00Z", "據中央社", SPUN), 2),
            (backdated, 0),
        ],
    );
    reworded(&world, told[0], told[2]);
    let story = world.get(&format!("/api/v1/stories/{}", told[2])).await;
    assert_eq!(story.status, 200, "{}", story.body);
    let story = story.json();
    let members = story["members"].as_array().unwrap();
    let order: Vec<&str> = members
        .iter()
        .map(|member| member["item"]["id"].as_str().unwrap())
        .collect();
    let told = strings(&told);
    assert_eq!(order, [&told[0], &told[1], &told[2], &told[3]]);
    let column =
        |name: &str| -> Vec<Value> { members.iter().map(|member| member[name].clone()).collect() };
    assert_eq!(
        column("relation"),
        ["first", "exact", "reworded", "exact"],
        "{members:#?}"
    );
    assert_eq!(
        column("lag_seconds"),
        [0.into(), 30.into(), 2820.into(), Value::Null]
    );
    let same_time = [false, true, false, false];
    assert_eq!(column("same_time"), same_time.map(Value::from));
    assert_eq!(column("from")[..2], [Value::Null, Value::Null]);
    assert_eq!(column("from")[3], *told[0]);
    assert_eq!(members[3]["share_percent"], 100);
    // The one half a minute later and the one whose claim is not believed leave it open.
    assert_eq!(story["first"]["certain"], false);
    assert_eq!(
        story["first"]["may_be_earlier"],
        serde_json::json!([told[1], told[3]])
    );
    let against: Vec<&str> = story["against"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(against, ["domestic-first", "agency"]);
    let pair = &story["rewordings"][0];
    assert_eq!(pair["score"], 0.91);
    let calibration = bellwether_lineage::calibration(0.91);
    assert_eq!(pair["calibration"], calibration);
    let meaning = bellwether_api::calibration_in_words(calibration);
    assert!(
        meaning.starts_with("of pairs with this score, 9"),
        "{meaning}"
    );
    assert_eq!(
        (&story["items"], &story["families"], &story["publishers"]),
        (&4.into(), &2.into(), &2.into())
    );
    assert_eq!(story["stories"].as_array().unwrap().len(), 2);
    assert_eq!(story["complete"], true);

    let page = world.get(&format!("/stories/{}", told[0])).await;
    assert_eq!(page.status, 200);
    for part in [
        "Earliest in the collection: 晚潮報",
        "47 min",
        "same minute",
        "the time it states is not believed",
        "consistent with a rewording",
        &meaning,
        &format!("/compare?item={}&amp;with={}", told[0], told[2]),
    ] {
        assert!(page.body.contains(part), "{part}\n{}", page.body);
    }
    assert!(!page.body.contains(TEXT), "no whole text on a story's page");
    let item = world.get(&format!("/items/{}", told[2])).await.body;
    assert!(item.contains(&format!("/stories/{}", told[2])));

    for id in ["none", "999999", "0"] {
        assert_eq!(world.get(&format!("/stories/{id}")).await.status, 404);
        let reply = world.get(&format!("/api/v1/stories/{id}")).await;
        assert_eq!(reply.status, 404);
        assert!(
            reply.json()["title"]
                .as_str()
                .unwrap()
                .contains("there is no")
        );
    }
}

#[tokio::test]
async fn the_first_is_certain_where_all_others_are_later() {
    let world = World::new();
    let told = tell(
        &world,
        vec![
            (item("alpha", "2026-11-24T07:00:00Z", "印製", TEXT), 0),
            (item("beta", "2026-11-24T07:01:00Z", "印製", TEXT), 0),
        ],
    );
    let story = world
        .get(&format!("/api/v1/stories/{}", told[1]))
        .await
        .json();
    assert_eq!(story["first"]["certain"], true);
    assert_eq!(story["first"]["item"], told[0].to_string());
    assert_eq!(story["against"], serde_json::json!([]));
    assert_eq!(story["members"][1]["lag_seconds"], 60);
}

#[tokio::test]
async fn two_texts_side_by_side() {
    let world = World::new();
    let told = tell(
        &world,
        vec![
            (item("alpha", "2026-11-24T07:00:00Z", "印製", TEXT), 0),
            (item("beta", "2026-11-24T07:47:00Z", "<b>x</b>", SPUN), 1),
        ],
    );
    let path = format!("compare?item={}&with={}", told[0], told[1]);
    let body = world.get(&format!("/api/v1/{path}")).await.json();
    let chars: Vec<char> = TEXT.chars().collect();
    let marked: Vec<String> = body["item"]["shared_text"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stretch| {
            let at = |end: &str| usize::try_from(stretch[end].as_u64().unwrap()).unwrap();
            chars[at("start")..at("end")].iter().collect()
        })
        .collect();
    assert!(
        marked.contains(&"第九選區的選票由兩家印刷廠印製".to_owned()),
        "{marked:?}"
    );
    assert_eq!(body["same_story"], false);
    assert_eq!(
        (&body["score"], &body["calibration"]),
        (&Value::Null, &Value::Null)
    );
    let page = world.get(&format!("/{path}")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("<mark>第九選區的選票由兩家印刷廠印製</mark>")
    );
    assert!(page.body.contains("&lt;b&gt;x"));

    reworded(&world, told[0], told[1]);
    let body = world.get(&format!("/api/v1/{path}")).await.json();
    assert_eq!(body["score"], 0.91);
    let calibration = bellwether_lineage::calibration(0.91);
    assert_eq!(body["calibration"], calibration);
    let page = world.get(&format!("/{path}")).await;
    let meaning = bellwether_api::calibration_in_words(calibration);
    assert!(page.body.contains(&meaning), "{}", page.body);
    for (asked, status) in [
        ("item=1", 400),
        (&*format!("item={0}&with={0}", told[0]), 400),
        (&*format!("item={}&with=none", told[0]), 404),
    ] {
        let reply = world.get(&format!("/api/v1/compare?{asked}")).await;
        assert_eq!(reply.status, status, "{asked}");
        assert_eq!(world.get(&format!("/compare?{asked}")).await.status, status);
    }
}

#[tokio::test]
async fn a_search_lists_one_of_each_story_over_all_pages() {
    let world = World::new();
    // By time: a0 b0 a1 c0 b1 a2.
    let told = tell(
        &world,
        [0, 1, 0, 3, 1, 0]
            .into_iter()
            .enumerate()
            .map(|(at, story)| {
                let time = format!("2026-11-24T07:1{at}:00Z");
                (item("beta", &time, "印製", &format!("計票 {story}")), story)
            })
            .collect(),
    );
    let told = strings(&told);
    for (sort, expected) in [
        ("newest", [(&told[5], 2), (&told[4], 1), (&told[3], 0)]),
        ("oldest", [(&told[0], 2), (&told[1], 1), (&told[3], 0)]),
    ] {
        for limit in [1, 2, 3, 20] {
            let mut found = Vec::new();
            let mut cursor = String::new();
            for _ in 0..9 {
                let path = format!(
                    "/api/v1/search?q=%E8%A8%88%E7%A5%A8&sort={sort}&limit={limit}&cursor={cursor}"
                );
                let body = world.get(&path).await.json();
                assert_eq!(body["total"], 6);
                for item in body["items"].as_array().unwrap() {
                    let id = item["id"].as_str().unwrap().to_owned();
                    found.push((id, item["copies"].as_u64().unwrap()));
                }
                assert!(
                    !body["items"].as_array().unwrap().is_empty(),
                    "an empty page"
                );
                match body["cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            let expected: Vec<(String, u64)> = expected
                .iter()
                .map(|(id, copies)| ((*id).clone(), *copies))
                .collect();
            assert_eq!(found, expected, "{sort} {limit}");
        }
    }
    let body = world
        .get("/api/v1/search?q=%E8%A8%88%E7%A5%A8&sort=relevance")
        .await
        .json();
    let mut copies: Vec<u64> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["copies"].as_u64().unwrap())
        .collect();
    copies.sort_unstable();
    assert_eq!(copies, [0, 1, 2]);
    let each = world
        .get("/api/v1/search?q=%E8%A8%88%E7%A5%A8&collapse=false")
        .await
        .json();
    assert_eq!(ids(&each).len(), 6);
    assert_eq!(each["items"][0]["copies"], Value::Null);
    assert!(
        each["permalink"]
            .as_str()
            .unwrap()
            .contains("collapse=false")
    );
    let wrong = world.get("/api/v1/search?collapse=maybe").await;
    assert_eq!(wrong.status, 400);
    // Only what matches counts as a copy.
    let some = world
        .get("/api/v1/search?q=%E8%A8%88%E7%A5%A8&from=2026-11-24T15:12")
        .await
        .json();
    assert_eq!(some["items"][0]["copies"], 1, "{some:#}");
    let page = world.get("/search?q=%E8%A8%88%E7%A5%A8").await.body;
    assert!(page.contains(", 2 more here"), "{page}");
    let link = "collapse=false";
    assert!(page.contains(link));
}

#[tokio::test]
async fn a_story_that_became_part_of_another_is_found_by_its_old_id() {
    let world = World::new();
    let told = tell(
        &world,
        vec![
            (item("alpha", "2026-11-24T07:00:00Z", "印製", TEXT), 0),
            (item("beta", "2026-11-24T07:30:00Z", "印製了", TEXT), 1),
        ],
    );
    let asked = |id: ItemId| format!("/api/v1/search?q=story:{id}&collapse=false");
    assert_eq!(ids(&world.get(&asked(told[1])).await.json()).len(), 1);
    let mut derived = Derived::open(&world.dir).unwrap();
    derived.begin().unwrap();
    derived
        .merge_stories(StoryId(told[1].0), StoryId(told[0].0), Seq(0))
        .unwrap();
    commit(&world, derived);
    for id in told {
        assert_eq!(ids(&world.get(&asked(id)).await.json()).len(), 2);
        let story = world.get(&format!("/api/v1/stories/{id}")).await.json();
        assert_eq!(story["items"], 2);
    }
    let none = world.get("/api/v1/search?q=story:987654").await;
    assert_eq!(none.status, 400);
}
