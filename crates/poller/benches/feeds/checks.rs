//! feedparser's own checks, of the fields that we model.

use bellwether_testkit::fold_title;
use serde_json::Value;

use super::Share;
use super::differences::Differences;
use super::expected::{Field, Suite, bare};
use super::readers::{self, Found};

/// Fields that we do not model: they say nothing of what was published, or when.
const NOT_MODELLED: &str =
    "copyright, rights, author, generator, comments, categories, and the like";

pub(crate) fn tell(suites: &[Suite], differences: &mut Differences) {
    println!("\nfeedparser's checks of fields that we model ({NOT_MODELLED}: not modelled)");
    for (reader, read) in readers::ALL {
        let (mut own, mut sanitizer) = (Share::default(), Share::default());
        for document in suites.iter().flat_map(|suite| &suite.documents) {
            if document.checks.is_empty() {
                continue;
            }
            let found = read(document);
            for check in &document.checks {
                let Some(is_right) = holds(check, &found) else {
                    continue;
                };
                if document.id.contains("/sanitize/") {
                    sanitizer.add(is_right);
                    continue;
                }
                own.add(is_right);
                if !is_right && reader == readers::OURS {
                    differences.add(&document.id, check.to_string());
                }
            }
        }
        println!(
            "{reader:<22}{:>17}   those its sanitizer decides: {sanitizer}",
            own.to_string()
        );
    }
}

/// Whether a check holds; `None` where its field is not modelled.
fn holds(check: &Value, found: &Found) -> Option<bool> {
    let equals = check["equals"].as_str()?;
    let field = check["field"].as_str()?;
    let is_date = matches!(field, "updated" | "published" | "created");
    let found = if check["where"] == "feed" {
        match field {
            "title" => found.title.as_deref(),
            "tagline" | "subtitle" | "description" | "info" => found.description.as_deref(),
            "link" => found.link.as_deref(),
            "language" => found.lang.as_deref(),
            _ => return None,
        }
    } else {
        let at = usize::try_from(check["index"].as_u64()?).ok()?;
        let entry = found.entries.get(at);
        match field {
            "title" => entry.and_then(|entry| entry.get(Field::Title)),
            "link" => entry.and_then(|entry| entry.get(Field::Link)),
            "id" | "guid" => entry.and_then(|entry| entry.get(Field::Id)),
            "description" | "summary" => entry.and_then(|entry| entry.text.as_deref()),
            "language" => entry.and_then(|entry| entry.lang.as_deref()),
            _ if is_date => entry.and_then(|entry| entry.date_raw.as_deref()),
            _ => return None,
        }
    };
    let found = bare(&fold_title(found.unwrap_or_default()));
    Some(found == bare(&fold_title(equals)))
}
