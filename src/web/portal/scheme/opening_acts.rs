//! The forms by which two officers open the sealed bids of a scheme: one asks for it, another one opens them.

use crate::service::award::bid_openings::{AskBidOpening, OpenBids};
use crate::service::running::runner::Answered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::scheme::scheme_page::{again, record_of};
use crate::web::portal::sent::{DONE, Sent};
use crate::web::portal::texts::Language;
use crate::web::routes::Nothing;
use actix_web::web::Path;
use domain::award::sealed_bid::{BidOpening, BidOpeningStatus};
use domain::base::id::BidOpeningId;
use domain::base::permission::Permission;

/// The form by which the first officer asks.
pub const ASK: &str = "ask-opening";
/// The form by which the second officer opens.
pub const OPEN: &str = "open-bids";

/// The forms for a person who may open bids: of asking while no opening waits, and of opening the one that waits.
pub struct OpeningForms {
    pub ask: Option<Form>,
    pub open: Option<Form>,
}

/// The forms of a scheme whose bids compete.
pub fn forms(page: &Page, code: &str, openings: &[BidOpening], trouble: Option<&Trouble>) -> OpeningForms {
    if !page.may(Permission::OpenBids) {
        return OpeningForms { ask: None, open: None };
    }
    let path = format!("{}/bid-openings", record_of(code));
    match openings.iter().find(|one| one.status == BidOpeningStatus::Asked) {
        None => OpeningForms { ask: Some(Form::new(page, ASK, &path, &[], trouble)), open: None },
        Some(asked) => {
            let form = Form::new(page, OPEN, &format!("{path}/{}", asked.id), &[], trouble).on_version(asked.version);
            OpeningForms { ask: None, open: Some(form) }
        }
    }
}

/// The first officer asks that the bids are opened.
pub async fn ask(sent: Sent, at: At) -> Reply {
    let code = at.1.clone();
    let done = asked(&sent, code.clone()).await;
    sent.answer(done, &record_of(&code), ASK, |page, trouble| again(page, at, trouble)).await
}

async fn asked(sent: &Sent, scheme_code: String) -> Result<Answered, Problem> {
    let (command, call) = sent.command(|Nothing {}| Ok(AskBidOpening { scheme_code: scheme_code.clone() })).await?;
    sent.run(call, command, |_| DONE.to_owned()).await
}

/// Another officer opens them.
pub async fn open(sent: Sent, path: Path<(Language, String, BidOpeningId)>) -> Reply {
    let (language, code, id) = path.into_inner();
    let at = At::from((language, code.clone()));
    let done = sent.act(|Nothing {}, seen_version| Ok(OpenBids { id, seen_version })).await;
    sent.answer(done, &record_of(&code), OPEN, |page, trouble| again(page, at, trouble)).await
}
