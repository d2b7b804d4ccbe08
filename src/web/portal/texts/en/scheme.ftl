# Pages of schemes and of drafts of their versions.

count-drafts = { $n ->
    [one] {$n} draft
   *[other] {$n} drafts, the newest first
}
difference-count = { $n ->
    [one] {$n} value differs from the version before
   *[other] {$n} values differ from the version before
}
difference-of-first = This is the first version: there is none before it.
do-draft-scheme = Draft a version
done-approve_scheme_instrument = Approved by you, {$at}
done-draft_scheme = Drafted by you, {$at}
done-propose_scheme_instrument = Proposed by you, {$at}
done-publish_scheme = Published by you, {$at}
done-withdraw_scheme_draft = Withdrawn by you, {$at}
draft-compared = Compared with version {$n}, value by value.
draft-do-approve = Approve what awards lose
draft-do-propose = Propose what awards lose
draft-do-publish = Publish
draft-do-withdraw = Withdraw
draft-drafted-at = Drafted
draft-drafted-by = Drafted by
draft-hint-approve = Awards that were made lose what is stated above. Whoever drafted or proposed it cannot approve it.
draft-hint-propose = Awards that were made lose something. The competent authority must approve that before the draft can be published.
draft-hint-publish = The version counts from its day on and never changes again. Whoever drafted it cannot publish it.
draft-hint-withdraw = The draft ends, and the reason stays with it.
draft-instrument = Instrument for what awards lose
draft-instrument-approved = Approved:
draft-instrument-open = It waits for the competent authority.
draft-lead = Nothing changes before a second scheme administrator publishes it.
draft-nothing-differs = No value differs.
draft-published-by = Published by
draft-reference = Number and date of the order
draft-status-draft = Draft
draft-status-published = Published
draft-status-withdrawn = Withdrawn
draft-text = Text of the version
draft-withdrawn-because = Withdrawn because:
effect-publish = Version {$version} of {$code} counts from {$day} on.
hint-draft-file = TOML, as in the files of schemes. A fault is named by its key and line.
hint-draft-reason = Say why awards that were made may lose this.
hint-draft-reference = The order on which the reductions are based.
hint-draft-text = Copy all of the file and paste it here.
hint-draft-withdraw = Say why.
impact-by-award = What changes, award by award
impact-by-company = Gains and losses by company
impact-ceiling = Ceiling: {$component}
impact-ceilings-gain = Ceilings rise by
impact-ceilings-loss = Ceilings fall by
impact-claim = Claim {$number}
impact-claims-gain = Claims rise by
impact-claims-loss = Claims fall by
impact-digest = Digest of this sheet, to which the next step refers:
impact-losers = These awards lose something: {$awards}. An approved instrument is needed before it can be published.
impact-model-investment = An investment of twice the ceiling
impact-model-year = A year at full capacity, sold at {$price} a kilogram
impact-no-award = No award would be governed by this version.
impact-nobody-loses = No award loses anything.
impact-nothing-changes = No ceiling, no claim that is not final and no model claim changes.
impact-untouched = Awards that stay with their own version: {$n}.
label-leaf = Value
nav-schemes = Schemes
no-drafts = No version is drafted. A draft appears here when a scheme administrator writes one.
no-windows = No application window was opened yet.
scheme-code = Code
scheme-download = Download (TOML)
scheme-effective-from = Counts from
scheme-in-force = Version in force
scheme-is-in-force = In force
scheme-newest = Newest version
scheme-published-at = Published or loaded
scheme-reference = Gazette or order
scheme-text = Text of this version
scheme-version-n = Version {$n}
title-draft = Draft of version {$version} of {$scheme}
title-drafts = Drafts
title-impact = Whom it would change what for
title-leaves = What differs
title-schemes = Schemes and drafts
title-versions = Versions
title-windows = Application windows
to-draft = Go to the draft
