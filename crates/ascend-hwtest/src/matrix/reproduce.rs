//! A script that runs one case alone, as the runner did.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::attempt::Setting;
use crate::event::Case;

/// Writes `repro.sh`.
pub(super) fn write(
    file: &Path,
    setting: &Setting,
    case: &Case,
    program: &Path,
    arguments: &[&str],
    environment: &BTreeMap<String, String>,
) -> io::Result<()> {
    let mut text = format!(
        "#!/bin/sh\n# {} of run {}, backend {}. Runs it without the runner's lease and deadline.\nexec env -i \\\n",
        case.name.replace(char::is_control, " "),
        setting.run,
        setting.backend
    );
    for (name, value) in environment {
        text.push_str(&format!("  {name}={} \\\n", quoted(value)));
    }
    text.push_str(&format!("  {}", quoted(&program.to_string_lossy())));
    for argument in arguments {
        text.push_str(&format!(" {}", quoted(argument)));
    }
    text.push_str(" \"$@\"\n");
    fs::write(file, text)?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
}

/// As one word of a shell.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=,@+".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn any_text_is_one_word_of_a_shell() {
        for text in ["", "plain", "it's", "$(reboot)", "a b\nc", "`x`"] {
            let script = format!("printf %s {}", quoted(text));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout), text);
        }
    }
}
