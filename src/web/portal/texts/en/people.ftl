# Pages of accounts.

account-is-disabled = Disabled
account-is-enabled = Enabled
account-is-erased = Erased
cannot-erase = It cannot be erased now:
count-people = { $n ->
    [one] {$n} account
   *[other] {$n} accounts, the newest first
}
do-erase = Erase for good
do-make = Make the account
done-change_user = Account changed by you, {$at}
done-create_user = Account made by you, {$at}
done-erase_personal_data = Name and address erased by you, {$at}
erase-reference = Request on which it is based
field-disabled = Is the account disabled?
field-organisation_id = Company, only for a preparer or signatory
field-roles = Roles
hint-erase-reference = Number and day of the written request. It stays in the log.
label-disabled-at = Disabled
label-made-at = Made
person-disable-follows = Disabling ends all open sessions at once and keeps everything that the person did. The account can be enabled again.
person-erase-does = Name and e-mail address are taken out of the account, its history, the values beside the log and the stored answers.
person-erase-for-good = Nobody can undo this, and the account can never be used or changed again.
person-erase-keeps = What the person did stays, with the office and without the name, and every proof stays valid. Backups and uploaded documents are not touched.
person-erased = Name and address were erased for good. The account cannot be changed.
person-last-administrator = This is the only account that manages accounts. It can neither be disabled nor lose that role.
person-new-lead = A random password is made and shown once. The person changes it after signing in.
person-password-lead = Give this password to the person. It is not shown again and is stored nowhere.
person-password-shown = The account was made before, and its password was shown then.
person-roles-follow = A role that is taken away is lost at once, in open sessions too. Steps that were taken stay as they are.
role-does-administrator = Makes, changes and disables accounts. Has no power over money.
role-does-auditor = Reads everything, and changes nothing but the records of the audit desk.
role-does-competent_authority = Sanctions tranches, issues awards, decides on recoveries.
role-does-disbursing_officer = Sends payments to the treasury and records what the bank answers.
role-does-finance_officer = Concurs in tranches for the finance division.
role-does-preparer = Fills in the forms of a company.
role-does-scheme_administrator = Opens windows, publishes versions of schemes and changes the budget; two of them for each.
role-does-section_officer = Recommends tranches for the programme division.
role-does-signatory = Signs and submits for a company.
role-does-verifier = Scrutinises applications, inspects, and verifies milestones and claims.
title-may-do = What the roles may do
title-people = People
title-person-change = Change or disable
title-person-erase = Erase name and address
title-person-made = The account was made
title-person-new = Make an account
title-person = Account
