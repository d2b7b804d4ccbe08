# Pages of note sheets and letters, in English.

choose-file-again = Choose your files again: a browser does not keep them.
do-write-note = Add a note
done-write_note = Note added by you, {$at}
hint-files = PDF, PNG, JPEG, CSV or XLSX; at most {$n} files of {$mb} MiB each. May be left empty.
hint-note-text = Say what you looked at and what you think. A note is never changed or taken away.
label-files = Attach files
label-note-text = Note
link-notes = Notes ({$n})
link-record = Back to
no-notes = Nothing has been noted about this record yet. A note that an officer adds appears here.
note-number = Note {$n}
notes-lead = The offices' own notes about this record. Offices and auditors read them; the company never does.
record-draft = draft without a number
title-notes = Notes on {$record}
title-sheet = Notes and letters
