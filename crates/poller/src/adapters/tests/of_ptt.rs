use super::*;

const INDEX: &str = r#"<!DOCTYPE html><html><head><meta charset="utf-8"><title>看板 Example 文章列表</title></head><body>
<div id="action-bar-container"><div class="action-bar"><div class="btn-group btn-group-paging">
<a class="btn wide" href="/bbs/Example/index1.html">最舊</a><a class="btn wide" href="/bbs/Example/index4321.html">&lsaquo; 上頁</a><a class="btn wide disabled">下頁 &rsaquo;</a></div></div></div>
<div class="r-list-container action-bar-margin bbs-screen">
<div class="r-ent"><div class="nrec"><span class="hl f3">12</span></div><div class="title"><a href="/bbs/Example/M.1795165200.A.1B2.html">[問卦] 投開票所的動線</a></div><div class="meta"><div class="author">someone</div><div class="date">11/20</div><div class="mark"></div></div></div>
<div class="r-ent"><div class="nrec"></div><div class="title">(本文已被刪除) [other]</div><div class="meta"><div class="author">-</div><div class="date">11/20</div></div></div>
<div class="r-ent"><div class="nrec"><span class="hl f0">X3</span></div><div class="title"><a href="/bbs/Example/M.1795165260.A.2C3.html">Re: [新聞] 計票</a></div><div class="meta"><div class="author">third</div></div></div>
<div class="r-list-sep"></div>
<div class="r-ent"><div class="nrec"><span class="hl f1">爆</span></div><div class="title"><a href="/bbs/Example/M.1700000000.A.0FF.html">[公告] 板規</a></div><div class="meta"><div class="author">mod</div></div></div>
</div></body></html>"#;

const ARTICLE: &str = r#"<!DOCTYPE html><html><head><title>[問卦] 動線</title></head><body><div id="main-container"><div id="main-content" class="bbs-screen bbs-content"><div class="article-metaline"><span class="article-meta-tag">作者</span><span class="article-meta-value">someone (暱稱)</span></div><div class="article-metaline-right"><span class="article-meta-tag">看板</span><span class="article-meta-value">Example</span></div><div class="article-metaline"><span class="article-meta-tag">標題</span><span class="article-meta-value">[問卦] 投開票所的動線</span></div><div class="article-metaline"><span class="article-meta-tag">時間</span><span class="article-meta-value">Fri Nov 20 17:00:00 2026</span></div>
今天去看了動線
<span class="hl">第二行</span> <a href="https://e.org/a" target="_blank">https://e.org/a</a>

--
<span class="f2">※ 發信站: 批踢踢實業坊(ptt.cc), 來自: 203.0.113.7 (臺灣)
</span><span class="f2">※ 文章網址: <a href="https://www.ptt.cc/bbs/Example/M.1795165200.A.1B2.html">https://www.ptt.cc/bbs/Example/M.1795165200.A.1B2.html</a>
</span><div class="push"><span class="hl push-tag">推 </span><span class="f3 hl push-userid">reader1</span><span class="f3 push-content">: 推推</span><span class="push-ipdatetime"> 11/20 17:05
</span></div><div class="push"><span class="f1 hl push-tag">噓 </span><span class="f3 hl push-userid">reader2</span><span class="f3 push-content">: 假的</span><span class="push-ipdatetime"> 203.0.113.8 11/20 17:06
</span></div><div class="push"><span class="f1 hl push-tag">→ </span><span class="f3 hl push-userid">reader2</span><span class="f3 push-content">: 續</span><span class="push-ipdatetime"> 11/20 17:06
</span></div><span class="f2">※ 編輯: someone (203.0.113.7 臺灣), 11/20/2026 17:10:00
</span></div></div></body></html>"#;

#[test]
fn a_board() {
    let listing = read_as(
        SourceKind::Ptt,
        INDEX,
        "https://www.ptt.cc/bbs/Example/index.html",
    )
    .unwrap();
    assert_eq!(
        listing.older.as_deref(),
        Some("https://www.ptt.cc/bbs/Example/index4321.html")
    );
    assert!(listing.repaired.unwrap().contains("1 deleted"));
    let [first, second, pinned] = &listing.posts[..] else {
        panic!("three articles")
    };
    assert_eq!(first.entry.title, "[問卦] 投開票所的動線");
    assert_eq!(
        first.entry.guid.as_deref(),
        Some("https://www.ptt.cc/bbs/Example/M.1795165200.A.1B2.html")
    );
    assert_eq!(
        first.entry.published.unwrap().to_string(),
        "2026-11-20T09:00:00Z"
    );
    assert_eq!(
        (first.facts.score, second.facts.score, pinned.facts.score),
        (Some(12), Some(-30), Some(100))
    );
    assert!(!second.facts.is_pinned && pinned.facts.is_pinned);
    assert_eq!(first.author.as_deref(), Some("someone"));
}

#[test]
fn an_article_with_its_pushes() {
    let url = "https://www.ptt.cc/bbs/Example/M.1795165200.A.1B2.html";
    let thread = ptt::article(&document(ARTICLE, url)).unwrap();
    assert_eq!(
        thread.article.text,
        "今天去看了動線\n第二行 https://e.org/a"
    );
    assert_eq!(thread.article.title, "[問卦] 投開票所的動線");
    assert_eq!(
        thread.article.published.unwrap().to_string(),
        "2026-11-20T09:00:00Z"
    );
    assert_eq!(thread.author.as_deref(), Some("someone"));
    assert_eq!(thread.traces.len(), 3);
    assert!(thread.traces[2].contains("編輯"));
    let pushes: Vec<_> = thread
        .pushes
        .iter()
        .map(|p| (p.vote, &*p.user, &*p.text, &*p.at_raw))
        .collect();
    assert_eq!(
        pushes,
        [
            (1, "reader1", "推推", "11/20 17:05"),
            (-1, "reader2", "假的", "203.0.113.8 11/20 17:06"),
            (0, "reader2", "續", "11/20 17:06"),
        ]
    );
    assert_eq!(
        article(SourceKind::Ptt, &document(ARTICLE, url), &Place::default()).unwrap(),
        thread.article
    );
}

#[test]
fn what_stands_instead_of_a_board() {
    let gate = "<html><body><form action=\"/ask/over18\" method=\"post\"><button name=yes>我同意</button></form></body></html>";
    assert_eq!(
        read_as(
            SourceKind::Ptt,
            gate,
            "https://www.ptt.cc/ask/over18?from=%2Fbbs%2FExample%2Findex.html"
        ),
        Err(NotRead::Wall(Wall::Age))
    );
    let other = "<html><body><p>502</p></body></html>";
    assert!(matches!(
        read_as(
            SourceKind::Ptt,
            other,
            "https://www.ptt.cc/bbs/X/index.html"
        ),
        Err(NotRead::Other { .. })
    ));
    let url = "https://www.ptt.cc/bbs/Example/M.1795165200.A.1B2.html";
    assert_eq!(ptt::article(&document(other, url)), Err(NoArticle::NoText));
    assert_eq!(ptt::created("https://e.org/M.x.A.1.html"), None);
}
