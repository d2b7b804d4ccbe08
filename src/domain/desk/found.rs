//! The kinds of records that somebody finds: by a number of ours, by an id, or by a text on paper.

use crate::base::number::NumberKind;
use crate::base::permission::Permission;
use crate::words;

words! {
    /// The kind of a record that was found. Each has a page; that of a company is the list of
    /// what it has here.
    pub enum FoundKind {
        Application = "application",
        Allocation = "allocation",
        Award = "award",
        Milestone = "milestone",
        Excuse = "excuse",
        Guarantee = "guarantee",
        Claim = "claim",
        Certificate = "certificate",
        Tranche = "tranche",
        Payment = "payment",
        Disbursement = "disbursement",
        Recovery = "recovery",
        Letter = "letter",
        Instrument = "instrument",
        Advice = "advice",
        TreasuryFile = "treasury_file",
        Scroll = "scroll",
        Difference = "difference",
        SchemeDraft = "scheme_draft",
        Company = "company",
    }
}

impl FoundKind {
    /// The kind of the records with such numbers; `None` for those that are only read through the interface.
    pub fn of(number: NumberKind) -> Option<FoundKind> {
        Some(match number {
            NumberKind::Application => FoundKind::Application,
            NumberKind::Allocation => FoundKind::Allocation,
            NumberKind::Award => FoundKind::Award,
            NumberKind::Excuse => FoundKind::Excuse,
            NumberKind::Claim => FoundKind::Claim,
            NumberKind::FinalCertificate => FoundKind::Certificate,
            NumberKind::Tranche => FoundKind::Tranche,
            NumberKind::Payment => FoundKind::Payment,
            NumberKind::Disbursement => FoundKind::Disbursement,
            NumberKind::Recovery => FoundKind::Recovery,
            NumberKind::BudgetInstrument => FoundKind::Instrument,
            NumberKind::Letter => FoundKind::Letter,
            NumberKind::Observation | NumberKind::Requisition | NumberKind::Sample | NumberKind::SavedQuery => {
                return None;
            }
        })
    }

    /// The permission to read such a record.
    pub fn permission(self) -> Permission {
        match self {
            FoundKind::Allocation | FoundKind::Instrument => Permission::ReadBudget,
            FoundKind::Disbursement => Permission::ReadDisbursements,
            FoundKind::Advice | FoundKind::TreasuryFile | FoundKind::Scroll | FoundKind::Difference => {
                Permission::ReadTreasury
            }
            FoundKind::SchemeDraft => Permission::ReadSchemeDrafts,
            FoundKind::Application | FoundKind::Award | FoundKind::Milestone | FoundKind::Excuse => {
                Permission::ReadFiles
            }
            FoundKind::Guarantee | FoundKind::Claim | FoundKind::Certificate | FoundKind::Tranche => {
                Permission::ReadFiles
            }
            FoundKind::Payment | FoundKind::Recovery | FoundKind::Letter | FoundKind::Company => Permission::ReadFiles,
        }
    }

    /// Whether a record without a number is a draft, which only its company sees.
    pub fn has_drafts(self) -> bool {
        matches!(self, FoundKind::Application | FoundKind::Claim)
    }
}

/// A record that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRecord {
    pub kind: FoundKind,
    pub id: String,
    /// Its number, the number of its award for a milestone, or the reference that a bank gave; a draft has none.
    pub number: Option<String>,
    /// What its page is named after beside the number: the code of a milestone, the claim of a final certificate.
    pub part: Option<String>,
    pub organisation_id: Option<String>,
    /// The company that it concerns.
    pub company: Option<String>,
}

impl FoundRecord {
    /// What people call it: its number, or its id while it has none.
    pub fn name(&self) -> &str {
        self.number.as_deref().unwrap_or(&self.id)
    }
}
