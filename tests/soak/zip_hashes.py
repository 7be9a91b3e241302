"""Reads a ZIP as a stream, with nothing of Keeptab: one JSON line for each file in it, with its path and SHA-256."""

import hashlib
import json
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    for info in archive.infolist():
        if info.is_dir():
            continue
        with archive.open(info) as content:  # checks the CRC
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        print(json.dumps({"path": info.filename, "sha256": digest}))
