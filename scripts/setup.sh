#!/usr/bin/env bash
# Sets everything up, each step once: Debian packages, Python packages, fonts, front-end files; for tests also the
# servers and judges that they start. Usage: scripts/setup.sh run|test
set -euo pipefail
cd "$(dirname "$0")/.."
want=${1:-run}
say() { printf '· %s\n' "$1"; }
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}
mkdir -p var
exec 9>var/setup.lock
flock 9 # two set-ups at once would trip over each other

# 1. Debian packages: only those that are missing. What a release does not have is named and left out.
have=$(dpkg-query -W -f '${Package} ${Status}\n' 2>/dev/null | sed -n 's/ install ok installed$//p')
missing=()
while read -r use name; do
    case $use in '#'* | '') continue ;; esac
    [ "$want" = test ] || [ "$use" = run ] || continue
    grep -qx "$name" <<<"$have" || missing+=("$name")
done <scripts/packages.txt
if [ ${#missing[@]} -gt 0 ]; then
    root=(env)
    [ "$(id -u)" = 0 ] || root=(sudo -n)
    command -v apt-get >/dev/null && "${root[@]}" true 2>/dev/null || fail \
        "缺少系统软件包，且当前用户无权安装。请管理员执行：" \
        "Packages are missing and may not be installed here. Ask an administrator to run:" \
        "  apt-get install --no-install-recommends ${missing[*]}"
    say "安装系统软件包 installing Debian packages: ${missing[*]}"
    install() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 9>&-; }
    "${root[@]}" apt-get update -qq 9>&-
    if ! install "${missing[@]}" 2>/dev/null; then
        for name in "${missing[@]}"; do
            install "$name" || say "本系统没有软件包 $name，相关功能不可用 this release has no $name: what needs it is left out"
        done
    fi
fi

# 2. Python packages from the lock file, by digest.
python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || fail \
    "需要 Python 3.11 至 3.13。" "Python 3.11 to 3.13 is needed; this is $(python3 --version)."
stamp="$(sha256sum <requirements.txt) $(readlink -f "$(command -v python3)")"
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

# 4. What tests start beside the product: pinned in tests/downloads.py, fetched once.
if [ "$want" = test ]; then
    .venv/bin/python -m tests.downloads
fi
