//! Paths of the log's tiles as mirrors request them (C2SP `tlog-tiles`):
//! `<level>/<number>[.p/<width>]`, with the number in groups of three digits:
//! `0/x001/x234/067.p/17`. Entry bundles have the same paths, without a level.

use crate::log::merkle::GROUP;

/// The highest possible level.
const LEVEL_MOST: u32 = 63;
/// The largest number of groups of three digits; a log that needed more would exceed any sequence
/// number.
const PARTS_MOST: usize = 6;

/// One tile, full or partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TilePath {
    pub level: u32,
    pub number: u64,
    /// The number of its hashes; 256 for a full tile.
    pub width: u64,
}

impl TilePath {
    /// Parses the path of a tile; `None` if no tile can have this path.
    pub fn parse(path: &str) -> Option<TilePath> {
        let (level, rest) = path.split_once('/')?;
        let level = u32::try_from(plain_number(level)?).ok().filter(|level| *level <= LEVEL_MOST)?;
        Self::of_level(level, rest)
    }

    /// Parses the path of an entry bundle; returns the tile of the leaves of its entries.
    pub fn parse_bundle(path: &str) -> Option<TilePath> {
        Self::of_level(0, path)
    }

    fn of_level(level: u32, path: &str) -> Option<TilePath> {
        let (number, width) = match path.split_once(".p/") {
            Some((number, width)) => (number, plain_number(width).filter(|width| (1..GROUP).contains(width))?),
            None => (path, GROUP),
        };
        let parts: Vec<&str> = number.split('/').collect();
        let (last, before) = parts.split_last()?;
        if parts.len() > PARTS_MOST {
            return None;
        }
        let mut number = 0;
        for part in before {
            number = number * 1_000 + three_digits(part.strip_prefix('x')?)?;
        }
        // Leading zeros are written within a group only; a leading group of zeros is not valid.
        if !before.is_empty() && number < 1_000_u64.pow(u32::try_from(before.len() - 1).ok()?) {
            return None;
        }
        Some(TilePath { level, number: number * 1_000 + three_digits(last)?, width })
    }

    /// Whether the tile has all its 256 hashes.
    pub fn is_full(&self) -> bool {
        self.width == GROUP
    }
}

fn three_digits(text: &str) -> Option<u64> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A number without sign or leading zeros.
fn plain_number(text: &str) -> Option<u64> {
    let plain = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain && (text == "0" || !text.starts_with('0')) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_specification() {
        let tile = |level, number, width| Some(TilePath { level, number, width });
        for (path, expected) in [
            ("0/000", tile(0, 0, 256)),
            ("0/x001/x234/067", tile(0, 1_234_067, 256)),
            ("1/x001/000", tile(1, 1_000, 256)),
            ("2/017.p/5", tile(2, 17, 5)),
            ("0/x001/x000/000.p/255", tile(0, 1_000_000, 255)),
            ("63/999", tile(63, 999, 256)),
        ] {
            assert_eq!(TilePath::parse(path), expected, "{path}");
        }
        let bundle = |number, width| Some(TilePath { level: 0, number, width });
        assert_eq!(TilePath::parse_bundle("x001/234.p/7"), bundle(1_234, 7));
        assert_eq!(TilePath::parse_bundle("000"), bundle(0, 256));
        for wrong in ["", "0/000", "x000/001", "000.p/0", "000.p/256", "/000", "000/"] {
            assert_eq!(TilePath::parse_bundle(wrong), None, "{wrong}");
        }
        for wrong in [
            "",
            "0",
            "0/",
            "/000",
            "0/0",
            "0/00",
            "0/0000",
            "0/x000/001",
            "0/001/002",
            "0/x01/002",
            "0/x001/x002",
            "00/000",
            "64/000",
            "-1/000",
            "+1/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/000.p",
            "0/000.p/1/2",
            "0/000/",
            "entries/000",
            "0/x000/x001/000",
            "0/+01",
            "0/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(TilePath::parse(wrong), None, "{wrong}");
        }
    }
}
