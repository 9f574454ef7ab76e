//! Works on many threads and hands the results on, in the order of the jobs or as they come.

use rayon::ThreadPool;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

/// Jobs a thread may be ahead of the slowest one: what is done early waits in memory.
const JOBS_AHEAD: usize = 16;

/// Bytes that all jobs which were begun and not taken may hold; a single one may hold more.
const BYTES_AHEAD: usize = 64 << 20;

/// How results are handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// In the order of the jobs.
    Input,
    /// As they are done.
    Any,
}

/// Runs `work` on every job and `take` on every result.
///
/// `take` and the iterator run on the calling thread. No more than [`JOBS_AHEAD`] jobs for each thread,
/// and no more than [`BYTES_AHEAD`] by their `size`, are begun and not taken, so memory stays bounded however
/// many there are. Once `take` breaks off no further job is begun. `work` must not panic.
pub(super) fn run_jobs<J: Send, R: Send>(
    pool: &ThreadPool,
    order: Order,
    jobs: impl Iterator<Item = J>,
    size: impl Fn(&J) -> usize,
    work: impl Fn(J) -> R + Sync,
    take: impl FnMut(R) -> ControlFlow<()>,
) {
    let most_begun = pool.current_num_threads() * JOBS_AHEAD;
    let is_over = AtomicBool::new(false);
    let (work, is_over) = (&work, &is_over);
    let (sender, receiver) = mpsc::channel();
    pool.in_place_scope(|scope| {
        let mut jobs = jobs.fuse();
        let mut results = Results { order, take, sizes: BTreeMap::new(), waiting: BTreeMap::new(), bytes: 0, next: 0 };
        let mut begun = 0;
        loop {
            while results.sizes.len() < most_begun && (results.bytes < BYTES_AHEAD || results.sizes.is_empty()) {
                let Some(job) = jobs.next() else { break };
                results.begin(begun, size(&job));
                let (index, sender) = (begun, sender.clone());
                scope.spawn(move |_| {
                    if !is_over.load(Ordering::Relaxed) {
                        // Nobody listens any more: the result is not wanted.
                        let _ = sender.send((index, work(job)));
                    }
                });
                begun += 1;
                // Jobs may come slowly: what is done must not wait for them.
                while let Ok((index, result)) = receiver.try_recv() {
                    if results.done(index, result).is_break() {
                        is_over.store(true, Ordering::Relaxed);
                        return;
                    }
                }
            }
            if results.sizes.is_empty() {
                return;
            }
            let (index, result) = receiver.recv().expect("this function holds a sender");
            if results.done(index, result).is_break() {
                is_over.store(true, Ordering::Relaxed);
                return;
            }
        }
    });
}

/// Results on their way to who takes them.
struct Results<R, T> {
    order: Order,
    take: T,
    /// Sizes of the jobs that were begun and not taken.
    sizes: BTreeMap<usize, usize>,
    /// Results that wait for one before them.
    waiting: BTreeMap<usize, R>,
    bytes: usize,
    next: usize,
}

impl<R, T: FnMut(R) -> ControlFlow<()>> Results<R, T> {
    fn begin(&mut self, index: usize, size: usize) {
        self.sizes.insert(index, size);
        self.bytes += size;
    }

    fn done(&mut self, index: usize, result: R) -> ControlFlow<()> {
        if self.order == Order::Any {
            return self.give(index, result);
        }
        self.waiting.insert(index, result);
        while let Some(result) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.give(self.next - 1, result)?;
        }
        ControlFlow::Continue(())
    }

    fn give(&mut self, index: usize, result: R) -> ControlFlow<()> {
        self.bytes -= self.sizes.remove(&index).unwrap_or_default();
        (self.take)(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    fn pool(threads: usize) -> ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
    }

    #[test]
    fn results_keep_the_order_of_the_jobs() {
        let mut seen = Vec::new();
        let work = |job: u64| {
            std::thread::sleep(Duration::from_micros((job * 7919) % 500));
            job
        };
        run_jobs(
            &pool(4),
            Order::Input,
            0..500,
            |_| 0,
            work,
            |job| {
                seen.push(job);
                ControlFlow::Continue(())
            },
        );
        assert!(seen.iter().copied().eq(0..500));
    }

    #[test]
    fn a_slow_job_holds_the_others_back() {
        let begun = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let work = |job: usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            if job == 0 {
                std::thread::sleep(Duration::from_millis(50));
                most.store(begun.load(Ordering::SeqCst), Ordering::SeqCst);
            }
        };
        run_jobs(&pool(2), Order::Input, 0..10_000, |_| 0, work, |()| ControlFlow::Continue(()));
        assert!(most.into_inner() <= 2 * JOBS_AHEAD);
        assert_eq!(begun.into_inner(), 10_000);
    }

    #[test]
    fn breaking_off_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let work = |_| begun.fetch_add(1, Ordering::SeqCst);
        run_jobs(&pool(2), Order::Any, 0..10_000, |_| 0, work, |_| ControlFlow::Break(()));
        assert!(begun.into_inner() <= 2 * JOBS_AHEAD);
    }

    #[test]
    fn without_order_every_result_comes_once() {
        let mut seen = Vec::new();
        run_jobs(
            &pool(4),
            Order::Any,
            0..500,
            |_| 0,
            |job| job,
            |job| {
                seen.push(job);
                ControlFlow::Continue(())
            },
        );
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..500));
    }

    #[test]
    fn large_jobs_are_held_back_by_their_size() {
        let held = AtomicUsize::new(0);
        let work = |_| assert!(held.fetch_add(1, Ordering::SeqCst) < 3);
        run_jobs(
            &pool(2),
            Order::Input,
            0..50,
            |_| BYTES_AHEAD / 2,
            work,
            |()| {
                held.fetch_sub(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            },
        );
    }
}
