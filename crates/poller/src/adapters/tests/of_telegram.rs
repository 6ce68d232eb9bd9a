use super::*;

const URL: &str = "https://t.me/s/ExampleChannel";

fn preview(messages: &str) -> String {
    format!(
        r#"<!DOCTYPE html><html><head><title>Example – Telegram</title></head><body class="widget_frame_base tgme_webpage">
<header class="tgme_header"><div class="tgme_header_title"><span dir="auto">Example Channel</span></div></header>
<main class="tgme_main"><div class="tgme_channel_info"><div class="tgme_channel_info_header_title"><span dir="auto">Example Channel</span></div></div>
<section class="tgme_channel_history js-message_history">{messages}</section></main></body></html>"#
    )
}

fn message(id: &str, text: &str, inside: &str, meta: &str) -> String {
    format!(
        r#"<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{id}" data-view="x">
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/ExampleChannel"><span dir="auto">Example Channel</span></a></div>
{inside}<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>
<div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short js-message_info"><span class="tgme_widget_message_views">12.3K</span><span class="copyonly"> views</span><span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" href="https://t.me/{id}"><time datetime="2026-11-20T09:14:05+00:00" class="time">09:14</time></a></span></div></div></div></div></div>"#
    )
}

#[test]
fn posts_with_their_words_and_marks() {
    let older = r#"<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/ExampleChannel?before=101" class="tme_messages_more js-messages_more" data-before="101"></a></div>"#;
    let body = preview(&format!(
        "{older}{}{}{}",
        message(
            "ExampleChannel/101",
            r#"First line<br/>second <tg-emoji emoji-id="1"><i class="emoji" style="x"><b>⚡️</b></i></tg-emoji> line<br/><br/><a href="https://e.org/?a=1&amp;amp;b=2" onclick="return confirm('x')">https://e.org/</a>"#,
            r#"<a class="tgme_widget_message_reply user-color-1" href="https://t.me/ExampleChannel/90"><div class="tgme_widget_message_text js-message_reply_text" dir="auto">the words of another post</div></a>"#,
            "edited&nbsp;&nbsp;",
        ),
        message(
            "ExampleChannel/102",
            "Слова другого канала",
            r#"<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/origin/7"><span dir="auto">Origin</span></a></div><a class="tgme_widget_message_photo_wrap" href="x"></a>"#,
            "",
        ),
        r#"<div class="tgme_widget_message_wrap"><div class="tgme_widget_message service_message js-widget_message" data-post="ExampleChannel/103"><div class="tgme_widget_message_text">Channel photo updated</div></div></div>"#,
    ));
    let listing = read_as(SourceKind::Telegram, &body, URL).unwrap();
    assert_eq!(listing.title.as_deref(), Some("Example Channel"));
    assert_eq!(
        listing.older.as_deref(),
        Some("https://t.me/s/ExampleChannel?before=101")
    );
    assert_eq!(listing.posts.len(), 2, "service messages are no posts");
    let first = &listing.posts[0];
    assert_eq!(
        first.entry.text,
        "First line\nsecond ⚡️ line\nhttps://e.org/"
    );
    assert_eq!(
        first.entry.guid.as_deref(),
        Some("https://t.me/examplechannel/101")
    );
    assert_eq!(
        first.entry.url.as_deref(),
        Some("https://t.me/ExampleChannel/101")
    );
    assert_eq!(
        first.entry.published.unwrap().to_string(),
        "2026-11-20T09:14:05Z"
    );
    assert!(first.facts.is_edited && first.facts.origin.is_none());
    let views = first.facts.views.clone().unwrap();
    assert_eq!((views.about, views.off_by_max), (12_300, 50));
    let second = &listing.posts[1];
    assert!(!second.facts.is_edited && second.facts.has_media);
    assert_eq!(
        second.facts.origin,
        Some(Origin {
            name: Some("Origin".to_owned()),
            address: Some("https://t.me/origin/7".to_owned())
        })
    );
}

#[test]
fn a_channel_without_a_preview_is_not_an_empty_one() {
    let page = "<html><body><div class=tgme_page><div class=tgme_page_title>Example</div><a class=tgme_action_button_new href='tg://resolve?domain=example'>View in Telegram</a></div></body></html>";
    for (body, url) in [
        (page.to_owned(), "https://t.me/example"),
        (page.to_owned(), URL),
        (preview(""), URL),
    ] {
        let read = read_as(SourceKind::Telegram, &body, url);
        assert!(matches!(read, Err(NotRead::NotVisible(_))), "{read:?}");
    }
    let empty = preview(
        r#"<div class="tgme_widget_message_wrap"><div class="tme_no_messages_found">Channel is empty</div></div>"#,
    );
    assert_eq!(
        read_as(SourceKind::Telegram, &empty, URL).unwrap().posts,
        []
    );
}

#[test]
fn counts() {
    for (shown, about, off) in [
        ("873", 873, 0),
        ("12.3K", 12_300, 50),
        ("1.2M", 1_200_000, 50_000),
        ("5K", 5_000, 500),
    ] {
        let count = telegram::count(shown).unwrap();
        assert_eq!(
            (count.about, count.off_by_max, count.shown.as_str()),
            (about, off, shown)
        );
    }
    for shown in [
        "",
        "K",
        "1.2.3K",
        "-5",
        "99999999999999999999B",
        "1.23456K",
        "٣",
    ] {
        assert_eq!(telegram::count(shown), None, "{shown}");
    }
}
