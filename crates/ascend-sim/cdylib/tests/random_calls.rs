//! Whatever is passed, within the contract of C, every function answers in time and with a code that is documented.
//!
//! The calls are made by a C program that is generated from the header: for each function one call, whose arguments are
//! drawn by their types. A pointer is null or valid; a handle is null, invented, or one that an earlier call has given out.
#![allow(clippy::print_stdout, reason = "the seed is shown when a run fails")]

mod bench;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use bench::Bench;

/// How long each run of the program goes on.
const MILLISECONDS: u64 = 1500;

/// Calls that may rightly wait for ever, and then make others do: they are given nothing that is real.
const WAITS: [(&str, &str); 4] = [
    ("aclrtWaitAndResetNotify", "notify"),
    ("aclrtValueWait", "devAddr"),
    ("aclrtSubscribeReport", "stream"),
    ("aclrtCntNotifyWaitWithTimeout", "cntNotify"),
];

/// A function of the header: what it returns, its name, and its parameters' types and names.
#[derive(Debug)]
struct Function {
    returns: String,
    name: String,
    parameters: Vec<(String, String)>,
}

/// The functions of the header, as the preprocessor leaves them.
fn functions() -> Vec<Function> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("t.c");
    std::fs::write(&source, "#include <acl/acl.h>\n").unwrap();
    let output = Command::new("cc").args(["-E", "-P", "-I"]).arg(bench::include()).arg(&source).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").split(';').filter_map(|line| function(line.rsplit('}').next()?.trim())).collect()
}

/// Reads `aclError aclX(T a, U *b)`; `None` for any other declaration.
fn function(line: &str) -> Option<Function> {
    let (head, rest) = line.split_once('(')?;
    if head.starts_with("typedef") || head.contains('=') {
        return None;
    }
    let (returns, name) = split_name(head)?;
    name.starts_with("acl").then_some(())?;
    let parameters = rest.trim_end().strip_suffix(')')?;
    let parameters = parameters.split(',').map(str::trim).filter(|text| *text != "void");
    Some(Function { returns, name, parameters: parameters.map(|text| split_name(text).unwrap()).collect() })
}

/// Splits `const int *a` behind the type.
fn split_name(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    let at = text.rfind(|c: char| !(c.is_alphanumeric() || c == '_'))? + 1;
    let (kind, name) = text.split_at(at);
    (!name.is_empty()).then(|| (kind.trim().to_owned(), name.to_owned()))
}

/// What is passed for a parameter of a type: an expression of C.
fn argument(function: &str, kind: &str, name: &str) -> String {
    if WAITS.contains(&(function, name)) {
        return "invented()".to_owned();
    }
    if matches!(name, "cfg" | "serverPids") {
        return "NULL".to_owned(); // else a struct with pointers in it
    }
    if (function, name) == ("aclrtCreateEventWithFlag", "flag") {
        return "(uint32_t)number() & ~ACL_EVENT_SYNC".to_owned(); // whose waits come before any record
    }
    let bare = kind.trim_end_matches("const").trim().trim_start_matches("const ").trim();
    match bare {
        "aclrtStream" | "aclrtEvent" | "aclrtContext" | "aclrtNotify" | "aclrtCntNotify" | "aclrtDrvMemHandle"
        | "aclrtMemPool" => "handle()".to_owned(),
        "void **" => "pointers()".to_owned(),
        _ if bare.ends_with("Callback") || bare.ends_with("Func") => {
            format!("(chance(4) ? NULL : ({bare})(void (*)(void))nothing)")
        }
        "char *" => "(char *)text()".to_owned(),
        "void *" if matches!(name, "devPtr" | "hostPtr" | "virPtr" | "ptr" | "src" | "dst" | "devAddr") => {
            "memory()".to_owned()
        }
        // An array of handles, or where one handle goes.
        "aclrtStream *"
        | "aclrtEvent *"
        | "aclrtContext *"
        | "aclrtNotify *"
        | "aclrtCntNotify *"
        | "aclrtDrvMemHandle *"
        | "aclrtMemPool *" => "handles()".to_owned(),
        _ if bare.ends_with('*') => "room()".to_owned(),
        "aclrtIpcEventHandle" => "*(aclrtIpcEventHandle *)filled()".to_owned(),
        "aclrtMemManagedLocation" => "*(aclrtMemManagedLocation *)filled()".to_owned(),
        "size_t" if function.contains("2d") => "side()".to_owned(),
        "size_t" => "size()".to_owned(),
        _ if matches!(name, "size" | "count" | "num") => "size()".to_owned(),
        // Some wait as long as they are told to, on the host.
        _ if name.to_lowercase().contains("timeout") => "(chance(4) ? 0 : (int)(next() % 4) - 2)".to_owned(),
        _ => format!("({bare})number()"),
    }
}

/// The program: the fixed part, and a function for each function.
fn program(functions: &[Function]) -> String {
    let mut calls = String::new();
    for function in functions {
        let name = &function.name;
        let arguments = function.parameters.iter().map(|(kind, parameter)| argument(name, kind, parameter));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let is_code = function.returns == "aclError";
        let call = if is_code {
            format!("return {name}({arguments});")
        } else {
            format!("(void){name}({arguments}); return 0;")
        };
        writeln!(calls, "static int call_{name}(void) {{ {call} }}").unwrap();
    }
    let entries = functions.iter().map(|f| format!("    {{\"{0}\", call_{0}}},\n", f.name)).collect::<String>();
    let codes = ascend_sys::Status::all().map(|status| status.0.to_string()).collect::<Vec<_>>().join(", ");
    let fixed = std::fs::read_to_string(bench::sources().join("random_calls.inc")).unwrap();
    format!(
        "#include <acl/acl.h>\nstatic const int codes[] = {{{codes}}};\n{fixed}\n{calls}\n\
         static const call calls[] = {{\n{entries}}};\n\
         int main(int count, char **arguments) {{ return count != 3 || run(arguments, calls, sizeof(calls) / sizeof(*calls)); }}\n"
    )
}

fn seed() -> u64 {
    if let Ok(text) = std::env::var("RANDOM_CALLS_SEED") {
        return text.parse().expect("RANDOM_CALLS_SEED is a number");
    }
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into()
}

fn compiled(bench: &Bench) {
    let functions: Vec<Function> = functions();
    let declared: std::collections::BTreeSet<_> = ascend_sys::symbols().iter().map(|symbol| symbol.name).collect();
    let read: std::collections::BTreeSet<_> = functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(read, declared, "the header was read as it is");
    let source = bench.path("random_calls.c");
    std::fs::write(&source, program(&functions)).unwrap();
    bench.build(Path::new(&source), "acl_rt");
}

#[test]
fn random_calls_are_answered_with_documented_codes() {
    let bench = Bench::new();
    compiled(&bench);
    for round in 0..3 {
        let seed = seed().wrapping_add(round);
        // Shown when a run fails, with the calls that led there.
        println!("RANDOM_CALLS_SEED={seed}");
        let text = bench.run("random_calls", &[&seed.to_string(), &MILLISECONDS.to_string()], &[]);
        println!("{text}");
        let fine = text.split_once("was called, ").and_then(|(_, rest)| rest.split(' ').next()?.parse::<u32>().ok());
        // Else all would be refused for one and the same reason.
        assert!(fine.is_some_and(|fine| fine > 100), "{text}");
    }
}
