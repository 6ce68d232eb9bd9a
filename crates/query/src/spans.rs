//! Stretches of positions within one text, and how they combine: the part of matching that a
//! search engine shares with [`matches`](crate::matches()), so that both mean the same by a phrase
//! and by NEAR.
//!
//! Works on sorted lists of positions only; knows neither texts nor indices. Each function reads its
//! lists once or looks up in them, so cost grows as n log n with their length.

/// A stretch of positions: from the first, up to and without the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The position of its first unit.
    pub start: u32,
    /// One more than the position of its last unit.
    pub end: u32,
}

/// The stretches where several terms stand at fixed distances from one another.
///
/// `slots` gives for each term its distance from the beginning and its positions in ascending
/// order; `length` is the length of the whole in positions.
#[must_use]
pub fn in_a_row(slots: &[(u32, &[u32])], length: u32) -> Vec<Span> {
    // The rarest term proposes, the others confirm.
    let Some((offset, rarest)) = slots.iter().min_by_key(|(_, positions)| positions.len()) else {
        return Vec::new();
    };
    rarest
        .iter()
        .filter_map(|position| position.checked_sub(*offset))
        .filter(|start| {
            slots
                .iter()
                .all(|(offset, positions)| positions.binary_search(&(start + offset)).is_ok())
        })
        .map(|start| Span {
            start,
            end: start + length,
        })
        .collect()
}

/// The shortest stretches where terms follow one another in this order with gaps: all gaps together
/// at most `slop` positions longer than the phrase itself.
///
/// `slots` as for [`in_a_row`]; each term is one position long.
#[must_use]
pub fn in_order(slots: &[(u32, &[u32])], slop: u32) -> Vec<Span> {
    let (Some((_, first)), Some((length, _))) = (slots.first(), slots.last()) else {
        return Vec::new();
    };
    let mut next: Vec<usize> = vec![0; slots.len()];
    let mut found = Vec::new();
    'starts: for &start in *first {
        let mut last = start;
        for (slot, (_, positions)) in slots.iter().enumerate().skip(1) {
            // Starts rise, so what was passed once is passed for good.
            let at = &mut next[slot];
            while positions.get(*at).is_some_and(|position| *position <= last) {
                *at += 1;
            }
            match positions.get(*at) {
                Some(position) => last = *position,
                None => break 'starts,
            }
        }
        if last - start <= length.saturating_add(slop) {
            found.push(Span {
                start,
                end: last + 1,
            });
        }
    }
    found
}

/// The stretches from a `left` to the nearest `right` on either side that lies at most `within`
/// positions away; neighbours are one position away. The two do not overlap.
#[must_use]
pub fn near(left: &[Span], right: &[Span], within: u32) -> Vec<Span> {
    let mut by_start = right.to_vec();
    by_start.sort_unstable();
    let mut by_end = right.to_vec();
    by_end.sort_unstable_by_key(|span| (span.end, span.start));
    let is_close = |gap: u32| gap < within;
    let mut found = Vec::new();
    for one in left {
        let after = by_start.partition_point(|span| span.start < one.end);
        if let Some(after) = by_start.get(after)
            && is_close(after.start - one.end)
        {
            found.push(Span {
                start: one.start,
                end: after.end,
            });
        }
        let before = by_end.partition_point(|span| span.end <= one.start);
        if let Some(before) = before.checked_sub(1).and_then(|at| by_end.get(at))
            && is_close(one.start - before.end)
        {
            found.push(Span {
                start: before.start,
                end: one.end,
            });
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(list: &[(u32, u32)]) -> Vec<Span> {
        list.iter()
            .map(|&(start, end)| Span { start, end })
            .collect()
    }

    #[test]
    fn rows() {
        let (a, b): (&[u32], &[u32]) = (&[0, 4, 9], &[1, 6, 10]);
        assert_eq!(in_a_row(&[(0, a), (1, b)], 2), spans(&[(0, 2), (9, 11)]));
        assert_eq!(in_a_row(&[(0, a), (2, b)], 3), spans(&[(4, 7)]));
        assert_eq!(in_a_row(&[(1, b)], 3), spans(&[(0, 3), (5, 8), (9, 12)]));
        assert!(in_a_row(&[(0, a), (1, &[])], 2).is_empty());
        assert!(in_a_row(&[], 0).is_empty());
    }

    #[test]
    fn gaps() {
        let (a, b): (&[u32], &[u32]) = (&[0, 4, 9], &[2, 7]);
        assert!(in_order(&[(0, a), (1, b)], 0).is_empty());
        assert_eq!(in_order(&[(0, a), (1, b)], 1), spans(&[(0, 3)]));
        assert_eq!(in_order(&[(0, a), (1, b)], 2), spans(&[(0, 3), (4, 8)]));
        assert_eq!(in_order(&[(0, a)], 3), spans(&[(0, 1), (4, 5), (9, 10)]));
        // The same word twice needs two of it.
        assert_eq!(in_order(&[(0, a), (1, a)], 3), spans(&[(0, 5)]));
    }

    #[test]
    fn distances() {
        let (left, right) = (
            spans(&[(3, 5), (20, 21)]),
            spans(&[(0, 1), (6, 8), (22, 23)]),
        );
        assert!(near(&left, &right, 1).is_empty());
        assert_eq!(near(&left, &right, 2), spans(&[(3, 8), (20, 23)]));
        assert_eq!(near(&left, &right, 3), spans(&[(0, 5), (3, 8), (20, 23)]));
        assert_eq!(
            near(&spans(&[(0, 1)]), &spans(&[(1, 2)]), 1),
            spans(&[(0, 2)])
        );
        // A word is not near itself.
        assert!(near(&spans(&[(0, 2)]), &spans(&[(1, 2)]), 5).is_empty());
    }
}
