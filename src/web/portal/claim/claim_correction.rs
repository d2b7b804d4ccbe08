//! What a company does to its own claim before the agency has it: the lines as a file to correct them in, the form that
//! takes the corrected file in, and the submission.

use crate::service::claim::claim_file::ClaimAct;
use crate::service::claim::claim_lines::LinesFile;
use crate::service::claim::claims::{ChangeClaim, SubmitClaim};
use crate::service::running::runner::{Answered, Command};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::{again, again_after, read, record_of};
use crate::web::portal::effect::Effect;
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::reference;
use crate::web::portal::sent::{DONE, Sent};
use crate::web::portal::text_upload::SentText;
use crate::web::routes::{self, Nothing};
use actix_web::HttpResponse;
use actix_web::http::header;
use domain::base::money::Paise;
use domain::claim::claim::{Claim, ClaimLine};
use domain::claim::claim_lines_file;
use serde::Deserialize;

/// What is given with a file of lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectedLines {
    /// The lines, pasted by a person who has no file.
    #[serde(default)]
    text: String,
    amount_claimed_paise: Paise,
}

/// The lines of a claim as a file.
pub async fn lines_file(page: Page, at: At) -> Reply {
    let file = read(&page, &at).await?;
    let lines: Vec<ClaimLine> = file.lines.into_iter().map(|line| line.stated).collect();
    let text = claim_lines_file::write(&lines).map_err(|error| Problem::edge("internal", error.to_string()))?;
    let name = format!("attachment; filename=\"{}-lines.csv\"", reference::in_address(&file.claim.name()));
    let mut answer = HttpResponse::Ok();
    answer.content_type("text/csv; charset=utf-8");
    Ok(answer.insert_header((header::CONTENT_DISPOSITION, name)).body(text))
}

/// Puts the lines of a file in place of those of a claim.
pub async fn take_in_lines(mut sent: SentText, at: At) -> Reply {
    let claim = read(&sent.sent.page, &at).await?.claim;
    let done = taken_in(&mut sent, &claim).await;
    let SentText { sent, chosen, .. } = sent;
    let again = |page, trouble| again_after(page, at, trouble, chosen);
    sent.answer(done, &record_of(&claim), ClaimAct::Lines.as_str(), again).await
}

async fn taken_in(sent: &mut SentText, claim: &Claim) -> Result<Answered, Problem> {
    let (CorrectedLines { text, amount_claimed_paise }, call) = sent.call()?;
    let (id, seen) = (claim.id, sent.sent.typed.version()?);
    sent.sent.about.get_or_init(|| format!("claim:{id}"));
    let file = LinesFile { content: sent.text(text)?.content, amount_claimed_paise: Some(amount_claimed_paise) };
    Ok(sent.sent.page.web.service.upload_claim_lines(call, id, seen, file, |_| DONE.to_owned()).await?)
}

/// A signatory submits the claim to the agency.
pub async fn submit(sent: Sent, at: At) -> Reply {
    let claim = read(&sent.page, &at).await?.claim;
    let id = claim.id;
    let done = sent.act(|Nothing {}, seen_version| Ok(SubmitClaim { id, seen_version })).await;
    sent.answer(done, &record_of(&claim), ClaimAct::Submit.as_str(), |page, trouble| again(page, at, trouble)).await
}

/// What the submission would do if the reader of the page took it now.
pub async fn rehearsed_submission(page: &Page, claim: &Claim) -> Effect {
    let command = SubmitClaim { id: claim.id, seen_version: claim.version };
    page.rehearse(command, |_| page.t("effect-submission")).await
}

impl Page {
    /// The operation of the interface that corrects what the page of a claim has no fields for.
    pub fn claim_operation(&self, id: impl std::fmt::Display) -> String {
        routes::served().address_of(ChangeClaim::NAME, &id.to_string()).unwrap_or_default()
    }
}
