-- Texts with letters beyond ASCII, each in the form in which it is searched: normalised and without case. The engines
-- know neither of these in the same way. Texts of before are added at the next start.
CREATE TABLE searched_texts (
    original TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    folded TEXT COLLATE "C" NOT NULL
);
