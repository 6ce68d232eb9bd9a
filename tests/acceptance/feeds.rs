//! Documents from the test suites of other feed readers, polled by the program itself.

use std::collections::BTreeMap;

use bellwether_testkit::{
    Answer, ExpectedTitles, GoldDocument, Project, Server, Source, data_folder, fold_titles,
    titled_documents,
};

/// Fewer documents would prove nothing.
const DOCUMENTS_MIN: usize = 150;

/// At least so many in a hundred must give the titles that their suite expects.
const PERCENT_MIN: usize = 95;

#[test]
fn documents_of_other_readers_give_their_titles_and_nothing_twice() {
    let Some(data) = data_folder("the documents of other feed readers") else {
        return;
    };
    let documents = titled_documents(&data);
    assert!(documents.len() >= DOCUMENTS_MIN, "{}", documents.len());
    let path = |number: usize| format!("/{number}.xml");
    let server = Server::scripted(
        documents
            .iter()
            .enumerate()
            .map(|(number, document)| (path(number), vec![Answer::ok(document.body.clone())])),
    );
    let project = Project::new();
    let ids: Vec<String> = (0..documents.len())
        .map(|number| format!("document-{number}"))
        .collect();
    let sources: Vec<Source> = ids
        .iter()
        .enumerate()
        .map(|(number, id)| Source {
            id: id.clone(),
            url: server.url(&path(number)),
            ..Source::default()
        })
        .collect();
    project.sources(&sources);

    let polled = project.run(&["poll", "--once", "--json"]).good().lines();
    assert_eq!(polled.len(), documents.len());
    let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in project
        .run(&["items", "--limit", "100000", "--json"])
        .good()
        .lines()
    {
        let source = item["source"].as_str().unwrap().to_owned();
        let title = item["title"].as_str().unwrap().to_owned();
        kept.entry(source).or_default().push(title);
    }
    let wrong: Vec<String> = documents
        .iter()
        .zip(&ids)
        .filter_map(|(document, id)| {
            let titles = kept.get(id).map(Vec::as_slice).unwrap_or_default();
            let differs = difference(document, titles)?;
            Some(format!("{}: {differs:.300}", document.id))
        })
        .collect();
    let right = documents.len() - wrong.len();
    println!(
        "{right} of {} documents give the titles expected",
        documents.len()
    );
    assert!(
        right * 100 >= documents.len() * PERCENT_MIN,
        "{right} of {}:\n{}",
        documents.len(),
        wrong.join("\n")
    );

    let mut again = vec!["poll", "--once", "--json"];
    again.extend(ids.iter().flat_map(|id| ["--source", id]));
    let again = project.run(&again).good().lines();
    assert_eq!(again.len(), documents.len());
    let added: Vec<String> = again
        .iter()
        .filter(|outcome| outcome["items_new"] != 0)
        .map(ToString::to_string)
        .collect();
    assert_eq!(added, Vec::<String>::new());
}

/// How the titles kept differ from those expected. A list of items is in the order of time, a
/// document need not be: order is left out.
fn difference(document: &GoldDocument, titles: &[String]) -> Option<String> {
    let mut found = fold_titles(titles.iter().map(String::as_str));
    found.sort_unstable();
    document.expected.iter().find_map(|expected| {
        let holds = match expected {
            ExpectedTitles::All(titles) => {
                let mut titles = titles.clone();
                titles.sort_unstable();
                titles == found
            }
            ExpectedTitles::One(_, title) => title.is_empty() || found.contains(title),
        };
        (!holds).then(|| format!("{found:?}, expected {expected:?}"))
    })
}
