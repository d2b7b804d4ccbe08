//! Pages of the budget: where every rupee of a year stands, and the instruments that change it.

pub mod budget_chart;
pub mod budget_page;
pub mod instrument_acts;
pub mod instrument_list;
pub mod instrument_page;
pub mod proposal;
