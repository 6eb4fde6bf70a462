//! Blocks of 64 bytes in vector registers: the one room with unsafe code.
//!
//! Enters: a piece of work that is written once over [`Simd`], the few things that vectors do
//! here (see [`Work`]). Leaves: its answer, computed with the widest instructions that this
//! processor has. The levels are asked for once a process, so that one binary runs everywhere;
//! answers never depend on the level. [`scalar`] needs no vectors, runs on every machine, and is
//! what tests hold the other levels against.
//!
//! `WIREFOLD_SIMD` in the environment names a level to use instead of the best one ([`LEVEL`]), so that
//! whoever doubts a processor, or a level, can compare.
//!
//! A level is a value that exists only where its instructions do: whoever holds an `Avx2` may use
//! AVX2. That is all that the unsafe code of this room relies on.

#![allow(
    unsafe_code,
    reason = "vector instructions may run only where the processor has them, and text is written \
              whole registers at a time, which the compiler cannot check"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(any(test, fuzzing))]
mod forced;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

/// Bytes of a block: the bits of its masks.
pub(crate) const BLOCK: usize = 64;

/// What is done to blocks of 64 bytes. The value is the permission to use the instructions.
///
/// Masks have a truth value a byte; as [`Simd::bits`] the lowest bit stands for the first byte.
pub(crate) trait Simd: Copy {
    /// 64 bytes.
    type Block: Copy;
    /// 64 truth values.
    type Mask: Copy;

    /// Whether plain loops over 64-bit products become vector instructions.
    const MULTIPLIES: bool = false;

    fn load(self, bytes: &[u8; BLOCK]) -> Self::Block;

    /// Bytes from `low` to `high`, both ASCII and neither NUL nor DEL.
    fn within(self, block: Self::Block, low: u8, high: u8) -> Self::Mask;

    fn equals(self, block: Self::Block, byte: u8) -> Self::Mask;

    /// Bytes beyond ASCII.
    fn high(self, block: Self::Block) -> Self::Mask;

    /// Bytes that continue a character of UTF-8, 80 to BF.
    fn follows(self, block: Self::Block) -> Self::Mask;

    fn or(self, a: Self::Mask, b: Self::Mask) -> Self::Mask;

    fn bits(self, mask: Self::Mask) -> u64;

    fn mask(self, bits: u64) -> Self::Mask;

    /// `byte` where `mask` is true, the block's own bytes elsewhere.
    fn put(self, block: Self::Block, mask: Self::Mask, byte: u8) -> Self::Block;

    /// ASCII capitals as small letters.
    fn lower(self, block: Self::Block) -> Self::Block;

    /// Appends the bytes of `keep` that are ASCII to `out`.
    fn append(self, block: Self::Block, keep: u64, out: &mut String);

    /// Writes the numbers of the bits of `bits`, plus `base`, to the front of `places`, in order.
    /// Returns how many there are; what comes behind them is not defined.
    fn places(self, bits: u64, base: u32, places: &mut [u32; BLOCK]) -> usize;

    /// The lowest `bits` bits of `value`, all if that is 64 or more; at most 255.
    fn lowest(self, value: u64, bits: u32) -> u64;

    /// Does `work` with the instructions of this level.
    fn run<W: Work>(self, work: W) -> W::Output;
}

/// Something to do at any level. [`Work::run`] and what it calls, down to the methods of [`Simd`],
/// must be `#[inline(always)]`: only code that is inlined into [`Simd::run`] is compiled with the
/// instructions of the level.
pub(crate) trait Work {
    type Output;

    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// The instructions to use.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Scalar(scalar::Scalar),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon(neon::Neon),
}

impl Level {
    /// All levels of this processor, the best last.
    fn available() -> impl Iterator<Item = Self> {
        let levels = [
            Some(Self::Scalar(scalar::Scalar)),
            #[cfg(target_arch = "x86_64")]
            avx2::Avx2::detect().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            avx512::Avx512::detect().map(Self::Avx512),
            #[cfg(target_arch = "aarch64")]
            neon::Neon::detect().map(Self::Neon),
        ];
        levels.into_iter().flatten()
    }

    fn current() -> Self {
        static CHOSEN: OnceLock<Level> = OnceLock::new();
        #[cfg(any(test, fuzzing))]
        if let Some(level) = forced::forced() {
            return level;
        }
        *CHOSEN.get_or_init(|| {
            let asked = std::env::var(LEVEL).ok();
            let asked = asked.and_then(|name| Self::available().find(|level| level.name() == name));
            asked
                .or_else(|| Self::available().last())
                .unwrap_or(Self::Scalar(scalar::Scalar))
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Scalar(_) => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "neon",
        }
    }
}

/// The variable of the environment that names the level to use: one of [`levels`]. Any other name is
/// as none, here; the command refuses it.
pub(crate) const LEVEL: &str = "WIREFOLD_SIMD";

/// The levels that this processor has, the best last: `scalar` everywhere, `avx2` and `avx512` on
/// x86-64, `neon` on 64-bit Arm.
pub fn levels() -> impl Iterator<Item = &'static str> {
    Level::available().map(Level::name)
}

/// Does `work` at the best level of this processor.
#[inline]
pub(crate) fn run<W: Work>(work: W) -> W::Output {
    match Level::current() {
        Level::Scalar(simd) => simd.run(work),
        #[cfg(target_arch = "x86_64")]
        Level::Avx2(simd) => simd.run(work),
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(simd) => simd.run(work),
        #[cfg(target_arch = "aarch64")]
        Level::Neon(simd) => simd.run(work),
    }
}

#[cfg(any(test, fuzzing))]
pub use forced::at_each_level;

/// Makes room for a block behind `out`, and gives the place behind its text.
#[inline(always)]
fn room(out: &mut String) -> *mut u8 {
    if out.capacity() - out.len() < BLOCK {
        out.reserve(BLOCK.max(out.len() / 2));
    }
    // SAFETY: the vector is not changed here, so it stays UTF-8; the place is within or right
    // behind its allocation.
    unsafe { out.as_mut_vec().as_mut_ptr().add(out.len()) }
}

/// Takes `count` bytes behind `out` for a part of it.
///
/// # Safety
/// They must have been written, as ASCII, at the place that [`room`] gave, and be at most 64.
#[inline(always)]
unsafe fn taken(out: &mut String, count: usize) {
    let len = out.len() + count;
    // SAFETY: `room` made space for 64 bytes, and the caller wrote `count` of them, all ASCII.
    unsafe { out.as_mut_vec().set_len(len) }
}

/// [`Simd::lowest`] by shifts.
#[inline(always)]
fn lowest(value: u64, bits: u32) -> u64 {
    value & 1u64.checked_shl(bits).unwrap_or(0).wrapping_sub(1)
}

/// Whether all bits of `bits` are below all that are not.
#[inline(always)]
fn are_lowest(bits: u64) -> bool {
    bits & bits.wrapping_add(1) == 0
}

/// The bit loop of [`Simd::places`]: eight a turn, so that few turns are taken.
#[inline(always)]
fn places(mut bits: u64, base: u32, places: &mut [u32; BLOCK]) -> usize {
    let count = bits.count_ones() as usize;
    for eight in places.chunks_exact_mut(8).take(count.div_ceil(8)) {
        for place in eight {
            *place = base.wrapping_add(bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
        }
    }
    count
}
