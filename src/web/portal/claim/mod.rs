//! Pages of claims.

pub mod certificate_acts;
pub mod certificate_list;
pub mod certificate_page;
pub mod claim_acts;
pub mod claim_changes;
pub mod claim_correction;
pub mod claim_list;
pub mod claim_page;
pub mod claim_turn;
pub mod statement_page;
pub mod statement_words;
pub mod verification_acts;
pub mod verification_faults;
pub mod verification_line;
pub mod verification_page;
