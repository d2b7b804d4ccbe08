//! `scheme-check`: holds a scheme's file as the service would hold it, without a database or a service, and prints what
//! it pays: its examples one by one, and the ceilings of the smallest and the largest award.

use crate::command_line::outcome::{Failure, Outcome};
use domain::award::award::ceilings;
use domain::base::money::Paise;
use domain::revision::example_claim::{ExampleResult, each};
use domain::revision::scheme_draft::LONGEST_TEXT;
use domain::revision::scheme_text;
use domain::scheme::bad_scheme::BadScheme;
use domain::scheme::scheme::Scheme;
use magnet_scheme::terminal;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct CheckArguments {
    /// The file of a version of a scheme (TOML).
    file: PathBuf,
    /// Print one JSON object, for a program.
    #[arg(long)]
    json: bool,
}

/// A ceiling of an award of one capacity; an error where facts of an application decide it.
struct CeilingLine {
    component: String,
    capacity_mtpa: i64,
    amount: Result<Paise, String>,
}

/// What was found in one file.
struct Found {
    scheme: Option<Scheme>,
    fault: Option<BadScheme>,
}

/// Checks a file.
pub fn check(arguments: &CheckArguments) -> Result<Outcome, Failure> {
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|error| Failure::new(format!("{}: {error}", arguments.file.display())))?;
    let found = examine(&text);
    let located = |result: Result<_, BadScheme>| result.map_err(|error| error.located(&text));
    let results: Vec<Result<ExampleResult<'_>, BadScheme>> = found.scheme.iter().flat_map(each).map(located).collect();
    let good = found.fault.is_none() && results.iter().all(Result::is_ok);
    if arguments.json {
        terminal::say(as_json(&found, &results, good));
    } else {
        say_found(&found, &results, good);
    }
    Ok(Outcome::of(good))
}

/// Reads a text as far as it can be read, so that every example is told even where one does not come out.
fn examine(text: &str) -> Found {
    if text.len() > LONGEST_TEXT {
        let why = format!("a scheme's text is at most {} KiB", LONGEST_TEXT / 1024);
        return Found { scheme: None, fault: Some(BadScheme::new("", why)) };
    }
    match Scheme::parse(text) {
        Ok(scheme) => Found { fault: scheme_text::check_new(&scheme, text).err(), scheme: Some(scheme) },
        Err(fault) => Found { scheme: None, fault: Some(fault) },
    }
}

fn ceilings_of(scheme: &Scheme) -> Vec<CeilingLine> {
    let bounds = &scheme.capacity_mtpa;
    let rate = scheme.rate_ceiling().unwrap_or(Paise::ZERO);
    let mut lines = Vec::new();
    for capacity_mtpa in [bounds.least, bounds.most] {
        match ceilings(scheme, rate, &[], capacity_mtpa) {
            Ok(all) => lines.extend(all.pairs().into_iter().map(|(component, amount)| CeilingLine {
                component: component.to_string(),
                capacity_mtpa,
                amount: Ok(amount),
            })),
            Err(refusal) => {
                let amount = Err(refusal.to_string());
                lines.push(CeilingLine { component: "award_ceilings".to_owned(), capacity_mtpa, amount });
            }
        }
    }
    lines
}

fn say_found(found: &Found, results: &[Result<ExampleResult<'_>, BadScheme>], good: bool) {
    if let Some(scheme) = &found.scheme {
        let (code, version, from) = (&scheme.code, scheme.version, scheme.effective_from);
        terminal::say(format_args!("{code}, version {version}, from {from} on: {}", scheme.name));
        for line in ceilings_of(scheme) {
            let amount = match line.amount {
                Ok(amount) => format!("at most {amount}"),
                Err(why) => format!("no ceiling without the facts of an application: {why}"),
            };
            terminal::say(format_args!("{} of an award of {} MTPA: {amount}", line.component, line.capacity_mtpa));
        }
        for (example, result) in scheme.examples.iter().zip(results) {
            match result {
                Ok(ExampleResult { statement, .. }) => {
                    let by = statement.bound_by.as_ref().map(|limit| format!(" ({limit})")).unwrap_or_default();
                    terminal::say(format_args!("{}: {}{by}", example.title.en, statement.entitlement_paise));
                }
                Err(error) => terminal::say(format_args!("FAULT: {}: {error}", example.title.en)),
            }
        }
        let claimed = scheme.book.claims.iter().map(|rules| rules.component);
        let without = claimed.filter(|component| !scheme.examples.iter().any(|one| one.component == *component));
        without.for_each(|component| terminal::say(format_args!("{component}: no example says what a claim gets")));
        for place in scheme.empty_limits() {
            terminal::say(format_args!("{place}: this limit gives nobody anything"));
        }
    }
    if let Some(fault) = &found.fault {
        terminal::say(format_args!("FAULT: {fault}"));
    }
    if good {
        terminal::say("everything agrees");
    }
}

fn as_json(found: &Found, results: &[Result<ExampleResult<'_>, BadScheme>], good: bool) -> Value {
    let fault = |fault: &BadScheme| json!({ "line": fault.line, "key": fault.key, "why": fault.why });
    let example = |(index, result): (usize, &Result<ExampleResult<'_>, BadScheme>)| match result {
        Ok(ExampleResult { example, statement }) => json!({
            "title": example.title, "component": example.component, "amount_paise": example.amount_paise,
            "gives_paise": statement.entitlement_paise, "bound_by": statement.bound_by, "fault": null,
        }),
        Err(error) => json!({ "number": index + 1, "fault": fault(error) }),
    };
    let ceiling = |line: CeilingLine| {
        let (amount, why) = (line.amount.as_ref().ok(), line.amount.as_ref().err());
        json!({ "component": line.component, "capacity_mtpa": line.capacity_mtpa, "amount_paise": amount, "problem": why })
    };
    json!({
        "good": good,
        "fault": found.fault.as_ref().map(fault),
        "scheme_code": found.scheme.as_ref().map(|scheme| scheme.code.as_str()),
        "scheme_version": found.scheme.as_ref().map(|scheme| scheme.version),
        "ceilings": found.scheme.iter().flat_map(ceilings_of).map(ceiling).collect::<Vec<_>>(),
        "empty_limits": found.scheme.as_ref().map(Scheme::empty_limits).unwrap_or_default(),
        "examples": results.iter().enumerate().map(example).collect::<Vec<_>>(),
    })
}
