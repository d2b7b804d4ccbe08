//! The financial year ends with the last second of 31 March in India: 23:59:59 is the old year's,
//! 00:00:00 the new one's, for sanctions and for payments.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, says, stages};

const SALES: &str = "sales_linked_incentive";
const AMOUNT: i64 = 160_000_000;

#[apply(on_both!)]
fn the_year_ends_with_the_last_second_of_march(app: App) {
    app.window_is_open();
    app.provided(SALES, "2026-27", CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2027-03-31T06:30:00Z");
    let concurred =
        |day: &str| app.concurred(&app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(day, day, 1_000)));
    let (first, second) = (concurred("2026-06-01"), concurred("2026-06-02"));
    let (authority, ddo) = (app.competent_authority(), app.disbursing_officer());
    let year = |name: &str| stages(&app.budget("financial_year", SALES, Some(name)));

    app.set_clock("2027-03-31T18:29:59Z"); // 23:59:59 in India
    let sanctioned = authority.sanctions(&first).ok();
    assert_eq!(
        (&sanctioned["held_in"], &sanctioned["sanction"]["sanctioned_on"]),
        (&"2026-27".into(), &"2027-03-31".into())
    );
    assert_eq!(sanctioned["sanction"]["number"], "NDFEB/2026-27/SAN/0001");
    let advised = ddo.advises(&sanctioned).ok();
    ddo.confirms(&advised, "UTR000000000001", "2027-04-01").refused(409, "date_not_allowed");
    let paid = ddo.confirms(&advised, "UTR000000000001", "2027-03-31").ok();
    assert_eq!(paid["disbursement"]["payment_year"], "2026-27");
    assert_eq!(year("2026-27"), [CRORE, CRORE - 2 * AMOUNT, 0, AMOUNT, 0, AMOUNT]);

    app.set_clock("2027-03-31T18:30:00Z"); // 00:00:00 in India
    let problem = authority.sanctions(&second).refused(409, "budget_exceeded");
    says(&problem, "sales_linked_incentive:2027-28:available needs ₹16,00,000.00 and has ₹0.00");
    app.provided(SALES, "2027-28", AMOUNT);
    let sanctioned = authority.sanctions(&second).ok();
    assert_eq!(
        (&sanctioned["held_in"], &sanctioned["sanction"]["sanctioned_on"]),
        (&"2027-28".into(), &"2027-04-01".into())
    );
    assert_eq!(sanctioned["sanction"]["number"], "NDFEB/2027-28/SAN/0001");
    let advised = ddo.advises(&sanctioned).ok();
    ddo.confirms(&advised, "UTR000000000002", "2027-03-31").refused(409, "date_not_allowed");
    let paid = ddo.confirms(&advised, "UTR000000000002", "2027-04-01").ok();
    let disbursement = &paid["disbursement"];
    assert_eq!(
        (&disbursement["payment_year"], &disbursement["performance_year"]),
        (&"2027-28".into(), &"2026-27".into())
    );
    assert_eq!(year("2026-27"), [CRORE, CRORE - AMOUNT, 0, 0, 0, AMOUNT]);
    assert_eq!(year("2027-28"), [AMOUNT, 0, 0, 0, 0, AMOUNT]);
    app.must_verify();
}
