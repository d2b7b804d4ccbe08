//! Why this amount: each rule of the scheme with its clause, the numbers used and the result. It says what the printed
//! statement says, in the same words.

use crate::service::claim::statements::StatementFile;
use crate::web::api::claim::statement_page::Words;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::{frame_of, record_of, reference_of};
use crate::web::portal::claim::statement_words::{InputRow, input_rows};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::At;
use askama::Template;
use domain::claim::statement::Statement;

#[derive(Template)]
#[template(path = "templates/claim/statement.html", config = "src/web/askama.toml")]
struct StatementPage<'a> {
    page: &'a Page,
    frame: Frame,
    words: &'static Words,
    file: &'a StatementFile,
    statements: Vec<(&'static str, &'a Statement)>,
}

/// The statement of a verified claim.
pub async fn statement_page(page: Page, at: At) -> Reply {
    let file = page.web.service.claim_statement(page.caller()?, reference_of(&at)?).await?;
    let words = Words::in_language(page.language);
    let title = format!("{} {}", words.title, file.claim.name());
    let frame = frame_of(&page, &file.claim, title, true);
    page.show(&StatementPage { page: &page, frame, words, file: &file, statements: words.statements_of(&file) })
}

impl StatementPage<'_> {
    fn inputs<'f>(&'f self, statement: &'f Statement) -> Vec<InputRow<'f>> {
        input_rows(self.page, self.file, &statement.inputs)
    }

    fn record(&self) -> String {
        self.page.to(&record_of(&self.file.claim))
    }
}
