//! The Python interface of adsieve: the module `adsieve._native`, which the package `adsieve` dresses for people.
//!
//! A thin layer: every function takes what Python holds, lets go of the interpreter, asks the library, and hands back
//! something plain: bytes, text, JSON, columns. Work on pages of strangers runs on threads of our own with a large stack.
//! What goes wrong is an exception with the library's message; a fault on one page becomes a diagnostic of that page.

mod columns;
mod content;
mod document;
mod engine;
mod fill;
mod many;
mod open;
mod rewriter;
mod settings;
mod verdict;
mod work;

use pyo3::prelude::*;

/// Evaluation makes many small objects.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The engine of adsieve.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("RuleError", module.py().get_type::<settings::RuleError>())?;
    module.add("KINDS", adsieve::RequestKind::all_names().collect::<Vec<_>>())?;
    module.add_class::<engine::Engine>()?;
    module.add_class::<document::Document>()?;
    module.add_class::<open::Documents>()?;
    module.add_class::<many::Reports>()?;
    module.add_class::<fill::Batches>()?;
    module.add_class::<rewriter::Rewriter>()?;
    module.add_class::<verdict::RequestVerdict>()?;
    module.add_class::<verdict::Answer>()?;
    module.add_class::<verdict::ScriptVerdict>()?;
    module.add_class::<verdict::ScriptCut>()?;
    module.add_class::<verdict::Change>()?;
    module.add_class::<verdict::Cleaned>()?;
    module.add_class::<verdict::TextCut>()?;
    module.add_function(wrap_pyfunction!(engine::table_of, module)?)?;
    module.add_function(wrap_pyfunction!(fill::table_columns, module)?)?;
    module.add_function(wrap_pyfunction!(rewriter::pass_reason, module)?)?;
    module.add_function(wrap_pyfunction!(rewriter::mend_request, module)?)?;
    module.add_function(wrap_pyfunction!(rewriter::mend_response, module)?)?;
    module.add_function(wrap_pyfunction!(open::is_wanted_name, module)?)?;
    module.add_function(wrap_pyfunction!(open::names_of_folder, module)?)
}
