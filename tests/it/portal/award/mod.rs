//! The pages of applications, awards, guarantees and excused delays; sealed bids and allotments with their pages.

mod allotted;
mod applications;
mod awards;
mod excuses;
mod guarantees;
mod round_waits;
mod sealed_bids;
