//! The public data as a release package of the Open Contracting Data Standard (1.1.5): a contracting process
//! for each award, with its milestones and every payment. A grant is not a purchase, and the standard has no
//! notion of grants: each release says so.

use crate::config::Publisher;
use crate::service::public::public_data::{PublicAward, PublicDisbursement, PublicView};
use crate::service::running::error::Error;
use crate::web::api::public::public_files::{Items, Rupees, opened};
use crate::web::api::public::public_grants::company_id;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::base::money::Paise;
use domain::milestone::milestone::Milestone;
use domain::public::public_data::{LICENCE_URL, PublicMilestoneStatus};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// The extension that links a payment to the milestone for which it was paid.
const RELATED_MILESTONE: &str = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_transactions_relatedMilestone_extension/master/extension.json";
const RATIONALE: &str = "An incentive granted under a scheme, not a purchase: nothing was put out to tender, and \
    initiationType is 'tender' because the standard has no other word. The value is the most that may be paid.";
/// Number of digits of a release's digest that form its id.
const RELEASE_ID_DIGITS: usize = 32;

#[derive(Serialize)]
struct Package<'p> {
    uri: String,
    version: &'static str,
    extensions: [&'static str; 1],
    publisher: PackagePublisher<'p>,
    license: &'static str,
}

#[derive(Serialize)]
struct PackagePublisher<'p> {
    name: &'p str,
    uri: &'p str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Release<'r> {
    ocid: String,
    tag: [&'static str; 4],
    initiation_type: &'static str,
    language: &'static str,
    parties: [Party<'r>; 2],
    buyer: Reference<'r>,
    planning: Planning<'r>,
    awards: [Award<'r>; 1],
}

#[derive(Serialize)]
struct Party<'r> {
    id: String,
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<Identifier<'r>>,
    roles: &'static [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identifier<'r> {
    scheme: &'static str,
    id: &'r str,
    legal_name: &'r str,
}

#[derive(Serialize)]
struct Reference<'r> {
    id: String,
    name: &'r str,
}

#[derive(Serialize)]
struct Planning<'r> {
    rationale: &'static str,
    budget: Budget<'r>,
}

#[derive(Serialize)]
struct Budget<'r> {
    description: &'static str,
    amount: Value,
    project: &'r str,
    #[serde(rename = "projectID")]
    project_id: &'r str,
}

#[derive(Serialize)]
struct Value {
    amount: Rupees,
    currency: &'static str,
}

fn value(amount: Paise) -> Value {
    Value { amount: Rupees(amount), currency: "INR" }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Award<'r> {
    id: &'r str,
    title: String,
    status: &'static str,
    date: String,
    value: Value,
    suppliers: [Reference<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contract<'r> {
    id: &'r str,
    #[serde(rename = "awardID")]
    award_id: &'r str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    period: Period,
    value: Value,
    date_signed: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Period {
    start_date: String,
    end_date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContractMilestone<'r> {
    id: &'r str,
    title: &'r str,
    #[serde(rename = "type")]
    kind: &'static str,
    code: &'r str,
    due_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_met: Option<String>,
    status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transaction<'r> {
    id: &'r str,
    date: String,
    value: Value,
    payer: Reference<'r>,
    payee: Reference<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_implementation_milestone: Option<MilestoneReference<'r>>,
}

#[derive(Serialize)]
struct MilestoneReference<'r> {
    id: &'r str,
    title: &'r str,
}

/// The beginning of a day in India, as the standard writes instants.
fn first_moment(day: impl std::fmt::Display) -> String {
    format!("{day}T00:00:00+05:30")
}

fn last_moment(day: NaiveDate) -> String {
    format!("{day}T23:59:59+05:30")
}

fn release<'r>(award: &'r PublicAward, publisher: &'r Publisher) -> Result<Release<'r>, Error> {
    let (terms, company) = (&award.award, &award.beneficiary);
    let funder = || Reference { id: publisher.id.clone(), name: &publisher.name };
    let supplier = Reference { id: company_id(&company.cin), name: &company.name };
    let identifier = Identifier { scheme: "IN-MCA", id: &company.cin, legal_name: &company.name };
    Ok(Release {
        ocid: format!("{}-{}", publisher.ocid_prefix, terms.number.replace('/', "-")),
        tag: ["planning", "award", "contract", "implementation"],
        initiation_type: "tender",
        language: "en",
        parties: [
            Party { id: funder().id, name: &publisher.name, identifier: None, roles: &["buyer", "funder", "payer"] },
            Party {
                id: company_id(&company.cin),
                name: &company.name,
                identifier: Some(identifier),
                roles: &["supplier", "payee"],
            },
        ],
        buyer: funder(),
        planning: Planning {
            rationale: RATIONALE,
            budget: Budget {
                description: "What is committed to this award of the scheme's outlay",
                amount: value(award.ceiling()?),
                project: &award.scheme.name,
                project_id: &award.scheme.code,
            },
        },
        awards: [Award {
            id: &terms.number,
            title: title(award),
            status: "active",
            date: terms.awarded_at.to_string(),
            value: value(award.ceiling()?),
            suppliers: [supplier],
        }],
    })
}

fn title(award: &PublicAward) -> String {
    format!("{}: {} tonnes a year", award.scheme.name, award.award.capacity_mtpa)
}

fn milestone(one: &Milestone) -> ContractMilestone<'_> {
    ContractMilestone {
        id: &one.code,
        title: &one.title,
        kind: "delivery",
        code: &one.code,
        due_date: last_moment(one.due_on),
        date_met: one.achieved_on.map(first_moment),
        status: match PublicMilestoneStatus::of(one) {
            PublicMilestoneStatus::Scheduled => "scheduled",
            PublicMilestoneStatus::PartlyMet => "partiallyMet",
            PublicMilestoneStatus::Met => "met",
        },
    }
}

fn transaction<'r>(paid: &PublicDisbursement<'r>, award: &'r PublicAward, publisher: &'r Publisher) -> Transaction<'r> {
    let related = |one: &'r Milestone| MilestoneReference { id: &one.code, title: &one.title };
    Transaction {
        id: paid.number,
        date: first_moment(paid.paid_on),
        value: value(paid.amount),
        payer: Reference { id: publisher.id.clone(), name: &publisher.name },
        payee: Reference { id: company_id(&award.beneficiary.cin), name: &award.beneficiary.name },
        related_implementation_milestone: paid.milestone.map(related),
    }
}

/// Passes on the written bytes, and digests them.
struct Digested<'w, W> {
    out: &'w mut W,
    hasher: Sha256,
}

impl<W: Write> Write for Digested<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes the whole package.
pub fn write(view: &mut PublicView<'_, '_>, publisher: &Publisher, out: &mut impl Write) -> Result<(), Error> {
    let package = Package {
        uri: format!("{}/api/v1/public/data/ocds.json", publisher.website),
        version: "1.1",
        extensions: [RELATED_MILESTONE],
        publisher: PackagePublisher { name: &publisher.name, uri: &publisher.website },
        license: LICENCE_URL,
    };
    out.write_all(&opened(&package)?)?;
    out.write_all(b",\"releases\":[")?;
    let (mut releases, mut newest) = (Items::default(), view.schemes_at()?);
    for award in view.awards()? {
        releases.next(out)?;
        newest = newest.max(write_release(view, publisher, &award, out)?);
    }
    Ok(writeln!(out, "],\"publishedDate\":\"{newest}\"}}")?)
}

/// Writes the release of an award, and returns the time of its newest record. Its id is the digest of its
/// content, so the content published under one id never changes.
fn write_release<W: Write>(
    view: &mut PublicView<'_, '_>,
    publisher: &Publisher,
    award: &PublicAward,
    out: &mut W,
) -> Result<Timestamp, Error> {
    let terms = &award.award;
    let contract = Contract {
        id: &terms.number,
        award_id: &terms.number,
        title: title(award),
        status: award.ended_at.map(|_| "terminated"),
        period: Period {
            start_date: first_moment(terms.awarded_on),
            end_date: last_moment(award.ended_on().unwrap_or(terms.ends_on)),
        },
        value: value(award.ceiling()?),
        date_signed: terms.awarded_at.to_string(),
    };
    let mut newest = award.ended_at.unwrap_or(terms.awarded_at);
    let mut out = Digested { out, hasher: Sha256::new() };
    out.write_all(&opened(&release(award, publisher)?)?)?;
    out.write_all(b",\"contracts\":[")?;
    out.write_all(&opened(&contract)?)?;
    out.write_all(b",\"implementation\":{\"milestones\":[")?;
    let mut items = Items::default();
    for one in &award.milestones {
        items.item(&mut out, &milestone(one))?;
        let counted = one.rounds.0.iter().filter_map(|round| round.verification.as_ref());
        let verified = counted.filter(|verified| verified.counted.is_some()).map(|verified| verified.verified_at);
        newest = verified.fold(newest, Timestamp::max);
    }
    out.write_all(b"],\"transactions\":[")?;
    let mut items = Items::default();
    view.disbursements(award, |paid| {
        let recorded: Timestamp =
            paid.recorded_at.parse().map_err(|_| Error::Internal(format!("the time of {}", paid.number)))?;
        newest = newest.max(recorded);
        Ok(items.item(&mut out, &transaction(&paid, award, publisher))?)
    })?;
    out.write_all(b"]}}]")?;
    let Digested { out, hasher } = out;
    let digest = hex(&hasher.finalize());
    let id = digest.get(..RELEASE_ID_DIGITS).unwrap_or(&digest);
    write!(out, ",\"date\":\"{newest}\",\"id\":\"{id}\"}}")?;
    Ok(newest)
}
