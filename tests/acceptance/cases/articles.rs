//! A feed names an article; its page is fetched for its text, and searched.

use std::collections::BTreeSet;

use bellwether_testkit::{Answer, Project, Server};

use super::{Case, Outcome, same};

const FEED: &str = "/feed.xml";
const ARTICLE: &str = "/article";

/// Each query finds the article, or does not, by its whole text.
pub(super) fn related_links(case: &Case) -> Outcome {
    let answer = &case.input()["http"][0];
    let page = Answer::ok(case.file(&answer["body_file"])).header(
        "Content-Type",
        answer["headers"]["Content-Type"].as_str().unwrap(),
    );
    let server = Server::answering(move |request, _| match request.path.as_str() {
        ARTICLE => page.clone(),
        FEED => Answer::feed(format!(
            "<rss version=\"2.0\"><channel><title>T</title><item><title>跨河大橋夜間封閉施工</title>\
             <guid isPermaLink=\"false\">article</guid><link>http://{}{ARTICLE}</link></item></channel></rss>",
            request.header("host").unwrap()
        )),
        _ => Answer::status(404),
    });
    let project = Project::new();
    project.write(
        "config/sources/all.toml",
        format!(
            "[[source]]\nid = \"feed\"\nkind = \"feed\"\nurl = \"{}\"\ngroups = [\"press\"]\narticle = true\n",
            server.url(FEED)
        ),
    );
    let _ = project.run(&["poll", "--once"]).good();
    for (query, expected) in case.expected()["results"].as_object().unwrap() {
        let found = project.run(&["search", "--json", query]).good().json();
        let ids = |list: &serde_json::Value| -> BTreeSet<String> {
            let list = list.as_array().unwrap().iter();
            list.map(|id| {
                id.as_str()
                    .unwrap_or_else(|| id["guid"].as_str().unwrap())
                    .to_owned()
            })
            .collect()
        };
        same(query, ids(&found["items"]), ids(expected))?;
    }
    Ok(())
}
