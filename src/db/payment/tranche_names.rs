//! The names of the records that a tranche belongs to, and what its page needs to know of them, in one statement.

use crate::db::engine::connection::per_engine;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::base::id::TrancheId;
use domain::base::money::Paise;
use domain::base::record_reference::RecordReference;
use domain::claim::claim::ClaimStatus;
use domain::milestone::milestone::MilestoneStatus;

/// Whose money it is, on which claim and award.
pub struct TrancheNames {
    pub id: TrancheId,
    pub beneficiary: String,
    /// The claim's number; a claim in progress may have none yet.
    pub claim: Option<String>,
    pub claim_status: ClaimStatus,
    pub award: String,
    /// What guarantees the award requires.
    pub security_required_paise: Paise,
    /// The account of the payee, and its bank.
    pub bank_account: String,
    pub ifsc: String,
    /// The milestone that was claimed for.
    pub milestone: Option<MilestoneBrief>,
}

/// A milestone, as far as the page of a tranche shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneBrief {
    pub code: String,
    pub title: String,
    pub status: MilestoneStatus,
    pub achieved_on: Option<NaiveDate>,
}

#[derive(QueryableByName)]
struct NamesRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    beneficiary: String,
    #[diesel(sql_type = Nullable<Text>)]
    claim: Option<String>,
    #[diesel(sql_type = Text)]
    claim_status: String,
    #[diesel(sql_type = Text)]
    award: String,
    #[diesel(sql_type = BigInt)]
    security_required_paise: i64,
    #[diesel(sql_type = Text)]
    bank_account: String,
    #[diesel(sql_type = Text)]
    ifsc: String,
    #[diesel(sql_type = Nullable<Text>)]
    code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    achieved_on: Option<String>,
}

fn corrupt(column: &'static str, why: impl ToString) -> DbError {
    DbError::Corrupt { table: "milestones", column, why: why.to_string() }
}

impl NamesRow {
    fn record(self) -> Result<TrancheNames, DbError> {
        let milestone = match (self.code, self.title, self.status) {
            (Some(code), Some(title), Some(status)) => Some(MilestoneBrief {
                code,
                title,
                status: status.parse().map_err(|why: String| corrupt("status", why))?,
                achieved_on: self
                    .achieved_on
                    .map(|day| day.parse().map_err(|_| corrupt("achieved_on", day)))
                    .transpose()?,
            }),
            _ => None,
        };
        let id =
            self.id.parse().map_err(|_| DbError::Corrupt { table: "tranches", column: "id", why: self.id.clone() })?;
        Ok(TrancheNames {
            id,
            beneficiary: self.beneficiary,
            claim: self.claim,
            claim_status: self.claim_status.parse().map_err(|why| DbError::Corrupt {
                table: "claims",
                column: "status",
                why,
            })?,
            award: self.award,
            security_required_paise: Paise(self.security_required_paise),
            bank_account: self.bank_account,
            ifsc: self.ifsc,
            milestone,
        })
    }
}

/// The names that belong to the tranche with this id or number; `None` if there is no such tranche.
pub fn find(tx: &mut ReadTx<'_>, of: &RecordReference<TrancheId>) -> Result<Option<TrancheNames>, DbError> {
    let (column, value) = match of {
        RecordReference::Id(id) => ("id", id.to_string()),
        RecordReference::Number(number) => ("number", number.clone()),
    };
    let text = format!(
        "SELECT tranches.id, organisations.name AS beneficiary, claims.number AS claim, \
         claims.status AS claim_status, awards.number AS award, awards.security_required_paise, \
         organisations.bank_account, organisations.ifsc, milestones.code, milestones.title, milestones.status, \
         milestones.achieved_on FROM tranches \
         JOIN organisations ON organisations.id = tranches.organisation_id JOIN claims ON claims.id = tranches.claim_id \
         JOIN awards ON awards.id = tranches.award_id LEFT JOIN milestones ON milestones.id = claims.milestone_id \
         WHERE tranches.{column} = $1"
    );
    let found: Vec<NamesRow> = per_engine!(tx.conn()?, |conn| diesel::RunQueryDsl::load(
        diesel::sql_query(text).bind::<Text, _>(value),
        conn
    )?);
    found.into_iter().next().map(NamesRow::record).transpose()
}
