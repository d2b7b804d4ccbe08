//! The program at a terminal and under a supervisor: what it prints, which signals it takes, how it ends, how it reads
//! its settings, and whom it lets open its files.

mod commands;
mod pooler;
mod privacy;
mod serving;
mod settings;
mod verify;
