//! The elections in force, with their calendars.

use bellwether_api::{CalendarBody, ListBody, Problem};

use super::Answers;

impl Answers {
    /// The elections in force in the order of the configuration.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn elections(&self) -> Result<ListBody<CalendarBody>, Problem> {
        let who = self.log.with(|log| self.who(log))?;
        let now = self.now();
        let items = who.elections.iter().map(|election| {
            let narratives = who.directory.narratives();
            let of_it = narratives.filter(|narrative| narrative.elections.contains(&election.id));
            let ids = of_it.map(|narrative| narrative.id.to_string()).collect();
            CalendarBody::from_model(election, ids, now)
        });
        Ok(ListBody {
            items: items.collect(),
            cursor: None,
        })
    }
}
