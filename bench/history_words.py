"""What the runtimes of five languages say."""

from bench.history_story import Story


def said(made: Story, **by: str) -> tuple[str, str]:
    """Type and message as the language words them; `|` stands between the two."""
    kind, _, message = by.get(made.world.language, by["python"]).partition("|")
    return kind, message


def missing_member(made: Story, name: str, member: str) -> tuple[str, str]:
    """A member was asked of nothing."""
    return said(
        made,
        python=f"AttributeError|'NoneType' object has no attribute '{member}'",
        javascript=f"TypeError|Cannot read properties of null (reading '{member}')",
        go="runtime.Error|invalid memory address or nil pointer dereference",
        java=f'java.lang.NullPointerException|Cannot read field "{member}" because "{name}" is null',
        ruby=f"NoMethodError|undefined method `{member}' for nil:NilClass",
    )


def own_error(made: Story, name: str, message: str) -> tuple[str, str]:
    """An error of the service's own, as the language names its type."""
    return {"go": f"*errors.{name}", "java": f"acme.errors.{name}"}.get(made.world.language, name), message
