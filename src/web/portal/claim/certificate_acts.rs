//! The two buttons of a final certificate: show what the decision comes to, and record it.

use crate::service::claim::final_certificates::{CertifiedClaim, VerifyFinalCertificate};
use crate::service::running::rehearsal::Rehearsal;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::certificate_page::{FORM, again, last, read, record, with_rehearsal};
use crate::web::portal::claim::verification_page::NOT_NOW;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::sent::Sent;

/// Shows what the decision comes to. Nothing is stored.
pub async fn show_rehearsal(sent: Sent, at: At) -> Reply {
    let rehearsed = rehearse(&sent, &at).await;
    match rehearsed {
        Ok(rehearsed) => with_rehearsal(sent.page, at, &sent.typed, Some(rehearsed)).await,
        Err(problem) if problem.code == NOT_NOW => with_rehearsal(sent.page, at, &sent.typed, None).await,
        Err(problem) => {
            let record = format!("/claims/{}/certificate", at.1);
            sent.answer(Err(problem), &record, FORM, |page, trouble| again(page, at, trouble)).await
        }
    }
}

async fn rehearse(sent: &Sent, at: &At) -> Result<Rehearsal<CertifiedClaim>, Problem> {
    let (body, call) = sent.call()?;
    let id = last(&read(&sent.page, at).await?)?.id;
    let command = VerifyFinalCertificate { id, seen_version: sent.typed.version()?, sent: body };
    Ok(sent.page.web.service.rehearse_certificate(call.caller, command).await?)
}

/// The agency accepts a certificate, or returns it.
pub async fn decide(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    // Where the form comes from is checked before it is said whether there is a certificate.
    let id = last(&file).map(|certificate| certificate.id);
    let command = |body, seen_version| Ok(VerifyFinalCertificate { id: id.clone()?, seen_version, sent: body });
    let done = sent.act(command).await;
    sent.answer(done, &record(&file), FORM, |page, trouble| again(page, at, trouble)).await
}
