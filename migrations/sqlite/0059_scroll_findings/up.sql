-- A scroll can show that one sanction was paid more than once, which is a finding of its own; and a day on which the
-- bank paid nothing has a scroll without lines.

-- A wider CHECK changes no stored row, so the text of the tables is changed (https://sqlite.org/lang_altertable.html,
-- section 7, the shorter procedure).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(replace(sql, '(line_count > 0)', '(line_count >= 0)'), '(control_total_paise > 0)', '(control_total_paise >= 0)')
WHERE type = 'table' AND name = 'bank_scrolls';
UPDATE sqlite_schema
SET sql = replace(sql, '(''matched'', ''repeated'', ''contradictory''', '(''matched'', ''repeated'', ''sanction_paid_twice'', ''contradictory''')
WHERE type = 'table' AND name = 'bank_scroll_lines';
UPDATE sqlite_schema
SET sql = replace(sql, '(''contradictory'', ''unknown_utr''', '(''sanction_paid_twice'', ''contradictory'', ''unknown_utr''')
WHERE type = 'table' AND name = 'bank_differences';
PRAGMA writable_schema = RESET;
