# Pages of disbursements.

count-disbursements = { $n ->
    [one] {$n} disbursement
   *[other] {$n} disbursements, the newest first
}
disbursement-after = Paid for this component afterwards
disbursement-before = Paid for this component before
disbursement-ceiling = The most that can ever be paid
disbursement-gross = Gross
disbursement-installed-now = Installed and verified today
disbursement-installed-then = Installed and verified on the day of payment
disbursement-ledger = What the payment moved in the ledger
disbursement-kept = Kept: of what the bank took back, what paid recoveries
disbursement-left = What could still be paid afterwards
disbursement-means-failed_after_success = The bank paid this and took it back later. It counts as paid no more.
disbursement-means-succeeded = The bank paid this, and it stayed with the beneficiary.
disbursement-moved = Change of the balance
disbursement-net = Net: paid by the bank and not taken back
disbursement-no-recoveries = Nothing of this was asked back. A recovery of it appears here once its notice is issued.
disbursement-not-installed = nothing verified yet
disbursement-plant = What stands at the plant
disbursement-returned = Returned: taken back by the bank
disbursement-sheet-of-tranche = Notes and letters are those of the tranche.
disbursement-status-failed_after_success = Taken back by the bank
disbursement-status-succeeded = Paid
disbursement-totals = Gross {$paid}; returned by the bank {$came_back}, of which {$kept} was kept for recoveries; so {$stayed} stayed with the beneficiaries. Of that {$set_off} was set off against recoveries: net {$net}.
disbursement-under-award = Before and after under the award
disbursement-under-award-lead = What stayed with the beneficiary counts; what the bank took back does not.
disbursement-year = Year in which the bank paid it
disbursements-lead = A disbursement is a payment that the bank paid. One that the bank took back later stays in the list, and counts as paid nowhere any more.
no-disbursements = There is no disbursement yet. One appears when a payment is recorded as paid by the bank.
no-disbursements-with-status = No disbursement has this status now. Choose "All" to see the others.
title-disbursement = Disbursement {$number}
title-disbursements = Disbursements
title-disbursements-of = Disbursements under {$award}
