//! The foot of every page, and who owns what stands above it: as the settings say.

use crate::web::portal::page::{Link, Page};

/// The pages that the foot of every page leads to: key of the text, and address.
const FOOT: &[(&str, &str)] = &[
    ("title-help", "/public/help"),
    ("title-contact", "/public/contact"),
    ("title-accessibility", "/public/accessibility"),
    ("title-policies", "/public/policies"),
];

/// One way to reach the owner.
pub struct Contact {
    /// The key of what it is.
    pub label: &'static str,
    pub text: String,
    /// What a browser opens it with; empty where it is only read.
    pub address: String,
}

impl Page {
    /// What stands in the place of an emblem, as the settings have it.
    pub fn emblem(&self) -> Option<&str> {
        Some(self.web.service.portal.emblem_text.as_str()).filter(|text| !text.is_empty())
    }

    /// How the owner is reached, as far as the settings say.
    pub fn contacts(&self) -> Vec<Contact> {
        let portal = &self.web.service.portal;
        let given = [
            ("contact-email", &portal.contact_email, "mailto:"),
            ("contact-phone", &portal.contact_phone, "tel:"),
            ("contact-address", &portal.contact_address, ""),
        ];
        let given = given.into_iter().filter(|(_, text, _)| !text.is_empty());
        given
            .map(|(label, text, opens)| {
                let plain: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
                let address = if opens.is_empty() { String::new() } else { format!("{opens}{plain}") };
                Contact { label, text: text.clone(), address }
            })
            .collect()
    }

    /// The links in the foot of every page.
    pub fn foot(&self) -> Vec<Link> {
        let link =
            |(key, path): &(&str, &str)| Link { text: self.t(key), address: self.to(path), here: self.path == *path };
        FOOT.iter().map(link).collect()
    }
}
