//! What speaks against reading a lineage as a path from state media to domestic ones. Facts only:
//! what they mean is for the reader to say.

use std::collections::HashMap;
use std::sync::Arc;

use bellwether_api::{AgainstBody, MemberBody, RelationBody};
use bellwether_model::{Directory, GroupId, Role};

use super::known::KnownItem;

/// Members that are named for one reason, at most.
const NAMED_MAX: usize = 20;

/// Characters at either end of a text where an agency is credited.
const ENDS_CHARS: usize = 160;

/// Names under which news agencies that no state of interest here owns are credited.
const AGENCIES: [&str; 24] = [
    "Reuters",
    "Associated Press",
    "AP",
    "Agence France-Presse",
    "AFP",
    "Kyodo",
    "Yonhap",
    "dpa",
    "EFE",
    "ANSA",
    "UPI",
    "Рейтер",
    "Франс Пресс",
    "路透社",
    "路透",
    "美聯社",
    "美联社",
    "法新社",
    "中央社",
    "共同社",
    "德新社",
    "韓聯社",
    "韩联社",
    "埃菲社",
];

/// What stands around a name that is a credit, and not the subject of a sentence.
const BEFORE: &str = "([（【［〔據据—–-:：©/／|";
const AFTER: &str = ")]）】］〕記记訊讯電电—–-/／|";

/// What speaks against a path, by kind and in order of time.
pub(super) fn of(
    members: &[MemberBody],
    known: &[Arc<KnownItem>],
    directory: &Directory,
) -> Vec<AgainstBody> {
    let texts: HashMap<String, &KnownItem> = known
        .iter()
        .map(|known| (known.item.id.to_string(), known.as_ref()))
        .collect();
    let has = |member: &MemberBody, wanted: &[Role]| {
        let mut groups = member.item.groups.iter();
        groups.any(|group| wanted.contains(&directory.role(&GroupId::new(group))))
    };
    let mut found = Vec::new();
    let domestic = members.iter().find(|member| has(member, &[Role::Domestic]));
    let state = members
        .iter()
        .find(|member| has(member, &[Role::State, Role::Proxy]));
    if let (Some(domestic), Some(state)) = (domestic, state)
        && domestic.item.time <= state.item.time
    {
        found.push(AgainstBody {
            kind: "domestic-first".to_owned(),
            item: domestic.item.id.clone(),
            words: format!(
                "the earliest item of a domestic group ({}) is not later than the earliest of a state or \
                 proxy group ({})",
                domestic.clock.words, state.clock.words
            ),
        });
    }
    for member in members {
        let agency = texts.get(&member.item.id).and_then(|known| {
            let title = credited(&known.item.title);
            title.or_else(|| credited(&known.item.text))
        });
        let words = match agency {
            Some(agency) => format!("its text credits {agency}: members may have it from there"),
            None if has(member, &[Role::Wire]) => {
                "a news agency published it: members may have it from there".to_owned()
            }
            None => continue,
        };
        found.push(AgainstBody {
            kind: "agency".to_owned(),
            item: member.item.id.clone(),
            words,
        });
        if found.len() > NAMED_MAX {
            break;
        }
    }
    let checks = members
        .iter()
        .filter(|member| has(member, &[Role::Factcheck]));
    found.extend(checks.take(NAMED_MAX).map(|member| AgainstBody {
        kind: "fact-check".to_owned(),
        item: member.item.id.clone(),
        words: if member.relation == RelationBody::First {
            "fact-checkers published it first".to_owned()
        } else {
            "fact-checkers published it too".to_owned()
        },
    }));
    found
}

/// The agency that a text credits at its beginning or its end.
fn credited(text: &str) -> Option<&'static str> {
    let head_end = text
        .char_indices()
        .nth(ENDS_CHARS)
        .map_or(text.len(), |(at, _)| at);
    let tail_start = text
        .char_indices()
        .rev()
        .nth(ENDS_CHARS)
        .map_or(0, |(at, _)| at);
    let ends = [text.get(..head_end)?, text.get(tail_start..)?];
    AGENCIES.into_iter().find(|name| {
        ends.iter().any(|end| {
            end.match_indices(name).any(|(at, name)| {
                let before = end[..at].trim_end().chars().next_back();
                let after = end[at + name.len()..].trim_start().chars().next();
                let within_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
                let is_latin = name.is_ascii();
                let joined = is_latin
                    && (within_word(end[..at].chars().next_back())
                        || within_word(end[at + name.len()..].chars().next()));
                !joined
                    && (before.is_some_and(|c| BEFORE.contains(c))
                        || after.is_some_and(|c| AFTER.contains(c)))
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::credited;

    #[test]
    fn a_credit_is_no_mention() {
        for (text, expected) in [
            (
                "TAIPEI (Reuters) - Ballots were counted again",
                Some("Reuters"),
            ),
            ("TAIPEI, Nov 20 (AP) — Ballots", Some("AP")),
            ("（中央社記者王小明台北20日電）選委會表示", Some("中央社")),
            ("選委會表示將查明。（法新社）", Some("法新社")),
            ("據路透社報導，選委會表示", Some("路透社")),
            ("Reuters denied the report on Friday", None),
            ("The mapper (APX) is new", None),
            ("選委會拜會中央社並說明", None),
            ("", None),
        ] {
            assert_eq!(credited(text), expected, "{text}");
        }
    }
}
