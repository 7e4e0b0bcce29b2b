"""Events of Kubernetes as JSON, as `kubectl get events -o json` and event exporters write them: no level, and a time under names of their own.

kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1: `type` is Normal or Warning, `reason` a word for machines.
"""

from collections.abc import Mapping

from bot.core.logs.field_values import first, layer_of
from bot.core.logs.stamp import service_of

_ABOUT = ("involvedObject.name", "regarding.name")
_TIMES = ("lastTimestamp", "deprecatedLastTimestamp", "eventTime", "series.lastObservedTime", "firstTimestamp", "metadata.creationTimestamp")
_FAILURES = frozenset({"OOMKilling", "SystemOOM", "BackOff", "CrashLoopBackOff", "BackoffLimitExceeded", "DeadlineExceeded", "Evicted", "NodeNotReady"})


def opened(document: Mapping[str, object]) -> Mapping[str, object]:
    """The event under the names that others use, its workload as the service; any other document as it is.

    A Warning is an error where its reason tells that something did not run; others (a probe that failed once) are what they are called.
    """
    inner = document.get("event")
    event = inner if isinstance(inner, Mapping) else document  # eventrouter puts `verb` beside it
    reason = event.get("reason")
    if event.get("type") not in ("Warning", "Normal") or not isinstance(reason, str) or not reason:
        return document
    layers = (layer_of(event),)
    about, said = service_of(first(layers, _ABOUT)), first(layers, ("message", "note"))
    level = "INFO" if event["type"] == "Normal" else "ERROR" if reason in _FAILURES or reason.startswith("Failed") else "WARN"
    told = {"time": first(layers, _TIMES), "level": level, "service": about}
    return {**told, **event, "message": f"{reason}: {said}" if said else reason}
