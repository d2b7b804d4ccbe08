//! The ids behind human numbers. What a number stands for is no secret and gives no access: whoever reads the
//! record by its id is checked there.

use crate::db::worklist::numbers;
use crate::service::Service;
use crate::service::running::error::Error;
use domain::base::number::Number;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Service {
    /// The ids of the records with these numbers, by number, in one statement.
    pub async fn ids_of(self: &Arc<Self>, numbers: Vec<Number>) -> Result<BTreeMap<String, String>, Error> {
        self.read_openly(move |tx| Ok(numbers::ids(tx, &numbers)?)).await
    }
}
