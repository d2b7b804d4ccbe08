//! Verifies the proofs of the Merkle tree with nothing but roots and paths, as an outside verifier
//! does (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

use crate::log::merkle::{Hash, node_hash};

/// Verifies an inclusion proof: whether a path leads from a leaf to a root (RFC 9162, 2.1.3.2).
pub fn includes(root: &Hash, leaves: u64, index: u64, leaf: &Hash, path: &[Hash]) -> bool {
    if index >= leaves {
        return false;
    }
    let (mut node, mut last) = (index, leaves - 1);
    let mut hash = *leaf;
    for part in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(part, &hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, part);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Verifies a consistency proof: whether a path shows that one tree is the beginning of another
/// (RFC 9162, 2.1.4.2). Each tree is given by its number of leaves and its root.
pub fn extends(earlier: (u64, &Hash), later: (u64, &Hash), path: &[Hash]) -> bool {
    let ((first, first_root), (second, second_root)) = (earlier, later);
    if first == second {
        return path.is_empty() && first_root == second_root;
    }
    if first == 0 || first > second {
        return false;
    }
    let mut parts = path.iter();
    let start = if first.is_power_of_two() { Some(first_root) } else { parts.next() };
    let Some(start) = start else { return false };
    let (mut node, mut last) = (first - 1, second - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    let (mut old, mut new) = (*start, *start);
    for part in parts {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            (old, new) = (node_hash(part, &old), node_hash(part, &new));
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            new = node_hash(&new, part);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && old == *first_root && new == *second_root
}
