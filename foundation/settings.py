"""Typed settings from `ANJUAN_*` variables and `var/anjuan.env`; each is described here and in docs/settings.md."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The installation's folder."""


class Settings(BaseSettings):
    """What an installation may set; an agency's own settings are dated rows in the database."""

    model_config = SettingsConfigDict(
        env_prefix="ANJUAN_", env_file=str(ROOT / "var/anjuan.env"), extra="ignore", frozen=True
    )

    data_dir: Path = Field(default=ROOT / "var", description="数据目录：数据库、文件、密钥、日志都在这里")
    database_url: str = Field(default="", description="数据库地址；空为 data_dir 下的 SQLite")
    blobs_url: str = Field(default="", description="文件存储；空为 data_dir/blobs，或 s3://桶名")
    s3_endpoint: str = Field(default="", description="S3 服务地址（blobs_url 为 s3:// 时）")
    s3_key: str = Field(default="", description="S3 访问键")
    s3_secret: str = Field(default="", description="S3 密钥")
    search_url: str = Field(default="", description="Elasticsearch 地址；空为内置检索（SQLite FTS5）")
    search_prefix: str = Field(default="anjuan", description="Elasticsearch 索引名前缀")
    keys_dir: Path | None = Field(default=None, description="密钥目录；空为 data_dir/keys")
    uploads_dir: Path | None = Field(
        default=None, description="未传完的上传文件所在目录；空为 data_dir/uploads，多台网页服务器须共用一个目录"
    )
    backups_dir: Path | None = Field(
        default=None, description="页面上所做备份的目录；空为 data_dir/backups，宜在另一块磁盘"
    )
    upload_gib: int = Field(default=20, ge=1, le=1024, description="单个上传文件的上限（GiB）")
    templates_dir: Path = Field(default=ROOT / "templates", description="文书定义目录（只读）")
    fonts_dir: Path = Field(default=ROOT / "var/fonts", description="已备字体目录；可放本机关的授权字体")
    public_url: str = Field(default="http://127.0.0.1:8000", description="文书二维码与核验页的网址前缀")
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="前面有几层可信的反向代理；访问者地址由它们给出，0 为直接访问"
    )
    tsa_url: str = Field(default="", description="时间戳服务地址；空为演示时间戳")
    render_workers: int = Field(default=2, ge=1, le=64, description="制作文书的工作进程数")
    demo: bool = Field(default=False, description="演示环境：页面显示红色横幅")

    @property
    def is_demo(self) -> bool:
        """Whether these are demo data: by setting, or by what `flask demo` left beside them."""
        return self.demo or (self.data_dir / "demo.json").exists()

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'anjuan.sqlite'}"

    @property
    def keys(self) -> Path:
        """Folder of the keys."""
        return self.keys_dir or self.data_dir / "keys"

    @property
    def backups(self) -> Path:
        """Folder of the backups that are asked for at a page."""
        return self.backups_dir or self.data_dir / "backups"

    @property
    def uploads(self) -> Path:
        """Folder of uploads that are under way."""
        return self.uploads_dir or self.data_dir / "uploads"
