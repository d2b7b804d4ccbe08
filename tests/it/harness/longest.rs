//! The tests that take longest, the longest first. They start before all others (longest processing time first), so that
//! at the end no processor waits for one of them. The end of a run names a long test that is missing here.

/// A test that took this many seconds on two processors belongs here.
pub const LONG_SECONDS: u64 = 10;

/// Names as `--list` prints them.
pub const LONGEST: &[&str] = &[
    "sqlite::portal::chromium::five_people_take_a_tranche_to_the_bank_in_chromium",
    "sqlite::portal::chromium::claims::the_agency_verifies_a_claim_in_chromium",
    "sqlite::portal::chromium::bank::recoveries_on_a_phone_and_on_a_desk",
    "sqlite::portal::chromium::bank::treasury_and_bank_on_a_phone_and_on_a_desk",
    "postgres::desk::past::what_was_served_then_is_served_again_byte_for_byte",
    "sqlite::desk::past::what_was_served_then_is_served_again_byte_for_byte",
    "sqlite::people::sealing::each_role_writes_what_the_table_allows",
    "sqlite::portal::chromium::awards::an_award_with_its_guarantees_and_delays_in_chromium",
    "sqlite::portal::chromium::notes::notes_and_letters_with_files_in_chromium",
    "sqlite::portal::chromium::the_budget_in_chromium",
    "postgres::check::adversary::every_edit_of_money_is_found_and_named",
    "postgres::engine::race::two_processes_share_what_the_new_year_has",
    "postgres::engine::race::two_processes_share_the_last_ten_units",
    "postgres::engine::trouble::a_database_that_goes_and_comes_back_needs_no_restart",
    "sqlite::portal::chromium::awards::from_the_application_to_the_award_in_chromium",
    "sqlite::portal::security::no_act_is_done_that_a_page_of_this_session_did_not_send",
    "postgres::story::returns_model::returns_in_any_order_end_as_the_model_says",
    "postgres::engine::race::sixty_four_approvers_share_the_last_ten_units",
    "postgres::engine::race::sixty_four_sanctions_share_what_the_new_year_has",
    "postgres::desk::selections::pages_walk_every_order_without_gap_or_repeat",
    "postgres::people::personal_data::the_log_withholds_what_is_personal_and_proves_it",
    "postgres::engine::race::two_processes_that_lock_in_opposite_orders_all_get_through",
    "sqlite::engine::race::two_processes_share_what_the_new_year_has",
    "postgres::engine::crash::a_killed_database_loses_nothing_and_the_service_stays",
    "sqlite::people::personal_data::the_log_withholds_what_is_personal_and_proves_it",
    "sqlite::story::returns_model::returns_in_any_order_end_as_the_model_says",
    "postgres::desk::selections::every_field_is_compared_as_the_catalogue_says",
    "sqlite::portal::chromium::bank::drafts_of_schemes_on_a_phone_and_on_a_desk",
    "sqlite::check::adversary::every_edit_of_money_is_found_and_named",
    "sqlite::portal::chromium::the_first_page_in_chromium",
    "postgres::story::scheme_model::random_acts_end_as_the_model_says",
    "sqlite::portal::chromium::paid_against_the_limits_in_chromium",
    "sqlite::engine::race::two_processes_share_the_last_ten_units",
    "postgres::engine::race::two_processes_pay_once_under_one_key",
];
