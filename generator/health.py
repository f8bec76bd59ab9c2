"""Health of making papers: prepared fonts, fast subsetting (probe, see `foundation.health`)."""

import ctypes.util

from foundation.context import Context
from foundation.health import Found, bad, good, probe, warn
from generator.fonts import FACES, faces


@probe("fonts", "文书字体")
def fonts(ctx: Context) -> Found:
    """Look whether every face that style sheets ask for is ready, and whether subsets are made the fast way."""
    ready = faces(ctx.settings.fonts_dir)
    if missing := [name for kind, name in FACES.items() if kind not in {f.kind for f in ready}]:
        remedy = "运行 make setup；无法联网时把字体文件放入 var/fonts/ 后再运行。"
        return bad(f"缺少字体：{'、'.join(missing)}。", remedy)
    if ctypes.util.find_library("harfbuzz-subset") is None:
        return warn("没有 libharfbuzz-subset，制作文书会慢 7—10 倍。", "安装 Debian 软件包 libharfbuzz-subset0。")
    own = sum(f.own for f in ready)
    return good(f"{len(ready)} 种字体已备" + (f"，其中本机关自备 {own} 种" if own else ""))
