//! The reasons for which a field of a request is wrong, in the order of what they are about. Each has a stable code
//! and says what is expected.

use crate::base::argument::{Size, Titled};
use crate::base::money::Paise;
use crate::base::reason::Reason;
use crate::base::told::Message;
use crate::told;
use chrono::NaiveDate;

told! {
    /// What is wrong with one field, or what is expected of it.
    pub enum FieldReason of "field" {
        Between { least: i64, most: i64, what: &'static str } => "between", "{least} to {most} {what}";
        Range { least: i64, most: i64 } => "range", "{least} to {most}";
        AtMost { most: i64, what: &'static str } => "at_most", "at most {most} {what}";
        Empty => "empty", "must not be empty";
        Deceptive => "deceptive", "characters that nobody sees or that change the direction of others are not allowed";
        Formula => "formula", "must not start with = + - or @";
        OneLine => "one_line", "must be one line";
        YearRange => "year_range", "must lie from 1900 to 2199";
        InFuture => "in_future", "must not lie in the future";
        InPast => "in_past", "must not lie in the past";
        NotInFuture => "not_in_future", "must lie in the future";
        PositiveAmount => "positive_amount", "a positive amount in paise";
        AmountOrZero => "amount_or_zero", "an amount in paise, or 0";
        WholeKg => "whole_kg", "whole kilograms";
        WholeKgNotNegative => "whole_kg_not_negative", "whole kilograms, not negative";
        WholeNumber => "whole_number", "a whole number, not negative";
        Twice => "twice", "stands here twice";
        FileEmpty => "file_empty", "the file is empty";
        NotUtf8 => "not_utf8", "the file is not UTF-8 text";
        OtherContent { media_type: String } => "other_content",
            "the content is not that of {media_type}, whatever the name says; a PDF, PNG, JPEG, CSV or XLSX file is taken";
        FileName => "file_name", "a file name has no / \\ : or .. and does not start with a dot";
        AsSaid { said: String } => "as_said", "{said}";
        Refused { why: Message } => "refused", "{why}";
        BeforeFirstDay => "before_first_day", "must not lie before the first day";
        BeforePeriod => "before_period", "must not lie before period_from";
        BeforeOpening => "before_opening", "must not lie before opens_on";
        BeforeExpiry => "before_expiry", "must not lie before expires_on";
        BeforeScheme => "before_scheme", "must not lie before the scheme is effective";
        OneYear => "one_year", "a claim covers days of one financial year";
        DayRange { earliest: NaiveDate, latest: NaiveDate } => "day_range", "must lie from {earliest} to {latest}";
        OneDayLeft => "one_day_left", "must leave at least one day";
        LaterEach => "later_each", "each due on a later day than the one before";
        PastOrToday => "past_or_today", "from the first to the last day, which is past or today";
        OutsideScroll => "outside_scroll", "is not among the days of the scroll";
        NoDayInLines => "no_day_in_lines", "no line has a day: give the days the scroll is about (from, to)";
        DaysAhead { most: i64 } => "days_ahead", "from today to {most} days ahead";
        WhenRecommended => "when_recommended", "given when it recommends only";
        WhenGranted => "when_granted", "given when it grants only";
        WhenReduced => "when_reduced", "given when it is reduced only";
        ForCapital => "for_capital", "given for capital subsidy, and only there";
        ForSales => "for_sales", "given for sales-linked incentive, and only there";
        DaysOfSpending => "days_of_spending", "left out: the scheme pays this subsidy for the days of spending";
        SalesOnly => "sales_only", "for sales-linked incentive only";
        ForSuccess => "for_success", "given for a success, and only there";
        NeededForSuccess => "needed_for_success", "needed for a success";
        OnlyOfSuccess => "only_of_success", "only of a success";
        UnlessWell => "unless_well", "given unless it was accepted or succeeded";
        ForRefund => "for_refund", "given for a refund only";
        ForDamages => "for_damages", "given for damages only";
        UnlessExplained => "unless_explained", "needed unless it is only explained";
        ForYears => "for_years", "given for every kind but a change of outlay";
        ForReAppropriation => "for_re_appropriation", "given for a re-appropriation alone";
        LeftOut => "left_out", "left out: all that is available lapses";
        OtherComponent => "other_component", "another component for savings, the same for recovered money";
        YearNotAllowed { why: Reason } => "year_not_allowed", "{why}";
        PaymentOrNumber => "payment_or_number", "give payment_id or number, and only one of them";
        Components => "components", "capital_subsidy or sales_linked_incentive";
        Outcomes => "outcomes", "accepted, succeeded, failed, failed_after_success or unknown";
        OnlyOfPayment => "only_of_payment", "only for a payment";
        UtrOrDay => "utr_or_day", "the right reference, the right day, or both";
        RecordNumber => "record_number", "the whole number of such a record, like NDFEB/2028-29/PAY/0001";
        ReturnOutcomes => "return_outcomes", "Accepted, Success, Failed or Failed after success";
        RecoveryKinds => "recovery_kinds", "refund or liquidated_damages";
        RoleMissing => "role_missing", "at least one role";
        NoOrganisation => "no_organisation", "only preparers and signatories belong to an organisation";
        OrganisationUnknown => "organisation_unknown", "there is no such organisation";
        BalanceAsked => "balance_asked", "the scheme asks for it";
        BalanceNotAsked => "balance_not_asked", "the scheme does not ask for it here";
        ReplacementOf => "replacement_of", "a rejected claim of this award for the same year or milestone";
        OpeningCertificate => "opening_certificate",
            "the first claim of an award that opens with a stock needs the certificate of it; later claims open with what the claim before left";
        SupplementOf => "supplement_of", "a verified claim of this award and these days that has kilograms held";
        HeldKg { held_kg: i64 } => "held_kg", "{held_kg} kg of this invoice are held";
        HeldAmount { amount: Paise } => "held_amount", "{amount} of this invoice are held";
        KgOfSales => "kg_of_sales", "whole kilograms for sales, 0 for investment";
        InvoiceTwice => "invoice_twice", "the same invoice stands in an earlier line";
        DocumentNumber => "document_number",
            "the number of an invoice has at most 16 letters (A to Z), digits, / and -, and does not begin with 0, / or -";
        DestroyedNumber => "destroyed_number",
            "a spreadsheet seems to have changed this number: give it as it is printed on the invoice, and make the column text";
        OwnGstin => "own_gstin",
            "sales are invoiced by the company itself: characters 3 to 12 of its GSTIN are its PAN";
        Irn => "irn", "an IRN is 64 digits 0 to 9 and letters a to f";
        IrnWithoutGstin => "irn_without_gstin", "an IRN is computed from the supplier's GSTIN: give supplier_gstin";
        IrnOfAnother => "irn_of_another",
            "is the IRN of another document: it is computed from GSTIN, financial year, type and number";
        IrnRequired { turnover: Paise } => "irn_required",
            "the invoices of this GSTIN here reach {turnover}, from which they are e-invoices: give the IRN";
        NotesOnly => "notes_only", "given for a credit note or a debit note, and only there";
        AfterNote => "after_note", "a note corrects an invoice of its own day or of an earlier one";
        NegativeAmount => "negative_amount", "a credit note states a negative amount in paise";
        KgOfNotes => "kg_of_notes",
            "whole kilograms: of a credit note those that came back, as a negative number; 0 for a price and for investment";
        CorrectsNothing => "corrects_nothing", "no accepted invoice of the claim has this number and day, or more than one has";
        CorrectsTooMuch => "corrects_too_much", "with its other notes it takes back more than the invoice states";
        CreditNotesOnly => "credit_notes_only",
            "a verified claim takes credit notes (CRN) alone; what a debit note adds is claimed as a line of another claim";
        NotesOfSupplement => "notes_of_supplement", "a supplement claims held kilograms, and no notes";
        LineCells => "line_cells", "expected text, a day, text, whole kilograms, whole paise";
        FirstRecord { columns: String }
            => "first_record", "the first line names the columns {columns} and then the codes of facts, if any";
        NoCsv => "no_csv", "this is no CSV file: save the table as CSV and choose that file";
        CellDay { value: String } => "cell_day", "“{value}” is no day: write it like 2026-06-30";
        CellKg { value: String } => "cell_kg", "“{value}” is not in whole kilograms";
        CellPaise { value: String } => "cell_paise", "“{value}” is not in whole paise: ₹1,500.50 is written 150050";
        CellCount { expected: i64, found: i64 }
            => "cell_count", "{found} cells stand in this line and {expected} columns are named in the first";
        OfFile { file: String, why: Message } => "of_file", "{file}: {why}";
        LeastCapacity => "least_capacity", "1 to the capacity asked for";
        StageTwice => "stage_twice", "each stage once";
        YearTwice => "year_twice", "each financial year once";
        StageMissing => "stage_missing", "name at least one stage";
        StagesKnown { stages: String } => "stages_known", "the scheme's stages are: {stages}";
        FactsAsked { facts: String } => "facts_asked", "the scheme asks here for: {facts}";
        FactTwice => "fact_twice", "each fact once";
        FactKind { kind: &'static str } => "fact_kind", "must be {kind}";
        FactFile => "fact_file", "a file must show this fact";
        FactMissing { fact: String, title: Titled } => "fact_missing", "`{fact}` is asked for: {title}";
        MaterialsOnce { materials: String } => "materials_once", "each of {materials} once";
        KgOfLines => "kg_of_lines", "at least the kilograms of the lines";
        GivesUpNothing => "gives_up_nothing", "must give up something";
        WaivedParts => "waived_parts", "only interest and damages are waived";
        SeedDigest => "seed_digest", "64 hexadecimal digits in lower case";
        Seed => "seed", "16 to 200 visible ASCII characters";
        TotalTooLarge => "total_too_large", "larger than can be";
        LineMissing => "line_missing", "at least one line";
        NotCsv => "not_csv", "this is not CSV";
        HeaderFirst => "header_first", "the file begins with one HDR record of 5 cells";
        LineOrTrailer => "line_or_trailer", "expected LIN with 7 cells or TRL with 3";
        AfterTrailer => "after_trailer", "nothing follows TRL";
        DocumentType => "document_type", "a document type is not accepted";
        Instructions => "instructions", "processing instructions are not accepted";
        Cdata => "cdata", "CDATA is not accepted";
        NotXml => "not_xml", "this is not well-formed XML";
        Attributes { element: String } => "attributes", "{element} has attributes";
        ElementUnexpected { element: String, path: String }
            => "element_unexpected", "<{element}> is not expected in <{path}>";
        TextBetween => "text_between", "text stands between the elements";
        EndsUnbegun => "ends_unbegun", "an element ends that did not begin";
        OtherRoot { element: String, root: String } => "other_root", "the file is one <{root}>, not <{element}>";
        RootElement { root: String } => "root_element", "the file is one <{root}> with a <GrpHdr>";
        ElementTwice { element: String } => "element_twice", "<{element}> stands here twice";
        Entities => "entities", "entities are not accepted";
        PanInside => "pan_inside", "characters 3 to 12 must be the PAN";
        Password { least: usize, most: usize }
            => "password", "{least} to {most} characters, at least five different ones";
        EmailAt => "email_at", "an e-mail address has an @";
        Email => "email", "not an e-mail address";
        Cin => "cin", "a CIN is 21 characters like U27320MH2021PTC123456";
        CinPlaceholder => "cin_placeholder", "this CIN is a placeholder";
        CinState => "cin_state", "characters 7 and 8 of a CIN are the code of a state, such as MH";
        CinYear => "cin_year", "characters 9 to 12 of a CIN are the year of incorporation, which is not to come";
        Pan => "pan", "a PAN is 10 characters like AAACS1234K";
        PanKind => "pan_kind", "the fourth letter of a company's PAN is C";
        PanPlaceholder => "pan_placeholder", "this PAN is a placeholder";
        Gstin => "gstin", "a GSTIN is 15 characters like 27AAACS1234K1ZN";
        GstinState => "gstin_state", "the first two digits of a GSTIN are a state code";
        GstinCheck => "gstin_check", "the last character of this GSTIN does not match the others";
        Udin { given: usize } => "udin",
            "a UDIN has 18 letters and digits like 26012345AAAAAB1234: 2 digits of the year, 6 of the membership number and 10 letters or digits; this one has {given}";
        BankAccount => "bank_account", "a bank account number has 9 to 18 digits";
        AccountPlaceholder => "account_placeholder", "this account number is a placeholder";
        Ifsc => "ifsc", "an IFSC is 11 characters like SBIN0001234";
        IfscPlaceholder => "ifsc_placeholder", "this IFSC is a placeholder";
        Utr => "utr", "a UTR has 12 to 22 letters and digits";
        PlainAccount => "plain_account", "an account number has 1 to 34 letters and digits";
        Rupees => "rupees", "an amount is rupees such as 150000000.00";
        Missing => "missing", "must be given";
        DeskEarlier => "desk_earlier",
            "verify, recommend, concur or sanction; the agency returns a claim to its preparer";
        OnlyForRejection => "only_for_rejection", "given for a rejection, and only there";
        SchemeUnknown => "scheme_unknown", "there is no such scheme";
        SamePassword => "same_password", "must differ from the present password";
        SignatoryCompany => "signatory_company", "a signatory belongs to a company, which its preparer registers first";
        StaysAsSubmitted => "stays_as_submitted",
            "stays as it was submitted; another claim can be made for something else";
        TypedAmount => "typed_amount", "an amount such as 15 crore, 15,00,00,000 or 150000000.50";
        TypedDay => "typed_day", "a day that exists, with day, month and year";
        TypedWhole => "typed_whole", "a whole number such as 2,10,000";
        Unreadable => "unreadable", "this field cannot be read";
        FileKind => "file_kind", "a PDF, PNG, JPEG, CSV or XLSX file";
        LetterOfRecord => "letter_of_record", "an earlier letter about the same record";
        OneRecord => "one_record", "name exactly one record by its id or its number";
        UnknownField { known: String } => "unknown_field", "is no field here; the fields are: {known}";
        NoFields => "no_fields", "is no field here; nothing is given here";
        OneOf { choices: String } => "one_of", "must be one of: {choices}";
        JsonText => "json_text", "must be a text";
        JsonWhole => "json_whole", "must be a whole number within its limits";
        JsonYesNo => "json_yes_no", "must be true or false";
        JsonList => "json_list", "must be a list";
        JsonObject => "json_object", "must be a JSON object";
        ADay => "a_day", "must be a day such as 2027-03-31, from 1900 to 2199";
        AnInstant => "an_instant", "must be an instant such as 2027-04-01T06:30:00Z, from 1900 to 2199";
        AYear => "a_year", "must be a financial year such as 2026-27";
        AnId => "an_id", "must be the id of a record (a UUID), or its number if it has one";
        ACode => "a_code", "must be a code of small letters, digits and _";
        NotJson { line: usize, column: usize } => "not_json", "the JSON cannot be read from line {line}, character {column}";
        UnknownParameter { known: String }
            => "unknown_parameter", "is no parameter of this operation; its parameters are: {known}";
        NoParameters => "no_parameters", "is no parameter of this operation, which has none";
        OtherEnding { media_type: String }
            => "other_ending", "the name must end as that of a file of the kind {media_type} does";
        NoFacts => "no_facts", "the scheme asks here for no fact";
        NoRecord => "no_record", "there is no such record";
        FileOfNote => "file_of_note",
            "this file belongs to an internal note, which the company does not read: upload it again as a file of the letter";
        Cursor => "cursor", "must be `next` of the page before, with the same filter and sort";
        SortField => "sort_field", "a field that every record has; '-' before it for the largest first";
        GroupField { name: String } => "group_field", "'{name}' is no field to group by, or is there twice";
        FieldOf { of: String, endings: String } => "field_of", "is no field of {of}, nor one with {endings}";
        ContainsText => "contains_text", "only a text can contain something";
        GivenAlways => "given_always", "every record has this field";
        OfExports => "of_exports", "is for exports; a page is JSON";
        GroupsOnePage => "groups_one_page", "groups have no pages: leave limit, cursor and totals out";
        GroupsMost { most: usize } => "groups_most", "makes more than {most} groups; ask for fewer records";
        ExportWhole => "export_whole", "limit, cursor and totals are for pages; an export is the whole selection";
        ExportOfRecords => "export_of_records", "an export is of records";
        NoJournal { of: String } => "no_journal", "no journal is kept of {of}";
        ReadsOnly => "reads_only", "only reads take as_of and known_at";
        KnownSince => "known_since", "what was known is kept from a later instant on";
        OneRecordMost => "one_record_most", "name one record at most";
        SizeMost { most: Size } => "size_most", "at most {most}";
        LetterMissing => "letter_missing", "must have a letter or a digit";
        FileOrText => "file_or_text", "choose a file or paste its text, not both";
        AmountMost { most: Paise } => "amount_most", "too large: an amount is at most {most}";
        AtLine { line: usize, key: String, why: Message } => "at_line", "line {line}, {key}: {why}";
        NotToml { line: usize } => "not_toml",
            "line {line} cannot be read as TOML: a quotation mark, a bracket or a value is missing there, or stands twice";
        NotWholeBasisPoints { typed: String } => "not_whole_basis_points", "{typed} is not a whole number of basis points";
        NotWholePercent { typed: String } => "not_whole_percent",
            "{typed} is not a whole number of percent; in basis points 100 are one percent";
        NotWholeRupees { typed: String } => "not_whole_rupees", "{typed} is not a whole number of rupees";
        NotWhole { typed: String } => "not_whole", "{typed} is not a whole number";
        NoDay { typed: String } => "no_day", "{typed} is no day; a day is written like 2026-04-01";
        NoFactValue { typed: String } => "no_fact_value",
            "{typed} is no value of a fact: it is a whole number, true or false, or a day like 2026-04-01";
        DecisionMissing => "decision_missing", "the decision is missing; accept or reject it";
    }
}

/// A reason that a rule of another room gives.
impl From<Reason> for FieldReason {
    fn from(why: Reason) -> FieldReason {
        FieldReason::YearNotAllowed { why }
    }
}

/// What is expected where a parser of numbers found none: its own words are for programmers.
impl From<std::num::ParseIntError> for FieldReason {
    fn from(_: std::num::ParseIntError) -> FieldReason {
        FieldReason::JsonWhole
    }
}

/// What is expected where the parser of days found none.
impl From<chrono::ParseError> for FieldReason {
    fn from(_: chrono::ParseError) -> FieldReason {
        FieldReason::ADay
    }
}
