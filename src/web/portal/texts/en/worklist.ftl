# What waits for whom, and the inbox.

act-advise-again = advise again: the last payment did not arrive. See first why, and that the account is in order
act-advise_payment = advise the payment
act-after-completion = submit, once the preparer has completed it
act-answer_requisition = answer the auditor
act-approve_budget_instrument = approve or refuse
act-approve_scheme_instrument = approve the instrument
act-ask_bid_opening = ask, on the page of the scheme, that the bids are opened
act-change_application = complete
act-change_claim = correct
act-close_treasury_line = ask the treasury, or close the line
act-concur_allocation = concur
act-concur_tranche = concur
act-confirm_failure = confirm with a paper, as a second person, that it did not arrive, if the bank says so
act-confirm_security = have the bank confirm it
act-create_application = apply
act-decide_correction = approve or refuse
act-decide_excuse = decide
act-decide_relief = decide
act-demand_recovery = demand
act-draft_allocation = draft the allocation
act-draw_sample = draw
act-end_allotment = end the allotment of the bidder who walked away
act-examine_excuse = examine
act-extend_security = extend
act-freeze_sample = freeze the population
act-issue_award = issue the award
act-issue_show_cause = ask for the damages by a show-cause notice, or see whether an excuse is asked for; the competent authority orders and finance demands them
act-make_payment_advice = put into a file for the treasury
act-open_bids = open the bids on the page of the scheme, as another person than who asked
act-order_recovery = order or drop
act-pay_demand = pay
act-propose_budget_instrument = surrender or re-appropriate
act-propose_difference_settlement = propose a settlement
act-provide-appropriation = provide the appropriation of a year for it
act-publish_allocation = publish
act-publish_scheme = publish
act-put_account_in_order = read why the payment did not arrive; if the account is the cause, have your bank put it in order
act-recommend_tranche = recommend
act-record_bank_credit = record the bank's credit, once its statement shows the money
act-record_receipt = record the receipt
act-record_security_receipt = record the receipt
act-release_deferred = release
act-reply_to_claim_query = reply to the query
act-reply_to_milestone_query = reply to the query
act-reply_to_observation = reply to the auditor
act-reply_to_query = reply to the query
act-reply_to_show_cause = reply to the notice
act-report_milestone = report
act-run_controls = see that it is put right
act-sanction_tranche = sanction
act-scrutinise_application = scrutinise
act-send_letter = answer
act-settle_difference = settle
act-settle_observation = settle or remark
act-settle_payment = record the bank's answer, once the treasury has the file
act-show_claim = read why it was rejected, and what you can do
act-show_tranche = read why it ended, and what becomes of the amount
act-submit_application = submit
act-submit_claim = submit
act-submit_final_certificate = submit
act-verify_claim = verify
act-verify_final_certificate = verify
act-verify_milestone = verify
act-without-form = No page has a form for this yet ({$act}). It is done through the interface for programs, by the operation
act-write_letter = answer
blocked-because = You took a step on the same money: {$step}.
clock-none = No last day is set for this; nothing happens by itself.
clock-over = { $n ->
    [one] Over since {$day} ({$n} day): {$then}
   *[other] Over since {$day} ({$n} days): {$then}
}
clock-runs = { $n ->
    [one] If nothing is done by {$day} ({$n} day left): {$then}
   *[other] If nothing is done by {$day} ({$n} days left): {$then}
}
clock-stands = { $n ->
    [one] The clock of the office stands since {$day}; it has {$n} day left after the reply.
   *[other] The clock of the office stands since {$day}; it has {$n} days left after the reply.
}
control-run-green = No control was at fault in this run.
control-run-lead = Each control below is at fault. Whoever works with its records puts them right. The controls run again by themselves on their schedule; nobody has to start them.
control-run-more = There are more records; they are shown once these are put right.
count-inbox = { $n ->
    [one] {$n} matter waits for you
   *[other] {$n} matters wait for you
}
filter-kind = Kinds of matters
filter-scheme = Scheme
inbox-empty = Nothing waits for you. A matter appears here when it reaches your desk.
inbox-empty-filtered = Nothing of this kind waits for you. Choose "All" to see everything.
inbox-first = From the beginning
inbox-next = Further matters
inbox-of-accounts = Nothing waits for an account administrator: applications, claims and payments lie with the offices, and no account waits for a decision. When somebody needs an account or a new password, they ask you; you make and change accounts in the list of people.
inbox-to-people = Go to the list of people
kind-count = {$kind} ({$n})
label-otherwise = Otherwise
label-runs-out = Runs out
label-since = Waits since
label-then = If nothing is done
label-what = What
matter-allocation = Allocation
matter-application = Application
matter-bank_difference = Difference
matter-budget_instrument = Budget instrument
matter-certificate_due = Final certificate due
matter-claim = Claim
matter-control = Control at fault
matter-correction = Correction
matter-damages_due = Damages of a late milestone
matter-deferred_claim = Deferred part of a claim
matter-excuse = Excused delay
matter-final_certificate = Final certificate
matter-guarantee = Guarantee
matter-guarantee_expiring = Guarantee running out
matter-letter = Letter
matter-letter_to_answer = Letter of the office
matter-milestone = Milestone
matter-observation = Audit observation
matter-payment = Payment
matter-recovery = Recovery
matter-rejected_claim = Claim
matter-rejected_tranche = Tranche
matter-relief = Relief from a recovery
matter-requisition = Audit requisition
matter-sample = Sample
matter-scheme_draft = Draft of a scheme
matter-tranche = Tranche
matter-treasury_line = Line of the treasury
matter-window = Application window
matter-year_end = Unspent money of the year
nav-inbox = To do ({$n})
nobody-can = Nobody else holds the office now.
office-and-act = {$office} ({$act})
or-more = {$n} or more
others-none = Nothing waits for others.
place-nobody = With nobody any more. This is finished, and nobody has to act.
row-came-back = Returned by {$office}, {$at}: read why
row-kind = {$kind} ({$which})
row-replied = The company answered, {$at}: read the reply
runs-out-in = { $n ->
    [one] in {$n} day
   *[other] in {$n} days
}
runs-out-never = no clock runs
runs-out-passed = { $n ->
    [one] {$n} day over
   *[other] {$n} days over
}
runs-out-today = today
then-answer_overdue = the office may go on without the answer.
then-certificate_overdue = the certificate is overdue: a control turns red, and what is withheld stays withheld.
then-company-certificate_overdue = the certificate is overdue, and what is withheld stays withheld.
then-company-office_late = the office is late; nothing else happens by itself.
then-control_turns_red = the control of unsettled bank lines turns red.
then-cover_ends = the guarantees of the award no longer cover what it requires: no tranche of the award can be sanctioned or paid.
then-cover_stays = this guarantee covers nothing any more; the other guarantees of the award still cover all that it requires.
then-damages_accrue = the milestone is late, and damages accrue from the next day.
then-decided_without_reply = the notice can be decided without a reply.
then-desk_time_over = { $days ->
    [one] the desk is late ({$days} day is its time); nothing else happens by itself.
   *[other] the desk is late ({$days} days are its time); nothing else happens by itself.
}
then-hold_of_claim_ends = the money that is held for the claim returns to the budget and its tranche expires; the claim goes on, and money is reserved for it again only when it is verified.
then-interest_runs = interest runs on what is not paid.
then-money-certificate_overdue = the certificate is overdue: a control turns red, and what is withheld stays withheld ({$amount}).
then-money-control_turns_red = the control of unsettled bank lines turns red ({$amount}).
then-money-cover_ends = the guarantees of the award no longer cover what it requires: no tranche of the award can be sanctioned or paid ({$amount}).
then-money-cover_stays = this guarantee covers nothing any more; the other guarantees of the award still cover all that it requires ({$amount}).
then-money-damages_accrue = the milestone is late, and damages accrue from the next day ({$amount}).
then-money-decided_without_reply = the notice can be decided without a reply ({$amount}).
then-money-hold_of_claim_ends = the {$amount} held for the claim returns to the budget and its tranche expires; the claim goes on, and money is reserved for it again only when it is verified.
then-money-interest_runs = interest runs on what is not paid ({$amount}).
then-money-money_lapses = {$amount} that is unspent lapses with the year.
then-money-overdue_with_auditor = the auditor sees it as overdue ({$amount}).
then-money-payment_unanswered = the control of payments without an answer turns red ({$amount}).
then-money-reservation_returns = the reserved {$amount} returns to the budget and the tranche expires.
then-money-sanction_lapses = the sanction lapses and its {$amount} returns to the budget.
then-money_lapses = what is unspent lapses with the year.
then-office_clock_stands = the reply is late, and nothing is decided before it arrives.
then-on = {$day}: {$then}
then-overdue_with_auditor = the auditor sees it as overdue.
then-payment_unanswered = the control of payments without an answer turns red.
then-reservation_returns = the reserved money returns to the budget and the tranche expires.
then-sanction_lapses = the sanction lapses and its money returns to the budget.
then-shown_no_more = it is no longer shown here; nothing else happens.
then-window_closes = the window closes: a draft can no longer be submitted in it.
title-cannot-act = I cannot act on ({$n})
title-control-run = Run of the controls
title-inbox = To do, whose clock runs out first
title-others = Waiting for others ({$n})
title-waiting-for = Waits for {$office}: {$kinds}
title-with = With {$office}
to-record-at-fault = Open the record
wait-through = {$kind} {$number}
wait-through-amount = {$kind} {$number} of {$amount}
who-can = Who can:
without-number = without a number
