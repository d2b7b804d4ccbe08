# Pages of excused delays.

count-excuses = { $n ->
    [one] {$n} request
   *[other] {$n} requests, the newest first
}
done-ask_excuse = Asked for by you, {$at}
done-decide_excuse = Decided by you, {$at}
done-examine_excuse = Recommendation recorded by you, {$at}
effect-excuse = If {$days} are granted, the request then is: {$status}. These days count as late no more.
effect-excuse-damages = The delay until today falls from {$before} to {$after} days, and the damages for it that are not demanded fall from {$accrued} to {$left}.
effect-excuse-delay = The delay until today falls from {$before} to {$after} days.
excuse-asked = Days asked for
excuse-days = Days
excuse-decided-granted = Granted
excuse-decided-refused = Refused
excuse-do-ask = Ask for excused days
excuse-do-decide = Record the decision
excuse-do-examine = Record the recommendation
excuse-examined-not_recommended = Not recommended
excuse-examined-recommended = Recommended
excuse-files = Documents that show the ground
excuse-granted = Days granted
excuse-ground = Ground
excuse-ground-force_majeure = Force majeure
excuse-ground-import_licence_or_visa = Import licence or visa
excuse-ground-land_not_handed_over = Land not handed over
excuse-ground-other = Another ground
excuse-order = Number of the order
excuse-recommendation = Recommendation of the agency
excuse-span = { $n ->
    [one] {$from} to {$to} ({$n} day)
   *[other] {$from} to {$to} ({$n} days)
}
excuse-status-asked = Asked for
excuse-status-examined = Examined
excuse-status-granted = Granted
excuse-status-refused = Refused
excuse-text = What happened
hint-days-asked = Late days of this milestone only; both days are included. For example {$day}.
hint-days-granted = Only if it is granted: some or all of the days asked for, both included. For example {$day}.
hint-days-recommended = Only if it is recommended: some or all of the days asked for, both included. For example {$day}.
hint-excuse-dated-on = For example {$day}; not before the request, and not a day to come.
hint-excuse-files = PDF, PNG, JPEG, CSV or XLSX; at most {$n} files of {$mb} MiB each. At least one is needed here or below.
hint-excuse-note = Internal noting of the agency: say what you looked at. The company does not read it.
hint-excuse-order = The order on which the decision rests.
hint-excuse-reasons = Say why. The company reads it.
hint-excuse-text = Say what held the work up, and from when to when. The agency reads it.
no-excuses = There is no request yet. One appears here when a company asks that days of a late milestone do not count.
no-excuses-of-milestone = Nothing was asked for this milestone. While the milestone is late, a signatory of its company finds the form here.
no-excuses-with-status = No request has this status now. Choose "All" to see every request.
title-excuse = Excused delay {$number}
title-excuses = Excused delays
title-excuses-of = Excused delays: {$milestone}
to-all-excuses = All requests for excused delays
to-excuses = Excused delays of this milestone
