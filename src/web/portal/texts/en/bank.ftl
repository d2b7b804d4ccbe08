# Pages of the files for the treasury, its answers, the bank's scrolls and differences; the list of payments.

advice-batch = Batch
advice-choose = Payments that are in no file yet ({$n})
advice-csv-digest = SHA-256 of the CSV file
advice-execute-on = Day on which the treasury is to pay
advice-lead = Choose payments of one scheme. Each payment is in one file for ever; the file tells the treasury to pay it.
advice-next = When the treasury has carried it out, the Drawing and Disbursing Officer takes in its answer here:
advice-none-waits = No payment waits for a file. One appears here when a Drawing and Disbursing Officer advises the payment of a tranche.
advice-waiting = { $n ->
    [one] {$n} payment waits for a file, which a Drawing and Disbursing Officer makes.
   *[other] {$n} payments wait for a file, which a Drawing and Disbursing Officer makes.
}
advice-what = This file tells the treasury whom to pay. It never changes. Each download is on record, because the file has whole account numbers.
advice-xml-digest = SHA-256 of the XML file
choose-the-file-again = Choose the file again: a browser does not keep it.
close-line-lead = Ask the treasury first. A line leaves the inbox by itself when the record or a later answer of the treasury agrees with it. Close it where nothing more will come. No payment and no balance changes by this.
count-advices = { $n ->
    [one] {$n} file
   *[other] {$n} files, the newest first
}
count-credits = { $n ->
    [one] {$n} credit
   *[other] {$n} credits, the newest first
}
count-differences = { $n ->
    [one] {$n} difference
   *[other] {$n} differences, the newest first
}
count-payments = { $n ->
    [one] {$n} payment
   *[other] {$n} payments, the newest first
}
count-returns = { $n ->
    [one] {$n} file
   *[other] {$n} files, the newest first
}
count-scrolls = { $n ->
    [one] {$n} scroll
   *[other] {$n} scrolls, the newest first
}
credit-day = Credited on
credit-files = Statement of the account
credit-lead = What arrived on the account of the Government, as the statement of the bank says. A receipt of a recovery or on a guarantee is recorded by another person against one of these, with the same reference, day and amount.
credit-recorded = Recorded
difference-age-ageing = Ageing
difference-age-fresh = Fresh
difference-age-old = Old
difference-age-overdue = Overdue
difference-answer = Answer:
difference-bank = What the bank says
difference-do-propose = Propose a settlement
difference-do-settle = Decide on the proposal
difference-is-old = Age
difference-no-line = No line of the scroll names this payment.
difference-no-payment-changes = No payment and no balance changes by this.
difference-no-record = No payment of ours has this number or UTR.
difference-outcome-returned = Returned: it is open again
difference-outcome-settled = Settled as proposed
difference-proposal = Proposed settlement
difference-record = What is recorded here
difference-reference = Letter of the bank, or number of the recovery
difference-resolution = How it is settled
difference-status-cleared = Cleared by a later scroll
difference-status-open = Open
difference-status-proposed = Settlement proposed
difference-status-settled = Settled
do-close_treasury_line = Close a line
do-download-csv = Download the file (CSV)
do-download-xml = Download the file (XML)
do-make-advice = Make a file for the treasury
do-record_bank_credit = Record a credit
do-upload-return = Take in an answer of the treasury
do-upload-scroll = Take in a scroll of the bank
done-close_treasury_line = Line closed by you, {$at}
done-known-before = This file was taken in before. Nothing of it was new, and nothing changed.
done-make_payment_advice = File made by you, {$at}
done-paid = { $n ->
    [0] No payment was newly recorded as paid. Failed: {$failed}.
    [one] One payment was paid: {$amount}. Failed: {$failed}.
   *[other] {$n} payments were paid: {$amount}. Failed: {$failed}.
}
done-propose_difference_settlement = Settlement proposed by you, {$at}
done-record_bank_credit = Credit recorded by you, {$at}
done-settle_difference = Decided by you, {$at}
done-upload_bank_scroll = Taken in by you, {$at}
done-upload_treasury_return = Taken in by you, {$at}
file-answers = The answer of each line is one of these. A success has a UTR and a day of payment; a failure has a reason.
file-column-account = Account that was credited
file-column-advice_message_id = Name of the file that it answers (may be empty)
file-column-amount = Amount in rupees
file-column-control_total = Sum of all amounts
file-column-count = Number of answers
file-column-end_to_end_id = Number of the payment
file-column-message_id = Name that the sender gave the file
file-column-paid_on = Day of payment
file-column-reason = Reason
file-column-status = Answer
file-column-utr = UTR
file-format-csv = CSV
file-format-xml = XML
file-line = Line {$line} of the file
file-looks = What such a file looks like
file-looks-lead = This is a sample: no payment has its numbers, so it shows the form of a file and is not sent itself. In CSV each line begins with the kind of its record: first one HDR, then a LIN for each answer, at the end one TRL. In XML the same is said by elements. Amounts are in rupees.
file-name = Name of the file
finding-amount_differs = Another amount
finding-contradictory = Contradicts another line
finding-day_differs = Another day
finding-matched = Agrees
finding-not_advised = In no file for the treasury
finding-not_confirmed_here = Not confirmed here
finding-not_on_scroll = Not on the scroll
finding-not_sanctioned = Not sanctioned
finding-paid_twice = Paid twice
finding-payee_differs = Another account
finding-repeated = The same line as before
finding-said_failed_but_confirmed = Failed for the bank, confirmed here
finding-sanction_paid_twice = Sanction paid more than once
finding-unknown_utr = No such payment here
finding-utr_differs = Another UTR
hint-bank-file = CSV or XML, as it was received; at most {$mb} MiB.
hint-closed-because = Say what the treasury replied, and where it stands. Offices and auditors read it.
hint-content = Open the file in an editor of plain text, copy all of it and paste it here.
hint-credit-amount = For example 15 crore or 15,00,00,000.00: the whole credit.
hint-credit-day = The day in the statement.
hint-credit-utr = The reference in the statement.
hint-difference-reason = Say what explains the difference and what you saw.
hint-difference-reference = Needed unless the difference is only explained.
hint-execute-on = For example {$day}; today or at most 30 days ahead.
hint-scroll-day = For example {$day}. Leave it empty to take the days of the lines.
label-closed-because = Why nothing more comes of it
label-content = The file itself
label-control-total = Control total
label-file = File
label-line-of-file = Line {$n}
label-line-to-close = Line
label-lines = Lines
label-made-by = Made by
label-result = Result
label-taken-in = Taken in
label-taken-in-by = Taken in by
label-text-file = Choose the file
line-agrees-now = Cleared up: the record agrees with it by now, or a later answer of the treasury agrees with the record.
line-closed = Closed by an officer
line-result-already_recorded = Known already
line-result-applied = Recorded
line-result-contradicted = Contradicts the records
line-result-open = Not processed yet
line-result-refused = Refused by a rule
line-result-waiting = Waits, and is tried again
line-waits = Waits for the Drawing and Disbursing Officer
list-says-credits = what arrived, as the statement of the bank says
nav-bank = Treasury and bank
no-advices = There is no file for the treasury yet. A Drawing and Disbursing Officer makes one of payments that are advised.
no-bank-credits = No credit is recorded yet. A finance officer records one from the statement of the account.
no-differences = Bank and records agree so far. A difference appears here when a scroll shows one.
no-differences-with-status = No difference has this status now. Choose "All" to see every difference.
no-payments = There is no payment yet. One appears here when a Drawing and Disbursing Officer advises the payment of a tranche.
no-payments-with-status = No payment has this status now. Choose "All" to see every payment.
no-returns = The treasury has answered nothing yet. A file appears here when a Drawing and Disbursing Officer takes it in.
no-scrolls = No scroll of the bank was taken in yet. One appears here when a finance officer takes it in.
paste-instead = Paste the text instead
payment-year-end = A payment counts in the year of the day on which the bank pays it. What is paid after {$day} counts in {$year}: the appropriation of that year must then have room for it, and while it has none, the answer that it was paid cannot be recorded. What does not arrive stays sanctioned, and can be advised again until its sanction ends.
resolution-asked_back = The money is asked back by a recovery
resolution-bank_corrected = The bank was wrong and says so
resolution-explained = The reason explains it
resolution-recorded_since = The record was completed since, and agrees now
return-answers = Answers the file
return-lead = The file is taken in whole or not at all; then each answer is recorded. Taking in the same file again changes nothing.
return-recorded = On record: {$status}.
return-recorded-utr = On record: {$status}, {$day}, UTR {$utr}.
return-says = The treasury says
return-why-amount_differs = The amount is not the one of the payment.
return-why-answer_contradicted = It contradicts what is recorded of the payment, or another answer of this file. Ask the treasury which is true.
return-why-answer_too_early = A failure after success is recorded when the success is recorded.
return-why-budget_exceeded = The budget has no room for it now.
return-why-date_not_allowed = The day of the payment is not possible.
return-why-money_stopped = No money moved, because a control was red.
return-why-not_as_logged = The record of a person, of the payee or of the payment is not as the log says; the operator has to look into it.
return-why-payment_unknown = No payment here has this number, or the payment is in another file for the treasury.
return-why-same_person = Another person must record it.
return-why-set_off_pending = A recovery that was set off against the payment must be settled first.
return-why-utr_already_used = This UTR settles another payment already.
scroll-days = Days
scroll-detail-account = Payment {$number} was for account {$ours}, the bank says {$theirs}.
scroll-detail-amount = Payment {$number} was for {$amount}, the bank says {$said}.
scroll-detail-came_in = Its UTR is that of money that came in.
scroll-detail-earlier_scroll = An earlier scroll has this UTR for {$number} and {$amount}.
scroll-detail-no_advice = Payment {$number} is in no file for the treasury.
scroll-detail-no_sanction = Payment {$number} was not sanctioned on that day.
scroll-detail-other_day = Payment {$number} is recorded as paid on {$day}.
scroll-detail-other_line = Another line of this scroll says otherwise.
scroll-detail-other_payment = Its UTR settled {$ours}, the line names {$number}.
scroll-detail-other_utr = Payment {$number} is recorded with UTR {$utr}.
scroll-detail-paid_before = It was paid under UTR {$utr} before.
scroll-detail-sanction_paid = Payment {$other} was already paid on the same sanction as {$number}, and did not come back.
scroll-detail-status = The record of payment {$number} says: {$status}.
scroll-detail-twice_here = This scroll says it twice.
scroll-empty = This scroll has no line.
scroll-from = First day
scroll-lead = Each line is compared with payment, file and sanction. No payment changes. Taking in the same scroll again changes nothing.
scroll-says = The bank says
scroll-to = Last day
title-advice = File for the treasury {$number}
title-advices = Files for the treasury
title-ageing = Unsettled differences by age
title-answers = Answers
title-bank-credits = Credits of the bank
title-difference = Difference: {$kind}
title-differences = Differences
title-missing = Confirmed here on these days, and on no scroll ({$n})
title-return = Answer {$number}
title-scroll = Scroll {$number}
title-scrolls = Scrolls of the bank
title-treasury-returns = Answers of the treasury
title-unrecorded = Answers of which nothing was recorded ({$n})
to-difference = Go to the difference
unrecorded-lead = These answers contradict what is recorded, or a rule refused them. Nothing was changed by them: ask the treasury. Each waits until the record or a later answer agrees, or until a Drawing and Disbursing Officer closes it on the page of its file.
