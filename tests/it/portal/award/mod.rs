//! The pages of applications, awards, guarantees and excused delays.

mod applications;
mod awards;
mod excuses;
mod guarantees;
