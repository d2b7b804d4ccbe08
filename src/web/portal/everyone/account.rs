//! The own account: who one is here, what one may do, the password, and signing out.

use crate::web::api::people::users::PasswordChange;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::problem_page::{Warning, brings_the_form_back, builder, whole};
use crate::web::portal::sent::Sent;
use askama::Template;
use domain::people::user::{SHORTEST_PASSWORD, User};

const PASSWORD: &str = "password";

#[derive(Template)]
#[template(path = "templates/everyone/account.html", config = "src/web/askama.toml")]
struct AccountPage<'a> {
    page: &'a Page,
    frame: Frame,
    user: &'a User,
    roles: Vec<String>,
    sign_out: Form,
    password: Form,
    warning: Option<Warning>,
    shortest: usize,
}

/// The page of the own account.
pub async fn account_page(page: Page) -> Reply {
    page.show(&account(&page, None)?)
}

fn account<'a>(page: &'a Page, trouble: Option<&Trouble>) -> Result<AccountPage<'a>, Problem> {
    let user = &page.visitor()?.user;
    let fields = &["/current_password", "/new_password"];
    let password = Form::new(page, PASSWORD, "/account/password", fields, trouble);
    let warning = trouble.map(|trouble| Warning::of(trouble, &password, page.language));
    Ok(AccountPage {
        frame: Frame { wrong: warning.is_some(), ..page.frame(page.t("title-own-account")) },
        roles: user.roles.0.iter().map(|role| page.word("role", role)).collect(),
        sign_out: Form::new(page, "sign-out", "/sign-out", &[], None),
        shortest: SHORTEST_PASSWORD,
        page,
        user,
        password,
        warning,
    })
}

/// Changes the own password: all sessions end, and one signs in anew.
pub async fn change_password(sent: Sent) -> Reply {
    let problem = match change(&sent).await {
        Ok(()) => return Ok(sent.page.see_other("/sign-in?after=password")),
        Err(problem) => problem,
    };
    if !brings_the_form_back(&problem) {
        return Err(problem);
    }
    let trouble = Trouble { form: PASSWORD, typed: sent.typed, problem, key: None };
    let shown = account(&sent.page, Some(&trouble))?;
    Ok(whole(sent.page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

async fn change(sent: &Sent) -> Result<(), Problem> {
    let (PasswordChange { current_password, new_password }, call) = sent.call::<PasswordChange>()?;
    sent.page.web.service.change_password(call, current_password, new_password).await?;
    Ok(())
}
