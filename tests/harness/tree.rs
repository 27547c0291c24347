//! What a screen reader is told of a page: Chromium's accessibility tree, as an indented text of roles and names.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::browser::Browser;

/// Roles that are announced as nothing of their own; what is in them is.
const SILENT: [&str; 5] = ["generic", "none", "InlineTextBox", "LineBreak", "LabelText"];
/// What is announced beside role and name, where it is there.
const SAID: [&str; 7] = ["live", "level", "expanded", "pressed", "checked", "required", "invalid"];

/// The tree of the page that is open, one node a line: `heading "Valid" (level 1)`.
pub async fn tree(browser: &Browser) -> String {
    browser.chromium("Accessibility.enable", json!({})).await;
    let whole = browser.chromium("Accessibility.getFullAXTree", json!({})).await;
    let nodes: Vec<&Value> = whole["nodes"].as_array().into_iter().flatten().collect();
    let by_id = nodes.iter().filter_map(|node| Some((node["nodeId"].as_str()?, *node))).collect();
    let mut text = String::new();
    if let Some(root) = nodes.first() {
        write(&by_id, root, 0, "", &mut text);
    }
    text
}

fn write(nodes: &HashMap<&str, &Value>, node: &Value, depth: usize, above: &str, text: &mut String) {
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let name = node["name"]["value"].as_str().unwrap_or_default().trim();
    let is_text = role == "StaticText";
    // A text that its element is named by is not said twice.
    let is_silent = node["ignored"] == true
        || SILENT.contains(&role)
        || (is_text && (name.is_empty() || above.contains(name)));
    if !is_silent {
        let quoted = if name.is_empty() { String::new() } else { format!(" “{name}”") };
        let role = if is_text { "text" } else { role };
        let _ = writeln!(text, "{:depth$}{role}{quoted}{}", "", said(node), depth = 2 * depth);
    }
    let (depth, above) = if is_silent { (depth, above) } else { (depth + 1, name) };
    for child in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = child.as_str().and_then(|id| nodes.get(id)) {
            write(nodes, child, depth, above, text);
        }
    }
}

fn said(node: &Value) -> String {
    let properties = node["properties"].as_array().into_iter().flatten();
    let named = properties.filter(|property| SAID.iter().any(|name| property["name"] == *name));
    let shown = named.filter_map(|property| {
        let (name, value) = (property["name"].as_str()?, &property["value"]["value"]);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // What is off unless it is said.
        let is_usual =
            ["off", "false"].contains(&value.as_str()) && !["expanded", "pressed", "checked"].contains(&name);
        (!is_usual).then(|| format!(" ({name} {value})"))
    });
    let described = node["description"]["value"].as_str().filter(|text| !text.is_empty());
    let described = described.map(|text| format!(" – {text}"));
    shown.chain(described).collect()
}
