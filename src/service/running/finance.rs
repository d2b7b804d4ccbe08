//! The rules of finance as data: files that are read and checked at the start and not changed afterwards.

use crate::service::running::error::Error;
use domain::award::guarantee_identity::Banks;
use domain::budget::expenditure_limit::LimitTable;
use domain::budget::reappropriation::ReAppropriationRules;
use domain::budget::whole_rupees::UnitTable;
use domain::desk::audit_desk::AuditDeskRules;
use domain::payment::bank_difference::ReconciliationRules;
use domain::worklist::desk_times::DeskTimes;
use std::path::Path;

/// All tables of the finance rules.
pub struct FinanceRules {
    pub re_appropriation: ReAppropriationRules,
    pub limits: LimitTable,
    pub reconciliation: ReconciliationRules,
    pub audit_desk: AuditDeskRules,
    pub desk_times: DeskTimes,
    pub units: UnitTable,
    pub banks: Banks,
}

impl FinanceRules {
    /// Reads the built-in tables, or those of a folder. Errors name the file.
    pub fn read(folder: &Path) -> Result<FinanceRules, Error> {
        let text = |name: &str, built_in: &str| {
            if folder.as_os_str().is_empty() {
                return Ok(built_in.to_owned());
            }
            let path = folder.join(name);
            std::fs::read_to_string(&path)
                .map_err(|error| Error::Setup(format!("finance.folder: {}: {error}", path.display())))
        };
        // Tables added after the first release: a folder without them uses the built-in ones.
        let later = |name: &str, built_in: &str| {
            if folder.join(name).exists() { text(name, built_in) } else { Ok(built_in.to_owned()) }
        };
        let wrong = |name: &'static str| move |why| Error::Setup(format!("finance.folder: {name}: {why}"));
        let (moves, limits) = ("reappropriation.toml", "expenditure-limits.toml");
        let (reconciliation, desk, times) = ("reconciliation.toml", "audit-desk.toml", "desk-times.toml");
        let (units, banks) = ("whole-rupees.toml", "banks.toml");
        Ok(FinanceRules {
            re_appropriation: ReAppropriationRules::parse(&text(
                moves,
                include_str!("../../../config/finance/reappropriation.toml"),
            )?)
            .map_err(wrong(moves))?,
            limits: LimitTable::parse(&text(limits, include_str!("../../../config/finance/expenditure-limits.toml"))?)
                .map_err(wrong(limits))?,
            reconciliation: ReconciliationRules::parse(&later(
                reconciliation,
                include_str!("../../../config/finance/reconciliation.toml"),
            )?)
            .map_err(wrong(reconciliation))?,
            audit_desk: AuditDeskRules::parse(&later(desk, include_str!("../../../config/finance/audit-desk.toml"))?)
                .map_err(wrong(desk))?,
            desk_times: DeskTimes::parse(&later(times, include_str!("../../../config/finance/desk-times.toml"))?)
                .map_err(wrong(times))?,
            units: UnitTable::parse(&later(units, include_str!("../../../config/finance/whole-rupees.toml"))?)
                .map_err(wrong(units))?,
            banks: Banks::parse(&later(banks, include_str!("../../../config/finance/banks.toml"))?)
                .map_err(wrong(banks))?,
        })
    }
}
