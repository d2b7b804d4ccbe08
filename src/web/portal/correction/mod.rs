//! The pages of the room correction. `domain/correction/mod.rs` says what the room is about.

pub mod correction_list;
pub mod correction_page;

use crate::service::correction::corrections::{DecideCorrection, ProposeCorrection, READ_PERMISSION};
use crate::web::portal::route_table::PageTable;

/// The ways back.
pub fn pages(config: &mut impl PageTable) {
    config
        .page("/corrections", READ_PERMISSION, correction_list::correction_list)
        .act::<ProposeCorrection, _, _>("/corrections", correction_list::propose)
        .page("/corrections/{id}", READ_PERMISSION, correction_page::correction_page)
        .act::<DecideCorrection, _, _>("/corrections/{id}/decision", correction_page::decide);
}
