//! The Merkle tree over the audit log (RFC 9162, section 2.1): hashes, roots, and the proofs that
//! an entry is in the log (inclusion) and that a later log contains an earlier one (consistency).
//!
//! The roots of full groups of 256 leaves, of 256 such groups and so on are stored as tiles;
//! everything else is computed from at most 256 hashes of each level.

use crate::log::audit::parse_hash;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The number of hashes below one hash of the next level: the width of a full tile.
pub const GROUP: u64 = 256;
/// The number of bits of an index that one level covers.
const GROUP_BITS: u32 = 8;

/// The hash of a leaf.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new_with_prefix([0]).chain_update(data).finalize().into()
}

/// The hash of an inner node over its two children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The entry bundle of these leaves, as mirrors read it (C2SP `tlog-tiles`): for each leaf the 32
/// bytes of the entry's own hash, prefixed with their length in two bytes.
pub fn entry_bundle(entry_hashes: &[Hash]) -> Vec<u8> {
    entry_hashes.iter().flat_map(|hash| [&[0, 32], &hash[..]].concat()).collect()
}

/// The leaf hash of an audit entry, from the entry's stored hash; `None` if that is not a hash.
pub fn entry_leaf(entry_hash: &str) -> Option<Hash> {
    parse_hash(entry_hash).map(|hash| leaf_hash(&hash))
}

/// The largest power of two below a number above 1: where a tree of this many leaves is split.
fn split(leaves: u64) -> u64 {
    1 << (leaves.max(2) - 1).ilog2()
}

/// The root above these hashes, each of which covers the same number of leaves, except that the
/// last may cover fewer.
pub fn root_above(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        several => {
            let (left, right) = several.split_at(split(several.len() as u64) as usize);
            node_hash(&root_above(left), &root_above(right))
        }
    }
}

/// The root of a full group. Levels are counted from 1, positions from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullGroup {
    pub level: u32,
    pub position: u64,
    pub hash: Hash,
}

/// The tree of a log read from its beginning; only the hashes of its right edge are retained.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    leaves: u64,
    /// Roots of full trees, one for each bit of the number of leaves, the largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Adds the next leaf. Returns the groups that it completes, the smallest first.
    pub fn push(&mut self, leaf: Hash) -> Vec<FullGroup> {
        let mut filled = Vec::new();
        let (mut hash, mut height) = (leaf, 0);
        while (self.leaves >> height) & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
            height += 1;
            if height % GROUP_BITS == 0 {
                filled.push(FullGroup { level: height / GROUP_BITS, position: self.leaves >> height, hash });
            }
        }
        self.peaks.push(hash);
        self.leaves += 1;
        filled
    }

    /// The root, if it has exactly this many leaves.
    pub fn root_at(&self, leaves: u64) -> Option<Hash> {
        (self.leaves == leaves).then(|| self.root())
    }

    /// The root over the leaves so far.
    pub fn root(&self) -> Hash {
        let above = |right: Hash, left: Hash| node_hash(&left, &right);
        self.peaks.iter().rev().copied().reduce(above).unwrap_or_else(empty_root)
    }
}

/// The error that a proof needs a hash which the store does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hash of level {level} at place {position} is missing")]
pub struct MissingHash {
    pub level: u32,
    pub position: u64,
}

/// The source of hashes: level 0 has the leaves, a later level the roots of full groups below it.
pub trait Tiles {
    type Error: From<MissingHash>;
    /// The first `width` hashes of the tile with this number, which starts at index `number * 256`.
    fn tile(&mut self, level: u32, number: u64, width: u64) -> Result<Vec<Hash>, Self::Error>;
}

/// The tree over the first leaves of a log. Each tile is read once.
pub struct Tree<T> {
    leaves: u64,
    tiles: T,
    read: HashMap<(u32, u64), Vec<Hash>>,
}

impl<T: Tiles> Tree<T> {
    pub fn new(leaves: u64, tiles: T) -> Self {
        Tree { leaves, tiles, read: HashMap::new() }
    }

    pub fn root(&mut self) -> Result<Hash, T::Error> {
        self.subtree(0, self.leaves)
    }

    /// The hash of a leaf, counted from 0.
    pub fn leaf(&mut self, index: u64) -> Result<Hash, T::Error> {
        self.subtree(index, index + 1)
    }

    /// The inclusion proof of a leaf: hashes that with it give the root (RFC 9162, 2.1.3.1).
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, T::Error> {
        if index >= self.leaves {
            return Err(MissingHash { level: 0, position: index }.into());
        }
        let (mut start, mut end) = (0, self.leaves);
        let mut path = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                path.push(self.subtree(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The consistency proof: the hashes that show that the tree over the first `earlier` leaves,
    /// at least one, is the beginning of this tree (RFC 9162, 2.1.4.1).
    pub fn consistency(&mut self, earlier: u64) -> Result<Vec<Hash>, T::Error> {
        if earlier == 0 || earlier > self.leaves {
            return Err(MissingHash { level: 0, position: earlier }.into());
        }
        let (mut start, mut end) = (0, self.leaves);
        let mut path = Vec::new();
        while earlier < end {
            let middle = start + split(end - start);
            if earlier <= middle {
                path.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                path.push(self.subtree(start, middle)?);
                start = middle;
            }
        }
        // The verifier already has the earlier root, unless that root is only a part of the rest.
        if start > 0 {
            path.push(self.subtree(start, end)?);
        }
        path.reverse();
        Ok(path)
    }

    /// The root over the leaves from `start` up to `end`, which must be a node of the tree.
    fn subtree(&mut self, start: u64, end: u64) -> Result<Hash, T::Error> {
        let Some(last_bit) = (end - start).checked_ilog2() else { return Ok(empty_root()) };
        let level = last_bit / GROUP_BITS;
        let bits = level * GROUP_BITS;
        let full = (end - start) >> bits;
        let mut hashes = self.row(level, start >> bits, full)?;
        let rest = start + (full << bits);
        if rest < end {
            hashes.push(self.subtree(rest, end)?);
        }
        Ok(root_above(&hashes))
    }

    /// Consecutive hashes of a level that are all in one tile.
    fn row(&mut self, level: u32, first: u64, count: u64) -> Result<Vec<Hash>, T::Error> {
        let number = first / GROUP;
        if !self.read.contains_key(&(level, number)) {
            let whole = self.leaves >> (level * GROUP_BITS);
            let width = whole.saturating_sub(number * GROUP).min(GROUP);
            let tile = self.tiles.tile(level, number, width)?;
            self.read.insert((level, number), tile);
        }
        let from = (first % GROUP) as usize;
        let row = self.read.get(&(level, number)).and_then(|tile| tile.get(from..from + count as usize));
        row.map(<[Hash]>::to_vec).ok_or_else(|| MissingHash { level, position: first }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::hex;
    use crate::log::merkle_plain as plain;
    use crate::log::merkle_proof::{extends, includes};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Tiles made by pushing leaves; it counts the hashes that are read.
    #[derive(Default)]
    struct Kept {
        levels: Vec<Vec<Hash>>,
        frontier: Frontier,
        read: usize,
    }

    impl Kept {
        fn of(data: &[Vec<u8>]) -> Kept {
            let mut kept = Kept { levels: vec![Vec::new(); 4], ..Kept::default() };
            for one in data {
                let leaf = leaf_hash(one);
                kept.levels[0].push(leaf);
                for group in kept.frontier.push(leaf) {
                    assert_eq!(group.position, kept.levels[group.level as usize].len() as u64);
                    kept.levels[group.level as usize].push(group.hash);
                }
            }
            kept
        }
    }

    impl Tiles for &mut Kept {
        type Error = MissingHash;
        fn tile(&mut self, level: u32, number: u64, width: u64) -> Result<Vec<Hash>, MissingHash> {
            self.read += width as usize;
            part(&self.levels[level as usize], level, number, width)
        }
    }

    fn part(hashes: &[Hash], level: u32, number: u64, width: u64) -> Result<Vec<Hash>, MissingHash> {
        let from = (number * GROUP) as usize;
        let tile = hashes.get(from..from + width as usize);
        tile.map(<[Hash]>::to_vec).ok_or(MissingHash { level, position: number * GROUP })
    }

    /// The most leaves that a tree of these tests has.
    const MOST: usize = 70_000;

    /// The leaves of the largest tree and what is kept of it, made once: a smaller tree's are the
    /// first of both.
    static LARGEST: LazyLock<(Vec<Vec<u8>>, Kept)> = LazyLock::new(|| {
        let data = data(MOST);
        let kept = Kept::of(&data);
        (data, kept)
    });

    /// What was kept when the largest tree had only so many leaves.
    struct Younger {
        leaves: usize,
        read: usize,
    }

    impl Tiles for &mut Younger {
        type Error = MissingHash;
        fn tile(&mut self, level: u32, number: u64, width: u64) -> Result<Vec<Hash>, MissingHash> {
            self.read += width as usize;
            let whole_groups = self.leaves / (GROUP as usize).pow(level);
            part(&LARGEST.1.levels[level as usize][..whole_groups], level, number, width)
        }
    }

    #[test]
    fn what_is_kept_of_a_smaller_tree_is_the_beginning_of_a_larger_ones() {
        let (data, largest) = &*LARGEST;
        for leaves in [0, 1, 255, 256, 257, 511, 512, 2_999, 65_535, 65_536, 65_537] {
            for (level, kept) in Kept::of(&data[..leaves]).levels.iter().enumerate() {
                let whole_groups = leaves / (GROUP as usize).pow(level as u32);
                assert_eq!(kept[..], largest.levels[level][..whole_groups], "level {level} of {leaves}");
            }
        }
    }

    fn data(leaves: usize) -> Vec<Vec<u8>> {
        (0..leaves).map(|n| n.to_be_bytes().to_vec()).collect()
    }

    fn flipped(hash: &Hash) -> Hash {
        let mut other = *hash;
        other[7] ^= 1;
        other
    }

    #[test]
    fn known_answers() {
        // The eight leaves and their root that the certificate transparency implementations share.
        let leaves =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let bytes = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
        };
        let data: Vec<Vec<u8>> = leaves.iter().map(|text| bytes(text)).collect();
        let root = plain::mth(&data);
        assert_eq!(hex(&root), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
        assert_eq!(Tree::new(8, &mut Kept::of(&data)).root(), Ok(root));
        assert_eq!(hex(&empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(Tree::new(0, &mut Kept::of(&[])).root(), Ok(empty_root()));
    }

    #[test]
    fn every_small_tree_and_proof_is_the_plain_one() {
        for leaves in 0..=40 {
            let data = data(leaves);
            let mut kept = Kept::of(&data);
            assert_eq!(kept.frontier.root(), plain::mth(&data));
            let root = Tree::new(leaves as u64, &mut kept).root().unwrap();
            assert_eq!(root, plain::mth(&data));
            for index in 0..leaves {
                let path = Tree::new(leaves as u64, &mut kept).inclusion(index as u64).unwrap();
                assert_eq!(path, plain::path(index, &data));
                let leaf = leaf_hash(&data[index]);
                for wrong in 0..=leaves {
                    assert_eq!(includes(&root, leaves as u64, wrong as u64, &leaf, &path), wrong == index);
                }
            }
            for earlier in 1..=leaves {
                let path = Tree::new(leaves as u64, &mut kept).consistency(earlier as u64).unwrap();
                assert_eq!(path, plain::subproof(earlier, &data, true));
                let before = plain::mth(&data[..earlier]);
                assert!(extends((earlier as u64, &before), (leaves as u64, &root), &path));
                assert!(!extends((earlier as u64, &flipped(&before)), (leaves as u64, &root), &path));
                assert!(!extends((earlier as u64, &before), (leaves as u64, &flipped(&root)), &path));
            }
        }
        for (tree, index) in [(0, 0), (5, 5), (5, 9)] {
            assert!(Tree::new(tree, &mut Kept::of(&data(5))).inclusion(index).is_err());
        }
        for earlier in [0, 6] {
            assert!(Tree::new(5, &mut Kept::of(&data(5))).consistency(earlier).is_err());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn large_trees_read_few_hashes_and_give_the_plain_proofs(
            leaves in prop_oneof![1_usize..3_000, 60_000_usize..MOST], a in any::<u32>(), b in any::<u32>(), flip in any::<u32>(),
        ) {
            let data = &LARGEST.0[..leaves];
            let (index, earlier) = (a as usize % leaves, 1 + b as usize % leaves);
            let mut kept = Younger { leaves, read: 0 };
            let root = plain::mth(data);
            let mut tree = Tree::new(leaves as u64, &mut kept);
            let inclusion = tree.inclusion(index as u64).unwrap();
            prop_assert_eq!(tree.root(), Ok(root));
            let all_levels = 3;
            prop_assert!(kept.read <= 2 * 256 * all_levels, "{} hashes were read", kept.read);
            prop_assert_eq!(&inclusion, &plain::path(index, data));
            let leaf = leaf_hash(&data[index]);
            prop_assert!(includes(&root, leaves as u64, index as u64, &leaf, &inclusion));
            let consistency = Tree::new(leaves as u64, &mut kept).consistency(earlier as u64).unwrap();
            prop_assert_eq!(&consistency, &plain::subproof(earlier, data, true));
            let before = plain::mth(&data[..earlier]);
            prop_assert!(extends((earlier as u64, &before), (leaves as u64, &root), &consistency));
            // A path with a changed, missing or additional hash is not a proof.
            for (path, is_inclusion) in [(&inclusion, true), (&consistency, false)] {
                let holds = |path: &[Hash]| if is_inclusion {
                    includes(&root, leaves as u64, index as u64, &leaf, path)
                } else {
                    extends((earlier as u64, &before), (leaves as u64, &root), path)
                };
                let longer: Vec<Hash> = path.iter().copied().chain([leaf]).collect();
                prop_assert!(!holds(&longer));
                if !path.is_empty() {
                    let at = flip as usize % path.len();
                    let mut changed = path.clone();
                    changed[at] = flipped(&changed[at]);
                    prop_assert!(!holds(&changed));
                    prop_assert!(!holds(&path[1..]) && !holds(&path[..path.len() - 1]));
                }
            }
        }
    }
}
