#!/usr/bin/env bash
# Sets everything up, each step once: Debian packages, Python packages, fonts, front-end files. Usage: scripts/setup.sh run|test
set -euo pipefail
cd "$(dirname "$0")/.."
want=${1:-run}
say() { printf '· %s\n' "$1"; }

# 1. Debian packages: only those that are missing.
missing=()
while read -r use name; do
    case $use in '#'* | '') continue ;; esac
    [ "$want" = test ] || [ "$use" = run ] || continue
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name")
done <scripts/packages.txt
if [ ${#missing[@]} -gt 0 ]; then
    say "安装系统软件包 installing Debian packages: ${missing[*]}"
    root=()
    [ "$(id -u)" = 0 ] || root=(sudo -n)
    if ! { "${root[@]}" env true && command -v apt-get; } >/dev/null 2>&1; then
        echo "缺少系统软件包，且当前用户无权安装。请管理员执行："
        echo "  Packages are missing and may not be installed here. Ask an administrator to run:"
        echo "  apt-get install --no-install-recommends ${missing[*]}"
        exit 1
    fi
    "${root[@]}" apt-get update -qq
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# 2. Python packages from the lock file, by digest.
stamp=$(sha256sum requirements.txt | cut -d' ' -f1)
if [ "$(cat .venv/.installed 2>/dev/null || true)" != "$stamp" ]; then
    say "安装 Python 软件包 installing Python packages"
    [ -x .venv/bin/python ] || python3 -m venv .venv
    [ -x .venv/bin/uv ] || .venv/bin/python -m pip install -q --disable-pip-version-check 'uv>=0.9'
    .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r requirements.txt
    echo "$stamp" >.venv/.installed
fi

# 3. Fonts and front-end files, prepared once and kept in ignored folders.
.venv/bin/python -m scripts.prepare_fonts
.venv/bin/python -m scripts.vendor
