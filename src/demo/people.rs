//! The people of the demo. Their passwords are random for each run and shown at its end.

use crate::client::{Client, Person};
use crate::demo::DemoError;
use crate::service::start::FIRST_ADMINISTRATOR;
use serde_json::{Value, json};

/// A person with the name and office shown in the report.
pub struct Member {
    pub person: Person,
    pub name: &'static str,
    pub office: &'static str,
}

impl std::ops::Deref for Member {
    type Target = Person;
    fn deref(&self) -> &Person {
        &self.person
    }
}

/// Two people of a sample manufacturer.
pub struct Company {
    pub name: &'static str,
    pub preparer: Member,
    pub signatory: Member,
}

/// Everybody in the story.
pub struct People {
    pub administrator: Member,
    pub first_scheme_administrator: Member,
    pub second_scheme_administrator: Member,
    pub verifier: Member,
    pub section_officer: Member,
    pub finance_officer: Member,
    pub competent_authority: Member,
    pub disbursing_officer: Member,
    pub auditor: Member,
    pub lodestone: Company,
    pub coercive: Company,
}

impl People {
    /// The administrator creates an account for everybody; the manufacturers register.
    pub fn arrive(client: &Client, administrator_password: &str) -> Result<People, DemoError> {
        let administrator = Member {
            person: Person::new(client, FIRST_ADMINISTRATOR, administrator_password),
            name: "First administrator",
            office: "administrator",
        };
        let make = |name, email, role| make(client, &administrator, name, email, role, None);
        Ok(People {
            first_scheme_administrator: make(
                "Sample Scheme Administrator One",
                "scheme.one@ministry.example",
                "scheme_administrator",
            )?,
            second_scheme_administrator: make(
                "Sample Scheme Administrator Two",
                "scheme.two@ministry.example",
                "scheme_administrator",
            )?,
            verifier: make("Sample Verifier", "verifier@agency.example", "verifier")?,
            section_officer: make("Sample Section Officer", "section@ministry.example", "section_officer")?,
            finance_officer: make("Sample Finance Officer", "finance@ministry.example", "finance_officer")?,
            competent_authority: make(
                "Sample Competent Authority",
                "authority@ministry.example",
                "competent_authority",
            )?,
            disbursing_officer: make("Sample Disbursing Officer", "ddo@ministry.example", "disbursing_officer")?,
            auditor: make("Sample Auditor", "auditor@audit.example", "auditor")?,
            lodestone: company(
                client,
                &administrator,
                "Sample Lodestone Magnets Ltd",
                "lodestone",
                json!({
                    "name": "Sample Lodestone Magnets Ltd", "cin": "U27320TG2021PLC154321", "pan": "AAACL4321K",
                    "gstin": "36AAACL4321K1ZN", "bank_account": "31002045678", "ifsc": "SBIN0012345",
                }),
            )?,
            coercive: company(
                client,
                &administrator,
                "Sample Coercive Alloys Ltd",
                "coercive",
                json!({
                    "name": "Sample Coercive Alloys Ltd", "cin": "U27320GJ2022PLC167890", "pan": "AAACC8765Q",
                    "gstin": "24AAACC8765Q1ZU", "bank_account": "50200071942", "ifsc": "HDFC0004321",
                }),
            )?,
            administrator,
        })
    }

    /// Everybody, in the order of the story.
    pub fn all(&self) -> Vec<&Member> {
        vec![
            &self.administrator,
            &self.first_scheme_administrator,
            &self.second_scheme_administrator,
            &self.lodestone.preparer,
            &self.lodestone.signatory,
            &self.coercive.preparer,
            &self.coercive.signatory,
            &self.verifier,
            &self.section_officer,
            &self.finance_officer,
            &self.competent_authority,
            &self.disbursing_officer,
            &self.auditor,
        ]
    }
}

fn make(
    client: &Client,
    administrator: &Person,
    name: &'static str,
    email: &str,
    role: &'static str,
    organisation: Option<&Value>,
) -> Result<Member, DemoError> {
    let account = json!({ "email": email, "name": name, "roles": [role], "organisation_id": organisation });
    let made = administrator.posts("/users", None, &account)?;
    let password = made["password"].as_str().unwrap_or_default();
    Ok(Member { person: Person::new(client, email, password), name, office: role })
}

fn company(
    client: &Client,
    administrator: &Person,
    name: &'static str,
    short: &str,
    mut registration: Value,
) -> Result<Company, DemoError> {
    complete_gstin(&mut registration);
    let preparer =
        make(client, administrator, "Sample Preparer", &format!("preparer@{short}.example"), "preparer", None)?;
    let organisation = preparer.posts("/organisations", None, &registration)?;
    let email = format!("signatory@{short}.example");
    let signatory = make(client, administrator, "Sample Signatory", &email, "signatory", Some(&organisation["id"]))?;
    Ok(Company { name, preparer, signatory })
}

/// Completes a sample GSTIN, whose number is invented, with its computed check character.
fn complete_gstin(registration: &mut Value) {
    let start: String = registration["gstin"].as_str().unwrap_or_default().chars().take(14).collect();
    let check = domain::base::gstin::gstin_check_character(&start);
    registration["gstin"] = json!(format!("{start}{check}"));
}
