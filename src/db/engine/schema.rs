//! The tables, declared for diesel by hand: one schema for both engines. A parity test compares it with both
//! migrations.
#![allow(missing_docs)]

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    instance (id) {
        id -> BigInt,
        mode -> Text,
        clock_offset_micros -> BigInt,
        created_at -> Text,
    }
}

table! {
    organisations (id) {
        id -> Text,
        name -> Text,
        cin -> Text,
        pan -> Text,
        gstin -> Text,
        bank_account -> Text,
        ifsc -> Text,
        registered_at -> Text,
        version -> BigInt,
        company_group -> Nullable<Text>,
    }
}

table! {
    users (id) {
        id -> Text,
        email -> Text,
        name -> Text,
        roles -> Text,
        organisation_id -> Nullable<Text>,
        created_at -> Text,
        disabled_at -> Nullable<Text>,
        version -> BigInt,
        password_hash -> Text,
        failed_attempts -> BigInt,
        locked_until -> Nullable<Text>,
        erased_at -> Nullable<Text>,
    }
}

table! {
    sessions (id) {
        id -> Text,
        user_id -> Text,
        started_at -> Text,
        expires_at -> Text,
        ended_at -> Nullable<Text>,
        ended_because -> Nullable<Text>,
    }
}

table! {
    refresh_tokens (digest) {
        digest -> Text,
        session_id -> Text,
        issued_at -> Text,
        used_at -> Nullable<Text>,
    }
}

table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

table! {
    schemes (code, version) {
        code -> Text,
        version -> BigInt,
        digest -> Text,
        document -> Text,
        loaded_at -> Text,
        draft_id -> Nullable<Text>,
    }
}

table! {
    scheme_drafts (id) {
        id -> Text,
        scheme_code -> Text,
        scheme_version -> BigInt,
        document -> Text,
        digest -> Text,
        status -> Text,
        drafted_by -> Text,
        drafted_at -> Text,
        instrument -> Nullable<Text>,
        publication -> Nullable<Text>,
        withdrawal -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    windows (id) {
        id -> Text,
        scheme_code -> Text,
        opens_on -> Text,
        closes_on -> Text,
        reference -> Text,
        opened_by -> Text,
        opened_at -> Text,
    }
}

table! {
    evidence (id) {
        id -> Text,
        digest -> Text,
        size_bytes -> BigInt,
        media_type -> Text,
        file_name -> Text,
        organisation_id -> Nullable<Text>,
        uploaded_by -> Text,
        uploaded_at -> Text,
    }
}

table! {
    applications (id) {
        id -> Text,
        scheme_code -> Text,
        scheme_version -> BigInt,
        organisation_id -> Text,
        status -> Text,
        number -> Nullable<Text>,
        form -> Text,
        prepared_by -> Text,
        receipt -> Nullable<Text>,
        queries -> Text,
        scrutiny -> Nullable<Text>,
        created_at -> Text,
        version -> BigInt,
        place -> Nullable<Text>,
    }
}

table! {
    allocations (id) {
        id -> Text,
        number -> Text,
        scheme_code -> Text,
        scheme_version -> BigInt,
        follows -> Nullable<Text>,
        status -> Text,
        statement -> Text,
        digest -> Text,
        drafted_by -> Text,
        drafted_at -> Text,
        concurrence -> Nullable<Text>,
        publication -> Nullable<Text>,
        withdrawal -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    sealed_bids (id) {
        id -> Text,
        scheme_code -> Text,
        rate_paise_per_kg -> BigInt,
        salt -> Text,
        sealed_at -> Text,
        version -> BigInt,
    }
}

table! {
    bid_openings (id) {
        id -> Text,
        scheme_code -> Text,
        status -> Text,
        asked_by -> Text,
        asked_at -> Text,
        opened_by -> Nullable<Text>,
        opened_at -> Nullable<Text>,
        bids -> Text,
        version -> BigInt,
    }
}

table! {
    awards (id) {
        id -> Text,
        number -> Text,
        scheme_code -> Text,
        scheme_version -> BigInt,
        application_id -> Text,
        organisation_id -> Text,
        capacity_mtpa -> BigInt,
        rate_paise_per_kg -> BigInt,
        ceilings -> Text,
        security_required_paise -> BigInt,
        awarded_on -> Text,
        ends_on -> Text,
        awarded_by -> Text,
        awarded_at -> Text,
        commissioned_on -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    securities (id) {
        id -> Text,
        award_id -> Text,
        organisation_id -> Text,
        guarantee_number -> Text,
        bank -> Text,
        amount_paise -> BigInt,
        issued_on -> Text,
        expires_on -> Text,
        claim_expires_on -> Text,
        evidence_id -> Text,
        status -> Text,
        extension -> Nullable<Text>,
        invoked_paise -> BigInt,
        received_paise -> BigInt,
        lodged_by -> Text,
        lodged_at -> Text,
        version -> BigInt,
    }
}

table! {
    security_events (security_id, position) {
        security_id -> Text,
        position -> BigInt,
        kind -> Text,
        acted_by -> Text,
        acted_at -> Text,
        reference -> Text,
        note -> Text,
        evidence_id -> Nullable<Text>,
        amount_paise -> Nullable<BigInt>,
        dated_on -> Nullable<Text>,
        expires_on -> Nullable<Text>,
        claim_expires_on -> Nullable<Text>,
        recovery_id -> Nullable<Text>,
    }
}

table! {
    milestones (id) {
        id -> Text,
        award_id -> Text,
        organisation_id -> Text,
        code -> Text,
        title -> Text,
        due_on -> Text,
        capital_share -> BigInt,
        commissions -> BigInt,
        needed_mtpa -> Text,
        status -> Text,
        achieved_on -> Nullable<Text>,
        rounds -> Text,
        version -> BigInt,
        queries -> Text,
    }
}

table! {
    excuses (id) {
        id -> Text,
        number -> Text,
        milestone_id -> Text,
        award_id -> Text,
        organisation_id -> Text,
        ground -> Text,
        text -> Text,
        asked_from -> Text,
        asked_to -> Text,
        evidence -> Text,
        status -> Text,
        asked_by -> Text,
        asked_at -> Text,
        examination -> Nullable<Text>,
        decision -> Nullable<Text>,
        granted_from -> Nullable<Text>,
        granted_to -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    claimed_shares (claim_id) {
        claim_id -> Text,
        milestone_id -> Text,
        share -> BigInt,
    }
}

table! {
    claims (id) {
        id -> Text,
        number -> Nullable<Text>,
        award_id -> Text,
        organisation_id -> Text,
        scheme_code -> Text,
        scheme_version -> BigInt,
        component -> Text,
        milestone_id -> Nullable<Text>,
        period_from -> Nullable<Text>,
        period_to -> Nullable<Text>,
        performance_year -> Text,
        amount_claimed_paise -> BigInt,
        evidence -> Text,
        status -> Text,
        prepared_by -> Text,
        submitted_by -> Nullable<Text>,
        submitted_at -> Nullable<Text>,
        verified_by -> Nullable<Text>,
        verified_at -> Nullable<Text>,
        eligible_kg -> BigInt,
        entitlement_paise -> BigInt,
        deferred_paise -> BigInt,
        statement -> Nullable<Text>,
        created_at -> Text,
        version -> BigInt,
        withheld_paise -> BigInt,
        certificate_due_on -> Nullable<Text>,
        certified_at -> Nullable<Text>,
        facts -> Text,
        mass_balance -> Nullable<Text>,
        held_kg -> BigInt,
        supplements -> Nullable<Text>,
    }
}

table! {
    searched_texts (original) {
        original -> Text,
        folded -> Text,
    }
}

table! {
    claim_dialogues (claim_id) {
        claim_id -> Text,
        queries -> Text,
        returned_times -> BigInt,
        rejected_for -> Nullable<Text>,
        replaces -> Nullable<Text>,
        first_submitted_at -> Nullable<Text>,
    }
}

table! {
    claim_returns (claim_id, round) {
        claim_id -> Text,
        round -> BigInt,
        to_desk -> Text,
        reasons -> Text,
        note -> Text,
        form -> Text,
        lines -> Text,
        statement -> Nullable<Text>,
        prepared_by -> Text,
        submitted_by -> Text,
        submitted_at -> Text,
        verified_by -> Nullable<Text>,
        verified_at -> Nullable<Text>,
        returned_by -> Text,
        returned_at -> Text,
    }
}

table! {
    final_certificates (id) {
        id -> Text,
        number -> Text,
        claim_id -> Text,
        award_id -> Text,
        organisation_id -> Text,
        certificate_number -> Text,
        issued_by -> Text,
        issued_on -> Text,
        certified_kg -> BigInt,
        certified_amount_paise -> BigInt,
        evidence -> Text,
        late_reason -> Nullable<Text>,
        status -> Text,
        submitted_by -> Text,
        submitted_at -> Text,
        decision -> Nullable<Text>,
        settlement -> Nullable<Text>,
        version -> BigInt,
        notes -> Nullable<Text>,
    }
}

table! {
    claim_lines (claim_id, line) {
        claim_id -> Text,
        line -> BigInt,
        invoice_number -> Text,
        invoice_date -> Text,
        party -> Text,
        quantity_kg -> BigInt,
        amount_paise -> BigInt,
        accepted -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        facts -> Text,
        counted_kg -> Nullable<BigInt>,
        counted_amount_paise -> Nullable<BigInt>,
        excluded -> Nullable<Text>,
        invoice_key -> Text,
        supplier_gstin -> Nullable<Text>,
        buyer_gstin -> Nullable<Text>,
        irn -> Nullable<Text>,
        document_key -> Nullable<Text>,
        name_key -> Nullable<Text>,
        number_key -> Nullable<Text>,
        joined_key -> Nullable<Text>,
        document_type -> Nullable<Text>,
        corrects_number -> Nullable<Text>,
        corrects_date -> Nullable<Text>,
    }
}

table! {
    line_likenesses (claim_id, line, position) {
        claim_id -> Text,
        line -> BigInt,
        position -> BigInt,
        likeness -> Text,
        other_claim_id -> Nullable<Text>,
        other_line -> Nullable<BigInt>,
        found_at -> Text,
    }
}

table! {
    tranches (id) {
        id -> Text,
        number -> Text,
        claim_id -> Text,
        award_id -> Text,
        organisation_id -> Text,
        scheme_code -> Text,
        component -> Text,
        performance_year -> Text,
        held_in -> Text,
        amount_paise -> BigInt,
        held_until -> Text,
        status -> Text,
        sanction -> Nullable<Text>,
        rejection -> Nullable<Text>,
        created_at -> Text,
        version -> BigInt,
        returned_times -> BigInt,
    }
}

table! {
    tranche_returns (tranche_id, round) {
        tranche_id -> Text,
        round -> BigInt,
        from_desk -> Text,
        to_desk -> Text,
        reasons -> Text,
        note -> Text,
        amount_paise -> BigInt,
        reversed_sanction -> Nullable<Text>,
        steps_before -> BigInt,
        returned_by -> Text,
        returned_at -> Text,
    }
}

table! {
    tranche_steps (tranche_id, position) {
        tranche_id -> Text,
        position -> BigInt,
        step -> Text,
        taken_by -> Text,
        taken_at -> Text,
        note -> Text,
    }
}

table! {
    payments (id) {
        id -> Text,
        number -> Text,
        tranche_id -> Text,
        organisation_id -> Text,
        amount_paise -> BigInt,
        bank_account -> Text,
        ifsc -> Text,
        status -> Text,
        advised_by -> Text,
        advised_at -> Text,
        utr -> Nullable<Text>,
        paid_on -> Nullable<Text>,
        reason -> Nullable<Text>,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<Text>,
        version -> BigInt,
        set_off_paise -> BigInt,
        accepted_at -> Nullable<Text>,
    }
}

table! {
    disbursements (id) {
        id -> Text,
        number -> Text,
        scheme_code -> Text,
        component -> Text,
        organisation_id -> Text,
        beneficiary -> Text,
        award_id -> Text,
        claim_id -> Text,
        tranche_id -> Text,
        payment_id -> Text,
        performance_year -> Text,
        payment_year -> Text,
        paid_on -> Text,
        amount_paise -> BigInt,
        utr -> Text,
        status -> Text,
        recorded_at -> Text,
        under_recovery_paise -> BigInt,
        set_off_paise -> BigInt,
        paid_back_paise -> BigInt,
        kept_paise -> BigInt,
    }
}

table! {
    recoveries (id) {
        id -> Text,
        number -> Text,
        kind -> Text,
        award_id -> Text,
        organisation_id -> Text,
        scheme_code -> Text,
        component -> Text,
        disbursement_id -> Nullable<Text>,
        tranche_id -> Nullable<Text>,
        milestone_id -> Nullable<Text>,
        damages -> Nullable<Text>,
        amount_paise -> BigInt,
        status -> Text,
        notice -> Nullable<Text>,
        reply -> Nullable<Text>,
        decision -> Nullable<Text>,
        demand -> Nullable<Text>,
        plan -> Nullable<Text>,
        set_off -> Nullable<Text>,
        held_by -> Nullable<Text>,
        relief -> Nullable<Text>,
        steps -> Text,
        interest_from -> Text,
        accrued_to -> Text,
        principal_due_paise -> BigInt,
        interest_due_paise -> BigInt,
        damages_due_paise -> BigInt,
        bearing_paise -> BigInt,
        carried -> BigInt,
        created_at -> Text,
        version -> BigInt,
    }
}

table! {
    recovery_credits (id) {
        id -> Text,
        recovery_id -> Text,
        kind -> Text,
        status -> Text,
        credited_on -> Text,
        principal_paise -> BigInt,
        interest_paise -> BigInt,
        damages_paise -> BigInt,
        accrued -> Text,
        dues_after -> Text,
        utr -> Nullable<Text>,
        payment_id -> Nullable<Text>,
        reference -> Text,
        recorded_by -> Text,
        recorded_at -> Text,
        security_id -> Nullable<Text>,
    }
}

table! {
    payment_advices (id) {
        id -> Text,
        message_id -> Text,
        batch_id -> Text,
        scheme_code -> Text,
        source_system -> Text,
        execute_on -> Text,
        payment_count -> BigInt,
        control_total_paise -> BigInt,
        csv_digest -> Text,
        xml_digest -> Text,
        made_by -> Text,
        made_at -> Text,
    }
}

table! {
    payment_advice_lines (advice_id, position) {
        advice_id -> Text,
        position -> BigInt,
        payment_id -> Text,
    }
}

table! {
    payment_advice_files (advice_id, format) {
        advice_id -> Text,
        format -> Text,
        content -> Text,
    }
}

table! {
    treasury_returns (id) {
        id -> Text,
        message_id -> Text,
        advice_id -> Nullable<Text>,
        digest -> Text,
        format -> Text,
        line_count -> BigInt,
        control_total_paise -> BigInt,
        uploaded_by -> Text,
        uploaded_at -> Text,
    }
}

table! {
    treasury_return_lines (return_id, line) {
        return_id -> Text,
        line -> BigInt,
        end_to_end_id -> Text,
        outcome -> Text,
        utr -> Nullable<Text>,
        paid_on -> Nullable<Text>,
        amount_paise -> BigInt,
        reason -> Nullable<Text>,
        result -> Text,
        code -> Nullable<Text>,
        detail -> Nullable<Text>,
    }
}

table! {
    budget_instruments (id) {
        id -> Text,
        number -> Text,
        kind -> Text,
        scheme_code -> Text,
        component -> Text,
        financial_year -> Nullable<Text>,
        amount_paise -> Nullable<BigInt>,
        to_component -> Nullable<Text>,
        source -> Nullable<Text>,
        declaration -> Nullable<Text>,
        reference -> Text,
        dated_on -> Text,
        status -> Text,
        posted_paise -> Nullable<BigInt>,
        proposed_by -> Text,
        proposed_at -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Text>,
        reason -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    last_quarter_spending (scheme_code, month) {
        scheme_code -> Text,
        month -> Text,
        paid_paise -> BigInt,
        advised_paise -> BigInt,
    }
}

table! {
    money_stop (id) {
        id -> BigInt,
        control -> Text,
        subject -> Text,
        found -> Text,
        kept_paise -> Nullable<BigInt>,
        counted_paise -> Nullable<BigInt>,
        stopped_at -> Text,
    }
}

table! {
    control_runs (id) {
        id -> Text,
        run_at -> Text,
        cause -> Text,
        run_by -> Nullable<Text>,
        log_sequence -> BigInt,
        red -> BigInt,
        digest -> Text,
        results -> Text,
    }
}

table! {
    accounts (id) {
        id -> BigInt,
        code -> Text,
        ledger -> Text,
        scheme_code -> Text,
        component -> Text,
        award_id -> Nullable<Text>,
        award_number -> Nullable<Text>,
        organisation_id -> Nullable<Text>,
        financial_year -> Nullable<Text>,
        stage -> Text,
        balance_paise -> BigInt,
    }
}

table! {
    journals (id) {
        id -> Text,
        kind -> Text,
        reference -> Text,
        posted_at -> Text,
        audit_sequence -> BigInt,
    }
}

table! {
    entries (journal_id, line) {
        journal_id -> Text,
        line -> BigInt,
        account_id -> BigInt,
        amount_paise -> BigInt,
    }
}

table! {
    disclosures (sequence, field) {
        sequence -> BigInt,
        field -> Text,
        subject -> Text,
        disclosure -> Nullable<Text>,
        digest -> Text,
        erased_by -> Nullable<BigInt>,
    }
}

table! {
    audit_log (sequence) {
        sequence -> BigInt,
        recorded_at -> Text,
        actor_id -> Text,
        command -> Text,
        subject -> Text,
        outcome -> Text,
        code -> Nullable<Text>,
        details -> Text,
        journal_digest -> Nullable<Text>,
        previous_hash -> Text,
        hash -> Text,
    }
}

table! {
    row_notes (sequence) {
        sequence -> BigInt,
        notes -> Text,
    }
}

table! {
    row_digests (table_name, row_key) {
        table_name -> Text,
        row_key -> Text,
        digest -> Text,
        sequence -> BigInt,
    }
}

table! {
    log_tiles (level, position) {
        level -> BigInt,
        position -> BigInt,
        hash -> Text,
    }
}

table! {
    log_cosignatures (size, witness) {
        size -> BigInt,
        witness -> Text,
        line -> Text,
        cosigned_at -> Text,
    }
}

table! {
    log_mailings (size, witness) {
        size -> BigInt,
        witness -> Text,
        mailed_at -> Text,
    }
}

table! {
    log_commits (recorded_at, sequence) {
        recorded_at -> Text,
        sequence -> BigInt,
    }
}

table! {
    log_checkpoints (size) {
        size -> BigInt,
        root -> Text,
        note -> Text,
        signed_at -> Text,
    }
}

table! {
    audit_head (id) {
        id -> BigInt,
        sequence -> BigInt,
        hash -> Text,
    }
}

table! {
    idempotency_keys (actor_id, key) {
        actor_id -> Text,
        key -> Text,
        fingerprint -> Text,
        body -> Text,
        created_at -> Text,
        audit_sequence -> Nullable<BigInt>,
    }
}

table! {
    bank_scrolls (id) {
        id -> Text,
        message_id -> Text,
        digest -> Text,
        lines_digest -> Text,
        format -> Text,
        period_from -> Text,
        period_to -> Text,
        line_count -> BigInt,
        control_total_paise -> BigInt,
        uploaded_by -> Text,
        uploaded_at -> Text,
    }
}

table! {
    bank_scroll_files (scroll_id) {
        scroll_id -> Text,
        content -> Text,
    }
}

table! {
    bank_scroll_lines (scroll_id, line) {
        scroll_id -> Text,
        line -> BigInt,
        end_to_end_id -> Text,
        outcome -> Text,
        utr -> Nullable<Text>,
        paid_on -> Nullable<Text>,
        amount_paise -> BigInt,
        reason -> Nullable<Text>,
        payment_id -> Nullable<Text>,
        finding -> Text,
        detail -> Nullable<Text>,
    }
}

table! {
    bank_differences (id) {
        id -> Text,
        scroll_id -> Text,
        line -> Nullable<BigInt>,
        kind -> Text,
        payment_id -> Nullable<Text>,
        utr -> Nullable<Text>,
        dated_on -> Text,
        amount_paise -> BigInt,
        detail -> Nullable<Text>,
        status -> Text,
        found_at -> Text,
        resolution -> Nullable<Text>,
        reason -> Nullable<Text>,
        reference -> Nullable<Text>,
        proposed_by -> Nullable<Text>,
        proposed_at -> Nullable<Text>,
        note -> Nullable<Text>,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<Text>,
        cleared_by -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    requisitions (id) {
        id -> Text,
        number -> Text,
        title -> Text,
        text -> Text,
        organisation_id -> Nullable<Text>,
        status -> Text,
        due_on -> Text,
        answer -> Nullable<Text>,
        asked_by -> Text,
        asked_at -> Text,
        version -> BigInt,
    }
}

table! {
    saved_queries (id) {
        id -> Text,
        number -> Text,
        title -> Text,
        selection -> Text,
        saved_by -> Text,
        saved_at -> Text,
    }
}

table! {
    saved_query_runs (id) {
        id -> Text,
        saved_query_id -> Text,
        as_of -> Nullable<Text>,
        known_at -> Text,
        totals -> Text,
        digest -> Text,
        agrees -> Nullable<BigInt>,
        run_by -> Text,
        run_at -> Text,
    }
}

table! {
    observations (id) {
        id -> Text,
        number -> Text,
        title -> Text,
        text -> Text,
        organisation_id -> Nullable<Text>,
        as_of -> Text,
        known_at -> BigInt,
        pins -> Text,
        amount_paise -> Nullable<BigInt>,
        status -> Text,
        due_on -> Text,
        steps -> Text,
        recovery_id -> Nullable<Text>,
        raised_by -> Text,
        raised_at -> Text,
        version -> BigInt,
    }
}

table! {
    samples (id) {
        id -> Text,
        number -> Text,
        purpose -> Text,
        method -> Text,
        sample_size -> BigInt,
        always_from_paise -> Nullable<BigInt>,
        filter -> Text,
        seed_digest -> Text,
        status -> Text,
        committed_by -> Text,
        committed_at -> Text,
        population_count -> Nullable<BigInt>,
        population_paise -> Nullable<BigInt>,
        population_digest -> Nullable<Text>,
        known_at -> Nullable<BigInt>,
        frozen_by -> Nullable<Text>,
        frozen_at -> Nullable<Text>,
        seed -> Nullable<Text>,
        drawn_count -> Nullable<BigInt>,
        draw_digest -> Nullable<Text>,
        drawn_by -> Nullable<Text>,
        drawn_at -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    sample_items (sample_id, position) {
        sample_id -> Text,
        position -> BigInt,
        disbursement_id -> Text,
        number -> Text,
        amount_paise -> BigInt,
    }
}

table! {
    sample_draws (sample_id, position) {
        sample_id -> Text,
        position -> BigInt,
        disbursement_id -> Text,
        amount_paise -> BigInt,
        reason -> Text,
        hits -> BigInt,
    }
}

table! {
    notes (id) {
        id -> Text,
        about_kind -> Text,
        about_id -> Text,
        number -> BigInt,
        text -> Text,
        documents -> Text,
        written_by -> Text,
        written_at -> Text,
    }
}

table! {
    letters (id) {
        id -> Text,
        number -> Text,
        direction -> Text,
        on_paper -> BigInt,
        about_kind -> Text,
        about_id -> Text,
        organisation_id -> Text,
        dated_on -> Text,
        title -> Text,
        text -> Text,
        their_reference -> Nullable<Text>,
        reply_to_id -> Nullable<Text>,
        documents -> Text,
        recorded_by -> Text,
        recorded_at -> Text,
        answer_by -> Nullable<Text>,
    }
}

table! {
    letter_closings (letter_id) {
        letter_id -> Text,
        reason -> Text,
        closed_by -> Text,
        closed_at -> Text,
    }
}

table! {
    treasury_line_closings (return_id, line) {
        return_id -> Text,
        line -> BigInt,
        reason -> Text,
        closed_by -> Text,
        closed_at -> Text,
    }
}

table! {
    corrections (id) {
        id -> Text,
        kind -> Text,
        subject_id -> Text,
        organisation_id -> Text,
        about -> Text,
        reason -> Text,
        evidence -> Text,
        change -> Nullable<Text>,
        status -> Text,
        proposed_by -> Text,
        proposed_at -> Text,
        note -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    bank_credits (id) {
        id -> Text,
        utr -> Text,
        credited_on -> Text,
        amount_paise -> BigInt,
        evidence -> Text,
        recorded_by -> Text,
        recorded_at -> Text,
    }
}

table! {
    payment_failures (payment_id) {
        payment_id -> Text,
        outcome -> Text,
        reason -> Text,
        evidence -> Text,
        confirmed_by -> Text,
        confirmed_at -> Text,
    }
}

table! {
    burned_numbers (series, first_number) {
        series -> Text,
        first_number -> BigInt,
        last_number -> BigInt,
        burned_at -> Text,
    }
}

// Which tables a query may join. Each pair costs the compiler an implementation; with all pairs of all tables that was
// a tenth of its time.
allow_tables_to_appear_in_same_query!(
    applications,
    awards,
    bank_differences,
    bank_scroll_lines,
    claim_lines,
    claimed_shares,
    claims,
    disbursements,
    milestones,
    organisations,
    payment_advice_lines,
    payment_advices,
    payment_failures,
    payments,
    recoveries,
    recovery_credits,
    tranche_steps,
    tranches,
    treasury_return_lines,
);
allow_tables_to_appear_in_same_query!(applications, corrections);
allow_tables_to_appear_in_same_query!(awards, corrections);
allow_tables_to_appear_in_same_query!(organisations, corrections);
allow_tables_to_appear_in_same_query!(accounts, entries, journals);
allow_tables_to_appear_in_same_query!(bank_scroll_lines, bank_scrolls);
allow_tables_to_appear_in_same_query!(audit_log, row_notes);
allow_tables_to_appear_in_same_query!(organisations, row_digests);
allow_tables_to_appear_in_same_query!(organisations, disclosures);
allow_tables_to_appear_in_same_query!(refresh_tokens, sessions, users);
allow_tables_to_appear_in_same_query!(securities, security_events);
allow_tables_to_appear_in_same_query!(users, disclosures);
allow_tables_to_appear_in_same_query!(users, row_digests);
