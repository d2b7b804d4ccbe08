//! The public data as a 360Giving package (version 1.4.3): a grant for each award, a commitment for each
//! sanction, and every disbursement.

use crate::config::Publisher;
use crate::service::public::public_data::{PublicAward, PublicView};
use crate::service::running::error::Error;
use crate::web::api::public::public_files::{Items, Rupees, opened};
use chrono::NaiveDate;
use domain::base::money::Paise;
use domain::public::public_data::{LICENCE_URL, PublicTable};
use serde::Serialize;
use std::io::Write;

const CURRENCY: &str = "INR";

/// The identifier of an Indian company among all organisations (org-id.guide).
pub fn company_id(cin: &str) -> String {
    format!("IN-MCA-{cin}")
}

#[derive(Serialize)]
struct Package<'p> {
    version: &'static str,
    title: String,
    description: &'static str,
    publisher: PackagePublisher<'p>,
    license: &'static str,
}

#[derive(Serialize)]
struct PackagePublisher<'p> {
    identifier: &'p str,
    name: &'p str,
    website: &'p str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Grant<'g> {
    id: String,
    title: String,
    description: String,
    currency: &'static str,
    amount_awarded: Rupees,
    award_date: NaiveDate,
    planned_dates: [PlannedDates; 1],
    recipient_organization: [Organization<'g>; 1],
    funding_organization: [Organization<'g>; 1],
    grant_programme: [Programme<'g>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlannedDates {
    start_date: NaiveDate,
    end_date: NaiveDate,
}

#[derive(Serialize)]
struct Organization<'g> {
    id: String,
    name: &'g str,
}

#[derive(Serialize)]
struct Programme<'g> {
    code: &'g str,
    title: &'g str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transaction<'t> {
    id: &'t str,
    transaction_date: &'t str,
    currency: &'static str,
    value: Rupees,
    description: String,
    provider: &'t str,
    recipient: &'t str,
}

/// The two parties of a grant's transactions.
struct Ends<'e> {
    provider: &'e str,
    recipient: &'e str,
}

impl Ends<'_> {
    fn transaction<'t>(&'t self, id: &'t str, day: &'t str, amount: Paise, description: String) -> Transaction<'t> {
        Transaction {
            id,
            transaction_date: day,
            currency: CURRENCY,
            value: Rupees(amount),
            description,
            provider: self.provider,
            recipient: self.recipient,
        }
    }
}

fn grant<'g>(award: &'g PublicAward, publisher: &'g Publisher) -> Result<Grant<'g>, Error> {
    let terms = &award.award;
    Ok(Grant {
        id: format!("{}-{}", publisher.grant_prefix, terms.number.replace('/', "-")),
        title: format!("{}: {} tonnes a year", award.scheme.name, terms.capacity_mtpa),
        description: format!(
            "Award {} under version {} of the scheme ({}). {}",
            terms.number,
            terms.scheme_version,
            award.scheme.reference,
            match award.ended_on() {
                Some(day) => format!("It was ended on {day}. The amount awarded is what it drew."),
                None => "The amount awarded is the most that it may receive.".to_owned(),
            }
        ),
        currency: CURRENCY,
        amount_awarded: Rupees(award.ceiling()?),
        award_date: terms.awarded_on,
        planned_dates: [PlannedDates { start_date: terms.awarded_on, end_date: terms.ends_on }],
        recipient_organization: [Organization {
            id: company_id(&award.beneficiary.cin),
            name: &award.beneficiary.name,
        }],
        funding_organization: [Organization { id: publisher.id.clone(), name: &publisher.name }],
        grant_programme: [Programme { code: &award.scheme.code, title: &award.scheme.name }],
    })
}

/// Writes the whole package.
pub fn write(view: &mut PublicView<'_, '_>, publisher: &Publisher, out: &mut impl Write) -> Result<(), Error> {
    let package = Package {
        version: "1.4",
        title: format!("Incentives granted by {}", publisher.name),
        description: PublicTable::Disbursements.about(),
        publisher: PackagePublisher { identifier: &publisher.id, name: &publisher.name, website: &publisher.website },
        license: LICENCE_URL,
    };
    out.write_all(&opened(&package)?)?;
    out.write_all(b",\"grants\":[")?;
    let mut grants = Items::default();
    for award in view.awards()? {
        grants.next(out)?;
        write_grant(view, publisher, &award, out)?;
    }
    Ok(out.write_all(b"]}\n")?)
}

fn write_grant(
    view: &mut PublicView<'_, '_>,
    publisher: &Publisher,
    award: &PublicAward,
    out: &mut impl Write,
) -> Result<(), Error> {
    let recipient = company_id(&award.beneficiary.cin);
    let ends = Ends { provider: &publisher.id, recipient: &recipient };
    out.write_all(&opened(&grant(award, publisher)?)?)?;
    out.write_all(b",\"commitmentTransaction\":[")?;
    let mut items = Items::default();
    view.sanctions(award, |one| {
        let described = format!("{} earned in {}", one.component, one.performance_year);
        Ok(items.item(out, &ends.transaction(one.number, one.sanctioned_on, one.amount, described))?)
    })?;
    out.write_all(b"],\"disbursementTransaction\":[")?;
    let (mut items, mut disbursed) = (Items::default(), Paise::ZERO);
    view.disbursements(award, |one| {
        disbursed = disbursed.checked_add(one.amount).ok_or_else(|| Error::Internal("a sum".to_owned()))?;
        let described = format!("{} earned in {}", one.component, one.performance_year);
        Ok(items.item(out, &ends.transaction(one.number, one.paid_on, one.amount, described))?)
    })?;
    out.write_all(b"],\"amountDisbursed\":")?;
    serde_json::to_writer(&mut *out, &Rupees(disbursed)).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"}")?)
}
