"""Leads to HTTPS, and believes a proxy only where the settings say so."""

from __future__ import annotations

from ...controls.transport.control import TRANSPORT
from ..base import Guard


class TransportGuard(Guard):
    """Leads to HTTPS, and believes a proxy only where the settings say so."""

    control = TRANSPORT
