#!/usr/bin/env bash
# Sets up .venv (and, where allowed, system packages) for one level; instant when nothing has changed.
#   .ci/setup.sh bare    the command line and the live core      (make setup, demo)
#   .ci/setup.sh live    bare + the window                       (make window)
#   .ci/setup.sh test    live + training and test tools          (make test, check, bench, train-debug, screenshots)
# TORCH_INDEX  a pip index for torch alone, for level test. On Linux, PyTorch documents
#              https://download.pytorch.org/whl/cpu for CPU-only builds; plain PyPI pulls gigabytes of CUDA.
# SKIP_SYSTEM=1  leave system packages alone.
set -euo pipefail
cd "$(dirname "$0")/.."

LEVEL=${1:-live}
TORCH="torch==2.13.0" # the same pin as in pyproject.toml
VENV=.venv
PYTHON=$VENV/bin/python

# One requirement a line; "a|b": the first name this distribution knows (Debian 13 and Ubuntu 24.04 renamed some).
SOUND_DEBS=("libasound2t64|libasound2" libportaudio2 libfluidsynth3 timgm6mb-soundfont "libjack-jackd2-0|libjack0")
WINDOW_DEBS=(libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 "libglib2.0-0t64|libglib2.0-0" libxcb-cursor0
    libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0)
TEST_DEBS=(jackd2 rt-tests xvfb fonts-dejavu-core)

case $LEVEL in
    bare) EXTRAS="" ;;
    live) EXTRAS="[gui]" ;;
    test) EXTRAS="[dev,train,osc,gui]" ;;
    *) echo "setup: no such level: $LEVEL (bare, live or test)" >&2; exit 2 ;;
esac

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }

# --- stamps: what was installed, keyed to the files that decide it ---------------------------------------------
key() { cat pyproject.toml .ci/setup.sh | cksum; }
stamped() { [ -x "$PYTHON" ] && [ "$(cat "$VENV/.hocket-$1" 2>/dev/null)" = "$(key)" ]; }
if stamped "$LEVEL" || { [ "$LEVEL" != test ] && stamped test; } || { [ "$LEVEL" = bare ] && stamped live; }; then exit 0; fi

# --- system packages ------------------------------------------------------------------------------------------
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_apt() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
deb_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
deb_known() { # no pipe into grep -q: under pipefail its early exit would look like a failure
    local policy
    policy=$(apt-cache policy "$1" 2>/dev/null) && [[ $policy == *"Candidate: "[!\(]* ]]
}
any_installed() { local name; for name in ${1//|/ }; do deb_installed "$name" && return 0; done; return 1; }
first_known() { local name; for name in ${1//|/ }; do deb_known "$name" && { echo "$name"; return; }; done; echo "${1%%|*}"; }

apt_install() { # jackd2 asks a debconf question; noninteractive takes its default (no real-time priority by default)
    say "installing with apt: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >/dev/null
}

apt_refresh() { as_root apt-get update -qq || say "apt-get update failed; trying with the lists there are"; }

debian_packages() {
    local want missing=() names=()
    for want in "$@"; do any_installed "$want" || missing+=("$want"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    if may_apt; then
        apt_refresh
        for want in "${missing[@]}"; do names+=("$(first_known "$want")"); done
        apt_install "${names[@]}" || say "some packages could not be installed; sound or tests may be missing"
    else
        for want in "${missing[@]}"; do names+=("$(first_known "$want")"); done
        say "for sound please run: sudo apt-get install ${names[*]}"
    fi
}

brew_packages() {
    if ! command -v brew >/dev/null; then
        say "for built-in sound please install Homebrew, then: brew install fluid-synth portaudio"
        return 0
    fi
    local name
    for name in fluid-synth portaudio; do
        brew list --formula "$name" >/dev/null 2>&1 || brew install "$name" >&2 || say "brew could not install $name"
    done
}

system_packages() {
    local wanted=("${SOUND_DEBS[@]}")
    if [ "$LEVEL" != bare ]; then wanted+=("${WINDOW_DEBS[@]}"); fi
    if [ "$LEVEL" = test ]; then wanted+=("${TEST_DEBS[@]}"); fi
    if command -v dpkg-query >/dev/null; then
        debian_packages "${wanted[@]}"
    elif [ "$(uname -s)" = Darwin ]; then
        brew_packages
    else
        say "for sound please install: FluidSynth (library), a General MIDI soundfont, PortAudio, the JACK library, ALSA"
    fi
}

# --- Python ---------------------------------------------------------------------------------------------------
GOOD='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'
pick_python() { # prints a Python 3.11 or 3.12 that exists and runs (a pyenv shim may exist and not run)
    local name
    for name in python3.12 python3.11 python3 python; do
        if "$name" -c "$GOOD" >/dev/null 2>&1; then echo "$name"; return 0; fi
    done
    return 1
}

make_venv() {
    local python version
    if "$PYTHON" -c "$GOOD" 2>/dev/null && "$PYTHON" -m pip --version >/dev/null 2>&1; then return 0; fi
    rm -rf "$VENV"
    if ! python=$(pick_python) && ! command -v python3 >/dev/null && may_apt; then
        apt_refresh
        apt_install python3 python3-venv || true
    fi
    if python=$(pick_python); then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then # Debian splits it off
            may_apt || die "please run: sudo apt-get install python$version-venv   (then this again)"
            apt_refresh
            apt_install "python$version-venv"
        fi
        say "making $VENV with Python $version"
        "$python" -m venv "$VENV"
    elif command -v uv >/dev/null; then
        say "no Python 3.11 or 3.12 here; uv fetches one"
        uv venv --quiet --seed --python 3.12 "$VENV"
    else
        die "Hocket needs Python 3.11 or 3.12 (found: $(python3 --version 2>&1 || echo none)); install one, or install uv, and run this again"
    fi
}

install() {
    local pip=("$PYTHON" -m pip install --quiet --disable-pip-version-check)
    if [ "$LEVEL" = test ]; then
        if [ -n "${TORCH_INDEX:-}" ]; then
            "${pip[@]}" --index-url "$TORCH_INDEX" "$TORCH"
        elif [ "$(uname -s)" = Linux ] && ! "$PYTHON" -c 'import torch' 2>/dev/null; then
            say "installing $TORCH as pip is configured (set TORCH_INDEX for a CPU-only build, see .ci/setup.sh)"
        fi
    fi
    "${pip[@]}" -e ".$EXTRAS"
}

[ "${SKIP_SYSTEM:-}" = 1 ] || system_packages
make_venv
say "installing Hocket ($LEVEL) into $VENV"
install
key > "$VENV/.hocket-$LEVEL"
say "done"
