//! The keys of the pages, and the switch for them.

use maud::{Markup, html};

use super::{Page, View, Visit, page};

const KEYS: [(&str, &str); 15] = [
    ("/", "keys-search"),
    ("j", "keys-next"),
    ("k", "keys-previous"),
    ("Enter", "keys-open"),
    ("a", "keys-acknowledge"),
    ("s", "keys-silence"),
    ("c", "keys-case"),
    ("t", "keys-table"),
    ("[ ]", "keys-window"),
    ("g n", "view-now"),
    ("g s", "view-search"),
    ("g b", "view-alerts"),
    ("g o", "view-sources"),
    ("g r", "view-narratives"),
    ("g e", "view-elections"),
];

/// The page.
pub(crate) fn keys(visit: &Visit<'_>) -> Page {
    let content = html! {
        h1 { (visit.say("keys-title")) }
        p { (visit.say("keys-note")) }
        table {
            thead { tr {
                th scope="col" { (visit.say("keys-key")) }
                th scope="col" { (visit.say("keys-does")) }
            } }
            tbody {
                @for (key, does) in KEYS {
                    tr { th scope="row" { kbd { (key) } } td { (visit.say(does)) } }
                }
                tr { th scope="row" { kbd { "?" } } td { (visit.say("keys-this")) } }
            }
        }
        (switch(visit))
    };
    page(visit, View::Now, &visit.say("keys-title"), &content)
}

fn switch(visit: &Visit<'_>) -> Markup {
    let are_off = visit.reader.preferences.keys_off;
    html! {
        form.save action="/prefer" method="post" {
            input type="hidden" name="then" value="/keys";
            @if are_off {
                button name="keys" value="on" { (visit.say("keys-on")) }
            } @else {
                button name="keys" value="off" { (visit.say("keys-off")) }
            }
        }
    }
}
