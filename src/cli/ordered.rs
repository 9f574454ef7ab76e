//! Works on many threads and hands the results on in the order of the jobs.

use rayon::ThreadPool;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

/// Jobs a thread may be ahead of the slowest one: what is done early waits in memory.
const JOBS_AHEAD: usize = 16;

/// Runs `work` on every job and `take` on every result, in the order of the jobs.
///
/// `take` and the iterator run on the calling thread. No more than [`JOBS_AHEAD`] jobs for
/// each thread are begun and not taken, so memory stays bounded however many there are.
/// Once `take` breaks off no further job is begun. `work` must not panic.
pub(super) fn in_order<J: Send, R: Send>(
    pool: &ThreadPool,
    jobs: impl Iterator<Item = J>,
    work: impl Fn(J) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) {
    let most_begun = pool.current_num_threads() * JOBS_AHEAD;
    let is_over = AtomicBool::new(false);
    let (work, is_over) = (&work, &is_over);
    let (sender, receiver) = mpsc::channel();
    pool.in_place_scope(|scope| {
        let mut jobs = jobs.fuse();
        let mut waiting = BTreeMap::new();
        let (mut begun, mut taken) = (0, 0);
        loop {
            while begun - taken < most_begun {
                let Some(job) = jobs.next() else { break };
                let (index, sender) = (begun, sender.clone());
                scope.spawn(move |_| {
                    if !is_over.load(Ordering::Relaxed) {
                        // Nobody listens any more: the result is not wanted.
                        let _ = sender.send((index, work(job)));
                    }
                });
                begun += 1;
            }
            if begun == taken {
                return;
            }
            let (index, result) = receiver.recv().expect("this function holds a sender");
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&taken) {
                taken += 1;
                if take(result).is_break() {
                    is_over.store(true, Ordering::Relaxed);
                    return;
                }
            }
        }
    });
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
        in_order(&pool(4), 0..500, work, |job| {
            seen.push(job);
            ControlFlow::Continue(())
        });
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
        in_order(&pool(2), 0..10_000, work, |()| ControlFlow::Continue(()));
        assert!(most.into_inner() <= 2 * JOBS_AHEAD);
        assert_eq!(begun.into_inner(), 10_000);
    }

    #[test]
    fn breaking_off_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let work = |_| begun.fetch_add(1, Ordering::SeqCst);
        in_order(&pool(2), 0..10_000, work, |_| ControlFlow::Break(()));
        assert!(begun.into_inner() <= 2 * JOBS_AHEAD);
    }
}
