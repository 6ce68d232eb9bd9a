//! What speaks against reading a lineage as a path from state media to domestic ones. Facts only:
//! what they mean is for the reader to say.

use std::collections::HashMap;
use std::sync::Arc;

use bellwether_api::{AgainstBody, MemberBody, RelationBody};
use bellwether_lineage::credited;
use bellwether_model::{Directory, GroupId, Role};

use super::known::KnownItem;

/// Members that are named for one reason, at most.
const NAMED_MAX: usize = 20;

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
