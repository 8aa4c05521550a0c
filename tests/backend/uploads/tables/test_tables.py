"""Tables as people bring them: what is read, what is left out, and what is refused with which sentence."""

import pytest

from tests.support.layouts import labels, layout_of

NAMES = [f"{n:04}.jpg" for n in range(12)]
LABEL_OF = {name: "dingo" if n % 3 else "boxer" for n, name in enumerate(NAMES)}


def rows(*columns: str, header: str = "") -> bytes:
    """A table whose rows are formatted from `name`, `stem` and `label` of each image."""
    lines = [
        ",".join(columns).format(name=name, stem=name.partition(".")[0], label=label, n=n)
        for n, (name, label) in enumerate(LABEL_OF.items())
    ]
    return "\n".join([header, *lines] if header else lines).encode()


@pytest.mark.parametrize(
    "table",
    [
        rows("{stem}", "{label}", header="id,breed"),
        rows("{stem}", "{label}", "", "", header="id,label,index,"),
        rows("{name}", "{label}"),
        rows("{label}", "{name}", header="target,image_id"),
        rows("{n}", "{name}", "{label}", header=",file,label"),
        rows("{n}", "{label}", header="id_code,Species"),  # Excel takes the zeros of 0001 away
        rows("./{name}", " {label} ", header="File , Label"),
        rows("C:\\Users\\x\\data\\train\\{name}", "{label}", header="path,category"),
        rows("/content/drive/My Drive/{name}", "{label}", header="path,category"),
        rows("https://example.org/data/upload/1/0a1b2c3d-{name}?x=1", "{label}", header="image,choice"),
        rows("/data/local-files/?d=photos/{name}", "{label}", header="image,choice"),
        rows("{stem}.JPEG", "{label}", header="image_name,class_name"),
        rows('"{name}"', '"{label}"', header='"file","label"'),
        rows("'{name}'", "'{label}'", header="'file','label'"),
        b"sep=;\n" + rows("{name};{label}", header="file;label"),
        b"Leaves of 2024\n\n" + rows("{name}", "{label}", header="file,label"),
    ],
)
def test_each_of_these_tables_says_the_same(table: bytes) -> None:
    assert labels(layout_of(NAMES, {"list.csv": table})) == LABEL_OF
