#[path = "../../tests/world/source.rs"]
mod feed;

use super::*;

const TELEGRAM: &str = r#"<html><body><main class="tgme_main"><section class="tgme_channel_history">
    <div class="tgme_widget_message" data-post="example/1"><div class="tgme_widget_message_text">One</div></div>
    </section></main></body></html>"#;
const PTT: &str = r#"<html><body><div class="r-list-container"><div class="r-ent"><div class="title">
    <a href="/bbs/Board/M.1795132800.A.1A2.html">[問卦] One</a></div></div></div></body></html>"#;
const PAGE: &str = r#"<html><body><main><a href="/2026/11/20/1">The bridge over the river closes at night</a></main></body></html>"#;

fn source(kind: SourceKind) -> Source {
    Source {
        kind,
        ..feed::feed("s", "https://news.example/s/list".to_owned())
    }
}

fn brought(kind: SourceKind, body: &str, cut: Option<&str>) -> Brought {
    let at = "2026-11-20T00:00:00Z".parse().unwrap();
    let url = "https://news.example/s/list".to_owned();
    let asked = Asked {
        address: Address {
            configured: url.clone(),
            url: url.clone(),
        },
        in_vain: Vec::new(),
        times: Times {
            began: at,
            seen: at,
        },
    };
    let response = Response {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), "text/html".to_owned()),
            ("etag".to_owned(), "\"v1\"".to_owned()),
        ],
        body: body.as_bytes().to_vec(),
        url,
        hops: Vec::new(),
        moved_to: None,
        cut: cut.map(str::to_owned),
    };
    let state = PollState::default();
    batch(&source(kind), state, &asked, Answer::Document(response))
}

#[test]
fn a_page_that_was_cut_is_no_complete_look_and_has_no_validators() {
    for (kind, body) in [
        (SourceKind::Page, PAGE),
        (SourceKind::Telegram, TELEGRAM),
        (SourceKind::Ptt, PTT),
    ] {
        let whole = brought(kind, body, None);
        let outcome = whole.batch.outcome.unwrap();
        assert_eq!(outcome.kind, OutcomeKind::Fetched, "{kind:?} {outcome:?}");
        let conditions = |state: &PollState| {
            let at = "2026-11-20T00:10:00Z".parse().unwrap();
            let url = "https://news.example/s/list";
            state.validators.conditions(url, &state.rhythm, at).len()
        };
        assert!(whole.state.complete_at.is_some(), "{kind:?}");
        assert_eq!(conditions(&whole.state), 1, "{kind:?}");

        let cut = brought(kind, body, Some("it broke"));
        assert_eq!(cut.batch.items.len(), 1, "what came is kept: {kind:?}");
        assert_eq!(cut.batch.outcome.unwrap().kind, OutcomeKind::Unreachable);
        assert_eq!(cut.state.complete_at, None, "{kind:?}");
        assert_eq!(conditions(&cut.state), 0, "{kind:?}");
    }
}
