//! The two sides of a file: the note sheet, which offices write and read, and the letters between office and company.

pub mod about;
pub mod letter;
pub mod note;
