//! What the auditor sees of the whole: the budget and the audit log.

use crate::harness::app::App;
use crate::harness::people::Verbs;
use serde_json::Value;

impl App {
    /// One row of the budget: level, component, and award number or financial year.
    pub fn budget(&self, level: &str, component: &str, owner: Option<&str>) -> Value {
        let table = self.auditor().sees("/budget");
        let rows = table["data"].as_array().unwrap();
        let ours = |row: &&Value| {
            let name = row["award_number"].as_str().or(row["financial_year"].as_str());
            row["level"] == level && row["component"] == component && name == owner
        };
        rows.iter().find(ours).unwrap_or_else(|| panic!("no {level} {component} {owner:?} in {table}")).clone()
    }

    /// The whole budget table.
    pub fn budget_table(&self) -> Value {
        self.auditor().sees("/budget")["data"].clone()
    }

    /// The audit log as the auditor reads it, read without creating people or signing in.
    pub fn acts(&self) -> Vec<Value> {
        let entries = self.auditor().sees("/audit-log?limit=1000")["data"].clone();
        let people = ["create_user", "sign_in", "refresh_session"];
        let mut entries = entries.as_array().unwrap().clone();
        entries.retain(|entry| !people.contains(&entry["command"].as_str().unwrap()));
        entries
    }
}
