# Pages of milestones.

chain-stage-alloy_to_magnet = Alloy to magnet
chain-stage-metal_to_alloy = Metal to alloy
chain-stage-oxide_to_metal = Oxide to metal
count-milestones = { $n ->
    [one] {$n} milestone
   *[other] {$n} milestones, those due first
}
done-raise_milestone_query = Query raised by you, {$at}
done-reply_to_milestone_query = Replied to by you, {$at}
done-return_milestone = Report returned by you, {$at}
done-verify_milestone = Inspection recorded by you, {$at}
effect-inspection = If all that was reported is found and verified, the milestone counts as reached on {$day}, with {$late} days late. A claim can then be made on {$share} of the capital subsidy in all.
effect-inspection-refused = That all that was reported is verified today would be refused:
excuse-decide-warns = Whoever decides on these days cannot order or drop damages for them later: that takes another competent authority.
field-alloy_to_magnet = Alloy to magnet
field-d = Day
field-inspected_on = Day of inspection
field-installed_mtpa = Installed as measured, tonnes a year
field-m = Month
field-metal_to_alloy = Metal to alloy
field-oxide_to_metal = Oxide to metal
field-place = Place
field-y = Year
hint-inspected_on = For example {$day}; not before the day that the company reported.
hint-inspection-files = PDF, PNG, JPEG, CSV or XLSX; at most {$n} files of {$mb} MiB each. At least one, unless the report is returned. The company does not see them.
hint-inspection-remarks = Say what you saw. The company reads it.
hint-installed_mtpa = Leave a stage empty that was not measured.
hint-place = The plant that was inspected.
inspection-counted = Counts with {$share} of what the milestone needs.
inspection-files = Record of the inspection
inspection-no-parts = The scheme counts no part of this milestone: it is verified whole, or returned.
inspection-outcome = Outcome
inspection-partly_verified = Verified in part
inspection-remarks = What was seen
inspection-returned = Returned after the inspection
inspection-verified = Verified
label-milestone = Milestone
label-stage = Stage
milestone-accrued = Damages accrued so far, not demanded yet
milestone-achieved-on = Achieved on
milestone-capital-share = Share of the capital subsidy
milestone-damages-due = Damages that are due
milestone-days = { $n ->
    [one] {$n} day
   *[other] {$n} days
}
milestone-demanded = Damages demanded
milestone-do-inspect = Record the inspection
milestone-do-query = Raise a query
milestone-do-reply = Reply to the query
milestone-do-return = Return the report without an inspection
milestone-due-on = Due on
milestone-excused = Excused
milestone-late = Late
milestone-needed = Needed
milestone-notice-asked = {$from} – {$to}: {$amount} asked
milestone-part = Show
milestone-part-all = All
milestone-part-late = Late
milestone-part-open = Reported or late
milestone-part-reported = Reported
milestone-reached = Reached as verified
milestone-reported-capacity = In the last report
milestone-status-due = Due
milestone-status-reported = Reported
milestone-status-returned = Returned
milestone-status-verified = Verified
milestone-to-correct = Returned by the agency, to be reported again:
nav-milestones = Milestones
no-milestones-all = There is no milestone yet. They appear here when an award is issued.
no-milestones-late = No milestone is late today. One appears here on the day after it was due.
no-milestones-open = No milestone is reported or late today. Choose "All" to see every milestone.
no-milestones-reported = No report waits for the agency. One appears here when a company reports a milestone.
no-reports = The company has reported nothing yet.
report-returned = Returned without an inspection
report-round = Report {$n}
return-report-can-change = After a return the company reports the milestone anew, with whatever is to change in the report. It does so through the interface for programs alone. If you only need a paper or an answer, ask by a query: the reply takes files on its page.
title-capacity = Capacity, tonnes a year
title-milestone-notices = Show-cause notices for damages
title-milestones = Milestones
title-reports = Reports and inspections
unit-mtpa = {$n} tonnes a year
