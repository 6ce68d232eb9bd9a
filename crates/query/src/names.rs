//! The names of actors, ready to be looked for (DESIGN 5.1).
//!
//! A name is a phrase as it stands. One that is a common word, a surname, or shared between actors
//! counts only in an item that also has an unambiguous name of another actor of the same country:
//! "Lai" beside "DPP", not by itself.

use std::collections::HashMap;

use bellwether_model::{Actor, ActorId, Directory};
use bellwether_text::fold;

use crate::ast::TextField;
use crate::bind::Bound;
use crate::pattern::{Pattern, Phrase};

/// All names of the actors in force. Built once per configuration.
#[derive(Debug, Clone, Default)]
pub struct Names {
    actors: HashMap<ActorId, OwnNames>,
    /// The actor that an unambiguous name means, by its folded form.
    owners: HashMap<String, ActorId>,
    /// For each country the unambiguous names of its actors, with their owner.
    by_country: HashMap<Option<String>, Vec<(ActorId, Phrase)>>,
}

#[derive(Debug, Clone, Default)]
struct OwnNames {
    country: Option<String>,
    certain: Vec<Phrase>,
    ambiguous: Vec<Phrase>,
}

impl Names {
    /// The names of the actors of a configuration.
    #[must_use]
    pub fn new(directory: &Directory) -> Self {
        let mut names = Self::default();
        for actor in directory.actors() {
            names.add(actor);
        }
        names
    }

    fn add(&mut self, actor: &Actor) {
        let mut own = OwnNames {
            country: actor.country.clone(),
            ..OwnNames::default()
        };
        for alias in &actor.aliases {
            let Some(phrase) = Phrase::of(&alias.text) else {
                continue;
            };
            let known = if alias.is_ambiguous {
                &mut own.ambiguous
            } else {
                &mut own.certain
            };
            // Spellings that fold together are one name.
            if known.contains(&phrase) {
                continue;
            }
            known.push(phrase.clone());
            if !alias.is_ambiguous {
                self.owners.insert(fold(&alias.text), actor.id.clone());
                self.by_country
                    .entry(own.country.clone())
                    .or_default()
                    .push((actor.id.clone(), phrase));
            }
        }
        self.actors.insert(actor.id.clone(), own);
    }

    /// What finds the items that name an actor; `None` where there is no such actor.
    #[must_use]
    pub fn of_actor(&self, id: &ActorId) -> Option<Bound> {
        let own = self.actors.get(id)?;
        let certain = any_text(own.certain.iter().cloned());
        if own.ambiguous.is_empty() {
            return Some(certain);
        }
        let others = own
            .country
            .is_some()
            .then(|| self.by_country.get(&own.country));
        let context = others
            .flatten()
            .into_iter()
            .flatten()
            .filter(|(owner, _)| owner != id)
            .map(|(_, phrase)| phrase.clone());
        Some(Bound::Or(vec![
            certain,
            // In this order: an item without the name need not be searched for all the others.
            Bound::And(vec![
                any_text(own.ambiguous.iter().cloned()),
                any_text(context),
            ]),
        ]))
    }

    /// All unambiguous names of the actor whose unambiguous name a text is; `None` where it is none.
    pub(crate) fn like(&self, text: &str) -> Option<Pattern> {
        let owner = self.owners.get(&fold(text))?;
        let own = self.actors.get(owner)?;
        Some(any(own.certain.iter().cloned()))
    }
}

fn any(phrases: impl Iterator<Item = Phrase>) -> Pattern {
    let mut parts: Vec<Pattern> = phrases.map(Pattern::Phrase).collect();
    if parts.len() == 1 {
        parts.swap_remove(0)
    } else {
        Pattern::Any(parts)
    }
}

fn any_text(phrases: impl Iterator<Item = Phrase>) -> Bound {
    Bound::Text {
        field: TextField::Any,
        pattern: any(phrases),
    }
}
