# The bar and the page of all lists.

list-says-advices = files of payments for the treasury, and the form that makes one
list-says-allocations = how the capacity of a scheme was given to competing bids
list-says-applications = from the draft to the award, with queries and scrutiny
list-says-awards = what was awarded, installed and paid, and the next milestone
list-says-budget = where every rupee of a year stands
list-says-certificates = the certificates that settle claims released in part
list-says-claims = what companies claim, and whom each claim waits for
list-says-differences = where bank and records disagree, by age
list-says-disbursements = what reached a beneficiary
list-says-excuses = days of a delay that shall not count
list-says-guarantees = performance securities, the first to expire on top
list-says-instruments = changes of the budget, which one person proposes and another decides
list-says-milestones = those that were reported or are late, or all
list-says-payments = what the treasury was told to pay, and whether it arrived
list-says-people = accounts and their roles
list-says-recoveries = money that is asked back, from the notice to the last rupee
list-says-schemes = the rules in force, their versions and windows, and drafts
list-says-scrolls = what the bank booked, beside the records
list-says-tranches = sums on their way from the verification to the bank
list-says-treasury = what the treasury answered, line by line
lists-applying = Applying
lists-budget = Budget and rules
lists-lead = Every list that you may open. The bar above has those that your office works with.
lists-money = Money paid and asked back
title-lists = All lists
