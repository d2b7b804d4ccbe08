//! The readable page of an evidence bundle: one file, without scripts and without anything from elsewhere.

use crate::web::api::desk::bundle::Listed;
use crate::web::api::desk::disbursement_chain::ChainView;
use askama::Template;
use domain::base::money::Paise;
use domain::log::checkpoint::KeptCheckpoint;

#[derive(Template)]
#[template(path = "bundle.html", config = "src/web/askama.toml")]
struct BundlePage<'a> {
    chain: &'a ChainView,
    files: &'a [Listed],
    checkpoint: &'a KeptCheckpoint,
    style: &'static str,
}

impl BundlePage<'_> {
    fn rupees(&self, paise: &i64) -> Paise {
        Paise(*paise)
    }
}

/// The page as HTML; text written by people is escaped.
pub fn page(chain: &ChainView, files: &[Listed], checkpoint: &KeptCheckpoint) -> Result<String, askama::Error> {
    BundlePage { chain, files, checkpoint, style: include_str!("../../templates/print.css") }.render()
}
