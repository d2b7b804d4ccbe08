-- A scroll can show that one sanction was paid more than once, which is a finding of its own; and a day on which the
-- bank paid nothing has a scroll without lines.
ALTER TABLE bank_scrolls DROP CONSTRAINT bank_scrolls_line_count_check;
ALTER TABLE bank_scrolls ADD CONSTRAINT bank_scrolls_line_count_check CHECK (line_count >= 0);
ALTER TABLE bank_scrolls DROP CONSTRAINT bank_scrolls_control_total_paise_check;
ALTER TABLE bank_scrolls ADD CONSTRAINT bank_scrolls_control_total_paise_check CHECK (control_total_paise >= 0);
ALTER TABLE bank_scroll_lines DROP CONSTRAINT bank_scroll_lines_finding_check;
ALTER TABLE bank_scroll_lines ADD CONSTRAINT bank_scroll_lines_finding_check CHECK (finding IN ('matched', 'repeated',
    'sanction_paid_twice', 'contradictory', 'unknown_utr', 'paid_twice', 'payee_differs', 'amount_differs',
    'utr_differs', 'not_sanctioned', 'not_advised', 'said_failed_but_confirmed', 'not_confirmed_here', 'day_differs'));
ALTER TABLE bank_differences DROP CONSTRAINT bank_differences_kind_check;
ALTER TABLE bank_differences ADD CONSTRAINT bank_differences_kind_check CHECK (kind IN ('sanction_paid_twice',
    'contradictory', 'unknown_utr', 'paid_twice', 'payee_differs', 'amount_differs', 'utr_differs', 'not_sanctioned',
    'not_advised', 'said_failed_but_confirmed', 'not_confirmed_here', 'day_differs', 'not_on_scroll'));
