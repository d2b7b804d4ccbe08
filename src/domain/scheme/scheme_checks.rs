//! The checks of a scheme file as a whole: whether its sums, capacities, shares and milestones can be.

use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::mass_balance::MassBalanceRules;
use crate::scheme::scheme::{Component, Scheme};
use crate::scheme::staged_release::check_staged_release;

impl Scheme {
    pub(crate) fn check(&self) -> Result<(), BadScheme> {
        let fail = |key: &str, why: &str| Err(BadScheme::new(key, why));
        self.check_sums()?;
        let total = Paise::sum(self.components.iter().map(|part| self.component_outlay(part.code)));
        if total != Some(self.outlay.paise()) {
            return fail("components", "their sum must be the outlay, each component once");
        }
        let positive = [
            &self.beneficiaries_most,
            &self.total_capacity_mtpa,
            &self.gestation_years,
            &self.incentive_years,
            &self.holds.reservation_days,
            &self.holds.sanction_months,
        ];
        if positive.iter().any(|figure| figure.value <= 0 || figure.value > 1_000_000) {
            return fail("value", "counts, capacities and years must be positive");
        }
        let bounds = &self.capacity_mtpa;
        if bounds.least <= 0
            || bounds.most < bounds.least
            || bounds.step <= 0
            || bounds.most > self.total_capacity_mtpa.value
        {
            return fail("capacity_mtpa", "needs 0 < least <= most <= total_capacity_mtpa and step > 0");
        }
        self.chain.check()?;
        if !self.eligibility.net_worth.is_sorted_by_key(|slab| slab.up_to_mtpa)
            || (!self.eligibility.net_worth.is_empty() && self.least_net_worth(bounds.most).is_none())
        {
            return fail("eligibility.net_worth", "slabs must rise and reach the largest capacity");
        }
        self.check_publication()?;
        self.check_shares()?;
        check_staged_release(&self.staged_release)?;
        self.check_security()?;
        self.check_recovery()?;
        self.check_allocation()?;
        self.check_milestones()?;
        self.check_partial_achievement()?;
        self.mass_balance.as_ref().map_or(Ok(()), MassBalanceRules::check)?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain(&self.code) || !plain(&self.number_prefix) || self.version < 1 {
            return fail("code", "code and number_prefix are letters, digits and hyphens; version starts at 1");
        }
        Ok(())
    }

    /// Every sum is at least a rupee, and within what an amount can be.
    fn check_sums(&self) -> Result<(), BadScheme> {
        let most = LARGEST_AMOUNT.0 / 100;
        let check = |key: String, rupees: i64| match rupees {
            _ if (1..=most).contains(&rupees) => Ok(()),
            _ => Err(BadScheme::new(key, format!("{rupees} rupees are not a possible sum; it is 1 to {most} rupees"))),
        };
        check("outlay.rupees".to_owned(), self.outlay.rupees)?;
        check("eligibility.investment_per_mtpa.rupees".to_owned(), self.eligibility.investment_per_mtpa.rupees)?;
        if let Some(rules) = &self.sales_linked_incentive {
            let key = "sales_linked_incentive.rate_ceiling_per_kg.rupees".to_owned();
            check(key, rules.rate_ceiling_per_kg.rupees)?;
        }
        if let Some(rules) = &self.e_invoices {
            check("e_invoices.irn_from_turnover.rupees".to_owned(), rules.irn_from_turnover.rupees)?;
        }
        for (index, slab) in self.eligibility.net_worth.iter().enumerate() {
            check(format!("eligibility.net_worth.{index}.rupees"), slab.rupees)?;
        }
        for (index, part) in self.components.iter().enumerate() {
            check(format!("components.{index}.rupees"), part.rupees)?;
        }
        Ok(())
    }

    fn check_shares(&self) -> Result<(), BadScheme> {
        let turnover = self.sales_linked_incentive.as_ref().map(|rules| rules.turnover_share.basis_points);
        let investment = self.capital_subsidy.as_ref().map(|rules| rules.investment_share.basis_points);
        let shares =
            [("sales_linked_incentive.turnover_share", turnover), ("capital_subsidy.investment_share", investment)];
        for (key, share) in shares {
            if let Some(share) = share.filter(|share| !(1..=10_000).contains(&share.0)) {
                let key = format!("{key}.basis_points");
                let why =
                    format!("{} basis points are not a share; it is 1 to 10000, of which 100 are one percent", share.0);
                return Err(BadScheme::new(key, why));
            }
        }
        Ok(())
    }

    fn check_milestones(&self) -> Result<(), BadScheme> {
        let fail = |why: &str| Err(BadScheme::new("milestones", why));
        let whole: i64 = self.milestones.iter().map(|rule| rule.capital_share.0).sum();
        let capital = self.component_outlay(Component::CapitalSubsidy) > Paise::ZERO;
        let by_milestone = capital && !self.is_claimed_by_period(Component::CapitalSubsidy);
        let due = if by_milestone { 10_000 } else { 0 };
        if whole != due || self.milestones.iter().any(|rule| rule.capital_share.0 < 0) {
            return fail("capital_share must sum to 10000, and to 0 without a capital component or with one by_period");
        }
        let after = self.claims.iter().any(|rules| rules.after_commissioning);
        if after && !self.milestones.iter().any(|rule| rule.commissions) {
            return fail("after_commissioning needs a milestone that commissions");
        }
        let commission = self.milestones.iter().filter(|rule| rule.commissions).count();
        if commission > 1 || (commission == 0 && !self.milestones.is_empty()) {
            return fail("exactly one milestone commissions");
        }
        if !self.milestones.is_sorted_by_key(|rule| rule.due_months) {
            return fail("must be in the order of their due dates");
        }
        for rule in &self.milestones {
            let known = rule
                .installed
                .iter()
                .all(|(stage, share)| self.chain.stages.contains(stage) && (1..=10_000).contains(&share.0));
            if rule.installed.is_empty() || !known {
                return fail("installed names stages of the chain with shares of 1 to 10000");
            }
        }
        Ok(())
    }
}
