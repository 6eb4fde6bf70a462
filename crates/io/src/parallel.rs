//! A parallel map that keeps the order of its items.

use crossbeam_channel::{Receiver, Sender, bounded};
use std::any::Any;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

/// What comes back for one item.
enum Outcome<T, E> {
    Done(T),
    Failed(E),
    Panicked(Box<dyn Any + Send>),
}

/// How a run ended.
enum Ending<E> {
    Complete(Result<(), E>),
    Panicked(Box<dyn Any + Send>),
}

/// Maps `items` on `threads` worker threads and gives the results to `consume` on the calling
/// thread, in the order of the items.
///
/// A thread of its own draws the items; each worker thread makes its own map with `make_worker`,
/// so that a worker can hold buffers. At most `2 * threads + 2` items are between being drawn and
/// being consumed, so memory is bounded however slow one item is. With `threads` 0 or 1 there is
/// one worker.
///
/// The first error, of an item or of `consume`, ends the run after all results before it are
/// consumed; [`ControlFlow::Break`] ends it early without error. What other threads have begun is
/// then finished and dropped.
///
/// # Errors
/// The first error in the order of the items.
///
/// # Panics
/// A panic of an item's drawing, a worker or `consume` ends the run and goes on in the calling
/// thread.
///
/// ```
/// use std::ops::ControlFlow;
///
/// let mut squares = Vec::new();
/// let items = (1..=4_u32).map(Ok::<_, std::io::Error>);
/// wirefold_io::ordered(items, 2, || |n: u32| n * n, |square| {
///     squares.push(square);
///     Ok(ControlFlow::Continue(()))
/// })?;
/// assert_eq!(squares, [1, 4, 9, 16]);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ordered<C, T, E, W>(
    items: impl Iterator<Item = Result<C, E>> + Send,
    threads: usize,
    make_worker: impl Fn() -> W + Sync,
    mut consume: impl FnMut(T) -> Result<ControlFlow<()>, E>,
) -> Result<(), E>
where
    C: Send,
    T: Send,
    E: Send,
    W: FnMut(C) -> T,
{
    ordered_together(items, threads, make_worker, |ready| {
        for result in ready {
            if consume(result?)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    })
}

/// As [`ordered`], but gives `consume` all results that are there: what it does for many at once, it does
/// once. It takes as many as it wants, at least one; those that it leaves are given to it again.
///
/// What it has taken counts as consumed when it takes the next one or returns.
///
/// # Errors
/// As [`ordered`]: the first error of an item comes as the last result.
///
/// # Panics
/// As [`ordered`].
pub fn ordered_together<C, T, E, W>(
    items: impl Iterator<Item = Result<C, E>> + Send,
    threads: usize,
    make_worker: impl Fn() -> W + Sync,
    consume: impl FnMut(&mut Ready<'_, T, E>) -> Result<ControlFlow<()>, E>,
) -> Result<(), E>
where
    C: Send,
    T: Send,
    E: Send,
    W: FnMut(C) -> T,
{
    let threads = threads.max(1);
    let ahead = 2 * threads + 2;
    // A ticket is taken to draw an item and given back when its result is consumed.
    let (ticket_in, tickets) = bounded::<()>(ahead);
    for _ in 0..ahead {
        let _ = ticket_in.try_send(());
    }
    let (work_in, work) = bounded::<(u64, C)>(ahead);
    let (done_in, done) = bounded::<(u64, Outcome<T, E>)>(ahead + threads + 1);
    let make_worker = &make_worker;
    let ending = thread::scope(|scope| {
        let reader_done = done_in.clone();
        scope.spawn(move || draw(items, &tickets, &work_in, &reader_done));
        for _ in 0..threads {
            let (work, done_in) = (work.clone(), done_in.clone());
            scope.spawn(move || labor(make_worker, &work, &done_in));
        }
        // Only the threads hold these now: the channels close when they end.
        drop((work, done_in));
        // The receiver and the tickets are dropped on return, which ends the threads.
        collect(done, ticket_in, consume)
    });
    match ending {
        Ending::Complete(result) => result,
        Ending::Panicked(payload) => resume_unwind(payload),
    }
}

fn draw<C, T, E>(
    mut items: impl Iterator<Item = Result<C, E>>,
    tickets: &Receiver<()>,
    work: &Sender<(u64, C)>,
    done: &Sender<(u64, Outcome<T, E>)>,
) {
    let mut number = 0;
    let drawing = catch_unwind(AssertUnwindSafe(|| {
        while tickets.recv().is_ok() {
            match items.next() {
                Some(Ok(item)) => {
                    if work.send((number, item)).is_err() {
                        return;
                    }
                }
                Some(Err(error)) => {
                    let _ = done.send((number, Outcome::Failed(error)));
                    return;
                }
                None => return,
            }
            number += 1;
        }
    }));
    if let Err(payload) = drawing {
        let _ = done.send((number, Outcome::Panicked(payload)));
    }
}

fn labor<C, T, E, W: FnMut(C) -> T>(
    make_worker: &impl Fn() -> W,
    work: &Receiver<(u64, C)>,
    done: &Sender<(u64, Outcome<T, E>)>,
) {
    let mut at = 0;
    let laboring = catch_unwind(AssertUnwindSafe(|| {
        let mut worker = make_worker();
        for (number, item) in work {
            at = number;
            if done.send((number, Outcome::Done(worker(item)))).is_err() {
                return;
            }
        }
    }));
    if let Err(payload) = laboring {
        let _ = done.send((at, Outcome::Panicked(payload)));
    }
}

/// Results that are there, in the order of their items.
#[derive(Debug)]
pub struct Ready<'r, T, E> {
    waiting: &'r mut VecDeque<Option<Result<T, E>>>,
    tickets: &'r Sender<()>,
    next: &'r mut u64,
    /// Whether one was taken whose ticket is not given back.
    taken: bool,
}

impl<T, E> Ready<'_, T, E> {
    fn give_back(&mut self) {
        if std::mem::take(&mut self.taken) {
            let _ = self.tickets.try_send(());
        }
    }
}

impl<T, E> Iterator for Ready<'_, T, E> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        self.give_back();
        self.waiting.front()?.as_ref()?;
        let result = self.waiting.pop_front()??;
        *self.next += 1;
        self.taken = true;
        Some(result)
    }
}

impl<T, E> Drop for Ready<'_, T, E> {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "dropping the channels is what ends the threads"
)]
fn collect<T, E>(
    done: Receiver<(u64, Outcome<T, E>)>,
    tickets: Sender<()>,
    mut consume: impl FnMut(&mut Ready<'_, T, E>) -> Result<ControlFlow<()>, E>,
) -> Ending<E> {
    let mut next = 0;
    let mut waiting: VecDeque<Option<Result<T, E>>> = VecDeque::new();
    for first in &done {
        for (number, outcome) in std::iter::once(first).chain(done.try_iter()) {
            let result = match outcome {
                Outcome::Done(value) => Ok(value),
                Outcome::Failed(error) => Err(error),
                Outcome::Panicked(payload) => return Ending::Panicked(payload),
            };
            let place = (number - next) as usize;
            if waiting.len() <= place {
                waiting.resize_with(place + 1, || None);
            }
            waiting[place] = Some(result);
        }
        while let Some(Some(_)) = waiting.front() {
            let mut ready = Ready {
                waiting: &mut waiting,
                tickets: &tickets,
                next: &mut next,
                taken: false,
            };
            match consume(&mut ready) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ending::Complete(Ok(())),
                Err(error) => return Ending::Complete(Err(error)),
            }
        }
    }
    Ending::Complete(Ok(()))
}
