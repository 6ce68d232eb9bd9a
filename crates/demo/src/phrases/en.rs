//! English.

use super::{Book, Topic};

pub(super) static BOOK: Book = Book {
    places: [
        "Tavimora", "Norrekin", "Suvaleth", "Dunmeru", "Ossivane", "Kallibey",
    ],
    everyday: &[
        Topic {
            titles: &[
                "Mackerel prices in {place} rise by {n} per cent",
                "Fish market of {place} sells {m} tonnes in a week",
            ],
            leads: &[
                "Boats brought {m} tonnes of mackerel into {place} this week, the harbour office said.",
                "The fish market of {place} counted {n} boats this morning, most of them from {other}.",
            ],
            details: &[
                "Buyers paid {n} per cent more than a month ago, and ice was scarce.",
                "Traders expect prices to settle once the boats of {other} return.",
            ],
        },
        Topic {
            titles: &[
                "Rain expected over {place} and {other}",
                "Gusts of {n} kilometres an hour forecast for {place}",
            ],
            leads: &[
                "The weather office expects {n} millimetres of rain in {place} until tomorrow evening.",
                "A front from the west will reach {place} in the night and {other} by noon.",
            ],
            details: &[
                "Hikers are asked to stay off the coastal path between {place} and {other}.",
                "It measured {m} hours of sunshine since January, a usual value for the season.",
            ],
        },
        Topic {
            titles: &[
                "{place} draws with {other} in front of {m} spectators",
                "Football: {other} travels to {place} without its captain",
            ],
            leads: &[
                "The team of {place} kept its lead for {n} minutes before {other} equalised.",
                "{m} people came to the ground in {place} to see the match against {other}.",
            ],
            details: &[
                "The trainer spoke of a fair result after a restless second half.",
                "The return match is to be played in {other} in {n} days.",
            ],
        },
        Topic {
            titles: &[
                "School in {place} gets {n} new places",
                "Parents in {place} ask for a later first lesson",
            ],
            leads: &[
                "The school board of {place} will take {n} more pupils after the summer.",
                "A survey among {m} families in {place} found a wish for a later start.",
            ],
            details: &[
                "Two rooms are to be built in the old post office next door.",
                "The teachers had asked for the change since a similar trial in {other}.",
            ],
        },
        Topic {
            titles: &[
                "Bus line {n} between {place} and {other} to run every half hour",
                "Road works close the coast road near {place}",
            ],
            leads: &[
                "From next month, line {n} will connect {place} and {other} until midnight.",
                "The road between {place} and {other} will be closed at night for {n} days.",
            ],
            details: &[
                "The council set aside {m} thousand crowns for shelters and lamps.",
                "Drivers should allow {n} minutes more for the journey.",
            ],
        },
        Topic {
            titles: &[
                "Museum of {place} shows {m} maps from its cellar",
                "{place} opens an exhibition on lighthouse keepers",
            ],
            leads: &[
                "The museum of {place} has restored {m} sea maps that had been stored in {other}.",
                "Letters of {n} lighthouse keepers can be read in {place} for the first time.",
            ],
            details: &[
                "Admission is free on the first Sunday of the month.",
                "The curators found the pieces while they repaired the roof.",
            ],
        },
        Topic {
            titles: &[
                "Clinic in {place} extends its hours",
                "{n} nurses finish their training in {place}",
            ],
            leads: &[
                "The clinic of {place} will see patients until nine in the evening on {n} days of the quarter.",
                "{n} nurses received their diplomas in {place} on the same day as a class in {other}.",
            ],
            details: &[
                "Last year it treated {m} people from outside the town.",
                "A second ambulance is to be stationed in {other}.",
            ],
        },
        Topic {
            titles: &[
                "Four lists debate housing in {place}",
                "Lists differ on harbour fees in {place} debate",
            ],
            leads: &[
                "Candidates of all four lists met in {place} and spoke for {n} minutes about rents.",
                "Before {m} listeners in {place}, the four lists disagreed on the fees of the harbour.",
            ],
            details: &[
                "They agreed that {other} needs more flats for young families.",
                "The next debate will be held in {other}.",
            ],
        },
        Topic {
            titles: &[
                "Polling stations in {place} move to ground floors",
                "{place} looks for {n} more poll workers",
            ],
            leads: &[
                "Voters in {place} will find {n} polling stations without steps this year.",
                "The election office asked residents of {place} to help at {n} polling stations.",
            ],
            details: &[
                "Cards with the address were sent to {m} households in {other}.",
                "Helpers are paid for the day and trained in {other}.",
            ],
        },
    ],
    machines: Topic {
        titles: &[
            "Visitors in {place} look inside the counting machines",
            "Letters: what I saw of the count in {place}",
            "Election office in {place} answers questions on the count",
        ],
        leads: &[
            "Engineers in {place} showed {n} visitors why the counting machines cannot swap votes.",
            "A reader from {place} asks whether counting machines could swap votes, as a post claims.",
            "No counting machine swapped a vote in the test with {m} ballots, the office in {place} said.",
        ],
        details: &[
            "Each box is counted a second time by hand in {other}.",
            "The seals are numbered and read out before witnesses of all four lists.",
        ],
    },
    postponed: Topic {
        titles: &[
            "Office in {place}: the date stands",
            "Question of the day from {place}",
        ],
        leads: &[
            "The vote will not be postponed, the election office told callers in {place}.",
            "A rumour in {place} that the vote had been postponed is wrong, officials said.",
        ],
        details: &[
            "It received {n} such calls in a week.",
            "The date was set in {other} two years ago.",
        ],
    },
    closings: &[
        "More is to be said at a meeting in {other}.",
        "The council of {place} did not comment.",
        "A report with all {m} entries is on display in the town hall.",
        "Similar news came from {other} last year.",
        "Residents can write to the editors until the end of the month.",
        "The figures are preliminary.",
        "An earlier version gave a smaller number for {other}.",
    ],
};
