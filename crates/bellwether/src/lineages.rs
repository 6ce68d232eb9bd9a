//! Which lineages a replay tells again: one that grows is one alarm.

use std::collections::{BTreeSet, HashMap};

use bellwether_model::{GroupId, ItemId, Timestamp};
use bellwether_monitor::{Finding, FindingKind};
use jiff::SignedDuration;

/// What comes within this time goes on.
const GOES_ON: SignedDuration = SignedDuration::from_hours(6);

/// The lineages that were told.
#[derive(Default)]
pub(crate) struct Lineages {
    told: Vec<ToldLineage>,
    of_item: HashMap<ItemId, usize>,
}

struct ToldLineage {
    name: String,
    at: Timestamp,
    members: usize,
    groups: BTreeSet<GroupId>,
}

impl Lineages {
    /// Whether a finding is told; all that are no lineages are. A lineage is told as it grows, under
    /// the name it had first; once it has been quiet for hours only where a group has joined that had
    /// no part in it, or where it is half as large again.
    pub(crate) fn tells(&mut self, finding: &mut Finding) -> bool {
        if !matches!(finding.kind, FindingKind::Lineage { .. }) {
            return true;
        }
        let items = || finding.members.iter().map(|member| member.item);
        let groups = finding
            .members
            .iter()
            .filter_map(|member| member.group.clone());
        let known = items().find_map(|item| self.of_item.get(&item).copied());
        let place = known.unwrap_or(self.told.len());
        self.of_item.extend(items().map(|item| (item, place)));
        let Some(told) = self.told.get_mut(place) else {
            self.told.push(ToldLineage {
                name: finding.name.clone(),
                at: finding.at,
                members: finding.members.len(),
                groups: groups.collect(),
            });
            return true;
        };
        let mut is_joined = false;
        for group in groups {
            is_joined |= told.groups.insert(group);
        }
        let is_larger = 2 * finding.members.len() >= 3 * told.members;
        let goes_on = finding.at.duration_since(told.at) < GOES_ON;
        if !(is_joined || is_larger || goes_on) {
            return false;
        }
        told.members = finding.members.len();
        told.at = finding.at;
        finding.name.clone_from(&told.name);
        true
    }
}

#[cfg(test)]
mod tests {
    use bellwether_model::{FamilyId, GateResult};
    use bellwether_monitor::FoundMember;

    use super::*;

    /// At an hour, with items of groups, the newest last.
    fn lineage(hour: i64, name: &str, groups: &[&str]) -> Finding {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).expect("test time");
        let members = (1_u64..).zip(groups).map(|(n, group)| FoundMember {
            item: ItemId(n),
            time: at(hour),
            family: FamilyId::new(format!("{group}-{n}")),
            group: Some(GroupId::new(*group)),
            from: None,
        });
        Finding {
            at: at(hour),
            kind: FindingKind::Lineage {
                gate: GateResult {
                    name: "families".to_owned(),
                    value: 3.0,
                    limit: 3.0,
                    passed: true,
                },
            },
            name: name.to_owned(),
            members: members.collect(),
        }
    }

    #[test]
    fn one_that_was_quiet_is_told_again_where_it_matters() {
        let mut lineages = Lineages::default();
        let mut tells = |hour, proxies: usize, press: usize| {
            let mut groups = vec!["state"];
            groups.extend(vec!["proxy"; proxies]);
            groups.extend(vec!["press"; press]);
            lineages.tells(&mut lineage(hour, "a", &groups))
        };
        assert!(tells(0, 6, 0));
        assert!(tells(5, 7, 0), "it goes on");
        assert!(!tells(11, 8, 0), "quiet for six hours");
        assert!(!tells(12, 8, 0));
        assert!(tells(13, 8, 1), "the press joins");
        assert!(!tells(20, 9, 1));
        assert!(tells(21, 9, 5), "half as large again");
    }

    #[test]
    fn it_keeps_its_name_and_others_are_told_for_themselves() {
        let mut lineages = Lineages::default();
        assert!(lineages.tells(&mut lineage(0, "first", &["state", "press"])));
        let mut later = lineage(1, "an earlier text", &["state", "press", "press"]);
        assert!(lineages.tells(&mut later));
        assert_eq!(later.name, "first");
        let mut other = lineage(9, "other", &["state", "press"]);
        for member in &mut other.members {
            member.item.0 += 100;
        }
        assert!(lineages.tells(&mut other));
        assert_eq!(other.name, "other");
    }
}
