//! Every form of every page: the summary of what is wrong names each field by the label that the form itself shows.

use crate::harness::app::App;
use crate::portal::browser::{Browser, Form, Node, Shown};
use crate::portal::security::{addresses, prepared};

/// The label of the control with this id, or of the group whose legend has it.
fn label_of(page: &Node, id: &str) -> Option<String> {
    let labels = page.named("label").into_iter().find(|label| label.attribute("for") == Some(id));
    let legends = || page.named("legend").into_iter().find(|legend| legend.attribute("id") == Some(id));
    labels.or_else(legends).map(Node::text)
}

/// What the summary says of fields in other words than the form.
fn misnamed(shown: &Shown, form: &str) -> Vec<String> {
    let lists = shown.page.all().into_iter();
    let lists = lists.filter(|node| node.attribute("class").is_some_and(|class| class.contains("error-summary__list")));
    let links = lists.flat_map(|list| list.named("a"));
    let wrong = links.filter_map(|link| {
        let id = link.attribute("href")?.strip_prefix('#')?;
        let label = label_of(&shown.page, id)?;
        let said = link.text();
        // Of a file its line is told, which says more than the name of the field.
        let of_line = said.split(':').next().is_some_and(|head| head == "Line 1 of the file" || head.ends_with(" 1"));
        (!of_line && !said.starts_with(&format!("{label}: ")))
            .then(|| format!("{form} at {}: '{label}' is '{said}'", shown.address))
    });
    wrong.collect()
}

/// The form with something in every field that no field takes, or with nothing in any.
fn spoilt(form: &Form, text: &str) -> Form {
    let mut form = form.clone();
    for (name, value) in &mut form.fields {
        if name.contains('/') {
            text.clone_into(value);
        }
    }
    form
}

#[apply(on_sqlite!)]
fn what_is_wrong_has_the_label_of_its_field_on_every_form(app: App) {
    let everything = prepared(&app);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for language in ["en", "hi"] {
        let company = Browser::of(&app, &app.signatory(), language);
        let keeper = Browser::of(&app, &app.administrator(), language);
        for (address, _) in addresses(&app, "GET") {
            let address = address.replacen("/en", &format!("/{language}"), 1);
            for browser in [&everything, &company, &keeper] {
                let shown = browser.opens(&address);
                for button in shown.buttons() {
                    let form = shown.form(&button);
                    if !form.fields.iter().any(|(name, _)| name.contains('/') && !name.starts_with("secret:")) {
                        continue;
                    }
                    for text in ["gone", ""] {
                        let answered = browser.sends(&spoilt(&form, text));
                        if answered.answer.status == 422 {
                            seen += 1;
                            wrong.extend(misnamed(&answered, &button));
                        }
                    }
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen > 60, "{seen}");
}
