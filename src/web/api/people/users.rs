//! Users and their own accounts.

use crate::service::people::users::{ChangeUser, NewUser};
use crate::web::Web;
use crate::web::edge::extract::{Post, Put, Signed};
use crate::web::edge::listing::{Page, page_answer, records_on_page};
use crate::web::edge::reply::{Reply, done, json, made, show, show_version};
use crate::web::routes::Nothing;
use actix_web::{HttpRequest, get, post, put, web};
use domain::base::id::{OrganisationId, UserId};
use domain::base::permission::Roles;
use domain::people::user::User;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreation {
    pub email: String,
    pub name: String,
    pub roles: Roles,
    /// Only for preparers and signatories: their registered organisation.
    pub organisation_id: Option<OrganisationId>,
    /// If left out, a random one is made and returned once.
    pub password: Option<String>,
}

/// The new content of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    pub name: String,
    pub roles: Roles,
    pub organisation_id: Option<OrganisationId>,
    pub disabled: bool,
}

/// A new account.
#[derive(Serialize, ToSchema)]
pub struct UserMade {
    #[serde(flatten)]
    pub user: User,
    /// The random password. Store it: it is not shown again, not even to a repeated request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A new password for the caller.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    pub current_password: String,
    pub new_password: String,
}

/// The reason for erasing personal data.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonalDataErasure {
    /// The reference of the request, such as its number.
    pub reference: String,
}

/// Show the caller's own account.
#[utoipa::path(tag = "users", responses((status = 200, description = "The account", body = User)))]
#[get("/me")]
pub async fn show_own_account(web: web::Data<Web>, signed: Signed) -> Reply {
    show(web.service.own_account(signed.0).await?)
}

/// Change the caller's own password. All their sessions end.
#[utoipa::path(tag = "users", request_body = PasswordChange, responses((status = 200, description = "Changed; sign in again", body = Nothing)))]
#[post("/me/password")]
pub async fn change_password(web: web::Data<Web>, post: Post<PasswordChange>) -> Reply {
    let PasswordChange { current_password, new_password } = post.body;
    Ok(done(web.service.change_password(post.call, current_password, new_password).await?))
}

/// Create an account.
#[utoipa::path(tag = "users", request_body = UserCreation, responses((status = 201, description = "The account", body = UserMade)))]
#[post("/users")]
pub async fn create_user(web: web::Data<Web>, post: Post<UserCreation>) -> Reply {
    let UserCreation { email, name, roles, organisation_id, password } = post.body;
    let new = NewUser { email, name, roles, organisation_id, password };
    let done = web.service.create_user(post.call, new, json).await?;
    let mut answered = done.answered;
    if let (Some(password), Some(open)) = (done.password, answered.body.strip_suffix('}')) {
        // Added to this answer only: the stored one has no password.
        answered.body = format!("{open},\"password\":{}}}", json(password));
    }
    Ok(made("/users", answered))
}

/// Which page of the accounts to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// 1 to 200; 200 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<UserId>,
}

/// One page of accounts.
#[derive(Serialize, ToSchema)]
pub struct UserList {
    pub data: Vec<User>,
    pub page: Page,
}

/// List accounts, in the order in which they were made.
#[utoipa::path(tag = "users", params(UserQuery), responses((status = 200, description = "One page", body = UserList)))]
#[get("/users")]
pub async fn list_users(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<UserQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = records_on_page(query.limit)?;
    let found = web.service.list_users(signed.0, query.cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(UserList { data, page }), address))
}

/// Show one account.
#[utoipa::path(tag = "users", responses((status = 200, description = "The account", body = User)))]
#[get("/users/{id}")]
pub async fn show_user(web: web::Data<Web>, signed: Signed, id: web::Path<UserId>, request: HttpRequest) -> Reply {
    let user = web.service.user(signed.0, id.into_inner()).await?;
    show_version(&request, user.version, user)
}

/// Change an account, or disable it; a removed role is lost at once.
#[utoipa::path(tag = "users", request_body = UserChange, responses((status = 200, description = "The account", body = User)))]
#[put("/users/{id}")]
pub async fn change_user(web: web::Data<Web>, id: web::Path<UserId>, put: Put<UserChange>) -> Reply {
    let UserChange { name, roles, organisation_id, disabled } = put.body;
    let command = ChangeUser { id: id.into_inner(), seen_version: put.version, name, roles, organisation_id, disabled };
    web.run(put.call, command, json).await
}

/// Erase a person's name and e-mail address for good; the audit log and its proofs stay.
/// The account must be disabled, and the time must be over for which its owner's acts must stay attributable.
#[utoipa::path(tag = "users", request_body = PersonalDataErasure, responses((status = 200, description = "The account", body = User)))]
#[post("/users/{id}/erasure")]
pub async fn erase_personal_data(web: web::Data<Web>, id: web::Path<UserId>, post: Post<PersonalDataErasure>) -> Reply {
    let (id, version, reference) = (id.into_inner(), post.version()?, post.body.reference);
    Ok(done(web.service.erase_personal_data(post.call, id, version, reference, json).await?))
}
