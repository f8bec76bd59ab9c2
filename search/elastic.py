"""Elasticsearch as an engine: one index a generation, strict mapping, external versions, an alias that is switched.

`<prefix>-<form>` is the alias of the present index, with `-building` behind it of one that is being built; `<form>`
marks the schema, so an older program beside this one keeps to its own. Every index also has an alias of its own under
which it is written (`require_alias`), so that a late writer never brings back an index that was dropped. All scores
are constants (`search.ordering`): no statistics of the index enter the order. Pages beyond the result window are
reached with a point in time and `search_after`. Works with 8.x and 9.x servers, without `GET /`, scripts or reindex.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from elasticsearch import (
    ApiError,
    Elasticsearch,
    NotFoundError,
    TransportError,
    helpers,
)

from foundation.errors import Conflict, Unavailable
from search import elastic_asking, filters
from search.engine import Answer, Ask, Held
from search.entries import ALL_FIELDS, ATTRIBUTES, SCHEMA, Change, Entry, columns_of, stored
from search.facets import NAMES

TIMEOUT_S = 10
"""A search that takes longer is told to be unavailable."""
REMEMBERED = "1h"
"""How long a deleted entry's version is remembered, so that a late writer cannot bring it back."""
PORTION = 500
FORM = 8
"""Signs of the schema's mark in names."""
KEYWORD = {"type": "keyword"}


class Elastic:
    """An index in an Elasticsearch cluster."""

    def __init__(self, url: str, prefix: str) -> None:
        self.client = Elasticsearch(url, request_timeout=TIMEOUT_S, retry_on_timeout=True, max_retries=2)
        self.prefix = prefix

    def ask(self, question: Ask) -> Answer:
        """Answer a question from one state of the index."""
        with _plain_errors():
            return elastic_asking.answer(self.client, self.alias, question)

    def is_ready(self) -> bool:
        """Tell whether there is an index and it is of the present schema."""
        with _plain_errors():
            return self._present() is not None

    def write(self, changes: Sequence[Change]) -> None:
        """Write to the present index and to one that is being built."""
        with _plain_errors():
            present = self._present()
            if present is None:
                raise never_built()
            for index in dict.fromkeys([present, self._building() or present]):
                self._put(index, changes)

    def held(self, ids: Sequence[str] | None = None) -> Iterator[Held]:
        """Yield what the present index knows of entries."""
        query = {"match_all": {}} if ids is None else filters.terms("id", ids)
        with _plain_errors():
            for hit in elastic_asking.every(self.client, self.alias, query, ["thing", "mark", "digest"]):
                yield Held(id=hit["_id"], **hit["_source"])

    def begin(self) -> str:
        """Begin a new, empty index."""
        with _plain_errors():
            present, unfinished = self._present(), self._building()
            if unfinished is not None:
                self.client.indices.delete(index=unfinished, ignore_unavailable=True)
            last = max(int(name.rpartition("-")[2]) for name in (present, unfinished, "0") if name)
            name = f"{self.alias}-{last + 1}"
            self.client.indices.create(
                index=name,
                settings=_settings(),
                mappings=_mappings(),
                aliases={f"{self.alias}-building": {}, _own(name): {}},
                wait_for_active_shards=1,
            )
            return name

    def add(self, name: str, changes: Sequence[Change]) -> None:
        """Write to an index that is being built."""
        with _plain_errors():
            self._require_building(name)
            self._put(name, changes)

    def switch(self, name: str) -> None:
        """Make a built index the present one, at once, and drop the one before."""
        with _plain_errors():
            self._require_building(name)
            self.client.indices.refresh(index=name)
            present = self._present()
            actions: list[dict[str, Any]] = [
                {"add": {"index": name, "alias": self.alias}},
                {"remove": {"index": name, "alias": f"{self.alias}-building"}},
            ]
            if present is not None:
                actions.append({"remove_index": {"index": present}})
            self.client.indices.update_aliases(actions=actions)

    def sweep(self) -> None:
        """Drop indexes of other forms."""
        pattern = re.compile(rf"{re.escape(self.prefix)}-[0-9a-f]{{{FORM}}}-\d+")
        with _plain_errors():
            for name in self.client.indices.get_alias(index=f"{self.prefix}-*"):
                if pattern.fullmatch(name) and not name.startswith(f"{self.alias}-"):
                    self.client.indices.delete(index=name, ignore_unavailable=True)

    def alive(self) -> str:
        """Ask the cluster for a sign of life."""
        with _plain_errors():
            health = self.client.cluster.health()
            return f"Elasticsearch，{health['number_of_nodes']} 个节点，{health['status']}"

    @property
    def alias(self) -> str:
        """Return the alias of the present index."""
        return f"{self.prefix}-{SCHEMA[:FORM]}"

    def _present(self) -> str | None:
        return self._behind(self.alias)

    def _building(self) -> str | None:
        return self._behind(f"{self.alias}-building")

    def _behind(self, alias: str) -> str | None:
        try:
            names = list(self.client.indices.get_alias(name=alias))
        except NotFoundError:
            return None
        return str(max(names, key=lambda name: int(name.rpartition("-")[2])))

    def _require_building(self, name: str) -> None:
        if self._building() != name:
            raise Conflict("另一次重建已经开始，这一次不再继续。", remedy="等待新的重建完成。")

    def _put(self, index: str, changes: Sequence[Change]) -> None:
        """Write changes with their versions; a lower version than what stands there is left out."""
        self._bulk([_action(index, change) for change in changes], ignore=(404, 409))
        with contextlib.suppress(NotFoundError):
            self.client.indices.refresh(index=_own(index))

    def _bulk(self, actions: Sequence[dict[str, Any]], *, ignore: tuple[int, ...]) -> None:
        results = helpers.streaming_bulk(
            self.client, actions, chunk_size=PORTION, raise_on_error=False, require_alias=True
        )
        for done, item in results:
            outcome = next(iter(item.values()))
            if not done and outcome["status"] not in ignore:
                raise Unavailable(f"检索索引写入失败（{outcome['status']}）。", remedy="改动已排队，稍后自动重试。")


def _action(index: str, change: Change) -> dict[str, Any]:
    where = {"_index": _own(index), "_id": change.id, "version": change.version, "version_type": "external_gte"}
    if not isinstance(change, Entry):
        return {"_op_type": "delete", **where}
    source = {name: change.attribute(name) for name in ATTRIBUTES} | {
        "date": change.date,
        "mark": change.mark,
        "digest": change.digest,
        "facets": dict(change.facets),
        "stored": stored(change),
        **columns_of(change),
    }
    return {"_op_type": "index", **where, "_source": source}


def _own(index: str) -> str:
    """Return the alias under which an index is written."""
    return f"{index}-own"


def _settings() -> dict[str, Any]:
    return {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        "refresh_interval": "1s",
        "gc_deletes": REMEMBERED,
        "max_result_window": elastic_asking.WINDOW,
    }


def _mappings() -> dict[str, Any]:
    tokens = {"type": "text", "analyzer": "whitespace", "norms": False}
    plain = {"type": "keyword", "index": False, "doc_values": False}
    properties: dict[str, Any] = dict.fromkeys((*ATTRIBUTES, "date"), KEYWORD)
    properties |= {f"{field}_{form}": tokens for field in ALL_FIELDS for form in "gs"}
    properties |= dict.fromkeys(("mark", "digest", "stored"), plain)
    properties |= {"facets": {"properties": dict.fromkeys(sorted(NAMES), KEYWORD)}}
    unkept = [f"{field}_{form}" for field in ALL_FIELDS for form in "gs"]
    return {
        "dynamic": "strict",
        "_source": {"excludes": unkept},
        "properties": properties,
    }


def never_built() -> Unavailable:
    """Return the error of an engine without an index."""
    message = "检索索引尚未建立，暂时不能检索；其他工作不受影响。"
    return Unavailable(message, remedy="稍候后台会自动建立；也可执行 flask reindex。")


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except NotFoundError as error:
        raise never_built() from error
    except (ApiError, TransportError) as error:
        raise Unavailable(
            "检索服务暂时不可用，其他工作不受影响；新的改动会排队，恢复后补入索引。",
            remedy="请稍后重试；持续出现时由管理员查看检索服务（ANJUAN_SEARCH_URL）。",
        ) from error
