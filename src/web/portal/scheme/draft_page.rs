//! One draft of a scheme version: what differs from the version before value by value, whom it would give or take
//! what, and the forms of the people who approve, publish or withdraw it.

use crate::service::revision::scheme_draft_file::{NextDraftAct, SchemeDraftAct, WholeDraft};
use crate::service::revision::scheme_drafts::ApproveSchemeInstrument;
use crate::service::revision::scheme_publication::PublishScheme;
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::effect::Effect;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, whole};
use crate::web::portal::scheme::draft_acts::rehearsed;
use crate::web::portal::scheme::leaf_words::{LeafRow, leaf_rows};
use crate::web::portal::scheme::scheme_page;
use crate::web::portal::texts::Language;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::id::{SchemeDraftId, UserId};
use domain::people::office::PersonThere;
use domain::revision::impact::AwardImpact;
use domain::revision::impact_models::{ExampleImpact, NotModelled};
use domain::revision::impact_totals::Shift;
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;

/// The hidden field with the digest of the impact sheet that the page shows.
const DIGEST: &str = "/impact_digest";

/// The language and the draft of an address.
pub type At = Path<(Language, SchemeDraftId)>;

/// A step that the reader may take, or may not for a reason that is told.
struct NextForm {
    act: SchemeDraftAct,
    form: Form,
    refusal: Option<Said>,
    /// What it would do to balances, where it moves money.
    effect: Option<Effect>,
}

/// One amount that the draft changes.
struct ImpactRow<'a> {
    /// The award, or the version whose example it is.
    of: String,
    what: String,
    shift: &'a Shift,
}

impl ImpactRow<'_> {
    fn changes(&self) -> bool {
        self.shift.before_paise != self.shift.after_paise || self.shift.problem.is_some()
    }
}

#[derive(Template)]
#[template(path = "templates/scheme/draft.html", config = "src/web/askama.toml")]
struct DraftPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeDraft,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm>,
}

/// The address of a draft, after the language.
pub fn record_of(id: SchemeDraftId) -> String {
    format!("/scheme-drafts/{id}")
}

/// The page of one draft.
pub async fn draft_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("scheme_draft:{}", at.1)]).await?;
    page.show(&view(&page, file, notice, None).await)
}

async fn read(page: &Page, at: &At) -> Result<WholeDraft, Problem> {
    Ok(page.web.service.scheme_draft_file(page.caller()?, at.1).await?)
}

fn frame_of(page: &Page, title: String, wrong: bool) -> Frame {
    let mut frame = Frame { wrong, ..page.frame(title) };
    frame.crumbs.push(page.crumb("title-schemes", "/schemes"));
    frame
}

async fn view<'a>(
    page: &'a Page,
    file: WholeDraft,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> DraftPage<'a> {
    page.is_about(MatterKind::SchemeDraft, file.draft.id);
    page.knows(&file.who_can);
    let next: Vec<NextForm> = join_all(file.next.iter().map(|next| next_form(page, &file, next, trouble))).await;
    let warning = trouble.map(|trouble| match next.iter().find(|next| next.form.name == trouble.form) {
        Some(next) => Warning::of(trouble, &next.form, page.language),
        None => Warning::of(trouble, &form_of(page, &file, act_of(trouble), Some(trouble)), page.language),
    });
    let values = [("scheme", file.draft.scheme_code.clone()), ("version", file.draft.scheme_version.to_string())];
    let title = page.language.text_with("title-draft", &values);
    DraftPage { frame: frame_of(page, title, warning.is_some()), page, file, notice, warning, next }
}

async fn next_form(page: &Page, file: &WholeDraft, next: &NextDraftAct, trouble: Option<&Trouble>) -> NextForm {
    let act = match next.act {
        SchemeDraftAct::Approve => ApproveSchemeInstrument::NAME,
        _ => PublishScheme::NAME,
    };
    let told_why = page.told_if(next.refusal.as_ref(), act).await;
    let effect = if told_why.is_some() { None } else { rehearsed(page, file, next.act).await };
    let refusal = told_why.or_else(|| effect.as_ref().and_then(Effect::refusal).cloned());
    let form = form_of(page, file, next.act, trouble).on_version(file.draft.version);
    NextForm { act: next.act, form, refusal, effect }
}

fn form_of(page: &Page, file: &WholeDraft, act: SchemeDraftAct, trouble: Option<&Trouble>) -> Form {
    let (path, fields): (&str, &'static [&'static str]) = match act {
        SchemeDraftAct::Propose => ("instrument", &["/reference", "/reason"]),
        SchemeDraftAct::Approve => ("instrument/approval", &["/note"]),
        SchemeDraftAct::Publish => ("publication", &[]),
        SchemeDraftAct::Withdraw => ("withdrawal", &["/reason"]),
    };
    Form::new(page, act.as_str(), &format!("{}/{path}", record_of(file.draft.id)), fields, trouble)
}

fn act_of(trouble: &Trouble) -> SchemeDraftAct {
    trouble.form.parse().unwrap_or(SchemeDraftAct::Withdraw)
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &WholeDraft, was: Option<&WholeDraft>, trouble: &Trouble) -> Reply {
    let act = act_of(trouble);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: frame_of(page, page.t("title-conflict"), true),
        yours: yours(page, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.word("draft-do", act)),
        over: over(page, file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref())),
        record: page.to(&record_of(file.draft.id)),
        form: form_of(page, file, act, None).on_version(file.draft.version),
        page,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeDraft) -> Vec<(String, String)> {
    let mut rows = vec![(page.t("label-status"), page.word("draft-status", file.draft.status))];
    if let Some(instrument) = &file.draft.instrument {
        rows.push((page.t("draft-instrument"), instrument.reference.clone()));
        rows.push((page.t("field-reason"), instrument.reason.clone()));
    }
    rows
}

/// What was typed, with labels; the digest of the sheet is nobody's text.
fn yours(page: &Page, typed: &Typed) -> Vec<(String, String)> {
    let label = |name: &str| match name {
        "/reference" => page.t("draft-reference"),
        "/note" => page.t("field-note"),
        _ => page.t("field-reason"),
    };
    let own = typed.shown_again().filter(|(name, _)| *name != DIGEST);
    own.map(|(name, text)| (label(name), text.to_owned())).collect()
}

impl DraftPage<'_> {
    fn colour(&self) -> &'static str {
        colour::of(self.file.draft.status)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    fn who(&self, id: &UserId, at: &Timestamp) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), None)
    }

    fn scheme_address(&self) -> String {
        self.page.to(&scheme_page::record_of(&self.file.draft.scheme_code))
    }

    fn leaves(&self) -> Vec<LeafRow> {
        leaf_rows(self.page, &self.file.scheme, &self.file.difference)
    }

    /// Every amount that the draft changes: ceilings, claims that are not final, claims of the last two years, model
    /// claims, and the examples of the versions before.
    fn rows(&self) -> Vec<ImpactRow<'_>> {
        let page = self.page;
        let example = |one: &'_ ExampleImpact| {
            let of = page.t1("impact-of-version", "n", one.version_before);
            (of, page.t1("impact-example", "title", page.titled(&one.title)))
        };
        let sheet = &self.file.impact.sheet;
        let examples = sheet.examples.iter().map(|one| {
            let (of, what) = example(one);
            ImpactRow { of, what, shift: &one.shift }
        });
        let of_awards = sheet.awards.iter().flat_map(|award| self.rows_of(award));
        of_awards.chain(examples).filter(ImpactRow::changes).collect()
    }

    fn rows_of<'a>(&'a self, award: &'a AwardImpact) -> Vec<ImpactRow<'a>> {
        let page = self.page;
        let row = |what: String, shift: &'a Shift| ImpactRow { of: award.award.clone(), what, shift };
        let ceilings = award
            .ceilings
            .iter()
            .map(|one| row(page.t1("impact-ceiling", "component", page.word("component", one.component)), &one.shift));
        let claims = award.claims.iter().map(|one| {
            let number = one.number.clone().unwrap_or_else(|| page.t("claim-status-draft"));
            row(page.t1("impact-claim", "number", number), &one.shift)
        });
        let past = award.past_claims.iter().map(|one| {
            let number = one.number.clone().unwrap_or_default();
            row(page.t1("impact-past-claim", "number", number), &one.shift)
        });
        let models = award.model_claims.iter().map(|one| match one.price_paise_per_kg {
            Some(price) => row(page.t1("impact-model-year", "price", price), &one.shift),
            None => row(page.t("impact-model-investment"), &one.shift),
        });
        ceilings.chain(claims).chain(past).chain(models).collect()
    }

    /// What no model shows: the award and the component, why, and the names of the rule and of the fact that it needs.
    fn not_modelled(&self) -> Vec<(String, String, String)> {
        let page = self.page;
        let told = |award: &str, one: &NotModelled| {
            let (key, names) = match (&one.rule, &one.fact) {
                (Some(rule), Some(fact)) => ("impact-needs-fact", format!("{rule}: {fact}")),
                (Some(rule), None) => ("impact-has-no-value", rule.clone()),
                _ => ("impact-model-gives-nothing", String::new()),
            };
            (format!("{award}: {}", page.word("component", one.component)), page.t(key), names)
        };
        let awards = self.file.impact.sheet.awards.iter();
        awards.flat_map(|award| award.not_modelled.iter().map(|one| told(&award.award, one))).collect()
    }

    /// Every changed rule that no model can show to be harmless, with its place and both values.
    fn changed_rules(&self) -> Vec<LeafRow> {
        leaf_rows(self.page, &self.file.scheme, &self.file.impact.sheet.changed_rules)
    }

    /// The numbers of the awards that these changed rules reach.
    fn reached(&self) -> String {
        let reached = self.file.losses.iter().filter(|loss| !loss.changed_rules.is_empty());
        reached.map(|loss| loss.award.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The numbers of the awards that are shown to lose something.
    fn losers(&self) -> String {
        let shown = self.file.losses.iter().filter(|loss| loss.is_shown());
        let numbers: Vec<&str> = shown.map(|loss| loss.award.as_str()).collect();
        numbers.join(", ")
    }
}
