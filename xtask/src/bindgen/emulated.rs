//! Finds out which functions the simulator emulates: those defined in `ascend-sim/src/entry`.

use std::collections::BTreeMap;

use crate::workspace::root;

/// Name of each emulated function, and the module of `entry` that holds it.
pub(super) type Emulated = BTreeMap<String, String>;

pub(super) fn scan() -> Result<Emulated, Box<dyn std::error::Error>> {
    let folder = root().join("crates/ascend-sim/src/entry");
    let mut found = Emulated::new();
    if !folder.exists() {
        return Ok(found);
    }
    for file in std::fs::read_dir(&folder)? {
        let path = file?.path();
        let Some(module) = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != "mod") else {
            continue;
        };
        let text = std::fs::read_to_string(&path)?;
        for line in text.lines() {
            let line = line.trim_start();
            let line = line.strip_prefix("pub unsafe extern \"C\" ").unwrap_or(line);
            let Some(rest) = line.strip_prefix("fn acl") else { continue };
            let Some((tail, _)) = rest.split_once('(') else { continue };
            let name = format!("acl{tail}");
            if let Some(other) = found.insert(name.clone(), module.to_owned()) {
                return Err(format!("{name} is emulated twice: in entry/{other}.rs and entry/{module}.rs").into());
            }
        }
    }
    Ok(found)
}
