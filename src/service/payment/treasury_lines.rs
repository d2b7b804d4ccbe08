//! Lines of the treasury that contradict the records or that a rule refused: which of them still wait, and closing one
//! that neither the records nor a later answer cleared up. The worklist alone says which lines wait.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{treasury_line_closings, treasury_returns};
use crate::db::worklist::matters::{self, MatterQuery};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Command, Done, Work};
use crate::service::worklist::matters::open_states;
use chrono::NaiveDate;
use domain::award::application::check_note;
use domain::base::id::TreasuryReturnId;
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::log::audit::digest_of;
use domain::payment::treasury_line_closing::{TreasuryLineClosing, subject_of};
use domain::payment::treasury_return::{LineResult, TreasuryReturnLine};
use domain::people::disclosure::DisclosedField;
use domain::worklist::matter::MatterKind;
use serde_json::json;
use std::collections::BTreeSet;

/// The file and the place of a line.
pub type LineKey = (TreasuryReturnId, i64);

/// A line of which nothing was recorded, and whether it is cleared up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnrecordedLine {
    pub line: TreasuryReturnLine,
    /// Whether it still waits for the disbursing officer.
    pub waits: bool,
    /// The closing by an officer; a line without one that waits no longer agrees with the records by now.
    pub closing: Option<TreasuryLineClosing>,
}

/// Whether nothing was recorded of a line, and nothing will be by itself.
pub fn is_unrecorded(line: &TreasuryReturnLine) -> bool {
    matches!(line.result, LineResult::Contradicted | LineResult::Refused)
}

/// Those of these lines that wait, or of all lines if none is named; the longest-waiting first, at most `most`.
pub(super) fn waiting(
    tx: &mut ReadTx<'_>,
    named: &[LineKey],
    today: NaiveDate,
    most: usize,
) -> Result<Vec<LineKey>, Error> {
    let kind = MatterKind::TreasuryLine;
    let records: Vec<String> = named.iter().map(|(id, line)| format!("{id}/{line}")).collect();
    let query = MatterQuery {
        kinds: vec![(kind, open_states(kind))],
        organisation: None,
        scheme_code: None,
        awarding_directly: &[],
        records: &records,
        today,
        horizon: today,
        rejected_from: today,
        unanswered_from: today,
        payment_unit: Paise::ZERO,
    };
    let key = |id: &str| -> Option<LineKey> {
        let (id, line) = id.split_once('/')?;
        Some((id.parse().ok()?, line.parse().ok()?))
    };
    let found = matters::list(tx, &query, most)?;
    Ok(found.iter().filter_map(|one| key(&one.matter.id)).collect())
}

/// Of these lines those of which nothing was recorded, each with what became of it. At most two statements.
pub(super) fn unrecorded(
    tx: &mut ReadTx<'_>,
    lines: &[TreasuryReturnLine],
    today: NaiveDate,
) -> Result<Vec<UnrecordedLine>, Error> {
    let lines: Vec<&TreasuryReturnLine> = lines.iter().filter(|line| is_unrecorded(line)).collect();
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<LineKey> = lines.iter().map(|line| (line.return_id, line.line)).collect();
    let waiting: BTreeSet<LineKey> = waiting(tx, &keys, today, keys.len())?.into_iter().collect();
    let returns: Vec<TreasuryReturnId> = keys.iter().map(|(id, _)| *id).collect::<BTreeSet<_>>().into_iter().collect();
    let closings = treasury_line_closings::of_returns(tx, &returns)?;
    let with_fate = |line: &TreasuryReturnLine| UnrecordedLine {
        waits: waiting.contains(&(line.return_id, line.line)),
        closing: closings.iter().find(|one| (one.return_id, one.line) == (line.return_id, line.line)).cloned(),
        line: line.clone(),
    };
    Ok(lines.into_iter().map(with_fate).collect())
}

/// The disbursing officer closes a line that waits, and says why nothing more comes of it.
pub struct CloseTreasuryLine {
    pub return_id: TreasuryReturnId,
    pub line: i64,
    pub reason: String,
}

impl Command for CloseTreasuryLine {
    const NAME: &'static str = "close_treasury_line";
    const PERMISSION: Permission = Permission::UploadTreasuryReturn;
    const REFUSALS: &'static [&'static str] = &["wrong_state"];
    type Answer = TreasuryLineClosing;

    fn subject(&self) -> String {
        subject_of(self.return_id, self.line)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<TreasuryLineClosing>, Error> {
        check_note("/reason", &self.reason)?;
        let lines = treasury_returns::of_keys(work.tx, &[(self.return_id, self.line)])?;
        let line = lines.into_iter().next().or_not_found("treasury return")?;
        let today = work.today();
        if waiting(work.tx, &[(line.return_id, line.line)], today, 1)?.is_empty() {
            return Err(Refusal::WrongState { noun: "line", is: "settled", needs: "open" }.into());
        }
        let closing = TreasuryLineClosing {
            return_id: line.return_id,
            line: line.line,
            reason: self.reason,
            closed_by: work.actor.user_id,
            closed_at: work.now,
        };
        treasury_line_closings::insert(work.tx, &closing)?;
        work.withhold(DisclosedField::Reason, &closing.reason)?;
        let details = json!({
            "treasury_return": line.return_id, "line": line.line, "payment": line.end_to_end_id,
            "digest": digest_of(&closing.without_reason()),
        });
        Ok(Done { subject: closing.subject(), answer: closing, details })
    }
}
