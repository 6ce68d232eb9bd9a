//! Messages in the words of a template, on servers that say whom they called and what they linked.

use crate::chat;
use crate::world;

use std::time::Duration;

use bellwether_model::{
    BurstState, DeliveryState, Election, ElectionId, MessageLanguage, Phase, Quiet, Receiver,
    ReceiverKind, Secret, SourceState, Target, Template, Withheld,
};
use bellwether_testkit::{DiscordHook, Platform, SlackHook, TeamsFlow, TelegramBot};
use chat::{Act, Chat};
use jiff::civil::time;
use world::{REPEAT, World, receiver, receiver_at};

/// What a template may want and must not get: mark-up, calls, links.
const MARKUP: &str = "{% if burst %}\n\
    **{{ burst.observed.voices }}** <!channel> @everyone [x](https://evil.example/) {{ burst.name }}\n\
    <b>{{ burst.query }}</b> <https://evil.example/|x> https://evil.example/\n\
    {{ '<script>' | safe }} {{ '@here' | escape }}\n\
    {% endif %}";

const NAME: &str = "@everyone <@&1> [c](https://evil.example/) \u{202e}gpj";

const LINK: &str = "https://bellwether.example.org/bursts/b-1";

fn worded(receiver: Receiver, text: &str) -> Receiver {
    Receiver {
        template: Some(Template {
            name: "templates/night.txt".to_owned(),
            text: text.to_owned(),
        }),
        ..receiver
    }
}

fn at(kind: ReceiverKind, url: &str) -> Receiver {
    let url = Secret::new(url);
    receiver_at("room", kind, Target::Address { url })
}

async fn told(receiver: Receiver, text: &str) -> World {
    let mut world = World::new(vec![worded(receiver, text)]);
    NAME.clone_into(&mut world.name);
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Delivered, "{reports:?}");
    world
}

/// What a person reads: without what has no shape.
fn read(text: &str) -> String {
    text.replace('\u{2060}', "")
}

#[tokio::test]
async fn no_chat_is_given_markup_calls_or_links_of_a_template() {
    let slack = SlackHook::open();
    told(at(ReceiverKind::Slack, &slack.url()), MARKUP).await;
    assert_eq!(slack.pings(), Vec::<String>::new());
    assert_eq!(slack.links(), []);
    let text = &slack.messages()[0].text;
    assert!(text.contains(LINK) && !text.contains('\u{202e}'), "{text}");
    let shown = read(text).replace("&lt;", "<").replace("&gt;", ">");
    let mark = "[DEMO, invented election] **7** <!channel> @everyone";
    assert!(shown.starts_with(mark), "{shown}");
    assert!(shown.contains("invisible characters"), "{shown}");

    let discord = DiscordHook::open();
    told(at(ReceiverKind::Discord, &discord.url()), MARKUP).await;
    assert_eq!(discord.pings(), Vec::<String>::new());
    assert_eq!(discord.links(), []);
    let shown = read(&discord.messages()[0].content).replace('\\', "");
    assert!(shown.contains("**7** <!channel> @everyone"), "{shown}");

    let telegram = TelegramBot::open();
    let target = Target::Place {
        server: telegram.base(),
        token: Secret::new(telegram.token()),
        to: telegram.chat().to_owned(),
    };
    told(receiver_at("room", ReceiverKind::Telegram, target), MARKUP).await;
    assert_eq!(telegram.pings(), Vec::<String>::new());
    assert_eq!(telegram.links(), []);
    let shown = read(&telegram.messages()[0].text);
    assert!(shown.contains("<b>作票</b>"), "{shown}");

    let teams = TeamsFlow::open();
    told(at(ReceiverKind::Teams, &teams.url()), MARKUP).await;
    assert_eq!(teams.pings(), Vec::<String>::new());
    assert!(
        teams
            .links()
            .iter()
            .all(|(address, _)| address.starts_with(LINK) && address.contains("?pass=room."))
    );
}

#[tokio::test]
async fn a_template_that_fails_costs_no_message() {
    for text in [
        "{{ burst.nme }}",
        "{% if %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    ] {
        let chat = Chat::start([]).await;
        told(receiver("chat", ReceiverKind::Slack, &chat), text).await;
        let shown = read(chat.got()[0].text());
        assert!(shown.contains("7 voices in 2 h"), "{shown}");
        assert!(shown.contains(LINK), "{shown}");
        let note = "Note: the template templates/night.txt failed, so this is the standard text";
        assert!(shown.contains(note), "{shown}");
    }
}

#[tokio::test]
async fn what_a_template_leaves_alone_is_as_ever() {
    let chat = Chat::start([]).await;
    let text = "{% if subject == \"coverage\" %}{{ coverage.changes | length }} changes{% endif %}";
    let mut world = told(receiver("chat", ReceiverKind::Slack, &chat), text).await;
    let first = read(chat.got()[0].text());
    assert!(
        first.starts_with("[DEMO, invented election] Burst: "),
        "{first}"
    );
    assert!(!first.contains("template"), "{first}");
    world.coverage(SourceState::Failing);
    world.deliver().await;
    let second = read(chat.got()[1].text());
    assert!(
        second.starts_with("[DEMO, invented election] 2 changes\n"),
        "{second}"
    );
    assert!(second.contains("/sources"), "{second}");
}

#[tokio::test]
async fn a_repeat_is_noted_and_the_end_told_in_the_language_of_the_receiver() {
    let chat = Chat::start([Act::Answer(503, "", ""), Act::Cut]).await;
    let receiver = Receiver {
        language: MessageLanguage::TraditionalChinese,
        ..receiver("chat", ReceiverKind::Slack, &chat)
    };
    let text = "{% if burst %}{{ kind }} {{ language }} {{ burst.window.to | moment }}{% endif %}";
    let mut world = World::new(vec![worded(receiver, text)]);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    world.advance_to_next();
    world.deliver().await;
    world.advance_to_next();
    world.deliver().await;
    world.advance(Duration::from_secs(60));
    world.burst(2, BurstState::Ended);
    world.deliver().await;
    let got = chat.got();
    let texts: Vec<String> = got.iter().map(|got| got.text().to_owned()).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(
        texts[2].contains("firing zh-Hant 11月24日(二) 16:01"),
        "{texts:?}"
    );
    assert!(texts[2].contains("可能與先前的訊息重複"), "{texts:?}");
    assert!(!texts[1].contains("可能與先前的訊息重複") && !texts[1].contains(REPEAT));
    assert!(texts[3].contains("resolved zh-Hant"), "{texts:?}");
}

/// An election with a blackout that is in force.
fn blackout() -> Election {
    Election {
        id: ElectionId::new("invented-2026"),
        name: "Invented 2026".to_owned(),
        name_native: None,
        country: "XO".to_owned(),
        time_zone: "Asia/Taipei".to_owned(),
        polling_day: "2026-11-28".parse().ok(),
        phases: vec![Phase {
            id: "poll-blackout".to_owned(),
            start: "2026-11-24T00:00:00Z".parse().ok(),
            end: "2026-11-28T08:00:00Z".parse().ok(),
            withholds: Some(Withheld::Polls),
            law: None,
        }],
    }
}

#[tokio::test]
async fn a_template_quotes_no_poll_while_that_is_withheld() {
    let text = "{% if burst %}{{ burst.name }} {{ alert.name }}{% else %}{{ alert.name }}: \
                {{ message.headline }}{% endif %}";
    for quiet in [false, true] {
        let chat = Chat::start([]).await;
        let mut world = World::new(vec![worded(
            receiver("chat", ReceiverKind::Slack, &chat),
            text,
        )]);
        "民調：陳虛構支持度 52%".clone_into(&mut world.name);
        world.elections = vec![blackout()];
        world.receivers[0].pacing.quiet = quiet.then_some(Quiet {
            from: time(8, 0, 0, 0),
            to: time(9, 0, 0, 0),
            except: None,
        });
        world.restart();
        world.burst(1, BurstState::Open);
        if quiet {
            let also = ["b-2".to_owned()];
            world.bursts(&also, bellwether_model::Severity::Info, BurstState::Open);
            world.deliver().await;
            world.advance_to_next();
        }
        world.deliver().await;
        let got = chat.got();
        assert_eq!(got.len(), 1);
        let body = got[0].body.to_string();
        assert!(!body.contains("陳虛構") && !body.contains("52%"), "{body}");
        assert!(body.contains("(withheld)") || quiet, "{body}");
        assert!(body.contains("withheld: "), "{body}");
    }
}
