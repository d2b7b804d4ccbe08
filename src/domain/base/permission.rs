//! Permissions: the one permission table (role-based access control), the roles, and the steps of
//! which one person may take only one on the same rupee (separation of duties). Everything that is
//! not in the table is denied.

use crate::base::argument::Holders;
use crate::base::refusal::Refusal;

pub use crate::base::roles::Roles;

/// Declares an enum whose variants have one spelling in code, URL, JSON and tables.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $vis enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] #[schema(rename = $text)] $variant),* }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::base::argument::ToArgument for $name {
            fn to_argument(&self, _: &str) -> $crate::base::argument::Argument {
                $crate::base::argument::Argument::Word(std::borrow::Cow::Borrowed(self.as_str()))
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok($name::$variant),)*
                    _ => Err(format!("expected one of: {}", [$($text),*].join(", "))),
                }
            }
        }
    };
}

words! {
    /// A role of a person. A person may hold several roles; steps still need several people.
    pub enum Role {
        /// Manufacturer: fills in forms.
        Preparer = "preparer",
        /// Manufacturer: signs and submits.
        Signatory = "signatory",
        /// Project management agency: scrutinises, inspects, verifies.
        Verifier = "verifier",
        /// Ministry programme division: recommends.
        SectionOfficer = "section_officer",
        /// Ministry finance division: concurs.
        FinanceOfficer = "finance_officer",
        /// Ministry: sanctions, and issues awards.
        CompetentAuthority = "competent_authority",
        /// Drawing and disbursing officer: advises payments and records their outcome.
        DisbursingOfficer = "disbursing_officer",
        /// Opens windows, publishes versions of schemes and changes the budget (two of them for each).
        SchemeAdministrator = "scheme_administrator",
        /// Reads everything and changes nothing except the records of the audit desk.
        Auditor = "auditor",
        /// Manages people; has no power over money.
        Administrator = "administrator",
    }
}

impl Role {
    /// Whether the role belongs to a manufacturer and sees only its files.
    pub fn is_manufacturer(self) -> bool {
        matches!(self, Role::Preparer | Role::Signatory)
    }
}

words! {
    /// An action that the table allows or denies.
    pub enum Permission {
        ManageUsers = "manage_users",
        ErasePersonalData = "erase_personal_data",
        OpenWindow = "open_window",
        ProposeBudgetInstrument = "propose_budget_instrument",
        DecideBudgetInstrument = "decide_budget_instrument",
        RegisterOrganisation = "register_organisation",
        RecordCompanyGroup = "record_company_group",
        UploadEvidence = "upload_evidence",
        PrepareApplication = "prepare_application",
        SubmitApplication = "submit_application",
        RaiseQuery = "raise_query",
        ReplyToQuery = "reply_to_query",
        ScrutiniseApplication = "scrutinise_application",
        DraftAllocation = "draft_allocation",
        ConcurAllocation = "concur_allocation",
        PublishAllocation = "publish_allocation",
        WithdrawAllocation = "withdraw_allocation",
        SurrenderAllotment = "surrender_allotment",
        OpenBids = "open_bids",
        ProposeAllotmentEnd = "propose_allotment_end",
        EndAllotment = "end_allotment",
        IssueAward = "issue_award",
        LodgeSecurity = "lodge_security",
        ConfirmSecurity = "confirm_security",
        InvokeSecurity = "invoke_security",
        RecordSecurityReceipt = "record_security_receipt",
        ReleaseSecurity = "release_security",
        ReportMilestone = "report_milestone",
        VerifyMilestone = "verify_milestone",
        ReturnMilestone = "return_milestone",
        AskExcuse = "ask_excuse",
        ExamineExcuse = "examine_excuse",
        DecideExcuse = "decide_excuse",
        PrepareClaim = "prepare_claim",
        SubmitClaim = "submit_claim",
        VerifyClaim = "verify_claim",
        ReturnClaim = "return_claim",
        SubmitFinalCertificate = "submit_final_certificate",
        VerifyFinalCertificate = "verify_final_certificate",
        RecommendTranche = "recommend_tranche",
        ConcurTranche = "concur_tranche",
        SanctionTranche = "sanction_tranche",
        RejectTranche = "reject_tranche",
        ReturnTranche = "return_tranche",
        AdvisePayment = "advise_payment",
        SettlePayment = "settle_payment",
        ConfirmFailure = "confirm_failure",
        IssueShowCause = "issue_show_cause",
        ReplyToShowCause = "reply_to_show_cause",
        OrderRecovery = "order_recovery",
        DemandRecovery = "demand_recovery",
        RecordReceipt = "record_receipt",
        RecordBankCredit = "record_bank_credit",
        ProposeRelief = "propose_relief",
        DecideRelief = "decide_relief",
        MakePaymentAdvice = "make_payment_advice",
        DownloadPaymentAdvice = "download_payment_advice",
        UploadTreasuryReturn = "upload_treasury_return",
        ProposeCorrection = "propose_correction",
        DecideCorrection = "decide_correction",
        ReadTreasury = "read_treasury",
        UploadBankScroll = "upload_bank_scroll",
        ProposeDifferenceSettlement = "propose_difference_settlement",
        SettleDifference = "settle_difference",
        ReadFiles = "read_files",
        ReadBudget = "read_budget",
        ReadDisbursements = "read_disbursements",
        ReadAuditLog = "read_audit_log",
        ReadControls = "read_controls",
        RunControls = "run_controls",
        RaiseObservation = "raise_observation",
        AnswerObservation = "answer_observation",
        ReadObservations = "read_observations",
        DrawSample = "draw_sample",
        FreezeSample = "freeze_sample",
        WriteNote = "write_note",
        SendLetter = "send_letter",
        WriteLetter = "write_letter",
        SetClock = "set_clock",
        DraftScheme = "draft_scheme",
        PublishScheme = "publish_scheme",
        ApproveSchemeInstrument = "approve_scheme_instrument",
        ReadSchemeDrafts = "read_scheme_drafts",
        LoadScheme = "load_scheme",
        ExpireHold = "expire_hold",
        GuardMoney = "guard_money",
        KeepSession = "keep_session",
    }
}

impl Permission {
    /// The roles that hold this permission. `LoadScheme`, `ExpireHold` and `GuardMoney` are the
    /// service's own (no role); `KeepSession` needs no particular role: everybody may change the
    /// password of their own account.
    #[allow(clippy::too_many_lines)] // a table
    pub fn roles(self) -> &'static [Role] {
        use Role::*;
        const OFFICES: &[Role] =
            &[Verifier, SectionOfficer, FinanceOfficer, CompetentAuthority, DisbursingOfficer, SchemeAdministrator];
        const MINISTRY_AND_AGENCY: &[Role] = &[
            Preparer,
            Signatory,
            Verifier,
            SectionOfficer,
            FinanceOfficer,
            CompetentAuthority,
            DisbursingOfficer,
            SchemeAdministrator,
            Auditor,
        ];
        match self {
            Permission::ManageUsers | Permission::ErasePersonalData => &[Administrator],
            Permission::OpenWindow | Permission::DraftScheme | Permission::PublishScheme => &[SchemeAdministrator],
            Permission::ApproveSchemeInstrument => &[CompetentAuthority],
            Permission::ReadSchemeDrafts => {
                &[SectionOfficer, FinanceOfficer, CompetentAuthority, SchemeAdministrator, Auditor]
            }
            Permission::ProposeBudgetInstrument | Permission::DecideBudgetInstrument => &[SchemeAdministrator],
            Permission::RegisterOrganisation => &[Preparer],
            Permission::RecordCompanyGroup => &[Verifier, SchemeAdministrator],
            Permission::UploadEvidence => &[
                Preparer,
                Signatory,
                Verifier,
                SectionOfficer,
                FinanceOfficer,
                CompetentAuthority,
                DisbursingOfficer,
                SchemeAdministrator,
            ],
            Permission::PrepareApplication | Permission::PrepareClaim => &[Preparer],
            Permission::SubmitApplication | Permission::SubmitClaim => &[Signatory],
            Permission::SubmitFinalCertificate | Permission::SurrenderAllotment | Permission::LodgeSecurity => {
                &[Signatory]
            }
            Permission::RaiseQuery => &[Verifier, SectionOfficer],
            Permission::ReplyToQuery | Permission::ReportMilestone => &[Preparer, Signatory],
            Permission::ScrutiniseApplication => &[Verifier],
            Permission::DraftAllocation | Permission::ProposeAllotmentEnd => &[SectionOfficer],
            Permission::IssueAward | Permission::PublishAllocation => &[CompetentAuthority],
            Permission::WithdrawAllocation | Permission::OpenBids | Permission::RejectTranche => {
                &[SectionOfficer, FinanceOfficer, CompetentAuthority]
            }
            Permission::ConfirmSecurity | Permission::VerifyFinalCertificate => &[Verifier],
            Permission::InvokeSecurity | Permission::ReleaseSecurity | Permission::EndAllotment => {
                &[CompetentAuthority]
            }
            Permission::RecordSecurityReceipt => &[DisbursingOfficer],
            Permission::VerifyMilestone | Permission::VerifyClaim | Permission::ExamineExcuse => &[Verifier],
            Permission::ReturnMilestone | Permission::ReturnClaim => &[Verifier],
            Permission::ConcurTranche | Permission::ConcurAllocation => &[FinanceOfficer],
            Permission::SanctionTranche | Permission::DecideExcuse => &[CompetentAuthority],
            Permission::ReturnTranche => &[SectionOfficer, FinanceOfficer, CompetentAuthority, DisbursingOfficer],
            Permission::AdvisePayment | Permission::SettlePayment => &[DisbursingOfficer],
            Permission::IssueShowCause | Permission::RecommendTranche => &[SectionOfficer],
            Permission::OrderRecovery | Permission::DecideRelief => &[CompetentAuthority],
            Permission::DemandRecovery | Permission::ProposeRelief => &[FinanceOfficer],
            Permission::RecordReceipt => &[DisbursingOfficer],
            // This is the only place where full account numbers leave the service.
            Permission::MakePaymentAdvice | Permission::DownloadPaymentAdvice => &[DisbursingOfficer],
            Permission::UploadTreasuryReturn => &[DisbursingOfficer],
            // The disbursing officer may not upload bank scrolls (separation of duties).
            Permission::UploadBankScroll | Permission::ProposeDifferenceSettlement => &[FinanceOfficer],
            // Nor may it say what arrived: it books the receipt.
            Permission::RecordBankCredit => &[FinanceOfficer],
            Permission::SettleDifference => &[FinanceOfficer, CompetentAuthority],
            // Never the office that pays: its word alone would let money be sent again.
            Permission::ConfirmFailure | Permission::DecideCorrection => &[FinanceOfficer, CompetentAuthority],
            Permission::ProposeCorrection => {
                &[Verifier, SectionOfficer, FinanceOfficer, CompetentAuthority, DisbursingOfficer]
            }
            Permission::ReadTreasury => {
                &[SectionOfficer, FinanceOfficer, CompetentAuthority, DisbursingOfficer, Auditor]
            }
            Permission::ReadFiles | Permission::ReadDisbursements => MINISTRY_AND_AGENCY,
            Permission::ReadBudget => &[
                Verifier,
                SectionOfficer,
                FinanceOfficer,
                CompetentAuthority,
                DisbursingOfficer,
                SchemeAdministrator,
                Auditor,
            ],
            Permission::ReadAuditLog => &[Auditor],
            Permission::ReadControls => &[SectionOfficer, FinanceOfficer, CompetentAuthority, Auditor],
            // A run reads everything and changes nothing; its result is stored.
            Permission::RunControls => &[CompetentAuthority, Auditor],
            // The audit desk changes only its own records. Manufacturers do not see them.
            Permission::RaiseObservation | Permission::DrawSample => &[Auditor],
            Permission::AnswerObservation => &[SectionOfficer, FinanceOfficer, CompetentAuthority],
            Permission::FreezeSample => &[SectionOfficer, FinanceOfficer, CompetentAuthority, Auditor],
            Permission::ReadObservations => {
                &[SectionOfficer, FinanceOfficer, CompetentAuthority, DisbursingOfficer, SchemeAdministrator, Auditor]
            }
            Permission::WriteNote | Permission::SendLetter => OFFICES,
            Permission::WriteLetter | Permission::ReplyToShowCause | Permission::AskExcuse => &[Signatory],
            Permission::SetClock => &[Administrator],
            Permission::LoadScheme | Permission::ExpireHold | Permission::GuardMoney => &[],
            Permission::KeepSession => Role::ALL,
        }
    }

    /// The roles that hold it, in words: `preparer or signatory`.
    pub fn holders(self) -> Holders {
        Holders(self)
    }

    /// `Ok` when one of the roles holds this permission.
    pub fn check(self, roles: &Roles) -> Result<(), Refusal> {
        if self.roles().iter().any(|role| roles.0.contains(role)) {
            Ok(())
        } else {
            Err(Refusal::NotPermitted { permission: self })
        }
    }
}

words! {
    /// The steps on one rupee that different people must take.
    pub enum Step {
        Provide = "provide",
        Prepare = "prepare",
        Submit = "submit",
        Verify = "verify",
        Recommend = "recommend",
        Concur = "concur",
        Sanction = "sanction",
        Pay = "pay",
        ConfirmFailure = "confirm_failure",
        ShowCause = "show_cause",
        Order = "order",
        Demand = "demand",
        Collect = "collect",
        ProposeRelief = "propose_relief",
        Relieve = "relieve",
        Excuse = "excuse",
        ProposeSettlement = "propose_settlement",
        Settle = "settle",
        ProposeCorrection = "propose_correction",
        DecideCorrection = "decide_correction",
        CommitSeed = "commit_seed",
        FreezePopulation = "freeze_population",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str) -> Roles {
        text.parse().unwrap()
    }

    #[test]
    fn administrators_and_auditors_hold_nothing_else() {
        assert!(roles("administrator").check().is_ok());
        assert!(roles("administrator auditor").check().is_err());
        assert!(roles("auditor verifier").check().is_err());
        assert!(roles("preparer verifier").check().is_err());
        assert!(roles("preparer signatory").check().is_ok());
        assert!(roles("section_officer finance_officer competent_authority disbursing_officer").check().is_ok());
    }

    #[test]
    fn administrators_cannot_touch_or_see_money() {
        let allowed: Vec<_> = Permission::ALL.iter().filter(|p| p.roles().contains(&Role::Administrator)).collect();
        assert_eq!(
            allowed,
            [&Permission::ManageUsers, &Permission::ErasePersonalData, &Permission::SetClock, &Permission::KeepSession]
        );
    }

    #[test]
    fn auditors_only_read_ask_the_controls_and_keep_their_desk() {
        let allowed: Vec<_> = Permission::ALL.iter().filter(|p| p.roles().contains(&Role::Auditor)).collect();
        assert_eq!(
            allowed,
            [
                &Permission::ReadTreasury,
                &Permission::ReadFiles,
                &Permission::ReadBudget,
                &Permission::ReadDisbursements,
                &Permission::ReadAuditLog,
                &Permission::ReadControls,
                &Permission::RunControls,
                &Permission::RaiseObservation,
                &Permission::ReadObservations,
                &Permission::DrawSample,
                &Permission::FreezeSample,
                &Permission::ReadSchemeDrafts,
                &Permission::KeepSession,
            ]
        );
    }
}
