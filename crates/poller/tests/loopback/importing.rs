//! Files into the log.

use bellwether_model::{Clock, Directory, FileFormat, PublisherId, SourceId};
use bellwether_poller::import::{self, ImportError, ImportReport};

use crate::world::{Says, World, rss};

async fn lines(world: &World, text: &str, strict: bool) -> ImportReport {
    let now = world.clock.now();
    import::ndjson(
        text.as_bytes(),
        "/somewhere/stream.ndjson",
        now,
        &world.appender(),
        &Directory::default(),
        strict,
        |_| {},
    )
    .await
    .unwrap()
}

/// A publisher whose country configuration knows is read by its clocks.
#[tokio::test]
async fn dates_that_leave_the_zone_open_are_read_where_the_publisher_speaks_from() {
    let world = World::new().await;
    let configured = bellwether_model::Source {
        country: Some("TW".to_owned()),
        publisher: PublisherId::new("X"),
        ..world.source("x")
    };
    let directory = Directory::new([], [configured], []);
    let of = |publisher: &str| {
        format!(
            "{{\"time\":\"2026-11-19T09:00:00Z\",\"published\":\"2026/11/19 16:30\",\"publisher\":\"{publisher}\",\"title\":\"{publisher}\"}}\n"
        )
    };
    let file = of("X") + &of("Y");
    import::ndjson(
        file.as_bytes(),
        "dates.ndjson",
        world.clock.now(),
        &world.appender(),
        &directory,
        false,
        |_| {},
    )
    .await
    .unwrap();
    let times = ["X", "Y"].map(|publisher| {
        let item = world.items(&format!("import:{publisher}")).remove(0);
        format!("{} {}", item.time, item.time_reason.as_str())
    });
    assert_eq!(
        times,
        [
            "2026-11-19T08:30:00Z assumed",
            "2026-11-19T09:00:00Z no-zone"
        ]
    );
}

fn line(id: &str, title: &str) -> String {
    format!(
        r#"{{"id":"{id}","time":"2026-11-19T09:00:00Z","publisher":"X","group":"prc-state","url":"https://e.org/{id}","title":"{title}","extra":{{"a":1}}}}"#
    ) + "\n"
}

fn counts(report: &ImportReport) -> (u64, u64, u64, u64) {
    (
        report.items_new,
        report.items_updated,
        report.items_unchanged,
        report.bad_count,
    )
}

#[tokio::test]
async fn the_same_file_again_adds_nothing() {
    let world = World::new().await;
    let file = line("1", "作票") + "\n" + &line("2", "ferry");
    assert_eq!(counts(&lines(&world, &file, false).await), (2, 0, 0, 0));
    assert_eq!(counts(&lines(&world, &file, false).await), (0, 0, 2, 0));
    assert_eq!(
        counts(&lines(&world, &line("2", "Ferry!"), false).await),
        (0, 1, 0, 0)
    );
    let items = world.items("import:X");
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].time.to_string(), "2026-11-19T09:00:00Z");
    assert_eq!(items[0].imported_at, Some(world.clock.now()));
    assert_eq!(items[0].guid.as_deref(), Some("1"));
    let capture = world.reader().capture(items[0].capture).unwrap().unwrap();
    assert_eq!(capture.body, file.into_bytes());
    assert_eq!(
        capture.uri, "file:///stream.ndjson#line=1",
        "the name, not the folder"
    );
    let imported = world.reader().imported_sources().unwrap();
    assert_eq!(imported.len(), 1);
    assert_eq!(imported[0].groups.len(), 1);
    assert_eq!(imported[0].family.as_str(), "publisher:X");
}

#[tokio::test]
async fn bad_lines_are_reported_and_do_not_stop_the_rest() {
    let world = World::new().await;
    let long = format!("{{\"x\":\"{}\"}}\n", "y".repeat(5 << 20));
    let file = [
        line("1", "a"),
        "nonsense\n".to_owned(),
        long,
        line("2", "b"),
        "{\"time\":1}".to_owned(),
    ]
    .concat();
    let report = lines(&world, &file, false).await;
    assert_eq!(counts(&report), (2, 0, 0, 3));
    assert_eq!(report.lines, 5);
    let bad: Vec<u64> = report.bad.iter().map(|bad| bad.line).collect();
    assert_eq!(bad, [2, 3, 5]);
    assert!(report.bad[1].reason.contains("longer"));

    let report = lines(
        &world,
        &(line("3", "c") + "nonsense\n" + &line("4", "d")),
        true,
    )
    .await;
    assert!(report.is_stopped);
    assert_eq!(counts(&report), (1, 0, 0, 1));
}

#[tokio::test]
async fn a_line_from_after_the_import_is_bad() {
    let world = World::new().await;
    let at = |id: &str, time: &str| {
        format!("{{\"id\":\"{id}\",\"time\":\"{time}\",\"publisher\":\"X\",\"title\":\"t{id}\"}}\n")
    };
    let file = at("1", "2026-11-20T12:05:00Z")
        + &at("2", "2026-11-20T12:05:01Z")
        + &at("3", "2126-11-20T12:00:00Z");
    let report = lines(&world, &file, false).await;
    assert_eq!(counts(&report), (1, 0, 0, 2));
    assert_eq!(
        report.bad[0].reason,
        "`time` is 2026-11-20T12:05:01Z and lies after the import itself (2026-11-20T12:00:00Z); \
         write when the item was received"
    );
    assert_eq!(report.bad[1].line, 3);
    let known = world.reader().imported_sources().unwrap();
    assert_eq!(known[0].last.to_string(), "2026-11-20T12:05:00Z");
}

#[tokio::test]
async fn a_long_file_goes_in_by_parts_and_many_bad_lines_are_only_counted() {
    let world = World::new().await;
    let mut file = String::new();
    for number in 0..4_500 {
        file += &line(&number.to_string(), &format!("title {number}"));
    }
    file += &"bad\n".repeat(300);
    let mut parts = Vec::new();
    let report = import::ndjson(
        file.as_bytes(),
        "f",
        world.clock.now(),
        &world.appender(),
        &Directory::default(),
        false,
        |p| parts.push(p),
    )
    .await
    .unwrap();
    assert_eq!(counts(&report), (4_500, 0, 0, 300));
    assert_eq!(report.bad.len(), import::BAD_LISTED_MAX);
    assert_eq!(
        parts.iter().map(|p| p.items).collect::<Vec<_>>(),
        [2_000, 4_000, 4_500]
    );
    assert_eq!(parts[2].bytes, file.len() as u64);
    let items = world.items("import:X");
    let reader = world.reader();
    let bodies: Vec<u8> = [0, 2_000, 4_000]
        .iter()
        .flat_map(|at| reader.capture(items[*at].capture).unwrap().unwrap().body)
        .collect();
    assert_eq!(bodies, file.into_bytes(), "the parts are the file");
}

#[tokio::test]
async fn lines_without_ids() {
    let world = World::new().await;
    let with = |url: &str, text: &str| {
        format!(
            "{{\"seen\":\"2026-11-19T09:00:00Z\",\"publisher\":\"X\",\"url\":\"{url}\",\"text\":\"{text}\"}}\n"
        )
    };
    let file = with("https://e.org/a?utm_source=x", "one")
        + &with("", "two")
        + &with("", "three")
        + &with("javascript:x", "four");
    assert_eq!(counts(&lines(&world, &file, false).await), (4, 0, 0, 0));
    let again = with("http://www.e.org/a", "one") + &with("", "two");
    assert_eq!(counts(&lines(&world, &again, false).await), (0, 0, 2, 0));
    assert_eq!(world.items("import:X")[3].url, None);
}

/// A line of the publisher that [`World::source`] polls.
fn of_outlet(id: &str, path: &str, title: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"time\":\"2026-11-20T09:00:00Z\",\"publisher\":\"outlet\",\"url\":\"http://www.news.example.org/{path}\",\"title\":\"{title}\"}}\n"
    )
}

#[tokio::test]
async fn imported_and_polled_it_is_one_item() {
    let world = World::new().await;
    let nine = "Fri, 20 Nov 2026 09:00:00 GMT";
    let global = "tag:news.example.org,2026:3";
    world.says(
        "/s",
        Says::new(
            200,
            rss(&[
                ("1", "a", "A", nine),
                ("2", "b", "B", nine),
                (global, "moved", "C", nine),
            ]),
        ),
    );
    let before = of_outlet("row-1", "a", "A") + &of_outlet(global, "c", "C");
    assert_eq!(counts(&lines(&world, &before, false).await), (2, 0, 0, 0));
    let poller = world.poller(vec![world.source("s")]);
    let outcome = poller.poll(&SourceId::new("s")).await.unwrap().outcome;
    assert_eq!((outcome.items_new, outcome.items_unchanged), (1, 2));
    let after = of_outlet("row-2", "b", "B");
    assert_eq!(counts(&lines(&world, &after, false).await), (0, 0, 1, 0));
    assert_eq!(world.reader().item_count().unwrap(), 3);
}

#[tokio::test]
async fn an_address_of_many_ids_names_none_of_them() {
    let world = World::new().await;
    let channel = |ids: std::ops::Range<u32>| -> String {
        ids.map(|id| of_outlet(&id.to_string(), "channel", &format!("post {id}")))
            .collect()
    };
    let file = channel(0..2_001);
    assert_eq!(
        counts(&lines(&world, &file, false).await),
        (2_001, 0, 0, 0),
        "in one part, and in the next one"
    );
    assert_eq!(counts(&lines(&world, &file, false).await), (0, 0, 2_001, 0));
}

#[tokio::test]
async fn a_feed_document() {
    let world = World::new().await;
    let body = rss(&[("1", "a", "作票", "Wed, 18 Nov 2026 09:00:00 GMT")]);
    let import = async |body: &str| {
        let facts = import::FileFacts {
            name: "old.xml",
            format: FileFormat::Feed,
            publisher: Some(&PublisherId::new("outlet")),
        };
        let into = import::Into {
            now: world.clock.now(),
            appender: &world.appender(),
            directory: &Directory::default(),
            strict: false,
        };
        import::file(facts, body.as_bytes(), &into, |_| {}).await
    };
    assert_eq!(counts(&import(&body).await.unwrap()), (1, 0, 0, 0));
    assert_eq!(counts(&import(&body).await.unwrap()), (0, 0, 1, 0));
    assert_eq!(
        world.items("import:outlet")[0].time.to_string(),
        "2026-11-18T09:00:00Z"
    );
    assert!(matches!(
        import("<html>").await,
        Err(ImportError::NotAFeed { .. })
    ));
}

/// What imports cover, with the times in seconds.
fn covered(world: &World) -> Vec<(i64, i64)> {
    let seq = bellwether_model::Seq;
    let spans = world.reader().imports_between(seq(0), seq(u64::MAX));
    let seconds =
        |span: &bellwether_archive::ImportSpan| (span.first.as_second(), span.last.as_second());
    spans.unwrap().iter().map(seconds).collect()
}

#[tokio::test]
async fn entries_without_a_date_cover_nothing() {
    let world = World::new().await;
    let import = async |body: String| {
        let facts = import::FileFacts {
            name: "old.xml",
            format: FileFormat::Feed,
            publisher: Some(&PublisherId::new("outlet")),
        };
        let into = import::Into {
            now: world.clock.now(),
            appender: &world.appender(),
            directory: &Directory::default(),
            strict: false,
        };
        import::file(facts, body.as_bytes(), &into, |_| {}).await
    };
    let undated = ("1", "a", "undated", "");
    import(rss(&[undated])).await.unwrap();
    let item = world.items("import:outlet").remove(0);
    // By this rules know that nobody says when it was published.
    assert!(item.is_timed_by_receipt() && item.imported_at == Some(item.seen));
    assert_eq!(covered(&world), []);
    let day = |number: &'static str, date| (number, number, number, date);
    let dated = [
        day("2", "Wed, 18 Nov 2026 09:00:00 GMT"),
        day("3", "Wed, 18 Nov 2026 12:00:00 GMT"),
    ];
    import(rss(&[undated, dated[0], dated[1]])).await.unwrap();
    let nine = "2026-11-18T09:00:00Z".parse::<bellwether_model::Timestamp>();
    let nine = nine.unwrap().as_second();
    assert_eq!(covered(&world), [(nine, nine + 3 * 3600)]);
}

#[tokio::test]
async fn a_publisher_with_long_pauses_in_a_file_is_covered_through_them() {
    let world = World::new().await;
    let line = |id: u32, publisher: &str, time: &str| {
        format!(
            "{{\"id\":\"{id}\",\"time\":\"{time}\",\"publisher\":\"{publisher}\",\"title\":\"t{id}\"}}\n"
        )
    };
    let mut file = line(1, "quiet", "2026-11-01T00:00:00Z");
    for id in 0..2_000 {
        file += &line(id, "busy", "2026-11-10T00:00:00Z");
    }
    file += &line(2, "quiet", "2026-11-11T00:00:00Z");
    assert_eq!(counts(&lines(&world, &file, false).await), (2_002, 0, 0, 0));
    let longest = covered(&world)
        .into_iter()
        .map(|(first, last)| last - first);
    assert_eq!(longest.max(), Some(10 * 24 * 3600));
}
