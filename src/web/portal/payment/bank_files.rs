//! Files that come from outside: answers of the treasury and scrolls of the bank. Each kind has a list, and a form that
//! takes in a file, which is chosen or pasted.

use crate::service::payment::bank_scrolls::ScrollFile;
use crate::service::payment::treasury_returns::ReturnFile;
use crate::service::running::runner::{Answered, Call};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Link, Page, Said};
use crate::web::portal::payment::bank_ways::{FIELDS, LABELS, address_made, frame_of_list, warning_of, ways};
use crate::web::portal::payment::return_page::{self, payment_of, why_not};
use crate::web::portal::payment::scroll_page;
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::text_upload::{FILE, SentText};
use actix_web::web::Query;
use askama::Template;
use chrono::NaiveDate;
use domain::base::id::TreasuryReturnId;
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::payment::payment_advice::FileFormat;
use domain::payment::treasury_return::{ANSWERS, TreasuryReturnLine};
use domain::payment::treasury_return_sample::{RECORDS, sample};
use serde::Deserialize;
use std::collections::BTreeSet;

/// What the page of a kind of file is called, and who may take one in.
struct FileKind {
    path: &'static str,
    form: &'static str,
    permission: Permission,
    /// The keys of its texts.
    title: &'static str,
    count: &'static str,
    none: &'static str,
    button: &'static str,
    lead: &'static str,
    when: &'static str,
    /// Whether the days that the file is about may be given.
    has_days: bool,
}

const RETURNS: FileKind = FileKind {
    path: "/treasury",
    form: "return",
    permission: Permission::UploadTreasuryReturn,
    title: "title-treasury-returns",
    count: "count-returns",
    none: "no-returns",
    button: "do-upload-return",
    lead: "return-lead",
    when: "label-taken-in",
    has_days: false,
};

const SCROLLS: FileKind = FileKind {
    path: "/scrolls",
    form: "scroll",
    permission: Permission::UploadBankScroll,
    title: "title-scrolls",
    count: "count-scrolls",
    none: "no-scrolls",
    button: "do-upload-scroll",
    lead: "scroll-lead",
    when: "scroll-days",
    has_days: true,
};

/// One file of a list.
struct FileRow {
    /// Its address after the language.
    record: String,
    name: String,
    when: String,
    lines: i64,
    total: Paise,
    /// How many of its lines have each result; of a scroll it is not counted here.
    results: Vec<String>,
}

/// One page of a list, and how many files there are in all.
struct FileList {
    rows: Vec<FileRow>,
    all: i64,
    /// Answers of the treasury of which nothing was recorded, and that are not cleared up.
    unrecorded: Vec<TreasuryReturnLine>,
    /// Those of their payments that there are.
    known: BTreeSet<String>,
}

#[derive(Template)]
#[template(path = "templates/payment/file_list.html", config = "src/web/askama.toml")]
struct FileListPage<'a> {
    page: &'a Page,
    frame: Frame,
    kind: &'static FileKind,
    ways: Vec<Link>,
    list: FileList,
    count: String,
    pages: Neighbours,
    /// For a person who may take in such a file.
    form: Option<Form>,
    warning: Option<Warning>,
    /// Whether a file was chosen that must be chosen again.
    choose_again: bool,
}

/// What is given with a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The file itself, pasted by a person who has only its text.
    #[serde(default)]
    content: String,
    /// The first and the last day of a scroll; those of its lines where they are left out.
    #[serde(default)]
    from: Option<NaiveDate>,
    #[serde(default)]
    to: Option<NaiveDate>,
}

/// The list of the treasury's answers.
pub async fn returns(page: Page, query: Query<ListQuery>) -> Reply {
    list(&RETURNS, page, &query).await
}

/// The list of the bank's scrolls.
pub async fn scrolls(page: Page, query: Query<ListQuery>) -> Reply {
    list(&SCROLLS, page, &query).await
}

/// Takes in an answer of the treasury whole, applies each of its lines, and leads to its page.
pub async fn take_in_return(mut sent: SentText) -> Reply {
    let done = taken_in_return(&mut sent).await;
    answer(&RETURNS, sent, done).await
}

/// Takes in a scroll whole, compares it with the records, and leads to its page.
pub async fn take_in_scroll(mut sent: SentText) -> Reply {
    let done = taken_in_scroll(&mut sent).await;
    answer(&SCROLLS, sent, done).await
}

async fn list(kind: &'static FileKind, page: Page, query: &ListQuery) -> Reply {
    let place = Place::of(&page, kind.path, query);
    let list = read(kind, &page, place.number).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&view(kind, &page, list, &place, None))
}

async fn read(kind: &FileKind, page: &Page, number: i64) -> Result<FileList, Problem> {
    let (service, caller) = (&page.web.service, page.caller()?);
    if kind.has_days {
        let list = service.scroll_list(caller, number, ROWS).await?;
        let row = |one: domain::payment::bank_scroll::BankScroll| FileRow {
            record: scroll_page::record_of(one.id),
            when: format!("{} – {}", page.day(&one.period_from), page.day(&one.period_to)),
            name: one.message_id,
            lines: one.line_count,
            total: one.control_total_paise,
            results: Vec::new(),
        };
        return Ok(FileList {
            rows: list.rows.into_iter().map(row).collect(),
            all: list.all,
            unrecorded: Vec::new(),
            known: BTreeSet::new(),
        });
    }
    let list = service.return_list(caller, number, ROWS).await?;
    let results = |id: TreasuryReturnId| -> Vec<String> {
        let counted = list.results.get(&id).into_iter().flatten();
        counted.map(|(result, n)| format!("{} {n}", page.word("line-result", result))).collect()
    };
    let row = |one: domain::payment::treasury_return::TreasuryReturn| FileRow {
        record: return_page::record_of(one.id),
        when: page.instant(&one.uploaded_at),
        name: one.message_id,
        lines: one.line_count,
        total: one.control_total_paise,
        results: results(one.id),
    };
    let rows = list.rows.into_iter().map(row).collect();
    Ok(FileList { rows, all: list.all, unrecorded: list.waiting, known: list.known })
}

fn view<'a>(
    kind: &'static FileKind,
    page: &'a Page,
    list: FileList,
    place: &Place,
    trouble: Option<(&Trouble, bool)>,
) -> FileListPage<'a> {
    let form = Form::new(page, kind.form, kind.path, FIELDS, trouble.map(|(trouble, _)| trouble)).labelled(LABELS);
    let at = |chosen: bool| if chosen { FILE } else { "/content" };
    let warning = trouble.map(|(trouble, chosen)| warning_of(trouble, &form, page.language, at(chosen)));
    FileListPage {
        frame: Frame { wrong: warning.is_some(), ..frame_of_list(page, page.t(kind.title), kind.path) },
        ways: ways(page),
        count: page.t1(kind.count, "n", list.all),
        pages: place.neighbours(list.all),
        form: page.may(kind.permission).then_some(form),
        choose_again: trouble.is_some_and(|(_, chosen)| chosen),
        page,
        kind,
        list,
        warning,
    }
}

async fn taken_in_return(sent: &mut SentText) -> Result<Answered, Problem> {
    let (Given { content, .. }, call) = sent.call()?;
    let service = sent.sent.page.web.service.clone();
    service.begin_treasury_return(&Call::unkeyed(call.caller)).await?;
    if let Some(answered) = service.begin_treasury_return(&call).await? {
        return Ok(answered);
    }
    let file = sent.text(content)?;
    let format = FileFormat::of_content(&file.content);
    let render = |(file, _): ReturnFile, _| return_page::record_of(file.id);
    Ok(service.upload_treasury_return(call, format, file, render).await?)
}

async fn taken_in_scroll(sent: &mut SentText) -> Result<Answered, Problem> {
    let (Given { content, from, to }, call) = sent.call()?;
    let service = sent.sent.page.web.service.clone();
    service.begin_bank_scroll(&Call::unkeyed(call.caller)).await?;
    if let Some(answered) = service.begin_bank_scroll(&call).await? {
        return Ok(answered);
    }
    let file = sent.text(content)?;
    let format = FileFormat::of_content(&file.content);
    let render = |file: ScrollFile| scroll_page::record_of(file.scroll.id);
    Ok(service.upload_bank_scroll(call, format, file, (from, to), render).await?)
}

/// Leads to the file that was taken in; or the list again, with what is wrong.
async fn answer(kind: &'static FileKind, sent: SentText, done: Result<Answered, Problem>) -> Reply {
    let SentText { sent, chosen, .. } = sent;
    match done {
        Ok(answered) => Ok(sent.page.see_other(&address_made(&answered))),
        Err(problem) => {
            let again = |page, trouble| again(kind, page, trouble, chosen);
            sent.answer(Err(problem), kind.path, kind.form, again).await
        }
    }
}

async fn again(kind: &'static FileKind, page: Page, trouble: Trouble, chosen: bool) -> Reply {
    let place = Place::of(&page, kind.path, &ListQuery::default());
    let list = read(kind, &page, place.number).await?;
    let shown = view(kind, &page, list, &place, Some((&trouble, chosen)));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl FileListPage<'_> {
    /// The columns of the list: the key of each heading, and whether it has numbers.
    fn columns(&self) -> Vec<(&'static str, bool)> {
        let mut columns =
            vec![("label-file", false), (self.kind.when, false), ("label-lines", true), ("label-control-total", true)];
        if !self.kind.has_days {
            columns.push(("label-result", false));
        }
        columns
    }

    /// The file of a line of which nothing was recorded.
    fn file(&self, line: &TreasuryReturnLine) -> String {
        self.page.to(&return_page::record_of(line.return_id))
    }

    fn why(&self, line: &TreasuryReturnLine) -> Option<Said> {
        why_not(self.page, line)
    }

    fn payment(&self, number: &str) -> Option<String> {
        payment_of(self.page, &self.list.known, number)
    }

    /// The records of a file in CSV, each with its columns in words.
    fn records(&self) -> Vec<(&'static str, String)> {
        let shown = |column: &&&str| self.kind.has_days || **column != "account";
        let in_words = |columns: &'static [&'static str]| -> Vec<String> {
            columns.iter().filter(shown).map(|column| self.page.word("file-column", *column)).collect()
        };
        RECORDS.into_iter().map(|(begins, columns)| (begins, in_words(columns).join(", "))).collect()
    }

    /// What the answer of a line can be.
    fn answers(&self) -> [&'static str; 4] {
        ANSWERS
    }

    fn sample(&self, format: &FileFormat) -> String {
        sample(*format, self.kind.has_days)
    }

    fn hint(&self) -> String {
        let megabytes = self.page.web.service.treasury.return_bytes_most / (1 << 20);
        self.page.t1("hint-bank-file", "mb", megabytes)
    }
}
