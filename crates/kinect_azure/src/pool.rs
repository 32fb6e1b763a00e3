//! Buffers that are used again, so that a running source does not allocate.

use std::sync::Arc;

/// Values of one type that are used again once no consumer holds them any more.
///
/// The pool grows to the largest number of values that consumers hold at the same time.
#[derive(Debug)]
pub struct Pool<T> {
    items: Vec<Arc<T>>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Pool<T> {
    /// An empty pool.
    pub const fn new() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T: Clone> Pool<T> {
    /// Returns a value that no consumer holds, after `write` has filled it; `new` makes a value if none is free.
    /// `write` finds the content of the value's last use. On an error the value stays in the pool.
    pub fn fill<E>(
        &mut self,
        new: impl FnOnce() -> T,
        write: impl FnOnce(&mut T) -> Result<(), E>,
    ) -> Result<Arc<T>, E> {
        let free = self
            .items
            .iter_mut()
            .position(|item| Arc::get_mut(item).is_some());
        let index = match free {
            Some(index) => index,
            None => {
                self.items.push(Arc::new(new()));
                self.items.len() - 1
            }
        };
        let item = &mut self.items[index];
        // Unique by the search above; `make_mut` would only copy if it were not.
        write(Arc::make_mut(item))?;
        Ok(Arc::clone(item))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_holds_is_used_again() {
        let mut pool = Pool::<Vec<u8>>::new();
        let mut fill = |value: u8| {
            pool.fill(Vec::new, |item| {
                item.push(value);
                Ok::<_, ()>(())
            })
            .unwrap()
        };
        let first = fill(1);
        let second = fill(2);
        assert_eq!((first.as_slice(), second.as_slice()), (&[1][..], &[2][..]));
        drop(first);
        assert_eq!(*fill(3), [1, 3]);
    }
}
