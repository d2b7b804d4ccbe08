//! What the file of a claim shows from other records: names, and its tranches. One statement each.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{claims, payments, tranches};
use crate::db::engine::transaction::ReadTx;
use diesel::sql_types::{Nullable, Text};
use diesel::{QueryableByName, sql_query};
use domain::base::id::{AwardId, ClaimId, PaymentId, TrancheId};
use domain::base::money::Paise;
use domain::claim::claim::ClaimStatus;
use domain::payment::tranche::{Rejection, TrancheStatus};
use domain::scheme::scheme::Component;

/// How somebody names a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimReference {
    Id(ClaimId),
    Number(String),
}

impl From<ClaimId> for ClaimReference {
    fn from(id: ClaimId) -> ClaimReference {
        ClaimReference::Id(id)
    }
}

/// The id of the claim that somebody names; `None` for a number that no claim has.
pub fn id_of(tx: &mut ReadTx<'_>, of: ClaimReference) -> Result<Option<ClaimId>, DbError> {
    let number = match of {
        ClaimReference::Id(id) => return Ok(Some(id)),
        ClaimReference::Number(number) => number,
    };
    let query = claims::table.filter(claims::number.eq(number)).select(claims::id);
    let id: Option<String> = query.get_result(tx.conn()?).optional()?;
    let parse = |id: String| id.parse().map_err(|_| DbError::Corrupt { table: "claims", column: "id", why: id });
    id.map(parse).transpose()
}

/// The names of the records that a claim belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimContext {
    pub id: ClaimId,
    /// The number of the award.
    pub award: String,
    pub beneficiary: String,
    /// The GSTIN with which the beneficiary is registered here.
    pub own_gstin: String,
    /// The code of the milestone, and its title.
    pub milestone: Option<(String, String)>,
    /// The number of the claim that it supplements.
    pub supplements: Option<String>,
    /// The number of the rejected claim that it corrects.
    pub replaces: Option<String>,
}

#[derive(QueryableByName)]
struct ContextRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    award: String,
    #[diesel(sql_type = Text)]
    beneficiary: String,
    #[diesel(sql_type = Text)]
    own_gstin: String,
    #[diesel(sql_type = Nullable<Text>)]
    milestone: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    milestone_title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    supplements: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    replaces: Option<String>,
}

/// The names around a claim; `None` if there is no such claim.
pub fn context(tx: &mut ReadTx<'_>, of: &ClaimReference) -> Result<Option<ClaimContext>, DbError> {
    let (column, value) = match of {
        ClaimReference::Id(id) => ("id", id.to_string()),
        ClaimReference::Number(number) => ("number", number.clone()),
    };
    let text = format!(
        "SELECT claims.id AS id, awards.number AS award, organisations.name AS beneficiary, \
         organisations.gstin AS own_gstin, milestones.code AS milestone, milestones.title AS milestone_title, \
         COALESCE(supplemented.number, supplemented.id) AS supplements, \
         COALESCE(replaced.number, replaced.id) AS replaces \
         FROM claims JOIN awards ON awards.id = claims.award_id \
         JOIN organisations ON organisations.id = claims.organisation_id \
         LEFT JOIN milestones ON milestones.id = claims.milestone_id \
         LEFT JOIN claims AS supplemented ON supplemented.id = claims.supplements \
         LEFT JOIN claim_dialogues ON claim_dialogues.claim_id = claims.id \
         LEFT JOIN claims AS replaced ON replaced.id = claim_dialogues.replaces \
         WHERE claims.{column} = $1"
    );
    let row: Option<ContextRow> = sql_query(text).bind::<Text, _>(value).load(tx.conn()?)?.into_iter().next();
    let context = |row: ContextRow| {
        let id = row.id.parse().map_err(|_| DbError::Corrupt { table: "claims", column: "id", why: row.id })?;
        let ContextRow { award, beneficiary, own_gstin, milestone, milestone_title, supplements, replaces, .. } = row;
        let milestone = milestone.zip(milestone_title);
        Ok(ClaimContext { id, award, beneficiary, own_gstin, milestone, supplements, replaces })
    };
    row.map(context).transpose()
}

/// A tranche of a claim, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrancheBrief {
    pub id: TrancheId,
    /// The payment that is on its way to the bank, if any.
    pub payment: Option<PaymentId>,
    pub number: String,
    pub amount_paise: Paise,
    pub status: TrancheStatus,
    /// By whom it was rejected, when and why.
    pub rejection: Option<Rejection>,
}

/// The words of payments that still wait for the bank.
const OPEN_PAYMENTS: [&str; 3] = ["advised", "accepted", "unknown"];

/// The tranches of a claim in the order of creation.
pub fn tranches_of(tx: &mut ReadTx<'_>, claim: ClaimId) -> Result<Vec<TrancheBrief>, DbError> {
    let found = tranches_of_all(tx, &[claim.to_string()])?;
    Ok(found.into_iter().map(|(_, tranche)| tranche).collect())
}

/// The tranches of these claims in their order, each with the id of its claim.
pub fn tranches_of_all(tx: &mut ReadTx<'_>, claims: &[String]) -> Result<Vec<(String, TrancheBrief)>, DbError> {
    type Row = (String, String, Option<String>, String, i64, String, Option<String>);
    let on_its_way = payments::tranche_id.eq(tranches::id).and(payments::status.eq_any(OPEN_PAYMENTS));
    let rows: Vec<Row> = tranches::table
        .left_join(payments::table.on(on_its_way))
        .filter(tranches::claim_id.eq_any(claims))
        .order(tranches::id)
        .select((
            tranches::claim_id,
            tranches::id,
            payments::id.nullable(),
            tranches::number,
            tranches::amount_paise,
            tranches::status,
            tranches::rejection,
        ))
        .load(tx.conn()?)?;
    let brief = |(claim, id, payment, number, amount, status, rejection): Row| {
        let corrupt = |column, why| DbError::Corrupt { table: "tranches", column, why };
        let tranche = TrancheBrief {
            id: id.parse().map_err(|_| corrupt("id", id.clone()))?,
            payment: payment.map(|id| id.parse().map_err(|_| corrupt("payment", id.clone()))).transpose()?,
            number,
            amount_paise: Paise(amount),
            status: status.parse().map_err(|why| corrupt("status", why))?,
            rejection: rejection
                .map(|text| serde_json::from_str(&text).map_err(|why| corrupt("rejection", why.to_string())))
                .transpose()?,
        };
        Ok((claim, tranche))
    };
    rows.into_iter().map(brief).collect()
}

/// A claim of an award, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimBrief {
    pub number: String,
    pub component: Component,
    pub status: ClaimStatus,
    pub claimed_paise: Paise,
    pub entitlement_paise: Paise,
}

/// The claims of an award that were submitted, in the order of creation.
pub fn claims_of(tx: &mut ReadTx<'_>, award: AwardId) -> Result<Vec<ClaimBrief>, DbError> {
    let rows: Vec<(Option<String>, String, String, i64, i64)> = claims::table
        .filter(claims::award_id.eq(award.to_string()))
        .filter(claims::number.is_not_null())
        .order(claims::id)
        .select((
            claims::number,
            claims::component,
            claims::status,
            claims::amount_claimed_paise,
            claims::entitlement_paise,
        ))
        .load(tx.conn()?)?;
    let corrupt = |column| move |why: String| DbError::Corrupt { table: "claims", column, why };
    let brief = |(number, component, status, claimed, entitlement): (Option<String>, String, String, i64, i64)| {
        Ok(ClaimBrief {
            number: number.unwrap_or_default(),
            component: component.parse().map_err(corrupt("component"))?,
            status: status.parse().map_err(corrupt("status"))?,
            claimed_paise: Paise(claimed),
            entitlement_paise: Paise(entitlement),
        })
    };
    rows.into_iter().map(brief).collect()
}
