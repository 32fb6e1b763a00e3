//! The cheapest way to pair rows with columns (the Hungarian method).

/// The cost of a pair that is not allowed.
pub(super) const FORBIDDEN: f32 = 1e6;

/// Solves assignments again and again in the same memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Assignment {
    costs: Vec<f32>,
    rows: usize,
    columns: usize,
    /// Potentials of rows and columns.
    u: Vec<f32>,
    v: Vec<f32>,
    /// For each column the row it is paired with, from 1; 0 = free.
    paired: Vec<usize>,
    way: Vec<usize>,
    shortest: Vec<f32>,
    used: Vec<bool>,
    result: Vec<Option<usize>>,
}

impl Assignment {
    /// Begins a problem in which no pair is allowed yet.
    pub(super) fn begin(&mut self, rows: usize, columns: usize) {
        self.rows = rows;
        self.columns = columns;
        self.costs.clear();
        self.costs.resize(rows * columns, FORBIDDEN);
    }

    pub(super) fn set(&mut self, row: usize, column: usize, cost: f32) {
        self.costs[row * self.columns + column] = if cost.is_finite() {
            cost.min(FORBIDDEN)
        } else {
            FORBIDDEN
        };
    }

    /// Returns the column of each row, so that the sum of the costs is the smallest.
    pub(super) fn solve(&mut self) -> &[Option<usize>] {
        let (rows, columns) = (self.rows, self.columns);
        // The problem is made square: rows and columns without a partner are paired with dummies.
        let n = rows.max(columns);
        fn refill<T: Clone>(values: &mut Vec<T>, count: usize, value: T) {
            values.clear();
            values.resize(count, value);
        }
        refill(&mut self.u, n + 1, 0.0);
        refill(&mut self.v, n + 1, 0.0);
        refill(&mut self.paired, n + 1, 0);
        refill(&mut self.way, n + 1, 0);
        for row in 1..=n {
            self.paired[0] = row;
            let mut column = 0;
            refill(&mut self.shortest, n + 1, f32::INFINITY);
            refill(&mut self.used, n + 1, false);
            loop {
                self.used[column] = true;
                let from = self.paired[column];
                let (mut delta, mut next) = (f32::INFINITY, 0);
                for j in 1..=n {
                    if self.used[j] {
                        continue;
                    }
                    let cost = self.cost(from - 1, j - 1) - self.u[from] - self.v[j];
                    if cost < self.shortest[j] {
                        self.shortest[j] = cost;
                        self.way[j] = column;
                    }
                    if self.shortest[j] < delta {
                        delta = self.shortest[j];
                        next = j;
                    }
                }
                for j in 0..=n {
                    if self.used[j] {
                        self.u[self.paired[j]] += delta;
                        self.v[j] -= delta;
                    } else {
                        self.shortest[j] -= delta;
                    }
                }
                column = next;
                if self.paired[column] == 0 {
                    break;
                }
            }
            while column != 0 {
                let before = self.way[column];
                self.paired[column] = self.paired[before];
                column = before;
            }
        }
        refill(&mut self.result, rows, None);
        for column in 1..=columns {
            let row = self.paired[column];
            if row >= 1 && row <= rows && self.cost(row - 1, column - 1) < FORBIDDEN {
                self.result[row - 1] = Some(column - 1);
            }
        }
        &self.result
    }

    fn cost(&self, row: usize, column: usize) -> f32 {
        if row < self.rows && column < self.columns {
            self.costs[row * self.columns + column]
        } else {
            FORBIDDEN
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The least sum over all ways to pair, by trying them.
    fn least(costs: &[Vec<f32>], row: usize, taken: &mut Vec<bool>) -> f32 {
        if row == costs.len() {
            return 0.0;
        }
        let mut best = FORBIDDEN + least(costs, row + 1, taken);
        for column in 0..taken.len() {
            if !taken[column] {
                taken[column] = true;
                best = best.min(costs[row][column] + least(costs, row + 1, taken));
                taken[column] = false;
            }
        }
        best
    }

    #[test]
    fn the_sum_of_costs_is_the_least_of_all_ways_to_pair() {
        let mut random = Random::new(9);
        let mut assignment = Assignment::default();
        for round in 0..300 {
            let (rows, columns) = (round % 5, (round / 5) % 6);
            let costs: Vec<Vec<f32>> = (0..rows)
                .map(|_| (0..columns).map(|_| random.unit() * 10.0).collect())
                .collect();
            assignment.begin(rows, columns);
            for (r, row) in costs.iter().enumerate() {
                for (c, &cost) in row.iter().enumerate() {
                    assignment.set(r, c, cost);
                }
            }
            let pairs = assignment.solve();
            let sum: f32 = pairs
                .iter()
                .enumerate()
                .map(|(r, c)| c.map_or(FORBIDDEN, |c| costs[r][c]))
                .sum();
            let best = least(&costs, 0, &mut vec![false; columns]);
            assert!((sum - best).abs() < 1.0 + 1e-4 * best, "{sum} {best}");
            let mut columns: Vec<_> = pairs.iter().flatten().collect();
            let count = columns.len();
            columns.dedup();
            columns.sort();
            columns.dedup();
            assert_eq!(columns.len(), count);
        }
    }

    #[test]
    fn a_forbidden_pair_stays_apart() {
        let mut assignment = Assignment::default();
        assignment.begin(2, 2);
        assignment.set(0, 0, 5.0);
        assignment.set(1, 0, 1.0);
        assignment.set(1, 1, f32::NAN);
        let pairs = assignment.solve();
        assert_eq!(pairs.iter().flatten().count(), 1);
        assert_eq!(pairs[1], Some(0));
    }
}
