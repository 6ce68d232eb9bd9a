//! `groups.toml`.

use bellwether_model::{Group, GroupId, Role};

use crate::checks;
use crate::keys;
use crate::register::Register;
use crate::table::Table;

/// Reads the groups of the file and enters their ids.
pub(crate) fn groups<'a>(top: &Table<'a>, ids: &mut Register<'a>) -> Vec<Group> {
    top.tables("group", &keys::GROUP)
        .iter()
        .filter_map(|table| group(table, ids))
        .collect()
}

fn group<'a>(table: &Table<'a>, ids: &mut Register<'a>) -> Option<Group> {
    let id = ids.enter(table);
    let name = table.text("name");
    let role = table
        .require("role", None)
        .then(|| checks::one_of(table, "role", "roles", &Role::ALL.map(|r| (r.as_str(), r))))
        .flatten();
    let id = id?;
    Some(Group {
        id: GroupId::parse(id).ok()?,
        name: name.map_or(id, |name| name.value).to_owned(),
        role: role?,
    })
}
