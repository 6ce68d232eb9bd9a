//! The field case of one agency text in forty outlets (FC-025).

mod support;

use bellwether_model::Timestamp;
use bellwether_testkit::{cases_folder, rows};
use support::Teller;

#[test]
fn forty_printings_are_one_story_and_the_items_before_are_none_of_it() {
    let Some(folder) = cases_folder("the wire story of the field cases") else {
        return;
    };
    let rows = rows(&folder.join("files/wire-40.ndjson"));
    let field = |at: usize, name: &str| rows[at][name].as_str().unwrap().to_owned();
    let mut teller = Teller::new(|at| (String::new(), field(at, "text")));
    for at in 0..rows.len() {
        let time: Timestamp = field(at, "published").parse().unwrap();
        teller.take(at, time);
    }
    let told = teller.by_number();
    let is_wire = |at: &usize| field(*at, "id").starts_with("wire-");
    let first = (0..rows.len()).find(is_wire).unwrap();
    assert_eq!(field(first, "id"), "wire-00");
    let members: Vec<usize> = (0..rows.len())
        .filter(|at| told[at] == told[&first])
        .collect();
    assert_eq!(members.len(), 40);
    assert!(members.iter().all(is_wire));
    assert!(teller.reworded.is_empty());
}
