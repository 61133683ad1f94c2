"""The few errors of the agent. Each is one line for the person at the terminal: what, where, which value, what to
do."""


class AgentError(Exception):
    """Final: trying again without a change will not help."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", value: str = "", remedy: str = ""):
        self.what, self.where, self.value, self.remedy = what, where, value, remedy
        super().__init__(self.line())

    def line(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"at {self.where}")
        if self.value:
            parts.append(f"found {self.value}")
        text = ", ".join(parts)
        return f"{text}; {self.remedy}" if self.remedy else text


class Refused(AgentError):
    """The node contradicts the plan, or the change could lose the node. Nothing was changed."""


class Retry(Exception):
    """Not an error: a new connection is needed. `reason` is reboot, working or confirm."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h

    def __init__(self, reason: str, detail: str, after_seconds: int):
        self.reason, self.detail, self.after_seconds = reason, detail, after_seconds
        super().__init__(detail)

    def line(self) -> str:
        """The marker that the operator's side looks for (components/host/retry.ts)."""
        return f"dpdk-fleet-retry: reason={self.reason} after={self.after_seconds} {self.detail}"
