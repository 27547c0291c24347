//! What wasm-bindgen's step leaves and nobody needs, taken out of module and script before wasm-opt, which then takes out
//! what only that needed:
//!
//! - **Last words.** The standard library puts a panic's message together, finds no place to write it in a browser, and
//!   traps. Here it traps at once, and the places in sources that it would name are blank: 4 kB of the checker, compressed.
//! - **Classes of others.** `wasm-streams`, which Leptos brings for server functions that we have none of, exports three.
//!   They hold on to a tenth of the module's imports.
//! - **Long names.** Imports and closures are named with a hash of 16 digits, which stands in both files and does not
//!   compress.
//!
//! Nothing here changes what is computed. What is not found, after another version of wasm-bindgen, stays: the files are
//! then heavier, and the budgets say so.

use std::collections::BTreeMap;

use walrus::{FunctionKind, Module, passes::gc};

use crate::places;

/// Takes it out of `module` and of its `script`, which is returned.
pub(crate) fn trim(module: &mut Module, script: &str, classes: &[&str]) -> String {
    silence(module);
    places::blank(module);
    let script = without_classes(script, classes);
    drop_exports(module, &script);
    gc::run(module);
    let script = without_imports(module, &script);
    shorten(module, &script)
}

/// Where functions live that say why something panics, and how those are called that live elsewhere.
const PANICKING: &str = "::panicking::";
const LAST_WORDS: [&str; 14] = [
    "assert_failed",
    "capacity_overflow",
    "expect_failed",
    "handle_alloc_error",
    "handle_error",
    "len_mismatch_fail",
    "panic_access_error",
    "panic_already_borrowed",
    "panic_already_mutably_borrowed",
    "panic_poisoned",
    "slice_error_fail",
    "slice_error_fail_rt",
    "slice_index_fail",
    "unwrap_failed",
];

/// Has functions that would never return trap instead of saying why.
fn silence(module: &mut Module) {
    let last_words =
        module.funcs.iter_mut().filter(|function| function.name.as_deref().is_some_and(is_last_word));
    for function in last_words {
        if let FunctionKind::Local(function) = &mut function.kind {
            let mut body = function.builder_mut().func_body();
            body.instrs_mut().clear();
            body.unreachable();
        }
    }
}

/// By a name like `core[0123]::option::expect_failed` or `<alloc[0123]::vec::Vec<_, _>>::remove::assert_failed`.
fn is_last_word(name: &str) -> bool {
    let rooms = ["core", "alloc", "std"];
    let standard = rooms.iter().any(|room| name.trim_start_matches('<').starts_with(room));
    let last = || name.rsplit("::").find(|part| !is_hash(part)).unwrap_or_default();
    standard && (name.contains(PANICKING) || LAST_WORDS.contains(&last()))
}

/// Such as older manglings end with: `h0123456789abcdef`.
fn is_hash(part: &str) -> bool {
    part.len() == 17 && part.starts_with('h') && part.bytes().skip(1).all(|digit| digit.is_ascii_hexdigit())
}

fn without_classes(script: &str, classes: &[&str]) -> String {
    let mut script = script.to_owned();
    for class in classes {
        for (start, end) in [
            (format!("export class {class} {{\n"), "\n}\n"),
            (format!("if (Symbol.dispose) {class}.prototype"), ";\n"),
            (format!("const {class}Finalization = "), ", 1));\n"),
        ] {
            script = without(&script, &start, end);
        }
    }
    script
}

/// `text` without the first part from `start` to `end`.
fn without(text: &str, start: &str, end: &str) -> String {
    let part = text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    part.map_or_else(|| text.to_owned(), |(before, after)| [before, after].concat())
}

/// Deletes what `script` does not name.
fn drop_exports(module: &mut Module, script: &str) {
    let unnamed = module.exports.iter().filter(|export| words(script).all(|word| word != export.name));
    for id in unnamed.map(walrus::Export::id).collect::<Vec<_>>() {
        module.exports.delete(id);
    }
}

/// The script without what it has ready for imports that the module no longer has.
fn without_imports(module: &Module, script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut dropping = false;
    for line in script.split_inclusive('\n') {
        let import = line.strip_prefix("        __wb").and_then(|_| line.split_once(": function("));
        if let Some((name, _)) = import {
            dropping = module.imports.iter().all(|import| import.name != name.trim_start());
        }
        if !dropping {
            kept.push_str(line);
        }
        dropping &= line != "        },\n";
    }
    kept
}

/// Gives imports and closures short names, in both.
fn shorten(module: &mut Module, script: &str) -> String {
    let mut names = BTreeMap::new();
    let mut short = |name: &mut String| {
        if name.starts_with("__wb") || name.starts_with("wasm_bindgen_") {
            let count = names.len();
            name.clone_from(names.entry(name.clone()).or_insert_with(|| format!("${count}")));
        }
    };
    module.imports.iter_mut().for_each(|import| short(&mut import.name));
    module.exports.iter_mut().for_each(|export| short(&mut export.name));
    let mut renamed = String::with_capacity(script.len());
    let mut rest = script;
    for word in words(script) {
        let Some((before, after)) = rest.split_once(word) else { break };
        renamed.push_str(before);
        renamed.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    renamed + rest
}

/// Names and keywords, in order.
fn words(script: &str) -> impl Iterator<Item = &str> {
    script.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, ValType};

    use super::*;

    /// A module whose export `start` imports something and calls `expect_failed`.
    fn module(exports: &[&str]) -> Module {
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        let (import, _) = module.add_import_func("./a_bg.js", "__wbg_now_0123456789abcdef", ty);
        module.add_import_func("./a_bg.js", "__wbg_enqueue_0123456789abcdef", ty);
        let mut last_word = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        last_word.name("core[0123]::option::expect_failed".to_owned()).func_body().call(import).i32_const(1);
        let last_word = last_word.finish(vec![], &mut module.funcs);
        let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
        start.func_body().call(import).call(last_word).drop();
        let start = start.finish(vec![], &mut module.funcs);
        for name in exports {
            module.exports.add(name, start);
        }
        module
    }

    const SCRIPT: &str = "export class Foreign {
    pull() {
        wasm.foreign_pull();
    }
}
if (Symbol.dispose) Foreign.prototype[Symbol.dispose] = Foreign.prototype.free;

export function start() {
    wasm.start();
}
        __wbg_enqueue_0123456789abcdef: function(arg0) {
            arg0.enqueue();
        },
        __wbg_now_0123456789abcdef: function() {
            return performance.now();
        },
const ForeignFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_foreign_free(ptr, 1));
wasm.wasm_bindgen__invoke__h0();
";

    #[test]
    fn what_nobody_needs_is_gone_from_both_and_the_rest_has_short_names_in_both() {
        let mut module = module(&["start", "foreign_pull", "__wbg_foreign_free", "wasm_bindgen__invoke__h0"]);
        let script = trim(&mut module, SCRIPT, &["Foreign", "Absent"]);
        let imports: Vec<_> = module.imports.iter().map(|import| import.name.as_str()).collect();
        let exports: Vec<_> = module.exports.iter().map(|export| export.name.as_str()).collect();
        assert_eq!((imports, exports), (vec!["$0"], vec!["start", "$1"]));
        let kept = "
export function start() {
    wasm.start();
}
        $0: function() {
            return performance.now();
        },
wasm.$1();
";
        assert_eq!(script, kept);
    }

    #[test]
    fn last_words_are_those_of_the_standard_library() {
        for name in [
            "core[c593]::panicking::panic_fmt",
            "core::panicking::panic_display::h4165c3e9dea961da",
            "<alloc[3ca5]::vec::Vec<_, _>>::remove::assert_failed",
            "alloc[3ca5]::raw_vec::handle_error",
        ] {
            assert!(is_last_word(name), "{name}");
        }
        for name in ["tachys::dom::handle_error", "core[c593]::fmt::write", "core::option::Option<T>::expect"]
        {
            assert!(!is_last_word(name), "{name}");
        }
        let mut module = module(&["start"]);
        silence(&mut module);
        let silent =
            module.funcs.iter_local().find(|(id, _)| module.funcs.get(*id).name.is_some()).unwrap().1;
        assert!(matches!(
            silent.block(silent.entry_block()).instrs.as_slice(),
            [(walrus::ir::Instr::Unreachable(_), _)]
        ));
    }
}
