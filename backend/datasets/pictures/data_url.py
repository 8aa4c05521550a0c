"""Pictures as parts of JSON and HTML."""

import base64


def png_data_url(content: bytes) -> str:
    """Returns the data URL of a PNG file."""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"
