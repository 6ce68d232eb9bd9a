//! Stories and lineage: which items carry one text, which reword it, who was first.

mod at_hand;
mod beside;
mod compare;
mod credit;
mod details;
mod echo;
mod figures;
mod fingerprint;
mod hash;
mod marks;
mod names;
mod near;
mod numerals;
mod possible;
mod postings;
mod ranges;
mod reworded;
mod sample;
mod stories;
mod tree;

pub use beside::{Beside, Common, Run, beside, common};
pub use compare::Overlap;
pub use credit::credited;
pub use details::Details;
pub use echo::{Appearance, Echo, Lag, Ledger};
pub use fingerprint::{Fingerprint, Part, is_column_title};
pub use near::is_near;
pub use possible::{possible, telling_figures};
pub use reworded::{Evidence, REWORDED_MIN, calibration};
pub use stories::{COMPARED_MAX, Entered, Like, Likes, Stories, StorySettings, TextRef, Texts};
pub use tree::{Carrier, Relation, SAME_TIME_SECONDS, Step, tree};
