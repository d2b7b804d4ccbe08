//! Operations behave as they declare: which reads need a token, and which permission each requires. The
//! runner itself enforces the declarations of commands.

use crate::harness::app::{App, Engine};
use crate::harness::people::SCHEME;
use domain::base::permission::{Permission, Role};
use magnet_scheme::service::running::operation::{Effect, Operation};
use magnet_scheme::web::routes::operations;
use serde_json::json;

/// The path and the declaration of every read; `/selections/disbursements` has the declarations of all selections.
fn reads(app: &App) -> Vec<(String, Operation)> {
    let declared = |id: &str| {
        let id = match id {
            "list_selected_disbursements" => "list_selection",
            "export_selected_disbursements" => "export_selection",
            other => other,
        };
        operations().0.get(id).copied().filter(|declared| declared.effect == Effect::Reads)
    };
    let described = app.operations().into_iter().filter(|(method, ..)| method == "GET");
    described
        .filter_map(|(_, path, operation)| Some((path, declared(operation["operationId"].as_str()?)?)))
        .map(|(path, declared)| (path.replace("{id}", &uuid::Uuid::now_v7().to_string()), declared))
        .map(|(path, declared)| (path.replace("{code}", SCHEME).replace("{version}", "1"), declared))
        .map(|(path, declared)| {
            (
                path.replace("{entry}", "1")
                    .replace("{round}", "1")
                    .replace("{line}", "1")
                    .replace("{path}", "000.p/1"),
                declared,
            )
        })
        .map(|(path, declared)| (path.replace("{table}", "awards"), declared))
        .collect()
}

#[apply(plain!)]
fn a_read_asks_for_the_permission_it_declares() {
    let app = App::start(Engine::Sqlite);
    let reads = reads(&app);
    assert_eq!(reads.len(), operations().0.values().filter(|one| one.effect == Effect::Reads).count());
    for (path, declared) in &reads {
        let status = app.anybody("GET", path, None).status;
        assert_eq!(status == 401, !declared.is_open(), "{path} answers {status} without a token");
    }
    for role in Role::ALL {
        let person = match role {
            Role::Preparer => app.preparer(),
            Role::Signatory => app.signatory(),
            _ => app.person(&format!("only-{role}"), &[role.as_str()], None),
        };
        for (path, declared) in &reads {
            // A person who may not even see the advice is refused for that first.
            let Some(permission) = declared.permission.filter(|one| *one != Permission::DownloadPaymentAdvice) else {
                continue;
            };
            let answer = person.get(path.trim_start_matches("/api/v1")).unwrap();
            let refused = answer.status == 403 && answer.json()["code"] == json!("not_permitted");
            let permitted = permission.roles().contains(role);
            assert_eq!(refused, !permitted, "{role} at {path}, which declares {permission}: {}", answer.status);
        }
    }
}

#[apply(plain!)]
fn an_operation_that_moves_money_can_be_stopped() {
    for (id, declared) in &operations().0 {
        assert!(!declared.moves_money || declared.stops_with_money, "{id}");
        assert!(declared.effect == Effect::Changes || declared.command.is_none(), "{id}");
    }
}
