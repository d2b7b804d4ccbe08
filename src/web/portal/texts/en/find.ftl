# Finding a record.

count-found = { $n ->
    [one] {$n} record
   *[other] {$n} records
}
do-search = Search
find-hint = Type at least three letters or digits, and at most two hundred.
find-nothing = Nothing that you may see was found. Check what you typed; a number of ours names its kind, such as TRN/0001.
find-searched = Searched: {$kinds}.
find-short = Number or name
found-advice = File for the treasury
found-allocation = Allocation of capacity
found-application = Application
found-award = Award
found-certificate = Final certificate
found-claim = Claim
found-company = Company
found-difference = Difference
found-disbursement = Disbursement
found-excuse = Excused delay
found-guarantee = Guarantee
found-instrument = Budget instrument
found-letter = Letter
found-milestone = Milestone
found-payment = Payment
found-recovery = Recovery
found-scheme_draft = Draft of a scheme
found-scroll = Scroll of the bank
found-tranche = Tranche
found-treasury_file = Answer of the treasury
label-company = Company
label-find = Number, UTR, invoice or name of a company
searched-company = names of companies
searched-id = ids of records
searched-invoice = numbers of invoices in claims
searched-number = numbers of this kind
searched-reference = numbers of guarantees, and names of files of treasury and bank
searched-utr = references of banks (UTR)
title-find = Find a record
