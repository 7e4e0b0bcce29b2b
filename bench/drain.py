"""The templates of drain3 with the usual masks, for comparison only: it is no dependency of this project."""

import importlib
from typing import Any

_MASKS = (
    (r"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)", "ID"),
    (r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)", "IP"),
    (r"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)", "HEX"),
    (r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)", "NUM"),
)
"""As the examples of drain3 have them."""


def group_keys(messages: list[str]) -> list[str]:
    """The cluster of each message of a batch."""
    miner = _miner()
    return [str(miner.add_log_message(message)["cluster_id"]) for message in messages]


def _miner() -> Any:
    config = importlib.import_module("drain3.template_miner_config").TemplateMinerConfig()
    mask = importlib.import_module("drain3.masking").MaskingInstruction
    config.masking_instructions = [mask(pattern, name) for pattern, name in _MASKS]
    config.profiling_enabled = False
    return importlib.import_module("drain3").TemplateMiner(config=config)
