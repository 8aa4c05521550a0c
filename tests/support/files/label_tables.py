"""A table of the classes of twelve images, in any columns."""

NAMES = [f"{n:04}.jpg" for n in range(12)]
LABEL_OF = {name: "dingo" if n % 3 else "boxer" for n, name in enumerate(NAMES)}


def rows(*columns: str, header: str = "") -> bytes:
    """A table whose rows are formatted from `name`, `stem` and `label` of each image."""
    lines = [
        ",".join(columns).format(name=name, stem=name.partition(".")[0], label=label, n=n)
        for n, (name, label) in enumerate(LABEL_OF.items())
    ]
    return "\n".join([header, *lines] if header else lines).encode()
