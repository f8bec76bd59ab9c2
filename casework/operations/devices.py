"""The register of recording devices (A4.1, A4.2, A7.1).

Journal kinds in `agency:<id>`: `device.registered`, `device.retired`.
"""

import datetime as dt

from access.facts import Actor
from access.policy import Permission
from casework import queries, shelf
from casework.cleaning import clean
from casework.facts import DeviceFacts
from casework.operations.common import require_on
from casework.views import office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Conflict, NotFound

LABELS = {"device_no": "设备编号", "kind": "设备种类", "holder": "持有人", "department": "配发部门", "use": "执法用途"}


def register_device(
    ctx: Context,
    actor: Actor,
    *,
    device_no: str,
    kind: str,
    holder: str,
    department: str,
    use: str,
    in_service: dt.date,
    out_of_service: dt.date | None = None,
) -> DeviceFacts:
    """Write a device into the agency's register; each states its enforcement use (A4.2).

    Raises:
        BadInput: Something is missing, or the service dates run backwards.
        Conflict: The number stands in the register.
    """
    words = {"device_no": device_no, "kind": kind, "holder": holder, "department": department, "use": use}
    texts = {name: clean(value) for name, value in words.items()}
    for name, value in texts.items():
        if not value:
            raise BadInput(f"没有填写{LABELS[name]}。", remedy=f"填写{LABELS[name]}。", path=name)
    _check_dates(in_service, out_of_service)
    with ctx.database.write() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.DEVICE_REGISTER)
        if queries.find_device(session, actor.agency_id, texts["device_no"]) is not None:
            raise Conflict(f"设备{device_no}已经登记。", remedy="核对设备编号。", path="device_no")
        facts = DeviceFacts(id=ctx.ids.new(), in_service=in_service, out_of_service=out_of_service, **texts)
        stream = f"agency:{actor.agency_id}"
        event = {"device": facts.id, "device_no": facts.device_no}
        journal.append(session, ctx.clock, stream=stream, kind="device.registered", actor=actor.account_id, data=event)
        shelf.insert_device(session, actor.agency_id, facts)
        return facts


def retire_device(ctx: Context, actor: Actor, *, device_no: str, out_of_service: dt.date) -> DeviceFacts:
    """Take a device out of service after a day; earlier recordings keep it.

    Raises:
        NotFound: The register has no such device.
        BadInput: The day lies before its first one.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.DEVICE_REGISTER)
        found = queries.find_device(session, actor.agency_id, device_no)
        if found is None:
            raise NotFound(f"设备台账没有“{device_no}”。", remedy="核对设备编号。")
        _check_dates(found.in_service, out_of_service)
        stream = f"agency:{actor.agency_id}"
        event = {"device": found.id, "out_of_service": out_of_service}
        journal.append(session, ctx.clock, stream=stream, kind="device.retired", actor=actor.account_id, data=event)
        shelf.retire_device(session, found.id, out_of_service)
        return queries.find_device(session, actor.agency_id, device_no) or found


def _check_dates(first: dt.date, last: dt.date | None) -> None:
    if last is not None and last < first:
        raise BadInput("停用日期早于启用日期。", remedy="核对日期。", path="out_of_service")
