//! The list of final certificates as its page shows it.

use crate::db::claim::{claims, final_certificates};
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::claim::final_certificates::READ_PERMISSION;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use domain::base::permission::Role;
use domain::claim::final_certificate::{CertificateStatus, FinalCertificate};
use domain::worklist::rules;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One row of the list of final certificates.
pub struct ListedCertificate {
    pub certificate: FinalCertificate,
    /// The number of its claim.
    pub claim: String,
    pub beneficiary: String,
    /// The offices that can end its wait; none if it waits for nobody.
    pub offices: Vec<Role>,
}

/// One page of the list of final certificates, and how many there are in all.
pub struct CertificateList {
    pub rows: Vec<ListedCertificate>,
    pub all: i64,
}

/// The offices that can end the wait of a certificate. After it was returned, its claim waits for the next one.
fn offices_of(certificate: &FinalCertificate) -> Vec<Role> {
    let waits = rules::final_certificate(certificate.status);
    waits.rules().first().map(|rule| rule.offices().to_vec()).unwrap_or_default()
}

impl Service {
    /// One page of the final certificates that a person may see, the newest first; pages are numbered from 1.
    pub async fn certificate_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<CertificateStatus>,
        page: i64,
        rows: i64,
    ) -> Result<CertificateList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = final_certificates::Part { status, only: actor.narrowed_to() };
            let all = final_certificates::count(tx, part)?;
            let found = final_certificates::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let companies: Vec<String> = found.iter().map(|one| one.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &companies)?.into_iter().collect();
            let ids: Vec<String> = found.iter().map(|one| one.claim_id.to_string()).collect();
            let numbers: BTreeMap<String, Option<String>> = claims::numbers(tx, &ids)?.into_iter().collect();
            let row = |certificate: FinalCertificate| {
                let claim = certificate.claim_id.to_string();
                ListedCertificate {
                    beneficiary: names.get(&certificate.organisation_id.to_string()).cloned().unwrap_or_default(),
                    offices: offices_of(&certificate),
                    claim: numbers.get(&claim).cloned().flatten().unwrap_or(claim),
                    certificate,
                }
            };
            Ok(CertificateList { rows: found.into_iter().map(row).collect(), all })
        })
        .await
    }
}
