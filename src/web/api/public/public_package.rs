//! The public data as a Data Package (version 2.0): tables in CSV, and a description of every column, key and
//! reference. The same data gives the same bytes.

use crate::config::Publisher;
use crate::service::public::public_data::{PublicAward, PublicView};
use crate::service::running::error::Error;
use crate::web::edge::download::{Spool, Spooled};
use domain::base::money::Paise;
use domain::public::public_data::{
    LICENCE_NAME, LICENCE_TITLE, LICENCE_URL, PublicColumn, PublicHolds, PublicMilestoneStatus, PublicTable,
};
use serde_json::{Value, json};
use std::io::Write;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const TABLE_PROFILE: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// The text of `datapackage.json`.
pub fn description(publisher: &Publisher) -> Result<Vec<u8>, Error> {
    let description = json!({
        "$schema": PROFILE,
        "name": "magnet-scheme-public-data",
        "title": format!("Incentives granted by {}", publisher.name),
        "description": "Schemes with their budgets, awards, milestones, sanctions and disbursements of public incentive money. Amounts are rupees with two \
            decimals, exact; financial years run from 1 April in India. No personal data.",
        "homepage": publisher.website,
        "licenses": [{ "name": LICENCE_NAME, "title": LICENCE_TITLE, "path": LICENCE_URL }],
        "contributors": [{ "title": publisher.name, "path": publisher.website, "roles": ["publisher"] }],
        "resources": PublicTable::ALL.iter().map(|table| resource(*table)).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_vec_pretty(&description).map_err(std::io::Error::from)?;
    text.push(b'\n');
    Ok(text)
}

fn resource(table: PublicTable) -> Value {
    let reference = |one: &domain::public::public_data::PublicReference| json!({ "fields": one.columns, "reference": { "resource": one.table, "fields": one.named } });
    json!({
        "name": table,
        "type": "table",
        "path": format!("{table}.csv"),
        "description": table.about(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "$schema": TABLE_PROFILE,
            "fields": table.columns().iter().map(field).collect::<Vec<_>>(),
            "primaryKey": table.key(),
            "foreignKeys": table.references().iter().map(reference).collect::<Vec<_>>(),
            "missingValues": [""],
        },
    })
}

fn field(column: &PublicColumn) -> Value {
    let (kind, mut constraints) = match column.holds {
        PublicHolds::Text => ("string", json!({})),
        PublicHolds::Whole => ("integer", json!({ "minimum": 0 })),
        PublicHolds::Rupees => ("number", json!({ "minimum": 0 })),
        PublicHolds::Day => ("date", json!({})),
        PublicHolds::Year => ("string", json!({ "pattern": "[0-9]{4}-[0-9]{2}" })),
        PublicHolds::OneOf(words) => ("string", json!({ "enum": words })),
    };
    constraints["required"] = json!(column.always);
    json!({ "name": column.name, "type": kind, "description": column.about, "constraints": constraints })
}

/// Writes the package as a ZIP file: the description, then the tables.
pub fn write(view: &mut PublicView<'_, '_>, publisher: &Publisher, spool: Spool) -> Result<Spooled, Error> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::DEFAULT)
        .unix_permissions(0o644);
    let failed = |error: zip::result::ZipError| Error::from(std::io::Error::from(error));
    let mut archive = ZipWriter::new_stream(spool);
    archive.start_file("datapackage.json", options).map_err(failed)?;
    archive.write_all(&description(publisher)?)?;
    for table in PublicTable::ALL {
        archive.start_file(format!("{table}.csv"), options.large_file(true)).map_err(failed)?;
        write_table(view, *table, &mut archive)?;
    }
    Ok(archive.finish().map_err(failed)?.into_inner().finish()?)
}

/// Writes one table as CSV (RFC 4180) with a header.
pub fn write_table<W: Write>(view: &mut PublicView<'_, '_>, table: PublicTable, out: &mut W) -> Result<(), Error> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(table.columns().iter().map(|column| column.name)).map_err(std::io::Error::from)?;
    match table {
        PublicTable::Schemes => schemes(view, &mut csv)?,
        PublicTable::Beneficiaries => beneficiaries(view, &mut csv)?,
        PublicTable::Years => years(view, &mut csv)?,
        PublicTable::Stages => stages(view, &mut csv)?,
        _ => {
            for award in view.awards()? {
                of_award(view, table, &award, &mut csv)?;
            }
        }
    }
    Ok(csv.flush()?)
}

fn record<'f, W: Write>(csv: &mut csv::Writer<W>, fields: impl IntoIterator<Item = &'f str>) -> Result<(), Error> {
    Ok(csv.write_record(fields).map_err(std::io::Error::from)?)
}

fn schemes<W: Write>(view: &mut PublicView<'_, '_>, csv: &mut csv::Writer<W>) -> Result<(), Error> {
    for scheme in view.schemes()? {
        let (version, from) = (scheme.version.to_string(), scheme.effective_from.to_string());
        let outlay = scheme.outlay.paise().in_rupees();
        record(csv, [&*scheme.code, &*scheme.name, &*version, &*scheme.reference, &*from, &*outlay])?;
    }
    Ok(())
}

/// Writes each company once, although it may hold several awards.
fn beneficiaries<W: Write>(view: &mut PublicView<'_, '_>, csv: &mut csv::Writer<W>) -> Result<(), Error> {
    let mut told = std::collections::BTreeSet::new();
    for award in view.awards()? {
        if told.insert(award.beneficiary.cin.clone()) {
            record(csv, [&*award.beneficiary.cin, &*award.beneficiary.name])?;
        }
    }
    Ok(())
}

fn years<W: Write>(view: &mut PublicView<'_, '_>, csv: &mut csv::Writer<W>) -> Result<(), Error> {
    for scheme in view.figures()? {
        for one in &scheme.years {
            let year = one.financial_year.to_string();
            let sums = [one.appropriated_paise, one.sanctioned_paise, one.disbursed_paise, one.recovered_paise];
            let [appropriated, sanctioned, disbursed, recovered] = sums.map(Paise::in_rupees);
            record(csv, [&*scheme.scheme_code, &*year, &*appropriated, &*sanctioned, &*disbursed, &*recovered])?;
        }
    }
    Ok(())
}

fn stages<W: Write>(view: &mut PublicView<'_, '_>, csv: &mut csv::Writer<W>) -> Result<(), Error> {
    for scheme in view.figures()? {
        for one in &scheme.stages {
            let figures = [one.aimed_at_mtpa, one.promised_mtpa, one.installed_mtpa];
            let [aimed_at, promised, installed] = figures.map(|mtpa| mtpa.to_string());
            record(csv, [&*scheme.scheme_code, one.stage.as_str(), &*aimed_at, &*promised, &*installed])?;
        }
    }
    Ok(())
}

/// The rows of a table that belong to an award.
fn of_award<W: Write>(
    view: &mut PublicView<'_, '_>,
    table: PublicTable,
    award: &PublicAward,
    csv: &mut csv::Writer<W>,
) -> Result<(), Error> {
    let number = award.award.number.as_str();
    match table {
        PublicTable::Schemes | PublicTable::Beneficiaries | PublicTable::Years | PublicTable::Stages => Ok(()),
        PublicTable::Awards => record(csv, award_row(award)?.iter().map(String::as_str)),
        PublicTable::Ceilings => award.award.ceilings.0.iter().try_for_each(|ceiling| {
            record(csv, [number, ceiling.component.as_str(), &ceiling.amount_paise.in_rupees()])
        }),
        PublicTable::Milestones => award.milestones.iter().try_for_each(|one| {
            let (due, met) = (one.due_on.to_string(), one.achieved_on.map(|day| day.to_string()).unwrap_or_default());
            record(csv, [number, &*one.code, &*one.title, &*due, PublicMilestoneStatus::of(one).as_str(), &*met])
        }),
        PublicTable::Sanctions => view.sanctions(award, |one| {
            let amount = one.amount.in_rupees();
            record(csv, [one.number, number, one.component, one.performance_year, one.sanctioned_on, &amount])
        }),
        PublicTable::Disbursements => view.disbursements(award, |one| {
            let (amount, milestone) = (one.amount.in_rupees(), one.milestone.map_or("", |one| one.code.as_str()));
            let (earned, paid) = (one.performance_year, one.payment_year);
            record(csv, [one.number, number, one.component, milestone, earned, paid, one.paid_on, &amount])
        }),
    }
}

fn award_row(award: &PublicAward) -> Result<[String; 10], Error> {
    let terms = &award.award;
    Ok([
        terms.number.clone(),
        terms.scheme_code.clone(),
        terms.scheme_version.to_string(),
        award.beneficiary.cin.clone(),
        terms.capacity_mtpa.to_string(),
        terms.awarded_on.to_string(),
        terms.ends_on.to_string(),
        terms.commissioned_on.map(|day| day.to_string()).unwrap_or_default(),
        award.ceiling()?.in_rupees(),
        award.ended_on().map(|day| day.to_string()).unwrap_or_default(),
    ])
}
