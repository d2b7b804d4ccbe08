//! Pages of tranches and payments.

pub mod payment_page;
pub mod tranche_acts;
pub mod tranche_list;
pub mod tranche_page;
