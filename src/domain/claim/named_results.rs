//! The results of a statement that rules use by name: sums over lines, and intermediate values.

use crate::base::refusal::Refusal;
use crate::claim::entitlement::set;
use crate::claim::statement::{LineSumResult, NamedResult};
use crate::scheme::rules::claim_rules::{CheckedClaimRules, CheckedSum};
use crate::scheme::rules::names::Value;
use crate::scheme::rules::rule::not_computable;

/// The intermediate values of the rules, each from those before it.
pub fn intermediate(rules: &CheckedClaimRules, slots: &mut [Option<Value>]) -> Result<Vec<NamedResult>, Refusal> {
    let mut results = Vec::with_capacity(rules.values.len());
    for value in &rules.values {
        let found = value.value.value(slots).map_err(not_computable(&value.code))?;
        let formula = value.value.with_numbers(&rules.names, slots);
        set(&rules.names, slots, &value.code, found);
        results.push(NamedResult {
            name: value.code.clone(),
            title: value.title.clone(),
            expression: value.value.text.clone(),
            formula,
            value: found.to_string(),
        });
    }
    Ok(results)
}

/// The sums over the lines, as they were computed.
pub fn line_sums(rules: &CheckedClaimRules, slots: &[Option<Value>]) -> Vec<LineSumResult> {
    let result = |sum: &CheckedSum| {
        let value = rules.names.slot(&sum.code).and_then(|slot| slots.get(slot).copied().flatten());
        LineSumResult {
            name: sum.code.clone(),
            title: sum.title.clone(),
            when: sum.when.as_ref().map(|when| when.text.clone()),
            sum: sum.sum.text.clone(),
            value: value.map(|value| value.to_string()).unwrap_or_default(),
        }
    };
    rules.sums.iter().map(result).collect()
}
