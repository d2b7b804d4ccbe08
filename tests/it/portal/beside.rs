//! What stands beside a field of a form, for whoever reads the screen by ear.

use crate::portal::browser::Shown;

impl Shown {
    /// What stands beside a field as a reason to look at it again, as its description for a reader of the screen.
    #[track_caller]
    pub fn described(&self, field: &str) -> String {
        let with_id = |id: &str| self.page.all().into_iter().find(|node| node.attribute("id") == Some(id));
        let control = with_id(field).unwrap_or_else(|| panic!("no field {field} on {}", self.address));
        let by = control.attribute("aria-describedby").unwrap_or_default();
        let again = by.split(' ').find(|id| id.ends_with("-again")).and_then(with_id);
        let prefix = |text: String| text.split_once(": ").map(|(_, rest)| rest.to_owned()).unwrap_or(text);
        again.map(|node| prefix(node.text())).unwrap_or_default()
    }
}
