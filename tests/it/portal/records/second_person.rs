//! What takes a second person, in the browser: that a payment did not arrive, and what arrived on the account.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE};
use crate::harness::treasury_people::TreasuryVerbs;
use crate::payment::reconciliation::payments;
use crate::portal::browser::Browser;
use domain::base::money::Paise;

const PAYMENT: &str = "/en/payments/NDFEB-2026-27-PAY-0001";
const CONFIRM: &str = "Confirm that the money did not arrive";
const LETTER: &[u8] = b"%PDF-1.4 the bank writes that the account is closed";

#[apply(on_both!)]
fn a_second_person_confirms_on_the_page_that_a_payment_did_not_arrive(app: App) {
    payments(&app, 1, &[]);
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let shown = ddo.opens(PAYMENT).says("The treasury was told of this payment").says_nothing_of(CONFIRM);
    let form = shown.form("Record the bank's answer");
    assert!(form.offers("Paid") && !form.offers("Failed"), "{form:?}");
    // Whoever concurred reads why they cannot.
    let concurred = Browser::of(&app, &app.finance_officer(), "en");
    let shown = concurred.opens_rehearsed(PAYMENT).says("you took another step on this money (concurrence)");
    shown.says("Who can: Nobody else holds the office now.");

    let second = Browser::of(&app, &app.second("finance"), "en");
    concurred.opens_rehearsed(PAYMENT).says("Who can: Finance Officer Sample second-finance");
    let shown = second.opens(PAYMENT).says("The payment is then recorded as failed, with your word and your files");
    let form = shown.form(CONFIRM).fill("Reason", "the account is closed");
    let without = second.sends(&form).with_status(422);
    let form = without.form(CONFIRM).choose("Files that show it", "letter.pdf", "application/pdf", LETTER);
    let shown = second.sends(&form).with_status(200).says("You confirmed, 1 Jul 2026");
    shown.says("Confirmed by a second person").says("the account is closed").says("Failed");
    let company = Browser::of(&app, &app.signatory(), "hi");
    company.opens("/hi/payments/NDFEB-2026-27-PAY-0001").says("दूसरे व्यक्ति द्वारा पुष्ट");
    let tranche = ddo.opens("/en/tranches/NDFEB-2026-27-TRN-0001").says("Failure confirmed");
    tranche.says("No scroll contradicts a payment of this claim.");
    app.must_verify();
}

#[apply(on_both!)]
fn what_the_treasury_said_twice_is_shown_before_the_money_is_paid_again(app: App) {
    let all = payments(&app, 1, &[]);
    let ddo = app.disbursing_officer();
    let failed = crate::payment::payment_failures::answer("R-1", &all[0], "Failed,,,{amount},account closed");
    ddo.uploads_return("text/csv", &failed).ok();
    let arrived = "Success,SBINR5202607010000000,2026-07-01,{amount},";
    ddo.uploads_return("text/csv", &crate::payment::payment_failures::answer("R-2", &all[0], arrived)).ok();
    let page = Browser::of(&app, &ddo, "en").opens("/en/tranches/NDFEB-2026-27-TRN-0001");
    page.says("only the paying office says that it did not arrive");
}

#[apply(on_both!)]
fn finance_records_on_the_page_what_arrived(app: App) {
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let shown = finance.opens("/en/credits").with_status(200).says("No credit is recorded yet");
    let form = shown.form("Record a credit").fill("UTR", "REFUND0000000001");
    let form = form.fill("Day", "1").fill("Month", "5").fill("Year", "2026").fill("Amount", "1 crore");
    let form = finance.sends(&form).with_status(422).form("Record a credit");
    let form = form.choose("Statement of the account", "statement.pdf", "application/pdf", LETTER);
    let shown = finance.sends(&form).with_status(200).says("Credit recorded by you, 1 May 2026");
    shown.says("1 credit").says("REFUND0000000001").says(&Paise(CRORE).to_string());
    let ddo = Browser::of(&app, &app.disbursing_officer(), "hi");
    ddo.opens("/hi/credits").says("बैंक की जमाएँ").says_nothing_of("जमा दर्ज करें");
    app.must_verify();
}
