# Pages of allocations of capacity.

allocation-allotted = Allotted by this run
allocation-asked = Asked for
allocation-asked-at = {$capacity} at {$rate} a kilogram
allocation-award-awaited = award awaited
allocation-awarded = Awarded since
allocation-became = What became of what was allotted
allocation-before = Awarded before this run
allocation-bids = Bids
allocation-budget-now = The budget of the scheme as it stands today
allocation-digest = Digest of the statement (SHA-256)
allocation-do-concur = Concur
allocation-do-publish = Publish
allocation-do-withdraw = Withdraw the run
allocation-drafted = Drafted
allocation-follows = Follows
allocation-left = Left of the scheme's capacity
allocation-means-concurred = Finance has concurred. Nobody has a place until the run is published.
allocation-means-draft = A section officer has drafted this run. Nobody has a place until it is published.
allocation-means-published = Every application has the place that stands below. A run is never changed.
allocation-means-withdrawn = This run was withdrawn and gave nobody a place.
allocation-no-bids = No bid takes part in this run, so it gives capacity to nobody.
allocation-open = Not awarded yet
allocation-outlay = Outlay that was not committed when the run was made
allocation-scheme-version = {$code}, version {$version}
allocation-status-concurred = Concurred in
allocation-status-draft = Draft
allocation-status-published = Published
allocation-status-withdrawn = Withdrawn
allocation-surrendered = Given back by bidders
allocation-total = Capacity of the scheme
allocations-lead = An allocation is one run of the calculation that gives capacity to competing bids, the lowest cost first.
count-allocations = { $n ->
    [one] {$n} allocation
   *[other] {$n} allocations, the newest first
}
done-concur_allocation = Concurred in by you, {$at}
done-publish_allocation = Published by you, {$at}
done-withdraw_allocation = Withdrawn by you, {$at}
effect-allocation = The calculation is repeated on the bids of now. The run then is: {$status}.
effect-allocation-withdrawn = The run then is: {$status}. It gives nobody a place, and another run may be drafted.
hint-withdraw-allocation = Why the run is not to be published. It is kept as it is.
no-allocations = There is no allocation yet. One appears when a section officer runs the calculation over the eligible bids.
no-allocations-with-status = No allocation has this status now. Choose "All" to see the others.
title-allocation = Allocation {$number}
title-allocations = Allocations of capacity
