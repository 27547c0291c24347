//! What goes to the browser as WASM, and how each of it is built.

/// A crate that goes to the browser.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// Stem of its files: `checker` → `checker.js`, `checker_bg.wasm`.
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    pub(crate) library: &'static str,
    /// Features of the crate.
    pub(crate) features: &'static [&'static str],
    pub(crate) profile: &'static str,
    /// Flags of the compiler beyond those of the environment.
    pub(crate) rustc: Option<&'static str>,
    /// Whether it carries the decoder's multiplication table.
    pub(crate) has_table: bool,
    /// Classes that it exports and no script uses.
    pub(crate) classes: &'static [&'static str],
    /// Passes of wasm-opt.
    pub(crate) passes: &'static [&'static str],
}

impl Part {
    /// The checker's user interface: small first.
    pub(crate) const CHECKER: Self = Self {
        name: "checker",
        package: "shirushi-web",
        library: "shirushi_web",
        features: &[],
        profile: "wasm-ui",
        // Leptos then keeps fewer types apart: 5 kB less, compressed.
        rustc: Some("--cfg erase_components"),
        has_table: false,
        classes: &["IntoUnderlyingByteSource", "IntoUnderlyingSink", "IntoUnderlyingSource"],
        // Flat code first, from which the control flow is built anew: smaller than what the compiler wrote.
        passes: &["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"],
    };
    /// The same for stock checks.
    pub(crate) const STOCK: Self = Self { name: "stock", features: &["stock"], ..Self::CHECKER };
    /// The checker without a network, which is loaded when the camera has opened: small first.
    pub(crate) const LISTS: Self = Self {
        name: "lists",
        package: "shirushi-offline",
        library: "shirushi_offline",
        classes: &[],
        ..Self::CHECKER
    };
    /// The decoder in the worker: fast first.
    pub(crate) const READER: Self = Self {
        name: "reader",
        package: "shirushi-reader",
        library: "shirushi_reader",
        features: &[],
        profile: "wasm-reader",
        rustc: Some("-Ctarget-feature=+simd128"),
        has_table: true,
        classes: &[],
        passes: &["-O3"],
    };
    /// The same for where there is no SIMD; `worker.js` chooses. Browsers that can run the worker all know SIMD (Chrome
    /// from 91, Firefox from 89, Safari from 16.4), but not on every processor.
    pub(crate) const PLAIN_READER: Self = Self { name: "reader_plain", rustc: None, ..Self::READER };
}
