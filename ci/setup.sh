#!/usr/bin/env bash
# Installs what CI needs beside the Rust toolchain, and only what is missing; run it as often as you like.
# usage: ci/setup.sh [--check]     --check: install nothing, print what is missing, and fail if anything is
set -euo pipefail

# What is asked for is the thing itself, not the package: another distribution or a hand-built one may have it too.
has_libclang() {
  local folder
  for folder in "${LIBCLANG_PATH:-/nowhere}" '/usr/lib/llvm-*/lib' '/usr/lib*' '/usr/lib/*-linux-gnu'; do
    # Not libclang-cpp, which is another library.
    if compgen -G "$folder/libclang.so*" || compgen -G "$folder/libclang-[0-9]*.so*"; then
      return 0
    fi
  done
  return 1
} >/dev/null

# stdint.h and stddef.h of clang itself: without them libclang reads no header.
has_clang_headers() {
  compgen -G '/usr/lib*/clang/*/include/stddef.h' || compgen -G '/usr/lib/llvm-*/lib/clang/*/include/stddef.h'
} >/dev/null

missing=()
need() { # PACKAGE COMMAND...: the package, unless the command succeeds
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

need gcc command -v gcc # C programs against the simulator, and the linker of Rust
need g++ command -v g++ # our header is C++ too
need python3 command -v python3 # clients of the simulator by ctypes
if ! has_libclang || ! has_clang_headers; then
  missing+=(libclang-dev) # cargo xtask bindgen
fi
need valgrind command -v valgrind # counts instructions, finds bad memory accesses
need strace command -v strace     # counts system calls
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
need chromium has_chromium # opens the report of a hardware run, in its tests
# valgrind's memcheck must know the C library's own strlen and the like by their debug names.
if command -v dpkg >/dev/null; then
  need libc6-dbg dpkg --status libc6-dbg
fi

if [ "${1:-}" = --check ]; then
  [ ${#missing[@]} -gt 0 ] || exit 0
  printf 'missing: %s\n' "${missing[@]}"
  exit 1
elif [ $# -gt 0 ]; then
  echo "usage: ci/setup.sh [--check]" >&2
  exit 2
fi

[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "ci/setup.sh: there is no apt-get here; install these by hand: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "ci/setup.sh: neither root nor sudo; have these installed: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "ci/setup.sh: installing ${missing[*]}"
"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
