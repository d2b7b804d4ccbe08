//! What `verify` asks at its end, besides the log and the rows: the engine's own check, references and numbers that
//! stand once, the files of evidence, and every integrity control.

use crate::db::check::soundness;
use crate::db::check::soundness::Asked;
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::service::check::control_rules::Rules;
use crate::service::check::controls::ask_one;
use crate::service::check::verify::Verified;
use crate::service::running::clock::Clock;
use crate::service::running::error::Error;
use crate::service::running::evidence_store::EvidenceStore;
use crate::service::running::finance::FinanceRules;
use crate::service::running::scheme_shelf::Schemes;
use crate::terminal;
use domain::check::control::{ControlCode, ControlKind, ControlStatus};
use std::path::Path;

/// How many documents are looked up at once.
const FILES_AT_ONCE: i64 = 500;

/// What is asked around the log and the rows.
#[derive(Clone, Copy, Default)]
pub struct Around<'a> {
    /// The folder of evidence; its files are left out without it.
    pub evidence: Option<&'a Path>,
    /// The rules of finance, with which the controls are asked. Without them nothing around is asked.
    pub finance: Option<&'a FinanceRules>,
}

/// The first thing that is wrong.
pub(in crate::service) fn first_fault(
    tx: &mut ReadTx<'_>,
    around: &Around<'_>,
    result: &mut Verified,
) -> Result<Option<String>, Error> {
    let Some(finance) = around.finance else { return Ok(None) };
    match soundness::ask_engine(tx)? {
        Asked::Wrong(why) => return Ok(Some(format!("the engine's own check: {why}"))),
        Asked::NotInstalled => result.engine_left_out = true,
        Asked::Sound => {}
    }
    if let Some(fault) = soundness::first_twice(tx)? {
        return Ok(Some(fault));
    }
    if let Some(folder) = around.evidence
        && let Some(fault) = first_wrong_file(tx, folder, result)?
    {
        return Ok(Some(fault));
    }
    red_controls(tx, finance)
}

/// The first file of evidence that is missing or is not what its record says; the record is proven by the log.
fn first_wrong_file(tx: &mut ReadTx<'_>, folder: &Path, result: &mut Verified) -> Result<Option<String>, Error> {
    let store = EvidenceStore::at(folder.to_owned());
    let (mut files, mut behind) = (0, String::new());
    loop {
        let chunk = evidence::after(tx, &behind, FILES_AT_ONCE)?;
        let Some(last) = chunk.last() else { break };
        behind = last.id.to_string();
        for one in &chunk {
            if let Some(why) = store.fault_of(&one.digest, one.size_bytes)? {
                return Ok(Some(format!("evidence {} ({}): {why}", one.id, one.digest)));
            }
            files += 1;
        }
        terminal::progress(format_args!("{files} files of evidence checked …"));
    }
    result.files = Some(files);
    Ok(None)
}

/// Every integrity control that is red, with what it shows first.
fn red_controls(tx: &mut ReadTx<'_>, finance: &FinanceRules) -> Result<Option<String>, Error> {
    let schemes = Schemes::stored(tx)?;
    let rules = Rules { schemes: &schemes, finance, today: Clock::system().now().date_in_india() };
    let mut red = Vec::new();
    // What accounts say was compared with their entries before.
    let asked = |control: &ControlCode| {
        control.kind() == ControlKind::Integrity && *control != ControlCode::AccountsEqualEntries
    };
    for control in ControlCode::ALL.iter().copied().filter(asked) {
        terminal::progress(format_args!("control {control} …"));
        let answer = ask_one(tx, control, &rules)?;
        if answer.status == ControlStatus::Red {
            let shown = answer.counterexamples.first().map(|one| format!(" ({}: {})", one.subject, one.found));
            red.push(format!("{control}{}", shown.unwrap_or_default()));
        }
    }
    Ok((!red.is_empty()).then(|| format!("red integrity controls: {}", red.join(", "))))
}
