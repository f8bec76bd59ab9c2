"""Every error a person can meet, in one tree; each says what is wrong and what to do next, in Chinese.

    AnjuanError
    ├── BadInput       a value is wrong: names field and remedy (API 422)
    ├── Refused        a gate, slot or state forbids it: carries findings (API 409)
    ├── Conflict       somebody else changed it meanwhile: carries both versions (API 409)
    ├── Forbidden      the policy says no; shown as NotFound where existence is hidden (API 403/404)
    ├── NotFound       no such thing for this viewer (API 404)
    ├── Unavailable    a service is down or slow: nothing is lost, try again (API 503)
    │   └── Full       no room on the disk: nothing is lost, go on when there is (API 507)
    └── Broken         stored data fail their digest or chain: names the exact item (API 500)

Raise them with keyword arguments; front doors (`web`, `cli`) turn them into pages, JSON and exit codes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One reason why something is not possible, or one fault in what was given."""

    code: str
    """Gate (`G3`), slot or check code, stable for API and tests."""
    message: str
    """A Chinese sentence that says what is wrong."""
    article: str = ""
    """Requirement id (`A9.1`) or statute (`罚42`) that asks for it."""
    remedy: str = ""
    """What would satisfy it."""
    who: str = ""
    """Role that can satisfy it, by its Chinese name."""
    path: str = ""
    """Field that it concerns (`party.id_no`, `items[2].amount`), empty when none."""
    soft: bool = False
    """A soft finding is passed by a written reason."""


class AnjuanError(Exception):
    """Base of all errors of this product."""

    code = "error"

    def __init__(self, message: str, *, remedy: str = "", path: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.path = path
        self.findings: tuple[Finding, ...] = tuple(findings)

    def told(self) -> tuple[Finding, ...]:
        """Return what is wrong finding by finding; an error without findings is one."""
        one = Finding(code=self.code, message=self.message, remedy=self.remedy, path=self.path)
        return self.findings or (one,)

    def __str__(self) -> str:
        """Join message, remedy and findings into one readable text."""
        parts = [f"{self.path}：{self.message}" if self.path else self.message]
        if self.remedy:
            parts.append(f"处理办法：{self.remedy}")
        parts += [f"[{f.code}] {f.path + '：' if f.path else ''}{f.message}{f.remedy}" for f in self.findings]
        return " ".join(parts)


class BadInput(AnjuanError):
    """A value is missing or wrong."""

    code = "bad_input"


class Refused(AnjuanError):
    """The law, a slot or a state does not allow it now."""

    code = "refused"


class Conflict(AnjuanError):
    """Somebody else changed the thing meanwhile."""

    code = "conflict"


class Forbidden(AnjuanError):
    """The policy does not allow it for this account."""

    code = "forbidden"


class NotFound(AnjuanError):
    """There is no such thing for this viewer."""

    code = "not_found"


class Unavailable(AnjuanError):
    """A service that is needed is down or slow."""

    code = "unavailable"


class Full(Unavailable):
    """There is no room for more bytes."""

    code = "full"


class Broken(AnjuanError):
    """Stored data do not agree with their digest or chain."""

    code = "broken"


def error_of(code: str, message: str, *, remedy: str = "", path: str = "") -> AnjuanError:
    """Build the error of a code anew (from a stored failure)."""
    kinds: dict[str, type[AnjuanError]] = {kind.code: kind for kind in AnjuanError.__subclasses__()}
    kinds[Full.code] = Full
    return kinds.get(code, AnjuanError)(message, remedy=remedy, path=path)


def together(*checks: Callable[[], object]) -> None:
    """Run all checks, so that who filled a form learns of every fault at once.

    Raises:
        BadInput: Some check found something wrong; holds the findings of all.
    """
    found: list[Finding] = []
    for check in checks:
        try:
            check()
        except BadInput as error:
            found += error.told()
    if found:
        first = found[0]
        raise BadInput(first.message, remedy=first.remedy, path=first.path, findings=found)
