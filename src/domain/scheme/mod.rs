//! Rules about a scheme's file and its rules: figures, eligibility, windows, value chain, mass balance, staged release.

pub mod allocation_rules;
pub mod bad_scheme;
pub mod balance_findings;
pub mod e_invoices;
pub mod eligibility;
pub mod example;
pub mod fact;
pub mod finance;
pub mod governing;
pub mod hold;
pub mod mass_balance;
pub mod partial_achievement;
pub mod plausible;
pub mod recovery_rules;
pub mod rules;
pub mod scheme;
pub mod scheme_checks;
pub mod scheme_figures;
pub mod scheme_schema;
pub mod security_rule;
pub mod staged_release;
pub mod value_chain;
pub mod window;
