//! Signatures of texts.

use std::sync::Arc;

use arrow_array::types::UInt64Type;
use arrow_array::{FixedSizeListArray, PrimitiveArray};
use arrow_schema::{DataType, Field};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;
use wirefold::normalize::Matcher;
use wirefold::sketch::Fss;
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Settings, TextSource as _};

use crate::errors;
use crate::settings::{pool, threads};
use crate::stories::Stories;
use crate::table::{Column, failed};
use crate::watch::Watch;

/// The signature of one text: the share of components in which two agree estimates the Jaccard
/// similarity of their texts.
#[pyclass(frozen, eq, hash, sequence, module = "wirefold")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    components: Box<[u64]>,
}

#[pymethods]
impl Signature {
    /// The estimated Jaccard similarity of the two texts, 0 to 1.
    fn jaccard(&self, other: &Self) -> PyResult<f64> {
        let (a, b) = (&self.components, &other.components);
        if a.len() != b.len() {
            let message = format!("signatures of {} and {} components", a.len(), b.len());
            return Err(PyValueError::new_err(message));
        }
        // A text without words is like none.
        let agree = a.iter().zip(b).filter(|(a, b)| a == b && **a != u64::MAX);
        Ok(agree.count() as f64 / a.len() as f64)
    }

    /// The components, 64 bits each.
    #[getter]
    fn components(&self) -> Vec<u64> {
        self.components.to_vec()
    }

    fn __len__(&self) -> usize {
        self.components.len()
    }

    fn __getitem__(&self, at: usize) -> PyResult<u64> {
        let component = self.components.get(at).copied();
        component.ok_or_else(|| pyo3::exceptions::PyIndexError::new_err("no such component"))
    }

    /// The components as bytes, little end first.
    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes: Vec<u8> = self
            .components
            .iter()
            .flat_map(|c| c.to_le_bytes())
            .collect();
        PyBytes::new(py, &bytes)
    }

    fn __repr__(&self) -> String {
        let first = self.components.first().copied().unwrap_or_default();
        format!(
            "<Signature of {} components, {first:016x}…>",
            self.components.len()
        )
    }
}

/// Makes signatures.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Signer {
    settings: Settings,
    threads: usize,
    matcher: Matcher,
}

/// What a thread works with.
struct Maker<'s> {
    signer: &'s Signer,
    hasher: Hasher,
    fss: Fss,
    text: String,
    words: Words,
    shingles: Vec<u64>,
    signature: Vec<u64>,
}

impl<'s> Maker<'s> {
    fn new(signer: &'s Signer) -> Self {
        let hasher = Hasher::new(signer.settings.seed);
        Self {
            signer,
            fss: Fss::new(&hasher, signer.settings.components),
            hasher,
            text: String::new(),
            words: Words::default(),
            shingles: Vec::new(),
            signature: Vec::new(),
        }
    }

    fn sign(&mut self, text: &str) -> &[u64] {
        self.text.clear();
        self.signer.matcher.normalize_into(text, &mut self.text);
        self.words.hash(&self.hasher, &self.text);
        let words = self.signer.settings.shingle_words;
        Shingles::write(&self.hasher, &self.words.hashes, words, &mut self.shingles);
        self.fss.sign(&self.shingles, &mut self.signature);
        &self.signature
    }
}

/// Texts that a thread signs before it says so.
const SIGNED_AT_ONCE: usize = 64;

impl Signer {
    /// The signatures of all texts, one after another.
    fn all(
        &self,
        py: Python<'_>,
        stories: &Stories,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<u64>> {
        let components = self.settings.components;
        let count = stories.count() as usize;
        let mut signatures = vec![0; count * components];
        let pool = pool(self.threads)?;
        let watch = Watch::new(Arc::clone(&stories.stopped));
        let done = std::sync::atomic::AtomicUsize::new(0);
        watch.run(py, told, || {
            let blocks = signatures
                .par_chunks_mut(SIGNED_AT_ONCE * components)
                .enumerate();
            let sign = |maker: &mut Maker<'_>, (block, signatures): (usize, &mut [u64])| {
                if watch.stopped() {
                    return;
                }
                let first = block * SIGNED_AT_ONCE;
                for (at, signature) in signatures.chunks_mut(components).enumerate() {
                    let story = stories.story((first + at) as u32);
                    signature.copy_from_slice(maker.sign(story.text));
                }
                let done = SIGNED_AT_ONCE
                    + done.fetch_add(SIGNED_AT_ONCE, std::sync::atomic::Ordering::Relaxed);
                watch.enter("signing", done.min(count) as u64, count as u64);
            };
            pool.install(|| blocks.for_each_init(|| Maker::new(self), sign));
        })?;
        Ok(signatures)
    }
}

#[pymethods]
impl Signer {
    #[new]
    fn new(
        components: usize,
        shingle_words: usize,
        fold_confusables: bool,
        seed: u64,
        threads: usize,
    ) -> PyResult<Self> {
        let settings = Settings {
            components,
            shingle_words,
            fold_confusables,
            seed,
            ..Settings::default()
        };
        settings.check().map_err(|error| errors::library(&error))?;
        Ok(Self {
            matcher: settings.matcher(),
            settings,
            threads: self::threads(threads)?,
        })
    }

    /// The signature of one text.
    fn one(&self, py: Python<'_>, text: &str) -> Signature {
        let components = py.detach(|| Maker::new(self).sign(text).into());
        Signature { components }
    }

    /// The signatures of texts, as objects.
    #[pyo3(signature = (stories, told = None))]
    fn each(
        &self,
        py: Python<'_>,
        stories: &Stories,
        told: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Signature>> {
        let signatures = self.all(py, stories, told.as_ref())?;
        let each = signatures.chunks(self.settings.components);
        Ok(each
            .map(|components| Signature {
                components: components.into(),
            })
            .collect())
    }

    /// The signatures of texts, as a column of lists.
    #[pyo3(signature = (stories, told = None))]
    fn column(
        &self,
        py: Python<'_>,
        stories: &Stories,
        told: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Column> {
        let signatures = self.all(py, stories, told.as_ref())?;
        let values = PrimitiveArray::<UInt64Type>::from(signatures);
        let field = Arc::new(Field::new("item", DataType::UInt64, false));
        let size = i32::try_from(self.settings.components).unwrap_or(i32::MAX);
        let lists = FixedSizeListArray::try_new(field, size, Arc::new(values), None);
        Ok(Column::new(Arc::new(
            lists.map_err(|error| failed(&error))?,
        )))
    }
}
