//! Which queries of documented narratives an item matches, as they are configured now.
//!
//! Says which words were found, and nothing about whether the claim is made, denied or reported on.

use bellwether_api::NarrativeMatchBody;
use bellwether_model::{Item, Timestamp};
use bellwether_query::{AnalysedItem, Binding, Bound, Query, matches};
use jiff::tz::TimeZone;

use super::who::Who;

/// A query of a narrative, ready to be asked.
#[derive(Debug)]
pub(super) struct NarrativeBound {
    body: NarrativeMatchBody,
    bound: Bound,
}

/// All queries of all narratives. They name no time, so it does not matter when they are bound.
pub(super) fn bind(who: &Who) -> Vec<NarrativeBound> {
    let zone = TimeZone::UTC;
    let binding = Binding::new(&who.directory, &who.names, Timestamp::UNIX_EPOCH, &zone);
    let mut all = Vec::new();
    for narrative in who.directory.narratives() {
        for query in &narrative.queries {
            // One that cannot be read was refused with its configuration.
            let bound = Query::parse(&query.query).map(|parsed| parsed.bind(binding));
            if let Ok(Ok(bound)) = bound {
                let body = NarrativeMatchBody {
                    narrative: narrative.id.to_string(),
                    title: narrative.title.clone(),
                    lang: query.lang.clone(),
                    query: query.query.clone(),
                };
                all.push(NarrativeBound { body, bound });
            }
        }
    }
    all
}

/// Those that find an item.
pub(super) fn matched(item: &Item, bound: &[NarrativeBound]) -> Vec<NarrativeMatchBody> {
    let analysed = AnalysedItem::of(item);
    let document = analysed.document(item);
    bound
        .iter()
        .filter(|query| matches(&query.bound, &document))
        .map(|query| query.body.clone())
        .collect()
}
