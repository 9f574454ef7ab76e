//! What Python hands over as a page or text: bytes in any of their forms, or a string.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};

/// A page or text.
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    /// Was it a string? Then its charset is known.
    pub(crate) is_text: bool,
}

impl<'a, 'py> FromPyObject<'a, 'py> for Content {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self { bytes: bytes.as_bytes().to_vec(), is_text: false });
        }
        // A lone surrogate costs one character, not the page.
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Self { bytes: text.to_string_lossy().into_owned().into_bytes(), is_text: true });
        }
        if let Ok(bytes) = object.cast::<PyByteArray>() {
            return Ok(Self { bytes: bytes.to_vec(), is_text: false });
        }
        if let Ok(view) = object.cast::<PyMemoryView>() {
            let bytes = view.call_method0("tobytes")?;
            return Ok(Self { bytes: bytes.cast::<PyBytes>()?.as_bytes().to_vec(), is_text: false });
        }
        let kind = object.get_type().name()?;
        Err(PyTypeError::new_err(format!("a page is bytes or str, not {kind}")))
    }
}
